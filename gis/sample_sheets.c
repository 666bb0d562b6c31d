#include "gis/sample_sheets.h"

#include <stdlib.h>

#include "base/banned.h"

enum {
	BANDS = 12, /* of a sheet */
};

/* The corner from which sheets are counted: north-west of all. */
static const double west_m = -2000, north_m = 22000;

/* A parcel with its place as a sortable key. */
struct place {
	uint64_t key; /* ward, row and column of the sheet, band, place in the band */
	int32_t face;
};

static int by_key(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (a->face > b->face) - (a->face < b->face);
}

/* Side of a ward's sheets: those of the scales 1:500, 1:1000, 1:2000, as its parcels are small. */
static double sheet_side_m(double parcels, double area_m2)
{
	double per_km2 = parcels / fmax(1, area_m2) * 1e6;

	return per_km2 > 1600 ? 250 : per_km2 > 350 ? 500 : 1000;
}

static uint64_t key_for(uint64_t ward, double side_m, struct sample_spot at)
{
	struct sample_spot place = spot_minus(at, sample_geography_origin);
	double east = (place.e - west_m) / side_m, south = (north_m - place.n) / side_m;
	double band = floor((south - floor(south)) * BANDS);
	double along = east - floor(east);
	uint64_t key = ward;

	if ((int)band % 2)
		along = 1 - along;
	key = key << 12 | (uint64_t)south;
	key = key << 12 | (uint64_t)east;
	key = key << 6 | (uint64_t)band;
	return key << 24 | (uint64_t)(along * 0xFFFFFF);
}

/* Parcels and their ground in each ward. */
struct ward_sums {
	double parcels[SAMPLE_WARDS_MAX], area_m2[SAMPLE_WARDS_MAX];
};

static void sum_up(struct sample_town *town, struct ward_sums *sums)
{
	*sums = (struct ward_sums){{0}, {0}};
	for (size_t i = 1; i < town->mesh.face_count; i++) {
		const struct sample_face *face = &town->mesh.faces[i];

		if (face->kind != SAMPLE_PARCEL ||
			!sample_loop_read(&town->loop, &town->mesh, (int32_t)i))
			continue;
		sums->parcels[face->ward]++;
		sums->area_m2[face->ward] += town->loop.area_m2;
	}
}

static size_t take_places(struct sample_town *town, struct place *places)
{
	struct ward_sums sums;
	size_t count = 0;

	sum_up(town, &sums);
	for (size_t i = 1; i < town->mesh.face_count && count < town->parcel_count; i++) {
		const struct sample_face *face = &town->mesh.faces[i];

		if (face->kind != SAMPLE_PARCEL ||
			!sample_loop_read(&town->loop, &town->mesh, (int32_t)i))
			continue;
		places[count++] = (struct place){
			key_for(face->ward,
				sheet_side_m(sums.parcels[face->ward], sums.area_m2[face->ward]),
				sample_loop_inside(&town->loop)),
			(int32_t)i};
	}
	return count;
}

void sample_sheets_number(struct sample_town *town)
{
	struct place *places = malloc((town->parcel_count + 1) * sizeof *places);
	uint64_t ward = UINT64_MAX, sheet_key = UINT64_MAX;
	uint16_t sheet = 0, number = 0;
	size_t count;

	town->parcels = malloc((town->parcel_count + 1) * sizeof *town->parcels);
	if (!places || !town->parcels) {
		town->mesh.failed = true;
		free(places);
		return;
	}
	count = take_places(town, places);
	qsort(places, count, sizeof places[0], by_key);
	for (size_t i = 0; i < count; i++) {
		uint64_t key = places[i].key >> 30;

		if (key >> 24 != ward)
			sheet = 0;
		if (key != sheet_key) {
			sheet++;
			number = 0;
		}
		ward = key >> 24;
		sheet_key = key;
		town->parcels[i] = (struct sample_parcel){places[i].face, sheet, ++number};
	}
	free(places);
}
