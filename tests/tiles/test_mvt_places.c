/* Where features stand in vector tiles, at every zoom, against the exact places and GEOS. */
#include "tests/test.h"

#include "tests/tiles/geos_area.h"

#include <math.h>

#include "base/banned.h"
#include "tests/tiles/mvt_reader.h"
#include "tests/tiles/random_area.h"
#include "tests/tiles/small_city.h"
#include "tiles/mvt.h"

enum {
	LOTS = 250,
	WAYS = 80,
	POSTS = 150,
	TILES = 12, /* random ones a zoom */
	FIRST_ZOOM = 10,
	TILE_MAX_BYTES = 16 << 20,
};

/* The city, as it was drawn and as tiles see it. */
struct place {
	struct small_city city;
	struct random random;
	GEOSContextHandle_t geos;
	struct arena arena; /* of one tile at a time */
	struct mvt_scratch scratch;
	struct shape shapes[SMALL_LAYERS][LOTS]; /* by id from 1, in Web Mercator */
	struct snapshot *snapshots[SMALL_LAYERS];
};

static const size_t counts[SMALL_LAYERS] = {LOTS, WAYS, POSTS};

/* A few are as small as a hand, most as a lot, a few as a ward. */
static double random_size_m(struct random *random)
{
	return pow(10, random_between(random, -1, random_below(random, 10) ? 1.5 : 3.3));
}

/* A star in hundredths of a millimetre, so that rounding to tiles has all to do. */
static struct shape random_lot(struct place *place, double size_m)
{
	struct clip_path path = {0};
	struct shape shape = small_city_shape(&place->city, GEOMETRY_AREA, "");
	double at[2];
	size_t point = 0;

	for (int i = 0; i < 2; i++)
		at[i] = random_between(&place->random, -1500, 1500) +
			(i ? small_city_north : small_city_east);
	random_area(&path, &place->random, 0, 0, size_m * 1e5);
	for (size_t ring = 0; ring < path.ring_count; ring++) {
		size_t start = point;

		for (; point <= path.ends[ring]; point++) {
			const int32_t *from =
				path.xy + 2 * (point < path.ends[ring] ? point : start);
			double *to = shape.xy + 2 * shape.point_count++;

			to[0] = at[0] + from[0] / 1e5;
			to[1] = at[1] + from[1] / 1e5;
		}
		point--;
		shape.ring_ends[shape.ring_count++] = (uint32_t)shape.point_count;
	}
	shape.part_ends[shape.part_count++] = (uint32_t)shape.ring_count;
	clip_path_clear(&path);
	return shape;
}

static struct shape random_points(struct place *place, enum geometry_kind kind)
{
	struct shape shape = small_city_shape(&place->city, kind, "");
	size_t points = kind == GEOMETRY_POINT ? 1 : 2 + random_below(&place->random, 12);
	double size_m = random_size_m(&place->random);
	double x = small_city_east + random_between(&place->random, -1500, 1500);
	double y = small_city_north + random_between(&place->random, -1500, 1500);

	for (shape.point_count = 0; shape.point_count < points; shape.point_count++) {
		shape.xy[2 * shape.point_count] = x;
		shape.xy[2 * shape.point_count + 1] = y;
		x += random_between(&place->random, -size_m, size_m);
		y += random_between(&place->random, -size_m, size_m);
	}
	shape.ring_ends[shape.ring_count++] = (uint32_t)shape.point_count;
	shape.part_ends[shape.part_count++] = 1;
	return shape;
}

static void draw_layer(struct place *place, enum small_layer layer)
{
	small_city_begin(&place->city, layer);
	for (size_t i = 0; i < counts[layer]; i++) {
		struct shape *shape = &place->shapes[layer][i];

		if (layer == SMALL_LOT)
			*shape = random_lot(place, random_size_m(&place->random));
		else
			*shape = random_points(
				place, layer == SMALL_WAY ? GEOMETRY_LINE : GEOMETRY_POINT);
		small_city_add(&place->city, shape, "x|house");
		for (size_t point = 0; point < shape->point_count; point++)
			small_city_mercator(
				&place->city, shape->xy + 2 * point, shape->xy + 2 * point);
	}
	small_city_end(&place->city);
	place->snapshots[layer] = small_city_snapshot(&place->city, layer);
	assert_int_equal(place->snapshots[layer]->record_count, counts[layer]);
}

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	small_city_open(&place->city);
	place->random = random_start(12);
	place->geos = GEOS_init_r();
	place->arena = ARENA(1 << 28);
	mvt_scratch_init(&place->scratch);
	for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++)
		draw_layer(place, layer);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++)
		snapshot_free(place->snapshots[layer]);
	mvt_scratch_clear(&place->scratch);
	arena_clear(&place->arena);
	small_city_close(&place->city);
	GEOS_finish_r(place->geos);
	free(place);
	return 0;
}

static void read_tile(struct place *place, struct tile tile, struct read_tile *ret)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(TILE_MAX_BYTES);
	struct mvt_report report;
	struct error err = {0};
	const char *fault;

	assert_int_equal(mvt_write(&place->scratch,
				 (const struct snapshot *const *)place->snapshots, SMALL_LAYERS,
				 tile, &bytes, &report, &err),
		0);
	fault = mvt_read(&place->arena, bytes.data, bytes.len, ret);
	if (fault)
		fail_msg("%u/%u/%u: %s", tile.z, tile.x, tile.y, fault);
}

/* A tile near a random corner of a random record. */
static struct tile random_tile(struct place *place, unsigned z)
{
	enum small_layer layer = (enum small_layer)random_below(&place->random, SMALL_LAYERS);
	const struct shape *shape =
		&place->shapes[layer][random_below(&place->random, counts[layer])];
	const double *xy = shape->xy + 2 * random_below(&place->random, shape->point_count);
	int shift = GRID_WORLD_BITS - (int)z;

	return (struct tile){z, (uint32_t)(grid_unit_x(xy[0]) >> shift),
		(uint32_t)(grid_unit_y(xy[1]) >> shift)};
}

/* An exact place in units of a tile. */
static void to_tile(struct tile tile, const double *mercator, double *ret)
{
	double tiles = (double)(UINT32_C(1) << tile.z);

	ret[0] = ((mercator[0] + GRID_HALF_WORLD_M) / (2 * GRID_HALF_WORLD_M) * tiles - tile.x) *
		MVT_EXTENT;
	ret[1] = ((GRID_HALF_WORLD_M - mercator[1]) / (2 * GRID_HALF_WORLD_M) * tiles - tile.y) *
		MVT_EXTENT;
}

/* How far a place of the tile is from the nearest corner of the shape, along the axes. */
static double from_corners(struct tile tile, const struct shape *shape, const int32_t *xy)
{
	double least = INFINITY, exact[2];

	for (size_t i = 0; i < shape->point_count; i++) {
		to_tile(tile, shape->xy + 2 * i, exact);
		least = fmin(least, fmax(fabs(exact[0] - xy[0]), fabs(exact[1] - xy[1])));
	}
	return least;
}

static double from_edge(const double *a, const double *b, double x, double y)
{
	double ex = b[0] - a[0], ey = b[1] - a[1];
	double along = ((x - a[0]) * ex + (y - a[1]) * ey) / (ex * ex + ey * ey);

	along = along > 1 ? 1 : along > 0 ? along : 0;
	return hypot(a[0] + along * ex - x, a[1] + along * ey - y);
}

static double from_edges(struct tile tile, const struct shape *shape, const int32_t *xy)
{
	double least = INFINITY, a[2], b[2];
	size_t start = 0;

	for (size_t ring = 0; ring < shape->ring_count; ring++) {
		for (size_t i = start; i + 1 < shape->ring_ends[ring]; i++) {
			to_tile(tile, shape->xy + 2 * i, a);
			to_tile(tile, shape->xy + 2 * i + 2, b);
			least = fmin(least, from_edge(a, b, xy[0], xy[1]));
		}
		start = shape->ring_ends[ring];
	}
	return least;
}

static bool is_cut(const int32_t *xy)
{
	static const int32_t low = -MVT_BUFFER, high = MVT_EXTENT + MVT_BUFFER;

	return xy[0] == low || xy[0] == high || xy[1] == low || xy[1] == high;
}

static bool is_corner(const int32_t *xy)
{
	static const int32_t low = -MVT_BUFFER, high = MVT_EXTENT + MVT_BUFFER;

	return (xy[0] == low || xy[0] == high) && (xy[1] == low || xy[1] == high);
}

/* What rounding to tile units and to the world's moves a cut: each cut by up to a world's unit. */
static double cut_doubt(struct tile tile)
{
	return 0.5 + 2.0 / (double)(INT64_C(1) << (GRID_WORLD_BITS - MVT_EXTENT_BITS - tile.z));
}

static void check_feature(
	struct tile tile, const struct shape *shape, const struct read_feature *feature)
{
	static const double half = 0.5 + 1e-4; /* the projection's own last digits */

	for (size_t i = 0; i < feature->point_count; i++) {
		const int32_t *xy = feature->xy + 2 * i;

		assert_true(xy[0] >= -MVT_BUFFER && xy[0] <= MVT_EXTENT + MVT_BUFFER);
		assert_true(xy[1] >= -MVT_BUFFER && xy[1] <= MVT_EXTENT + MVT_BUFFER);
		if (!is_cut(xy))
			assert_true(from_corners(tile, shape, xy) <= half);
		else if (!is_corner(xy) && feature->type != READ_POINT)
			assert_true(fmin(from_edges(tile, shape, xy) / cut_doubt(tile),
					    from_corners(tile, shape, xy) / half) <= 1);
	}
}

/* Every point that is no cut is within half a unit of a corner; every cut is on an edge. */
static void points_are_within_half_a_unit(void **state)
{
	struct place *place = *state;
	size_t seen = 0;

	for (unsigned z = FIRST_ZOOM; z <= GRID_ZOOM_MAX; z++)
		for (int i = 0; i < TILES; i++) {
			struct tile tile = random_tile(place, z);
			struct read_tile read;

			arena_reset(&place->arena);
			read_tile(place, tile, &read);
			for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++) {
				const struct read_layer *found = read_layer_find(
					&read, place->snapshots[layer]->layer->id);

				for (size_t f = 0; found && f < found->feature_count; f++, seen++)
					check_feature(tile,
						&place->shapes[layer][found->features[f].id - 1],
						&found->features[f]);
			}
		}
	assert_true(seen > 1000);
}

/* A record of the snapshot at GEOS, in the snapshot's coordinates. */
static GEOSGeometry *record_geometry(
	struct place *place, const struct snapshot *snapshot, size_t item)
{
	autofree(outline_clear) struct outline outline = {0};
	struct clip_path path = {0};
	GEOSGeometry *made;

	assert_true(outline_read(snapshot, item, &outline));
	for (uint32_t i = 0; i < outline.ring_count; i++)
		clip_path_add(&path, outline_points(&outline, i), outline.rings[i].point_count);
	if (snapshot->layer->geometry == GEOMETRY_AREA) {
		made = geos_area(place->geos, &path);
	} else {
		GEOSCoordSequence *points =
			GEOSCoordSeq_create_r(place->geos, (unsigned)path.point_count, 2);

		for (unsigned i = 0; i < path.point_count; i++)
			GEOSCoordSeq_setXY_r(
				place->geos, points, i, path.xy[2 * i], path.xy[2 * i + 1]);
		made = path.point_count > 1 ? GEOSGeom_createLineString_r(place->geos, points)
					    : GEOSGeom_createPoint_r(place->geos, points);
	}
	clip_path_clear(&path);
	assert_non_null(made);
	return made;
}

/* True if so much of it is in the box that it must be seen: two units thick, or long. */
static bool must_show(struct place *place, const GEOSGeometry *geometry,
	const GEOSGeometry *box, enum geometry_kind kind, double unit)
{
	GEOSGeometry *inside, *core;
	double size = 0;

	if (kind == GEOMETRY_POINT)
		return GEOSIntersects_r(place->geos, geometry, box) == 1;
	inside = GEOSIntersection_r(place->geos, geometry, box);
	assert_non_null(inside);
	if (kind == GEOMETRY_LINE) {
		assert_int_equal(GEOSLength_r(place->geos, inside, &size), 1);
		GEOSGeom_destroy_r(place->geos, inside);
		return size > 12 * 2 * unit; /* twelve edges, each of less than two units */
	}
	core = GEOSBuffer_r(place->geos, inside, -unit, 4);
	assert_true(core && GEOSArea_r(place->geos, core, &size) == 1);
	GEOSGeom_destroy_r(place->geos, inside);
	GEOSGeom_destroy_r(place->geos, core);
	return size > 0;
}

static void check_presence(struct place *place, struct tile tile, enum small_layer layer,
	const struct read_tile *read)
{
	const struct snapshot *snapshot = place->snapshots[layer];
	const struct read_layer *found = read_layer_find(read, snapshot->layer->id);
	double unit = (double)(INT64_C(1) << (GRID_WORLD_BITS - MVT_EXTENT_BITS - tile.z));
	struct tile_box box =
		snapshot_tile_box(snapshot->origin, tile, (int64_t)(MVT_BUFFER * unit));
	GEOSGeometry *square = geos_box(place->geos, &box);
	size_t present = 0;

	for (size_t i = 0; i < snapshot->record_count; i++) {
		const struct snapshot_record *record = &snapshot->records[i];
		GEOSGeometry *geometry = record_geometry(place, snapshot, i);
		bool is_there = read_feature_find(found, (uint64_t)record->id) != NULL;

		present += is_there;
		if (is_there)
			assert_int_equal(GEOSIntersects_r(place->geos, geometry, square), 1);
		else
			assert_false(must_show(
				place, geometry, square, snapshot->layer->geometry, unit));
		GEOSGeom_destroy_r(place->geos, geometry);
	}
	assert_int_equal(present, found ? found->feature_count : 0);
	GEOSGeom_destroy_r(place->geos, square);
}

static void features_are_where_they_touch_and_nowhere_else(void **state)
{
	struct place *place = *state;

	for (unsigned z = FIRST_ZOOM; z <= GRID_ZOOM_MAX; z++)
		for (int i = 0; i < TILES / 2; i++) {
			struct tile tile = random_tile(place, z);
			struct read_tile read;

			arena_reset(&place->arena);
			read_tile(place, tile, &read);
			for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++)
				check_presence(place, tile, layer, &read);
		}
}

/* True if a point is one of the feature's, moved by a tile. */
static bool has_point(const struct read_feature *feature, int32_t x, int32_t y)
{
	for (size_t i = 0; i < feature->point_count; i++)
		if (feature->xy[2 * i] == x && feature->xy[2 * i + 1] == y)
			return true;
	return false;
}

/* What one of two neighbours shows well inside the buffers of both, the other shows alike. */
static void check_shared(const struct read_feature *one, const struct read_feature *other,
	int32_t dx, int32_t dy)
{
	static const int32_t low = -MVT_BUFFER, high = MVT_EXTENT + MVT_BUFFER;

	for (size_t i = 0; i < one->point_count; i++) {
		int32_t x = one->xy[2 * i], y = one->xy[2 * i + 1];

		if (is_cut(one->xy + 2 * i) || x + dx <= low || x + dx >= high || y + dy <= low ||
			y + dy >= high)
			continue;
		assert_true(has_point(other, x + dx, y + dy));
	}
}

static size_t check_neighbours(struct place *place, struct tile tile, bool east)
{
	struct tile next = {tile.z, tile.x + east, tile.y + !east};
	struct read_tile one, other;
	int32_t dx = east ? -MVT_EXTENT : 0, dy = east ? 0 : -MVT_EXTENT;
	size_t shared = 0;

	arena_reset(&place->arena);
	read_tile(place, tile, &one);
	read_tile(place, next, &other);
	for (enum small_layer layer = 0; layer < SMALL_LAYERS; layer++) {
		const struct snapshot *snapshot = place->snapshots[layer];
		const struct read_layer *here = read_layer_find(&one, snapshot->layer->id);
		const struct read_layer *there = read_layer_find(&other, snapshot->layer->id);

		for (size_t i = 0; i < snapshot->record_count; i++) {
			uint64_t id = (uint64_t)snapshot->records[i].id;
			const struct read_feature *a = read_feature_find(here, id);
			const struct read_feature *b = read_feature_find(there, id);

			/* Mending may leave out a spike in one tile that has a body in the other. */
			if (!a || !b || tile.z < snapshot->records[i].safe_zoom)
				continue;
			check_shared(a, b, dx, dy);
			check_shared(b, a, -dx, -dy);
			shared++;
		}
	}
	return shared;
}

static void neighbours_agree_on_what_both_show(void **state)
{
	struct place *place = *state;
	size_t shared = 0;

	for (unsigned z = FIRST_ZOOM; z <= GRID_ZOOM_MAX; z++)
		for (int i = 0; i < TILES; i++)
			shared += check_neighbours(place, random_tile(place, z), i % 2);
	assert_true(shared > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_are_within_half_a_unit),
		cmocka_unit_test(features_are_where_they_touch_and_nowhere_else),
		cmocka_unit_test(neighbours_agree_on_what_both_show),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
