#include "gis/sample_lanes.h"

#include "base/banned.h"

enum { TRIES_MAX = 12 }; /* places tried for a street before the land stays as it is */

static double length_of(const struct sample_frame *frame)
{
	return frame->high_u - frame->low_u;
}

static double width_of(const struct sample_frame *frame)
{
	return frame->high_v - frame->low_v;
}

/* A street that is tried. */
struct attempt {
	struct sample_chord chord;
	enum sample_street_kind kind;
	double width_m, stiff;
	int32_t street; /* that is led on; SAMPLE_NO_STREET: a new one */
};

/* Small plots are deep for their width, as tube houses are; gardens are nearly square. */
double sample_lanes_plot_depth_m(double parcel_m2)
{
	double ratio = fmax(1.5, 3.5 - 2.1 * log10(fmax(40, parcel_m2) / 100));

	return fmax(13, fmin(60, sqrt(parcel_m2 * ratio)));
}

/*
 * Where to cut: across the length; in estates along it once the pieces are as long as a block.
 * Later tries go farther from the middle, and the other way.
 */
static bool choose_chord(struct sample_town *town, const struct sample_land *land, int try_no,
	struct dice *dice, struct sample_chord *ret_chord)
{
	const struct sample_frame *frame = &land->frame;
	double depth = sample_lanes_plot_depth_m(land->parcel_m2);
	double spread = 0.12 + 0.025 * try_no;
	double u = 0.5 + spread * dice_between(dice, -1, 1), v = 0.5;
	bool lengthwise = try_no > 3 && try_no % 2;

	if (land->style == SAMPLE_ESTATE && land->parcel_m2 < 400 && !try_no) {
		double rows = floor(width_of(frame) / (2 * depth + 9) + 0.4);

		lengthwise = length_of(frame) < 260 && rows >= 2;
		v = floor(rows / 2 + dice_unit(dice) * 0.99) / fmax(1, rows);
	} else {
		v += spread * dice_between(dice, -1, 1);
	}
	return sample_loop_chord(&town->loop,
		sample_frame_spot(frame, frame->low_u + u * length_of(frame),
			frame->low_v + v * width_of(frame)),
		lengthwise ? frame->way : spot_left(frame->way), ret_chord);
}

static int32_t street_at(const struct sample_town *town, size_t edge)
{
	return town->mesh.halves[town->loop.corners[edge].half].street;
}

/* Moves an end of the chord over to the mouth of a street on the other side, if one is near. */
static void aim_at_mouth(struct sample_town *town, struct sample_hit *end, double reach_m)
{
	int32_t index = street_at(town, end->edge);
	const struct sample_street *street;
	double nearest = reach_m;
	struct sample_spot mouth = end->at;

	if (index < 0)
		return;
	street = &town->streets.all[index];
	for (size_t i = 0; i < street->mouth_count; i++) {
		double away = spot_distance(street->mouths[i].at, end->at) - street->width_m / 2;

		if (away < nearest) {
			nearest = away;
			mouth = street->mouths[i].at;
		}
	}
	if (nearest >= reach_m)
		return;
	for (size_t i = 0; i < town->loop.count; i++) {
		double part;
		struct sample_spot foot = spot_foot(
			town->loop.corners[i].at, sample_loop_end(&town->loop, i), mouth, &part);

		if (street_at(town, i) == index && part > 0.02 && part < 0.98 &&
			spot_distance(foot, mouth) < street->width_m)
			*end = (struct sample_hit){.edge = i, .at = foot};
	}
}

/* An old street that ends just opposite and could be led on along the chord. */
static int32_t street_to_lead_on(struct sample_town *town, const struct sample_hit *end,
	struct sample_spot way, struct sample_spot *ret_joint)
{
	int32_t index = street_at(town, end->edge);
	const struct sample_street *street;

	if (index < 0)
		return SAMPLE_NO_STREET;
	street = &town->streets.all[index];
	for (size_t i = 0; i < street->mouth_count; i++) {
		const struct sample_mouth *mouth = &street->mouths[i];
		const struct sample_line *line = &town->streets.all[mouth->other].line;
		struct sample_spot came;

		if (town->streets.all[mouth->other].kind != SAMPLE_LOCAL ||
			spot_distance(mouth->at, end->at) > street->width_m / 2 + 3 ||
			line->count < 2)
			continue;
		if (spot_equals(line->at[0], mouth->at))
			came = spot_direction(line->at[1], line->at[0]);
		else if (spot_equals(line->at[line->count - 1], mouth->at))
			came = spot_direction(line->at[line->count - 2], line->at[line->count - 1]);
		else
			continue;
		*ret_joint = mouth->at;
		if (spot_dot(came, way) > 0.85)
			return mouth->other;
	}
	return SAMPLE_NO_STREET;
}

static void choose_kind(const struct sample_town *town, const struct sample_land *land,
	struct dice *dice, struct attempt *attempt)
{
	static const struct {
		double narrow_m, wide_m, stiff;
	} looks[SAMPLE_STYLE_COUNT] = {
		[SAMPLE_GARDENS] = {5, 8, 0.75},
		[SAMPLE_OLD_TOWN] = {6, 9, 0.4},
		[SAMPLE_ESTATE] = {9, 13, 0},
		[SAMPLE_INDUSTRY] = {13, 18, 0},
		[SAMPLE_PADDY] = {4, 6, 0.8},
	};

	attempt->kind = SAMPLE_LOCAL;
	attempt->width_m = floor(2 * dice_between(dice, looks[land->style].narrow_m,
					     looks[land->style].wide_m)) /
			   2;
	attempt->stiff = looks[land->style].stiff;
	if (town->loop.area_m2 > 600000 && land->parcel_m2 < 5000) {
		attempt->kind = SAMPLE_MAIN;
		attempt->width_m = land->style == SAMPLE_ESTATE ? 17 : 12;
	}
}

/* Draws the middle line between the ends of the chord, square to the ring at both. */
static void draw_middle(struct sample_town *town, const struct attempt *attempt)
{
	const struct sample_chord *chord = &attempt->chord;
	struct sample_spot leave = spot_left(sample_loop_way(&town->loop, chord->from.edge));
	struct sample_spot arrive = spot_left(sample_loop_way(&town->loop, chord->to.edge));
	double length = spot_distance(chord->from.at, chord->to.at);

	sample_line_reset(&town->middle);
	sample_line_bend(&town->middle, chord->from.at, leave, chord->to.at, spot_times(arrive, -1),
		attempt->stiff, fmin(22, length / 3));
	town->mesh.failed |= town->middle.failed;
}

/* The vertex that the street shares with the one that it meets at an end of the chord, if any. */
static void tie_end(struct sample_town *town, int32_t index, int32_t other, struct sample_spot at)
{
	struct sample_street *street = &town->streets.all[index];

	if (other < 0)
		return;
	at = sample_streets_meet(&town->streets, other, at, index);
	sample_streets_pass(&town->streets, index, at, other, street->line.count);
	street->open_ends++;
}

/* Adds the new stretch to the street's line. */
static void lay_line(struct sample_town *town, int32_t index, const struct attempt *attempt,
	int32_t from_street, int32_t to_street)
{
	struct sample_street *street = &town->streets.all[index];

	if (attempt->street == SAMPLE_NO_STREET)
		tie_end(town, index, from_street, attempt->chord.from.at);
	for (size_t i = 0; i < town->middle.count; i++)
		sample_line_add(&street->line, spot_snap(town->middle.at[i]));
	town->streets.failed |= street->line.failed;
	tie_end(town, index, to_street, attempt->chord.to.at);
}

/* The street to be laid: one that is led on, turned so that it ends at the joint, or a new one. */
static int32_t street_for(
	struct sample_town *town, const struct sample_land *land, struct attempt *attempt)
{
	struct sample_spot joint = {0, 0},
			   way = spot_direction(attempt->chord.from.at, attempt->chord.to.at);
	struct sample_street *street;
	int32_t index = SAMPLE_NO_STREET;

	if (attempt->kind == SAMPLE_LOCAL)
		index = street_to_lead_on(town, &attempt->chord.from, way, &joint);
	if (index == street_at(town, attempt->chord.to.edge))
		index = SAMPLE_NO_STREET; /* it would end at itself */
	attempt->street = index;
	if (index == SAMPLE_NO_STREET) {
		index = sample_streets_add(
			&town->streets, attempt->kind, attempt->width_m, SAMPLE_NO_STREET);
		if (index >= 0)
			town->streets.all[index].estate =
				sample_density_estate(&town->density, land->inside);
		return index;
	}
	street = &town->streets.all[index];
	attempt->width_m = street->width_m;
	if (spot_equals(street->line.at[0], joint))
		sample_line_reverse(&street->line);
	return index;
}

static bool try_to_lay(struct sample_town *town, const struct sample_land *land, int try_no,
	struct dice *dice, struct attempt *attempt, struct sample_banks *ret_banks)
{
	struct sample_strip strip = {.loop = &town->loop,
		.mesh = &town->mesh,
		.middle = &town->middle,
		.clear_m = fmin(12, 0.6 * sample_lanes_plot_depth_m(land->parcel_m2)),
		.left = &town->left,
		.right = &town->right};
	int32_t from_street, to_street;

	if (!choose_chord(town, land, try_no, dice, &attempt->chord))
		return false;
	aim_at_mouth(town, &attempt->chord.from, 0.14 * length_of(&land->frame));
	aim_at_mouth(town, &attempt->chord.to, 0.14 * length_of(&land->frame));
	from_street = street_at(town, attempt->chord.from.edge);
	to_street = street_at(town, attempt->chord.to.edge);
	/* Land that no street reaches gets none: it would lead nowhere. */
	if (from_street < 0 && to_street < 0)
		return false;
	choose_kind(town, land, dice, attempt);
	strip.street = street_for(town, land, attempt);
	strip.width_m = attempt->width_m;
	draw_middle(town, attempt);
	if (strip.street < 0 || town->mesh.failed)
		return false;
	if (!sample_strip_across(&strip, ret_banks)) {
		if (attempt->street == SAMPLE_NO_STREET)
			town->streets.count--; /* nothing was laid: it has no line yet */
		return false;
	}
	lay_line(town, strip.street, attempt, from_street, to_street);
	return true;
}

bool sample_lanes_lay(struct sample_town *town, const struct sample_land *land, struct dice *dice,
	struct sample_banks *ret_banks)
{
	int32_t face = town->loop.face;

	for (int i = 0; i < TRIES_MAX; i++) {
		struct attempt attempt = {.street = SAMPLE_NO_STREET};

		/* A failed try may have left corners on the ring. */
		if (i && !sample_loop_read(&town->loop, &town->mesh, face))
			return false;
		if (try_to_lay(town, land, i, dice, &attempt, ret_banks))
			return true;
		if (town->mesh.failed || town->streets.failed)
			return false;
	}
	return false;
}
