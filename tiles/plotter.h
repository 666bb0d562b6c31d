/*
 * plotter: rings and lines of a snapshot, in its coordinates, brought onto a canvas.
 *
 * It turns coordinates into pixels, leaves out what is beside the picture, and takes a side that two
 * neighbours share only once (shared_sides.h).
 *
 * Calling sequence: plotter_begin for each layer of a picture; then rings or lines of any number, and
 * after those that have the same colour plotter_paint_areas or plotter_paint_lines. One thread at a time.
 */
#ifndef TILES_PLOTTER_H
#define TILES_PLOTTER_H

#include <stddef.h>
#include <stdint.h>

#include "tiles/canvas.h"
#include "tiles/shared_sides.h"

enum { PLOTTER_RUN = 128 };

struct plotter {
	struct canvas *canvas;
	double px_a_unit, left_px, top_px; /* of the snapshot's origin in the picture */
	struct point run[PLOTTER_RUN];	   /* of a line, as far as it goes on */
	size_t run_count;
	struct shared_sides shared;
};

/* The place (x, y) is at x * px_a_unit + left_px, y * px_a_unit + top_px of the canvas. */
void plotter_begin(struct plotter *plotter, struct canvas *canvas, double px_a_unit,
	double left_px, double top_px);

struct point plotter_place(const struct plotter *plotter, const int32_t *xy);

/* Rings turn as canvas_gather_areas says; `count` points, pairs. */
void plotter_fill_ring(struct plotter *plotter, const int32_t *xy, size_t count);
void plotter_paint_areas(struct plotter *plotter, uint32_t colour);

/* With a pen of some width in px; equal sides of rings once. */
void plotter_draw_ring(
	struct plotter *plotter, const int32_t *xy, size_t count, double width_px);
void plotter_draw_line(
	struct plotter *plotter, const int32_t *xy, size_t count, double width_px);
void plotter_paint_lines(struct plotter *plotter, uint32_t colour);

#endif
