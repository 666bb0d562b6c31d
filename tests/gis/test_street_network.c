#include "tests/test.h"

#include <math.h>

#include "gis/street_network.h"
#include "tests/random.h"

enum { LINES_MAX = 64, ARENA_BYTES = 1 << 30 };

static const struct network_limits limits = {.touch_m = 0.5,
	.near_m = 5,
	.mouth_m = 0.5,
	.same_share = 0.8,
	.doubt_deg = 5,
	.wider_by_m = 0.5};

/* Lines drawn by hand; a street's id is its index + 1. */
struct drawing {
	struct arena arena;
	struct network_line lines[LINES_MAX];
	struct shape shapes[LINES_MAX];
	size_t count;
	struct street_network network;
};

#define DRAWING ((struct drawing){.arena = ARENA(ARENA_BYTES)})

static struct network_line *draw_parts(
	struct drawing *drawing, size_t parts, const size_t *points, const double *xy)
{
	struct shape *shape = &drawing->shapes[drawing->count];
	struct network_line *line = &drawing->lines[drawing->count++];

	assert_true(drawing->count <= LINES_MAX);
	*shape = (struct shape){.kind = GEOMETRY_LINE, .ring_count = parts, .z_m = (double)NAN};
	shape->ring_ends = arena_alloc(&drawing->arena, parts * sizeof *shape->ring_ends + 1);
	for (size_t i = 0; i < parts; i++) {
		shape->point_count += points[i];
		shape->ring_ends[i] = (uint32_t)shape->point_count;
	}
	shape->xy = arena_alloc(&drawing->arena, 2 * shape->point_count * sizeof *shape->xy + 1);
	memcpy(shape->xy, xy, 2 * shape->point_count * sizeof *shape->xy);
	*line = (struct network_line){.id = (int64_t)drawing->count,
		.shape = shape,
		.name = "",
		.is_street = true,
		.width_m = (double)NAN,
		.mouth_m = (double)NAN};
	return line;
}

/* A line through places east, north, ... */
#define DRAW(drawing, ...)                                                             \
	draw_parts(drawing, 1,                                                         \
		&(const size_t){sizeof(double[]){__VA_ARGS__} / (2 * sizeof(double))}, \
		(const double[]){__VA_ARGS__})

static struct network_line *as_alley(struct network_line *line)
{
	line->is_street = false;
	return line;
}

static void make(struct drawing *drawing)
{
	struct error err = {0};

	if (street_network_make(&drawing->arena, drawing->lines, drawing->count, &limits,
		    &drawing->network, &err))
		fail_msg("the network failed: %s", error_message_code(&err));
}

/* Its code, printed: so that words are there for every fault. */
static const char *code_of(const struct drawing *drawing, const struct network_finding *finding)
{
	struct error what = {0};

	network_finding_say(&drawing->network, finding, &what);
	assert_int_equal(what.code, ERR_CONFLICT);
	return error_message_code(&what);
}

/* All findings as "2:NET-END-01>1 …". */
static void expect_findings(struct drawing *drawing, const char *expected)
{
	char text[1000] = "";
	size_t len = 0;

	for (size_t i = 0; i < drawing->network.finding_count; i++) {
		const struct network_finding *finding = &drawing->network.findings[i];

		len += (size_t)snprintf(text + len, sizeof text - len, "%s%zu:%s", i ? " " : "",
			finding->node + 1, code_of(drawing, finding));
		if (finding->other != NETWORK_NONE)
			len += (size_t)snprintf(
				text + len, sizeof text - len, ">%zu", finding->other + 1);
	}
	assert_string_equal(text, expected);
	assert_int_equal(drawing->network.finding_total, drawing->network.finding_count);
}

static const struct network_node *node_of(const struct drawing *drawing, size_t id)
{
	return &drawing->network.nodes[id - 1];
}

static void expect_alley(const struct drawing *drawing, size_t id, size_t parent, double mouth_m,
	enum network_direction direction, int open_ends, int depth)
{
	const struct network_node *node = node_of(drawing, id);

	assert_int_equal(node->parent + 1, parent);
	assert_true(fabs(node->mouth_m - mouth_m) < 1e-9);
	assert_int_equal(node->direction, direction);
	assert_int_equal(node->mouth_end, direction == NETWORK_BACKWARD);
	assert_int_equal(node->open_ends, open_ends);
	assert_int_equal(node->depth, depth);
}

static void clear(struct drawing *drawing)
{
	arena_clear(&drawing->arena);
}

/* --- directions ------------------------------------------------------------------------------ */

static enum network_direction direction_at(double azimuth_deg, double *ret_azimuth_deg)
{
	double turn = azimuth_deg * acos(-1) / 180;

	return network_chord_direction((const double[]){600000, 1215000},
		(const double[]){600000 + 1000 * sin(turn), 1215000 + 1000 * cos(turn)}, 5,
		ret_azimuth_deg);
}

static void the_chord_decides_every_ten_degrees(void **state)
{
	(void)state;
	for (int deg = 0; deg < 360; deg += 10) {
		double azimuth;
		enum network_direction is = direction_at(deg, &azimuth);
		bool doubtful = deg == 160 || deg == 340, forward = deg > 160 && deg < 340;

		assert_true(fabs(azimuth - deg) < 1e-6);
		assert_int_equal(is, doubtful  ? NETWORK_UNDECIDED
				     : forward ? NETWORK_FORWARD
					       : NETWORK_BACKWARD);
	}
	/* N to S, E to W, NE to SW, SE to NW. */
	for (int deg = 180; deg <= 315; deg += 45)
		assert_int_equal(direction_at(deg, &(double){0}), NETWORK_FORWARD);
	for (int deg = 0; deg <= 135; deg += 45)
		assert_int_equal(direction_at(deg, &(double){0}), NETWORK_BACKWARD);
}

static enum network_direction exact_direction(double azimuth_deg)
{
	double turn = azimuth_deg * acos(-1) / 180;

	return network_chord_direction((const double[]){0, 0},
		(const double[]){1000 * sin(turn), 1000 * cos(turn)}, 5, &(double){0});
}

static void the_edges_of_doubt_belong_to_it(void **state)
{
	static const double turns[] = {157.5, 337.5};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		enum network_direction before = i ? NETWORK_FORWARD : NETWORK_BACKWARD;
		enum network_direction behind = i ? NETWORK_BACKWARD : NETWORK_FORWARD;

		assert_int_equal(exact_direction(turns[i] - 5), NETWORK_UNDECIDED);
		assert_int_equal(exact_direction(turns[i]), NETWORK_UNDECIDED);
		assert_int_equal(exact_direction(turns[i] + 5), NETWORK_UNDECIDED);
		assert_int_equal(exact_direction(turns[i] - 5.001), before);
		assert_int_equal(exact_direction(turns[i] + 5.001), behind);
	}
}

static void what_is_numbered_keeps_its_direction(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, 500)->direction = NETWORK_FORWARD; /* S to N */
	DRAW(&drawing, 100, 0, 100, 500);
	DRAW(&drawing, 400, 0, 200, 500)->direction = NETWORK_BACKWARD;
	DRAW(&drawing, 1000, 0, 1000 - 500 * tan(acos(-1) / 8), 500); /* at 337.5 degrees */
	make(&drawing);
	assert_int_equal(node_of(&drawing, 1)->direction, NETWORK_FORWARD);
	assert_int_equal(node_of(&drawing, 2)->direction, NETWORK_BACKWARD);
	assert_int_equal(node_of(&drawing, 3)->direction, NETWORK_BACKWARD);
	assert_int_equal(node_of(&drawing, 4)->direction, NETWORK_UNDECIDED);
	expect_findings(&drawing, "4:NET-ASK-01");
	assert_true(fabs(drawing.network.findings[0].amount - 337.5) < 1e-9);
	clear(&drawing);
}

static void a_hairpin_goes_by_its_chord_and_a_ring_is_asked(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 100, 300, 100, 310, 90, 300, 80, 0, 80); /* out and back: N to S */
	DRAW(&drawing, 1000, 0, 1100, 0, 1100, 100, 1000, 100, 1000, 0.4);
	make(&drawing);
	assert_int_equal(node_of(&drawing, 1)->direction, NETWORK_FORWARD);
	assert_true(node_of(&drawing, 2)->line.is_ring);
	assert_int_equal(node_of(&drawing, 2)->direction, NETWORK_UNDECIDED);
	expect_findings(&drawing, "2:NET-ASK-02");
	clear(&drawing);
}

/* --- the tree -------------------------------------------------------------------------------- */

static void alleys_leave_alleys_to_any_depth(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -1000); /* N to S */
	as_alley(DRAW(&drawing, 0, -100, 200, -100));
	as_alley(DRAW(&drawing, 50, -300, 50, -100)); /* drawn towards its mouth */
	as_alley(DRAW(&drawing, 50, -250, 90, -250));
	as_alley(DRAW(&drawing, 80, -250.2, 80, -290));
	make(&drawing);
	assert_int_equal(node_of(&drawing, 1)->depth, 0);
	assert_int_equal(node_of(&drawing, 1)->open_ends, 0);
	expect_alley(&drawing, 2, 1, 100, NETWORK_FORWARD, 1, 1);
	expect_alley(&drawing, 3, 2, 50, NETWORK_BACKWARD, 1, 2);
	expect_alley(&drawing, 4, 3, 50, NETWORK_FORWARD, 1, 3);
	expect_alley(&drawing, 5, 4, 30, NETWORK_FORWARD, 1, 4);
	expect_findings(&drawing, "");
	clear(&drawing);
}

/* Between two streets, and asked in different ways. */
static void draw_between(struct drawing *drawing)
{
	DRAW(drawing, 0, 0, 0, -500)->width_m = 6;
	DRAW(drawing, 200, 0, 200, -500)->width_m = 6.4;
	as_alley(DRAW(drawing, 0, -100, 200, -100));
	drawing->lines[0].name = "Yersin";
	drawing->lines[1].name = "Phú Lợi";
}

static void an_alley_open_at_both_ends_begins_where_its_name_is(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	draw_between(&drawing);
	make(&drawing);
	assert_int_equal(node_of(&drawing, 3)->parent, NETWORK_NONE);
	assert_int_equal(node_of(&drawing, 3)->direction, NETWORK_UNDECIDED);
	expect_findings(&drawing, "3:NET-ASK-03>2");
	drawing.lines[1].width_m = 6.5; /* wide enough to decide */
	make(&drawing);
	expect_alley(&drawing, 3, 2, 100, NETWORK_BACKWARD, 2, 1);
	drawing.lines[2].name = "Hẻm 15 Yersin"; /* the name before the width */
	make(&drawing);
	expect_alley(&drawing, 3, 1, 100, NETWORK_FORWARD, 2, 1);
	drawing.lines[2].parent_id = 2; /* what is said before the name */
	make(&drawing);
	expect_alley(&drawing, 3, 2, 100, NETWORK_BACKWARD, 2, 1);
	drawing.lines[2].parent_id = 0;
	drawing.lines[2].direction = NETWORK_BACKWARD; /* the officer's word */
	make(&drawing);
	expect_alley(&drawing, 3, 2, 100, NETWORK_BACKWARD, 2, 1);
	expect_findings(&drawing, "");
	clear(&drawing);
}

static void an_alley_that_comes_back_is_asked_unless_its_mouth_is_said(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	as_alley(DRAW(&drawing, 0, -100, 50, -100, 50, -200, 0, -200))->parent_id = 1;
	make(&drawing);
	expect_findings(&drawing, "2:NET-ASK-03>1");
	assert_int_equal(node_of(&drawing, 2)->parent, 0);
	assert_int_equal(node_of(&drawing, 2)->mouth_end, -1);
	drawing.lines[1].mouth_m = 200.01;
	make(&drawing);
	expect_alley(&drawing, 2, 1, 200, NETWORK_BACKWARD, 2, 1);
	expect_findings(&drawing, "");
	clear(&drawing);
}

static void the_higher_street_and_the_one_that_goes_through(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	DRAW(&drawing, -300, -100, 0, -100)->width_m = 20;     /* ends on the first */
	as_alley(DRAW(&drawing, 0, -100, 90, -100));	       /* goes on behind it */
	as_alley(DRAW(&drawing, 90, -100, 90, -200, 0, -200)); /* from an alley to a street */
	make(&drawing);
	expect_alley(&drawing, 3, 1, 100, NETWORK_FORWARD, 2, 1);
	expect_alley(&drawing, 4, 1, 200, NETWORK_BACKWARD, 2, 1);
	expect_findings(&drawing, "");
	clear(&drawing);
}

static void several_streets_at_one_mouth_are_asked(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	DRAW(&drawing, -300, -100, 0, -100, 300, -100);
	as_alley(DRAW(&drawing, 0, -100, 50, -150));
	make(&drawing);
	expect_findings(&drawing, "3:NET-ASK-04>2");
	assert_int_equal(node_of(&drawing, 3)->parent, NETWORK_NONE);
	assert_int_equal(node_of(&drawing, 3)->direction, NETWORK_FORWARD);
	drawing.lines[2].parent_id = 2;
	make(&drawing);
	expect_alley(&drawing, 3, 2, 300, NETWORK_FORWARD, 1, 1);
	clear(&drawing);
}

static void parts_are_laid_end_to_end(void **state)
{
	static const size_t points[] = {2, 2, 3};
	/* The last part first, the first one turned round, a gap of 0.3 m. */
	static const double xy[] = {
		0, -300, 0, -200, 0, -700, 0, -500.3, 0, -500, 10, -400, 0, -300};
	struct drawing drawing = DRAWING;

	(void)state;
	draw_parts(&drawing, 3, points, xy);
	as_alley(DRAW(&drawing, 0, -600, 80, -600));
	make(&drawing);
	assert_int_equal(node_of(&drawing, 1)->line.pieces, 1);
	/* As its first part is drawn: to the north. */
	assert_true(node_of(&drawing, 1)->line.xy[1] == -700);
	assert_int_equal(node_of(&drawing, 1)->direction, NETWORK_BACKWARD);
	expect_alley(&drawing, 2, 1, 100, NETWORK_FORWARD, 1, 1);
	expect_findings(&drawing, "");
	clear(&drawing);
}

static void a_dead_neighbourhood_does_not_spoil_the_tree(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	as_alley(DRAW(&drawing, 0, 0, 0, -100));
	as_alley(DRAW(&drawing, 0, -50, 50, -50));
	as_alley(DRAW(&drawing, 500, 0, 600, 0));
	make(&drawing);
	expect_findings(&drawing, "1:NET-ALLEY-01 2:NET-ALLEY-02 3:NET-ALLEY-01");
	clear(&drawing);
}

/* --- faults ---------------------------------------------------------------------------------- */

static void ends_that_nearly_meet_are_told(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	as_alley(DRAW(&drawing, 2, -100, 80, -100));	/* short by 2 m */
	as_alley(DRAW(&drawing, -1.5, -200, 80, -200)); /* reaches over by 1.5 m */
	as_alley(DRAW(&drawing, 0.4, -300, 80, -300));	/* as good as on it */
	as_alley(DRAW(&drawing, 0, -400, 4, -400));	/* short, but no near miss */
	as_alley(DRAW(&drawing, 6, -450, 80, -450));	/* too far to be meant */
	make(&drawing);
	expect_findings(&drawing,
		"2:NET-END-01>1 2:NET-ALLEY-01 3:NET-END-01>1 3:NET-ALLEY-01 6:NET-ALLEY-01");
	clear(&drawing);
}

static void order_of_faults(struct drawing *drawing, const char *expected)
{
	make(drawing);
	expect_findings(drawing, expected);
	clear(drawing);
}

static void lines_that_cross_without_a_point_are_told(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	DRAW(&drawing, 100, -100, -100, -100);				  /* crosses */
	DRAW(&drawing, 100, -200, 0, -200, -100, -200);			  /* has a point there */
	DRAW(&drawing, 300, 0, 300, -100, 350, -100, 350, -50, 250, -50); /* itself */
	make(&drawing);
	assert_true(drawing.network.findings[0].xy[0] == 0);
	assert_true(drawing.network.findings[0].xy[1] == -100);
	order_of_faults(&drawing, "1:NET-CROSS-01>2 4:NET-SELF-01");
}

static void parents_that_are_none_are_told(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	DRAW(&drawing, 500, 0, 500, -500);
	as_alley(DRAW(&drawing, 0, -100, 80, -100))->parent_id = 2;
	as_alley(DRAW(&drawing, 0, -200, 80, -200))->parent_id = 99;
	as_alley(DRAW(&drawing, 40, -100, 40, -150))->parent_id = 6; /* these two each other */
	as_alley(DRAW(&drawing, 40, -120, 60, -120))->parent_id = 5;
	as_alley(DRAW(&drawing, 700, -100, 780, -100))->parent_id =
		7; /* itself, and nothing near */
	make(&drawing);
	expect_alley(&drawing, 3, 1, 100, NETWORK_FORWARD, 1, 1);
	expect_alley(&drawing, 4, 1, 200, NETWORK_FORWARD, 1, 1);
	expect_alley(&drawing, 5, 3, 40, NETWORK_FORWARD, 1, 2);
	expect_alley(&drawing, 6, 5, 20, NETWORK_FORWARD, 1, 3);
	order_of_faults(&drawing, "3:NET-PARENT-01>2 4:NET-PARENT-02 5:NET-PARENT-03>6 "
				  "7:NET-ALLEY-01 7:NET-PARENT-03>7");
}

static void mouths_names_and_directions_are_compared(void **state)
{
	struct drawing drawing = DRAWING;
	struct network_line *line;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	line = as_alley(DRAW(&drawing, 0, -100, 80, -100));
	line->parent_id = 1;
	line->mouth_m = 400; /* as if counted from the other end */
	line->name = "Hẻm 12";
	line = as_alley(DRAW(&drawing, 0, -200, 80, -200));
	line->parent_id = 1;
	line->mouth_m = 200.3;
	line->name = "Hẻm 12";
	line->direction = NETWORK_BACKWARD;
	order_of_faults(&drawing, "2:NET-MOUTH-01>1 3:NET-NAME-01>2 3:NET-OUT-01>1");
}

static void lines_without_length_in_pieces_and_twice_are_told(void **state)
{
	static const size_t points[] = {2, 2};
	static const double xy[] = {300, 0, 300, -100, 300, -150, 300, -400};
	struct drawing drawing = DRAWING;

	(void)state;
	DRAW(&drawing, 0, 0, 0, -500);
	DRAW(&drawing, 0.1, -10, 0.1, -250, 0, -490); /* most of the first once more */
	DRAW(&drawing, 700, 0, 700, 0);
	draw_parts(&drawing, 2, points, xy);
	DRAW(&drawing, 900, 0, 900, -100);
	DRAW(&drawing, 900, -100, 900, 0); /* the same turned round */
	make(&drawing);
	assert_true(fabs(line_chain_length(&node_of(&drawing, 4)->line) - 250) < 1e-9);
	order_of_faults(
		&drawing, "2:NET-TWICE-01>1 3:NET-LENGTH-01 4:NET-PARTS-01 6:NET-TWICE-01>5");
}

static void neighbours_are_not_judged(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	as_alley(DRAW(&drawing, 0, 0, 0, -100))->is_context = true;
	as_alley(DRAW(&drawing, 0, -50, 50, -50));
	make(&drawing);
	expect_alley(&drawing, 2, 1, 50, NETWORK_FORWARD, 1, 1);
	order_of_faults(&drawing, "");
}

/* --- garbage --------------------------------------------------------------------------------- */

static double odd_number(struct random *random)
{
	static const double odd[] = {0, -0.0, 1e300, -1e300, 1e-300, 1e9, 5, 5.0000001, 0x1p-1074};
	size_t which = random_below(random, 32);

	if (which < sizeof odd / sizeof odd[0])
		return odd[which];
	if (which == 9)
		return (double)NAN;
	if (which == 10)
		return (double)INFINITY;
	return (double)(random_below(random, 4000)) / 40;
}

static void draw_garbage(struct drawing *drawing, struct random *random)
{
	size_t points[4], parts = random_below(random, 4), total = 0;
	double xy[4 * 2 * 6];
	struct network_line *line;

	for (size_t i = 0; i < parts; i++) {
		points[i] = 1 + random_below(random, 6);
		total += points[i];
	}
	for (size_t i = 0; i < 2 * total; i++)
		xy[i] = odd_number(random);
	line = draw_parts(drawing, parts, points, xy);
	line->is_street = random_below(random, 2);
	line->is_context = random_below(random, 8) == 0;
	line->parent_id = (int64_t)(random_below(random, LINES_MAX + 8));
	line->width_m = odd_number(random);
	line->mouth_m = odd_number(random);
	line->direction = (enum network_direction)(random_below(random, 3));
	line->name = random_below(random, 2) ? "Hẻm 1" : "1";
}

/* A tree is a tree, whatever came in. */
static void garbage_makes_a_tree(void **state)
{
	struct random random = random_start(20261123);

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct drawing drawing = DRAWING;
		size_t count = random_below(&random, LINES_MAX);

		for (size_t i = 0; i < count; i++)
			draw_garbage(&drawing, &random);
		make(&drawing);
		for (size_t i = 0; i < count; i++) {
			size_t at = i, steps = 0;

			while (at != NETWORK_NONE && steps++ <= count)
				at = drawing.network.nodes[at].parent;
			assert_true(steps <= count);
		}
		for (size_t i = 0; i < drawing.network.finding_count; i++)
			assert_non_null(code_of(&drawing, &drawing.network.findings[i]));
		clear(&drawing);
	}
}

static void nothing_is_a_network(void **state)
{
	struct drawing drawing = DRAWING;

	(void)state;
	make(&drawing);
	assert_int_equal(drawing.network.count, 0);
	draw_parts(&drawing, 0, (const size_t[]){0}, (const double[]){0});
	order_of_faults(&drawing, "1:NET-LENGTH-01");
}

/* A crowd on one spot ends in words, not in an endless night. */
static void a_crowd_on_one_spot_is_refused(void **state)
{
	enum { CROWD = 50000 };
	struct drawing drawing = DRAWING;
	struct network_line *lines = calloc(CROWD, sizeof *lines);
	struct street_network network;
	struct error err = {0};

	(void)state;
	DRAW(&drawing, 0, 0, 100, 0);
	for (size_t i = 0; i < CROWD; i++) {
		lines[i] = drawing.lines[0];
		lines[i].id = (int64_t)i + 1;
	}
	assert_int_equal(street_network_make(&drawing.arena, lines, CROWD, &limits, &network, &err),
		ERR_TOO_LARGE);
	assert_string_equal(error_message_code(&err), "NET-BIG-02");
	free(lines);
	clear(&drawing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_chord_decides_every_ten_degrees),
		cmocka_unit_test(the_edges_of_doubt_belong_to_it),
		cmocka_unit_test(what_is_numbered_keeps_its_direction),
		cmocka_unit_test(a_hairpin_goes_by_its_chord_and_a_ring_is_asked),
		cmocka_unit_test(alleys_leave_alleys_to_any_depth),
		cmocka_unit_test(an_alley_open_at_both_ends_begins_where_its_name_is),
		cmocka_unit_test(an_alley_that_comes_back_is_asked_unless_its_mouth_is_said),
		cmocka_unit_test(the_higher_street_and_the_one_that_goes_through),
		cmocka_unit_test(several_streets_at_one_mouth_are_asked),
		cmocka_unit_test(parts_are_laid_end_to_end),
		cmocka_unit_test(a_dead_neighbourhood_does_not_spoil_the_tree),
		cmocka_unit_test(ends_that_nearly_meet_are_told),
		cmocka_unit_test(lines_that_cross_without_a_point_are_told),
		cmocka_unit_test(parents_that_are_none_are_told),
		cmocka_unit_test(mouths_names_and_directions_are_compared),
		cmocka_unit_test(lines_without_length_in_pieces_and_twice_are_told),
		cmocka_unit_test(neighbours_are_not_judged),
		cmocka_unit_test(garbage_makes_a_tree),
		cmocka_unit_test(nothing_is_a_network),
		cmocka_unit_test(a_crowd_on_one_spot_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
