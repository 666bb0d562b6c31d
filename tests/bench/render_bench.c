/*
 * What raster tiles cost: builds the snapshots of parcels and streets of a register and draws
 * random tiles in the inner part of their extent. Built with the tests, run by hand:
 *
 *	render_bench DIR [ZOOM [ROUNDS]]
 */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "tests/bench/bench_city.h"
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

struct bench {
	struct snapshot *snapshots[LAYERS];
	struct renderer renderer;
	struct strbuf out;
};

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
			tiles[i] = bench_tile(&random, bench->snapshots[0], z);
		start = bench_cpu_ms();
		bytes = 0;
		for (size_t i = 0; !rc && i < TILES; i++) {
			strbuf_reset(&bench->out);
			rc = render_png(&bench->renderer, snapshots, LAYERS, tiles[i], 1,
				&bench->out, err);
			bytes += (double)bench->out.len;
		}
		quickest = fmin(quickest, bench_cpu_ms() - start);
	}
	if (!rc)
		printf("z%u %8.3f ms a tile %9.0f bytes\n", z, quickest / TILES, bytes / TILES);
	return rc;
}

static int build(
	struct bench *bench, const struct snapshot_source *source, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < LAYERS; i++)
		rc = snapshot_build(source,
			&VIEW_NOW(layer_find(city_layers(), layer_ids[i], strlen(layer_ids[i]))),
			NULL, &bench->snapshots[i], err);
	return rc;
}

int main(int argc, char **argv)
{
	autofree(bench_city_close) struct bench_city city = {.opened = REGISTER_CLOSED};
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
	rc = bench_city_open(&city, argv[1], &err);
	if (!rc)
		rc = build(&bench, &city.source, &err);
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
	return rc ? bench_fail(&err) : 0;
}
