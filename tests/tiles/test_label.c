#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/label.h"

static const struct text_look look = {
	.size_px = 11, .halo_px = 1.3F, .colour = 0x33383DFF, .halo = 0xFFFFFFE6};

struct bench {
	struct lettering *lettering;
	struct canvas canvas;
	struct labels labels;
	struct error err;
	uint64_t random;
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	*state = bench;
	if (!bench || canvas_init(&bench->canvas, 256, 256, &bench->err))
		return -1;
	bench->labels = labels_make(1);
	bench->random = 20261121; /* the seed */
	return lettering_new(&bench->lettering, &bench->err);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	lettering_free(bench->lettering);
	canvas_clear(&bench->canvas);
	labels_clear(&bench->labels);
	free(bench);
	return 0;
}

static uint32_t next_random(struct bench *bench)
{
	bench->random ^= bench->random << 13;
	bench->random ^= bench->random >> 7;
	bench->random ^= bench->random << 17;
	return (uint32_t)(bench->random >> 32);
}

static void offer(struct bench *bench, const char *bytes, double x, double y, double angle,
	int priority, uint64_t id)
{
	struct label label = {.text = {bytes, strlen(bytes), look},
		.x = x,
		.y = y,
		.angle = angle,
		.priority = priority,
		.id = id};

	assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), 0);
}

static size_t draw(struct bench *bench)
{
	size_t drawn = 12345;

	canvas_wipe(&bench->canvas, 0);
	assert_int_equal(labels_draw(&bench->labels, bench->lettering, &bench->canvas, 0, 0, &drawn,
				 &bench->err),
		0);
	return drawn;
}

static bool has_ink(const struct bench *bench, int x, int y)
{
	for (int i = -3; i <= 3; i++) {
		for (int k = -3; k <= 3; k++) {
			if (bench->canvas.pixels[(y + i) * bench->canvas.width + x + k])
				return true;
		}
	}
	return false;
}

static void the_higher_priority_wins(void **state)
{
	struct bench *bench = *state;

	offer(bench, "Yersin", 100, 100, 0, 1, 7);
	offer(bench, "Quang Trung", 150, 104, 0, 2, 8);
	assert_int_equal(draw(bench), 1);
	assert_false(has_ink(bench, 85, 100));
	assert_true(has_ink(bench, 170, 104));
}

static void labels_apart_are_all_drawn(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 60; i++)
		offer(bench, "12", 20 + i % 6 * 40, 10 + i / 6 * 25, 0, 0, (uint64_t)i);
	assert_int_equal(draw(bench), 60);
}

static void who_loses_still_keeps_its_place(void **state)
{
	struct bench *bench = *state;

	/* The middle one loses to the left, and the right one to the middle: no chain matters. */
	offer(bench, "aaaa", 100, 100, 0, 3, 1);
	offer(bench, "bbbb", 120, 100, 0, 2, 2);
	offer(bench, "cccc", 140, 100, 0, 1, 3);
	assert_int_equal(draw(bench), 1);
}

static void the_order_of_offering_is_nothing(void **state)
{
	struct bench *bench = *state;
	uint32_t *first = malloc(256 * 256 * 4);

	for (int round = 0; round < 2; round++) {
		labels_reset(&bench->labels);
		for (int i = 0; i < 300; i++) {
			int k = round ? 299 - i : i;
			char text[16];

			snprintf(text, sizeof text, "%d/%d", k, k * 3 % 17);
			offer(bench, text, k * 7919 % 256, k * 104729 % 251, 0.02 * (k % 50), k % 3,
				(uint64_t)k);
		}
		assert_in_range(draw(bench), 20, 200);
		if (!round)
			memcpy(first, bench->canvas.pixels, 256 * 256 * 4);
	}
	assert_memory_equal(first, bench->canvas.pixels, 256 * 256 * 4);
	free(first);
}

static void turned_boxes_are_turned(void **state)
{
	struct bench *bench = *state;

	/* Two parallel streets at 45°: upright boxes would overlap, these do not. */
	offer(bench, "Trần Hưng Đạo", 110, 110, M_PI / 4, 0, 1);
	offer(bench, "Lê Hồng Phong", 144, 110, M_PI / 4, 0, 2);
	assert_int_equal(draw(bench), 2);
	labels_reset(&bench->labels);
	offer(bench, "Trần Hưng Đạo", 110, 110, M_PI / 4, 0, 1);
	offer(bench, "Lê Hồng Phong", 118, 110, M_PI / 4, 0, 2);
	assert_int_equal(draw(bench), 1);
	labels_reset(&bench->labels);
	offer(bench, "Trần Hưng Đạo", 110, 110, M_PI / 4, 0, 1);
	offer(bench, "Lê Hồng Phong", 110, 110, -M_PI / 4, 0, 2);
	assert_int_equal(draw(bench), 1);
}

static void no_label_is_upside_down(void **state)
{
	struct bench *bench = *state;
	uint32_t *upright = malloc(256 * 256 * 4);

	offer(bench, "Yersin", 100, 100, 0.25, 0, 1);
	draw(bench);
	memcpy(upright, bench->canvas.pixels, 256 * 256 * 4);
	labels_reset(&bench->labels);
	offer(bench, "Yersin", 100, 100, 0.25 + M_PI, 0, 1);
	draw(bench);
	for (int i = 0; i < 256 * 256; i++) {
		int off = (int)(upright[i] >> 24) - (int)(bench->canvas.pixels[i] >> 24);

		assert_in_range(off + 2, 0, 4);
	}
	free(upright);
}

/* A city corner of 512 x 512: numbers, streets at angles, wards; far from the world's origin. */
static void offer_city(struct bench *bench, double left, double top)
{
	static const char *const streets[] = {"Đường Yersin", "Đường Trần Hưng Đạo", "Hẻm 47/12",
		"Đại lộ Bình Dương", "Cách Mạng Tháng Tám"};
	double margin = labels_margin(&bench->labels);

	for (uint64_t i = 0; i < 1200; i++) {
		double x = left - margin + next_random(bench) % 100000 / 1e5 * (512 + 2 * margin);
		double y = top - margin + next_random(bench) % 100000 / 1e5 * (512 + 2 * margin);
		char number[24];

		snprintf(number, sizeof number, "%u/%uA", next_random(bench) % 400,
			next_random(bench) % 30);
		if (i % 8 == 0)
			offer(bench, streets[i / 8 % 5], x, y, next_random(bench) % 628 / 100.0, 2,
				i);
		else if (i % 50 == 1)
			offer(bench, "Phường Phú Cường", x, y, 0, 3, i);
		else
			offer(bench, number, x, y, 0, 1, i);
	}
}

static void tiles_agree_across_their_borders(void **state)
{
	struct bench *bench = *state;
	struct canvas whole;
	const int64_t left = 26711296, top = 15758592; /* pixels at zoom 17 */
	size_t drawn, across = 0;

	assert_int_equal(canvas_init(&whole, 512, 512, &bench->err), 0);
	offer_city(bench, (double)left, (double)top);
	assert_int_equal(labels_draw(&bench->labels, bench->lettering, &whole, left, top, &drawn,
				 &bench->err),
		0);
	assert_in_range(drawn, 60, 1000);
	for (int tile = 0; tile < 4; tile++) {
		int dx = tile % 2 * 256, dy = tile / 2 * 256;

		canvas_wipe(&bench->canvas, 0);
		assert_int_equal(labels_draw(&bench->labels, bench->lettering, &bench->canvas,
					 left + dx, top + dy, NULL, &bench->err),
			0);
		for (int y = 0; y < 256; y++)
			assert_memory_equal(bench->canvas.pixels + y * 256,
				whole.pixels + (dy + y) * 512 + dx, 256 * 4);
	}
	for (int y = 0; y < 512; y++)
		across += whole.pixels[y * 512 + 255] && whole.pixels[y * 512 + 256];
	assert_true(across > 20);
	canvas_clear(&whole);
}

static void only_the_margin_matters(void **state)
{
	struct bench *bench = *state;
	uint32_t *with_all = malloc(256 * 256 * 4);
	double margin = labels_margin(&bench->labels);

	/* First all labels of the city, then only those in the margin of one tile. */
	for (int round = 0; round < 2; round++) {
		bench->random = 99;
		labels_reset(&bench->labels);
		for (uint64_t i = 0; i < 6000; i++) {
			double x = next_random(bench) % 2000 - 800.0;
			double y = next_random(bench) % 2000 - 800.0;
			double angle = next_random(bench) % 300 / 100.0;

			if (!round || (x >= -margin && x <= 256 + margin && y >= -margin &&
					      y <= 256 + margin))
				offer(bench, i % 3 ? "17/3" : "Nguyễn Thị Minh Khai", x, y, angle,
					(int)(i % 4), i);
		}
		draw(bench);
		if (!round)
			memcpy(with_all, bench->canvas.pixels, 256 * 256 * 4);
	}
	assert_memory_equal(with_all, bench->canvas.pixels, 256 * 256 * 4);
	free(with_all);
}

/* Short labels that come last need a smaller margin than the long ones over them. */
static void short_labels_have_a_small_margin(void **state)
{
	struct bench *bench = *state;
	uint32_t *with_all = malloc(256 * 256 * 4);
	const char *const name = "Nguyễn Thị Minh Khai";
	double small = label_reach(&look, 4), large = label_reach(&look, strlen(name));
	double margins[] = {labels_margin_of(&bench->labels, small, small),
		labels_margin_of(&bench->labels, large, large)};

	assert_true(margins[0] < margins[1] / 2);
	assert_true(margins[1] <= labels_margin(&bench->labels));
	for (int round = 0; round < 2; round++) {
		bench->random = 99;
		labels_reset(&bench->labels);
		for (uint64_t i = 0; i < 6000; i++) {
			double x = next_random(bench) % 2000 - 800.0;
			double y = next_random(bench) % 2000 - 800.0;
			bool is_long = i % 3 == 0;
			double margin = margins[is_long];

			if (!round || (x >= -margin && x <= 256 + margin && y >= -margin &&
					      y <= 256 + margin))
				offer(bench, is_long ? name : "17/3", x, y, 0, is_long, i);
		}
		draw(bench);
		if (!round)
			memcpy(with_all, bench->canvas.pixels, 256 * 256 * 4);
	}
	assert_memory_equal(with_all, bench->canvas.pixels, 256 * 256 * 4);
	free(with_all);
}

static void what_goes_too_far_is_not_drawn(void **state)
{
	struct bench *bench = *state;
	const char *text = "Đường Nguyễn Thị Minh Khai nối dài đến ngã tư Phú Lợi và Huỳnh Văn Lũy";

	offer(bench, text, 100, 100, 0, 9, 1);
	offer(bench, "12", 100, 100, 0, 0, 2);
	offer(bench, "", 100, 100, 0, 9, 3);
	assert_int_equal(draw(bench), 1);
	labels_clear(&bench->labels);
	bench->labels = labels_make(2); /* the letters not doubled: now it is short enough */
	offer(bench, text, 100, 100, 0, 9, 1);
	assert_int_equal(draw(bench), 1);
}

static void refuses_bad_anchors(void **state)
{
	struct bench *bench = *state;
	const double bad[] = {NAN, INFINITY, -INFINITY, 1e18};

	for (int i = 0; i < 4; i++) {
		struct label label = {.text = {"x", 1, look}, .x = bad[i]};

		assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), ERR_INVALID);
		label = (struct label){.text = {"x", 1, look}, .y = bad[i]};
		assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), ERR_INVALID);
	}
	assert_int_equal(draw(bench), 0);
}

static void refuses_too_many(void **state)
{
	struct bench *bench = *state;
	struct label label = {.text = {"x", 1, look}};

	for (int i = 0; i < LABELS_MAX; i++) {
		label.x = i % 256;
		label.y = i / 64.0;
		label.id = (uint64_t)i;
		assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), 0);
	}
	assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), ERR_TOO_LARGE);
	assert_in_range(draw(bench), 1, 2000);
}

static void bad_looks_are_reported(void **state)
{
	struct bench *bench = *state;
	struct label label = {.text = {"x", 1, {.size_px = -1}}, .x = 10, .y = 10};

	assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), 0);
	label.text.look.size_px = 1000;
	assert_int_equal(labels_offer(&bench->labels, &label, &bench->err), 0);
	assert_int_equal(labels_draw(&bench->labels, bench->lettering, &bench->canvas, 0, 0, NULL,
				 &bench->err),
		ERR_INVALID);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(the_higher_priority_wins),
		TEST(labels_apart_are_all_drawn),
		TEST(who_loses_still_keeps_its_place),
		TEST(the_order_of_offering_is_nothing),
		TEST(turned_boxes_are_turned),
		TEST(no_label_is_upside_down),
		TEST(tiles_agree_across_their_borders),
		TEST(only_the_margin_matters),
		TEST(short_labels_have_a_small_margin),
		TEST(what_goes_too_far_is_not_drawn),
		TEST(refuses_bad_anchors),
		TEST(refuses_too_many),
		TEST(bad_looks_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
