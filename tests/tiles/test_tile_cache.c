#include "tests/test.h"

#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

#include "tests/random.h"
#include "tiles/tile_cache.h"

static struct tile_cache *cache_of(size_t bytes)
{
	struct tile_cache *cache = NULL;

	assert_int_equal(tile_cache_new(bytes, &cache, NULL), 0);
	return cache;
}

static struct tile_key key_of(struct tile tile, const char *what)
{
	return (struct tile_key){.tile = tile, .what = what, .layers = 1, .margin = 1.0 / 32};
}

/* One who waits for what another is making. */
struct patient {
	struct tile_waiter waiter; /* first: its address is the patient's */
	sem_t brought;
	const struct cached_tile *tile;
};

static void bring(struct tile_waiter *waiter, const struct cached_tile *tile)
{
	struct patient *patient = (struct patient *)waiter;

	patient->tile = tile;
	sem_post(&patient->brought);
}

/* Asks until it is there or to be made. */
static enum tile_found find(struct tile_cache *cache, const struct tile_key *key,
	const struct cached_tile **ret_tile, struct tile_turn **ret_turn)
{
	struct patient patient = {.waiter = {.bring = bring}};
	enum tile_found found;

	sem_init(&patient.brought, 0, 0);
	do {
		found = tile_cache_find(cache, key, &patient.waiter, ret_tile, ret_turn);
		if (found == TILE_AWAITED) {
			sem_wait(&patient.brought);
			*ret_tile = patient.tile;
			found = patient.tile ? TILE_FOUND : TILE_AWAITED;
		}
	} while (found == TILE_AWAITED);
	sem_destroy(&patient.brought);
	return found;
}

static const struct cached_tile *put(
	struct tile_cache *cache, struct tile_turn *turn, const void *bytes, size_t len)
{
	return tile_cache_put(cache, turn, &(struct cached_tile){.bytes = bytes, .len = len});
}

/* Puts a tile if it is not there; true if it was. */
static bool ask(struct tile_cache *cache, const struct tile_key *key, const char *text)
{
	const struct cached_tile *tile = NULL;
	struct tile_turn *turn = NULL;
	enum tile_found found = find(cache, key, &tile, &turn);

	assert_int_not_equal(found, TILE_NO_MEMORY);
	if (found == TILE_TO_BE_MADE)
		tile = put(cache, turn, text, strlen(text));
	assert_non_null(tile);
	tile_cache_give_back(tile);
	return found == TILE_FOUND;
}

static void what_was_made_is_found(void **state)
{
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(1 << 20);
	const struct tile_key one = key_of((struct tile){16, 5, 7}, "parcel mvt"),
			      other = key_of((struct tile){16, 5, 7}, "parcel png"),
			      beside = key_of((struct tile){16, 6, 7}, "parcel mvt");
	const struct cached_tile *tile = NULL;
	struct tile_turn *turn = NULL;

	(void)state;
	assert_false(ask(cache, &one, "one"));
	assert_false(ask(cache, &other, "other"));
	assert_false(ask(cache, &beside, ""));
	assert_int_equal(find(cache, &one, &tile, &turn), TILE_FOUND);
	assert_int_equal(tile->len, 3);
	assert_memory_equal(tile->bytes, "one", 3);
	assert_string_equal(tile->hash.text, content_hash("one", 3).text);
	/* Whoever holds it keeps it, whatever becomes of the cache. */
	tile_cache_clear(cache);
	assert_memory_equal(tile->bytes, "one", 3);
	tile_cache_give_back(tile);
	assert_false(ask(cache, &one, "one"));
	assert_int_equal(tile_cache_state(cache).tiles, 1);
}

static void what_a_maker_cannot_make_the_next_one_makes(void **state)
{
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(1 << 20);
	const struct tile_key key = key_of((struct tile){3, 1, 1}, "x");
	const struct cached_tile *tile = NULL;
	struct tile_turn *turn = NULL;

	(void)state;
	assert_int_equal(find(cache, &key, &tile, &turn), TILE_TO_BE_MADE);
	tile_cache_fail(turn);
	assert_false(ask(cache, &key, "x"));
	assert_true(ask(cache, &key, "x"));
}

static void who_waits_hears_of_failure_and_who_must_not_wait_is_told(void **state)
{
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(1 << 20);
	const struct tile_key key = key_of((struct tile){3, 1, 1}, "x");
	struct patient patient = {.waiter = {.bring = bring}};
	const struct cached_tile *tile = NULL;
	struct tile_turn *turn = NULL;

	(void)state;
	sem_init(&patient.brought, 0, 0);
	assert_null(tile_cache_at_hand(cache, &key));
	assert_int_equal(tile_cache_find(cache, &key, NULL, &tile, &turn), TILE_TO_BE_MADE);
	assert_null(tile_cache_at_hand(cache, &key));
	assert_int_equal(tile_cache_find(cache, &key, NULL, &tile, &turn), TILE_AWAITED);
	assert_int_equal(
		tile_cache_find(cache, &key, &patient.waiter, &tile, &turn), TILE_AWAITED);
	tile_cache_fail(turn);
	assert_int_equal(sem_trywait(&patient.brought), 0);
	assert_null(patient.tile);
	assert_false(ask(cache, &key, "x"));
	tile = tile_cache_at_hand(cache, &key);
	assert_memory_equal(tile->bytes, "x", 1);
	tile_cache_give_back(tile);
	sem_destroy(&patient.brought);
}

static void bytes_are_bounded_and_the_oldest_go(void **state)
{
	enum { TILES = 20000, MOST = 1 << 20 };
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(MOST);
	char text[500];
	struct tile_cache_state now;

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = 0;
	for (uint32_t i = 0; i < TILES; i++) {
		struct tile_key hot = key_of((struct tile){18, i % 7, 0}, "hot"),
				cold = key_of((struct tile){18, i, 1}, "cold");

		assert_int_equal(ask(cache, &hot, text), i >= 7);
		assert_false(ask(cache, &cold, text));
		now = tile_cache_state(cache);
		assert_true(now.bytes <= MOST);
	}
	assert_true(now.tiles > MOST / 1000);
	assert_int_equal(now.evicted, TILES + 7 - now.tiles);
}

/* Whether a change of that box is on a tile, said once more. */
static bool is_on(const struct tile_key *key, const struct unit_box *box)
{
	double side = ldexp(1, 35 - (int)key->tile.z), wide = side * key->margin;

	return box->max_x >= key->tile.x * side - wide &&
		box->min_x <= (key->tile.x + 1.0) * side + wide &&
		box->max_y >= key->tile.y * side - wide &&
		box->min_y <= (key->tile.y + 1.0) * side + wide;
}

static void exactly_what_is_touched_goes(void **state)
{
	enum { KEYS = 3000, CHANGES = 60 };
	static const double margins[] = {0, 1.0 / 32, 1};
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(64 << 20);
	static struct tile_key keys[KEYS];
	struct random random = random_start(79);
	double centre = ldexp(0.79, 35);

	(void)state;
	for (int i = 0; i < KEYS; i++) {
		unsigned z = (unsigned)random_below(&random, GRID_ZOOM_MAX + 1);
		double side = ldexp(1, 35 - (int)z), at = floor(centre / side);
		double spread = fmin(ldexp(1, (int)z) - 1, 6), x, y;

		x = fmin(fmax(at + floor((random_between(&random, 0, 1) - 0.5) * spread), 0), ldexp(1, (int)z) - 1);
		y = fmin(fmax(at + floor((random_between(&random, 0, 1) - 0.5) * spread), 0), ldexp(1, (int)z) - 1);
		keys[i] = (struct tile_key){.tile = {z, (uint32_t)x, (uint32_t)y},
			.what = i % 2 ? "a" : "b",
			.layers = 1 + random_below(&random, 7),
			.margin = margins[i % 3],
			.is_settled = random_below(&random, 10) == 0};
	}
	for (int change = 0; change < CHANGES; change++) {
		double size = ldexp(1, (int)random_below(&random, 36));
		double x = centre + (random_between(&random, 0, 1) - 0.5) * size * 4;
		double y = centre + (random_between(&random, 0, 1) - 0.5) * size * 4;
		struct unit_box box = {x, y, x + random_between(&random, 0, 1) * size, y + random_between(&random, 0, 1) * size};
		unsigned layer = (unsigned)random_below(&random, 3);

		tile_cache_clear(cache);
		for (int i = 0; i < KEYS; i++)
			ask(cache, &keys[i], "tile");
		tile_cache_touch(cache, layer, change % 20 == 19 ? NULL : &box);
		/* Of keys that are the same, the first one counts. */
		for (int i = 0; i < KEYS; i++) {
			const struct cached_tile *tile = NULL;
			struct tile_turn *turn = NULL;
			bool first = true, goes;

			for (int k = 0; k < i && first; k++)
				first = memcmp(&keys[k].tile, &keys[i].tile, sizeof keys[i].tile) ||
					strcmp(keys[k].what, keys[i].what);
			if (!first)
				continue;
			goes = keys[i].layers >> layer & 1 && !keys[i].is_settled &&
				(change % 20 == 19 || is_on(&keys[i], &box));
			if (find(cache, &keys[i], &tile, &turn) == TILE_FOUND) {
				assert_false(goes);
				tile_cache_give_back(tile);
			} else {
				assert_true(goes);
				tile_cache_fail(turn);
			}
		}
	}
}

static void what_changes_while_it_is_made_is_not_kept(void **state)
{
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(1 << 20);
	const struct tile_key key = key_of((struct tile){0, 0, 0}, "x");
	const struct cached_tile *old = NULL, *fresh = NULL;
	struct tile_turn *first = NULL, *second = NULL;

	(void)state;
	assert_int_equal(find(cache, &key, &old, &first), TILE_TO_BE_MADE);
	tile_cache_touch(cache, 0, &(struct unit_box){1, 1, 2, 2});
	/* Who asks after the change does not wait for what was begun before it. */
	assert_int_equal(find(cache, &key, &fresh, &second), TILE_TO_BE_MADE);
	fresh = put(cache, second, "new", 3);
	old = put(cache, first, "old", 3);
	assert_memory_equal(old->bytes, "old", 3);
	tile_cache_give_back(old);
	tile_cache_give_back(fresh);
	assert_int_equal(find(cache, &key, &fresh, &second), TILE_FOUND);
	assert_memory_equal(fresh->bytes, "new", 3);
	tile_cache_give_back(fresh);
}

/* --- many threads --------------------------------------------------------------------------------- */

enum { THREADS = 8, PLACES = 40, ROUNDS = 4000 };

struct crowd {
	struct tile_cache *cache;
	atomic_long versions[PLACES]; /* what a tile is made from */
	atomic_long told[PLACES];     /* what it has to show at least: the cache knows of it */
	atomic_int made;
};

struct member {
	struct crowd *crowd;
	unsigned seed;
	int wrong;
};

static struct tile_key place_of(size_t place)
{
	return key_of((struct tile){20, (uint32_t)(place * 3), 9}, "x");
}

static void ask_one(struct member *member, size_t place)
{
	struct crowd *crowd = member->crowd;
	struct tile_key key = place_of(place);
	long least = atomic_load(&crowd->told[place]), shown = 0;
	const struct cached_tile *tile = NULL;
	struct tile_turn *turn = NULL;

	if (find(crowd->cache, &key, &tile, &turn) == TILE_TO_BE_MADE) {
		long version = atomic_load(&crowd->versions[place]);

		atomic_fetch_add(&crowd->made, 1);
		tile = put(crowd->cache, turn, &version, sizeof version);
	}
	memcpy(&shown, tile->bytes, sizeof shown);
	member->wrong += shown < least;
	tile_cache_give_back(tile);
}

/* First what it is made from, then the cache, and then those who ask. */
static void change_one(struct crowd *crowd, size_t place)
{
	double side = ldexp(1, 15), x = ((double)place * 3 + 0.5) * side, y = 9.5 * side;
	long version = atomic_fetch_add(&crowd->versions[place], 1) + 1;
	long told = atomic_load(&crowd->told[place]);

	tile_cache_touch(crowd->cache, 0, &(struct unit_box){x, y, x, y});
	while (told < version &&
		!atomic_compare_exchange_weak(&crowd->told[place], &told, version))
		;
}

static void *run_member(void *context)
{
	struct member *member = context;
	struct random random = {member->seed};

	for (int i = 0; i < ROUNDS; i++) {
		size_t place = random_below(&random, PLACES);

		if (!random_below(&random, 20))
			change_one(member->crowd, place);
		ask_one(member, place);
	}
	return NULL;
}

static void nobody_sees_what_was_before_his_time(void **state)
{
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(1 << 20);
	struct crowd crowd = {.cache = cache};
	struct member members[THREADS];
	pthread_t threads[THREADS];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++) {
		members[i] = (struct member){&crowd, i + 1, 0};
		assert_int_equal(pthread_create(&threads[i], NULL, run_member, &members[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(members[i].wrong, 0);
	}
}

static void *ask_cold(void *context)
{
	struct crowd *crowd = context;
	struct tile_key key = place_of(0);
	const struct cached_tile *tile = NULL;
	struct tile_turn *turn = NULL;

	if (find(crowd->cache, &key, &tile, &turn) == TILE_TO_BE_MADE) {
		usleep(50000);
		atomic_fetch_add(&crowd->made, 1);
		tile = put(crowd->cache, turn, "x", 1);
	}
	tile_cache_give_back(tile);
	return NULL;
}

static void a_hundred_ask_and_one_makes(void **state)
{
	enum { ASKERS = 100 };
	autoptr(tile_cache_free) struct tile_cache *cache = cache_of(1 << 20);
	struct crowd crowd = {.cache = cache};
	pthread_t threads[ASKERS];

	(void)state;
	for (int i = 0; i < ASKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_cold, &crowd), 0);
	for (int i = 0; i < ASKERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&crowd.made), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_made_is_found),
		cmocka_unit_test(what_a_maker_cannot_make_the_next_one_makes),
		cmocka_unit_test(who_waits_hears_of_failure_and_who_must_not_wait_is_told),
		cmocka_unit_test(bytes_are_bounded_and_the_oldest_go),
		cmocka_unit_test(exactly_what_is_touched_goes),
		cmocka_unit_test(what_changes_while_it_is_made_is_not_kept),
		cmocka_unit_test(nobody_sees_what_was_before_his_time),
		cmocka_unit_test(a_hundred_ask_and_one_makes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
