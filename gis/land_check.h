/*
 * land_check: what must hold when parcels become other parcels (tách, hợp, chỉnh ranh).
 *
 * The new ones cover what the old ones covered, no more and no less, without overlap; each is valid
 * and no sliver; the outer boundary points are kept; areas stay what they were, computed and legal
 * (the rules of land registries; ISO 19152 leaves them to each). What fails is a finding with its
 * place. All shapes are in one plane, in m.
 */
#ifndef GIS_LAND_CHECK_H
#define GIS_LAND_CHECK_H

#include "gis/geom_overlay.h"

/* A corner that lies on a side of its neighbour is so near to it, in m: the rounding of coordinates. */
#define LAND_ROUNDING_M 1e-6

enum {
	LAND_PARCELS_MAX = 64,
	LAND_FINDINGS_MAX = 64,
	LAND_CORNERS_MAX = 20000, /* of all parcels of a change, old and new: each is compared with each */
};

/* The payload of a rule "land_checks" (data/city_rules.c). */
struct land_limits {
	double area_computed_share, area_legal_share; /* 0.001 is 0,1 % */
	double fit_m;	 /* outlines nearer than this are meant to be one */
	double cover_m2; /* gaps and overlaps up to this are rounding */
	double least_area_m2, least_width_m;
};

/* ERR_INTERNAL if the payload lacks a member. */
int land_limits_read(const char *payload, struct land_limits *ret, struct error *err);

/* A parcel before or after. */
struct land_parcel {
	struct shape shape;
	double legal_m2; /* NaN unknown */
};

struct land_finding {
	struct error what;  /* of the catalogue, LAND-… */
	struct shape where; /* areas or points; point_count 0: nowhere in particular */
};

struct land_change {
	struct geom_context *geom;
	struct arena *arena;
	const struct land_limits *limits;
	struct land_parcel before[LAND_PARCELS_MAX], after[LAND_PARCELS_MAX];
	size_t before_count, after_count;
	struct land_finding findings[LAND_FINDINGS_MAX]; /* more are not told */
	size_t finding_count;
};

/* Adds a finding; `what` is already filled. Where may be NULL. */
void land_change_find(
	struct land_change *change, const struct error *what, const struct shape *where);

/*
 * Fits the old outlines to one another, and the new ones to them and to one another, so that what is
 * meant to be one border is one to the last digit.
 */
int land_change_fit(struct land_change *change, struct error *err);

/* The one parcel that the old ones make together; a finding if they do not lie side by side. */
int land_change_join(struct land_change *change, struct error *err);

/* The two parcels that a line makes of the one; a finding if it does not. */
int land_change_split(struct land_change *change, const struct shape *line, struct error *err);

/* Shares the legal area of the old ones out among the new ones that say none, by their areas. */
void land_change_share_legal(struct land_change *change);

/* Runs all checks; an error is one of ours, what fails is in findings. */
int land_change_check(struct land_change *change, struct error *err);

/*
 * Standard error of an area in m² when each coordinate of its corners has the error sigma_m, or that of
 * its own (sigmas_m, one for each point of the shape; NULL none has one).
 */
double land_area_error(const struct shape *shape, double sigma_m, const double *sigmas_m);

#endif
