#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "data/agenda.h"
#include "data/revision.h"
#include "tests/data/small_register.h"
#include "tests/random.h"

/* Days of these tests: 0 is 2026-11-20, and day -1 in a call is "no date". */
enum { DAYS = 16, RECORDS_MAX = 12, OPERATIONS = 300, COUNT = 1, PLACES = 3 };

static struct date day(int number)
{
	struct date date = {""};

	if (number >= 0)
		date = clock_date_vietnam(INT64_C(1795132800000000) + number * INT64_C(86400000000));
	return date;
}

static int64_t noon_us(int number)
{
	struct date date = day(number);

	return date_begin_us(&date) + INT64_C(43200000000);
}

/* Where a version lies: some of a record at the same place, others not. */
static double place_of(int64_t number)
{
	return (double)(600000 + number % PLACES);
}

/* One transaction that changes the layer "thing". */
struct editing {
	struct store *store;
	struct transaction transaction;
	struct change_set changes;
	struct revision revision;
	struct strbuf wkb;
	struct value values[5];
};

static void begin(struct editing *editing, void **state, int64_t at_us)
{
	const struct change_author author = {"user:7", "vì đo lại", at_us};

	*editing = (struct editing){.store = ((struct small_register *)*state)->opened.store,
		.wkb = STRBUF(1000)};
	assert_int_equal(transaction_begin(editing->store, &editing->transaction, NULL), 0);
	assert_int_equal(change_begin(editing->store, &author, &editing->changes, NULL), 0);
	editing->revision = revision_of(editing->store, &small_layers.layers[SMALL_THING],
		SMALL_EPSG, &editing->changes, &small_randomness);
}

static void commit(struct editing *editing)
{
	assert_int_equal(change_end(&editing->changes, NULL), 0);
	assert_int_equal(transaction_commit(&editing->transaction, NULL), 0);
	strbuf_clear(&editing->wkb);
}

static void undo(struct editing *editing)
{
	transaction_end(&editing->transaction);
	strbuf_clear(&editing->wkb);
}

/* A thing that bears a number, at a place that follows from it. */
static struct feature thing(struct editing *editing, int64_t id, int number, int from, int to)
{
	struct feature feature = {.id = id, .values = editing->values, .z_m = (double)NAN,
		.valid_from = day(from), .valid_to = day(to)};

	memset(editing->values, 0, sizeof editing->values);
	editing->values[COUNT] = (struct value){.kind = VALUE_INT, .integer = number};
	small_point(&editing->wkb, place_of(number), 1200000, &feature);
	return feature;
}

static int64_t create(void **state, int64_t at_us, int number, int from, int to)
{
	struct editing editing;
	struct feature feature;

	begin(&editing, state, at_us);
	feature = thing(&editing, 0, number, from, to);
	assert_int_equal(revision_create(&editing.revision, &feature, NULL), 0);
	assert_int_equal(feature.version, 1);
	commit(&editing);
	return feature.id;
}

static int replace(void **state, int64_t at_us, int64_t id, int64_t base, int number, int from,
	int to, struct error *err)
{
	struct editing editing;
	struct feature feature;
	int rc;

	begin(&editing, state, at_us);
	feature = thing(&editing, id, number, from, to);
	rc = revision_replace(&editing.revision, base, &feature, err);
	if (rc)
		undo(&editing);
	else
		commit(&editing);
	return rc;
}

static int end(void **state, int64_t at_us, int64_t id, int64_t base, int from, struct error *err)
{
	struct date date = day(from);
	struct editing editing;
	int64_t version;
	int rc;

	begin(&editing, state, at_us);
	rc = revision_end(&editing.revision, id, base, &date, &version, err);
	if (rc)
		undo(&editing);
	else
		commit(&editing);
	return rc;
}

/* What the midnight job does. */
static void turn(void **state, int64_t at_us)
{
	struct agenda_entry entries[8];
	struct date today = clock_date_vietnam(at_us);
	struct editing editing;
	size_t count;

	begin(&editing, state, at_us);
	do {
		assert_int_equal(agenda_take(editing.store, &today, entries, 8, &count, NULL), 0);
		for (size_t i = 0; i < count; i++)
			assert_int_equal(
				revision_turn(&editing.revision, entries[i].feature_id, NULL), 0);
	} while (count);
	commit(&editing);
}

/* The numbers that a view shows, by id; 0 nothing. */
struct seen {
	int64_t numbers[RECORDS_MAX + 1];
	int64_t last_id;
};

static int see(void *context, const struct feature *feature, struct error *err)
{
	struct seen *seen = context;

	(void)err;
	assert_true(feature->id > seen->last_id && feature->id <= RECORDS_MAX);
	seen->last_id = feature->id;
	seen->numbers[feature->id] = feature->values[COUNT].integer;
	assert_true(feature->box.min_x == place_of(feature->values[COUNT].integer));
	return 0;
}

static struct view view_at(int64_t recorded_us, int from, int to)
{
	return (struct view){.layer = &small_layers.layers[SMALL_THING], .is_dated = true,
		.first_day = day(from), .last_day = day(to), .recorded_us = recorded_us};
}

static struct seen look(void **state, const struct view *view)
{
	struct seen seen = {{0}, 0};

	assert_int_equal(feature_read_after(((struct small_register *)*state)->opened.store, view, 0,
				 see, &seen, NULL),
		0);
	return seen;
}

static int64_t number_at(void **state, int64_t recorded_us, int64_t id, int on)
{
	struct view view = view_at(recorded_us, on, on);

	return look(state, &view).numbers[id];
}

static int64_t number_now(void **state, int64_t id)
{
	return look(state, &VIEW_NOW(&small_layers.layers[SMALL_THING])).numbers[id];
}

static void a_correction_holds_from_the_start_and_the_register_remembers(void **state)
{
	int64_t first = noon_us(3), second = noon_us(4), id = create(state, first, 1, 2, -1);

	assert_int_equal(replace(state, second, id, 1, 2, 2, -1, NULL), 0);
	assert_int_equal(number_now(state, id), 2);
	assert_int_equal(number_at(state, INT64_MAX, id, 2), 2);
	assert_int_equal(number_at(state, INT64_MAX, id, 1), 0);
	assert_int_equal(number_at(state, second - 1, id, 2), 1);
	assert_int_equal(number_at(state, first - 1, id, 2), 0);
}

static void what_is_decided_for_later_begins_at_midnight(void **state)
{
	int64_t id = create(state, noon_us(3), 1, -1, -1);

	assert_int_equal(replace(state, noon_us(4), id, 1, 2, 7, -1, NULL), 0);
	assert_int_equal(number_now(state, id), 1);
	assert_int_equal(number_at(state, INT64_MAX, id, 6), 1);
	assert_int_equal(number_at(state, INT64_MAX, id, 7), 2);
	turn(state, noon_us(6));
	assert_int_equal(number_now(state, id), 1);
	turn(state, noon_us(7));
	assert_int_equal(number_now(state, id), 2);
	/* Versions: 1; it again until the 7th, and the new one. The base of a change is what holds. */
	assert_int_equal(replace(state, noon_us(8), id, 1, 9, 7, -1, NULL), ERR_CONFLICT);
	assert_int_equal(replace(state, noon_us(8), id, 2, 9, -1, 7, NULL), 0);
	assert_int_equal(number_at(state, INT64_MAX, id, 0), 9);
	assert_int_equal(number_at(state, INT64_MAX, id, 7), 2);
}

static int note_box(void *context, const struct change_row *row, struct error *err)
{
	(void)err;
	*(struct box *)context = row->change.box;
	return 0;
}

/* What gives way unseen, as it lies ahead, is told of too. */
static void the_feed_tells_where_versions_lay_that_gave_way(void **state)
{
	struct store *store = ((struct small_register *)*state)->opened.store;
	int64_t id = create(state, noon_us(3), 3, -1, -1);
	struct box box;

	assert_int_equal(replace(state, noon_us(4), id, 1, 5, 9, -1, NULL), 0);
	assert_int_equal(replace(state, noon_us(5), id, 3, 3, -1, -1, NULL), 0);
	assert_int_equal(change_read_after(store, 0, note_box, &box, NULL), 0);
	assert_true(box.min_x == place_of(3) && box.max_x == place_of(5));
}

static void a_record_ends_comes_back_and_never_was(void **state)
{
	struct store *store = ((struct small_register *)*state)->opened.store;
	int64_t id = create(state, noon_us(3), 1, 2, -1);

	assert_int_equal(end(state, noon_us(5), id, 1, 5, NULL), 0);
	assert_int_equal(number_now(state, id), 0);
	assert_int_equal(number_at(state, INT64_MAX, id, 4), 1);
	assert_int_equal(number_at(state, INT64_MAX, id, 5), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM thing WHERE in_force = 0"), 1);
	assert_int_equal(
		number_in(store, "SELECT record_count FROM layer_state WHERE layer = 'thing'"), 0);
	assert_int_equal(
		number_in(store, "SELECT resting_count FROM layer_state WHERE layer = 'thing'"), 1);
	assert_int_equal(end(state, noon_us(5), id, 2, 6, NULL), 0);
	assert_int_equal(replace(state, noon_us(6), id, 4, 3, 6, -1, NULL), 0);
	assert_int_equal(number_now(state, id), 3);
	assert_int_equal(number_at(state, INT64_MAX, id, 4), 1);
	assert_int_equal(number_at(state, INT64_MAX, id, 5), 0);
	assert_int_equal(end(state, noon_us(7), id, 5, 0, NULL), 0);
	for (int on = 0; on < DAYS; on++)
		assert_int_equal(number_at(state, INT64_MAX, id, on), 0);
	assert_int_equal(number_at(state, noon_us(7) - 1, id, 4), 1);
	assert_int_equal(end(state, noon_us(8), id, 6, 0, NULL), ERR_NOT_FOUND);
}

static void refuses_what_cannot_be(void **state)
{
	int64_t id = create(state, noon_us(3), 1, 2, 9);
	struct store *store = ((struct small_register *)*state)->opened.store;
	int64_t seq;
	struct error err = {0};

	assert_int_equal(change_last_seq(store, &seq, NULL), 0);
	assert_int_equal(replace(state, noon_us(4), id, 1, 2, 5, 5, &err), ERR_INVALID);
	assert_string_equal(err.where, "/properties/valid_to");
	assert_int_equal(replace(state, noon_us(4), id, 1, 2, 10, -1, &err), ERR_INVALID);
	assert_string_equal(err.where, "/properties/valid_from");
	assert_int_equal(replace(state, noon_us(4), id, 2, 2, 2, -1, NULL), ERR_CONFLICT);
	assert_int_equal(replace(state, noon_us(4), id, 0, 2, 2, -1, NULL), ERR_CONFLICT);
	assert_int_equal(replace(state, noon_us(4), id + 1, 1, 2, 2, -1, NULL), ERR_NOT_FOUND);
	assert_int_equal(replace(state, noon_us(4), INT64_MAX, 1, 2, 2, -1, NULL), ERR_NOT_FOUND);
	assert_int_equal(end(state, noon_us(4), -1, 1, 2, NULL), ERR_NOT_FOUND);
	assert_int_equal(
		number_in(store, "SELECT max(seq) FROM change"), seq);
}

/* What the authors meant: the number of each record on each day, after each operation. */
struct truth {
	int64_t at_us;
	int numbers[RECORDS_MAX + 1][DAYS];
};

struct world {
	void **state;
	struct random random;
	struct truth *truths; /* heap */
	int count;
	int64_t now_us;
	int records, serial;
};

static int random_day(struct world *world)
{
	return (int)random_below(&world->random, DAYS + 3) - 3 < 0
		? -1
		: (int)random_below(&world->random, DAYS);
}

static struct truth *next_truth(struct world *world)
{
	struct truth *truth = &world->truths[world->count];

	if (world->count)
		*truth = world->truths[world->count - 1];
	truth->at_us = world->now_us;
	world->count++;
	return truth;
}

/* The number while it is valid; from then on nothing of the base. */
static void mean(struct truth *truth, int64_t id, int number, int from, int to, int base_from,
	int base_to)
{
	for (int on = from < 0 ? 0 : from; on < DAYS; on++) {
		if (to < 0 || on < to)
			truth->numbers[id][on] = number;
		else if (on >= base_from && (base_to < 0 || on < base_to))
			truth->numbers[id][on] = 0;
	}
}

static int number_of_day(const struct date *date)
{
	for (int i = 0; i < DAYS; i++)
		if (!strcmp(day(i).text, date->text))
			return i;
	return -1;
}

static void revise(struct world *world, int64_t id, struct truth *truth)
{
	struct store *store = ((struct small_register *)*world->state)->opened.store;
	struct history_spans spans;
	struct history_span base = {0};
	int from = random_day(world), to = random_day(world), base_from, base_to;
	int rc, wish;
	struct error err = {0};

	assert_int_equal(
		history_live(store, &small_layers.layers[SMALL_THING], id, &spans, NULL, NULL), 0);
	base.version = spans.last_version;
	if (spans.count)
		base = spans.spans[random_below(&world->random, spans.count)];
	base_from = number_of_day(&base.from);
	base_to = number_of_day(&base.to);
	if (random_below(&world->random, 5) == 0) {
		from = from < 0 ? 0 : from;
		rc = end(world->state, world->now_us, id, base.version, from, NULL);
		assert_int_equal(rc, spans.count ? 0 : ERR_NOT_FOUND);
		if (!rc)
			mean(truth, id, 0, from, -1, -1, -1);
		return;
	}
	wish = from >= 0 && to >= 0 && to <= from	? ERR_INVALID
		: base_to >= 0 && from > base_to	? ERR_INVALID
							: 0;
	rc = replace(world->state, world->now_us, id, base.version, ++world->serial, from, to, &err);
	if (rc != wish)
		print_error("record %d base %d: %s\n", (int)id, (int)base.version, err.detail);
	assert_int_equal(rc, wish);
	if (!rc)
		mean(truth, id, world->serial, from, to, spans.count ? base_from : DAYS, base_to);
}

static void check_now(struct world *world)
{
	const struct truth *truth = &world->truths[world->count - 1];
	struct date today = clock_date_vietnam(world->now_us);
	int on = number_of_day(&today);

	for (int64_t id = 1; id <= world->records; id++)
		assert_int_equal(number_now(world->state, id), truth->numbers[id][on]);
}

static void operate(struct world *world)
{
	struct date before = clock_date_vietnam(world->now_us), today;
	struct truth *truth;

	world->now_us += 1 + (int64_t)random_below(&world->random, UINT64_C(3600000000) * 2);
	today = clock_date_vietnam(world->now_us);
	if (strcmp(before.text, today.text) != 0)
		turn(world->state, world->now_us++);
	truth = next_truth(world);
	if (world->records < 3 ||
		(world->records < RECORDS_MAX && random_below(&world->random, 10) == 0)) {
		int from = random_day(world), to = random_day(world);

		if (from >= 0 && to >= 0 && to <= from)
			to = -1;
		world->serial++;
		mean(truth, create(world->state, world->now_us, world->serial, from, to),
			world->serial, from, to, DAYS, -1);
		world->records++;
	} else {
		revise(world, 1 + (int64_t)random_below(&world->random, (size_t)world->records),
			truth);
	}
	check_now(world);
}

/* Candidates of the index hold all that a box shows at those times, of the city or of one place. */
static void check_box(struct world *world, const struct view *view, const struct seen *seen)
{
	struct store *store = ((struct small_register *)*world->state)->opened.store;
	autofree(id_list_clear) struct id_list ids = {0};
	bool more, found;

	for (int place = -1; place < PLACES; place++) {
		struct box box = {600000, 1200000, 700000, 1300000};

		if (place >= 0) {
			box.min_x = place_of(place) - 0.2;
			box.max_x = place_of(place) + 0.2;
		}
		id_list_clear(&ids);
		assert_int_equal(
			feature_ids_in_box(store, view, &box, true, 0, 100, &ids, &more, NULL), 0);
		for (int64_t id = 1; id <= world->records; id++)
			if (seen->numbers[id] && (place < 0 || seen->numbers[id] % PLACES == place))
				assert_true(id_list_has(&ids, id));
	}
	id_list_clear(&ids);
	assert_int_equal(feature_ids_in_box(store, view, &(struct box){600000, 1200000, 700000, 1300000},
				 true, 0, 100, &ids, &more, NULL),
		0);
	for (size_t i = 0; i < ids.count; i++) {
		struct seen one = {{0}, 0};

		assert_int_equal(
			feature_read_one(store, view, ids.ids[i], see, &one, &found, NULL), 0);
		assert_int_equal(found, seen->numbers[ids.ids[i]] != 0);
		assert_int_equal(one.numbers[ids.ids[i]], seen->numbers[ids.ids[i]]);
	}
}

static void check_then(struct world *world, int at, int on)
{
	const struct truth *truth = &world->truths[at];
	struct view view = view_at(at + 1 == world->count ? INT64_MAX : truth->at_us, on, on);
	struct seen seen = look(world->state, &view);

	for (int64_t id = 1; id <= world->records; id++)
		assert_int_equal(seen.numbers[id], truth->numbers[id][on]);
	check_box(world, &view, &seen);
}

/* Of a span of days each record is shown once, as it was at last. */
static void check_span(struct world *world, int at, int from, int to)
{
	const struct truth *truth = &world->truths[at];
	struct view view = view_at(truth->at_us, from, to);
	struct seen seen = look(world->state, &view);

	for (int64_t id = 1; id <= world->records; id++) {
		int number = 0;

		for (int on = from; on <= to; on++)
			number = truth->numbers[id][on] ? truth->numbers[id][on] : number;
		assert_int_equal(seen.numbers[id], number);
	}
}

/* The feed alone: a version ends its base, and others of its record of links before, where both are. */
struct replay {
	struct {
		int64_t id, version, link;
		struct date from, to;
		bool holds;
	} facts[OPERATIONS * 4];
	int count;
	int64_t last_version[RECORDS_MAX + 1];
};

static int replay_row(void *context, const struct change_row *row, struct error *err)
{
	struct replay *replay = context;
	const struct change *change = &row->change;

	(void)err;
	if (change->action == CHANGE_START || change->action == CHANGE_STOP)
		return 0;
	assert_int_equal(change->version, ++replay->last_version[change->feature_id]);
	for (int i = 0; i < replay->count; i++)
		if (replay->facts[i].id == change->feature_id &&
			replay->facts[i].link != row->link &&
			(replay->facts[i].version == change->base || !*change->valid_to.text ||
				strcmp(replay->facts[i].from.text, change->valid_to.text) < 0) &&
			(!*replay->facts[i].to.text ||
				strcmp(change->valid_from.text, replay->facts[i].to.text) < 0))
			replay->facts[i].holds = false;
	replay->facts[replay->count].id = change->feature_id;
	replay->facts[replay->count].version = change->version;
	replay->facts[replay->count].link = row->link;
	replay->facts[replay->count].from = change->valid_from;
	replay->facts[replay->count].to = change->valid_to;
	replay->facts[replay->count++].holds = change->action != CHANGE_DELETE;
	return 0;
}

static int read_number(void *context, const struct feature *feature, struct error *err)
{
	(void)err;
	*(int64_t *)context = feature->values[COUNT].integer;
	return 0;
}

static void check_replay(struct world *world)
{
	struct store *store = ((struct small_register *)*world->state)->opened.store;
	struct replay *replay = calloc(1, sizeof *replay);
	int64_t numbers[RECORDS_MAX + 1][DAYS] = {{0}};
	bool found;

	assert_non_null(replay);
	assert_int_equal(change_read_after(store, 0, replay_row, replay, NULL), 0);
	for (int i = 0; i < replay->count; i++) {
		int64_t number = 0;

		if (!replay->facts[i].holds)
			continue;
		assert_int_equal(history_read(store, &small_layers.layers[SMALL_THING],
					 replay->facts[i].id, replay->facts[i].version, read_number,
					 &number, &found, NULL),
			0);
		for (int on = 0; on < DAYS; on++) {
			struct date date = day(on);

			if (strcmp(replay->facts[i].from.text, date.text) <= 0 &&
				(!*replay->facts[i].to.text ||
					strcmp(date.text, replay->facts[i].to.text) < 0))
				numbers[replay->facts[i].id][on] = number;
		}
	}
	for (int64_t id = 1; id <= world->records; id++)
		for (int on = 0; on < DAYS; on++)
			assert_int_equal(
				numbers[id][on], world->truths[world->count - 1].numbers[id][on]);
	free(replay);
}

static void every_dated_read_is_what_was_meant_then(void **state)
{
	struct world world = {.state = state, .random = random_start(31), .now_us = noon_us(2)};

	world.truths = calloc(OPERATIONS, sizeof *world.truths);
	assert_non_null(world.truths);
	for (int i = 0; i < OPERATIONS; i++)
		operate(&world);
	for (int at = 0; at < world.count; at++)
		for (int on = 0; on < DAYS; on++)
			check_then(&world, at, on);
	for (int i = 0; i < 200; i++) {
		int at = (int)random_below(&world.random, (size_t)world.count);
		int from = (int)random_below(&world.random, DAYS);

		check_span(&world, at, from,
			from + (int)random_below(&world.random, (size_t)(DAYS - from)));
	}
	check_replay(&world);
	free(world.truths);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_correction_holds_from_the_start_and_the_register_remembers, small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			what_is_decided_for_later_begins_at_midnight, small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			the_feed_tells_where_versions_lay_that_gave_way, small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			a_record_ends_comes_back_and_never_was, small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			refuses_what_cannot_be, small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			every_dated_read_is_what_was_meant_then, small_register_make, small_register_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
