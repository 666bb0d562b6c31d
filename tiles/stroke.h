/*
 * stroke: the outline of a drawn line, as a path to fill under the non-zero rule.
 *
 * The outline is, to the letter, the union of a rectangle for each segment, a wedge for each join
 * and a cap for each end: all turn clockwise on the screen, so the winding number is positive wherever the
 * pen has been, however the line crosses itself, turns back or is wider than it is long.
 *
 * Only what can be seen is outlined and dashed: lines that run far outside cost their points.
 */
#ifndef TILES_STROKE_H
#define TILES_STROKE_H

#include "tiles/path.h"
#include "tiles/pen.h"

struct stroker {
	struct path line;    /* the sub-path in work, without repeated points */
	struct path pieces;  /* what is left of it after clipping and dashing */
	struct path outline; /* the result */
};

void stroker_clear(struct stroker *stroker); /* frees; an all-zero stroker is usable */

/*
 * The outline of all sub-paths as seen in [0, width) x [0, height). Borrowed until the next call.
 * Failures of the path and of the pen (a width that is not finite) are its own: path_check.
 */
const struct path *stroker_outline(struct stroker *stroker, const struct path *path,
	const struct pen *pen, int width, int height);

#endif
