/*
 * lineage: what became of what (nguồn gốc): parcels that were split or joined, units that merged.
 *
 * A step leads from a record to one that came of it; a record may come of several, and several of
 * it. Steps are only ever added.
 */
#ifndef DATA_LINEAGE_H
#define DATA_LINEAGE_H

#include "base/clock.h"
#include "data/layer.h"
#include "data/store.h"

enum lineage_cause {
	LINEAGE_SPLIT,	  /* tách */
	LINEAGE_MERGE,	  /* hợp */
	LINEAGE_REDRAW,	  /* chỉnh ranh: what was another's came to it */
	LINEAGE_TRANSFER, /* a part of a unit went to another */
	LINEAGE_RENAME,
	LINEAGE_CAUSES,
};

enum { LINEAGE_STEPS_MAX = 4000 }; /* that one question follows */

struct lineage_step {
	const char *layer;
	int64_t from_id, to_id;
	enum lineage_cause cause;
	struct date valid_from; /* the day from which the new one stands for the old */
	double share;		/* of the old one's area that went there; NaN unknown */
	bool is_derived;	/* the share was computed, no decision says it */
	const char *document;	/* decision; NULL none */
	int64_t recorded_at_us;
};

/* "split", "merge", … and back; LINEAGE_CAUSES: no such cause. */
const char *lineage_cause_name(enum lineage_cause cause);
enum lineage_cause lineage_cause_of(const char *name);

/* The same step again changes nothing but its share and document. */
int lineage_add(struct store *store, const struct lineage_step *step, struct error *err);

/*
 * Visits the steps that lead to a record and to those that led there, and the steps that lead on
 * from it, each once, at most LINEAGE_STEPS_MAX; *ret_more tells that there are others. Nearest
 * first; in a step texts are borrowed until the visitor returns.
 */
typedef int lineage_visit(void *context, const struct lineage_step *step, struct error *err);
int lineage_of(struct store *store, const char *layer, int64_t id, lineage_visit *visit,
	void *context, bool *ret_more, struct error *err);

/* Visits all steps of a layer that happened on a day or (NULL) on any, in the order of from_id. */
int lineage_all(struct store *store, const char *layer, const struct date *day,
	lineage_visit *visit, void *context, struct error *err);

#endif
