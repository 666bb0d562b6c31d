/*
 * exact: how much of a pixel a shape covers, from the definition of the shape alone. Slow.
 *
 * It shares no code with tiles/: a point is in a fill if the rings wind round it, and in a stroke
 * if it is in the rectangle of a segment, the wedge of a join or a cap.
 */
#ifndef TESTS_BENCH_EXACT_H
#define TESTS_BENCH_EXACT_H

#include "tiles/path.h"
#include "tiles/stroke.h"

enum { EXACT_SAMPLES = 64 };

/* Share (0 to 1) of the pixel that the fill, or with a pen the stroke, covers. */
double exact_share(const struct path *path, const struct pen *pen, int x, int y);

#endif
