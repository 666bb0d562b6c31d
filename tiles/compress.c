#include "tiles/compress.h"

#include <libdeflate.h>

#include "base/banned.h"

struct compressor {
	struct libdeflate_compressor *levels[COMPRESS_LEVEL_MAX + 1]; /* made when first used */
};

struct compressor *compressor_new(void)
{
	return calloc(1, sizeof(struct compressor));
}

void compressor_free(struct compressor *compressor)
{
	if (!compressor)
		return;
	for (int level = 0; level <= COMPRESS_LEVEL_MAX; level++)
		libdeflate_free_compressor(compressor->levels[level]);
	free(compressor);
}

static struct libdeflate_compressor *level_of(struct compressor *compressor, int level)
{
	level = level < 1 ? 1 : level > COMPRESS_LEVEL_MAX ? COMPRESS_LEVEL_MAX : level;
	if (!compressor->levels[level])
		compressor->levels[level] = libdeflate_alloc_compressor(level);
	return compressor->levels[level];
}

bool compressor_add(struct compressor *compressor, enum compress_format format, int level,
	const void *bytes, size_t len, struct strbuf *out)
{
	struct libdeflate_compressor *deflate = level_of(compressor, level);
	bool gzip = format == COMPRESS_GZIP;
	size_t room, size;

	if (!deflate)
		return false;
	room = gzip ? libdeflate_gzip_compress_bound(deflate, len)
		    : libdeflate_zlib_compress_bound(deflate, len);
	if (!strbuf_reserve(out, room))
		return false;
	size = (gzip ? libdeflate_gzip_compress : libdeflate_zlib_compress)(
		deflate, bytes, len, out->data + out->len, room);
	if (!size)
		return false;
	out->len += size;
	out->data[out->len] = '\0';
	return true;
}

bool compress_gzip(const void *bytes, size_t len, int level, struct strbuf *out)
{
	autoptr(compressor_free) struct compressor *compressor = compressor_new();

	return compressor && compressor_add(compressor, COMPRESS_GZIP, level, bytes, len, out);
}

uint32_t compress_crc32(const void *bytes, size_t len)
{
	return libdeflate_crc32(0, bytes, len);
}
