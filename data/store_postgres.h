/*
 * store_postgres: the register in PostgreSQL with PostGIS (libpq); inside of its driver.
 *
 * Values go and come in binary. A statement is prepared once a connection, and described, so that
 * each value is written as its column wants it. In a transaction, statements that give no rows are
 * sent and not waited for (libpq's pipeline); what they did is looked at with the next that gives
 * rows, at the end of a savepoint and at COMMIT, so that a change costs a few round trips. Inserts
 * between store_bulk_begin and store_bulk_end travel by COPY. Rows are taken as they come; where
 * another statement is wanted first, the rest is kept aside.
 *
 * A connection that was lost is made anew before the next transaction. Who writes holds the
 * register's lock from BEGIN to COMMIT, whichever server it is on: the order of the feed is the
 * order of commits.
 */
#ifndef DATA_STORE_POSTGRES_H
#define DATA_STORE_POSTGRES_H

#include <libpq-fe.h>
#include <pthread.h>

#include "base/strbuf.h"
#include "data/store_driver.h"
#include "data/store_postgres_ahead.h"
#include "data/store_postgres_text.h"

enum {
	POSTGRES_DEAD_MAX = 64,
	POSTGRES_COPIES_MAX = 8,
	POSTGRES_NEWS_BYTES = 301,
};

struct postgres_query;

/* Rows on their way into a table by COPY. */
struct postgres_copy {
	char *target; /* heap: "table (columns)"; NULL unused */
	struct strbuf rows;
};

struct postgres_store {
	struct store store;
	char *address; /* heap */
	enum store_mode mode;
	PGconn *conn; /* NULL before the first connection */
	unsigned incarnation; /* which connection it is, from 1 */
	pthread_mutex_t cancel_lock;
	PGcancel *cancel;
	bool in_transaction;
	bool ended; /* the other side has said that it goes */
	unsigned pending; /* statements sent whose end was not looked at */
	struct postgres_rows *awaited; /* of which of them somebody waits for the rows */
	unsigned awaited_number;
	struct postgres_answer answers[POSTGRES_ANSWERS_MAX];
	size_t answer_count;
	struct postgres_query *streaming; /* whose rows are still coming */
	unsigned last_name; /* of a prepared statement */
	unsigned dead[POSTGRES_DEAD_MAX]; /* names to be given back */
	size_t dead_count;
	bool bulk; /* inserts are gathered */
	bool bulk_index; /* the index of places was put aside */
	struct postgres_copy copies[POSTGRES_COPIES_MAX];
	char channel[48]; /* of news, as it was in the connection `channel_of` */
	unsigned channel_of, listening_of;
	char told[POSTGRES_NEWS_BYTES]; /* the last news of this transaction; comes once anyway */
};

struct postgres_parameter {
	Oid type;
	const char *value; /* NULL: null */
	int length;
	int format; /* 1 binary */
	char *owned; /* heap, freed by reset */
	char scratch[32];
};

struct postgres_query {
	struct query query;
	char *source; /* heap: the text that names point into */
	struct postgres_text text;
	unsigned name, incarnation; /* "q<name>", prepared in that connection; 0 in none */
	bool gives_rows;
	bool waits; /* ends something: what was sent before must have succeeded */
	bool undoes; /* what was sent since a savepoint, whatever became of it */
	bool failed_bind, failed_text;
	size_t last_bound;
	struct postgres_parameter *parameters; /* heap */
	bool is_running;
	PGresult *rows; /* those in hand */
	int row;
	struct postgres_rows came; /* those behind */
	struct strbuf wkb; /* of the row in hand */
	bool failed_column;
};

static inline struct postgres_store *postgres_of(struct store *store)
{
	return (struct postgres_store *)store;
}

static inline struct postgres_query *postgres_query_of(struct query *query)
{
	return (struct postgres_query *)query;
}

/* store_postgres_link.c: the connection */
int postgres_connect(const char *address, enum store_mode mode, struct store **ret_store,
	const struct store_driver *driver, struct error *err);
void postgres_close(struct store *store);
/* Makes sure that there is a connection, and that nothing else is coming on it. */
int postgres_ready(struct postgres_store *pg, struct error *err);
/* What PostgreSQL says, in the words of the catalogue; of the connection if `said` is NULL. */
int postgres_fail(struct postgres_store *pg, const PGresult *said, const char *sql, struct error *err);
void postgres_await(struct postgres_store *pg); /* a little, for a result, without sleeping */
/* Waits for all that was sent, and says whether it succeeded. */
int postgres_settle(struct postgres_store *pg, struct error *err);
int postgres_begin(struct store *store, bool writes, struct error *err);
int postgres_commit(struct store *store, struct error *err);
void postgres_rollback(struct store *store);
int postgres_settle_all(struct store *store, struct error *err);
bool postgres_is_sound(struct store *store);
int postgres_run(struct store *store, const char *sql, struct error *err);
/* Sends a statement without parameters in a transaction, and does not wait for it. */
int postgres_send_word(struct postgres_store *pg, const char *sql, struct error *err);
void postgres_interrupt(struct store *store);

/* store_postgres_query.c: statements */
int postgres_prepare(struct store *store, const char *sql, struct query **ret, struct error *err);
void postgres_finish(struct query *query);
void postgres_reset(struct query *query);
int postgres_ask(struct query *query, uint64_t subject, struct error *err);
int postgres_step(struct query *query, struct error *err);
int postgres_each(struct query *query, query_row_visit *visit, void *context, struct error *err);
int postgres_keep_rows(struct postgres_store *pg, struct error *err); /* those still coming */

/* store_postgres_copy.c: many rows at a time */
int postgres_copy_row(struct postgres_query *query, struct error *err);
int postgres_copy_flush(struct postgres_store *pg, struct error *err);
void postgres_copy_clear(struct postgres_store *pg);

#endif
