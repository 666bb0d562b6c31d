#include "gis/geojson.h"

#include <math.h>

#include "base/number.h"

enum { POINTS_AT_ONCE = 32, POINT_CHARS = 3 * NUMBER_CHARS };

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

static void write_ring(struct strbuf *out, const struct shape *shape, size_t ring, int decimals)
{
	size_t first = ring ? shape->ring_ends[ring - 1] : 0, end = shape->ring_ends[ring];
	char text[POINTS_AT_ONCE * POINT_CHARS], *at = text;

	strbuf_add_char(out, '[');
	for (size_t i = first; i < end; i++) {
		at = print_point(at, shape->xy + 2 * i, decimals);
		*at++ = i + 1 < end ? ',' : ']';
		if (at - text <= (POINTS_AT_ONCE - 1) * POINT_CHARS && i + 1 < end)
			continue;
		strbuf_add(out, text, (size_t)(at - text));
		at = text;
	}
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
	static const char *const types[] = {"MultiPoint", "MultiLineString", "MultiPolygon"};
	static const struct json_key key_type = JSON_KEY("type"),
				     key_coordinates = JSON_KEY("coordinates");
	struct strbuf *out = json->out;

	if (!shape || !shape->point_count) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	if (shape->kind == GEOMETRY_POINT && shape->point_count == 1) {
		json_put_ready_key(json, &key_type);
		json_put_raw(json, "\"Point\"", 7);
		json_put_ready_key(json, &key_coordinates);
		json_put_raw(json, "", 0);
		write_point(out, shape->xy, shape->z_m, decimals);
		json_end_object(json);
		return;
	}
	json_put_ready_key(json, &key_type);
	json_put_text(json, types[shape->kind]);
	json_put_ready_key(json, &key_coordinates);
	json_put_raw(json, "[", 1);
	for (size_t part = 0; part < shape->part_count; part++) {
		if (part)
			strbuf_add_char(out, ',');
		write_part(out, shape, part, decimals);
	}
	strbuf_add_char(out, ']');
	json_end_object(json);
}
