#include "gis/geojson.h"

#include <math.h>

#include "base/number.h"

static void write_point(struct strbuf *out, const double *xy, double z_m, int decimals)
{
	strbuf_add_char(out, '[');
	number_print_fixed(out, xy[0], decimals);
	strbuf_add_char(out, ',');
	number_print_fixed(out, xy[1], decimals);
	if (!isnan(z_m)) {
		strbuf_add_char(out, ',');
		number_print_fixed(out, z_m, GEOJSON_METRE_DECIMALS);
	}
	strbuf_add_char(out, ']');
}

static void write_ring(struct strbuf *out, const struct shape *shape, size_t ring, int decimals)
{
	size_t first = ring ? shape->ring_ends[ring - 1] : 0;

	strbuf_add_char(out, '[');
	for (size_t i = first; i < shape->ring_ends[ring]; i++) {
		if (i > first)
			strbuf_add_char(out, ',');
		write_point(out, shape->xy + 2 * i, (double)NAN, decimals);
	}
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
	static const char *const types[] = {"MultiPoint", "MultiLineString", "MultiPolygon"};
	struct strbuf *out = json->out;

	if (!shape || !shape->point_count) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	if (shape->kind == GEOMETRY_POINT && shape->point_count == 1) {
		json_member_text(json, "type", "Point");
		json_put_key(json, "coordinates");
		json_put_raw(json, "", 0);
		write_point(out, shape->xy, shape->z_m, decimals);
		json_end_object(json);
		return;
	}
	json_member_text(json, "type", types[shape->kind]);
	json_put_key(json, "coordinates");
	json_put_raw(json, "[", 1);
	for (size_t part = 0; part < shape->part_count; part++) {
		if (part)
			strbuf_add_char(out, ',');
		write_part(out, shape, part, decimals);
	}
	strbuf_add_char(out, ']');
	json_end_object(json);
}
