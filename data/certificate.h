/*
 * certificate: house-number certificates (giấy chứng nhận số nhà) as they were issued.
 *
 *	valid --> replaced (by a later paper of the same address) | revoked (with a reason)
 *
 * A row never changes but for this. The paper itself is a blob; `data` is what it says, as JSON with
 * sorted keys, without personal data, and its SHA-256 is printed on the paper. At any time at most one
 * certificate of an address is valid, which a unique index holds.
 *
 * What writes runs inside a transaction of the caller. Texts that are read live in the arena of the
 * call. Times are UTC microseconds.
 */
#ifndef DATA_CERTIFICATE_H
#define DATA_CERTIFICATE_H

#include "base/secret.h"
#include "data/counter.h"

enum {
	CERTIFICATE_CODE_CHARS = 20, /* of 5 bits each: 100 random bits */
	CERTIFICATE_REASON_MAX = 300, /* bytes */
	CERTIFICATE_REVISIONS_MAX = 20, /* signatures on one paper */
};

/* What stands in the QR: digits and capitals without I, L, O and U (D. Crockford's base 32). */
struct certificate_code {
	char text[CERTIFICATE_CODE_CHARS + 1];
};
struct certificate_code certificate_code_make(const struct randomness *randomness);

/* Reads one as people type it: in any case, with blanks and hyphens, O for 0, I and L for 1. */
bool certificate_code_read(const char *text, struct certificate_code *ret_code);

/* In groups of five with hyphens, as it is printed. */
void certificate_code_print(const char *code, struct strbuf *out);

enum certificate_state { CERTIFICATE_VALID, CERTIFICATE_REPLACED, CERTIFICATE_REVOKED };
const char *certificate_state_name(enum certificate_state state);

struct certificate {
	int64_t id; /* 0 before it is written */
	struct counter_key paper;
	const char *paper_number; /* as printed: "118/2026/GCN-SN" */
	const char *code;
	int64_t address_id, address_version;
	int64_t parcel_id, parcel_version; /* 0 none */
	int64_t holder_id;		   /* person; 0 none: a line to fill by hand */
	const char *holder_sha256;	   /* salted hash of the person; NULL none */
	const char *signer;		   /* name that stands below */
	enum certificate_state state;
	int64_t replaced_by; /* 0 none */
	const char *reason;  /* NULL none */
	int64_t issued_at_us, ended_at_us; /* 0 not ended */
	const char *issued_by, *ended_by;  /* as the change feed names people; NULL nobody is named */
	const char *data, *data_sha256, *file_sha256;
};

/*
 * Writes a valid one, whose id is set; the one of the address that was valid is replaced by it.
 * ERR_CONFLICT (the code or the number is taken) is our own fault.
 */
int certificate_add(struct store *store, struct certificate *certificate, struct error *err);

/* ERR_NOT_FOUND (fail_certificate_unknown) when there is none. */
int certificate_read(struct store *store, int64_t id, struct arena *arena,
	struct certificate *ret, struct error *err);
int certificate_find(struct store *store, const struct certificate_code *code, struct arena *arena,
	struct certificate *ret, struct error *err);

/* Those of an address, the newest first, until the visitor says other than 0. Borrowed. */
typedef int certificate_visit(
	void *context, const struct certificate *certificate, struct error *err);
int certificate_list(struct store *store, int64_t address_id, certificate_visit *visit,
	void *context, struct error *err);

/* Revokes a valid one; ERR_CONFLICT (fail_certificate_ended) if it is not. A reason is needed. */
int certificate_revoke(struct store *store, int64_t id, const struct counter_act *act,
	struct error *err);

/* Revokes the valid one of an address that is renumbered or retired; none is no error. A reason that is
 * too long is cut. */
int certificate_revoke_of_address(struct store *store, int64_t address_id, const char *reason,
	int64_t at_us, struct error *err);

/* A file with one signature more. */
struct certificate_revision {
	int64_t certificate_id;
	int64_t ordinal; /* from 1; set when it is added */
	const char *file_sha256;
	const char *signer, *issuer; /* common names in the signer's certificate */
	int64_t signed_at_us;	     /* as the signature says; 0 unknown */
	bool trusted;		     /* its certificate leads to one that the city trusts */
	int64_t added_at_us;
	const char *added_by;
};

/*
 * Adds it behind the others. ERR_CONFLICT (fail_signature_stale) if the last file (of no revision: that
 * of the paper) is not the one that it continues.
 */
int certificate_revision_add(struct store *store, struct certificate_revision *revision,
	const char *continues_sha256, struct error *err);

/* In their order. Borrowed. */
typedef int certificate_revision_visit(
	void *context, const struct certificate_revision *revision, struct error *err);
int certificate_revisions(struct store *store, int64_t certificate_id,
	certificate_revision_visit *visit, void *context, struct error *err);

#endif
