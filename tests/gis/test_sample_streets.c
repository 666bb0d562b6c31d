#include "tests/test.h"

#include <math.h>

#include "base/number.h"
#include "gis/sample_line.h"
#include "gis/sample_streets.h"
#include "tests/gis/sample_caught.h"

enum { SEED = 5, PARCELS = 16000 };

struct world {
	struct caught_wards wards;
	struct caught city;
	const struct caught_layer *streets;
	struct sample_line *lines; /* of the streets */
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	printf("seed %d\n", SEED);
	caught_wards_read(&world->wards);
	caught_make(&world->city, &world->wards, PARCELS, SEED);
	world->streets = caught_layer(&world->city, "street");
	world->lines = calloc(world->streets->count, sizeof *world->lines);
	for (size_t i = 0; i < world->streets->count; i++) {
		const struct shape *shape = &world->streets->records[i].shape;

		for (size_t k = 0; k < shape->point_count; k++)
			sample_line_add(&world->lines[i],
				(struct sample_spot){shape->xy[2 * k], shape->xy[2 * k + 1]});
		assert_false(world->lines[i].failed);
	}
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < world->streets->count; i++)
		sample_line_clear(&world->lines[i]);
	free(world->lines);
	caught_clear(&world->city);
	arena_clear(&world->wards.arena);
	free(world);
	return 0;
}

static bool has_vertex(const struct sample_line *line, struct sample_spot at)
{
	for (size_t i = 0; i < line->count; i++)
		if (spot_equals(line->at[i], at))
			return true;
	return false;
}

/* The parent of a street as an index, or -1. */
static int64_t parent_of(const struct world *world, size_t street)
{
	const struct value *value =
		caught_value(world->streets, &world->streets->records[street], "parent_id");

	return value->kind == VALUE_NULL ? -1 : value->integer - 1;
}

static void alleys_leave_their_parents_at_a_vertex(void **state)
{
	const struct world *world = *state;
	size_t alleys = 0, sub_alleys = 0, blind = 0;

	for (size_t i = 0; i < world->streets->count; i++) {
		const struct caught_record *street = &world->streets->records[i];
		const char *kind = caught_text(world->streets, street, "kind");
		int64_t parent = parent_of(world, i);
		double mouth_m;

		assert_true(world->lines[i].count >= 2);
		assert_int_equal(parent >= 0, strstr(kind, "alley") != NULL);
		if (parent < 0)
			continue;
		assert_true(has_vertex(&world->lines[parent], world->lines[i].at[0]));
		mouth_m = caught_value(world->streets, street, "mouth_m")->real;
		assert_true(fabs(mouth_m -
				    sample_line_foot(&world->lines[parent], world->lines[i].at[0])
					    .chainage_m) < 0.01);
		alleys += !strcmp(kind, "alley");
		sub_alleys += !strcmp(kind, "sub_alley");
		blind += caught_int(world->streets, street, "open_ends") == 1;
	}
	assert_true(alleys > 40 && sub_alleys > 3);
	assert_in_range(blind, alleys / 4, alleys + sub_alleys - 3);
}

/* "Hẻm 25 Yersin", "Hẻm 25/12 Yersin": by the number of the house before the mouth. */
static void alleys_are_named_after_a_house(void **state)
{
	const struct world *world = *state;

	for (size_t i = 0; i < world->streets->count; i++) {
		const struct caught_record *street = &world->streets->records[i];
		const char *name = caught_text(world->streets, street, "name"), *after;
		int64_t parent = parent_of(world, i), number;
		char ending[16];

		assert_true(strlen(name) > 1);
		if (parent < 0)
			continue;
		after = caught_text(world->streets, street, "named_after_number");
		assert_true(number_parse_int(after, strlen(after), 1, 9999, &number));
		assert_int_equal(strncmp(name, "Hẻm ", strlen("Hẻm ")), 0);
		(void)snprintf(ending, sizeof ending, "%c%s ",
			parent_of(world, (size_t)parent) < 0 ? ' ' : '/', after);
		assert_non_null(strstr(name, ending));
		for (size_t k = 0; k < i; k++)
			if (parent_of(world, k) == parent)
				assert_string_not_equal(after,
					caught_text(world->streets, &world->streets->records[k],
						"named_after_number"));
	}
}

static void known_streets_are_there_once(void **state)
{
	static const char *const known[] = {"Đại lộ Bình Dương", "Cách Mạng Tháng Tám", "Phú Lợi",
		"Yersin", "Huỳnh Văn Lũy", "30 Tháng 4", "Thích Quảng Đức", "Hoàng Văn Thụ",
		"Ngô Quyền", "Bạch Đằng", "Nguyễn Chí Thanh", "Hồ Văn Cống", "Lê Chí Dân",
		"Phạm Ngọc Thạch", "Mỹ Phước – Tân Vạn", "Trần Ngọc Lên", "Huỳnh Văn Cù",
		"Nguyễn Thị Minh Khai", "Nguyễn Thái Học", "Trần Hưng Đạo", "Đinh Bộ Lĩnh"};
	const struct world *world = *state;

	for (size_t k = 0; k < sizeof known / sizeof known[0]; k++) {
		size_t found = 0;

		for (size_t i = 0; i < world->streets->count; i++) {
			if (strcmp(caught_text(world->streets, &world->streets->records[i], "name"),
				    known[k]) != 0)
				continue;
			found++;
			assert_true(sample_line_length(&world->lines[i]) > 200);
		}
		if (found != 1)
			fail_msg("%s is there %zu times", known[k], found);
	}
}

static void streets_have_names_of_their_own(void **state)
{
	const struct world *world = *state;

	for (size_t i = 0; i < world->streets->count; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(
				caught_text(world->streets, &world->streets->records[i], "name"),
				caught_text(world->streets, &world->streets->records[k], "name"));
}

static void every_street_meets_another(void **state)
{
	const struct world *world = *state;

	for (size_t i = 0; i < world->streets->count; i++) {
		bool meets = false;

		for (size_t k = 0; k < world->streets->count && !meets; k++) {
			const struct sample_line *other = &world->lines[k];

			if (k == i || !boxes_meet(&world->streets->records[i].box,
					      &world->streets->records[k].box))
				continue;
			for (size_t j = 0; j < world->lines[i].count && !meets; j++)
				meets = has_vertex(other, world->lines[i].at[j]);
		}
		assert_true(meets);
	}
}

static int by_size(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static void poles_stand_thirty_metres_apart(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *poles = caught_layer(&world->city, "light_pole");
	double *steps = calloc(poles->count, sizeof *steps), before = 0;
	int64_t street_before = -1;
	size_t count = 0;

	for (size_t i = 0; i < poles->count; i++) {
		const struct caught_record *pole = &poles->records[i];
		struct sample_spot at = {pole->shape.xy[0], pole->shape.xy[1]};
		int64_t street = caught_int(poles, pole, "street_id") - 1;
		struct sample_foot foot = sample_line_foot(&world->lines[street], at);
		double step = foot.chainage_m - before;

		/* Of a pair on both sides of a boulevard the second counts as the first. */
		if (street == street_before && fabs(step) > 5)
			steps[count++] = step;
		before = foot.chainage_m;
		street_before = street;
	}
	assert_true(count > 1000);
	qsort(steps, count, sizeof steps[0], by_size);
	assert_true(steps[0] > 25);
	assert_true(fabs(steps[count / 2] - 30) < 0.2);
	assert_true(steps[count * 9 / 10] < 40);
	free(steps);
}

static void poles_stand_beside_the_carriageway(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *poles = caught_layer(&world->city, "light_pole");
	struct caught_grid parcels;
	size_t index, led = 0;

	caught_grid_make(&parcels, caught_layer(&world->city, "parcel"));
	for (size_t i = 0; i < poles->count; i++) {
		const struct caught_record *pole = &poles->records[i];
		double east = pole->shape.xy[0], north = pole->shape.xy[1], away, half_m;
		int64_t street = caught_int(poles, pole, "street_id") - 1;

		half_m = caught_value(world->streets, &world->streets->records[street], "width_m")
				 ->real /
			 2;
		away = sample_line_foot(&world->lines[street], (struct sample_spot){east, north})
			       .distance_m;
		assert_true(fabs(away - half_m) < 1);
		/* On the street's ground, so in nobody's parcel and in no building. */
		assert_int_equal(caught_grid_count(&parcels, east, north, &index), 0);
		led += !strcmp(caught_text(poles, pole, "lamp_kind"), "LED");
	}
	assert_in_range(led, poles->count / 4, poles->count * 9 / 10);
	caught_grid_clear(&parcels);
}

/* A street of a kind between two points. */
static int32_t lay(struct sample_streets *streets, struct sample_spot a, struct sample_spot b)
{
	int32_t index = sample_streets_add(streets, SAMPLE_LOCAL, 8, -1);

	sample_line_add(&streets->all[index].line, a);
	sample_line_add(&streets->all[index].line, b);
	return index;
}

static void streets_run_as_houses_count(void **state)
{
	static const struct {
		struct sample_spot to; /* from 0, 0 */
		bool kept;
	} ways[] = {{{0, -9}, true}, {{0, 9}, false}, {{-9, 0}, true}, {{9, 0}, false},
		{{-9, -9}, true}, {{9, 9}, false}, {{-9, 9}, true}, {{9, -9}, false},
		{{1, -9}, true}, {{-9, 1}, true}};
	struct sample_streets streets = {0};

	(void)state;
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		lay(&streets, (struct sample_spot){0, 0}, ways[i].to);
	sample_streets_turn(&streets);
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
		assert_int_equal(spot_equals(streets.all[i].line.at[1], ways[i].to), ways[i].kept);
	sample_streets_clear(&streets);
}

static void streets_meet_at_one_vertex(void **state)
{
	struct sample_streets streets = {0};
	struct sample_spot joint, again;

	(void)state;
	lay(&streets, (struct sample_spot){0, 0}, (struct sample_spot){0, -100});
	lay(&streets, (struct sample_spot){30, -40}, (struct sample_spot){5, -40.2});
	joint = sample_streets_meet(&streets, 0, (struct sample_spot){4, -40.2}, 1);
	again = sample_streets_meet(&streets, 0, (struct sample_spot){4, -40.5}, 1);
	assert_true(spot_equals(joint, again));
	sample_streets_pass(&streets, 1, joint, 0, 2);
	sample_streets_pass(&streets, 1, joint, 0, 2);
	assert_int_equal(streets.all[0].line.count, 3);
	assert_int_equal(streets.all[1].line.count, 3);
	assert_true(has_vertex(&streets.all[0].line, streets.all[1].line.at[2]));
	assert_int_equal(streets.all[0].mouth_count, 2);
	sample_streets_clear(&streets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alleys_leave_their_parents_at_a_vertex),
		cmocka_unit_test(alleys_are_named_after_a_house),
		cmocka_unit_test(known_streets_are_there_once),
		cmocka_unit_test(streets_have_names_of_their_own),
		cmocka_unit_test(every_street_meets_another),
		cmocka_unit_test(poles_stand_thirty_metres_apart),
		cmocka_unit_test(poles_stand_beside_the_carriageway),
		cmocka_unit_test(streets_run_as_houses_count),
		cmocka_unit_test(streets_meet_at_one_vertex),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
