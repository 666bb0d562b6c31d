/*
 * map_builder: makes the snapshots of the map from the register, and finds those that are there.
 */
#ifndef SERVER_MAP_BUILDER_H
#define SERVER_MAP_BUILDER_H

#include "data/register.h"
#include "tiles/snapshot_file.h"

/* The files of a layer, mapped. */
struct map_whole {
	struct snapshot_file *file, *blocks; /* blocks: NULL the layer has none */
	unsigned editions;		     /* that use it; the map's business */
};
void map_whole_free(struct map_whole *whole);
AUTOPTR(struct map_whole, map_whole_free);

struct map_builder {
	const struct city *city;
	struct store *store;
	struct crs_context *crs;
	struct geom_context *geom;
	struct snapshot_source source;
	struct strbuf folder; /* DIR/tiles */
};

/* Connects to the register of that folder; clear it in any case. */
int map_builder_open(struct map_builder *builder, const char *folder, const struct city *city,
	struct error *err);
void map_builder_clear(struct map_builder *builder);

/*
 * Opens the files that are there, if they are sound and of this register; blocks that are not are made
 * anew. ERR_NOT_FOUND: there is none.
 */
int map_builder_find(struct map_builder *builder, const struct layer *layer,
	struct map_whole **ret_whole, struct error *err);

/* Writes them anew; whoever has the old ones goes on with them. */
int map_builder_write(struct map_builder *builder, const struct layer *layer,
	struct map_whole **ret_whole, struct error *err);

/* Makes the snapshot, with its past, of all that has changed since; *ret_seq is the last change in it. */
int map_builder_read_changed(struct map_builder *builder, const struct map_whole *whole,
	struct snapshot **ret_changed, int64_t *ret_seq, struct error *err);

#endif
