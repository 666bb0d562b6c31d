#include "tests/test.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/file.h"
#include "tests/random.h"
#include "tests/tiles/made_tiles.h"
#include "tests/tiles/pmtiles_reader.h"
#include "tiles/pmtiles.h"
#include "tiles/tile_order.h"

/* Entries as of tiles: numbers grow, most contents follow one another. */
static struct pmtiles_entry *random_entries(struct random *random, size_t count, uint64_t step)
{
	struct pmtiles_entry *entries = calloc(count, sizeof *entries);
	uint64_t number = random_below(random, 100), end = 0;

	assert_non_null(entries);
	for (size_t i = 0; i < count; i++) {
		bool old = end && !random_below(random, 5);

		entries[i].number = number;
		entries[i].run = 1 + (uint32_t)(random_below(random, 4) ? 0 : random_below(random, 300));
		entries[i].length = 1 + (uint32_t)random_below(random, 1 << 20);
		entries[i].offset = old ? random_below(random, end) : end;
		number += entries[i].run + random_below(random, step);
		end += old ? 0 : entries[i].length;
	}
	return entries;
}

static void assert_same(
	const struct pmtiles_entry *entries, const struct read_entry *read, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(read[i].number, entries[i].number);
		assert_int_equal(read[i].offset, entries[i].offset);
		assert_int_equal(read[i].length, entries[i].length);
		assert_int_equal(read[i].run, entries[i].run);
	}
}

/* Clause 4.2, by hand. */
static void a_directory_has_the_bytes_of_the_specification(void **state)
{
	static const struct pmtiles_entry entries[] = {
		{5, 0, 300, 1}, {42, 300, 7, 2}, {69, 0, 300, 1}, {70, 307, 9, 0}};
	static const unsigned char bytes[] = {4, 5, 37, 27, 1, 1, 2, 1, 0, 0xAC, 2, 7, 0xAC, 2, 9, 1,
		0, 1, 0xB4, 2};
	autofree(strbuf_clear) struct strbuf out = STRBUF(1000);

	(void)state;
	pmtiles_add_directory(&out, entries, 4);
	assert_int_equal(out.len, sizeof bytes);
	assert_memory_equal(out.data, bytes, sizeof bytes);
}

static void directories_are_read_as_they_were_written(void **state)
{
	struct random random = random_start(43);

	(void)state;
	for (size_t count = 1; count < 20000; count = count * 3 + 1) {
		struct pmtiles_entry *entries =
			random_entries(&random, count, 1 + random_below(&random, 1 << 30));
		autofree(strbuf_clear) struct strbuf out = STRBUF(SIZE_MAX);
		struct read_entry *read;
		size_t read_count;

		pmtiles_add_directory(&out, entries, count);
		read = read_directory(out.data, out.len, &read_count);
		assert_int_equal(read_count, count);
		assert_same(entries, read, count);
		free(read);
		free(entries);
	}
}

/* The root and the leaves together say what was given. */
static void check_directories(const struct pmtiles_entry *entries, size_t count, size_t each,
	size_t *ret_leaves)
{
	autofree(strbuf_clear) struct strbuf root = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf leaves = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf plain = STRBUF(SIZE_MAX);
	struct read_entry *over;
	size_t over_count, seen = 0, end = 0;

	assert_int_equal(pmtiles_add_directories(entries, count, each, &root, &leaves, NULL), 0);
	assert_true(root.len <= PMTILES_ROOT_BYTES_MAX);
	read_gzip(root.data, root.len, &plain);
	over = read_directory(plain.data, plain.len, &over_count);
	*ret_leaves = leaves.len ? over_count : 0;
	if (!leaves.len) {
		assert_int_equal(over_count, count);
		assert_same(entries, over, count);
	}
	for (size_t i = 0; i < *ret_leaves; i++) {
		struct read_entry *read;
		size_t read_count;

		assert_int_equal(over[i].run, 0);
		assert_int_equal(over[i].offset, end);
		assert_int_equal(over[i].number, entries[seen].number);
		end += over[i].length;
		strbuf_reset(&plain);
		read_gzip(leaves.data + over[i].offset, over[i].length, &plain);
		read = read_directory(plain.data, plain.len, &read_count);
		assert_true(seen + read_count <= count);
		assert_same(entries + seen, read, read_count);
		seen += read_count;
		free(read);
	}
	assert_true(!*ret_leaves || (seen == count && end == leaves.len));
	free(over);
}

static void the_root_always_fits_its_place(void **state)
{
	struct random random = random_start(44);
	struct pmtiles_entry *entries = random_entries(&random, 50000, 1 << 20);
	size_t leaves;

	(void)state;
	check_directories(entries, 1, PMTILES_LEAF_ENTRIES, &leaves);
	assert_int_equal(leaves, 0);
	check_directories(entries, 1000, PMTILES_LEAF_ENTRIES, &leaves);
	assert_int_equal(leaves, 0);
	/* As many as a leaf would take, but too many bytes. */
	check_directories(entries, PMTILES_LEAF_ENTRIES, PMTILES_LEAF_ENTRIES, &leaves);
	assert_int_equal(leaves, 1);
	check_directories(entries, 50000, PMTILES_LEAF_ENTRIES, &leaves);
	assert_int_equal(leaves, 13);
	/* Leaves of one entry would need a root of 50,000. */
	check_directories(entries, 50000, 1, &leaves);
	assert_in_range(leaves, 500, 10000);
	free(entries);
}

static void check_tiles(const struct pmtiles_file *file, size_t count, size_t step)
{
	for (size_t n = 0; n < count; n += step) {
		struct tile tile = tile_order_tile(made_tile_number(n));
		autofree(strbuf_clear) struct strbuf wanted = STRBUF(1000);
		size_t len = 0;
		const char *found = pmtiles_file_tile(file, tile.z, tile.x, tile.y, &len);

		made_tile_content(n, &wanted);
		assert_non_null(found);
		assert_int_equal(len, wanted.len);
		assert_memory_equal(found, wanted.data, len);
		if (made_tile_number(n + 1) == made_tile_number(n) + 1)
			continue;
		tile = tile_order_tile(made_tile_number(n) + 1);
		assert_null(pmtiles_file_tile(file, tile.z, tile.x, tile.y, &len));
	}
}

static void check_archive(size_t count, size_t step, bool has_leaves)
{
	struct pmtiles_file file;
	struct archive *archive;

	archive = made_archive("test_pmtiles.pmtiles", count, false);
	assert_int_equal(archive_finish(archive, NULL), 0);
	archive_free(archive);
	assert_false(file_exists("test_pmtiles.pmtiles.partial"));
	assert_false(file_exists("test_pmtiles.pmtiles.partial.list"));
	pmtiles_file_open(&file, "test_pmtiles.pmtiles");
	assert_int_equal(file.tile_count, count);
	assert_true(count < 50 || file.content_count < count * 9 / 10);
	assert_true(count < 50 || file.entry_count < count);
	assert_int_equal(file.leaves_len > 0, has_leaves);
	assert_int_equal(file.min_zoom, 3);
	assert_int_equal(file.max_zoom, tile_order_tile(made_tile_number(count - 1)).z);
	assert_int_equal(file.west, 1065000000);
	assert_int_equal(file.south, 102500000);
	assert_int_equal(file.east, 1067500000);
	assert_int_equal(file.north, 110000000);
	assert_int_equal(file.centre_lon, 1066250000);
	assert_int_equal(file.centre_lat, 106250000);
	assert_string_equal(file.metadata.data,
		"{\"name\":\"Thành phố \\\"thử\\\"\",\"attribution\":\"\",\"type\":\"overlay\","
		"\"vector_layers\":[{\"id\":\"lot\",\"fields\":{}}]}");
	check_tiles(&file, count, step);
	pmtiles_file_close(&file);
	assert_int_equal(file_remove("test_pmtiles.pmtiles", NULL), 0);
}

static void another_reader_finds_every_tile(void **state)
{
	(void)state;
	check_archive(1, 1, false);
	check_archive(60, 1, false);
	check_archive(1500, 7, false);
}

static void a_hundred_thousand_tiles_have_leaves(void **state)
{
	(void)state;
	check_archive(100000, 331, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_directory_has_the_bytes_of_the_specification),
		cmocka_unit_test(directories_are_read_as_they_were_written),
		cmocka_unit_test(the_root_always_fits_its_place),
		cmocka_unit_test(another_reader_finds_every_tile),
		cmocka_unit_test(a_hundred_thousand_tiles_have_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
