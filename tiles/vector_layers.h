/*
 * vector_layers: what stands in the vector tiles of some layers, as TileJSON 3.0.0, 3.3 says it.
 */
#ifndef TILES_VECTOR_LAYERS_H
#define TILES_VECTOR_LAYERS_H

#include "base/json_write.h"
#include "data/layer.h"

/* Puts the layers, or those of their labels, into an array that is open; titles are in that language. */
void vector_layers_put(struct json_writer *json, const struct layer *const *layers, size_t count,
	enum lang lang);
void vector_layers_put_labels(struct json_writer *json, const struct layer *const *layers,
	size_t count, enum lang lang);

#endif
