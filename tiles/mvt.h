/*
 * mvt: Mapbox Vector Tile 2.1 from snapshots.
 *
 * Extent 4096 with a buffer of 64 around it. Features come in the order of their ids, with that
 * id; keys and values stand once a layer; null is no tag. A ring that has no area after rounding is
 * left out, and a feature without rings too; a layer without features is not written. So the
 * bytes depend on the records alone.
 */
#ifndef TILES_MVT_H
#define TILES_MVT_H

#include "base/strbuf.h"
#include "tiles/clip.h"
#include "tiles/grid.h"
#include "tiles/label_line.h"
#include "tiles/outline.h"
#include "tiles/pole.h"
#include "tiles/radix_sort.h"
#include "tiles/snap.h"
#include "tiles/snapshot.h"

enum {
	MVT_EXTENT = 4096,
	MVT_EXTENT_BITS = 12,
	MVT_BUFFER = 64,
	/* A layer of a tile; beyond, the smallest are left out and counted. A browser draws 100,000
	 * parcels in seconds, and what is smaller than the others is not seen at that zoom. */
	MVT_FEATURES_MAX = 60000,
	/* The same of labels: more than a screen has room for. */
	MVT_LABELS_MAX = 2000,
	/* The same for the bytes of its features, before they are packed. */
	MVT_BYTES_MAX = 12 << 20,
	/* Corners in a tile that is written in well under a millisecond. */
	MVT_SHORT_POINTS = 4096,
};

/* Working memory of one thread, for reuse. Zero is empty. */
struct mvt_scratch {
	struct item_list found;
	struct radix_item *sorted; /* heap: twice the room, for sorting */
	size_t sorted_room;
	struct clipper clipper;
	struct snapper snapper;
	struct outline outline; /* of the record in hand */
	struct clip_path whole, clipped, snapped;
	struct strbuf features, geometry;
	/* By number of a value of the snapshot in hand: its number in the tile. */
	struct mvt_value_number {
		uint32_t stamp, number;
	} *value_numbers; /* heap */
	size_t value_room;
	uint32_t stamp;	       /* of numbers given in this layer of this tile */
	uint32_t *values_used; /* heap: numbers of snapshot values in the order of the tile */
	size_t values_used_count, values_used_room;
	struct pole_finder pole;
	struct label_line_joiner joiner;
};
void mvt_scratch_init(struct mvt_scratch *scratch);
void mvt_scratch_clear(struct mvt_scratch *scratch);

struct mvt_report {
	size_t features; /* written */
	size_t dropped;	 /* left out because of MVT_FEATURES_MAX or MVT_BYTES_MAX */
};

/* Appends a tile with one layer a snapshot, as far as they are drawn at this zoom. */
int mvt_write(struct mvt_scratch *scratch, const struct snapshot *const *snapshots, size_t count,
	struct tile tile, struct strbuf *out, struct mvt_report *ret_report, struct error *err);

/* The fields of a layer's labels, the name first; 0 it has none of its own: those of points stand at them. */
#define MVT_LABEL_ENDING "_label"
enum { MVT_LABEL_FIELDS = 2 };
size_t mvt_label_fields(
	const struct layer *layer, const struct layer_field *ret_fields[MVT_LABEL_FIELDS]);
unsigned mvt_label_zoom(const struct layer *layer); /* from which on they are written */

/*
 * Appends where names stand: a layer ID_label a snapshot that has labels, as far as they are written at
 * this zoom. Of an area the place farthest from its edges (pole.h), with its id; of streets of one
 * name the lines along which it fits (label_line.h), as one feature with the lowest of their ids. The
 * fields are the name and the class.
 */
int mvt_write_labels(struct mvt_scratch *scratch, const struct snapshot *const *snapshots,
	size_t count, struct tile tile, struct strbuf *out, struct mvt_report *ret_report,
	struct error *err);

/* True if so little lies in the tile that writing it is no work to hand to another thread. */
bool mvt_is_short(const struct snapshot *const *snapshots, size_t count, struct tile tile);

#endif
