/* The network of the sample city, which is known: what the lines alone tell must be what was made.
 */
#include "tests/test.h"

#include <math.h>

#include "gis/street_network.h"
#include "tests/gis/sample_caught.h"
#include "tests/random.h"

enum { SEED = 5, PARCELS = 16000, ARENA_BYTES = 1 << 30 };

static const struct network_limits limits = {.touch_m = 0.5,
	.near_m = 5,
	.mouth_m = 0.5,
	.same_share = 0.8,
	.doubt_deg = 5,
	.wider_by_m = 0.5};

struct world {
	struct arena arena;
	struct caught_wards wards;
	struct caught city;
	const struct caught_layer *streets;
	struct network_line *lines;
	struct street_network network;
};

static bool is_null(const struct value *value)
{
	return value->kind == VALUE_NULL;
}

static const struct value *value_of(const struct world *world, size_t street, const char *field)
{
	return caught_value(world->streets, &world->streets->records[street], field);
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);

	world->arena = ARENA(ARENA_BYTES);
	caught_wards_read(&world->wards);
	caught_make(&world->city, &world->wards, PARCELS, random_start(SEED).state);
	world->streets = caught_layer(&world->city, "street");
	world->lines = calloc(world->streets->count, sizeof *world->lines);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	arena_clear(&world->arena);
	free(world->lines);
	caught_clear(&world->city);
	arena_clear(&world->wards.arena);
	free(world);
	return 0;
}

/* What the register says of each, or only what can be drawn. */
static void make(struct world *world, bool with_tree, bool with_direction)
{
	struct error err = {0};

	for (size_t i = 0; i < world->streets->count; i++) {
		const struct value *parent = value_of(world, i, "parent_id");
		struct network_line *line = &world->lines[i];

		*line = (struct network_line){
			.id = (int64_t)i + 1,
			.shape = &world->streets->records[i].shape,
			.name = caught_text(world->streets, &world->streets->records[i], "name"),
			.is_street = is_null(parent),
			.width_m = value_of(world, i, "width_m")->real,
			.mouth_m = (double)NAN,
		};
		if (with_tree && !is_null(parent)) {
			line->parent_id = parent->integer;
			line->mouth_m = value_of(world, i, "mouth_m")->real;
		}
		if (with_direction)
			line->direction = NETWORK_FORWARD;
	}
	assert_int_equal(street_network_make(&world->arena, world->lines, world->streets->count,
				 &limits, &world->network, &err),
		0);
}

static void print_findings(const struct world *world)
{
	for (size_t i = 0; i < world->network.finding_count && i < 40; i++) {
		const struct network_finding *finding = &world->network.findings[i];
		struct error what = {0};
		struct strbuf text = STRBUF(1000);

		network_finding_say(&world->network, finding, &what);
		error_print(&text, &what, LANG_EN);
		printf("%s %s (%.2f %.2f)\n", error_message_code(&what), text.data, finding->xy[0],
			finding->xy[1]);
		strbuf_clear(&text);
	}
}

static size_t count_of(const struct world *world, enum network_fault fault)
{
	size_t count = 0;

	for (size_t i = 0; i < world->network.finding_count; i++)
		count += world->network.findings[i].fault == fault;
	return count;
}

/* The alley leaves the parent that the sample gave it, there, and counts from there. */
static void expect_as_made(const struct world *world, size_t street)
{
	const struct network_node *node = &world->network.nodes[street];

	assert_int_equal(node->parent + 1, value_of(world, street, "parent_id")->integer);
	assert_true(fabs(node->mouth_m - value_of(world, street, "mouth_m")->real) < 0.1);
	assert_int_equal(node->direction, NETWORK_FORWARD);
	assert_int_equal(node->mouth_end, 0);
}

static void what_the_register_says_is_borne_out(void **state)
{
	struct world *world = *state;
	size_t alleys = 0;

	make(world, true, true);
	for (size_t i = 0; i < world->streets->count; i++) {
		const struct network_node *node = &world->network.nodes[i];

		assert_int_equal(node->line.pieces, 1);
		assert_int_equal(node->direction, NETWORK_FORWARD);
		if (is_null(value_of(world, i, "parent_id"))) {
			assert_int_equal(node->depth, 0);
			continue;
		}
		expect_as_made(world, i);
		assert_int_equal(node->depth, world->network.nodes[node->parent].depth + 1);
		/* A blind end may have become the mouth of another alley. */
		assert_true(node->open_ends >= value_of(world, i, "open_ends")->integer);
		alleys++;
	}
	assert_true(alleys > 40);
	print_findings(world);
	assert_int_equal(world->network.finding_count, 0);
}

/* Of lines, kinds and names alone: every alley is found where it was made. */
static void the_lines_alone_tell_the_same(void **state)
{
	struct world *world = *state;

	make(world, false, false);
	for (size_t i = 0; i < world->streets->count; i++) {
		const struct network_node *node = &world->network.nodes[i];

		if (is_null(value_of(world, i, "parent_id"))) {
			assert_int_not_equal(node->direction, NETWORK_BACKWARD);
			continue;
		}
		expect_as_made(world, i);
	}
	assert_int_equal(count_of(world, NETWORK_ASK_SECTOR), world->network.finding_count);
}

/* A street that is drawn once more, a little beside itself, is found wherever it lies. */
static void what_is_drawn_twice_is_found(void **state)
{
	struct world *world = *state;
	size_t count = world->streets->count, found = 0;
	struct network_line *lines = calloc(2 * count, sizeof *lines);
	struct shape *shapes = calloc(count, sizeof *shapes);
	struct street_network network;
	struct error err = {0};

	make(world, false, true);
	for (size_t i = 0; i < count; i++) {
		lines[i] = lines[count + i] = world->lines[i];
		lines[count + i].id += (int64_t)count;
		lines[count + i].shape = &shapes[i];
		assert_int_equal(
			shape_copy(&world->arena, world->lines[i].shape, &shapes[i], &err), 0);
		for (size_t k = 0; k < 2 * shapes[i].point_count; k++)
			shapes[i].xy[k] += 0.2;
	}
	assert_int_equal(
		street_network_make(&world->arena, lines, 2 * count, &limits, &network, &err), 0);
	for (size_t i = 0; i < network.finding_count; i++) {
		const struct network_finding *finding = &network.findings[i];
		size_t a = finding->node % count, b = finding->other % count;

		found += finding->fault == NETWORK_TWICE && a == b;
	}
	assert_int_equal(found, count);
	free(lines);
	free(shapes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_register_says_is_borne_out),
		cmocka_unit_test(the_lines_alone_tell_the_same),
		cmocka_unit_test(what_is_drawn_twice_is_found),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
