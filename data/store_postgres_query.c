#include "data/store_postgres.h"

#include <assert.h>

#include "base/messages.h"
#include "base/text.h"

enum {
	NAME_BYTES = 16,
	PENDING_MAX = 200,	    /* then what was sent is looked at */
	WKB_MAX_BYTES = 1 << 26,
};

/* Forgets what PostgreSQL holds of a statement, when it can be told. */
static void forget(struct postgres_query *query)
{
	struct postgres_store *pg = postgres_of(query->query.store);

	if (query->name && query->incarnation == pg->incarnation &&
		pg->dead_count < POSTGRES_DEAD_MAX)
		pg->dead[pg->dead_count++] = query->name;
	query->name = 0;
}

/* The types of the parameters, and whether rows come. */
static int describe(struct postgres_query *query, const PGresult *result, struct error *err)
{
	if ((size_t)PQnparams(result) != query->text.count) {
		fail_internal(err);
		error_detail(err, "postgresql: parameters of %.200s", query->source);
		return ERR_INTERNAL;
	}
	for (size_t i = 0; i < query->text.count; i++)
		query->parameters[i].type = PQparamtype(result, (int)i);
	query->gives_rows = PQnfields(result) > 0;
	return 0;
}

/* Prepares the text in the connection that there is. */
static int prepare_here(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	char name[NAME_BYTES];
	PGresult *result;
	int rc = postgres_settle(pg, err);

	if (rc)
		return rc;
	query->name = ++pg->last_name;
	query->incarnation = pg->incarnation;
	snprintf(name, sizeof name, "q%u", query->name);
	result = PQprepare(pg->conn, name, query->text.sql.data, 0, NULL);
	if (PQresultStatus(result) == PGRES_COMMAND_OK) {
		PQclear(result);
		result = PQdescribePrepared(pg->conn, name);
	}
	rc = PQresultStatus(result) == PGRES_COMMAND_OK
		? describe(query, result, err)
		: postgres_fail(pg, result, query->source, err);
	PQclear(result);
	if (rc)
		query->name = 0;
	return rc;
}

/* Whatever became of what is undone. */
static void forget_sent(struct postgres_store *pg)
{
	postgres_copy_clear(pg);
	pg->bulk = false;
	*pg->told = 0;
	postgres_settle(pg, NULL);
	postgres_answers_forget(pg);
}

int postgres_prepare(struct store *store, const char *sql, struct query **ret, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	struct postgres_query *query = calloc(1, sizeof *query);
	int rc;

	if (!query)
		return fail_no_memory(err);
	query->query.store = store;
	query->wkb = STRBUF(WKB_MAX_BYTES);
	query->source = strdup(sql);
	rc = query->source ? postgres_translate(query->source, &query->text, err)
			   : fail_no_memory(err);
	if (!rc) {
		query->parameters = calloc(query->text.count + 1, sizeof *query->parameters);
		rc = query->parameters ? 0 : fail_no_memory(err);
	}
	query->undoes = text_starts_with(sql, "ROLLBACK");
	query->waits = query->undoes || text_starts_with(sql, "RELEASE");
	if (!rc)
		rc = postgres_ready(pg, err);
	if (!rc && query->undoes)
		forget_sent(pg);
	else if (!rc)
		rc = postgres_copy_flush(pg, err);
	if (!rc)
		rc = prepare_here(query, err);
	if (rc) {
		postgres_finish(&query->query);
		return rc;
	}
	*ret = &query->query;
	return 0;
}

static void drop_rows(struct postgres_query *query)
{
	PQclear(query->rows);
	query->rows = NULL;
	postgres_rows_clear(&query->came);
	query->is_running = false;
}

/* Takes what is still coming of a query that is given up. */
static void abandon(struct postgres_query *query)
{
	struct postgres_store *pg = postgres_of(query->query.store);

	if (pg->streaming != query)
		return;
	for (PGresult *result; (result = PQgetResult(pg->conn));)
		PQclear(result);
	pg->streaming = NULL;
}

void postgres_reset(struct query *query)
{
	struct postgres_query *postgres = postgres_query_of(query);

	abandon(postgres);
	drop_rows(postgres);
	for (size_t i = 0; i < postgres->text.count; i++) {
		free(take(postgres->parameters[i].owned));
		postgres->parameters[i].value = NULL;
	}
	postgres->failed_bind = postgres->failed_text = postgres->failed_column = false;
}

void postgres_finish(struct query *query)
{
	struct postgres_query *postgres = postgres_query_of(query);

	if (postgres->parameters)
		postgres_reset(query);
	forget(postgres);
	postgres_text_clear(&postgres->text);
	strbuf_clear(&postgres->wkb);
	free(postgres->parameters);
	free(postgres->source);
	free(query->sql);
	free(postgres);
}

int postgres_keep_rows(struct postgres_store *pg, struct error *err)
{
	struct postgres_query *query = pg->streaming;

	/* A fault is kept too: it is of this query, and shows behind its last row. */
	for (PGresult *result; (result = PQgetResult(pg->conn));)
		postgres_rows_keep(&query->came, result);
	pg->streaming = NULL;
	return query->came.failed ? fail_no_memory(err) : 0;
}

/* Sends the bound statement. */
static int send(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	const char *values[POSTGRES_PARAMETERS_MAX];
	int lengths[POSTGRES_PARAMETERS_MAX], formats[POSTGRES_PARAMETERS_MAX];
	char name[NAME_BYTES];

	for (size_t i = 0; i < query->text.count; i++) {
		const struct postgres_parameter *parameter = &query->parameters[i];

		values[i] = parameter->value;
		lengths[i] = parameter->length;
		formats[i] = parameter->format;
	}
	snprintf(name, sizeof name, "q%u", query->name);
	if (PQsendQueryPrepared(pg->conn, name, (int)query->text.count, values, lengths, formats, 1))
		return 0;
	return postgres_fail(pg, NULL, query->source, err);
}

/* Outside, or where nothing is on its way: rows are taken one by one as they come. */
static int run_streaming(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = send(query, err);

	if (rc)
		return rc;
	if (query->gives_rows)
		PQsetSingleRowMode(pg->conn);
	pg->streaming = query;
	if (query->gives_rows)
		return 0;
	/* Only whether it succeeded. */
	for (PGresult *result; (result = PQgetResult(pg->conn)); PQclear(result))
		if (!rc && PQresultStatus(result) != PGRES_COMMAND_OK)
			rc = postgres_fail(pg, result, query->source, err);
	pg->streaming = NULL;
	return rc;
}

static int check_bound(const struct postgres_query *query, struct error *err)
{
	if (query->failed_bind)
		return fail_no_memory(err);
	return query->failed_text ? fail_text_not_kept(err) : 0;
}

/* Everything is there to send it. */
static int make_ready(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = check_bound(query, err);

	if (!rc)
		rc = postgres_ready(pg, err);
	if (!rc && (!query->name || query->incarnation != pg->incarnation))
		rc = prepare_here(query, err);
	return rc;
}

static int enter_pipeline(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);

	if (PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF && !PQenterPipelineMode(pg->conn))
		return postgres_fail(pg, NULL, query->source, err);
	return 0;
}

int postgres_ask(struct query *query, uint64_t subject, struct error *err)
{
	struct postgres_query *postgres = postgres_query_of(query);
	struct postgres_store *pg = postgres_of(query->store);
	int rc;

	if (!pg->in_transaction || pg->bulk || postgres_answer_find(postgres))
		return 0;
	rc = make_ready(postgres, err);
	if (rc || !postgres_answer_add(postgres, subject))
		return rc;
	rc = enter_pipeline(postgres, err);
	if (!rc)
		rc = send(postgres, err);
	pg->pending += !rc;
	return rc;
}

/* In a transaction: goes with what was sent before; waited for if rows come or something ends. */
static int run_in_pipeline(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = enter_pipeline(query, err);

	if (!rc)
		rc = send(query, err);
	if (rc)
		return rc;
	if (query->gives_rows) {
		pg->awaited = &query->came;
		pg->awaited_number = pg->pending;
	}
	pg->pending++;
	return query->gives_rows || query->waits || pg->pending == PENDING_MAX
		? postgres_settle(pg, err)
		: 0;
}

/* Takes what was asked before, if the same was; false: nothing was, and nothing went wrong. */
static bool take_answer(struct postgres_query *query, int *ret_rc, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	struct postgres_answer *answer = postgres_answer_find(query);

	*ret_rc = 0;
	if (answer && !answer->has_come) {
		*ret_rc = postgres_settle(pg, err);
		/* One that could not be kept has gone. */
		answer = postgres_answer_find(query);
	}
	if (answer && !*ret_rc)
		postgres_answer_take(pg, answer, &query->came);
	return answer || *ret_rc;
}

static int start(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = check_bound(query, err);

	query->row = -1;
	query->is_running = true;
	if (rc || take_answer(query, &rc, err))
		return rc;
	rc = make_ready(query, err);
	if (rc)
		return rc;
	if (pg->bulk && query->text.copy)
		return postgres_copy_row(query, err);
	if (query->undoes)
		forget_sent(pg);
	else
		rc = postgres_copy_flush(pg, err);
	if (rc)
		return rc;
	if (pg->in_transaction && (pg->pending || !query->gives_rows))
		return run_in_pipeline(query, err);
	return run_streaming(query, err);
}

/* The next rows that came or were kept; 1, 0 no more, negative failed. */
static int next_rows(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	PGresult *result;
	int rc = 0;

	PQclear(query->rows);
	query->rows = NULL;
	query->row = 0;
	if (query->came.at < query->came.count) {
		query->rows = query->came.single[query->came.at++];
		return PQresultStatus(query->rows) == PGRES_SINGLE_TUPLE
			? 1
			: postgres_fail(pg, query->rows, query->source, err);
	}
	query->rows = take(query->came.whole);
	if (query->rows)
		return PQntuples(query->rows) > 0;
	if (pg->streaming != query)
		return 0;
	postgres_await(pg);
	result = PQgetResult(pg->conn);
	if (PQresultStatus(result) == PGRES_SINGLE_TUPLE) {
		query->rows = result;
		return 1;
	}
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		rc = postgres_fail(pg, result, query->source, err);
	PQclear(result);
	if (pg->conn)
		abandon(query);
	return rc;
}

int postgres_step(struct query *query, struct error *err)
{
	struct postgres_query *postgres = postgres_query_of(query);
	int rc = 0;

	if (postgres->failed_column || postgres->came.failed)
		return fail_no_memory(err);
	if (!postgres->is_running)
		rc = start(postgres, err);
	if (!rc && postgres->rows && ++postgres->row < PQntuples(postgres->rows))
		return 1;
	if (!rc)
		rc = next_rows(postgres, err);
	if (rc <= 0)
		drop_rows(postgres);
	return rc;
}

int postgres_each(struct query *query, query_row_visit *visit, void *context, struct error *err)
{
	int rc;

	while ((rc = postgres_step(query, err)) > 0) {
		rc = visit(context, query, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}
