/*
 * What raster tiles cost: builds the snapshots of parcels and streets of a register and draws
 * random tiles in the inner part of their extent. Built with the tests, run by hand:
 *
 *	render_bench DIR [ZOOM [ROUNDS]]
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/register.h"
#include "tests/random.h"
#include "tiles/render.h"

enum {
	TILES = 100,
	ROUNDS = 5, /* the quickest of these counts: the machine has other work too */
	ROUNDS_MAX = 1000,
	LAYERS = 2,
	TILE_MAX_BYTES = 64 << 20,
};

static const char *const layer_ids[LAYERS] = {"parcel", "street"};
static const unsigned zooms[] = {14, 16, 18};
static const double inner_share = 0.6;

struct bench {
	struct snapshot *snapshots[LAYERS];
	struct renderer renderer;
	struct strbuf out;
};

static double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int fail(const struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 12);

	error_print(&text, err, LANG_EN);
	fprintf(stderr, "%s %s\n", text.data, err->detail);
	return 1;
}

static struct tile random_tile(struct random *random, const struct snapshot *snapshot, unsigned z)
{
	const struct hilbert_tree *tree = &snapshot->tree;
	const struct tile_box *all = &tree->boxes[tree->level_starts[tree->level_count] - 1];
	double margin = (1 - inner_share) / 2;
	double x = random_between(random, margin, 1 - margin) * ((double)all->max_x - all->min_x);
	double y = random_between(random, margin, 1 - margin) * ((double)all->max_y - all->min_y);
	int shift = GRID_WORLD_BITS - (int)z;

	return (struct tile){z, (uint32_t)((snapshot->origin_x + all->min_x + (int64_t)x) >> shift),
		(uint32_t)((snapshot->origin_y + all->min_y + (int64_t)y) >> shift)};
}

static int time_zoom(struct bench *bench, unsigned z, int64_t rounds, struct error *err)
{
	const struct snapshot *const *snapshots = (const struct snapshot *const *)bench->snapshots;
	struct random random = {z};
	struct tile tiles[TILES];
	double quickest = INFINITY, bytes = 0;
	int rc = 0;

	for (int64_t round = 0; !rc && round < rounds; round++) {
		double start;

		/* Others each time: their names are not in the caches. */
		for (size_t i = 0; i < TILES; i++)
			tiles[i] = random_tile(&random, bench->snapshots[0], z);
		start = cpu_ms();
		bytes = 0;
		for (size_t i = 0; !rc && i < TILES; i++) {
			strbuf_reset(&bench->out);
			rc = render_png(&bench->renderer, snapshots, LAYERS, tiles[i], 1,
				&bench->out, err);
			bytes += (double)bench->out.len;
		}
		quickest = fmin(quickest, cpu_ms() - start);
	}
	if (!rc)
		printf("z%u %8.3f ms a tile %9.0f bytes\n", z, quickest / TILES, bytes / TILES);
	return rc;
}

static int build(struct bench *bench, const struct register_folder *opened, struct error *err)
{
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	autoptr(geom_context_free) struct geom_context *geom = NULL;
	int rc = crs_context_new(&crs, err);

	if (!rc)
		rc = crs_pin(crs, &opened->city, err);
	if (!rc)
		rc = geom_context_new(&geom, err);
	for (size_t i = 0; !rc && i < LAYERS; i++)
		rc = snapshot_build(
			&(struct snapshot_source){opened->store, &opened->city, crs, geom},
			layer_find(city_layers(), layer_ids[i], strlen(layer_ids[i])),
			&bench->snapshots[i], err);
	return rc;
}

int main(int argc, char **argv)
{
	autofree(register_close) struct register_folder opened = REGISTER_CLOSED;
	struct bench bench = {.out = STRBUF(TILE_MAX_BYTES)};
	struct error err = {0};
	int64_t zoom = -1, rounds = ROUNDS;
	int rc;

	if (argc < 2 || argc > 4 ||
		(argc > 2 && !number_parse_int(argv[2], strlen(argv[2]), 0, GRID_ZOOM_MAX, &zoom)) ||
		(argc > 3 && !number_parse_int(argv[3], strlen(argv[3]), 1, ROUNDS_MAX, &rounds))) {
		fprintf(stderr, "usage: render_bench DIR [ZOOM [ROUNDS]]\n");
		return 2;
	}
	rc = register_open(argv[1], city_layers(), STORE_READ, clock_now_us(&clock_system), &opened,
		&err);
	if (!rc)
		rc = build(&bench, &opened, &err);
	if (!rc)
		rc = renderer_open(&bench.renderer, &err);
	if (!rc && zoom >= 0)
		rc = time_zoom(&bench, (unsigned)zoom, rounds, &err);
	for (size_t i = 0; !rc && zoom < 0 && i < sizeof zooms / sizeof zooms[0]; i++)
		rc = time_zoom(&bench, zooms[i], rounds, &err);
	renderer_clear(&bench.renderer);
	for (size_t i = 0; i < LAYERS; i++)
		snapshot_free(bench.snapshots[i]);
	strbuf_clear(&bench.out);
	return rc ? fail(&err) : 0;
}
