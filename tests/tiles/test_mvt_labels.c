/* Where names stand in vector tiles. Those of a whole city: tests/web/tiles.test.mjs. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/tiles/mvt_reader.h"
#include "tests/tiles/small_city.h"
#include "tiles/mvt.h"

enum { TILE_MAX_BYTES = 1 << 20, ZOOM = 18 };

struct labels {
	struct small_city city;
	struct snapshot *snapshot;
	struct arena arena;
	struct strbuf bytes;
	struct mvt_scratch scratch;
	struct mvt_report report;
	struct read_tile tile;
};

static int set_up(void **state)
{
	struct labels *labels = calloc(1, sizeof *labels);

	assert_non_null(labels);
	small_city_open(&labels->city);
	labels->arena = ARENA(1 << 24);
	labels->bytes = STRBUF(TILE_MAX_BYTES);
	mvt_scratch_init(&labels->scratch);
	*state = labels;
	return 0;
}

static int tear_down(void **state)
{
	struct labels *labels = *state;

	snapshot_free(labels->snapshot);
	mvt_scratch_clear(&labels->scratch);
	strbuf_clear(&labels->bytes);
	arena_clear(&labels->arena);
	small_city_close(&labels->city);
	free(labels);
	return 0;
}

/* The labels of a layer in the tile of a place, m. */
static const struct read_layer *write_labels(
	struct labels *labels, enum small_layer layer, double x, double y, unsigned zoom)
{
	const struct snapshot *shown;
	const char *fault;

	if (!labels->snapshot)
		labels->snapshot = small_city_snapshot(&labels->city, layer);
	shown = labels->snapshot;
	strbuf_reset(&labels->bytes);
	arena_reset(&labels->arena);
	assert_int_equal(mvt_write_labels(&labels->scratch, &shown, 1,
				 small_city_tile(&labels->city, x, y, zoom), &labels->bytes,
				 &labels->report, NULL),
		0);
	fault = mvt_read(&labels->arena, labels->bytes.data, labels->bytes.len, &labels->tile);
	if (fault)
		fail_msg("%s", fault);
	return labels->tile.layer_count ? &labels->tile.layers[0] : NULL;
}

static void pieces_of_a_name_are_one_line(void **state)
{
	struct labels *labels = *state;
	const struct read_layer *layer;
	const struct read_feature *feature;

	small_city_begin(&labels->city, SMALL_WAY);
	small_city_draw(&labels->city, "5 30, 40 30", "Trần Phú|road|");
	small_city_draw(&labels->city, "5 50, 8 50", "Hẻm dài tên|road|");
	small_city_draw(&labels->city, "40 30, 70 32", "Trần Phú|path|");
	small_city_draw(&labels->city, "70 10, 5 10", "Lê Lợi|road|");
	small_city_draw(&labels->city, "5 60, 60 60", "|road|");
	small_city_end(&labels->city);
	layer = write_labels(labels, SMALL_WAY, 30, 30, ZOOM);
	assert_non_null(layer);
	assert_string_equal(layer->name, "way_label");
	assert_int_equal(layer->key_count, 2);
	assert_int_equal(layer->feature_count, 2);
	feature = read_feature_find(layer, 1);
	assert_int_equal(feature->type, READ_LINE);
	assert_int_equal(feature->ring_count, 1);
	assert_int_equal(feature->point_count, 3);
	assert_string_equal(read_value_find(layer, feature, "name")->text, "Trần Phú");
	assert_string_equal(read_value_find(layer, feature, "kind")->text, "road");
	/* From the west, whichever way it was drawn. */
	feature = read_feature_find(layer, 4);
	assert_non_null(feature);
	assert_true(feature->xy[0] < feature->xy[2]);
	assert_int_equal(labels->report.features, 2);
}

static void names_have_room_from_a_zoom_on(void **state)
{
	struct labels *labels = *state;

	small_city_begin(&labels->city, SMALL_WAY);
	small_city_draw(&labels->city, "5 30, 17 30", "Trần Phú|road|");
	small_city_end(&labels->city);
	assert_null(write_labels(labels, SMALL_WAY, 10, 30, 15));
	assert_null(write_labels(labels, SMALL_WAY, 10, 30, 16));
	assert_non_null(write_labels(labels, SMALL_WAY, 10, 30, 19));
}

/* Of what never stands in tiles no label tells. */
static void labels_keep_secrets(void **state)
{
	struct labels *labels = *state;
	const struct layer_field *fields[MVT_LABEL_FIELDS];

	assert_int_equal(mvt_label_fields(&small_layers.layers[SMALL_LOT], fields), 0);
	assert_int_equal(mvt_label_fields(&small_layers.layers[SMALL_POST], fields), 0);
	assert_int_equal(mvt_label_fields(&small_layers.layers[SMALL_WAY], fields), 2);
	small_city_begin(&labels->city, SMALL_LOT);
	small_city_draw(&labels->city, "0 0, 20 0, 20 30, 0 30", "Nhà 1|house|3|||2020-01-01|secret");
	small_city_end(&labels->city);
	assert_null(write_labels(labels, SMALL_LOT, 10, 10, ZOOM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(pieces_of_a_name_are_one_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_have_room_from_a_zoom_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(labels_keep_secrets, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
