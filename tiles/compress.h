/*
 * compress: gzip for answers (libdeflate).
 */
#ifndef TILES_COMPRESS_H
#define TILES_COMPRESS_H

#include <stdbool.h>

#include "base/strbuf.h"

enum compress_level {
	COMPRESS_FAST = 1, /* live answers */
	COMPRESS_BEST = 6, /* what is kept */
};

/* Appends the bytes as a gzip member (RFC 1952). False without memory or room. */
bool compress_gzip(const void *bytes, size_t len, enum compress_level level, struct strbuf *out);

#endif
