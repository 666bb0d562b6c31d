/*
 * Makes WKB of every flavour: both byte orders, ISO or EWKB, with Z, M and an SRID. The reader of
 * the product must take them all; our own writer makes one of them only.
 */
#ifndef TESTS_GIS_WKB_MAKER_H
#define TESTS_GIS_WKB_MAKER_H

#include "base/strbuf.h"

enum { WKB_POINT = 1, WKB_LINE, WKB_AREA, WKB_POINTS, WKB_LINES, WKB_AREAS, WKB_COLLECTION };

struct wkb_maker {
	struct strbuf *out;
	bool big, has_z, has_m, is_ewkb, has_srid;
};

static inline void wkb_u32(const struct wkb_maker *maker, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		strbuf_add_char(maker->out, (char)(value >> (maker->big ? 24 - 8 * i : 8 * i)));
}

static inline void wkb_f64(const struct wkb_maker *maker, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	for (int i = 0; i < 8; i++)
		strbuf_add_char(maker->out, (char)(bits >> (maker->big ? 56 - 8 * i : 8 * i)));
}

static inline void wkb_header(const struct wkb_maker *maker, uint32_t type)
{
	strbuf_add_char(maker->out, maker->big ? 0 : 1);
	if (maker->is_ewkb)
		type |= (maker->has_z ? 0x80000000U : 0) | (maker->has_m ? 0x40000000U : 0) |
			(maker->has_srid ? 0x20000000U : 0);
	else
		type += (maker->has_z ? 1000U : 0) + (maker->has_m ? 2000U : 0);
	wkb_u32(maker, type);
	if (maker->is_ewkb && maker->has_srid)
		wkb_u32(maker, 9210);
}

/* A bare coordinate; Z is 10 x and M 100 x, so that a mix-up shows. */
static inline void wkb_xy(const struct wkb_maker *maker, double x, double y)
{
	wkb_f64(maker, x);
	wkb_f64(maker, y);
	if (maker->has_z)
		wkb_f64(maker, 10 * x);
	if (maker->has_m)
		wkb_f64(maker, 100 * x);
}

/* A count and the coordinates of a line or a ring. */
static inline void wkb_ring(const struct wkb_maker *maker, const double *xy, uint32_t count)
{
	wkb_u32(maker, count);
	for (uint32_t i = 0; i < count; i++)
		wkb_xy(maker, xy[2 * i], xy[2 * i + 1]);
}

#endif
