#include "gis/box_transform.h"

#include <string.h>

#include "base/banned.h"

enum { EDGE_POINTS = 20 }; /* of each edge: a city's edge bends by millimetres between them */

bool box_transform(const struct crs_path *path, const struct box *box, struct box *ret_box)
{
	double xy[4 * EDGE_POINTS * 2];
	struct shape edge = {.kind = GEOMETRY_POINT, .point_count = 4 * EDGE_POINTS, .xy = xy};

	for (int i = 0; i < EDGE_POINTS; i++) {
		double share = (double)i / (EDGE_POINTS - 1);
		double x = box->min_x + share * (box->max_x - box->min_x);
		double y = box->min_y + share * (box->max_y - box->min_y);
		const double points[8] = {
			x, box->min_y, x, box->max_y, box->min_x, y, box->max_x, y};

		memcpy(xy + 8 * i, points, sizeof points);
	}
	if (crs_path_move(path, xy, edge.point_count, NULL))
		return false;
	*ret_box = shape_box(&edge);
	return true;
}
