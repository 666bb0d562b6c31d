#include "tests/test.h"

#include <math.h>

#include "base/dice.h"

static void the_same_seed_gives_the_same_rolls(void **state)
{
	struct dice a = dice_for(1, 2, 3), b = dice_for(1, 2, 3), other = dice_for(1, 3, 2);
	uint64_t first = dice_roll(&a);

	(void)state;
	assert_true(first == dice_roll(&b));
	assert_true(dice_roll(&a) == dice_roll(&b));
	assert_false(first == dice_roll(&other));
}

/* The numbers themselves are pinned: a sample city must look alike on every machine. */
static void rolls_are_pinned(void **state)
{
	struct dice dice = dice_for(0, 0, 0);

	(void)state;
	assert_true(dice_roll(&dice) == 0x2CE809AE01CAB7D7U);
	assert_int_equal(dice_below(&dice, 1000), 473);
}

static void numbers_stay_in_range_and_spread(void **state)
{
	struct dice dice = dice_for(7, 0, 0);
	int counts[10] = {0}, yes = 0;
	double sum = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		double unit = dice_unit(&dice), between = dice_between(&dice, -3, 5);

		assert_true(unit >= 0 && unit < 1);
		assert_true(between >= -3 && between < 5);
		counts[dice_below(&dice, 10)]++;
		yes += dice_chance(&dice, 0.25);
		sum += unit;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(counts[i], 850, 1150);
	assert_in_range(yes, 2300, 2700);
	assert_true(fabs(sum / 10000 - 0.5) < 0.02);
}

static void the_field_is_smooth_and_bounded(void **state)
{
	double before = dice_field(7, 0, 500, 100);

	(void)state;
	for (int i = 1; i < 3000; i++) {
		double now = dice_field(7, i - 1000, 500, 100);

		assert_true(now >= -1 && now <= 1);
		if (i > 1)
			assert_true(fabs(now - before) < 0.05);
		before = now;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_seed_gives_the_same_rolls),
		cmocka_unit_test(rolls_are_pinned),
		cmocka_unit_test(numbers_stay_in_range_and_spread),
		cmocka_unit_test(the_field_is_smooth_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
