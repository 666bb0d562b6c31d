/*
 * frontage: where and how a parcel lies at a street: the part of its outline that looks at it, its
 * door, its side; and which of several streets it is numbered on.
 *
 * East and north in m; the outline's outer rings count. A part of it looks at a street when it is
 * turned towards it and lies not much farther from it than the nearest part.
 */
#ifndef GIS_FRONTAGE_H
#define GIS_FRONTAGE_H

#include "gis/street_line.h"

enum { FRONTAGE_SAMPLES_MAX = 2000, FRONTAGE_STREETS_MAX = 32 };

struct frontage {
	struct street_foot foot; /* of the door */
	double east, north;	 /* the door: the middle of the front, on the outline */
	double near_m;		 /* from the middle of the street to the nearest part of the front */
	double near_east, near_north; /* that place of the outline */
	double length_m;	 /* of the front */
};

/* False if no part of the outline looks at the street; of that all that is near the parcel must be in the part. */
bool frontage_of(const struct street_part *part, const struct shape *parcel, struct frontage *ret);

/* A street near a parcel. */
struct frontage_street {
	int64_t id;
	struct street_part part;
	double width_m; /* of its carriageway; NaN unknown */
};

/* The payload of a rule "numbering_reach", and of "numbering_corner". */
struct frontage_limits {
	double search_m;     /* streets so near are looked at */
	/* From the edge of the carriageway to the parcel, at most: of a street of known width that share of it. */
	double front_gap_m, front_gap_share, front_gap_least_m;
	double least_front_m;
	double far_m;	     /* a door farther from its street is a mistake */
	double wider_by_m;
	double width_m;	     /* of a street that does not say */
};

/* So far from the middle of a street may a parcel begin that lies at it, m. */
double frontage_reach(const struct frontage_limits *limits, double width_m);

/* What lies farther from the parcel than this and its reach is never looked at, m. */
#define FRONTAGE_RECESS_M 3.0

/* Whether other land lies between two places: asked only where there is a way between them. */
typedef bool frontage_blocked(void *context, const double from[2], const double to[2]);

enum frontage_why {
	FRONTAGE_NONE,	/* it lies at no street: the nearest is told, if there is one */
	FRONTAGE_ONE,	/* it lies at one */
	FRONTAGE_WIDER, /* at several: the widest takes it */
	FRONTAGE_ALIKE, /* at several of one width: the rule does not decide; the longest front is told */
};

struct frontage_choice {
	enum frontage_why why;
	size_t count;			       /* streets that it lies at, the chosen first */
	size_t streets[FRONTAGE_STREETS_MAX];  /* positions in the list */
	struct frontage fronts[FRONTAGE_STREETS_MAX];
};

/*
 * Which street a parcel is numbered on. blocked may be NULL. With FRONTAGE_NONE count is 0 or 1: the
 * nearest street within reach.
 */
void frontage_choose(const struct frontage_limits *limits, const struct frontage_street *streets,
	size_t count, const struct shape *parcel, frontage_blocked *blocked, void *context,
	struct frontage_choice *ret);

#endif
