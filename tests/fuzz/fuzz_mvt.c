/*
 * Vector tiles of snapshots with rings of any points.
 *
 * The bytes: kind of geometry, zoom, where the tile lies beside the snapshot's middle, how far
 * places are apart; then rings: a byte of which the lowest bit starts a record and the others
 * count the points, and two signed bytes a point.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "tests/tiles/made_snapshot.h"
#include "tests/tiles/mvt_reader.h"
#include "tiles/mvt.h"

enum { HEAD = 4, RECORDS_MAX = 100, POINTS_MAX = 127, TILE_MAX_BYTES = 1 << 20 };

static const struct look_class plain = {.title = {"", ""}};

/* What is still to be read. */
struct input {
	const uint8_t *at, *end;
	int scale;
};

static void turn(int32_t *xy, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		int32_t kept[2];

		memcpy(kept, xy + 2 * i, sizeof kept);
		memcpy(xy + 2 * i, xy + 2 * (count - 1 - i), sizeof kept);
		memcpy(xy + 2 * (count - 1 - i), kept, sizeof kept);
	}
}

/* Reads a ring; how many points it has, 0 when it has no area, though it should. */
static size_t read_ring(
	struct input *input, enum geometry_kind kind, bool is_hole, int32_t *xy, size_t count)
{
	int64_t area2;

	if (count > (size_t)(input->end - input->at) / 2)
		count = (size_t)(input->end - input->at) / 2;
	for (size_t i = 0; i < 2 * count; i++)
		xy[i] = (int32_t)(int8_t)*input->at++ * (1 << input->scale);
	if (kind == GEOMETRY_POINT)
		return count ? 1 : 0;
	if (kind == GEOMETRY_LINE)
		return count > 1 ? count : 0;
	area2 = clip_ring_area2(xy, count);
	if ((area2 < 0) != is_hole)
		turn(xy, count);
	return area2 ? count : 0;
}

/* Only a triangle is surely as valid as snapshots promise; others are always mended. */
static void add_record(struct made_snapshot *made, struct clip_path *path)
{
	made->is_unsure = made->gather.layer->geometry == GEOMETRY_AREA && path->point_count != 3;
	if (path->ring_count && made->count < RECORDS_MAX)
		made_snapshot_add(made, path);
	clip_path_reset(path);
}

static void read_records(struct input *input, struct made_snapshot *made)
{
	autofree(clip_path_clear) struct clip_path path = {0};
	int32_t xy[2 * POINTS_MAX];

	while (input->at < input->end) {
		uint8_t head = *input->at++;
		size_t count;

		if (head & 1)
			add_record(made, &path);
		count = read_ring(input, made->gather.layer->geometry, path.ring_count > 0, xy, head >> 1);
		if (count)
			clip_path_add(&path, xy, count);
	}
	add_record(made, &path);
}

static void check_tile(const struct snapshot *snapshot, struct tile tile)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 26);
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(TILE_MAX_BYTES);
	struct mvt_scratch scratch;
	struct mvt_report report;
	struct read_tile read;
	const char *fault;

	mvt_scratch_init(&scratch);
	must(mvt_write(&scratch, &snapshot, 1, tile, &bytes, &report, NULL) == 0);
	mvt_scratch_clear(&scratch);
	fault = mvt_read(&arena, bytes.data, bytes.len, &read);
	if (fault)
		fprintf(stderr, "%s\n", fault);
	must(!fault);
	must(report.features == (read.layer_count ? read.layers[0].feature_count : 0));
	for (size_t i = 0; i < report.features; i++)
		for (size_t k = 0; k < 2 * read.layers[0].features[i].point_count; k++) {
			int32_t place = read.layers[0].features[i].xy[k];

			must(place >= -MVT_BUFFER && place <= MVT_EXTENT + MVT_BUFFER);
		}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct layer layer = {
		.id = "fuzz", .look = {.max_zoom = 22, .classes = &plain, .class_count = 1}};
	struct input input = {bytes + HEAD, bytes + len, 0};
	struct made_snapshot made;
	struct snapshot *snapshot;
	struct tile tile;

	if (len < HEAD)
		return 0;
	layer.geometry = (enum geometry_kind)(bytes[0] % 3);
	tile = made_tile(bytes[1] % (GRID_ZOOM_MAX + 1), (bytes[2] & 3) - 1, (bytes[2] >> 2 & 3) - 1);
	input.scale = bytes[3] % 24; /* areas beyond have more than 63 bits */
	made = made_snapshot_begin(&layer);
	read_records(&input, &made);
	snapshot = made_snapshot_finish(&made);
	check_tile(snapshot, tile);
	snapshot_free(snapshot);
	return 0;
}
