/*
 * store_postgres_ahead: what was asked before its time (query_ask), and what has come of it.
 *
 * An answer is known by its statement and values, and taken by whoever asks the same in the same
 * transaction. It is of one subject, and is forgotten when that is touched.
 */
#ifndef DATA_STORE_POSTGRES_AHEAD_H
#define DATA_STORE_POSTGRES_AHEAD_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { POSTGRES_ANSWERS_MAX = 16 };

struct postgres_store;
struct postgres_query;
struct query;
struct store;

/* Rows that came and were not taken yet: first those that came one by one. */
struct postgres_rows {
	PGresult **single; /* heap */
	size_t count, at, room;
	PGresult *whole; /* NULL none */
	bool failed;	 /* there was no memory for one */
};
void postgres_rows_keep(struct postgres_rows *rows, PGresult *result); /* which is given away */
void postgres_rows_clear(struct postgres_rows *rows);

struct postgres_answer {
	char *key; /* heap: statement and values; NULL: a free place */
	size_t key_len;
	uint64_t subject;
	unsigned number; /* among the statements that are pending */
	bool has_come;
	struct postgres_rows rows;
};

/* The answer to that query as it is bound; NULL: there is none. Taken, it is there no more. */
struct postgres_answer *postgres_answer_find(const struct postgres_query *query);
void postgres_answer_take(
	struct postgres_store *pg, struct postgres_answer *answer, struct postgres_rows *ret_rows);

/* Makes a place for the answer to one that is sent next; false: it is not to be sent. */
bool postgres_answer_add(const struct postgres_query *query, uint64_t subject);

/* Gives rows of a pending statement to who waits for them; nobody may. */
void postgres_answer_rows(struct postgres_store *pg, unsigned number, PGresult *result);

/* All that was pending has come, or will not. */
void postgres_answers_came(struct postgres_store *pg, bool succeeded);

void postgres_answers_forget(struct postgres_store *pg);
void postgres_touched(struct store *store, uint64_t subject);

#endif
