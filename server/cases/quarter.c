#include "server/cases/quarter.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"

/* --- a grid of boxes ---------------------------------------------------------------------------- */

enum { GRID_SIDE_MAX = 512, GRID_SIGHT_STEPS = 3 };
static const double cell_m = 60;
static const double piece_m = 120; /* of a street, in one box */

/* Which things lie in which cell: cell c has items[starts[c]..starts[c + 1]). */
struct quarter_grid {
	struct box all;
	size_t columns, rows;
	double width_m, height_m; /* of a cell */
	uint32_t *starts, *items;
};

struct span {
	size_t first[2], last[2];
};

static size_t clamp(double value, size_t count)
{
	return value > 0 ? (size_t)fmin(value, (double)(count - 1)) : 0;
}

static struct span span_of(const struct quarter_grid *grid, const struct box *box)
{
	return (struct span){
		{clamp((box->min_x - grid->all.min_x) / grid->width_m, grid->columns),
			clamp((box->min_y - grid->all.min_y) / grid->height_m, grid->rows)},
		{clamp((box->max_x - grid->all.min_x) / grid->width_m, grid->columns),
			clamp((box->max_y - grid->all.min_y) / grid->height_m, grid->rows)}};
}

/* The boxes of one thing, one after the other; false when there are no more. */
typedef bool grid_boxes(const struct quarter *quarter, size_t thing, size_t n, struct box *ret);

/* Puts a thing into its cells; first they are counted (items NULL), then filled. */
static void put(struct quarter_grid *grid, const struct box *box, uint32_t thing, bool fill)
{
	struct span span = span_of(grid, box);

	for (size_t y = span.first[1]; y <= span.last[1]; y++)
		for (size_t x = span.first[0]; x <= span.last[0]; x++) {
			size_t cell = y * grid->columns + x;

			if (fill)
				grid->items[--grid->starts[cell]] = thing;
			else
				grid->starts[cell]++;
		}
}

static void put_all(struct quarter_grid *grid, const struct quarter *quarter, size_t count,
	grid_boxes *boxes, bool fill)
{
	struct box box;

	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; boxes(quarter, i, n, &box); n++)
			if (!box_is_empty(&box))
				put(grid, &box, (uint32_t)i, fill);
}

static size_t cells_across(double length_m)
{
	return (size_t)fmin(fmax(ceil(length_m / cell_m), 1), GRID_SIDE_MAX);
}

static int make_grid(const struct quarter *quarter, size_t count, grid_boxes *boxes,
	struct quarter_grid **ret, struct error *err)
{
	struct arena *arena = quarter->tools->arena;
	struct quarter_grid *grid = arena_zero(arena, 1, sizeof *grid);
	struct box box;
	size_t cells;

	if (!grid)
		return fail_no_memory(err);
	grid->all = box_empty;
	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; boxes(quarter, i, n, &box); n++)
			box_add(&grid->all, &box);
	if (box_is_empty(&grid->all))
		grid->all = (struct box){0, 0, 1, 1};
	grid->columns = cells_across(grid->all.max_x - grid->all.min_x);
	grid->rows = cells_across(grid->all.max_y - grid->all.min_y);
	grid->width_m = fmax((grid->all.max_x - grid->all.min_x) / (double)grid->columns, 1);
	grid->height_m = fmax((grid->all.max_y - grid->all.min_y) / (double)grid->rows, 1);
	cells = grid->columns * grid->rows;
	grid->starts = arena_zero(arena, cells + 1, sizeof *grid->starts);
	if (!grid->starts)
		return fail_no_memory(err);
	put_all(grid, quarter, count, boxes, false);
	for (size_t i = 1; i <= cells; i++)
		grid->starts[i] += grid->starts[i - 1];
	grid->items = arena_zero(arena, grid->starts[cells] + 1, sizeof *grid->items);
	if (!grid->items)
		return fail_no_memory(err);
	put_all(grid, quarter, count, boxes, true);
	*ret = grid;
	return 0;
}

/* --- reading ------------------------------------------------------------------------------------ */

struct reading {
	struct quarter *quarter;
	struct error *err;
	size_t room;
};

static int compare_ids(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int gather_ids(const struct case_tools *tools, const struct layer *layer,
	const struct box *boxes, size_t box_count, double reach_m, size_t most,
	struct id_list *ret, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < box_count; i++) {
		struct box box = {boxes[i].min_x - reach_m, boxes[i].min_y - reach_m,
			boxes[i].max_x + reach_m, boxes[i].max_y + reach_m};
		autofree(id_list_clear) struct id_list ids = {0};
		bool more = false;

		rc = feature_ids_in_box(tools->store, &VIEW_NOW(layer), &box, false, 0, most + 1,
			&ids, &more, err);
		for (size_t k = 0; !rc && k < ids.count; k++)
			rc = id_list_add(ret, ids.ids[k], err);
		if (!rc && more)
			rc = fail_quarter_too_large(err, (int64_t)most);
	}
	if (!rc)
		id_list_sort(ret);
	return rc || ret->count <= most ? rc : fail_quarter_too_large(err, (int64_t)most);
}

static int take_street(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;
	struct quarter *quarter = reading->quarter;
	struct quarter_street *street;
	struct error unmeasured = {0};
	int rc;

	if (quarter->street_count == reading->room)
		return 1;
	street = &quarter->streets[quarter->street_count];
	rc = street_of(quarter->tools, feature, &street->node, err);
	if (rc)
		return rc;
	rc = street_measure(quarter->tools, &street->node, &street->line, &unmeasured);
	if (rc == ERR_NOMEM)
		return fail_no_memory(err);
	street->is_measured = !rc;
	if (street->node.width_m > quarter->widest_m)
		quarter->widest_m = street->node.width_m;
	quarter->street_count++;
	return 0;
}

/* Codes are joined as "ODT+CLN": what stands first is what it is mostly. */
static bool has_houses(const struct numbering_rules *rules, const char *use)
{
	size_t len = strcspn(use, "+ ");

	for (size_t i = 0; i < rules->without_count; i++)
		if (strlen(rules->without_houses[i]) == len &&
			!strncmp(use, rules->without_houses[i], len))
			return false;
	return true;
}

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;
	struct quarter *quarter = reading->quarter;
	const struct layer *layer = layer_of_land(quarter->tools->layers);
	const struct value *use = &feature->values[layer_field_at(layer, layer->land->use)];
	struct quarter_parcel *parcel;

	if (quarter->parcel_count == reading->room)
		return 1;
	if (!feature->wkb.bytes)
		return 0;
	parcel = &quarter->parcels[quarter->parcel_count++];
	*parcel = (struct quarter_parcel){.id = feature->id, .version = feature->version,
		.box = feature->box, .use = "", .is_built = true,
		.unit_now = view_unit(layer, feature)};
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_UNIT_ISSUED &&
			feature->values[i].kind == VALUE_INT)
			parcel->unit_issued = feature->values[i].integer;
	if (use->kind == VALUE_TEXT)
		parcel->use = arena_text(quarter->tools->arena, use->text, use->len);
	if (!parcel->use)
		return fail_no_memory(err);
	parcel->has_houses = has_houses(quarter->rules, parcel->use);
	return shape_read_wkb(quarter->tools->arena, feature->wkb, &parcel->shape, err);
}

static int read_streets(
	struct quarter *quarter, const struct box *boxes, size_t box_count, struct error *err)
{
	const struct case_tools *tools = quarter->tools;
	const struct layer *layer = layer_of_streets(tools->layers);
	autofree(id_list_clear) struct id_list ids = {0};
	struct reading reading = {quarter, err, 0};
	int rc = gather_ids(tools, layer, boxes, box_count, quarter->rules->limits.search_m,
		QUARTER_STREETS_MAX, &ids, err);

	if (rc)
		return rc;
	reading.room = ids.count;
	quarter->streets = arena_zero(tools->arena, ids.count + 1, sizeof *quarter->streets);
	if (!quarter->streets)
		return fail_no_memory(err);
	return feature_read_list(tools->store, &VIEW_NOW(layer), ids.ids, ids.count, take_street,
		&reading, err);
}

static int read_parcels(
	struct quarter *quarter, const struct box *boxes, size_t box_count, struct error *err)
{
	const struct case_tools *tools = quarter->tools;
	const struct layer *layer = layer_of_land(tools->layers);
	autofree(id_list_clear) struct id_list ids = {0};
	struct reading reading = {quarter, err, 0};
	int rc = gather_ids(tools, layer, boxes, box_count, 0, QUARTER_PARCELS_MAX, &ids, err);

	if (rc)
		return rc;
	reading.room = ids.count;
	quarter->parcels = arena_zero(tools->arena, ids.count + 1, sizeof *quarter->parcels);
	if (!quarter->parcels)
		return fail_no_memory(err);
	return feature_read_list(tools->store, &VIEW_NOW(layer), ids.ids, ids.count, take_parcel,
		&reading, err);
}

/* --- buildings ---------------------------------------------------------------------------------- */

/* A building stands on the parcel in which the middle of its box lies. */
static int note_building(void *context, int64_t id, const struct box *box, struct error *err)
{
	struct quarter *quarter = context;
	const struct quarter_grid *grid = quarter->by_parcel;
	double east = (box->min_x + box->max_x) / 2, north = (box->min_y + box->max_y) / 2;
	struct box middle = {east, north, east, north};
	struct span span = span_of(grid, &middle);
	size_t cell = span.first[1] * grid->columns + span.first[0];

	(void)id;
	(void)err;
	for (uint32_t i = grid->starts[cell]; i < grid->starts[cell + 1]; i++) {
		struct quarter_parcel *parcel = &quarter->parcels[grid->items[i]];

		if (!parcel->is_built && boxes_meet(&parcel->box, &middle) &&
			shape_covers(&parcel->shape, east, north))
			parcel->is_built = true;
	}
	return 0;
}

struct box quarter_whole_parcels(const struct quarter *quarter, const struct box *box)
{
	const struct quarter_grid *grid = quarter->by_parcel;
	struct span span = span_of(grid, box);
	struct box whole = box_empty;

	for (size_t y = span.first[1]; y <= span.last[1]; y++)
		for (size_t x = span.first[0]; x <= span.last[0]; x++) {
			size_t cell = y * grid->columns + x;

			for (uint32_t i = grid->starts[cell]; i < grid->starts[cell + 1]; i++)
				if (boxes_meet(&quarter->parcels[grid->items[i]].box, box))
					box_add(&whole, &quarter->parcels[grid->items[i]].box);
		}
	return whole;
}

static int note_buildings(
	struct quarter *quarter, const struct box *boxes, size_t box_count, struct error *err)
{
	const struct case_tools *tools = quarter->tools;
	const struct layer *layer = layer_of_buildings(tools->layers);
	struct layer_state state;
	int rc = layer ? layer_state_read(tools->store, layer, &state, err) : 0;

	if (rc || !layer || !state.record_count)
		return rc;
	for (size_t i = 0; i < quarter->parcel_count; i++)
		quarter->parcels[i].is_built = false;
	for (size_t i = 0; !rc && i < box_count; i++) {
		struct box box = quarter_whole_parcels(quarter, &boxes[i]);

		if (!box_is_empty(&box))
			rc = feature_boxes_in_box(tools->store, &VIEW_NOW(layer), &box,
				note_building, quarter, err);
	}
	return rc;
}

static bool parcel_boxes(const struct quarter *quarter, size_t thing, size_t n, struct box *ret)
{
	*ret = quarter->parcels[thing].box;
	return n == 0;
}

static bool street_boxes(const struct quarter *quarter, size_t thing, size_t n, struct box *ret)
{
	const struct quarter_street *street = &quarter->streets[thing];

	if (!street->is_measured || n >= street->line.box_count)
		return false;
	*ret = street->line.boxes[n];
	return true;
}

int quarter_read(const struct case_tools *tools, const struct numbering_rules *rules,
	const struct quarter_boxes *boxes, struct quarter *ret, struct error *err)
{
	int rc;

	*ret = (struct quarter){.tools = tools, .rules = rules};
	rc = read_streets(ret, boxes->boxes, boxes->count, err);
	if (!rc)
		rc = read_parcels(ret, boxes->boxes, boxes->count, err);
	if (!rc)
		rc = make_grid(ret, ret->parcel_count, parcel_boxes, &ret->by_parcel, err);
	if (!rc)
		rc = make_grid(ret, ret->street_count, street_boxes, &ret->by_street, err);
	return rc ? rc : note_buildings(ret, boxes->boxes, boxes->count, err);
}

int quarter_street_read(const struct case_tools *tools, int64_t id,
	struct quarter_street *ret, struct error *err)
{
	int rc = street_read(tools, id, &ret->node, err);

	if (!rc && !ret->node.in_force)
		rc = fail_street_ended(err, ret->node.name);
	if (!rc)
		rc = street_measure(tools, &ret->node, &ret->line, err);
	ret->is_measured = !rc;
	return rc;
}

int quarter_boxes_along(const struct case_tools *tools, const struct numbering_rules *rules,
	const struct quarter_street *street, double from_m, double to_m,
	struct quarter_boxes *ret, struct error *err)
{
	double reach = frontage_reach(&rules->limits, street->node.width_m);
	double from = fmax(from_m, 0), to = fmin(to_m, street->line.length_m);
	double step = fmax(piece_m, (to - from) / QUARTER_BOXES_MAX);
	size_t count = (size_t)ceil(fmax(to - from, 1) / step);

	*ret = (struct quarter_boxes){
		arena_zero(tools->arena, count + 1, sizeof *ret->boxes), count};
	if (!ret->boxes)
		return fail_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		struct box box = street_line_box(&street->line, from + (double)i * step,
			fmin(from + (double)(i + 1) * step, to));

		ret->boxes[i] = (struct box){box.min_x - reach, box.min_y - reach,
			box.max_x + reach, box.max_y + reach};
	}
	return 0;
}

/* --- asking ------------------------------------------------------------------------------------- */

const struct quarter_street *quarter_street_of(const struct quarter *quarter, int64_t id)
{
	for (size_t low = 0, high = quarter->street_count; low < high;) {
		size_t middle = (low + high) / 2;
		int order = compare_ids(quarter->streets[middle].node.id, id);

		if (!order)
			return &quarter->streets[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct quarter_parcel *quarter_parcel_of(const struct quarter *quarter, int64_t id)
{
	for (size_t low = 0, high = quarter->parcel_count; low < high;) {
		size_t middle = (low + high) / 2;
		int order = compare_ids(quarter->parcels[middle].id, id);

		if (!order)
			return &quarter->parcels[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

int64_t quarter_parcel_at(
	const struct quarter *quarter, double east, double north, double reach_m)
{
	const struct quarter_grid *grid = quarter->by_parcel;
	struct box box = {east - reach_m, north - reach_m, east + reach_m, north + reach_m};
	struct span span = span_of(grid, &box);
	double least = reach_m;
	int64_t best = 0;

	for (size_t y = span.first[1]; y <= span.last[1]; y++)
		for (size_t x = span.first[0]; x <= span.last[0]; x++) {
			size_t cell = y * grid->columns + x;

			for (uint32_t i = grid->starts[cell]; i < grid->starts[cell + 1]; i++) {
				const struct quarter_parcel *parcel =
					&quarter->parcels[grid->items[i]];
				double distance = boxes_meet(&parcel->box, &box)
					? shape_distance(&parcel->shape, east, north)
					: (double)INFINITY;

				if (distance < least || (distance == least && !best)) {
					least = distance;
					best = parcel->id;
				}
			}
		}
	return best;
}

/* Between which parcel and its street other land may lie. */
struct sight {
	const struct quarter *quarter;
	const struct quarter_parcel *parcel;
};

static bool covers_other(const struct sight *sight, double east, double north)
{
	const struct quarter_grid *grid = sight->quarter->by_parcel;
	struct box at = {east, north, east, north};
	struct span span = span_of(grid, &at);
	size_t cell = span.first[1] * grid->columns + span.first[0];

	for (uint32_t i = grid->starts[cell]; i < grid->starts[cell + 1]; i++) {
		const struct quarter_parcel *other =
			&sight->quarter->parcels[grid->items[i]];

		if (other != sight->parcel && other->has_houses &&
			boxes_meet(&other->box, &at) && shape_covers(&other->shape, east, north))
			return true;
	}
	return false;
}

static bool is_blocked(void *context, const double from[2], const double to[2])
{
	const struct sight *sight = context;

	for (int i = 1; i <= GRID_SIGHT_STEPS; i++) {
		double share = (double)i / (GRID_SIGHT_STEPS + 1);

		if (covers_other(sight, from[0] + share * (to[0] - from[0]),
			    from[1] + share * (to[1] - from[1])))
			return true;
	}
	return false;
}

/* Whether any part of the parcel may lie so near to the street. */
static bool may_reach(const struct quarter_parcel *parcel, const struct street_line *line,
	double reach_m)
{
	double east = (parcel->box.min_x + parcel->box.max_x) / 2;
	double north = (parcel->box.min_y + parcel->box.max_y) / 2;
	double half = hypot(parcel->box.max_x - east, parcel->box.max_y - north);
	struct street_foot foot;

	street_line_foot(line, east, north, &foot);
	return foot.distance_m <= half + reach_m;
}

/* A look for the streets around a parcel. */
struct finding {
	const struct quarter *quarter;
	const struct quarter_parcel *parcel;
	enum quarter_reach reach;
	struct frontage_street *near;
	size_t count;
};

static void find_street(struct finding *finding, const struct quarter_street *street)
{
	const struct numbering_rules *rules = finding->quarter->rules;

	for (size_t i = 0; i < finding->count; i++)
		if (finding->near[i].line == &street->line)
			return;
	if (finding->count == FRONTAGE_STREETS_MAX ||
		!may_reach(finding->parcel, &street->line,
			finding->reach == QUARTER_NEAR ? rules->limits.search_m
						       : frontage_reach(&rules->limits, street->node.width_m)))
		return;
	finding->near[finding->count++] = (struct frontage_street){
		street->node.id, &street->line, street->node.width_m};
}

/* The reach of the widest street, or of one whose width is not known. */
static double widest_reach(const struct quarter *quarter)
{
	const struct frontage_limits *limits = &quarter->rules->limits;

	return fmax(frontage_reach(limits, quarter->widest_m), frontage_reach(limits, 0));
}

/* Streets near a parcel, each once. */
static void find_streets(struct finding *finding)
{
	const struct quarter *quarter = finding->quarter;
	const struct quarter_grid *grid = quarter->by_street;
	const struct box *at = &finding->parcel->box;
	double reach = finding->reach == QUARTER_NEAR ? quarter->rules->limits.search_m
						      : widest_reach(quarter);
	struct box box = {at->min_x - reach, at->min_y - reach, at->max_x + reach,
		at->max_y + reach};
	struct span span = span_of(grid, &box);

	for (size_t y = span.first[1]; y <= span.last[1]; y++)
		for (size_t x = span.first[0]; x <= span.last[0]; x++) {
			size_t cell = y * grid->columns + x;

			for (uint32_t i = grid->starts[cell]; i < grid->starts[cell + 1]; i++)
				find_street(finding, &quarter->streets[grid->items[i]]);
		}
}

void quarter_choose(const struct quarter *quarter, const struct quarter_parcel *parcel,
	enum quarter_reach reach, struct frontage_street near[FRONTAGE_STREETS_MAX],
	struct frontage_choice *ret)
{
	struct sight sight = {quarter, parcel};
	struct finding finding = {quarter, parcel, reach, near, 0};

	find_streets(&finding);
	frontage_choose(&quarter->rules->limits, near, finding.count, &parcel->shape, is_blocked,
		&sight, ret);
}
