/*
 * unit_reform: a reform of the administrative units takes effect (sắp xếp đơn vị hành chính).
 *
 * The new units are in the register already, in force from the day of the reform. The old ones that
 * they cover end on that day, lineage leads from each to those that come after it, and every record
 * gets the unit of today by its representative point, as a version from that day on. The unit as issued
 * never changes. In slices: other writers take their turns, and what was stopped goes on where it was.
 */
#ifndef SERVER_CASES_UNIT_REFORM_H
#define SERVER_CASES_UNIT_REFORM_H

#include "data/change.h"
#include "data/writer.h"
#include "gis/geom.h"
#include "gis/unit_succession.h"

enum { REFORM_SLICE = 2000 /* records of a transaction */ };

/* A share that a decision says, by the codes of before and after. */
struct reform_share {
	const char *from_code, *to_code;
	double share; /* NaN: not said */
};

struct unit_reform {
	/* What is wanted. */
	struct date day;
	const char *document; /* NULL none */
	const struct reform_share *shares; /* that are decided; all others are derived */
	size_t share_count;
	struct change_author author;
	const struct randomness *randomness;

	/* With what. */
	struct store *store; /* reading */
	struct geom_context *geom;
	const struct layer_table *layers;
	int epsg;
	int (*write)(void *context, writer_work *work, void *piece, struct error *err);
	/* done of about total records; false stops it between two slices (ERR_CANCELLED). */
	bool (*progress)(void *context, int64_t done, int64_t total);
	void *context;

	/* What came of it. */
	int64_t units_before, units_after, steps, moved, outside;
};

/* A pair, before it is written. */
typedef void reform_tell(void *context, const char *from_name, const char *to_name, double share,
	bool is_derived);

/*
 * Finds what comes after what, and tells it, so that it can be agreed to; nothing is written. ERR_NOT_FOUND:
 * no unit begins on that day.
 */
struct reform_plan;
int unit_reform_plan(struct unit_reform *reform, reform_tell *tell, void *context,
	struct reform_plan **ret_plan, struct error *err);
void reform_plan_free(struct reform_plan *plan);
AUTOPTR(struct reform_plan, reform_plan_free);

/* Does it. */
int unit_reform_run(struct unit_reform *reform, struct reform_plan *plan, struct error *err);

#endif
