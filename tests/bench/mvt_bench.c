/*
 * What vector tiles cost: builds the snapshot of a layer of a register and writes random tiles in
 * the inner part of its extent. Built with the tests, run by hand:
 *
 *	mvt_bench DIR LAYER [ZOOM]
 */
#include <math.h>
#include <stdio.h>

#include "base/messages.h"
#include "base/number.h"
#include "tests/bench/bench_city.h"
#include "tiles/compress.h"
#include "tiles/mvt.h"

enum {
	TILES = 100,
	ROUNDS = 3, /* the quickest of these counts: the machine has other work too */
	TILE_MAX_BYTES = 64 << 20,
};

static const unsigned zooms[] = {12, 14, 16, 18};

struct run {
	struct mvt_scratch scratch;
	struct strbuf plain, gzip;
	double plain_ms[TILES], gzip_ms[TILES];
	double features[TILES], bytes[TILES], gzip_bytes[TILES];
};

static size_t snapshot_bytes(const struct snapshot *snapshot)
{
	size_t boxes = snapshot->tree.level_starts[snapshot->tree.level_count], words = 0;
	autofree(outline_clear) struct outline outline = {0};

	for (size_t i = 0; i < snapshot->record_count; i++)
		if (outline_read(snapshot, i, &outline))
			words += outline_words(&outline, &snapshot->tree.boxes[i]);
	return snapshot->record_count * (sizeof *snapshot->records + sizeof *snapshot->spans +
		       sizeof *snapshot->units) +
		words * sizeof *snapshot->shapes + boxes * sizeof *snapshot->tree.boxes;
}

static size_t attribute_bytes(const struct snapshot *snapshot)
{
	const struct value_table *pool = &snapshot->pool;
	size_t bytes = pool->count * sizeof *pool->values + pool->slot_count * sizeof *pool->slots +
		snapshot->record_count * snapshot->column_count * sizeof(uint32_t);

	if (pool->count)
		bytes += pool->values[pool->count - 1].text_at +
			pool->values[pool->count - 1].text_len;
	return bytes;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double quantile(double *values, double share)
{
	qsort(values, TILES, sizeof *values, compare);
	return values[(size_t)(share * (TILES - 1) + 0.5)];
}

static double mean(const double *values)
{
	double sum = 0;

	for (size_t i = 0; i < TILES; i++)
		sum += values[i];
	return sum / TILES;
}

static int time_tile(struct run *run, const struct snapshot *snapshot, struct tile tile, size_t i,
	struct error *err)
{
	struct mvt_report report;
	double start = bench_cpu_ms(), written, packed;
	int rc;

	strbuf_reset(&run->plain);
	strbuf_reset(&run->gzip);
	rc = mvt_write(&run->scratch, &snapshot, 1, tile, &run->plain, &report, err);
	if (rc)
		return rc;
	written = bench_cpu_ms();
	if (!compress_gzip(run->plain.data, run->plain.len, COMPRESS_LIVE, &run->gzip))
		return fail_no_memory(err);
	packed = bench_cpu_ms();
	run->plain_ms[i] = fmin(run->plain_ms[i], written - start);
	run->gzip_ms[i] = fmin(run->gzip_ms[i], packed - start);
	run->features[i] = (double)report.features;
	run->bytes[i] = (double)run->plain.len;
	run->gzip_bytes[i] = (double)run->gzip.len;
	return 0;
}

static int time_zoom(
	struct run *run, const struct snapshot *snapshot, unsigned z, struct error *err)
{
	struct random random = {z};
	struct tile tiles[TILES];
	int rc = 0;

	for (size_t i = 0; i < TILES; i++) {
		tiles[i] = bench_tile(&random, snapshot, z);
		run->plain_ms[i] = run->gzip_ms[i] = INFINITY;
	}
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; !rc && i < TILES; i++)
			rc = time_tile(run, snapshot, tiles[i], i, err);
	if (rc)
		return rc;
	printf("z%u  %8.3f %8.3f  %8.3f %8.3f  %8.0f  %9.0f %9.0f\n", z, mean(run->plain_ms),
		quantile(run->plain_ms, 0.95), mean(run->gzip_ms), quantile(run->gzip_ms, 0.95),
		mean(run->features), mean(run->bytes), mean(run->gzip_bytes));
	return 0;
}

static int time_all(const struct snapshot *snapshot, int64_t only_zoom, struct error *err)
{
	struct run *run = calloc(1, sizeof *run);
	int rc = 0;

	if (!run)
		return fail_no_memory(err);
	mvt_scratch_init(&run->scratch);
	run->plain = STRBUF(TILE_MAX_BYTES);
	run->gzip = STRBUF(TILE_MAX_BYTES);
	printf("     ms/tile      p95  +gzip ms      p95  features      bytes      gzip\n");
	for (size_t i = 0; !rc && i < sizeof zooms / sizeof zooms[0]; i++)
		if (zooms[i] >= snapshot->layer->look.min_zoom &&
			(only_zoom < 0 || only_zoom == zooms[i]))
			rc = time_zoom(run, snapshot, zooms[i], err);
	mvt_scratch_clear(&run->scratch);
	strbuf_clear(&run->plain);
	strbuf_clear(&run->gzip);
	free(run);
	return rc;
}

static int time_layer(const struct snapshot_source *source, const struct layer *layer,
	int64_t only_zoom, struct error *err)
{
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	double start = bench_cpu_ms(), count;
	int rc = snapshot_build(source, &VIEW_NOW(layer), NULL, &snapshot, err);

	if (rc)
		return rc;
	count = (double)snapshot->record_count;
	printf("%s: %zu records, %zu not drawn, %zu points; built in %.2f s CPU;"
	       " %.1f bytes a record and %.1f of attributes\n",
		layer->id, snapshot->record_count, snapshot->undrawn, snapshot->point_count,
		(bench_cpu_ms() - start) / 1e3, (double)snapshot_bytes(snapshot) / count,
		(double)attribute_bytes(snapshot) / count);
	return snapshot->record_count ? time_all(snapshot, only_zoom, err) : 0;
}

int main(int argc, char **argv)
{
	autofree(bench_city_close) struct bench_city city = {.opened = REGISTER_CLOSED};
	const struct layer *layer =
		argc > 2 ? layer_find(city_layers(), argv[2], strlen(argv[2])) : NULL;
	struct error err = {0};
	int64_t zoom = -1;
	int rc;

	if (!layer || argc > 4 ||
		(argc == 4 && !number_parse_int(argv[3], strlen(argv[3]), 0, GRID_ZOOM_MAX, &zoom))) {
		fprintf(stderr, "usage: mvt_bench DIR LAYER [ZOOM]\n");
		return 2;
	}
	rc = bench_city_open(&city, argv[1], &err);
	if (!rc)
		rc = time_layer(&city.source, layer, zoom, &err);
	return rc ? bench_fail(&err) : 0;
}
