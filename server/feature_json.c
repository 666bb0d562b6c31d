#include "server/feature_json.h"

#include "gis/geojson.h"

int feature_json_decimals(const struct crs_info *info)
{
	return info->geographic ? GEOJSON_DEGREE_DECIMALS : GEOJSON_METRE_DECIMALS;
}

static void member_date(struct json_writer *json, const char *key, const struct date *date)
{
	json_member_text(json, key, *date->text ? date->text : NULL);
}

static void write_properties(
	struct json_writer *json, const struct layer *layer, const struct feature *feature)
{
	json_begin_object(json);
	for (size_t i = 0; i < layer->field_count; i++) {
		json_put_key(json, layer->fields[i].id);
		value_put_json(json, &feature->values[i], layer->fields[i].type == FIELD_BOOL);
	}
	member_date(json, "valid_from", &feature->valid_from);
	member_date(json, "valid_to", &feature->valid_to);
	json_member_int(json, "version", feature->version);
	json_put_key(json, "source_attributes");
	if (feature->source_attributes)
		json_put_raw(json, feature->source_attributes, strlen(feature->source_attributes));
	else
		json_put_null(json);
	json_put_key(json, "native_epsg");
	if (feature->native_epsg)
		json_put_int(json, feature->native_epsg);
	else
		json_put_null(json);
	json_member_text(json, "uid", feature->uid.text);
	json_end_object(json);
}

int feature_json_open(
	struct json_writer *json, const struct feature_json *how, const struct feature *feature,
	struct error *err)
{
	struct shape shape = {0};
	int rc = 0;

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
	json_member_text(json, "type", "Feature");
	json_member_int(json, "id", feature->id);
	json_put_key(json, "geometry");
	geojson_write(json, feature->wkb.bytes ? &shape : NULL, how->decimals);
	json_put_key(json, "properties");
	write_properties(json, how->layer, feature);
	return 0;
}

int feature_json_write(
	struct json_writer *json, const struct feature_json *how, const struct feature *feature,
	struct error *err)
{
	int rc = feature_json_open(json, how, feature, err);

	if (!rc)
		json_end_object(json);
	return rc;
}
