#include "tests/test.h"

#include "tests/tiles/pmtiles_reader.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { ENTRIES_MAX = 1 << 24 };

static uint64_t little(const struct strbuf *bytes, size_t at, size_t len)
{
	uint64_t value = 0;

	assert_true(at + len <= bytes->len);
	for (size_t i = len; i--;)
		value = value << 8 | (unsigned char)bytes->data[at + i];
	return value;
}

void read_gzip(const void *bytes, size_t len, struct strbuf *out)
{
	struct libdeflate_decompressor *reader = libdeflate_alloc_decompressor();
	size_t room = len * 20 + 1000, got = 0;
	enum libdeflate_result result = LIBDEFLATE_INSUFFICIENT_SPACE;

	assert_non_null(reader);
	for (; result == LIBDEFLATE_INSUFFICIENT_SPACE; room *= 4) {
		assert_true(strbuf_reserve(out, room));
		result = libdeflate_gzip_decompress(
			reader, bytes, len, out->data + out->len, room, &got);
	}
	assert_int_equal(result, LIBDEFLATE_SUCCESS);
	out->len += got;
	out->data[out->len] = '\0';
	libdeflate_free_decompressor(reader);
}

/* Protocol Buffers, "Base 128 Varints". */
static uint64_t varint(const unsigned char **at, const unsigned char *end)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		assert_true(*at < end);
		byte = *(*at)++;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return value;
	}
	fail_msg("a number is too long");
	return 0;
}

struct read_entry *read_directory(const void *bytes, size_t len, size_t *ret_count)
{
	const unsigned char *at = bytes, *end = at + len;
	uint64_t count = varint(&at, end), number = 0;
	struct read_entry *entries;

	assert_true(count > 0 && count <= ENTRIES_MAX);
	entries = calloc(count, sizeof *entries);
	assert_non_null(entries);
	for (size_t i = 0; i < count; i++)
		entries[i].number = number += varint(&at, end);
	for (size_t i = 0; i < count; i++)
		entries[i].run = varint(&at, end);
	for (size_t i = 0; i < count; i++) {
		entries[i].length = varint(&at, end);
		assert_true(entries[i].length > 0);
	}
	for (size_t i = 0; i < count; i++) {
		uint64_t offset = varint(&at, end);

		assert_true(offset || i);
		entries[i].offset =
			offset ? offset - 1 : entries[i - 1].offset + entries[i - 1].length;
	}
	assert_ptr_equal(at, end);
	*ret_count = count;
	return entries;
}

static struct read_entry *directory_at(
	const struct pmtiles_file *file, uint64_t at, uint64_t len, size_t *ret_count)
{
	autofree(strbuf_clear) struct strbuf plain = STRBUF(SIZE_MAX);

	assert_true(at + len <= file->bytes.len);
	read_gzip(file->bytes.data + at, len, &plain);
	return read_directory(plain.data, plain.len, ret_count);
}

/* What was met on the way through the directories. */
struct census {
	const struct pmtiles_file *file;
	uint64_t tiles, entries, contents, next, data_end;
};

static void count_entry(struct census *census, const struct read_entry *entry)
{
	assert_true(entry->number >= census->next);
	assert_true(entry->offset + entry->length <= census->file->tiles_len);
	/* Clustered: behind all that was before, or somewhere among it. */
	assert_true(entry->offset <= census->data_end);
	if (entry->offset == census->data_end) {
		census->contents++;
		census->data_end += entry->length;
	}
	census->entries++;
	census->tiles += entry->run;
	census->next = entry->number + entry->run;
}

static void count_entries(struct census *census, uint64_t at, uint64_t len, int depth)
{
	size_t count;
	struct read_entry *entries = directory_at(census->file, at, len, &count);

	assert_true(depth < 2);
	for (size_t i = 0; i < count; i++) {
		assert_true(entries[i].number >= census->next);
		if (entries[i].run)
			count_entry(census, &entries[i]);
		else
			count_entries(census, census->file->leaves_at + entries[i].offset,
				entries[i].length, depth + 1);
	}
	free(entries);
}

static void read_header(struct pmtiles_file *file)
{
	uint64_t *const numbers[] = {&file->root_at, &file->root_len, &file->metadata_at,
		&file->metadata_len, &file->leaves_at, &file->leaves_len, &file->tiles_at,
		&file->tiles_len, &file->tile_count, &file->entry_count, &file->content_count};
	int32_t *const places[] = {&file->west, &file->south, &file->east, &file->north};

	assert_true(file->bytes.len > 127);
	assert_memory_equal(file->bytes.data, "PMTiles\3", 8);
	for (size_t i = 0; i < 11; i++)
		*numbers[i] = little(&file->bytes, 8 + 8 * i, 8);
	assert_int_equal(little(&file->bytes, 96, 4), 0x01020201); /* clustered, gzip, gzip, MVT */
	file->min_zoom = (unsigned)little(&file->bytes, 100, 1);
	file->max_zoom = (unsigned)little(&file->bytes, 101, 1);
	for (size_t i = 0; i < 4; i++)
		*places[i] = (int32_t)little(&file->bytes, 102 + 4 * i, 4);
	file->centre_zoom = (unsigned)little(&file->bytes, 118, 1);
	file->centre_lon = (int32_t)little(&file->bytes, 119, 4);
	file->centre_lat = (int32_t)little(&file->bytes, 123, 4);
}

void pmtiles_file_open(struct pmtiles_file *file, const char *path)
{
	struct census census = {.file = file};

	*file = (struct pmtiles_file){.bytes = STRBUF(SIZE_MAX), .metadata = STRBUF(SIZE_MAX)};
	assert_int_equal(file_read(path, &file->bytes, NULL), 0);
	read_header(file);
	assert_true(file->root_at >= 127 && file->root_at + file->root_len <= 16384);
	assert_true(file->min_zoom <= file->centre_zoom && file->centre_zoom <= file->max_zoom);
	assert_true(file->west < file->east && file->south < file->north);
	/* All sections are there, and nothing else but the front's filling. */
	assert_int_equal(file->bytes.len,
		16384 + file->tiles_len + file->leaves_len + file->metadata_len);
	read_gzip(file->bytes.data + file->metadata_at, file->metadata_len, &file->metadata);
	count_entries(&census, file->root_at, file->root_len, 0);
	assert_int_equal(census.tiles, file->tile_count);
	assert_int_equal(census.entries, file->entry_count);
	assert_int_equal(census.contents, file->content_count);
	assert_int_equal(census.data_end, file->tiles_len);
}

void pmtiles_file_close(struct pmtiles_file *file)
{
	strbuf_clear(&file->bytes);
	strbuf_clear(&file->metadata);
}

/* The way of Wikipedia's "Hilbert curve", from above. */
static uint64_t number_of(unsigned z, uint32_t x, uint32_t y)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < z; i++)
		number += UINT64_C(1) << (2 * i);
	for (uint64_t s = (UINT64_C(1) << z) / 2; s; s /= 2) {
		uint64_t rx = (x & s) > 0, ry = (y & s) > 0;

		number += s * s * ((3 * rx) ^ ry);
		if (!ry) {
			uint32_t was = x;

			if (rx) {
				x = (uint32_t)(s - 1 - (x & (s - 1)));
				y = (uint32_t)(s - 1 - (y & (s - 1)));
				was = x;
			}
			x = y;
			y = was;
		}
	}
	return number;
}

/* The last entry that does not begin behind the number, or NULL. */
static const struct read_entry *entry_for(
	const struct read_entry *entries, size_t count, uint64_t number)
{
	const struct read_entry *found = NULL;

	for (size_t i = 0; i < count && entries[i].number <= number; i++)
		found = &entries[i];
	return found;
}

const char *pmtiles_file_tile(
	const struct pmtiles_file *file, unsigned z, uint32_t x, uint32_t y, size_t *ret_len)
{
	uint64_t number = number_of(z, x, y), at = file->root_at, len = file->root_len;
	const char *found = NULL;

	for (int depth = 0; depth < 2 && len; depth++) {
		size_t count;
		struct read_entry *entries = directory_at(file, at, len, &count);
		const struct read_entry *entry = entry_for(entries, count, number);

		len = 0;
		if (entry && !entry->run) {
			at = file->leaves_at + entry->offset;
			len = entry->length;
		} else if (entry && number < entry->number + entry->run) {
			found = file->bytes.data + file->tiles_at + entry->offset;
			*ret_len = entry->length;
		}
		free(entries);
	}
	return found;
}
