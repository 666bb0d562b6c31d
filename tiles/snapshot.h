/*
 * snapshot: the records of a layer as tiles want them: in memory, immutable, in tile coordinates.
 *
 * A snapshot is one block of bytes (snapshot_form.h), in memory or a file that is mapped. Coordinates
 * are 32-bit offsets, in world units (grid.h), from an origin in the middle of where the city's system
 * is used, the corner of a tile of SNAPSHOT_ORIGIN_ZOOM; records lie along a Hilbert curve, so that those of a tile are near each other, and bear the times and the administrative unit
 * that they are seen by. How an outline is kept, outline.h says. A shape that is not valid is drawn
 * as its repaired form: the register keeps it as it is.
 *
 * The attributes that tiles carry are columns of numbers into one pool of distinct values, each
 * kept as the bytes of a vector tile's Value and as text for labels.
 *
 * Any number of threads may read one snapshot.
 */
#ifndef TILES_SNAPSHOT_H
#define TILES_SNAPSHOT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "data/city.h"
#include "data/id_list.h"
#include "data/store.h"
#include "data/view.h"
#include "gis/crs.h"
#include "gis/geom.h"
#include "tiles/grid.h"
#include "tiles/hilbert_tree.h"
#include "tiles/value_table.h"

/* One drawn record. */
struct snapshot_record {
	int64_t id;
	uint32_t rank;	   /* its place in the order of ids */
	uint32_t shape_at; /* where in `shapes` its outline begins */
	float width_m;	   /* real width of a line, 0 unknown */
	uint8_t look;	   /* number of its look_class */
	uint8_t safe_zoom; /* from this zoom on rounding to tile units cannot fold its outline */
	uint16_t zero;
};

/* When a version holds: in law from first_day until end_day (days since 1970), and since when. */
struct snapshot_span {
	int64_t recorded_us;
	int32_t first_day, end_day;
};

enum { SNAPSHOT_COLUMNS_MAX = 32, SNAPSHOT_ORIGIN_ZOOM = 10 };

struct snapshot {
	const struct layer *layer;
	struct grid_place origin;
	size_t record_count;
	const struct snapshot_record *records;
	const uint32_t *shapes;
	struct hilbert_tree tree;
	const struct snapshot_span *spans;
	const int64_t *superseded_us; /* until when they stand in the register; NULL: they do */
	const uint32_t *units; /* the unit that a record lies in: a number of `unit_ids` */
	const int64_t *unit_ids;

	/* Columns: the fields of the layer that stand in tiles or label them. */
	size_t column_count;
	const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX];
	const uint32_t *column_values[SNAPSHOT_COLUMNS_MAX]; /* by record; SNAPSHOT_NO_VALUE null */
	struct value_table pool;

	uint32_t label_bytes_max; /* of the texts of the field that labels the layer; 0 no labels */
	size_t undrawn;		  /* records without geometry, or too far from the origin to be drawn */
	size_t point_count;

	/* All other versions, of whatever time; NULL where nobody asked for them. */
	const struct snapshot *past;

	/* The same as blocks (blocks.h), for zooms below the layer's block_zoom; NULL none. */
	const struct snapshot *blocks;
	bool is_blocks;

	void *block; /* heap: all of it, and of its blocks; NULL it is in a file */
};

/* What building needs of the thread that builds. */
struct snapshot_source {
	struct store *store;
	const struct city *city;
	struct crs_context *crs;
	struct geom_context *geom;
};

enum { SNAPSHOT_AREA_MAX = 200000 }; /* records of a snapshot of an area */

/*
 * Reads what the view shows from the register and builds its snapshot in memory: of the whole layer,
 * or of the records that meet `area` (working CRS) alone. Tiles inside are the same, byte for byte.
 * An area with too many records is ERR_TOO_LARGE.
 */
int snapshot_build(const struct snapshot_source *source, const struct view *view,
	const struct box *area, struct snapshot **ret_snapshot, struct error *err);
/*
 * The same of a list of ids, in their order (NULL: all), and their past if it is wished. It goes on
 * from `base` (NULL: begins anew), which outlives it: its origin, and the numbers of its values.
 */
struct snapshot_wish {
	const struct id_list *ids;
	const struct snapshot *base;
	bool with_past;
};
int snapshot_build_of(const struct snapshot_source *source, const struct view *view,
	const struct snapshot_wish *wish, struct snapshot **ret_snapshot, struct error *err);
void snapshot_free(struct snapshot *snapshot);
AUTOPTR(struct snapshot, snapshot_free);

/* Fills in the fields of the layer that stand in tiles or label them. */
size_t snapshot_choose_columns(
	const struct layer *layer, const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX]);

/*
 * The box of a tile in the snapshot's coordinates, `buffer` world units larger on each side;
 * clamped to what 32 bits can say.
 */
struct tile_box snapshot_tile_box(struct grid_place origin, struct tile tile, int64_t buffer);

/* What tiles of a zoom are made from: the snapshot, or its blocks. */
const struct snapshot *snapshot_at(const struct snapshot *snapshot, unsigned zoom);

/* The number of the column of that field, or column_count. */
size_t snapshot_column(const struct snapshot *snapshot, const char *field_id);

/* The text of a record's value, "" for null. Borrowed; not '\0' ended. */
const char *snapshot_text(
	const struct snapshot *snapshot, size_t column, size_t record, size_t *ret_len);

#endif
