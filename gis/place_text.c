#include "gis/place_text.h"

#include <math.h>

#include "base/number.h"
#include "base/text.h"

enum {
	NEAR_KM = 500,	      /* farther off another reading is the right one */
	OF_CITY_KM = 40,      /* from its middle: what lies there needs no other zone */
	OTHER_ZONE_KM = 60,
	GRID_LEAST_M = 1000,  /* metres are many thousands, degrees never */
	PIECES_MAX = 8,
};

/* One way to write signs; letters in capitals; Đ as E, B as N, T as W. */
static void add_plain(struct strbuf *out, const char *text, size_t len)
{
	static const struct {
		const char *from, *to;
	} signs[] = {
		{"º", "°"}, {"˚", "°"}, {"″", "\""}, {"”", "\""}, {"“", "\""}, {"''", "\""},
		{"′", "'"}, {"’", "'"}, {"‘", "'"}, {"\xc2\xa0", " "}, {"\xe2\x80\xaf", " "},
		{"−", "-"}, {"Đ", "E"}, {"đ", "E"}, {"\t", " "},
	};
	const char *end = text + len;

	while (text < end) {
		size_t used = 1;
		char c = *text;

		for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
			size_t size = strlen(signs[i].from);

			if (size > (size_t)(end - text) || memcmp(text, signs[i].from, size) != 0)
				continue;
			strbuf_add_text(out, signs[i].to);
			used = 0;
			text += size;
			break;
		}
		if (!used)
			continue;
		strbuf_add_char(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
		text++;
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "10.98", "10,98", or thousands behind one mark and decimals behind the other: "1.214.394,767". */
static bool read_number(const char *text, size_t len, double *ret)
{
	char plain[64];
	size_t used = 0, marks = 0, digits = 0;
	char mark = 0;

	if (!len || len >= sizeof plain)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '.' || text[i] == ',') {
			marks += !mark || text[i] == mark;
			if (mark && text[i] != mark && memchr(text + i + 1, text[i], len - i - 1))
				return false;
			mark = mark ? mark : text[i];
		}
		digits += (size_t)is_digit(text[i]);
	}
	/* The first mark groups if it comes again or another one follows. */
	bool groups = marks > 1 ||
		(mark && memchr(text, mark == '.' ? ',' : '.', len));
	for (size_t i = 0, since = 0; i < len; i++) {
		char c = text[i];

		if (groups && c == mark) {
			if (since > 3 || !since || i + 3 >= len)
				return false;
			since = 0;
			continue;
		}
		if (c == ',' || c == '.')
			c = '.';
		else if (is_digit(c))
			since++;
		else if (i || (c != '-' && c != '+'))
			return false;
		if (c != '+')
			plain[used++] = c;
	}
	return digits && number_parse_double(plain, used, -1e9, 1e9, ret);
}

/* A degree with its parts. */
struct angle {
	double degrees;
	char letter; /* N, S, E, W; 0 none */
	bool has_sign;
};

static const char *skip_blanks(const char *at)
{
	while (*at == ' ')
		at++;
	return at;
}

static const char *skip_number(const char *at)
{
	if (*at == '-' || *at == '+')
		at++;
	while (is_digit(*at) || ((*at == '.' || *at == ',') && is_digit(at[1])))
		at++;
	return at;
}

/* B is north, T west. */
static char letter_of(char c)
{
	static const char from[] = "NBSEWT", to[] = "NNSEWW";
	const char *found = c ? strchr(from, c) : NULL;

	return found ? to[found - from] : 0;
}

/* A number before its sign; where there is none *at stays. */
static bool take_part(const char **at, const char *sign, double *ret)
{
	const char *from = skip_blanks(*at), *end = skip_number(from), *behind = skip_blanks(end);
	size_t size = strlen(sign);

	if (end == from || strncmp(behind, sign, size) != 0)
		return false;
	if (!read_number(from, (size_t)(end - from), ret))
		return false;
	*at = behind + size;
	return true;
}

/* An angle with its letter before or behind; the degree sign may lack where there is a letter. */
static bool take_angle(const char **at, bool letter_before, struct angle *ret)
{
	const char *from = skip_blanks(*at), *end;
	double degrees = 0, minutes = 0, seconds = 0;

	*ret = (struct angle){0};
	if (letter_before) {
		ret->letter = letter_of(*from);
		if (!ret->letter)
			return false;
		from = skip_blanks(from + 1);
	}
	*at = from;
	if (take_part(at, "°", &degrees)) {
		ret->has_sign = true;
		take_part(at, "'", &minutes);
		take_part(at, "\"", &seconds);
	} else {
		end = skip_number(from);
		if (end == from || !read_number(from, (size_t)(end - from), &degrees))
			return false;
		*at = end;
	}
	if (minutes < 0 || minutes >= 60 || seconds < 0 || seconds >= 60)
		return false;
	if (!letter_before && (ret->letter = letter_of(*skip_blanks(*at))))
		*at = skip_blanks(*at) + 1;
	ret->degrees = copysign(fabs(degrees) + minutes / 60 + seconds / 3600, degrees);
	if (*from == '-')
		ret->degrees = -fabs(ret->degrees);
	if (ret->letter == 'S' || ret->letter == 'W')
		ret->degrees = -ret->degrees;
	return ret->has_sign || ret->letter;
}

static bool is_lon(char letter)
{
	return letter == 'E' || letter == 'W';
}

static bool parse_angles(const char *text, struct place_pair *ret)
{
	const char *at = skip_blanks(text);
	bool before = letter_of(*at) != 0;
	struct angle first, second;

	if (!take_angle(&at, before, &first))
		return false;
	at = skip_blanks(at);
	if (*at == ',' || *at == ';')
		at++;
	if (!take_angle(&at, before, &second) || *skip_blanks(at))
		return false;
	if (first.letter && second.letter && is_lon(first.letter) == is_lon(second.letter))
		return false;
	*ret = (struct place_pair){.first = first.degrees, .second = second.degrees,
		.is_angle = true, .is_exact = true,
		.lon_first = is_lon(first.letter) || (second.letter && !is_lon(second.letter)),
		.lat_first = is_lon(second.letter) || (first.letter && !is_lon(first.letter))};
	return true;
}

/* Words that stand before coordinates; with other words it is something else. */
static bool drop_words(struct strbuf *text)
{
	static const char known[] = "X Y E N LAT LON LNG LONG LATITUDE LONGITUDE EAST NORTH M GEO";
	char *at = text->data;

	while (*at) {
		size_t len = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		const char *list = known;
		struct slice word;
		bool is_known = false;

		if (!len) {
			if (*at == '=' || *at == ':')
				*at = ' ';
			else if (!strchr("0123456789.,;-+ ", *at))
				return false;
			at++;
			continue;
		}
		while (text_next(&list, ' ', &word))
			is_known |= word.len == len && !memcmp(word.at, at, len);
		if (!is_known)
			return false;
		memset(at, ' ', len);
		at += len;
	}
	return true;
}

/* Splits at any of the marks; gives how many pieces, or PIECES_MAX + 1. */
static size_t split(const char *text, const char *marks, struct slice pieces[PIECES_MAX])
{
	size_t count = 0;

	while (*text) {
		size_t len = strcspn(text, marks), from = 0, to = len;

		while (from < to && text[from] == ' ')
			from++;
		while (to > from && text[to - 1] == ' ')
			to--;
		if (to > from) {
			if (count == PIECES_MAX)
				return PIECES_MAX + 1;
			pieces[count++] = (struct slice){text + from, to - from};
		}
		text += len + (text[len] != '\0');
	}
	return count;
}

static bool read_two(const struct slice pieces[PIECES_MAX], struct place_pair *ret)
{
	struct slice cut[2] = {pieces[0], pieces[1]};

	/* "10.98, 106.66" */
	if (cut[0].len && cut[0].at[cut[0].len - 1] == ',')
		cut[0].len--;
	return read_number(cut[0].at, cut[0].len, &ret->first) &&
		read_number(cut[1].at, cut[1].len, &ret->second);
}

/* "10,98,106,66": commas between and within. */
static bool read_four(const struct slice pieces[PIECES_MAX], struct place_pair *ret)
{
	char text[2][64];

	for (int i = 0; i < 2; i++) {
		const struct slice *whole = &pieces[2 * i], *part = &pieces[2 * i + 1];

		if (whole->len + part->len + 2 > sizeof text[i])
			return false;
		snprintf(text[i], sizeof text[i], "%.*s.%.*s", (int)whole->len, whole->at,
			(int)part->len, part->at);
	}
	return read_number(text[0], strlen(text[0]), &ret->first) &&
		read_number(text[1], strlen(text[1]), &ret->second);
}

/* "1 214 394,767 599 256": groups of three behind a first one. */
static bool read_spaced(const struct slice pieces[PIECES_MAX], size_t count, struct place_pair *ret)
{
	char text[2][64] = {"", ""};
	size_t used[2] = {0, 0};
	int which = -1;

	for (size_t i = 0; i < count; i++) {
		size_t whole = strspn(pieces[i].at, "0123456789");
		/* An easting has six digits before its decimals, a northing seven. */
		bool goes_on = which >= 0 && whole == 3 &&
			used[which] < (strspn(pieces[0].at, "0123456789") == 1 || which ? 7U : 6U) &&
			!memchr(text[which], ',', used[which]) &&
			!memchr(text[which], '.', used[which]);

		if (!goes_on && ++which > 1)
			return false;
		if (used[which] + pieces[i].len >= sizeof text[0])
			return false;
		memcpy(text[which] + used[which], pieces[i].at, pieces[i].len);
		used[which] += pieces[i].len;
	}
	return which == 1 && used[0] >= 6 && used[1] >= 6 &&
		read_number(text[0], used[0], &ret->first) &&
		read_number(text[1], used[1], &ret->second);
}

/* A whole number of metres with one mark of grouping looks like a decimal: 599.256. */
static double ungroup(double value, double other)
{
	return fabs(value) < GRID_LEAST_M && fabs(value) > 180 && other >= GRID_LEAST_M
		? value * 1000
		: value;
}

static bool parse_pair(const char *text, struct place_pair *ret)
{
	struct slice pieces[PIECES_MAX];
	size_t count;
	bool read = false;

	*ret = (struct place_pair){0};
	count = split(text, ";", pieces);
	if (count == 2)
		read = read_two(pieces, ret);
	if (!read && (count = split(text, " ;", pieces)) == 2)
		read = read_two(pieces, ret);
	if (!read && count > 2 && count <= PIECES_MAX)
		read = read_spaced(pieces, count, ret);
	if (!read && (count = split(text, ",", pieces)) == 2)
		read = read_two(pieces, ret);
	if (!read && count == 4)
		read = read_four(pieces, ret);
	if (!read)
		return false;
	ret->is_exact = fabs(ret->first) >= GRID_LEAST_M || fabs(ret->second) >= GRID_LEAST_M ||
		(ret->first != floor(ret->first) && ret->second != floor(ret->second));
	ret->first = ungroup(ret->first, ret->second);
	ret->second = ungroup(ret->second, ret->first);
	return true;
}

/* The address of a map on the web: its first two decimals side by side. */
static bool parse_address(const char *text, struct place_pair *ret)
{
	for (const char *at = text; *at; at++) {
		const char *end = skip_number(at), *next;

		if (end == at || !memchr(at, '.', (size_t)(end - at)) ||
			(at > text && (is_digit(at[-1]) || at[-1] == '.')))
			continue;
		/* skip_number takes "10.98,106.66" for one: commas group there. */
		end = at + strspn(at, "+-0123456789.");
		next = end + (*end == ',' || *end == '/');
		if (!strncmp(end, "%2C", 3))
			next = end + 3;
		if (next == end || !read_number(at, (size_t)(end - at), &ret->first) ||
			!read_number(next, strspn(next, "-0123456789."), &ret->second))
			continue;
		ret->is_exact = true;
		ret->lat_first = true;
		return fabs(ret->first) <= 90 && fabs(ret->second) <= 180;
	}
	return false;
}

bool place_text_parse(const char *text, size_t len, struct place_pair *ret_pair)
{
	autofree(strbuf_clear) struct strbuf plain = STRBUF(4 * PLACE_TEXT_MAX);
	struct place_pair pair = {0};
	bool read;

	if (!len || len > PLACE_TEXT_MAX)
		return false;
	add_plain(&plain, text, len);
	if (plain.failed)
		return false;
	if (strstr(plain.data, "://"))
		read = parse_address(plain.data, &pair);
	else
		read = parse_angles(plain.data, &pair) ||
			(drop_words(&plain) && parse_pair(plain.data, &pair));
	if (read)
		*ret_pair = pair;
	return read;
}

static bool is_on_earth(double lon, double lat)
{
	return fabs(lon) <= 180 && fabs(lat) <= 90;
}

/* On the sphere; to compare. */
static double distance_km(const double a[2], double lon, double lat)
{
	const double degree = M_PI / 180;
	double half_lat = sin((lat - a[1]) * degree / 2), half_lon = sin((lon - a[0]) * degree / 2);
	double chord = half_lat * half_lat +
		cos(a[1] * degree) * cos(lat * degree) * half_lon * half_lon;

	return 2 * 6371.0088 * asin(sqrt(fmin(1, chord)));
}

/* What is being gathered. */
struct gathering {
	struct crs_context *crs;
	int working_epsg;
	const double *near;
	struct place_reading *readings;
	double km[PLACE_READINGS_MAX];
	size_t count;
};

/* In its place by how far it is from the city; the farthest gives way. */
static void take_reading(struct gathering *gathering, const struct place_reading *reading)
{
	double km = distance_km(gathering->near, reading->lon, reading->lat);
	size_t at = gathering->count;

	while (at > 0 && gathering->km[at - 1] > km)
		at--;
	if (at == PLACE_READINGS_MAX)
		return;
	if (gathering->count < PLACE_READINGS_MAX)
		gathering->count++;
	for (size_t i = gathering->count; --i > at;) {
		gathering->readings[i] = gathering->readings[i - 1];
		gathering->km[i] = gathering->km[i - 1];
	}
	gathering->readings[at] = *reading;
	gathering->km[at] = km;
}

static int add_degrees(struct gathering *gathering, double lon, double lat, struct error *err)
{
	const struct crs_path *path;
	struct error nowhere = {0};
	double xy[2] = {lon, lat};
	int rc;

	if (!is_on_earth(lon, lat))
		return 0;
	rc = crs_path_find(gathering->crs, CRS_WGS84, gathering->working_epsg, &path, err);
	if (rc)
		return rc;
	if (crs_path_apply(path, xy, 1, &nowhere))
		xy[0] = xy[1] = (double)NAN;
	take_reading(gathering, &(struct place_reading){CRS_WGS84, lon, lat, xy[0], xy[1]});
	return 0;
}

static int add_metres(struct gathering *gathering, int epsg, double east, double north, double most_km,
	struct error *err)
{
	const struct crs_path *path;
	struct error nowhere = {0};
	double xy[2] = {east, north};
	int rc = crs_path_find(gathering->crs, epsg, CRS_WGS84, &path, err);

	if (rc)
		return rc;
	if (crs_path_apply(path, xy, 1, &nowhere) || !is_on_earth(xy[0], xy[1]) ||
		distance_km(gathering->near, xy[0], xy[1]) > most_km)
		return 0;
	take_reading(gathering, &(struct place_reading){epsg, xy[0], xy[1], east, north});
	return 0;
}

/* The zones of VN-2000: TM-3 and UTM (EPSG registry). */
static const int vn2000_zones[] = {9205, 9206, 9207, 9208, 5897, 9209, 9210, 9211, 9212, 9213, 9214,
	9215, 9216, 5899, 5898, 9217, 9218, 5896, 3405, 3406};

static int add_zones(struct gathering *gathering, const struct place_pair *pair, struct error *err)
{
	struct crs_info working;
	int rc = add_metres(
		gathering, gathering->working_epsg, pair->second, pair->first, NEAR_KM, err);

	if (!rc)
		rc = add_metres(gathering, gathering->working_epsg, pair->first, pair->second,
			NEAR_KM, err);
	if (rc || (gathering->count && gathering->km[0] < OF_CITY_KM))
		return rc;
	rc = crs_describe(gathering->crs, gathering->working_epsg, &working, err);
	if (rc || working.base_epsg != CRS_VN2000)
		return rc;
	for (size_t i = 0; !rc && i < sizeof vn2000_zones / sizeof vn2000_zones[0]; i++) {
		if (vn2000_zones[i] == gathering->working_epsg)
			continue;
		rc = add_metres(gathering, vn2000_zones[i], pair->second, pair->first,
			OTHER_ZONE_KM, err);
		if (!rc)
			rc = add_metres(gathering, vn2000_zones[i], pair->first, pair->second,
				OTHER_ZONE_KM, err);
	}
	return rc;
}

int place_text_readings(struct crs_context *crs, int working_epsg, const double near[2],
	const struct place_pair *pair, struct place_reading ret[PLACE_READINGS_MAX],
	size_t *ret_count, struct error *err)
{
	struct gathering gathering = {
		.crs = crs, .working_epsg = working_epsg, .near = near, .readings = ret};
	bool is_metres = !pair->is_angle &&
		fmax(fabs(pair->first), fabs(pair->second)) >= GRID_LEAST_M;
	int rc = 0;

	*ret_count = 0;
	if (!is_metres && !pair->lon_first)
		rc = add_degrees(&gathering, pair->second, pair->first, err);
	if (!rc && !is_metres && !pair->lat_first)
		rc = add_degrees(&gathering, pair->first, pair->second, err);
	if (!rc && is_metres)
		rc = add_zones(&gathering, pair, err);
	if (rc)
		return rc;
	/* Far from here it is meant only if nothing is near, and it can be nothing else. */
	while (gathering.count && gathering.km[gathering.count - 1] > NEAR_KM &&
		(gathering.km[0] <= NEAR_KM || !pair->is_exact))
		gathering.count--;
	*ret_count = gathering.count;
	return 0;
}
