/*
 * A certificate is issued, or nothing is: whatever moves, fails or dies between its two transactions.
 */
#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "data/blob.h"
#include "data/history.h"
#include "data/revision.h"
#include "data/scheme.h"
#include "server/cases/certificate.h"
#include "tests/data/small_register.h"

enum { EAST = 600000, NORTH = 1215000 };

/* What happens when the second transaction is about to begin. */
enum accident { NOTHING, PARCEL_MOVES, ADDRESS_MOVES, SCHEME_ENDS, DISK_IS_FULL, PROCESS_DIES };

struct world {
	struct small_register *place;
	struct store *store;
	struct arena arena;
	struct certificate_tools tools;
	int64_t unit, street, parcel, address;
	enum accident accident;
	int writes; /* transactions of the certificate in hand */
	int64_t now_us;
};

/* --- a house ------------------------------------------------------------------------------------ */

struct saying {
	const char *field;
	const char *text; /* NULL: the number */
	int64_t number;
};

static void set_values(
	const struct layer *layer, const struct saying *sayings, struct value *values)
{
	for (; sayings->field; sayings++)
		values[layer_field_at(layer, sayings->field)] = sayings->text
			? (struct value){.kind = VALUE_TEXT, .text = sayings->text, .len = strlen(sayings->text)}
			: (struct value){.kind = VALUE_INT, .integer = sayings->number};
}

/* One record in a transaction of its own: new, or (id) a further version. */
static int64_t put(struct world *world, const struct layer *layer, int64_t id, int64_t base,
	struct shape *shape, const struct saying *sayings)
{
	autofree(transaction_end) struct transaction transaction = {0};
	autofree(strbuf_clear) struct strbuf wkb = STRBUF(4096);
	const struct change_author author = {"test", "thử", world->now_us};
	struct value values[FEATURE_FIELDS_MAX] = {{.kind = VALUE_NULL}};
	struct feature feature = {.id = id, .values = values, .z_m = (double)NAN,
		.valid_from = {"2020-01-01"}};
	struct change_set changes;
	struct revision revision;
	struct error err = {0};

	set_values(layer, sayings, values);
	shape_write_wkb(shape, &wkb);
	feature.wkb = (struct wkb){(const unsigned char *)wkb.data, wkb.len};
	feature.box = shape_box(shape);
	assert_int_equal(transaction_begin(world->store, &transaction, &err), 0);
	assert_int_equal(change_begin(world->store, &author, &changes, &err), 0);
	revision = revision_of(world->store, layer, SMALL_EPSG, &changes, &small_randomness);
	assert_int_equal(id ? revision_replace(&revision, base, &feature, &err)
			    : revision_create(&revision, &feature, &err), 0);
	assert_int_equal(change_end(&changes, &err), 0);
	assert_int_equal(transaction_commit(&transaction, &err), 0);
	return feature.id;
}

static int64_t put_rectangle(struct world *world, const struct layer *layer, int64_t id,
	int64_t base, double width, const struct saying *sayings)
{
	double xy[] = {EAST, NORTH, EAST + width, NORTH, EAST + width, NORTH + 20, EAST, NORTH + 20,
		EAST, NORTH};
	uint32_t five = 5, one = 1;
	struct shape shape = {GEOMETRY_AREA, 5, xy, 1, &five, 1, &one, (double)NAN};

	return put(world, layer, id, base, &shape, sayings);
}

static const struct saying lot[] = {
	{"map_sheet", "12", 0}, {"parcel_no", "345", 0}, {"land_use", "ODT", 0}, {NULL, NULL, 0}};

static int64_t put_address(struct world *world, int64_t id, int64_t base, const char *status)
{
	const struct saying house[] = {{"label", "7 Yersin", 0}, {"plate", "7", 0},
		{"street_id", NULL, world->street}, {"number", NULL, 7},
		{"parcel_id", NULL, world->parcel}, {"status", status, 0},
		{"admin_unit_id", NULL, world->unit}, {"unit_now_id", NULL, world->unit},
		{NULL, NULL, 0}};
	double xy[] = {EAST + 2.5, NORTH + 20};
	uint32_t one = 1;
	struct shape shape = {GEOMETRY_POINT, 1, xy, 1, &one, 1, &one, (double)NAN};

	return put(world, layer_of_addresses(city_layers()), id, base, &shape, house);
}

static void approve_scheme(struct world *world)
{
	struct scheme scheme = {.street_id = world->street, .made_by = "user:1", .made_at_us = 1};

	assert_int_equal(scheme_create(world->store, &scheme, NULL), 0);
	store_must_run(world->store, "UPDATE numbering_scheme SET state = 'approved',"
				     " document = '45/QĐ-UBND'");
}

static void make_house(struct world *world)
{
	static const struct saying ward[] = {{"code", "25747", 0},
		{"name", "Phường Thủ Dầu Một", 0}, {"parent_name", "Thành phố Hồ Chí Minh", 0}, {NULL, NULL, 0}};
	static const struct saying street[] = {{"name", "Yersin", 0}, {NULL, NULL, 0}};
	double xy[] = {EAST - 50, NORTH + 24, EAST + 50, NORTH + 24};
	uint32_t two = 2, one = 1;
	struct shape line = {GEOMETRY_LINE, 2, xy, 1, &two, 1, &one, (double)NAN};

	world->unit = put_rectangle(world, layer_of_units(city_layers()), 0, 0, 1000, ward);
	world->street = put(world, layer_of_streets(city_layers()), 0, 0, &line, street);
	world->parcel = put_rectangle(world, layer_of_land(city_layers()), 0, 0, 5, lot);
	world->address = put_address(world, 0, 0, "current");
	approve_scheme(world);
}

/* --- writing with accidents --------------------------------------------------------------------- */

static void happen(struct world *world)
{
	switch (world->accident) {
	case PARCEL_MOVES:
		put_rectangle(world, layer_of_land(city_layers()), world->parcel, 1, 6, lot);
		break;
	case ADDRESS_MOVES:
		put_address(world, world->address, 1, "retired");
		break;
	case SCHEME_ENDS:
		store_must_run(world->store, "UPDATE numbering_scheme SET state = 'replaced'");
		break;
	case DISK_IS_FULL:
		assert_int_equal(disk_set_full(world->store, "certificate", true, NULL), 0);
		break;
	default:
		break;
	}
}

static int write_now(void *context, writer_work *work, void *work_context, struct error *err)
{
	struct world *world = context;
	autofree(transaction_end) struct transaction transaction = {0};
	int rc;

	world->writes++;
	if (world->writes == 2)
		happen(world);
	if (world->writes >= 2 && world->accident == PROCESS_DIES)
		return fail_busy(err);
	rc = transaction_begin(world->store, &transaction, err);
	if (!rc)
		rc = work(world->store, work_context, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof *world);
	struct register_plan plan;
	struct error err = {0};
	void *place = NULL;

	assert_non_null(world);
	assert_int_equal(small_folder_make(&place), 0);
	world->place = place;
	plan = small_register_plan(world->place);
	plan.layers = city_layers();
	assert_int_equal(register_create(&plan, &err), 0);
	assert_int_equal(register_open(plan.folder, plan.layers, STORE_WRITE, SMALL_NOW_US,
				 &world->place->opened, &err), 0);
	world->store = world->place->opened.store;
	world->now_us = SMALL_NOW_US;
	world->arena = ARENA(1 << 28);
	world->tools = (struct certificate_tools){.store = world->store, .layers = city_layers(),
		.city = &world->place->opened.city, .folder = world->place->folder.data,
		.public_url = "https://so.vn", .arena = &world->arena,
		.randomness = &randomness_system, .write = write_now, .writer = world};
	make_house(world);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;
	void *place = world->place;

	arena_clear(&world->arena);
	free(world);
	return small_register_drop(&place);
}

static int issue(struct world *world, struct certificate *made, struct error *err)
{
	const struct certificate_order order = {.address_id = world->address, .signer = "Trần Văn Bình",
		.holder = {.name = "Nguyễn Thị Ánh"}, .actor = "user:1", .at_us = world->now_us};

	world->writes = 0;
	return certificate_issue(&world->tools, &order, made, err);
}

/* --- tests -------------------------------------------------------------------------------------- */

static int64_t count(struct world *world, const char *sql)
{
	return number_in(world->store, sql);
}

static void one_is_issued_whole(void **state)
{
	struct world *world = *state;
	struct certificate made;
	struct error err = {0};

	if (issue(world, &made, &err))
		fail_msg("%s: %s", error_message_code(&err), err.detail);
	assert_int_equal(world->writes, 2);
	assert_string_equal(made.paper_number, "1/2026/GCN-SN");
	assert_int_equal(blob_verify(world->store, made.file_sha256, NULL), 0);
	assert_true(count(world, "SELECT count(*) FROM counter_number WHERE state = 'used'") == 1);
	assert_true(made.holder_id == 1 && made.parcel_version == 1 && made.address_version == 1);
	assert_null(strstr(made.data, "Nguyễn"));
}

/* Nothing but a number that is void, with the reason, and a person of whom nothing is left. */
static void check_nothing(struct world *world, int expected, const char *reason)
{
	struct certificate made;
	struct error err = {0};
	struct counter_number number;
	const struct counter_key key = {"certificate", 2026, 1};

	assert_true(issue(world, &made, &err) != 0);
	assert_int_equal(err.message, expected);
	assert_int_equal(disk_set_full(world->store, "certificate", false, NULL), 0);
	assert_true(count(world, "SELECT count(*) FROM certificate") == 0);
	assert_true(count(world, "SELECT count(*) FROM blob") == 0);
	assert_true(count(world, "SELECT count(*) FROM person WHERE name IS NOT NULL") == 0);
	assert_int_equal(counter_read(world->store, &key, &world->arena, &number, NULL), 0);
	assert_int_equal(number.state, COUNTER_VOID);
	assert_string_equal(number.settled.why, reason);
}

static void a_parcel_that_moves_between_stops_it(void **state)
{
	((struct world *)*state)->accident = PARCEL_MOVES;
	check_nothing(*state, MSG_CERTIFICATE_MOVED, "CERT-MOVED-01");
}

static void an_address_that_moves_between_stops_it(void **state)
{
	((struct world *)*state)->accident = ADDRESS_MOVES;
	check_nothing(*state, MSG_CERTIFICATE_MOVED, "CERT-MOVED-01");
}

static void a_scheme_that_ends_between_stops_it(void **state)
{
	((struct world *)*state)->accident = SCHEME_ENDS;
	check_nothing(*state, MSG_CERTIFICATE_MOVED, "CERT-MOVED-01");
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
	struct world *world = *state;
	struct certificate made;
	struct error err = {0};

	world->accident = DISK_IS_FULL;
	assert_true(issue(world, &made, &err) != 0);
	assert_int_equal(disk_set_full(world->store, "certificate", false, NULL), 0);
	assert_true(count(world, "SELECT count(*) FROM certificate") == 0);
	assert_true(count(world, "SELECT count(*) FROM blob") == 0);
	assert_true(count(world, "SELECT count(*) FROM counter_number WHERE state = 'void'") == 1);
	world->accident = NOTHING;
	assert_int_equal(issue(world, &made, &err), 0);
	assert_true(made.paper.number == 2);
}

/* The next certificate settles what a dead process has left, once it is old enough to be dead. */
static void what_a_dead_process_left_is_settled_by_the_next(void **state)
{
	struct world *world = *state;
	struct certificate made;
	struct error err = {0};

	world->accident = PROCESS_DIES;
	assert_true(issue(world, &made, &err) != 0);
	assert_true(count(world, "SELECT count(*) FROM counter_number WHERE state = 'claimed'") == 1);
	world->accident = NOTHING;
	assert_int_equal(issue(world, &made, &err), 0);
	assert_true(count(world, "SELECT count(*) FROM counter_number WHERE state = 'claimed'") == 1);
	world->now_us += INT64_C(3600) * 1000000;
	assert_int_equal(issue(world, &made, &err), 0);
	assert_true(count(world, "SELECT count(*) FROM counter_number WHERE state = 'claimed'") == 0);
	assert_true(count(world, "SELECT count(*) FROM counter_number WHERE state = 'void'") == 1);
	assert_true(count(world, "SELECT count(*) FROM certificate WHERE state = 'valid'") == 1);
}

static void what_is_not_so_is_refused_before_a_number_is_taken(void **state)
{
	struct world *world = *state;
	struct certificate made;
	struct error err = {0};

	put_address(world, world->address, 1, "retired");
	assert_int_equal(issue(world, &made, &err), ERR_CONFLICT);
	assert_int_equal(err.message, MSG_CERTIFICATE_NOT_CURRENT);
	put_address(world, world->address, 2, "current");
	store_must_run(world->store, "UPDATE numbering_scheme SET state = 'submitted'");
	assert_int_equal(issue(world, &made, &err), ERR_CONFLICT);
	assert_int_equal(err.message, MSG_SCHEME_MISSING);
	world->address = 99;
	assert_int_equal(issue(world, &made, &err), ERR_NOT_FOUND);
	assert_true(count(world, "SELECT count(*) FROM counter_number") == 0);
	assert_int_equal(world->writes, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(one_is_issued_whole),
		TEST(a_parcel_that_moves_between_stops_it),
		TEST(an_address_that_moves_between_stops_it),
		TEST(a_scheme_that_ends_between_stops_it),
		TEST(what_cannot_be_written_leaves_nothing),
		TEST(what_a_dead_process_left_is_settled_by_the_next),
		TEST(what_is_not_so_is_refused_before_a_number_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
