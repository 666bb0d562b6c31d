/*
 * snapshot: the records of a layer as tiles want them: in memory, immutable, in tile coordinates.
 *
 * Coordinates are 32-bit offsets, in world units (grid.h), from the snapshot's origin. Records lie
 * in Hilbert order, so that those of a tile are near each other. Outlines are without their
 * closing point, outer rings turn clockwise on the map and holes the other way, and a shape that
 * is not valid is drawn as its repaired form: the register keeps it as it is.
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
#include "data/store.h"
#include "data/view.h"
#include "gis/crs.h"
#include "gis/geom.h"
#include "tiles/grid.h"
#include "tiles/hilbert_tree.h"

/* One drawn record: where its rings are. */
struct snapshot_record {
	int64_t id;
	uint32_t rank; /* its place in the order of ids */
	uint32_t first_ring;
	uint32_t ring_count;
	float width_m;	   /* real width of a line, 0 unknown */
	uint8_t look;	   /* number of its look_class */
	uint8_t safe_zoom; /* from this zoom on rounding to tile units cannot fold its outline */
};

struct snapshot_ring {
	uint32_t first_point;
	uint32_t point_count;
	bool hole;
};

/* A distinct attribute value. */
struct snapshot_value {
	uint32_t bytes_at; /* in `bytes`: the Value message of the vector tile format */
	uint32_t bytes_len;
	uint32_t text_at; /* the same as text, inside the message or beside it */
	uint32_t text_len;
};

enum { SNAPSHOT_COLUMNS_MAX = 32, SNAPSHOT_NO_VALUE = UINT32_MAX };

struct snapshot {
	const struct layer *layer;
	int64_t origin_x, origin_y; /* world units */
	struct snapshot_record *records;
	size_t record_count;
	struct snapshot_ring *rings;
	int32_t *xy; /* pairs */
	size_t point_count;
	struct hilbert_tree tree;

	/* Columns: the fields of the layer that stand in tiles or label them. */
	size_t column_count;
	const struct layer_field *columns[SNAPSHOT_COLUMNS_MAX];
	uint32_t *column_values[SNAPSHOT_COLUMNS_MAX]; /* by record; SNAPSHOT_NO_VALUE null */
	struct snapshot_value *values;
	size_t value_count;
	char *bytes;

	uint32_t label_bytes_max; /* of the texts of the field that labels the layer; 0 no labels */
	size_t undrawn;		  /* records without geometry, or too far from the origin to be drawn */
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
 * Reads what the view shows from the register and builds its snapshot: of the whole layer, or of
 * the records that meet `area` (working CRS) alone. Tiles inside are the same, byte for byte. An
 * area with too many records is ERR_TOO_LARGE.
 */
int snapshot_build(const struct snapshot_source *source, const struct view *view,
	const struct box *area, struct snapshot **ret_snapshot, struct error *err);
void snapshot_free(struct snapshot *snapshot);
AUTOPTR(struct snapshot, snapshot_free);

/*
 * The box of a tile in the snapshot's coordinates, `buffer` world units larger on each side;
 * clamped to what 32 bits can say.
 */
struct tile_box snapshot_tile_box(const struct snapshot *snapshot, struct tile tile, int64_t buffer);

/* The number of the column of that field, or column_count. */
size_t snapshot_column(const struct snapshot *snapshot, const char *field_id);

/* The text of a record's value, "" for null. Borrowed; not '\0' ended. */
const char *snapshot_text(
	const struct snapshot *snapshot, size_t column, size_t record, size_t *ret_len);

#endif
