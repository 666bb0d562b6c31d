#include "data/seal.h"

#include "base/messages.h"
#include "data/change.h"
#include "data/feature_row.h"
#include "data/history.h"

int seal_adopt(struct store *store, const struct layer *layer, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	int rc;

	strbuf_add_format(&sql, "INSERT INTO \"%s_history\" (key, id, action, ", layer->id);
	feature_row_list(&sql, layer, FEATURE_NAMES, true);
	strbuf_add_text(&sql, ") SELECT (id << 20) + version, id, 'create', ");
	feature_row_list(&sql, layer, FEATURE_NAMES, true);
	strbuf_add_format(&sql, " FROM \"%s\"", layer->id);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

/* A link while it is sealed. */
struct sealing {
	struct store *store;
	const struct layer_table *layers;
	const struct layer *layer;
	struct digest_order order;
	struct digest version;
	struct digest before;
	struct digest_maker maker;
	int64_t link; /* 0 none is open */
};

static int take_version(void *context, const struct feature *feature, struct error *err)
{
	struct sealing *sealing = context;

	(void)err;
	sealing->version = feature_digest(sealing->layer, &sealing->order, feature);
	return 1;
}

static int write_digest(struct store *store, const char *sql, int64_t number,
	const struct digest *digest, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, sql, &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "number", number);
	query_bind_bytes(query, "digest", digest->bytes, sizeof digest->bytes);
	return query_run(query, err);
}

static int close_link(struct sealing *sealing, struct error *err)
{
	if (!sealing->link)
		return 0;
	sealing->before = digest_end(&sealing->maker);
	return write_digest(sealing->store,
		"UPDATE change_link SET digest = $digest WHERE link = $number", sealing->link,
		&sealing->before, err);
}

static int seal_row(void *context, const struct change_row *row, struct error *err)
{
	struct sealing *sealing = context;
	struct change change = row->change;
	bool found = false;
	int rc = 0;

	if (row->link != sealing->link) {
		const struct change_author author = {row->actor, row->reason, row->recorded_at_us};

		rc = close_link(sealing, err);
		sealing->link = row->link;
		change_seal_begin(
			&sealing->maker, &sealing->before, row->link, &author, row->seq);
	}
	sealing->layer = layer_find(sealing->layers, row->layer, strlen(row->layer));
	if (!rc && !sealing->layer)
		return fail_register_damaged(err);
	sealing->order = feature_digest_order(sealing->layer);
	if (!rc)
		rc = history_read(sealing->store, sealing->layer, change.feature_id,
			change.version, take_version, sealing, &found, err);
	if (!rc && !found)
		rc = fail_register_damaged(err);
	if (rc)
		return rc;
	change.digest = sealing->version;
	change_seal_add(&sealing->maker, row->seq, row->layer, &change);
	return write_digest(sealing->store, "UPDATE change SET digest = $digest WHERE seq = $number",
		row->seq, &change.digest, err);
}

int seal_old_links(struct store *store, const struct layer_table *layers, struct error *err)
{
	struct sealing sealing = {.store = store, .layers = layers};
	int64_t unsealed = 0;
	int rc = store_int(store, "SELECT count(*) FROM change_link WHERE digest IS NULL", &unsealed,
		err);

	/* All or none: there was no other program in between. */
	if (rc || !unsealed)
		return rc;
	rc = change_read_after(store, 0, seal_row, &sealing, err);
	return rc ? rc : close_link(&sealing, err);
}
