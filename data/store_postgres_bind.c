#include "data/store_postgres.h"

#include <assert.h>
#include <endian.h>
#include <math.h>

#include "data/ewkb.h"
#include "data/store_postgres_values.h"

#define WHOLE_MAX 9007199254740992.0 /* 2^53: below, every whole number is exact */

/* The parameter of that name; a name that the text lacks is our own mistake. */
static struct postgres_parameter *parameter(struct query *query, const char *name)
{
	struct postgres_query *postgres = postgres_query_of(query);
	size_t len = strlen(name), count = postgres->text.count;

	/* They are bound in their order, mostly. */
	for (size_t i = 0; i < count; i++) {
		size_t at = (postgres->last_bound + 1 + i) % count;

		if (postgres->text.names[at].len != len ||
			memcmp(postgres->text.names[at].at, name, len) != 0)
			continue;
		postgres->last_bound = at;
		free(take(postgres->parameters[at].owned));
		return &postgres->parameters[at];
	}
	assert(!"no such parameter");
	return &postgres->parameters[0];
}

static void put_big_endian(char *to, uint64_t value, int bytes)
{
	uint64_t big = htobe64(value << (64 - 8 * bytes));

	memcpy(to, &big, (size_t)bytes);
}

/* In words, which PostgreSQL reads as whatever the column is. */
static void bind_words(struct postgres_parameter *parameter)
{
	parameter->value = parameter->scratch;
	parameter->length = (int)strlen(parameter->scratch);
	parameter->format = parameter->type == PG_TEXT; /* whose binary form is the words */
}

static void bind_scratch(struct postgres_parameter *parameter, uint64_t value, int bytes)
{
	put_big_endian(parameter->scratch, value, bytes);
	parameter->value = parameter->scratch;
	parameter->length = bytes;
	parameter->format = 1;
}

static void bind_float8(struct postgres_parameter *parameter, double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof bits);
	bind_scratch(parameter, bits, 8);
}

void postgres_bind_null(struct query *query, const char *name)
{
	parameter(query, name)->value = NULL;
}

void postgres_bind_int(struct query *query, const char *name, int64_t value)
{
	struct postgres_parameter *bound = parameter(query, name);

	if (bound->type == PG_INT8) {
		bind_scratch(bound, (uint64_t)value, 8);
	} else if (bound->type == PG_INT4 && value >= INT32_MIN && value <= INT32_MAX) {
		bind_scratch(bound, (uint32_t)(int32_t)value, 4);
	} else if (bound->type == PG_FLOAT8) {
		bind_float8(bound, (double)value);
	} else {
		snprintf(bound->scratch, sizeof bound->scratch, "%lld", (long long)value);
		bind_words(bound);
	}
}

void postgres_bind_real(struct query *query, const char *name, double value)
{
	struct postgres_parameter *bound = parameter(query, name);

	if (isnan(value)) {
		bound->value = NULL;
	} else if (bound->type == PG_FLOAT8) {
		bind_float8(bound, value);
	} else if (fabs(value) < WHOLE_MAX && value == floor(value)) {
		/* A whole number in a column of integers is one, as in SQLite. */
		postgres_bind_int(query, name, (int64_t)value);
	} else {
		snprintf(bound->scratch, sizeof bound->scratch, "%.17g", value);
		bind_words(bound);
	}
}

/* Texts and bytes go as they are; only numbers differ in their binary form. */
static void bind_borrowed(
	struct postgres_parameter *parameter, const char *bytes, size_t len, bool binary)
{
	parameter->value = bytes;
	parameter->length = (int)len;
	parameter->format = binary;
}

void postgres_bind_text(struct query *query, const char *name, const char *text, size_t len)
{
	struct postgres_parameter *bound = parameter(query, name);

	if (memchr(text, '\0', len))
		postgres_query_of(query)->failed_text = true;
	/* Text ends with its zero where it is read by PostgreSQL; a length counts in binary. */
	bind_borrowed(bound, text, len, true);
	if (bound->type == PG_TEXT)
		return;
	bound->owned = malloc(len + 1);
	if (!bound->owned) {
		postgres_query_of(query)->failed_bind = true;
		return;
	}
	memcpy(bound->owned, text, len);
	bound->owned[len] = '\0';
	bind_borrowed(bound, bound->owned, len, false);
}

void postgres_bind_bytes(struct query *query, const char *name, const void *bytes, size_t len)
{
	bind_borrowed(parameter(query, name), bytes, len, true);
}

/* Memory of the parameter's own; NULL and noted when there is none. */
static char *own(struct query *query, struct postgres_parameter *parameter, size_t len)
{
	parameter->owned = malloc(len);
	if (!parameter->owned)
		postgres_query_of(query)->failed_bind = true;
	bind_borrowed(parameter, parameter->owned, len, true);
	return parameter->owned;
}

void postgres_bind_ids(struct query *query, const char *name, const int64_t *ids, size_t count)
{
	enum { HEAD = 20, ENTRY = 12 };
	const uint32_t head[] = {1, 0, PG_INT8, (uint32_t)count, 1};
	char *at = own(query, parameter(query, name), HEAD + count * ENTRY);

	if (!at)
		return;
	/* One dimension, no nulls, of int8, so many from 1 on. */
	for (size_t i = 0; i < sizeof head / sizeof *head; i++, at += 4)
		put_big_endian(at, head[i], 4);
	for (size_t i = 0; i < count; i++, at += ENTRY) {
		put_big_endian(at, 8, 4);
		put_big_endian(at + 4, (uint64_t)ids[i], 8);
	}
}

void postgres_bind_wkb(struct query *query, const char *name, struct wkb wkb,
	const struct box *box, int epsg)
{
	char *ewkb = own(query, parameter(query, name), wkb.len + EWKB_FRAME_BYTES);

	(void)box;
	if (ewkb && !ewkb_write((unsigned char *)ewkb, wkb, epsg))
		assert(!"geometry was not made by shape_write_wkb");
}
