#include "tests/test.h"

#include <stdlib.h>

#include "tests/gis/sample_caught.h"

/*
 * The linker leads malloc and realloc of the sample city here (--wrap in local.mk): from a certain
 * call on they fail. tests/fault/ tries every single call; a city makes too many of them for that.
 */
void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);

static size_t calls, fail_from = SIZE_MAX;

void *__wrap_malloc(size_t size)
{
	return ++calls >= fail_from ? NULL : __real_malloc(size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return ++calls >= fail_from ? NULL : __real_realloc(old, size);
}

static int count_records(void *context, const struct layer *layer, const struct feature *feature,
	struct error *err)
{
	(void)layer;
	(void)feature;
	(void)err;
	++*(size_t *)context;
	return 0;
}

static int make(const struct caught_wards *wards, size_t from, size_t *ret_records)
{
	const struct sample_order order = {wards->all, CAUGHT_WARDS, 500, 7};
	const struct sample_sink sink = {count_records, NULL, ret_records};
	struct error err = {0};
	int rc;

	*ret_records = 0;
	calls = 0;
	fail_from = from;
	rc = sample_city_make(&order, &sink, &err);
	fail_from = SIZE_MAX;
	assert_int_equal(err.code, rc);
	return rc;
}

static void running_out_of_memory_is_told(void **state)
{
	struct caught_wards wards;
	size_t records, all, needed;

	(void)state;
	caught_wards_read(&wards);
	assert_int_equal(make(&wards, SIZE_MAX, &all), 0);
	needed = calls;
	assert_true(needed > 100);
	/* Each of the first calls, then farther and farther apart, then the last ones. */
	for (size_t from = 1; from <= needed; from += from < 8 ? 1 : from / 3) {
		assert_int_equal(make(&wards, from, &records), ERR_NOMEM);
		assert_true(records <= all);
	}
	for (size_t from = needed - 5; from <= needed; from++)
		assert_int_equal(make(&wards, from, &records), ERR_NOMEM);
	assert_int_equal(make(&wards, needed + 1, &records), 0);
	assert_int_equal(records, all);
	arena_clear(&wards.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(running_out_of_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
