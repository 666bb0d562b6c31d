/* geos_area: rings of a clip_path at GEOS, which says what areas really are. */
#ifndef TESTS_TILES_GEOS_AREA_H
#define TESTS_TILES_GEOS_AREA_H

#include <geos_c.h>
#include <stdlib.h>

#include "tiles/clip.h"

static inline GEOSGeometry *geos_ring(
	GEOSContextHandle_t geos, const struct clip_path *path, size_t ring)
{
	size_t start = clip_path_start(path, ring), count = path->ends[ring] - start;
	GEOSCoordSequence *points = GEOSCoordSeq_create_r(geos, (unsigned)count + 1, 2);

	for (size_t i = 0; i <= count; i++) {
		const int32_t *xy = path->xy + 2 * (start + i % count);

		GEOSCoordSeq_setXY_r(geos, points, (unsigned)i, xy[0], xy[1]);
	}
	return GEOSGeom_createLinearRing_r(geos, points);
}

/* A multipolygon: each ring of positive area with the negative ones behind it. */
static inline GEOSGeometry *geos_area(GEOSContextHandle_t geos, const struct clip_path *path)
{
	GEOSGeometry **parts = calloc(path->ring_count + 1, sizeof(GEOSGeometry *));
	GEOSGeometry **holes = calloc(path->ring_count + 1, sizeof(GEOSGeometry *));
	GEOSGeometry *all = NULL;
	unsigned part_count = 0;

	for (size_t ring = 0; parts && holes && ring < path->ring_count;) {
		GEOSGeometry *outline = geos_ring(geos, path, ring++);
		unsigned hole_count = 0;

		for (; ring < path->ring_count; ring++) {
			size_t start = clip_path_start(path, ring);

			if (clip_ring_area2(path->xy + 2 * start, path->ends[ring] - start) >= 0)
				break;
			holes[hole_count++] = geos_ring(geos, path, ring);
		}
		parts[part_count++] = GEOSGeom_createPolygon_r(geos, outline, holes, hole_count);
	}
	if (parts && holes)
		all = GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, parts, part_count);
	free(parts);
	free(holes);
	return all;
}

/* The box as a polygon. */
static inline GEOSGeometry *geos_box(GEOSContextHandle_t geos, const struct tile_box *box)
{
	return GEOSGeom_createRectangle_r(geos, box->min_x, box->min_y, box->max_x, box->max_y);
}

#endif
