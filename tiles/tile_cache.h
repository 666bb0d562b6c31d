/*
 * tile_cache: tiles as they were answered, until something that is on them changes.
 *
 * A tile is known by its place and by a text that says what else its bytes depend on (layers, style,
 * form, date, whose rights). Whoever asks for one that is not there makes it, and it is brought to
 * others who ask meanwhile. A change of a layer in a box drops exactly the tiles, at every zoom, whose
 * square with its margin the box meets; one that is being made then goes to those who asked
 * before, and is not kept. Bytes are bounded; what was not asked for longest goes first.
 *
 * Any number of threads may use one cache; it is in shards by place, each with its lock.
 */
#ifndef TILES_TILE_CACHE_H
#define TILES_TILE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/secret.h"
#include "tiles/grid.h"

#define TILE_CACHE_MARGIN_MAX 2.0

struct tile_cache;

/* What is asked for. */
struct tile_key {
	struct tile tile;
	const char *what;   /* what else its bytes depend on, borrowed */
	uint64_t layers;    /* bit i: layer i is on it */
	double margin;	    /* what around it is on it too, of its side; at most TILE_CACHE_MARGIN_MAX */
	bool is_settled;    /* of a time that has passed in the register: nothing changes it */
};

/* A tile that was made. It does not change, and is freed when its last holder gives it back. */
struct cached_tile {
	const void *bytes;
	size_t len;
	bool is_gzipped;
	size_t dropped;		  /* records that had no room */
	struct content_hash hash; /* of the bytes */
};

int tile_cache_new(size_t bytes_max, struct tile_cache **ret_cache, struct error *err);
void tile_cache_free(struct tile_cache *cache);
AUTOPTR(struct tile_cache, tile_cache_free);

/*
 * Somebody for whom a tile is brought that another is making: called once, on the maker's thread, with
 * the tile, held for him; or NULL: it could not be made.
 */
struct tile_waiter {
	void (*bring)(struct tile_waiter *waiter, const struct cached_tile *tile);
	struct tile_waiter *next;
};

/*
 * TILE_FOUND: *ret_tile is held, to be given back. TILE_TO_BE_MADE: the caller makes it now, and says
 * what came of it with tile_cache_put or tile_cache_fail, in any case; *ret_turn goes there.
 * TILE_AWAITED: another is making it. The waiter, if there is one, belongs to the cache from before
 * the return until it is called. Never blocks for long.
 */
enum tile_found { TILE_FOUND, TILE_TO_BE_MADE, TILE_AWAITED, TILE_NO_MEMORY };
struct tile_turn;
enum tile_found tile_cache_find(struct tile_cache *cache, const struct tile_key *key,
	struct tile_waiter *waiter, const struct cached_tile **ret_tile,
	struct tile_turn **ret_turn);

/* The tile if it is there, held; else NULL. */
const struct cached_tile *tile_cache_at_hand(
	struct tile_cache *cache, const struct tile_key *key);

/*
 * The tile; bytes are copied, the hash is made here. NULL: no memory, and nobody has it. Held, to be
 * given back.
 */
const struct cached_tile *tile_cache_put(
	struct tile_cache *cache, struct tile_turn *turn, const struct cached_tile *made);
void tile_cache_fail(struct tile_turn *turn);

void tile_cache_give_back(const struct cached_tile *tile);

/* Something of a layer (by number, below 64) has changed in the box; NULL: anywhere. */
void tile_cache_touch(struct tile_cache *cache, size_t layer, const struct unit_box *box);

/* Forgets everything. */
void tile_cache_clear(struct tile_cache *cache);

/* For the log and for tests. */
struct tile_cache_state {
	size_t tiles, bytes;
	uint64_t found, made, waited, dropped, evicted;
};
struct tile_cache_state tile_cache_state(struct tile_cache *cache);

#endif
