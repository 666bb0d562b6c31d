#include "tests/test.h"

#include <math.h>

#include "base/banned.h"
#include "gis/frontage.h"
#include "gis/numbering.h"
#include "tests/random.h"

static const struct numbering_parameters usual = {
	.sides = NUMBERING_ODD_LEFT, .start = 1, .step = 2, .front_m = 5, .letters = "ABC"};

/* A house at a chainage, left of the street (or right: negative); `has` 0: none. */
static struct numbering_house house(int64_t id, double along_m, double aside_m, int has)
{
	return (struct numbering_house){.parcel_id = id,
		.address_id = has ? 1000 + id : 0,
		.along_m = along_m,
		.aside_m = aside_m,
		.front_m = 5,
		.has = {.number = has}};
}

static void assign(const struct numbering_parameters *parameters, struct numbering_house *houses,
	size_t count, struct numbering_claim *claims, size_t claim_count)
{
	struct arena arena = ARENA(1 << 20);

	assert_int_equal(
		numbering_assign(&arena, parameters, claims, claim_count, houses, count, NULL), 0);
	arena_clear(&arena);
}

/* What the parcels got, by their place along the street: "1 3A 5-9 –". */
static void check(const struct numbering_house *houses, size_t count, const char *wanted)
{
	struct strbuf text = STRBUF(1 << 12);

	for (size_t i = 0; i < count; i++) {
		const struct numbering_number *given = &houses[i].given;

		strbuf_add_text(&text, i ? " " : "");
		if (!given->number) {
			strbuf_add_text(&text, "-");
			continue;
		}
		strbuf_add_format(&text, "%d%s", given->number, given->suffix);
		if (given->to)
			strbuf_add_format(&text, "..%d", given->to);
	}
	assert_string_equal(text.data, wanted);
	strbuf_clear(&text);
}

static void sides_count_apart(void **state)
{
	struct numbering_house houses[] = {house(1, 20, 4, 0), house(2, 10, 4, 0),
		house(3, 12, -4, 0), house(4, 30, -4, 0), house(5, 40, 4, 0)};
	struct numbering_parameters other = usual;

	(void)state;
	assign(&usual, houses, 5, NULL, 0);
	check(houses, 5, "1 2 3 4 5");
	other.sides = NUMBERING_ODD_RIGHT;
	assign(&other, houses, 5, NULL, 0);
	check(houses, 5, "2 1 4 3 6");
	other.sides = NUMBERING_ONE_ROW;
	other.step = 1;
	other.start = 10;
	assign(&other, houses, 5, NULL, 0);
	check(houses, 5, "10 11 12 13 14");
}

static void inserted_houses_take_what_is_free_then_letters(void **state)
{
	struct numbering_house free_one[] = {
		house(1, 1, 4, 3), house(2, 2, 4, 0), house(3, 3, 4, 7)};
	struct numbering_house letters[] = {house(1, 1, 4, 3), house(2, 2, 4, 0),
		house(3, 3, 4, 0), house(4, 4, 4, 0), house(5, 5, 4, 0), house(6, 6, 4, 5)};
	struct numbering_house first[] = {house(1, 1, 4, 0), house(2, 2, 4, 1)};

	(void)state;
	assign(&usual, free_one, 3, NULL, 0);
	check(free_one, 3, "3 5 7");
	assign(&usual, letters, 6, NULL, 0);
	check(letters, 6, "3 3A 3B 3C - 5");
	assert_int_equal(letters[4].doubt, NUMBERING_NO_ROOM);
	assert_int_equal(letters[4].before, 0);
	assert_int_equal(letters[4].behind, 5);
	assign(&usual, first, 2, NULL, 0);
	check(first, 2, "- 1");
	assert_int_equal(first[0].doubt, NUMBERING_BEFORE_FIRST);
}

static void what_others_had_is_stepped_over(void **state)
{
	struct numbering_house houses[] = {house(1, 1, 4, 0), house(2, 2, 4, 0), house(3, 3, 4, 0)};
	struct numbering_house own[] = {house(1, 1, 4, 0)};
	struct numbering_claim claims[] = {
		{3, "", 77}, {1, "", 78}, {5, "A", 79}, {9, "", 80}};

	(void)state;
	assign(&usual, houses, 3, claims, 4);
	check(houses, 3, "5 7 11");
	own[0].address_id = 78;
	assign(&usual, own, 1, claims, 4);
	check(own, 1, "1");
}

static void empty_land_keeps_numbers_as_far_as_there_are_some(void **state)
{
	struct numbering_house open[] = {house(1, 1, 4, 0), house(2, 20, 4, 0), house(3, 40, 4, 0)};
	struct numbering_house narrow[] = {
		house(1, 1, 4, 1), house(2, 20, 4, 0), house(3, 30, 4, 0), house(4, 40, 4, 9)};

	(void)state;
	open[1].is_empty = narrow[1].is_empty = true;
	open[1].front_m = narrow[1].front_m = 19;
	assign(&usual, open, 3, NULL, 0);
	check(open, 3, "1 3..7 9");
	assert_int_equal(open[1].act, NUMBERING_RESERVE);
	assign(&usual, narrow, 4, NULL, 0);
	check(narrow, 4, "1 3..5 7 9");
}

static void numbers_that_are_odd_are_kept_and_told(void **state)
{
	struct numbering_house houses[] = {house(1, 1, 4, 1), house(2, 2, 4, 9), house(3, 3, 4, 3),
		house(4, 4, 4, 4), house(5, 5, 4, 5), house(6, 6, 4, 0)};

	(void)state;
	assign(&usual, houses, 6, NULL, 0);
	check(houses, 6, "1 9 3 4 5 7");
	assert_int_equal(houses[1].doubt, NUMBERING_OUT_OF_ORDER);
	assert_int_equal(houses[3].doubt, NUMBERING_WRONG_SIDE);
	assert_int_equal(houses[0].doubt, NUMBERING_SURE);
}

static void around_the_end_of_an_alley(void **state)
{
	struct numbering_house houses[] = {house(1, 90, 4, 0), house(2, 90, -4, 0),
		house(3, 104, 6, 0), house(4, 104, -6, 0), house(5, 105, 0.1, 0)};

	(void)state;
	for (size_t i = 2; i < 5; i++)
		houses[i].ahead_m = 4;
	assign(&usual, houses, 5, NULL, 0);
	check(houses, 5, "1 2 3 4 5");
	assert_int_equal(houses[4].doubt, NUMBERING_AT_END);
}

static void a_street_has_only_so_many_numbers(void **state)
{
	struct numbering_house houses[] = {house(1, 1, 4, NUMBERING_GREATEST), house(2, 2, 4, 0)};

	(void)state;
	assign(&usual, houses, 2, NULL, 0);
	assert_int_equal(houses[1].given.number, 0);
	assert_int_equal(houses[1].doubt, NUMBERING_EXHAUSTED);
}

/* Random streets: rising, no number twice, and numbering again keeps them all. */
static void whatever_comes_the_order_holds(void **state)
{
	enum { MOST = 60 };
	struct random random = random_start(7);

	(void)state;
	for (int turn = 0; turn < 2000; turn++) {
		struct numbering_house houses[MOST];
		size_t count = 1 + random_below(&random, MOST);
		struct numbering_number last[2] = {{0}, {0}};

		for (size_t i = 0; i < count; i++) {
			houses[i] = house((int64_t)i + 1, (double)random_below(&random, 500),
				random_below(&random, 2) ? 4 : -4, 0);
			houses[i].is_empty = random_below(&random, 5) == 0;
			houses[i].front_m = (double)random_below(&random, 40);
		}
		for (int round = 0; round < 3; round++) {
			assign(&usual, houses, count, NULL, 0);
			last[0] = last[1] = (struct numbering_number){0};
			for (size_t i = 0; i < count; i++) {
				struct numbering_number *before = &last[houses[i].side < 0];

				if (!houses[i].given.number)
					continue;
				assert_true(numbering_compare(before, &houses[i].given) < 0);
				assert_true(houses[i].given.number >
						(before->to ? before->to : before->number) ||
					*houses[i].given.suffix);
				*before = houses[i].given;
				if (round)
					assert_memory_equal(&houses[i].has, &houses[i].given,
						sizeof houses[i].has);
			}
			/* Some more come between those that have their number now. */
			for (size_t i = 0; i < count; i++) {
				houses[i].has = houses[i].given;
				houses[i].address_id =
					houses[i].given.number ? 1000 + houses[i].parcel_id : 0;
				houses[i].act = NUMBERING_NOTHING;
				houses[i].doubt = NUMBERING_SURE;
				memset(&houses[i].given, 0, sizeof houses[i].given);
				if (!houses[i].has.number)
					houses[i--] = houses[--count];
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sides_count_apart),
		cmocka_unit_test(inserted_houses_take_what_is_free_then_letters),
		cmocka_unit_test(what_others_had_is_stepped_over),
		cmocka_unit_test(empty_land_keeps_numbers_as_far_as_there_are_some),
		cmocka_unit_test(numbers_that_are_odd_are_kept_and_told),
		cmocka_unit_test(around_the_end_of_an_alley),
		cmocka_unit_test(a_street_has_only_so_many_numbers),
		cmocka_unit_test(whatever_comes_the_order_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
