#include "tests/test.h"

#include "base/text.h"
#include "data/counter.h"
#include "data/dossier_list.h"
#include "data/dossier_paper.h"
#include "data/person.h"
#include "tests/data/people.h"
#include "tests/random.h"

static struct error err;

/* A file as somebody hands it in, in a ward. */
static struct dossier receive(struct store *store, struct arena *arena, int64_t unit, int64_t due_us)
{
	static const struct person_values values = {"Nguyễn Văn Mẫu", "079000000000", "0900 000 000"};
	struct dossier_start start = {.actor = "test", .randomness = &randomness_system,
		.dossier = {.kind = dossier_kinds, .parcel_id = 7, .parcel_label = "12/345",
			.unit_id = unit, .received_at_us = SMALL_NOW_US, .due_at_us = due_us,
			.note = "nộp tại quầy"}};
	struct digest hash;
	struct digest_text text;

	store_must_run(store, "BEGIN");
	assert_int_equal(person_create(store, &values, SMALL_NOW_US, &randomness_system,
				 &start.dossier.person_id, &hash, &err),
		0);
	text = digest_print(&hash);
	start.dossier.person_hash = text.text;
	if (dossier_add(store, &start, arena, &err))
		fail_msg("%s", err.detail);
	store_must_run(store, "COMMIT");
	start.dossier.person_hash = arena_text(arena, text.text, strlen(text.text));
	return start.dossier;
}

static const char *const asked[] = {"application", "land_paper"};

static struct dossier_act act_of(const struct dossier *dossier, const char *move)
{
	return (struct dossier_act){.id = dossier->id, .version = dossier->version,
		.move = dossier_move_find(move, strlen(move)), .note = "", .reason = "vì thế",
		.papers = asked, .paper_count = strcmp(move, "request_supplement") ? 0 : 2,
		.address_id = strcmp(move, "issue") ? 0 : 77, .address_label = "15/3 Yersin",
		.actor = "user:2", .account_id = 2, .now_us = SMALL_NOW_US + HOUR_US};
}

static int move(struct store *store, const struct dossier_act *act, struct arena *arena,
	struct dossier *ret)
{
	int rc;

	store_must_run(store, "BEGIN");
	rc = dossier_move(store, act, arena, ret, &err);
	store_must_run(store, rc ? "ROLLBACK" : "COMMIT");
	return rc;
}

static void a_file_is_what_was_handed_in(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = people_store(state);
	struct dossier first = receive(store, &arena, 3, SMALL_NOW_US + DAY_US);
	struct dossier second = receive(store, &arena, 3, SMALL_NOW_US + DAY_US), found;
	int64_t series = 0;

	assert_string_equal(first.file_no, "HS-2026-000001");
	assert_string_equal(second.file_no, "HS-2026-000002");
	assert_int_equal(strlen(first.receipt_code), DOSSIER_CODE_LEN);
	assert_int_equal(dossier_read(store, first.id, &arena, &found, &err), 0);
	assert_true(found.kind == dossier_kinds && found.state == DOSSIER_RECEIVED);
	assert_true(found.version == 1 && found.parcel_id == 7 && found.unit_id == 3);
	assert_string_equal(found.parcel_label, "12/345");
	assert_string_equal(found.person_hash, first.person_hash);
	assert_string_equal(found.note, "nộp tại quầy");
	assert_string_equal(found.address_label, "");
	assert_true(found.due_at_us == SMALL_NOW_US + DAY_US && !found.paused_at_us);
	assert_int_equal(
		dossier_read_no(store, "HS-2026-000002", &arena, &found, &err), 0);
	assert_true(found.id == second.id);
	assert_int_equal(
		dossier_read_receipt(store, first.receipt_code, &arena, &found, &err), 0);
	assert_true(found.id == first.id);
	assert_refused(dossier_read_receipt(store, "abc", &arena, &found, &err), ERR_NOT_FOUND,
		"DOS-RECEIPT-01");
	assert_refused(dossier_read(store, 99, &arena, &found, &err), ERR_NOT_FOUND, "DOS-FIND-01");
	assert_int_equal(counter_gaps(store, &series, &err), 0);
	assert_true(number_in(store, "SELECT count(*) FROM counter_number WHERE state = 'used'") == 2);
}

static void who_comes_too_late_is_told_by_whom(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	autofree(strbuf_clear) struct strbuf said = STRBUF(1000);
	struct store *store = people_store(state);
	int64_t an = people_add(store, "an", ROLE_OFFICER, NULL);
	struct dossier dossier = receive(store, &arena, 3, SMALL_NOW_US + DAY_US), after;
	struct dossier_act first = act_of(&dossier, "appraise"), second = act_of(&dossier, "submit");
	char actor[40];

	snprintf(actor, sizeof actor, "user:%lld", (long long)an);
	first.actor = actor;
	assert_int_equal(move(store, &first, &arena, &after), 0);
	assert_true(after.version == 2 && after.account_id == 2);
	assert_int_equal(move(store, &second, &arena, &after), ERR_CONFLICT);
	assert_string_equal(error_message_code(&err), "DOS-STALE-01");
	error_print(&said, &err, LANG_EN);
	assert_non_null(strstr(said.data, "an changed the file HS-2026-000001 at "));
}

static void what_is_missing_is_said(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = people_store(state);
	struct dossier dossier = receive(store, &arena, 3, SMALL_NOW_US + DAY_US);
	struct dossier_act act = act_of(&dossier, "request_supplement");
	char text[DOSSIER_NOTE_MAX + 2];

	act.paper_count = 0;
	assert_refused(move(store, &act, &arena, &dossier), ERR_INVALID, "DOS-PAPER-02");
	act = act_of(&dossier, "refuse");
	act.reason = "";
	assert_refused(move(store, &act, &arena, &dossier), ERR_INVALID, "DOS-REASON-01");
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	act.reason = text;
	assert_refused(move(store, &act, &arena, &dossier), ERR_INVALID, "DOS-TEXT-01");
	act.reason = "\xff";
	assert_refused(move(store, &act, &arena, &dossier), ERR_INVALID, "DOS-TEXT-01");
	act = act_of(&dossier, "issue");
	assert_refused(move(store, &act, &arena, &dossier), ERR_CONFLICT, "DOS-STATE-01");
	act = act_of(&dossier, "submit");
	assert_int_equal(move(store, &act, &arena, &dossier), 0);
	act = act_of(&dossier, "issue");
	act.address_id = 0;
	assert_refused(move(store, &act, &arena, &dossier), ERR_INVALID, "DOS-ADDR-01");
	assert_true(number_in(store, "SELECT count(*) FROM dossier_event") == 2);
}

static int count_paper(void *context, const struct dossier_paper *paper, struct error *unused)
{
	int *counts = context;

	(void)unused;
	counts[paper->state]++;
	return 0;
}

static void papers_that_were_asked_for_come(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = people_store(state);
	struct dossier dossier = receive(store, &arena, 3, SMALL_NOW_US + DAY_US);
	struct dossier_act act = act_of(&dossier, "request_supplement");
	struct dossier_paper_gift gift = {.dossier_id = dossier.id, .name = "land_paper",
		.type = "application/pdf", .bytes = "%PDF-1.7", .len = 8, .actor = "user:2",
		.now_us = SMALL_NOW_US};
	struct digest_text sha256;
	int counts[3] = {0};

	assert_int_equal(move(store, &act, &arena, &dossier), 0);
	store_must_run(store, "BEGIN");
	assert_int_equal(dossier_paper_bring(store, &gift, &err), 0);
	assert_int_equal(gift.ordinal, 2);
	gift.bytes = NULL;
	gift.name = "old_certificate";
	assert_int_equal(dossier_paper_bring(store, &gift, &err), 0);
	assert_int_equal(gift.ordinal, 3);
	store_must_run(store, "COMMIT");
	assert_int_equal(dossier_papers(store, dossier.id, count_paper, counts, &err), 0);
	assert_true(counts[DOSSIER_PAPER_ASKED] == 1 && counts[DOSSIER_PAPER_SHOWN] == 1 &&
		    counts[DOSSIER_PAPER_SCAN] == 1);
	assert_int_equal(dossier_scan_find(store, dossier.id, 2, &sha256, &err), 0);
	assert_int_equal(blob_verify(store, sha256.text, &err), 0);
	assert_refused(
		dossier_scan_find(store, dossier.id, 3, &sha256, &err), ERR_NOT_FOUND, "DOS-PAPER-06");
	assert_int_equal(dossier_read(store, dossier.id, &arena, &dossier, &err), 0);
	assert_int_equal(dossier.version, 4);
	assert_null(dossier_paper_type("<html>", 6));
	assert_string_equal(dossier_paper_type("\x89PNG\r\n\x1a\n...", 11), "image/png");
}

static void the_clock_waits_for_the_applicant(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = people_store(state);
	struct work_calendar calendar;
	struct date day = clock_date_vietnam(SMALL_NOW_US);
	struct dossier dossier;
	struct dossier_act act;
	int64_t due_us, late_us = SMALL_NOW_US - 30 * DAY_US;

	assert_int_equal(work_calendar_find(store, &day, 0, &calendar, &err), 0);
	due_us = work_calendar_due(&calendar, SMALL_NOW_US, 10);
	dossier = receive(store, &arena, 3, due_us);
	act = act_of(&dossier, "request_supplement");
	act.now_us = SMALL_NOW_US;
	assert_int_equal(move(store, &act, &arena, &dossier), 0);
	assert_true(dossier.paused_at_us == SMALL_NOW_US && dossier.due_at_us == due_us);
	act = act_of(&dossier, "resume");
	act.now_us = SMALL_NOW_US + 20 * DAY_US;
	assert_int_equal(move(store, &act, &arena, &dossier), 0);
	assert_true(!dossier.paused_at_us);
	assert_true(dossier.due_at_us == work_calendar_due(&calendar, act.now_us, 10));
	/* One that was late before stays so. */
	dossier = receive(store, &arena, 3, late_us);
	act = act_of(&dossier, "request_supplement");
	assert_int_equal(move(store, &act, &arena, &dossier), 0);
	act = act_of(&dossier, "resume");
	assert_int_equal(move(store, &act, &arena, &dossier), 0);
	assert_true(dossier.due_at_us == late_us);
}

/* --- the queue ----------------------------------------------------------------------------------- */

struct page {
	int64_t ids[20];
	size_t count, most;
	int64_t last_due_us;
};

static int add_to_page(void *context, const struct dossier *dossier, struct error *unused)
{
	struct page *page = context;

	(void)unused;
	page->ids[page->count++] = dossier->id;
	page->last_due_us = dossier->due_at_us;
	return page->count == page->most;
}

static void the_oldest_deadline_comes_first(void **state)
{
	static const int64_t second_unit[] = {9, 4};
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = people_store(state);
	struct dossier_search search = {.decided = false}, behind = search;
	struct page page = {.most = 3}, rest = {.most = 20}, there = {.most = 20}, done = {.most = 20};
	struct dossier dossier, decided;
	struct dossier_act act;

	for (int i = 0; i < 5; i++)
		dossier = receive(store, &arena, i % 2 ? 4 : 3, SMALL_NOW_US + (i * 7 % 5) * DAY_US);
	act = act_of(&dossier, "refuse");
	assert_int_equal(move(store, &act, &arena, &decided), 0);
	assert_int_equal(dossier_list(store, &search, add_to_page, &page, &err), 0);
	/* Days 0 2 4 1 (3 is decided) of the files 1 2 3 4. */
	assert_true(page.ids[0] == 1 && page.ids[1] == 4 && page.ids[2] == 2);
	behind.after_due_us = page.last_due_us;
	behind.after_id = page.ids[2];
	assert_int_equal(dossier_list(store, &behind, add_to_page, &rest, &err), 0);
	assert_true(rest.count == 1 && rest.ids[0] == 3);
	search.units = second_unit;
	search.unit_count = 2;
	assert_int_equal(dossier_list(store, &search, add_to_page, &there, &err), 0);
	assert_true(there.count == 2 && there.ids[0] == 4 && there.ids[1] == 2);
	search = (struct dossier_search){.decided = true, .state = "refused", .account_id = 2,
		.unit_id = 3, .parcel_id = 7};
	assert_int_equal(dossier_list(store, &search, add_to_page, &done, &err), 0);
	assert_true(done.count == 1 && done.ids[0] == decided.id);
}

/* "plot" of the small register is no land here, so the rows are made by hand. */
static void files_follow_their_land(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	static const struct layer_field fields[] = {
		{.id = "unit_now_id", .type = FIELD_INT, .source = FIELD_UNIT_NOW}};
	static const struct layer land = {.id = "small_land", .fields = fields, .field_count = 1};
	struct store *store = people_store(state);
	struct dossier first = receive(store, &arena, 3, SMALL_NOW_US), found;
	int64_t count = 0;

	store_must_run(store, "CREATE TABLE small_land (id BIGINT PRIMARY KEY, unit_now_id BIGINT)");
	store_must_run(store, "INSERT INTO small_land VALUES (7, 3), (8, 4)");
	store_must_run(store, "BEGIN");
	assert_int_equal(dossier_follow_units(store, &land, &count, &err), 0);
	assert_true(count == 0);
	store_must_run(store, "UPDATE small_land SET unit_now_id = 9 WHERE id = 7");
	assert_int_equal(dossier_follow_units(store, &land, &count, &err), 0);
	assert_true(count == 1);
	store_must_run(store, "UPDATE small_land SET unit_now_id = NULL");
	assert_int_equal(dossier_follow_units(store, &land, &count, &err), 0);
	assert_true(count == 0);
	store_must_run(store, "COMMIT");
	assert_int_equal(dossier_read(store, first.id, &arena, &found, &err), 0);
	assert_true(found.unit_id == 9 && found.version == 1);
}

/* --- a walk -------------------------------------------------------------------------------------- */

/* What may be done, written down a second time. */
static const char *const model[DOSSIER_STATE_COUNT] = {
	[DOSSIER_RECEIVED] = "appraise request_supplement submit refuse take note",
	[DOSSIER_APPRAISAL] = "request_supplement submit refuse take note",
	[DOSSIER_SUPPLEMENT] = "resume refuse take note",
	[DOSSIER_SIGNING] = "send_back issue refuse take note",
	[DOSSIER_ISSUED] = "replace revoke note",
	[DOSSIER_REFUSED] = "note",
	[DOSSIER_REPLACED] = "note",
	[DOSSIER_REVOKED] = "note",
};

static bool model_allows(enum dossier_state state, const char *move)
{
	const char *at = model[state];
	struct slice piece;

	while (text_next(&at, ' ', &piece))
		if (slice_equals(piece, move))
			return true;
	return false;
}

struct chain {
	int64_t ordinal, at_us;
	char state[40];
};

/* Each event begins where the one before ended. */
static int follow(void *context, const struct dossier_event *event, struct error *unused)
{
	struct chain *chain = context;

	(void)unused;
	assert_int_equal(event->ordinal, chain->ordinal + 1);
	assert_true(event->at_us >= chain->at_us);
	assert_string_equal(event->from, chain->state);
	chain->ordinal = event->ordinal;
	chain->at_us = event->at_us;
	snprintf(chain->state, sizeof chain->state, "%s", event->to);
	return 0;
}

/* One step of anybody; false if it was refused, as the model says. */
static bool step(struct store *store, struct random *random, struct dossier *dossier,
	struct arena *arena, int64_t now_us)
{
	size_t count = 0;
	const struct dossier_move *chosen;
	struct dossier_act act;
	struct dossier after;
	bool stale = random_below(random, 8) == 0, allowed;
	int rc;

	while (dossier_moves[count].id)
		count++;
	chosen = &dossier_moves[random_below(random, count)];
	allowed = model_allows(dossier->state, chosen->id);
	act = act_of(dossier, chosen->id);
	act.now_us = now_us;
	act.version -= stale;
	rc = move(store, &act, arena, &after);
	if (stale || !allowed) {
		assert_int_equal(rc, ERR_CONFLICT);
		assert_string_equal(
			error_message_code(&err), stale ? "DOS-STALE-01" : "DOS-STATE-01");
		return false;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(after.version, dossier->version + 1);
	assert_int_equal(after.paused_at_us != 0, after.state == DOSSIER_SUPPLEMENT);
	assert_int_equal(after.decided_at_us == 0, dossier_states[after.state].is_open);
	assert_true(dossier->paused_at_us || after.due_at_us == dossier->due_at_us);
	assert_true(after.due_at_us >= dossier->due_at_us);
	*dossier = after;
	return true;
}

static void no_walk_leaves_the_table(void **state)
{
	struct store *store = people_store(state);
	struct random random = random_start(35);
	size_t seen[DOSSIER_STATE_COUNT] = {0};

	for (int file = 0; file < 25; file++) {
		autofree(arena_clear) struct arena arena = ARENA(1 << 22);
		struct dossier dossier = receive(store, &arena, 3, SMALL_NOW_US + 9 * DAY_US), again;
		struct chain chain = {.ordinal = 0};
		int64_t now_us = SMALL_NOW_US;

		for (int i = 0; i < 30; i++) {
			now_us += (int64_t)random_below(&random, 50) * HOUR_US;
			step(store, &random, &dossier, &arena, now_us);
			seen[dossier.state]++;
		}
		assert_int_equal(dossier_read(store, dossier.id, &arena, &again, &err), 0);
		assert_true(again.version == dossier.version && again.state == dossier.state);
		assert_true(again.due_at_us == dossier.due_at_us);
		assert_int_equal(dossier_events(store, dossier.id, follow, &chain, &err), 0);
		assert_int_equal(chain.ordinal, dossier.version);
		assert_string_equal(chain.state, dossier_states[dossier.state].id);
	}
	for (int i = 0; i < DOSSIER_STATE_COUNT; i++)
		assert_true(seen[i] > 0);
	assert_true(number_in(store, "SELECT count(*) FROM dossier") == 25);
}

/* --- the tables ---------------------------------------------------------------------------------- */

static void rules_say_papers_and_days(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	struct store *store = people_store(state);
	struct dossier_paper_names names;
	struct date day = clock_date_vietnam(SMALL_NOW_US);
	int days = 0;

	for (const struct dossier_kind *kind = dossier_kinds; kind->id; kind++) {
		assert_non_null(kind->layer(city_layers()));
		assert_int_equal(dossier_working_days(store, kind, &day, 0, &days, &err), 0);
		assert_true(days > 0);
		assert_int_equal(
			dossier_paper_names(store, kind, &day, 0, &arena, &names, &err), 0);
		assert_true(names.count > 0);
	}
	assert_non_null(dossier_paper_name_find(&names, "land_paper"));
	assert_null(dossier_paper_name_find(&names, "passport"));
	store_must_run(store,
		"INSERT INTO rule (id, kind, precedence, confidence, payload) VALUES"
		" ('a', 'number_deadline', 0, 'configuration', '{\"working_days\": 0}'),"
		" ('b', 'number_papers', 0, 'configuration', '{\"papers\": [{\"id\": \"Bad id\"}]}')");
	assert_refused(dossier_working_days(store, dossier_kinds, &day, 0, &days, &err), ERR_CONFIG,
		"DOS-RULE-01");
	assert_refused(dossier_paper_names(store, dossier_kinds, &day, 0, &arena, &names, &err),
		ERR_CONFIG, "DOS-RULE-01");
}

static void powers_are_those_of_the_ward(void **state)
{
	const struct layer_table *layers = city_layers();
	const struct layer *layer = layer_of_addresses(layers);
	struct grant grants[] = {{.unit_id = 4, .fields = UINT64_MAX, .may_write = true},
		{.unit_id = 5, .fields = UINT64_MAX}};
	struct layer_rights of_layers[64] = {{.reads = true}};
	struct layer_rights *own = &of_layers[layer - layers->layers];
	struct rights rights = {.role = ROLE_OFFICER, .layers = of_layers};

	(void)state;
	assert_int_equal(dossier_powers(&rights, layers, dossier_kinds, 4), 0);
	*own = (struct layer_rights){true, true, NULL, 0};
	assert_int_equal(dossier_powers(&rights, layers, dossier_kinds, 9), DOSSIER_HANDLE);
	*own = (struct layer_rights){true, true, grants, 2};
	assert_int_equal(dossier_powers(&rights, layers, dossier_kinds, 4), DOSSIER_HANDLE);
	assert_int_equal(dossier_powers(&rights, layers, dossier_kinds, 5), 0);
	assert_int_equal(dossier_powers(&rights, layers, dossier_kinds, 0), 0);
	rights.role = ROLE_APPROVER;
	assert_int_equal(
		dossier_powers(&rights, layers, dossier_kinds, 4), DOSSIER_HANDLE | DOSSIER_DECIDE);
	assert_int_equal(dossier_powers(&rights, layers, dossier_kinds, 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_file_is_what_was_handed_in),
		in_register(who_comes_too_late_is_told_by_whom),
		in_register(what_is_missing_is_said),
		in_register(papers_that_were_asked_for_come),
		in_register(the_clock_waits_for_the_applicant),
		in_register(the_oldest_deadline_comes_first),
		in_register(files_follow_their_land),
		in_register(no_walk_leaves_the_table),
		in_register(rules_say_papers_and_days),
		cmocka_unit_test(powers_are_those_of_the_ward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
