#include "data/feature_read.h"

#include <math.h>

#include "base/messages.h"

enum { SQL_MAX_BYTES = 1 << 14, FIELDS_MAX = 64 };

/* Columns of a record before its fields, in the order of row_to_feature. */
enum {
	COLUMN_ID,
	COLUMN_UID,
	COLUMN_VERSION,
	COLUMN_VALID_FROM,
	COLUMN_VALID_TO,
	COLUMN_RECORDED_AT,
	COLUMN_SOURCE,
	COLUMN_Z,
	COLUMN_NATIVE_EPSG,
	COLUMN_GEOM,
	COLUMN_FIELDS,
};

static void add_select_sql(struct strbuf *sql, const struct store *store, const struct layer *layer)
{
	strbuf_add_format(sql,
		"SELECT id, uid, version, valid_from, valid_to, recorded_at, source_attributes,"
		" z_m, native_epsg, %s",
		store_dialect(store) == STORE_SQLITE ? "geom" : "ST_AsBinary(geom)");
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(sql, ", \"%s\"", layer->fields[i].id);
	strbuf_add_format(sql, " FROM \"%s\"", layer->id);
}

static void copy_text(char *ret, size_t size, struct query *query, int column)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	if (len >= size)
		len = size - 1;
	memcpy(ret, text, len);
	ret[len] = '\0';
}

static void row_to_feature(struct query *query, const struct layer *layer, struct value *values,
	struct feature *ret)
{
	*ret = (struct feature){.id = query_int(query, COLUMN_ID),
		.version = query_int(query, COLUMN_VERSION),
		.recorded_at_us = query_int(query, COLUMN_RECORDED_AT),
		.values = values,
		.z_m = query_is_null(query, COLUMN_Z) ? (double)NAN : query_real(query, COLUMN_Z),
		.native_epsg = (int)query_int(query, COLUMN_NATIVE_EPSG),
		.box = {1, 1, -1, -1}};
	copy_text(ret->uid.text, sizeof ret->uid.text, query, COLUMN_UID);
	copy_text(ret->valid_from.text, sizeof ret->valid_from.text, query, COLUMN_VALID_FROM);
	copy_text(ret->valid_to.text, sizeof ret->valid_to.text, query, COLUMN_VALID_TO);
	if (!query_is_null(query, COLUMN_SOURCE))
		ret->source_attributes = query_text(query, COLUMN_SOURCE, NULL);
	query_wkb(query, COLUMN_GEOM, &ret->wkb, &ret->box);
	for (size_t i = 0; i < layer->field_count; i++)
		query_value(query, COLUMN_FIELDS + (int)i, &values[i]);
}

/* Steps a bound query and visits its rows. */
static int visit_rows(struct query *query, const struct layer *layer, feature_visit *visit,
	void *context, int64_t *ret_count, struct error *err)
{
	struct value values[FIELDS_MAX];
	struct feature feature;
	int64_t count = 0;
	int rc;

	while ((rc = query_step(query, err)) > 0) {
		row_to_feature(query, layer, values, &feature);
		count++;
		rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, &feature, err);
		if (rc)
			break;
	}
	if (ret_count)
		*ret_count = count;
	return rc < 0 ? rc : 0;
}

int feature_read_after(struct store *store, const struct layer *layer, int64_t after_id,
	feature_visit *visit, void *context, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	add_select_sql(&sql, store, layer);
	strbuf_add_text(&sql, " WHERE id > $after_id ORDER BY id");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "after_id", after_id);
	return visit_rows(query, layer, visit, context, NULL, err);
}

int feature_read_one(struct store *store, const struct layer *layer, int64_t id,
	feature_visit *visit, void *context, bool *ret_found, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int64_t count = 0;
	int rc;

	add_select_sql(&sql, store, layer);
	strbuf_add_text(&sql, " WHERE id = $id");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = visit_rows(query, layer, visit, context, &count, err);
	if (!rc)
		*ret_found = count > 0;
	return rc;
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

int feature_ids_in_box(struct store *store, const struct layer *layer, const struct box *box,
	bool without_geometry, int64_t after_id, size_t most, struct id_list *ret_list,
	bool *ret_more, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autofree(id_list_clear) struct id_list list = {0};
	autoptr(query_done) struct query *query = NULL;
	bool more = false;
	size_t room = 0;
	int rc;

	strbuf_add_format(&sql, "SELECT pkid FROM \"idx_%s_geom\"%s AND pkid > $after_id", layer->id,
		box_condition);
	if (without_geometry)
		strbuf_add_format(&sql,
			" UNION ALL SELECT id FROM \"%s\" WHERE geom IS NULL AND id > $after_id",
			layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	bind_box(query, box);
	query_bind_int(query, "after_id", after_id);
	rc = gather_ids(query, most, &list, &room, &more, err);
	if (rc)
		return rc;
	if (list.count)
		qsort(list.ids, list.count, sizeof *list.ids, compare_ids);
	*ret_list = list;
	list.ids = NULL;
	*ret_more = more;
	return 0;
}

int feature_boxes_in_box(struct store *store, const struct layer *layer, const struct box *box,
	feature_box_visit *visit, void *context, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql, "SELECT pkid, xmin, ymin, xmax, ymax FROM \"idx_%s_geom\"%s",
		layer->id, box_condition);
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
	struct store *store, const struct layer *layer, int64_t *ret_count, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "SELECT count(*) FROM \"%s\" WHERE geom IS NULL", layer->id);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_int(store, sql.data, ret_count, err);
}
