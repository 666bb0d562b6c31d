#include "gis/sample_alleys.h"

#include "base/banned.h"
#include "gis/sample_strip.h"

enum { TRIES_MAX = 10 }; /* places tried for an alley: half of them off the long sides */

/* An alley that is tried. */
struct attempt {
	struct sample_hit start, end; /* on the ring: its mouth, and where it would come out */
	struct sample_spot way;	      /* straight in */
	double width_m, length_m;     /* length_m: up to the end of a blind alley */
	int32_t parent, beyond;	      /* the streets at start and end */
	bool through;
};

static int32_t street_at(const struct sample_town *town, size_t edge)
{
	return town->mesh.halves[town->loop.corners[edge].half].street;
}

/* Metres of street along each side. */
static void measure_sides(const struct sample_town *town, const struct sample_frame *frame,
	double street_m[SAMPLE_SIDES])
{
	const struct sample_loop *loop = &town->loop;

	for (int side = 0; side < SAMPLE_SIDES; side++)
		street_m[side] = 0;
	for (size_t i = 0; i < loop->count; i++)
		if (street_at(town, i) >= 0)
			street_m[sample_rows_side(loop, frame, i)] +=
				spot_distance(loop->corners[i].at, sample_loop_end(loop, i));
}

/*
 * How far from an end of the land the alley should run: so far that the land between them takes
 * two rows back to back when there is a street at the end, else one row.
 */
static double distance_from_end(
	double street_m, double depth_m, double width_m, double room_m, struct dice *dice)
{
	double rows = street_m > depth_m ? 2.08 : 1.06;
	double distance = rows * depth_m * dice_between(dice, 0.92, 1.12) + width_m / 2;

	if (room_m - distance < 1.5 * depth_m)
		distance = room_m / 2;
	return distance;
}

static bool choose_place(struct sample_town *town, const struct sample_alley_wish *wish,
	struct dice *dice, struct attempt *attempt)
{
	const struct sample_frame *frame = wish->frame;
	double street_m[SAMPLE_SIDES], length = frame->high_u - frame->low_u, u;
	struct sample_chord chord;
	bool from_low;

	measure_sides(town, frame, street_m);
	attempt->width_m = wish->old_town ? dice_between(dice, 2.2, 3.6) : dice_between(dice, 3, 5);
	if (dice_chance(dice, 0.5))
		u = frame->low_u + distance_from_end(street_m[SAMPLE_LOW_U], wish->depth_m,
					   attempt->width_m, length, dice);
	else
		u = frame->high_u - distance_from_end(street_m[SAMPLE_HIGH_U], wish->depth_m,
					    attempt->width_m, length, dice);
	if (!sample_loop_chord(&town->loop,
		    sample_frame_spot(frame, u, (frame->low_v + frame->high_v) / 2),
		    spot_left(frame->way), &chord))
		return false;
	from_low = dice_unit(dice) * (street_m[SAMPLE_LOW_V] + street_m[SAMPLE_HIGH_V]) <
		   street_m[SAMPLE_LOW_V];
	attempt->start = from_low ? chord.from : chord.to;
	attempt->end = from_low ? chord.to : chord.from;
	attempt->parent = street_at(town, attempt->start.edge);
	attempt->beyond = street_at(town, attempt->end.edge);
	attempt->way = spot_left(sample_loop_way(&town->loop, attempt->start.edge));
	attempt->length_m = chord.length_m;
	return attempt->parent >= 0 && attempt->start.slant > 0.6;
}

/* A sub-alley leaves an alley; each is narrower than the one before it. */
static int32_t add_alley(struct sample_town *town, struct attempt *attempt)
{
	const struct sample_street *parent = &town->streets.all[attempt->parent];
	bool sub = parent->kind >= SAMPLE_ALLEY;

	if (sub)
		attempt->width_m = fmax(1.6, fmin(attempt->width_m, parent->width_m) - 0.6);
	attempt->width_m = floor(attempt->width_m * 10) / 10;
	return sample_streets_add(&town->streets, sub ? SAMPLE_SUB_ALLEY : SAMPLE_ALLEY,
		attempt->width_m, attempt->parent);
}

static void lay_line(struct sample_town *town, int32_t index, const struct attempt *attempt)
{
	struct sample_street *street = &town->streets.all[index];
	struct sample_spot joint =
		sample_streets_meet(&town->streets, attempt->parent, attempt->start.at, index);

	sample_streets_pass(&town->streets, index, joint, attempt->parent, 0);
	for (size_t i = 0; i < town->middle.count; i++)
		sample_line_add(&street->line, spot_snap(town->middle.at[i]));
	street->open_ends = 1;
	if (attempt->through) {
		joint = sample_streets_meet(
			&town->streets, attempt->beyond, attempt->end.at, index);
		sample_streets_pass(
			&town->streets, index, joint, attempt->beyond, street->line.count);
		street->open_ends = 2;
	}
	town->streets.failed |= street->line.failed;
}

static struct sample_strip strip_for(
	struct sample_town *town, const struct attempt *attempt, int32_t street, double clear_m)
{
	return (struct sample_strip){.loop = &town->loop,
		.mesh = &town->mesh,
		.middle = &town->middle,
		.width_m = attempt->width_m,
		.clear_m = clear_m,
		.street = street,
		.left = &town->left,
		.right = &town->right};
}

/* Between the vertices of an alley: its first one inside must be clear of where it starts. */
static double step_for(const struct attempt *attempt, double clear_m)
{
	return fmin(attempt->length_m / 2, fmax(18, 1.15 * clear_m));
}

static bool lay_through(struct sample_town *town, const struct attempt *attempt, int32_t street,
	double clear_m, int32_t *ret_left, int32_t *ret_right)
{
	struct sample_strip strip = strip_for(town, attempt, street, clear_m);
	struct sample_spot out =
		spot_times(spot_left(sample_loop_way(&town->loop, attempt->end.edge)), -1);
	struct sample_banks banks;

	sample_line_reset(&town->middle);
	sample_line_bend(&town->middle, attempt->start.at, attempt->way, attempt->end.at, out, 0.6,
		step_for(attempt, clear_m));
	if (!sample_strip_across(&strip, &banks))
		return false;
	*ret_left = banks.left;
	*ret_right = banks.right;
	return true;
}

/* From the end of a blind alley on, the plots of both sides meet: cuts there. */
static bool cut_beyond(struct sample_town *town, struct sample_spot end, struct sample_spot way,
	int32_t face, int32_t *ret_left, int32_t *ret_right)
{
	struct sample_hit from = {.edge = 0}, to;

	if (!sample_loop_read(&town->loop, &town->mesh, face))
		return false;
	for (size_t i = 1; i < town->loop.count; i++)
		if (spot_distance(town->loop.corners[i].at, end) <
			spot_distance(town->loop.corners[from.edge].at, end))
			from.edge = i;
	from.at = town->loop.corners[from.edge].at;
	*ret_right = face;
	if (!sample_loop_ray(&town->loop, SAMPLE_NO_EDGE, from.at, way, &to) || to.slant < 0.3)
		return false;
	*ret_left = sample_loop_cut(
		&town->loop, &town->mesh, &from, &to, NULL, SAMPLE_NO_STREET, SAMPLE_NO_STREET);
	return *ret_left != SAMPLE_NO_FACE;
}

static bool lay_blind(struct sample_town *town, const struct attempt *attempt, int32_t street,
	double clear_m, struct dice *dice, int32_t *ret_left, int32_t *ret_right)
{
	struct sample_strip strip = strip_for(town, attempt, street, clear_m);
	struct sample_spot way = spot_turned(attempt->way, dice_between(dice, -0.12, 0.12));
	struct sample_spot end = spot_along(attempt->start.at, way, attempt->length_m);
	struct sample_spot right_end;
	int32_t face = town->loop.face, pocket;

	sample_line_reset(&town->middle);
	sample_line_bend(&town->middle, attempt->start.at, attempt->way, end, way,
		dice_between(dice, 0.2, 0.9), step_for(attempt, clear_m));
	if (!sample_strip_blind(&strip, &pocket))
		return false;
	way = spot_direction(
		town->middle.at[town->middle.count - 2], town->middle.at[town->middle.count - 1]);
	right_end = spot_along(end, spot_left(way), -attempt->width_m / 2);
	/* Without the cut beyond it the land stays one face around the alley: still sound. */
	if (!cut_beyond(town, right_end, way, face, ret_left, ret_right))
		*ret_left = SAMPLE_NO_FACE;
	return true;
}

static bool try_to_open(struct sample_town *town, const struct sample_alley_wish *wish,
	struct dice *dice, int32_t *ret_left, int32_t *ret_right)
{
	struct attempt attempt = {.parent = SAMPLE_NO_STREET};
	double clear_m = 0.55 * wish->depth_m;
	int32_t street;
	bool laid;

	if (!choose_place(town, wish, dice, &attempt))
		return false;
	attempt.through = attempt.beyond >= 0 && attempt.beyond != attempt.parent &&
			  attempt.end.slant > 0.6 && dice_chance(dice, 0.35);
	if (!attempt.through)
		attempt.length_m -= wish->depth_m *
				    (attempt.beyond >= 0 ? 1.05 : dice_between(dice, 0.6, 1.05));
	if (attempt.length_m < 1.3 * wish->depth_m)
		return false;
	street = add_alley(town, &attempt);
	if (street < 0)
		return false;
	laid = attempt.through
		       ? lay_through(town, &attempt, street, clear_m, ret_left, ret_right)
		       : lay_blind(town, &attempt, street, clear_m, dice, ret_left, ret_right);
	if (!laid) {
		town->streets.count--; /* nothing was laid: it has no line yet */
		return false;
	}
	lay_line(town, street, &attempt);
	return true;
}

/* The same rectangle with its axes the other way round. */
static struct sample_frame turn(const struct sample_frame *frame)
{
	return (struct sample_frame){.way = spot_left(frame->way),
		.low_u = frame->low_v,
		.high_u = frame->high_v,
		.low_v = -frame->high_u,
		.high_v = -frame->low_u};
}

bool sample_alleys_open(struct sample_town *town, const struct sample_alley_wish *wish,
	struct dice *dice, int32_t *ret_left, int32_t *ret_right)
{
	struct sample_frame turned = turn(wish->frame);
	struct sample_alley_wish now = *wish;
	int32_t face = town->loop.face;

	for (int i = 0; i < TRIES_MAX; i++) {
		if (i && !sample_loop_read(&town->loop, &town->mesh, face))
			return false;
		now.frame = i < TRIES_MAX / 2 ? wish->frame : &turned;
		if (try_to_open(town, &now, dice, ret_left, ret_right))
			return true;
		if (town->mesh.failed || town->streets.failed)
			return false;
	}
	return false;
}
