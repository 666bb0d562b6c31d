#include "server/feature_input.h"

#include <math.h>

#include "base/json_write.h"
#include "base/messages.h"
#include "gis/geojson_read.h"
#include "gis/placing.h"
#include "gis/unit_finder.h"
#include "server/worker.h"

enum { TEXT_MAX_BYTES = 1 << 16, SOURCE_MAX_BYTES = 1 << 20 };


/* An input while it is read. */
struct reading {
	struct request *request;
	const struct layer *layer;
	struct feature_input *input;
	struct error *err;
	int rc;
};

static bool refuse(struct reading *reading, int rc, const char *key)
{
	reading->rc = rc;
	error_where(reading->err, "/properties/%s", key);
	return false;
}

static bool read_text(struct reading *reading, const char *key, const struct json_node *node,
	struct value *ret)
{
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(TEXT_MAX_BYTES);
	const char *text = "";

	if (!json_node_text(node, &text))
		return refuse(reading, fail_value_not_text(reading->err, key), key);
	if (!text_nfc(&nfc, text, strlen(text)) || nfc.failed)
		return refuse(
			reading, fail_value_too_long(reading->err, key, TEXT_MAX_BYTES), key);
	*ret = (struct value){.kind = VALUE_TEXT,
		.text = arena_text(&reading->request->arena, nfc.data, nfc.len),
		.len = nfc.len};
	return ret->text ? true : refuse(reading, fail_no_memory(reading->err), key);
}

static bool read_number(struct reading *reading, const char *key, const struct json_node *node,
	bool whole, struct value *ret)
{
	double real = 0;

	*ret = (struct value){.kind = VALUE_INT};
	if (whole && json_node_int(node, &ret->integer))
		return true;
	if (!json_node_number(node, &real) || !isfinite(real))
		return refuse(reading, fail_value_not_number(reading->err, key), key);
	if (!whole) {
		*ret = (struct value){.kind = VALUE_REAL, .real = real};
		return true;
	}
	if (real != floor(real) || fabs(real) > 9e15)
		return refuse(reading, fail_value_not_whole(reading->err, key), key);
	ret->integer = (int64_t)real;
	return true;
}

static bool read_date(struct reading *reading, const char *key, const struct json_node *node,
	struct date *ret)
{
	const char *text = "";

	*ret = (struct date){""};
	if (json_node_kind(node) == JSON_KIND_NULL)
		return true;
	if (!json_node_text(node, &text) || !date_parse(text, strlen(text), ret))
		return refuse(reading, fail_value_not_date(reading->err, key), key);
	return true;
}

static bool read_value(struct reading *reading, const struct layer_field *field,
	const struct json_node *node, struct value *ret)
{
	struct date date;
	bool flag;

	*ret = (struct value){.kind = VALUE_NULL};
	if (json_node_kind(node) == JSON_KIND_NULL)
		return true;
	switch (field->type) {
	case FIELD_TEXT:
		return read_text(reading, field->id, node, ret);
	case FIELD_INT:
		return read_number(reading, field->id, node, true, ret);
	case FIELD_REAL:
		return read_number(reading, field->id, node, false, ret);
	case FIELD_BOOL:
		if (!json_node_bool(node, &flag))
			return refuse(reading, fail_value_not_bool(reading->err, field->id),
				field->id);
		*ret = (struct value){.kind = VALUE_INT, .integer = flag};
		return true;
	default:
		return read_date(reading, field->id, node, &date) &&
			read_text(reading, field->id, node, ret);
	}
}

static bool read_source(struct reading *reading, const struct json_node *node)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(SOURCE_MAX_BYTES);
	struct feature_input *input = reading->input;

	input->has_source = true;
	if (json_node_kind(node) == JSON_KIND_NULL)
		return true;
	if (json_node_kind(node) != JSON_KIND_OBJECT)
		return refuse(reading, fail_value_not_object(reading->err, "source_attributes"),
			"source_attributes");
	if (!json_node_print(node, &text))
		return refuse(reading,
			fail_value_too_long(reading->err, "source_attributes", SOURCE_MAX_BYTES),
			"source_attributes");
	input->source_attributes = arena_text(&reading->request->arena, text.data, text.len);
	return input->source_attributes
		? true
		: refuse(reading, fail_no_memory(reading->err), "source_attributes");
}

/* What the register sets by itself; clients send it back as they got it. */
static bool is_own(const char *key)
{
	static const char *const own[] = {"uid", "native_epsg", "id", "fid", NULL};

	for (size_t i = 0; own[i]; i++)
		if (!strcmp(own[i], key))
			return true;
	return false;
}

static bool fail_unknown_field(struct reading *reading, const char *key)
{
	const char *names[FEATURE_FIELDS_MAX + 1];
	const char *nearest;

	for (size_t i = 0; i < reading->layer->field_count; i++)
		names[i] = reading->layer->fields[i].id;
	names[reading->layer->field_count] = NULL;
	nearest = text_nearest(key, names);
	return refuse(reading,
		nearest ? fail_field_near(reading->err, key, nearest)
			: fail_field_unknown(reading->err, key),
		key);
}

static bool take_member(void *context, const char *key, const struct json_node *node)
{
	struct reading *reading = context;
	struct feature_input *input = reading->input;
	const struct layer_field *field = layer_field_find(reading->layer, key, strlen(key));
	size_t index;

	if (field && field->source != FIELD_GIVEN)
		return true;
	if (field) {
		index = layer_field_index(reading->layer, field);
		input->has[index] = true;
		return read_value(reading, field, node, &input->values[index]);
	}
	if (!strcmp(key, "valid_from")) {
		input->has_valid_from = true;
		return read_date(reading, key, node, &input->valid_from);
	}
	if (!strcmp(key, "valid_to")) {
		input->has_valid_to = true;
		return read_date(reading, key, node, &input->valid_to);
	}
	if (!strcmp(key, "version")) {
		if (json_node_kind(node) == JSON_KIND_NULL)
			return true;
		if (!json_node_int(node, &input->version) || input->version < 1)
			return refuse(reading, fail_value_not_whole(reading->err, key), key);
		return true;
	}
	if (!strcmp(key, "source_attributes"))
		return read_source(reading, node);
	return is_own(key) || fail_unknown_field(reading, key);
}

/* The outline of the record as it stands, to find the corners that did not move. */
struct before {
	struct arena *arena;
	struct shape shape;
	bool found;
};

static int take_before(void *context, const struct feature *feature, struct error *err)
{
	struct before *before = context;

	before->found = feature->wkb.bytes != NULL;
	return before->found
		? shape_read_wkb(before->arena, feature->wkb, &before->shape, err)
		: 0;
}

static int read_before(struct request *request, const struct layer *layer, int64_t id,
	struct before *before, struct error *err)
{
	bool found;

	return id ? feature_read_row(
			    request->worker->store, layer, id, take_before, before, &found, err)
		  : 0;
}

/* Where a fault of the shape is, in the words of a map. */
static void locate(const double place[2], struct error *err)
{
	if (isfinite(place[0]))
		error_where(err, "/geometry (E %.3f, N %.3f)", place[0], place[1]);
	else
		error_where(err, "/geometry");
}

/* A shape in its CRS becomes one of the register, or is refused. */
static int place_shape(struct request *request, const struct layer *layer, int64_t id,
	const struct placing *placing, const struct shape *native, struct feature_input *input,
	struct error *err)
{
	struct before before = {.arena = &request->arena};
	double place[2] = {NAN, NAN};
	struct placed placed;
	int rc = placing_check_kind(layer, native, err);

	if (!rc)
		rc = placing_check_shape(placing, native, place, err);
	if (rc) {
		locate(place, err);
		return rc;
	}
	rc = read_before(request, layer, id, &before, err);
	if (rc)
		return rc;
	rc = placing_place(placing, &request->arena, native, before.found ? &before.shape : NULL,
		PLACING_SHOWN_M, &placed, err);
	if (rc == ERR_INVALID)
		error_where(err, "/geometry");
	if (rc)
		return rc;
	input->wkb = placed.wkb;
	input->box = placed.box;
	input->z_m = placed.z_m;
	input->native_epsg = placed.native_epsg;
	input->native_wkb = placed.native_wkb;
	measure_put(&placed.measure, layer, input->measured);
	return 0;
}

static int find_unit(struct request *request, struct feature_input *input, struct error *err)
{
	autoptr(unit_finder_close) struct unit_finder *finder = NULL;
	struct shape shape;
	int rc = unit_finder_open(
		request->worker->store, request->app->layers, NULL, &input->box, &finder, err);

	if (!rc)
		rc = shape_read_wkb(&request->arena, input->wkb, &shape, err);
	if (!rc)
		input->unit = unit_finder_find(finder, &shape);
	return rc;
}

static int read_geometry(struct request *request, const struct layer *layer, int64_t id,
	const struct json_node *node, const struct crs_ref *crs, struct feature_input *input,
	struct error *err)
{
	struct worker *worker = request->worker;
	struct placing placing;
	struct shape shape;
	int rc = 0;

	input->has_geometry = true;
	if (json_node_kind(node) == JSON_KIND_NULL)
		return 0;
	rc = geojson_read(&request->arena, node, "/geometry", &shape, err);
	if (rc || !shape.point_count)
		return rc;
	crs_ref_order(crs, shape.xy, shape.point_count);
	rc = placing_open(&placing, worker->crs, worker->geom, &request->app->opened.city,
		crs->epsg, err);
	if (!rc)
		rc = place_shape(request, layer, id, &placing, &shape, input, err);
	return rc ? rc : find_unit(request, input, err);
}

/* The members that a feature has of its own, beside those that nobody minds. */
static int check_feature(const struct json_node *document, enum feature_input_kind kind,
	const struct json_node **ret_properties, struct error *err)
{
	const char *type = "";
	const struct json_node *properties = json_node_get(document, "properties");
	int rc = 0;

	if (json_node_kind(document) != JSON_KIND_OBJECT)
		return fail_not_a_feature(err);
	if ((kind == INPUT_WHOLE || json_node_get(document, "type")) &&
		(!json_node_text(json_node_get(document, "type"), &type) ||
			strcmp(type, "Feature") != 0))
		rc = fail_not_a_feature(err);
	else if (kind == INPUT_PART && json_node_get(document, "id"))
		rc = fail_id_fixed(err);
	else if (properties && json_node_kind(properties) != JSON_KIND_OBJECT &&
		json_node_kind(properties) != JSON_KIND_NULL)
		rc = fail_not_a_feature(err);
	*ret_properties = properties;
	return rc;
}

int feature_input_read(struct request *request, const struct layer *layer, int64_t id,
	enum feature_input_kind kind, const struct json_node *document, const struct crs_ref *crs,
	struct feature_input *ret_input, struct error *err)
{
	struct reading reading = {
		.request = request, .layer = layer, .input = ret_input, .err = err};
	const struct json_node *properties = NULL, *geometry;
	int rc = check_feature(document, kind, &properties, err);

	*ret_input = (struct feature_input){.kind = kind, .z_m = (double)NAN,
		.writable = UINT64_MAX, .source_writable = true};
	if (rc)
		return rc;
	json_node_each(properties, take_member, &reading);
	if (reading.rc)
		return reading.rc;
	geometry = json_node_get(document, "geometry");
	if (geometry)
		return read_geometry(request, layer, id, geometry, crs, ret_input, err);
	ret_input->has_geometry = kind == INPUT_WHOLE;
	return 0;
}

static void apply_geometry(const struct feature_input *input, const struct layer *layer,
	bool is_new, struct value *values, struct feature *feature)
{
	feature->wkb = input->wkb;
	feature->box = input->box;
	feature->z_m = input->z_m;
	feature->native_epsg = input->native_epsg;
	feature->native_wkb = input->native_wkb;
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_AREA_M2 ||
			layer->fields[i].source == FIELD_LENGTH_M)
			values[i] = input->measured[i];
	unit_put(input->unit, is_new, layer, values);
}

static bool same_value(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_TEXT:
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	case VALUE_INT:
		return a->integer == b->integer;
	case VALUE_REAL:
		return !memcmp(&a->real, &b->real, sizeof a->real);
	default:
		return true;
	}
}

static int refuse_field(const char *field, struct error *err)
{
	int rc = fail_field_forbidden(err, field);

	error_where(err, "/properties/%s", field);
	return rc;
}

int feature_input_check(const struct feature_input *input, const struct layer *layer,
	const struct feature *base, struct error *err)
{
	static const struct value null = {.kind = VALUE_NULL};

	for (size_t i = 0; i < layer->field_count; i++)
		if (input->has[i] && !(input->writable >> i & 1) &&
			input->values[i].kind != VALUE_NULL &&
			!same_value(&input->values[i], base ? &base->values[i] : &null))
			return refuse_field(layer->fields[i].id, err);
	if (input->has_source && input->source_attributes && !input->source_writable &&
		(!base || !base->source_attributes ||
			strcmp(base->source_attributes, input->source_attributes) != 0))
		return refuse_field("source_attributes", err);
	return 0;
}

/* What a field becomes: as said, as it was, or nothing. */
static struct value value_after(const struct feature_input *input, const struct layer *layer,
	const struct feature *base, size_t field)
{
	static const struct value null = {.kind = VALUE_NULL};
	const struct value *old = base ? &base->values[field] : &null;

	if (layer->fields[field].source != FIELD_GIVEN || !(input->writable >> field & 1))
		return *old;
	if (input->has[field])
		return input->values[field];
	return input->kind == INPUT_WHOLE ? null : *old;
}

void feature_input_apply(const struct feature_input *input, const struct layer *layer,
	const struct feature *base, struct value values[FEATURE_FIELDS_MAX],
	struct feature *ret_feature)
{
	struct feature feature = {.z_m = (double)NAN, .box = {1, 1, -1, -1}};

	if (base)
		feature = *base;
	for (size_t i = 0; i < layer->field_count; i++)
		values[i] = value_after(input, layer, base, i);
	feature.values = values;
	if (input->has_valid_from)
		feature.valid_from = input->valid_from;
	if (input->has_valid_to)
		feature.valid_to = input->valid_to;
	if (input->has_source && input->source_writable)
		feature.source_attributes = input->source_attributes;
	if (input->has_geometry)
		apply_geometry(input, layer, !base, values, &feature);
	*ret_feature = feature;
}
