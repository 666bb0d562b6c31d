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

/* Which records: a span of ids, or a list. */
struct choice {
	int64_t first_id, last_id;
	int64_t after_key; /* of the dated rows of the span, those behind this key */
	const int64_t *ids; /* NULL: the span */
	size_t count;
	bool whole; /* whatever the table has, with all its bytes */
};

/* So many rows of a span, or ids of a list, are asked for at a time: a reader may have enough. */
enum { WINDOW = 2000 };

/* SELECT … FROM … WHERE <chosen> AND <in view>, in the order of the list or of the ids. */
static void add_rows_sql(struct strbuf *sql, const struct store *store, const struct view *view,
	const struct choice *choice)
{
	const char *layer = view->layer->id;
	const char *list = choice->ids ? "id_list($ids) CROSS JOIN " : "";

	strbuf_add_text(sql, "SELECT " QUERY_EACH_BEGIN);
	feature_row_select(sql, view->layer, choice->whole || view->with_native);
	strbuf_add_text(sql, QUERY_EACH_END);
	if (view->is_dated) {
		strbuf_add_format(sql, " FROM %s\"%s_history\" this WHERE ", list, layer);
		strbuf_add_text(sql, choice->ids ? "key BETWEEN id_of_list << 20 AND"
						   " (id_of_list << 20) + 1048575 AND"
						 : "key BETWEEN $from AND $to AND");
		strbuf_add_text(sql, held_then);
		if (spans_days(view))
			add_only_last(sql, view->layer);
	} else {
		strbuf_add_format(sql, " FROM %s\"%s\" WHERE %s%s", list, layer,
			choice->ids ? "id = id_of_list" : "id BETWEEN $from AND $to",
			choice->whole ? "" : " AND in_force = 1");
	}
	/* SQLite walks along the list, which is in order. */
	if (!choice->ids || store_dialect(store) == STORE_POSTGRES)
		strbuf_add_text(sql, view->is_dated ? " ORDER BY key" : " ORDER BY id");
	if (!choice->ids)
		strbuf_add_format(sql, " LIMIT %d", WINDOW);
}

static void bind_view(struct query *query, const struct view *view)
{
	const char *first = view->first_day.text, *last = view->last_day.text;

	query_bind_int(query, "recorded", view->recorded_us);
	query_bind_text(query, "first_day", *first ? first : "0001-01-01");
	query_bind_text(query, "last_day", *last ? last : "9999-12-31");
}

static int open_rows(struct store *store, const struct view *view, const struct choice *choice,
	struct query **ret_query, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	bool dated = view->is_dated;
	int rc;

	add_rows_sql(&sql, store, view, choice);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, ret_query, err);
	if (rc)
		return rc;
	if (choice->ids) {
		query_bind_ids(*ret_query, "ids", choice->ids, choice->count);
	} else {
		int64_t from = dated ? history_key(choice->first_id, 0) : choice->first_id;

		query_bind_int(*ret_query, "from",
			from > choice->after_key ? from : choice->after_key + 1);
		query_bind_int(*ret_query, "to",
			dated ? history_key(choice->last_id, HISTORY_VERSIONS_MAX - 1)
			      : choice->last_id);
	}
	if (dated)
		bind_view(*ret_query, view);
	return 0;
}

/* Reading the rows of a bound query, as far as they are seen. */
struct reading {
	const struct view *view;
	bool whole;
	feature_visit *visit;
	void *context;
	int64_t count;
	int64_t rows; /* of the query, seen or not */
	int64_t last_id, last_version;
	bool enough;
};

static int read_row(void *context, struct query *query, struct error *err)
{
	struct reading *reading = context;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature;
	int rc;

	feature_row_read(query, reading->view->layer, reading->whole, values, &feature);
	rc = query_check_row(query, err);
	reading->rows++;
	reading->last_id = feature.id;
	reading->last_version = feature.version;
	if (rc || !view_admits(reading->view, values, &feature))
		return rc;
	reading->count++;
	rc = reading->visit(reading->context, &feature, err);
	reading->enough = rc > 0;
	return rc;
}

static int read_window(struct store *store, const struct choice *choice, struct reading *reading,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = open_rows(store, reading->view, choice, &query, err);

	reading->rows = 0;
	return rc ? rc : query_each(query, read_row, reading, err);
}

static int read_list(struct store *store, const struct choice *choice, struct reading *reading,
	struct error *err)
{
	struct choice window = *choice;
	int rc = 0;

	for (size_t at = 0; !rc && !reading->enough && at < choice->count; at += WINDOW) {
		window.ids = choice->ids + at;
		window.count = choice->count - at < WINDOW ? choice->count - at : WINDOW;
		rc = read_window(store, &window, reading, err);
	}
	return rc;
}

static int read_span(struct store *store, const struct choice *choice, struct reading *reading,
	struct error *err)
{
	struct choice window = *choice;
	int rc;

	do {
		rc = read_window(store, &window, reading, err);
		window.first_id = reading->last_id + 1;
		if (reading->view->is_dated) {
			window.first_id = reading->last_id;
			window.after_key = history_key(reading->last_id, reading->last_version);
		}
	} while (!rc && !reading->enough && reading->rows == WINDOW);
	return rc;
}

static int read_chosen(struct store *store, const struct view *view, const struct choice *choice,
	feature_visit *visit, void *context, int64_t *ret_count, struct error *err)
{
	struct reading reading = {.view = view,
		.whole = choice->whole || view->with_native,
		.visit = visit,
		.context = context};
	int rc = choice->ids ? read_list(store, choice, &reading, err)
			     : read_span(store, choice, &reading, err);

	if (ret_count)
		*ret_count = reading.count;
	return rc;
}

int feature_read_after(struct store *store, const struct view *view, int64_t after_id,
	feature_visit *visit, void *context, struct error *err)
{
	const struct choice choice = {.first_id = after_id + 1, .last_id = HISTORY_ID_MAX};

	if (after_id >= HISTORY_ID_MAX)
		return 0;
	return read_chosen(store, view, &choice, visit, context, NULL, err);
}

int feature_read_list(struct store *store, const struct view *view, const int64_t *ids,
	size_t count, feature_visit *visit, void *context, struct error *err)
{
	const struct choice choice = {.ids = ids, .count = count};

	return count ? read_chosen(store, view, &choice, visit, context, NULL, err) : 0;
}

static int read_one(struct store *store, const struct view *view, bool whole, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err)
{
	const struct choice choice = {.first_id = id, .last_id = id, .whole = whole};
	int64_t count = 0;
	int rc;

	*ret_found = false;
	if (id < 1 || id > HISTORY_ID_MAX)
		return 0;
	rc = read_chosen(store, view, &choice, visit, context, &count, err);
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

int feature_ask_row(struct store *store, const struct layer *layer, int64_t id, struct error *err)
{
	const struct choice choice = {.first_id = id, .last_id = id, .whole = true};
	autoptr(query_done) struct query *query = NULL;
	int rc = 0;

	if (id >= 1 && id <= HISTORY_ID_MAX)
		rc = open_rows(store, &VIEW_NOW(layer), &choice, &query, err);
	return rc || !query ? rc : query_ask(query, layer_subject(layer, id), err);
}

/* Gathering ids from the index. */
struct gathering {
	struct id_list list;
	int64_t after_id;
	bool of_versions; /* the index names versions by their keys */
	size_t most;
	bool more; /* there was one too many */
};

static void gathering_clear(struct gathering *gathering)
{
	id_list_clear(&gathering->list);
}

static int gather_id(struct gathering *gathering, int64_t id, struct error *err)
{
	if (id <= gathering->after_id)
		return 0;
	if (gathering->list.count == gathering->most) {
		gathering->more = true;
		return 1;
	}
	return id_list_add(&gathering->list, id, err);
}

static int gather_box(void *context, int64_t id, const double *sides, struct error *err)
{
	struct gathering *gathering = context;

	(void)sides;
	return gather_id(gathering, gathering->of_versions ? id >> HISTORY_KEY_BITS : id, err);
}

/* Appends the ids that a query gives, with the parameter $after. */
static int gather_rows(struct store *store, struct gathering *gathering, const struct strbuf *sql,
	int64_t after, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = strbuf_check(sql, err);

	if (!rc)
		rc = store_query(store, sql->data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "after", after);
	while ((rc = query_step(query, err)) > 0) {
		rc = gather_id(gathering, query_int(query, 0), err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}

/* The records in the table as it is; first those without geometry, if wished. */
static int gather_now(struct store *store, const struct view *view, const struct box *box,
	bool without_geometry, struct gathering *gathering, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	const double sides[] = {box->min_x, box->max_x, box->min_y, box->max_y};
	int rc = 0;

	strbuf_add_format(&sql, "SELECT id FROM \"%s\" WHERE geom IS NULL AND id > $after",
		view->layer->id);
	if (without_geometry)
		rc = gather_rows(store, gathering, &sql, gathering->after_id, err);
	if (rc || gathering->more)
		return rc;
	return store_visit_boxes(store, view->layer->id, sides, 4, gather_box, gathering, err);
}

/* The versions that the table does not have, by place and time. */
static int gather_then(struct store *store, const struct view *view, const struct box *box,
	bool without_geometry, struct gathering *gathering, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	double recorded = history_second(view->recorded_us);
	const double sides[] = {box->min_x, box->max_x, box->min_y, box->max_y,
		history_day(&view->first_day, -HISTORY_FAR),
		history_day(&view->last_day, HISTORY_FAR), recorded, recorded};
	char history[80];
	int rc = 0;

	strbuf_add_format(&sql, "SELECT id FROM \"%s_history\" WHERE geom IS NULL AND key >= $after",
		view->layer->id);
	if (without_geometry)
		rc = gather_rows(
			store, gathering, &sql, history_key(gathering->after_id + 1, 0), err);
	if (rc || gathering->more)
		return rc;
	snprintf(history, sizeof history, "%s_history", view->layer->id);
	gathering->of_versions = true;
	return store_visit_boxes(store, history, sides, 8, gather_box, gathering, err);
}

int feature_ids_in_box(struct store *store, const struct view *view, const struct box *box,
	bool without_geometry, int64_t after_id, size_t most, struct id_list *ret_list,
	bool *ret_more, struct error *err)
{
	autofree(gathering_clear) struct gathering gathering = {
		.after_id = after_id, .most = most};
	int rc;

	*ret_list = (struct id_list){0};
	*ret_more = false;
	if (after_id >= HISTORY_ID_MAX)
		return 0;
	rc = gather_now(store, view, box, without_geometry, &gathering, err);
	if (!rc && view->is_dated && !gathering.more)
		rc = gather_then(store, view, box, without_geometry, &gathering, err);
	if (rc)
		return rc;
	id_list_sort(&gathering.list);
	*ret_list = gathering.list;
	*ret_more = gathering.more;
	gathering.list = (struct id_list){0};
	return 0;
}

bool view_can_count(const struct view *view)
{
	return !view->is_dated && !view->grants;
}

/* From the order of the index to ours. */
struct box_passing {
	feature_box_visit *visit;
	void *context;
};

static int pass_box(void *context, int64_t id, const double *sides, struct error *err)
{
	const struct box_passing *passing = context;
	const struct box box = {sides[0], sides[2], sides[1], sides[3]};

	return passing->visit(passing->context, id, &box, err);
}

int feature_boxes_in_box(struct store *store, const struct view *view, const struct box *box,
	feature_box_visit *visit, void *context, struct error *err)
{
	const double sides[] = {box->min_x, box->max_x, box->min_y, box->max_y};
	struct box_passing passing = {visit, context};

	return store_visit_boxes(store, view->layer->id, sides, 4, pass_box, &passing, err);
}

int feature_ids_at_rest(struct store *store, const struct view *view, const struct id_list *among,
	struct id_list *ret_list, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autofree(id_list_clear) struct id_list list = {0};
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql, "SELECT id FROM %s\"%s\" WHERE %sin_force = 0 ORDER BY id",
		among ? "id_list($ids) CROSS JOIN " : "", view->layer->id,
		among ? "id = id_of_list AND " : "");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	if (among)
		query_bind_ids(query, "ids", among->ids, among->count);
	while ((rc = query_step(query, err)) > 0) {
		rc = id_list_add(&list, query_int(query, 0), err);
		if (rc)
			return rc;
	}
	if (rc < 0)
		return rc;
	*ret_list = list;
	list = (struct id_list){0};
	return 0;
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
