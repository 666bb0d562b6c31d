/*
 * place_text: coordinates as people write them.
 *
 * Read are degrees with decimals, with minutes, with minutes and seconds (10°58'48"N 106°39'36"E,
 * 10,98 106,66; N, B north, E, Đ east, S south, W, T west), metres of a VN-2000 zone (X is the
 * northing), "geo:" and addresses of maps; the axes in either order. A text may have several
 * readings: the nearest to the city first.
 */
#ifndef GIS_PLACE_TEXT_H
#define GIS_PLACE_TEXT_H

#include "data/feature.h"
#include "gis/crs.h"

enum { PLACE_TEXT_MAX = 400, PLACE_READINGS_MAX = 4 };

/* Two numbers in the order in which they stand. */
struct place_pair {
	double first, second;
	bool is_angle;	/* degrees for sure: with signs or letters */
	bool lat_first, lon_first; /* what letters say; neither: unknown */
	bool is_exact;	/* with decimals, signs or letters: nothing else is meant */
};

/* False if the text is not coordinates, and nothing else. The text is UTF-8. */
bool place_text_parse(const char *text, size_t len, struct place_pair *ret_pair);

struct place_reading {
	int epsg; /* CRS_WGS84, or the zone whose metres they are */
	double lon, lat;
	double east, north; /* in that zone; of degrees in the working CRS */
};

/*
 * What it may mean, for a city with its working CRS, around a place (lon, lat). Metres are of the
 * working CRS; other zones of its datum are tried if this leads away from the city.
 */
int place_text_readings(struct crs_context *crs, int working_epsg, const double near[2],
	const struct place_pair *pair, struct place_reading ret[PLACE_READINGS_MAX],
	size_t *ret_count, struct error *err);

#endif
