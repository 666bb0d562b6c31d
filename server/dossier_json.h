/*
 * dossier_json: case files as JSON, the same for commands and over HTTP. Titles are {"vi", "en"}.
 *
 * Who came is told only where the caller hands the person in, having noted that somebody reads it.
 */
#ifndef SERVER_DOSSIER_JSON_H
#define SERVER_DOSSIER_JSON_H

#include "base/json_write.h"
#include "data/dossier_paper.h"
#include "data/person.h"

/* Telling some files, one after the other. */
struct dossier_telling {
	struct json_writer *json;
	struct store *store;
	struct arena *arena;
	const char *base_url; /* without '/' at its end; "" unknown */
	int64_t now_us;
	int64_t account_id; /* who asks; 0 nobody's */
	unsigned powers;    /* DOSSIER_HANDLE, ... of who asks, on the file in hand */
	/* The calendar of the unit of the file before. */
	struct work_calendar calendar;
	int64_t calendar_unit;
	bool has_calendar;
};

/* What was wanted, as a row of the queue; the object stays open. person NULL: not told. */
int dossier_json_open(struct dossier_telling *telling, const struct dossier *dossier,
	const struct person *person, struct error *err);

/* The other members of the open object: papers, history, moves, the receipt. */
int dossier_json_whole(struct dossier_telling *telling, const struct dossier *dossier,
	struct error *err);

/* "title": {"vi", "en"} of a message. */
void dossier_json_title(struct json_writer *json, const char *key, int message);

/* "receipt_url", the page for who has the receipt; "receipt_print", the receipt for the printer. */
void dossier_json_receipt(
	struct json_writer *json, const char *base_url, const struct dossier *dossier);

/* Working time that is left, hours with one decimal; late: less than 0. Decided files have none. */
int dossier_hours_left(struct dossier_telling *telling, const struct dossier *dossier,
	double *ret_hours, struct error *err);

#endif
