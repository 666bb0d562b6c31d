#include "gis/sample_axes.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	CROSSINGS_MAX = 64, /* of one curve with the ring of one face */
};

/* Main streets, canals and the river are where they are, whatever the city's seed. */
static const uint64_t ground_seed = 7;
static const double curve_step_m = 34, canal_step_m = 14;

/* Where a curve crosses the ring of a face. */
struct crossing {
	double place; /* along the curve: segment + part */
	size_t edge;
	double along; /* from the start of the edge, m */
	struct sample_spot at;
	int32_t half; /* that starts there, once the corner is made */
	bool used;
};

/* What a curve leaves on its sides. */
struct curve {
	const struct sample_line *line;
	int32_t left_street, right_street;
	bool right_is_water;
	double first, last; /* the part of the line along which something was cut */
};

static int by_place(const void *left, const void *right)
{
	const struct crossing *a = left, *b = right;

	return (a->place > b->place) - (a->place < b->place);
}

/* The farthest along an edge first, so that the half of the edge keeps its start. */
static int by_edge(const void *left, const void *right)
{
	const struct crossing *a = *(const struct crossing *const *)left;
	const struct crossing *b = *(const struct crossing *const *)right;

	if (a->edge != b->edge)
		return (a->edge > b->edge) - (a->edge < b->edge);
	return (a->along < b->along) - (a->along > b->along);
}

static void stretch(struct box *box, struct sample_spot at)
{
	box->min_x = at.e < box->min_x ? at.e : box->min_x;
	box->max_x = at.e > box->max_x ? at.e : box->max_x;
	box->min_y = at.n < box->min_y ? at.n : box->min_y;
	box->max_y = at.n > box->max_y ? at.n : box->max_y;
}

/* True if both ends lie beyond the same side of the box. */
static bool passes_by(const struct box *box, struct sample_spot a, struct sample_spot b)
{
	return (a.e < box->min_x && b.e < box->min_x) || (a.e > box->max_x && b.e > box->max_x) ||
	       (a.n < box->min_y && b.n < box->min_y) || (a.n > box->max_y && b.n > box->max_y);
}

static size_t find_crossings(
	const struct sample_loop *loop, const struct sample_line *line, struct crossing *crossings)
{
	struct box box = box_empty;
	size_t count = 0;

	for (size_t i = 0; i < loop->count; i++)
		stretch(&box, loop->corners[i].at);
	for (size_t k = 0; k + 1 < line->count; k++) {
		struct sample_spot from = line->at[k], to = line->at[k + 1];

		if (passes_by(&box, from, to))
			continue;
		for (size_t i = 0; i < loop->count; i++) {
			struct crossing *crossing = &crossings[count];
			double part;

			if (!spot_cross_segments(
				    from, to, loop->corners[i].at, sample_loop_end(loop, i), &part))
				continue;
			if (count == CROSSINGS_MAX)
				return 0;
			*crossing = (struct crossing){.place = (double)k + part,
				.edge = i,
				.at = spot_between(from, to, part)};
			crossing->along = spot_distance(loop->corners[i].at, crossing->at);
			count++;
		}
	}
	qsort(crossings, count, sizeof crossings[0], by_place);
	return count;
}

static struct sample_spot place_on(const struct sample_line *line, double place)
{
	size_t segment = (size_t)place;

	return spot_between(line->at[segment], line->at[segment + 1], place - (double)segment);
}

/* Marks the crossings between which the curve runs through the face; they get their corners. */
static void make_corners(struct sample_town *town, const struct sample_line *line,
	struct crossing *crossings, size_t count)
{
	struct crossing *order[CROSSINGS_MAX];
	size_t used = 0;

	for (size_t i = 0; i + 1 < count; i++) {
		struct sample_spot mid =
			place_on(line, (crossings[i].place + crossings[i + 1].place) / 2);

		if (!sample_loop_covers(&town->loop, mid))
			continue;
		crossings[i].used = crossings[i + 1].used = true;
		order[used++] = &crossings[i];
		order[used++] = &crossings[++i];
	}
	qsort(order, used, sizeof order[0], by_edge);
	for (size_t i = 0; i < used; i++)
		order[i]->half = sample_mesh_corner(
			&town->mesh, town->loop.corners[order[i]->edge].half, order[i]->at);
}

static void cut_between(struct sample_town *town, struct curve *curve, const struct crossing *from,
	const struct crossing *to)
{
	size_t first = (size_t)from->place + 1, behind = (size_t)to->place + 1;
	struct sample_path path = {.from = from->half,
		.to = to->half,
		.at = curve->line->at + first,
		.count = behind > first ? behind - first : 0,
		.left_street = curve->left_street,
		.right_street = curve->right_street};
	int32_t right = town->mesh.halves[from->half].face;

	if (from->half == to->half || right != town->mesh.halves[to->half].face)
		return;
	if (!path.count && (town->mesh.halves[path.from].next == path.to ||
				   town->mesh.halves[path.to].next == path.from))
		return;
	/* A vertex just beside the ring would make an edge that nobody could measure. */
	if (path.count && spot_distance(path.at[0], from->at) < 0.5) {
		path.at++;
		path.count--;
	}
	if (path.count && spot_distance(path.at[path.count - 1], to->at) < 0.5)
		path.count--;
	if (sample_mesh_divide(&town->mesh, &path) == SAMPLE_NO_FACE)
		return;
	if (curve->right_is_water)
		town->mesh.faces[right].kind = SAMPLE_WATER;
	curve->first = fmin(curve->first, from->place);
	curve->last = fmax(curve->last, to->place);
}

/* Cuts all land along a curve. */
static void cut_curve(struct sample_town *town, struct curve *curve)
{
	struct crossing crossings[CROSSINGS_MAX];
	int32_t faces = (int32_t)town->mesh.face_count;

	for (int32_t face = 1; face < faces && !town->mesh.failed; face++) {
		size_t count;

		if (town->mesh.faces[face].kind != SAMPLE_LAND ||
			!sample_loop_read(&town->loop, &town->mesh, face))
			continue;
		count = find_crossings(&town->loop, curve->line, crossings);
		make_corners(town, curve->line, crossings, count);
		for (size_t i = 0; i + 1 < count && !town->mesh.failed; i++) {
			if (!crossings[i].used)
				continue;
			cut_between(town, curve, &crossings[i], &crossings[i + 1]);
			i++;
		}
	}
}

/* Gives the land between the two kerbs of an axis its kind. */
static void claim_ground(
	struct sample_town *town, const struct sample_line *middle, double width_m, uint8_t kind)
{
	for (size_t i = 1; i < town->mesh.face_count; i++) {
		struct sample_face *face = &town->mesh.faces[i];
		double around = 0;

		if (face->kind != SAMPLE_LAND ||
			!sample_loop_read(&town->loop, &town->mesh, (int32_t)i))
			continue;
		for (size_t k = 0; k < town->loop.count; k++)
			around += spot_distance(
				town->loop.corners[k].at, sample_loop_end(&town->loop, k));
		/* A strip is no wider than the axis; only then its distance is worth measuring. */
		if (town->loop.area_m2 < 0.6 * width_m * around &&
			sample_line_foot(middle, sample_loop_inside(&town->loop)).distance_m <
				width_m / 2)
			face->kind = kind;
	}
}

/* The axis as a smooth line on the ground, not quite as straight as it was drawn. */
static bool draw_middle(struct sample_town *town, const struct sample_axis *axis, double step_m)
{
	struct sample_line *line = &town->middle;
	double wobble_m = axis->kind == SAMPLE_AXIS_CANAL  ? 11
			  : axis->kind == SAMPLE_AXIS_MAIN ? 4
							   : 0;

	sample_line_reset(line);
	sample_line_curve(line, axis->through, axis->count, step_m);
	if (line->failed) {
		town->mesh.failed = true;
		return false;
	}
	for (size_t i = 0; i < line->count; i++) {
		struct sample_spot at = line->at[i];
		double fade = fmin(1, fmin((double)i, (double)(line->count - 1 - i)) / 4);

		at.e += fade * wobble_m * dice_field(ground_seed + 11, at.e, at.n, 170);
		at.n += fade * wobble_m * dice_field(ground_seed + 12, at.e, at.n, 170);
		line->at[i] = spot_plus(sample_geography_origin, at);
	}
	/* Well over the middle of the streets that it ends at, so that both kerbs meet theirs. */
	sample_line_add(
		line, spot_along(line->at[line->count - 1],
			      spot_direction(line->at[line->count - 2], line->at[line->count - 1]),
			      axis->width_m));
	sample_line_insert(line, 0,
		spot_along(line->at[0], spot_direction(line->at[1], line->at[0]), axis->width_m));
	town->mesh.failed |= line->failed;
	return !line->failed;
}

/* The banks of a canal: nowhere quite parallel. */
static void draw_banks(struct sample_town *town)
{
	for (size_t i = 0; i < town->middle.count; i++) {
		struct sample_spot at = town->middle.at[i];
		double left = 1 + 0.45 * dice_field(ground_seed + 13, at.e, at.n, 60);
		double right = 1 + 0.45 * dice_field(ground_seed + 14, at.e, at.n, 60);

		town->left.at[i] = spot_between(at, town->left.at[i], left);
		town->right.at[i] = spot_between(at, town->right.at[i], right);
	}
}

static bool draw_kerbs(struct sample_town *town, double width_m)
{
	sample_line_reset(&town->left);
	sample_line_reset(&town->right);
	sample_line_beside(&town->left, &town->middle, width_m / 2);
	sample_line_beside(&town->right, &town->middle, -width_m / 2);
	town->mesh.failed |= town->left.failed || town->right.failed;
	return !town->mesh.failed;
}

/* The street's line is that part of the axis along which ground was cut for it. */
static void lay_line(struct sample_town *town, int32_t index, double first, double last)
{
	struct sample_line *line = &town->streets.all[index].line;

	sample_line_add(line, spot_snap(place_on(&town->middle, first)));
	for (size_t i = (size_t)first + 1; (double)i < last; i++)
		sample_line_add(line, spot_snap(town->middle.at[i]));
	sample_line_add(line, spot_snap(place_on(&town->middle, last)));
	town->streets.failed |= line->failed;
}

/* Leads one end of a street on to the middle of the street that it ends at, if it ends at one. */
static void tie_end(struct sample_town *town, int32_t index, bool at_start)
{
	struct sample_street *street = &town->streets.all[index];
	struct sample_line *line = &street->line;
	struct sample_spot end = line->at[at_start ? 0 : line->count - 1];
	struct sample_spot before = line->at[at_start ? 1 : line->count - 2];

	for (int32_t other = 0; other < index; other++) {
		double reach =
			sample_streets_half_m(&town->streets, other) + street->width_m / 2 + 4;
		struct sample_foot foot = sample_line_foot(&town->streets.all[other].line, end);
		struct sample_spot joint;

		if (foot.distance_m > reach)
			continue;
		joint = spot_along(end, spot_direction(before, end), foot.distance_m);
		joint = sample_streets_meet(&town->streets, other, joint, index);
		sample_streets_pass(
			&town->streets, index, joint, other, at_start ? 0 : line->count);
		street->open_ends++;
		return;
	}
}

/* East, west, north and south of all of a line. */
static struct box box_of(const struct sample_line *line)
{
	struct box box = box_empty;

	for (size_t i = 0; i < line->count; i++)
		stretch(&box, line->at[i]);
	return box;
}

/* Shares a vertex with every earlier street that the street crosses. */
static void tie_crossings(struct sample_town *town, int32_t index)
{
	struct sample_line *line = &town->streets.all[index].line;
	struct box own = box_of(line);

	for (int32_t other = 0; other < index; other++) {
		const struct sample_line *across = &town->streets.all[other].line;
		struct box box = box_of(across);
		double part;

		if (!boxes_meet(&own, &box))
			continue;
		for (size_t i = 0; i + 1 < line->count; i++) {
			for (size_t k = 0; k + 1 < across->count; k++) {
				struct sample_spot joint;

				if (!spot_cross_segments(line->at[i], line->at[i + 1],
					    across->at[k], across->at[k + 1], &part))
					continue;
				joint = spot_between(line->at[i], line->at[i + 1], part);
				if (spot_distance(joint, line->at[0]) < 1 ||
					spot_distance(joint, line->at[line->count - 1]) < 1)
					continue; /* where it ends: tied already */
				joint = sample_streets_meet(&town->streets, other, joint, index);
				sample_streets_pass(&town->streets, index, joint, other, i + 1);
				i++;
				break;
			}
		}
	}
}

static void draw_street(struct sample_town *town, const struct sample_axis *axis)
{
	int32_t index = sample_streets_add(
		&town->streets, (enum sample_street_kind)axis->kind, axis->width_m, -1);
	struct curve left = {&town->left, index, SAMPLE_NO_STREET, false, INFINITY, 0};
	struct curve right = {&town->right, SAMPLE_NO_STREET, index, false, INFINITY, 0};
	double first, last;

	if (index < 0)
		return;
	sample_name_set(town->streets.all[index].name, "%s", axis->name);
	if (!draw_middle(town, axis, curve_step_m) || !draw_kerbs(town, axis->width_m))
		return;
	cut_curve(town, &left);
	cut_curve(town, &right);
	first = fmin(left.first, right.first);
	last = fmax(left.last, right.last);
	if (!(last > first)) {
		town->streets.count--; /* nothing was cut for it */
		return;
	}
	claim_ground(town, &town->middle, axis->width_m, SAMPLE_STREET);
	lay_line(town, index, first, last);
	if (town->streets.failed)
		return;
	tie_end(town, index, true);
	tie_end(town, index, false);
	tie_crossings(town, index);
}

static void draw_canal(struct sample_town *town, const struct sample_axis *axis)
{
	struct curve left = {&town->left, SAMPLE_NO_STREET, SAMPLE_NO_STREET, false, INFINITY, 0};
	struct curve right = {&town->right, SAMPLE_NO_STREET, SAMPLE_NO_STREET, false, INFINITY, 0};

	if (!draw_middle(town, axis, canal_step_m) || !draw_kerbs(town, axis->width_m))
		return;
	draw_banks(town);
	cut_curve(town, &left);
	cut_curve(town, &right);
	claim_ground(town, &town->middle, axis->width_m * 1.3, SAMPLE_WATER);
}

static void draw_river(struct sample_town *town)
{
	const struct sample_geography *geography = sample_geography();
	struct sample_axis bank = {.kind = SAMPLE_AXIS_CANAL,
		.through = geography->bank,
		.count = geography->bank_count};
	struct curve curve = {&town->middle, SAMPLE_NO_STREET, SAMPLE_NO_STREET, true, INFINITY, 0};

	if (draw_middle(town, &bank, canal_step_m * 2))
		cut_curve(town, &curve);
}

static void draw_outline(struct sample_town *town)
{
	const struct sample_geography *geography = sample_geography();

	sample_line_reset(&town->middle);
	for (size_t i = 0; i < geography->outline_count; i++)
		sample_line_add(
			&town->middle, spot_plus(sample_geography_origin, geography->outline[i]));
	sample_mesh_init(&town->mesh, town->middle.at, town->middle.count);
	town->mesh.failed |= town->middle.failed;
}

void sample_axes_draw(struct sample_town *town)
{
	const struct sample_geography *geography = sample_geography();

	draw_outline(town);
	draw_river(town);
	for (size_t i = 0; i < geography->axis_count; i++) {
		const struct sample_axis *axis = &geography->axes[i];

		if (town->mesh.failed || town->streets.failed)
			return;
		if (axis->kind == SAMPLE_AXIS_CANAL)
			draw_canal(town, axis);
		else
			draw_street(town, axis);
	}
}
