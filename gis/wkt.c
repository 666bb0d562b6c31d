#include "gis/wkt.h"

#include <math.h>

#include "base/number.h"

static void write_number(double value, int decimals, struct strbuf *out)
{
	if (decimals == WKT_EXACT)
		number_print_double(out, value);
	else
		number_print_fixed(out, value, decimals);
}

static void write_points(const struct shape *shape, size_t first, size_t end, int decimals,
	struct strbuf *out)
{
	strbuf_add_char(out, '(');
	for (size_t i = first; i < end; i++) {
		if (i > first)
			strbuf_add_char(out, ',');
		write_number(shape->xy[2 * i], decimals, out);
		strbuf_add_char(out, ' ');
		write_number(shape->xy[2 * i + 1], decimals, out);
		if (shape->point_count == 1 && !isnan(shape->z_m)) {
			strbuf_add_char(out, ' ');
			write_number(shape->z_m, WKT_EXACT, out);
		}
	}
	strbuf_add_char(out, ')');
}

static void write_rings(const struct shape *shape, size_t first, size_t end, int decimals,
	struct strbuf *out)
{
	strbuf_add_char(out, '(');
	for (size_t i = first; i < end; i++) {
		if (i > first)
			strbuf_add_char(out, ',');
		write_points(shape, i ? shape->ring_ends[i - 1] : 0, shape->ring_ends[i], decimals,
			out);
	}
	strbuf_add_char(out, ')');
}

void wkt_write(const struct shape *shape, int decimals, struct strbuf *out)
{
	if (!shape->point_count)
		return;
	if (shape->kind == GEOMETRY_POINT) {
		bool is_one = shape->point_count == 1;

		strbuf_add_text(out, !is_one		? "MULTIPOINT "
				     : isnan(shape->z_m) ? "POINT "
							 : "POINT Z ");
		write_points(shape, 0, shape->point_count, decimals, out);
	} else if (shape->kind == GEOMETRY_LINE) {
		strbuf_add_text(out, "MULTILINESTRING ");
		write_rings(shape, 0, shape->ring_count, decimals, out);
	} else {
		strbuf_add_text(out, "MULTIPOLYGON (");
		for (size_t i = 0; i < shape->part_count; i++) {
			if (i)
				strbuf_add_char(out, ',');
			write_rings(shape, i ? shape->part_ends[i - 1] : 0, shape->part_ends[i],
				decimals, out);
		}
		strbuf_add_char(out, ')');
	}
}
