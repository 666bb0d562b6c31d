/*
 * lineage_json: what became of what, as JSON.
 */
#ifndef SERVER_LINEAGE_JSON_H
#define SERVER_LINEAGE_JSON_H

#include "base/json_write.h"
#include "data/lineage.h"

/* {from, to, cause, valid_from, share, derived, document, recorded_at} */
void lineage_json_step(struct json_writer *json, const struct lineage_step *step);

/* A day in law, null where it is open. */
void lineage_json_day(struct json_writer *json, const char *key, const struct date *day);

#endif
