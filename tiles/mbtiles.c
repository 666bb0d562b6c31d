#include "tiles/mbtiles.h"

#include "base/banned.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/store.h"
#include "tiles/archive_kind.h"
#include "tiles/tile_order.h"

enum {
	KEEP_TILES = 4096, /* by their number: a commit counts in the bytes of the file */
	VALUE_BYTES_MAX = 8 << 20,
	PATH_MAX_BYTES = 4096,
};

static const char source_row[] = "dothi_source"; /* of a partial file */

struct mbtiles {
	struct archive archive; /* first: its address is the mbtiles' */
	struct store *store;
	struct transaction writing;
	uint64_t since_kept; /* tiles */
};

static const char sql_make[] =
	"PRAGMA application_id = 1297105496;" /* MBTILES_APPLICATION_ID */
	"CREATE TABLE metadata (name TEXT NOT NULL, value TEXT NOT NULL);"
	"CREATE UNIQUE INDEX metadata_name ON metadata (name);"
	"CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB NOT NULL);"
	"CREATE TABLE map (zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL,"
	" tile_row INTEGER NOT NULL, tile_id INTEGER NOT NULL);"
	"CREATE UNIQUE INDEX map_place ON map (zoom_level, tile_column, tile_row);"
	"CREATE VIEW tiles AS SELECT map.zoom_level AS zoom_level, map.tile_column AS tile_column,"
	" map.tile_row AS tile_row, images.tile_data AS tile_data"
	" FROM map JOIN images ON images.tile_id = map.tile_id";

static const char sql_add_metadata[] =
	"INSERT INTO metadata (name, value) VALUES ($name, $value)";
static const char sql_add_image[] =
	"INSERT INTO images (tile_id, tile_data) VALUES ($id, $data)";
static const char sql_add_tile[] =
	"INSERT INTO map (zoom_level, tile_column, tile_row, tile_id) VALUES ($z, $x, $y, $id)";
static const char sql_source[] = "SELECT value FROM metadata WHERE name = $name";
/* In the order in which they were written. */
static const char sql_tiles[] =
	"SELECT map.zoom_level, map.tile_column, map.tile_row, map.tile_id, images.tile_data"
	" FROM map LEFT JOIN images ON images.tile_id = map.tile_id ORDER BY map.rowid";

static int fail_as_file(const char *name, int rc, struct error *err)
{
	if (err->message == MSG_REGISTER_DAMAGED)
		return fail_archive_damaged(err, name);
	if (err->message == MSG_REGISTER_NOT_WRITABLE)
		return fail_file_not_writable(err, name);
	return rc == ERR_IO || rc == ERR_BUSY ? fail_file_not_written(err, name) : rc;
}

/* The file is no register: its faults are said as those of a file. */
static int as_file(const struct mbtiles *file, int rc, struct error *err)
{
	char detail[ERROR_DETAIL_MAX];

	if (!rc || !err || err->message == MSG_DISK_FULL)
		return rc;
	memcpy(detail, err->detail, sizeof detail);
	rc = fail_as_file(file_name(file->archive.partial.data), rc, err);
	error_detail(err, "%s", detail);
	return rc;
}

static int begin(struct mbtiles *file, struct error *err)
{
	return transaction_begin(file->store, &file->writing, err);
}

/* Commits, and goes on. */
static int commit(struct mbtiles *file, struct error *err)
{
	int rc = file->writing.store ? transaction_commit(&file->writing, err) : 0;

	file->since_kept = 0;
	return rc;
}

static int add_metadata(
	struct mbtiles *file, const char *name, const char *value, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(file->store, sql_add_metadata, &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "name", name);
	query_bind_text(query, "value", value);
	return query_run(query, err);
}

static int create(struct archive *archive, struct error *err)
{
	struct mbtiles *file = (struct mbtiles *)archive;
	struct digest_text source = digest_print(&archive->about->source);
	int rc = store_open_plain(archive->partial.data, true, &file->store, err);

	if (!rc)
		rc = begin(file, err);
	if (!rc)
		rc = store_run(file->store, sql_make, err);
	if (!rc)
		rc = add_metadata(file, source_row, source.text, err);
	if (!rc)
		rc = commit(file, err);
	return as_file(file, rc, err);
}

/* Whether the file is being made from the same. */
static int check_source(struct mbtiles *file, struct error *err)
{
	const char *name = file_name(file->archive.partial.data);
	struct digest_text source = digest_print(&file->archive.about->source);
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(file->store, sql_source, &query, err);

	/* Another database, or what was cut while its tables were made. */
	if (rc && rc != ERR_NOMEM)
		return fail_archive_damaged(err, name);
	if (rc)
		return rc;
	query_bind_text(query, "name", source_row);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return fail_archive_damaged(err, name);
	return strcmp(query_text(query, 0, NULL), source.text) ? fail_archive_other(err, name) : 0;
}

/* The tile of a row, if it may stand behind those before. */
static bool read_tile(struct query *query, uint64_t next, struct tile *ret_tile)
{
	int64_t z = query_int(query, 0), x = query_int(query, 1), row = query_int(query, 2);

	if (z < 0 || z > GRID_ZOOM_MAX || x < 0 || x >> z || row < 0 || row >> z)
		return false;
	*ret_tile = (struct tile){(unsigned)z, (uint32_t)x, (uint32_t)((1 << z) - 1 - row)};
	return tile_order_number(*ret_tile) >= next;
}

static int remember_tiles(struct mbtiles *file, struct error *err)
{
	struct archive *archive = &file->archive;
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(file->store, sql_tiles, &query, err);

	while (!rc && (rc = query_step(query, err)) > 0) {
		struct content_key key;
		const void *bytes;
		struct tile tile;
		size_t len;

		bytes = query_bytes(query, 4, &len);
		rc = query_check_row(query, err);
		if (rc)
			break;
		if (!bytes || !read_tile(query, archive->counts.next, &tile) ||
			archive->counts.tiles == ARCHIVE_TILES_MAX)
			return fail_archive_damaged(err, file_name(archive->partial.data));
		key = content_key_of(bytes, len);
		rc = archive_remember(
			archive, tile, &key, len, (uint64_t)query_int(query, 3), err);
	}
	return rc;
}

static int resume(struct archive *archive, struct error *err)
{
	struct mbtiles *file = (struct mbtiles *)archive;
	int rc = store_open_plain(archive->partial.data, false, &file->store, err);

	if (!rc)
		rc = check_source(file, err);
	if (!rc)
		rc = remember_tiles(file, err);
	return as_file(file, rc, err);
}

static int add_image(struct mbtiles *file, const struct archive_tile *tile, uint64_t id,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(file->store, sql_add_image, &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", (int64_t)id);
	query_bind_bytes(query, "data", tile->bytes, tile->len);
	return query_run(query, err);
}

static int add_tile(struct mbtiles *file, struct tile tile, uint64_t id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(file->store, sql_add_tile, &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "z", tile.z);
	query_bind_int(query, "x", tile.x);
	query_bind_int(query, "y", (INT64_C(1) << tile.z) - 1 - tile.y);
	query_bind_int(query, "id", (int64_t)id);
	return query_run(query, err);
}

static int put(struct archive *archive, const struct archive_tile *tile, bool is_new,
	uint64_t *place, struct error *err)
{
	struct mbtiles *file = (struct mbtiles *)archive;
	int rc = file->writing.store ? 0 : begin(file, err);

	if (is_new)
		*place = archive->counts.contents + 1;
	if (!rc && is_new)
		rc = add_image(file, tile, *place, err);
	if (!rc)
		rc = add_tile(file, tile->tile, *place, err);
	if (!rc && ++file->since_kept == KEEP_TILES)
		rc = commit(file, err);
	return as_file(file, rc, err);
}

static int keep(struct archive *archive, struct error *err)
{
	struct mbtiles *file = (struct mbtiles *)archive;

	return as_file(file, commit(file, err), err);
}

static int add_place(struct mbtiles *file, const char *name, const double *numbers, int count,
	int zoom, struct error *err)
{
	autofree(strbuf_clear) struct strbuf value = STRBUF(200);
	int rc;

	for (int i = 0; i < count; i++) {
		if (i)
			strbuf_add_char(&value, ',');
		number_print_fixed(&value, numbers[i], 7);
	}
	if (zoom >= 0)
		strbuf_add_format(&value, ",%d", zoom);
	rc = strbuf_check(&value, err);
	return rc ? rc : add_metadata(file, name, value.data, err);
}

static int add_number(struct mbtiles *file, const char *name, unsigned value, struct error *err)
{
	char text[16];

	snprintf(text, sizeof text, "%u", value);
	return add_metadata(file, name, text, err);
}

static int add_layers(struct mbtiles *file, struct error *err)
{
	const char *layers = file->archive.about->vector_layers;
	autofree(strbuf_clear) struct strbuf text = STRBUF(VALUE_BYTES_MAX);
	struct json_writer json = JSON_WRITER(&text);
	int rc;

	json_begin_object(&json);
	json_put_key(&json, "vector_layers");
	json_put_raw(&json, layers, strlen(layers));
	json_end_object(&json);
	rc = strbuf_check(&text, err);
	return rc ? rc : add_metadata(file, "json", text.data, err);
}

static int describe(struct mbtiles *file, struct error *err)
{
	const struct archive_about *about = file->archive.about;
	const struct lonlat_box *box = &about->bounds;
	const double sides[] = {box->west, box->south, box->east, box->north};
	const double middle[] = {(box->west + box->east) / 2, (box->south + box->north) / 2};
	int rc = store_run(file->store, "DELETE FROM metadata", err);

	if (!rc)
		rc = add_metadata(file, "name", about->name, err);
	if (!rc)
		rc = add_metadata(file, "format", "pbf", err);
	if (!rc)
		rc = add_place(file, "bounds", sides, 4, -1, err);
	if (!rc)
		rc = add_place(
			file, "center", middle, 2, (int)archive_middle_zoom(&file->archive), err);
	if (!rc)
		rc = add_number(file, "minzoom", file->archive.counts.min_zoom, err);
	if (!rc)
		rc = add_number(file, "maxzoom", file->archive.counts.max_zoom, err);
	if (!rc)
		rc = add_metadata(file, "attribution", "", err);
	if (!rc)
		rc = add_metadata(file, "type", "overlay", err);
	return rc ? rc : add_layers(file, err);
}

static int finish(struct archive *archive, struct error *err)
{
	struct mbtiles *file = (struct mbtiles *)archive;
	int rc = file->writing.store ? 0 : begin(file, err);

	if (!rc)
		rc = describe(file, err);
	if (!rc)
		rc = commit(file, err);
	if (!rc)
		store_close(take(file->store));
	return as_file(file, rc, err);
}

static void close_file(struct archive *archive)
{
	struct mbtiles *file = (struct mbtiles *)archive;

	transaction_end(&file->writing);
	store_close(take(file->store));
}

/* What SQLite leaves of a process that was killed. */
static void clean(struct archive *archive)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);

	strbuf_add_format(&path, "%s-journal", archive->partial.data);
	if (!path.failed)
		file_remove(path.data, NULL);
}

const struct archive_kind mbtiles_kind = {
	".mbtiles", sizeof(struct mbtiles), create, resume, put, keep, finish, close_file, clean};
