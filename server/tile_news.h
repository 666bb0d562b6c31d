/*
 * tile_news: which tiles have changed, told as the places where they lie.
 *
 * An event `tiles` names a layer and boxes in degrees: whoever shows a tile of that layer that, with the
 * buffer around it, meets one of them, asks for it anew. Before it is told, the server has dropped it.
 */
#ifndef SERVER_TILE_NEWS_H
#define SERVER_TILE_NEWS_H

#include "base/strbuf.h"
#include "data/change.h"
#include "data/layer.h"
#include "gis/crs.h"
#include "gis/shape.h"

enum {
	/* Places of a layer that are told apart; of more the last ones are told as one around them. */
	TILE_NEWS_BOXES_MAX = 16,
	TILE_NEWS_LAYERS_MAX = 64,
};

/* Changes as they were read. Zero, but for the path, is none. */
struct tile_news {
	const struct crs_path *to_degrees;
	struct tile_news_of {
		struct box boxes[TILE_NEWS_BOXES_MAX]; /* west, south, east, north: degrees */
		size_t count;
		bool is_everywhere;
	} of_layer[TILE_NEWS_LAYERS_MAX];
};

/* Notes a change of the layer with that number, in a box of the working CRS. */
void tile_news_add(struct tile_news *news, size_t layer, const struct box *box);

/* Appends what was noted as events without a number, and forgets it. */
void tile_news_write(
	struct tile_news *news, const struct layer_table *layers, struct strbuf *out);

#endif
