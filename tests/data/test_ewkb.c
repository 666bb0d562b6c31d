#include "tests/test.h"

#include <math.h>

#include "base/strbuf.h"
#include "data/ewkb.h"
#include "tests/gis/wkb_maker.h"
#include "tests/random.h"

enum { SRID = 9210, BYTES_MAX = 1 << 16, SRID_AT = 5, BODY_AT = 9 };

/* What is being made, and the box of its points. */
struct making {
	struct wkb_maker maker;
	struct random random;
	struct box box;
};

static void add_points(struct making *making, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		double x = random_between(&making->random, -1e7, 1e7);
		double y = random_between(&making->random, -1e7, 1e7);

		wkb_xy(&making->maker, x, y);
		making->box = (struct box){fmin(making->box.min_x, x), fmin(making->box.min_y, y),
			fmax(making->box.max_x, x), fmax(making->box.max_y, y)};
	}
}

/* The body of a point, a line or an area; none has more than 5 rings of 9 points. */
static void add_simple(struct making *making, uint32_t type)
{
	uint32_t rings = 1;

	if (type == WKB_AREA) {
		rings = (uint32_t)random_below(&making->random, 5);
		wkb_u32(&making->maker, rings);
	}
	for (uint32_t i = 0; i < rings; i++) {
		uint32_t count = type == WKB_POINT ? 1 : (uint32_t)random_below(&making->random, 9);

		if (type != WKB_POINT)
			wkb_u32(&making->maker, count);
		add_points(making, count);
	}
}

/* WKB of a type that PostGIS holds for us, at random. */
static void make(struct making *making, struct strbuf *wkb, uint32_t type)
{
	uint32_t parts = (uint32_t)random_below(&making->random, 4);

	strbuf_reset(wkb);
	making->maker = (struct wkb_maker){.out = wkb};
	making->box = (struct box){INFINITY, INFINITY, -INFINITY, -INFINITY};
	wkb_header(&making->maker, type);
	if (type < WKB_POINTS) {
		add_simple(making, type);
		return;
	}
	wkb_u32(&making->maker, parts);
	for (uint32_t i = 0; i < parts; i++) {
		wkb_header(&making->maker, type - 3);
		add_simple(making, type - 3);
	}
}

/* Reads bytes that end where the heap's do, into as many: a sanitizer watches both ends. */
static bool read(const unsigned char *bytes, size_t len, struct strbuf *wkb, struct box *box)
{
	unsigned char *from = test_malloc(len + !len), *to = test_malloc(len + !len);
	size_t found_len = 0;
	bool good;

	memcpy(from, bytes, len);
	good = ewkb_read(from, len, to, &found_len, box);
	strbuf_reset(wkb);
	if (good) {
		assert_true(found_len <= len);
		strbuf_add(wkb, to, found_len);
	}
	test_free(from);
	test_free(to);
	return good;
}

static void write(const struct strbuf *wkb, struct strbuf *ewkb)
{
	unsigned char *bytes = test_malloc(wkb->len + EWKB_FRAME_BYTES);
	const struct wkb source = {(const unsigned char *)wkb->data, wkb->len};

	assert_true(ewkb_write(bytes, source, SRID));
	strbuf_reset(ewkb);
	strbuf_add(ewkb, bytes, wkb->len + EWKB_FRAME_BYTES);
	test_free(bytes);
}

static void geometries_come_back(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX), ewkb = STRBUF(BYTES_MAX),
					     found = STRBUF(BYTES_MAX);
	struct making making = {.random = random_start(20261124)};
	struct box box;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		make(&making, &wkb, (uint32_t)round % 6 + 1);
		write(&wkb, &ewkb);
		/* As PostGIS has it: the type is marked, and its SRID stands behind it. */
		assert_int_equal((unsigned char)ewkb.data[4], 0x20);
		assert_memory_equal(ewkb.data + SRID_AT, "\xFA\x23\0\0", 4);
		assert_true(read((unsigned char *)ewkb.data, ewkb.len, &found, &box));
		assert_int_equal(found.len, wkb.len);
		assert_memory_equal(found.data, wkb.data, wkb.len);
		assert_memory_equal(&box, &making.box, sizeof box);
		/* Without an SRID it is WKB. */
		assert_true(read((unsigned char *)wkb.data, wkb.len, &found, &box));
		assert_int_equal(found.len, wkb.len);
		assert_memory_equal(found.data, wkb.data, wkb.len);
	}
}

static void what_is_cut_off_is_refused(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX), ewkb = STRBUF(BYTES_MAX),
					     found = STRBUF(BYTES_MAX);
	struct making making = {.random = random_start(20261125)};
	struct box box;

	(void)state;
	for (int round = 0; round < 60; round++) {
		make(&making, &wkb, (uint32_t)round % 6 + 1);
		write(&wkb, &ewkb);
		for (size_t len = 0; len < ewkb.len; len++)
			assert_false(read((unsigned char *)ewkb.data, len, &found, &box));
		strbuf_add_char(&ewkb, 0);
		assert_false(read((unsigned char *)ewkb.data, ewkb.len, &found, &box));
	}
}

/* A byte of an area in two parts, and what it is made. */
static const struct {
	size_t at;
	unsigned char byte;
} faults[] = {
	{0, 0},			    /* big-endian */
	{0, 2},
	{1, 0}, {1, 7}, {1, 8}, {1, 15}, {2, 1}, {3, 1}, /* no type of ours */
	{4, 0xA0}, {4, 0x60},	    /* Z, M */
	{BODY_AT, 2}, {BODY_AT, 0}, /* another count of parts */
	{BODY_AT + 3, 0xFF},
	{BODY_AT + 4, 0},	    /* a part that is big-endian */
	{BODY_AT + 5, WKB_LINE},    /* of another type */
	{BODY_AT + 5, WKB_AREAS},
	{BODY_AT + 8, 0x20},	    /* with an SRID of its own */
	{BODY_AT + 9, 2},	    /* a ring more */
	{BODY_AT + 12, 0x80},
	{BODY_AT + 13, 6},	    /* a point more */
	{BODY_AT + 16, 0x10},
};

static void what_is_no_geometry_of_ours_is_refused(void **state)
{
	static const double xy[] = {0, 0, 1, 0, 1, 1, 0, 1, 0, 0};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX), ewkb = STRBUF(BYTES_MAX),
					     found = STRBUF(BYTES_MAX);
	const struct wkb_maker maker = {.out = &wkb};
	unsigned char room[10];
	struct box box;

	(void)state;
	wkb_header(&maker, WKB_AREAS);
	wkb_u32(&maker, 1);
	wkb_header(&maker, WKB_AREA);
	wkb_u32(&maker, 1);
	wkb_ring(&maker, xy, 5);
	write(&wkb, &ewkb);
	assert_true(read((unsigned char *)ewkb.data, ewkb.len, &found, &box));
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		char *byte = &ewkb.data[faults[i].at], was = *byte;

		*byte = (char)faults[i].byte;
		assert_false(read((unsigned char *)ewkb.data, ewkb.len, &found, &box));
		*byte = was;
	}
	/* Nor is anything else written. */
	assert_false(ewkb_write(room, (struct wkb){(const unsigned char *)"\1\1\0\0", 4}, SRID));
	assert_false(ewkb_write(room, (struct wkb){(const unsigned char *)"\0\0\0\0\1", 5}, SRID));
}

static void any_bytes_are_survived(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX), ewkb = STRBUF(BYTES_MAX),
					     found = STRBUF(BYTES_MAX);
	struct making making = {.random = random_start(20261126)};
	struct random *random = &making.random;
	unsigned char noise[200];
	struct box box;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		size_t len = random_below(random, sizeof noise);

		for (size_t i = 0; i < len; i++)
			noise[i] = (unsigned char)random_bits(random);
		/* A head that is known, mostly, and counts that are small. */
		if (len > 20 && round % 8) {
			memcpy(noise, "\1\0\0\0\40\0\0\0\0\0\0\0\0", 13);
			noise[1] = (unsigned char)random_below(random, 8);
			noise[9] = (unsigned char)random_below(random, 4);
		}
		read(noise, len, &found, &box);
	}
	for (int round = 0; round < 20000; round++) {
		make(&making, &wkb, (uint32_t)round % 6 + 1);
		write(&wkb, &ewkb);
		for (size_t changes = random_below(random, 3) + 1; changes; changes--)
			ewkb.data[random_below(random, ewkb.len)] ^= (char)(1 << random_below(random, 8));
		if (read((unsigned char *)ewkb.data, ewkb.len, &found, &box))
			assert_true(found.len == ewkb.len || found.len + 4 == ewkb.len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(geometries_come_back),
		cmocka_unit_test(what_is_cut_off_is_refused),
		cmocka_unit_test(what_is_no_geometry_of_ours_is_refused),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
