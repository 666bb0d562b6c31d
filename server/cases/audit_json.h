/*
 * audit_json: what an audit found, as one JSON document:
 *
 *	{"findings":[{"fault":..,"code":..,"text":{"vi":..,"en":..},"layer":..,"id":..}, ..],
 *	 "findings_left_out":0,"links":..,"changes":..,"versions":..,"head":"12:5f..."}
 */
#ifndef SERVER_CASES_AUDIT_JSON_H
#define SERVER_CASES_AUDIT_JSON_H

#include "base/json_write.h"
#include "data/audit.h"

struct audit_json {
	struct json_writer json;
	size_t most_bytes; /* findings beyond are counted, not written */
	int64_t left_out;
};

/* The document is written into `out`, which is empty, and has more room than for the findings. */
void audit_json_begin(struct audit_json *audit, struct strbuf *out, size_t most_bytes);
void audit_json_add(struct audit_json *audit, const struct audit_finding *finding);
void audit_json_end(struct audit_json *audit, const struct audit_report *report);

/* A finding in a line of a language. */
void audit_print_finding(struct strbuf *out, const struct audit_finding *finding, enum lang lang);

/* The code of its kind, as the catalogue of messages has it. */
const char *audit_fault_code(enum audit_fault fault);

/* "12:5f…", by which the chain is known; and back, false for another text. */
void audit_print_head(struct strbuf *out, const struct audit_head *head);
bool audit_parse_head(const char *text, struct audit_head *ret_head);

#endif
