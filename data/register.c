#include "data/register.h"

#include <unistd.h>

#include "base/config.h"
#include "base/file.h"
#include "base/messages.h"
#include "data/feature_table.h"
#include "data/migrate.h"
#include "data/search_build.h"

enum { PATH_MAX_BYTES = 4096, LAG_DEFAULT_MS = 1000, LAG_MAX_MS = 3600000 };

void register_database(struct strbuf *path, const char *folder)
{
	file_join(path, folder, "city.sqlite");
}

static void address_file(struct strbuf *path, const char *folder)
{
	file_join(path, folder, "store.conf");
}

bool register_exists(const char *folder)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	bool exists;

	register_database(&path, folder);
	exists = !path.failed && file_exists(path.data);
	strbuf_reset(&path);
	address_file(&path, folder);
	return exists || (!path.failed && file_exists(path.data));
}

/* What DIR/store.conf says. */
struct whereabouts {
	char store[CONFIG_TEXT_MAX], standby[CONFIG_TEXT_MAX];
	int64_t standby_lag_ms;
};

static int read_whereabouts(const char *folder, struct whereabouts *ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	const struct config_setting table[] = {{"store", CONFIG_TEXT, ret->store, 0, 0},
		{"standby", CONFIG_TEXT, ret->standby, 0, 0},
		{"standby_lag_ms", CONFIG_INT, &ret->standby_lag_ms, 1, LAG_MAX_MS},
		{NULL, CONFIG_TEXT, NULL, 0, 0}};
	int rc;

	*ret = (struct whereabouts){.standby_lag_ms = LAG_DEFAULT_MS};
	address_file(&path, folder);
	rc = strbuf_check(&path, err);
	return rc ? rc : config_read(path.data, table, err);
}

int register_where(const char *folder, struct strbuf *where, struct error *err)
{
	struct whereabouts whereabouts;
	int rc = read_whereabouts(folder, &whereabouts, err);

	if (rc)
		return rc;
	if (*whereabouts.store)
		strbuf_add_text(where, whereabouts.store);
	else
		register_database(where, folder);
	return strbuf_check(where, err);
}

int register_standby_lag(const char *folder, int64_t *ret_lag_ms, struct error *err)
{
	struct whereabouts whereabouts;
	int rc = read_whereabouts(folder, &whereabouts, err);

	/* A file has none. */
	*ret_lag_ms = !rc && *whereabouts.store && *whereabouts.standby
		? whereabouts.standby_lag_ms
		: 0;
	return rc;
}

int register_connect_standby(const char *folder, struct store **ret_store, struct error *err)
{
	autofree(strbuf_clear) struct strbuf address = STRBUF(PATH_MAX_BYTES);
	struct whereabouts whereabouts;
	int rc = read_whereabouts(folder, &whereabouts, err);

	if (rc)
		return rc;
	/* It cannot be written to, and need not. */
	strbuf_add_format(&address, "%s%ctarget_session_attrs=any", whereabouts.standby,
		strchr(whereabouts.standby, '?') ? '&' : '?');
	rc = strbuf_check(&address, err);
	return rc ? rc : store_open(address.data, STORE_READ, ret_store, err);
}

int register_connect(
	const char *folder, enum store_mode mode, struct store **ret_store, struct error *err)
{
	autofree(strbuf_clear) struct strbuf where = STRBUF(PATH_MAX_BYTES);
	int rc = register_where(folder, &where, err);

	return rc ? rc : store_open(where.data, mode, ret_store, err);
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
		rc = feature_tables_ensure(
			store, plan->layers, plan->city->epsg, &plan->partitions, err);
	if (!rc)
		rc = search_build(store, plan->layers, plan->now_us, err);
	if (!rc && plan->fill)
		rc = plan->fill(store, plan->context, err);
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

/* Says in the folder where its database is. */
static int write_address(const char *folder, const char *address, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(PATH_MAX_BYTES);
	int rc;

	if (strlen(address) >= CONFIG_TEXT_MAX || strpbrk(address, " \t\r\n;#"))
		return fail_register_address(err);
	address_file(&path, folder);
	strbuf_add_format(&text, "store = %s\n", address);
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = strbuf_check(&text, err);
	return rc ? rc : file_replace_private(path.data, text.data, text.len, err);
}

/* In one transaction, so that a half-made register is never taken for one. */
static int make_in_postgres(const struct register_plan *plan, struct error *err)
{
	autoptr(store_close) struct store *store = NULL;
	int rc = store_create(plan->store, &store, err);

	if (!rc)
		rc = fill(store, plan, err);
	return rc ? rc : write_address(plan->folder, plan->store, err);
}

static int make(const struct register_plan *plan, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc;

	register_database(&path, plan->folder);
	rc = strbuf_check(&path, err);
	return rc ? rc : make_database(plan, path.data, err);
}

static int join(const char *folder, const char *address, struct city *ret_city, struct error *err)
{
	autoptr(store_close) struct store *store = NULL;
	bool has = false;
	int rc = store_open(address, STORE_READ, &store, err);

	if (!rc)
		rc = store_has_column(store, "migration", "number", &has, err);
	if (!rc && !has)
		rc = fail_no_register_there(err);
	if (!rc)
		rc = migrate_check(store, err);
	if (!rc)
		rc = city_read(store, ret_city, err);
	return rc ? rc : write_address(folder, address, err);
}

/* What is done in a folder that has no register yet. */
struct making {
	const struct register_plan *plan; /* NULL: joins */
	const char *folder, *address;
	struct city *city;
};

static int make_in(const struct making *making, struct error *err)
{
	autofree(strbuf_clear) struct strbuf lock = STRBUF(PATH_MAX_BYTES);
	autofree(file_drop) int lock_fd = -1;
	int rc = take_lock(making->folder, &lock, &lock_fd, err);

	if (rc)
		return rc;
	if (register_exists(making->folder))
		return fail_register_exists(err);
	if (!making->plan)
		rc = join(making->folder, making->address, making->city, err);
	else if (making->plan->store)
		rc = make_in_postgres(making->plan, err);
	else
		rc = make(making->plan, err);
	if (rc)
		file_remove(lock.data, NULL);
	return rc;
}

static int make_folder(const struct making *making, struct error *err)
{
	bool had_folder = file_exists(making->folder);
	int rc = 0;

	if (register_exists(making->folder))
		rc = fail_register_exists(err);
	if (!rc)
		rc = file_make_folder(making->folder, err);
	if (!rc)
		rc = make_in(making, err);
	if (rc && !had_folder)
		file_remove_empty_folder(making->folder);
	return rc;
}

int register_create(const struct register_plan *plan, struct error *err)
{
	return make_folder(&(struct making){.plan = plan, .folder = plan->folder}, err);
}

int register_join(const char *folder, const char *address, struct city *ret_city, struct error *err)
{
	return make_folder(
		&(struct making){.folder = folder, .address = address, .city = ret_city}, err);
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
		rc = feature_tables_ensure(
			store, layers, city->epsg, &(struct partitions){0}, err);
	if (!rc)
		rc = search_build(store, layers, now_us, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

int register_open(const char *folder, const struct layer_table *layers, enum store_mode mode,
	int64_t now_us, struct register_folder *ret_register, struct error *err)
{
	autofree(strbuf_clear) struct strbuf lock = STRBUF(PATH_MAX_BYTES);
	autofree(register_close) struct register_folder opened = REGISTER_CLOSED;
	int rc = register_exists(folder) ? 0 : fail_register_missing(err, folder);

	if (!rc && mode == STORE_WRITE)
		rc = take_lock(folder, &lock, &opened.lock_fd, err);
	if (!rc && mode == STORE_WRITE)
		rc = sweep_work(folder, err);
	if (!rc)
		rc = register_connect(folder, mode, &opened.store, err);
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
