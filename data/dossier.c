#include "data/dossier.h"

#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "data/account.h"
#include "data/counter.h"
#include "data/dossier_paper.h"

static const char series[] = "dossier";

/* --- reading ------------------------------------------------------------------------------------- */

static const char *keep(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return arena_text(arena, text, len);
}

int dossier_read_row(
	struct query *query, struct arena *arena, struct dossier *ret, struct error *err)
{
	size_t kind_len, state_len;
	const char *kind = query_text(query, 2, &kind_len);
	const char *state = query_text(query, 3, &state_len);

	*ret = (struct dossier){
		.id = query_int(query, 0),
		.file_no = keep(query, 1, arena),
		.kind = dossier_kind_find(kind, kind_len),
		.version = query_int(query, 4),
		.parcel_id = query_int(query, 5),
		.parcel_label = keep(query, 6, arena),
		.address_id = query_int(query, 7),
		.address_label = keep(query, 8, arena),
		.unit_id = query_int(query, 9),
		.person_id = query_int(query, 10),
		.person_hash = keep(query, 11, arena),
		.receipt_code = keep(query, 12, arena),
		.received_at_us = query_int(query, 13),
		.due_at_us = query_int(query, 14),
		.paused_at_us = query_int(query, 15),
		.decided_at_us = query_int(query, 16),
		.account_id = query_int(query, 17),
		.note = keep(query, 18, arena),
		.training = query_int(query, 19) != 0,
	};
	if (!ret->file_no || !ret->parcel_label || !ret->address_label || !ret->person_hash ||
		!ret->receipt_code || !ret->note)
		return fail_no_memory(err);
	if (!ret->kind || !dossier_state_find(state, state_len, &ret->state))
		return fail_register_damaged(err);
	return query_check_row(query, err);
}

static int read_one(
	struct query *query, struct arena *arena, struct dossier *ret, struct error *err)
{
	int rc = query_step(query, err);

	if (rc <= 0)
		return rc ? rc : fail_no_such_dossier(err);
	return dossier_read_row(query, arena, ret, err);
}

int dossier_read(struct store *store, int64_t id, struct arena *arena, struct dossier *ret,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	return read_one(query, arena, ret, err);
}

int dossier_read_no(struct store *store, const char *file_no, struct arena *arena,
	struct dossier *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT " DOSSIER_COLUMNS " FROM dossier WHERE file_no = $no",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "no", file_no);
	return read_one(query, arena, ret, err);
}

static struct digest_text digest_of_code(const char *code)
{
	const struct digest digest = digest_of(code, strlen(code));

	return digest_print(&digest);
}

int dossier_read_receipt(struct store *store, const char *code, struct arena *arena,
	struct dossier *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct digest_text digest = digest_of_code(code);
	int rc = store_query(store,
		"SELECT " DOSSIER_COLUMNS " FROM dossier WHERE receipt_digest = $digest", &query,
		err);

	if (rc)
		return rc;
	query_bind_text(query, "digest", digest.text);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_receipt_unknown(err);
	return dossier_read_row(query, arena, ret, err);
}

/* --- events -------------------------------------------------------------------------------------- */

static void bind_said(struct query *query, const char *name, const char *text)
{
	query_bind_text(query, name, text && *text ? text : NULL);
}

static int add_event(struct store *store, int64_t id, const struct dossier_event *event,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO dossier_event (dossier_id, ordinal, at, actor, act, from_state,"
		" to_state, note, reason) VALUES ($id, $ordinal, $at, $actor, $act, $from, $to,"
		" $note, $reason)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "ordinal", event->ordinal);
	query_bind_int(query, "at", event->at_us);
	query_bind_text(query, "actor", event->actor);
	query_bind_text(query, "act", event->act);
	bind_said(query, "from", event->from);
	query_bind_text(query, "to", event->to);
	bind_said(query, "note", event->note);
	bind_said(query, "reason", event->reason);
	return query_run(query, err);
}

int dossier_events(struct store *store, int64_t id, dossier_event_visit *visit, void *context,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT ordinal, at, actor, act, from_state, to_state, note, reason"
		" FROM dossier_event WHERE dossier_id = $id ORDER BY ordinal",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	while ((rc = query_step(query, err)) > 0) {
		const struct dossier_event event = {.ordinal = query_int(query, 0),
			.at_us = query_int(query, 1),
			.actor = query_text(query, 2, NULL),
			.act = query_text(query, 3, NULL),
			.from = query_text(query, 4, NULL),
			.to = query_text(query, 5, NULL),
			.note = query_text(query, 6, NULL),
			.reason = query_text(query, 7, NULL)};

		rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, &event, err);
		if (rc)
			break;
	}
	return rc;
}

/* The login behind "user:7", or what else it is called. */
static const char *name_of(struct store *store, const char *actor, struct account *account)
{
	int64_t id;

	if (!text_starts_with(actor, "user:") ||
		!number_parse_int(actor + 5, strlen(actor + 5), 1, INT64_MAX, &id) ||
		account_read(store, id, account, NULL))
		return actor;
	return account->login.text;
}

struct last_event {
	char actor[DOSSIER_FILE_NO_MAX * 2];
	int64_t at_us;
};

static int note_last(void *context, const struct dossier_event *event, struct error *err)
{
	struct last_event *last = context;

	(void)err;
	snprintf(last->actor, sizeof last->actor, "%s", event->actor);
	last->at_us = event->at_us;
	return 0;
}

/* Somebody was quicker: who, and when, at the clock of Vietnam. */
static int fail_stale(struct store *store, const struct dossier *dossier, struct error *err)
{
	struct last_event last = {.actor = ""};
	struct account account;
	autofree(strbuf_clear) struct strbuf when = STRBUF(40);
	int rc = dossier_events(store, dossier->id, note_last, &last, err);

	if (rc)
		return rc;
	clock_print_vietnam(&when, last.at_us);
	return fail_dossier_stale(
		err, dossier->file_no, name_of(store, last.actor, &account), when.data);
}

/* --- a new one ----------------------------------------------------------------------------------- */

/* The next number of its year, settled at once: the receipt is its paper. */
static int give_number(struct store *store, struct dossier_start *start, struct arena *arena,
	struct error *err)
{
	struct dossier *dossier = &start->dossier;
	const struct counter_act act = {start->actor, dossier->kind->id, dossier->received_at_us};
	struct date day = clock_date_vietnam(dossier->received_at_us);
	struct counter_key key = {.series = series};
	int64_t year = 0;
	autofree(strbuf_clear) struct strbuf said = STRBUF(400);
	struct digest digest;
	struct digest_text text;
	int rc;

	number_parse_int(day.text, 4, 1, COUNTER_YEAR_MAX, &year);
	key.year = (int)year;
	rc = counter_claim(store, series, key.year, &act, &key.number, err);
	if (rc)
		return rc;
	strbuf_add_format(&said, "HS-%04d-%06lld", key.year, (long long)key.number);
	dossier->file_no = arena_text(arena, said.data, said.len);
	strbuf_add_format(&said, " %s %s", dossier->receipt_code, dossier->person_hash);
	digest = digest_of(said.data, said.len);
	text = digest_print(&digest);
	if (!dossier->file_no || said.failed)
		return fail_no_memory(err);
	return counter_use(store, &key, text.text, &act, err);
}

static void bind_id(struct query *query, const char *name, int64_t id)
{
	if (id)
		query_bind_int(query, name, id);
	else
		query_bind_null(query, name);
}

static int insert(struct store *store, struct dossier *dossier, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct digest_text digest = digest_of_code(dossier->receipt_code);
	int rc = store_query(store,
		"INSERT INTO dossier (id, file_no, kind, state, is_open, version, parcel_id,"
		" parcel_label, unit_id, person_id, person_hash, receipt_code, receipt_digest,"
		" received_at, due_at, account_id, note, training) VALUES"
		" ((SELECT coalesce(max(id), 0) + 1 FROM dossier), $file_no, $kind, $state, 1, 1,"
		" $parcel_id, $parcel_label, $unit_id, $person_id, $person_hash, $code, $digest,"
		" $received_at, $due_at, $account_id, $note, $training) RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "file_no", dossier->file_no);
	query_bind_text(query, "kind", dossier->kind->id);
	query_bind_text(query, "state", dossier_states[DOSSIER_RECEIVED].id);
	bind_id(query, "parcel_id", dossier->parcel_id);
	bind_said(query, "parcel_label", dossier->parcel_label);
	bind_id(query, "unit_id", dossier->unit_id);
	query_bind_int(query, "person_id", dossier->person_id);
	query_bind_text(query, "person_hash", dossier->person_hash);
	query_bind_text(query, "code", dossier->receipt_code);
	query_bind_text(query, "digest", digest.text);
	query_bind_int(query, "received_at", dossier->received_at_us);
	query_bind_int(query, "due_at", dossier->due_at_us);
	bind_id(query, "account_id", dossier->account_id);
	bind_said(query, "note", dossier->note);
	query_bind_int(query, "training", dossier->training);
	rc = query_step(query, err);
	if (rc > 0)
		dossier->id = query_int(query, 0);
	while (rc > 0)
		rc = query_step(query, err);
	return rc;
}

static bool is_text(const char *text)
{
	size_t len = text ? strlen(text) : 0;

	return len <= DOSSIER_NOTE_MAX && (!len || text_is_utf8(text, len));
}

int dossier_add(struct store *store, struct dossier_start *start, struct arena *arena,
	struct error *err)
{
	struct dossier *dossier = &start->dossier;
	struct secret_token code = secret_token(DOSSIER_CODE_BITS, start->randomness);
	struct dossier_event event = {.ordinal = 1, .at_us = dossier->received_at_us,
		.actor = start->actor, .act = "receive",
		.to = dossier_states[DOSSIER_RECEIVED].id, .note = dossier->note};
	int rc;

	if (!is_text(dossier->note))
		return fail_dossier_text(err, DOSSIER_NOTE_MAX);
	dossier->state = DOSSIER_RECEIVED;
	dossier->version = 1;
	dossier->receipt_code = arena_text(arena, code.text, strlen(code.text));
	if (!dossier->receipt_code)
		return fail_no_memory(err);
	rc = give_number(store, start, arena, err);
	if (!rc)
		rc = insert(store, dossier, err);
	return rc ? rc : add_event(store, dossier->id, &event, err);
}

/* --- moving -------------------------------------------------------------------------------------- */

int64_t dossier_due_again(
	const struct work_calendar *calendar, const struct dossier *dossier, int64_t now_us)
{
	int64_t paused_us = dossier->paused_at_us, due_us = dossier->due_at_us;

	if (due_us < paused_us)
		return due_us; /* it was late before */
	return work_calendar_due(calendar, now_us, work_calendar_days(calendar, paused_us, due_us));
}

static int fail_illegal(const struct dossier *dossier, struct error *err)
{
	autofree(strbuf_clear) struct strbuf allowed = STRBUF(400);

	for (const struct dossier_move *move = dossier_moves; move->id; move++) {
		if (!dossier_move_leads_from(move, dossier->state))
			continue;
		strbuf_add_text(&allowed, allowed.len ? ", " : "");
		strbuf_add_text(&allowed, move->id);
	}
	return fail_dossier_move(err, dossier->file_no, dossier_states[dossier->state].id,
		allowed.data);
}

int dossier_check(struct store *store, const struct dossier_act *act,
	const struct dossier *dossier, struct error *err)
{
	const struct dossier_move *move = act->move;

	if (dossier->version != act->version)
		return fail_stale(store, dossier, err);
	if (!dossier_move_leads_from(move, dossier->state))
		return fail_illegal(dossier, err);
	if (!is_text(act->note) || !is_text(act->reason))
		return fail_dossier_text(err, DOSSIER_NOTE_MAX);
	if (move->needs_reason && (!act->reason || !*act->reason))
		return fail_dossier_reason(err);
	if (move->needs_papers && !act->paper_count)
		return fail_dossier_papers(err);
	if (move->needs_address && !act->address_id && !dossier->address_id)
		return fail_dossier_address(err);
	return dossier->version < DOSSIER_EVENTS_MAX ? 0
						     : fail_dossier_full(err, dossier->file_no);
}

/* The clock stops in front of the applicant, and runs on behind. */
static int turn_clock(struct store *store, const struct dossier_act *act,
	enum dossier_state before, struct dossier *dossier, struct error *err)
{
	struct work_calendar calendar;
	struct date day = clock_date_vietnam(act->now_us);
	int rc;

	if (dossier->state == before)
		return 0;
	if (dossier->state == DOSSIER_SUPPLEMENT) {
		dossier->paused_at_us = act->now_us;
		return 0;
	}
	if (before != DOSSIER_SUPPLEMENT)
		return 0;
	rc = work_calendar_find(store, &day, dossier->unit_id, &calendar, err);
	if (rc)
		return rc;
	dossier->due_at_us = dossier_due_again(&calendar, dossier, act->now_us);
	dossier->paused_at_us = 0;
	return 0;
}

/* Writes a version over the one before; of several servers one is the first. */
static int update(struct store *store, const struct dossier *dossier, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool met;
	int rc = store_query(store,
		"UPDATE dossier SET state = $state, is_open = $is_open, version = $version,"
		" address_id = $address_id, address_label = $address_label, due_at = $due_at,"
		" paused_at = $paused_at, decided_at = $decided_at, account_id = $account_id"
		" WHERE id = $id AND version = $before RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", dossier->id);
	query_bind_int(query, "before", dossier->version - 1);
	query_bind_text(query, "state", dossier_states[dossier->state].id);
	query_bind_int(query, "is_open", dossier_states[dossier->state].is_open);
	query_bind_int(query, "version", dossier->version);
	bind_id(query, "address_id", dossier->address_id);
	bind_said(query, "address_label", dossier->address_label);
	query_bind_int(query, "due_at", dossier->due_at_us);
	bind_id(query, "paused_at", dossier->paused_at_us);
	bind_id(query, "decided_at", dossier->decided_at_us);
	bind_id(query, "account_id", dossier->account_id);
	rc = query_step(query, err);
	met = rc > 0;
	while (rc > 0)
		rc = query_step(query, err);
	return rc || met ? rc : fail_stale(store, dossier, err);
}

/* What the file is behind the act. */
static void apply(const struct dossier_act *act, struct dossier *dossier)
{
	const struct dossier_move *move = act->move;
	bool was_open = dossier_states[dossier->state].is_open;

	dossier->version++;
	if (!move->stays)
		dossier->state = move->to;
	if (act->address_id) {
		dossier->address_id = act->address_id;
		dossier->address_label = act->address_label ? act->address_label : "";
	}
	if (was_open && !dossier_states[dossier->state].is_open)
		dossier->decided_at_us = act->now_us;
	/* Who takes it, or moves what nobody has in hand, has it. */
	if (act->account_id && (!strcmp(move->id, "take") || !dossier->account_id))
		dossier->account_id = act->account_id;
}

int dossier_move(struct store *store, const struct dossier_act *act, struct arena *arena,
	struct dossier *ret, struct error *err)
{
	struct dossier_event event = {.at_us = act->now_us, .actor = act->actor,
		.act = act->move->id, .note = act->note, .reason = act->reason};
	enum dossier_state before = DOSSIER_RECEIVED;
	int rc = dossier_read(store, act->id, arena, ret, err);

	if (!rc)
		rc = dossier_check(store, act, ret, err);
	if (rc)
		return rc;
	before = ret->state;
	apply(act, ret);
	rc = turn_clock(store, act, before, ret, err);
	if (!rc)
		rc = update(store, ret, err);
	event.ordinal = ret->version;
	event.from = dossier_states[before].id;
	event.to = dossier_states[ret->state].id;
	if (!rc)
		rc = add_event(store, ret->id, &event, err);
	for (size_t i = 0; !rc && i < act->paper_count; i++)
		rc = dossier_paper_ask(
			store, ret->id, act->papers[i], act->actor, act->now_us, err);
	return rc;
}

int dossier_note_event(struct store *store, const struct dossier *dossier, const char *act,
	const char *note, const char *actor, int64_t now_us, struct error *err)
{
	struct dossier after = *dossier;
	const char *state = dossier_states[dossier->state].id;
	const struct dossier_event event = {.ordinal = dossier->version + 1, .at_us = now_us,
		.actor = actor, .act = act, .from = state, .to = state, .note = note};
	int rc;

	if (dossier->version >= DOSSIER_EVENTS_MAX)
		return fail_dossier_full(err, dossier->file_no);
	after.version++;
	rc = update(store, &after, err);
	return rc ? rc : add_event(store, dossier->id, &event, err);
}
