#include "tests/test.h"

#include <unistd.h>

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/curve_sort.h"

/* A piece says its key, its number and how long it is. */
struct said {
	uint64_t key, number, words;
};

enum { WORDS_MAX = 40 };

/* Puts random pieces in and takes them out; memory for about `share` of them. */
static void sort_many(size_t count, uint64_t keys, size_t bytes_max, const char *folder)
{
	struct random random = random_start(91);
	struct curve_sort *sort = NULL;
	struct said last = {0, 0, 0};
	uint64_t words[WORDS_MAX];
	const void *bytes;
	size_t len, found = 0, sum = 0;

	assert_int_equal(curve_sort_new(bytes_max, folder, &sort, NULL), 0);
	for (size_t i = 0; i < count; i++) {
		struct said said = {random_below(&random, keys), i,
			3 + random_below(&random, WORDS_MAX - 3)};

		memcpy(words, &said, sizeof said);
		for (size_t w = 3; w < said.words; w++)
			words[w] = said.number + w;
		assert_int_equal(curve_sort_add(sort, said.key, words, said.words * 8, NULL), 0);
	}
	assert_int_equal(curve_sort_finish(sort, NULL), 0);
	while (curve_sort_next(sort, &bytes, &len, NULL) > 0) {
		struct said said;

		memcpy(&said, bytes, sizeof said);
		assert_int_equal(len, said.words * 8);
		for (size_t w = 3; w < said.words; w++)
			assert_int_equal(((const uint64_t *)bytes)[w], said.number + w);
		if (found++)
			assert_true(said.key > last.key ||
				(said.key == last.key && said.number > last.number));
		last = said;
		sum += said.number;
	}
	assert_int_equal(found, count);
	assert_int_equal(sum, count ? count * (count - 1) / 2 : 0);
	assert_int_equal(curve_sort_next(sort, &bytes, &len, NULL), 0);
	curve_sort_free(sort);
}

static void in_memory(void **state)
{
	(void)state;
	sort_many(0, 1, 1 << 20, NULL);
	sort_many(1, 1, 1 << 20, NULL);
	sort_many(20000, UINT64_MAX, 1 << 10, NULL);
	sort_many(20000, 7, 1 << 10, NULL);
}

static void with_the_help_of_a_file(void **state)
{
	(void)state;
	sort_many(0, 1, 1 << 16, "/tmp");
	sort_many(20000, UINT64_MAX, 1 << 16, "/tmp");
	sort_many(20000, 7, 1 << 16, "/tmp");
	/* Each piece is larger than the memory. */
	sort_many(300, 9, 16, "/tmp");
}

static void a_folder_that_is_not_there_is_said(void **state)
{
	struct curve_sort *sort = NULL;
	struct error err = {0};
	uint64_t word = 0;
	int rc = 0;

	(void)state;
	assert_int_equal(curve_sort_new(64, "/nowhere/at/all", &sort, NULL), 0);
	for (int i = 0; !rc && i < 100; i++)
		rc = curve_sort_add(sort, 1, &word, sizeof word, &err);
	assert_int_not_equal(rc, 0);
	curve_sort_free(sort);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_memory),
		cmocka_unit_test(with_the_help_of_a_file),
		cmocka_unit_test(a_folder_that_is_not_there_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
