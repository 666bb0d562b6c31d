/*
 * dash: what is left of a line after clipping it to where it can be seen, and dashing it.
 *
 * Dashes go on through what is clipped away, without costing time there. A ring whose last dash
 * meets its first has them as one.
 */
#ifndef TILES_DASH_H
#define TILES_DASH_H

#include <stdbool.h>

#include "tiles/path.h"
#include "tiles/pen.h"

/* Where lines can be seen at all. */
struct window {
	double left, top, right, bottom;
};

/* Where a pen is in its dashes as it goes along a line. */
struct dasher {
	const struct pen *pen;
	struct window window;
	struct path *out;
	double round_px; /* after which the dashes repeat; 0: a whole line */
	size_t dash;
	double left_px; /* of the dash */
	bool on;
	bool down; /* the last sub-path of `out` is still being drawn */
};

/* A pen at the start of a line; `out` takes the pieces. */
struct dasher dasher_start(const struct pen *pen, const struct window *window, struct path *out);

/*
 * Cuts a line or ring of distinct points (the only sub-path of `line`) into open lines in `out`.
 * False if there is nothing to cut: it is seen as a whole, and is one dash.
 */
bool dasher_cut(const struct dasher *dasher, const struct path *line, bool closed);

#endif
