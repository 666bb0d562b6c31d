#include "tests/test.h"

#include <stdlib.h>

#include "base/array.h"

enum { MANY = 1000 };

static void arrays_keep_what_they_hold(void **state)
{
	void *array = NULL;
	size_t room = 0, moves = 0;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		size_t before = room;

		assert_true(array_reserve(&array, &room, i + 1, sizeof i));
		assert_true(room > i);
		moves += room != before;
		((size_t *)array)[i] = i;
	}
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(((size_t *)array)[i], i);
	assert_true(moves < 12);
	free(array);
}

static void more_than_there_is_leaves_the_array(void **state)
{
	void *array = NULL, *before;
	size_t room = 0, enough;

	(void)state;
	assert_true(array_reserve(&array, &room, 1, 8));
	before = array;
	enough = room;
	assert_false(array_reserve(&array, &room, SIZE_MAX / 8 - 1, 8));
	assert_false(array_reserve(&array, &room, SIZE_MAX, 1));
	assert_ptr_equal(array, before);
	assert_int_equal(room, enough);
	free(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_keep_what_they_hold),
		cmocka_unit_test(more_than_there_is_leaves_the_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
