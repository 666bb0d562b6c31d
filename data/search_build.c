#include "data/search_build.h"

#include "base/text.h"
#include "data/feature_read.h"
#include "data/history.h"
#include "data/search_index.h"

enum {
	SQL_MAX_BYTES = 1 << 13,
	/* Of the way names are taken apart: a new one makes the words anew. */
	SEARCH_EDITION = 1,
};

/* How bytes are ordered, in the words of the database. */
static const char *byte_order(const struct store *store)
{
	return store_dialect(store) == STORE_SQLITE ? "BINARY" : "\"C\"";
}

static int add_index(struct store *store, const char *columns, const char *name, const char *table,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "CREATE INDEX IF NOT EXISTS \"%s_%s\" ON \"%s\" (%s)", table, name,
		table, columns);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

static void add_column(struct strbuf *columns, const struct store *store, const char *field)
{
	strbuf_add_format(columns, "%s\"%s\" COLLATE %s", columns->len ? ", " : "", field,
		byte_order(store));
}

static int add_indexes(struct store *store, const struct layer *layer, struct error *err)
{
	autofree(strbuf_clear) struct strbuf number = STRBUF(SQL_MAX_BYTES);
	int rc = 0;

	for (size_t i = 0; !rc && i < layer->field_count; i++) {
		autofree(strbuf_clear) struct strbuf code = STRBUF(SQL_MAX_BYTES);

		if (layer->fields[i].search == SEARCH_NUMBER)
			add_column(&number, store, layer->fields[i].id);
		if (layer->fields[i].search != SEARCH_CODE)
			continue;
		add_column(&code, store, layer->fields[i].id);
		rc = strbuf_check(&code, err);
		if (!rc)
			rc = add_index(store, code.data, layer->fields[i].id, layer->id, err);
	}
	if (!rc)
		rc = strbuf_check(&number, err);
	if (!rc && number.len)
		rc = add_index(store, number.data, "number", layer->id, err);
	return rc;
}

/* What the words are made of: the edition, and which fields count. */
static void describe(const struct layer_table *layers, struct strbuf *out)
{
	strbuf_add_format(out, "%d", SEARCH_EDITION);
	for (size_t i = 0; i < layers->count; i++)
		for (size_t k = 0; k < layers->layers[i].field_count; k++)
			if (layers->layers[i].fields[k].search != SEARCH_NOT)
				strbuf_add_format(out, " %s.%s.%d.%d", layers->layers[i].id,
					layers->layers[i].fields[k].id,
					(int)layers->layers[i].fields[k].search,
					(int)search_class(&layers->layers[i]));
}

static int is_made(struct store *store, const char *description, bool *ret_is, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT value FROM setting WHERE key = 'search_words'", &query, err);

	*ret_is = false;
	if (!rc)
		rc = query_step(query, err);
	if (rc > 0)
		*ret_is = !strcmp(query_text(query, 0, NULL), description);
	return rc < 0 ? rc : 0;
}

static int note_made(struct store *store, const char *description, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO setting (key, value) VALUES ('search_words', $value)"
		" ON CONFLICT (key) DO UPDATE SET value = excluded.value",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "value", description);
	return query_run(query, err);
}

static int add_record(void *context, const struct feature *feature, struct error *err)
{
	return search_writer_add(context, feature, true, err);
}

static int note_past(void *context, const struct history_entry *entry, struct error *err)
{
	struct id_list *ids = context;

	if (ids->count && ids->ids[ids->count - 1] == entry->feature->id)
		return 0;
	return id_list_add(ids, entry->feature->id, err);
}

static bool has_names(const struct layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].search == SEARCH_NAME)
			return true;
	return false;
}

/* All that is in force, then those that were something else before. */
static int add_layer(struct store *store, const struct layer *layer, const struct date *today,
	struct error *err)
{
	struct search_writer writer = SEARCH_WRITER(store, layer);
	autofree(id_list_clear) struct id_list past = {0};
	int rc = 0;

	if (has_names(layer))
		rc = feature_read_after(store, &VIEW_NOW(layer), 0, add_record, &writer, err);
	search_writer_clear(&writer);
	if (!rc)
		rc = history_past(store, layer, NULL, note_past, &past, err);
	for (size_t i = 0; !rc && i < past.count; i++)
		rc = search_index_follow(store, layer, past.ids[i], NULL, today, err);
	return rc;
}

int search_build(struct store *store, const struct layer_table *layers, int64_t now_us,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf description = STRBUF(SQL_MAX_BYTES);
	struct date today = clock_date_vietnam(now_us);
	bool made = false;
	int rc;

	describe(layers, &description);
	rc = strbuf_check(&description, err);
	if (!rc)
		rc = is_made(store, description.data, &made, err);
	if (rc || made)
		return rc;
	for (size_t i = 0; !rc && i < layers->count; i++)
		rc = add_indexes(store, &layers->layers[i], err);
	if (!rc)
		rc = store_run(store,
			"DELETE FROM search_token; DELETE FROM search_name; DELETE FROM search_rest;"
			" DELETE FROM search_word",
			err);
	for (size_t i = 0; !rc && i < layers->count; i++)
		if (search_index_wants(&layers->layers[i]))
			rc = add_layer(store, &layers->layers[i], &today, err);
	return rc ? rc : note_made(store, description.data, err);
}
