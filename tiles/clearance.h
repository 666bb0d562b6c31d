/*
 * clearance: how much room a record's outline has, so that rounding is known not to fold it.
 *
 * Asked once when a snapshot is built; most records of a city answer for most zooms that nothing
 * need be looked at again when a tile is written.
 */
#ifndef TILES_CLEARANCE_H
#define TILES_CLEARANCE_H

#include "tiles/outline.h"

/*
 * The first zoom from which on rounding to tile units (snap.h) neither lets two points of the
 * record fall together nor, of an area, lets one reach another edge. GRID_ZOOM_MAX + 1 if there is
 * none, or the record has so many points that mending it costs less than asking.
 */
uint8_t clearance_safe_zoom(const struct outline *outline, enum geometry_kind kind);

#endif
