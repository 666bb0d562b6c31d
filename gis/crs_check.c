#include "gis/crs_check.h"

#include <math.h>

#include "base/messages.h"

/* cs2cs of PROJ 9.1.1 on the explicit parameters; degrees, metres. */
static const struct {
	int epsg;
	double lon, lat, east, north;
} known[] = {
	{9210, 106.6508, 10.9805, 598250.9225, 1214447.0478},
	{9210, 106.663610, 11.057016, 599625.2096, 1222915.2251},
	{9209, 106.1333, 11.2833, 568943.5106, 1247865.2571},
	{5899, 106.7667, 21.0333, 397600.3004, 2326957.3638},
	{32648, 106.6508, 10.9805, 680374.8802, 1214318.3559},
	{3857, 106.6508, 10.9805, 11872312.7487, 1229895.5160},
};

static const double tolerance_m = 1e-3;

int crs_check(struct crs_context *context, struct error *err)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		double xy[2] = {known[i].lon, known[i].lat};
		const struct crs_path *path = NULL;
		int rc = crs_path_find(context, CRS_WGS84, known[i].epsg, &path, err);

		if (!rc)
			rc = crs_path_apply(path, xy, 1, err);
		if (rc)
			return rc;
		if (!(hypot(xy[0] - known[i].east, xy[1] - known[i].north) <= tolerance_m)) {
			fail_crs_machine(err, known[i].epsg);
			return error_detail(err, "%.4f %.4f", xy[0], xy[1]);
		}
	}
	return 0;
}
