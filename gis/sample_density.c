#include "gis/sample_density.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/dice.h"

/* Figures that make the town look right; found by looking at it. */
static const double town_m2 = 92;	  /* a parcel in the old town */
static const double natural_growth = 5.7; /* of a town that fades into fields */
static const double reach_m = 1400;	  /* how fast the town fades */
static const double land_share = 0.74;	  /* of the ground is not street */
static const double frontier_most = 9;	  /* beyond every place */

/* The grid over which parcels are counted: it covers the outline. */
enum { GRID_SIDE = 110 };
static const double grid_west = 2000, grid_south = -200, grid_step_m = 152;

static struct sample_spot from_origin(struct sample_spot at)
{
	return spot_minus(at, sample_geography_origin);
}

double sample_density_remoteness(const struct sample_density *density, struct sample_spot place)
{
	const struct sample_geography *geography = sample_geography();
	struct sample_spot at = from_origin(place);
	double far = spot_distance(at, geography->centre) / reach_m;
	double remote = 1 - exp(-far * sqrt(sqrt(far)));

	for (size_t i = 0; i < geography->heart_count; i++) {
		const struct sample_heart *heart = &geography->hearts[i];
		double away = spot_distance(at, heart->at) / heart->radius_m;

		if (away < 3)
			remote *= 1 - heart->pull * exp(-away * away);
	}
	return remote * (1 + 0.18 * dice_field(density->seed, at.e, at.n, 900));
}

/* The quarter that covers a place; -1 none. Its edge is not a circle. */
static int quarter_at(const struct sample_density *density, struct sample_spot place)
{
	const struct sample_geography *geography = sample_geography();
	struct sample_spot at = from_origin(place);
	double bulge = 1 + 0.3 * dice_field(density->seed + 1, at.e, at.n, 500);

	for (size_t i = 0; i < geography->quarter_count; i++)
		if (spot_distance(at, geography->quarters[i].at) <
			geography->quarters[i].radius_m * bulge)
			return (int)i;
	return -1;
}

enum sample_style sample_density_style(const struct sample_density *density, struct sample_spot at)
{
	int quarter = quarter_at(density, at);

	return quarter < 0 ? SAMPLE_GARDENS
			   : (enum sample_style)sample_geography()->quarters[quarter].style;
}

int sample_density_estate(const struct sample_density *density, struct sample_spot at)
{
	int quarter = quarter_at(density, at);

	if (quarter < 0 || sample_geography()->quarters[quarter].style != SAMPLE_ESTATE)
		return -1;
	return quarter;
}

static double parcel_m2(const struct sample_density *density, double remote, bool industry)
{
	double area = density->centre_m2 * exp(density->growth * remote);

	if (remote > density->frontier)
		return INFINITY;
	return industry ? fmin(26000, fmax(1500, area * 25)) : area;
}

double sample_density_parcel_m2(const struct sample_density *density, struct sample_spot at)
{
	return parcel_m2(density, sample_density_remoteness(density, at),
		sample_density_style(density, at) == SAMPLE_INDUSTRY);
}

static bool within_outline(const struct sample_geography *geography, struct sample_spot at)
{
	bool inside = false;

	for (size_t i = 0; i < geography->outline_count; i++) {
		struct sample_spot a = geography->outline[i];
		struct sample_spot b = geography->outline[(i + 1) % geography->outline_count];

		if ((a.n <= at.n) != (b.n <= at.n) &&
			(spot_cross(spot_minus(b, a), spot_minus(at, a)) > 0) == (b.n > a.n))
			inside = !inside;
	}
	return inside;
}

/* Places on a grid over the city, with what about them does not change while solving. */
struct place {
	double remote;
	bool industry;
};

static size_t take_places(const struct sample_density *density, struct place *places)
{
	const struct sample_geography *geography = sample_geography();
	size_t count = 0;

	for (int column = 0; column < GRID_SIDE; column++) {
		for (int row = 0; row < GRID_SIDE; row++) {
			struct sample_spot at = {
				grid_west + column * grid_step_m, grid_south + row * grid_step_m};
			struct sample_spot place = spot_plus(at, sample_geography_origin);

			if (within_outline(geography, at))
				places[count++] = (struct place){
					sample_density_remoteness(density, place),
					sample_density_style(density, place) == SAMPLE_INDUSTRY};
		}
	}
	return count;
}

static double count_parcels(
	const struct sample_density *density, const struct place *places, size_t count)
{
	double parcels = 0;

	for (size_t i = 0; i < count; i++)
		parcels += land_share * grid_step_m * grid_step_m /
			   parcel_m2(density, places[i].remote, places[i].industry);
	return parcels;
}

/* Moves *knob between low and high until the count is right; the count grows with the knob. */
static void turn_knob(struct sample_density *density, double *knob, double low, double high,
	const struct place *places, size_t place_count, size_t parcels)
{
	for (int i = 0; i < 50; i++) {
		*knob = (low + high) / 2;
		/* low and high may stand either way round. */
		if (count_parcels(density, places, place_count) < (double)parcels)
			low = *knob;
		else
			high = *knob;
	}
}

bool sample_density_solve(struct sample_density *density, uint64_t seed, size_t parcels)
{
	struct place *places = malloc(GRID_SIDE * GRID_SIDE * sizeof *places);
	size_t count;

	if (!places)
		return false;
	*density = (struct sample_density){seed, town_m2, natural_growth, frontier_most};
	count = take_places(density, places);
	if (count_parcels(density, places, count) > (double)parcels) {
		turn_knob(density, &density->frontier, 0, frontier_most, places, count, parcels);
	} else {
		density->growth = 0;
		if (count_parcels(density, places, count) > (double)parcels)
			turn_knob(density, &density->growth, natural_growth, 0, places, count,
				parcels);
		else
			turn_knob(density, &density->centre_m2, town_m2, town_m2 / 4, places, count,
				parcels);
	}
	free(places);
	return true;
}
