#include "tiles/tile_cache.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/messages.h"

enum {
	SHARDS = 16,
	CHAINS = 4096, /* of a shard */
	SPARE_BYTES = 64, /* what the allocator adds to an entry and its texts */
	PLACES_MAX = 20000, /* a change of more tiles than that looks through all that are there */
};

/* A tile, made or being made. The shard's lock guards all but what cached_tile has, which stays. */
struct entry {
	struct cached_tile tile; /* first: its address is the entry's */
	struct tile place;
	char *what;
	uint64_t layers;
	double margin;
	bool is_settled;
	bool is_made;
	bool is_listed;	  /* may be found; else its holders alone have it */
	unsigned holders; /* who has it or makes it */
	struct tile_waiter *waiters;
	struct entry *next;	      /* of its chain */
	struct entry *newer, *older; /* of those that are made and listed */
	struct shard *shard;
};

struct shard {
	pthread_mutex_t lock;
	struct entry **chains; /* CHAINS of them */
	struct entry *newest, *oldest;
	struct tile_cache_state state;
};

struct tile_cache {
	size_t shard_bytes_max;
	struct shard shards[SHARDS];
};

static uint64_t hash_of(struct tile place)
{
	uint64_t hash = ((uint64_t)place.z << 56) ^ ((uint64_t)place.x << 28) ^ place.y;

	/* The finish of MurmurHash3. */
	hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
	hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return hash ^ hash >> 33;
}

static struct shard *shard_of(struct tile_cache *cache, struct tile place)
{
	return &cache->shards[hash_of(place) % SHARDS];
}

static struct entry **chain_of(struct shard *shard, struct tile place)
{
	return &shard->chains[hash_of(place) / SHARDS % CHAINS];
}

static bool is_at(const struct entry *entry, struct tile place)
{
	return entry->place.z == place.z && entry->place.x == place.x && entry->place.y == place.y;
}

static size_t bytes_of(const struct entry *entry)
{
	return sizeof *entry + strlen(entry->what) + entry->tile.len + SPARE_BYTES;
}

static void free_entry(struct entry *entry)
{
	free((void *)(uintptr_t)entry->tile.bytes);
	free(entry->what);
	free(entry);
}

static void leave(struct entry *entry)
{
	if (!--entry->holders && !entry->is_listed)
		free_entry(entry);
}

static void put_first(struct shard *shard, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = shard->newest;
	*(shard->newest ? &shard->newest->newer : &shard->oldest) = entry;
	shard->newest = entry;
}

static void take_out(struct shard *shard, struct entry *entry)
{
	*(entry->newer ? &entry->newer->older : &shard->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &shard->oldest) = entry->newer;
}

/* Nobody finds it any more; the lock is held. */
static void unlist(struct shard *shard, struct entry *entry)
{
	struct entry **at = chain_of(shard, entry->place);

	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
	entry->is_listed = false;
	if (entry->is_made) {
		take_out(shard, entry);
		shard->state.tiles--;
		shard->state.bytes -= bytes_of(entry);
	}
	if (!entry->holders)
		free_entry(entry);
}

int tile_cache_new(size_t bytes_max, struct tile_cache **ret_cache, struct error *err)
{
	struct tile_cache *cache = calloc(1, sizeof *cache);
	bool complete = cache != NULL;

	for (size_t i = 0; cache && i < SHARDS; i++) {
		struct shard *shard = &cache->shards[i];

		pthread_mutex_init(&shard->lock, NULL);
		shard->chains = calloc(CHAINS, sizeof *shard->chains);
		complete &= shard->chains != NULL;
	}
	if (!complete) {
		tile_cache_free(cache);
		return fail_no_memory(err);
	}
	cache->shard_bytes_max = bytes_max / SHARDS;
	*ret_cache = cache;
	return 0;
}

void tile_cache_free(struct tile_cache *cache)
{
	if (!cache)
		return;
	tile_cache_clear(cache);
	for (size_t i = 0; i < SHARDS; i++) {
		free(cache->shards[i].chains);
		pthread_mutex_destroy(&cache->shards[i].lock);
	}
	free(cache);
}

static struct entry *find(struct shard *shard, const struct tile_key *key)
{
	struct entry *entry = shard->chains ? *chain_of(shard, key->tile) : NULL;

	while (entry && !(is_at(entry, key->tile) && !strcmp(entry->what, key->what)))
		entry = entry->next;
	return entry;
}

/* One that is to be made now; NULL: no memory. */
static struct entry *add(struct shard *shard, const struct tile_key *key)
{
	struct entry *entry = calloc(1, sizeof *entry), **chain = chain_of(shard, key->tile);

	if (!entry)
		return NULL;
	entry->what = strdup(key->what);
	if (!entry->what) {
		free(entry);
		return NULL;
	}
	entry->place = key->tile;
	entry->layers = key->layers;
	entry->margin = key->margin;
	entry->is_settled = key->is_settled;
	entry->is_listed = true;
	entry->holders = 1;
	entry->shard = shard;
	entry->next = *chain;
	*chain = entry;
	return entry;
}

static void note_use(struct shard *shard, struct entry *entry)
{
	shard->state.found++;
	if (!entry->is_listed)
		return;
	take_out(shard, entry);
	put_first(shard, entry);
}

/* Of one that is there; the lock is held. */
static enum tile_found take_or_await(
	struct shard *shard, struct entry *entry, struct tile_waiter *waiter)
{
	if (entry->is_made) {
		entry->holders++;
		note_use(shard, entry);
		return TILE_FOUND;
	}
	if (waiter) {
		waiter->next = entry->waiters;
		entry->waiters = waiter;
		shard->state.waited++;
	}
	return TILE_AWAITED;
}

enum tile_found tile_cache_find(struct tile_cache *cache, const struct tile_key *key,
	struct tile_waiter *waiter, const struct cached_tile **ret_tile,
	struct tile_turn **ret_turn)
{
	struct shard *shard = shard_of(cache, key->tile);
	enum tile_found found;
	struct entry *entry;

	pthread_mutex_lock(&shard->lock);
	entry = find(shard, key);
	if (entry) {
		found = take_or_await(shard, entry, waiter);
	} else {
		entry = add(shard, key);
		found = entry ? TILE_TO_BE_MADE : TILE_NO_MEMORY;
	}
	pthread_mutex_unlock(&shard->lock);
	if (found == TILE_FOUND)
		*ret_tile = &entry->tile;
	else if (found == TILE_TO_BE_MADE)
		*ret_turn = (struct tile_turn *)entry;
	return found;
}

const struct cached_tile *tile_cache_at_hand(
	struct tile_cache *cache, const struct tile_key *key)
{
	struct shard *shard = shard_of(cache, key->tile);
	struct entry *entry;

	pthread_mutex_lock(&shard->lock);
	entry = find(shard, key);
	if (entry && entry->is_made) {
		entry->holders++;
		note_use(shard, entry);
	} else {
		entry = NULL;
	}
	pthread_mutex_unlock(&shard->lock);
	return entry ? &entry->tile : NULL;
}

static void evict(struct tile_cache *cache, struct shard *shard)
{
	while (shard->state.bytes > cache->shard_bytes_max) {
		unlist(shard, shard->oldest);
		shard->state.evicted++;
	}
}

/* Copies what was made; false without memory. */
static bool keep(struct entry *entry, const struct cached_tile *made)
{
	void *bytes = malloc(made->len + !made->len);

	if (!bytes)
		return false;
	if (made->len)
		memcpy(bytes, made->bytes, made->len);
	entry->tile = *made;
	entry->tile.bytes = bytes;
	entry->tile.hash = content_hash(bytes, made->len);
	return true;
}

/* Those who wait are told; each holds the tile already. Without the lock. */
static void bring(struct tile_waiter *waiters, const struct cached_tile *tile)
{
	while (waiters) {
		struct tile_waiter *waiter = waiters;

		waiters = waiter->next;
		waiter->bring(waiter, tile);
	}
}

static unsigned count_waiters(const struct entry *entry)
{
	unsigned count = 0;

	for (const struct tile_waiter *at = entry->waiters; at; at = at->next)
		count++;
	return count;
}

const struct cached_tile *tile_cache_put(
	struct tile_cache *cache, struct tile_turn *turn, const struct cached_tile *made)
{
	struct entry *entry = (struct entry *)turn;
	struct shard *shard = entry->shard;
	struct tile_waiter *waiters;

	if (!keep(entry, made)) {
		tile_cache_fail(turn);
		return NULL;
	}
	pthread_mutex_lock(&shard->lock);
	entry->is_made = true;
	entry->holders += count_waiters(entry);
	waiters = take(entry->waiters);
	shard->state.made++;
	if (entry->is_listed) {
		put_first(shard, entry);
		shard->state.tiles++;
		shard->state.bytes += bytes_of(entry);
		evict(cache, shard);
	}
	pthread_mutex_unlock(&shard->lock);
	bring(waiters, &entry->tile);
	return &entry->tile;
}

void tile_cache_fail(struct tile_turn *turn)
{
	struct entry *entry = (struct entry *)turn;
	struct shard *shard = entry->shard;
	struct tile_waiter *waiters;

	pthread_mutex_lock(&shard->lock);
	waiters = take(entry->waiters);
	if (entry->is_listed)
		unlist(shard, entry);
	leave(entry);
	pthread_mutex_unlock(&shard->lock);
	bring(waiters, NULL);
}

void tile_cache_give_back(const struct cached_tile *tile)
{
	struct entry *entry = (struct entry *)(uintptr_t)tile;
	struct shard *shard;

	if (!entry)
		return;
	shard = entry->shard;
	pthread_mutex_lock(&shard->lock);
	leave(entry);
	pthread_mutex_unlock(&shard->lock);
}

/* Whether the change is within the tile's square and its margin. */
static bool meets(const struct entry *entry, const struct unit_box *box)
{
	double side = ldexp(1, GRID_WORLD_BITS - (int)entry->place.z), wide = entry->margin * side;

	return box->min_x <= (entry->place.x + 1) * side + wide &&
		box->max_x >= entry->place.x * side - wide &&
		box->min_y <= (entry->place.y + 1) * side + wide &&
		box->max_y >= entry->place.y * side - wide;
}

/* Drops those of a chain that the change is on; `place` NULL: wherever they are. */
static void touch_chain(struct shard *shard, struct entry *entry, const struct tile *place,
	uint64_t layers, const struct unit_box *box)
{
	while (entry) {
		struct entry *next = entry->next;

		if ((!place || is_at(entry, *place)) && entry->layers & layers &&
			!entry->is_settled && (!box || meets(entry, box))) {
			shard->state.dropped++;
			unlist(shard, entry);
		}
		entry = next;
	}
}

static void touch_everywhere(struct tile_cache *cache, uint64_t layers, const struct unit_box *box)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &cache->shards[i];

		pthread_mutex_lock(&shard->lock);
		for (size_t chain = 0; shard->chains && chain < CHAINS; chain++)
			touch_chain(shard, shard->chains[chain], NULL, layers, box);
		pthread_mutex_unlock(&shard->lock);
	}
}

/* The tiles of a zoom that a change may be on. */
struct tile_span {
	uint32_t min_x, min_y, max_x, max_y;
};

static uint32_t tile_of(double unit, unsigned z)
{
	double side = ldexp(1, GRID_WORLD_BITS - (int)z), last = ldexp(1, (int)z) - 1;

	return (uint32_t)fmin(fmax(floor(unit / side), 0), last);
}

static struct tile_span span_of(const struct unit_box *box, unsigned z)
{
	double wide = ldexp(TILE_CACHE_MARGIN_MAX, GRID_WORLD_BITS - (int)z);

	return (struct tile_span){tile_of(box->min_x - wide, z), tile_of(box->min_y - wide, z),
		tile_of(box->max_x + wide, z), tile_of(box->max_y + wide, z)};
}

static double count_of(const struct tile_span *span)
{
	return ((double)span->max_x - span->min_x + 1) * ((double)span->max_y - span->min_y + 1);
}

static void touch_span(struct tile_cache *cache, unsigned z, const struct tile_span *span,
	uint64_t layers, const struct unit_box *box)
{
	for (uint32_t y = span->min_y; y <= span->max_y; y++) {
		for (uint32_t x = span->min_x; x <= span->max_x; x++) {
			const struct tile place = {z, x, y};
			struct shard *shard = shard_of(cache, place);

			pthread_mutex_lock(&shard->lock);
			touch_chain(shard, *chain_of(shard, place), &place, layers, box);
			pthread_mutex_unlock(&shard->lock);
		}
	}
}

void tile_cache_touch(struct tile_cache *cache, size_t layer, const struct unit_box *box)
{
	struct tile_span spans[GRID_ZOOM_MAX + 1];
	uint64_t layers = UINT64_C(1) << layer;
	double places = 0;

	for (unsigned z = 0; box && z <= GRID_ZOOM_MAX; z++) {
		spans[z] = span_of(box, z);
		places += count_of(&spans[z]);
	}
	if (!box || places > PLACES_MAX) {
		touch_everywhere(cache, layers, box);
		return;
	}
	for (unsigned z = 0; z <= GRID_ZOOM_MAX; z++)
		touch_span(cache, z, &spans[z], layers, box);
}

void tile_cache_clear(struct tile_cache *cache)
{
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &cache->shards[i];

		pthread_mutex_lock(&shard->lock);
		for (size_t chain = 0; shard->chains && chain < CHAINS; chain++)
			while (shard->chains[chain])
				unlist(shard, shard->chains[chain]);
		pthread_mutex_unlock(&shard->lock);
	}
}

struct tile_cache_state tile_cache_state(struct tile_cache *cache)
{
	struct tile_cache_state all = {0};

	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &cache->shards[i];
		const struct tile_cache_state *state = &shard->state;

		pthread_mutex_lock(&shard->lock);
		all.tiles += state->tiles;
		all.bytes += state->bytes;
		all.found += state->found;
		all.made += state->made;
		all.waited += state->waited;
		all.dropped += state->dropped;
		all.evicted += state->evicted;
		pthread_mutex_unlock(&shard->lock);
	}
	return all;
}
