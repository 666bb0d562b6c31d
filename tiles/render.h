/*
 * render: raster tiles, drawn from snapshots as the looks of the layer table say.
 *
 * Layers lie on one another in the order of the table. Within a layer all fills come first, then
 * all outlines, so that no record hides half of its neighbour's edge; lines have their casings
 * under all of them. Labels of all layers compete for room together (label.h). The ground is
 * transparent. Bytes depend on the records, the looks, the tile and the scale alone.
 */
#ifndef TILES_RENDER_H
#define TILES_RENDER_H

#include "tiles/canvas.h"
#include "tiles/label.h"
#include "tiles/outline.h"
#include "tiles/plotter.h"
#include "tiles/png.h"
#include "tiles/radix_sort.h"
#include "tiles/snapshot.h"

enum { TILE_SIZE_PX = 256, TILE_SCALE_MAX = 2 };

/* Working memory of one thread. */
struct renderer {
	struct canvas canvases[TILE_SCALE_MAX];
	struct labels labels[TILE_SCALE_MAX];
	struct lettering *lettering;
	struct png_encoder *encoder;
	struct plotter *plotter; /* heap */
	struct outline outline;	 /* of the record in hand */
	struct item_list found;
	struct radix_item *sorted; /* heap */
	size_t sorted_room;
};

/* Clear it in any case. */
int renderer_open(struct renderer *renderer, struct error *err);
void renderer_clear(struct renderer *renderer);

/* How far beside a tile, of its side, areas without names can lie and still show on it. */
double render_outline_margin(const struct look *look);

/* Appends the tile as PNG, TILE_SIZE_PX * scale pixels a side. */
int render_png(struct renderer *renderer, const struct snapshot *const *snapshots, size_t count,
	struct tile tile, int scale, struct strbuf *out, struct error *err);

#endif
