#include "tiles/tile_order.h"

#include "base/banned.h"

/* Turns the quadrant in hand so that the curve enters and leaves it where it does the whole. */
static void turn(uint32_t *x, uint32_t *y, bool right, bool lower)
{
	uint32_t was;

	if (lower)
		return;
	if (right) {
		*x = ~*x;
		*y = ~*y;
	}
	was = *x;
	*x = *y;
	*y = was;
}

uint64_t tile_order_number(struct tile tile)
{
	uint64_t place = 0;
	uint32_t x = tile.x, y = tile.y;

	for (unsigned bit = tile.z; bit--;) {
		bool right = x >> bit & 1, lower = y >> bit & 1;

		place = place << 2 | ((right ? 3U : 0U) ^ (lower ? 1U : 0U));
		turn(&x, &y, right, lower);
	}
	return tile_order_first(tile.z) + place;
}

struct tile tile_order_tile(uint64_t number)
{
	struct tile tile = {0};
	uint64_t place;

	while (tile.z < GRID_ZOOM_MAX && number >= tile_order_first(tile.z + 1))
		tile.z++;
	place = number - tile_order_first(tile.z);
	/* From the smallest quadrant outwards: what is inside turns with it. */
	for (unsigned bit = 0; bit < tile.z; bit++, place >>= 2) {
		bool right = place >> 1 & 1, lower = (place ^ place >> 1) & 1;
		uint32_t below = (UINT32_C(1) << bit) - 1;

		turn(&tile.x, &tile.y, right, lower);
		tile.x = (tile.x & below) | (uint32_t)right << bit;
		tile.y = (tile.y & below) | (uint32_t)lower << bit;
	}
	return tile;
}
