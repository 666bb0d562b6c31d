/*
 * register: the folder of a city, with its database and its lock.
 *
 *	DIR/city.sqlite   the register, an ordinary SpatiaLite file
 *	DIR/lock          held by the one process that writes
 *	DIR/control.sock  where that process has things done for others, while it serves
 *	DIR/dothi.conf    settings of the server, if any
 *	DIR/work          of imports under way; emptied when the lock is taken
 *
 * Who opens it for writing holds the lock until it is closed. Readers need none.
 */
#ifndef DATA_REGISTER_H
#define DATA_REGISTER_H

#include "base/clock.h"
#include "data/city.h"
#include "data/store.h"

struct register_folder {
	struct store *store;
	struct city city;
	int lock_fd; /* -1 for readers */
};

/* What init needs to know; the folder is made if it is not there. */
struct register_plan {
	const char *folder;
	const struct layer_table *layers;
	const struct city *city;
	const struct store_crs *crs; /* the working CRS and those to be known beside it */
	size_t crs_count;
	int64_t now_us;
};

/* Makes an empty register; after a failure there is none, and what was there is untouched. */
int register_create(const struct register_plan *plan, struct error *err);

/*
 * Opens it. STORE_WRITE takes the lock, brings the tables up to date, and fails with ERR_BUSY
 * while another process writes. The caller calls register_close in any case.
 */
int register_open(const char *folder, const struct layer_table *layers, enum store_mode mode,
	int64_t now_us, struct register_folder *ret_register, struct error *err);
void register_close(struct register_folder *opened);

#define REGISTER_CLOSED ((struct register_folder){.lock_fd = -1})

/* Appends the path of the database, for further connections of the same process. */
void register_database(struct strbuf *path, const char *folder);

/* Makes a fresh folder for what is under way, to be removed by the caller, and appends its path. */
int register_make_work_folder(const char *folder, struct strbuf *ret_path, struct error *err);

#endif
