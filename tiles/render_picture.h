/*
 * render_picture: a raster tile while it is drawn. Inside of render.
 */
#ifndef TILES_RENDER_PICTURE_H
#define TILES_RENDER_PICTURE_H

#include "tiles/anchor.h"
#include "tiles/render.h"

/* A picture while it is drawn. */
struct picture {
	struct renderer *renderer;
	struct canvas *canvas;
	struct labels *labels;
	struct tile tile;
	int scale;
	double units_a_px;    /* world units */
	int64_t left, top;    /* of the tile, px of the world */
	double ground_m_a_px; /* at the tile's middle */
	const struct snapshot *const *snapshots;
	size_t snapshot_count;
};

/* A layer of it. */
struct layer_picture {
	struct picture *picture;
	const struct snapshot *snapshot;
	const struct look *look;
	struct pixel_grid grid; /* to px of the world */
	size_t count;		/* of records, in renderer->sorted */
	size_t class_ends[UINT8_MAX + 1]; /* once they are in the order of classes */
};

struct layer_picture picture_layer(struct picture *picture, const struct snapshot *snapshot);

/* Finds the records within a margin of the tile. */
int picture_find(struct layer_picture *layer, double margin_px, struct error *err);

/* The outline of a record, until the next one is asked for; NULL without memory. */
const struct outline *picture_outline(const struct layer_picture *layer, size_t item);

const struct look_class *picture_class(
	const struct layer_picture *layer, const struct snapshot_record *record);

/* The most that a symbol or line goes beyond its coordinates, px. */
double picture_reach(const struct layer_picture *layer);

/* Labels of a layer, which has that number in the picture: offered for all to compete. */
bool picture_is_labelled(const struct snapshot *snapshot, struct tile tile);
int picture_label_layer(struct picture *picture, const struct snapshot *snapshot, size_t number,
	struct error *err);

#endif
