/*
 * pbf: writing the wire format of Protocol Buffers, as far as vector tiles need it.
 *
 * Each function writes at `at`, where the caller has made room, and returns the place behind. A
 * number of one byte may write a second one behind it, so room is what the longest would take.
 */
#ifndef TILES_PBF_H
#define TILES_PBF_H

#include <stdint.h>
#include <string.h>

enum {
	PBF_VARINT = 0,
	PBF_FIXED64 = 1,
	PBF_BYTES = 2,
	PBF_VARINT_MAX_BYTES = 10,
};

static inline uint8_t *pbf_varint(uint8_t *at, uint64_t value)
{
	/* Most have one or two bytes, in no order that a processor could guess: so without a branch. */
	if (value < 1 << 14) {
		uint64_t more = (0x7F - value) >> 63;

		at[0] = (uint8_t)(value | more << 7);
		at[1] = (uint8_t)(value >> 7);
		return at + 1 + more;
	}
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

static inline size_t pbf_varint_len(uint64_t value)
{
	size_t len = 1;

	while (value >>= 7)
		len++;
	return len;
}

static inline uint8_t *pbf_tag(uint8_t *at, unsigned field, unsigned type)
{
	return pbf_varint(at, field << 3 | type);
}

static inline uint8_t *pbf_bytes(uint8_t *at, unsigned field, const void *bytes, size_t len)
{
	at = pbf_varint(pbf_tag(at, field, PBF_BYTES), len);
	if (len)
		memcpy(at, bytes, len);
	return at + len;
}

/* Small magnitudes become small numbers; on unsigned, so that no negative number is shifted. */
static inline uint32_t pbf_zigzag(int32_t value)
{
	return (uint32_t)value << 1 ^ (0U - (uint32_t)(value < 0));
}

static inline uint64_t pbf_zigzag64(int64_t value)
{
	return (uint64_t)value << 1 ^ (UINT64_C(0) - (uint64_t)(value < 0));
}

#endif
