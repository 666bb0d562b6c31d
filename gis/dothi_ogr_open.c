#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include "gis/dothi_ogr.h"

#include "base/text.h"

/* The library declares them for C++ alone. */
extern void RegisterOGRCSV(void);
extern void RegisterOGRGeoJSON(void);
extern void RegisterOGRGeoPackage(void);
extern void RegisterOGRShape(void);

enum { INFO_BYTES_MAX = 4 << 20 /* names of a thousand columns */ };

/* THE table of formats: one driver each, and how it opens the file. */
static const struct format {
	enum upload_format format;
	const char *ending, *file, *driver;
	void (*register_driver)(void);
	const char *options[5];
} formats[] = {
	/* Bytes as they are: recoder_text() decodes, and finds out what cannot be. */
	{UPLOAD_SHAPEFILE, "shp", "a.shp", "ESRI Shapefile", RegisterOGRShape, {"ENCODING="}},
	/* Through the library's own files: SQLite would resolve the folders above, which may be
	   shut. */
	{UPLOAD_GEOPACKAGE, "gpkg", "/vsisubfile/0,a.gpkg", "GPKG", RegisterOGRGeoPackage,
		{"LIST_ALL_TABLES=NO"}},
	{UPLOAD_GEOJSON, "geojson", "a.geojson", "GeoJSON", RegisterOGRGeoJSON,
		{"ARRAY_AS_STRING=YES"}},
	{UPLOAD_CSV, "csv", "a.csv", "CSV", RegisterOGRCSV,
		{"HEADERS=YES", "AUTODETECT_TYPE=NO",
			"GEOM_POSSIBLE_NAMES=", "EMPTY_STRING_AS_NULL=YES"}},
};

/* No network, no code, no files beside the one, nothing written. */
static const char *const settings[][2] = {
	{"GDAL_DRIVER_PATH", "disable"},
	{"GDAL_PAM_ENABLED", "NO"},
	{"GDAL_DISABLE_READDIR_ON_OPEN", "TRUE"}, /* sidecars are found by asking for each */
	{"GDAL_HTTP_PROXY", "127.0.0.1:1"},
	{"GDAL_HTTP_TIMEOUT", "1"},
	{"GDAL_VRT_ENABLE_PYTHON", "NO"},
	{"GDAL_CACHEMAX", "64"},
	{"CPL_TMPDIR", "."},
	{"CPL_DEBUG", "OFF"},
	{"CPL_ALLOW_VSISTDIN", "NO"},
	{"CPL_VSIL_CURL_ALLOWED_EXTENSIONS", ".none"},
	{"SHAPE_RESTORE_SHX", "NO"},
	{"OGR_GEOJSON_MAX_OBJ_SIZE", "0"}, /* geojson_scan has refused what is too large */
	{"OGR_SQLITE_LIST_VIRTUAL_OGR", "NO"},
	{"OGR_SQLITE_STATIC_VIRTUAL_OGR", "NO"},
	{"OGR_SQLITE_PRAGMA", "trusted_schema=0,cell_size_check=1"},
};

static void CPL_STDCALL on_complaint(CPLErr kind, CPLErrorNum number, const char *words)
{
	struct complaint *complaint = CPLGetErrorHandlerUserData();

	(void)number;
	/* The first failure is the cause, what follows are its effects. */
	if (complaint->failed || kind < CE_Warning)
		return;
	complaint->failed = kind >= CE_Failure;
	copy_words(complaint->words, sizeof complaint->words, words);
}

void library_settle(struct complaint *complaint)
{
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		CPLSetConfigOption(settings[i][0], settings[i][1]);
	CPLPushErrorHandlerEx(on_complaint, complaint);
}

const char *source_library(void)
{
	return GDALVersionInfo("RELEASE_NAME");
}

void source_data_folders(struct arena *arena, const char **places, size_t count)
{
	char **folders = OSRGetPROJSearchPaths();

	for (int i = 0; folders && folders[i] && count; i++) {
		*places = arena_text(arena, folders[i], strlen(folders[i]));
		places += *places != NULL;
		count--;
	}
	*places = NULL;
	CSLDestroy(folders);
}

static const struct format *format_find(enum upload_format wanted)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i].format == wanted)
			return formats + i;
	return NULL;
}

bool format_parse(const char *ending, enum upload_format *ret_format)
{
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		if (!strcmp(formats[i].ending, ending)) {
			*ret_format = formats[i].format;
			return true;
		}
	}
	return false;
}

static bool open_dataset(
	struct source *source, const struct format *format, struct trouble *trouble)
{
	const char *drivers[] = {format->driver, NULL};

	library_settle(&source->complaint);
	format->register_driver();
	source->dataset = GDALOpenEx(
		format->file, GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, format->options, NULL);
	if (source->dataset)
		return true;
	/* The first bytes are right, and the driver has no complaint: nothing is in there. */
	if (format->format == UPLOAD_GEOPACKAGE && !source->complaint.failed)
		return trouble_set(trouble, FAULT_NO_LAYERS, NULL, NULL);
	return trouble_set(trouble, FAULT_FORMAT, NULL, source->complaint.words);
}

static bool layer_has_shapes(OGRLayerH layer)
{
	return OGR_FD_GetGeomFieldCount(OGR_L_GetLayerDefn(layer)) > 0;
}

/* The layer that was asked for, or the only one with shapes; names gathers those that there are. */
static OGRLayerH find_layer(const struct source *source, struct strbuf *names, int *ret_count)
{
	const char *wanted = source->task->layer;
	OGRLayerH found = NULL;

	for (int i = 0; i < GDALDatasetGetLayerCount(source->dataset); i++) {
		OGRLayerH layer = GDALDatasetGetLayer(source->dataset, i);
		const char *name = layer ? OGR_L_GetName(layer) : NULL;

		if (!name)
			continue;
		if (wanted && !strcmp(name, wanted)) {
			*ret_count = 1;
			return layer;
		}
		if (!layer_has_shapes(layer))
			continue;
		found = found ? found : layer;
		strbuf_add_text(names, *ret_count ? ", " : "");
		strbuf_add_text(names, name);
		++*ret_count;
	}
	return wanted ? NULL : found;
}

static bool choose_layer(struct source *source, struct trouble *trouble)
{
	autofree(strbuf_clear) struct strbuf names = STRBUF(OGR_NAMES_MAX);
	int count = 0;

	/* The other formats have one layer, whose name is the parent's business. */
	if (source->task->format != UPLOAD_GEOPACKAGE) {
		source->layer = GDALDatasetGetLayer(source->dataset, 0);
		return source->layer || trouble_set(trouble, FAULT_NO_LAYERS, NULL, NULL);
	}
	source->layer = find_layer(source, &names, &count);
	if (!count)
		return trouble_set(trouble, FAULT_NO_LAYERS, NULL, source->complaint.words);
	if (!source->layer)
		return trouble_set(trouble, FAULT_LAYER_UNKNOWN, names.data, NULL);
	if (count > 1)
		return trouble_set(trouble, FAULT_LAYERS_SEVERAL, names.data, NULL);
	return true;
}

/* What the code page file of a shapefile says, or else its table. */
static const char *shapefile_encoding(OGRLayerH layer)
{
	const char *page = GDALGetMetadataItem(layer, "ENCODING_FROM_CPG", "SHAPEFILE");
	const char *language = GDALGetMetadataItem(layer, "LDID_VALUE", "SHAPEFILE");

	if (!page)
		page = GDALGetMetadataItem(layer, "CPG_VALUE", "SHAPEFILE");
	if (page && page[0])
		return page;
	/* 87 is "ANSI", the page of whatever machine it was: that says nothing. */
	if (!language || !strcmp(language, "0") || !strcmp(language, "87"))
		return NULL;
	return GDALGetMetadataItem(layer, "ENCODING_FROM_LDID", "SHAPEFILE");
}

/* True if the file begins with the mark that UTF-8 may have. */
static bool has_mark(const char *file)
{
	unsigned char start[3] = {0};
	FILE *stream = fopen(file, "re");

	if (!stream)
		return false;
	if (fread(start, 1, sizeof start, stream) < sizeof start)
		start[0] = 0;
	fclose(stream);
	return !memcmp(start, "\xEF\xBB\xBF", sizeof start);
}

static bool choose_encoding(struct source *source, struct trouble *trouble)
{
	enum upload_format format = source->task->format;
	const char *name = "UTF-8", *stated = NULL, *given = NULL;

	if (format == UPLOAD_SHAPEFILE)
		stated = shapefile_encoding(source->layer);
	else if (format != UPLOAD_CSV || has_mark("a.csv"))
		stated = name;
	/* The other formats are UTF-8 by definition. */
	if (format == UPLOAD_SHAPEFILE || format == UPLOAD_CSV)
		given = source->task->encoding;
	source->info.encoding_source = given	? ENCODING_GIVEN
				       : stated ? ENCODING_STATED
						: ENCODING_ASSUMED;
	name = given ? given : stated ? stated : name;
	if (!recoder_open(&source->recoder, name))
		return trouble_set(trouble, FAULT_ENCODING, name, NULL);
	source->info.encoding = source->recoder.name;
	return true;
}

static enum column_type type_of(OGRFieldDefnH field)
{
	switch (OGR_Fld_GetType(field)) {
	case OFTInteger:
	case OFTInteger64:
		return OGR_Fld_GetSubType(field) == OFSTBoolean ? COLUMN_BOOL : COLUMN_INT;
	case OFTReal:
		return COLUMN_REAL;
	case OFTDate:
		return COLUMN_DATE;
	case OFTDateTime:
		return COLUMN_DATETIME;
	case OFTBinary:
		return COLUMN_OTHER;
	default:
		return COLUMN_TEXT;
	}
}

static bool take_column(struct source *source, OGRFieldDefnH field, struct ogr_column *column,
	struct trouble *trouble)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(OGR_NAME_MAX);
	const char *raw = OGR_Fld_GetNameRef(field);
	size_t len;

	column->type = type_of(field);
	column->name = recoder_text(&source->recoder, &source->arena, raw, &len);
	column->name_unreadable = !column->name;
	if (!column->name) {
		text_latin1(&bytes, raw, strlen(raw));
		column->name = arena_text(&source->arena, bytes.data, bytes.len);
		len = bytes.len;
	}
	if (!column->name || bytes.failed || len > OGR_NAME_MAX)
		return trouble_set(trouble, FAULT_COLUMNS, NULL, NULL);
	return true;
}

static bool take_columns(struct source *source, struct trouble *trouble)
{
	OGRFeatureDefnH table = OGR_L_GetLayerDefn(source->layer);
	int count = OGR_FD_GetFieldCount(table);

	if (count > OGR_COLUMNS_MAX)
		return trouble_set(trouble, FAULT_COLUMNS, NULL, NULL);
	source->columns = arena_zero(&source->arena, (size_t)count + 1, sizeof *source->columns);
	if (!source->columns)
		return trouble_set(trouble, FAULT_NO_MEMORY, NULL, NULL);
	for (int i = 0; i < count; i++)
		if (!take_column(
			    source, OGR_FD_GetFieldDefn(table, i), source->columns + i, trouble))
			return false;
	source->info.columns = source->columns;
	source->info.column_count = (size_t)count;
	return true;
}

static void take_geometry_type(struct source *source)
{
	OGRwkbGeometryType type = OGR_L_GetGeomType(source->layer);
	struct ogr_layer *info = &source->info;

	info->has_z = OGR_GT_HasZ(type);
	switch (OGR_GT_Flatten(OGR_GT_GetLinear(type))) {
	case wkbNone:
		info->geometry = LAYER_NO_GEOMETRY;
		break;
	case wkbPoint:
	case wkbMultiPoint:
		info->geometry = LAYER_POINTS;
		break;
	case wkbLineString:
	case wkbMultiLineString:
		info->geometry = LAYER_LINES;
		break;
	case wkbPolygon:
	case wkbMultiPolygon:
		info->geometry = LAYER_AREAS;
		break;
	default:
		info->geometry = LAYER_MIXED;
		break;
	}
}

bool source_open(struct source *source, const struct task *task, struct trouble *trouble)
{
	const struct format *format = format_find(task->format);
	const char *name;

	source->task = task;
	source->arena = ARENA(INFO_BYTES_MAX);
	if (!format)
		return trouble_set(trouble, FAULT_USAGE, NULL, NULL);
	if (!open_dataset(source, format, trouble) || !choose_layer(source, trouble) ||
		!choose_encoding(source, trouble) || !take_columns(source, trouble))
		return false;
	name = OGR_L_GetName(source->layer);
	source->info.name =
		strlen(name) <= OGR_NAME_MAX && text_is_utf8(name, strlen(name)) ? name : "";
	source->info.count = OGR_L_GetFeatureCount(source->layer, FALSE);
	take_geometry_type(source);
	source_find_crs(source);
	return task->format != UPLOAD_CSV || source_find_csv_columns(source, trouble);
}

void source_close(struct source *source)
{
	if (source->dataset)
		GDALClose(source->dataset);
	recoder_close(&source->recoder);
	arena_clear(&source->arena);
}
