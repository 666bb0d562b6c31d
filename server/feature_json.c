#include "server/feature_json.h"

#include "gis/geojson.h"

int feature_json_decimals(const struct crs_info *info)
{
	return info->geographic ? GEOJSON_DEGREE_DECIMALS : GEOJSON_METRE_DECIMALS;
}

static const struct json_key key_type = JSON_KEY("type"), key_id = JSON_KEY("id"),
			     key_geometry = JSON_KEY("geometry"),
			     key_properties = JSON_KEY("properties"),
			     key_valid_from = JSON_KEY("valid_from"),
			     key_valid_to = JSON_KEY("valid_to"),
			     key_version = JSON_KEY("version"),
			     key_source = JSON_KEY("source_attributes"),
			     key_native = JSON_KEY("native_epsg"), key_uid = JSON_KEY("uid");

static void put_date(struct json_writer *json, const struct date *date)
{
	if (*date->text)
		json_put_text_len(json, date->text, strlen(date->text));
	else
		json_put_null(json);
}

static void write_properties(struct json_writer *json, const struct feature_json *how,
	const struct feature *feature)
{
	const struct layer *layer = how->layer;

	json_begin_object(json);
	for (size_t i = 0; i < layer->field_count; i++) {
		json_put_ready_key(json, &how->keys[i]);
		value_put_json(json, &feature->values[i], layer->fields[i].type == FIELD_BOOL);
	}
	json_put_ready_key(json, &key_valid_from);
	put_date(json, &feature->valid_from);
	json_put_ready_key(json, &key_valid_to);
	put_date(json, &feature->valid_to);
	json_put_ready_key(json, &key_version);
	json_put_int(json, feature->version);
	json_put_ready_key(json, &key_source);
	if (feature->source_attributes)
		json_put_raw(json, feature->source_attributes, strlen(feature->source_attributes));
	else
		json_put_null(json);
	json_put_ready_key(json, &key_native);
	if (feature->native_epsg)
		json_put_int(json, feature->native_epsg);
	else
		json_put_null(json);
	json_put_ready_key(json, &key_uid);
	json_put_text(json, feature->uid.text);
	json_end_object(json);
}

int feature_json_open(struct json_writer *json, struct feature_json *how,
	const struct feature *feature, struct error *err)
{
	struct shape shape = {0};
	int rc = 0;

	for (size_t i = 0; !how->has_keys && i < how->layer->field_count; i++)
		how->keys[i] = json_key_of(how->layer->fields[i].id);
	how->has_keys = true;
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
	json_put_ready_key(json, &key_type);
	json_put_raw(json, "\"Feature\"", 9);
	json_put_ready_key(json, &key_id);
	json_put_int(json, feature->id);
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
