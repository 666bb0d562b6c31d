#include "tiles/pmtiles.h"

#include <math.h>

#include "base/banned.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "tiles/archive_kind.h"
#include "tiles/compress.h"
#include "tiles/pbf.h"
#include "tiles/tile_order.h"

enum {
	LEAF_DOUBLINGS_MAX = 32,
	METADATA_BYTES_MAX = 8 << 20,
	ENTRIES_ROOM = 4096,
	PATH_MAX_BYTES = 4096,

	/* Clause 3.2: numbers of what is said by number. */
	GZIP = 2,
	MVT = 1,

	/* Of the list: its head, and a row: number, offset, length, key. */
	LIST_MAGIC_BYTES = 8,
	LIST_HEAD_BYTES = LIST_MAGIC_BYTES + 32,
	LIST_ROW_BYTES = 8 + 8 + 4 + 16,
	LIST_BYTES_MAX = 1 << 30,
	/* So many tiles or bytes are made durable at a time: what a crash may cost. */
	KEEP_ROWS = 4096,
	KEEP_BYTES = 64 << 20,
};

static const char list_magic[LIST_MAGIC_BYTES + 1] = "DothiPM1";
static const double degree = 1e7; /* clause 3.4 */

struct pmtiles {
	struct archive archive; /* first: its address is the pmtiles' */
	bool is_open;		/* what follows is to be closed */
	int data_fd, list_fd;
	struct strbuf list_path;
	struct strbuf rows;  /* of tiles that are not yet made durable */
	uint64_t kept_bytes; /* of tiles, as the list knows them */
	struct pmtiles_entry *entries; /* heap */
	size_t count, room;
};

/* --- directories -------------------------------------------------------------------------------- */

static void add_varint(struct strbuf *out, uint64_t value)
{
	uint8_t bytes[PBF_VARINT_MAX_BYTES];

	strbuf_add(out, bytes, (size_t)(pbf_varint(bytes, value) - bytes));
}

void pmtiles_add_directory(struct strbuf *out, const struct pmtiles_entry *entries, size_t count)
{
	size_t room;

	/* Only for speed; what does not fit fails when it is appended. */
	if (checked_mul(count, 4, &room) && room < out->max - out->len)
		strbuf_reserve(out, room);
	add_varint(out, count);
	for (size_t i = 0; i < count; i++)
		add_varint(out, entries[i].number - (i ? entries[i - 1].number : 0));
	for (size_t i = 0; i < count; i++)
		add_varint(out, entries[i].run);
	for (size_t i = 0; i < count; i++)
		add_varint(out, entries[i].length);
	for (size_t i = 0; i < count; i++) {
		bool follows = i && entries[i].offset ==
			entries[i - 1].offset + entries[i - 1].length;

		add_varint(out, follows ? 0 : entries[i].offset + 1);
	}
}

/* What directories are made with. */
struct directory_maker {
	struct compressor *compressor;
	struct strbuf plain;
};

static int add_packed(struct directory_maker *maker, const struct pmtiles_entry *entries,
	size_t count, struct strbuf *out, struct error *err)
{
	strbuf_reset(&maker->plain);
	pmtiles_add_directory(&maker->plain, entries, count);
	if (maker->plain.failed || !compressor_add(maker->compressor, COMPRESS_GZIP, COMPRESS_STORED,
					   maker->plain.data, maker->plain.len, out))
		return fail_no_memory(err);
	return 0;
}

/* Leaves of so many entries, and a root over them. */
static int add_leaves(struct directory_maker *maker, const struct pmtiles_entry *entries,
	size_t count, size_t each, struct strbuf *root, struct strbuf *leaves, struct error *err)
{
	size_t leaf_count = (count - 1) / each + 1;
	struct pmtiles_entry *over = calloc(leaf_count, sizeof *over);
	int rc = over ? 0 : fail_no_memory(err);

	for (size_t i = 0; !rc && i < leaf_count; i++) {
		size_t first = i * each, begin = leaves->len;

		rc = add_packed(maker, entries + first, count - first < each ? count - first : each,
			leaves, err);
		over[i] = (struct pmtiles_entry){entries[first].number, begin,
			(uint32_t)(leaves->len - begin), 0};
	}
	if (!rc)
		rc = add_packed(maker, over, leaf_count, root, err);
	free(over);
	return rc;
}

static int add_directories(struct directory_maker *maker, const struct pmtiles_entry *entries,
	size_t count, size_t each, struct strbuf *root, struct strbuf *leaves, struct error *err)
{
	int rc = count <= each ? add_packed(maker, entries, count, root, err) : 0;

	if (rc || (root->len && root->len <= PMTILES_ROOT_BYTES_MAX))
		return rc;
	for (int i = 0; i < LEAF_DOUBLINGS_MAX; i++, each *= 2) {
		strbuf_reset(root);
		strbuf_reset(leaves);
		rc = add_leaves(maker, entries, count, each, root, leaves, err);
		if (rc || root->len <= PMTILES_ROOT_BYTES_MAX)
			return rc;
	}
	return fail_internal(err);
}

int pmtiles_add_directories(const struct pmtiles_entry *entries, size_t count, size_t leaf_entries,
	struct strbuf *root, struct strbuf *leaves, struct error *err)
{
	struct directory_maker maker = {compressor_new(), STRBUF(SIZE_MAX)};
	int rc;

	if (!maker.compressor)
		rc = fail_no_memory(err);
	else
		rc = add_directories(&maker, entries, count, leaf_entries, root, leaves, err);

	compressor_free(maker.compressor);
	strbuf_clear(&maker.plain);
	return rc;
}

/* --- the list, and the entries ------------------------------------------------------------------ */

static void put_number(unsigned char *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get_number(const unsigned char *at, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = bytes; i--;)
		value = value << 8 | at[i];
	return value;
}

/* Adds an entry, or to the run of the last one. */
static int note_entry(struct pmtiles *file, uint64_t number, uint64_t offset, uint32_t length,
	struct error *err)
{
	struct pmtiles_entry *last = file->count ? &file->entries[file->count - 1] : NULL;

	if (last && last->offset == offset && last->number + last->run == number &&
		last->run < UINT32_MAX) {
		last->run++;
		return 0;
	}
	if (file->count == file->room) {
		size_t room = file->room ? file->room + file->room / 2 : ENTRIES_ROOM;
		struct pmtiles_entry *moved = realloc(file->entries, room * sizeof *moved);

		if (!moved)
			return fail_no_memory(err);
		file->entries = moved;
		file->room = room;
	}
	file->entries[file->count++] = (struct pmtiles_entry){number, offset, length, 1};
	return 0;
}

/* First the tiles, then what tells of them. */
static int keep(struct archive *archive, struct error *err)
{
	struct pmtiles *file = (struct pmtiles *)archive;
	int rc = strbuf_check(&file->rows, err);

	if (!rc)
		rc = file_sync(file->data_fd, err);
	if (!rc)
		rc = file_append(file->list_fd, file->rows.data, file->rows.len, err);
	if (!rc)
		rc = file_sync(file->list_fd, err);
	if (rc)
		return rc;
	strbuf_reset(&file->rows);
	file->kept_bytes = archive->counts.content_bytes;
	return 0;
}

static int open_empty(struct pmtiles *file, struct error *err)
{
	file->is_open = true;
	file->data_fd = file->list_fd = -1;
	file->rows = STRBUF(LIST_BYTES_MAX);
	file->list_path = STRBUF(PATH_MAX_BYTES);
	strbuf_add_format(&file->list_path, "%s.list", file->archive.partial.data);
	return strbuf_check(&file->list_path, err);
}

static int create(struct archive *archive, struct error *err)
{
	static const unsigned char front[PMTILES_FRONT_BYTES];
	struct pmtiles *file = (struct pmtiles *)archive;
	int rc = open_empty(file, err);

	if (!rc)
		rc = file_create(file->list_path.data, &file->list_fd, err);
	if (!rc)
		rc = file_append(file->list_fd, list_magic, LIST_MAGIC_BYTES, err);
	if (!rc)
		rc = file_append(file->list_fd, archive->about->source.bytes,
			sizeof archive->about->source.bytes, err);
	if (!rc)
		rc = file_create(archive->partial.data, &file->data_fd, err);
	if (!rc)
		rc = file_append(file->data_fd, front, sizeof front, err);
	return rc;
}

/*
 * Takes the rows of a list, as far as they agree with one another and with the tiles that are
 * there; *ret_used bytes of it.
 */
static int take_rows(struct pmtiles *file, const struct strbuf *list, uint64_t data_bytes,
	size_t *ret_used, struct error *err)
{
	struct archive_counts *counts = &file->archive.counts;
	size_t at = LIST_HEAD_BYTES;
	int rc = 0;

	for (; !rc && list->len - at >= LIST_ROW_BYTES; at += LIST_ROW_BYTES) {
		const unsigned char *row = (const unsigned char *)list->data + at;
		uint64_t number = get_number(row, 8), offset = get_number(row + 8, 8);
		uint64_t length = get_number(row + 16, 4);
		struct content_key key;

		if (number < counts->next || number >= tile_order_first(GRID_ZOOM_MAX + 1) ||
			offset > counts->content_bytes || !length || offset > data_bytes ||
			length > data_bytes - offset || counts->tiles == ARCHIVE_TILES_MAX)
			break;
		memcpy(key.bytes, row + 20, sizeof key.bytes);
		rc = archive_remember(&file->archive, tile_order_tile(number), &key, length, offset,
			err);
		if (!rc)
			rc = note_entry(file, number, offset, (uint32_t)length, err);
	}
	*ret_used = at;
	return rc;
}

static int resume(struct archive *archive, struct error *err)
{
	struct pmtiles *file = (struct pmtiles *)archive;
	autofree(strbuf_clear) struct strbuf list = STRBUF((size_t)ARCHIVE_TILES_MAX * LIST_ROW_BYTES);
	int64_t size = 0;
	size_t used;
	int rc = open_empty(file, err);

	if (!rc)
		rc = file_read(file->list_path.data, &list, err);
	if (!rc)
		rc = file_size(archive->partial.data, &size, err);
	if (rc)
		return rc;
	if (list.len < LIST_HEAD_BYTES || size < PMTILES_FRONT_BYTES ||
		memcmp(list.data, list_magic, LIST_MAGIC_BYTES) != 0)
		return fail_archive_damaged(err, file_name(archive->partial.data));
	if (memcmp(list.data + LIST_MAGIC_BYTES, archive->about->source.bytes,
		    sizeof archive->about->source.bytes) != 0)
		return fail_archive_other(err, file_name(archive->partial.data));
	rc = take_rows(file, &list, (uint64_t)size - PMTILES_FRONT_BYTES, &used, err);
	if (!rc)
		rc = file_open_behind(file->list_path.data, (int64_t)used, &file->list_fd, err);
	file->kept_bytes = archive->counts.content_bytes;
	if (!rc)
		rc = file_open_behind(archive->partial.data,
			PMTILES_FRONT_BYTES + (int64_t)file->kept_bytes, &file->data_fd, err);
	return rc;
}

static int put(struct archive *archive, const struct archive_tile *tile, bool is_new,
	uint64_t *place, struct error *err)
{
	struct pmtiles *file = (struct pmtiles *)archive;
	unsigned char row[LIST_ROW_BYTES];
	uint64_t number = tile_order_number(tile->tile);
	int rc = 0;

	if (is_new) {
		*place = archive->counts.content_bytes;
		rc = file_append(file->data_fd, tile->bytes, tile->len, err);
	}
	if (!rc)
		rc = note_entry(file, number, *place, (uint32_t)tile->len, err);
	if (rc)
		return rc;
	put_number(row, number, 8);
	put_number(row + 8, *place, 8);
	put_number(row + 16, tile->len, 4);
	memcpy(row + 20, tile->key.bytes, sizeof tile->key.bytes);
	strbuf_add(&file->rows, row, sizeof row);
	/* This tile is counted by archive_put: the rows before it are kept. */
	if (file->rows.len < (size_t)KEEP_ROWS * LIST_ROW_BYTES &&
		archive->counts.content_bytes - file->kept_bytes < KEEP_BYTES)
		return strbuf_check(&file->rows, err);
	return keep(archive, err);
}

/* --- the end ------------------------------------------------------------------------------------ */

static int add_metadata(const struct archive_about *about, struct strbuf *out, struct error *err)
{
	autofree(strbuf_clear) struct strbuf plain = STRBUF(METADATA_BYTES_MAX);
	struct json_writer json = JSON_WRITER(&plain);

	json_begin_object(&json);
	json_member_text(&json, "name", about->name);
	json_member_text(&json, "attribution", "");
	json_member_text(&json, "type", "overlay");
	json_put_key(&json, "vector_layers");
	json_put_raw(&json, about->vector_layers, strlen(about->vector_layers));
	json_end_object(&json);
	if (plain.failed)
		return strbuf_check(&plain, err);
	return compress_gzip(plain.data, plain.len, COMPRESS_STORED, out) ? 0 : fail_no_memory(err);
}

static void put_place(unsigned char *at, double lon, double lat)
{
	put_number(at, (uint64_t)llrint(lon * degree), 4);
	put_number(at + 4, (uint64_t)llrint(lat * degree), 4);
}

/* Clause 3.1. */
static void write_header(const struct pmtiles *file, size_t root, size_t leaves, size_t metadata,
	unsigned char header[PMTILES_HEADER_BYTES])
{
	const struct archive_counts *counts = &file->archive.counts;
	const struct lonlat_box *bounds = &file->archive.about->bounds;
	uint64_t leaves_at = PMTILES_FRONT_BYTES + counts->content_bytes;
	const uint64_t numbers[] = {PMTILES_HEADER_BYTES, root, leaves_at + leaves, metadata, leaves_at,
		leaves, PMTILES_FRONT_BYTES, counts->content_bytes, counts->tiles, file->count,
		counts->contents};
	unsigned char *at = header + 8;

	memcpy(header, "PMTiles\3", 8);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++, at += 8)
		put_number(at, numbers[i], 8);
	*at++ = 1; /* clustered */
	*at++ = GZIP;
	*at++ = GZIP;
	*at++ = MVT;
	*at++ = (unsigned char)counts->min_zoom;
	*at++ = (unsigned char)counts->max_zoom;
	put_place(at, bounds->west, bounds->south);
	put_place(at + 8, bounds->east, bounds->north);
	at[16] = (unsigned char)archive_middle_zoom(&file->archive);
	put_place(at + 17, (bounds->west + bounds->east) / 2, (bounds->south + bounds->north) / 2);
}

static int finish(struct archive *archive, struct error *err)
{
	struct pmtiles *file = (struct pmtiles *)archive;
	autofree(strbuf_clear) struct strbuf front = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf root = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf leaves = STRBUF(SIZE_MAX);
	autofree(strbuf_clear) struct strbuf metadata = STRBUF(METADATA_BYTES_MAX);
	unsigned char header[PMTILES_HEADER_BYTES];
	int rc = keep(archive, err);

	if (!rc)
		rc = pmtiles_add_directories(file->entries, file->count, PMTILES_LEAF_ENTRIES,
			&root, &leaves, err);
	if (!rc)
		rc = add_metadata(archive->about, &metadata, err);
	if (!rc)
		rc = file_append(file->data_fd, leaves.data, leaves.len, err);
	if (!rc)
		rc = file_append(file->data_fd, metadata.data, metadata.len, err);
	if (rc)
		return rc;
	write_header(file, root.len, leaves.len, metadata.len, header);
	strbuf_add(&front, header, sizeof header);
	strbuf_add(&front, root.data, root.len);
	rc = strbuf_check(&front, err);
	if (!rc)
		rc = file_write_at(file->data_fd, 0, front.data, front.len, err);
	if (rc)
		return rc;
	rc = file_close(file->data_fd, err);
	file->data_fd = -1;
	return rc;
}

static void close_files(struct archive *archive)
{
	struct pmtiles *file = (struct pmtiles *)archive;

	if (!file->is_open)
		return;
	file_drop(&file->data_fd);
	file_drop(&file->list_fd);
	strbuf_clear(&file->list_path);
	strbuf_clear(&file->rows);
	free(file->entries);
	file->is_open = false;
}

static void clean(struct archive *archive)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);

	strbuf_add_format(&path, "%s.list", archive->partial.data);
	if (!path.failed)
		file_remove(path.data, NULL);
}

const struct archive_kind pmtiles_kind = {
	".pmtiles", sizeof(struct pmtiles), create, resume, put, keep, finish, close_files, clean};
