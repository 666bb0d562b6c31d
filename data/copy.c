#include "data/copy.h"

#include "base/messages.h"
#include "data/feature_row.h"
#include "data/history.h"

enum {
	COLUMNS_MAX = 160,
	NAME_MAX_BYTES = 80,
	PROGRESS_ROWS = 2000,
};

/* Tables beside the layers, in the order of their references. {c}: bytes count, no language. */
static const struct {
	const char *name, *order;
} tables[] = {
	{"setting", "key COLLATE {c}"},
	{"layer_state", "layer COLLATE {c}"},
	{"change_link", "link"},
	{"change", "seq"},
	{"agenda", "day COLLATE {c}, layer COLLATE {c}, feature_id"},
	{"person", "id"},
	{"person_erasure", "person_id"},
	{"account", "id"},
	{"account_scope", "account_id, place"},
	{"login_failure", "login_digest"},
	{"one_time_link", "token_digest"},
	{"session", "id_digest"},
	{"api_token", "id"},
	{"access_log", "id"},
	{"job", "id"},
	{"blob", "id"},
	{"blob_chunk", "blob, n"},
	{"counter", "series COLLATE {c}, year"},
	{"counter_number", "series COLLATE {c}, year, number"},
	{"conflict", "id"},
	{"receipt", "account_id, key COLLATE {c}"},
	{"lineage", "layer COLLATE {c}, from_id, to_id, cause COLLATE {c}, valid_from COLLATE {c}"},
	{"record_lock", "layer COLLATE {c}, feature_id"},
	{"rule", "id COLLATE {c}"},
	{"address_claim", "number_key COLLATE {c}"},
	{"numbering_scheme", "id"},
	{"numbering_parameter", "scheme_id, name COLLATE {c}"},
	{"numbering_item", "scheme_id, place"},
	{"dossier", "id"},
	{"dossier_event", "dossier_id, ordinal"},
	{"dossier_paper", "dossier_id, ordinal"},
	{"certificate", "id"},
	{"certificate_revision", "certificate_id, ordinal"},
	{"search_name", "id"},
	{"search_token", "word, name"},
	{"search_word", "word COLLATE {c}"},
	{"search_rest", "rest, word COLLATE {c}"},
};

enum { TABLE_COUNT = sizeof tables / sizeof tables[0] };

enum column_kind { COLUMN_INT, COLUMN_REAL, COLUMN_TEXT, COLUMN_BYTES, COLUMN_GEOMETRY };

struct column {
	char name[NAME_MAX_BYTES];
	enum column_kind kind;
};

/* A table on its way. */
struct copying {
	const struct copy_plan *plan;
	const char *table, *order;
	struct column columns[COLUMNS_MAX];
	int column_count;
	int64_t total; /* rows of all tables so far */
};

static enum column_kind kind_of(const char *name, const char *type)
{
	if (!strcmp(name, "geom"))
		return COLUMN_GEOMETRY;
	if (!strcmp(type, "BLOB") || !strcmp(type, "bytea"))
		return COLUMN_BYTES;
	if (!strcmp(type, "TEXT") || !strcmp(type, "text"))
		return COLUMN_TEXT;
	if (!strncmp(type, "DOUBLE", 6) || !strncmp(type, "double", 6))
		return COLUMN_REAL;
	return COLUMN_INT;
}

/* The columns of a table by name. */
static int read_columns(
	struct store *store, const char *table, struct column *ret, int *ret_count, struct error *err)
{
	bool sqlite = store_dialect(store) == STORE_SQLITE;
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		sqlite ? "SELECT name, type FROM pragma_table_info($table) ORDER BY name"
		       : "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute"
			 " WHERE attrelid = to_regclass(quote_ident($table)) AND attnum > 0"
			 " AND NOT attisdropped ORDER BY attname COLLATE \"C\"",
		&query, err);

	*ret_count = 0;
	if (rc)
		return rc;
	query_bind_text(query, "table", table);
	while ((rc = query_step(query, err)) > 0) {
		struct column *column = &ret[*ret_count];

		if (++*ret_count == COLUMNS_MAX)
			return fail_internal(err);
		snprintf(column->name, sizeof column->name, "%s", query_text(query, 0, NULL));
		column->kind = kind_of(column->name, query_text(query, 1, NULL));
	}
	return rc;
}

/* Both must have the same columns: what one does not know would be lost. */
static int compare_columns(
	struct copying *copying, struct store *from, struct store *to, struct error *err)
{
	struct column others[COLUMNS_MAX];
	int count, rc = read_columns(
		from, copying->table, copying->columns, &copying->column_count, err);
	bool same;

	if (!rc)
		rc = read_columns(to, copying->table, others, &count, err);
	if (rc)
		return rc;
	same = count == copying->column_count && count;
	for (int i = 0; same && i < count; i++)
		same = !strcmp(copying->columns[i].name, others[i].name);
	return same ? 0 : fail_copy_differs(err, copying->table);
}

static void add_names(struct strbuf *sql, const struct copying *copying, const char *before)
{
	for (int i = 0; i < copying->column_count; i++)
		strbuf_add_format(sql, "%s%s\"%s\"", i ? ", " : "", before, copying->columns[i].name);
}

/* SELECT of all rows in their order. */
static int open_rows(
	const struct copying *copying, struct store *store, struct query **ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	const char *order = copying->order, *mark;
	int rc;

	strbuf_add_text(&sql, "SELECT " QUERY_EACH_BEGIN);
	add_names(&sql, copying, "");
	strbuf_add_format(&sql, QUERY_EACH_END " FROM \"%s\" ORDER BY ", copying->table);
	for (; (mark = strstr(order, "{c}")); order = mark + 3) {
		strbuf_add(&sql, order, (size_t)(mark - order));
		strbuf_add_text(
			&sql, store_dialect(store) == STORE_SQLITE ? "BINARY" : "\"C\"");
	}
	strbuf_add_text(&sql, order);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_query(store, sql.data, ret, err);
}

static int open_insert(
	const struct copying *copying, struct store *store, struct query **ret, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	int rc;

	strbuf_add_format(&sql, "INSERT INTO \"%s\" (", copying->table);
	add_names(&sql, copying, "");
	strbuf_add_text(&sql, ") VALUES (");
	for (int i = 0; i < copying->column_count; i++)
		strbuf_add_format(&sql, "%s$%s", i ? ", " : "", copying->columns[i].name);
	strbuf_add_text(&sql, ")");
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_query(store, sql.data, ret, err);
}

/* A value of a row, as the other side takes it. */
static int move_value(const struct copying *copying, struct query *from, struct query *to, int i,
	struct error *err)
{
	const struct column *column = &copying->columns[i];
	const void *bytes;
	struct box box;
	struct wkb wkb;
	size_t len;

	if (query_is_null(from, i)) {
		query_bind_null(to, column->name);
		return 0;
	}
	switch (column->kind) {
	case COLUMN_INT:
		query_bind_int(to, column->name, query_int(from, i));
		break;
	case COLUMN_REAL:
		query_bind_real(to, column->name, query_real(from, i));
		break;
	case COLUMN_TEXT:
		bytes = query_text(from, i, &len);
		query_bind_value(to, column->name,
			&(struct value){.kind = VALUE_TEXT, .text = bytes, .len = len});
		break;
	case COLUMN_BYTES:
		bytes = query_bytes(from, i, &len);
		query_bind_bytes(to, column->name, bytes ? bytes : "", len);
		break;
	case COLUMN_GEOMETRY:
		if (!query_wkb(from, i, &wkb, &box))
			return fail_register_damaged(err);
		query_bind_wkb(to, column->name, wkb, &box, copying->plan->epsg);
		break;
	}
	return 0;
}

static int count_row(struct copying *copying, struct error *err)
{
	if (++copying->total % PROGRESS_ROWS)
		return 0;
	return copying->plan->progress(copying->plan->context, copying->total)
		? 0
		: fail_cancelled(err);
}

struct moving {
	struct copying *copying;
	struct query *insert;
};

static int move_row(void *context, struct query *row, struct error *err)
{
	const struct moving *moving = context;
	int rc = 0;

	for (int i = 0; !rc && i < moving->copying->column_count; i++)
		rc = move_value(moving->copying, row, moving->insert, i, err);
	if (!rc)
		rc = query_check_row(row, err);
	if (!rc)
		rc = query_run(moving->insert, err);
	return rc ? rc : count_row(moving->copying, err);
}

static int move_rows(
	struct copying *copying, struct store *from, struct store *to, struct error *err)
{
	autoptr(query_done) struct query *rows = NULL, *insert = NULL;
	struct moving moving = {copying, NULL};
	int rc = compare_columns(copying, from, to, err);

	if (!rc)
		rc = open_rows(copying, from, &rows, err);
	if (!rc)
		rc = open_insert(copying, to, &insert, err);
	moving.insert = insert;
	return rc ? rc : query_each(rows, move_row, &moving, err);
}

/* A table's digest while its rows are read. */
struct summing {
	struct copying *copying;
	struct digest_maker maker;
	int64_t rows;
};

static void add_piece(struct digest_maker *maker, const void *bytes, size_t len)
{
	uint64_t len64 = len;

	digest_add(maker, &len64, sizeof len64);
	digest_add(maker, bytes, len);
}

static void sum_value(struct summing *summing, struct query *row, int i)
{
	const struct column *column = &summing->copying->columns[i];
	int64_t integer;
	const void *bytes;
	struct box box;
	struct wkb wkb;
	double real;
	size_t len;

	if (query_is_null(row, i))
		return;
	add_piece(&summing->maker, column->name, strlen(column->name));
	switch (column->kind) {
	case COLUMN_INT:
		integer = query_int(row, i);
		add_piece(&summing->maker, &integer, sizeof integer);
		break;
	case COLUMN_REAL:
		real = query_real(row, i) + 0.0;
		add_piece(&summing->maker, &real, sizeof real);
		break;
	case COLUMN_TEXT:
		bytes = query_text(row, i, &len);
		add_piece(&summing->maker, bytes, len);
		break;
	case COLUMN_BYTES:
		bytes = query_bytes(row, i, &len);
		add_piece(&summing->maker, bytes ? bytes : "", len);
		break;
	case COLUMN_GEOMETRY:
		if (query_wkb(row, i, &wkb, &box))
			add_piece(&summing->maker, wkb.bytes, wkb.len);
		break;
	}
}

static int sum_row(void *context, struct query *row, struct error *err)
{
	struct summing *summing = context;

	for (int i = 0; i < summing->copying->column_count; i++)
		sum_value(summing, row, i);
	add_piece(&summing->maker, "", 0); /* the end of the row */
	summing->rows++;
	return query_check_row(row, err);
}

static int sum_table(struct copying *copying, struct store *store, struct copied_table *ret,
	struct error *err)
{
	struct summing summing = {.copying = copying};
	autoptr(query_done) struct query *rows = NULL;
	int rc = open_rows(copying, store, &rows, err);

	digest_begin(&summing.maker);
	if (!rc)
		rc = query_each(rows, sum_row, &summing, err);
	*ret = (struct copied_table){copying->table, summing.rows, digest_end(&summing.maker)};
	return rc;
}

/* Reads both sides again. */
static int compare(struct copying *copying, struct store *from, struct store *to, struct error *err)
{
	struct copied_table before, after;
	int rc = sum_table(copying, from, &before, err);

	if (!rc)
		rc = sum_table(copying, to, &after, err);
	if (!rc && (before.rows != after.rows ||
			   memcmp(&before.digest, &after.digest, sizeof before.digest) != 0))
		rc = fail_copy_reads_otherwise(err, copying->table);
	if (!rc && !copying->plan->tell(copying->plan->context, &after))
		rc = fail_cancelled(err);
	return rc;
}

/* The index of places and times: candidates alone, each as wide as the other side has it. */
static const char *const sides[] = {"min_x", "max_x", "min_y", "max_y", "valid_lo", "valid_hi",
	"recorded_lo", "recorded_hi"};
enum { SIDE_COUNT = sizeof sides / sizeof sides[0] };

static int move_index_row(void *context, struct query *row, struct error *err)
{
	const struct moving *moving = context;

	query_bind_int(moving->insert, "key", query_int(row, 0));
	for (int i = 0; i < SIDE_COUNT; i++)
		query_bind_real(moving->insert, sides[i], query_real(row, i + 1));
	return query_run(moving->insert, err);
}

static int move_time_index(struct copying *copying, struct store *from, struct store *to,
	const struct layer *layer, struct error *err)
{
	autofree(strbuf_clear) struct strbuf read = STRBUF(FEATURE_SQL_MAX);
	autofree(strbuf_clear) struct strbuf write = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *rows = NULL, *insert = NULL;
	struct moving moving = {copying, NULL};
	int rc;

	strbuf_add_format(&read,
		"SELECT " QUERY_EACH_BEGIN "key, %s, valid_lo, valid_hi, recorded_lo, recorded_hi"
		QUERY_EACH_END " FROM \"idx_%s_history\" ORDER BY key",
		history_index_sides(from), layer->id);
	strbuf_add_format(&write,
		"INSERT INTO \"idx_%s_history\" (key, %s, valid_lo, valid_hi, recorded_lo,"
		" recorded_hi) VALUES ($key, $min_x, $max_x, $min_y, $max_y, $valid_lo, $valid_hi,"
		" $recorded_lo, $recorded_hi)",
		layer->id, history_index_sides(to));
	rc = strbuf_check(&read, err);
	if (!rc)
		rc = strbuf_check(&write, err);
	if (!rc)
		rc = store_query(from, read.data, &rows, err);
	if (!rc)
		rc = store_query(to, write.data, &insert, err);
	moving.insert = insert;
	return rc ? rc : query_each(rows, move_index_row, &moving, err);
}

/* Moves or compares one table. */
typedef int table_work(
	struct copying *copying, struct store *from, struct store *to, struct error *err);

static int work_on(struct copying *copying, struct store *from, struct store *to,
	table_work *work, const char *table, const char *order, struct error *err)
{
	copying->table = table;
	copying->order = order;
	return work(copying, from, to, err);
}

static int move_layer(struct copying *copying, struct store *from, struct store *to,
	const struct layer *layer, struct error *err)
{
	char history[NAME_MAX_BYTES];
	int rc = store_bulk_begin(to, layer->id, err);

	snprintf(history, sizeof history, "%s_history", layer->id);
	if (!rc)
		rc = work_on(copying, from, to, move_rows, layer->id, "id", err);
	if (!rc)
		rc = work_on(copying, from, to, move_rows, history, "key", err);
	if (!rc)
		rc = move_time_index(copying, from, to, layer, err);
	return rc ? rc : store_bulk_end(to, layer->id, 0, err);
}

/* What a new register has by itself gives way to what is copied. */
static int empty_tables(struct store *to, struct error *err)
{
	char sql[NAME_MAX_BYTES];
	int rc = 0;

	for (size_t i = TABLE_COUNT; !rc && i--;) {
		snprintf(sql, sizeof sql, "DELETE FROM \"%s\"", tables[i].name);
		rc = store_run(to, sql, err);
	}
	return rc;
}

static int move_all(struct copying *copying, struct store *from, struct store *to, struct error *err)
{
	const struct layer_table *layers = copying->plan->layers;
	int rc = empty_tables(to, err);

	if (!rc)
		rc = store_bulk_begin(to, NULL, err);
	for (size_t i = 0; !rc && i < TABLE_COUNT; i++)
		rc = work_on(copying, from, to, move_rows, tables[i].name, tables[i].order, err);
	if (!rc)
		rc = store_bulk_end(to, NULL, 0, err);
	for (size_t i = 0; !rc && i < layers->count; i++)
		rc = move_layer(copying, from, to, &layers->layers[i], err);
	return rc;
}

static int compare_columned(
	struct copying *copying, struct store *from, struct store *to, struct error *err)
{
	int rc = compare_columns(copying, from, to, err);

	return rc ? rc : compare(copying, from, to, err);
}

static int compare_all(
	struct copying *copying, struct store *from, struct store *to, struct error *err)
{
	const struct layer_table *layers = copying->plan->layers;
	char history[NAME_MAX_BYTES];
	int rc = 0;

	for (size_t i = 0; !rc && i < TABLE_COUNT; i++)
		rc = work_on(copying, from, to, compare_columned, tables[i].name, tables[i].order,
			err);
	for (size_t i = 0; !rc && i < layers->count; i++) {
		const struct layer *layer = &layers->layers[i];

		rc = work_on(copying, from, to, compare_columned, layer->id, "id", err);
		snprintf(history, sizeof history, "%s_history", layer->id);
		if (!rc)
			rc = work_on(copying, from, to, compare_columned, history, "key", err);
	}
	return rc;
}

int copy_register(struct store *from, struct store *to, const struct copy_plan *plan,
	struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	struct copying copying = {.plan = plan};
	int rc = transaction_begin_read(from, &reading, err);

	if (!rc)
		rc = move_all(&copying, from, to, err);
	return rc ? rc : compare_all(&copying, from, to, err);
}
