/*
 * sample_spot: points and segments on the ground of the sample city, and arithmetic with them.
 *
 * Positions are metres east and north of the working CRS. What ends up in a record is rounded to
 * the millimetre (spot_snap), as surveyed corners are.
 */
#ifndef GIS_SAMPLE_SPOT_H
#define GIS_SAMPLE_SPOT_H

#include <math.h>
#include <stdbool.h>

struct sample_spot {
	double e, n;
};

static inline struct sample_spot spot_plus(struct sample_spot a, struct sample_spot b)
{
	return (struct sample_spot){a.e + b.e, a.n + b.n};
}

static inline struct sample_spot spot_minus(struct sample_spot a, struct sample_spot b)
{
	return (struct sample_spot){a.e - b.e, a.n - b.n};
}

static inline struct sample_spot spot_times(struct sample_spot a, double factor)
{
	return (struct sample_spot){a.e * factor, a.n * factor};
}

/* The spot `distance` from a in a direction of length 1. */
static inline struct sample_spot spot_along(
	struct sample_spot a, struct sample_spot direction, double distance)
{
	return (struct sample_spot){a.e + direction.e * distance, a.n + direction.n * distance};
}

static inline struct sample_spot spot_between(
	struct sample_spot a, struct sample_spot b, double part)
{
	return (struct sample_spot){a.e + (b.e - a.e) * part, a.n + (b.n - a.n) * part};
}

static inline double spot_cross(struct sample_spot a, struct sample_spot b)
{
	return a.e * b.n - a.n * b.e;
}

static inline double spot_dot(struct sample_spot a, struct sample_spot b)
{
	return a.e * b.e + a.n * b.n;
}

static inline double spot_distance(struct sample_spot a, struct sample_spot b)
{
	return sqrt((a.e - b.e) * (a.e - b.e) + (a.n - b.n) * (a.n - b.n));
}

/* The direction from a to b, of length 1; east if they are one. */
static inline struct sample_spot spot_direction(struct sample_spot a, struct sample_spot b)
{
	double distance = spot_distance(a, b);

	if (!(distance > 0))
		return (struct sample_spot){1, 0};
	return (struct sample_spot){(b.e - a.e) / distance, (b.n - a.n) / distance};
}

/* Turned a quarter to the left. */
static inline struct sample_spot spot_left(struct sample_spot a)
{
	return (struct sample_spot){-a.n, a.e};
}

static inline struct sample_spot spot_turned(struct sample_spot a, double radians)
{
	double c = cos(radians), s = sin(radians);

	return (struct sample_spot){a.e * c - a.n * s, a.e * s + a.n * c};
}

static inline bool spot_equals(struct sample_spot a, struct sample_spot b)
{
	return a.e == b.e && a.n == b.n;
}

/* To the millimetre, as coordinates are kept. */
static inline struct sample_spot spot_snap(struct sample_spot a)
{
	return (struct sample_spot){floor(a.e * 1000 + 0.5) / 1000, floor(a.n * 1000 + 0.5) / 1000};
}

/* The point of the segment from..to nearest to `at`; *ret_part is 0 at from, 1 at to. */
static inline struct sample_spot spot_foot(
	struct sample_spot from, struct sample_spot to, struct sample_spot at, double *ret_part)
{
	struct sample_spot way = spot_minus(to, from);
	double square = spot_dot(way, way);
	double part = square > 0 ? spot_dot(spot_minus(at, from), way) / square : 0;

	*ret_part = part < 0 ? 0 : part > 1 ? 1 : part;
	return spot_between(from, to, *ret_part);
}

/* True if the segments a..b and c..d cross; *ret_part is where, along a..b. */
static inline bool spot_cross_segments(struct sample_spot a, struct sample_spot b,
	struct sample_spot c, struct sample_spot d, double *ret_part)
{
	struct sample_spot ab, cd;
	double from_a, to_a, from_c, to_c;

	/* Most pairs lie apart. */
	if ((a.e < c.e && a.e < d.e && b.e < c.e && b.e < d.e) ||
		(a.e > c.e && a.e > d.e && b.e > c.e && b.e > d.e) ||
		(a.n < c.n && a.n < d.n && b.n < c.n && b.n < d.n) ||
		(a.n > c.n && a.n > d.n && b.n > c.n && b.n > d.n))
		return false;
	ab = spot_minus(b, a);
	cd = spot_minus(d, c);
	from_c = spot_cross(cd, spot_minus(a, c));
	to_c = spot_cross(cd, spot_minus(b, c));
	from_a = spot_cross(ab, spot_minus(c, a));
	to_a = spot_cross(ab, spot_minus(d, a));
	if ((from_c > 0) == (to_c > 0) || (from_a > 0) == (to_a > 0))
		return false;
	*ret_part = from_c / (from_c - to_c);
	return true;
}

#endif
