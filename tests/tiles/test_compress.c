#include "tests/test.h"

#include <libdeflate.h>

#include "base/banned.h"
#include "tests/random.h"
#include "tiles/compress.h"

/* Another program's gunzip makes the same bytes of it again. */
static void check(const void *bytes, size_t len, int level)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(1 << 20);
	struct libdeflate_decompressor *reader = libdeflate_alloc_decompressor();
	char *again = malloc(len + 1);
	size_t again_len = 0;

	assert_true(reader && again);
	strbuf_add_text(&out, "before");
	assert_true(compress_gzip(bytes, len, level, &out));
	assert_memory_equal(out.data, "before", 6);
	assert_int_equal(out.data[out.len], '\0');
	assert_int_equal(libdeflate_gzip_decompress(
				 reader, out.data + 6, out.len - 6, again, len + 1, &again_len),
		LIBDEFLATE_SUCCESS);
	assert_int_equal(again_len, len);
	assert_memory_equal(again, bytes, len);
	libdeflate_free_decompressor(reader);
	free(again);
}

static void what_was_packed_comes_out_again(void **state)
{
	struct random random = random_start(6);
	char *bytes = malloc(100000);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 100000; i++)
		bytes[i] = (char)(i < 50000 ? i / 7 % 5 : random_below(&random, 256));
	for (size_t len = 0; len <= 100000; len = len * 3 + 1) {
		check(bytes, len, COMPRESS_LIVE);
		check(bytes, len, COMPRESS_STORED);
	}
	free(bytes);
}

static void without_room_it_says_so_and_appends_nothing(void **state)
{
	autofree(strbuf_clear) struct strbuf small = STRBUF(10);
	char bytes[1000] = "";

	(void)state;
	strbuf_add_text(&small, "before");
	assert_false(compress_gzip(bytes, sizeof bytes, COMPRESS_LIVE, &small));
	assert_string_equal(small.data, "before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_packed_comes_out_again),
		cmocka_unit_test(without_room_it_says_so_and_appends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
