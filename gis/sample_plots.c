#include "gis/sample_plots.h"

#include "base/banned.h"
#include "base/messages.h"
#include "gis/sample_alleys.h"
#include "gis/sample_lanes.h"
#include "gis/sample_rows.h"

static const double paddy_remoteness = 0.62;
static const double field_m2 = 900; /* larger plots are fields and gardens: no rows */

/* Land with a share of parcels, on its way down. */
struct plan {
	int32_t face;
	uint32_t share;
	int32_t site; /* that it shall hold, or SAMPLE_NO_SITE */
};

static void divide_plan(struct sample_town *town, struct plan plan);

/* What the land is used for, where no site says so. */
static enum sample_use choose_use(struct sample_town *town, int32_t face)
{
	struct dice dice = dice_for(town->seed, SAMPLE_DICE_FIELDS, (uint64_t)face);
	const struct sample_face *about = &town->mesh.faces[face];
	const struct sample_loop *loop = &town->loop;
	struct sample_spot at = loop->corners[0].at;
	enum sample_street_kind best = SAMPLE_SUB_ALLEY;
	bool street = false;

	for (size_t i = 0; i < loop->count; i++) {
		int32_t index = town->mesh.halves[loop->corners[i].half].street;

		street |= index >= 0;
		if (index >= 0 && town->streets.all[index].kind < best)
			best = town->streets.all[index].kind;
	}
	if (about->style == SAMPLE_INDUSTRY)
		return dice_chance(&dice, 0.93) ? SAMPLE_SKC : SAMPLE_DKV;
	if (loop->area_m2 < 420 || (street && loop->area_m2 < 650)) {
		if (street && best <= SAMPLE_MAIN && dice_chance(&dice, 0.16))
			return SAMPLE_TMD;
		return loop->area_m2 > 230 && dice_chance(&dice, 0.55) ? SAMPLE_ODT_CLN
								       : SAMPLE_ODT;
	}
	if (street && loop->area_m2 < 2600 && dice_chance(&dice, 0.7))
		return best <= SAMPLE_MAIN && dice_chance(&dice, 0.12) ? SAMPLE_TMD
								       : SAMPLE_ODT_CLN;
	/* Fields of a kind lie together; there is no paddy in town. */
	if (sample_density_remoteness(&town->density, at) > paddy_remoteness &&
		dice_field(town->seed + SAMPLE_DICE_FIELDS, at.e, at.n, 420) >
			(about->style == SAMPLE_PADDY ? -0.45 : 0.42))
		return SAMPLE_LUC;
	if (dice_chance(&dice, 0.08))
		return SAMPLE_HNK;
	return loop->area_m2 < 6000 && dice_chance(&dice, 0.03) ? SAMPLE_MNC : SAMPLE_CLN;
}

static void find_ward(struct sample_town *town, int32_t face)
{
	if (sample_loop_read(&town->loop, &town->mesh, face))
		town->mesh.faces[face].ward =
			sample_town_ward(town, sample_loop_inside(&town->loop));
}

static void make_parcel(struct sample_town *town, int32_t face)
{
	struct sample_face *about = &town->mesh.faces[face];

	if (!sample_loop_read(&town->loop, &town->mesh, face))
		return;
	about->use = about->kind == SAMPLE_WATER ? SAMPLE_SON : (uint8_t)choose_use(town, face);
	about->kind = SAMPLE_PARCEL;
	find_ward(town, face);
	town->parcel_count++;
}

static void make_site(struct sample_town *town, const struct plan *plan)
{
	struct sample_face *about = &town->mesh.faces[plan->face];

	about->kind = SAMPLE_PARCEL;
	about->site = plan->site;
	about->use = town->sites.all[plan->site].use;
	find_ward(town, plan->face);
	town->sites.all[plan->site].face = plan->face;
	town->parcel_count++;
}

/* Splits the share by area: at least one parcel for each part. */
static uint32_t share_by_area(uint32_t share, double part)
{
	double some = floor(share * part + 0.5);

	return (uint32_t)fmax(1, fmin(share - 1.0, some));
}

/* How much street the two ends of the land have; a main street counts more. */
static double lean_to_street(const struct sample_town *town, const struct sample_frame *frame)
{
	const struct sample_loop *loop = &town->loop;
	double mid = (frame->low_u + frame->high_u) / 2, low = 1, high = 1;

	for (size_t i = 0; i < loop->count; i++) {
		int32_t street = town->mesh.halves[loop->corners[i].half].street;
		double weight = spot_distance(loop->corners[i].at, sample_loop_end(loop, i));

		if (street < 0)
			continue;
		if (town->streets.all[street].kind <= SAMPLE_MAIN)
			weight *= 3;
		if (spot_dot(loop->corners[i].at, frame->way) > mid)
			high += weight;
		else
			low += weight;
	}
	return (low - high) / (low + high);
}

/* Halves the land that was read; fields bent a little, with more parcels towards a street. */
static void halve_plan(struct sample_town *town, struct plan plan, struct dice *dice)
{
	struct sample_frame frame = sample_loop_frame(&town->loop);
	double part = dice_between(dice, 0.36, 0.64), lean = lean_to_street(town, &frame);
	bool bent = town->mesh.faces[plan.face].style != SAMPLE_INDUSTRY &&
		    town->mesh.faces[plan.face].kind != SAMPLE_WATER;
	uint32_t some;
	int32_t low = sample_rows_halve(town, &frame, part, bent, dice);

	if (low == SAMPLE_NO_FACE) {
		make_parcel(town, plan.face);
		return;
	}
	if (bent)
		part = fmin(0.88, fmax(0.12, part * (1 + 0.6 * lean)));
	some = share_by_area(plan.share, part);
	divide_plan(town, (struct plan){low, some, SAMPLE_NO_SITE});
	divide_plan(town, (struct plan){plan.face, plan.share - some, SAMPLE_NO_SITE});
}

/* Metres of street and the best kind of street along each side. */
struct sides {
	double street_m[SAMPLE_SIDES];
	enum sample_street_kind best[SAMPLE_SIDES];
};

static struct sides look_at_sides(const struct sample_town *town, const struct sample_frame *frame)
{
	const struct sample_loop *loop = &town->loop;
	struct sides sides;

	for (int side = 0; side < SAMPLE_SIDES; side++) {
		sides.street_m[side] = 0;
		sides.best[side] = SAMPLE_SUB_ALLEY + 1;
	}
	for (size_t i = 0; i < loop->count; i++) {
		int32_t street = town->mesh.halves[loop->corners[i].half].street;
		enum sample_side side = sample_rows_side(loop, frame, i);

		if (street < 0)
			continue;
		sides.street_m[side] +=
			spot_distance(loop->corners[i].at, sample_loop_end(loop, i));
		if (town->streets.all[street].kind < sides.best[side])
			sides.best[side] = town->streets.all[street].kind;
	}
	return sides;
}

static void row(struct sample_town *town, struct plan plan, const struct sample_frame *frame,
	enum sample_side side)
{
	sample_rows_face(town, frame, side);
	sample_rows_slice(town, plan.face, plan.share, make_parcel);
}

/* The area of the other face after a cut, for the shares. */
static double area_of(struct sample_town *town, int32_t face)
{
	return sample_loop_read(&town->loop, &town->mesh, face) ? town->loop.area_m2 : 0;
}

/*
 * Where the land ends at a street better than those along it, its end is a row of its own that
 * looks to that street. True if it was cut off, and all is done.
 */
static bool cap_end(struct sample_town *town, struct plan plan, const struct sample_frame *frame,
	const struct sides *sides, double depth)
{
	double length = frame->high_u - frame->low_u, width = frame->high_v - frame->low_v;
	double area = town->loop.area_m2, usual = area / plan.share, part;
	enum sample_street_kind along = sides->best[SAMPLE_LOW_V] < sides->best[SAMPLE_HIGH_V]
						? sides->best[SAMPLE_LOW_V]
						: sides->best[SAMPLE_HIGH_V];
	struct dice dice = dice_for(town->seed, SAMPLE_DICE_FIELDS, (uint64_t)plan.face);
	enum sample_side end = sides->best[SAMPLE_LOW_U] <= sides->best[SAMPLE_HIGH_U]
				       ? SAMPLE_LOW_U
				       : SAMPLE_HIGH_U;
	int32_t low, cap, rest;
	uint32_t some;

	if (sides->best[end] >= along || sides->street_m[end] < 0.6 * width ||
		width < 2 * usual / depth || length < 2.1 * depth || plan.share < 4)
		return false;
	part = depth * dice_between(&dice, 0.95, 1.2) / length;
	low = sample_rows_halve(town, frame, end == SAMPLE_LOW_U ? part : 1 - part, false, &dice);
	if (low == SAMPLE_NO_FACE)
		return false;
	cap = end == SAMPLE_LOW_U ? low : plan.face;
	rest = end == SAMPLE_LOW_U ? plan.face : low;
	some = share_by_area(plan.share, area_of(town, cap) / area);
	row(town, (struct plan){cap, some, SAMPLE_NO_SITE}, frame, end);
	divide_plan(town, (struct plan){rest, plan.share - some, SAMPLE_NO_SITE});
	return true;
}

/* Where the ring is met going on from one vertex of the middle line over another. */
static bool spine_end(
	const struct sample_town *town, size_t from, size_t over, struct sample_hit *ret_hit)
{
	struct sample_spot a = town->middle.at[from], b = town->middle.at[over];

	return spot_distance(a, b) > 1 &&
	       sample_loop_ray(&town->loop, SAMPLE_NO_EDGE, b, spot_direction(a, b), ret_hit) &&
	       ret_hit->slant > 0.4;
}

/* Where two rows meet back to back: halfway between the sides, station by station. */
static bool draw_spine(struct sample_town *town, const struct sample_frame *frame, double share,
	struct sample_chord *ret_ends)
{
	double length = frame->high_u - frame->low_u, mid_v = (frame->low_v + frame->high_v) / 2;
	double stations = fmax(2, floor(length / 28));
	struct sample_chord chord;

	sample_line_reset(&town->middle);
	for (double k = 0.5; k < stations; k++) {
		double u = frame->low_u + length * k / stations;

		if (!sample_loop_chord(&town->loop, sample_frame_spot(frame, u, mid_v),
			    spot_left(frame->way), &chord))
			return false;
		sample_line_add(&town->middle, spot_between(chord.from.at, chord.to.at, share));
	}
	if (town->middle.failed)
		return false;
	return spine_end(town, 1, 0, &ret_ends->from) &&
	       spine_end(town, town->middle.count - 2, town->middle.count - 1, &ret_ends->to);
}

/* Two rows back to back. False, with the land undivided, when no line fits between them. */
static bool two_rows(struct sample_town *town, struct plan plan, const struct sample_frame *frame,
	struct dice *dice)
{
	struct sample_chord ends;
	double area = town->loop.area_m2;
	uint32_t some;
	int32_t high;

	if (!draw_spine(town, frame, dice_between(dice, 0.45, 0.55), &ends))
		return false;
	sample_line_insert(&town->middle, 0, ends.from.at);
	sample_line_add(&town->middle, ends.to.at);
	if (!sample_loop_clear_path(&town->loop, town->middle.at, town->middle.count, 3))
		return false;
	town->middle.count--;
	memmove(town->middle.at, town->middle.at + 1,
		--town->middle.count * sizeof *town->middle.at);
	high = sample_loop_cut(&town->loop, &town->mesh, &ends.from, &ends.to, &town->middle,
		SAMPLE_NO_STREET, SAMPLE_NO_STREET);
	if (high == SAMPLE_NO_FACE)
		return false;
	some = share_by_area(plan.share, area_of(town, high) / area);
	row(town, (struct plan){high, some, SAMPLE_NO_SITE}, frame, SAMPLE_HIGH_V);
	if (area_of(town, plan.face) > 0)
		row(town, (struct plan){plan.face, plan.share - some, SAMPLE_NO_SITE}, frame,
			SAMPLE_LOW_V);
	return true;
}

/* Alleys into the land. False, with the land undivided, when none fits. */
static bool open_up(struct sample_town *town, struct plan plan, const struct sample_frame *frame,
	double depth, struct dice *dice)
{
	struct sample_alley_wish wish = {.frame = frame,
		.depth_m = depth,
		.old_town = town->mesh.faces[plan.face].style == SAMPLE_OLD_TOWN};
	int32_t left = SAMPLE_NO_FACE, right = plan.face;
	double left_m2, right_m2;
	uint32_t some;

	if (!sample_alleys_open(town, &wish, dice, &left, &right))
		return false;
	if (left == SAMPLE_NO_FACE) {
		divide_plan(town, (struct plan){right, plan.share, SAMPLE_NO_SITE});
		return true;
	}
	left_m2 = area_of(town, left);
	right_m2 = area_of(town, right);
	some = share_by_area(plan.share, left_m2 / (left_m2 + right_m2));
	divide_plan(town, (struct plan){left, some, SAMPLE_NO_SITE});
	divide_plan(town, (struct plan){right, plan.share - some, SAMPLE_NO_SITE});
	return true;
}

/* Land for houses, with two parcels or more. */
static void divide_housing(struct sample_town *town, struct plan plan, struct dice *dice)
{
	struct sample_frame frame = sample_loop_frame(&town->loop);
	struct sides sides = look_at_sides(town, &frame);
	double length = frame.high_u - frame.low_u, width = frame.high_v - frame.low_v;
	double depth = sample_lanes_plot_depth_m(town->loop.area_m2 / plan.share);
	bool low = sides.street_m[SAMPLE_LOW_V] > 0.45 * length;
	bool high = sides.street_m[SAMPLE_HIGH_V] > 0.45 * length;

	if (cap_end(town, plan, &frame, &sides, depth))
		return;
	if (!sample_loop_read(&town->loop, &town->mesh, plan.face))
		return;
	if (width < 1.6 * depth || (width < 2.2 * depth && !(low && high))) {
		row(town, plan, &frame,
			sides.street_m[SAMPLE_LOW_V] >= sides.street_m[SAMPLE_HIGH_V]
				? SAMPLE_LOW_V
				: SAMPLE_HIGH_V);
		return;
	}
	if (width < 2.9 * depth && low && high && two_rows(town, plan, &frame, dice))
		return;
	if (!sample_loop_read(&town->loop, &town->mesh, plan.face) ||
		open_up(town, plan, &frame, depth, dice))
		return;
	if (!sample_loop_read(&town->loop, &town->mesh, plan.face))
		return;
	if (width < 2.9 * depth && two_rows(town, plan, &frame, dice))
		return;
	if (sample_loop_read(&town->loop, &town->mesh, plan.face))
		halve_plan(town, plan, dice);
}

/* Cuts the land down towards the size of its site, which is at the end nearer to a street. */
static void divide_for_site(struct sample_town *town, struct plan plan, struct dice *dice)
{
	double wanted = town->sites.all[plan.site].area_m2, area = town->loop.area_m2, part;
	struct sample_frame frame = sample_loop_frame(&town->loop);
	struct sides sides = look_at_sides(town, &frame);
	bool at_low = sides.best[SAMPLE_LOW_U] < sides.best[SAMPLE_HIGH_U];
	struct plan rest = {.site = SAMPLE_NO_SITE};
	int32_t low;

	if (plan.share < 2 || area < 1.6 * wanted) {
		make_site(town, &plan);
		return;
	}
	part = area > 4 * wanted ? dice_between(dice, 0.45, 0.55) : wanted / area;
	rest.share = share_by_area(plan.share, (1 - part) * area / (area - wanted));
	low = sample_rows_halve(town, &frame, at_low ? part : 1 - part, false, dice);
	if (low == SAMPLE_NO_FACE) {
		make_site(town, &plan);
		return;
	}
	rest.face = at_low ? plan.face : low;
	plan.face = at_low ? low : plan.face;
	plan.share -= rest.share;
	divide_plan(town, rest);
	divide_plan(town, plan);
}

/* The recursion ends because each call has fewer parcels or less land than the one before. */
static void divide_plan(struct sample_town *town, struct plan plan)
{
	struct dice dice = dice_for(town->seed, SAMPLE_DICE_PLOTS, (uint64_t)plan.face);

	if (town->mesh.failed || town->streets.failed ||
		!sample_loop_read(&town->loop, &town->mesh, plan.face))
		return;
	if (plan.site != SAMPLE_NO_SITE)
		divide_for_site(town, plan, &dice);
	else if (plan.share < 2)
		make_parcel(town, plan.face);
	else if (town->loop.area_m2 > field_m2 * plan.share ||
		 town->mesh.faces[plan.face].style == SAMPLE_INDUSTRY ||
		 town->mesh.faces[plan.face].kind == SAMPLE_WATER)
		halve_plan(town, plan, &dice);
	else
		divide_housing(town, plan, &dice);
}

/* Halves the largest plots until the ordered number is there. */
static void make_up(struct sample_town *town)
{
	double least = 4000;

	while (town->parcel_count < town->order->parcels && least > 40) {
		size_t faces = town->mesh.face_count;

		for (size_t i = 1; i < faces && town->parcel_count < town->order->parcels; i++) {
			struct dice dice = dice_for(town->seed, SAMPLE_DICE_PLOTS, i);
			struct sample_frame frame;
			int32_t made;

			if (town->mesh.faces[i].kind != SAMPLE_PARCEL ||
				town->mesh.faces[i].site != SAMPLE_NO_SITE ||
				!sample_loop_read(&town->loop, &town->mesh, (int32_t)i) ||
				town->loop.area_m2 < least)
				continue;
			frame = sample_loop_frame(&town->loop);
			made = sample_rows_halve(town, &frame, 0.5, false, &dice);
			if (made == SAMPLE_NO_FACE)
				continue;
			town->parcel_count++;
			find_ward(town, made);
			find_ward(town, (int32_t)i);
		}
		least *= 0.8;
	}
}

int sample_plots_draw(struct sample_town *town, struct error *err)
{
	for (size_t i = 0; i < town->block_count; i++) {
		const struct sample_block *block = &town->blocks[i];
		int rc;

		town->written = town->parcel_count;
		rc = sample_town_check(town, err);
		if (rc)
			return rc;
		if (block->share)
			divide_plan(town, (struct plan){block->face, block->share, block->site});
	}
	make_up(town);
	if (town->parcel_count != town->order->parcels && !town->mesh.failed) {
		(void)fail_internal(err);
		return error_detail(err, "sample city: %zu parcels", town->parcel_count);
	}
	town->written = town->parcel_count;
	return sample_town_check(town, err);
}
