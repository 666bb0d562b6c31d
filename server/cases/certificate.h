/*
 * certificate: a house-number certificate is issued (cấp giấy chứng nhận số nhà), by HTTP and command alike.
 *
 *	1  a transaction takes the number of the paper (and enters the holder)
 *	2  outside of any, what it says is read and drawn
 *	3  a transaction looks whether anything has moved since, and writes all of it
 *	   or, where it has, or the drawing failed: makes the number void, with the reason
 *
 * So there is never half a certificate, and no number without a paper or a reason. A number whose process
 * died between is made void by the next one that is issued.
 */
#ifndef SERVER_CASES_CERTIFICATE_H
#define SERVER_CASES_CERTIFICATE_H

#include "base/text.h"
#include "data/certificate.h"
#include "data/person.h"
#include "data/receipt.h"
#include "data/writer.h"
#include "server/cases/certificate_facts.h"

enum {
	CERTIFICATE_SIGNER_MAX = 120, /* bytes of the name that stands below, and of the title */
	CERTIFICATE_FILE_MAX = 16 << 20,
};

/* Runs a piece of work in a transaction, and waits until it is durable or undone. */
typedef int certificate_write(void *context, writer_work *work, void *work_context, struct error *err);

/* With what it is made. */
struct certificate_tools {
	struct store *store; /* reading */
	const struct layer_table *layers;
	const struct city *city;
	const char *folder;	/* of the register: its templates */
	const char *public_url; /* without '/' at its end; the QR leads there */
	struct arena *arena;
	const struct randomness *randomness;
	certificate_write *write;
	void *writer;
};

/* What is wished. */
struct certificate_order {
	int64_t address_id;
	int64_t address_version; /* that the author knows; 0: whichever holds */
	int64_t person_id;	 /* the holder, of those in the register; 0 none */
	struct person_values holder; /* else: to be entered; name NULL: a line to fill */
	const char *signer;
	const char *signer_title; /* NULL: as the template says */
	const struct view *view;  /* of the author; NULL everything */
	const char *actor;	  /* as the change feed names people */
	int64_t at_us;
	struct receipt receipt; /* key NULL: none; the same request again gets the same certificate */
};

/*
 * Issues it: *ret is what was written, in the arena. After an error nothing is issued, and no number is left
 * without a reason.
 */
int certificate_issue(const struct certificate_tools *tools, const struct certificate_order *order,
	struct certificate *ret, struct error *err);

/* Appends the paper as it would be, marked as a preview; nothing is written. */
int certificate_preview(const struct certificate_tools *tools,
	const struct certificate_order *order, struct strbuf *out, struct error *err);

/* A file with a signature is taken: what it continues, and by whom. */
struct certificate_signing {
	int64_t certificate_id;
	struct slice file;
	const char *actor;
	int64_t at_us;
	struct certificate_revision revision; /* made; texts in the arena */
};
int certificate_sign(const struct certificate_tools *tools, struct certificate_signing *signing,
	struct error *err);

/* Appends the newest file of a certificate: with all signatures, or (`as_issued`) as it was issued. */
int certificate_file(struct store *store, const struct certificate *certificate, bool as_issued,
	struct strbuf *out, struct error *err);

#endif
