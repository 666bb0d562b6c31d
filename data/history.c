#include "data/history.h"

#include "base/messages.h"
#include "data/feature_row.h"
#include "data/search_sum.h"

static const char *const action_names[] = {"create", "update", "end"};

int64_t history_key(int64_t id, int64_t version)
{
	return id << HISTORY_KEY_BITS | version;
}

double history_day(const struct date *date, double open)
{
	return *date->text ? (double)date_days(date) : open;
}

double history_second(int64_t at_us)
{
	return (double)at_us / 1e6;
}

int history_table_create(struct store *store, const struct layer *layer,
	const struct partitions *partitions, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	bool sqlite = store_dialect(store) == STORE_SQLITE;
	char history[80];
	int rc;

	snprintf(history, sizeof history, "%s_history", layer->id);
	strbuf_add_format(&sql,
		"CREATE TABLE \"%s_history\" (key %s, id BIGINT NOT NULL, version BIGINT NOT NULL,"
		" valid_from TEXT, valid_to TEXT, recorded_at BIGINT NOT NULL, superseded_at BIGINT,"
		" action TEXT NOT NULL, uid TEXT NOT NULL, source_attributes TEXT,"
		" z_m DOUBLE PRECISION, native_epsg INTEGER, native_geom %s, geom %s",
		layer->id, sqlite ? "INTEGER PRIMARY KEY" : "BIGINT PRIMARY KEY",
		sqlite ? "BLOB" : "BYTEA", sqlite ? "BLOB" : "geometry");
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(&sql, ", \"%s\" %s", layer->fields[i].id,
			feature_column_type(layer->fields[i].type));
	strbuf_add_char(&sql, ')');
	partitions_clause(partitions, "key", &sql);
	strbuf_add_format(&sql,
		"; CREATE INDEX \"%s_history_without_geom\" ON \"%s_history\" (key)"
		" WHERE geom IS NULL",
		layer->id, layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_run(store, sql.data, err);
	if (!rc)
		rc = partitions_create(partitions, store, history, HISTORY_KEY_BITS, err);
	return rc ? rc : store_add_time_index(store, history, err);
}

int history_put(struct store *store, const struct layer *layer, const struct feature *feature,
	enum history_action action, int epsg, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (feature->version >= HISTORY_VERSIONS_MAX)
		return fail_versions_exhausted(err);
	strbuf_add_format(
		&sql, "INSERT INTO \"%s_history\" (key, id, superseded_at, action, ", layer->id);
	feature_row_list(&sql, layer, FEATURE_NAMES, true);
	strbuf_add_text(&sql, ") VALUES ($key, $id, $superseded_at, $action, ");
	feature_row_list(&sql, layer, FEATURE_PARAMETERS, true);
	strbuf_add_char(&sql, ')');
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "key", history_key(feature->id, feature->version));
	query_bind_int(query, "id", feature->id);
	if (action == HISTORY_END)
		query_bind_int(query, "superseded_at", feature->recorded_at_us);
	query_bind_text(query, "action", action_names[action]);
	feature_row_bind(query, layer, feature, epsg, true);
	return query_run(query, err);
}

/* An id that no key can hold has no versions. */
static void bind_record(struct query *query, int64_t id)
{
	bool holds = id >= 1 && id <= HISTORY_ID_MAX;

	query_bind_int(query, "from", holds ? history_key(id, 0) : 0);
	query_bind_int(query, "to", holds ? history_key(id, HISTORY_VERSIONS_MAX - 1) : 0);
}

/* Columns of the row shown, behind those of the versions that hold. */
static void add_shown(struct strbuf *sql, const struct layer *layer)
{
	strbuf_add_text(
		sql, ", shown.version, shown.in_force, shown.geom, shown.valid_from");
	for (size_t i = 0; i < layer->field_count; i++)
		if (search_sums(&layer->fields[i]))
			strbuf_add_format(sql, ", shown.\"%s\"", layer->fields[i].id);
}

/* The query of history_live, bound; with it comes the row that the layer's table shows, if `shown`. */
static int open_live(struct store *store, const struct layer *layer, int64_t id, bool shown,
	struct query **ret_query, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	int rc;

	strbuf_add_text(&sql, "SELECT live.version, live.valid_from, live.valid_to, last.key");
	if (shown)
		add_shown(&sql, layer);
	strbuf_add_format(&sql,
		" FROM (SELECT max(key) AS key FROM \"%s_history\" WHERE key BETWEEN $from AND $to)"
		" AS last LEFT JOIN \"%s_history\" AS live ON live.key BETWEEN $from AND $to"
		" AND live.superseded_at IS NULL",
		layer->id, layer->id);
	if (shown)
		strbuf_add_format(&sql, " LEFT JOIN \"%s\" AS shown ON shown.id = $id", layer->id);
	strbuf_add_text(&sql, " ORDER BY live.key");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, ret_query, err);
	if (rc)
		return rc;
	bind_record(*ret_query, id);
	if (shown)
		query_bind_int(*ret_query, "id", id);
	return 0;
}

/* Where the columns of the row shown are in it. */
enum { SHOWN = 4 };

static int read_shown(struct query *query, const struct layer *layer, struct history_row *ret,
	struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX] = {0};
	int column = SHOWN + 4;
	struct wkb wkb;

	if (query_is_null(query, SHOWN))
		return 0;
	ret->found = true;
	ret->version = query_int(query, SHOWN);
	ret->in_force = query_int(query, SHOWN + 1) != 0;
	if (query_wkb(query, SHOWN + 2, &wkb, &ret->box))
		ret->shape = content_hash(wkb.bytes, wkb.len);
	query_date(query, SHOWN + 3, &ret->from);
	for (size_t i = 0; i < layer->field_count; i++)
		if (search_sums(&layer->fields[i]))
			query_value(query, column++, &values[i]);
	ret->search_sum = search_sum_of(layer, values);
	return query_check_row(query, err);
}

static int add_span(struct query *query, struct history_spans *spans, struct error *err)
{
	struct history_span *span = &spans->spans[spans->count];

	spans->last_version = query_int(query, 3) & (HISTORY_VERSIONS_MAX - 1);
	if (query_is_null(query, 0))
		return 0;
	if (spans->count == HISTORY_LIVE_MAX)
		return fail_versions_exhausted(err);
	span->version = query_int(query, 0);
	query_date(query, 1, &span->from);
	query_date(query, 2, &span->to);
	spans->count++;
	return 0;
}

int history_ask_live(struct store *store, const struct layer *layer, int64_t id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = open_live(store, layer, id, true, &query, err);

	return rc ? rc : query_ask(query, layer_subject(layer, id), err);
}

int history_live(struct store *store, const struct layer *layer, int64_t id,
	struct history_spans *ret_spans, struct history_row *ret_row, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	bool first = true;
	int rc = open_live(store, layer, id, ret_row != NULL, &query, err);

	ret_spans->count = 0;
	ret_spans->last_version = 0;
	if (ret_row)
		*ret_row = (struct history_row){.box = {1, 1, -1, -1}};
	if (rc)
		return rc;
	for (; (rc = query_step(query, err)) > 0; first = false) {
		rc = add_span(query, ret_spans, err);
		if (!rc && first && ret_row)
			rc = read_shown(query, layer, ret_row, err);
		if (rc)
			break;
	}
	return rc;
}

int history_supersede(struct store *store, const struct layer *layer, int64_t id,
	int64_t version, bool is_shown, int64_t at_us, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL, *index = NULL;
	int rc;

	strbuf_add_format(
		&sql, "UPDATE \"%s_history\" SET superseded_at = $at WHERE key = $key", layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "key", history_key(id, version));
	query_bind_int(query, "at", at_us);
	rc = query_run(query, err);
	if (rc || is_shown)
		return rc;
	strbuf_reset(&sql);
	strbuf_add_format(
		&sql, "UPDATE \"idx_%s_history\" SET recorded_hi = $at WHERE key = $key", layer->id);
	rc = store_query(store, sql.data, &index, err);
	if (rc)
		return rc;
	query_bind_int(index, "key", history_key(id, version));
	query_bind_real(index, "at", history_second(at_us));
	return query_run(index, err);
}

/* An empty box holds nothing. */
static bool is_within(const struct box *box, const struct box *outer)
{
	return outer->min_x <= box->min_x && box->max_x <= outer->max_x &&
		outer->min_y <= box->min_y && box->max_y <= outer->max_y;
}

const char *history_index_sides(const struct store *store)
{
	/* In PostgreSQL xmin and xmax are columns of its own. */
	return store_dialect(store) == STORE_SQLITE ? "xmin, xmax, ymin, ymax"
						    : "min_x, max_x, min_y, max_y";
}

int history_index_put(struct store *store, const struct layer *layer,
	const struct feature *feature, int64_t superseded_at_us, const struct box *row_box,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	bool sqlite = store_dialect(store) == STORE_SQLITE;
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (!feature->wkb.bytes || is_within(&feature->box, row_box))
		return 0;
	strbuf_add_format(&sql,
		"INSERT %sINTO \"idx_%s_history\" (key, %s,"
		" valid_lo, valid_hi, recorded_lo, recorded_hi) VALUES ($key, $min_x, $max_x,"
		" $min_y, $max_y, $valid_lo, $valid_hi, $recorded_lo, $recorded_hi)%s",
		sqlite ? "OR REPLACE " : "", layer->id,
		history_index_sides(store),
		sqlite ? "" : " ON CONFLICT (key) DO UPDATE SET min_x = excluded.min_x,"
			      " max_x = excluded.max_x, min_y = excluded.min_y,"
			      " max_y = excluded.max_y, valid_lo = excluded.valid_lo,"
			      " valid_hi = excluded.valid_hi, recorded_lo = excluded.recorded_lo,"
			      " recorded_hi = excluded.recorded_hi");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "key", history_key(feature->id, feature->version));
	query_bind_real(query, "min_x", feature->box.min_x);
	query_bind_real(query, "max_x", feature->box.max_x);
	query_bind_real(query, "min_y", feature->box.min_y);
	query_bind_real(query, "max_y", feature->box.max_y);
	query_bind_real(query, "valid_lo", history_day(&feature->valid_from, -HISTORY_FAR));
	query_bind_real(query, "valid_hi", history_day(&feature->valid_to, HISTORY_FAR));
	query_bind_real(query, "recorded_lo", history_second(feature->recorded_at_us));
	query_bind_real(query, "recorded_hi",
		superseded_at_us ? history_second(superseded_at_us) : history_second(INT64_MAX));
	return query_run(query, err);
}

/* The versions of a record that are neither its row nor in the index, and until when they held. */
struct outside {
	struct id_list versions, superseded_at_us;
};

static void outside_clear(struct outside *outside)
{
	id_list_clear(&outside->versions);
	id_list_clear(&outside->superseded_at_us);
}

static int find_outside(struct store *store, const struct layer *layer, int64_t id,
	int64_t row_version, struct outside *outside, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql,
		"SELECT version, superseded_at FROM \"%s_history\" this WHERE key BETWEEN $from"
		" AND $to AND version <> $row AND action <> 'end' AND geom IS NOT NULL"
		" AND NOT EXISTS (SELECT 1 FROM \"idx_%s_history\" i WHERE i.key = this.key)",
		layer->id, layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	bind_record(query, id);
	query_bind_int(query, "row", row_version);
	while ((rc = query_step(query, err)) > 0) {
		rc = id_list_add(&outside->versions, query_int(query, 0), err);
		if (!rc)
			rc = id_list_add(&outside->superseded_at_us, query_int(query, 1), err);
		if (rc)
			break;
	}
	return rc;
}

/* A version on its way into the index. */
struct filling {
	struct store *store;
	const struct layer *layer;
	const struct box *row_box;
	int64_t superseded_at_us;
};

static int fill_one(void *context, const struct feature *feature, struct error *err)
{
	const struct filling *filling = context;

	return history_index_put(filling->store, filling->layer, feature,
		filling->superseded_at_us, filling->row_box, err);
}

int history_index_fill(struct store *store, const struct layer *layer, int64_t id,
	int64_t row_version, const struct box *row_box, struct error *err)
{
	autofree(outside_clear) struct outside outside = {{0}, {0}};
	struct filling filling = {store, layer, row_box, 0};
	bool found;
	int rc = find_outside(store, layer, id, row_version, &outside, err);

	for (size_t i = 0; !rc && i < outside.versions.count; i++) {
		filling.superseded_at_us = outside.superseded_at_us.ids[i];
		rc = history_read(store, layer, id, outside.versions.ids[i], fill_one, &filling,
			&found, err);
	}
	return rc;
}

int history_index_remove(struct store *store, const struct layer *layer, int64_t id,
	int64_t version, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql, "DELETE FROM \"idx_%s_history\" WHERE key = $key", layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "key", history_key(id, version));
	return query_run(query, err);
}

int history_read(struct store *store, const struct layer *layer, int64_t id, int64_t version,
	feature_visit *visit, void *context, bool *ret_found, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature;
	int rc;

	*ret_found = false;
	if (id < 1 || id > HISTORY_ID_MAX || version < 1 || version >= HISTORY_VERSIONS_MAX)
		return 0;
	strbuf_add_text(&sql, "SELECT ");
	feature_row_select(&sql, layer, true);
	strbuf_add_format(&sql, " FROM \"%s_history\" WHERE key = $key", layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "key", history_key(id, version));
	rc = query_step(query, err);
	if (rc <= 0)
		return rc;
	*ret_found = true;
	feature_row_read(query, layer, true, values, &feature);
	rc = query_check_row(query, err);
	if (!rc)
		rc = visit(context, &feature, err);
	return rc < 0 ? rc : 0;
}

static enum history_action action_of(const char *name)
{
	for (int i = 0; i < HISTORY_END; i++)
		if (!strcmp(name, action_names[i]))
			return (enum history_action)i;
	return HISTORY_END;
}

/* Of a change there is one row with that version, but for those that START and STOP. */
static void add_versions_sql(struct strbuf *sql, const struct layer *layer)
{
	strbuf_add_text(sql, "SELECT ");
	feature_row_select(sql, layer, false);
	strbuf_add_format(sql,
		", superseded_at, action,"
		" (SELECT link FROM change c WHERE c.layer = '%s' AND c.feature_id = this.id"
		" AND c.version = this.version ORDER BY seq LIMIT 1) link"
		" FROM \"%s_history\" this WHERE key BETWEEN $from AND $to ORDER BY key LIMIT $most",
		layer->id, layer->id);
}

static int read_link(struct store *store, int64_t link, struct arena *arena,
	struct history_entry *ret_entry, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const char *actor, *reason;
	size_t actor_len, reason_len;
	int rc = store_query(
		store, "SELECT actor, reason FROM change_link WHERE link = $link", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "link", link);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	actor = rc ? query_text(query, 0, &actor_len) : "";
	reason = rc ? query_text(query, 1, &reason_len) : "";
	ret_entry->actor = arena_text(arena, actor, rc ? actor_len : 0);
	ret_entry->reason = arena_text(arena, reason, rc ? reason_len : 0);
	if (!ret_entry->actor || !ret_entry->reason)
		return fail_no_memory(err);
	return rc ? query_check_row(query, err) : 0;
}

int history_versions(struct store *store, const struct view *view, int64_t id, int64_t after,
	int64_t most, history_visit *visit, void *context, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	autoptr(query_done) struct query *query = NULL;
	struct value values[FEATURE_FIELDS_MAX];
	int behind = feature_row_width(view->layer, false);
	int rc;

	if (id < 1 || id > HISTORY_ID_MAX || after < 0 || after >= HISTORY_VERSIONS_MAX)
		return 0;
	add_versions_sql(&sql, view->layer);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "from", history_key(id, after + 1));
	query_bind_int(query, "to", history_key(id, HISTORY_VERSIONS_MAX - 1));
	query_bind_int(query, "most", most);
	while ((rc = query_step(query, err)) > 0) {
		struct feature feature;
		struct history_entry entry = {.feature = &feature};

		arena_reset(&arena);
		feature_row_read(query, view->layer, false, values, &feature);
		entry.superseded_at_us = query_int(query, behind);
		entry.action = action_of(query_text(query, behind + 1, NULL));
		rc = read_link(store, query_int(query, behind + 2), &arena, &entry, err);
		if (!rc)
			rc = query_check_row(query, err);
		if (!rc && view_admits(view, values, &feature))
			rc = visit(context, &entry, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}

enum { PAST_WINDOW = 2000 };

/* Whether the layer has any; a register that was imported and not edited has none. */
static int has_past(struct store *store, const struct layer *layer, bool *ret_has, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(200);
	struct layer_state state;
	int64_t versions = 0;
	int rc = layer_state_read(store, layer, &state, err);

	strbuf_add_format(&sql, "SELECT count(*) FROM \"%s_history\"", layer->id);
	if (!rc)
		rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_int(store, sql.data, &versions, err);
	*ret_has = versions > state.record_count;
	return rc;
}

static void add_past_sql(struct strbuf *sql, const struct layer *layer, bool of_list)
{
	strbuf_add_text(sql, "SELECT ");
	feature_row_select(sql, layer, false);
	strbuf_add_format(sql, ", superseded_at, action, key FROM %s\"%s_history\" this WHERE %s",
		of_list ? "id_list($ids) CROSS JOIN " : "", layer->id,
		of_list ? "key BETWEEN id_of_list << 20 AND (id_of_list << 20) + 1048575"
			: "key > $after");
	strbuf_add_format(sql,
		" AND action <> 'end' AND NOT EXISTS (SELECT 1 FROM \"%s\" shown"
		" WHERE shown.id = this.id AND shown.version = this.version AND shown.in_force = 1)"
		" ORDER BY key%s",
		layer->id, of_list ? "" : " LIMIT $most");
}

/* Visits the rows of a bound query; how many there were, and the last key. */
static int visit_past(struct query *query, const struct layer *layer, history_visit *visit,
	void *context, int64_t *ret_count, int64_t *ret_last_key, struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX];
	int behind = feature_row_width(layer, false), rc;

	*ret_count = 0;
	while ((rc = query_step(query, err)) > 0) {
		struct feature feature;
		struct history_entry entry = {.feature = &feature};

		feature_row_read(query, layer, false, values, &feature);
		entry.superseded_at_us = query_int(query, behind);
		entry.action = action_of(query_text(query, behind + 1, NULL));
		*ret_last_key = query_int(query, behind + 2);
		rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, &entry, err);
		if (rc)
			break;
		(*ret_count)++;
	}
	return rc < 0 ? rc : 0;
}

int history_past(struct store *store, const struct layer *layer, const struct id_list *ids,
	history_visit *visit, void *context, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	int64_t after = 0, count = PAST_WINDOW;
	bool has = true;
	int rc = 0;

	add_past_sql(&sql, layer, ids != NULL);
	rc = strbuf_check(&sql, err);
	if (!rc && !ids)
		rc = has_past(store, layer, &has, err);
	while (!rc && has && count == PAST_WINDOW) {
		autoptr(query_done) struct query *query = NULL;

		rc = store_query(store, sql.data, &query, err);
		if (rc)
			break;
		if (ids) {
			query_bind_ids(query, "ids", ids->ids, ids->count);
		} else {
			query_bind_int(query, "after", after);
			query_bind_int(query, "most", PAST_WINDOW);
		}
		rc = visit_past(query, layer, visit, context, &count, &after, err);
		has = !ids;
	}
	return rc;
}
