#include "tests/test.h"

#include <sqlite3.h>
#include <spatialite.h>

#include "base/strbuf.h"
#include "data/spatialite_blob.h"
#include "tests/gis/wkb_maker.h"
#include "tests/random.h"

enum { SRID = 9210, BYTES_MAX = 1 << 16 };

/* A ring of `count` points around a place, closed. */
static void add_ring(
	const struct wkb_maker *maker, struct random *random, uint32_t count, struct box *box)
{
	double first[2], xy[2];

	wkb_u32(maker, count);
	for (uint32_t i = 0; i < count; i++) {
		xy[0] = i + 1 < count || !i ? random_between(random, 5e5, 6e5) : first[0];
		xy[1] = i + 1 < count || !i ? random_between(random, 1.1e6, 1.2e6) : first[1];
		if (!i)
			memcpy(first, xy, sizeof xy);
		wkb_xy(maker, xy[0], xy[1]);
		box->min_x = xy[0] < box->min_x ? xy[0] : box->min_x;
		box->min_y = xy[1] < box->min_y ? xy[1] : box->min_y;
		box->max_x = xy[0] > box->max_x ? xy[0] : box->max_x;
		box->max_y = xy[1] > box->max_y ? xy[1] : box->max_y;
	}
}

/* The body of a point, a line or an area, without its type. */
static void add_simple(
	const struct wkb_maker *maker, struct random *random, int type, struct box *box)
{
	struct strbuf *out = maker->out;
	uint32_t rings = type == WKB_AREA ? (uint32_t)random_below(random, 3) + 1 : 1;

	if (type == WKB_POINT) {
		size_t count_at = out->len;

		/* A ring of one point, whose count is taken away again. */
		add_ring(maker, random, 1, box);
		memmove(out->data + count_at, out->data + count_at + 4, 16);
		out->len -= 4;
		return;
	}
	if (type == WKB_AREA)
		wkb_u32(maker, rings);
	for (uint32_t i = 0; i < rings; i++) {
		/* A hole is inside: SpatiaLite does not count it for the box. */
		struct box ignored = *box;

		add_ring(maker, random, (uint32_t)random_below(random, 20) + 4, i ? &ignored : box);
	}
}

/* Little-endian 2D WKB of a type, and its box. */
static void make_wkb(struct strbuf *out, struct random *random, int type, struct box *ret_box)
{
	const struct wkb_maker maker = {.out = out};
	uint32_t parts = (uint32_t)random_below(random, 4) + 1;

	strbuf_reset(out);
	*ret_box = (struct box){1e300, 1e300, -1e300, -1e300};
	wkb_header(&maker, (uint32_t)type);
	if (type <= WKB_AREA) {
		add_simple(&maker, random, type, ret_box);
		return;
	}
	wkb_u32(&maker, parts);
	for (uint32_t i = 0; i < parts; i++) {
		wkb_header(&maker, (uint32_t)type - 3);
		add_simple(&maker, random, type - 3, ret_box);
	}
}

/* Copies into memory of just that size, so that a sanitizer sees every byte beyond. */
static unsigned char *exact_copy(const void *bytes, size_t len)
{
	unsigned char *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

static bool write_blob(struct strbuf *blob, const void *wkb, size_t len, const struct box *box)
{
	unsigned char *bytes = exact_copy(wkb, len);
	size_t size = spatialite_blob_size(len);
	bool done;

	strbuf_reset(blob);
	assert_true(strbuf_reserve(blob, size));
	done = spatialite_blob_write(
		(unsigned char *)blob->data, (struct wkb){bytes, len}, box, SRID);
	blob->len = size;
	free(bytes);
	return done;
}

static bool read_blob(struct strbuf *wkb, const void *blob, size_t len, struct box *ret_box)
{
	unsigned char *bytes = exact_copy(blob, len), *out = malloc(len ? len : 1);
	size_t wkb_len = 0;
	bool done;

	assert_non_null(out);
	done = spatialite_blob_read(bytes, len, out, &wkb_len, ret_box);
	strbuf_reset(wkb);
	if (done)
		strbuf_add(wkb, out, wkb_len);
	free(bytes);
	free(out);
	return done;
}

static bool same_bytes(const struct strbuf *a, const struct strbuf *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

static void comes_back_as_it_went(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf blob = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf back = STRBUF(BYTES_MAX);
	struct random random = random_start(1);
	struct box box, back_box;

	(void)state;
	for (int i = 0; i < 600; i++) {
		make_wkb(&wkb, &random, WKB_POINT + i % WKB_AREAS, &box);
		assert_true(write_blob(&blob, wkb.data, wkb.len, &box));
		assert_true(read_blob(&back, blob.data, blob.len, &back_box));
		assert_true(same_bytes(&wkb, &back));
		assert_memory_equal(&box, &back_box, sizeof box);
	}
}

static void what_is_cut_is_refused(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf blob = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf cut = STRBUF(BYTES_MAX);
	struct random random = random_start(2);
	struct box box;

	(void)state;
	for (int type = WKB_POINT; type <= WKB_AREAS; type++) {
		make_wkb(&wkb, &random, type, &box);
		for (size_t len = 0; len < wkb.len; len++)
			assert_false(write_blob(&blob, wkb.data, len, &box));
		assert_true(write_blob(&blob, wkb.data, wkb.len, &box));
		for (size_t len = 0; len < blob.len; len++) {
			struct box ignored;

			assert_false(read_blob(&cut, blob.data, len, &ignored));
			/* Also if it is closed as it should be. */
			if (len < 45)
				continue;
			strbuf_reset(&cut);
			strbuf_add(&cut, blob.data, len);
			cut.data[len - 1] = (char)0xFE;
			assert_false(read_blob(&wkb, cut.data, len, &ignored));
		}
		make_wkb(&wkb, &random, type, &box);
		strbuf_add_char(&wkb, 0); /* a byte too many */
		assert_false(write_blob(&blob, wkb.data, wkb.len, &box));
	}
}

/* What is taken for a geometry can be written again to the same bytes. */
static void check_bytes(const void *bytes, size_t len)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf blob = STRBUF(BYTES_MAX);
	struct box box;

	write_blob(&blob, bytes, len, &(struct box){0});
	if (!read_blob(&wkb, bytes, len, &box))
		return;
	assert_true(write_blob(&blob, wkb.data, wkb.len, &box));
	assert_int_equal(blob.len, len);
	memcpy(blob.data + 2, (const char *)bytes + 2, 4); /* the SRID is not read */
	assert_memory_equal(blob.data, bytes, len);
}

static void any_bytes_are_taken_without_harm(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf blob = STRBUF(BYTES_MAX);
	struct random random = random_start(3);
	unsigned char bytes[400];
	struct box box;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t len = random_below(&random, sizeof bytes);

		for (size_t j = 0; j < len; j++)
			bytes[j] = (unsigned char)random_bits(&random);
		check_bytes(bytes, len);
	}
	for (int i = 0; i < 20000; i++) {
		make_wkb(&wkb, &random, WKB_POINT + i % WKB_AREAS, &box);
		assert_true(write_blob(&blob, wkb.data, wkb.len, &box));
		for (size_t j = random_below(&random, 4) + 1; j; j--)
			blob.data[random_below(&random, blob.len)] = (char)random_bits(&random);
		check_bytes(blob.data, blob.len);
	}
}

/* A connection with SpatiaLite's functions, the judge of its own format. */
struct judge {
	sqlite3 *db;
	void *spatialite;
};

static struct judge judge_open(void)
{
	struct judge judge = {.spatialite = spatialite_alloc_connection()};

	assert_int_equal(sqlite3_open(":memory:", &judge.db), SQLITE_OK);
	spatialite_init_ex(judge.db, judge.spatialite, 0);
	return judge;
}

static void judge_close(struct judge *judge)
{
	assert_int_equal(sqlite3_close(judge->db), SQLITE_OK);
	spatialite_cleanup_ex(judge->spatialite);
}

/* What the function answers to the bytes. */
static void judge_ask(
	struct judge *judge, const char *sql, const struct strbuf *bytes, struct strbuf *ret)
{
	sqlite3_stmt *statement;

	assert_int_equal(sqlite3_prepare_v2(judge->db, sql, -1, &statement, NULL), SQLITE_OK);
	sqlite3_bind_blob(statement, 1, bytes->data, (int)bytes->len, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	strbuf_reset(ret);
	strbuf_add(
		ret, sqlite3_column_blob(statement, 0), (size_t)sqlite3_column_bytes(statement, 0));
	sqlite3_finalize(statement);
}

static void is_what_spatialite_writes_and_reads(void **state)
{
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf blob = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf theirs = STRBUF(BYTES_MAX);
	struct random random = random_start(4);
	struct judge judge = judge_open();
	struct box box;

	(void)state;
	for (int i = 0; i < 300; i++) {
		make_wkb(&wkb, &random, WKB_POINT + i % WKB_AREAS, &box);
		assert_true(write_blob(&blob, wkb.data, wkb.len, &box));
		judge_ask(&judge, "SELECT GeomFromWKB(?, 9210)", &wkb, &theirs);
		assert_true(same_bytes(&blob, &theirs));
		judge_ask(&judge, "SELECT ST_AsBinary(?)", &blob, &theirs);
		assert_true(same_bytes(&wkb, &theirs));
		judge_ask(&judge, "SELECT GeometryType(?)", &blob, &theirs);
		assert_true(theirs.len > 0);
	}
	judge_close(&judge);
}

static void only_flat_geometries_of_known_kinds(void **state)
{
	static const double square[] = {0, 0, 1, 0, 1, 1, 0, 0};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(BYTES_MAX);
	autofree(strbuf_clear) struct strbuf blob = STRBUF(BYTES_MAX);
	const struct wkb_maker makers[] = {{.out = &wkb, .has_z = true},
		{.out = &wkb, .has_m = true}, {.out = &wkb, .big = true},
		{.out = &wkb, .is_ewkb = true, .has_srid = true}};
	const struct wkb_maker plain = {.out = &wkb};

	(void)state;
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
		strbuf_reset(&wkb);
		wkb_header(&makers[i], WKB_LINE);
		wkb_ring(&makers[i], square, 4);
		assert_false(write_blob(&blob, wkb.data, wkb.len, &(struct box){0, 0, 1, 1}));
	}
	strbuf_reset(&wkb);
	wkb_header(&plain, WKB_COLLECTION);
	wkb_u32(&plain, 0);
	assert_false(write_blob(&blob, wkb.data, wkb.len, &(struct box){0, 0, 1, 1}));
	/* A part of another kind than the whole. */
	strbuf_reset(&wkb);
	wkb_header(&plain, WKB_AREAS);
	wkb_u32(&plain, 1);
	wkb_header(&plain, WKB_LINE);
	wkb_ring(&plain, square, 4);
	assert_false(write_blob(&blob, wkb.data, wkb.len, &(struct box){0, 0, 1, 1}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_went),
		cmocka_unit_test(what_is_cut_is_refused),
		cmocka_unit_test(any_bytes_are_taken_without_harm),
		cmocka_unit_test(is_what_spatialite_writes_and_reads),
		cmocka_unit_test(only_flat_geometries_of_known_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
