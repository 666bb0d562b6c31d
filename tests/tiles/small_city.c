#include "tests/test.h"

#include <math.h>

#include "base/file.h"
#include "base/text.h"
#include "tests/tiles/small_city.h"

enum { EPSG = 9210, POINTS_MAX = 5000, WKB_MAX_BYTES = 1 << 24 };

const double small_city_east = 600000, small_city_north = 1220000;

static const struct layer_field lot_fields[] = {
	{.id = "name", .title = {"Tên", "Name"}, .type = FIELD_TEXT, .tile_zoom = 12},
	{.id = "use", .title = {"Loại", "Use"}, .type = FIELD_TEXT, .tile_zoom = 10},
	{.id = "storeys", .title = {"Tầng", "Storeys"}, .type = FIELD_INT, .tile_zoom = 14},
	{.id = "price", .title = {"Giá", "Price"}, .type = FIELD_REAL, .tile_zoom = 10},
	{.id = "taken", .title = {"Đã có", "Taken"}, .type = FIELD_BOOL, .tile_zoom = 16},
	{.id = "since", .title = {"Từ", "Since"}, .type = FIELD_DATE, .tile_zoom = 16},
	{.id = "secret", .title = {"Kín", "Secret"}, .type = FIELD_TEXT},
};

static const struct look_class lot_classes[] = {
	{.value = "house", .title = {"Nhà", "House"}},
	{.value = "shed", .title = {"Kho", "Shed"}, .min_zoom = 16},
	{.title = {"Khác", "Other"}},
};

static const struct layer_field way_fields[] = {
	{.id = "name", .title = {"Tên", "Name"}, .type = FIELD_TEXT, .tile_zoom = 11},
	{.id = "kind", .title = {"Cấp", "Kind"}, .type = FIELD_TEXT, .tile_zoom = 11},
	{.id = "width_m", .title = {"Rộng", "Width"}, .type = FIELD_REAL, .tile_zoom = 13},
};

static const struct look_class way_classes[] = {
	{.value = "road", .title = {"Đường", "Road"}},
	{.value = "path", .title = {"Lối", "Path"}, .min_zoom = 15},
	{.title = {"Khác", "Other"}},
};

static const struct layer_field post_fields[] = {
	{.id = "code", .title = {"Mã", "Code"}, .type = FIELD_TEXT, .tile_zoom = 12},
};

static const struct look_class post_classes[] = {{.title = {"Trụ", "Post"}}};

static const struct layer layers[SMALL_LAYERS] = {
	[SMALL_LOT] = {.id = "lot", .title = {"Lô", "Lots"}, .geometry = GEOMETRY_AREA,
		.fields = lot_fields, .field_count = sizeof lot_fields / sizeof lot_fields[0],
		.look = {.min_zoom = 10, .max_zoom = 22, .class_field = "use",
			.classes = lot_classes,
			.class_count = sizeof lot_classes / sizeof lot_classes[0],
			.label = {.field = "secret", .min_zoom = 18}}},
	[SMALL_WAY] = {.id = "way", .title = {"Đường", "Ways"}, .geometry = GEOMETRY_LINE,
		.fields = way_fields, .field_count = sizeof way_fields / sizeof way_fields[0],
		.look = {.min_zoom = 10, .max_zoom = 22, .class_field = "kind",
			.width_field = "width_m", .classes = way_classes,
			.class_count = sizeof way_classes / sizeof way_classes[0],
			.label = {.field = "name", .min_zoom = 16, .size_px = 10}}},
	[SMALL_POST] = {.id = "post", .title = {"Trụ", "Posts"}, .geometry = GEOMETRY_POINT,
		.fields = post_fields, .field_count = sizeof post_fields / sizeof post_fields[0],
		.look = {.min_zoom = 10, .max_zoom = 22, .classes = post_classes,
			.class_count = sizeof post_classes / sizeof post_classes[0]}},
};

const struct layer_table small_layers = {layers, SMALL_LAYERS};

static void succeed(int rc, const struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 12);

	if (!rc)
		return;
	error_print(&text, err, LANG_EN);
	fail_msg("%s %s", text.data, err->detail);
}

void small_city_open(struct small_city *city)
{
	struct city made = {.name = "Phố nhỏ", .epsg = EPSG};
	struct error err = {0};

	*city = (struct small_city){.folder = STRBUF(1000), .opened = REGISTER_CLOSED,
		.arena = ARENA(1 << 28)};
	assert_int_equal(secret_start(), 0);
	succeed(file_make_temporary_folder(".", &city->folder, &err), &err);
	succeed(crs_context_new(&city->crs, &err), &err);
	succeed(geom_context_new(&city->geom, &err), &err);
	succeed(crs_choose_operation(city->crs, EPSG, made.operation, made.pipeline, &err), &err);
	succeed(register_create(&(struct register_plan){.folder = city->folder.data,
					.layers = &small_layers, .city = &made, .now_us = 1},
			&err),
		&err);
	succeed(register_open(city->folder.data, &small_layers, STORE_WRITE, 2, &city->opened, &err),
		&err);
	succeed(crs_pin(city->crs, &city->opened.city, &err), &err);
	city->source = (struct snapshot_source){
		city->opened.store, &city->opened.city, city->crs, city->geom};
}

void small_city_close(struct small_city *city)
{
	register_close(&city->opened);
	crs_context_free(city->crs);
	geom_context_free(city->geom);
	file_remove(city->folder.data, NULL);
	strbuf_clear(&city->folder);
	arena_clear(&city->arena);
}

void small_city_begin(struct small_city *city, enum small_layer layer)
{
	struct error err = {0};
	struct change_author author = {"test", "test", 3};

	succeed(transaction_begin(city->opened.store, &city->transaction, &err), &err);
	succeed(change_begin(city->opened.store, &author, &city->changes, &err), &err);
	succeed(feature_writer_open(city->opened.store, &layers[layer], EPSG, &city->changes,
			&randomness_system, &city->writer, &err),
		&err);
}

void small_city_end(struct small_city *city)
{
	struct error err = {0};

	succeed(feature_writer_close(&city->writer, &err), &err);
	feature_writer_clear(&city->writer);
	succeed(change_end(&city->changes, &err), &err);
	succeed(transaction_commit(&city->transaction, &err), &err);
}

static struct value value_of(struct arena *arena, const struct layer_field *field,
	struct slice text)
{
	const char *copy = arena_text(arena, text.at, text.len);

	if (!text.len)
		return (struct value){.kind = VALUE_NULL};
	if (field->type == FIELD_REAL)
		return (struct value){.kind = VALUE_REAL, .real = strtod(copy, NULL)};
	if (field->type == FIELD_INT || field->type == FIELD_BOOL)
		return (struct value){.kind = VALUE_INT, .integer = strtoll(copy, NULL, 10)};
	return (struct value){.kind = VALUE_TEXT, .text = copy, .len = text.len};
}

void small_city_add(struct small_city *city, const struct shape *shape, const char *values)
{
	const struct layer *layer = city->writer.layer;
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(WKB_MAX_BYTES);
	struct value given[16] = {{.kind = VALUE_NULL}};
	struct feature feature = {.values = given, .z_m = (double)NAN, .box = box_empty};
	struct error err = {0};
	struct slice text;

	for (size_t i = 0; i < layer->field_count && text_next(&values, '|', &text); i++)
		given[i] = value_of(&city->arena, &layer->fields[i], text);
	if (shape) {
		shape_write_wkb(shape, &wkb);
		assert_false(wkb.failed);
		feature.wkb = (struct wkb){(const unsigned char *)wkb.data, wkb.len};
		feature.box = shape_box(shape);
	}
	succeed(feature_writer_add(&city->writer, &feature, &err), &err);
}

static void end_ring(struct shape *shape, size_t first)
{
	const double *start = shape->xy + 2 * first, *last = shape->xy + 2 * shape->point_count - 2;

	if (shape->kind == GEOMETRY_AREA && (start[0] != last[0] || start[1] != last[1])) {
		memcpy(shape->xy + 2 * shape->point_count, start, 2 * sizeof *start);
		shape->point_count++;
	}
	shape->ring_ends[shape->ring_count++] = (uint32_t)shape->point_count;
}

struct shape small_city_shape(struct small_city *city, enum geometry_kind kind, const char *text)
{
	struct shape shape = {.kind = kind, .z_m = (double)NAN,
		.xy = arena_zero(&city->arena, POINTS_MAX, 2 * sizeof(double)),
		.ring_ends = arena_zero(&city->arena, POINTS_MAX, sizeof(uint32_t)),
		.part_ends = arena_zero(&city->arena, POINTS_MAX, sizeof(uint32_t))};
	size_t first = 0;

	assert_true(shape.xy && shape.ring_ends && shape.part_ends);
	while (*text) {
		double *to = shape.xy + 2 * shape.point_count++;
		char *end = NULL;

		assert_true(shape.point_count + 2 < POINTS_MAX);
		to[0] = small_city_east + strtod(text, &end);
		to[1] = small_city_north + strtod(end, &end);
		while (*end == ' ')
			end++;
		if (*end != ',') {
			end_ring(&shape, first);
			first = shape.point_count;
		}
		if (*end == '+' || !*end || (kind != GEOMETRY_AREA && *end == ';'))
			shape.part_ends[shape.part_count++] = (uint32_t)shape.ring_count;
		text = end + (*end != '\0');
	}
	return shape;
}

void small_city_draw(struct small_city *city, const char *shape, const char *values)
{
	struct shape made = small_city_shape(city, city->writer.layer->geometry, shape);

	small_city_add(city, &made, values);
}

struct snapshot *small_city_snapshot(struct small_city *city, enum small_layer layer)
{
	struct snapshot *snapshot = NULL;
	struct error err = {0};

	succeed(snapshot_build(&city->source, &VIEW_NOW(&layers[layer]), NULL, &snapshot, &err), &err);
	return snapshot;
}

void small_city_mercator(struct small_city *city, const double *xy, double *ret_xy)
{
	const struct crs_path *path = NULL;
	struct error err = {0};

	memcpy(ret_xy, xy, 2 * sizeof *xy);
	succeed(crs_path_find(city->crs, EPSG, CRS_WEB_MERCATOR, &path, &err), &err);
	succeed(crs_path_apply(path, ret_xy, 1, &err), &err);
}

struct tile small_city_tile(struct small_city *city, double x, double y, unsigned z)
{
	const double place[2] = {small_city_east + x, small_city_north + y};
	double mercator[2];
	int shift = GRID_WORLD_BITS - (int)z;

	small_city_mercator(city, place, mercator);
	return (struct tile){z, (uint32_t)(grid_unit_x(mercator[0]) >> shift),
		(uint32_t)(grid_unit_y(mercator[1]) >> shift)};
}
