#include "data/store_postgres.h"

#include <poll.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/messages.h"
#include "base/text.h"

enum {
	LOOK_US = 200,	  /* how long a writer looks for an answer before it sleeps */
	AWAY_MS = 500,	  /* how long nobody tries again after the database was not there */
	TRYING_MS = 10000, /* at most one thread tries, and not for longer */
	PLACES = 16,
	SQL_BYTES = 40,
	CANCEL_TEXT_BYTES = 256,
	HEARD_MAX = 100, /* messages between two statements */
};

/* The classes of SQLSTATE, and single ones, in the words of the catalogue; the first that fits. */
static const struct {
	const char *state;
	int (*fail)(struct error *err);
	bool lost; /* the connection is of no use any more */
} states[] = {
	{"08", fail_register_away, true},
	{"57P", fail_register_away, true},   /* shut down, crashed, starting */
	{"25006", fail_register_away, true}, /* it is a standby now: the primary is elsewhere */
	{"25P03", fail_register_away, true}, /* idle in a transaction for too long */
	{"57014", fail_cancelled, false},
	{"53100", fail_disk_full, false},
	{"53200", fail_no_memory, false},
	{"53", fail_register_away, false}, /* too many connections */
	{"55P03", fail_writing_waits, false},
	{"40", fail_busy, false},
	{"28", fail_register_refused, true},
	{"3D000", fail_register_refused, true},
	{"42501", fail_register_not_writable, false},
	{"22021", fail_text_not_kept, false},
	{"22P05", fail_text_not_kept, false},
	{"58", fail_register_io, false},
	{"XX001", fail_register_damaged, false},
	{"XX002", fail_register_damaged, false},
	{NULL, fail_internal, false},
};

/*
 * Until when nobody tries to connect to an address that was away: clock_ticks_ms in the lower bits,
 * and above them the mark of the address, so that none that shares its place is taken for it.
 */
static atomic_uint_fast64_t away[PLACES];

static const uint64_t time_mask = (UINT64_C(1) << 44) - 1;

static void drop_connection(struct postgres_store *pg)
{
	PGcancel *cancel;

	pthread_mutex_lock(&pg->cancel_lock);
	cancel = take(pg->cancel);
	pthread_mutex_unlock(&pg->cancel_lock);
	PQfreeCancel(cancel);
	PQfinish(take(pg->conn));
	pg->streaming = NULL;
	pg->ended = false;
	pg->pending = 0;
	pg->dead_count = 0;
	postgres_answers_forget(pg);
}

static bool is_connected(const struct postgres_store *pg)
{
	return pg->conn && PQstatus(pg->conn) == CONNECTION_OK;
}

int postgres_fail(
	struct postgres_store *pg, const PGresult *result, const char *sql, struct error *err)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	size_t i = 0;
	int rc;

	/* Who only reads may not write: that is no standby. */
	if (state && pg->mode == STORE_READ && !strcmp(state, "25006"))
		state = "42501";
	while (states[i].state && (!state || !text_starts_with(state, states[i].state)))
		i++;
	rc = states[i].state || is_connected(pg) ? states[i].fail(err) : fail_register_away(err);
	error_detail(err, "postgresql %s: %.150s: %.120s", state ? state : "-",
		result ? PQresultErrorMessage(result) : pg->conn ? PQerrorMessage(pg->conn) : "",
		sql);
	if (states[i].lost && !pg->in_transaction)
		drop_connection(pg);
	return rc;
}

/*
 * What every connection is set to. A writer waits for the lock as long as others wait for it. When
 * the network between is cut, the database notices within seconds and ends what was begun, before
 * those who wait for the lock are sent away; who reads slowly is not gone, so only a writer has to
 * take what it is sent. One that lives and is silent has a minute: somebody may be asked whether to
 * keep an import.
 */
static int set_up(struct postgres_store *pg, struct error *err)
{
	static const char *const settings[] = {
		"SET TimeZone = 'UTC'; SET jit = off; SET standard_conforming_strings = on;"
		"SET client_min_messages = error; SET default_transaction_read_only = on;"
		"SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1;"
		"SET tcp_keepalives_count = 4",
		"SET TimeZone = 'UTC'; SET jit = off; SET standard_conforming_strings = on;"
		"SET client_min_messages = error; SET default_transaction_read_only = off;"
		"SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1;"
		"SET tcp_keepalives_count = 4; SET tcp_user_timeout = '7s';"
		"SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s';"
		"SET plan_cache_mode = force_generic_plan;"
		"SELECT set_config('synchronous_commit', 'on', false)"
		" WHERE current_setting('synchronous_commit') = 'off'",
	};
	const char *sql = settings[pg->mode == STORE_WRITE];
	PGresult *result = PQexec(pg->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
		? 0
		: postgres_fail(pg, result, sql, err);

	PQclear(result);
	return rc;
}

/* What PostgreSQL has to say beside results is not for us, but that it goes. */
static void note_end(void *context, const PGresult *notice)
{
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity && !strcmp(severity, "FATAL"))
		((struct postgres_store *)context)->ended = true;
}

static int connect_now(struct postgres_store *pg, struct error *err)
{
	/* What stands before the address is overruled by it, what stands behind is not. */
	const char *const keys[] = {"connect_timeout", "keepalives_idle", "keepalives_interval",
		"keepalives_count", "tcp_user_timeout", "target_session_attrs", "dbname",
		"client_encoding", "fallback_application_name", NULL};
	const char *const values[] = {"3", "3", "1", "4", "7000", "read-write", pg->address,
		"UTF8", "dothi", NULL};
	bool refused;

	pg->conn = PQconnectdbParams(keys, values, 1);
	if (!pg->conn)
		return fail_no_memory(err);
	if (PQstatus(pg->conn) == CONNECTION_OK) {
		PQsetNoticeReceiver(pg->conn, note_end, pg);
		pg->incarnation++;
		pthread_mutex_lock(&pg->cancel_lock);
		pg->cancel = PQgetCancel(pg->conn);
		pthread_mutex_unlock(&pg->cancel_lock);
		return set_up(pg, err);
	}
	/* Who was never in may have the wrong name. */
	refused = !pg->incarnation && PQpingParams(keys, values, 1) == PQPING_OK;
	postgres_fail(pg, NULL, "connect", err);
	return refused ? fail_register_refused(err) : fail_register_away(err);
}

/* One thread looks whether an address that was away is back; the others are told at once. */
static int reconnect(struct postgres_store *pg, struct error *err)
{
	uint64_t hash = text_hash(pg->address), mark = hash & ~time_mask;
	atomic_uint_fast64_t *place = &away[hash % PLACES];
	uint_fast64_t seen = atomic_load(place), now = (uint64_t)clock_ticks_ms();
	uint64_t until = (seen & ~time_mask) == mark ? seen & time_mask : 0;
	int rc;

	drop_connection(pg);
	if (until && (until > now ||
			!atomic_compare_exchange_strong(place, &seen, mark | (now + TRYING_MS))))
		return fail_register_away(err);
	rc = connect_now(pg, err);
	if (rc)
		drop_connection(pg);
	now = (uint64_t)clock_ticks_ms();
	atomic_store(place, rc == ERR_UNAVAILABLE ? mark | (now + AWAY_MS) : 0);
	return rc;
}

/* Gives back the names of statements that are used no more. */
static void bury(struct postgres_store *pg)
{
	char sql[SQL_BYTES];

	while (pg->dead_count) {
		snprintf(sql, sizeof sql, "DEALLOCATE q%u", pg->dead[--pg->dead_count]);
		PQclear(PQexec(pg->conn, sql));
	}
}

/* Whether the other side of a connection that does nothing has gone, as far as it has been heard. */
static bool is_gone(struct postgres_store *pg)
{
	struct pollfd heard = {.fd = PQsocket(pg->conn), .events = POLLIN};

	/* First it says so, and then there is no more. */
	for (int i = 0; i < HEARD_MAX && poll(&heard, 1, 0) > 0; i++)
		if (!PQconsumeInput(pg->conn) || PQisBusy(pg->conn) || pg->ended)
			return true;
	return false;
}

int postgres_ready(struct postgres_store *pg, struct error *err)
{
	int rc = pg->streaming ? postgres_keep_rows(pg, err) : 0;

	if (rc)
		return rc;
	if (pg->in_transaction)
		return is_connected(pg) ? 0 : fail_register_away(err);
	if (pg->conn && is_gone(pg))
		drop_connection(pg);
	if (!is_connected(pg))
		return reconnect(pg, err);
	bury(pg);
	return 0;
}

/*
 * The one writer of a server waits for the database all day, mostly for less time than it takes to
 * sleep and be woken; so it looks a while before it sleeps.
 */
void postgres_await(struct postgres_store *pg)
{
	int64_t until_us;

	if (pg->mode != STORE_WRITE || !PQisBusy(pg->conn))
		return;
	PQflush(pg->conn);
	until_us = clock_ticks_us() + LOOK_US;
	while (PQisBusy(pg->conn) && PQconsumeInput(pg->conn) && clock_ticks_us() < until_us)
		;
}

/* Takes the results up to the sync that was sent, each to the query that waits for it. */
static int take_results(struct postgres_store *pg, struct error *err)
{
	unsigned number = 0;
	int rc = 0;

	for (bool synced = false; !synced;) {
		ExecStatusType status;
		PGresult *result;

		postgres_await(pg);
		result = PQgetResult(pg->conn);
		status = PQresultStatus(result);

		if (!result) {
			/* Between two statements there is nothing; at the end of a connection too. */
			if (PQstatus(pg->conn) != CONNECTION_OK)
				break;
			number++;
			continue;
		}
		synced = status == PGRES_PIPELINE_SYNC;
		if (!rc && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE))
			rc = postgres_fail(pg, result, "sent before", err);
		if (status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE)
			postgres_answer_rows(pg, number, result);
		else
			PQclear(result);
		if (!is_connected(pg))
			break;
	}
	pg->pending = 0;
	if (!rc && !is_connected(pg))
		rc = postgres_fail(pg, NULL, "sent before", err);
	postgres_answers_came(pg, !rc);
	if (is_connected(pg) && !PQexitPipelineMode(pg->conn) && !rc)
		rc = postgres_fail(pg, NULL, "pipeline", err);
	return rc;
}

int postgres_settle(struct postgres_store *pg, struct error *err)
{
	if (!pg->pending)
		return 0;
	if (!PQpipelineSync(pg->conn)) {
		pg->pending = 0;
		postgres_answers_came(pg, false);
		return postgres_fail(pg, NULL, "sync", err);
	}
	return take_results(pg, err);
}

int postgres_send_word(struct postgres_store *pg, const char *sql, struct error *err)
{
	if (PQpipelineStatus(pg->conn) == PQ_PIPELINE_OFF && !PQenterPipelineMode(pg->conn))
		return postgres_fail(pg, NULL, sql, err);
	if (!PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 0))
		return postgres_fail(pg, NULL, sql, err);
	pg->pending++;
	return 0;
}

int postgres_begin(struct store *store, bool writes, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	int rc = postgres_ready(pg, err);

	if (rc)
		return rc;
	/* PostgreSQL would only warn, and the end of the inner one would be that of both. */
	if (pg->in_transaction || PQtransactionStatus(pg->conn) != PQTRANS_IDLE) {
		fail_internal(err);
		error_detail(err, "postgresql: BEGIN inside of a transaction");
		return ERR_INTERNAL;
	}
	pg->in_transaction = true;
	*pg->told = 0;
	rc = postgres_send_word(pg, writes ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", err);
	/* "doth" and the schema: each register has a lock of its own. */
	if (!rc && writes)
		rc = postgres_send_word(pg,
			"SELECT pg_advisory_xact_lock(1685025896, hashtext(current_schema()))", err);
	if (rc)
		postgres_rollback(store);
	return rc;
}

/* Everything that was asked for before has been done. */
int postgres_settle_all(struct store *store, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	int rc = postgres_ready(pg, err);

	if (!rc)
		rc = postgres_copy_flush(pg, err);
	return rc ? rc : postgres_settle(pg, err);
}

/* After one that failed PostgreSQL does no other. */
bool postgres_is_sound(struct store *store)
{
	struct postgres_store *pg = postgres_of(store);

	return is_connected(pg) && PQtransactionStatus(pg->conn) != PQTRANS_INERROR;
}

int postgres_commit(struct store *store, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	PGresult *result = NULL;
	/* What failed before must not look like a doubt about the COMMIT. */
	int rc = postgres_settle_all(store, err);

	if (rc)
		return rc;
	result = PQexec(pg->conn, "COMMIT");
	if (PQresultStatus(result) != PGRES_COMMAND_OK) {
		rc = postgres_fail(pg, result, "COMMIT", err);
		/* Ended by the server or lost: it may have been done before. */
		if (rc == ERR_UNAVAILABLE || !is_connected(pg))
			rc = fail_commit_unsure(err);
	} else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
		rc = fail_internal(err);
		error_detail(err, "postgresql: COMMIT of what had failed");
	}
	PQclear(result);
	postgres_answers_forget(pg);
	if (!rc)
		pg->in_transaction = false;
	return rc;
}

void postgres_rollback(struct store *store)
{
	struct postgres_store *pg = postgres_of(store);

	postgres_copy_clear(pg);
	pg->bulk = false;
	if (pg->streaming)
		postgres_keep_rows(pg, NULL);
	if (is_connected(pg))
		postgres_settle(pg, NULL);
	postgres_answers_forget(pg);
	pg->in_transaction = false;
	if (is_connected(pg) && PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		PQclear(PQexec(pg->conn, "ROLLBACK"));
	if (!is_connected(pg) || PQtransactionStatus(pg->conn) != PQTRANS_IDLE)
		drop_connection(pg);
}

int postgres_run(struct store *store, const char *sql, struct error *err)
{
	struct postgres_store *pg = postgres_of(store);
	ExecStatusType status;
	PGresult *result;
	int rc = postgres_settle_all(store, err);

	if (rc)
		return rc;
	result = PQexec(pg->conn, sql);
	status = PQresultStatus(result);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		rc = postgres_fail(pg, result, sql, err);
	PQclear(result);
	return rc;
}

void postgres_interrupt(struct store *store)
{
	struct postgres_store *pg = postgres_of(store);
	char said[CANCEL_TEXT_BYTES];

	pthread_mutex_lock(&pg->cancel_lock);
	if (pg->cancel)
		PQcancel(pg->cancel, said, sizeof said);
	pthread_mutex_unlock(&pg->cancel_lock);
}

int postgres_connect(const char *address, enum store_mode mode, struct store **ret_store,
	const struct store_driver *driver, struct error *err)
{
	struct postgres_store *pg = calloc(1, sizeof *pg);
	char *copy = strdup(address), *wrong = NULL;
	PQconninfoOption *options;
	int rc;

	if (!pg || !copy) {
		free(pg);
		free(copy);
		return fail_no_memory(err);
	}
	pg->store.driver = driver;
	pg->address = copy;
	pg->mode = mode;
	pthread_mutex_init(&pg->cancel_lock, NULL);
	options = PQconninfoParse(address, &wrong);
	rc = options ? postgres_ready(pg, err) : fail_register_address(err);
	PQconninfoFree(options);
	PQfreemem(wrong);
	if (rc)
		postgres_close(&pg->store);
	else
		*ret_store = &pg->store;
	return rc;
}

void postgres_close(struct store *store)
{
	struct postgres_store *pg = postgres_of(store);

	postgres_copy_clear(pg);
	drop_connection(pg);
	pthread_mutex_destroy(&pg->cancel_lock);
	free(pg->address);
	free(pg);
}
