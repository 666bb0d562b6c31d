/*
 * pen: how a line is drawn: its width, ends, corners and dashes.
 */
#ifndef TILES_PEN_H
#define TILES_PEN_H

#include <stddef.h>

enum pen_cap { CAP_BUTT, CAP_SQUARE, CAP_ROUND };
enum pen_join { JOIN_MITER, JOIN_ROUND, JOIN_BEVEL };

enum { PEN_WIDTH_MAX_PX = 1024, PEN_MITER_LIMIT_MAX = 100 };

struct pen {
	double width_px; /* up to PEN_WIDTH_MAX_PX; 0 or less draws nothing */
	enum pen_cap cap;
	enum pen_join join;
	double miter_limit;	 /* a corner longer than this many widths is bevelled; to 100 */
	const double *dashes_px; /* on, off, on ... repeated; NULL or a sum near 0: a whole line */
	size_t dash_count;	 /* an odd number of dashes swaps on and off each round */
	double dash_start_px;	 /* how far into the dashes the line begins */
};

#endif
