#include "data/feature_read.h"

#include "base/messages.h"
#include "data/feature_row.h"
#include "data/history.h"

/* The condition of a dated view; names a row of the history. */
static const char held_then[] =
	" recorded_at <= $recorded AND (superseded_at IS NULL OR superseded_at > $recorded)"
	" AND (valid_from IS NULL OR valid_from <= $last_day)"
	" AND (valid_to IS NULL OR valid_to > $first_day)";

/* Of several versions in a span of days the last one: no other of the record begins later. */
static void add_only_last(struct strbuf *sql, const struct layer *layer)
{
	strbuf_add_format(sql,
		" AND NOT EXISTS (SELECT 1 FROM \"%s_history\" other"
		" WHERE other.key BETWEEN (this.id << 20) AND (this.id << 20) + 1048575"
		" AND other.recorded_at <= $recorded"
		" AND (other.superseded_at IS NULL OR other.superseded_at > $recorded)"
		" AND (other.valid_from IS NULL OR other.valid_from <= $last_day)"
		" AND (other.valid_to IS NULL OR other.valid_to > $first_day)"
		" AND other.valid_from > coalesce(this.valid_from, ''))",
		layer->id);
}

static bool spans_days(const struct view *view)
{
	return !view->all_versions &&
		(strcmp(view->first_day.text, view->last_day.text) != 0 ||
			!*view->first_day.text);
}

/* SELECT … FROM … WHERE <in view> AND <from $from on, as far as $to>. */
static int open_rows(struct store *store, const struct view *view, bool whole, int64_t first_id,
	int64_t last_id, struct query **ret_query, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	const struct layer *layer = view->layer;
	int rc;

	strbuf_add_text(&sql, "SELECT ");
	feature_row_select(&sql, store, layer, whole);
	if (view->is_dated) {
		strbuf_add_format(&sql, " FROM \"%s_history\" this WHERE key BETWEEN $from AND $to AND",
			layer->id);
		strbuf_add_text(&sql, held_then);
		if (spans_days(view))
			add_only_last(&sql, layer);
		strbuf_add_text(&sql, " ORDER BY key");
	} else {
		strbuf_add_format(&sql, " FROM \"%s\" WHERE id BETWEEN $from AND $to%s ORDER BY id",
			layer->id, whole ? "" : " AND in_force = 1");
	}
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, ret_query, err);
	if (rc)
		return rc;
	query_bind_int(*ret_query, "from", view->is_dated ? history_key(first_id, 0) : first_id);
	query_bind_int(*ret_query, "to",
		view->is_dated ? history_key(last_id, HISTORY_VERSIONS_MAX - 1) : last_id);
	if (view->is_dated) {
		query_bind_int(*ret_query, "recorded", view->recorded_us);
		query_bind_text(*ret_query, "first_day",
			*view->first_day.text ? view->first_day.text : "0001-01-01");
		query_bind_text(*ret_query, "last_day",
			*view->last_day.text ? view->last_day.text : "9999-12-31");
	}
	return 0;
}

/* Steps a bound query and visits its rows as far as they are seen. */
static int visit_rows(struct query *query, const struct view *view, bool whole,
	feature_visit *visit, void *context, int64_t *ret_count, struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature;
	int64_t count = 0;
	int rc;

	while ((rc = query_step(query, err)) > 0) {
		feature_row_read(query, view->layer, whole, values, &feature);
		rc = query_check_row(query, err);
		if (rc)
			break;
		if (!view_admits(view, values, &feature))
			continue;
		count++;
		rc = visit(context, &feature, err);
		if (rc)
			break;
	}
	if (ret_count)
		*ret_count = count;
	return rc < 0 ? rc : 0;
}

int feature_read_after(struct store *store, const struct view *view, int64_t after_id,
	feature_visit *visit, void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (after_id >= HISTORY_ID_MAX)
		return 0;
	rc = open_rows(store, view, false, after_id + 1, HISTORY_ID_MAX, &query, err);
	return rc ? rc : visit_rows(query, view, false, visit, context, NULL, err);
}

static int read_one(struct store *store, const struct view *view, bool whole, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int64_t count = 0;
	int rc;

	*ret_found = false;
	if (id < 1 || id > HISTORY_ID_MAX)
		return 0;
	rc = open_rows(store, view, whole, id, id, &query, err);
	if (!rc)
		rc = visit_rows(query, view, whole, visit, context, &count, err);
	if (!rc)
		*ret_found = count > 0;
	return rc;
}

int feature_read_one(struct store *store, const struct view *view, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err)
{
	return read_one(store, view, false, id, visit, context, ret_found, err);
}

int feature_read_row(struct store *store, const struct layer *layer, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err)
{
	return read_one(store, &VIEW_NOW(layer), true, id, visit, context, ret_found, err);
}

void id_list_clear(struct id_list *list)
{
	free(list->ids);
	*list = (struct id_list){0};
}

static int compare_ids(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void sort_ids(struct id_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->ids, list->count, sizeof *list->ids, compare_ids);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || list->ids[kept - 1] != list->ids[i])
			list->ids[kept++] = list->ids[i];
	list->count = kept;
}

static void bind_box(struct query *query, const struct box *box)
{
	query_bind_real(query, "min_x", box->min_x);
	query_bind_real(query, "max_x", box->max_x);
	query_bind_real(query, "min_y", box->min_y);
	query_bind_real(query, "max_y", box->max_y);
}

static const char box_condition[] =
	" WHERE xmax >= $min_x AND xmin <= $max_x AND ymax >= $min_y AND ymin <= $max_y";

/* Appends the ids that the query gives; true in *ret_more when there was one too many. */
static int gather_ids(struct query *query, size_t most, struct id_list *list, size_t *room,
	bool *ret_more, struct error *err)
{
	int rc;

	while ((rc = query_step(query, err)) > 0) {
		if (list->count == most) {
			*ret_more = true;
			return 0;
		}
		if (list->count == *room) {
			size_t larger = *room ? *room * 2 : 256;
			int64_t *ids = realloc(list->ids, larger * sizeof *ids);

			if (!ids)
				return fail_no_memory(err);
			list->ids = ids;
			*room = larger;
		}
		list->ids[list->count++] = query_int(query, 0);
	}
	return rc;
}

static void add_ids_sql(struct strbuf *sql, const struct view *view, bool without_geometry)
{
	const char *id = view->layer->id;

	strbuf_add_format(sql, "SELECT pkid FROM \"idx_%s_geom\"%s AND pkid > $after_id", id,
		box_condition);
	if (without_geometry)
		strbuf_add_format(sql,
			" UNION ALL SELECT id FROM \"%s\" WHERE geom IS NULL AND id > $after_id", id);
	if (!view->is_dated)
		return;
	strbuf_add_format(sql,
		" UNION ALL SELECT key >> 20 FROM \"idx_%s_history\"%s AND key >= $after_key"
		" AND valid_lo <= $last_day AND valid_hi >= $first_day"
		" AND recorded_lo <= $recorded AND recorded_hi >= $recorded",
		id, box_condition);
	if (without_geometry)
		strbuf_add_format(sql,
			" UNION ALL SELECT id FROM \"%s_history\" WHERE geom IS NULL AND"
			" key >= $after_key",
			id);
}

int feature_ids_in_box(struct store *store, const struct view *view, const struct box *box,
	bool without_geometry, int64_t after_id, size_t most, struct id_list *ret_list,
	bool *ret_more, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autofree(id_list_clear) struct id_list list = {0};
	autoptr(query_done) struct query *query = NULL;
	bool more = false;
	size_t room = 0;
	int rc;

	*ret_list = list;
	*ret_more = false;
	if (after_id >= HISTORY_ID_MAX)
		return 0;
	add_ids_sql(&sql, view, without_geometry);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	bind_box(query, box);
	query_bind_int(query, "after_id", after_id);
	if (view->is_dated) {
		query_bind_int(query, "after_key", history_key(after_id + 1, 0));
		query_bind_real(query, "first_day", history_day(&view->first_day, -HISTORY_FAR));
		query_bind_real(query, "last_day", history_day(&view->last_day, HISTORY_FAR));
		query_bind_real(query, "recorded", history_second(view->recorded_us));
	}
	rc = gather_ids(query, most, &list, &room, &more, err);
	if (rc)
		return rc;
	sort_ids(&list);
	*ret_list = list;
	list.ids = NULL;
	*ret_more = more;
	return 0;
}

bool view_can_count(const struct view *view)
{
	return !view->is_dated && !view->grants;
}

int feature_boxes_in_box(struct store *store, const struct view *view, const struct box *box,
	feature_box_visit *visit, void *context, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	struct layer_state state;
	int rc = layer_state_read(store, view->layer, &state, err);

	if (rc)
		return rc;
	strbuf_add_format(&sql, "SELECT pkid, xmin, ymin, xmax, ymax FROM \"idx_%s_geom\"%s",
		view->layer->id, box_condition);
	if (state.resting_count)
		strbuf_add_format(&sql,
			" AND pkid NOT IN (SELECT id FROM \"%s\" WHERE in_force = 0)",
			view->layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	bind_box(query, box);
	while ((rc = query_step(query, err)) > 0) {
		struct box found = {query_real(query, 1), query_real(query, 2),
			query_real(query, 3), query_real(query, 4)};

		rc = visit(context, query_int(query, 0), &found, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}

int feature_count_without_geometry(
	struct store *store, const struct view *view, int64_t *ret_count, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	int rc;

	strbuf_add_format(&sql, "SELECT count(*) FROM \"%s\" WHERE geom IS NULL AND in_force = 1",
		view->layer->id);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_int(store, sql.data, ret_count, err);
}
