#include "gis/export_columns.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "gis/csv_cell.h"
#include "gis/geojson.h"
#include "gis/ogr_stream.h"
#include "gis/wkt.h"

enum {
	CELL_BYTES_MAX = 64 << 20, /* the largest shape as text */
	NAME_BYTES_MAX = 80,
	EXCEL_DIGITS_MAX = 15, /* of a number; further ones become zeros */
};

static const struct {
	const char *ending, *name;
} formats[EXPORT_FORMATS] = {
	[EXPORT_GEOPACKAGE] = {"gpkg", "GeoPackage"},
	[EXPORT_SHAPEFILE] = {"shp", "Shapefile"},
	[EXPORT_GEOJSON] = {"geojson", "GeoJSON"},
	[EXPORT_FLATGEOBUF] = {"fgb", "FlatGeobuf"},
	[EXPORT_CSV] = {"csv", "CSV"},
};

const char *export_format_ending(enum export_format format)
{
	return formats[format].ending;
}

const char *export_format_name(enum export_format format)
{
	return formats[format].name;
}

bool export_format_parse(const char *ending, enum export_format *ret_format)
{
	for (int i = 0; i < EXPORT_FORMATS; i++) {
		if (!strcmp(formats[i].ending, ending)) {
			*ret_format = (enum export_format)i;
			return true;
		}
	}
	return false;
}

/* Those that every layer has, in the order of items; the fields stand behind the first. */
static const struct export_column own_columns[] = {
	{.source = EXPORT_ID, .type = FIELD_INT, .name = "id"},
	{.source = EXPORT_VALID_FROM, .type = FIELD_DATE, .name = "valid_from"},
	{.source = EXPORT_VALID_TO, .type = FIELD_DATE, .name = "valid_to"},
	{.source = EXPORT_VERSION, .type = FIELD_INT, .name = "version"},
	{.source = EXPORT_SOURCE_ATTRIBUTES, .type = FIELD_TEXT, .name = "source_attributes"},
	{.source = EXPORT_NATIVE_EPSG, .type = FIELD_INT, .name = "native_epsg"},
	{.source = EXPORT_UID, .type = FIELD_TEXT, .name = "uid"},
};
enum { OWN_COLUMNS = sizeof own_columns / sizeof *own_columns };

/* All that there can be, with their short names, which so are the same whatever is chosen. */
static size_t all_columns(const struct layer *layer, struct export_column *columns)
{
	const char *names[EXPORT_COLUMNS_MAX] = {0};
	struct short_name short_names[EXPORT_COLUMNS_MAX];
	size_t count = 0;

	columns[count++] = own_columns[0];
	for (size_t i = 0; i < layer->field_count; i++)
		columns[count++] = (struct export_column){.source = EXPORT_FIELD,
			.field = i,
			.type = layer->fields[i].type,
			.name = layer->fields[i].id};
	for (size_t i = 1; i < OWN_COLUMNS; i++)
		columns[count++] = own_columns[i];
	for (size_t i = 0; i < count; i++)
		names[i] = columns[i].name;
	short_names_make(names, count, short_names);
	for (size_t i = 0; i < count; i++)
		columns[i].short_name = short_names[i];
	return count;
}

const struct layer_field *export_field_of_short(const struct layer *layer, const char *name)
{
	struct export_column columns[EXPORT_COLUMNS_MAX];
	size_t count;

	if (strlen(name) > SHORT_NAME_MAX)
		return NULL;
	count = all_columns(layer, columns);
	for (size_t i = 0; i < count; i++)
		if (columns[i].source == EXPORT_FIELD &&
			text_equal_nocase(columns[i].short_name.text, name))
			return &layer->fields[columns[i].field];
	return NULL;
}

static enum column_type type_of(const struct export_columns *columns, const struct export_column *column)
{
	if (columns->format == EXPORT_CSV)
		return COLUMN_TEXT;
	if (column->source == EXPORT_SOURCE_ATTRIBUTES)
		return columns->format == EXPORT_GEOJSON ? COLUMN_JSON : COLUMN_TEXT;
	switch (column->type) {
	case FIELD_INT:
		return COLUMN_INT;
	case FIELD_REAL:
		return COLUMN_REAL;
	case FIELD_BOOL:
		return COLUMN_BOOL;
	case FIELD_DATE:
		return COLUMN_DATE;
	default:
		return COLUMN_TEXT;
	}
}

static void add_column(struct export_columns *columns, const struct export_column *column)
{
	size_t at = columns->count++;

	columns->columns[at] = *column;
	columns->ogr[at] =
		(struct ogr_column){.name = column->name, .type = type_of(columns, column)};
}

static bool is_listed(const char *names, const char *name)
{
	struct slice one;

	while (text_next(&names, ',', &one))
		if (slice_equals(one, name))
			return true;
	return false;
}

/* Each name of the list must be one of a column. */
static int check_names(const char *names, const struct export_column *all, size_t count,
	struct error *err)
{
	struct slice one;

	while (text_next(&names, ',', &one)) {
		autofree(strbuf_clear) struct strbuf name = STRBUF(NAME_BYTES_MAX);
		bool found = false;

		for (size_t i = 0; !found && i < count; i++)
			found = slice_equals(one, all[i].name);
		strbuf_add(&name, one.at, one.len < NAME_BYTES_MAX ? one.len : NAME_BYTES_MAX - 1);
		if (!found)
			return fail_export_field_unknown(err, name.data);
	}
	return 0;
}

static void add_places(struct export_columns *columns, const struct export_choice *choice)
{
	bool as_text = choice->format == EXPORT_CSV;
	bool degrees = choice->crs->epsg == CRS_WGS84;

	if (as_text && choice->layer->geometry == GEOMETRY_POINT) {
		add_column(columns, &(struct export_column){.source = EXPORT_EAST,
					    .type = FIELD_REAL, .name = degrees ? "lon" : "east"});
		add_column(columns, &(struct export_column){.source = EXPORT_NORTH,
					    .type = FIELD_REAL, .name = degrees ? "lat" : "north"});
	} else if (as_text) {
		add_column(columns, &(struct export_column){.source = EXPORT_WKT,
					    .type = FIELD_TEXT, .name = "WKT"});
	}
	if (choice->with_height)
		add_column(columns, &(struct export_column){.source = EXPORT_HEIGHT,
					    .type = FIELD_REAL, .name = "z_m",
					    .short_name = {"z_m"}});
}

int export_columns_choose(
	const struct export_choice *choice, struct export_columns *ret_columns, struct error *err)
{
	struct export_column all[EXPORT_COLUMNS_MAX];
	size_t count = all_columns(choice->layer, all);
	int rc = choice->names ? check_names(choice->names, all, count, err) : 0;

	*ret_columns = (struct export_columns){.layer = choice->layer,
		.format = choice->format,
		.plain = choice->plain,
		.in_degrees = choice->crs->geographic};
	if (rc)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (!i || !choice->names || is_listed(choice->names, all[i].name))
			add_column(ret_columns, &all[i]);
	add_places(ret_columns, choice);
	if (choice->format == EXPORT_SHAPEFILE)
		for (size_t i = 0; i < ret_columns->count; i++)
			ret_columns->ogr[i].name = ret_columns->columns[i].short_name.text;
	return 0;
}

/* --- values --------------------------------------------------------------------------------------- */

static struct value text_value(const char *text)
{
	return *text ? (struct value){.kind = VALUE_TEXT, .len = strlen(text), .text = text}
		     : (struct value){.kind = VALUE_NULL};
}

static struct value int_value(int64_t value)
{
	return (struct value){.kind = VALUE_INT, .integer = value};
}

static struct value real_value(double value)
{
	return isfinite(value) ? (struct value){.kind = VALUE_REAL, .real = value}
			       : (struct value){.kind = VALUE_NULL};
}

static struct value value_of(const struct export_column *column, const struct feature *feature,
	const struct shape *shape)
{
	switch (column->source) {
	case EXPORT_ID:
		return int_value(feature->id);
	case EXPORT_FIELD:
		return feature->values[column->field];
	case EXPORT_VALID_FROM:
		return text_value(feature->valid_from.text);
	case EXPORT_VALID_TO:
		return text_value(feature->valid_to.text);
	case EXPORT_VERSION:
		return int_value(feature->version);
	case EXPORT_SOURCE_ATTRIBUTES:
		return text_value(feature->source_attributes ? feature->source_attributes : "");
	case EXPORT_NATIVE_EPSG:
		return feature->native_epsg ? int_value(feature->native_epsg)
					    : (struct value){.kind = VALUE_NULL};
	case EXPORT_UID:
		return text_value(feature->uid.text);
	case EXPORT_HEIGHT:
		return real_value(feature->z_m);
	case EXPORT_EAST:
	case EXPORT_NORTH:
		return shape && shape->point_count
			       ? real_value(shape->xy[column->source == EXPORT_NORTH])
			       : (struct value){.kind = VALUE_NULL};
	case EXPORT_WKT:
		break;
	}
	return (struct value){.kind = VALUE_NULL};
}

/* Texts stay texts, numbers have their shortest decimals, of degrees no more than items have. */
static void print_value(const struct export_columns *columns, const struct export_column *column,
	const struct value *value, struct strbuf *out)
{
	bool is_degree = columns->in_degrees &&
			 (column->source == EXPORT_EAST || column->source == EXPORT_NORTH);

	if (value->kind == VALUE_TEXT)
		strbuf_add(out, value->text, value->len);
	else if (value->kind == VALUE_INT)
		strbuf_add_int(out, value->integer);
	else if (is_degree)
		number_print_fixed(out, value->real, GEOJSON_DEGREE_DECIMALS);
	else
		number_print_double(out, value->real);
}

/* A value as a cell of a table of text. */
static int to_cell(const struct export_columns *columns, const struct export_column *column,
	const struct value *value, struct arena *arena, struct value *ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(CELL_BYTES_MAX);
	autofree(strbuf_clear) struct strbuf cell = STRBUF(CELL_BYTES_MAX);
	const struct strbuf *kept = &text;
	bool is_count;

	print_value(columns, column, value, &text);
	is_count = value->kind != VALUE_TEXT && text.len <= EXCEL_DIGITS_MAX &&
		   strspn(text.data, "-0123456789") == text.len;
	if (!columns->plain && !is_count && !text.failed) {
		csv_cell_guard(&cell, text.data, text.len);
		kept = &cell;
	}
	if (kept->failed)
		return fail_no_memory(err);
	*ret = (struct value){.kind = VALUE_TEXT, .len = kept->len,
		.text = arena_text(arena, kept->data, kept->len)};
	return ret->text ? 0 : fail_no_memory(err);
}

static int wkt_cell(const struct export_columns *columns, const struct feature *feature,
	const struct shape *shape, struct arena *arena, struct value *ret,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(CELL_BYTES_MAX);

	*ret = (struct value){.kind = VALUE_NULL};
	if (!shape || !shape->point_count)
		return 0;
	wkt_write(shape, columns->in_degrees ? GEOJSON_DEGREE_DECIMALS : WKT_EXACT, &text);
	if (text.len > OGR_TEXT_MAX)
		return fail_export_shape_as_text(err, feature->id);
	*ret = (struct value){.kind = VALUE_TEXT, .len = text.len};
	ret->text = text.failed ? NULL : arena_text(arena, text.data, text.len);
	return ret->text ? 0 : fail_no_memory(err);
}

int export_columns_fill(const struct export_columns *columns, const struct feature *feature,
	const struct shape *shape, struct arena *arena, struct value *ret_values,
	struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < columns->count; i++) {
		const struct export_column *column = &columns->columns[i];
		struct value *value = &ret_values[i];

		*value = value_of(column, feature, shape);
		/* A whole number in a column of reals is one. */
		if (column->type == FIELD_REAL && value->kind == VALUE_INT)
			*value = real_value((double)value->integer);
		if (column->source == EXPORT_WKT)
			rc = wkt_cell(columns, feature, shape, arena, value, err);
		else if (columns->format == EXPORT_CSV && value->kind != VALUE_NULL)
			rc = to_cell(columns, column, value, arena, value, err);
	}
	return rc;
}
