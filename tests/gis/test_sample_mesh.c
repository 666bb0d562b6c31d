#include "tests/test.h"

#include <math.h>

#include "gis/sample_loop.h"
#include "tests/random.h"

static const struct sample_spot square[] = {{0, 0}, {100, 0}, {100, 60}, {0, 60}};

static double area_of(struct sample_mesh *mesh, int32_t face)
{
	struct sample_loop loop = SAMPLE_LOOP;
	double area;

	assert_true(sample_loop_read(&loop, mesh, face));
	area = loop.area_m2;
	sample_loop_clear(&loop);
	return area;
}

/* What must hold of any mesh at any time. */
static void assert_sound(struct sample_mesh *mesh)
{
	double sum = 0;

	assert_false(mesh->failed);
	for (size_t i = 0; i < mesh->half_count; i++) {
		const struct sample_half *half = &mesh->halves[i];
		const struct sample_half *twin = &mesh->halves[half->twin];

		assert_int_equal(twin->twin, i);
		assert_int_equal(twin->node, mesh->halves[half->next].node);
		assert_int_equal(mesh->halves[half->next].face, half->face);
		assert_true(twin->face != half->face);
	}
	for (size_t i = 1; i < mesh->face_count; i++) {
		double area = area_of(mesh, (int32_t)i);

		assert_int_equal(mesh->halves[mesh->faces[i].half].face, i);
		assert_true(area > 0);
		sum += area;
	}
	assert_true(fabs(sum + area_of(mesh, 0)) < 1e-6);
}

static void a_cut_makes_two_faces_that_share_it(void **state)
{
	autofree(sample_mesh_clear) struct sample_mesh mesh;
	autofree(sample_loop_clear) struct sample_loop loop = SAMPLE_LOOP;
	struct sample_chord chord;
	int32_t left;

	(void)state;
	sample_mesh_init(&mesh, square, 4);
	assert_true(sample_loop_read(&loop, &mesh, 1));
	assert_true(sample_loop_chord(
		&loop, (struct sample_spot){40.0004, 30}, (struct sample_spot){0, 1}, &chord));
	assert_true(fabs(sample_loop_right_m2(&loop, &chord.from, &chord.to) - 3599.976) < 1e-6);
	left = sample_loop_cut(&loop, &mesh, &chord.from, &chord.to, NULL, 7, 8);
	assert_int_equal(left, 2);
	/* Corners are kept to the millimetre. */
	assert_true(fabs(area_of(&mesh, left) - 2400) < 1e-9);
	assert_true(fabs(area_of(&mesh, 1) - 3600) < 1e-9);
	assert_sound(&mesh);
	for (size_t i = 0; i < mesh.half_count; i++)
		if (mesh.halves[i].street == 7)
			assert_int_equal(mesh.halves[mesh.halves[i].twin].street, 8);
}

static void a_corner_is_one_for_both_sides(void **state)
{
	autofree(sample_mesh_clear) struct sample_mesh mesh;
	int32_t corner;

	(void)state;
	sample_mesh_init(&mesh, square, 4);
	corner = sample_mesh_corner(&mesh, 0, (struct sample_spot){30, 0});
	assert_int_equal(mesh.node_count, 5);
	assert_true(spot_equals(sample_mesh_spot(&mesh, corner), (struct sample_spot){30, 0}));
	assert_sound(&mesh);
	/* Next to a corner that is there already, that one is taken. */
	assert_int_equal(sample_mesh_corner(&mesh, 0, (struct sample_spot){29.8, 0}), corner);
	assert_int_equal(sample_mesh_corner(&mesh, 0, (struct sample_spot){0.2, 0}), 0);
	assert_int_equal(mesh.node_count, 5);
}

static void cuts_that_leave_nothing_are_refused(void **state)
{
	autofree(sample_mesh_clear) struct sample_mesh mesh;
	autofree(sample_loop_clear) struct sample_loop loop = SAMPLE_LOOP;
	struct sample_hit from = {.edge = 0, .at = {50, 0}}, to = {.edge = 0, .at = {80, 0}};

	(void)state;
	sample_mesh_init(&mesh, square, 4);
	assert_true(sample_loop_read(&loop, &mesh, 1));
	assert_int_equal(sample_loop_cut(&loop, &mesh, &from, &to, NULL, -1, -1), SAMPLE_NO_FACE);
	/* Both ends are taken to the same corner. */
	from.at = (struct sample_spot){99.9, 0};
	to = (struct sample_hit){.edge = 1, .at = {100, 0.1}};
	assert_int_equal(sample_loop_cut(&loop, &mesh, &from, &to, NULL, -1, -1), SAMPLE_NO_FACE);
	/* Along an edge, but for a hair. */
	from = (struct sample_hit){.edge = 3, .at = {0, 0.5}};
	to = (struct sample_hit){.edge = 1, .at = {100, 0.4}};
	assert_int_equal(sample_loop_cut(&loop, &mesh, &from, &to, NULL, -1, -1), 2);
	assert_true(sample_loop_read(&loop, &mesh, 1));
	from = (struct sample_hit){.edge = 0, .at = {0.1, 0}};
	assert_int_equal(mesh.face_count, 3);
	assert_sound(&mesh);
}

static void rays_do_not_graze_corners(void **state)
{
	static const struct sample_spot notched[] = {
		{0, 0}, {100, 0}, {100, 60}, {60, 60}, {50, 30}, {40, 60}, {0, 60}};
	autofree(sample_mesh_clear) struct sample_mesh mesh;
	autofree(sample_loop_clear) struct sample_loop loop = SAMPLE_LOOP;
	struct sample_hit hit;

	(void)state;
	sample_mesh_init(&mesh, notched, 7);
	assert_true(sample_loop_read(&loop, &mesh, 1));
	assert_true(sample_loop_ray(&loop, SAMPLE_NO_EDGE, (struct sample_spot){10, 20},
		(struct sample_spot){1, 0}, &hit));
	assert_int_equal(hit.edge, 1);
	assert_true(fabs(hit.distance_m - 90) < 1e-9);
	assert_true(hit.slant > 0.999);
	assert_false(sample_loop_ray(&loop, SAMPLE_NO_EDGE, (struct sample_spot){10, 29.99},
		(struct sample_spot){1, 0}, &hit));
	assert_true(sample_loop_ray(&loop, SAMPLE_NO_EDGE, (struct sample_spot){10, 40},
		(struct sample_spot){1, 0}, &hit));
	assert_int_equal(hit.edge, 4);
	assert_false(sample_loop_covers(&loop, (struct sample_spot){50, 45}));
	assert_true(sample_loop_covers(&loop, (struct sample_spot){20, 45}));
	assert_true(sample_loop_covers(&loop, sample_loop_inside(&loop)));
	/* A path through the notch is not clear; one below it is. */
	assert_false(sample_loop_clear_path(
		&loop, (struct sample_spot[]){{0, 50}, {50, 50}, {100, 50}}, 3, 2));
	assert_true(sample_loop_clear_path(
		&loop, (struct sample_spot[]){{0, 10}, {50, 12}, {100, 10}}, 3, 2));
}

static void random_cuts_lose_nothing(void **state)
{
	autofree(sample_mesh_clear) struct sample_mesh mesh;
	autofree(sample_loop_clear) struct sample_loop loop = SAMPLE_LOOP;
	struct random random = random_start(3);
	size_t cuts = 0;

	(void)state;
	sample_mesh_init(&mesh, square, 4);
	for (int i = 0; i < 3000; i++) {
		int32_t face = 1 + (int32_t)random_below(&random, mesh.face_count - 1);
		double angle = random_between(&random, 0, 6.28);
		struct sample_chord chord;

		assert_true(sample_loop_read(&loop, &mesh, face));
		if (loop.area_m2 < 8 ||
			!sample_loop_chord(&loop, sample_loop_inside(&loop),
				(struct sample_spot){cos(angle), sin(angle)}, &chord))
			continue;
		cuts += sample_loop_cut(&loop, &mesh, &chord.from, &chord.to, NULL, -1, -1) !=
			SAMPLE_NO_FACE;
	}
	assert_true(cuts > 200);
	assert_int_equal(mesh.face_count, cuts + 2);
	assert_sound(&mesh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_makes_two_faces_that_share_it),
		cmocka_unit_test(a_corner_is_one_for_both_sides),
		cmocka_unit_test(cuts_that_leave_nothing_are_refused),
		cmocka_unit_test(rays_do_not_graze_corners),
		cmocka_unit_test(random_cuts_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
