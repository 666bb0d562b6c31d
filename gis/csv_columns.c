#include "gis/csv_columns.h"

#include <string.h>

#include "base/number.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "gis/csv_cell.h"

enum {
	KEY_MAX = 64, /* letters of a name that are compared */
	COORDINATE_CHARS = 40,
};

/* No coordinate system has larger numbers. */
static const double coordinate_max = 1e9;

/* In order of preference; names as name_key() makes them. */
static const struct {
	const char *first, *second;
	enum csv_axes axes;
} pairs[] = {
	{"wkt", NULL, CSV_WKT},
	{"wktgeom", NULL, CSV_WKT},
	{"geomwkt", NULL, CSV_WKT},
	{"east", "north", CSV_EAST_NORTH},
	{"easting", "northing", CSV_EAST_NORTH},
	{"e", "n", CSV_EAST_NORTH},
	{"lon", "lat", CSV_LON_LAT},
	{"lng", "lat", CSV_LON_LAT},
	{"long", "lat", CSV_LON_LAT},
	{"longitude", "latitude", CSV_LON_LAT},
	{"kinhdo", "vido", CSV_LON_LAT},
	{"x", "y", CSV_X_Y},
	{"toadox", "toadoy", CSV_X_Y},
};

/* Small letters and digits alone. */
static void name_key(struct strbuf *out, const char *name)
{
	size_t kept = 0;

	text_search_key(out, name, strlen(name));
	for (size_t i = 0; i < out->len; i++)
		if (out->data[i] != ' ')
			out->data[kept++] = out->data[i];
	out->data[kept] = '\0';
	out->len = kept;
}

static bool find_key(const char *const *names, size_t count, const char *key, size_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		autofree(strbuf_clear) struct strbuf own = STRBUF(KEY_MAX);

		name_key(&own, names[i]);
		if (!own.failed && !strcmp(own.data, key)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

struct csv_columns csv_columns_find(const char *const *names, size_t count)
{
	struct csv_columns found = {.axes = CSV_NO_COORDINATES};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (!find_key(names, count, pairs[i].first, &found.first))
			continue;
		if (pairs[i].second && !find_key(names, count, pairs[i].second, &found.second))
			continue;
		found.axes = pairs[i].axes;
		found.has_height = pairs[i].second && find_key(names, count, "zm", &found.height);
		break;
	}
	return found;
}

bool csv_columns_named(const char *const *names, size_t count, const char *name, size_t *ret)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(KEY_MAX);

	name_key(&key, name);
	return !key.failed && key.len && find_key(names, count, key.data, ret);
}

static bool between(double value, double least, double most)
{
	return value >= least && value <= most;
}

/* Viet Nam in metres of any of its zones, and in degrees, with some sea around. */
static bool is_place(double east, double north)
{
	return between(east, 100000, 879999) && between(north, 880000, 2700000);
}

static bool is_place_in_degrees(double lon, double lat)
{
	return between(lon, 100, 120) && between(lat, 6, 25);
}

void csv_vote_add(struct csv_vote *vote, double x, double y)
{
	if (is_place_in_degrees(x, y) || is_place_in_degrees(y, x))
		vote->degrees++;
	if (is_place(x, y) || is_place_in_degrees(x, y))
		vote->x_is_east++;
	else if (is_place(y, x) || is_place_in_degrees(y, x))
		vote->x_is_north++;
	else
		vote->unclear++;
}

enum csv_order csv_vote_order(const struct csv_vote *vote)
{
	int64_t clear = vote->x_is_east + vote->x_is_north;

	if (!clear || (vote->x_is_east && vote->x_is_north) || vote->unclear > clear / 9)
		return CSV_UNCLEAR;
	/* Metres in some rows and degrees in others have no order. */
	if (vote->degrees && vote->degrees != clear)
		return CSV_UNCLEAR;
	return vote->x_is_east ? CSV_X_IS_EAST : CSV_X_IS_NORTH;
}

bool csv_vote_is_degrees(const struct csv_vote *vote)
{
	return vote->degrees && vote->degrees == vote->x_is_east + vote->x_is_north;
}

bool csv_parse_coordinate(const char *text, double *ret)
{
	autofree(strbuf_clear) struct strbuf cell = STRBUF(COORDINATE_CHARS);
	char plain[COORDINATE_CHARS];
	struct slice piece;
	const char *comma;

	if (*text == '=' && csv_cell_unguard(&cell, text, strlen(text)))
		text = cell.data;
	if (!text_next(&text, '\0', &piece) || piece.len >= sizeof plain)
		return false;
	memcpy(plain, piece.at, piece.len);
	comma = memchr(plain, ',', piece.len);
	if (comma && !memchr(plain, '.', piece.len))
		plain[comma - plain] = '.';
	return number_parse_double(plain, piece.len, -coordinate_max, coordinate_max, ret);
}
