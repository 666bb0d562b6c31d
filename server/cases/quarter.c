#include "server/cases/quarter.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"

enum { SIGHT_STEPS = 3 };
static const double cell_m = 40;
static const double piece_m = 120; /* of a street, in one box */
static const double large_m = 120; /* a parcel that is longer is looked at by itself */

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
	street->reach_m = frontage_reach(&quarter->rules->limits, street->node.width_m);
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
	double east = (box->min_x + box->max_x) / 2, north = (box->min_y + box->max_y) / 2;
	struct box middle = {east, north, east, north};
	struct box_walk walk = box_grid_walk(&quarter->by_parcel, &middle);
	size_t i;

	(void)id;
	(void)err;
	while (box_grid_next(&walk, &i)) {
		struct quarter_parcel *parcel = &quarter->parcels[i];

		if (!parcel->is_built && boxes_meet(&parcel->box, &middle) &&
			shape_covers(&parcel->shape, east, north))
			parcel->is_built = true;
	}
	return 0;
}

bool quarter_parcel_is_large(const struct quarter_parcel *parcel)
{
	return parcel->box.max_x - parcel->box.min_x > large_m ||
		parcel->box.max_y - parcel->box.min_y > large_m;
}

struct box quarter_whole_parcels(const struct quarter *quarter, const struct box *box)
{
	struct box_walk walk = box_grid_walk(&quarter->by_parcel, box);
	struct box whole = box_empty;
	size_t i;

	while (box_grid_next(&walk, &i))
		if (boxes_meet(&quarter->parcels[i].box, box) &&
			!quarter_parcel_is_large(&quarter->parcels[i]))
			box_add(&whole, &quarter->parcels[i].box);
	return whole;
}

/* On a large parcel one building is enough. */
static int find_building(void *context, int64_t id, const struct box *box, struct error *err)
{
	struct quarter_parcel *parcel = context;

	(void)id;
	(void)err;
	parcel->is_built = shape_covers(&parcel->shape, (box->min_x + box->max_x) / 2,
		(box->min_y + box->max_y) / 2);
	return parcel->is_built;
}

static int note_large(struct quarter *quarter, const struct layer *layer, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < quarter->parcel_count; i++) {
		struct quarter_parcel *parcel = &quarter->parcels[i];

		if (parcel->has_houses && !parcel->is_built && quarter_parcel_is_large(parcel))
			rc = feature_boxes_in_box(quarter->tools->store, &VIEW_NOW(layer),
				&parcel->box, find_building, parcel, err);
	}
	return rc;
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
	return rc ? rc : note_large(quarter, layer, err);
}

static int place_parcels(struct quarter *quarter, struct error *err)
{
	struct arena *arena = quarter->tools->arena;
	struct box *boxes = arena_zero(arena, quarter->parcel_count + 1, sizeof *boxes);

	if (!boxes)
		return fail_no_memory(err);
	for (size_t i = 0; i < quarter->parcel_count; i++)
		boxes[i] = quarter->parcels[i].box;
	return box_grid_make(
		arena, boxes, quarter->parcel_count, cell_m, &quarter->by_parcel, err);
}

static int place_streets(struct quarter *quarter, struct error *err)
{
	struct arena *arena = quarter->tools->arena;
	size_t count = 0, at = 0;
	struct box *boxes;

	for (size_t i = 0; i < quarter->street_count; i++)
		if (quarter->streets[i].is_measured)
			count += quarter->streets[i].line.point_count - 1;
	boxes = arena_zero(arena, count + 1, sizeof *boxes);
	quarter->segments = arena_zero(arena, count + 1, sizeof *quarter->segments);
	if (!boxes || !quarter->segments)
		return fail_no_memory(err);
	for (size_t i = 0; i < quarter->street_count; i++) {
		const struct quarter_street *street = &quarter->streets[i];

		for (size_t k = 0; street->is_measured && k + 1 < street->line.point_count; k++) {
			boxes[at] = street_segment_box(&street->line, k);
			quarter->segments[at++] =
				(struct quarter_segment){(uint32_t)i, (uint32_t)k};
		}
	}
	return box_grid_make(arena, boxes, count, cell_m, &quarter->by_segment, err);
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
		rc = place_parcels(ret, err);
	if (!rc)
		rc = place_streets(ret, err);
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
	struct box box = {east - reach_m, north - reach_m, east + reach_m, north + reach_m};
	struct box_walk walk = box_grid_walk(&quarter->by_parcel, &box);
	double least = reach_m;
	int64_t best = 0;
	size_t i;

	while (box_grid_next(&walk, &i)) {
		const struct quarter_parcel *parcel = &quarter->parcels[i];
		double distance;

		if (!boxes_meet(&parcel->box, &box))
			continue;
		distance = shape_distance(&parcel->shape, east, north);
		if (distance > least || (distance == least && best && best < parcel->id))
			continue;
		least = distance;
		best = parcel->id;
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
	struct box at = {east, north, east, north};
	struct box_walk walk = box_grid_walk(&sight->quarter->by_parcel, &at);
	size_t i;

	while (box_grid_next(&walk, &i)) {
		const struct quarter_parcel *other = &sight->quarter->parcels[i];

		if (other != sight->parcel && other->has_houses &&
			boxes_meet(&other->box, &at) && shape_covers(&other->shape, east, north))
			return true;
	}
	return false;
}

static bool is_blocked(void *context, const double from[2], const double to[2])
{
	const struct sight *sight = context;

	for (int i = 1; i <= SIGHT_STEPS; i++) {
		double share = (double)i / (SIGHT_STEPS + 1);

		if (covers_other(sight, from[0] + share * (to[0] - from[0]),
			    from[1] + share * (to[1] - from[1])))
			return true;
	}
	return false;
}

/* The reach of the widest street, or of one whose width is not known. */
static double widest_reach(const struct quarter *quarter)
{
	const struct frontage_limits *limits = &quarter->rules->limits;

	return fmax(frontage_reach(limits, quarter->widest_m), frontage_reach(limits, 0));
}

/* The entry of a street among those that were found near a parcel; NULL: there are too many. */
static struct frontage_street *entry_of(const struct quarter_street *street,
	struct frontage_street near[FRONTAGE_STREETS_MAX], size_t *count)
{
	for (size_t i = *count; i-- > 0;)
		if (near[i].part.line == &street->line)
			return &near[i];
	if (*count == FRONTAGE_STREETS_MAX)
		return NULL;
	near[*count].id = street->node.id;
	near[*count].width_m = street->node.width_m;
	near[*count].part.line = &street->line;
	near[*count].part.count = 0;
	near[*count].part.is_whole = false;
	return &near[(*count)++];
}

static struct box grown(const struct box *box, double by)
{
	return (struct box){box->min_x - by, box->min_y - by, box->max_x + by, box->max_y + by};
}

/* Streets near a parcel, each with its segments that are: of each as far as it reaches. */
static size_t find_streets(const struct quarter *quarter, const struct quarter_parcel *parcel,
	enum quarter_reach reach, struct frontage_street near[FRONTAGE_STREETS_MAX])
{
	const struct frontage_limits *limits = &quarter->rules->limits;
	bool all = reach == QUARTER_NEAR;
	struct box box = grown(&parcel->box,
		all ? limits->search_m : widest_reach(quarter) + FRONTAGE_RECESS_M);
	struct box_walk walk = box_grid_walk(&quarter->by_segment, &box);
	size_t count = 0, i;

	while (box_grid_next(&walk, &i)) {
		const struct quarter_segment *segment = &quarter->segments[i];
		const struct quarter_street *street = &quarter->streets[segment->street];
		struct box own = all ? box
				     : grown(&parcel->box, street->reach_m + FRONTAGE_RECESS_M);
		struct frontage_street *entry;

		if (!boxes_meet(&quarter->by_segment.boxes[i], &own))
			continue;
		entry = entry_of(street, near, &count);
		if (entry)
			street_part_add(&entry->part, segment->at);
	}
	return count;
}

void quarter_choose(const struct quarter *quarter, const struct quarter_parcel *parcel,
	enum quarter_reach reach, struct frontage_street near[FRONTAGE_STREETS_MAX],
	struct frontage_choice *ret)
{
	struct sight sight = {quarter, parcel};
	size_t count = find_streets(quarter, parcel, reach, near);

	frontage_choose(&quarter->rules->limits, near, count, &parcel->shape, is_blocked, &sight,
		ret);
}
