#include "tests/test.h"

#include <math.h>

#include "base/file.h"
#include "base/json_read.h"
#include "gis/crs.h"
#include "tests/gis/sample_caught.h"

static const double cell_m = 60;

static void read_ring(struct caught_wards *wards, size_t index, const struct json_node *ring,
	const struct crs_path *path)
{
	struct shape *shape = &wards->shapes[index];
	size_t count = json_node_count(ring);
	uint32_t *ends = arena_alloc(&wards->arena, 2 * sizeof *ends);
	double *xy = arena_alloc(&wards->arena, 2 * count * sizeof *xy);

	for (size_t i = 0; i < count; i++) {
		const struct json_node *point = json_node_at(ring, i);

		assert_true(json_node_number(json_node_at(point, 0), &xy[2 * i]));
		assert_true(json_node_number(json_node_at(point, 1), &xy[2 * i + 1]));
	}
	assert_int_equal(crs_path_apply(path, xy, count, NULL), 0);
	ends[0] = (uint32_t)count;
	ends[1] = 1;
	*shape = (struct shape){GEOMETRY_AREA, count, xy, 1, ends, 1, ends + 1, NAN};
}

void caught_wards_read(struct caught_wards *wards)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 20);
	autoptr(json_document_free) struct json_node *document = NULL;
	autoptr(crs_context_free) struct crs_context *context = NULL;
	const struct crs_path *path = NULL;
	const struct json_node *features;

	wards->arena = ARENA(1 << 20);
	assert_int_equal(crs_context_new(&context, NULL), 0);
	assert_int_equal(crs_path_find(context, CRS_WGS84, 9210, &path, NULL), 0);
	assert_int_equal(
		file_read(SOURCE_DIR "/data/sample/thu-dau-mot-wards-2009.geojson", &text, NULL),
		0);
	assert_int_equal(json_document_parse(text.data, text.len, &document, NULL), 0);
	features = json_node_get(document, "features");
	assert_int_equal(json_node_count(features), CAUGHT_WARDS);
	for (size_t i = 0; i < CAUGHT_WARDS; i++) {
		const struct json_node *feature = json_node_at(features, i);
		const struct json_node *about = json_node_get(feature, "properties");
		const struct json_node *ring = json_node_at(
			json_node_get(json_node_get(feature, "geometry"), "coordinates"), 0);
		struct sample_ward *ward = &wards->all[i];
		const char *name, *code;

		assert_true(json_node_text(json_node_get(about, "commune"), &name));
		assert_true(json_node_text(json_node_get(about, "commune_id"), &code));
		assert_true(json_node_int(json_node_get(about, "pop2009"), &ward->population));
		ward->name = arena_text(&wards->arena, name, strlen(name));
		ward->code = arena_text(&wards->arena, code, strlen(code));
		ward->shape = &wards->shapes[i];
		read_ring(wards, i, ring, path);
	}
}

static void mix(struct caught *caught, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	/* FNV-1a: enough to tell two cities apart. */
	for (size_t i = 0; i < len; i++)
		caught->hash = (caught->hash ^ at[i]) * 0x100000001B3U;
}

static struct value *keep_values(
	struct caught *caught, const struct layer *layer, const struct value *values)
{
	struct value *kept = arena_alloc(&caught->arena, layer->field_count * sizeof *kept);

	assert_non_null(kept);
	memcpy(kept, values, layer->field_count * sizeof *kept);
	for (size_t i = 0; i < layer->field_count; i++) {
		mix(caught, &kept[i].kind, sizeof kept[i].kind);
		if (kept[i].kind == VALUE_TEXT) {
			kept[i].text = arena_text(&caught->arena, values[i].text, values[i].len);
			assert_non_null(kept[i].text);
			mix(caught, kept[i].text, kept[i].len);
		} else if (kept[i].kind != VALUE_NULL) {
			mix(caught, &kept[i].integer, sizeof kept[i].integer);
		}
	}
	return kept;
}

static struct caught_layer *layer_for(struct caught *caught, const struct layer *layer)
{
	for (size_t i = 0; i < caught->layer_count; i++)
		if (caught->layers[i].layer == layer)
			return &caught->layers[i];
	assert_true(caught->layer_count < CAUGHT_LAYERS_MAX);
	caught->layers[caught->layer_count].layer = layer;
	return &caught->layers[caught->layer_count++];
}

int caught_feature(
	void *context, const struct layer *layer, const struct feature *feature, struct error *err)
{
	struct caught *caught = context;
	struct caught_layer *into = layer_for(caught, layer);
	struct caught_record record = {.box = feature->box};

	assert_int_equal(feature->id, 0);
	assert_int_equal(shape_read_wkb(&caught->arena, feature->wkb, &record.shape, err), 0);
	mix(caught, feature->wkb.bytes, feature->wkb.len);
	record.values = keep_values(caught, layer, feature->values);
	if (into->count == into->room) {
		into->room = into->room * 2 + 64;
		into->records = realloc(into->records, into->room * sizeof record);
		assert_non_null(into->records);
	}
	into->records[into->count++] = record;
	return 0;
}

void caught_make(
	struct caught *caught, const struct caught_wards *wards, size_t parcels, uint64_t seed)
{
	const struct sample_order order = {wards->all, CAUGHT_WARDS, parcels, seed};
	const struct sample_sink sink = {caught_feature, NULL, caught};
	struct error err = {0};

	*caught = (struct caught){.arena = ARENA(256 << 20), .hash = 0xCBF29CE484222325U};
	if (sample_city_make(&order, &sink, &err))
		fail_msg("%zu parcels, seed %ju: %s %s", parcels, (uintmax_t)seed,
			error_message_code(&err), err.detail);
}

void caught_clear(struct caught *caught)
{
	for (size_t i = 0; i < caught->layer_count; i++)
		free(caught->layers[i].records);
	arena_clear(&caught->arena);
}

const struct caught_layer *caught_layer(const struct caught *caught, const char *id)
{
	static const struct caught_layer none;

	for (size_t i = 0; i < caught->layer_count; i++)
		if (!strcmp(caught->layers[i].layer->id, id))
			return &caught->layers[i];
	return &none;
}

const struct value *caught_value(
	const struct caught_layer *layer, const struct caught_record *record, const char *field)
{
	const struct layer_field *found = layer_field_find(layer->layer, field, strlen(field));

	assert_non_null(found);
	return &record->values[layer_field_index(layer->layer, found)];
}

int64_t caught_int(
	const struct caught_layer *layer, const struct caught_record *record, const char *field)
{
	const struct value *value = caught_value(layer, record, field);

	assert_int_equal(value->kind, VALUE_INT);
	return value->integer;
}

const char *caught_text(
	const struct caught_layer *layer, const struct caught_record *record, const char *field)
{
	const struct value *value = caught_value(layer, record, field);

	assert_int_equal(value->kind, VALUE_TEXT);
	return value->text;
}

/* Column and row of a place, within the grid. */
static int cell_of(double offset, int cells)
{
	int cell = (int)floor(offset / cell_m);

	return cell < 0 ? 0 : cell >= cells ? cells - 1 : cell;
}

static void add_item(struct caught_grid *grid, int column, int row, size_t index, size_t room)
{
	size_t head = (size_t)row * (size_t)grid->columns + (size_t)column;

	assert_true(grid->item_count < room);
	grid->items[grid->item_count] = (uint32_t)index;
	grid->next[grid->item_count] = grid->heads[head];
	grid->heads[head] = (uint32_t)++grid->item_count;
}

void caught_grid_make(struct caught_grid *grid, const struct caught_layer *layer)
{
	size_t room = 0;

	*grid = (struct caught_grid){.layer = layer, .box = box_empty};
	for (size_t i = 0; i < layer->count; i++) {
		const struct box *box = &layer->records[i].box;

		box_add(&grid->box, box);
		room += (size_t)((box->max_x - box->min_x) / cell_m + 2) *
			(size_t)((box->max_y - box->min_y) / cell_m + 2);
	}
	grid->columns = (int)((grid->box.max_x - grid->box.min_x) / cell_m) + 1;
	grid->rows = (int)((grid->box.max_y - grid->box.min_y) / cell_m) + 1;
	grid->heads = calloc((size_t)grid->columns * (size_t)grid->rows, sizeof *grid->heads);
	grid->next = calloc(room + 1, sizeof *grid->next);
	grid->items = calloc(room + 1, sizeof *grid->items);
	assert_true(grid->heads && grid->next && grid->items);
	for (size_t i = 0; i < layer->count; i++) {
		const struct box *box = &layer->records[i].box;

		for (int column = cell_of(box->min_x - grid->box.min_x, grid->columns);
			column <= cell_of(box->max_x - grid->box.min_x, grid->columns); column++)
			for (int row = cell_of(box->min_y - grid->box.min_y, grid->rows);
				row <= cell_of(box->max_y - grid->box.min_y, grid->rows); row++)
				add_item(grid, column, row, i, room + 1);
	}
}

void caught_grid_clear(struct caught_grid *grid)
{
	free(grid->heads);
	free(grid->next);
	free(grid->items);
}

int caught_grid_count(const struct caught_grid *grid, double east, double north, size_t *ret_index)
{
	int column = cell_of(east - grid->box.min_x, grid->columns);
	int row = cell_of(north - grid->box.min_y, grid->rows);
	size_t head = (size_t)row * (size_t)grid->columns + (size_t)column;
	int count = 0;

	for (uint32_t at = grid->heads[head]; at; at = grid->next[at - 1]) {
		const struct caught_record *record = &grid->layer->records[grid->items[at - 1]];
		struct shape outline = record->shape;

		if (east < record->box.min_x || east > record->box.max_x ||
			north < record->box.min_y || north > record->box.max_y ||
			!shape_covers(&record->shape, east, north))
			continue;
		/* On a shared edge a spot is in both neighbours, and in neither for certain. */
		outline.kind = GEOMETRY_LINE;
		if (shape_distance(&outline, east, north) < 0.001)
			continue;
		*ret_index = grid->items[at - 1];
		count++;
	}
	return count;
}
