#include "data/register.h"

#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "data/feature_table.h"
#include "data/migrate.h"

enum { PATH_MAX_BYTES = 4096 };

void register_database(struct strbuf *path, const char *folder)
{
	file_join(path, folder, "city.sqlite");
}

static int work_folder(const char *folder, struct strbuf *path, struct error *err)
{
	file_join(path, folder, "work");
	return strbuf_check(path, err);
}

int register_make_work_folder(const char *folder, struct strbuf *ret_path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf parent = STRBUF(PATH_MAX_BYTES);
	int rc = work_folder(folder, &parent, err);

	if (!rc)
		rc = file_make_folder(parent.data, err);
	return rc ? rc : file_make_temporary_folder(parent.data, ret_path, err);
}

/* Removes what a killed process left; the lock is held. */
static int sweep_work(const char *folder, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc = work_folder(folder, &path, err);

	return rc ? rc : file_remove(path.data, err);
}

/* Tables and settings of a new register, in one transaction. */
static int fill(struct store *store, const struct register_plan *plan, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	int rc = transaction_begin(store, &transaction, err);

	if (!rc)
		rc = migrate(store, plan->now_us, err);
	for (size_t i = 0; !rc && i < plan->crs_count; i++)
		rc = store_add_crs(store, &plan->crs[i], err);
	if (!rc)
		rc = city_write(store, plan->city, err);
	if (!rc)
		rc = feature_tables_ensure(store, plan->layers, plan->city->epsg, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

/* The database and what SQLite lays beside it while it is written. */
static int remove_database(const char *path, struct error *err)
{
	static const char *const endings[] = {"-journal", "-wal", "-shm", ""};
	int rc = 0;

	/* Without the heap: this cleans up when memory has run out, too. */
	for (size_t i = 0; !rc && i < sizeof endings / sizeof *endings; i++) {
		char part[PATH_MAX_BYTES + 10];

		snprintf(part, sizeof part, "%s%s", path, endings[i]);
		rc = file_remove(part, err);
	}
	return rc;
}

/* Makes the database under another name, so that a half-made one is never taken for one. */
static int make_database(const struct register_plan *plan, const char *path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	struct store *store = NULL;
	int rc;

	strbuf_add_format(&fresh, "%s.new", path);
	rc = strbuf_check(&fresh, err);
	/* The journal of one that was killed would be played into the fresh one. */
	if (!rc)
		rc = remove_database(fresh.data, err);
	if (!rc)
		rc = store_create(fresh.data, &store, err);
	if (!rc)
		rc = fill(store, plan, err);
	store_close(store);
	if (!rc)
		rc = file_rename(fresh.data, path, err);
	if (rc) {
		/* Neither was there before, and the lock is ours. */
		remove_database(fresh.data, NULL);
		file_remove(path, NULL);
	}
	return rc;
}

/* Takes the lock of the folder, whose path is appended. */
static int take_lock(const char *folder, struct strbuf *path, int *ret_fd, struct error *err)
{
	int rc;

	file_join(path, folder, "lock");
	rc = strbuf_check(path, err);
	return rc ? rc : file_lock(path->data, ret_fd, err);
}

/* Makes the register in a folder that is there. */
static int create_in(const struct register_plan *plan, const char *database, struct error *err)
{
	autofree(strbuf_clear) struct strbuf lock = STRBUF(PATH_MAX_BYTES);
	autofree(file_drop) int lock_fd = -1;
	int rc = take_lock(plan->folder, &lock, &lock_fd, err);

	if (rc)
		return rc;
	if (file_exists(database))
		return fail_register_exists(err);
	rc = make_database(plan, database, err);
	if (rc)
		file_remove(lock.data, NULL);
	return rc;
}

int register_create(const struct register_plan *plan, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	bool had_folder = file_exists(plan->folder);
	int rc;

	register_database(&path, plan->folder);
	rc = strbuf_check(&path, err);
	if (!rc && file_exists(path.data))
		rc = fail_register_exists(err);
	if (!rc)
		rc = file_make_folder(plan->folder, err);
	if (!rc)
		rc = create_in(plan, path.data, err);
	if (rc && !had_folder)
		file_remove_empty_folder(plan->folder);
	return rc;
}

/* Steps and columns that a newer program brings; nothing is written when nothing is missing. */
static int bring_up_to_date(struct store *store, const struct layer_table *layers,
	const struct city *city, int64_t now_us, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	int rc = transaction_begin(store, &transaction, err);

	if (!rc)
		rc = migrate(store, now_us, err);
	if (!rc)
		rc = feature_tables_ensure(store, layers, city->epsg, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

int register_open(const char *folder, const struct layer_table *layers, enum store_mode mode,
	int64_t now_us, struct register_folder *ret_register, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf lock = STRBUF(PATH_MAX_BYTES);
	autofree(register_close) struct register_folder opened = REGISTER_CLOSED;
	int rc;

	register_database(&path, folder);
	rc = strbuf_check(&path, err);
	if (!rc && !file_exists(path.data))
		rc = fail_register_missing(err, folder);
	if (!rc && mode == STORE_WRITE)
		rc = take_lock(folder, &lock, &opened.lock_fd, err);
	if (!rc && mode == STORE_WRITE)
		rc = sweep_work(folder, err);
	if (!rc)
		rc = store_open(path.data, mode, &opened.store, err);
	if (!rc)
		rc = migrate_check(opened.store, err);
	if (!rc)
		rc = city_read(opened.store, &opened.city, err);
	if (!rc && mode == STORE_WRITE)
		rc = bring_up_to_date(opened.store, layers, &opened.city, now_us, err);
	if (rc)
		return rc;
	*ret_register = opened;
	opened = REGISTER_CLOSED;
	return 0;
}

void register_close(struct register_folder *opened)
{
	store_close(opened->store);
	file_drop(&opened->lock_fd);
	*opened = REGISTER_CLOSED;
}
