#include "tiles/plotter.h"

#include <string.h>

#include "base/banned.h"

void plotter_begin(struct plotter *plotter, struct canvas *canvas, double px_a_unit,
	double left_px, double top_px)
{
	plotter->canvas = canvas;
	plotter->px_a_unit = px_a_unit;
	plotter->left_px = left_px;
	plotter->top_px = top_px;
	plotter->run_count = 0;
	shared_sides_forget(&plotter->shared);
}

struct point plotter_place(const struct plotter *plotter, const int32_t *xy)
{
	return (struct point){xy[0] * plotter->px_a_unit + plotter->left_px,
		xy[1] * plotter->px_a_unit + plotter->top_px};
}

/* --- areas ------------------------------------------------------------------------------------ */

static void take_sides(void *context, const struct ring_side *sides, size_t count)
{
	struct plotter *plotter = context;

	for (size_t i = 0; i < count; i++) {
		int32_t xy[4];

		memcpy(xy, &sides[i], sizeof xy);
		canvas_gather_side(plotter->canvas, plotter_place(plotter, xy),
			plotter_place(plotter, xy + 2));
	}
}

void plotter_fill_ring(struct plotter *plotter, const int32_t *xy, size_t count)
{
	shared_sides_add_ring(
		&plotter->shared, xy, count, (struct side_sink){take_sides, plotter});
}

void plotter_paint_areas(struct plotter *plotter, uint32_t colour)
{
	shared_sides_end(&plotter->shared, (struct side_sink){take_sides, plotter});
	canvas_paint_areas(plotter->canvas, colour);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void end_run(struct plotter *plotter, double width_px)
{
	if (plotter->run_count)
		canvas_gather_line(plotter->canvas, plotter->run, plotter->run_count, width_px);
	plotter->run_count = 0;
}

/* Whether a segment is so far beside the picture that nothing of it shows. */
static inline bool is_beside(
	const struct canvas *canvas, struct point from, struct point to, double width_px)
{
	double far = width_px / 2 + 1;

	return (from.x < -far && to.x < -far) || (from.y < -far && to.y < -far) ||
	       (from.x > canvas->width + far && to.x > canvas->width + far) ||
	       (from.y > canvas->height + far && to.y > canvas->height + far);
}

/* Goes on to the next point of a line, if something of it shows. */
static inline void draw_side(
	struct plotter *plotter, struct point from, struct point to, double width_px)
{
	if (is_beside(plotter->canvas, from, to, width_px)) {
		end_run(plotter, width_px);
		return;
	}
	if (plotter->run_count == PLOTTER_RUN)
		end_run(plotter, width_px);
	if (!plotter->run_count)
		plotter->run[plotter->run_count++] = from;
	plotter->run[plotter->run_count++] = to;
}

void plotter_draw_ring(
	struct plotter *plotter, const int32_t *xy, size_t count, double width_px)
{
	const int32_t *last = xy + 2 * (count - 1);
	struct point from = plotter_place(plotter, last);

	for (size_t i = 0; i < count; i++) {
		struct point to = plotter_place(plotter, xy + 2 * i);

		if (shared_sides_is_new(&plotter->shared, last, xy + 2 * i))
			draw_side(plotter, from, to, width_px);
		else
			end_run(plotter, width_px);
		last = xy + 2 * i;
		from = to;
	}
	end_run(plotter, width_px);
}

void plotter_draw_line(
	struct plotter *plotter, const int32_t *xy, size_t count, double width_px)
{
	struct point from = plotter_place(plotter, xy);

	if (count == 1)
		draw_side(plotter, from, from, width_px);
	for (size_t i = 1; i < count; i++) {
		struct point to = plotter_place(plotter, xy + 2 * i);

		draw_side(plotter, from, to, width_px);
		from = to;
	}
	end_run(plotter, width_px);
}

void plotter_paint_lines(struct plotter *plotter, uint32_t colour)
{
	shared_sides_forget(&plotter->shared);
	canvas_paint_lines(plotter->canvas, colour);
}
