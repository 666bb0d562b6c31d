/*
 * archive_kind: what a form of archive must be able to do; inside of archive.h, for its forms alone.
 *
 * A form embeds struct archive as its first member. What it finds in a partial file it tells by
 * archive_remember, tile by tile. It may leave what it has open to `close`, which cannot fail.
 */
#ifndef TILES_ARCHIVE_KIND_H
#define TILES_ARCHIVE_KIND_H

#include "base/strbuf.h"
#include "tiles/archive.h"

struct archive_kind {
	const char *ending;
	size_t size; /* of its struct */
	int (*create)(struct archive *archive, struct error *err);
	int (*resume)(struct archive *archive, struct error *err);
	/* *place: where the content is, or where it was put if it is new. */
	int (*put)(struct archive *archive, const struct archive_tile *tile, bool is_new,
		uint64_t *place, struct error *err);
	int (*keep)(struct archive *archive, struct error *err);
	/* Makes the partial file whole and durable, and closes it. */
	int (*finish)(struct archive *archive, struct error *err);
	void (*close)(struct archive *archive);
	/* Removes what stands beside the file, and is not needed once that is whole or gone. */
	void (*clean)(struct archive *archive);
};

struct archive {
	const struct archive_kind *kind;
	const struct archive_about *about;
	struct strbuf path, partial;
	struct content_table contents;
	struct archive_counts counts;
	bool begun; /* there is a partial file of ours */
	bool finished;
};

extern const struct archive_kind pmtiles_kind, mbtiles_kind;

/* Notes a tile that is in the file, and its content if that is new. */
int archive_remember(struct archive *archive, struct tile tile, const struct content_key *key,
	size_t len, uint64_t place, struct error *err);

/* The zoom to open at. */
unsigned archive_middle_zoom(const struct archive *archive);

#endif
