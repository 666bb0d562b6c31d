#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "gis/shape.h"

/* The invariants that shape.h states. */
static void check_invariants(const struct shape *shape)
{
	size_t ring = 0, first = 0;

	must(shape->point_count <= SHAPE_POINTS_MAX && shape->ring_count <= SHAPE_RINGS_MAX);
	for (size_t i = 0; i < 2 * shape->point_count; i++)
		must(isfinite(shape->xy[i]));
	for (size_t part = 0; part < shape->part_count; part++) {
		must(shape->part_ends[part] > ring);
		for (; ring < shape->part_ends[part]; ring++) {
			size_t end = shape->ring_ends[ring];

			must(end > first);
			if (shape->kind == GEOMETRY_AREA)
				must(shape->xy[2 * first] == shape->xy[2 * end - 2] &&
					shape->xy[2 * first + 1] == shape->xy[2 * end - 1]);
			first = end;
		}
	}
	must(ring == shape->ring_count && first == shape->point_count);
}

/* Answers exist and agree with each other, however odd the coordinates. */
static void check_answers(const struct shape *shape)
{
	struct box box = shape_box(shape);

	must(box_is_empty(&box) == (shape->point_count == 0));
	must(shape_meets_box(shape, &box) == (shape->point_count > 0));
	for (size_t i = 0; i < shape->point_count && i < 8; i++) {
		double x = shape->xy[2 * i], y = shape->xy[2 * i + 1];

		must(shape_covers(shape, x, y) == (shape->kind == GEOMETRY_AREA));
		must(shape_meets_box(shape, &(struct box){x, y, x, y}));
		shape_distance(shape, y, x);
	}
	shape_area(shape);
	must(!(shape_length(shape) < 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	autofree(strbuf_clear) struct strbuf once = STRBUF(1 << 20);
	autofree(strbuf_clear) struct strbuf twice = STRBUF(1 << 20);
	struct shape shape;
	struct error err = {0};
	int rc = shape_read_wkb(&arena, (struct wkb){bytes, len}, &shape, &err);

	must(rc == err.code && rc <= 0);
	if (rc)
		return 0;
	check_invariants(&shape);
	check_answers(&shape);
	shape_write_wkb(&shape, &once);
	must(shape_read_wkb(&arena, (struct wkb){(unsigned char *)once.data, once.len}, &shape,
		     &err) == 0);
	check_invariants(&shape);
	shape_write_wkb(&shape, &twice);
	must(once.len == twice.len && !memcmp(once.data, twice.data, once.len));
	return 0;
}
