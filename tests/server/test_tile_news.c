/* Where tiles have changed, as it is told. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "gis/crs.h"
#include "server/tile_news.h"
#include "tests/random.h"

enum { MANY = 200, OUT_MAX = 1 << 20, EPSG = 9210 };

static struct layer layers[] = {{.id = "parcel"}, {.id = "street"}};
static const struct layer_table table = {layers, 2};

struct told {
	struct crs_context *crs;
	struct tile_news news;
	struct strbuf out;
};

static int set_up(void **state)
{
	struct told *told = calloc(1, sizeof *told);

	assert_non_null(told);
	told->out = STRBUF(OUT_MAX);
	assert_int_equal(crs_context_new(&told->crs, NULL), 0);
	assert_int_equal(crs_path_find(told->crs, EPSG, CRS_WGS84, &told->news.to_degrees, NULL), 0);
	*state = told;
	return 0;
}

static int tear_down(void **state)
{
	struct told *told = *state;

	strbuf_clear(&told->out);
	crs_context_free(told->crs);
	free(told);
	return 0;
}

/* The document of the event at that place; NULL there is none. */
static json_t *event_at(struct told *told, size_t number)
{
	static const char head[] = "event: tiles\ndata: ";
	const char *at = told->out.data;

	for (size_t i = 0; at && i <= number; i++) {
		at = strstr(i ? at + 1 : at, head);
		if (!at)
			return NULL;
	}
	return json_loads(at + strlen(head), JSON_DISABLE_EOF_CHECK, NULL);
}

static struct box box_of(double x, double y, double size)
{
	return (struct box){x, y, x + size, y + size};
}

static void one_change_is_one_box_in_degrees(void **state)
{
	struct told *told = *state;
	struct box box = box_of(598000, 1214000, 20);
	json_t *event, *boxes, *place;

	tile_news_add(&told->news, 1, &box);
	tile_news_write(&told->news, &table, &told->out);
	event = event_at(told, 0);
	assert_non_null(event);
	assert_null(event_at(told, 1));
	assert_string_equal(json_string_value(json_object_get(event, "layer")), "street");
	boxes = json_object_get(event, "boxes");
	assert_int_equal(json_array_size(boxes), 1);
	place = json_array_get(boxes, 0);
	assert_true(json_number_value(json_array_get(place, 0)) > 106.6);
	assert_true(json_number_value(json_array_get(place, 2)) < 106.7);
	assert_true(json_number_value(json_array_get(place, 1)) > 10.9);
	assert_true(json_number_value(json_array_get(place, 3)) < 11.1);
	json_decref(event);
	/* What was told is not told again. */
	strbuf_reset(&told->out);
	tile_news_write(&told->news, &table, &told->out);
	assert_int_equal(told->out.len, 0);
}

static void what_has_no_place_is_not_told(void **state)
{
	struct told *told = *state;
	const struct box nowhere = {1, 1, -1, -1};

	tile_news_add(&told->news, 0, &nowhere);
	tile_news_write(&told->news, &table, &told->out);
	assert_int_equal(told->out.len, 0);
}

static void an_unknown_place_is_everywhere(void **state)
{
	struct told *told = *state;
	struct box box = box_of(598000, 1214000, 20);
	json_t *event;

	told->news.to_degrees = NULL;
	tile_news_add(&told->news, 0, &box);
	tile_news_write(&told->news, &table, &told->out);
	event = event_at(told, 0);
	assert_true(json_is_null(json_object_get(event, "boxes")));
	json_decref(event);
}

/* Whether one of the boxes holds the middle of a place. */
static bool is_told(const json_t *boxes, const struct box *degrees)
{
	double x = (degrees->min_x + degrees->max_x) / 2, y = (degrees->min_y + degrees->max_y) / 2;
	size_t i;
	json_t *box;

	json_array_foreach(boxes, i, box)
		if (json_number_value(json_array_get(box, 0)) <= x &&
			json_number_value(json_array_get(box, 1)) <= y &&
			json_number_value(json_array_get(box, 2)) >= x &&
			json_number_value(json_array_get(box, 3)) >= y)
			return true;
	return false;
}

static void many_changes_are_a_few_boxes_around_all_of_them(void **state)
{
	struct told *told = *state, alone = {.crs = told->crs};
	struct random random = random_start(8);
	struct box places[MANY];
	json_t *event, *boxes;

	alone.news.to_degrees = told->news.to_degrees;
	for (size_t i = 0; i < MANY; i++) {
		struct box box = box_of(590000 + (double)random_below(&random, 20000),
			1210000 + (double)random_below(&random, 20000), 15);

		tile_news_add(&told->news, 0, &box);
		alone.news.of_layer[0].count = 0;
		tile_news_add(&alone.news, 0, &box);
		places[i] = alone.news.of_layer[0].boxes[0];
	}
	tile_news_write(&told->news, &table, &told->out);
	event = event_at(told, 0);
	boxes = json_object_get(event, "boxes");
	assert_true(json_array_size(boxes) <= TILE_NEWS_BOXES_MAX);
	for (size_t i = 0; i < MANY; i++)
		assert_true(is_told(boxes, &places[i]));
	json_decref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_change_is_one_box_in_degrees, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_has_no_place_is_not_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_unknown_place_is_everywhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			many_changes_are_a_few_boxes_around_all_of_them, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
