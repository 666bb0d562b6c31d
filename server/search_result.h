/*
 * search_result: a record that was found, read as the asker sees it and put into words.
 */
#ifndef SERVER_SEARCH_RESULT_H
#define SERVER_SEARCH_RESULT_H

#include "server/search_answer.h"

enum { SEARCH_TOLD_MAX = 6, SEARCH_TITLE_BYTES = 400 };

struct search_result {
	const struct search_hit *hit;
	bool is_read; /* the asker sees it */
	struct date as_of; /* of a record that ended: its last day */
	const char *title;
	const char *told[SEARCH_TOLD_MAX]; /* of its fields, and where it lies */
	size_t told_count;
	int64_t unit;
	const char *unit_name; /* NULL unknown */
	struct box box; /* working CRS */
};

/* Reads those hits; texts live in the arena. */
int search_results_read(const struct search_question *question, struct arena *arena,
	const struct search_hit *hits, size_t count, struct search_result *ret, struct error *err);

/* What the units are called in which they lie. */
int search_results_name_units(const struct search_question *question, struct arena *arena,
	struct search_result *results, size_t count, struct error *err);

/* Those that count only in a unit that has ended, and do not lie in it, are taken for not read. */
int search_results_place(const struct search_question *question, struct arena *arena,
	struct search_result *results, size_t count, struct error *err);

#endif
