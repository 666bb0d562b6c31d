#include "gis/geojson.h"

#include <math.h>

#include "base/number.h"

enum { POINTS_AT_ONCE = 32, POINT_CHARS = 2 * NUMBER_CHARS + 4 };

static char *print_point(char *at, const double *xy, int decimals)
{
	*at++ = '[';
	at = number_write_fixed(at, xy[0], decimals);
	*at++ = ',';
	at = number_write_fixed(at, xy[1], decimals);
	*at++ = ']';
	return at;
}

static void write_point(struct strbuf *out, const double *xy, double z_m, int decimals)
{
	char text[POINT_CHARS + NUMBER_CHARS], *at = print_point(text, xy, decimals);

	if (!isnan(z_m)) {
		at[-1] = ',';
		at = number_write_fixed(at, z_m, GEOJSON_METRE_DECIMALS);
		*at++ = ']';
	}
	strbuf_add(out, text, (size_t)(at - text));
}

/* Points with a comma behind each but the last of the ring. */
static void write_points(struct strbuf *out, const double *xy, size_t count, int decimals)
{
	while (count) {
		size_t some = count < POINTS_AT_ONCE ? count : POINTS_AT_ONCE;
		char *at;

		if (!strbuf_reserve(out, some * POINT_CHARS))
			return;
		at = out->data + out->len;
		for (size_t i = 0; i < some; i++) {
			at = print_point(at, xy + 2 * i, decimals);
			*at++ = ',';
		}
		xy += 2 * some;
		count -= some;
		strbuf_came(out, count ? at : at - 1);
	}
}

static void write_ring(struct strbuf *out, const struct shape *shape, size_t ring, int decimals)
{
	size_t first = ring ? shape->ring_ends[ring - 1] : 0;

	strbuf_add_char(out, '[');
	write_points(out, shape->xy + 2 * first, shape->ring_ends[ring] - first, decimals);
	strbuf_add_char(out, ']');
}

static void write_part(struct strbuf *out, const struct shape *shape, size_t part, int decimals)
{
	size_t first = part ? shape->part_ends[part - 1] : 0;

	if (shape->kind == GEOMETRY_POINT) {
		write_point(out, shape->xy + 2 * part, (double)NAN, decimals);
	} else if (shape->kind == GEOMETRY_LINE) {
		write_ring(out, shape, part, decimals);
	} else {
		strbuf_add_char(out, '[');
		for (size_t ring = first; ring < shape->part_ends[part]; ring++) {
			if (ring > first)
				strbuf_add_char(out, ',');
			write_ring(out, shape, ring, decimals);
		}
		strbuf_add_char(out, ']');
	}
}

void geojson_write(struct json_writer *json, const struct shape *shape, int decimals)
{
	static const char point[] = "{\"type\":\"Point\",\"coordinates\":";
	static const char *const beginnings[] = {
		"{\"type\":\"MultiPoint\",\"coordinates\":[",
		"{\"type\":\"MultiLineString\",\"coordinates\":[",
		"{\"type\":\"MultiPolygon\",\"coordinates\":["};
	struct strbuf *out = json->out;

	if (!shape || !shape->point_count) {
		json_put_null(json);
		return;
	}
	if (shape->kind == GEOMETRY_POINT && shape->point_count == 1) {
		json_put_raw(json, point, sizeof point - 1);
		write_point(out, shape->xy, shape->z_m, decimals);
		strbuf_add_char(out, '}');
		return;
	}
	json_put_raw(json, beginnings[shape->kind], strlen(beginnings[shape->kind]));
	for (size_t part = 0; part < shape->part_count; part++) {
		if (part)
			strbuf_add_char(out, ',');
		write_part(out, shape, part, decimals);
	}
	strbuf_add(out, "]}", 2);
}
