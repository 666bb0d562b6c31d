#include "gis/sample_town.h"

#include "base/banned.h"
#include "base/messages.h"

uint8_t sample_town_ward(const struct sample_town *town, struct sample_spot at)
{
	const struct sample_order *order = town->order;
	double least = INFINITY;
	uint8_t nearest = 0;

	for (size_t i = 0; i < order->ward_count; i++) {
		const struct box *box = &town->ward_boxes[i];

		if (at.e >= box->min_x && at.e <= box->max_x && at.n >= box->min_y &&
			at.n <= box->max_y && shape_covers(order->wards[i].shape, at.e, at.n))
			return (uint8_t)i;
	}
	for (size_t i = 0; i < order->ward_count; i++) {
		double distance = shape_distance(order->wards[i].shape, at.e, at.n);

		if (distance < least) {
			least = distance;
			nearest = (uint8_t)i;
		}
	}
	return nearest;
}

int sample_town_check(const struct sample_town *town, struct error *err)
{
	const struct sample_sink *sink = town->sink;

	if (town->mesh.failed || town->streets.failed || town->sites.failed)
		return fail_no_memory(err);
	/* Drawing takes about as long as handing out: each is half of the way. */
	if (sink->progress &&
		!sink->progress(sink->context, town->written, 2 * (uint64_t)town->order->parcels))
		return fail_cancelled(err);
	return 0;
}
