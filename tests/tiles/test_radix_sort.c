#include "tests/test.h"

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/radix_sort.h"

static int by_key_and_place(const void *a, const void *b)
{
	const struct radix_item *left = a, *right = b;

	if (left->key != right->key)
		return left->key < right->key ? -1 : 1;
	return (left->item > right->item) - (left->item < right->item);
}

/* The items are numbered in their order, so a stable sort is the one by key and number. */
static void check(struct random *random, size_t count, uint64_t keys)
{
	struct radix_item *items = calloc(2 * count + 1, sizeof *items);
	struct radix_item *wanted = calloc(count + 1, sizeof *wanted);

	assert_true(items && wanted);
	for (size_t i = 0; i < count; i++)
		wanted[i] = items[i] = (struct radix_item){
			(uint32_t)(random_bits(random) % keys), (uint32_t)i};
	qsort(wanted, count, sizeof *wanted, by_key_and_place);
	radix_sort(items, items + count, count);
	assert_memory_equal(items, wanted, count * sizeof *items);
	free(items);
	free(wanted);
}

static void sorts_as_the_library_does_and_is_stable(void **state)
{
	static const uint64_t keys[] = {1, 2, 100, 1 << 11, (1 << 11) + 1, 1 << 22, (1 << 22) + 1,
		UINT64_C(1) << 32};
	static const size_t counts[] = {0, 1, 2, 31, 32, 33, 100, 2500};
	struct random random = random_start(2);

	(void)state;
	for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
		for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++)
			for (int round = 0; round < 20; round++)
				check(&random, counts[c], keys[k]);
}

static void the_ends_of_the_numbers_are_sorted_too(void **state)
{
	struct radix_item items[80], spare[80];

	(void)state;
	for (uint32_t i = 0; i < 80; i++)
		items[i] = (struct radix_item){i % 2 ? UINT32_MAX - i : i, i};
	radix_sort(items, spare, 80);
	for (size_t i = 1; i < 80; i++)
		assert_true(items[i - 1].key < items[i].key);
	assert_int_equal(items[0].key, 0);
	assert_int_equal(items[79].key, UINT32_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_as_the_library_does_and_is_stable),
		cmocka_unit_test(the_ends_of_the_numbers_are_sorted_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
