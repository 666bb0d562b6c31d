#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "gis/shape.h"
#include "tests/gis/wkb_maker.h"
#include "tests/random.h"

static const double square[] = {0, 0, 8, 0, 8, 8, 0, 8, 0, 0}, hole[] = {2, 2, 2, 4, 4, 4, 2, 2};
static const double bend[] = {20, 1, 25, 7, 30, 1};

/* Reads from memory that ends with the bytes. */
static int read_bytes(
	struct arena *arena, const void *bytes, size_t len, struct shape *ret, struct error *err)
{
	unsigned char *alone = memcpy(test_malloc(len + !len), bytes, len);
	int rc = shape_read_wkb(arena, (struct wkb){alone, len}, ret, err);

	test_free(alone);
	return rc;
}

/* A geometry of each type; the parts of the multi ones differ in number of points. */
static void make(const struct wkb_maker *maker, uint32_t type)
{
	wkb_header(maker, type);
	switch (type) {
	case WKB_POINT:
		wkb_xy(maker, 3, 4);
		break;
	case WKB_LINE:
		wkb_ring(maker, bend, 3);
		break;
	case WKB_AREA:
		wkb_u32(maker, 2);
		wkb_ring(maker, square, 5);
		wkb_ring(maker, hole, 4);
		break;
	default:
		wkb_u32(maker, 2);
		make(maker, type - 3);
		wkb_header(maker, type - 3);
		if (type == WKB_POINTS) {
			wkb_xy(maker, 5, 6);
		} else {
			if (type == WKB_AREAS)
				wkb_u32(maker, 1);
			wkb_ring(maker, hole, 4);
		}
	}
}

/* What was made is what was read: kind, rings, parts, coordinates. */
static void check_shape(const struct shape *shape, uint32_t type, bool has_z)
{
	static const struct {
		enum geometry_kind kind;
		size_t points, rings, parts;
		double first_x, last_x;
	} wanted[] = {{GEOMETRY_POINT, 1, 1, 1, 3, 3}, {GEOMETRY_LINE, 3, 1, 1, 20, 30},
		{GEOMETRY_AREA, 9, 2, 1, 0, 2}, {GEOMETRY_POINT, 2, 2, 2, 3, 5},
		{GEOMETRY_LINE, 7, 2, 2, 20, 2}, {GEOMETRY_AREA, 13, 3, 2, 0, 2}};

	assert_int_equal(shape->kind, wanted[type - 1].kind);
	assert_int_equal(shape->point_count, wanted[type - 1].points);
	assert_int_equal(shape->ring_count, wanted[type - 1].rings);
	assert_int_equal(shape->part_count, wanted[type - 1].parts);
	assert_true(shape->xy[0] == wanted[type - 1].first_x);
	assert_true(shape->xy[2 * shape->point_count - 2] == wanted[type - 1].last_x);
	assert_int_equal(shape->ring_ends[shape->ring_count - 1], shape->point_count);
	assert_int_equal(shape->part_ends[shape->part_count - 1], shape->ring_count);
	if (type == WKB_POINT && has_z)
		assert_true(shape->z_m == 30);
	else
		assert_true(isnan(shape->z_m));
}

/* Calls test() for every type in every flavour. */
static void each_flavour(void (*test)(const struct wkb_maker *maker, uint32_t type))
{
	for (unsigned flavour = 0; flavour < 32; flavour++)
		for (uint32_t type = WKB_POINT; type <= WKB_AREAS; type++) {
			autofree(strbuf_clear) struct strbuf bytes = STRBUF(10000);
			struct wkb_maker maker = {&bytes, flavour & 1, flavour & 2, flavour & 4,
				flavour & 8, flavour & 16};

			make(&maker, type);
			test(&maker, type);
		}
}

static void check_read(const struct wkb_maker *maker, uint32_t type)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct shape shape;

	assert_int_equal(read_bytes(&arena, maker->out->data, maker->out->len, &shape, NULL), 0);
	check_shape(&shape, type, maker->has_z);
}

static void every_type_is_read_in_every_flavour(void **state)
{
	(void)state;
	each_flavour(check_read);
}

static void check_cuts(const struct wkb_maker *maker, uint32_t type)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct shape shape = {.point_count = 77};
	struct error err;

	(void)type;
	for (size_t len = 0; len < maker->out->len; len++) {
		assert_int_equal(
			read_bytes(&arena, maker->out->data, len, &shape, &err), ERR_INVALID);
		assert_int_equal(err.message, MSG_GEOMETRY_UNREADABLE);
	}
	strbuf_add_char(maker->out, 0);
	assert_int_equal(
		read_bytes(&arena, maker->out->data, maker->out->len, &shape, &err), ERR_INVALID);
	assert_int_equal(shape.point_count, 77);
}

static void what_is_cut_or_too_long_is_refused(void **state)
{
	(void)state;
	each_flavour(check_cuts);
}

static void check_round_trip(const struct wkb_maker *maker, uint32_t type)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	autofree(strbuf_clear) struct strbuf once = STRBUF(10000);
	autofree(strbuf_clear) struct strbuf twice = STRBUF(10000);
	struct shape shape;

	assert_int_equal(read_bytes(&arena, maker->out->data, maker->out->len, &shape, NULL), 0);
	shape_write_wkb(&shape, &once);
	assert_int_equal(read_bytes(&arena, once.data, once.len, &shape, NULL), 0);
	check_shape(&shape, type, false);
	shape_write_wkb(&shape, &twice);
	assert_int_equal(once.len, twice.len);
	assert_memory_equal(once.data, twice.data, once.len);
	/* Lines and areas are stored as multi-geometries, a point alone as a point. */
	assert_int_equal(once.data[0], 1);
	assert_int_equal(once.data[1], type == WKB_POINT  ? WKB_POINT
				       : type <= WKB_AREA ? type + 3
							  : type);
}

static void what_is_written_reads_back(void **state)
{
	(void)state;
	each_flavour(check_round_trip);
}

/* One arena for the geometries that are made by hand; the last shape stays readable. */
static struct arena hand_arena = {.limit = 1 << 20};

static int clear_hand_arena(void **state)
{
	(void)state;
	arena_clear(&hand_arena);
	return 0;
}

static int read_made(const struct strbuf *bytes, struct shape *ret_shape, struct error *err)
{
	arena_reset(&hand_arena);
	return read_bytes(&hand_arena, bytes->data, bytes->len, ret_shape, err);
}

static void other_types_are_named_as_such(void **state)
{
	static const uint32_t others[] = {
		0, 7, 8, 9, 10, 15, 16, 17, 999, 1000, 1007, 2008, 3017, 0x80000007};
	static const uint32_t wrong[] = {4001, 5003, 0x10000001, 0x18000003, 0x1FFFFFFF};
	struct shape shape;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(100);

		wkb_header(&(struct wkb_maker){.out = &bytes}, others[i]);
		wkb_u32(&(struct wkb_maker){.out = &bytes}, 0);
		assert_int_equal(read_made(&bytes, &shape, &err), ERR_INVALID);
		assert_int_equal(err.message, MSG_GEOMETRY_KIND_UNKNOWN);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(100);

		wkb_header(&(struct wkb_maker){.out = &bytes}, wrong[i]);
		wkb_xy(&(struct wkb_maker){.out = &bytes}, 1, 2); /* right for a point */
		assert_int_equal(read_made(&bytes, &shape, &err), ERR_INVALID);
	}
	assert_int_equal(shape_read_wkb(NULL, (struct wkb){NULL, 0}, &shape, &err), ERR_INVALID);
	assert_int_equal(
		read_made(&(struct strbuf){.data = strbuf_empty}, &shape, &err), ERR_INVALID);
	assert_int_equal(read_bytes(NULL, "\x02\1\0\0\0", 5, &shape, &err), ERR_INVALID);
}

/* A multi-geometry has parts of its own kind only, none of them a multi-geometry. */
static void mixed_and_nested_parts_are_refused(void **state)
{
	struct shape shape;
	struct error err;

	(void)state;
	for (uint32_t type = WKB_POINTS; type <= WKB_AREAS; type++)
		for (uint32_t part = WKB_POINT; part <= WKB_COLLECTION; part++) {
			autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
			struct wkb_maker maker = {.out = &bytes};

			wkb_header(&maker, type);
			wkb_u32(&maker, 1);
			if (part < WKB_COLLECTION)
				make(&maker, part);
			else
				wkb_header(&maker, part);
			assert_int_equal(read_made(&bytes, &shape, &err),
				part == type - 3 ? 0 : ERR_INVALID);
		}
}

/* Each part has its own byte order and its own Z and M. */
static void flavours_may_be_mixed(void **state)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(10000);
	struct wkb_maker whole = {.out = &bytes}, part = {&bytes, true, true, true, true, true};
	struct shape shape;

	(void)state;
	wkb_header(&whole, WKB_LINES);
	wkb_u32(&whole, 2);
	make(&part, WKB_LINE);
	wkb_header(&whole, WKB_LINE);
	wkb_ring(&whole, hole, 4);
	assert_int_equal(read_made(&bytes, &shape, NULL), 0);
	check_shape(&shape, WKB_LINES, false);
}

static void empty_geometries_have_no_points(void **state)
{
	struct shape shape;

	(void)state;
	for (unsigned flavour = 0; flavour < 32; flavour++)
		for (uint32_t type = WKB_POINT; type <= WKB_AREAS; type++) {
			autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
			autofree(strbuf_clear) struct strbuf out = STRBUF(1000);
			struct wkb_maker maker = {&bytes, flavour & 1, flavour & 2, flavour & 4,
				flavour & 8, flavour & 16};

			wkb_header(&maker, type);
			if (type == WKB_POINT)
				wkb_xy(&maker, NAN, NAN);
			else
				wkb_u32(&maker, 0);
			assert_int_equal(read_made(&bytes, &shape, NULL), 0);
			assert_int_equal(
				shape.point_count + shape.ring_count + shape.part_count, 0);
			assert_true(isnan(shape.z_m));
			shape_write_wkb(&shape, &out);
			assert_int_equal(read_made(&out, &shape, NULL), 0);
			assert_int_equal(shape.point_count, 0);
		}
}

/* Empty parts and rings leave no trace among the others. */
static void empty_parts_are_dropped(void **state)
{
	autofree(strbuf_clear) struct strbuf points = STRBUF(1000);
	autofree(strbuf_clear) struct strbuf areas = STRBUF(1000);
	struct wkb_maker maker = {.out = &points};
	struct shape shape;

	(void)state;
	wkb_header(&maker, WKB_POINTS);
	wkb_u32(&maker, 3);
	for (int i = 0; i < 3; i++) {
		wkb_header(&maker, WKB_POINT);
		wkb_xy(&maker, i == 1 ? 5 : NAN, i == 1 ? 6 : NAN);
	}
	assert_int_equal(read_made(&points, &shape, NULL), 0);
	assert_int_equal(shape.part_count, 1);
	assert_true(shape.xy[0] == 5 && shape.xy[1] == 6);
	maker.out = &areas;
	wkb_header(&maker, WKB_AREAS);
	wkb_u32(&maker, 2);
	wkb_header(&maker, WKB_AREA);
	wkb_u32(&maker, 0);
	wkb_header(&maker, WKB_AREA);
	wkb_u32(&maker, 2);
	wkb_ring(&maker, square, 5);
	wkb_ring(&maker, square, 0);
	assert_int_equal(read_made(&areas, &shape, NULL), 0);
	assert_int_equal(shape.part_count, 1);
	assert_int_equal(shape.ring_count, 1);
	assert_true(shape_area(&shape) == 64);
}

static void coordinates_are_numbers(void **state)
{
	static const double odd[] = {NAN, INFINITY, -INFINITY};
	struct shape shape;
	struct error err;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		autofree(strbuf_clear) struct strbuf line = STRBUF(1000);
		autofree(strbuf_clear) struct strbuf point = STRBUF(1000);
		double xy[] = {1, 2, 3, 4};

		xy[2 + i % 2] = odd[i / 2];
		wkb_header(&(struct wkb_maker){.out = &line}, WKB_LINE);
		wkb_ring(&(struct wkb_maker){.out = &line}, xy, 2);
		assert_int_equal(read_made(&line, &shape, &err), ERR_INVALID);
		assert_int_equal(err.message, MSG_COORDINATE_NOT_FINITE);
		wkb_header(&(struct wkb_maker){.out = &point}, WKB_POINT);
		wkb_xy(&(struct wkb_maker){.out = &point}, xy[2], xy[3]);
		assert_int_equal(read_made(&point, &shape, &err), ERR_INVALID);
	}
}

static void outlines_are_closed(void **state)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
	struct wkb_maker maker = {.out = &bytes};
	struct shape shape;
	struct error err;

	(void)state;
	wkb_header(&maker, WKB_AREA);
	wkb_u32(&maker, 1);
	wkb_ring(&maker, square, 4);
	assert_int_equal(read_made(&bytes, &shape, &err), ERR_INVALID);
	assert_int_equal(err.message, MSG_RING_NOT_CLOSED);
}

/* A count that lies costs neither memory nor time. */
static void lying_counts_are_refused(void **state)
{
	static const uint32_t lies[] = {2, 1000, 0x10000000, 0x80000000, 0xFFFFFFFF};
	struct shape shape;
	struct error err;

	(void)state;
	for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++)
		for (uint32_t type = WKB_LINE; type <= WKB_AREAS; type++) {
			autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
			struct wkb_maker maker = {.out = &bytes};

			wkb_header(&maker, type);
			wkb_u32(&maker, lies[i]);
			if (type == WKB_LINE)
				wkb_xy(&maker, 1, 2);
			else if (type == WKB_AREA)
				wkb_ring(&maker, square, 5);
			else
				make(&maker, type - 3);
			assert_int_equal(read_made(&bytes, &shape, &err), ERR_INVALID);
		}
}

static void the_caps_hold(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(256 << 20);
	autofree(strbuf_clear) struct strbuf line = STRBUF(64 << 20);
	autofree(strbuf_clear) struct strbuf rings = STRBUF(64 << 20);
	struct wkb_maker maker = {.out = &line};
	struct shape shape;
	struct error err;

	(void)state;
	wkb_header(&maker, WKB_LINE);
	wkb_u32(&maker, SHAPE_POINTS_MAX + 1);
	for (int i = 0; i <= SHAPE_POINTS_MAX; i++)
		strbuf_add(&line, bend, 16);
	assert_int_equal(read_bytes(&arena, line.data, line.len, &shape, &err), ERR_TOO_LARGE);
	assert_int_equal(err.message, MSG_GEOMETRY_TOO_LARGE);
	maker.out = &rings;
	wkb_header(&maker, WKB_AREA);
	wkb_u32(&maker, SHAPE_RINGS_MAX + 1);
	for (int i = 0; i <= SHAPE_RINGS_MAX; i++)
		wkb_ring(&maker, bend, 1);
	assert_int_equal(read_bytes(&arena, rings.data, rings.len, &shape, &err), ERR_TOO_LARGE);
	assert_int_equal(err.message, MSG_GEOMETRY_TOO_MANY_RINGS);
}

static void a_full_arena_is_no_memory(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(100);
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(10000);
	struct wkb_maker maker = {.out = &bytes};
	struct shape shape = {.point_count = 77};

	(void)state;
	make(&maker, WKB_AREAS);
	assert_int_equal(read_bytes(&arena, bytes.data, bytes.len, &shape, NULL), ERR_NOMEM);
	assert_int_equal(shape.point_count, 77);
}

/* What was read keeps the invariants of shape.h, whatever the bytes were. */
static void check_invariants(const struct shape *shape)
{
	size_t ring = 0, first = 0;

	assert_true(shape->point_count <= SHAPE_POINTS_MAX && shape->ring_count <= SHAPE_RINGS_MAX);
	for (size_t i = 0; i < 2 * shape->point_count; i++)
		assert_true(isfinite(shape->xy[i]));
	for (size_t part = 0; part < shape->part_count; part++)
		for (assert_true(shape->part_ends[part] > ring); ring < shape->part_ends[part];
			ring++) {
			size_t last = shape->ring_ends[ring] - 1;

			assert_true(shape->ring_ends[ring] > first && last < shape->point_count);
			if (shape->kind == GEOMETRY_AREA)
				assert_true(shape->xy[2 * first] == shape->xy[2 * last]);
			first = last + 1;
		}
	assert_true(ring == shape->ring_count && first == shape->point_count);
	assert_true(shape->point_count == 1 || isnan(shape->z_m));
}

static void random_bytes_do_no_harm(void **state)
{
	struct random random = random_start(1);
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	size_t read = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
		unsigned flavour = (unsigned)random_below(&random, 32);
		struct wkb_maker maker = {
			&bytes, flavour & 1, flavour & 2, flavour & 4, flavour & 8, flavour & 16};
		size_t changes = random_below(&random, 4);
		struct shape shape;

		arena_reset(&arena);
		if (i % 4) {
			make(&maker, 1 + (uint32_t)random_below(&random, 6));
			for (size_t k = 0; k < changes; k++)
				bytes.data[random_below(&random, bytes.len)] ^=
					(char)(1 << random_below(&random, 8));
		} else {
			for (size_t len = random_below(&random, 60); len; len--)
				strbuf_add_char(&bytes, (char)random_bits(&random));
			if (bytes.len > 5)
				memcpy(bytes.data + 1, (char[]){(char)(1 + i / 4 % 6), 0, 0, 0}, 4);
		}
		if (read_bytes(&arena, bytes.data, bytes.len, &shape, NULL))
			continue;
		read++;
		check_invariants(&shape);
	}
	assert_true(read > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_read_in_every_flavour),
		cmocka_unit_test(what_is_cut_or_too_long_is_refused),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(other_types_are_named_as_such),
		cmocka_unit_test(mixed_and_nested_parts_are_refused),
		cmocka_unit_test(flavours_may_be_mixed),
		cmocka_unit_test(empty_geometries_have_no_points),
		cmocka_unit_test(empty_parts_are_dropped),
		cmocka_unit_test(coordinates_are_numbers),
		cmocka_unit_test(outlines_are_closed),
		cmocka_unit_test(lying_counts_are_refused),
		cmocka_unit_test(the_caps_hold),
		cmocka_unit_test(a_full_arena_is_no_memory),
		cmocka_unit_test(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, clear_hand_arena);
}
