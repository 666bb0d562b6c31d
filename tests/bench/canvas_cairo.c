/*
 * Compares tiles/canvas with cairo's image backend, one shape a picture: 1,000 polygons with holes,
 * 1,000 lines with every cap, join, dash and width, many of them crossing themselves. The lines are
 * drawn again with the quick round pen of map tiles, for which the mean alone is a bound: where two
 * strokes meet in a pixel it shows the larger share, by its contract (round_line.h).
 *
 *	canvas_cairo           compares, prints what it found, fails when a bound is passed
 *	canvas_cairo --time    prints the time of both on pictures of outlined parcels
 *
 * The bounds: a mean difference of at most 1 of 255 over all channels of all pixels, and no pixel
 * that differs by more than LARGE_DIFFERENCE and is wrong in our picture. Which of the two is
 * wrong is decided by tests/bench/exact.h, which samples the definition of the shape 64 x 64 times
 * in the pixel. A small part of all other pixels is compared with it too, so that a fault that we
 * shared with cairo would show.
 *
 * What is cairo's: it draws nothing for a square cap on a line without length (a dot in SVG and
 * here); it moves all points to a grid of 1/256 pixel, which turns very short segments, and very
 * long ones near their far end; and it samples a row 15 times, which is off by up to 17 of 255 at
 * nearly level edges, and now and then misses a corner of a polygon that crosses itself.
 */
#include <cairo.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/exact.h"
#include "tests/bench/parcels.h"
#include "tiles/canvas.h"

enum {
	SIDE = 96,
	SHAPES = 1000,
	LARGE_DIFFERENCE = 48,
	/* 1/64 pixel of sampling on two edges, 0.01 pixel of our arcs, and rounding. */
	EXACT_TOLERANCE = 5,
	CHECK_ONE_IN = 199, /* pixels at edges that are compared with the exact value in any case */
	WORST = 5,
};

static const double mean_bound = 1;

/* Alpha of one pixel in the three drawings. */
struct finding {
	int shape, x, y;
	int ours, cairo, exact;
	int difference; /* the largest of any channel between ours and cairo's */
};

struct tally {
	const char *what;
	bool quick; /* not exact by its contract: the mean is its bound */
	double sum;
	long channels;
	int largest;	   /* difference, but for those where cairo is wrong by much */
	long large;	   /* pixels over LARGE_DIFFERENCE */
	long large_cairo;  /* of them, those where cairo is wrong and we are not */
	long asked, wrong; /* pixels compared with the exact value, and those where we are off */
	int worst_ours;	   /* our largest difference from it */
	struct finding worst[WORST];
};

struct both {
	struct canvas ours;
	cairo_surface_t *surface;
	cairo_t *cairo;
};

/* --- random shapes ---------------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static double between(uint64_t *state, double least, double most)
{
	return least + (most - least) * (double)(next_random(state) >> 11) / (double)(1ULL << 53);
}

static int one_of(uint64_t *state, int count)
{
	return (int)(next_random(state) >> 33) % count;
}

static void add_star(
	struct path *path, uint64_t *state, struct point centre, double radius, enum path_ring ring)
{
	int corners = 3 + one_of(state, 14);
	double turn = one_of(state, 2) ? 1 : -1;

	for (int i = 0; i < corners; i++) {
		double angle = turn * 2 * M_PI * (i + between(state, 0, 0.8)) / corners;
		double reach = radius * between(state, 0.45, 1);
		double x = centre.x + reach * cos(angle), y = centre.y + reach * sin(angle);

		if (i)
			path_line(path, x, y);
		else
			path_move(path, x, y);
	}
	path_close(path, ring);
}

static void make_polygon(struct path *path, uint64_t *state)
{
	struct point centre = {between(state, 0, SIDE), between(state, 0, SIDE)};
	double radius = between(state, 1, SIDE * 0.7);
	int holes = one_of(state, 4);

	path_reset(path);
	if (one_of(state, 4) == 0) { /* any points at all, crossing everywhere; some a tangle */
		int corners = one_of(state, 4) ? 3 + one_of(state, 9) : 60;

		for (int i = 0; i < corners; i++)
			path_line(path, floor(between(state, -20, SIDE + 20) * 4) / 4,
				floor(between(state, -20, SIDE + 20) * 4) / 4);
		path_close(path, PATH_OUTER);
		return;
	}
	add_star(path, state, centre, radius, PATH_OUTER);
	for (int i = 0; i < holes; i++) {
		struct point at = {centre.x + between(state, -0.2, 0.2) * radius,
			centre.y + between(state, -0.2, 0.2) * radius};

		add_star(path, state, at, radius * between(state, 0.02, 0.25), PATH_HOLE);
	}
}

static double random_width(uint64_t *state)
{
	switch (one_of(state, 6)) {
	case 0:
		return between(state, 0.1, 1);
	case 1:
		return 1;
	case 2:
		return between(state, 1, 3);
	case 3:
		return between(state, 3, 12);
	case 4:
		return between(state, 12, 50);
	default:
		return one_of(state, 8) ? 2 : 200;
	}
}

static void make_line(struct path *path, struct pen *pen, double dashes[4], uint64_t *state)
{
	struct point at = {between(state, 0, SIDE), between(state, 0, SIDE)}, before = at;
	int points = 2 + one_of(state, 10);
	double step = one_of(state, 5) ? between(state, 3, 60) : between(state, 0.1, 2);

	path_reset(path);
	path_move(path, at.x, at.y);
	for (int i = 1; i < points; i++) {
		int kind = one_of(state, 16);
		struct point next = {
			at.x + between(state, -step, step), at.y + between(state, -step, step)};

		if (kind == 0) /* back where it came from */
			next = before;
		else if (kind == 1) /* a point twice */
			next = at;
		else if (kind == 2) /* far away */
			next = (struct point){
				at.x + between(state, -5e4, 5e4), at.y + between(state, -5e4, 5e4)};
		path_line(path, next.x, next.y);
		before = at;
		at = next;
	}
	if (one_of(state, 3) == 0)
		path_close(path, PATH_AS_DRAWN);
	*pen = (struct pen){.width_px = random_width(state),
		.cap = (enum pen_cap)one_of(state, 3),
		.join = (enum pen_join)one_of(state, 3),
		.miter_limit = (double[]){10, 4, 1.5}[one_of(state, 3)]};
	if (one_of(state, 4) == 0) {
		pen->dash_count = (size_t)one_of(state, 4) + 1;
		for (size_t i = 0; i < pen->dash_count; i++)
			dashes[i] = between(state, 0.5, 20);
		pen->dashes_px = dashes;
		pen->dash_start_px = between(state, 0, 30);
	}
}

/* --- drawing with cairo ----------------------------------------------------------------------- */

static void trace_cairo(cairo_t *cairo, const struct path *path)
{
	for (size_t i = 0; i < path->subpath_count; i++) {
		size_t start = path_start(path, i);

		cairo_move_to(cairo, path->points[start].x, path->points[start].y);
		for (size_t k = start + 1; k < path->subpaths[i].end; k++)
			cairo_line_to(cairo, path->points[k].x, path->points[k].y);
		if (path->subpaths[i].closed)
			cairo_close_path(cairo);
	}
}

static void set_colour(cairo_t *cairo, uint32_t colour)
{
	cairo_set_source_rgba(cairo, (colour >> 24) / 255.0, (colour >> 16 & 255) / 255.0,
		(colour >> 8 & 255) / 255.0, (colour & 255) / 255.0);
}

static void draw_cairo(
	cairo_t *cairo, const struct path *path, const struct pen *pen, uint32_t colour)
{
	static const cairo_line_cap_t caps[] = {
		CAIRO_LINE_CAP_BUTT, CAIRO_LINE_CAP_SQUARE, CAIRO_LINE_CAP_ROUND};
	static const cairo_line_join_t joins[] = {
		CAIRO_LINE_JOIN_MITER, CAIRO_LINE_JOIN_ROUND, CAIRO_LINE_JOIN_BEVEL};

	set_colour(cairo, colour);
	trace_cairo(cairo, path);
	if (!pen) {
		cairo_fill(cairo);
		return;
	}
	cairo_set_line_width(cairo, pen->width_px);
	cairo_set_line_cap(cairo, caps[pen->cap]);
	cairo_set_line_join(cairo, joins[pen->join]);
	cairo_set_miter_limit(cairo, pen->miter_limit);
	cairo_set_dash(cairo, pen->dashes_px, pen->dashes_px ? (int)pen->dash_count : 0,
		pen->dash_start_px);
	cairo_stroke(cairo);
}

static bool both_init(struct both *both, int side)
{
	struct error err = {0};

	if (canvas_init(&both->ours, side, side, &err))
		return false;
	both->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, side, side);
	both->cairo = cairo_create(both->surface);
	cairo_set_antialias(both->cairo, CAIRO_ANTIALIAS_BEST);
	cairo_set_fill_rule(both->cairo, CAIRO_FILL_RULE_WINDING);
	cairo_set_tolerance(both->cairo, 0.01);
	return cairo_status(both->cairo) == CAIRO_STATUS_SUCCESS;
}

static void both_clear(struct both *both)
{
	canvas_clear(&both->ours);
	cairo_destroy(both->cairo);
	cairo_surface_destroy(both->surface);
}

static void both_wipe(struct both *both)
{
	canvas_wipe(&both->ours, 0);
	cairo_save(both->cairo);
	cairo_set_operator(both->cairo, CAIRO_OPERATOR_CLEAR);
	cairo_paint(both->cairo);
	cairo_restore(both->cairo);
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Red, green, blue and alpha of a pixel of ours, in the order of cairo's ARGB32. */
static uint32_t as_argb(uint32_t pixel)
{
	return (pixel & 0xFF00FF00) | (pixel & 0xFF) << 16 | (pixel >> 16 & 0xFF);
}

static int difference(uint32_t a, uint32_t b, struct tally *tally)
{
	int largest = 0;

	for (int shift = 0; shift < 32; shift += 8) {
		int off = abs((int)(a >> shift & 255) - (int)(b >> shift & 255));

		tally->sum += off;
		tally->channels++;
		largest = off > largest ? off : largest;
	}
	return largest;
}

static void keep_worst(struct tally *tally, struct finding finding)
{
	for (int i = 0; i < WORST; i++) {
		struct finding other = tally->worst[i];

		/* One of each shape. */
		if (other.difference && other.shape == finding.shape &&
			other.difference >= finding.difference)
			return;
		if (finding.difference > other.difference) {
			tally->worst[i] = finding;
			if (other.shape == finding.shape)
				return;
			finding = other;
		}
	}
}

static void judge(struct tally *tally, struct finding finding)
{
	int ours_off = abs(finding.ours - finding.exact);
	bool cairo_off = abs(finding.cairo - finding.exact) > EXACT_TOLERANCE;

	tally->asked++;
	tally->wrong += ours_off > EXACT_TOLERANCE;
	if (ours_off > tally->worst_ours)
		tally->worst_ours = ours_off;
	if (finding.difference > LARGE_DIFFERENCE)
		tally->large++;
	if (finding.difference > LARGE_DIFFERENCE && cairo_off && ours_off <= EXACT_TOLERANCE)
		tally->large_cairo++;
	else if (finding.difference > tally->largest)
		tally->largest = finding.difference;
	keep_worst(tally, finding);
}

static void compare(struct both *both, const struct path *path, const struct pen *pen,
	uint32_t colour, int shape, struct tally *tally)
{
	const unsigned char *rows;
	int stride = cairo_image_surface_get_stride(both->surface);

	cairo_surface_flush(both->surface);
	rows = cairo_image_surface_get_data(both->surface);
	for (int i = 0; i < SIDE * SIDE; i++) {
		int x = i % SIDE, y = i / SIDE;
		uint32_t mine = as_argb(both->ours.pixels[i]), theirs;
		int off;

		memcpy(&theirs, rows + y * stride + 4 * x, sizeof theirs);
		off = difference(mine, theirs, tally);
		if (off <= LARGE_DIFFERENCE && (mine >> 24 == 0 || mine >> 24 == (colour & 255) ||
						       (i + shape * 31) % CHECK_ONE_IN)) {
			tally->largest = off > tally->largest ? off : tally->largest;
			continue;
		}
		judge(tally,
			(struct finding){shape, x, y, (int)(mine >> 24), (int)(theirs >> 24),
				(int)lrint(exact_share(path, pen, x, y) * (colour & 255)), off});
	}
}

enum shapes { POLYGONS, LINES, ROUND_LINES, KINDS };

static int compare_shapes(enum shapes kind, struct tally *tally, uint64_t seed)
{
	struct both both = {0};
	struct path path = {0};
	struct error err = {0};
	uint64_t state = seed;
	int rc = both_init(&both, SIDE) ? 0 : -1;

	for (int i = 0; i < SHAPES && !rc; i++) {
		uint32_t colour = i % 3 ? 0x3366CCFF : 0xC84010A0;
		double dashes[4];
		struct pen pen;

		both_wipe(&both);
		if (kind == POLYGONS) {
			make_polygon(&path, &state);
			rc = canvas_fill(&both.ours, &path, colour, &err);
		} else {
			make_line(&path, &pen, dashes, &state);
			if (kind == ROUND_LINES)
				pen = (struct pen){.width_px = pen.width_px, .cap = CAP_ROUND, .join = JOIN_ROUND};
			rc = kind == ROUND_LINES
				? canvas_gather_lines(&both.ours, &path, pen.width_px, &err)
				: canvas_stroke(&both.ours, &path, &pen, colour, &err);
			canvas_paint_lines(&both.ours, colour);
		}
		draw_cairo(both.cairo, &path, kind == POLYGONS ? NULL : &pen, colour);
		if (!rc)
			compare(&both, &path, kind == POLYGONS ? NULL : &pen, colour, i, tally);
	}
	path_clear(&path);
	both_clear(&both);
	return rc;
}

static int report(const struct tally *tally)
{
	double mean = tally->sum / (double)tally->channels;

	printf("%d %ss: mean difference %.4f of 255, largest %d but for cairo's faults\n", SHAPES,
		tally->what, mean, tally->largest);
	printf("  over %d: %ld pixels in %ld, of which %ld are cairo's\n", LARGE_DIFFERENCE,
		tally->large, tally->channels / 4, tally->large_cairo);
	printf("  %ld pixels compared with the exact value: ours off by at most %d\n", tally->asked,
		tally->worst_ours);
	for (int i = 0; i < WORST; i++) {
		const struct finding *worst = tally->worst + i;

		printf("  %s %d at %d,%d: ours %d, cairo %d, exact %d\n", tally->what, worst->shape,
			worst->x, worst->y, worst->ours, worst->cairo, worst->exact);
	}
	if (mean > mean_bound)
		return 1;
	return !tally->quick && (tally->wrong || tally->large > tally->large_cairo);
}

static int compare_all(void)
{
	struct tally tallies[] = {{.what = "polygon"}, {.what = "line"}, {"round line", .quick = true}};
	uint64_t seed = 20261121;
	int failed = 0;

	printf("seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < KINDS; i++) {
		if (compare_shapes((enum shapes)i, tallies + i, seed))
			return 1;
		failed |= report(tallies + i);
	}
	return failed;
}

/* --- time ------------------------------------------------------------------------------------- */

static const uint32_t land_colours[] = {0xFFEFD5FF, 0xE0F2D0FF, 0xFFE0CCB0, 0xD8E8F8FF, 0xF0E0F0C0};
static const struct pen outline = {.width_px = 1, .join = JOIN_MITER, .miter_limit = 4};

static void draw_parcel_exact(void *context, const struct path *parcel, int use)
{
	struct both *both = context;
	struct error err = {0};

	if (canvas_fill(&both->ours, parcel, land_colours[use], &err) ||
		canvas_stroke(&both->ours, parcel, &outline, 0x706050FF, &err))
		abort();
}

static void draw_parcel_quick(void *context, const struct path *parcel, int use)
{
	struct both *both = context;
	struct error err = {0};

	if (canvas_gather_areas(&both->ours, parcel, &err) ||
		canvas_gather_lines(&both->ours, parcel, outline.width_px, &err))
		abort();
	canvas_paint_areas(&both->ours, land_colours[use]);
	canvas_paint_lines(&both->ours, 0x706050FF);
}

static void draw_parcel_cairo(void *context, const struct path *parcel, int use)
{
	struct both *both = context;

	draw_cairo(both->cairo, parcel, NULL, land_colours[use]);
	draw_cairo(both->cairo, parcel, &outline, 0x706050FF);
}

static void nothing(void *context, const struct path *parcel, int use)
{
	(void)context, (void)parcel, (void)use;
}

static int compare_numbers(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Milliseconds of process time a picture, the median of rounds in which they take turns. */
static void time_parcels(struct both *both, size_t count)
{
	enum { EXACT, QUICK, CAIRO, NOTHING, WAYS, ROUNDS = 31 };
	void (*const draws[WAYS])(void *, const struct path *, int) = {
		draw_parcel_exact, draw_parcel_quick, draw_parcel_cairo, nothing};
	double ms[WAYS][ROUNDS], median[WAYS];

	for (int round = 0; round < ROUNDS; round++) {
		for (int way = 0; way < WAYS; way++) {
			clock_t start;

			both_wipe(both);
			start = clock();
			parcels_each(count, 256, draws[way], both);
			ms[way][round] = (double)(clock() - start) * 1e3 / CLOCKS_PER_SEC;
		}
	}
	for (int way = 0; way < WAYS; way++) {
		qsort(ms[way], ROUNDS, sizeof(double), compare_numbers);
		median[way] = ms[way][ROUNDS / 2] - ms[NOTHING][ROUNDS / 2] * (way != NOTHING);
	}
	printf("%zu parcels, 256 x 256: cairo %.3f ms, ours exact %.3f ms, %.1f times, ours quick "
	       "%.3f ms, %.1f times\n",
		count, median[CAIRO], median[EXACT], median[CAIRO] / median[EXACT], median[QUICK],
		median[CAIRO] / median[QUICK]);
}

static int time_all(void)
{
	struct both both = {0};

	if (!both_init(&both, 256))
		return 1;
	cairo_set_tolerance(both.cairo, 0.1); /* as it comes */
	time_parcels(&both, 306);
	time_parcels(&both, 3025);
	both_clear(&both);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--time") == 0)
		return time_all();
	if (argc > 1) {
		fprintf(stderr, "usage: canvas_cairo [--time]\n");
		return 2;
	}
	return compare_all();
}
