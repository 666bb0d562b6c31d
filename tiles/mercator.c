#include "tiles/mercator.h"

#include <math.h>
#include <stdint.h>

#include "base/messages.h"

enum { PLACE_BITS = 14, PLACES = 1 << PLACE_BITS }; /* half a megabyte: some map sheets */

struct mercator_place {
	double from[2], to[2];
};

int mercator_init(
	struct mercator *mercator, struct crs_context *crs, int epsg, struct error *err)
{
	struct mercator made = {.places = malloc(PLACES * sizeof *made.places)};
	int rc = made.places ? crs_path_find(crs, epsg, CRS_WEB_MERCATOR, &made.path, err)
			     : fail_no_memory(err);

	if (rc) {
		free(made.places);
		return rc;
	}
	for (size_t i = 0; i < PLACES; i++)
		made.places[i].from[0] = (double)NAN; /* equals nothing */
	*mercator = made;
	return 0;
}

void mercator_clear(struct mercator *mercator)
{
	free(mercator->places);
	*mercator = (struct mercator){0};
}

static size_t slot_of(const double *xy)
{
	uint64_t bits[2];

	memcpy(bits, xy, sizeof bits);
	return (size_t)((bits[0] * 0x9E3779B97F4A7C15 ^ bits[1] * 0xC2B2AE3D27D4EB4F) >>
		(64 - PLACE_BITS));
}

int mercator_move(const struct mercator *mercator, double *xy, size_t count, struct error *err)
{
	for (double *end = xy + 2 * count; xy < end; xy += 2) {
		struct mercator_place *place = &mercator->places[slot_of(xy)];

		if (place->from[0] != xy[0] || place->from[1] != xy[1]) {
			struct mercator_place moved = {{xy[0], xy[1]}, {xy[0], xy[1]}};
			int rc = crs_path_apply(mercator->path, moved.to, 1, err);

			if (rc)
				return rc;
			*place = moved;
		}
		xy[0] = place->to[0];
		xy[1] = place->to[1];
	}
	return 0;
}
