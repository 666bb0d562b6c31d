/* What is wrong with the lines of a network themselves, and between them. */
#include <math.h>
#include <stdlib.h>

#include "base/messages.h"
#include "gis/side.h"
#include "gis/street_network_work.h"

static struct network_finding finding_at(
	enum network_fault fault, size_t node, size_t other, double amount, const double xy[2])
{
	return (struct network_finding){.fault = fault,
		.node = node,
		.other = other,
		.amount = amount,
		.xy = {xy[0], xy[1]}};
}

/* --- lines that are there twice -------------------------------------------------------------- */

/* Whether a place lies on a line. */
static int lies_on(struct network_work *work, const double xy[2], size_t line, bool *ret,
	struct error *err)
{
	double touch_m = work->network->limits.touch_m, along_m;
	struct stretch_near near = stretch_near(&work->grid, xy, touch_m);
	const struct stretch *list;
	size_t count;
	int rc = 0;

	*ret = false;
	while (!rc && !*ret && (list = stretch_near_next(&near, &count))) {
		for (size_t i = 0; !*ret && i < count; i++)
			*ret = list[i].line == line &&
				line_chain_distance(&work->lines[line], list[i].at, xy, &along_m) <=
					touch_m;
		rc = network_work_add(work, count, err);
	}
	return rc;
}

/* The share of a line that runs along another one. */
static int share_along(
	struct network_work *work, size_t node, size_t other, double *ret, struct error *err)
{
	const struct line_chain *line = &work->lines[node];
	double covered_m = 0, middle[2];
	bool is_on = true, was_on = false;
	int rc = lies_on(work, line->xy, other, &was_on, err);

	for (size_t i = 0; !rc && i + 1 < line->count; i++) {
		bool both = was_on;

		rc = lies_on(work, line->xy + 2 * (i + 1), other, &was_on, err);
		both &= was_on;
		for (size_t k = 0; k < 2; k++)
			middle[k] = (line->xy[2 * i + k] + line->xy[2 * i + 2 + k]) / 2;
		is_on = both;
		if (!rc && both)
			rc = lies_on(work, middle, other, &is_on, err);
		if (is_on)
			covered_m += line->along_m[i + 1] - line->along_m[i];
	}
	*ret = covered_m / line_chain_length(line);
	return rc;
}

/* Of two lines the shorter one is there twice; of two alike the later one. */
static bool is_lesser(const struct network_work *work, size_t node, size_t other)
{
	double length = line_chain_length(&work->lines[node]);
	double others = line_chain_length(&work->lines[other]);

	return length < others || (length == others && node > other);
}

static int compare_with(struct network_work *work, size_t node, size_t other, struct error *err)
{
	struct network_finding finding;
	double share = 0;
	int rc = share_along(work, node, other, &share, err);

	if (rc || share < work->network->limits.same_share)
		return rc;
	work->twice_of[node] = other;
	finding = finding_at(NETWORK_TWICE, node, other, share, work->lines[node].xy);
	network_find(work, &finding);
	return 0;
}

/* Of the stretches near a place of a line: who lies there may lie along all of it. */
static int look_at(struct network_work *work, size_t node, const double xy[2],
	const struct stretch *list, size_t count, struct error *err)
{
	size_t last = NETWORK_NONE;
	double along_m;
	int rc = network_work_add(work, count, err);

	for (size_t i = 0; !rc && work->twice_of[node] == NETWORK_NONE && i < count; i++) {
		size_t other = list[i].line;

		if (other == node || other == last || !is_lesser(work, node, other) ||
			line_chain_distance(&work->lines[other], list[i].at, xy, &along_m) >
				work->network->limits.touch_m)
			continue;
		last = other;
		rc = compare_with(work, node, other, err);
	}
	return rc;
}

static int look_around(struct network_work *work, size_t node, double along_m, struct error *err)
{
	const struct stretch *list;
	struct stretch_near near;
	double xy[2];
	size_t count;
	int rc = 0;

	line_chain_at(&work->lines[node], along_m, xy);
	near = stretch_near(&work->grid, xy, work->network->limits.touch_m);
	while (!rc && work->twice_of[node] == NETWORK_NONE &&
		(list = stretch_near_next(&near, &count)))
		rc = look_at(work, node, xy, list, count, err);
	return rc;
}

static int find_twice(struct network_work *work, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < work->network->count; i++)
		work->twice_of[i] = NETWORK_NONE;
	for (size_t i = 0; !rc && i < work->network->count; i++) {
		double length_m = line_chain_length(&work->lines[i]);

		/* Most of it runs along another one: then one of two places does. */
		for (int third = 1; !rc && length_m > 0 && third < 3 &&
			work->twice_of[i] == NETWORK_NONE;
			third++)
			rc = look_around(work, i, length_m * third / 3, err);
	}
	return rc;
}

/* --- lines that cross ------------------------------------------------------------------------ */

struct crossing {
	struct network_work *work;
	size_t column, row; /* the cell in hand */
	bool *crosses_self; /* lines of which it is told */
};

static const double *from_of(const struct network_work *work, struct stretch stretch)
{
	return work->lines[stretch.line].xy + 2 * (size_t)stretch.at;
}

static double within(double value, double a, double b, double c, double d)
{
	double low = fmax(fmin(a, b), fmin(c, d)), high = fmin(fmax(a, b), fmax(c, d));

	return fmin(high, fmax(low, value));
}

/* Where two stretches cross, each from one side of the other to the other side. */
static bool find_crossing(const double *a, const double *b, double ret_xy[2])
{
	int from = side_of(a, a + 2, b[0], b[1]), to = side_of(a, a + 2, b[2], b[3]);
	double across[2] = {a[2] - a[0], a[3] - a[1]}, up[2] = {b[2] - b[0], b[3] - b[1]}, part;

	if (from * to >= 0 || side_of(b, b + 2, a[0], a[1]) * side_of(b, b + 2, a[2], a[3]) >= 0)
		return false;
	part = ((b[0] - a[0]) * up[1] - (b[1] - a[1]) * up[0]) /
	       (across[0] * up[1] - across[1] * up[0]);
	for (size_t i = 0; i < 2; i++)
		ret_xy[i] = within(a[i] + part * across[i], a[i], a[i + 2], b[i], b[i + 2]);
	return true;
}

static bool is_near(const double *xy, const double *other, double reach_m)
{
	return hypot(xy[0] - other[0], xy[1] - other[1]) <= reach_m;
}

/* An end that reaches over the other line by a little is told as that. */
static bool is_loose_end(
	const struct network_work *work, struct stretch stretch, size_t crossed, const double xy[2])
{
	const struct network_node *node = &work->network->nodes[stretch.line];

	for (int end = 0; end < 2; end++)
		if (!network_touches(work, stretch.line, end) &&
			is_near(xy, network_end_xy(node, end),
				network_near_m(work->network, crossed)))
			return true;
	return false;
}

/* Where one of them has a point, or ends, they meet. */
static bool is_joint(
	const struct network_work *work, struct stretch stretch, size_t crossed, const double xy[2])
{
	double touch_m = work->network->limits.touch_m;
	const double *from = from_of(work, stretch);

	return is_near(xy, from, touch_m) || is_near(xy, from + 2, touch_m) ||
	       is_loose_end(work, stretch, crossed, xy);
}

static bool are_one(const struct network_work *work, size_t a, size_t b)
{
	return work->twice_of[a] == b || work->twice_of[b] == a;
}

static void cross_self(struct crossing *crossing, struct stretch a, struct stretch b)
{
	struct network_work *work = crossing->work;
	uint32_t apart = a.at < b.at ? b.at - a.at : a.at - b.at;
	struct network_finding finding;
	double xy[2];

	if (apart < 2 || crossing->crosses_self[a.line] ||
		!find_crossing(from_of(work, a), from_of(work, b), xy))
		return;
	crossing->crosses_self[a.line] = true;
	finding = finding_at(NETWORK_CROSSES_SELF, a.line, NETWORK_NONE, 0, xy);
	network_find(work, &finding);
}

static void cross(struct crossing *crossing, struct stretch a, struct stretch b)
{
	struct network_work *work = crossing->work;
	const struct network_line *lines = work->network->lines;
	size_t node = a.line < b.line ? a.line : b.line, other = a.line < b.line ? b.line : a.line;
	struct network_finding finding;
	double xy[2];

	if (!find_crossing(from_of(work, a), from_of(work, b), xy))
		return;
	/* A pair may share several cells: it is looked at in the one where they cross. */
	if (stretch_grid_column(&work->grid, xy[0]) != crossing->column ||
		stretch_grid_row(&work->grid, xy[1]) != crossing->row ||
		is_joint(work, a, b.line, xy) || is_joint(work, b, a.line, xy) ||
		are_one(work, node, other))
		return;
	finding = lines[node].is_context ? finding_at(NETWORK_CROSSES, other, node, 0, xy)
					 : finding_at(NETWORK_CROSSES, node, other, 0, xy);
	network_find(work, &finding);
}

static int cross_cell(struct crossing *crossing, struct error *err)
{
	size_t count;
	const struct stretch *list =
		stretch_grid_cell(&crossing->work->grid, crossing->column, crossing->row, &count);
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		rc = network_work_add(crossing->work, count - i, err);
		for (size_t k = i + 1; !rc && k < count; k++) {
			if (list[i].line == list[k].line)
				cross_self(crossing, list[i], list[k]);
			else
				cross(crossing, list[i], list[k]);
		}
	}
	return rc;
}

static int find_crossings(struct network_work *work, struct error *err)
{
	struct crossing crossing = {.work = work};
	int rc = 0;

	crossing.crosses_self =
		arena_zero(work->arena, work->network->count + 1, sizeof *crossing.crosses_self);
	if (!crossing.crosses_self)
		return fail_no_memory(err);
	for (; !rc && crossing.row < work->grid.rows; crossing.row++)
		for (crossing.column = 0; !rc && crossing.column < work->grid.columns;
			crossing.column++)
			rc = cross_cell(&crossing, err);
	return rc;
}

/* --- ends, mouths and names ------------------------------------------------------------------ */

static bool meets(const struct network_work *work, size_t index, size_t other)
{
	for (int end = 0; end < 2; end++)
		for (size_t i = 0; i < network_touches(work, index, end); i++)
			if (work->network->nodes[index].ends[end].contacts[i].node == other)
				return true;
	return false;
}

/* An end that meets nothing, but nearly does; lines that meet elsewhere are not meant to here. */
static void find_short_end(struct network_work *work, size_t index, int end)
{
	const struct network_node *node = &work->network->nodes[index];
	const struct network_end *contacts = &node->ends[end];

	if (node->line.is_ring || network_touches(work, index, end))
		return;
	for (size_t i = 0; i < contacts->count; i++) {
		const struct network_contact *contact = &contacts->contacts[i];
		struct network_finding finding = finding_at(NETWORK_ENDS_SHORT, index,
			contact->node, contact->distance_m, network_end_xy(node, end));

		if (contact->distance_m > network_near_m(work->network, contact->node) ||
			are_one(work, index, contact->node) || meets(work, index, contact->node) ||
			meets(work, contact->node, index))
			continue;
		network_find(work, &finding);
		return;
	}
}

static void find_mouth_off(struct network_work *work, size_t index)
{
	const struct network_node *node = &work->network->nodes[index];
	const struct network_line *line = &work->network->lines[index];
	struct network_finding finding;

	/* Also where no mouth is said, or none is known: then nothing is off. */
	if (node->parent == NETWORK_NONE || node->mouth_end < 0 ||
		work->network->lines[node->parent].id != line->parent_id ||
		!(fabs(node->mouth_m - line->mouth_m) > work->network->limits.mouth_m))
		return;
	finding = finding_at(NETWORK_MOUTH_OFF, index, node->parent, node->mouth_m,
		network_end_xy(node, node->mouth_end));
	finding.said = line->mouth_m;
	network_find(work, &finding);
}

struct named {
	size_t parent, index;
	const char *name;
};

static int by_name(const void *left, const void *right)
{
	const struct named *a = left, *b = right;
	int order;

	if (a->parent != b->parent)
		return (a->parent > b->parent) - (a->parent < b->parent);
	order = strcmp(a->name, b->name);
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int find_same_names(struct network_work *work, struct error *err)
{
	const struct street_network *network = work->network;
	struct named *named = arena_alloc(work->arena, (network->count + 1) * sizeof *named);
	size_t count = 0;

	if (!named)
		return fail_no_memory(err);
	for (size_t i = 0; i < network->count; i++)
		if (network->nodes[i].parent != NETWORK_NONE && *network->lines[i].name)
			named[count++] =
				(struct named){network->nodes[i].parent, i, network->lines[i].name};
	qsort(named, count, sizeof *named, by_name);
	for (size_t i = 1; i < count; i++) {
		const struct named *a = &named[i], *b = &named[i - 1];
		struct network_finding finding;

		if (a->parent != b->parent || strcmp(a->name, b->name) != 0)
			continue;
		if (network->lines[a->index].is_context) {
			a = b;
			b = &named[i];
		}
		finding = finding_at(NETWORK_SAME_NAME, a->index, b->index, 0,
			network_end_xy(
				&network->nodes[a->index], network->nodes[a->index].mouth_end > 0));
		network_find(work, &finding);
	}
	return 0;
}

int network_find_faults(struct network_work *work, struct error *err)
{
	int rc = find_twice(work, err);

	if (!rc)
		rc = find_crossings(work, err);
	for (size_t i = 0; !rc && i < work->network->count; i++) {
		if (!work->lines[i].count)
			continue;
		find_short_end(work, i, 0);
		find_short_end(work, i, 1);
		find_mouth_off(work, i);
	}
	return rc ? rc : find_same_names(work, err);
}
