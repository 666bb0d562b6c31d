#include "server/commands/demo_reform.h"

#include "base/messages.h"
#include "data/lineage.h"
#include "data/rule.h"
#include "gis/placing.h"

enum { WKB_MAX_BYTES = 1 << 20, SHAPE_ARENA_BYTES = 64 << 20 };

/* As far as is known (the numbers of its articles are not). */
static const char decision[] = "1685/NQ-UBTVQH15";
static const char province[] = "Thành phố Hồ Chí Minh";

int demo_reform_take_old(struct demo_reform *reform, const struct layer *layer,
	struct feature *feature, struct value *values, struct error *err)
{
	struct succession_unit *unit = &reform->old[reform->old_count];
	struct measure measure = {0};
	int rc;

	if (reform->old_count == SAMPLE_WARDS_MAX)
		return fail_internal(err);
	*unit = (struct succession_unit){
		.id = (int64_t)++reform->old_count, .box = feature->box};
	feature->valid_to = (struct date){SAMPLE_REFORM_DAY};
	rc = shape_read_wkb(&reform->arena, feature->wkb, &unit->shape, err);
	if (!rc)
		measure.area_m2 = shape_area(&unit->shape);
	measure_put(&measure, layer, values);
	return rc;
}

static void set_text(
	const struct layer *layer, struct value *values, const char *field, const char *text)
{
	const struct layer_field *found = layer_field_find(layer, field, strlen(field));

	if (found)
		values[layer_field_index(layer, found)] =
			(struct value){.kind = VALUE_TEXT, .text = text, .len = strlen(text)};
}

static int write_ward(struct demo_reform *reform, struct feature_writer *writer,
	const struct sample_ward *ward, struct error *err)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(WKB_MAX_BYTES);
	struct succession_unit *unit = &reform->made[reform->made_count++];
	const struct layer *layer = writer->layer;
	struct value values[FEATURE_FIELDS_MAX] = {{.kind = VALUE_NULL}};
	struct feature feature = {.values = values, .z_m = ward->shape->z_m,
		.valid_from = {SAMPLE_REFORM_DAY}, .box = shape_box(ward->shape)};
	const struct measure measure = {shape_area(ward->shape), 0};
	int rc;

	shape_write_wkb(ward->shape, &wkb);
	rc = strbuf_check(&wkb, err);
	if (rc)
		return rc;
	feature.wkb = (struct wkb){(const unsigned char *)wkb.data, wkb.len};
	set_text(layer, values, "code", ward->code);
	set_text(layer, values, "name", ward->name);
	set_text(layer, values, "kind", "phường");
	set_text(layer, values, "parent_name", province);
	set_text(layer, values, "decision", decision);
	measure_put(&measure, layer, values);
	rc = feature_writer_add(writer, &feature, err);
	*unit = (struct succession_unit){
		.id = feature.id, .shape = *ward->shape, .box = feature.box};
	return rc;
}

int demo_reform_write(
	struct demo_reform *reform, struct feature_writer *writer, struct error *err)
{
	struct sample_ward wards[SAMPLE_WARDS_MAX];
	size_t count = 0;
	int rc = sample_reform_read(reform->crs, &reform->arena, wards, &count, err);

	for (size_t i = 0; !rc && i < count; i++)
		rc = write_ward(reform, writer, &wards[i], err);
	return rc;
}

struct telling {
	struct demo_reform *reform;
	struct store *store;
	int64_t now_us;
};

static int add_step(void *context, int64_t from_id, int64_t to_id, double share, struct error *err)
{
	struct telling *telling = context;
	const struct lineage_step step = {
		.layer = layer_of_units(telling->reform->layers)->id,
		.from_id = from_id,
		.to_id = to_id,
		.cause = LINEAGE_TRANSFER,
		.valid_from = {SAMPLE_REFORM_DAY},
		.share = share,
		.is_derived = true,
		.document = decision,
		.recorded_at_us = telling->now_us,
	};

	return lineage_add(telling->store, &step, err);
}

int demo_reform_end(
	struct demo_reform *reform, struct store *store, int64_t now_us, struct error *err)
{
	autoptr(geom_context_free) struct geom_context *geom = NULL;
	struct telling telling = {reform, store, now_us};
	struct date day = {SAMPLE_REFORM_DAY};
	double least = 0;
	int rc = geom_context_new(&geom, err);

	reform->shapes = ARENA(SHAPE_ARENA_BYTES);
	if (!rc)
		rc = rule_number(store, "unit_succession", "least_share", &day, &least, err);
	if (!rc)
		rc = succession_derive(geom, &reform->shapes, reform->old, reform->old_count,
			reform->made, reform->made_count, least, add_step, &telling, err);
	if (!rc)
		rc = unit_finder_open(store, reform->layers, NULL, NULL, &reform->finder, err);
	return rc;
}

int demo_reform_fill(struct demo_reform *reform, const struct layer *layer,
	const struct feature *feature, struct value *values, struct error *err)
{
	struct measure measure;
	struct shape shape;
	int64_t unit;
	double xy[2];
	int rc;

	arena_reset(&reform->shapes);
	rc = shape_read_wkb(&reform->shapes, feature->wkb, &shape, err);
	if (rc)
		return rc;
	measure = (struct measure){shape_area(&shape), shape_length(&shape)};
	measure_put(&measure, layer, values);
	unit = unit_finder_find(reform->finder, &shape);
	/* The outlines of the new wards leave out some of the old city's border. */
	if (!unit) {
		shape_inner_point(&shape, xy);
		unit = succession_at(reform->made, reform->made_count, xy[0], xy[1]);
	}
	unit_put(unit, false, layer, values);
	return 0;
}

void demo_reform_clear(struct demo_reform *reform)
{
	unit_finder_close(reform->finder);
	arena_clear(&reform->arena);
	arena_clear(&reform->shapes);
}
