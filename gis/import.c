#include "gis/import.h"

#include <math.h>

#include "base/messages.h"
#include "gis/import_columns.h"
#include "gis/placing.h"
#include "gis/unit_finder.h"

enum {
	ROW_ARENA_BYTES = 256 << 20, /* of one row: its largest shape a few times over */
	WKB_MAX_BYTES = SHAPE_POINTS_MAX * 16 + SHAPE_RINGS_MAX * 16,
	PROGRESS_ROWS = 500,
	MISPLACED_MAX = 20, /* first rows that all lie elsewhere: it is the CRS, not the rows */
};

/* An import under way. */
struct import {
	const struct import_tools *tools;
	const struct import_plan *plan;
	struct import_report *report;
	struct ogr_reader *reader;
	struct import_columns columns;
	struct placing placing;
	struct unit_finder *units;
	struct feature_writer writer;
	struct change_set changes;
	struct arena arena;
	struct strbuf wkb;
	bool declined; /* confirm said no */
	int64_t misplaced;
	struct error misplacing; /* of the last one: why the file as a whole is refused */
};

static void find_row(struct import *import, enum import_severity severity, int64_t row,
	const struct error *reason, const double *working_place)
{
	struct import_finding finding = {.severity = severity, .row = row, .reason = reason};
	double xy[2];

	if (working_place && isfinite(working_place[0]) && isfinite(working_place[1])) {
		finding.east = xy[0] = working_place[0];
		finding.north = xy[1] = working_place[1];
		finding.has_place = !crs_path_apply(import->placing.to_wgs84, xy, 1, NULL);
		finding.lon = xy[0];
		finding.lat = xy[1];
	}
	import->report->findings[severity]++;
	import->plan->finding(import->plan->context, &finding);
}

/*
 * Validity, in the coordinates of the file: reported, and mended if that was asked for and leaves
 * anything. `shape` is what will be stored, still in the file's CRS.
 */
static int check_shape(struct import *import, int64_t row, struct shape *shape, bool *ret_repaired,
	struct error *err)
{
	struct error reason = {0};
	struct shape repaired;
	double place[2];
	int rc = placing_check_shape(&import->placing, shape, place, &reason);

	if (rc != ERR_INVALID)
		return rc ? error_copy(err, &reason) : 0;
	find_row(import, IMPORT_WARNING, row, &reason, place);
	import->report->invalid++;
	if (!import->plan->repair)
		return 0;
	rc = geom_repair(import->tools->geom, &import->arena, shape, &repaired, err);
	if (rc || !repaired.point_count)
		return rc;
	import->report->repaired++;
	*ret_repaired = true;
	*shape = repaired;
	return 0;
}

/* The row cannot be stored; `at` is a point of it in the file's CRS, NULL unknown. */
static void refuse_row(
	struct import *import, int64_t row, const struct error *reason, const double *at)
{
	double place[2];

	if (at)
		memcpy(place, at, sizeof place);
	if (at && crs_path_apply(import->placing.to_working, place, 1, NULL))
		at = NULL;
	find_row(import, IMPORT_ERROR, row, reason, at ? place : NULL);
	import->report->refused++;
}

/*
 * Moves the shape of a row into the working CRS. One that has no place there, or lies where this
 * CRS has no business, is refused; when the first rows all do, so is the file.
 */
static int place_shape(struct import *import, int64_t row, struct shape *shape, bool *ret_refused,
	struct error *err)
{
	double first[2] = {shape->xy[0], shape->xy[1]};
	struct error reason = {0};
	double far_km;
	struct box box;
	int rc = placing_move(&import->placing, shape, &reason);

	if (rc && rc != ERR_INVALID)
		return error_copy(err, &reason);
	import->misplacing = reason;
	if (!rc) {
		box = shape_box(shape);
		far_km = placing_far_km(&import->placing, &box);
		if (far_km <= 0)
			return 0;
		fail_row_elsewhere(&reason, far_km);
		fail_data_elsewhere(&import->misplacing, import->report->epsg, far_km);
	}
	*ret_refused = true;
	refuse_row(import, row, &reason, first);
	if (++import->misplaced == MISPLACED_MAX && box_is_empty(&import->report->box))
		return error_copy(err, &import->misplacing);
	return 0;
}

/* Takes a shape that the layer can hold. */
static int take_shape(struct import *import, const struct ogr_row *row, struct value *values,
	struct feature *feature, bool *ret_refused, struct error *err)
{
	struct shape native = *row->shape, working;
	struct measure measure;
	bool repaired = false;
	int rc = check_shape(import, row->number, &native, &repaired, err);

	if (!rc)
		rc = shape_copy(&import->arena, &native, &working, err);
	if (!rc)
		rc = place_shape(import, row->number, &working, ret_refused, err);
	if (rc || *ret_refused)
		return rc;
	measure = placing_measure(&import->placing, &native, &working);
	measure_put(&measure, import->plan->layer, values);
	unit_put(unit_finder_find(import->units, &working), true, import->plan->layer, values);
	import->report->area_m2 += measure.area_m2;
	import->report->length_m += measure.length_m;
	strbuf_reset(&import->wkb);
	shape_write_wkb(&working, &import->wkb);
	feature->wkb =
		(struct wkb){(const unsigned char *)import->wkb.data, import->wkb.len};
	feature->box = shape_box(&working);
	feature->z_m = row->shape->z_m;
	/* What was moved or mended stands beside it as it came. */
	if (repaired || import->placing.from.epsg != import->tools->city->epsg) {
		feature->native_epsg = import->placing.from.epsg;
		feature->native_wkb = row->wkb;
	}
	return strbuf_check(&import->wkb, err);
}

/* Puts the geometry of a row into the feature. *ret_refused: the row cannot be stored. */
static int take_geometry(struct import *import, const struct ogr_row *row, struct value *values,
	struct feature *feature, bool *ret_refused, struct error *err)
{
	struct error reason = {0};

	if (row->geometry_error) {
		*ret_refused = true;
		refuse_row(import, row->number, row->geometry_error, NULL);
		return 0;
	}
	if (!row->shape || !row->shape->point_count) {
		fail_row_without_shape(&reason);
		find_row(import, IMPORT_WARNING, row->number, &reason, NULL);
		import->report->without_geometry++;
		return 0;
	}
	if (placing_check_kind(import->plan->layer, row->shape, &reason)) {
		*ret_refused = true;
		refuse_row(import, row->number, &reason, row->shape->xy);
		return 0;
	}
	return take_shape(import, row, values, feature, ret_refused, err);
}

static void report_values(
	struct import *import, const struct ogr_row *row, const bool misfits[IMPORT_COLUMNS_MAX])
{
	const struct ogr_layer *file = import->columns.file;

	if (row->value_error)
		find_row(import, IMPORT_WARNING, row->number, row->value_error, NULL);
	for (size_t i = 0; i < file->column_count; i++) {
		struct error reason = {0};

		if (!misfits[i])
			continue;
		fail_value_misfit(&reason, file->columns[i].name);
		find_row(import, IMPORT_WARNING, row->number, &reason, NULL);
	}
}

static int take_row(struct import *import, const struct ogr_row *row, struct error *err)
{
	const struct layer *layer = import->plan->layer;
	struct value *values = arena_zero(&import->arena, layer->field_count + 1, sizeof *values);
	struct feature feature = {.values = values, .z_m = (double)NAN,
		.valid_from = import->plan->valid_from};
	bool misfits[IMPORT_COLUMNS_MAX], refused = false;
	int rc;

	if (!values)
		return fail_no_memory(err);
	rc = import_columns_convert(&import->columns, row->values, &import->arena, values,
		&feature.source_attributes, misfits, err);
	if (!rc)
		rc = take_geometry(import, row, values, &feature, &refused, err);
	if (rc) {
		error_where(err, "%lld", (long long)row->number);
		return rc;
	}
	report_values(import, row, misfits);
	if (refused)
		return 0;
	rc = feature_writer_add(&import->writer, &feature, err);
	if (rc)
		return rc;
	import->report->stored++;
	if (feature.wkb.bytes)
		box_add(&import->report->box, &feature.box);
	return 0;
}

static int take_rows(struct import *import, struct error *err)
{
	int64_t total = ogr_reader_info(import->reader)->layer.count;
	const struct ogr_row *row;
	int rc;

	while ((rc = ogr_reader_next(import->reader, &row, err)) > 0) {
		arena_reset(&import->arena);
		import->report->rows++;
		rc = take_row(import, row, err);
		if (rc)
			return rc;
		if (import->report->rows % PROGRESS_ROWS == 0 &&
			!import->plan->progress(
				import->plan->context, import->report->rows, total))
			return fail_cancelled(err);
	}
	if (!rc)
		import->plan->progress(import->plan->context, import->report->rows, total);
	return rc;
}

/* The CRS of the coordinates: as the user says, as the file says, or nobody knows. */
static int choose_crs(struct import *import, struct error *err)
{
	const struct ogr_info *info = ogr_reader_info(import->reader);
	int stated = info->layer.epsg, epsg = import->plan->epsg ? import->plan->epsg : stated;
	int working = import->tools->city->epsg;
	struct error note = {0};

	if (!epsg && info->layer.geometry == LAYER_NO_GEOMETRY)
		epsg = working;
	if (!epsg && *info->layer.crs_name)
		return fail_crs_unrecognised(err, info->layer.crs_name);
	if (!epsg)
		return fail_crs_missing(err, info->layer.name);
	if (import->plan->epsg && stated && stated != epsg) {
		fail_crs_differs(&note, stated, epsg);
		find_row(import, IMPORT_NOTE, 0, &note, NULL);
	}
	import->report->epsg = epsg;
	return placing_open(&import->placing, import->tools->crs, import->tools->geom,
		import->tools->city, epsg, err);
}

static void report_columns(struct import *import)
{
	const struct import_columns *columns = &import->columns;

	for (size_t i = 0; i < import->plan->layer->field_count; i++)
		if (columns->of_field[i] >= 0)
			import->report->columns[i] =
				columns->file->columns[columns->of_field[i]].name;
	import->report->kept_columns = columns->unused;
}

static int prepare(struct import *import, struct error *err)
{
	const struct import_plan *plan = import->plan;
	const struct ogr_info *info;
	int rc = ogr_reader_open(plan->path, &plan->options, &import->reader, err);

	if (rc)
		return rc;
	info = ogr_reader_info(import->reader);
	import->report->info = info;
	rc = choose_crs(import, err);
	if (!rc)
		rc = import_columns_choose(plan->layer, &info->layer, plan->mappings,
			plan->mapping_count, &import->columns, err);
	if (!rc)
		report_columns(import);
	return rc;
}

/* Writes all rows, inside a transaction; to be kept only if confirm agrees: else it fails. */
static int write_rows(struct store *store, void *context, struct error *err)
{
	struct import *import = context;
	const struct import_plan *plan = import->plan;
	int rc = unit_finder_open(
		store, import->tools->layers, NULL, NULL, &import->units, err);

	if (!rc)
		rc = change_begin(store, &plan->author, &import->changes, err);
	if (!rc)
		rc = feature_writer_open(store, plan->layer, import->tools->city->epsg,
			&import->changes, plan->randomness, &import->writer, err);
	if (rc)
		return rc;
	rc = take_rows(import, err);
	if (!rc && import->misplaced && box_is_empty(&import->report->box))
		rc = error_copy(err, &import->misplacing);
	if (!rc)
		rc = feature_writer_close(&import->writer, err);
	feature_writer_clear(&import->writer);
	if (!rc)
		rc = change_end(&import->changes, err);
	if (rc)
		return rc;
	import->declined = !plan->confirm(plan->context, import->report);
	return import->declined ? fail_cancelled(err) : 0;
}

static int write_alone(struct import *import, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	int rc = transaction_begin(import->tools->store, &transaction, err);

	if (!rc)
		rc = write_rows(import->tools->store, import, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

static int write_kept(struct import *import, struct error *err)
{
	const struct import_tools *tools = import->tools;
	struct error why = {0};
	int rc = tools->write ? tools->write(tools->desk, write_rows, import, &why)
			      : write_alone(import, &why);

	/* Who declines has what was wished. */
	return import->declined ? 0 : rc ? error_copy(err, &why) : 0;
}

int import_run(const struct import_tools *tools, const struct import_plan *plan,
	struct import_report *ret_report, struct error *err)
{
	struct import import = {.tools = tools, .plan = plan, .report = ret_report,
		.arena = ARENA(ROW_ARENA_BYTES), .wkb = STRBUF(WKB_MAX_BYTES)};
	int rc;

	*ret_report = (struct import_report){.box = box_empty};
	rc = prepare(&import, err);
	if (!rc)
		rc = write_kept(&import, err);
	/* The report's texts live in the reader. */
	ret_report->info = NULL;
	memset(ret_report->columns, 0, sizeof ret_report->columns);
	ogr_reader_close(import.reader);
	unit_finder_close(import.units);
	arena_clear(&import.arena);
	strbuf_clear(&import.wkb);
	return rc;
}
