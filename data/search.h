/*
 * search: records by what people call them: names (of today and before), codes, and numbers as
 * "tờ 12 thửa 345", "12/345", "345 to 12", each narrowed by the unit where they lie ("… phú lợi").
 *
 * The database fetches candidates, by index and never more than so many; what they are worth is
 * decided here (search_rank), so that every database gives the same answer. What the views do not
 * show is not found.
 */
#ifndef DATA_SEARCH_H
#define DATA_SEARCH_H

#include "base/arena.h"
#include "data/store.h"
#include "data/view.h"

enum {
	SEARCH_TEXT_MAX = 400,	     /* bytes that are looked at; the caller refuses more */
	SEARCH_HITS_MAX = 2000,
	SEARCH_NAMES_MAX = 500,	     /* candidates by their words */
	SEARCH_NUMBERS_MAX = 256,    /* of a layer by their number */
};

struct search_ask {
	struct store *store;
	const struct layer_table *layers;
	const struct view *views; /* of each layer, of today; without .layer it is not searched */
	const char *text;
	size_t len;
	bool is_staff; /* who works with parcels gets these first; visitors what they look for */
};

/* A record that was found; texts live in the arena. */
struct search_hit {
	const struct layer *layer;
	const struct layer_field *field; /* by which; of a number its last one */
	int64_t id;
	int64_t unit;	   /* where it lies today; 0 unknown */
	const char *name;  /* what it is or was called: "Nguyễn Huệ", "12/345" */
	struct date until; /* of a name of before: the first day without it; "" today's */
	bool in_force;	   /* the record itself; else it ended on `until` */
	int64_t within;	   /* it counts only if it lies in this unit, which has ended; 0 it counts */
	int rank;	   /* 0 best */
};

/* A layer's hits stand together, the best first; the best layer first. */
struct search_hits {
	struct search_hit *hits;
	size_t count;
};

int search_find(const struct search_ask *ask, struct arena *arena, struct search_hits *ret_hits,
	struct error *err);

#endif
