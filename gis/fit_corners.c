#include "gis/fit_corners.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"

/* The foot of a point on a side, as the share of its length; outside 0..1 it is none. */
static double foot_of(const double *from, const double *to, const double *at, double *ret_distance)
{
	double dx = to[0] - from[0], dy = to[1] - from[1], square = dx * dx + dy * dy;
	double share = square > 0
		? ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / square
		: -1;

	*ret_distance = hypot(from[0] + share * dx - at[0], from[1] + share * dy - at[1]);
	return share;
}

static bool same_place(const double *a, const double *b)
{
	return a[0] == b[0] && a[1] == b[1];
}

static bool is_corner_of(const struct shape *shape, const double *at)
{
	for (size_t i = 0; i < shape->point_count; i++)
		if (same_place(shape->xy + 2 * i, at))
			return true;
	return false;
}

/* Moves a corner to the nearest one of the other outline; false if none is near enough. */
static bool move_to_corner(double *at, const struct fit *fit)
{
	double nearest = fit->tolerance_m;
	const double *found = NULL;

	for (size_t i = 0; i < fit->to->point_count; i++) {
		const double *other = fit->to->xy + 2 * i;
		double distance = hypot(other[0] - at[0], other[1] - at[1]);

		if (distance > nearest)
			continue;
		nearest = distance;
		found = other;
	}
	if (found)
		memcpy(at, found, 2 * sizeof *at);
	return found;
}

/* Puts a corner onto the nearest side of the other outline, if one is near enough. */
static void put_onto_side(double *at, const struct fit *fit)
{
	const struct shape *to = fit->to;
	double nearest = fit->tolerance_m, found[2] = {at[0], at[1]};
	size_t i = 0;

	for (size_t ring = 0; ring < to->ring_count; ring++, i++)
		for (; i + 1 < to->ring_ends[ring]; i++) {
			const double *from = to->xy + 2 * i, *next = from + 2;
			double distance, share = foot_of(from, next, at, &distance);

			if (share <= 0 || share >= 1 || distance > nearest)
				continue;
			nearest = distance;
			found[0] = from[0] + share * (next[0] - from[0]);
			found[1] = from[1] + share * (next[1] - from[1]);
		}
	memcpy(at, found, sizeof found);
}

static void move_corners(struct shape *shape, const struct fit *fit)
{
	size_t first = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		size_t last = shape->ring_ends[ring] - 1;

		for (size_t i = first; i < last; i++) {
			double *at = shape->xy + 2 * i;

			if (fit->fixed && is_corner_of(fit->fixed, at))
				continue;
			if (!move_to_corner(at, fit) && fit->how == FIT_ONTO_SIDES)
				put_onto_side(at, fit);
		}
		/* An outline ends where it begins. */
		memcpy(shape->xy + 2 * last, shape->xy + 2 * first, 2 * sizeof(double));
		first = last + 1;
	}
}

/* A corner of the other outline that lies on a side of ours. */
struct on_side {
	double share;
	const double *at;
};

static int by_share(const void *a, const void *b)
{
	double left = ((const struct on_side *)a)->share, right = ((const struct on_side *)b)->share;

	return (left > right) - (left < right);
}

/* An outline being written anew. */
struct fitting {
	const struct shape *to;
	double tolerance_m;
	struct on_side *found; /* room for every corner of `to` */
	struct shape out;
	size_t room, ring_start;
	bool full;
};

static void add_corner(struct fitting *fitting, const double *at)
{
	struct shape *out = &fitting->out;

	if (out->point_count > fitting->ring_start &&
		same_place(out->xy + 2 * (out->point_count - 1), at))
		return;
	fitting->full |= out->point_count == fitting->room;
	if (fitting->full)
		return;
	memcpy(out->xy + 2 * out->point_count++, at, 2 * sizeof *at);
}

/* Adds the corners of the other outline that lie on this side, in its direction. */
static void add_side(struct fitting *fitting, const double *from, const double *next)
{
	const struct shape *to = fitting->to;
	double margin = fitting->tolerance_m;
	size_t count = 0;

	for (size_t i = 0; i < to->point_count; i++) {
		const double *at = to->xy + 2 * i;
		double distance, share;

		if (at[0] < fmin(from[0], next[0]) - margin || at[0] > fmax(from[0], next[0]) + margin ||
			at[1] < fmin(from[1], next[1]) - margin || at[1] > fmax(from[1], next[1]) + margin ||
			same_place(at, from) || same_place(at, next))
			continue;
		share = foot_of(from, next, at, &distance);
		if (share > 0 && share < 1 && distance <= margin)
			fitting->found[count++] = (struct on_side){share, at};
	}
	qsort(fitting->found, count, sizeof *fitting->found, by_share);
	for (size_t i = 0; i < count; i++)
		add_corner(fitting, fitting->found[i].at);
}

/* The outline with the corners of the other one on its sides. */
static void add_rings(struct fitting *fitting, const struct shape *shape)
{
	struct shape *out = &fitting->out;
	size_t i = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++, i++) {
		fitting->ring_start = out->point_count;
		for (; i + 1 < shape->ring_ends[ring]; i++) {
			add_corner(fitting, shape->xy + 2 * i);
			add_side(fitting, shape->xy + 2 * i, shape->xy + 2 * (i + 1));
		}
		add_corner(fitting, shape->xy + 2 * i);
		out->ring_ends[ring] = (uint32_t)out->point_count;
	}
}

static bool is_too_fine(const struct shape *shape, const struct fit *fit)
{
	size_t others = fit->to->point_count + (fit->fixed ? fit->fixed->point_count : 0);

	return (double)shape->point_count * (double)others > FIT_COMPARISONS_MAX;
}

int fit_corners(
	struct arena *arena, struct shape *shape, const struct fit *fit, struct error *err)
{
	const struct shape *to = fit->to;
	struct fitting fitting = {.to = to, .tolerance_m = fit->tolerance_m, .out = *shape};
	double *copy;

	if (is_too_fine(shape, fit))
		return fail_outline_too_fine(err);
	/* A corner of the other lies on one side of ours, or on two where ours folds back. */
	fitting.room = shape->point_count + 4 * to->point_count + 4;
	copy = arena_alloc(arena, shape->point_count * 2 * sizeof *copy);
	fitting.found = arena_alloc(arena, (to->point_count + 1) * sizeof *fitting.found);
	fitting.out.xy = arena_alloc(arena, fitting.room * 2 * sizeof *copy);
	fitting.out.ring_ends =
		arena_alloc(arena, (shape->ring_count + 1) * sizeof *fitting.out.ring_ends);
	if (!copy || !fitting.found || !fitting.out.xy || !fitting.out.ring_ends)
		return fail_no_memory(err);
	memcpy(copy, shape->xy, shape->point_count * 2 * sizeof *copy);
	shape->xy = copy;
	move_corners(shape, fit);
	fitting.out.point_count = 0;
	add_rings(&fitting, shape);
	if (fitting.full)
		return fail_outline_too_fine(err);
	*shape = fitting.out;
	return 0;
}
