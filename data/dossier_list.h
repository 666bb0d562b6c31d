/*
 * dossier_list: the queue: case files by deadline, page by page.
 *
 * Open files come with the oldest deadline first, decided ones with the newest. A page goes on behind
 * the (due_at, id) of the last file of the one before.
 */
#ifndef DATA_DOSSIER_LIST_H
#define DATA_DOSSIER_LIST_H

#include "data/dossier.h"

enum { DOSSIER_LIST_MAX = 200 };

struct dossier_search {
	bool decided;	     /* those, instead of the open ones */
	const char *state;   /* only of this state; NULL all */
	int64_t account_id;  /* in whose hand; 0 anybody's */
	int64_t unit_id;     /* where; 0 anywhere */
	const int64_t *units; /* only there; NULL everywhere */
	size_t unit_count;
	int64_t parcel_id; /* 0 any */
	int64_t after_due_us, after_id; /* 0, 0: from the beginning */
};

/* Visits files until the visitor has enough (1). They live until it returns. */
typedef int dossier_visit(void *context, const struct dossier *dossier, struct error *err);
int dossier_list(struct store *store, const struct dossier_search *search, dossier_visit *visit,
	void *context, struct error *err);

/*
 * Files lie where their land lies today: after a reform of wards, those of the new ward have them.
 * Inside a transaction; costs little where nothing has moved. *ret_count: how many have.
 */
int dossier_follow_units(
	struct store *store, const struct layer *land, int64_t *ret_count, struct error *err);

#endif
