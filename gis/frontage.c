#include "gis/frontage.h"

#include <math.h>

/* How far from square to the street a side may stand and still look at it: the cosine of 50°. */
static const double looking_at = 0.6428;
/* A part of the front may lie so much farther from the street than the nearest, m. */
static const double recess_m = FRONTAGE_RECESS_M;
static const double sample_m = 1; /* between two samples of a side */
/* A side along which the distance to the street changes by more of its length leads away from it. */
static const double leads_away = 0.9;

enum { CORNERS_KEPT = 512 }; /* of outlines with more every side is sampled */

/* What is gathered along the outline. */
struct gathering {
	const struct street_part *part; /* of the street, near the parcel */
	double step_m;
	double orientation; /* 1 when outer rings run counter-clockwise */
	struct street_foot corners[CORNERS_KEPT]; /* of the ring in hand */
	double nearest_m;		/* of all corners */
	struct sample {
		double east, north, length_m;
		struct street_foot foot;
	} samples[FRONTAGE_SAMPLES_MAX];
	size_t count;
};

static void add_sample(struct gathering *gathering, double east, double north, double length_m,
	const double normal[2], const struct street_foot *foot)
{
	double towards = normal[0] * (foot->east - east) + normal[1] * (foot->north - north);

	/* On the very middle of the street every side looks at it. */
	if (gathering->count == FRONTAGE_SAMPLES_MAX || towards < looking_at * foot->distance_m)
		return;
	gathering->samples[gathering->count++] =
		(struct sample){east, north, length_m, *foot};
}

/* A foot between two others on one straight segment. */
static struct street_foot foot_between(
	const struct street_foot *a, const struct street_foot *b, double share)
{
	struct street_foot foot = *a;

	foot.chainage_m += share * (b->chainage_m - a->chainage_m);
	foot.east += share * (b->east - a->east);
	foot.north += share * (b->north - a->north);
	foot.aside_m += share * (b->aside_m - a->aside_m);
	foot.distance_m = fabs(foot.aside_m);
	return foot;
}

/* Whether a side has its feet on one straight segment, so that those between need not be looked for. */
static bool is_straight(const struct gathering *gathering, const double *from, const double *to,
	const struct street_foot *ends)
{
	struct street_foot middle;

	if (!ends || ends[0].segment != ends[1].segment || ends[0].ahead_m != 0 ||
		ends[1].ahead_m != 0 || ends[0].distance_m != fabs(ends[0].aside_m) ||
		ends[1].distance_m != fabs(ends[1].aside_m))
		return false;
	street_part_foot(
		gathering->part, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2, &middle);
	return middle.segment == ends[0].segment;
}

/* ends: the feet of its corners; NULL they are not known. */
static void add_side(struct gathering *gathering, const double *from, const double *to,
	const struct street_foot *ends)
{
	double dx = to[0] - from[0], dy = to[1] - from[1], length = sqrt(dx * dx + dy * dy);
	bool straight = length > 0 && is_straight(gathering, from, to, ends);
	double normal[2];
	size_t count;

	if (length == 0)
		return;
	count = (size_t)fmin(ceil(length / gathering->step_m), FRONTAGE_SAMPLES_MAX);
	normal[0] = gathering->orientation * dy / length;
	normal[1] = -gathering->orientation * dx / length;
	for (size_t i = 0; i < count; i++) {
		double share = ((double)i + 0.5) / (double)count;
		double east = from[0] + share * dx, north = from[1] + share * dy;
		struct street_foot foot;

		if (straight)
			foot = foot_between(&ends[0], &ends[1], share);
		else
			street_part_foot(gathering->part, east, north, &foot);
		add_sample(gathering, east, north, length / (double)count, normal, &foot);
	}
}

static double ring_area(const double *xy, size_t count)
{
	double twice = 0;

	for (size_t i = 0; i + 1 < count; i++)
		twice += (xy[2 * i] - xy[0]) * (xy[2 * i + 3] - xy[1]) -
			(xy[2 * i + 2] - xy[0]) * (xy[2 * i + 1] - xy[1]);
	return twice / 2;
}

/* The ring of a part: outer rings alone are looked at. */
struct outer_ring {
	const double *xy;
	size_t count;
};

static struct outer_ring ring_of(const struct shape *parcel, size_t part)
{
	size_t ring = part ? parcel->part_ends[part - 1] : 0;
	size_t first = ring ? parcel->ring_ends[ring - 1] : 0;

	return (struct outer_ring){parcel->xy + 2 * first, parcel->ring_ends[ring] - first};
}

/* The closing point is the first one. */
static void measure_corners(struct gathering *gathering, const struct outer_ring *ring)
{
	for (size_t i = 0; i + 1 < ring->count; i++) {
		struct street_foot *foot = &gathering->corners[i];

		street_part_foot(gathering->part, ring->xy[2 * i], ring->xy[2 * i + 1], foot);
		if (foot->distance_m < gathering->nearest_m)
			gathering->nearest_m = foot->distance_m;
	}
	gathering->corners[ring->count - 1] = gathering->corners[0];
}

/*
 * Whether a side may be part of the front: the distance to the street changes along it by no more than
 * its length, so its ends tell how near it can come, and whether it runs beside the street at all.
 */
static bool may_front(const struct gathering *gathering, const struct outer_ring *ring, size_t i)
{
	const double *from = ring->xy + 2 * i, *to = from + 2;
	double a = gathering->corners[i].distance_m, b = gathering->corners[i + 1].distance_m;
	double x = to[0] - from[0], y = to[1] - from[1], length = sqrt(x * x + y * y);

	return (a + b - length) / 2 <= gathering->nearest_m + recess_m &&
		fabs(a - b) <= leads_away * length;
}

static void gather_ring(struct gathering *gathering, const struct outer_ring *ring)
{
	bool kept = ring->count <= CORNERS_KEPT;

	gathering->orientation = ring_area(ring->xy, ring->count) >= 0 ? 1 : -1;
	for (size_t i = 0; i + 1 < ring->count; i++)
		if (!kept || may_front(gathering, ring, i))
			add_side(gathering, ring->xy + 2 * i, ring->xy + 2 * i + 2,
				kept ? &gathering->corners[i] : NULL);
}

static void gather(struct gathering *gathering, const struct shape *parcel)
{
	gathering->step_m = fmax(sample_m, shape_length(parcel) / (FRONTAGE_SAMPLES_MAX / 2));
	gathering->nearest_m = INFINITY;
	/* All corners tell how near the parcel comes; those of one part are measured anew for its sides. */
	for (size_t part = 0; parcel->part_count > 1 && part < parcel->part_count; part++) {
		struct outer_ring ring = ring_of(parcel, part);

		if (ring.count <= CORNERS_KEPT)
			measure_corners(gathering, &ring);
	}
	for (size_t part = 0; part < parcel->part_count; part++) {
		struct outer_ring ring = ring_of(parcel, part);

		if (ring.count <= CORNERS_KEPT)
			measure_corners(gathering, &ring);
		gather_ring(gathering, &ring);
	}
}

/* Chainage as it is seen from another: of a ring they do not jump at its beginning. */
static double chainage_near(const struct street_line *line, double chainage_m, double near_m)
{
	if (line->is_closed && chainage_m - near_m > line->length_m / 2)
		return chainage_m - line->length_m;
	if (line->is_closed && near_m - chainage_m > line->length_m / 2)
		return chainage_m + line->length_m;
	return chainage_m;
}

static const struct sample *nearest(const struct gathering *gathering)
{
	const struct sample *best = NULL;

	for (size_t i = 0; i < gathering->count; i++)
		if (!best || gathering->samples[i].foot.distance_m < best->foot.distance_m)
			best = &gathering->samples[i];
	return best;
}

/* Whether a sample belongs to the front around the nearest one. */
static bool in_front(const struct gathering *gathering, const struct sample *sample,
	const struct sample *best, double reach_m)
{
	double chainage =
		chainage_near(gathering->part->line, sample->foot.chainage_m, best->foot.chainage_m);

	return sample->foot.distance_m <= best->foot.distance_m + recess_m &&
		fabs(chainage - best->foot.chainage_m) <= reach_m;
}

/* Position along the street, beyond its ends too. */
static double along(const struct gathering *gathering, const struct sample *sample,
	const struct sample *best)
{
	return chainage_near(gathering->part->line, sample->foot.chainage_m, best->foot.chainage_m) +
		sample->foot.ahead_m;
}

bool frontage_of(const struct street_part *part, const struct shape *parcel, struct frontage *ret)
{
	struct gathering gathering;
	const struct sample *best, *door = NULL;
	double low = INFINITY, high = -INFINITY, reach, middle;

	gathering.count = 0;
	gathering.part = part;
	gather(&gathering, parcel);
	best = nearest(&gathering);
	if (!best)
		return false;
	*ret = (struct frontage){.near_m = best->foot.distance_m,
		.near_east = best->east, .near_north = best->north};
	reach = shape_length(parcel) / 2;
	for (size_t i = 0; i < gathering.count; i++) {
		const struct sample *sample = &gathering.samples[i];

		if (!in_front(&gathering, sample, best, reach))
			continue;
		ret->length_m += sample->length_m;
		low = fmin(low, along(&gathering, sample, best));
		high = fmax(high, along(&gathering, sample, best));
	}
	middle = (low + high) / 2;
	for (size_t i = 0; i < gathering.count; i++) {
		const struct sample *sample = &gathering.samples[i];

		if (in_front(&gathering, sample, best, reach) &&
			(!door || fabs(along(&gathering, sample, best) - middle) <
					fabs(along(&gathering, door, best) - middle)))
			door = sample;
	}
	ret->foot = door->foot;
	ret->east = door->east;
	ret->north = door->north;
	return true;
}

/* --- which street ------------------------------------------------------------------------------- */

static double width_of(const struct frontage_limits *limits, const struct frontage_street *street)
{
	return isfinite(street->width_m) && street->width_m > 0 ? street->width_m : limits->width_m;
}

double frontage_reach(const struct frontage_limits *limits, double width_m)
{
	double gap;

	if (!(width_m > 0))
		return limits->width_m / 2 + limits->front_gap_m;
	gap = limits->front_gap_least_m + limits->front_gap_share * width_m;
	return width_m / 2 + fmin(gap, limits->front_gap_m);
}

static bool lies_at(const struct frontage_limits *limits, const struct frontage_street *street,
	const struct frontage *front, frontage_blocked *blocked, void *context)
{
	double gap = front->near_m - width_of(limits, street) / 2;
	const double from[2] = {front->near_east, front->near_north};
	struct street_foot foot;

	if (front->near_m > frontage_reach(limits, street->width_m) ||
		front->length_m < limits->least_front_m)
		return false;
	if (!blocked || gap < limits->least_front_m)
		return true;
	street_part_foot(&street->part, from[0], from[1], &foot);
	return !blocked(context, from, (const double[2]){foot.east, foot.north});
}

/* Puts a street in its place among those that the parcel lies at: the wider, the longer front first. */
static void place(const struct frontage_limits *limits, const struct frontage_street *streets,
	size_t street, const struct frontage *front, struct frontage_choice *choice)
{
	size_t at = choice->count;
	double width = width_of(limits, &streets[street]);

	if (at == FRONTAGE_STREETS_MAX)
		return;
	while (at > 0) {
		const struct frontage_street *other = &streets[choice->streets[at - 1]];
		double lead = width - width_of(limits, other);

		double longer = front->length_m - choice->fronts[at - 1].length_m;

		if (lead < -limits->wider_by_m ||
			(lead <= limits->wider_by_m &&
				(longer < 0 || (longer == 0 && streets[street].id > other->id))))
			break;
		choice->streets[at] = choice->streets[at - 1];
		choice->fronts[at] = choice->fronts[at - 1];
		at--;
	}
	choice->streets[at] = street;
	choice->fronts[at] = *front;
	choice->count++;
}

static void choose_nearest(const struct frontage_limits *limits, struct frontage_choice *choice,
	size_t street, const struct frontage *front)
{
	if (front->near_m > limits->search_m ||
		(choice->count && front->near_m >= choice->fronts[0].near_m))
		return;
	choice->count = 1;
	choice->streets[0] = street;
	choice->fronts[0] = *front;
}

void frontage_choose(const struct frontage_limits *limits, const struct frontage_street *streets,
	size_t count, const struct shape *parcel, frontage_blocked *blocked, void *context,
	struct frontage_choice *ret)
{
	struct frontage_choice nearest_one = {.count = 0};

	ret->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct frontage front;

		if (!frontage_of(&streets[i].part, parcel, &front))
			continue;
		if (lies_at(limits, &streets[i], &front, blocked, context))
			place(limits, streets, i, &front, ret);
		else
			choose_nearest(limits, &nearest_one, i, &front);
	}
	ret->why = FRONTAGE_ONE;
	if (!ret->count) {
		*ret = nearest_one;
		ret->why = FRONTAGE_NONE;
	} else if (ret->count > 1) {
		double lead = width_of(limits, &streets[ret->streets[0]]) -
			width_of(limits, &streets[ret->streets[1]]);

		ret->why = lead > limits->wider_by_m ? FRONTAGE_WIDER : FRONTAGE_ALIKE;
	}
}
