/*
 * tile_wish: which tile a request asks for, and what its bytes depend on.
 */
#ifndef SERVER_TILE_WISH_H
#define SERVER_TILE_WISH_H

#include "server/sight.h"
#include "tiles/tile_cache.h"

/* What around a tile is in it, as a share of its side: the buffer; names that reach over. */
#define TILE_MARGIN_VECTOR (1.0 / 32)
#define TILE_MARGIN_RASTER 2.0

/* What the last part of the path asks for. */
struct tile_form {
	const char *ending;
	bool is_vector;
	int scale; /* of a picture */
	const char *name; /* in keys */
};

struct tile_wish {
	struct tile tile;
	const struct tile_form *form;
	bool gzip; /* the client takes it packed */
	struct layer_choice layers;
	struct moment moment;
	char what[192]; /* of the key */
	struct tile_key key;
};

/* Reads path and parameters; the wish is in the request's arena. Layers without rights are unknown. */
int tile_wish_read(
	struct request *request, const struct tile_wish **ret_wish, struct error *err);

#endif
