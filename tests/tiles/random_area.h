/*
 * random_area: simple polygons, made so that they cannot cross themselves.
 */
#ifndef TESTS_TILES_RANDOM_AREA_H
#define TESTS_TILES_RANDOM_AREA_H

#include <math.h>

#include "tests/random.h"
#include "tiles/clip.h"

enum { STAR_CORNERS_MAX = 40, STAR_HOLES_MAX = 3 };

/* How far corners are from the middle, and how many there are: with 4 the middle is inside. */
struct star {
	double x, y, least, most;
	size_t corners;
};

/* A ring whose corners stand at growing angles around the middle; a hole turns the other way. */
static inline void add_star(
	struct clip_path *area, struct random *random, const struct star *star, bool is_hole)
{
	int32_t xy[2 * STAR_CORNERS_MAX];

	for (size_t i = 0; i < star->corners; i++) {
		size_t place = is_hole ? star->corners - 1 - i : i;
		double angle = ((double)place + random_between(random, 0, 0.9)) * 2 * acos(-1) /
			(double)star->corners;
		double reach = random_between(random, star->least, star->most);

		xy[2 * i] = (int32_t)lrint(star->x + reach * cos(angle));
		xy[2 * i + 1] = (int32_t)lrint(star->y + reach * sin(angle));
	}
	clip_path_add(area, xy, star->corners);
}

/* A star of up to `size` around a place, half of the time with holes in its body. */
static inline void random_area(
	struct clip_path *area, struct random *random, double x, double y, double size)
{
	size_t holes = random_below(random, 2) * (1 + random_below(random, STAR_HOLES_MAX));
	double least = size * random_between(random, holes ? 0.5 : 0.05, 0.9);
	struct star body = {x, y, least, size,
		(holes ? 8 : 4) + random_below(random, STAR_CORNERS_MAX - 8)};

	clip_path_reset(area);
	add_star(area, random, &body, false);
	for (size_t i = 0; i < holes; i++) {
		/* Between the middle and where the body surely reaches, a third of the way round. */
		double angle = (double)i * 2 * acos(-1) / STAR_HOLES_MAX;
		struct star hole = {x + 0.42 * least * cos(angle), y + 0.42 * least * sin(angle),
			0.08 * least, 0.25 * least, 4 + random_below(random, 8)};

		add_star(area, random, &hole, true);
	}
}

#endif
