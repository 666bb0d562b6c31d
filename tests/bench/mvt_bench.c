/*
 * What vector tiles cost: builds the snapshot of a layer of a register and writes random tiles in
 * the inner part of its extent. Built with the tests, run by hand:
 *
 *	mvt_bench DIR LAYER [ZOOM]
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/register.h"
#include "tests/random.h"
#include "tiles/compress.h"
#include "tiles/mvt.h"

enum {
	TILES = 100,
	ROUNDS = 3, /* the quickest of these counts: the machine has other work too */
	TILE_MAX_BYTES = 64 << 20,
};

static const unsigned zooms[] = {12, 14, 16, 18};
static const double inner_share = 0.6;

struct run {
	struct mvt_scratch scratch;
	struct strbuf plain, gzip;
	double plain_ms[TILES], gzip_ms[TILES];
	double features[TILES], bytes[TILES], gzip_bytes[TILES];
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

static size_t snapshot_bytes(const struct snapshot *snapshot)
{
	size_t boxes = snapshot->tree.level_starts[snapshot->tree.level_count], rings = 0;

	for (size_t i = 0; i < snapshot->record_count; i++)
		rings += snapshot->records[i].ring_count;
	return snapshot->record_count * sizeof *snapshot->records +
		rings * sizeof *snapshot->rings + snapshot->point_count * 2 * sizeof *snapshot->xy +
		boxes * sizeof *snapshot->tree.boxes;
}

static size_t attribute_bytes(const struct snapshot *snapshot)
{
	size_t bytes = snapshot->value_count * sizeof *snapshot->values +
		snapshot->record_count * snapshot->column_count * sizeof(uint32_t);

	if (snapshot->value_count)
		bytes += snapshot->values[snapshot->value_count - 1].text_at +
			snapshot->values[snapshot->value_count - 1].text_len;
	return bytes;
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

static int time_tile(struct run *run, const struct snapshot *snapshot, struct tile tile, size_t i,
	struct error *err)
{
	struct mvt_report report;
	double start = cpu_ms(), written, packed;
	int rc;

	strbuf_reset(&run->plain);
	strbuf_reset(&run->gzip);
	rc = mvt_write(&run->scratch, &snapshot, 1, tile, &run->plain, &report, err);
	if (rc)
		return rc;
	written = cpu_ms();
	if (!compress_gzip(run->plain.data, run->plain.len, COMPRESS_LIVE, &run->gzip))
		return fail_no_memory(err);
	packed = cpu_ms();
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
		tiles[i] = random_tile(&random, snapshot, z);
		run->plain_ms[i] = run->gzip_ms[i] = INFINITY;
	}
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; !rc && i < TILES; i++)
			rc = time_tile(run, snapshot, tiles[i], i, err);
	if (rc)
		return rc;
	printf("z%u  %8.3f %8.3f  %8.3f %8.3f  %8.0f  %9.0f %9.0f\n", z,
		quantile(run->plain_ms, 0.5), quantile(run->plain_ms, 0.95),
		quantile(run->gzip_ms, 0.5), quantile(run->gzip_ms, 0.95),
		quantile(run->features, 0.5), quantile(run->bytes, 0.5),
		quantile(run->gzip_bytes, 0.5));
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
	double start = cpu_ms(), count;
	int rc = snapshot_build(source, layer, &snapshot, err);

	if (rc)
		return rc;
	count = (double)snapshot->record_count;
	printf("%s: %zu records, %zu not drawn, %zu points; built in %.2f s CPU;"
	       " %.1f bytes a record and %.1f of attributes\n",
		layer->id, snapshot->record_count, snapshot->undrawn, snapshot->point_count,
		(cpu_ms() - start) / 1e3, (double)snapshot_bytes(snapshot) / count,
		(double)attribute_bytes(snapshot) / count);
	return snapshot->record_count ? time_all(snapshot, only_zoom, err) : 0;
}

int main(int argc, char **argv)
{
	autofree(register_close) struct register_folder opened = REGISTER_CLOSED;
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	autoptr(geom_context_free) struct geom_context *geom = NULL;
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
	rc = register_open(argv[1], city_layers(), STORE_READ, clock_now_us(&clock_system), &opened,
		&err);
	if (!rc)
		rc = crs_context_new(&crs, &err);
	if (!rc)
		rc = crs_pin(crs, &opened.city, &err);
	if (!rc)
		rc = geom_context_new(&geom, &err);
	if (!rc)
		rc = time_layer(&(struct snapshot_source){opened.store, &opened.city, crs, geom},
			layer, zoom, &err);
	return rc ? fail(&err) : 0;
}
