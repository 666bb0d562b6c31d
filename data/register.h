/*
 * register: the folder of a city, with its database and its lock.
 *
 *	DIR/city.sqlite   the register, an ordinary SpatiaLite file
 *	DIR/store.conf    or where it is instead: "store = postgresql://…", and a standby of that:
 *	                  "standby = postgresql://…", "standby_lag_ms = 1000"
 *	DIR/lock          held by the one process that writes
 *	DIR/control.sock  where that process has things done for others, while it serves
 *	DIR/dothi.conf    settings of the server, if any
 *	DIR/work          of imports and exports under way; emptied when the lock is taken
 *	DIR/exports       files of exports that were asked for over HTTP, for a day
 *
 * Who opens it for writing holds the lock until it is closed. Readers need none.
 */
#ifndef DATA_REGISTER_H
#define DATA_REGISTER_H

#include "base/clock.h"
#include "data/city.h"
#include "data/partition.h"
#include "data/store.h"

struct register_folder {
	struct store *store;
	struct city city;
	int lock_fd; /* -1 for readers */
};

/* What init needs to know; the folder is made if it is not there. */
struct register_plan {
	const char *folder;
	const char *store; /* address of its PostgreSQL database; NULL: DIR/city.sqlite */
	const struct layer_table *layers;
	struct partitions partitions; /* of large layers in PostgreSQL */
	const struct city *city;
	const struct store_crs *crs; /* the working CRS and those to be known beside it */
	size_t crs_count;
	int64_t now_us;
	/* Fills it in the transaction that makes it; NULL: it is empty. */
	int (*fill)(struct store *store, void *context, struct error *err);
	void *context;
};

/* Makes a register; after a failure there is none, and what was there is untouched. */
int register_create(const struct register_plan *plan, struct error *err);

/* Makes a folder for another server over a register that is in PostgreSQL; which city it is. */
int register_join(const char *folder, const char *address, struct city *ret_city, struct error *err);

/*
 * Opens it. STORE_WRITE takes the lock, brings the tables up to date, and fails with ERR_BUSY
 * while another process writes. The caller calls register_close in any case.
 */
int register_open(const char *folder, const struct layer_table *layers, enum store_mode mode,
	int64_t now_us, struct register_folder *ret_register, struct error *err);
void register_close(struct register_folder *opened);

#define REGISTER_CLOSED ((struct register_folder){.lock_fd = -1})

/* Whether there is a register in the folder. */
bool register_exists(const char *folder);

/* A further connection of a process that has it open. */
int register_connect(
	const char *folder, enum store_mode mode, struct store **ret_store, struct error *err);

/*
 * The standby of its database, if there is one: further behind than so many milliseconds it is not
 * read. 0: there is none.
 */
int register_standby_lag(const char *folder, int64_t *ret_lag_ms, struct error *err);
int register_connect_standby(const char *folder, struct store **ret_store, struct error *err);

/* Appends the path of its SQLite file, whether or not it is there. */
void register_database(struct strbuf *path, const char *folder);

/* Appends the path of its database, or the address. */
int register_where(const char *folder, struct strbuf *where, struct error *err);

/* Makes a fresh folder for what is under way, to be removed by the caller, and appends its path. */
int register_make_work_folder(const char *folder, struct strbuf *ret_path, struct error *err);

#endif
