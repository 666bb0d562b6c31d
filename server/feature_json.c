#include "server/feature_json.h"

#include "base/number.h"
#include "gis/geojson.h"

int feature_json_decimals(const struct crs_info *info)
{
	return info->geographic ? GEOJSON_DEGREE_DECIMALS : GEOJSON_METRE_DECIMALS;
}

/* What stands in every feature beside its fields. */
static const struct json_key key_geometry = JSON_KEY("geometry"),
			     key_properties = JSON_KEY("properties"),
			     key_valid_from = JSON_KEY("valid_from"),
			     key_valid_to = JSON_KEY("valid_to"),
			     key_version = JSON_KEY("version"),
			     key_source = JSON_KEY("source_attributes"),
			     key_native = JSON_KEY("native_epsg"), key_uid = JSON_KEY("uid");
enum { OWN_KEYS = 6, OWN_ROOM = OWN_KEYS * JSON_KEY_ROOM + 6 * sizeof(struct uuid) + 200 };

static char *pen_date(char *at, const struct date *date)
{
	return *date->text ? json_pen_text(at, date->text, strlen(date->text)) : json_pen_null(at);
}

/* The properties behind the fields. */
static char *pen_own(char *at, const struct feature *feature, size_t source_len)
{
	at = pen_date(json_pen_key(at, &key_valid_from), &feature->valid_from);
	at = pen_date(json_pen_key(at, &key_valid_to), &feature->valid_to);
	at = number_write_int(json_pen_key(at, &key_version), feature->version);
	at = json_pen_key(at, &key_source);
	if (feature->source_attributes) {
		memcpy(at, feature->source_attributes, source_len);
		at += source_len;
	} else {
		at = json_pen_null(at);
	}
	at = json_pen_key(at, &key_native);
	at = feature->native_epsg ? number_write_int(at, feature->native_epsg) : json_pen_null(at);
	at = json_pen_key(at, &key_uid);
	return json_pen_text(at, feature->uid.text, strlen(feature->uid.text));
}

static void write_properties(struct json_writer *json, const struct feature_json *how,
	const struct feature *feature)
{
	const struct layer *layer = how->layer;
	const char *source = feature->source_attributes;
	size_t source_len = source ? strlen(source) : 0;
	size_t room = OWN_ROOM + source_len + layer->field_count * JSON_KEY_ROOM;
	char *begin, *at;

	for (size_t i = 0; i < layer->field_count; i++)
		room += value_json_room(&feature->values[i]);
	json_put_raw(json, "", 0);
	if (!strbuf_reserve(json->out, room))
		return;
	begin = at = json->out->data + json->out->len;
	for (size_t i = 0; i < layer->field_count; i++)
		at = value_pen_json(json_pen_key(at, &how->keys[i]), &feature->values[i],
			layer->fields[i].type == FIELD_BOOL);
	at = pen_own(at, feature, source_len);
	*begin = '{'; /* in place of the first comma */
	*at++ = '}';
	strbuf_came(json->out, at);
}

static void make_keys(struct feature_json *how)
{
	for (size_t i = 0; i < how->layer->field_count; i++)
		how->keys[i] = json_key_of(how->layer->fields[i].id);
	how->keys_of = how->layer;
}

int feature_json_open(struct json_writer *json, struct feature_json *how,
	const struct feature *feature, struct error *err)
{
	static const char beginning[] = "\"type\":\"Feature\",\"id\":";
	struct shape shape = {0};
	int rc = 0;

	if (how->keys_of != how->layer)
		make_keys(how);
	arena_reset(how->arena);
	if (feature->wkb.bytes) {
		rc = shape_read_wkb(how->arena, feature->wkb, &shape, err);
		if (!rc)
			rc = crs_path_move(how->path, shape.xy, shape.point_count, err);
		if (rc)
			return rc;
		shape.z_m = feature->z_m;
		crs_ref_order(&how->crs, shape.xy, shape.point_count);
	}
	json_begin_object(json);
	json_put_raw(json, beginning, sizeof beginning - 1);
	strbuf_add_int(json->out, feature->id);
	json_put_ready_key(json, &key_geometry);
	geojson_write(json, feature->wkb.bytes ? &shape : NULL, how->decimals);
	json_put_ready_key(json, &key_properties);
	write_properties(json, how, feature);
	return 0;
}

int feature_json_write(struct json_writer *json, struct feature_json *how,
	const struct feature *feature, struct error *err)
{
	int rc = feature_json_open(json, how, feature, err);

	if (!rc)
		json_end_object(json);
	return rc;
}
