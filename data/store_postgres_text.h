/*
 * store_postgres_text: a statement in the words of PostgreSQL.
 *
 * Parameters $name become $1, $2 …; visit_row($row, …) loses its frame, and id_list($ids) becomes
 * a list that PostgreSQL unnests (query.h). Quotes are left alone.
 */
#ifndef DATA_STORE_POSTGRES_TEXT_H
#define DATA_STORE_POSTGRES_TEXT_H

#include "base/strbuf.h"

enum { POSTGRES_PARAMETERS_MAX = 160 };

struct postgres_text {
	struct strbuf sql;
	struct {
		const char *at; /* in the text given */
		size_t len;
	} names[POSTGRES_PARAMETERS_MAX]; /* of $1, $2 … */
	size_t count;
	/* INSERT of one row of parameters, each once and in their order: "table (columns)" of it. */
	const char *copy; /* in the text given; NULL another statement */
	size_t copy_len;
};

int postgres_translate(const char *sql, struct postgres_text *ret, struct error *err);
void postgres_text_clear(struct postgres_text *text);

#endif
