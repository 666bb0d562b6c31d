/*
 * Random splits, mergers and redrawings over a mosaic of parcels: what is covered stays covered, by a
 * reckoning of its own (land_cover.c), and lineage leads from every parcel to what came of it and back.
 */
#include "tests/test.h"

#include <libgen.h>
#include <math.h>
#include <unistd.h>

#include "base/dice.h"
#include "data/transaction.h"
#include "server/cases/land.h"
#include "tests/data/small_register.h"

enum {
	SIDE = 24, /* parcels a side of the mosaic */
#ifdef __SANITIZE_ADDRESS__
	DEEDS = 2000,
#else
	DEEDS = 10000, /* that were done; or DOTHI_DEEDS */
#endif
	REFUSED_MAX = 20, /* for each that was done */
	DEEDS_A_COMMIT = 100,
	IDS_MAX = 1 << 17,
	STEPS_MAX = 1 << 18,
	EAST = 600000,
	NORTH = 1215000,
	PARCEL_M = 20,
};

struct world {
	struct small_register *place;
	const struct layer *layer;
	struct crs_context *crs;
	struct geom_context *geom;
	struct arena arena;
	struct dice dice;
	int64_t now_us;

	/* Every parcel that ever was: those in force, with their versions; 0 others. */
	int64_t versions[IDS_MAX];
	int64_t live[IDS_MAX];
	size_t live_count;
	int64_t last_id;
	/* Which came of which: pairs. */
	int64_t from[STEPS_MAX], to[STEPS_MAX];
	size_t step_count;
	unsigned done[4], refused;
};

static double random_real(struct world *world)
{
	return dice_unit(&world->dice);
}

static void set_live(struct world *world, int64_t id, int64_t version)
{
	assert_true(id > 0 && id < IDS_MAX);
	if (!world->versions[id])
		world->live[world->live_count++] = id;
	world->versions[id] = version;
	if (id > world->last_id)
		world->last_id = id;
}

static void set_gone(struct world *world, int64_t id)
{
	world->versions[id] = 0;
	for (size_t i = 0; i < world->live_count; i++)
		if (world->live[i] == id)
			world->live[i--] = world->live[--world->live_count];
}

/* A corner of the mosaic, moved at random but for those on its border. */
static void corner_of(struct world *world, int column, int row, double xy[2])
{
	static double corners[SIDE + 1][SIDE + 1][2];

	if (corners[row][column][0] == 0) {
		bool border = !column || !row || column == SIDE || row == SIDE;
		double reach = border ? 0 : PARCEL_M / 3.0;

		corners[row][column][0] =
			EAST + column * PARCEL_M + reach * (random_real(world) - 0.5);
		corners[row][column][1] =
			NORTH + row * PARCEL_M + reach * (random_real(world) - 0.5);
	}
	memcpy(xy, corners[row][column], 2 * sizeof *xy);
}

static void add_parcel(struct world *world, struct feature_writer *writer, int column, int row)
{
	static const int turns[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
	struct value values[FEATURE_FIELDS_MAX] = {{.kind = VALUE_NULL}};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(4096);
	struct feature feature = {.values = values, .z_m = (double)NAN,
		.valid_from = {"2020-01-01"}};
	uint32_t ends[2] = {5, 1};
	double xy[10];
	struct shape shape = {GEOMETRY_AREA, 5, xy, 1, &ends[0], 1, &ends[1], (double)NAN};
	struct error err = {0};

	for (int i = 0; i < 5; i++)
		corner_of(world, column + turns[i][0], row + turns[i][1], xy + 2 * i);
	shape_write_wkb(&shape, &wkb);
	feature.wkb = (struct wkb){(const unsigned char *)wkb.data, wkb.len};
	feature.box = shape_box(&shape);
	values[land_field(world->layer, "map_sheet")] =
		(struct value){.kind = VALUE_TEXT, .text = "1", .len = 1};
	values[land_field(world->layer, "land_use")] =
		(struct value){.kind = VALUE_TEXT, .text = "ODT", .len = 3};
	assert_int_equal(feature_writer_add(writer, &feature, &err), 0);
	set_live(world, feature.id, feature.version);
}

static void make_mosaic(struct world *world)
{
	struct store *store = world->place->opened.store;
	autofree(transaction_end) struct transaction transaction = {0};
	autofree(feature_writer_clear) struct feature_writer writer = {0};
	const struct change_author author = {"test", "", SMALL_NOW_US};
	struct change_set changes;
	struct error err = {0};

	assert_int_equal(transaction_begin(store, &transaction, &err), 0);
	assert_int_equal(change_begin(store, &author, &changes, &err), 0);
	assert_int_equal(feature_writer_open(store, world->layer, SMALL_EPSG, &changes,
				 &small_randomness, &writer, &err), 0);
	for (int row = 0; row < SIDE; row++)
		for (int column = 0; column < SIDE; column++)
			add_parcel(world, &writer, column, row);
	assert_int_equal(feature_writer_close(&writer, &err), 0);
	assert_int_equal(change_end(&changes, &err), 0);
	assert_int_equal(transaction_commit(&transaction, &err), 0);
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	struct register_plan plan;
	struct error err = {0};
	void *place = NULL;
	const char *seed = getenv("DOTHI_SEED");

	assert_non_null(world);
	assert_int_equal(small_folder_make(&place), 0);
	world->place = place;
	plan = small_register_plan(world->place);
	plan.layers = city_layers();
	assert_int_equal(register_create(&plan, &err), 0);
	assert_int_equal(register_open(plan.folder, plan.layers, STORE_WRITE, SMALL_NOW_US,
				 &world->place->opened, &err), 0);
	world->layer = layer_of_land(city_layers());
	assert_int_equal(crs_context_new(&world->crs, &err), 0);
	assert_int_equal(geom_context_new(&world->geom, &err), 0);
	world->arena = ARENA(1 << 28);
	world->now_us = SMALL_NOW_US;
	world->dice = dice_for(seed ? strtoull(seed, NULL, 10) : 20261122, 0, 0);
	printf("seed %s\n", seed ? seed : "20261122");
	make_mosaic(world);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	void *place = world->place;

	arena_clear(&world->arena);
	geom_context_free(world->geom);
	crs_context_free(world->crs);
	free(world);
	return small_register_drop(&place);
}

/* --- deeds -------------------------------------------------------------------------------------- */

static struct land_work *begin(struct world *world, enum land_deed deed)
{
	struct land_work *work;

	arena_reset(&world->arena);
	work = arena_zero(&world->arena, 1, sizeof *work);
	assert_non_null(work);
	work->order = (struct land_order){.deed = deed, .epsg = SMALL_EPSG};
	work->view = VIEW_NOW(world->layer);
	work->author = (struct change_author){"test", "", world->now_us};
	work->randomness = &small_randomness;
	return work;
}

static void name(struct world *world, struct land_work *work, int64_t id)
{
	work->order.parcels[work->order.parcel_count].id = id;
	work->order.parcels[work->order.parcel_count++].version = world->versions[id];
}

static struct case_tools tools_of(struct world *world)
{
	return (struct case_tools){world->place->opened.store, world->crs, world->geom,
		&world->place->opened.city, city_layers(), &world->arena};
}

static void note_step(struct world *world, int64_t from, int64_t to)
{
	assert_true(world->step_count < STEPS_MAX);
	world->from[world->step_count] = from;
	world->to[world->step_count++] = to;
}

static void note_done(struct world *world, const struct land_work *work)
{
	bool ended = work->order.deed == LAND_SPLIT || work->order.deed == LAND_MERGE;

	for (size_t i = 0; i < work->order.parcel_count; i++)
		for (size_t k = 0; k < work->after_count; k++)
			if (ended || (i != k && work->shares[i][k] > 0))
				note_step(world, work->order.parcels[i].id,
					work->after[k].feature.id);
	for (size_t i = 0; ended && i < work->order.parcel_count; i++)
		set_gone(world, work->order.parcels[i].id);
	for (size_t k = 0; k < work->after_count; k++)
		set_live(world, work->after[k].feature.id, work->after[k].feature.version);
	world->done[work->order.deed]++;
}

/* True if it was done; else what was asked could not be, and was refused. */
static bool carry_out(struct world *world, struct land_work *work)
{
	const struct case_tools tools = tools_of(world);
	struct error err = {0};
	int rc = land_prepare(work, &tools, &err);

	if (rc)
		print_error("%s\n%s\n", error_message_code(&err), err.detail);
	assert_int_equal(rc, 0);
	if (work->change->finding_count) {
		world->refused++;
		return false;
	}
	rc = land_run(world->place->opened.store, work, &err);
	if (rc)
		print_error("%s\n%s\n", error_message_code(&err), err.detail);
	assert_int_equal(rc, 0);
	note_done(world, work);
	return true;
}

static int64_t any_parcel(struct world *world)
{
	return world->live[dice_below(&world->dice, (uint32_t)world->live_count)];
}

struct taking {
	struct arena *arena;
	struct shape shape;
};

static int take_shape(void *context, const struct feature *feature, struct error *err)
{
	struct taking *taking = context;

	return shape_read_wkb(taking->arena, feature->wkb, &taking->shape, err);
}

static struct shape shape_of(struct world *world, int64_t id)
{
	struct taking taking = {.arena = &world->arena};
	const struct view view = VIEW_NOW(world->layer);
	struct error err = {0};
	bool found;

	assert_int_equal(feature_read_one(
				 world->place->opened.store, &view, id, take_shape, &taking, &found, &err), 0);
	assert_true(found);
	return taking.shape;
}

/* Through a place near the middle, in any direction, sometimes with a bend. */
static void split(struct world *world)
{
	struct land_work *work = begin(world, LAND_SPLIT);
	int64_t id = any_parcel(world);
	struct shape shape = shape_of(world, id);
	struct box box = shape_box(&shape);
	double turn = 2 * M_PI * random_real(world), reach = 100;
	double x = box.min_x + (0.3 + 0.4 * random_real(world)) * (box.max_x - box.min_x);
	double y = box.min_y + (0.3 + 0.4 * random_real(world)) * (box.max_y - box.min_y);
	double bend = random_real(world) < 0.5 ? 0 : random_real(world) - 0.5;
	double *xy = arena_alloc(&world->arena, 6 * sizeof *xy);
	uint32_t *end = arena_alloc(&world->arena, sizeof *end);

	xy[0] = x - reach * cos(turn);
	xy[1] = y - reach * sin(turn);
	xy[2] = x;
	xy[3] = y;
	xy[4] = x + reach * cos(turn + bend);
	xy[5] = y + reach * sin(turn + bend);
	*end = 3;
	name(world, work, id);
	work->order.has_line = true;
	work->order.line = (struct shape){GEOMETRY_LINE, 3, xy, 1, end, 1, end, (double)NAN};
	carry_out(world, work);
}

static int neighbours_of(struct world *world, const struct box *box, struct id_list *ret)
{
	const struct view view = VIEW_NOW(world->layer);
	struct error err = {0};
	bool more;

	return feature_ids_in_box(world->place->opened.store, &view, box, false, 0, LAND_PARCELS_MAX,
		ret, &more, &err);
}

/* A parcel with one that lies about it: that may be a stranger, which is refused. */
static void merge(struct world *world)
{
	struct land_work *work = begin(world, LAND_MERGE);
	autofree(id_list_clear) struct id_list near = {0};
	int64_t id = any_parcel(world), other;
	struct shape shape = shape_of(world, id);
	struct box box = shape_box(&shape);

	assert_int_equal(neighbours_of(world, &box, &near), 0);
	if (near.count < 2)
		return;
	other = near.ids[dice_below(&world->dice, (uint32_t)near.count)];
	if (other == id || !world->versions[other])
		return;
	name(world, work, id);
	name(world, work, other);
	carry_out(world, work);
}

static bool move_corner(struct world *world, struct shape *shape, const double at[2], const double to[2])
{
	double *xy = arena_alloc(&world->arena, shape->point_count * 2 * sizeof *xy);
	bool has = false;

	memcpy(xy, shape->xy, shape->point_count * 2 * sizeof *xy);
	shape->xy = xy;
	for (size_t i = 0; i < shape->point_count; i++, xy += 2)
		if (xy[0] == at[0] && xy[1] == at[1]) {
			memcpy(xy, to, 2 * sizeof *xy);
			has = true;
		}
	return has;
}

/* A corner is moved in all parcels that have it; on the border of the mosaic that is refused. */
static void redraw(struct world *world)
{
	struct land_work *work = begin(world, LAND_REDRAW);
	autofree(id_list_clear) struct id_list near = {0};
	struct shape shape = shape_of(world, any_parcel(world));
	const double *at = shape.xy + 2 * dice_below(&world->dice, (uint32_t)shape.point_count);
	double to[2] = {at[0] + 2 * (random_real(world) - 0.5), at[1] + 2 * (random_real(world) - 0.5)};
	struct box box = {at[0] - 0.01, at[1] - 0.01, at[0] + 0.01, at[1] + 0.01};

	assert_int_equal(neighbours_of(world, &box, &near), 0);
	for (size_t i = 0; i < near.count; i++) {
		struct land_saying *saying = &work->order.sayings[work->order.saying_count];

		if (!world->versions[near.ids[i]])
			continue;
		*saying = (struct land_saying){.has_shape = true, .legal_m2 = (double)NAN};
		saying->shape = shape_of(world, near.ids[i]);
		if (!move_corner(world, &saying->shape, at, to))
			continue;
		name(world, work, near.ids[i]);
		work->order.saying_count++;
	}
	if (work->order.parcel_count)
		carry_out(world, work);
}

/* --- what must hold ------------------------------------------------------------------------------ */

static int write_hex(void *context, const struct feature *feature, struct error *err)
{
	FILE *file = context;

	(void)err;
	for (size_t i = 0; i < feature->wkb.len; i++)
		fprintf(file, "%02X", feature->wkb.bytes[i]);
	fputc('\n', file);
	return 0;
}

static void check_cover(struct world *world)
{
	const double whole = (double)SIDE * SIDE * PARCEL_M * PARCEL_M;
	const struct view view = VIEW_NOW(world->layer);
	char path[4096] = "", command[9000], said[200] = "";
	unsigned count, invalid;
	double sum, covered, holes;
	struct error err = {0};
	FILE *file = fopen("land_cover.hex", "w");

	assert_non_null(file);
	assert_int_equal(feature_read_after(
				 world->place->opened.store, &view, 0, write_hex, file, &err), 0);
	assert_int_equal(fclose(file), 0);
	assert_true(readlink("/proc/self/exe", path, sizeof path - 1) > 0);
	snprintf(command, sizeof command, "'%s/land_cover' land_cover.hex", dirname(path));
	file = popen(command, "r");
	assert_non_null(file);
	assert_non_null(fgets(said, sizeof said, file));
	assert_int_equal(pclose(file), 0);
	unlink("land_cover.hex");
	assert_int_equal(
		sscanf(said, "%u %u %lf %lf %lf", &count, &invalid, &sum, &covered, &holes), 5);
	printf("%u splits, %u mergers, %u redrawn, %u refused; %u parcels, areas %.6f, covered %.6f,"
	       " holes %.9f\n",
		world->done[LAND_SPLIT], world->done[LAND_MERGE], world->done[LAND_REDRAW],
		world->refused, count, sum, covered, holes);
	assert_int_equal(count, world->live_count);
	assert_int_equal(invalid, 0);
	/* A square millimetre a parcel at most, of the rounding of coordinates. */
	assert_true(fabs(covered - whole) < 1e-6 * count);
	assert_true(fabs(sum - covered) < 1e-6 * count);
	assert_true(holes < 1e-6 * count);
}

/* All that came of a record (or that it came of), by the pairs that were noted. */
static size_t reach(const struct world *world, int64_t id, bool forward, bool *reached)
{
	size_t count = 1;
	bool grew = true;

	memset(reached, 0, IDS_MAX);
	reached[id] = true;
	while (grew) {
		grew = false;
		for (size_t i = 0; i < world->step_count; i++) {
			int64_t a = forward ? world->from[i] : world->to[i];
			int64_t b = forward ? world->to[i] : world->from[i];

			if (!reached[a] || reached[b])
				continue;
			grew = reached[b] = true;
			count++;
		}
	}
	return count;
}

struct telling {
	int64_t id;
	bool *told;
	size_t count;
};

static int hear(void *context, const struct lineage_step *step, struct error *err)
{
	struct telling *telling = context;
	const int64_t ids[] = {step->from_id, step->to_id};

	(void)err;
	for (size_t i = 0; i < 2; i++)
		if (!telling->told[ids[i]]) {
			telling->told[ids[i]] = true;
			telling->count++;
		}
	return 0;
}

static void check_lineage(struct world *world)
{
	bool *reached = malloc(IDS_MAX), *back = malloc(IDS_MAX), *told = malloc(IDS_MAX);
	struct error err = {0};
	size_t whole = 0;

	for (int i = 0; i < 300; i++) {
		int64_t id = 1 + dice_below(&world->dice, (uint32_t)world->last_id);
		struct telling telling = {.id = id, .told = told};
		bool more;

		memset(told, 0, IDS_MAX);
		assert_int_equal(lineage_of(world->place->opened.store, world->layer->id, id, hear,
					 &telling, &more, &err), 0);
		if (more)
			continue;
		told[id] = true;
		reach(world, id, true, reached);
		reach(world, id, false, back);
		for (int64_t other = 1; other <= world->last_id; other++)
			assert_int_equal(told[other], reached[other] || back[other]);
		whole++;
	}
	printf("lineage of %zu parcels, both ways\n", whole);
	assert_true(whole > 100);
	free(reached);
	free(back);
	free(told);
}

static int done_of(const struct world *world)
{
	return (int)(world->done[LAND_SPLIT] + world->done[LAND_MERGE] + world->done[LAND_REDRAW]);
}

static void deeds_keep_the_land(void **state)
{
	struct world *world = *state;
	const char *wished = getenv("DOTHI_DEEDS");
	int deeds = wished ? (int)strtol(wished, NULL, 10) : DEEDS;
	struct error err = {0};

	while (done_of(world) < deeds) {
		autofree(transaction_end) struct transaction transaction = {0};

		assert_int_equal(
			transaction_begin(world->place->opened.store, &transaction, &err), 0);
		assert_true(world->refused < (unsigned)(deeds * REFUSED_MAX));
		for (int i = 0; i < DEEDS_A_COMMIT; i++) {
			unsigned what = dice_below(&world->dice, 100);

			world->now_us += 1000;
			if (what < 20)
				split(world);
			else if (what < 75)
				merge(world);
			else
				redraw(world);
		}
		assert_int_equal(transaction_commit(&transaction, &err), 0);
	}
	check_cover(world);
	check_lineage(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(deeds_keep_the_land, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
