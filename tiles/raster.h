/*
 * raster: the share of each pixel that a path covers under the non-zero rule, exactly.
 *
 * Row by row, the signed areas beside all edges are summed: that is the answer if no pixel comes
 * out as covered more than once, or less than not at all. Such a row is swept instead: the ends
 * and crossings of the edges cut it into bands in which no two edges cross; there the winding number says which edges bound what is filled, and the signed
 * area beside these is summed into the row. So overlaps inside one path (a stroke that turns back
 * on itself) count once. A row with too many
 * ends for that is sampled in a fixed number of bands, as other rasterisers do everywhere.
 *
 * A shape costs its edges and the pixels that it covers, wherever it lies and however large the
 * canvas is. One thread at a time.
 */
#ifndef TILES_RASTER_H
#define TILES_RASTER_H

#include <stdint.h>

#include "base/error.h"
#include "tiles/edges.h"
#include "tiles/path.h"
#include "tiles/scanline.h"

enum { RASTER_SIDE_MAX = 4096 };

struct raster {
	struct edges edges;
	struct edge **active; /* the edges that meet the band, from left to right */
	struct edge **starts; /* the chains that start in the row */
	struct edge **sample; /* the edges at a height */
	size_t active_count, start_count;
	size_t room;	 /* in each of the three lists */
	double next_end; /* where the first of the active chains ends */
	bool changed;	 /* since it was found which edges bound what is filled */
	struct scanline line;
};

/* For pixels [0, width) x [0, height), sides 1 to RASTER_SIDE_MAX. Callable again to resize. */
int raster_init(struct raster *raster, int width, int height, struct error *err);
void raster_clear(struct raster *raster);

/* Hands the path's coverage to the sink. Open sub-paths are closed. Errors as path_check. */
int raster_fill(struct raster *raster, const struct path *path, struct span_sink sink,
	struct error *err);

#endif
