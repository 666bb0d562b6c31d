#include "data/store_postgres.h"

enum { ROWS_MAX = 1 << 20 }; /* more are not kept aside */

void postgres_rows_keep(struct postgres_rows *rows, PGresult *result)
{
	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		PQclear(rows->whole);
		rows->whole = result;
		return;
	}
	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room * 2 : 64;
		PGresult **grown = room <= ROWS_MAX ? realloc(rows->single, room * sizeof *grown) : NULL;

		if (!grown) {
			rows->failed = true;
			PQclear(result);
			return;
		}
		rows->single = grown;
		rows->room = room;
	}
	rows->single[rows->count++] = result;
}

void postgres_rows_clear(struct postgres_rows *rows)
{
	for (; rows->at < rows->count; rows->at++)
		PQclear(rows->single[rows->at]);
	free(rows->single);
	PQclear(rows->whole);
	*rows = (struct postgres_rows){0};
}

static size_t size_of(const struct postgres_parameter *parameter)
{
	return parameter->value ? (size_t)parameter->length : 0;
}

/* Statement and values, one after the other; NULL: no memory. */
static char *key_of(const struct postgres_query *query, size_t *ret_len)
{
	size_t len = sizeof query->name;
	char *key, *at;

	for (size_t i = 0; i < query->text.count; i++)
		len += sizeof(int) + size_of(&query->parameters[i]);
	key = at = malloc(len);
	if (!key)
		return NULL;
	memcpy(at, &query->name, sizeof query->name);
	at += sizeof query->name;
	for (size_t i = 0; i < query->text.count; i++) {
		const struct postgres_parameter *parameter = &query->parameters[i];
		int size = parameter->value ? parameter->length : -1;

		memcpy(at, &size, sizeof size);
		at += sizeof size;
		if (size > 0)
			memcpy(at, parameter->value, (size_t)size);
		at += size_of(parameter);
	}
	*ret_len = len;
	return key;
}

static void forget(struct postgres_store *pg, struct postgres_answer *answer)
{
	pg->answer_count -= answer->key != NULL;
	free(answer->key);
	postgres_rows_clear(&answer->rows);
	*answer = (struct postgres_answer){0};
}

struct postgres_answer *postgres_answer_find(const struct postgres_query *query)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	struct postgres_answer *found = NULL;
	size_t len = 0;
	char *key;

	if (!pg->answer_count || query->incarnation != pg->incarnation)
		return NULL;
	key = key_of(query, &len);
	for (size_t i = 0; key && !found && i < POSTGRES_ANSWERS_MAX; i++) {
		struct postgres_answer *answer = &pg->answers[i];

		if (answer->key && answer->key_len == len && !memcmp(answer->key, key, len))
			found = answer;
	}
	free(key);
	return found;
}

void postgres_answer_take(
	struct postgres_store *pg, struct postgres_answer *answer, struct postgres_rows *ret_rows)
{
	*ret_rows = answer->rows;
	answer->rows = (struct postgres_rows){0};
	forget(pg, answer);
}

/* One that is free, or whose answer nobody has come for. */
static struct postgres_answer *find_place(struct postgres_store *pg)
{
	struct postgres_answer *left = NULL;

	for (size_t i = 0; i < POSTGRES_ANSWERS_MAX; i++) {
		if (!pg->answers[i].key)
			return &pg->answers[i];
		if (!left && pg->answers[i].has_come)
			left = &pg->answers[i];
	}
	if (left)
		forget(pg, left);
	return left;
}

bool postgres_answer_add(const struct postgres_query *query, uint64_t subject)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	struct postgres_answer *answer = find_place(pg);

	if (!answer)
		return false;
	*answer = (struct postgres_answer){.subject = subject, .number = pg->pending};
	answer->key = key_of(query, &answer->key_len);
	pg->answer_count += answer->key != NULL;
	return answer->key != NULL;
}

void postgres_answer_rows(struct postgres_store *pg, unsigned number, PGresult *result)
{
	struct postgres_rows *rows = pg->awaited && pg->awaited_number == number ? pg->awaited : NULL;

	for (size_t i = 0; !rows && pg->answer_count && i < POSTGRES_ANSWERS_MAX; i++) {
		struct postgres_answer *answer = &pg->answers[i];

		if (answer->key && !answer->has_come && answer->number == number)
			rows = &answer->rows;
	}
	if (rows)
		postgres_rows_keep(rows, result);
	else
		PQclear(result);
}

void postgres_answers_came(struct postgres_store *pg, bool succeeded)
{
	pg->awaited = NULL;
	for (size_t i = 0; pg->answer_count && i < POSTGRES_ANSWERS_MAX; i++) {
		pg->answers[i].has_come = true;
		if (!succeeded || pg->answers[i].rows.failed || !pg->answers[i].rows.whole)
			forget(pg, &pg->answers[i]);
	}
}

void postgres_answers_forget(struct postgres_store *pg)
{
	for (size_t i = 0; pg->answer_count && i < POSTGRES_ANSWERS_MAX; i++)
		forget(pg, &pg->answers[i]);
}

void postgres_touched(struct store *store, uint64_t subject)
{
	struct postgres_store *pg = postgres_of(store);

	for (size_t i = 0; pg->answer_count && i < POSTGRES_ANSWERS_MAX; i++)
		if (pg->answers[i].subject == subject)
			forget(pg, &pg->answers[i]);
}
