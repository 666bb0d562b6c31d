/*
 * relabel: addresses follow the name of their street (đổi tên đường): those on it, and on all alleys that
 * carry its name, get the label of today; the one of before stays among the old ones, with its day.
 */
#ifndef SERVER_CASES_RELABEL_H
#define SERVER_CASES_RELABEL_H

#include "data/change.h"
#include "data/revision.h"
#include "data/view.h"
#include "server/cases/address_record.h"

enum { RELABEL_STREETS_MAX = 5000, RELABEL_ADDRESSES_MAX = 20000 };

struct relabel_work {
	int64_t street_id;
	struct view view; /* of the author, of the layer of addresses */
	struct change_author author; /* with a reason */
	struct date valid_from;	     /* "" today */
	const struct randomness *randomness;

	/* Made by relabel_prepare. */
	const struct layer *layer;
	int epsg;
	struct address_record **records; /* those whose label changes */
	size_t count;
};

/* ERR_TOO_LARGE over the caps; ERR_INVALID without a reason; ERR_DENIED beyond the author's wards. */
int relabel_prepare(
	struct relabel_work *work, const struct case_tools *tools, struct error *err);

/* A writer_work; context is a struct relabel_work. */
int relabel_run(struct store *store, void *context, struct error *err);

#endif
