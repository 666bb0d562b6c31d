/*
 * snapshot_file: a snapshot of a whole layer as a file (docs/SNAPSHOT.md).
 *
 * It is written beside the one before and takes its name when it is whole, so that a crash at any
 * moment leaves a good one. What is opened was looked through: its sums are right and all that it
 * says of itself holds, so that no reader leaves it.
 */
#ifndef TILES_SNAPSHOT_FILE_H
#define TILES_SNAPSHOT_FILE_H

#include "base/file_map.h"
#include "base/secret.h"
#include "tiles/snapshot_form.h"

/* What a snapshot is of. */
struct snapshot_stamp {
	int64_t seq;		  /* the last change in it */
	struct digest_text seal;  /* of the link of that change */
	uint64_t place;		  /* of the working CRS and its operation */
};

/* That of the register as a transaction shows it. */
int snapshot_stamp_read(struct store *store, const struct city *city,
	struct snapshot_stamp *ret_stamp, struct error *err);

struct snapshot_file {
	struct file_map map;
	struct snapshot_stamp stamp;
	struct snapshot now, past;
};

/*
 * Builds the snapshot of a layer from the register as a transaction shows it, under that path, in
 * bounded memory with the help of files in `folder`; not yet durable under its final name.
 */
int snapshot_build_file(const struct snapshot_source *source, const struct layer *layer,
	const struct snapshot_stamp *stamp, const char *folder, const char *path,
	struct error *err);

/* What follows the layer's id in the name that a file of blocks (blocks.h) has inside. */
#define SNAPSHOT_BLOCKS " blocks"

/*
 * Maps and checks the file of a layer, or of its blocks. ERR_INVALID: damaged, of another format or layer, or of another description
 * of the layer. Whether it is of this register, its stamp tells.
 */
int snapshot_file_open(const char *path, const struct layer *layer, bool is_blocks,
	struct snapshot_file **ret_file, struct error *err);
void snapshot_file_close(struct snapshot_file *file);
AUTOPTR(struct snapshot_file, snapshot_file_close);

/* Whether a body of a block whose sums are right (or not: for tests) says nothing that is not so. */
bool snapshot_is_sound(const struct snapshot *snapshot, const struct snapshot_header *header,
	unsigned body);

#endif
