/*
 * quarter: the streets and parcels of a piece of the city, and which parcel lies at which street.
 *
 * Read once, in boxes; all else is asked of it in memory. What has ended or lies outside of the boxes
 * is not there; streets are, as far as parcels in the boxes could lie at them.
 */
#ifndef SERVER_CASES_QUARTER_H
#define SERVER_CASES_QUARTER_H

#include "gis/box_grid.h"
#include "gis/frontage.h"
#include "server/cases/numbering_rules.h"
#include "server/cases/streets.h"

enum {
	QUARTER_PARCELS_MAX = 200000,
	QUARTER_STREETS_MAX = 50000,
	QUARTER_BOXES_MAX = 4096,
};

struct quarter_parcel {
	int64_t id, version, unit_now, unit_issued;
	struct shape shape;
	struct box box;
	const char *use;    /* land use; "" unknown */
	bool has_houses;    /* land of that use has house numbers */
	bool is_built;	    /* a building stands on it; true where the city has no buildings */
};

struct quarter_street {
	struct street_node node;
	struct street_line line;
	bool is_measured; /* else it has no line that could be measured */
	double reach_m;	  /* so far from its middle may a parcel begin that lies at it */
};

/* A straight piece of a street. */
struct quarter_segment {
	uint32_t street, at; /* position in streets, segment of its line */
};

struct quarter {
	const struct case_tools *tools;
	const struct numbering_rules *rules;
	struct quarter_street *streets; /* by id */
	size_t street_count;
	struct quarter_parcel *parcels; /* by id */
	size_t parcel_count;
	struct box_grid by_parcel, by_segment;
	struct quarter_segment *segments; /* of all streets, as in by_segment */
	double widest_m; /* of the streets */
};

/* Where a quarter is read. */
struct quarter_boxes {
	struct box *boxes;
	size_t count;
};

/* Reads the parcels that meet the boxes. ERR_TOO_LARGE over the caps. */
int quarter_read(const struct case_tools *tools, const struct numbering_rules *rules,
	const struct quarter_boxes *boxes, struct quarter *ret, struct error *err);

/* Those in which the parcels of a street lie between two chainages; in the arena. */
int quarter_boxes_along(const struct case_tools *tools, const struct numbering_rules *rules,
	const struct quarter_street *street, double from_m, double to_m,
	struct quarter_boxes *ret, struct error *err);

/* Reads a street with its line; is_measured is true then. */
int quarter_street_read(const struct case_tools *tools, int64_t id,
	struct quarter_street *ret, struct error *err);

/*
 * A box that holds all of the parcels that meet it; empty without any. Large ones do not count: around
 * them lies half a city.
 */
bool quarter_parcel_is_large(const struct quarter_parcel *parcel);
struct box quarter_whole_parcels(const struct quarter *quarter, const struct box *box);

const struct quarter_street *quarter_street_of(const struct quarter *quarter, int64_t id);
const struct quarter_parcel *quarter_parcel_of(const struct quarter *quarter, int64_t id);

/* The parcel that a place lies on, or not farther from than that; 0 none. */
int64_t quarter_parcel_at(
	const struct quarter *quarter, double east, double north, double reach_m);

/*
 * At which streets a parcel lies; choice->streets[] are positions in near[], which has room for
 * FRONTAGE_STREETS_MAX and whose ids tell the streets.
 */
enum quarter_reach {
	QUARTER_FRONTS, /* only streets that it may lie at */
	QUARTER_NEAR,	/* if it lies at none, the nearest */
};
void quarter_choose(const struct quarter *quarter, const struct quarter_parcel *parcel,
	enum quarter_reach reach, struct frontage_street near[FRONTAGE_STREETS_MAX],
	struct frontage_choice *ret);

#endif
