/*
 * certificate_json: a certificate for who may have it, and what anybody may know who holds the paper.
 */
#ifndef SERVER_CERTIFICATE_JSON_H
#define SERVER_CERTIFICATE_JSON_H

#include "base/json_write.h"
#include "server/cases/certificate.h"

/* All but the personal data; with its signatures if there is a store to read them from. */
int certificate_write_json(struct json_writer *json, struct store *store, const char *public_url,
	const struct certificate *certificate, struct error *err);

/* What the public page of a paper tells. */
struct certificate_report {
	const struct certificate *certificate;
	const struct json_node *data; /* of the paper */
	struct certificate successor; /* of a replaced one; id 0: none */
	struct certificate_change changes[MATTER_COUNT];
	size_t change_count;
	const char *unit_today;
};

/* Reads what it needs; all in the arena of the source. `data` is the paper's, parsed. */
int certificate_report_read(const struct certificate_source *source,
	const struct certificate *certificate, const struct json_node *data,
	struct certificate_report *ret, struct error *err);

/* With the keys of the API; or, `labelled`, with words of the language, for people. No personal data. */
int certificate_report_write(struct json_writer *json, struct store *store,
	const struct certificate_report *report, bool labelled, enum lang lang, struct error *err);

#endif
