#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "gis/dothi_ogr.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"

/* The library declares them for C++ alone. */
extern void RegisterOGRCSV(void);
extern void RegisterOGRFlatGeobuf(void);
extern void RegisterOGRGeoJSON(void);
extern void RegisterOGRGeoPackage(void);
extern void RegisterOGRShape(void);

enum {
	PIECE = 1 << 18,
	INFO_BYTES_MAX = 4 << 20,
	ROW_BYTES_MAX = 1 << 20, /* the values of a row; its texts and shape are borrowed */
	OPTIONS_MAX = 4,
	OPTION_CHARS = 600,
	SQL_MAX = 2 * OGR_CRS_WKT_MAX + 1000,
	PARTS_MAX_BYTES = 1 << 20, /* of a part at a time on its way into the archive */
};

/*
 * THE table of formats that are written. A GeoPackage goes through the files of the library under a
 * path from the root: SQLite would resolve the folders above, which may be shut.
 */
static const struct target_format {
	const char *ending, *file, *driver;
	void (*register_driver)(void);
	const char *options[OPTIONS_MAX + 1];
} formats[] = {
	{"gpkg", "/proc/self/cwd/a.gpkg", "GPKG", RegisterOGRGeoPackage, {"FID=id", "GEOMETRY_NAME=geom"}},
	{"shp", "a.shp", "ESRI Shapefile", RegisterOGRShape, {"ENCODING=UTF-8"}},
	{"geojson", "a.geojson", "GeoJSON", RegisterOGRGeoJSON,
		{"WRITE_BBOX=NO", "SIGNIFICANT_FIGURES=17"}},
	{"fgb", "a.fgb", "FlatGeobuf", RegisterOGRFlatGeobuf,
		{"SPATIAL_INDEX=YES", "TEMPORARY_DIR=."}},
	{"csv", "a.csv", "CSV", RegisterOGRCSV,
		{"WRITE_BOM=YES", "LINEFORMAT=CRLF", "STRING_QUOTING=IF_NEEDED"}},
};

/* The same bytes for the same records, and no files beside. */
static const char *const settings[][2] = {
	{"SQLITE_USE_OGR_VFS", "YES"},
	{"OGR_SQLITE_JOURNAL", "OFF"}, /* what is not finished is thrown away */
	{"OGR_SQLITE_SYNCHRONOUS", "OFF"},
	{"OGR_SQLITE_CACHE", "64"},
};

/* What goes into the archive of a shapefile, if it is there; the names follow "a." */
static const char *const packed_parts[] = {
	"shp", "shx", "dbf", "prj", "cpg", "fields.csv", "full_values.csv"};

/* The file while it grows. */
struct target {
	const struct task *task;
	const struct target_format *format;
	void *dataset, *layer; /* of GDAL */
	struct ogr_layer info;
	int id_column; /* that is the number of the record; -1 none */
	struct complaint complaint;
	struct arena info_arena, row_arena;
	struct strbuf inbox; /* frames before `taken` are done with */
	size_t taken;
	int64_t rows;
};

static void target_clear(struct target *target)
{
	if (target->dataset)
		GDALClose(target->dataset);
	arena_clear(&target->info_arena);
	arena_clear(&target->row_arena);
	strbuf_clear(&target->inbox);
}

bool target_parse(const char *ending)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i].ending, ending))
			return true;
	return false;
}

static bool fail_write(const struct target *target, struct trouble *trouble)
{
	trouble_set(trouble, FAULT_NOT_WRITTEN, NULL, target->complaint.words);
	trouble->number = target->rows;
	return false;
}

/* --- what comes ----------------------------------------------------------------------------------- */

/* The next frame; false if the parent has gone or makes no sense: then nobody wants the file. */
static bool next_frame(struct target *target, int fd, struct frame *ret_frame)
{
	struct strbuf *inbox = &target->inbox;

	for (;;) {
		int got = ogr_stream_frame(inbox->data + target->taken,
			inbox->len - target->taken, ret_frame);
		ssize_t came;

		if (got) {
			target->taken += got > 0 ? ret_frame->total : 0;
			return got > 0;
		}
		memmove(inbox->data, inbox->data + target->taken, inbox->len - target->taken);
		inbox->len -= target->taken;
		target->taken = 0;
		if (!strbuf_reserve(inbox, PIECE))
			return false;
		do
			came = read(fd, inbox->data + inbox->len, PIECE);
		while (came < 0 && errno == EINTR);
		if (came <= 0)
			return false;
		inbox->len += (size_t)came;
	}
}

/* A copy in the arena of what the next frame would overwrite; NULL without memory. */
static const char *keep(struct target *target, const char *text)
{
	return arena_text(&target->info_arena, text, strlen(text));
}

static bool take_layer(struct target *target, int fd)
{
	struct ogr_layer layer;
	struct ogr_column *columns;
	struct frame frame;

	if (!next_frame(target, fd, &frame) ||
		ogr_stream_get_layer(&frame, &target->row_arena, &layer))
		return false;
	columns = arena_zero(&target->info_arena, layer.column_count + 1, sizeof *columns);
	for (size_t i = 0; columns && i < layer.column_count; i++) {
		columns[i] = layer.columns[i];
		columns[i].name = keep(target, layer.columns[i].name);
		if (!columns[i].name)
			return false;
	}
	target->info = layer;
	target->info.columns = columns;
	target->info.name = keep(target, layer.name);
	target->info.crs_name = keep(target, layer.crs_name);
	target->info.crs_wkt = keep(target, layer.crs_wkt);
	return columns && target->info.name && target->info.crs_name && target->info.crs_wkt;
}

/* --- the layer ------------------------------------------------------------------------------------ */

static OGRwkbGeometryType type_of(const struct ogr_layer *info)
{
	switch (info->geometry) {
	case LAYER_POINTS:
		return info->has_z ? wkbPoint25D : wkbPoint;
	case LAYER_LINES:
		return wkbMultiLineString;
	case LAYER_AREAS:
		return wkbMultiPolygon;
	default:
		return wkbNone;
	}
}

static OGRFieldDefnH field_of(const struct ogr_column *column)
{
	static const struct {
		OGRFieldType type;
		OGRFieldSubType subtype;
	} types[COLUMN_TYPES] = {
		[COLUMN_TEXT] = {OFTString, OFSTNone},
		[COLUMN_INT] = {OFTInteger64, OFSTNone},
		[COLUMN_REAL] = {OFTReal, OFSTNone},
		[COLUMN_BOOL] = {OFTInteger, OFSTBoolean},
		[COLUMN_DATE] = {OFTDate, OFSTNone},
		[COLUMN_DATETIME] = {OFTString, OFSTNone},
		[COLUMN_OTHER] = {OFTString, OFSTNone},
		[COLUMN_JSON] = {OFTString, OFSTJSON},
	};
	OGRFieldDefnH field = OGR_Fld_Create(column->name, types[column->type].type);

	OGR_Fld_SetSubType(field, types[column->type].subtype);
	OGR_Fld_SetWidth(field, column->width);
	OGR_Fld_SetPrecision(field, column->decimals);
	return field;
}

/* Where the format names its records by a column, that column is none of the others. */
static int find_id_column(const struct target *target)
{
	for (size_t i = 0; i < target->info.column_count; i++)
		if (!strcmp(target->info.columns[i].name, "id"))
			return (int)i;
	return -1;
}

static bool names_records(const struct target *target)
{
	return !strcmp(target->format->ending, "gpkg") || !strcmp(target->format->ending, "geojson");
}

static bool add_columns(struct target *target)
{
	target->id_column = names_records(target) ? find_id_column(target) : -1;
	for (size_t i = 0; i < target->info.column_count; i++) {
		OGRFieldDefnH field;
		OGRErr fault;

		if ((int)i == target->id_column)
			continue;
		field = field_of(target->info.columns + i);
		fault = OGR_L_CreateField(target->layer, field, FALSE);
		OGR_Fld_Destroy(field);
		if (fault != OGRERR_NONE)
			return false;
	}
	return true;
}

/*
 * The definition in a GeoPackage as the city has it, with its pinned way to WGS 84: what is asked of
 * EPSG by number alone leaves that open.
 */
static bool pin_crs(struct target *target)
{
	char *text = CPLEscapeString(target->info.crs_wkt, -1, CPLES_SQL);
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX);

	strbuf_add_format(&sql,
		"UPDATE gpkg_spatial_ref_sys SET definition = '%s'"
		" WHERE organization = 'EPSG' AND organization_coordsys_id = %d",
		text, target->info.epsg);
	CPLFree(text);
	if (sql.failed)
		return false;
	GDALDatasetReleaseResultSet(target->dataset,
		GDALDatasetExecuteSQL(target->dataset, sql.data, NULL, NULL));
	return !target->complaint.failed;
}

/* The options of the format, and those that this layer needs. */
static char **options_of(const struct target *target)
{
	const struct target_format *format = target->format;
	const struct task *task = target->task;
	char **options = CSLDuplicate((char **)(uintptr_t)format->options);
	bool degrees = target->info.epsg == 4326;

	if (!strcmp(format->ending, "gpkg") && task->title)
		options = CSLSetNameValue(options, "DESCRIPTION", task->title);
	if (!strcmp(format->ending, "gpkg") && task->title)
		options = CSLSetNameValue(options, "IDENTIFIER", task->title);
	if (!strcmp(format->ending, "shp") && task->day)
		options = CSLSetNameValue(options, "DBF_DATE_LAST_UPDATE", task->day);
	if (!strcmp(format->ending, "geojson")) {
		options = CSLSetNameValue(options, "RFC7946", degrees ? "YES" : "NO");
		/* Degrees to 0.1 mm, as items have them; metres so that each number comes back. */
		options = CSLSetNameValue(
			options, "COORDINATE_PRECISION", degrees ? "9" : "11");
	}
	return options;
}

static bool create_layer(struct target *target, struct trouble *trouble)
{
	const struct target_format *format = target->format;
	autofree(strbuf_clear) struct strbuf instant = STRBUF(64);
	OGRSpatialReferenceH crs = OSRNewSpatialReference(NULL);
	char **options = options_of(target);

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		CPLSetConfigOption(settings[i][0], settings[i][1]);
	strbuf_add_format(&instant, "%sT00:00:00.000Z", target->task->day ? target->task->day : "");
	if (target->task->day)
		CPLSetConfigOption("OGR_CURRENT_DATE", instant.data);
	library_settle(&target->complaint);
	format->register_driver();
	OSRSetAxisMappingStrategy(crs, OAMS_TRADITIONAL_GIS_ORDER);
	if (OSRImportFromEPSG(crs, target->info.epsg) == OGRERR_NONE)
		target->dataset = GDALCreate(GDALGetDriverByName(format->driver), format->file, 0, 0,
			0, GDT_Unknown, NULL);
	if (target->dataset)
		target->layer = GDALDatasetCreateLayer(target->dataset, target->info.name, crs,
			!strcmp(format->ending, "csv") ? wkbNone : type_of(&target->info), options);
	CSLDestroy(options);
	OSRDestroySpatialReference(crs);
	if (!target->layer || !add_columns(target))
		return fail_write(target, trouble);
	GDALDatasetStartTransaction(target->dataset, FALSE);
	CPLErrorReset();
	target->complaint.failed = false;
	return true;
}

/* --- rows ----------------------------------------------------------------------------------------- */

static void set_date(OGRFeatureH feature, int at, const struct value *value)
{
	int year = 0, month = 0, day = 0;

	for (int i = 0; i < 4; i++)
		year = year * 10 + value->text[i] - '0';
	for (int i = 5; i < 7; i++)
		month = month * 10 + value->text[i] - '0';
	for (int i = 8; i < 10; i++)
		day = day * 10 + value->text[i] - '0';
	OGR_F_SetFieldDateTime(feature, at, year, month, day, 0, 0, 0, 0);
}

static void set_value(
	OGRFeatureH feature, int at, enum column_type type, const struct value *value)
{
	switch (value->kind) {
	case VALUE_NULL:
		OGR_F_SetFieldNull(feature, at);
		break;
	case VALUE_INT:
		OGR_F_SetFieldInteger64(feature, at, value->integer);
		break;
	case VALUE_REAL:
		OGR_F_SetFieldDouble(feature, at, value->real);
		break;
	case VALUE_TEXT:
		if (type == COLUMN_DATE)
			set_date(feature, at, value);
		else
			OGR_F_SetFieldString(feature, at, value->text);
		break;
	}
}

static bool put_row(struct target *target, const struct stream_row *row)
{
	OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(target->layer));
	OGRGeometryH geometry = NULL;
	bool written = feature != NULL;
	int at = 0;

	for (size_t i = 0; written && i < target->info.column_count; i++) {
		if ((int)i == target->id_column)
			OGR_F_SetFID(feature, row->values[i].integer);
		else
			set_value(feature, at++, target->info.columns[i].type, row->values + i);
	}
	if (written && row->wkb.len)
		written = OGR_G_CreateFromWkb(row->wkb.bytes, NULL, &geometry,
				  (int)row->wkb.len) == OGRERR_NONE &&
			  OGR_F_SetGeometryDirectly(feature, geometry) == OGRERR_NONE;
	written = written && OGR_L_CreateFeature(target->layer, feature) == OGRERR_NONE;
	OGR_F_Destroy(feature);
	target->rows++;
	return written && !target->complaint.failed;
}

/* Until the parent says that it was all. */
static bool put_rows(struct target *target, int fd, struct trouble *trouble)
{
	struct frame frame;
	int64_t rows;

	while (next_frame(target, fd, &frame)) {
		struct stream_row row;

		if (ogr_stream_get_end(&frame, &rows))
			return rows == target->rows ||
			       trouble_set(trouble, FAULT_USAGE, NULL, "rows are missing");
		arena_reset(&target->row_arena);
		if (ogr_stream_get_row(&frame, &target->row_arena, &target->info, &row))
			return trouble_set(trouble, FAULT_USAGE, NULL, "a frame is none");
		if (!put_row(target, &row))
			return fail_write(target, trouble);
	}
	return trouble_set(trouble, FAULT_USAGE, NULL, "the parent has gone");
}

/* --- the end -------------------------------------------------------------------------------------- */

/* Closing writes what was held back: the index, the head of a table. */
static bool close_file(struct target *target, struct trouble *trouble)
{
	bool pinned;

	GDALDatasetCommitTransaction(target->dataset);
	pinned = strcmp(target->format->ending, "gpkg") != 0 || !*target->info.crs_wkt ||
		 pin_crs(target);
	GDALClose(target->dataset);
	target->dataset = NULL;
	return (pinned && !target->complaint.failed) || fail_write(target, trouble);
}

static bool pack_part(void *archive, FILE *part, const char *name)
{
	char *bytes = malloc(PARTS_MAX_BYTES);
	bool packed = bytes && CPLCreateFileInZip(archive, name, NULL) == CE_None;
	size_t got;

	while (packed && (got = fread(bytes, 1, PARTS_MAX_BYTES, part)))
		packed = CPLWriteFileInZip(archive, bytes, (int)got) == CE_None;
	packed = packed && !ferror(part) && CPLCloseFileInZip(archive) == CE_None;
	free(bytes);
	return packed;
}

static bool pack(struct target *target, struct trouble *trouble)
{
	void *archive = CPLCreateZip("a.zip", NULL);
	bool packed = archive != NULL;

	for (size_t i = 0; packed && i < sizeof packed_parts / sizeof *packed_parts; i++) {
		char from[40], name[OPTION_CHARS];
		FILE *part;

		snprintf(from, sizeof from, "a.%s", packed_parts[i]);
		snprintf(name, sizeof name, "%s.%s", target->info.name, packed_parts[i]);
		part = fopen(from, "re");
		if (!part)
			continue;
		packed = pack_part(archive, part, name);
		fclose(part);
		unlink(from);
	}
	if (archive && CPLCloseZip(archive) != CE_None)
		packed = false;
	return packed || fail_write(target, trouble);
}

/* Nobody wants half a file, and nobody is there to remove it. */
static void remove_files(void)
{
	static const char *const endings[] = {
		"gpkg", "gpkg-journal", "geojson", "fgb", "csv", "zip"};
	char name[40];

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		snprintf(name, sizeof name, "a.%s", endings[i]);
		unlink(name);
	}
	for (size_t i = 0; i < sizeof packed_parts / sizeof *packed_parts; i++) {
		snprintf(name, sizeof name, "a.%s", packed_parts[i]);
		unlink(name);
	}
}

bool target_write(const struct task *task, int in_fd, int out_fd, struct trouble *trouble)
{
	autofree(target_clear) struct target target = {.task = task,
		.info_arena = ARENA(INFO_BYTES_MAX),
		.row_arena = ARENA(ROW_BYTES_MAX),
		.inbox = STRBUF(OGR_FRAME_MAX + 2 * PIECE)};
	autofree(strbuf_clear) struct strbuf out = STRBUF(64);
	bool written;

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (!strcmp(formats[i].ending, task->write))
			target.format = formats + i;
	if (!take_layer(&target, in_fd))
		return trouble_set(trouble, FAULT_USAGE, NULL, "no layer");
	written = create_layer(&target, trouble) && put_rows(&target, in_fd, trouble) &&
		  close_file(&target, trouble) && (!task->pack || pack(&target, trouble));
	/* Of other troubles the parent hears, and removes them. */
	if (!written && trouble->fault == FAULT_USAGE)
		remove_files();
	if (!written)
		return false;
	ogr_stream_put_end(&out, target.rows);
	return write_out(out_fd, &out);
}
