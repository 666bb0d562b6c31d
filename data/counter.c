#include "data/counter.h"

#include "base/messages.h"
#include "base/text.h"

static const char *const state_names[COUNTER_STATE_COUNT] = {"claimed", "used", "void"};

static bool is_words(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= COUNTER_WORDS_MAX && text_is_utf8(text, len);
}

static bool is_sha256(const char *text)
{
	return strspn(text, "0123456789abcdef") == 64 && !text[64];
}

static int fail_words(struct error *err)
{
	return fail_number_words(err, COUNTER_WORDS_MAX);
}

/* The next number of a series, which begins with 1. */
static int next_number(
	struct store *store, const char *series, int year, int64_t *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO counter (series, year, last) VALUES ($series, $year, 1)"
		" ON CONFLICT (series, year) DO UPDATE SET last = counter.last + 1 RETURNING last",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "series", series);
	query_bind_int(query, "year", year);
	rc = query_step(query, err);
	if (rc > 0)
		*ret = query_int(query, 0);
	while (rc > 0)
		rc = query_step(query, err);
	return rc;
}

static void bind_key(struct query *query, const struct counter_key *key)
{
	query_bind_text(query, "series", key->series);
	query_bind_int(query, "year", key->year);
	query_bind_int(query, "number", key->number);
}

int counter_claim(struct store *store, const char *series, int year, const struct counter_act *act,
	int64_t *ret_number, struct error *err)
{
	struct counter_key key = {series, year, 0};
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (!is_words(series) || year < 0 || year > COUNTER_YEAR_MAX || !is_words(act->by) ||
		!is_words(act->why))
		return fail_words(err);
	rc = next_number(store, series, year, &key.number, err);
	if (!rc)
		rc = store_query(store,
			"INSERT INTO counter_number"
			" (series, year, number, state, purpose, claimed_by, claimed_at)"
			" VALUES ($series, $year, $number, 'claimed', $purpose, $by, $at)",
			&query, err);
	if (rc)
		return rc;
	bind_key(query, &key);
	query_bind_text(query, "purpose", act->why);
	query_bind_text(query, "by", act->by);
	query_bind_int(query, "at", act->at_us);
	rc = query_run(query, err);
	if (!rc)
		*ret_number = key.number;
	return rc;
}

/* What may be said of a number that is not claimed any more. */
static int check_settled(struct store *store, const struct counter_key *key, const char *state,
	const char *sha256, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool is_same;
	int rc = store_query(store,
		"SELECT state, paper_sha256 FROM counter_number"
		" WHERE series = $series AND year = $year AND number = $number",
		&query, err);

	if (rc)
		return rc;
	bind_key(query, key);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_number_not_claimed(err, key->number, key->year);
	is_same = !strcmp(query_text(query, 0, NULL), state) &&
		  !strcmp(query_text(query, 1, NULL), sha256 ? sha256 : "");
	rc = query_check_row(query, err);
	return rc || is_same ? rc : fail_number_settled(err, key->number, key->year);
}

/* Makes a claimed number used or void. */
static int settle(struct store *store, const struct counter_key *key, enum counter_state state,
	const char *sha256, const struct counter_act *act, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool met;
	int rc = store_query(store,
		"UPDATE counter_number SET state = $state, settled_by = $by, settled_at = $at,"
		" paper_sha256 = $sha256, reason = $reason WHERE series = $series"
		" AND year = $year AND number = $number AND state = 'claimed' RETURNING number",
		&query, err);

	if (rc)
		return rc;
	bind_key(query, key);
	query_bind_text(query, "state", state_names[state]);
	query_bind_text(query, "by", act->by);
	query_bind_int(query, "at", act->at_us);
	query_bind_text(query, "sha256", sha256);
	query_bind_text(query, "reason", state == COUNTER_VOID ? act->why : NULL);
	rc = query_step(query, err);
	met = rc > 0;
	while (rc > 0)
		rc = query_step(query, err);
	return rc || met ? rc : check_settled(store, key, state_names[state], sha256, err);
}

int counter_use(struct store *store, const struct counter_key *key, const char *sha256,
	const struct counter_act *act, struct error *err)
{
	if (!is_sha256(sha256) || !is_words(act->by))
		return fail_words(err);
	return settle(store, key, COUNTER_USED, sha256, act, err);
}

int counter_void(struct store *store, const struct counter_key *key, const struct counter_act *act,
	struct error *err)
{
	if (!act->why || !*act->why)
		return fail_number_needs_reason(err);
	if (!is_words(act->why) || !is_words(act->by))
		return fail_words(err);
	return settle(store, key, COUNTER_VOID, NULL, act, err);
}

#define SELECT_NUMBER                                                                              \
	"SELECT series, year, number, state, claimed_by, purpose, claimed_at, settled_by, reason," \
	" settled_at, paper_sha256 FROM counter_number"

static const char *keep_text(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return arena_text(arena, text, len);
}

static bool parse_state(const char *text, enum counter_state *ret)
{
	for (int i = 0; i < COUNTER_STATE_COUNT; i++) {
		if (strcmp(text, state_names[i]) != 0)
			continue;
		*ret = (enum counter_state)i;
		return true;
	}
	return false;
}

/* The row in hand; its texts go to the arena. */
static int take_row(
	struct query *query, struct arena *arena, struct counter_number *ret, struct error *err)
{
	struct counter_number row = {
		.key = {keep_text(query, 0, arena), (int)query_int(query, 1), query_int(query, 2)},
		.claimed = {keep_text(query, 4, arena), keep_text(query, 5, arena),
			query_int(query, 6)},
		.settled = {keep_text(query, 7, arena), keep_text(query, 8, arena),
			query_int(query, 9)},
		.paper_sha256 = keep_text(query, 10, arena),
	};
	bool is_known = parse_state(query_text(query, 3, NULL), &row.state);
	int rc = query_check_row(query, err);

	if (rc)
		return rc;
	if (!row.key.series || !row.claimed.by || !row.claimed.why || !row.settled.by ||
		!row.settled.why || !row.paper_sha256)
		return fail_no_memory(err);
	if (!is_known)
		return fail_register_damaged(err);
	*ret = row;
	return 0;
}

int counter_read(struct store *store, const struct counter_key *key, struct arena *arena,
	struct counter_number *ret_number, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		SELECT_NUMBER " WHERE series = $series AND year = $year AND number = $number",
		&query, err);

	if (rc)
		return rc;
	bind_key(query, key);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_number_not_claimed(err, key->number, key->year);
	return take_row(query, arena, ret_number, err);
}

int counter_list_claimed(struct store *store, int64_t before_us, struct arena *arena,
	struct counter_number **ret_numbers, size_t *ret_count, struct error *err)
{
	struct counter_number *numbers = arena_zero(arena, COUNTER_LIST_MAX, sizeof *numbers);
	autoptr(query_done) struct query *query = NULL;
	size_t count = 0;
	int rc;

	if (!numbers)
		return fail_no_memory(err);
	rc = store_query(store,
		SELECT_NUMBER " WHERE state = 'claimed' AND claimed_at < $before"
			      " ORDER BY claimed_at, series, year, number LIMIT $most",
		&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "before", before_us);
	query_bind_int(query, "most", COUNTER_LIST_MAX);
	while ((rc = query_step(query, err)) > 0) {
		rc = take_row(query, arena, &numbers[count], err);
		if (rc)
			return rc;
		count++;
	}
	if (rc)
		return rc;
	*ret_numbers = numbers;
	*ret_count = count;
	return 0;
}

static int read_last(
	struct store *store, const char *series, int year, int64_t *ret_last, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT last FROM counter WHERE series = $series AND year = $year", &query, err);

	if (rc)
		return rc;
	query_bind_text(query, "series", series);
	query_bind_int(query, "year", year);
	rc = query_step(query, err);
	*ret_last = rc > 0 ? query_int(query, 0) : 0;
	return rc < 0 ? rc : 0;
}

/* Notes the row of one number, behind that of the number before. */
static void audit_row(
	struct counter_audit *audit, int64_t number, const char *state, int64_t *previous)
{
	enum counter_state known;

	if (number > audit->last || !parse_state(state, &known)) {
		audit->beyond++;
		return;
	}
	if (number > *previous + 1) {
		audit->missing += number - *previous - 1;
		if (!audit->first_missing)
			audit->first_missing = *previous + 1;
	}
	*previous = number;
	audit->claimed += known == COUNTER_CLAIMED;
	audit->used += known == COUNTER_USED;
	audit->voided += known == COUNTER_VOID;
}

int counter_audit(struct store *store, const char *series, int year,
	struct counter_audit *ret_audit, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct counter_audit audit = {0};
	int64_t previous = 0;
	int rc = read_last(store, series, year, &audit.last, err);

	if (!rc)
		rc = store_query(store,
			"SELECT number, state FROM counter_number"
			" WHERE series = $series AND year = $year ORDER BY number",
			&query, err);
	if (rc)
		return rc;
	query_bind_text(query, "series", series);
	query_bind_int(query, "year", year);
	while ((rc = query_step(query, err)) > 0)
		audit_row(&audit, query_int(query, 0), query_text(query, 1, NULL), &previous);
	if (rc)
		return rc;
	if (previous < audit.last) {
		audit.missing += audit.last - previous;
		if (!audit.first_missing)
			audit.first_missing = previous + 1;
	}
	*ret_audit = audit;
	return 0;
}

static int check_series(struct store *store, const char *series, int year, struct error *err)
{
	struct counter_audit audit;
	int rc = counter_audit(store, series, year, &audit, err);

	if (rc || (!audit.missing && !audit.beyond))
		return rc;
	rc = fail_register_damaged(err);
	error_detail(err, "numbers of %.100s %d: %lld missing from %lld on, %lld beyond %lld",
		series, year, (long long)audit.missing, (long long)audit.first_missing,
		(long long)audit.beyond, (long long)audit.last);
	return rc;
}

int counter_gaps(struct store *store, int64_t *ret_series, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int64_t count = 0;
	int rc = store_query(store,
		"SELECT series, year FROM counter UNION SELECT series, year FROM counter_number",
		&query, err);

	if (rc)
		return rc;
	while ((rc = query_step(query, err)) > 0) {
		rc = check_series(store, query_text(query, 0, NULL), (int)query_int(query, 1), err);
		if (rc)
			return rc;
		count++;
	}
	if (!rc)
		*ret_series = count;
	return rc;
}
