#include "gis/line_chain.h"

#include <math.h>

#include "base/messages.h"

/* A part as it lies in the shape. */
struct part {
	size_t first, last; /* points */
	bool used;
};

/* A part as it stands in a chain. */
struct link {
	size_t part;
	bool turned;
};

struct joining {
	const struct shape *shape;
	double tolerance_m;
	struct part *parts;
	size_t count;
	struct link *links; /* room for as many before the first as behind it */
	size_t low, high;   /* of the links in use */
};

static bool is_place(const double *xy)
{
	/* Also false of NaN. */
	return fabs(xy[0]) <= LINE_CHAIN_FAR_M && fabs(xy[1]) <= LINE_CHAIN_FAR_M;
}

static double apart(const double *a, const double *b)
{
	return hypot(b[0] - a[0], b[1] - a[1]);
}

static const double *end_of(const struct joining *joining, struct link link, bool last)
{
	const struct part *part = &joining->parts[link.part];

	return joining->shape->xy + 2 * (last != link.turned ? part->last : part->first);
}

/* The parts of two places at least, without places that are none at their ends. */
static void take_parts(struct joining *joining)
{
	const struct shape *shape = joining->shape;
	size_t first = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		size_t from = first, to = shape->ring_ends[ring];

		first = to;
		while (from < to && !is_place(shape->xy + 2 * from))
			from++;
		while (to > from && !is_place(shape->xy + 2 * (to - 1)))
			to--;
		if (to > from + 1)
			joining->parts[joining->count++] = (struct part){from, to - 1, false};
	}
}

/* The unused part with the end nearest to the chain's; false if none meets it. */
static bool find_next(
	const struct joining *joining, const double *end, bool at_last, struct link *ret)
{
	double best = joining->tolerance_m;
	bool found = false;

	for (size_t i = 0; i < joining->count; i++) {
		for (int turned = 0; turned < 2 && !joining->parts[i].used; turned++) {
			struct link link = {i, turned};
			double gap = apart(end, end_of(joining, link, !at_last));

			if (gap < best || (!found && gap == best)) {
				best = gap;
				*ret = link;
				found = true;
			}
		}
	}
	return found;
}

/* Lays parts to both ends of one, as long as there are some. */
static void grow(struct joining *joining, size_t part)
{
	struct link next = {part, false};
	bool grows = joining->count <= LINE_CHAIN_PARTS_MAX;

	joining->low = joining->high = joining->count;
	joining->links[joining->low] = next;
	joining->parts[part].used = true;
	while (grows && find_next(joining, end_of(joining, joining->links[joining->high], true),
				true, &next)) {
		joining->links[++joining->high] = next;
		joining->parts[next.part].used = true;
	}
	while (grows && find_next(joining, end_of(joining, joining->links[joining->low], false),
				false, &next)) {
		joining->links[--joining->low] = next;
		joining->parts[next.part].used = true;
	}
}

static void add_point(struct line_chain *chain, const double *xy)
{
	size_t at = chain->count;
	double step = 0;

	if (!is_place(xy))
		return;
	if (at) {
		step = apart(chain->xy + 2 * (at - 1), xy);
		if (step == 0)
			return;
	}
	chain->xy[2 * at] = xy[0];
	chain->xy[2 * at + 1] = xy[1];
	chain->along_m[at] = at ? chain->along_m[at - 1] + step : 0;
	chain->count++;
}

static void write_chain(const struct joining *joining, struct line_chain *chain)
{
	chain->count = 0;
	for (size_t i = joining->low; i <= joining->high; i++) {
		const struct link *link = &joining->links[i];
		const struct part *part = &joining->parts[link->part];

		for (size_t k = 0; k <= part->last - part->first; k++)
			add_point(chain, joining->shape->xy + 2 * (link->turned ? part->last - k
										: part->first + k));
	}
	if (chain->count < 2)
		chain->count = 0;
}

static int make_room(struct arena *arena, const struct shape *shape, struct line_chain *ret)
{
	*ret = (struct line_chain){
		.xy = arena_alloc(arena, (shape->point_count + 1) * 2 * sizeof *ret->xy),
		.along_m = arena_alloc(arena, (shape->point_count + 1) * sizeof *ret->along_m),
	};
	return ret->xy && ret->along_m;
}

int line_chain_join(struct arena *arena, const struct shape *shape, double tolerance_m,
	struct line_chain *ret, struct error *err)
{
	struct joining joining = {.shape = shape, .tolerance_m = tolerance_m};
	struct line_chain longest = {0}, chain = {0};
	size_t pieces = 0;

	joining.parts = arena_alloc(arena, (shape->ring_count + 1) * sizeof *joining.parts);
	joining.links = arena_alloc(arena, (2 * shape->ring_count + 1) * sizeof *joining.links);
	if (!joining.parts || !joining.links || !make_room(arena, shape, &chain))
		return fail_no_memory(err);
	take_parts(&joining);
	for (size_t i = 0; i < joining.count; i++) {
		struct line_chain swap = longest;

		if (joining.parts[i].used)
			continue;
		if (!chain.xy && !make_room(arena, shape, &chain))
			return fail_no_memory(err);
		grow(&joining, i);
		write_chain(&joining, &chain);
		pieces += chain.count != 0;
		if (line_chain_length(&chain) <= line_chain_length(&longest))
			continue;
		longest = chain;
		chain = swap;
	}
	longest.pieces = pieces;
	longest.is_ring = longest.count > 2 &&
			  apart(longest.xy, longest.xy + 2 * (longest.count - 1)) <= tolerance_m;
	*ret = longest;
	return 0;
}

double line_chain_length(const struct line_chain *chain)
{
	return chain->count ? chain->along_m[chain->count - 1] : 0;
}

void line_chain_at(const struct line_chain *chain, double along_m, double ret_xy[2])
{
	size_t low = 0, high = chain->count - 1;
	double part;

	/* The stretch that holds it: along_m grows from point to point. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (chain->along_m[middle] <= along_m)
			low = middle;
		else
			high = middle;
	}
	part = (along_m - chain->along_m[low]) / (chain->along_m[high] - chain->along_m[low]);
	part = fmin(1, fmax(0, part));
	for (size_t i = 0; i < 2; i++)
		ret_xy[i] = chain->xy[2 * low + i] +
			    part * (chain->xy[2 * high + i] - chain->xy[2 * low + i]);
}

double line_chain_distance(
	const struct line_chain *chain, size_t at, const double xy[2], double *ret_along_m)
{
	const double *from = chain->xy + 2 * at, *to = from + 2;
	double across = to[0] - from[0], up = to[1] - from[1];
	double length = chain->along_m[at + 1] - chain->along_m[at];
	double part = ((xy[0] - from[0]) * across + (xy[1] - from[1]) * up) / (length * length);

	part = fmin(1, fmax(0, part));
	*ret_along_m = chain->along_m[at] + part * length;
	return hypot(xy[0] - from[0] - part * across, xy[1] - from[1] - part * up);
}
