#include <ogr_api.h>

#include "gis/dothi_ogr.h"

#include <math.h>

#include "base/text.h"

enum { ROWS_ASKED = 1000 /* rows whose X and Y are looked at */ };

/* True if the text of a column is a coordinate. */
static bool coordinate(OGRFeatureH feature, size_t column, double *ret)
{
	return csv_parse_coordinate(OGR_F_GetFieldAsString(feature, (int)column), ret);
}

/* Says of X and Y which is east, by the first rows; then begins again. */
static bool ask_rows(struct source *source, struct trouble *trouble)
{
	struct csv_vote vote = {0};
	enum csv_order order;
	int row;

	for (row = 0; row < ROWS_ASKED; row++) {
		OGRFeatureH feature = OGR_L_GetNextFeature(source->layer);
		double x, y;

		if (!feature)
			break;
		if (coordinate(feature, source->csv.first, &x) &&
			coordinate(feature, source->csv.second, &y))
			csv_vote_add(&vote, x, y);
		OGR_F_Destroy(feature);
	}
	OGR_L_ResetReading(source->layer);
	order = csv_vote_order(&vote);
	if (!row)
		return true;
	if (order == CSV_UNCLEAR)
		return trouble_set(trouble, FAULT_CSV_ORDER, NULL, NULL);
	source->csv_north_first = order == CSV_X_IS_NORTH;
	if (csv_vote_is_degrees(&vote))
		source->csv.axes = CSV_LON_LAT;
	return true;
}

static bool take_named(struct source *source, const char *const *names, const char *name,
	size_t *ret, struct trouble *trouble)
{
	return csv_columns_named(names, source->info.column_count, name, ret) ||
	       trouble_set(trouble, FAULT_CSV_NO_COLUMN, name, NULL);
}

static bool choose(struct source *source, const char *const *names, struct trouble *trouble)
{
	const struct task *task = source->task;

	if (task->east) {
		source->csv.axes = CSV_EAST_NORTH;
		return take_named(source, names, task->east, &source->csv.first, trouble) &&
		       take_named(source, names, task->north, &source->csv.second, trouble);
	}
	source->csv = csv_columns_find(names, source->info.column_count);
	if (source->csv.axes == CSV_NO_COORDINATES)
		return trouble_set(trouble, FAULT_CSV_NO_COORDINATES, NULL, NULL);
	return source->csv.axes != CSV_X_Y || ask_rows(source, trouble);
}

bool source_find_csv_columns(struct source *source, struct trouble *trouble)
{
	size_t count = source->info.column_count;
	const char **names = arena_zero(&source->arena, count + 1, sizeof *names);

	if (!names)
		return trouble_set(trouble, FAULT_NO_MEMORY, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		names[i] = source->columns[i].name;
	if (!choose(source, names, trouble))
		return false;
	source->info.geometry = source->csv.axes == CSV_WKT ? LAYER_MIXED : LAYER_POINTS;
	if (source->csv.axes == CSV_LON_LAT) {
		source->info.epsg = 4326;
		source->info.crs_source = CRS_SOURCE_IMPLIED;
		source->info.crs_name = "WGS 84";
	}
	return true;
}

static enum row_problem add_wkt(const struct source *source, char *text, struct strbuf *wkb)
{
	OGRGeometryH geometry = NULL;
	enum row_problem problem = ROW_COORDINATES_UNREADABLE;

	if (OGR_G_CreateFromWkt(&text, NULL, &geometry) == OGRERR_NONE && geometry)
		problem = source_add_wkb(source, geometry, wkb);
	OGR_G_DestroyGeometry(geometry);
	return problem;
}

/* A point of ISO WKB; z NaN: without a height. */
static void add_point(double east, double north, double z, struct strbuf *wkb)
{
	static const unsigned char header[] = {1, 1, 0, 0, 0}, header_z[] = {1, 0xE9, 3, 0, 0};

	strbuf_add(wkb, isnan(z) ? header : header_z, sizeof header);
	strbuf_add(wkb, &east, sizeof east);
	strbuf_add(wkb, &north, sizeof north);
	if (!isnan(z))
		strbuf_add(wkb, &z, sizeof z);
}

static bool is_blank(OGRFeatureH feature, size_t column)
{
	const char *text = OGR_F_GetFieldAsString(feature, (int)column);

	return text[strspn(text, " \t")] == '\0';
}

enum row_problem source_add_csv_geometry(
	const struct source *source, void *feature, struct strbuf *wkb)
{
	const struct csv_columns *csv = &source->csv;
	double first, second, z = (double)NAN;

	if (is_blank(feature, csv->first) &&
		(csv->axes == CSV_WKT || is_blank(feature, csv->second)))
		return ROW_FINE;
	if (csv->axes == CSV_WKT) {
		const char *text = OGR_F_GetFieldAsString(feature, (int)csv->first);

		return add_wkt(source, (char *)(uintptr_t)text, wkb);
	}
	if (!coordinate(feature, csv->first, &first) || !coordinate(feature, csv->second, &second))
		return ROW_COORDINATES_UNREADABLE;
	if (csv->has_height && !is_blank(feature, csv->height) &&
		!coordinate(feature, csv->height, &z))
		return ROW_COORDINATES_UNREADABLE;
	if (source->csv_north_first)
		add_point(second, first, z, wkb);
	else
		add_point(first, second, z, wkb);
	return ROW_FINE;
}
