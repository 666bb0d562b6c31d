/*
 * compress: gzip for answers, zlib for pictures (libdeflate).
 *
 * The same bytes and level give the same result. One compressor a thread.
 */
#ifndef TILES_COMPRESS_H
#define TILES_COMPRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

enum compress_format {
	COMPRESS_GZIP, /* RFC 1952 */
	COMPRESS_ZLIB, /* RFC 1950 */
};

enum {
	COMPRESS_LIVE = 1,   /* for what is asked for now */
	COMPRESS_STORED = 6, /* for what is kept */
	COMPRESS_LEVEL_MAX = 12,
};

struct compressor;

struct compressor *compressor_new(void); /* NULL without memory */
void compressor_free(struct compressor *compressor);
AUTOPTR(struct compressor, compressor_free);

/* Appends the bytes, compressed at a level of 1 to COMPRESS_LEVEL_MAX. False, and nothing is
 * appended, without memory or room. */
bool compressor_add(struct compressor *compressor, enum compress_format format, int level,
	const void *bytes, size_t len, struct strbuf *out);

/* The same as a gzip member, with a compressor made for this alone. */
bool compress_gzip(const void *bytes, size_t len, int level, struct strbuf *out);

/* The CRC-32 of gzip and PNG. */
uint32_t compress_crc32(const void *bytes, size_t len);

#endif
