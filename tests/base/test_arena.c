#include "tests/test.h"

#include "base/arena.h"
#include "tests/random.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

static void pieces_are_aligned_and_apart(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(64 << 20);
	struct random random = random_start(1);
	unsigned char *pieces[1000];
	size_t sizes[1000];

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		sizes[i] = random_below(&random, i % 50 ? 300 : 90000);
		pieces[i] = arena_alloc(&arena, sizes[i]);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		memset(pieces[i], (int)(i & 255), sizes[i]);
	}
	for (size_t i = 0; i < 1000; i++)
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(pieces[i][at], i & 255);
	assert_true(arena.used <= arena.limit);
}

static void the_limit_holds_to_the_last_byte(void **state)
{
	autofree(arena_clear) struct arena small = ARENA(1000);
	autofree(arena_clear) struct arena odd = ARENA(40 << 10);
	autofree(arena_clear) struct arena none = ARENA(0);

	(void)state;
	assert_non_null(arena_alloc(&small, 900));
	assert_null(arena_alloc(&small, 200));
	assert_non_null(arena_alloc(&small, 16));
	assert_true(small.used <= 1000);
	assert_non_null(arena_alloc(&odd, 30 << 10)); /* most of an ordinary block */
	assert_non_null(arena_alloc(&odd, 7 << 10));  /* what is left to the limit */
	assert_null(arena_alloc(&odd, 2 << 10));
	assert_true(odd.used <= 40 << 10);
	assert_null(arena_alloc(&none, 1));
	assert_null(none.first);
}

/* A large piece must not cost the rest of the block before it. */
static void large_pieces_leave_the_block_in_use(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(8 << 20);

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_non_null(arena_alloc(&arena, 100));
		assert_non_null(arena_alloc(&arena, 40 << 10));
	}
	assert_true(arena.used <= (size_t)100 * (40 << 10) + (32 << 10));
}

static void impossible_sizes_are_refused(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(SIZE_MAX);

	(void)state;
	assert_null(arena_alloc(&arena, SIZE_MAX));
	assert_null(arena_alloc(&arena, SIZE_MAX - 15));
	assert_null(arena_zero(&arena, SIZE_MAX / 2, 3));
	assert_null(arena_text(&arena, "", SIZE_MAX));
	assert_non_null(arena_alloc(&arena, 0));
}

static void zeroed_memory_is_zero_after_use_too(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);

	(void)state;
	for (int round = 0; round < 3; round++) {
		unsigned char *bytes = arena_zero(&arena, 10, 100);

		assert_non_null(bytes);
		for (int i = 0; i < 1000; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xEE, 1000);
		arena_reset(&arena);
	}
}

static void texts_are_copies(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	char text[] = "phố\0x";
	char *copy = arena_text(&arena, text, sizeof text - 1);

	(void)state;
	memset(text, '?', sizeof text);
	assert_memory_equal(copy, "phố\0x", sizeof text);
	assert_string_equal(arena_text(&arena, "", 0), "");
}

static void a_reset_keeps_one_ordinary_block(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	void *first;

	(void)state;
	arena_reset(&arena);
	assert_int_equal(arena.used, 0);
	for (int i = 0; i < 10; i++)
		assert_non_null(arena_alloc(&arena, 30 << 10));
	arena_reset(&arena);
	assert_true(arena.used > 0 && arena.used <= 32 << 10);
	first = arena_alloc(&arena, 100);
	arena_reset(&arena);
	assert_ptr_equal(arena_alloc(&arena, 100), first);
	arena_clear(&arena);
	assert_int_equal(arena.used, 0);
	assert_non_null(arena_alloc(&arena, 100 << 10));
	arena_reset(&arena); /* only a large block: given back */
	assert_int_equal(arena.used, 0);
	assert_non_null(arena_alloc(&arena, 100));
}

static void unused_memory_is_poisoned(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	char *bytes = arena_alloc(&arena, 13);

	(void)state;
	assert_non_null(bytes);
#ifdef __SANITIZE_ADDRESS__
	assert_false(__asan_address_is_poisoned(bytes + 12));
	assert_true(__asan_address_is_poisoned(bytes + 13));
	arena_reset(&arena);
	assert_true(__asan_address_is_poisoned(bytes));
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_aligned_and_apart),
		cmocka_unit_test(the_limit_holds_to_the_last_byte),
		cmocka_unit_test(large_pieces_leave_the_block_in_use),
		cmocka_unit_test(impossible_sizes_are_refused),
		cmocka_unit_test(zeroed_memory_is_zero_after_use_too),
		cmocka_unit_test(texts_are_copies),
		cmocka_unit_test(a_reset_keeps_one_ordinary_block),
		cmocka_unit_test(unused_memory_is_poisoned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
