/*
 * store_driver: what a database must be able to do; inside of store.h, for its drivers alone.
 *
 * A driver embeds struct store and struct query as its first members.
 */
#ifndef DATA_STORE_DRIVER_H
#define DATA_STORE_DRIVER_H

#include "data/store.h"

struct store_driver {
	enum store_dialect dialect;
	void (*close)(struct store *store);
	int (*run)(struct store *store, const char *sql, struct error *err);
	/* Both NULL: the words of SQLite serve. */
	int (*begin)(struct store *store, bool writes, struct error *err);
	int (*commit)(struct store *store, struct error *err);
	void (*rollback)(struct store *store); /* of what is open, if anything; cannot fail */
	bool (*is_sound)(struct store *store); /* a transaction, which nothing has ended */
	/* NULL: a statement is done when it returns. */
	int (*settle)(struct store *store, struct error *err);
	int (*prepare)(
		struct store *store, const char *sql, struct query **ret, struct error *err);
	void (*finish)(struct query *query); /* frees */
	void (*reset)(struct query *query);  /* forgets rows and bindings */
	/* Both NULL: nothing is gained. */
	int (*ask)(struct query *query, uint64_t subject, struct error *err);
	void (*touched)(struct store *store, uint64_t subject);
	int (*step)(struct query *query, struct error *err);
	int (*each)(struct query *query, query_row_visit *visit, void *context, struct error *err);
	int (*check_row)(struct query *query, struct error *err);

	void (*bind_null)(struct query *query, const char *name);
	void (*bind_int)(struct query *query, const char *name, int64_t value);
	void (*bind_real)(struct query *query, const char *name, double value);
	void (*bind_text)(struct query *query, const char *name, const char *text, size_t len);
	void (*bind_bytes)(
		struct query *query, const char *name, const void *bytes, size_t len);
	void (*bind_ids)(
		struct query *query, const char *name, const int64_t *ids, size_t count);
	void (*bind_wkb)(struct query *query, const char *name, struct wkb wkb,
		const struct box *box, int epsg);

	enum value_kind (*kind)(struct query *query, int column);
	int64_t (*get_int)(struct query *query, int column);
	double (*get_real)(struct query *query, int column);
	const char *(*get_text)(struct query *query, int column, size_t *ret_len);
	const void *(*get_bytes)(struct query *query, int column, size_t *ret_len);
	void (*get_values)(struct query *query, int first, int count, struct value *ret);
	bool (*get_wkb)(
		struct query *query, int column, struct wkb *ret_wkb, struct box *ret_box);

	int (*visit_boxes)(struct store *store, const char *table, const double *sides,
		size_t side_count, store_box_visit *visit, void *context, struct error *err);
	int (*add_crs)(struct store *store, const struct store_crs *crs, struct error *err);
	int (*add_geometry)(struct store *store, const char *table, enum geometry_kind kind,
		int epsg, struct error *err);
	int (*add_time_index)(struct store *store, const char *table, struct error *err);
	int (*has_column)(struct store *store, const char *table, const char *column,
		bool *ret_has, struct error *err);
	int (*next_id)(
		struct store *store, const char *table, int64_t *ret_id, struct error *err);
	int (*bulk_begin)(struct store *store, const char *table, struct error *err);
	int (*bulk_end)(
		struct store *store, const char *table, int64_t first_id, struct error *err);
	int (*check)(struct store *store, struct error *err);
	int (*examine)(struct store *store, struct strbuf *said, struct error *err);
	int (*wipe)(struct store *store, const char *table, struct error *err);
	int (*note_extent)(struct store *store, const char *table, int64_t row_count,
		const struct box *box, int64_t now_us, struct error *err);
	/* These NULL: nobody else writes. */
	int (*position)(struct store *store, int64_t *ret, struct error *err);
	int (*tell)(struct store *store, const char *news, struct error *err);
	int (*hear)(struct store *store, int most_ms, struct strbuf *news, struct error *err);
	void (*interrupt)(struct store *store);
};

/* A connection meets some hundred texts, a dozen for each layer. */
enum { STORE_CACHED_QUERIES = 256, STORE_CACHE_TRIES = 4 };

struct store {
	const struct store_driver *driver;
	/* Idle ones, each at one of the STORE_CACHE_TRIES places from the hash of its text on. */
	struct query *cached[STORE_CACHED_QUERIES];
	unsigned displaced;
	int64_t written; /* see store_written */
	bool noted;
	_Alignas(8) unsigned char note[TRANSACTION_NOTE_MAX];
};

struct query {
	struct store *store;
	char *sql; /* heap: the text, the key of the cache */
	uint32_t hash;
	bool writes; /* or may do so */
};

int store_sqlite_open(
	const char *path, enum store_mode mode, struct store **ret_store, struct error *err);
int store_sqlite_create(const char *path, struct store **ret_store, struct error *err);
int store_sqlite_open_plain(
	const char *path, bool is_new, struct store **ret_store, struct error *err);

int store_postgres_open(
	const char *address, enum store_mode mode, struct store **ret_store, struct error *err);
int store_postgres_create(const char *address, struct store **ret_store, struct error *err);

#endif
