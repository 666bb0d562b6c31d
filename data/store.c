#include "data/store.h"

#include "base/messages.h"
#include "base/text.h"
#include "data/store_driver.h"

bool store_is_address(const char *where)
{
	return text_starts_with(where, "postgresql://") || text_starts_with(where, "postgres://");
}

int store_open(
	const char *where, enum store_mode mode, struct store **ret_store, struct error *err)
{
	return store_is_address(where) ? store_postgres_open(where, mode, ret_store, err)
				 : store_sqlite_open(where, mode, ret_store, err);
}

int store_create(const char *where, struct store **ret_store, struct error *err)
{
	return store_is_address(where) ? store_postgres_create(where, ret_store, err)
				 : store_sqlite_create(where, ret_store, err);
}

int store_open_plain(const char *path, bool is_new, struct store **ret_store, struct error *err)
{
	return store_sqlite_open_plain(path, is_new, ret_store, err);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < STORE_CACHED_QUERIES; i++)
		if (store->cached[i])
			store->driver->finish(store->cached[i]);
	store->driver->close(store);
}

enum store_dialect store_dialect(const struct store *store)
{
	return store->driver->dialect;
}

int store_run(struct store *store, const char *sql, struct error *err)
{
	store->written++;
	return store->driver->run(store, sql, err);
}

/* FNV-1a of the text. */
static uint32_t hash_of(const char *sql)
{
	uint32_t hash = 2166136261U;

	for (; *sql; sql++)
		hash = (hash ^ (unsigned char)*sql) * 16777619U;
	return hash;
}

static struct query **place_of(struct store *store, uint32_t hash, unsigned attempt)
{
	return &store->cached[(hash + attempt) % STORE_CACHED_QUERIES];
}

int store_query(
	struct store *store, const char *sql, struct query **ret_query, struct error *err)
{
	uint32_t hash = hash_of(sql);
	struct query *query = NULL;
	int rc;

	for (unsigned i = 0; i < STORE_CACHE_TRIES; i++) {
		struct query **place = place_of(store, hash, i);

		if (*place && (*place)->hash == hash && !strcmp((*place)->sql, sql)) {
			*ret_query = take(*place);
			return 0;
		}
	}
	rc = store->driver->prepare(store, sql, &query, err);
	if (rc)
		return rc;
	query->store = store;
	query->hash = hash;
	query->writes = !text_starts_with(sql, "SELECT");
	query->sql = strdup(sql);
	if (!query->sql) {
		store->driver->finish(query);
		return fail_no_memory(err);
	}
	*ret_query = query;
	return 0;
}

void query_done(struct query *query)
{
	struct query **place = NULL;
	struct store *store;

	if (!query)
		return;
	store = query->store;
	store->driver->reset(query);
	for (unsigned i = 0; i < STORE_CACHE_TRIES && (!place || *place); i++)
		place = place_of(store, query->hash, i);
	if (*place) {
		place = place_of(store, query->hash, store->displaced++ % STORE_CACHE_TRIES);
		store->driver->finish(*place);
	}
	*place = query;
}

bool store_asks_ahead(const struct store *store)
{
	return store->driver->ask != NULL;
}

void store_touched(struct store *store, uint64_t subject)
{
	if (store->driver->touched)
		store->driver->touched(store, subject);
}

int store_int(struct store *store, const char *sql, int64_t *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, sql, &query, err);

	if (!rc)
		rc = query_step(query, err);
	if (rc < 0)
		return rc;
	*ret = rc ? query_int(query, 0) : 0;
	return 0;
}

int store_visit_boxes(struct store *store, const char *table, const double *sides,
	size_t side_count, store_box_visit *visit, void *context, struct error *err)
{
	return store->driver->visit_boxes(store, table, sides, side_count, visit, context, err);
}

int store_add_crs(struct store *store, const struct store_crs *crs, struct error *err)
{
	return store->driver->add_crs(store, crs, err);
}

int store_add_geometry(struct store *store, const char *table, enum geometry_kind kind, int epsg,
	struct error *err)
{
	return store->driver->add_geometry(store, table, kind, epsg, err);
}

int store_add_time_index(struct store *store, const char *table, struct error *err)
{
	return store->driver->add_time_index(store, table, err);
}

int store_has_column(struct store *store, const char *table, const char *column, bool *ret_has,
	struct error *err)
{
	return store->driver->has_column(store, table, column, ret_has, err);
}

int store_next_id(struct store *store, const char *table, int64_t *ret_id, struct error *err)
{
	return store->driver->next_id(store, table, ret_id, err);
}

int store_bulk_begin(struct store *store, const char *table, struct error *err)
{
	return store->driver->bulk_begin(store, table, err);
}

int store_bulk_end(struct store *store, const char *table, int64_t first_id, struct error *err)
{
	return store->driver->bulk_end(store, table, first_id, err);
}

int store_check(struct store *store, struct error *err)
{
	return store->driver->check(store, err);
}

int store_examine(struct store *store, struct strbuf *said, struct error *err)
{
	return store->driver->examine(store, said, err);
}

int store_wipe(struct store *store, const char *table, struct error *err)
{
	return store->driver->wipe(store, table, err);
}

int store_note_extent(struct store *store, const char *table, int64_t row_count,
	const struct box *box, int64_t now_us, struct error *err)
{
	return store->driver->note_extent(store, table, row_count, box, now_us, err);
}

int store_tell(struct store *store, const char *news, struct error *err)
{
	store->written++;
	return store->driver->tell ? store->driver->tell(store, news, err) : 0;
}

bool store_is_shared(const struct store *store)
{
	return store->driver->hear != NULL;
}

int store_hear(struct store *store, int most_ms, struct strbuf *news, struct error *err)
{
	return store->driver->hear ? store->driver->hear(store, most_ms, news, err) : 0;
}

int store_position(struct store *store, int64_t *ret_position, struct error *err)
{
	*ret_position = 0;
	return store->driver->position ? store->driver->position(store, ret_position, err) : 0;
}

void store_interrupt(struct store *store)
{
	store->driver->interrupt(store);
}
