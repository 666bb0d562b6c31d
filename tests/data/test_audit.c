#include "tests/test.h"

#include <math.h>

#include "base/messages.h"
#include "data/agenda.h"
#include "data/audit.h"
#include "data/revision.h"
#include "tests/data/old_register.h"

static const struct layer *thing(void)
{
	return &small_layers.layers[SMALL_THING];
}

static struct store *store_of(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

/* One record: created, changed for later, changed; another created and ended. */
static void write_history(void **state)
{
	static const struct {
		int64_t id, base;
		int number;
		const char *from;
	} steps[] = {{0, 0, 1, "2026-01-01"}, {0, 0, 2, ""}, {1, 1, 3, "2027-03-01"},
		{1, 2, 4, "2026-01-01"}, {2, 1, 0, "2026-11-20"}, {0, 0, 5, ""}};
	struct store *store = store_of(state);

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		const struct change_author author = {
			"user:7", "thử", SMALL_NOW_US + (int64_t)i * 1000000};
		autofree(transaction_end) struct transaction transaction = {0};
		autofree(strbuf_clear) struct strbuf wkb = STRBUF(1000);
		struct value values[5] = {{.kind = VALUE_TEXT, .text = "a", .len = 1},
			{.kind = VALUE_INT, .integer = steps[i].number}};
		struct feature feature = {
			.id = steps[i].id, .values = values, .z_m = (double)NAN};
		struct change_set changes;
		struct revision revision;
		struct date from = {""};
		int64_t version;

		if (*steps[i].from)
			assert_true(date_parse(steps[i].from, 10, &from));
		feature.valid_from = from;
		small_point(&wkb, 600000, 1200000, &feature);
		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		assert_int_equal(change_begin(store, &author, &changes, NULL), 0);
		revision = revision_of(store, thing(), SMALL_EPSG, &changes, &small_randomness);
		if (!steps[i].id)
			assert_int_equal(revision_create(&revision, &feature, NULL), 0);
		else if (steps[i].number)
			assert_int_equal(
				revision_replace(&revision, steps[i].base, &feature, NULL), 0);
		else
			assert_int_equal(revision_end(&revision, steps[i].id, steps[i].base, &from,
						 &version, NULL),
				0);
		assert_int_equal(change_end(&changes, NULL), 0);
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
	}
}

/* How often each fault was found. */
struct found {
	int faults[AUDIT_HEAD + 1];
};

static void note(void *context, const struct audit_finding *finding)
{
	((struct found *)context)->faults[finding->fault]++;
}

static bool go_on(void *context, int64_t done, int64_t total)
{
	(void)context;
	assert_true(done <= total);
	return true;
}

static struct audit_report verify(
	struct store *store, const struct audit_head *expected, struct found *found)
{
	const struct audit_plan plan = {.layers = &small_layers,
		.today = clock_date_vietnam(SMALL_NOW_US),
		.expected = expected,
		.finding = note,
		.progress = go_on,
		.context = found};
	struct audit_report report;

	*found = (struct found){{0}};
	assert_int_equal(audit_verify(store, &plan, &report, NULL), 0);
	return report;
}

static void an_honest_register_has_no_findings(void **state)
{
	struct audit_report report;
	struct found found;

	report = verify(store_of(state), NULL, &found);
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.links, 0);
	write_history(state);
	report = verify(store_of(state), NULL, &found);
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.links, 6);
	assert_int_equal(report.changes, 8);
	assert_int_equal(report.versions, 8);
	assert_int_equal(report.head.link, 6);
}

/* What an older program wrote is sealed when this one opens it, and then audited as the rest is. */
static void a_register_from_before_seals_is_taken_on(void **state)
{
	struct small_register *place = *state;
	struct audit_report report;
	struct audit_head head;
	struct found found;

	old_register_make(place, 3);
	assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
	report = verify(place->opened.store, NULL, &found);
	assert_int_equal(report.findings, 0);
	assert_int_equal(report.links, 3);
	assert_int_equal(report.changes, 3);
	assert_int_equal(report.versions, 3);
	head = report.head;
	/* Once: the next opening leaves all as it is. */
	register_close(&place->opened);
	assert_int_equal(small_register_open(place, STORE_WRITE, NULL), 0);
	report = verify(place->opened.store, &head, &found);
	assert_int_equal(report.findings, 0);
	store_must_run(place->opened.store, "UPDATE thing_history SET name = '7' WHERE id = 2");
	report = verify(place->opened.store, &head, &found);
	assert_int_equal(found.faults[AUDIT_VERSION], 1);
}

/* What somebody does behind the register's back, and how it shows. */
static const struct {
	const char *sql;
	enum audit_fault fault;
} deeds[] = {
	{"UPDATE change SET version = 9 WHERE seq = 2", AUDIT_LINK},
	{"UPDATE change SET min_x = 1 WHERE seq = 2", AUDIT_LINK},
	{"UPDATE change SET digest = x'00' WHERE seq = 2", AUDIT_LINK},
	{"UPDATE change SET valid_from = '2020-01-01' WHERE seq = 1", AUDIT_LINK},
	{"UPDATE change SET base = 1 WHERE seq = 5", AUDIT_LINK},
	{"UPDATE change_link SET actor = 'user:8' WHERE link = 3", AUDIT_LINK},
	{"UPDATE change_link SET reason = '' WHERE link = 3", AUDIT_LINK},
	{"UPDATE change_link SET recorded_at = recorded_at + 1 WHERE link = 3", AUDIT_LINK},
	{"UPDATE change_link SET digest = x'00' WHERE link = 6", AUDIT_LINK},
	{"DELETE FROM change WHERE seq = 3", AUDIT_GAP},
	{"DELETE FROM change_link WHERE link = 3", AUDIT_GAP},
	{"DELETE FROM change WHERE seq = 8; DELETE FROM change_link WHERE link = 6",
		AUDIT_NO_CHANGE},
	{"INSERT INTO change (seq, link, layer, feature_id, version, action)"
	 " VALUES (9, 6, 'thing', 3, 2, 'update')",
		AUDIT_LINK},
	{"INSERT INTO change_link (link, recorded_at, actor, reason, first_seq, last_seq)"
	 " VALUES (7, 1, 'a', 'b', 9, 9)",
		AUDIT_GAP},
	{"UPDATE thing_history SET count = 9 WHERE id = 1 AND version = 1", AUDIT_VERSION},
	{"UPDATE thing_history SET name = 'b' WHERE id = 1 AND version = 3", AUDIT_VERSION},
	{"UPDATE thing_history SET valid_to = '2026-02-01' WHERE id = 3", AUDIT_VERSION},
	{"UPDATE thing_history SET uid = 'x' WHERE id = 3", AUDIT_VERSION},
	{"UPDATE thing_history SET native_geom = x'00' WHERE id = 3", AUDIT_VERSION},
	{"UPDATE thing_history SET geom = NULL WHERE id = 3", AUDIT_VERSION},
	{"DELETE FROM thing_history WHERE id = 1 AND version = 2", AUDIT_NO_VERSION},
	{"DELETE FROM thing_history WHERE id = 1 AND version = 4", AUDIT_NO_VERSION},
	{"DELETE FROM thing_history WHERE id = 3", AUDIT_NO_VERSION},
	{"INSERT INTO thing_history (key, id, version, recorded_at, action, uid)"
	 " VALUES (4194304, 4, 1, 7, 'create', 'x')",
		AUDIT_NO_CHANGE},
	{"UPDATE thing_history SET superseded_at = NULL WHERE id = 1 AND version = 1",
		AUDIT_SUPERSEDED},
	{"UPDATE thing_history SET superseded_at = 7 WHERE id = 3", AUDIT_SUPERSEDED},
	{"UPDATE thing_history SET superseded_at = NULL WHERE action = 'end'",
		AUDIT_SUPERSEDED},
	{"UPDATE thing SET count = 77 WHERE id = 1", AUDIT_ROW},
	{"UPDATE thing SET in_force = 0 WHERE id = 1", AUDIT_ROW},
	{"UPDATE thing SET in_force = 1 WHERE id = 2", AUDIT_ROW},
	{"UPDATE thing SET geom = NULL WHERE id = 1", AUDIT_ROW},
	{"DELETE FROM thing WHERE id = 3", AUDIT_ROW},
	{"INSERT INTO thing (version, recorded_at, uid) VALUES (1, 7, 'x')", AUDIT_ROW},
};

/* Each in a copy of its own. */
static void whatever_is_changed_removed_or_put_in_is_found(void **state)
{
	write_history(state);
	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
		struct store *copy = small_copy_make(*state);
		struct found found;

		assert_int_equal(verify(copy, NULL, &found).findings, 0);
		store_must_run(copy, deeds[i].sql);
		verify(copy, NULL, &found);
		if (!found.faults[deeds[i].fault])
			print_error("not found: %s\n", deeds[i].sql);
		assert_true(found.faults[deeds[i].fault] > 0);
		small_copy_drop(*state, copy);
	}
}

/* The whole end removed leaves no trace but the head that somebody has kept. */
static void a_head_kept_elsewhere_shows_that_the_end_was_cut_off(void **state)
{
	struct store *store = store_of(state);
	struct audit_head head;
	struct found found;

	write_history(state);
	head = verify(store, NULL, &found).head;
	assert_int_equal(verify(store, &head, &found).findings, 0);
	store_must_run(store, "DELETE FROM change WHERE seq = 8;"
			      "DELETE FROM change_link WHERE link = 6;"
			      "DELETE FROM thing_history WHERE id = 3; DELETE FROM thing WHERE id = 3");
	assert_int_equal(verify(store, NULL, &found).findings, 0);
	verify(store, &head, &found);
	assert_int_equal(found.faults[AUDIT_HEAD], 1);
	head.link = 5;
	verify(store, &head, &found);
	assert_int_equal(found.faults[AUDIT_HEAD], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_honest_register_has_no_findings,
			small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(a_register_from_before_seals_is_taken_on,
			small_folder_make, small_register_drop),
		cmocka_unit_test_setup_teardown(whatever_is_changed_removed_or_put_in_is_found,
			small_register_make, small_register_drop),
		cmocka_unit_test_setup_teardown(
			a_head_kept_elsewhere_shows_that_the_end_was_cut_off, small_register_make,
			small_register_drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
