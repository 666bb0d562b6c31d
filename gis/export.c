#include "gis/export.h"

#include <math.h>

#include "base/messages.h"
#include "base/text.h"
#include "data/feature_read.h"
#include "data/feature_table.h"

enum {
	ROW_ARENA_BYTES = 256 << 20, /* of one record: its largest shape a few times over */
	WKB_BYTES_MAX = SHAPE_POINTS_MAX * 24 + SHAPE_RINGS_MAX * 16,
	WKT_BYTES_MAX = OGR_CRS_WKT_MAX,
	PROGRESS_ROWS = 500,
	GRANTS_MAX = 4096,
	AREA_IDS_MAX = 1 << 20, /* more are looked for among all */
	SHAPEFILE_BYTES_MAX = INT32_MAX, /* of .shp and .dbf each */
	LINE_BYTES_MAX = 2 << 20,
	EXCEL_ROWS_MAX = 1048576,
	EXCEL_CELL_CHARS_MAX = 32767,
};

/* An export under way. */
struct exporting {
	const struct export_tools *tools;
	const struct export_plan *plan;
	struct export_report *report;
	struct view view;
	struct grant *grants; /* heap; of a unit alone */
	struct id_list ids;   /* in the area, if so few */
	bool has_ids;
	struct export_columns columns;
	struct export_measure measure;
	struct crs_info crs; /* of the coordinates */
	const struct crs_path *path; /* to there; NULL none */
	bool native;
	bool measuring;
	struct arena arena;
	struct strbuf wkb, line;
	struct ogr_writer *writer;
	int64_t seen, total;
};

/* --- which records -------------------------------------------------------------------------------- */

/* The grants of a unit alone: what the asker's own show of it. */
static int narrow_to_unit(struct exporting *export, struct error *err)
{
	const struct view *view = export->plan->view;
	struct grant all = {.fields = UINT64_MAX, .source = true};
	const struct grant *grants = view->grants ? view->grants : &all;
	size_t count = view->grants ? view->grant_count : 1, kept = 0;

	if (!export->plan->unit_id)
		return 0;
	if (count > GRANTS_MAX)
		return fail_internal(err);
	export->grants = calloc(count + 1, sizeof *export->grants);
	if (!export->grants)
		return fail_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		if (grants[i].unit_id && grants[i].unit_id != export->plan->unit_id)
			continue;
		export->grants[kept] = grants[i];
		export->grants[kept++].unit_id = export->plan->unit_id;
	}
	export->view.grants = export->grants;
	export->view.grant_count = kept;
	return 0;
}

static int find_candidates(struct exporting *export, struct error *err)
{
	const struct export_area *area = export->plan->area;
	struct layer_state state = {0};
	bool more;
	int rc;

	export->total = -1;
	if (!area) {
		rc = layer_state_read(export->tools->store, export->view.layer, &state, err);
		if (!export->view.is_dated && !export->view.grants)
			export->total = state.record_count;
		return rc;
	}
	rc = feature_ids_in_box(export->tools->store, &export->view, &area->index_box, false, 0,
		AREA_IDS_MAX, &export->ids, &more, err);
	export->has_ids = !rc && !more;
	if (export->has_ids)
		export->total = (int64_t)export->ids.count;
	return rc;
}

/* Whether the record lies in the area. */
static int is_in_area(
	struct exporting *export, const struct feature *feature, bool *ret_is, struct error *err)
{
	const struct export_area *area = export->plan->area;
	struct shape shape;
	int rc;

	*ret_is = !area;
	if (!area || !feature->wkb.bytes || !boxes_meet(&area->index_box, &feature->box))
		return 0;
	rc = shape_read_wkb(&export->arena, feature->wkb, &shape, err);
	if (!rc)
		rc = crs_path_move(area->to_wgs84, shape.xy, shape.point_count, err);
	return rc ? rc : export_area_meets(area, &shape, ret_is, err);
}

/* --- one record ----------------------------------------------------------------------------------- */

/* Whether its coordinates go as they are, and nobody asks for them one by one. */
static bool goes_as_bytes(const struct exporting *export, const struct feature *feature)
{
	return !export->path && !(export->native && feature->native_epsg) &&
	       export->plan->format != EXPORT_CSV && !isfinite(feature->z_m);
}

/* The shape in the system of the file. */
static int read_shape(struct exporting *export, const struct feature *feature, struct shape *ret_shape,
	struct error *err)
{
	bool native = export->native && feature->native_epsg;
	int rc = shape_read_wkb(&export->arena, native ? feature->native_wkb : feature->wkb,
		ret_shape, err);

	if (rc)
		return rc;
	ret_shape->z_m = ret_shape->point_count == 1 ? feature->z_m : (double)NAN;
	return export->path
		       ? crs_path_move(export->path, ret_shape->xy, ret_shape->point_count, err)
		       : 0;
}

/* A point with its height as ISO WKB. */
static void write_point_z(const struct shape *shape, struct strbuf *out)
{
	static const unsigned char header[] = {1, 0xE9, 3, 0, 0}; /* 1001 */

	strbuf_add(out, header, sizeof header);
	strbuf_add(out, shape->xy, 2 * sizeof *shape->xy);
	strbuf_add(out, &shape->z_m, sizeof shape->z_m);
}

/* In these formats all points of a layer have a height or none has. */
static bool has_one_dimension(const struct exporting *export)
{
	return export->plan->format == EXPORT_SHAPEFILE ||
	       export->plan->format == EXPORT_FLATGEOBUF;
}

/* Whether points carry their heights in the file; else a column does. */
static bool keeps_heights(const struct exporting *export)
{
	return export->plan->format != EXPORT_CSV &&
	       (!has_one_dimension(export) ||
		       export->measure.with_height == export->measure.with_shape);
}

static int put_geometry(struct exporting *export, const struct feature *feature,
	const struct shape *shape, struct stream_row *row, struct error *err)
{
	if (!feature->wkb.bytes || export->plan->format == EXPORT_CSV)
		return 0;
	if (!shape) {
		row->wkb = feature->wkb;
		return 0;
	}
	strbuf_reset(&export->wkb);
	if (shape->kind == GEOMETRY_POINT && isfinite(shape->z_m) && keeps_heights(export))
		write_point_z(shape, &export->wkb);
	else
		shape_write_wkb(shape, &export->wkb);
	row->wkb = (struct wkb){(const unsigned char *)export->wkb.data, export->wkb.len};
	return strbuf_check(&export->wkb, err);
}

/* --- what a shapefile cannot hold ----------------------------------------------------------------- */

/* Appends a cell of a plain table of text. */
static void add_cell(struct strbuf *line, const char *text, size_t len, const char *behind)
{
	strbuf_add_char(line, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			strbuf_add_char(line, '"');
		strbuf_add_char(line, text[i]);
	}
	strbuf_add_char(line, '"');
	strbuf_add_text(line, behind);
}

static void add_value_cell(struct strbuf *line, const struct value *value)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(64);
	struct json_writer json = JSON_WRITER(&text);

	if (value->kind == VALUE_TEXT) {
		add_cell(line, value->text, value->len, "\r\n");
		return;
	}
	value_put_json(&json, value, false);
	add_cell(line, text.data, text.len, "\r\n");
}

static int add_part_line(struct exporting *export, const char *part, struct error *err)
{
	int rc = strbuf_check(&export->line, err);

	return rc ? rc
		  : ogr_writer_add_part(export->writer, part, export->line.data, export->line.len,
			    err);
}

static void note_lost(struct export_report *report, int64_t id)
{
	report->lost_values++;
	if (report->lost_id_count < EXPORT_LOST_MAX &&
		(!report->lost_id_count || report->lost_ids[report->lost_id_count - 1] != id))
		report->lost_ids[report->lost_id_count++] = id;
}

/* Writes a value in full beside the table, which holds what fits. */
static int save_value(struct exporting *export, int64_t id, size_t column, struct value *value,
	struct error *err)
{
	static const char head[] = "\xEF\xBB\xBF" "id,column,value\r\n";
	struct strbuf *line = &export->line;

	strbuf_reset(line);
	if (!export->report->lost_values)
		strbuf_add(line, head, sizeof head - 1);
	strbuf_add_int(line, id);
	strbuf_add_char(line, ',');
	strbuf_add_format(line, "%s,", export->columns.columns[column].name);
	add_value_cell(line, value);
	note_lost(export->report, id);
	return add_part_line(export, "full_values.csv", err);
}

static int save_overflow(
	struct exporting *export, int64_t id, struct value *values, struct error *err)
{
	int rc = 0;

	if (export->plan->format != EXPORT_SHAPEFILE)
		return 0;
	for (size_t i = 0; !rc && i < export->columns.count; i++) {
		struct value *value = &values[i];

		if (!export_value_overflows(value))
			continue;
		rc = save_value(export, id, i, value, err);
		if (value->kind != VALUE_TEXT || value->len <= DBASE_TEXT_MAX)
			continue;
		value->len = text_cut(value->text, DBASE_TEXT_MAX);
		value->text = arena_text(&export->arena, value->text, value->len);
		if (!value->text)
			return fail_no_memory(err);
	}
	return rc;
}

/* Which name of ten characters stands for which column. */
static int save_names(struct exporting *export, struct error *err)
{
	const struct export_columns *columns = &export->columns;

	if (export->plan->format != EXPORT_SHAPEFILE)
		return 0;
	strbuf_reset(&export->line);
	strbuf_add_text(&export->line, "\xEF\xBB\xBF" "short_name,name,title_vi,title_en\r\n");
	for (size_t i = 0; i < columns->count; i++) {
		const struct export_column *column = &columns->columns[i];
		const struct layer_field *field = column->source == EXPORT_FIELD
							  ? &columns->layer->fields[column->field]
							  : NULL;

		strbuf_add_format(
			&export->line, "%s,%s,", column->short_name.text, column->name);
		add_cell(&export->line, field ? field->title[LANG_VI] : "",
			field ? strlen(field->title[LANG_VI]) : 0, ",");
		add_cell(&export->line, field ? field->title[LANG_EN] : "",
			field ? strlen(field->title[LANG_EN]) : 0, "\r\n");
	}
	return add_part_line(export, "fields.csv", err);
}

/* --- the passes over the records ------------------------------------------------------------------ */

static void note_excel(struct exporting *export, const struct value *values)
{
	if (export->plan->format != EXPORT_CSV)
		return;
	if (export->report->rows + 1 >= EXCEL_ROWS_MAX)
		export->report->too_long_for_excel = true;
	for (size_t i = 0; i < export->columns.count; i++)
		if (values[i].kind == VALUE_TEXT && values[i].len > EXCEL_CELL_CHARS_MAX)
			export->report->too_long_for_excel = true;
}

static int write_record(struct exporting *export, const struct feature *feature, struct error *err)
{
	struct value values[EXPORT_COLUMNS_MAX];
	struct stream_row row = {.values = values};
	bool has_shape = feature->wkb.bytes && !goes_as_bytes(export, feature);
	struct shape shape;
	int rc;

	/* The library passes over them; so that is said. */
	if (export->plan->format == EXPORT_FLATGEOBUF && !feature->wkb.bytes) {
		export->report->left_out++;
		return 0;
	}
	rc = has_shape ? read_shape(export, feature, &shape, err) : 0;
	if (!rc)
		rc = export_columns_fill(&export->columns, feature, has_shape ? &shape : NULL,
			&export->arena, values, err);
	if (!rc)
		rc = save_overflow(export, feature->id, values, err);
	if (!rc)
		rc = put_geometry(export, feature, has_shape ? &shape : NULL, &row, err);
	if (rc)
		return rc;
	note_excel(export, values);
	export->report->rows++;
	export->report->without_geometry += !feature->wkb.bytes;
	return ogr_writer_add(export->writer, &row, err);
}

static int measure_record(struct exporting *export, const struct feature *feature, struct error *err)
{
	struct value values[EXPORT_COLUMNS_MAX];
	bool in_full = export->plan->format == EXPORT_SHAPEFILE;
	int rc = in_full ? export_columns_fill(
				   &export->columns, feature, NULL, &export->arena, values, err)
			 : 0;

	if (!rc)
		export_measure_add(&export->measure, &export->columns, feature,
			in_full ? values : NULL, export->tools->city->epsg);
	return rc;
}

static int visit(void *context, const struct feature *feature, struct error *err)
{
	struct exporting *export = context;
	const struct export_plan *plan = export->plan;
	bool is_wanted;
	int rc;

	arena_reset(&export->arena);
	if (export->seen++ % PROGRESS_ROWS == 0 &&
		!plan->progress(plan->context, export->seen - 1, export->total))
		return fail_export_stopped(err);
	rc = is_in_area(export, feature, &is_wanted, err);
	if (rc || !is_wanted)
		return rc;
	return export->measuring ? measure_record(export, feature, err)
				 : write_record(export, feature, err);
}

static int pass(struct exporting *export, struct error *err)
{
	struct store *store = export->tools->store;

	export->seen = 0;
	return export->has_ids ? feature_read_list(store, &export->view, export->ids.ids,
					 export->ids.count, visit, export, err)
			       : feature_read_after(store, &export->view, 0, visit, export, err);
}

/* --- what the file is ----------------------------------------------------------------------------- */

/* "EPSG:9210 (120), EPSG:9209 (3)" */
static int fail_zones(const struct exporting *export, struct error *err)
{
	const struct export_measure *measure = &export->measure;
	autofree(strbuf_clear) struct strbuf text = STRBUF(400);

	for (size_t i = 0; i < measure->zone_count && i < EXPORT_ZONES_MAX; i++)
		strbuf_add_format(&text, "%sEPSG:%d (%lld)", i ? ", " : "", measure->zones[i].epsg,
			(long long)measure->zones[i].count);
	if (measure->zone_count > EXPORT_ZONES_MAX)
		strbuf_add_text(&text, ", …");
	return fail_export_zones(err, text.data);
}

/* The system of the coordinates, of those that were measured. */
static int choose_crs(struct exporting *export, struct error *err)
{
	int working = export->tools->city->epsg, epsg = export->plan->epsg;
	int rc;

	export->native = epsg == EXPORT_NATIVE;
	if (export->native && export->measure.zone_count > 1)
		return fail_zones(export, err);
	if (export->native)
		epsg = export->measure.zone_count ? export->measure.zones[0].epsg : working;
	if (epsg == EXPORT_WORKING)
		epsg = working;
	rc = crs_describe(export->tools->crs, epsg, &export->crs, err);
	if (!rc && epsg != working && !export->native)
		rc = crs_path_find(export->tools->crs, working, epsg, &export->path, err);
	export->report->epsg = epsg;
	return rc;
}

static int choose_columns(struct exporting *export, bool with_height, struct error *err)
{
	const struct export_plan *plan = export->plan;
	const struct export_choice choice = {.layer = export->view.layer,
		.format = plan->format,
		.names = plan->fields,
		.plain = plan->plain,
		.with_height = with_height,
		.crs = &export->crs};

	return export_columns_choose(&choice, &export->columns, err);
}

/* Looks at all records first where the file cannot be begun without. */
static int measure(struct exporting *export, struct error *err)
{
	bool has_heights = export->view.layer->geometry == GEOMETRY_POINT &&
			   export->plan->format != EXPORT_GEOJSON && export->plan->format != EXPORT_CSV;
	int rc;

	if (export->plan->format != EXPORT_SHAPEFILE && !has_heights &&
		export->plan->epsg != EXPORT_NATIVE)
		return 0;
	export->crs = (struct crs_info){.epsg = export->tools->city->epsg};
	/* The heights stand last, so that the others have their places without them too. */
	rc = choose_columns(export, export->view.layer->geometry == GEOMETRY_POINT, err);
	export->measuring = true;
	if (!rc)
		rc = pass(export, err);
	export->measuring = false;
	return rc;
}

/* Refuses a shapefile that would be none any more. */
static int check_size(struct exporting *export, struct error *err)
{
	int64_t table, shapes;

	if (export->plan->format != EXPORT_SHAPEFILE)
		return 0;
	export_measure_apply(&export->measure, &export->columns, &table, &shapes);
	if (table > SHAPEFILE_BYTES_MAX)
		return fail_export_shapefile_full(err, ".dbf", table);
	return shapes > SHAPEFILE_BYTES_MAX ? fail_export_shapefile_full(err, ".shp", shapes) : 0;
}

static bool is_cancelled(void *context)
{
	const struct exporting *export = context;

	return !export->plan->progress(export->plan->context, export->seen, export->total);
}

static int open_file(struct exporting *export, struct error *err)
{
	static const enum layer_geometry geometries[] = {LAYER_POINTS, LAYER_LINES, LAYER_AREAS};
	const struct export_plan *plan = export->plan;
	const struct layer *layer = export->view.layer;
	autofree(strbuf_clear) struct strbuf wkt = STRBUF(WKT_BYTES_MAX);
	struct ogr_writer_plan writer = plan->writer;
	struct ogr_layer file = {.name = layer->id,
		.geometry = geometries[layer->geometry],
		.has_z = export->measure.with_height && keeps_heights(export),
		.count = -1,
		.crs_source = CRS_SOURCE_STATED,
		.epsg = export->crs.epsg,
		.crs_name = export->crs.name,
		.encoding = "UTF-8",
		.columns = export->columns.ogr,
		.column_count = export->columns.count};
	int rc = crs_print_pinned_wkt(export->tools->crs, export->crs.epsg, &wkt, err);

	if (rc)
		return rc;
	file.crs_wkt = wkt.data;
	writer.format = export_format_ending(plan->format);
	writer.packed = plan->packed;
	writer.title = layer->title[plan->lang];
	writer.cancelled = is_cancelled;
	writer.context = export;
	rc = ogr_writer_open(&writer, &file, &export->writer, err);
	return rc ? rc : save_names(export, err);
}

static int write_all(struct exporting *export, struct error *err)
{
	const struct export_plan *plan = export->plan;
	bool is_mixed = export->measure.with_height &&
			export->measure.with_height < export->measure.with_shape;
	bool with_height = export->view.layer->geometry == GEOMETRY_POINT &&
			   (plan->format == EXPORT_CSV ||
				   (has_one_dimension(export) && is_mixed));
	int rc = choose_crs(export, err);

	if (!rc)
		rc = choose_columns(export, with_height, err);
	if (!rc)
		rc = check_size(export, err);
	if (!rc)
		rc = open_file(export, err);
	if (!rc)
		rc = pass(export, err);
	if (!rc)
		rc = ogr_writer_finish(export->writer, err);
	if (!rc)
		export->report->bytes = ogr_writer_bytes(export->writer);
	return rc;
}

int export_run(const struct export_tools *tools, const struct export_plan *plan,
	struct export_report *ret_report, struct ogr_writer **ret_writer, struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	struct exporting *export = calloc(1, sizeof *export);
	int rc;

	*ret_writer = NULL;
	*ret_report = (struct export_report){0};
	if (!export)
		return fail_no_memory(err);
	export->tools = tools;
	export->plan = plan;
	export->report = ret_report;
	export->view = *plan->view;
	export->view.with_native = plan->epsg == EXPORT_NATIVE;
	export->arena = ARENA(ROW_ARENA_BYTES);
	export->wkb = STRBUF(WKB_BYTES_MAX);
	export->line = STRBUF(LINE_BYTES_MAX);
	rc = narrow_to_unit(export, err);
	if (!rc)
		rc = transaction_begin_read(tools->store, &reading, err);
	if (!rc)
		rc = find_candidates(export, err);
	if (!rc)
		rc = measure(export, err);
	if (!rc)
		rc = write_all(export, err);
	*ret_writer = export->writer;
	arena_clear(&export->arena);
	strbuf_clear(&export->wkb);
	strbuf_clear(&export->line);
	id_list_clear(&export->ids);
	free(export->grants);
	free(export);
	return rc;
}
