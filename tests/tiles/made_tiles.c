#include "tests/test.h"

#include "tests/tiles/made_tiles.h"

#include <string.h>

#include "tests/random.h"
#include "tiles/tile_order.h"

const struct archive_about made_about = {.name = "Thành phố \"thử\"",
	.vector_layers = "[{\"id\":\"lot\",\"fields\":{}}]",
	.bounds = {106.5, 10.25, 106.75, 11},
	.source = {{1, 2, 3}}};

uint64_t made_tile_number(size_t n)
{
	return tile_order_first(3) + n + n / 10 * 3;
}

void made_tile_content(size_t n, struct strbuf *out)
{
	/* Every seventh is as one of three; now and then the same comes five times in a row. */
	struct random random = {n % 100 < 5 ? 0 : n % 7 == 0 ? 1 + n % 3 : n + 10};
	size_t len = 1 + random_below(&random, 60);

	while (len--)
		strbuf_add_char(out, (char)random_below(&random, 256));
}

int made_tile_put(struct archive *archive, size_t n, struct error *err)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1000);
	struct archive_tile tile = {.tile = tile_order_tile(made_tile_number(n))};
	int rc;

	made_tile_content(n, &bytes);
	tile.bytes = bytes.data;
	tile.len = bytes.len;
	tile.key = content_key_of(bytes.data, bytes.len);
	rc = strbuf_check(&bytes, err);
	return rc ? rc : archive_put(archive, &tile, err);
}

struct archive *made_archive(const char *path, size_t count, bool resume)
{
	struct archive *archive = NULL;

	assert_int_equal(archive_begin(path, &made_about, resume, &archive, NULL), 0);
	for (size_t n = 0; n < count; n++)
		if (made_tile_number(n) >= archive_counts(archive)->next)
			assert_int_equal(made_tile_put(archive, n, NULL), 0);
	return archive;
}
