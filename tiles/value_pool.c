#include "tiles/value_pool.h"

#include "base/number.h"
#include "base/text.h"
#include "tiles/pbf.h"

enum {
	FIRST_SLOTS = 1024,
	BYTES_MAX = 1 << 30,
	MESSAGE_MAX = 1 << 16, /* longer texts are cut in tiles; the register has them whole */
};

/* Fields of the Value message. */
enum { VALUE_STRING = 1, VALUE_DOUBLE = 3, VALUE_UINT = 5, VALUE_SINT = 6, VALUE_BOOL = 7 };

void value_pool_init(struct value_pool *pool, const struct value_table *base)
{
	*pool = (struct value_pool){.base = base,
		.first = base ? base->first + base->count : 0,
		.bytes = STRBUF(BYTES_MAX)};
}

void value_pool_clear(struct value_pool *pool)
{
	free(pool->values);
	free(pool->slots);
	strbuf_clear(&pool->bytes);
	value_pool_init(pool, NULL);
}

static uint64_t hash_of(const char *bytes, size_t len)
{
	uint64_t hash = 14695981039346656037U;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211U;
	return hash ^ hash >> 32;
}

/* Appends the message, then the text of a number; says where the text is. */
static void add_message(struct strbuf *out, const struct value *value, enum field_type type,
	struct snapshot_value *ret)
{
	uint8_t head[16], *at = head;
	size_t text_len;
	uint64_t bits;

	ret->bytes_at = (uint32_t)out->len;
	if (value->kind == VALUE_TEXT) {
		text_len = value->len < MESSAGE_MAX ? value->len : text_cut(value->text, MESSAGE_MAX);
		at = pbf_varint(pbf_tag(at, VALUE_STRING, PBF_BYTES), text_len);
		strbuf_add(out, head, (size_t)(at - head));
		ret->text_at = (uint32_t)out->len;
		strbuf_add(out, value->text, text_len);
		ret->text_len = (uint32_t)text_len;
		ret->bytes_len = (uint32_t)out->len - ret->bytes_at;
		return;
	}
	if (value->kind == VALUE_REAL) {
		at = pbf_tag(at, VALUE_DOUBLE, PBF_FIXED64);
		memcpy(&bits, &value->real, 8);
		memcpy(at, &bits, 8);
		at += 8;
	} else if (type == FIELD_BOOL) {
		at = pbf_varint(pbf_tag(at, VALUE_BOOL, PBF_VARINT), value->integer != 0);
	} else if (value->integer >= 0) {
		at = pbf_varint(pbf_tag(at, VALUE_UINT, PBF_VARINT), (uint64_t)value->integer);
	} else {
		at = pbf_varint(
			pbf_tag(at, VALUE_SINT, PBF_VARINT), pbf_zigzag64(value->integer));
	}
	strbuf_add(out, head, (size_t)(at - head));
	ret->bytes_len = (uint32_t)out->len - ret->bytes_at;
	ret->text_at = (uint32_t)out->len;
	if (value->kind == VALUE_REAL)
		number_print_fixed(out, value->real, 1);
	else
		strbuf_add_int(out, value->integer);
	ret->text_len = (uint32_t)out->len - ret->text_at;
}

/* The slot of a value, or the one where it would be; the table has one that is empty. */
static uint32_t slot_of(const struct value_table *table, const char *bytes, size_t len)
{
	uint32_t slot = (uint32_t)hash_of(bytes, len) & (table->slot_count - 1);

	for (; table->slots[slot] != SNAPSHOT_NO_VALUE; slot = (slot + 1) & (table->slot_count - 1)) {
		const struct snapshot_value *value = &table->values[table->slots[slot]];

		if (value->bytes_len == len && !memcmp(table->bytes + value->bytes_at, bytes, len))
			break;
	}
	return slot;
}

/* The pool as it is read. */
static struct value_table table_of(const struct value_pool *pool)
{
	return (struct value_table){.values = pool->values, .bytes = pool->bytes.data,
		.slots = pool->slots, .slot_count = (uint32_t)pool->slot_count};
}

/* The number that tables before give the value; SNAPSHOT_NO_VALUE none. */
static uint32_t number_before(const struct value_pool *pool, const char *bytes, size_t len)
{
	for (const struct value_table *table = pool->base; table; table = table->base) {
		uint32_t number = table->slot_count ? table->slots[slot_of(table, bytes, len)]
						    : SNAPSHOT_NO_VALUE;

		if (number != SNAPSHOT_NO_VALUE)
			return table->first + number;
	}
	return SNAPSHOT_NO_VALUE;
}

/* Keeps the table at most half full. */
static bool make_slots(struct value_pool *pool)
{
	size_t slots = pool->slot_count ? pool->slot_count * 2 : FIRST_SLOTS;
	struct value_table table;
	uint32_t *fresh;

	if (pool->slot_count && pool->count * 2 < pool->slot_count)
		return true;
	fresh = malloc(slots * sizeof *fresh);
	if (!fresh)
		return false;
	memset(fresh, 0xFF, slots * sizeof *fresh);
	free(pool->slots);
	pool->slots = fresh;
	pool->slot_count = slots;
	table = table_of(pool);
	for (size_t i = 0; i < pool->count; i++) {
		const struct snapshot_value *value = &pool->values[i];

		fresh[slot_of(&table, pool->bytes.data + value->bytes_at, value->bytes_len)] =
			(uint32_t)i;
	}
	return true;
}

static bool make_room(struct value_pool *pool)
{
	size_t room = pool->room ? pool->room * 2 : FIRST_SLOTS;
	struct snapshot_value *values;

	if (pool->count < pool->room)
		return true;
	values = realloc(pool->values, room * sizeof *values);
	if (!values)
		return false;
	pool->values = values;
	pool->room = room;
	return true;
}

bool value_pool_number(struct value_pool *pool, const struct value *value, enum field_type type,
	uint32_t *ret_number)
{
	struct snapshot_value fresh = {0};
	size_t before = pool->bytes.len;
	struct value_table table;
	const char *message;
	uint32_t slot;

	*ret_number = SNAPSHOT_NO_VALUE;
	if (value->kind == VALUE_NULL)
		return true;
	if (!make_slots(pool) || !make_room(pool))
		return false;
	add_message(&pool->bytes, value, type, &fresh);
	if (pool->bytes.failed)
		return false;
	message = pool->bytes.data + fresh.bytes_at;
	*ret_number = number_before(pool, message, fresh.bytes_len);
	table = table_of(pool);
	slot = slot_of(&table, message, fresh.bytes_len);
	if (*ret_number == SNAPSHOT_NO_VALUE && pool->slots[slot] != SNAPSHOT_NO_VALUE)
		*ret_number = pool->first + pool->slots[slot];
	if (*ret_number != SNAPSHOT_NO_VALUE) {
		pool->bytes.len = before;
		return true;
	}
	pool->slots[slot] = (uint32_t)pool->count;
	pool->values[pool->count] = fresh;
	*ret_number = pool->first + (uint32_t)pool->count++;
	return true;
}
