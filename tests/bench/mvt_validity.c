/*
 * How many polygons of the vector tiles of a city are valid: decodes all its tiles of some zooms
 * and asks GEOS. Built with the tests, run by hand:
 *
 *	mvt_validity DIR LAYER
 */
#include <stdio.h>

#include "tests/bench/bench_city.h"
#include "tests/tiles/mvt_reader.h"
#include "tiles/mvt.h"

enum {
	TILE_MAX_BYTES = 64 << 20,
	ARENA_BYTES = 1 << 30,
	FAULTS = GEOM_OTHER + 1,
};

static const char *const fault_names[FAULTS] = {"valid", "crossing", "hole outside",
	"holes nested", "interior cut", "parts overlap", "rings equal", "too few points",
	"not closed", "other"};

struct count {
	struct geom_context *geom;
	struct arena arena;
	struct strbuf bytes;
	struct mvt_scratch scratch;
	size_t tiles, faults[FAULTS];
	int shown;
};

static void show(const struct read_feature *feature, struct tile tile)
{
	size_t point = 0;

	printf("z%u/%u/%u id %llu:", tile.z, tile.x, tile.y, (unsigned long long)feature->id);
	for (size_t ring = 0; ring < feature->ring_count; ring++) {
		printf(feature->holes[ring] ? " hole" : " ring");
		for (; point < feature->ends[ring]; point++)
			printf(" %d,%d", feature->xy[2 * point], feature->xy[2 * point + 1]);
	}
	printf("\n");
}

static int count_tile(struct count *count, const struct snapshot *snapshot, struct tile tile,
	struct error *err)
{
	struct mvt_report report;
	struct read_tile read;
	const char *fault;
	int rc;

	arena_reset(&count->arena);
	strbuf_reset(&count->bytes);
	rc = mvt_write(
		&count->scratch, &snapshot, 1, tile, &count->bytes, &report, err);
	if (rc)
		return rc;
	fault = mvt_read(&count->arena, count->bytes.data, count->bytes.len, &read);
	if (fault)
		printf("z%u/%u/%u: %s\n", tile.z, tile.x, tile.y, fault);
	count->tiles++;
	for (size_t i = 0; !fault && read.layer_count && i < read.layers[0].feature_count; i++) {
		struct shape shape =
			read_feature_shape(&count->arena, &read.layers[0].features[i]);
		struct geom_finding finding;

		rc = geom_check(count->geom, &shape, &finding, err);
		if (rc)
			return rc;
		count->faults[finding.fault]++;
		if (finding.fault && count->shown-- > 0)
			show(&read.layers[0].features[i], tile);
	}
	return 0;
}

static int count_zoom(
	struct count *count, const struct snapshot *snapshot, unsigned z, struct error *err)
{
	const struct hilbert_tree *tree = &snapshot->tree;
	const struct tile_box *all = &tree->boxes[tree->level_starts[tree->level_count] - 1];
	int shift = GRID_WORLD_BITS - (int)z, rc = 0;
	uint32_t max_x = (uint32_t)((snapshot->origin.x + all->max_x) >> shift);
	uint32_t max_y = (uint32_t)((snapshot->origin.y + all->max_y) >> shift);
	uint32_t min_x = (uint32_t)((snapshot->origin.x + all->min_x) >> shift);
	uint32_t min_y = (uint32_t)((snapshot->origin.y + all->min_y) >> shift);

	count->tiles = 0;
	memset(count->faults, 0, sizeof count->faults);
	for (uint32_t y = min_y; y <= max_y; y++)
		for (uint32_t x = min_x; !rc && x <= max_x; x++)
			rc = count_tile(count, snapshot, (struct tile){z, x, y}, err);
	printf("z%u: %zu tiles", z, count->tiles);
	for (int i = 0; i < FAULTS; i++)
		if (count->faults[i])
			printf(", %zu %s", count->faults[i], fault_names[i]);
	printf("\n");
	return rc;
}

static int count_layer(
	const struct snapshot_source *source, const struct layer *layer, struct error *err)
{
	autoptr(snapshot_free) struct snapshot *snapshot = NULL;
	struct count count = {.geom = source->geom, .arena = ARENA(ARENA_BYTES),
		.bytes = STRBUF(TILE_MAX_BYTES)};
	int rc = snapshot_build(source, &VIEW_NOW(layer), NULL, &snapshot, err);

	mvt_scratch_init(&count.scratch);
	for (unsigned z = 12; !rc && snapshot->record_count && z <= 18; z++) {
		count.shown = 5;
		if (z >= layer->look.min_zoom)
			rc = count_zoom(&count, snapshot, z, err);
	}
	mvt_scratch_clear(&count.scratch);
	arena_clear(&count.arena);
	strbuf_clear(&count.bytes);
	return rc;
}

int main(int argc, char **argv)
{
	autofree(bench_city_close) struct bench_city city = {.opened = REGISTER_CLOSED};
	const struct layer *layer =
		argc == 3 ? layer_find(city_layers(), argv[2], strlen(argv[2])) : NULL;
	struct error err = {0};
	int rc;

	if (!layer || layer->geometry != GEOMETRY_AREA) {
		fprintf(stderr, "usage: mvt_validity DIR LAYER (of areas)\n");
		return 2;
	}
	rc = bench_city_open(&city, argv[1], &err);
	if (!rc)
		rc = count_layer(&city.source, layer, &err);
	return rc ? bench_fail(&err) : 0;
}
