#include "server/cases/export.h"

#include "base/messages.h"
#include "base/number.h"
#include "data/feature_read.h"

enum {
	AREA_ARENA_BYTES = 64 << 20,
	PATH_BYTES_MAX = 4096,
	WAIT_MS_MAX = 4 * 3600 * 1000, /* for the program alone, of a province on a slow disk */
};

bool export_read_crs(const char *text, enum export_format format, int *ret_epsg)
{
	static const char prefix[] = "EPSG:";
	int64_t epsg;

	*ret_epsg = format == EXPORT_GEOJSON ? CRS_WGS84 : EXPORT_WORKING;
	if (!text)
		return true;
	if (!strcmp(text, "native")) {
		*ret_epsg = EXPORT_NATIVE;
		return true;
	}
	if (!strcmp(text, "working")) {
		*ret_epsg = EXPORT_WORKING;
		return true;
	}
	if (text_starts_with(text, prefix))
		text += sizeof prefix - 1;
	if (!number_parse_int(text, strlen(text), 1, CRS_EPSG_MAX, &epsg))
		return false;
	*ret_epsg = (int)epsg;
	return true;
}

/* The contexts of an export, and its area. */
struct tools {
	struct export_tools tools;
	struct export_area area;
	struct arena arena;
};

static void tools_clear(struct tools *tools)
{
	export_area_clear(&tools->area);
	geom_context_free(tools->tools.geom);
	crs_context_free(tools->tools.crs);
	arena_clear(&tools->arena);
}

static int open_tools(
	const struct export_setting *setting, struct tools *ret_tools, struct error *err)
{
	struct export_tools *tools = &ret_tools->tools;
	int rc = crs_context_new(&tools->crs, err);

	tools->store = setting->store;
	tools->city = setting->city;
	ret_tools->arena = ARENA(AREA_ARENA_BYTES);
	if (!rc)
		rc = crs_pin(tools->crs, setting->city, err);
	return rc ? rc : geom_context_new(&tools->geom, err);
}

static int open_area(const struct export_order *order, struct tools *tools, struct error *err)
{
	const struct export_area_tools with = {
		tools->tools.crs, tools->tools.geom, tools->tools.city->epsg};
	struct box box;

	if (order->area)
		return export_area_of_json(&with, order->area, &tools->arena, &tools->area, err);
	if (!order->box)
		return 0;
	if (!export_area_read_box(order->box, &box))
		return fail_param_value(err, "bbox", order->box);
	return export_area_of_box(&with, &box, &tools->area, err);
}

static int take_none(void *context, const struct feature *unit, struct error *err)
{
	(void)context;
	(void)unit;
	(void)err;
	return 0;
}

/* Of a unit that is none the file would be empty, which looks like an answer. */
static int check_unit(const struct export_order *order, struct store *store, struct error *err)
{
	const struct layer *units = layer_of_units(city_layers());
	struct view view = {.layer = units,
		.is_dated = true,
		.recorded_us = INT64_MAX};
	bool found = false;
	int rc = 0;

	if (!order->unit_id)
		return 0;
	if (units)
		rc = feature_read_one(store, &view, order->unit_id, take_none, NULL, &found, err);
	return !rc && !found ? fail_export_unit_unknown(err, order->unit_id) : rc;
}

int export_order_run(const struct export_order *order, const struct export_setting *setting,
	struct export_report *ret_report, struct ogr_writer **ret_writer, struct error *err)
{
	autofree(strbuf_clear) struct strbuf program = STRBUF(PATH_BYTES_MAX);
	autofree(tools_clear) struct tools tools = {0};
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	struct view view = {.layer = order->layer,
		.grants = setting->grants,
		.grant_count = setting->grant_count};
	struct export_plan plan = {.view = &view,
		.format = order->format,
		.packed = order->packed,
		.plain = order->plain,
		.epsg = order->epsg,
		.fields = order->fields,
		.area = order->area || order->box ? &tools.area : NULL,
		.unit_id = order->unit_id,
		.lang = order->lang,
		.writer = setting->writer,
		.progress = setting->progress,
		.context = setting->context};
	int rc = open_tools(setting, &tools, err);

	*ret_writer = NULL;
	moment_apply(&order->moment, &view);
	if (!rc)
		rc = ogr_process_find(&program, err);
	if (!rc)
		rc = open_area(order, &tools, err);
	if (!rc)
		rc = check_unit(order, setting->store, err);
	if (rc)
		return rc;
	plan.writer.program = program.data;
	plan.writer.day = order->moment.is_dated && *order->moment.last_day.text
				  ? order->moment.last_day.text
				  : today.text;
	plan.writer.wait_ms_max = WAIT_MS_MAX;
	return export_run(&tools.tools, &plan, ret_report, ret_writer, err);
}

void export_file_name(const struct export_order *order, const struct date *today,
	struct strbuf *out)
{
	const struct moment *moment = &order->moment;
	const char *day = moment->is_dated && *moment->last_day.text ? moment->last_day.text
								     : today->text;

	strbuf_add_format(out, "%s-%s.%s", order->layer->id, day,
		order->packed ? "zip" : export_format_ending(order->format));
}

void export_write_report(struct json_writer *json, const struct export_report *report)
{
	json_member_int(json, "rows", report->rows);
	json_member_int(json, "without_geometry", report->without_geometry);
	json_member_int(json, "left_out", report->left_out);
	json_member_int(json, "bytes", report->bytes);
	json_member_int(json, "epsg", report->epsg);
	json_member_bool(json, "too_long_for_excel", report->too_long_for_excel);
	json_member_int(json, "lost_values", report->lost_values);
	json_put_key(json, "lost_ids");
	json_begin_array(json);
	for (size_t i = 0; i < report->lost_id_count; i++)
		json_put_int(json, report->lost_ids[i]);
	json_end_array(json);
}
