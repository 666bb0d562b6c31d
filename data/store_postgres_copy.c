#include "data/store_postgres.h"

#include <endian.h>

#include "base/messages.h"

enum {
	ROWS_BYTES = 1 << 22, /* so many travel at a time */
	ROWS_MAX_BYTES = 1 << 28,
	COMMAND_BYTES = 1 << 14,
};

/* COPY's binary form (PostgreSQL 15, COPY, "Binary Format"): signature, flags, length of more. */
static const char signature[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
static const char trailer[] = "\377\377";

static void add_u16(struct strbuf *rows, uint16_t value)
{
	uint16_t big = htobe16(value);

	strbuf_add(rows, &big, sizeof big);
}

static void add_u32(struct strbuf *rows, uint32_t value)
{
	uint32_t big = htobe32(value);

	strbuf_add(rows, &big, sizeof big);
}

/* Where the rows of that target are gathered; a free place when there are none yet. */
static struct postgres_copy *copy_of(struct postgres_store *pg, const struct postgres_text *text)
{
	for (size_t i = 0; i < POSTGRES_COPIES_MAX; i++) {
		struct postgres_copy *copy = &pg->copies[i];

		if (copy->target && !strncmp(copy->target, text->copy, text->copy_len) &&
			!copy->target[text->copy_len])
			return copy;
		if (!copy->target) {
			copy->target = strndup(text->copy, text->copy_len);
			copy->rows = STRBUF(ROWS_MAX_BYTES);
			return copy->target ? copy : NULL;
		}
	}
	return NULL;
}

static int end_copy(struct postgres_store *pg, const char *sql, bool sent, struct error *err)
{
	PGresult *result;
	int rc = 0;

	if (PQputCopyEnd(pg->conn, sent ? NULL : "not sent") != 1)
		rc = postgres_fail(pg, NULL, sql, err);
	while ((result = PQgetResult(pg->conn))) {
		if (!rc && PQresultStatus(result) != PGRES_COMMAND_OK)
			rc = postgres_fail(pg, result, sql, err);
		PQclear(result);
	}
	return rc;
}

static int send_rows(struct postgres_store *pg, struct postgres_copy *copy, struct error *err)
{
	char sql[COMMAND_BYTES];
	PGresult *result;
	bool sent, open;

	snprintf(sql, sizeof sql, "COPY %s FROM STDIN (FORMAT binary)", copy->target);
	result = PQexec(pg->conn, sql);
	open = PQresultStatus(result) == PGRES_COPY_IN;
	if (!open) {
		int rc = postgres_fail(pg, result, sql, err);

		PQclear(result);
		return rc;
	}
	PQclear(result);
	sent = PQputCopyData(pg->conn, signature, sizeof signature - 1) == 1 &&
		PQputCopyData(pg->conn, copy->rows.data, (int)copy->rows.len) == 1 &&
		PQputCopyData(pg->conn, trailer, sizeof trailer - 1) == 1;
	strbuf_reset(&copy->rows);
	return end_copy(pg, sql, sent, err);
}

int postgres_copy_flush(struct postgres_store *pg, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < POSTGRES_COPIES_MAX && pg->copies[i].target; i++) {
		if (!pg->copies[i].rows.len)
			continue;
		rc = postgres_settle(pg, err);
		if (!rc)
			rc = send_rows(pg, &pg->copies[i], err);
	}
	return rc;
}

int postgres_copy_row(struct postgres_query *query, struct error *err)
{
	struct postgres_store *pg = postgres_of(query->query.store);
	struct postgres_copy *copy = copy_of(pg, &query->text);
	size_t gathered = 0;

	/* Of many tables one after the other. */
	if (!copy) {
		int rc = postgres_copy_flush(pg, err);

		if (rc)
			return rc;
		postgres_copy_clear(pg);
		copy = copy_of(pg, &query->text);
	}
	if (!copy)
		return fail_no_memory(err);
	add_u16(&copy->rows, (uint16_t)query->text.count);
	for (size_t i = 0; i < query->text.count; i++) {
		const struct postgres_parameter *parameter = &query->parameters[i];

		/* A value in words where the column wants a number: a bug that must show. */
		if (parameter->value && !parameter->format)
			return fail_internal(err);
		add_u32(&copy->rows, parameter->value ? (uint32_t)parameter->length : UINT32_MAX);
		if (parameter->value)
			strbuf_add(&copy->rows, parameter->value, (size_t)parameter->length);
	}
	if (copy->rows.failed)
		return strbuf_check(&copy->rows, err);
	for (size_t i = 0; i < POSTGRES_COPIES_MAX && pg->copies[i].target; i++)
		gathered += pg->copies[i].rows.len;
	return gathered < ROWS_BYTES ? 0 : postgres_copy_flush(pg, err);
}

void postgres_copy_clear(struct postgres_store *pg)
{
	for (size_t i = 0; i < POSTGRES_COPIES_MAX; i++) {
		if (pg->copies[i].target)
			strbuf_clear(&pg->copies[i].rows);
		free(take(pg->copies[i].target));
	}
}
