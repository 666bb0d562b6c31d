#include "server/served.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/messages.h"

/* Sets of a few entries each, in which the oldest gives way. */
enum { SETS = 1 << 14, WAYS = 8 };

struct entry {
	struct served_key key;
	int64_t version; /* 0 free */
};

struct served {
	pthread_mutex_t lock;
	struct entry sets[SETS][WAYS]; /* the latest first */
};

int served_new(struct served **ret_served, struct error *err)
{
	struct served *served = calloc(1, sizeof *served);

	if (!served)
		return fail_no_memory(err);
	pthread_mutex_init(&served->lock, NULL);
	*ret_served = served;
	return 0;
}

void served_free(struct served *served)
{
	if (!served)
		return;
	pthread_mutex_destroy(&served->lock);
	free(served);
}

static struct entry *set_of(struct served *served, const struct served_key *key)
{
	uint64_t hash = (uint64_t)key->id * 0x9E3779B97F4A7C15U ^
		(uint64_t)key->asker * 0xBF58476D1CE4E5B9U ^ (uint64_t)key->layer << 7;

	return served->sets[(hash ^ hash >> 29) % SETS];
}

static int place_of(const struct entry *set, const struct served_key *key)
{
	int i = 0;

	while (i < WAYS - 1 &&
		(set[i].key.id != key->id || set[i].key.asker != key->asker ||
			set[i].key.layer != key->layer))
		i++;
	return i;
}

void served_note(struct served *served, const struct served_key *key, int64_t version)
{
	struct entry *set;

	pthread_mutex_lock(&served->lock);
	set = set_of(served, key);
	for (int i = place_of(set, key); i > 0; i--)
		set[i] = set[i - 1];
	set[0] = (struct entry){*key, version};
	pthread_mutex_unlock(&served->lock);
}

int64_t served_find(struct served *served, const struct served_key *key)
{
	int64_t version = 0;
	struct entry *set;
	int at;

	pthread_mutex_lock(&served->lock);
	set = set_of(served, key);
	at = place_of(set, key);
	if (set[at].key.id == key->id && set[at].key.asker == key->asker &&
		set[at].key.layer == key->layer)
		version = set[at].version;
	pthread_mutex_unlock(&served->lock);
	return version;
}
