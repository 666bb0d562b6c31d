#include "data/agenda.h"

static int add_day(struct store *store, const struct layer *layer, int64_t id,
	const struct date *day, const struct date *today, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (strcmp(day->text, today->text) <= 0)
		return 0;
	rc = store_query(store,
		"INSERT INTO agenda (day, layer, feature_id) VALUES ($day, $layer, $id)"
		" ON CONFLICT DO NOTHING",
		&query, err);
	if (rc)
		return rc;
	query_bind_text(query, "day", day->text);
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "id", id);
	return query_run(query, err);
}

int agenda_add(struct store *store, const struct layer *layer, const struct feature *feature,
	const struct date *today, struct error *err)
{
	int rc = add_day(store, layer, feature->id, &feature->valid_from, today, err);

	return rc ? rc : add_day(store, layer, feature->id, &feature->valid_to, today, err);
}

static int read_entries(struct store *store, const struct date *today,
	struct agenda_entry *ret_entries, size_t most, size_t *ret_count, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT DISTINCT layer, feature_id FROM agenda WHERE day <= $today"
		" ORDER BY layer, feature_id LIMIT $most",
		&query, err);

	*ret_count = 0;
	if (rc)
		return rc;
	query_bind_text(query, "today", today->text);
	query_bind_int(query, "most", (int64_t)most);
	while ((rc = query_step(query, err)) > 0) {
		struct agenda_entry *entry = &ret_entries[(*ret_count)++];

		snprintf(entry->layer, sizeof entry->layer, "%s", query_text(query, 0, NULL));
		entry->feature_id = query_int(query, 1);
	}
	return rc;
}

int agenda_take(struct store *store, const struct date *today, struct agenda_entry *ret_entries,
	size_t most, size_t *ret_count, struct error *err)
{
	int rc = read_entries(store, today, ret_entries, most, ret_count, err);

	for (size_t i = 0; !rc && i < *ret_count; i++) {
		autoptr(query_done) struct query *query = NULL;

		rc = store_query(store,
			"DELETE FROM agenda WHERE day <= $today AND layer = $layer"
			" AND feature_id = $id",
			&query, err);
		if (rc)
			return rc;
		query_bind_text(query, "today", today->text);
		query_bind_text(query, "layer", ret_entries[i].layer);
		query_bind_int(query, "id", ret_entries[i].feature_id);
		rc = query_run(query, err);
	}
	return rc;
}

int agenda_first_day(struct store *store, struct date *ret_day, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT min(day) FROM agenda", &query, err);

	*ret_day = (struct date){""};
	if (!rc)
		rc = query_step(query, err);
	if (rc <= 0)
		return rc;
	query_date(query, 0, ret_day);
	return 0;
}
