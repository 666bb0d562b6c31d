#include "tiles/content_table.h"

#include "base/banned.h"
#include "base/number.h"
#include "base/secret.h"

enum { ROOM_LEAST = 1024 };

struct content_slot {
	struct content_key key;
	uint64_t place; /* and one; 0: the slot is free */
};

struct content_key content_key_of(const void *bytes, size_t len)
{
	struct digest digest = digest_of(bytes, len);
	struct content_key key;

	memcpy(key.bytes, digest.bytes, sizeof key.bytes);
	return key;
}

void content_table_clear(struct content_table *table)
{
	free(table->slots);
	*table = (struct content_table){0};
}

/* The slot of the key, or the free one where it belongs; there is always a free one. */
static struct content_slot *slot_of(const struct content_table *table, const struct content_key *key)
{
	size_t at;

	memcpy(&at, key->bytes, sizeof at);
	for (at &= table->room - 1; table->slots[at].place; at = (at + 1) & (table->room - 1))
		if (!memcmp(&table->slots[at].key, key, sizeof *key))
			break;
	return &table->slots[at];
}

bool content_table_find(
	const struct content_table *table, const struct content_key *key, uint64_t *ret_place)
{
	const struct content_slot *slot = table->room ? slot_of(table, key) : NULL;

	if (!slot || !slot->place)
		return false;
	*ret_place = slot->place - 1;
	return true;
}

static bool grow(struct content_table *table)
{
	struct content_table larger = {.room = ROOM_LEAST, .count = table->count};

	if (table->room && !checked_mul(table->room, 2, &larger.room))
		return false;
	larger.slots = calloc(larger.room, sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < table->room; i++)
		if (table->slots[i].place)
			*slot_of(&larger, &table->slots[i].key) = table->slots[i];
	free(table->slots);
	*table = larger;
	return true;
}

bool content_table_add(struct content_table *table, const struct content_key *key, uint64_t place)
{
	/* Half of them are free. */
	if (table->count >= table->room / 2 && !grow(table))
		return false;
	*slot_of(table, key) = (struct content_slot){*key, place + 1};
	table->count++;
	return true;
}
