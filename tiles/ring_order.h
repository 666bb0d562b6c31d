/*
 * ring_order: polygons in an order, and from corners on, that follow from their shape alone.
 */
#ifndef TILES_RING_ORDER_H
#define TILES_RING_ORDER_H

#include "tiles/clip.h"

/*
 * Appends the rings to `out`: each from its first corner on (the uppermost, of those the leftmost),
 * polygons by the first corners of their outer rings, holes (of negative area) by theirs behind the
 * outer ring that they stand behind. False without memory.
 */
bool ring_order(const struct clip_path *rings, struct clip_path *out);

#endif
