#include "server/land_json.h"

#include "base/messages.h"
#include "gis/geojson.h"

enum { TEXT_MAX_BYTES = 4096, SHAPE_MAX_BYTES = 64 << 20 };

static int write_where(struct json_writer *json, const struct land_work *work,
	const struct case_tools *tools, const struct shape *where, struct error *err)
{
	const struct crs_path *path;
	struct shape shape;
	int rc;

	json_put_key(json, "geometry");
	if (!where->point_count) {
		json_put_null(json);
		return 0;
	}
	rc = crs_path_find(tools->crs, work->plane_epsg, CRS_WGS84, &path, err);
	/* A finding may be told twice: the shape itself stays. */
	if (!rc)
		rc = shape_copy(tools->arena, where, &shape, err);
	if (!rc)
		rc = crs_path_move(path, shape.xy, shape.point_count, err);
	if (!rc)
		geojson_write(json, &shape, GEOJSON_DEGREE_DECIMALS);
	return rc;
}

int land_findings_write(struct json_writer *json, const struct land_work *work,
	const struct case_tools *tools, enum lang lang, struct error *err)
{
	int rc = 0;

	json_begin_object(json);
	json_member_text(json, "type", "FeatureCollection");
	json_put_key(json, "features");
	json_begin_array(json);
	for (size_t i = 0; !rc && i < work->change->finding_count; i++) {
		const struct land_finding *finding = &work->change->findings[i];
		autofree(strbuf_clear) struct strbuf detail = STRBUF(TEXT_MAX_BYTES);
		autofree(strbuf_clear) struct strbuf advice = STRBUF(TEXT_MAX_BYTES);

		error_print(&detail, &finding->what, lang);
		error_print_try(&advice, &finding->what, lang);
		json_begin_object(json);
		json_member_text(json, "type", "Feature");
		rc = write_where(json, work, tools, &finding->where, err);
		json_put_key(json, "properties");
		json_begin_object(json);
		json_member_text(json, "code", error_message_code(&finding->what));
		json_member_text(json, "detail", detail.data);
		json_member_text(json, "try", advice.len ? advice.data : NULL);
		json_end_object(json);
		json_end_object(json);
	}
	json_end_array(json);
	json_end_object(json);
	return rc;
}

int land_result_draw(struct land_work *work, const struct case_tools *tools, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(SHAPE_MAX_BYTES);
	const struct crs_path *path;
	int rc = crs_path_find(tools->crs, work->working_epsg, CRS_WGS84, &path, err);

	for (size_t i = 0; !rc && i < work->after_count; i++) {
		struct json_writer json = JSON_WRITER(&text);
		struct shape shape;

		strbuf_reset(&text);
		rc = shape_read_wkb(tools->arena, work->after[i].feature.wkb, &shape, err);
		if (!rc)
			rc = crs_path_move(path, shape.xy, shape.point_count, err);
		if (rc)
			break;
		geojson_write(&json, &shape, GEOJSON_DEGREE_DECIMALS);
		rc = strbuf_check(&text, err);
		work->after[i].geojson = rc ? NULL : arena_text(tools->arena, text.data, text.len);
		if (!rc && !work->after[i].geojson)
			rc = fail_no_memory(err);
	}
	return rc;
}

static void write_properties(
	struct json_writer *json, const struct land_work *work, const struct land_record *record)
{
	const struct layer *layer = work->layer;

	json_put_key(json, "properties");
	json_begin_object(json);
	for (size_t i = 0; i < layer->field_count; i++) {
		json_put_key(json, layer->fields[i].id);
		value_put_json(json, &record->values[i], layer->fields[i].type == FIELD_BOOL);
	}
	json_member_text(json, "valid_from", record->feature.valid_from.text);
	json_member_int(json, "version", record->feature.version);
	json_end_object(json);
}

static void write_parcel(
	struct json_writer *json, const struct land_work *work, const struct land_record *record)
{
	json_begin_object(json);
	json_member_text(json, "type", "Feature");
	json_member_int(json, "id", record->feature.id);
	json_put_key(json, "geometry");
	if (record->geojson)
		json_put_raw(json, record->geojson, strlen(record->geojson));
	else
		json_put_null(json);
	write_properties(json, work, record);
	json_put_key(json, "area_error_m2");
	json_put_fixed(json, record->sigma_m2, 2);
	json_end_object(json);
}

void land_result_open(struct json_writer *json, const struct land_work *work)
{
	bool ended = work->order.deed == LAND_SPLIT || work->order.deed == LAND_MERGE;

	json_begin_object(json);
	json_put_key(json, "parcels");
	json_begin_array(json);
	for (size_t i = 0; i < work->after_count; i++)
		write_parcel(json, work, &work->after[i]);
	json_end_array(json);
	json_put_key(json, "retired");
	json_begin_array(json);
	for (size_t i = 0; ended && i < work->order.parcel_count; i++)
		json_put_int(json, work->order.parcels[i].id);
	json_end_array(json);
	json_member_text(json, "valid_from", work->order.from.text);
	json_member_text(json, "document", work->order.document);
}
