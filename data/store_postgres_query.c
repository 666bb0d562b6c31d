#include "data/store_postgres.h"

#include <assert.h>

#include "base/messages.h"
#include "base/text.h"

enum {
	NAME_BYTES = 16,
	PENDING_MAX = 200,	    /* then what was sent is looked at */
	WKB_MAX_BYTES = 1 << 26,
	ROWS_KEPT_MAX = 1 << 20, /* more rows are not kept aside for another statement */
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
	for (size_t i = query->kept_at; i < query->kept_count; i++)
		PQclear(query->kept[i]);
	query->kept_at = query->kept_count = 0;
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

/* Whatever comes of what was sent ahead, nobody wants it any more. */
static void forget_asked(struct postgres_query *query)
{
	struct postgres_store *pg = postgres_of(query->query.store);

	for (size_t i = 0; i < pg->asked_count; i++)
		if (pg->asked[i].query == query)
			pg->asked[i].query = NULL;
	PQclear(query->answer);
	query->answer = NULL;
	query->is_asked = false;
}

void postgres_reset(struct query *query)
{
	struct postgres_query *postgres = postgres_query_of(query);

	forget_asked(postgres);
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
	free(postgres->kept);
	free(postgres->parameters);
	free(postgres->source);
	free(query->sql);
	free(postgres);
}

static bool keep(struct postgres_query *query, PGresult *result)
{
	if (query->kept_count == query->kept_room) {
		size_t room = query->kept_room ? query->kept_room * 2 : 64;
		PGresult **grown = room <= ROWS_KEPT_MAX
			? realloc(query->kept, room * sizeof *grown)
			: NULL;

		if (!grown)
			return false;
		query->kept = grown;
		query->kept_room = room;
	}
	query->kept[query->kept_count++] = result;
	return true;
}

int postgres_keep_rows(struct postgres_store *pg, struct error *err)
{
	struct postgres_query *query = pg->streaming;

	for (PGresult *result; (result = PQgetResult(pg->conn));) {
		/* A fault is kept too: it is of this query, and shows behind its last row. */
		if (PQresultStatus(result) != PGRES_TUPLES_OK && !query->failed_column) {
			query->failed_column = !keep(query, result);
			if (!query->failed_column)
				continue;
		}
		PQclear(result);
	}
	pg->streaming = NULL;
	return query->failed_column ? fail_no_memory(err) : 0;
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

/* Sends one with rows, which come with the next sync. */
static int send_ahead(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = enter_pipeline(query, err);

	if (!rc)
		rc = send(query, err);
	if (rc)
		return rc;
	pg->asked[pg->asked_count++] = (struct postgres_asked){query, pg->pending++};
	query->is_asked = true;
	return 0;
}

int postgres_ask(struct query *query, struct error *err)
{
	struct postgres_query *postgres = postgres_query_of(query);
	struct postgres_store *pg = postgres_of(query->store);
	int rc;

	if (!pg->in_transaction || pg->bulk || pg->asked_count + 1 >= POSTGRES_ASKED_MAX)
		return 0;
	rc = make_ready(postgres, err);
	return rc ? rc : send_ahead(postgres, err);
}

void postgres_take_rows(struct postgres_query *query, PGresult *result)
{
	if (query && PQresultStatus(result) == PGRES_TUPLES_OK) {
		PQclear(query->answer);
		query->answer = result;
		return;
	}
	/* libpq may still give them one by one, as those of the query that streamed before. */
	if (query && keep(query, result))
		return;
	if (query)
		query->failed_column = true;
	PQclear(result);
}

/* The answer may have come with another's. */
static int take_answer(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = query->answer ? 0 : postgres_settle(pg, err);

	query->is_asked = false;
	query->rows = take(query->answer);
	if (rc || query->rows)
		return rc;
	/* It came to nothing, with what went wrong before. */
	rc = postgres_ready(pg, err);
	return rc ? rc : fail_internal(err);
}

/* In a transaction: goes with what was sent before; waited for if rows come or something ends. */
static int run_in_pipeline(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc;

	if (query->gives_rows) {
		rc = send_ahead(query, err);
		return rc ? rc : take_answer(query, err);
	}
	rc = enter_pipeline(query, err);
	if (!rc)
		rc = send(query, err);
	if (rc)
		return rc;
	pg->pending++;
	return query->waits || pg->pending == PENDING_MAX ? postgres_settle(pg, err) : 0;
}

static int start(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	int rc = query->is_asked ? 0 : make_ready(query, err);

	if (rc)
		return rc;
	query->row = -1;
	query->is_running = true;
	if (query->is_asked)
		return take_answer(query, err);
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
	if (query->kept_at < query->kept_count) {
		query->rows = query->kept[query->kept_at++];
		return PQresultStatus(query->rows) == PGRES_SINGLE_TUPLE
			? 1
			: postgres_fail(pg, query->rows, query->source, err);
	}
	query->kept_at = query->kept_count = 0;
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

	if (postgres->failed_column)
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
