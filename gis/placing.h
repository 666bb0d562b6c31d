/*
 * placing: what a shape of somebody else must be to enter the register, and what follows from it.
 *
 * The shape comes in a CRS of its own; validity, area and length are judged there, the place in
 * the working CRS.
 */
#ifndef GIS_PLACING_H
#define GIS_PLACING_H

#include "gis/crs.h"
#include "gis/geom.h"

/*
 * A corner that a client was shown comes back so near to where it was, in m: half of the last digit,
 * what the way there and back adds, and a little.
 */
#define PLACING_SHOWN_M 0.0003

/* From one CRS into the register; what is borrowed must outlive it. */
struct placing {
	struct geom_context *geom;
	struct crs_info from, working;
	const struct crs_path *to_working; /* from the shape's CRS */
	const struct crs_path *to_wgs84;   /* from the working CRS */
};
int placing_open(struct placing *ret_placing, struct crs_context *crs, struct geom_context *geom,
	const struct city *city, int epsg, struct error *err);

/* ERR_INVALID with the reason if the layer cannot hold a shape of this kind. */
int placing_check_kind(const struct layer *layer, const struct shape *shape, struct error *err);

/*
 * ERR_INVALID with the reason if the shape, in its own CRS, is not valid; ret_place is then where,
 * in the working CRS (NaN unknown).
 */
int placing_check_shape(const struct placing *placing, const struct shape *shape,
	double ret_place[2], struct error *err);

/* Moves it into the working CRS; ERR_INVALID when it has no place there. */
int placing_move(const struct placing *placing, struct shape *shape, struct error *err);

/* How far a box (working CRS) lies from where the working CRS is used, in km; 0 near. */
double placing_far_km(const struct placing *placing, const struct box *box);

/* Area (m²) and length (m) of a shape, in its own zone if that is projected, else in the city's. */
struct measure {
	double area_m2, length_m;
};
struct measure placing_measure(
	const struct placing *placing, const struct shape *native, const struct shape *working);

/* A shape as a record keeps it; in the arena. */
struct placed {
	struct wkb wkb; /* working CRS */
	struct box box;
	double z_m;
	int native_epsg; /* 0 the working CRS */
	struct wkb native_wkb;
	struct measure measure;
};

/*
 * Moves a shape, whose kind and validity were checked, into the register. Corners within tolerance_m
 * of one of `before` (working CRS; NULL none) keep its digits. ERR_INVALID when it has no place
 * there, or one far from the city.
 */
int placing_place(const struct placing *placing, struct arena *arena, const struct shape *native,
	const struct shape *before, double tolerance_m, struct placed *ret, struct error *err);

/* Puts them into the fields of the layer that the register computes. */
void measure_put(const struct measure *measure, const struct layer *layer, struct value *values);

#endif
