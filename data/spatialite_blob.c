#include "data/spatialite_blob.h"

#include <stdint.h>

#include "base/banned.h"

enum {
	BLOB_START = 0x00,
	BLOB_LITTLE_ENDIAN = 0x01,
	BLOB_BOX_END = 0x7C,
	BLOB_PART = 0x69,
	BLOB_END = 0xFE,
	BOX_AT = 6,	  /* behind start, order and SRID */
	BODY_AT = 39,	  /* behind the box and its end mark */
	FRAME_BYTES = 39, /* blob less WKB: 39 before and 1 behind, less the WKB's own order */
};

size_t spatialite_blob_size(size_t wkb_len)
{
	return wkb_len + FRAME_BYTES;
}

static uint32_t u32_at(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, 4);
	return value;
}

/* Moves *at over a count and that many points. */
static bool skip_points(const unsigned char **at, const unsigned char *end)
{
	uint32_t count;

	if (end - *at < 4)
		return false;
	count = u32_at(*at);
	*at += 4;
	if (count > (size_t)(end - *at) / 16)
		return false;
	*at += (size_t)count * 16;
	return true;
}

/* Moves *at over the body of a Point (1), LineString (2) or Polygon (3). */
static bool skip_simple(const unsigned char **at, const unsigned char *end, uint32_t type)
{
	uint32_t rings;

	if (type == 1) {
		if (end - *at < 16)
			return false;
		*at += 16;
		return true;
	}
	if (type == 2)
		return skip_points(at, end);
	if (end - *at < 4)
		return false;
	rings = u32_at(*at);
	*at += 4;
	for (uint32_t i = 0; i < rings; i++)
		if (!skip_points(at, end))
			return false;
	return true;
}

/* Walks the body (type and what follows) and replaces each part's mark; true if it fits exactly. */
static bool change_marks(unsigned char *body, size_t len, unsigned char from, unsigned char to)
{
	const unsigned char *at = body, *end = body + len;
	uint32_t type, parts;

	if (len < 4)
		return false;
	type = u32_at(at);
	at += 4;
	if (type >= 1 && type <= 3)
		return skip_simple(&at, end, type) && at == end;
	if (type < 4 || type > 6 || end - at < 4)
		return false;
	parts = u32_at(at);
	at += 4;
	for (uint32_t i = 0; i < parts; i++) {
		if (end - at < 5 || *at != from || u32_at(at + 1) != type - 3)
			return false;
		body[at - body] = to;
		at += 5;
		if (!skip_simple(&at, end, type - 3))
			return false;
	}
	return at == end;
}

bool spatialite_blob_write(unsigned char *blob, struct wkb wkb, const struct box *box, int srid)
{
	double corners[4] = {box->min_x, box->min_y, box->max_x, box->max_y};
	int32_t srid32 = srid;

	if (wkb.len < 5 || wkb.bytes[0] != 1)
		return false;
	blob[0] = BLOB_START;
	blob[1] = BLOB_LITTLE_ENDIAN;
	memcpy(blob + 2, &srid32, 4);
	memcpy(blob + BOX_AT, corners, sizeof corners);
	blob[BODY_AT - 1] = BLOB_BOX_END;
	memcpy(blob + BODY_AT, wkb.bytes + 1, wkb.len - 1);
	blob[BODY_AT + wkb.len - 1] = BLOB_END;
	return change_marks(blob + BODY_AT, wkb.len - 1, 1, BLOB_PART);
}

bool spatialite_blob_read(const unsigned char *blob, size_t blob_len, unsigned char *wkb,
	size_t *ret_len, struct box *ret_box)
{
	double corners[4];

	if (blob_len < FRAME_BYTES + 5 || blob[0] != BLOB_START || blob[1] != BLOB_LITTLE_ENDIAN ||
		blob[BODY_AT - 1] != BLOB_BOX_END || blob[blob_len - 1] != BLOB_END)
		return false;
	memcpy(corners, blob + BOX_AT, sizeof corners);
	*ret_box = (struct box){corners[0], corners[1], corners[2], corners[3]};
	*ret_len = blob_len - FRAME_BYTES;
	wkb[0] = 1;
	memcpy(wkb + 1, blob + BODY_AT, *ret_len - 1);
	return change_marks(wkb + 1, *ret_len - 1, BLOB_PART, 1);
}
