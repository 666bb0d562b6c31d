#include "base/throttle.h"

#include <pthread.h>

#include "base/messages.h"

enum {
	WAYS = 8, /* keys of a set */
	SALT_BYTES = 16,
	DOUBLINGS = 10,	    /* 2^10 s is over THROTTLE_WAIT_MAX_S */
	KEYS_MAX = 1 << 24, /* nobody needs more, and sizes do not overflow */
};

#define SECOND_US INT64_C(1000000)

struct entry {
	uint64_t mark[2]; /* of the digest of the key */
	int64_t failures; /* 0: the place is free */
	int64_t failed_us;
};

struct throttle {
	const struct clock *clock;
	int free; /* failures before one waits */
	pthread_mutex_t lock;
	unsigned char salt[SALT_BYTES];
	size_t sets;
	struct entry entries[]; /* WAYS a set */
};

int64_t throttle_failures(int64_t failures, int64_t failed_us, int64_t now_us)
{
	return now_us - failed_us >= THROTTLE_MEMORY_S * SECOND_US ? 0 : failures;
}

int64_t throttle_wait_us(int64_t failures, int64_t failed_us, int64_t now_us)
{
	int64_t doublings, wait_us, since_us = now_us - failed_us;

	failures = throttle_failures(failures, failed_us, now_us);
	if (failures < THROTTLE_FREE)
		return 0;
	doublings = failures - THROTTLE_FREE;
	wait_us = doublings < DOUBLINGS ? SECOND_US << doublings : THROTTLE_WAIT_MAX_S * SECOND_US;
	if (wait_us > THROTTLE_WAIT_MAX_S * SECOND_US)
		wait_us = THROTTLE_WAIT_MAX_S * SECOND_US;
	if (since_us < 0)
		return wait_us;
	return since_us < wait_us ? wait_us - since_us : 0;
}

int64_t throttle_wait_s(int64_t failures, int64_t failed_us, int64_t now_us)
{
	return (throttle_wait_us(failures, failed_us, now_us) + SECOND_US - 1) / SECOND_US;
}

int throttle_new(size_t keys, int free, const struct clock *clock,
	const struct randomness *randomness, struct throttle **ret_throttle, struct error *err)
{
	struct throttle *throttle;
	size_t sets;

	if (keys > KEYS_MAX)
		keys = KEYS_MAX;
	sets = keys / WAYS + 1;
	throttle = calloc(1, sizeof *throttle + sets * WAYS * sizeof(struct entry));
	if (!throttle)
		return fail_no_memory(err);
	throttle->clock = clock;
	throttle->free = free;
	throttle->sets = sets;
	pthread_mutex_init(&throttle->lock, NULL);
	randomness->fill(randomness->context, throttle->salt, sizeof throttle->salt);
	*ret_throttle = throttle;
	return 0;
}

void throttle_free(struct throttle *throttle)
{
	if (!throttle)
		return;
	pthread_mutex_destroy(&throttle->lock);
	free(throttle);
}

/* The mark of a key, and the set where it belongs. */
static struct entry *set_of(
	struct throttle *throttle, const void *key, size_t len, uint64_t ret_mark[2])
{
	struct digest_maker maker;
	struct digest digest;
	uint64_t place;

	digest_begin(&maker);
	digest_add(&maker, throttle->salt, sizeof throttle->salt);
	digest_add(&maker, key, len);
	digest = digest_end(&maker);
	memcpy(ret_mark, digest.bytes, 2 * sizeof *ret_mark);
	memcpy(&place, digest.bytes + 2 * sizeof *ret_mark, sizeof place);
	return throttle->entries + place % throttle->sets * WAYS;
}

static struct entry *find(struct entry *set, const uint64_t mark[2])
{
	for (struct entry *entry = set; entry < set + WAYS; entry++)
		if (entry->failures && entry->mark[0] == mark[0] && entry->mark[1] == mark[1])
			return entry;
	return NULL;
}

/* Whose loss does the least harm: the fewest failures that count, and of those the oldest. */
static struct entry *most_harmless(struct entry *set, int64_t now_us)
{
	struct entry *best = set;

	for (struct entry *entry = set; entry < set + WAYS; entry++) {
		int64_t one = throttle_failures(entry->failures, entry->failed_us, now_us);
		int64_t other = throttle_failures(best->failures, best->failed_us, now_us);

		if (one < other || (one == other && entry->failed_us < best->failed_us))
			best = entry;
	}
	return best;
}

int64_t throttle_enter(struct throttle *throttle, const void *key, size_t len)
{
	int64_t now_us = clock_now_us(throttle->clock), wait_s;
	uint64_t mark[2];
	struct entry *set = set_of(throttle, key, len, mark);
	struct entry *entry;

	pthread_mutex_lock(&throttle->lock);
	entry = find(set, mark);
	if (!entry) {
		entry = most_harmless(set, now_us);
		*entry = (struct entry){.mark = {mark[0], mark[1]}};
	}
	wait_s = throttle_wait_s(
		entry->failures + THROTTLE_FREE - throttle->free, entry->failed_us, now_us);
	if (!wait_s) {
		entry->failures = throttle_failures(entry->failures, entry->failed_us, now_us) + 1;
		entry->failed_us = now_us;
	}
	pthread_mutex_unlock(&throttle->lock);
	return wait_s;
}

void throttle_forgive(struct throttle *throttle, const void *key, size_t len)
{
	uint64_t mark[2];
	struct entry *set = set_of(throttle, key, len, mark);
	struct entry *entry;

	pthread_mutex_lock(&throttle->lock);
	entry = find(set, mark);
	if (entry)
		*entry = (struct entry){0};
	pthread_mutex_unlock(&throttle->lock);
}
