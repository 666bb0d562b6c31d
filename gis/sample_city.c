#include "gis/sample_city.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/messages.h"
#include "gis/sample_axes.h"
#include "gis/sample_blocks.h"
#include "gis/sample_names.h"
#include "gis/sample_plots.h"
#include "gis/sample_records.h"
#include "gis/sample_sheets.h"

static void town_clear(struct sample_town *town)
{
	sample_mesh_clear(&town->mesh);
	sample_streets_clear(&town->streets);
	sample_sites_clear(&town->sites);
	sample_loop_clear(&town->loop);
	sample_line_clear(&town->left);
	sample_line_clear(&town->right);
	sample_line_clear(&town->middle);
	free(town->blocks);
	free(town->parcels);
}

static int check_order(const struct sample_order *order, struct error *err)
{
	struct sample_spot centre = spot_plus(sample_geography_origin, sample_geography()->centre);

	if (order->parcels < SAMPLE_PARCELS_MIN || order->parcels > SAMPLE_PARCELS_MAX)
		return fail_sample_parcels(err, SAMPLE_PARCELS_MIN, SAMPLE_PARCELS_MAX);
	if (order->ward_count <= SAMPLE_WARDS_MAX)
		for (size_t i = 0; i < order->ward_count; i++)
			if (shape_covers(order->wards[i].shape, centre.e, centre.n))
				return 0;
	return fail_sample_wards(err);
}

/* The stages up to the standing city. */
static int draw(struct sample_town *town, struct error *err)
{
	int rc;

	sample_axes_draw(town);
	rc = sample_town_check(town, err);
	if (rc)
		return rc;
	sample_blocks_draw(town);
	rc = sample_town_check(town, err);
	if (rc)
		return rc;
	sample_sites_place(town);
	sample_blocks_share(town);
	rc = sample_plots_draw(town, err);
	if (rc)
		return rc;
	sample_names_give(town);
	rc = sample_town_check(town, err);
	if (rc)
		return rc;
	sample_sheets_number(town);
	return sample_town_check(town, err);
}

static int hand_out(struct sample_town *town, struct error *err)
{
	static int (*const layers[])(struct sample_town * town, struct error * err) = {
		sample_records_wards,
		sample_records_streets,
		sample_records_parcels,
		sample_buildings_write,
		sample_records_sites,
		sample_roadside_write,
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof layers / sizeof layers[0]; i++)
		rc = layers[i](town, err);
	return rc;
}

int sample_city_make(
	const struct sample_order *order, const struct sample_sink *sink, struct error *err)
{
	autofree(town_clear) struct sample_town town = {
		.order = order, .sink = sink, .seed = order->seed};
	int rc = check_order(order, err);

	if (rc)
		return rc;
	for (size_t i = 0; i < order->ward_count; i++)
		town.ward_boxes[i] = shape_box(order->wards[i].shape);
	if (!sample_density_solve(&town.density, order->seed, order->parcels))
		return fail_no_memory(err);
	rc = draw(&town, err);
	return rc ? rc : hand_out(&town, err);
}
