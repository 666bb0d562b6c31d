#include "gis/crs_patch.h"

#include <math.h>
#include <stdint.h>

#include "base/banned.h"

enum {
	SIDE = 16, /* cells on a side of the table, which holds any square of so many */
	DEGREE = 4,
	TERMS = 15, /* of a polynomial of that degree in two variables */
	NODES = 6,  /* on a side: more than the terms need, so that rounding evens out */
	CHECKS = 5,
};

static const double farthest = 1e9; /* beyond, no cell has a number */

typedef double pair __attribute__((vector_size(16))); /* both coordinates at once */

/* The terms: 1, v … v⁴, u, uv … uv³, u², u²v, u²v², u³, u³v, u⁴; u and v are -1 to 1 in the cell. */
struct patch {
	double x, y; /* centre; NaN: none yet */
	bool fits;
	pair terms[TERMS];
};

struct crs_patches {
	crs_patch_exact *exact;
	const void *context;
	double tolerance;
	double half_cell; /* a power of two: places in a cell are exact */
	struct patch places[SIDE * SIDE];
	const struct patch *last; /* one of them, for whom the next point may be */
};

struct crs_patches *crs_patches_new(
	crs_patch_exact *exact, const void *context, double side, double tolerance)
{
	struct crs_patches *patches = calloc(1, sizeof *patches);

	if (!patches)
		return NULL;
	patches->exact = exact;
	patches->context = context;
	patches->tolerance = tolerance;
	patches->half_cell = side / 2;
	for (size_t i = 0; i < SIDE * SIDE; i++)
		patches->places[i].x = (double)NAN; /* no point lies there */
	return patches;
}

void crs_patches_free(struct crs_patches *patches)
{
	free(patches);
}

static inline pair value_at(const pair terms[TERMS], double u, double v)
{
	pair uu = {u, u}, vv = {v, v};
	pair in_v = vv * (terms[1] + vv * (terms[2] + vv * (terms[3] + vv * terms[4])));
	pair once = terms[5] + vv * (terms[6] + vv * (terms[7] + vv * terms[8]));
	pair twice = terms[9] + vv * (terms[10] + vv * terms[11]);
	pair thrice = terms[12] + vv * terms[13];
	pair in_u = uu * (once + uu * (twice + uu * (thrice + uu * terms[14])));

	return terms[0] + (in_u + in_v);
}

/* The Chebyshev polynomials T0 to T4: their coefficients of the powers of u. */
static const double chebyshev[DEGREE + 1][DEGREE + 1] = {
	{1}, {0, 1}, {-1, 0, 2}, {0, -3, 0, 4}, {1, 0, -8, 0, 8}};

static double chebyshev_at(int which, double at)
{
	double value = 0;

	for (int i = DEGREE; i >= 0; i--)
		value = value * at + chebyshev[which][i];
	return value;
}

static double node(int i)
{
	return cos((i + 0.5) * acos(-1) / NODES);
}

/*
 * The coefficient of T_i(u) T_j(v) from the values at the nodes: there these products are
 * orthogonal. The values are taken against the middle, so that they are small and lose no digits.
 */
static pair project(const double *values, const double middle[2], int i, int j)
{
	const double share = (i ? 2.0 : 1.0) * (j ? 2.0 : 1.0) / (NODES * NODES);
	pair sum = {0, 0};

	for (int at = 0; at < NODES * NODES; at++) {
		double weight = share * chebyshev_at(i, node(at / NODES)) *
			chebyshev_at(j, node(at % NODES));

		sum += (pair){weight * (values[2 * at] - middle[0]),
			weight * (values[2 * at + 1] - middle[1])};
	}
	return sum;
}

/* Adds what a coefficient of T_i(u) T_j(v) is in powers. */
static void expand(pair coefficient, int i, int j, pair terms[TERMS])
{
	static const int first_of[DEGREE + 1] = {0, 5, 9, 12, 14}; /* the term u^n */

	for (int n = 0; n <= i; n++) {
		for (int m = 0; m <= j; m++) {
			double factor = chebyshev[i][n] * chebyshev[j][m];

			terms[first_of[n] + m] += coefficient * (pair){factor, factor};
		}
	}
}

/* Compares with the exact map over the cell, to its edges. */
static bool holds(const struct crs_patches *patches, const struct patch *patch)
{
	double uv[2 * CHECKS * CHECKS], xy[2 * CHECKS * CHECKS];

	for (int i = 0; i < CHECKS * CHECKS; i++) {
		uv[2 * i] = 2.0 * (i / CHECKS) / (CHECKS - 1) - 1;
		uv[2 * i + 1] = 2.0 * (i % CHECKS) / (CHECKS - 1) - 1;
		xy[2 * i] = patch->x + patches->half_cell * uv[2 * i];
		xy[2 * i + 1] = patch->y + patches->half_cell * uv[2 * i + 1];
	}
	if (!patches->exact(patches->context, xy, CHECKS * CHECKS))
		return false;
	for (int i = 0; i < CHECKS * CHECKS; i++) {
		pair value = value_at(patch->terms, uv[2 * i], uv[2 * i + 1]);

		/* Also false of what is no number. */
		if (!(fabs(value[0] - xy[2 * i]) <= patches->tolerance &&
			    fabs(value[1] - xy[2 * i + 1]) <= patches->tolerance))
			return false;
	}
	return true;
}

static void fit(const struct crs_patches *patches, struct patch *patch)
{
	double xy[2 * NODES * NODES], middle[2] = {patch->x, patch->y};

	for (int i = 0; i < NODES * NODES; i++) {
		xy[2 * i] = patch->x + patches->half_cell * node(i / NODES);
		xy[2 * i + 1] = patch->y + patches->half_cell * node(i % NODES);
	}
	patch->fits = false;
	if (!patches->exact(patches->context, middle, 1) ||
		!patches->exact(patches->context, xy, NODES * NODES))
		return;
	memset(patch->terms, 0, sizeof patch->terms);
	for (int i = 0; i <= DEGREE; i++)
		for (int j = 0; i + j <= DEGREE; j++)
			expand(project(xy, middle, i, j), i, j, patch->terms);
	patch->terms[0] += (pair){middle[0], middle[1]};
	patch->fits = holds(patches, patch);
}

static bool covers(const struct patch *patch, double half, const double *xy)
{
	double u = xy[0] - patch->x, v = xy[1] - patch->y;

	return u >= -half && u < half && v >= -half && v < half;
}

/* The cell of a point, made if need be. */
static const struct patch *find(struct crs_patches *patches, const double *xy)
{
	static const struct patch nowhere = {.fits = false};
	double half = patches->half_cell;
	struct patch *patch;
	int64_t column, row;

	if (!(fabs(xy[0]) < farthest && fabs(xy[1]) < farthest))
		return &nowhere;
	column = (int64_t)floor(xy[0] / (2 * half));
	row = (int64_t)floor(xy[1] / (2 * half));
	patch = &patches->places[(column & (SIDE - 1)) * SIDE + (row & (SIDE - 1))];
	if (!covers(patch, half, xy)) {
		patch->x = (double)(2 * column + 1) * half;
		patch->y = (double)(2 * row + 1) * half;
		fit(patches, patch);
	}
	return patch;
}

/* The corners of the box around points. */
struct reach {
	double least[2], most[2];
};

static struct reach reach_of(const double *xy, size_t count)
{
	struct reach reach = {{xy[0], xy[1]}, {xy[0], xy[1]}};

	for (size_t i = 1; i < count; i++) {
		double x = xy[2 * i], y = xy[2 * i + 1];

		reach.least[0] = x < reach.least[0] ? x : reach.least[0];
		reach.most[0] = x > reach.most[0] ? x : reach.most[0];
		reach.least[1] = y < reach.least[1] ? y : reach.least[1];
		reach.most[1] = y > reach.most[1] ? y : reach.most[1];
	}
	return reach;
}

/* Moves points of one cell; false if one of them was no number, and so is its image. */
static bool move_inside(const struct patch *patch, double half, double *xy, size_t count)
{
	double per_half = 1 / half;
	pair sum = {0, 0};

	for (double *end = xy + 2 * count; xy < end; xy += 2) {
		pair moved = value_at(patch->terms, (xy[0] - patch->x) * per_half,
			(xy[1] - patch->y) * per_half);

		xy[0] = moved[0];
		xy[1] = moved[1];
		sum += moved - moved; /* 0, or NaN for good */
	}
	return sum[0] == 0 && sum[1] == 0;
}

/* Points of several cells, one by one; all exactly where their cells have no room side by side. */
static size_t move_across(
	struct crs_patches *patches, const struct reach *reach, double *xy, size_t count)
{
	const double half = patches->half_cell, room = 2 * half * (SIDE - 1);
	const struct patch *patch = &patches->places[0];
	bool wide = !(reach->most[0] - reach->least[0] <= room &&
		reach->most[1] - reach->least[1] <= room);

	for (size_t i = 0; i < count; i++, xy += 2) {
		if (!wide && !covers(patch, half, xy))
			patch = find(patches, xy);
		if (!wide && patch->fits)
			move_inside(patch, half, xy, 1);
		else if (!patches->exact(patches->context, xy, 1))
			return i;
	}
	return count;
}

/* The place of the first point that is no number. */
static size_t first_wrong(const double *xy, size_t count)
{
	size_t i = 0;

	while (i < count && isfinite(xy[2 * i]) && isfinite(xy[2 * i + 1]))
		i++;
	return i;
}

size_t crs_patches_move(struct crs_patches *patches, double *xy, size_t count)
{
	const double half = patches->half_cell;
	const struct patch *patch = patches->last;
	struct reach reach;

	if (!count)
		return 0;
	reach = reach_of(xy, count);
	if (!patch || !covers(patch, half, reach.least))
		patch = patches->last = find(patches, reach.least);
	if (!patch->fits || !covers(patch, half, reach.least) || !covers(patch, half, reach.most))
		return move_across(patches, &reach, xy, count);
	return move_inside(patch, half, xy, count) ? count : first_wrong(xy, count);
}
