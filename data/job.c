#include "data/job.h"

#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"

enum { SQL_MAX_BYTES = 1 << 13, ERROR_MAX_BYTES = 1 << 14 };

static const char *const state_names[JOB_STATE_COUNT] = {
	"queued", "running", "done", "failed", "cancelled"};

const char *job_state_name(enum job_state state)
{
	return state_names[state];
}

bool job_state_parse(const char *text, enum job_state *ret_state)
{
	for (int i = 0; i < JOB_STATE_COUNT; i++) {
		if (strcmp(text, state_names[i]) != 0)
			continue;
		*ret_state = (enum job_state)i;
		return true;
	}
	return false;
}

/* Steps a statement with RETURNING to its end; *ret_some: it met a row, whose number is *ret. */
static int run_returning(struct query *query, bool *ret_some, int64_t *ret, struct error *err)
{
	int rc = query_step(query, err);

	*ret_some = rc > 0;
	if (rc > 0)
		*ret = query_int(query, 0);
	while (rc > 0)
		rc = query_step(query, err);
	return rc;
}

static const char sql_columns[] =
	"SELECT id, kind, state, step, done, total, claims, lease_until, lease_holder,"
	" cancel_asked, key, payload, result, account_id, created_at, updated_at FROM job";

static const char *keep_text(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return arena_text(arena, text, len);
}

/* The row in hand; its texts go to the arena. */
static int take_row(
	struct query *query, struct arena *arena, struct job *ret_job, struct error *err)
{
	struct job job = {
		.id = query_int(query, 0),
		.kind = keep_text(query, 1, arena),
		.step = (int)query_int(query, 3),
		.done = query_int(query, 4),
		.total = query_int(query, 5),
		.claims = (int)query_int(query, 6),
		.lease_until_us = query_int(query, 7),
		.lease_holder = keep_text(query, 8, arena),
		.cancel_asked = query_int(query, 9) != 0,
		.key = keep_text(query, 10, arena),
		.payload = keep_text(query, 11, arena),
		.result = keep_text(query, 12, arena),
		.account_id = query_int(query, 13),
		.created_at_us = query_int(query, 14),
		.updated_at_us = query_int(query, 15),
	};
	bool is_known = job_state_parse(query_text(query, 2, NULL), &job.state);
	int rc = query_check_row(query, err);

	if (rc)
		return rc;
	if (!job.kind || !job.lease_holder || !job.key || !job.payload || !job.result)
		return fail_no_memory(err);
	if (!is_known)
		return fail_register_damaged(err);
	*ret_job = job;
	return 0;
}

int job_read(struct store *store, int64_t id, struct arena *arena, struct job *ret_job,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql, "%s WHERE id = $id", sql_columns);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	return rc ? take_row(query, arena, ret_job, err) : fail_job_unknown(err);
}

static bool is_text(const char *text, size_t least, size_t most)
{
	size_t len = strlen(text);

	return len >= least && len <= most && text_is_utf8(text, len);
}

/* The job that stands under the key of an order, if it is the same order. */
static int find_by_key(
	struct store *store, const struct job_order *order, int64_t *ret_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool is_same;
	int rc = store_query(store,
		"SELECT id, kind, payload FROM job WHERE account_id = $account_id AND key = $key",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "account_id", order->account_id);
	query_bind_text(query, "key", order->key);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return fail_job_unknown(err);
	is_same = !strcmp(query_text(query, 1, NULL), order->kind) &&
		  !strcmp(query_text(query, 2, NULL), order->payload);
	rc = query_check_row(query, err);
	if (!rc && !is_same)
		rc = fail_job_key_used(err, order->key);
	if (!rc)
		*ret_id = query_int(query, 0);
	return rc;
}

int job_tell(struct store *store, int64_t id, struct error *err)
{
	char news[40];

	snprintf(news, sizeof news, "job %lld", (long long)id);
	return store_tell(store, news, err);
}

int job_add(struct store *store, const struct job_order *order, int64_t now_us, int64_t *ret_id,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool is_new;
	int rc;

	if (!is_text(order->kind, 1, JOB_KIND_MAX) ||
		(order->key && !is_text(order->key, 1, JOB_KEY_MAX)))
		return fail_job_not_named(err);
	if (strlen(order->payload) > JOB_PAYLOAD_MAX)
		return fail_job_too_large(err, JOB_PAYLOAD_MAX);
	rc = store_query(store,
		"INSERT INTO job (id, kind, state, step, done, total, claims, cancel_asked, key,"
		" payload, account_id, created_at, updated_at)"
		" VALUES ((SELECT coalesce(max(id), 0) + 1 FROM job), $kind, 'queued', 0, 0, 0, 0,"
		" 0, $key, $payload, $account_id, $now, $now)"
		" ON CONFLICT (account_id, key) DO NOTHING RETURNING id",
		&query, err);
	if (rc)
		return rc;
	query_bind_text(query, "kind", order->kind);
	query_bind_text(query, "key", order->key);
	query_bind_text(query, "payload", order->payload);
	query_bind_int(query, "account_id", order->account_id);
	query_bind_int(query, "now", now_us);
	rc = run_returning(query, &is_new, ret_id, err);
	return rc || is_new ? rc : find_by_key(store, order, ret_id, err);
}

/* Binds what names a lease. */
static void bind_lease(struct query *query, const struct job_lease *lease, int64_t now_us)
{
	query_bind_int(query, "id", lease->id);
	query_bind_text(query, "holder", lease->holder);
	query_bind_int(query, "now", now_us);
}

#define OF_HOLDER " WHERE id = $id AND lease_holder = $holder AND state = 'running'"

/* Runs an UPDATE of a job under a lease; it meets no row when the lease was lost. */
static int run_under_lease(struct query *query, bool *ret_cancel, struct error *err)
{
	int64_t cancel = 0;
	bool is_held;
	int rc = run_returning(query, &is_held, &cancel, err);

	if (!rc && !is_held)
		rc = fail_job_lease_lost(err);
	if (!rc && ret_cancel)
		*ret_cancel = cancel != 0;
	return rc;
}

int job_renew(struct store *store, const struct job_lease *lease, int64_t done, int64_t total,
	int64_t now_us, bool *ret_cancel, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE job SET done = $done, total = $total, lease_until = $until,"
		" updated_at = $now" OF_HOLDER " RETURNING cancel_asked",
		&query, err);

	if (rc)
		return rc;
	bind_lease(query, lease, now_us);
	query_bind_int(query, "until", lease->until_us);
	query_bind_int(query, "done", done);
	query_bind_int(query, "total", total);
	return run_under_lease(query, ret_cancel, err);
}

int job_finish_step(struct store *store, const struct job_lease *lease, int step,
	const char *result, int64_t now_us, bool *ret_cancel, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (result && strlen(result) > JOB_RESULT_MAX)
		return fail_job_too_large(err, JOB_RESULT_MAX);
	rc = store_query(store,
		"UPDATE job SET step = step + 1, done = 0, total = 0, claims = 1,"
		" lease_until = $until, result = coalesce($result, result),"
		" updated_at = $now" OF_HOLDER " AND step = $step RETURNING cancel_asked",
		&query, err);
	if (rc)
		return rc;
	bind_lease(query, lease, now_us);
	query_bind_int(query, "until", lease->until_us);
	query_bind_int(query, "step", step);
	query_bind_text(query, "result", result);
	return run_under_lease(query, ret_cancel, err);
}

int job_end(struct store *store, const struct job_lease *lease, enum job_state state,
	const char *result, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (result && strlen(result) > JOB_RESULT_MAX)
		return fail_job_too_large(err, JOB_RESULT_MAX);
	rc = store_query(store,
		"UPDATE job SET state = $state, lease_until = NULL, lease_holder = NULL,"
		" result = coalesce($result, result), updated_at = $now" OF_HOLDER
		" RETURNING cancel_asked",
		&query, err);
	if (rc)
		return rc;
	bind_lease(query, lease, now_us);
	query_bind_text(query, "state", state_names[state]);
	query_bind_text(query, "result", result);
	return run_under_lease(query, NULL, err);
}

int job_release(
	struct store *store, const struct job_lease *lease, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE job SET lease_until = 0, lease_holder = NULL, claims = claims - 1,"
		" updated_at = $now" OF_HOLDER " RETURNING cancel_asked",
		&query, err);

	if (rc)
		return rc;
	bind_lease(query, lease, now_us);
	return run_under_lease(query, NULL, err);
}

int job_release_all(struct store *store, int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE job SET lease_until = 0, lease_holder = NULL, updated_at = $now"
		" WHERE state = 'running'",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "now", now_us);
	return query_run(query, err);
}

void job_print_error(struct strbuf *out, const struct error *error)
{
	static void (*const printers[])(struct strbuf *, const struct error *, enum lang) = {
		error_print, error_print_try};
	static const char *const keys[] = {"text", "try"};
	static const char *const langs[] = {"vi", "en"};
	struct json_writer json = JSON_WRITER(out);

	json_begin_object(&json);
	json_put_key(&json, "error");
	json_begin_object(&json);
	json_member_text(&json, "code", error_message_code(error));
	for (size_t i = 0; i < 2; i++) {
		json_put_key(&json, keys[i]);
		json_begin_object(&json);
		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			autofree(strbuf_clear) struct strbuf text = STRBUF(ERROR_MAX_BYTES);

			printers[i](&text, error, (enum lang)lang);
			json_member_text(&json, langs[lang], text.data);
			out->failed |= text.failed;
		}
		json_end_object(&json);
	}
	json_end_object(&json);
	json_end_object(&json);
}

/* The query for the oldest job that this claimant may take. */
static int prepare_choice(struct store *store, const struct job_claimant *claimant, int64_t now_us,
	struct query **ret_query, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	char name[40];
	int rc;

	strbuf_add_text(&sql, "SELECT id, claims FROM job WHERE (state = 'queued'"
			      " OR (state = 'running' AND lease_until <= $now)) AND kind IN (");
	for (size_t i = 0; i < claimant->kind_count; i++)
		strbuf_add_format(&sql, "%s$kind%zu", i ? ", " : "", i);
	strbuf_add_text(&sql, ") ORDER BY id LIMIT 1");
	if (store_dialect(store) == STORE_POSTGRES)
		strbuf_add_text(&sql, " FOR UPDATE SKIP LOCKED");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, ret_query, err);
	if (rc)
		return rc;
	query_bind_int(*ret_query, "now", now_us);
	for (size_t i = 0; i < claimant->kind_count; i++) {
		snprintf(name, sizeof name, "kind%zu", i);
		query_bind_text(*ret_query, name, claimant->kinds[i]);
	}
	return 0;
}

struct choice {
	int64_t id;
	int claims;
};

/* 1: there is one to take; 0: none. */
static int choose(struct store *store, const struct job_claimant *claimant, int64_t now_us,
	struct choice *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = prepare_choice(store, claimant, now_us, &query, err);

	if (!rc)
		rc = query_step(query, err);
	if (rc > 0)
		*ret = (struct choice){query_int(query, 0), (int)query_int(query, 1)};
	return rc;
}

static int take_job(struct store *store, const struct job_claimant *claimant, int64_t id,
	int64_t now_us, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE job SET state = 'running', lease_until = $until, lease_holder = $holder,"
		" claims = claims + 1, done = 0, total = 0, updated_at = $now WHERE id = $id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "now", now_us);
	query_bind_int(query, "until", now_us + claimant->lease_us);
	query_bind_text(query, "holder", claimant->holder);
	return query_run(query, err);
}

/* What kills its process each time must not do so for ever, and keep the others waiting. */
static int give_up(struct store *store, const struct job_claimant *claimant,
	const struct choice *choice, int64_t now_us, struct error *err)
{
	autofree(strbuf_clear) struct strbuf result = STRBUF(JOB_RESULT_MAX);
	const struct job_lease lease = {choice->id, claimant->holder, now_us};
	struct error reason = {0};
	int rc;

	fail_job_given_up(&reason, choice->claims);
	job_print_error(&result, &reason);
	rc = strbuf_check(&result, err);
	if (!rc)
		rc = take_job(store, claimant, choice->id, now_us, err);
	return rc ? rc : job_end(store, &lease, JOB_FAILED, result.data, now_us, err);
}

int job_claim(struct store *store, const struct job_claimant *claimant, int64_t now_us,
	struct arena *arena, struct job *ret_job, bool *ret_found, struct error *err)
{
	struct choice choice;
	int rc;

	while ((rc = choose(store, claimant, now_us, &choice, err)) > 0) {
		if (choice.claims < JOB_CLAIMS_MAX)
			break;
		rc = give_up(store, claimant, &choice, now_us, err);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	if (!rc) {
		*ret_found = false;
		return 0;
	}
	rc = take_job(store, claimant, choice.id, now_us, err);
	if (!rc)
		rc = job_read(store, choice.id, arena, ret_job, err);
	if (!rc)
		*ret_found = true;
	return rc;
}

/* Runs an UPDATE of one job by id; *ret_met: it was one that the condition meets. */
static int update_one(struct store *store, const char *sql, int64_t id, int64_t now_us,
	bool *ret_met, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int64_t unused;
	int rc = store_query(store, sql, &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_int(query, "now", now_us);
	return run_returning(query, ret_met, &unused, err);
}

static int read_state(struct store *store, int64_t id, enum job_state *ret_state, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT state FROM job WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_job_unknown(err);
	if (!job_state_parse(query_text(query, 0, NULL), ret_state))
		return fail_register_damaged(err);
	return 0;
}

int job_cancel(struct store *store, int64_t id, int64_t now_us, struct error *err)
{
	enum job_state state = JOB_QUEUED;
	bool met = false;
	int rc = update_one(store,
		"UPDATE job SET state = 'cancelled', cancel_asked = 1, lease_until = NULL,"
		" lease_holder = NULL, updated_at = $now WHERE id = $id AND (state = 'queued'"
		" OR (state = 'running' AND lease_until <= $now)) RETURNING id",
		id, now_us, &met, err);

	if (!rc && !met)
		rc = update_one(store,
			"UPDATE job SET cancel_asked = 1, updated_at = $now"
			" WHERE id = $id AND state = 'running' RETURNING id",
			id, now_us, &met, err);
	if (rc || met)
		return rc;
	rc = read_state(store, id, &state, err);
	if (!rc && state != JOB_CANCELLED)
		rc = fail_job_ended(err);
	return rc;
}

static int prepare_list(struct store *store, const struct job_filter *filter, size_t most,
	struct query **ret_query, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "%s WHERE id < $before%s%s ORDER BY id DESC LIMIT $most",
		sql_columns, filter->state ? " AND state = $state" : "",
		filter->account_id ? " AND account_id = $account_id" : "");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, ret_query, err);
	if (rc)
		return rc;
	query_bind_int(*ret_query, "before", filter->before_id ? filter->before_id : INT64_MAX);
	query_bind_int(*ret_query, "most", (int64_t)most);
	if (filter->state)
		query_bind_text(*ret_query, "state", state_names[*filter->state]);
	if (filter->account_id)
		query_bind_int(*ret_query, "account_id", *filter->account_id);
	return 0;
}

int job_list(struct store *store, const struct job_filter *filter, struct arena *arena,
	struct job **ret_jobs, size_t *ret_count, struct error *err)
{
	size_t most = filter->most < JOB_LIST_MAX ? filter->most : JOB_LIST_MAX, count = 0;
	autoptr(query_done) struct query *query = NULL;
	struct job *jobs = arena_zero(arena, JOB_LIST_MAX, sizeof *jobs);
	int rc;

	if (!jobs)
		return fail_no_memory(err);
	rc = prepare_list(store, filter, most, &query, err);
	if (rc)
		return rc;
	while (count < most && (rc = query_step(query, err)) > 0) {
		rc = take_row(query, arena, &jobs[count], err);
		if (rc)
			return rc;
		count++;
	}
	if (rc < 0)
		return rc;
	*ret_jobs = jobs;
	*ret_count = count;
	return 0;
}

int job_sweep(struct store *store, int64_t before_us, size_t *ret_count, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	size_t count = 0;
	int rc = store_query(store,
		"DELETE FROM job WHERE id IN (SELECT id FROM job"
		" WHERE state IN ('done', 'failed', 'cancelled') AND updated_at < $before"
		" AND id < (SELECT max(id) FROM job) ORDER BY id LIMIT $most) RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "before", before_us);
	query_bind_int(query, "most", JOB_SWEEP_MAX);
	while ((rc = query_step(query, err)) > 0)
		count++;
	if (!rc)
		*ret_count = count;
	return rc;
}
