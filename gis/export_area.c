#include "gis/export_area.h"

#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "gis/box_transform.h"
#include "gis/geojson_read.h"

/* What edges may bend beyond the box of the corners, in metres. */
static const double spare_m = 1;

bool export_area_read_box(const char *text, struct box *ret_box)
{
	static const double most[4] = {180, 90, 180, 90};
	double sides[4];
	struct slice side;
	int count = 0;

	for (; count < 4 && text_next(&text, ',', &side); count++)
		if (!number_parse_double(
			    side.at, side.len, -most[count], most[count], &sides[count]))
			return false;
	if (count < 4 || text || sides[0] > sides[2] || sides[1] > sides[3])
		return false;
	*ret_box = (struct box){sides[0], sides[1], sides[2], sides[3]};
	return true;
}

/* The way to degrees, and the box of the area in the working CRS. */
static int place(const struct export_area_tools *tools, struct export_area *area, struct error *err)
{
	const struct crs_path *to_working;
	int rc = crs_path_find(tools->crs, tools->epsg, CRS_WGS84, &area->to_wgs84, err);

	if (!rc)
		rc = crs_path_find(tools->crs, CRS_WGS84, tools->epsg, &to_working, err);
	if (rc)
		return rc;
	if (!box_transform(to_working, &area->box, &area->index_box))
		return fail_outside_crs(err, tools->epsg);
	area->index_box.min_x -= spare_m;
	area->index_box.min_y -= spare_m;
	area->index_box.max_x += spare_m;
	area->index_box.max_y += spare_m;
	return 0;
}

int export_area_of_box(const struct export_area_tools *tools, const struct box *box,
	struct export_area *ret_area, struct error *err)
{
	*ret_area = (struct export_area){.box = *box};
	return place(tools, ret_area, err);
}

/* The geometry of what may be wrapped around it. */
static const struct json_node *geometry_of(const struct json_node *json)
{
	const struct json_node *features = json_node_get(json, "features");

	if (json_node_kind(features) == JSON_KIND_ARRAY)
		json = json_node_count(features) == 1 ? json_node_at(features, 0) : NULL;
	if (json && json_node_kind(json_node_get(json, "geometry")) == JSON_KIND_OBJECT)
		json = json_node_get(json, "geometry");
	return json && json_node_kind(json) == JSON_KIND_OBJECT ? json : NULL;
}

int export_area_of_json(const struct export_area_tools *tools, const struct json_node *json,
	struct arena *arena, struct export_area *ret_area, struct error *err)
{
	const struct json_node *geometry = geometry_of(json);
	struct geom_finding finding;
	struct shape shape;
	int rc;

	*ret_area = (struct export_area){0};
	if (!geometry)
		return fail_export_area_form(err);
	rc = geojson_read(arena, geometry, "", &shape, err);
	if (rc)
		return rc;
	if (shape.kind != GEOMETRY_AREA || !shape.point_count)
		return fail_export_area_form(err);
	ret_area->box = shape_box(&shape);
	if (ret_area->box.min_x < -180 || ret_area->box.max_x > 180 || ret_area->box.min_y < -90 ||
		ret_area->box.max_y > 90)
		return fail_export_area_form(err);
	rc = geom_check(tools->geom, &shape, &finding, err);
	if (!rc && finding.fault != GEOM_VALID)
		rc = fail_export_area_form(err);
	if (!rc)
		rc = geom_area_new(tools->geom, &shape, &ret_area->area, err);
	return rc ? rc : place(tools, ret_area, err);
}

void export_area_clear(struct export_area *area)
{
	geom_area_free(area->area);
	area->area = NULL;
}

int export_area_meets(const struct export_area *area, const struct shape *lonlat, bool *ret_meets,
	struct error *err)
{
	if (area->area)
		return geom_area_meets(area->area, lonlat, ret_meets, err);
	*ret_meets = shape_meets_box(lonlat, &area->box);
	return 0;
}
