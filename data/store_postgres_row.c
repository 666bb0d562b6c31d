#include "data/store_postgres.h"

#include <endian.h>
#include <math.h>

#include "data/ewkb.h"
#include "data/store_postgres_values.h"

/* Where the value of a column stands; NULL for null. */
static const char *value_of(struct query *query, int column, size_t *ret_len)
{
	struct postgres_query *postgres = postgres_query_of(query);

	if (PQgetisnull(postgres->rows, postgres->row, column))
		return NULL;
	*ret_len = (size_t)PQgetlength(postgres->rows, postgres->row, column);
	return PQgetvalue(postgres->rows, postgres->row, column);
}

static Oid type_of(struct query *query, int column)
{
	return PQftype(postgres_query_of(query)->rows, column);
}

static uint64_t big_endian(const char *from, size_t len)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		value = value << 8 | (unsigned char)from[i];
	return value;
}

/* PostgreSQL's numeric, which sums of bigint are: digits to the base of 10,000. */
struct numeric {
	int count, weight; /* the first digit counts 10,000 to the power of the weight */
	bool negative;
	const char *digits;
};

static struct numeric numeric_of(const char *at, size_t len)
{
	struct numeric numeric = {(int16_t)big_endian(at, 2), (int16_t)big_endian(at + 2, 2),
		big_endian(at + 4, 2) == 0x4000, at + 8};

	if (len < 8 || (len - 8) / 2 < (size_t)numeric.count)
		numeric.count = 0;
	return numeric;
}

static double numeric_real(const char *at, size_t len)
{
	struct numeric numeric = numeric_of(at, len);
	double value = 0, scale = 1;

	for (int i = 0; i < numeric.count; i++)
		value = value * 10000 + (double)big_endian(numeric.digits + 2 * i, 2);
	for (int i = numeric.count - 1; i < numeric.weight; i++)
		value *= 10000;
	for (int i = numeric.count - 1; i > numeric.weight; i--)
		scale *= 10000;
	return (numeric.negative ? -value : value) / scale;
}

/* Without what is behind the point; the nearest where it has no room. */
static int64_t numeric_int(const char *at, size_t len)
{
	struct numeric numeric = numeric_of(at, len);
	int64_t value = 0;

	for (int i = 0; i <= numeric.weight && numeric.count; i++) {
		int64_t digit =
			i < numeric.count ? (int64_t)big_endian(numeric.digits + 2 * i, 2) : 0;

		if (__builtin_mul_overflow(value, 10000, &value) ||
			__builtin_add_overflow(value, numeric.negative ? -digit : digit, &value))
			return numeric.negative ? INT64_MIN : INT64_MAX;
	}
	return value;
}

/* The same of a double; 0 for what is no number. */
static int64_t whole(double value)
{
	if (isnan(value))
		return 0;
	if (value >= 0x1p63)
		return INT64_MAX;
	return value < -0x1p63 ? INT64_MIN : (int64_t)value;
}

static int64_t read_int(Oid type, const char *at, size_t len)
{
	switch (type) {
	case PG_INT8:
		return (int64_t)big_endian(at, 8);
	case PG_INT4:
		return (int32_t)big_endian(at, 4);
	case PG_INT2:
		return (int16_t)big_endian(at, 2);
	case PG_BOOL:
		return *at;
	case PG_NUMERIC:
		return numeric_int(at, len);
	default:
		return 0;
	}
}

static double read_real(Oid type, const char *at, size_t len)
{
	uint64_t bits = big_endian(at, 8);
	uint32_t bits4 = (uint32_t)big_endian(at, 4);
	double value;
	float value4;

	switch (type) {
	case PG_FLOAT8:
		memcpy(&value, &bits, sizeof value);
		return value;
	case PG_FLOAT4:
		memcpy(&value4, &bits4, sizeof value4);
		return (double)value4;
	case PG_NUMERIC:
		return numeric_real(at, len);
	default:
		return (double)read_int(type, at, len);
	}
}

static enum value_kind kind_of(Oid type)
{
	switch (type) {
	case PG_INT8:
	case PG_INT4:
	case PG_INT2:
	case PG_BOOL:
		return VALUE_INT;
	case PG_FLOAT8:
	case PG_FLOAT4:
	case PG_NUMERIC:
		return VALUE_REAL;
	default:
		return VALUE_TEXT;
	}
}

enum value_kind postgres_kind(struct query *query, int column)
{
	size_t len;

	return value_of(query, column, &len) ? kind_of(type_of(query, column)) : VALUE_NULL;
}

int64_t postgres_get_int(struct query *query, int column)
{
	size_t len;
	const char *at = value_of(query, column, &len);
	Oid type = type_of(query, column);

	if (!at)
		return 0;
	if (kind_of(type) == VALUE_REAL && type != PG_NUMERIC)
		return whole(read_real(type, at, len));
	return read_int(type, at, len);
}

double postgres_get_real(struct query *query, int column)
{
	size_t len;
	const char *at = value_of(query, column, &len);

	return at ? read_real(type_of(query, column), at, len) : 0;
}

const char *postgres_get_text(struct query *query, int column, size_t *ret_len)
{
	size_t len = 0;
	const char *at = value_of(query, column, &len);

	if (at && kind_of(type_of(query, column)) != VALUE_TEXT)
		at = NULL;
	if (ret_len)
		*ret_len = at ? len : 0;
	return at ? at : "";
}

const void *postgres_get_bytes(struct query *query, int column, size_t *ret_len)
{
	*ret_len = 0;
	return value_of(query, column, ret_len);
}

void postgres_get_values(struct query *query, int first, int count, struct value *ret)
{
	for (int i = 0; i < count; i++, ret++) {
		size_t len = 0;
		const char *at = value_of(query, first + i, &len);
		Oid type = type_of(query, first + i);

		ret->kind = at ? kind_of(type) : VALUE_NULL;
		ret->len = 0;
		if (ret->kind == VALUE_INT) {
			ret->integer = read_int(type, at, len);
		} else if (ret->kind == VALUE_REAL) {
			ret->real = read_real(type, at, len);
		} else {
			ret->text = at;
			ret->len = len;
		}
	}
}

bool postgres_get_wkb(
	struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box)
{
	struct strbuf *buffer = &postgres_query_of(query)->wkb;
	size_t ewkb_len = 0, len;
	const char *ewkb = value_of(query, column, &ewkb_len);

	strbuf_reset(buffer);
	if (!ewkb)
		return false;
	if (!strbuf_reserve(buffer, ewkb_len)) {
		postgres_query_of(query)->failed_column = true;
		return false;
	}
	if (!ewkb_read((const unsigned char *)ewkb, ewkb_len, (unsigned char *)buffer->data, &len,
		    ret_box))
		return false;
	*ret_wkb = (struct wkb){(const unsigned char *)buffer->data, len};
	return true;
}
