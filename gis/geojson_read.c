#include "gis/geojson_read.h"

#include <math.h>

#include "base/messages.h"

enum { INDEXES_MAX = 4 };

/* Reading: first counts, then fills. */
struct reading {
	struct shape *shape;
	bool filling;
	size_t points, rings, parts;
	const char *where;
	size_t at[INDEXES_MAX]; /* of the coordinates in hand */
	size_t depth;
	struct error *err;
};

/* Adds the pointer of the place in hand. */
static int located(const struct reading *reading, int rc)
{
	char path[ERROR_WHERE_MAX];
	int len = snprintf(path, sizeof path, "%s/coordinates", reading->where);

	for (size_t i = 0; i < reading->depth && len > 0 && (size_t)len < sizeof path; i++)
		len += snprintf(path + len, sizeof path - (size_t)len, "/%zu", reading->at[i]);
	error_where(reading->err, "%s", path);
	return rc;
}

static int read_position(struct reading *reading, const struct json_node *node)
{
	double xy[3] = {0, 0, NAN};
	size_t count = json_node_count(node);

	if (count < 2 || count > 4)
		return located(reading, fail_position(reading->err));
	for (size_t i = 0; i < count && i < 3; i++)
		if (!json_node_number(json_node_at(node, i), &xy[i]) || !isfinite(xy[i]))
			return located(reading, fail_position(reading->err));
	if (reading->points == SHAPE_POINTS_MAX)
		return located(reading, fail_geometry_too_large(reading->err, SHAPE_POINTS_MAX));
	if (reading->filling) {
		memcpy(reading->shape->xy + 2 * reading->points, xy, 2 * sizeof *xy);
		reading->shape->z_m = xy[2];
	}
	reading->points++;
	return 0;
}

/* The end of a ring, a line or a point. */
static int end_ring(struct reading *reading)
{
	if (reading->rings == SHAPE_RINGS_MAX)
		return located(reading, fail_geometry_too_many_rings(reading->err, SHAPE_RINGS_MAX));
	if (reading->filling)
		reading->shape->ring_ends[reading->rings] = (uint32_t)reading->points;
	reading->rings++;
	return 0;
}

static void end_part(struct reading *reading)
{
	if (reading->filling)
		reading->shape->part_ends[reading->parts] = (uint32_t)reading->rings;
	reading->parts++;
}

static int read_ring(struct reading *reading, const struct json_node *node)
{
	size_t first = reading->points, count = json_node_count(node), depth = reading->depth++;
	const double *xy = reading->shape->xy;
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		reading->at[depth] = i;
		rc = read_position(reading, json_node_at(node, i));
	}
	if (rc)
		return rc;
	reading->depth = depth;
	if (!count)
		return located(reading, fail_position(reading->err));
	if (reading->filling && reading->shape->kind == GEOMETRY_AREA &&
		(xy[2 * first] != xy[2 * reading->points - 2] ||
			xy[2 * first + 1] != xy[2 * reading->points - 1]))
		return located(reading, fail_ring_not_closed(reading->err));
	return end_ring(reading);
}

/* The rings of one polygon. */
static int read_rings(struct reading *reading, const struct json_node *node)
{
	size_t count = json_node_count(node), depth = reading->depth++;
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		reading->at[depth] = i;
		rc = read_ring(reading, json_node_at(node, i));
	}
	if (rc)
		return rc;
	reading->depth = depth;
	if (!count)
		return located(reading, fail_position(reading->err));
	end_part(reading);
	return 0;
}

static int read_part(struct reading *reading, const struct json_node *node)
{
	int rc;

	if (reading->shape->kind == GEOMETRY_AREA)
		return read_rings(reading, node);
	if (reading->shape->kind == GEOMETRY_LINE) {
		rc = read_ring(reading, node);
	} else {
		rc = read_position(reading, node);
		if (!rc)
			rc = end_ring(reading);
	}
	if (!rc)
		end_part(reading);
	return rc;
}

static int read_all(struct reading *reading, const struct json_node *coordinates, bool multi)
{
	size_t count = json_node_count(coordinates);
	int rc = 0;

	reading->points = reading->rings = reading->parts = reading->depth = 0;
	if (!multi)
		return read_part(reading, coordinates);
	reading->depth = 1;
	for (size_t i = 0; !rc && i < count; i++) {
		reading->at[0] = i;
		rc = read_part(reading, json_node_at(coordinates, i));
	}
	return rc;
}

static bool find_type(const char *name, enum geometry_kind *ret_kind, bool *ret_multi)
{
	static const struct {
		const char *name;
		enum geometry_kind kind;
		bool multi;
	} types[] = {
		{"Point", GEOMETRY_POINT, false},
		{"MultiPoint", GEOMETRY_POINT, true},
		{"LineString", GEOMETRY_LINE, false},
		{"MultiLineString", GEOMETRY_LINE, true},
		{"Polygon", GEOMETRY_AREA, false},
		{"MultiPolygon", GEOMETRY_AREA, true},
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (strcmp(types[i].name, name) != 0)
			continue;
		*ret_kind = types[i].kind;
		*ret_multi = types[i].multi;
		return true;
	}
	return false;
}

static int make_room(struct arena *arena, const struct reading *reading, struct error *err)
{
	struct shape *shape = reading->shape;

	shape->point_count = reading->points;
	shape->ring_count = reading->rings;
	shape->part_count = reading->parts;
	shape->xy = arena_alloc(arena, reading->points * 2 * sizeof *shape->xy);
	shape->ring_ends = arena_alloc(arena, reading->rings * sizeof *shape->ring_ends);
	shape->part_ends = arena_alloc(arena, reading->parts * sizeof *shape->part_ends);
	return shape->xy && shape->ring_ends && shape->part_ends ? 0 : fail_no_memory(err);
}

int geojson_read(struct arena *arena, const struct json_node *geometry, const char *where,
	struct shape *ret_shape, struct error *err)
{
	const struct json_node *coordinates = json_node_get(geometry, "coordinates");
	struct shape shape = {.z_m = (double)NAN};
	struct error own = {0};
	struct reading reading = {.shape = &shape, .where = where, .err = err ? err : &own};
	const char *type = "";
	bool multi = false;
	int rc;

	json_node_text(json_node_get(geometry, "type"), &type);
	if (!find_type(type, &shape.kind, &multi)) {
		rc = fail_geometry_type(reading.err, type);
		error_where(reading.err, "%s/type", where);
		return rc;
	}
	if (json_node_kind(coordinates) != JSON_KIND_ARRAY)
		return located(&reading, fail_position(reading.err));
	rc = read_all(&reading, coordinates, multi);
	if (!rc && reading.points)
		rc = make_room(arena, &reading, reading.err);
	reading.filling = true;
	if (!rc && reading.points)
		rc = read_all(&reading, coordinates, multi);
	if (shape.point_count != 1)
		shape.z_m = (double)NAN;
	if (!rc)
		*ret_shape = shape;
	return rc;
}
