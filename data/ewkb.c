#include "data/ewkb.h"

#include <math.h>
#include <stdint.h>

#include "base/banned.h"

enum { HEADER_BYTES = 5, WKB_POINT = 1, WKB_LINE = 2, WKB_POLYGON = 3, WKB_COLLECTION = 7 };

static const uint32_t srid_flag = 0x20000000U;

/* What is still to be read. */
struct bytes {
	const unsigned char *at;
	size_t left;
};

static bool take_u32(struct bytes *bytes, uint32_t *ret)
{
	if (bytes->left < 4)
		return false;
	memcpy(ret, bytes->at, 4);
	bytes->at += 4;
	bytes->left -= 4;
	return true;
}

static bool take_points(struct bytes *bytes, uint32_t count, struct box *box)
{
	double xy[2];

	if (count > bytes->left / sizeof xy)
		return false;
	for (uint32_t i = 0; i < count; i++, bytes->at += sizeof xy) {
		memcpy(xy, bytes->at, sizeof xy);
		box->min_x = fmin(box->min_x, xy[0]);
		box->max_x = fmax(box->max_x, xy[0]);
		box->min_y = fmin(box->min_y, xy[1]);
		box->max_y = fmax(box->max_y, xy[1]);
	}
	bytes->left -= (size_t)count * sizeof xy;
	return true;
}

/* The body of a point, line or polygon. */
static bool take_simple(struct bytes *bytes, uint32_t type, struct box *box)
{
	uint32_t count = 1, rings = 1;

	if (type == WKB_POLYGON && !take_u32(bytes, &rings))
		return false;
	for (uint32_t i = 0; i < rings; i++)
		if ((type != WKB_POINT && !take_u32(bytes, &count)) ||
			!take_points(bytes, count, box))
			return false;
	return true;
}

/* The body of any of ours: multi geometries have parts with headers of their own. */
static bool take_body(struct bytes *bytes, uint32_t type, struct box *box)
{
	uint32_t parts, part_type;

	if (type >= WKB_POINT && type <= WKB_POLYGON)
		return take_simple(bytes, type, box);
	if (type >= WKB_COLLECTION || type <= WKB_POLYGON || !take_u32(bytes, &parts))
		return false;
	for (uint32_t i = 0; i < parts; i++) {
		if (!bytes->left || *bytes->at != 1)
			return false;
		bytes->at++;
		bytes->left--;
		if (!take_u32(bytes, &part_type) || part_type != type - 3 ||
			!take_simple(bytes, part_type, box))
			return false;
	}
	return true;
}

bool ewkb_write(unsigned char *ewkb, struct wkb wkb, int srid)
{
	int32_t srid32 = srid;
	uint32_t type;

	if (wkb.len < HEADER_BYTES || wkb.bytes[0] != 1)
		return false;
	memcpy(&type, wkb.bytes + 1, 4);
	type |= srid_flag;
	ewkb[0] = 1;
	memcpy(ewkb + 1, &type, 4);
	memcpy(ewkb + HEADER_BYTES, &srid32, 4);
	memcpy(ewkb + HEADER_BYTES + 4, wkb.bytes + HEADER_BYTES, wkb.len - HEADER_BYTES);
	return true;
}

bool ewkb_read(const unsigned char *ewkb, size_t len, unsigned char *wkb, size_t *ret_len,
	struct box *ret_box)
{
	struct box box = {INFINITY, INFINITY, -INFINITY, -INFINITY};
	struct bytes body;
	size_t body_at = HEADER_BYTES;
	uint32_t type;

	if (len < HEADER_BYTES || ewkb[0] != 1)
		return false;
	memcpy(&type, ewkb + 1, 4);
	if (type & srid_flag)
		body_at += 4;
	type &= ~srid_flag;
	if (len < body_at)
		return false;
	body = (struct bytes){ewkb + body_at, len - body_at};
	if (!take_body(&body, type, &box) || body.left)
		return false;
	wkb[0] = 1;
	memcpy(wkb + 1, &type, 4);
	memcpy(wkb + HEADER_BYTES, ewkb + body_at, len - body_at);
	*ret_len = HEADER_BYTES + len - body_at;
	*ret_box = box;
	return true;
}
