#include "gis/import.h"

#include <math.h>

#include "base/messages.h"
#include "gis/import_columns.h"

enum {
	ROW_ARENA_BYTES = 256 << 20, /* of one row: its largest shape a few times over */
	WKB_MAX_BYTES = SHAPE_POINTS_MAX * 16 + SHAPE_RINGS_MAX * 16,
	PROGRESS_ROWS = 500,
	FAR_DEGREES = 2, /* outside the area of use of the working CRS by more is elsewhere */
	MISPLACED_MAX = 20, /* first rows that all lie elsewhere: it is the CRS, not the rows */
};

/* An import under way. */
struct import {
	const struct import_tools *tools;
	const struct import_plan *plan;
	struct import_report *report;
	struct ogr_reader *reader;
	struct import_columns columns;
	const struct crs_path *to_working, *to_wgs84; /* from the file, from the working CRS */
	struct crs_info file_crs, working_crs;
	struct feature_writer writer;
	struct change_set changes;
	struct arena arena;
	struct strbuf wkb;
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
		finding.has_place = !crs_path_apply(import->to_wgs84, xy, 1, NULL);
		finding.lon = xy[0];
		finding.lat = xy[1];
	}
	import->report->findings[severity]++;
	import->plan->finding(import->plan->context, &finding);
}

/* The reason of an invalid shape, as a message. */
static void name_fault(enum geom_fault fault, struct error *reason)
{
	switch (fault) {
	case GEOM_SELF_CROSSING:
		fail_shape_crosses_itself(reason);
		break;
	case GEOM_HOLE_OUTSIDE:
		fail_shape_hole_outside(reason);
		break;
	case GEOM_HOLES_NESTED:
		fail_shape_holes_nested(reason);
		break;
	case GEOM_INTERIOR_CUT:
		fail_shape_interior_cut(reason);
		break;
	case GEOM_PARTS_OVERLAP:
		fail_shape_parts_overlap(reason);
		break;
	case GEOM_RINGS_EQUAL:
		fail_shape_rings_equal(reason);
		break;
	case GEOM_TOO_FEW_POINTS:
		fail_shape_too_few_points(reason);
		break;
	case GEOM_NOT_CLOSED:
		fail_shape_not_closed(reason);
		break;
	default:
		fail_shape_invalid(reason);
		break;
	}
}

/* A copy of the shape whose coordinates are its own. */
static int copy_shape(
	struct arena *arena, const struct shape *from, struct shape *ret_copy, struct error *err)
{
	*ret_copy = *from;
	ret_copy->xy = arena_alloc(arena, from->point_count * 2 * sizeof *from->xy);
	if (!ret_copy->xy)
		return fail_no_memory(err);
	memcpy(ret_copy->xy, from->xy, from->point_count * 2 * sizeof *from->xy);
	return 0;
}

/*
 * Validity, in the coordinates of the file: reported, and mended if that was asked for and leaves
 * anything. `shape` is what will be stored, still in the file's CRS.
 */
static int check_shape(struct import *import, int64_t row, struct shape *shape, bool *ret_repaired,
	struct error *err)
{
	struct geom_finding finding;
	struct error reason = {0};
	struct shape repaired;
	int rc = geom_check(import->tools->geom, shape, &finding, err);
	double place[2] = {finding.x, finding.y};

	if (rc || finding.fault == GEOM_VALID)
		return rc;
	name_fault(finding.fault, &reason);
	if (isfinite(place[0]) && crs_path_apply(import->to_working, place, 1, NULL))
		place[0] = (double)NAN;
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

/* Area and length where the layer has a field for it, in the zone of the file (else the city's). */
static void measure(struct import *import, const struct shape *native, const struct shape *working,
	struct value *values)
{
	const struct layer *layer = import->plan->layer;
	bool own_zone = !import->file_crs.geographic;
	double unit_m = own_zone ? import->file_crs.unit_m : 1;
	const struct shape *shape = own_zone ? native : working;
	double area_m2 = shape_area(shape) * unit_m * unit_m;
	double length_m = shape->kind == GEOMETRY_LINE ? shape_length(shape) * unit_m : 0;

	import->report->area_m2 += area_m2;
	import->report->length_m += length_m;
	for (size_t i = 0; i < layer->field_count; i++) {
		if (layer->fields[i].source == FIELD_AREA_M2)
			values[i] = (struct value){.kind = VALUE_REAL, .real = area_m2};
		else if (layer->fields[i].source == FIELD_LENGTH_M)
			values[i] = (struct value){.kind = VALUE_REAL, .real = length_m};
	}
}

/* True if the layer can hold the shape; else the reason. */
static bool fits_layer(const struct layer *layer, const struct shape *shape, struct error *reason)
{
	if (shape->kind != layer->geometry) {
		if (layer->geometry == GEOMETRY_AREA)
			fail_shape_not_area(reason);
		else if (layer->geometry == GEOMETRY_LINE)
			fail_shape_not_line(reason);
		else
			fail_shape_not_point(reason);
		return false;
	}
	if (shape->kind == GEOMETRY_POINT && shape->point_count > 1) {
		fail_shape_several_points(reason, (int64_t)shape->point_count);
		return false;
	}
	return true;
}

/* The row cannot be stored; `at` is a point of it in the file's CRS, NULL unknown. */
static void refuse_row(
	struct import *import, int64_t row, const struct error *reason, const double *at)
{
	double place[2];

	if (at)
		memcpy(place, at, sizeof place);
	if (at && crs_path_apply(import->to_working, place, 1, NULL))
		at = NULL;
	find_row(import, IMPORT_ERROR, row, reason, at ? place : NULL);
	import->report->refused++;
}

/* How far the middle of the box is from where the working CRS is used, in km; 0 near. */
static double distance_km(const struct import *import, const struct box *box)
{
	const struct crs_info *crs = &import->working_crs;
	double xy[2] = {(box->min_x + box->max_x) / 2, (box->min_y + box->max_y) / 2};
	double off_x, off_y;

	if (crs->west > crs->east || crs_path_apply(import->to_wgs84, xy, 1, NULL))
		return 0;
	off_x = fmax(0, fmax(crs->west - xy[0], xy[0] - crs->east));
	off_y = fmax(0, fmax(crs->south - xy[1], xy[1] - crs->north));
	if (off_x < FAR_DEGREES && off_y < FAR_DEGREES)
		return 0;
	return round(hypot(off_x * cos(xy[1] * M_PI / 180), off_y) * 111.2);
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
	int rc = crs_path_apply(import->to_working, shape->xy, shape->point_count, &reason);

	if (rc && rc != ERR_INVALID)
		return error_copy(err, &reason);
	import->misplacing = reason;
	if (!rc) {
		box = shape_box(shape);
		far_km = distance_km(import, &box);
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
	bool repaired = false;
	int rc = check_shape(import, row->number, &native, &repaired, err);

	if (!rc)
		rc = copy_shape(&import->arena, &native, &working, err);
	if (!rc)
		rc = place_shape(import, row->number, &working, ret_refused, err);
	if (rc || *ret_refused)
		return rc;
	measure(import, &native, &working, values);
	strbuf_reset(&import->wkb);
	shape_write_wkb(&working, &import->wkb);
	feature->wkb =
		(struct wkb){(const unsigned char *)import->wkb.data, import->wkb.len};
	feature->box = shape_box(&working);
	feature->z_m = row->shape->z_m;
	/* What was moved or mended stands beside it as it came. */
	if (repaired || import->file_crs.epsg != import->tools->city->epsg) {
		feature->native_epsg = import->file_crs.epsg;
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
	if (!fits_layer(import->plan->layer, row->shape, &reason)) {
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
	struct feature feature = {.values = values, .z_m = (double)NAN};
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
	int rc;

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
	rc = crs_describe(import->tools->crs, epsg, &import->file_crs, err);
	if (!rc)
		rc = crs_describe(import->tools->crs, working, &import->working_crs, err);
	if (!rc)
		rc = crs_path_find(
			import->tools->crs, epsg, working, &import->to_working, err);
	return rc;
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
	int rc = crs_path_find(import->tools->crs, import->tools->city->epsg, CRS_WGS84,
		&import->to_wgs84, err);

	if (!rc)
		rc = ogr_reader_open(plan->path, &plan->options, &import->reader, err);
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

/* Writes all rows inside the transaction; what was written is kept only if confirm agrees. */
static int write_rows(struct import *import, struct error *err)
{
	const struct import_plan *plan = import->plan;
	autofree(transaction_end) struct transaction transaction = {0};
	int rc = transaction_begin(import->tools->store, &transaction, err);

	if (!rc)
		rc = change_begin(import->tools->store, &plan->author, &import->changes, err);
	if (!rc)
		rc = feature_writer_open(import->tools->store, plan->layer,
			import->tools->city->epsg, &import->changes, plan->randomness,
			&import->writer, err);
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
	if (rc || !plan->confirm(plan->context, import->report))
		return rc;
	return transaction_commit(&transaction, err);
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
		rc = write_rows(&import, err);
	/* The report's texts live in the reader. */
	ret_report->info = NULL;
	memset(ret_report->columns, 0, sizeof ret_report->columns);
	ogr_reader_close(import.reader);
	arena_clear(&import.arena);
	strbuf_clear(&import.wkb);
	return rc;
}
