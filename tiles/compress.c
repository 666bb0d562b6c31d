#include <libdeflate.h>

#include "tiles/compress.h"

bool compress_gzip(const void *bytes, size_t len, enum compress_level level, struct strbuf *out)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
	size_t room, size = 0;

	if (!compressor)
		return false;
	room = libdeflate_gzip_compress_bound(compressor, len);
	if (strbuf_reserve(out, room))
		size = libdeflate_gzip_compress(
			compressor, bytes, len, out->data + out->len, room);
	libdeflate_free_compressor(compressor);
	if (!size)
		return false;
	out->len += size;
	out->data[out->len] = '\0';
	return true;
}
