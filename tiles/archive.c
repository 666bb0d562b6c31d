#include "tiles/archive.h"

#include <assert.h>

#include "base/banned.h"
#include "base/file.h"
#include "base/messages.h"
#include "tiles/archive_kind.h"
#include "tiles/tile_order.h"

enum { PATH_MAX_BYTES = 4096 };

static const struct archive_kind *const kinds[] = {&pmtiles_kind, &mbtiles_kind};

static const struct archive_kind *kind_of(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t ending = strlen(kinds[i]->ending);

		if (len > ending && !strcmp(path + len - ending, kinds[i]->ending))
			return kinds[i];
	}
	return NULL;
}

bool archive_has_form(const char *path)
{
	return kind_of(path) != NULL;
}

/* Opens the partial file, a new one or what was kept. */
static int open_partial(struct archive *archive, bool resume, struct error *err)
{
	const struct archive_kind *kind = archive->kind;
	int rc;

	if (file_is_folder(archive->path.data))
		return fail_file_not_writable(err, file_name(archive->path.data));
	if (file_is_folder(archive->partial.data))
		return fail_file_not_writable(err, file_name(archive->partial.data));
	/* What cannot be gone on with is not ours to remove. */
	if (resume && file_exists(archive->partial.data)) {
		rc = kind->resume(archive, err);
		archive->begun = !rc;
		return rc;
	}
	kind->clean(archive);
	rc = file_remove(archive->partial.data, err);
	archive->begun = !rc;
	return rc ? rc : kind->create(archive, err);
}

int archive_begin(const char *path, const struct archive_about *about, bool resume,
	struct archive **ret_archive, struct error *err)
{
	autoptr(archive_free) struct archive *archive = NULL;
	const struct archive_kind *kind = kind_of(path);
	int rc;

	if (!kind)
		return fail_archive_form(err, file_name(path));
	archive = calloc(1, kind->size);
	if (!archive)
		return fail_no_memory(err);
	archive->kind = kind;
	archive->about = about;
	archive->path = archive->partial = STRBUF(PATH_MAX_BYTES);
	strbuf_add_text(&archive->path, path);
	strbuf_add_format(&archive->partial, "%s.partial", path);
	rc = strbuf_check(&archive->path, err);
	if (!rc)
		rc = strbuf_check(&archive->partial, err);
	if (!rc)
		rc = open_partial(archive, resume, err);
	if (rc)
		return rc;
	*ret_archive = take(archive);
	return 0;
}

const struct archive_counts *archive_counts(const struct archive *archive)
{
	return &archive->counts;
}

const char *archive_partial_path(const struct archive *archive)
{
	return archive->partial.data;
}

unsigned archive_middle_zoom(const struct archive *archive)
{
	return (archive->counts.min_zoom + archive->counts.max_zoom) / 2;
}

int archive_remember(struct archive *archive, struct tile tile, const struct content_key *key,
	size_t len, uint64_t place, struct error *err)
{
	struct archive_counts *counts = &archive->counts;
	uint64_t known;

	if (!content_table_find(&archive->contents, key, &known)) {
		if (!content_table_add(&archive->contents, key, place))
			return fail_no_memory(err);
		counts->contents++;
		counts->content_bytes += len;
	}
	if (!counts->tiles++)
		counts->min_zoom = tile.z;
	counts->max_zoom = tile.z;
	counts->next = tile_order_number(tile) + 1;
	return 0;
}

int archive_put(struct archive *archive, const struct archive_tile *tile, struct error *err)
{
	bool is_new;
	uint64_t place = 0;
	int rc;

	assert(tile_order_number(tile->tile) >= archive->counts.next && tile->len);
	if (archive->counts.tiles == ARCHIVE_TILES_MAX)
		return fail_archive_tiles(err, ARCHIVE_TILES_MAX);
	is_new = !content_table_find(&archive->contents, &tile->key, &place);
	rc = archive->kind->put(archive, tile, is_new, &place, err);
	if (rc)
		return rc;
	return archive_remember(archive, tile->tile, &tile->key, tile->len, place, err);
}

int archive_keep(struct archive *archive, struct error *err)
{
	return archive->kind->keep(archive, err);
}

int archive_finish(struct archive *archive, struct error *err)
{
	int rc;

	if (!archive->counts.tiles)
		return fail_archive_empty(err);
	rc = archive->kind->finish(archive, err);
	if (!rc)
		rc = file_rename(archive->partial.data, archive->path.data, err);
	if (rc)
		return rc;
	archive->finished = true;
	archive->kind->clean(archive);
	return 0;
}

void archive_free(struct archive *archive)
{
	if (!archive)
		return;
	archive->kind->close(archive);
	if (archive->begun && !archive->finished && !archive->counts.tiles) {
		file_remove(archive->partial.data, NULL);
		archive->kind->clean(archive);
	}
	strbuf_clear(&archive->path);
	strbuf_clear(&archive->partial);
	content_table_clear(&archive->contents);
	free(archive);
}
