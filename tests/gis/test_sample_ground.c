#include "tests/test.h"

#include <math.h>

#include "gis/geom.h"
#include "gis/sample_line.h"
#include "tests/gis/sample_caught.h"
#include "tests/random.h"

enum { SEED = 11, WHOLE = 20000 };

/* The market of Thủ Dầu Một, where it is dense however few parcels there are. */
static const double centre_e = 598251, centre_n = 1214447;

struct world {
	struct caught_wards wards;
	struct caught city;
	struct caught_grid parcels;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	printf("seed %d\n", SEED);
	caught_wards_read(&world->wards);
	caught_make(&world->city, &world->wards, WHOLE, SEED);
	caught_grid_make(&world->parcels, caught_layer(&world->city, "parcel"));
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	caught_grid_clear(&world->parcels);
	caught_clear(&world->city);
	arena_clear(&world->wards.arena);
	free(world);
	return 0;
}

static struct sample_spot spot_of(const struct shape *shape, size_t i)
{
	return (struct sample_spot){shape->xy[2 * i], shape->xy[2 * i + 1]};
}

/* Twice the area of the first ring, positive when it runs counter-clockwise. */
static double signed_area2(const struct shape *shape)
{
	struct sample_spot first = spot_of(shape, 0);
	double twice = 0;

	for (size_t i = 1; i + 1 < shape->point_count; i++)
		twice += spot_cross(spot_minus(spot_of(shape, i), first),
			spot_minus(spot_of(shape, i + 1), first));
	return twice;
}

/* The sharpest corner of the first ring: the largest cosine. */
static double sharpest(const struct shape *shape)
{
	size_t count = shape->point_count - 1;
	double worst = -1;

	for (size_t i = 0; i < count; i++) {
		struct sample_spot at = spot_of(shape, i);
		struct sample_spot before = spot_of(shape, i ? i - 1 : count - 1);

		worst = fmax(worst, spot_dot(spot_direction(at, before),
					    spot_direction(at, spot_of(shape, i + 1))));
	}
	return worst;
}

static void areas_are_sound(void **state)
{
	static const char *const layers[] = {"parcel", "building"};
	const struct world *world = *state;
	autoptr(geom_context_free) struct geom_context *context = NULL;

	assert_int_equal(geom_context_new(&context, NULL), 0);
	for (size_t k = 0; k < 2; k++) {
		const struct caught_layer *layer = caught_layer(&world->city, layers[k]);

		for (size_t i = 0; i < layer->count; i++) {
			const struct shape *shape = &layer->records[i].shape;
			struct geom_finding finding;

			assert_int_equal(geom_check(context, shape, &finding, NULL), 0);
			assert_int_equal(finding.fault, GEOM_VALID);
			assert_int_equal(shape->ring_count, 1);
			assert_true(signed_area2(shape) / 2 > 10);
			assert_true(sharpest(shape) < cos(5 * 3.14159 / 180));
		}
	}
}

/* An edge of a parcel's ring in its direction. */
struct edge {
	struct sample_spot from, to;
};

static int by_spot(struct sample_spot a, struct sample_spot b)
{
	if (a.e != b.e)
		return a.e < b.e ? -1 : 1;
	return (a.n > b.n) - (a.n < b.n);
}

static int by_ends(const void *left, const void *right)
{
	const struct edge *a = left, *b = right;
	int order = by_spot(a->from, b->from);

	return order ? order : by_spot(a->to, b->to);
}

/* An edge that two parcels run along in one direction would be an overlap of both. */
static void edges_are_shared_by_two_at_most(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *parcels = caught_layer(&world->city, "parcel");
	size_t count = 0, shared = 0;
	struct edge *edges;

	for (size_t i = 0; i < parcels->count; i++)
		count += parcels->records[i].shape.point_count - 1;
	edges = calloc(count, sizeof *edges);
	assert_non_null(edges);
	count = 0;
	for (size_t i = 0; i < parcels->count; i++) {
		const struct shape *shape = &parcels->records[i].shape;

		for (size_t k = 0; k + 1 < shape->point_count; k++)
			edges[count++] = (struct edge){spot_of(shape, k), spot_of(shape, k + 1)};
	}
	qsort(edges, count, sizeof edges[0], by_ends);
	for (size_t i = 0; i < count; i++) {
		struct edge back = {edges[i].to, edges[i].from};

		assert_true(!i || by_ends(&edges[i - 1], &edges[i]) != 0);
		shared += bsearch(&back, edges, count, sizeof edges[0], by_ends) != NULL;
	}
	/* The rest lie along streets and the city limit. */
	assert_true(shared > count / 3);
	free(edges);
}

/* True if the spot lies on the inside of an edge of the ring: a corner that the ring lacks. */
static bool lies_on_edge(const struct caught_record *record, struct sample_spot at)
{
	const struct shape *shape = &record->shape;
	double part;

	if (at.e < record->box.min_x - 1 || at.e > record->box.max_x + 1 ||
		at.n < record->box.min_y - 1 || at.n > record->box.max_y + 1)
		return false;
	for (size_t i = 0; i + 1 < shape->point_count; i++)
		if (spot_equals(at, spot_of(shape, i)))
			return false;
	for (size_t i = 0; i + 1 < shape->point_count; i++) {
		struct sample_spot foot =
			spot_foot(spot_of(shape, i), spot_of(shape, i + 1), at, &part);

		if (spot_distance(foot, at) < 0.02)
			return true;
	}
	return false;
}

/* Each corner of each parcel against the parcels that share a cell of the grid with it. */
static void corners_are_corners_of_both_neighbours(void **state)
{
	const struct world *world = *state;
	const struct caught_grid *grid = &world->parcels;

	for (size_t cell = 0; cell < (size_t)grid->columns * (size_t)grid->rows; cell++) {
		for (uint32_t a = grid->heads[cell]; a; a = grid->next[a - 1]) {
			const struct caught_record *one = &grid->layer->records[grid->items[a - 1]];

			for (uint32_t b = grid->heads[cell]; b; b = grid->next[b - 1]) {
				const struct caught_record *other =
					&grid->layer->records[grid->items[b - 1]];

				if (one == other || !boxes_meet(&one->box, &other->box))
					continue;
				for (size_t i = 0; i + 1 < one->shape.point_count; i++)
					assert_false(lies_on_edge(other, spot_of(&one->shape, i)));
			}
		}
	}
}

/* Random places: in the whole city, and thickly around the market. */
static void no_place_lies_in_two_parcels(void **state)
{
	const struct world *world = *state;
	const struct box *box = &world->parcels.box;
	struct random random = random_start(SEED);
	size_t covered = 0, places = 30000, index;

	for (size_t i = 0; i < places; i++) {
		double east = random_between(&random, box->min_x, box->max_x);
		double north = random_between(&random, box->min_y, box->max_y);
		int count;

		if (i % 2) {
			east = centre_e + (east - centre_e) / 20;
			north = centre_n + (north - centre_n) / 20;
		}
		count = caught_grid_count(&world->parcels, east, north, &index);
		assert_in_range(count, 0, 1);
		covered += (size_t)count;
	}
	assert_true(covered > places / 3);
}

static void the_whole_city_is_covered(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *parcels = caught_layer(&world->city, "parcel");
	double parcels_m2 = 0, wards_m2 = 0;
	size_t in_ward[CAUGHT_WARDS] = {0};

	for (size_t i = 0; i < CAUGHT_WARDS; i++)
		wards_m2 += shape_area(&world->wards.shapes[i]);
	for (size_t i = 0; i < parcels->count; i++) {
		const struct caught_record *parcel = &parcels->records[i];

		parcels_m2 += shape_area(&parcel->shape);
		in_ward[caught_int(parcels, parcel, "admin_unit_id") - 1]++;
	}
	/* Streets take the rest. */
	assert_true(parcels_m2 > 0.9 * wards_m2 && parcels_m2 < wards_m2);
	for (size_t i = 0; i < CAUGHT_WARDS; i++)
		assert_true(in_ward[i] > 80);
}

/* Corners of a parcel in a ward. */
static size_t corners_in(const struct caught_record *parcel, const struct shape *ward)
{
	struct box box = shape_box(ward);
	size_t inside = 0;

	if (!boxes_meet(&box, &parcel->box))
		return 0;
	for (size_t i = 0; i + 1 < parcel->shape.point_count; i++)
		inside += shape_covers(ward, parcel->shape.xy[2 * i], parcel->shape.xy[2 * i + 1]);
	return inside;
}

/* True if a ward reaches into a parcel none of whose corners is in it. */
static bool reaches_into(const struct caught_record *parcel, const struct shape *ward)
{
	for (size_t i = 0; i + 1 < parcel->shape.point_count; i++) {
		for (size_t k = 0; k < i; k++) {
			struct sample_spot mid = spot_between(
				spot_of(&parcel->shape, i), spot_of(&parcel->shape, k), 0.5);

			if (shape_covers(ward, mid.e, mid.n))
				return true;
		}
	}
	return false;
}

/* The wards leave slivers between them; a parcel may lie in one, but not outside of all. */
static void parcels_lie_in_their_wards(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *parcels = caught_layer(&world->city, "parcel");

	for (size_t i = 0; i < parcels->count; i++) {
		const struct caught_record *parcel = &parcels->records[i];
		struct sample_spot at = spot_of(&parcel->shape, 0);
		size_t corners = parcel->shape.point_count - 1, wards = 0, whole_in = 0;
		double away = INFINITY;
		int64_t own;

		for (size_t k = 0; k < CAUGHT_WARDS; k++) {
			size_t inside = corners_in(parcel, &world->wards.shapes[k]);

			wards += inside > 0;
			if (inside == corners)
				whole_in = k + 1;
		}
		for (size_t k = 0; k < CAUGHT_WARDS && !wards; k++)
			away = fmin(away, shape_distance(&world->wards.shapes[k], at.e, at.n));
		assert_true(wards || away < 60);
		own = caught_int(parcels, parcel, "admin_unit_id");
		if (wards == 1 && whole_in && own != (int64_t)whole_in)
			assert_true(reaches_into(parcel, &world->wards.shapes[own - 1]));
	}
}

/* Parcels within 150 m of the market. */
static size_t count_in_centre(const struct caught_layer *parcels)
{
	size_t count = 0;

	for (size_t i = 0; i < parcels->count; i++) {
		struct sample_spot at = spot_of(&parcels->records[i].shape, 0);

		count += hypot(at.e - centre_e, at.n - centre_n) < 150;
	}
	return count;
}

static void the_centre_is_built_up_with_any_number(void **state)
{
	static const size_t orders[] = {500, 3000};
	const struct world *world = *state;

	assert_true(count_in_centre(caught_layer(&world->city, "parcel")) > 200);
	for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
		struct caught city;

		caught_make(&city, &world->wards, orders[i], SEED);
		assert_true(count_in_centre(caught_layer(&city, "parcel")) > 150);
		assert_true(caught_layer(&city, "building")->count > orders[i] * 7 / 10);
		caught_clear(&city);
	}
}

static bool outlines_cross(const struct shape *a, const struct shape *b)
{
	double part;

	for (size_t i = 0; i + 1 < a->point_count; i++)
		for (size_t k = 0; k + 1 < b->point_count; k++)
			if (spot_cross_segments(spot_of(a, i), spot_of(a, i + 1), spot_of(b, k),
				    spot_of(b, k + 1), &part))
				return true;
	return false;
}

static void buildings_stand_on_their_parcels(void **state)
{
	const struct world *world = *state;
	const struct caught_layer *buildings = caught_layer(&world->city, "building");
	const struct caught_layer *parcels = caught_layer(&world->city, "parcel");

	assert_true(buildings->count > WHOLE / 3);
	for (size_t i = 0; i < buildings->count; i++) {
		const struct caught_record *building = &buildings->records[i];
		int64_t id = caught_int(buildings, building, "parcel_id");
		const struct caught_record *parcel = &parcels->records[id - 1];

		assert_false(outlines_cross(&building->shape, &parcel->shape));
		for (size_t k = 0; k + 1 < building->shape.point_count; k++) {
			struct sample_spot at = spot_of(&building->shape, k);

			assert_true(shape_covers(&parcel->shape, at.e, at.n));
		}
		assert_in_range(caught_int(buildings, building, "storeys"), 1, 12);
		assert_in_range(caught_int(buildings, building, "year_built"), 1960, 2024);
		assert_int_equal(caught_int(buildings, building, "admin_unit_id"),
			caught_int(parcels, parcel, "admin_unit_id"));
		/* Buildings of one parcel come one after the other. */
		for (size_t k = i; k-- > 0;) {
			const struct caught_record *other = &buildings->records[k];
			struct sample_spot at = spot_of(&other->shape, 0);

			if (caught_int(buildings, other, "parcel_id") != id)
				break;
			assert_false(outlines_cross(&building->shape, &other->shape));
			assert_false(shape_covers(&building->shape, at.e, at.n));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(areas_are_sound),
		cmocka_unit_test(edges_are_shared_by_two_at_most),
		cmocka_unit_test(corners_are_corners_of_both_neighbours),
		cmocka_unit_test(no_place_lies_in_two_parcels),
		cmocka_unit_test(the_whole_city_is_covered),
		cmocka_unit_test(parcels_lie_in_their_wards),
		cmocka_unit_test(the_centre_is_built_up_with_any_number),
		cmocka_unit_test(buildings_stand_on_their_parcels),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
