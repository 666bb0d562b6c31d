/*
 * snapshot_pick: a small snapshot of what a tile needs, picked from others.
 *
 * What has changed since a snapshot was made stands in smaller ones beside it; and who sees some of
 * the wards, or some of the fields, gets what he sees of the whole. Tiles made of what was picked
 * are the same, byte for byte, as those of a snapshot built from the register for the same eyes.
 */
#ifndef TILES_SNAPSHOT_PICK_H
#define TILES_SNAPSHOT_PICK_H

#include "tiles/snapshot.h"

/* A snapshot with records of the layer; of a record that is in several, one alone is not left out. */
struct pick_part {
	const struct snapshot *snapshot;
	const struct id_list *without; /* ids that are left out, in order; NULL none */
};

enum { PICK_PARTS_MAX = 4, PICK_MAX = 4 << 20 }; /* records, of all parts */

/*
 * Picks the records within the box as far as the view shows them. A dated view is of one day
 * (pick_can); then the parts have their past. Values are those of the last part, which goes on from
 * the others'; the parts must outlive what is picked. ERR_TOO_LARGE: more than PICK_MAX.
 */
int snapshot_pick(const struct pick_part *parts, size_t count, const struct view *view,
	const struct tile_box *box, struct snapshot **ret_snapshot, struct error *err);

/* Whether what the view shows can be picked. */
bool pick_can(const struct view *view);

#endif
