#include "data/feature_link.h"

#include "base/messages.h"
#include "base/strbuf.h"

enum { SQL_MAX_BYTES = 1024 };

static int ensure(struct store *store, const struct layer *layer, const char *field,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	int rc;

	strbuf_add_format(&sql, "CREATE INDEX IF NOT EXISTS \"%s_%s\" ON \"%s\" (\"%s\")",
		layer->id, field, layer->id, field);
	rc = strbuf_check(&sql, err);
	return rc ? rc : store_run(store, sql.data, err);
}

int feature_link_ensure(struct store *store, const struct layer *layer, struct error *err)
{
	int rc = 0;

	if (layer->network)
		rc = ensure(store, layer, layer->network->parent, err);
	if (!rc && layer->address)
		rc = ensure(store, layer, layer->address->street, err);
	if (!rc && layer->address)
		rc = ensure(store, layer, layer->address->parcel, err);
	if (!rc && layer->house)
		rc = ensure(store, layer, layer->house->parcel, err);
	return rc;
}

int feature_link_list(struct store *store, const struct layer *layer, const char *field,
	int64_t id, struct id_list *ret_list, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(SQL_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql,
		"SELECT id FROM \"%s\" WHERE \"%s\" = $id AND in_force = 1 ORDER BY id", layer->id,
		field);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	while ((rc = query_step(query, err)) > 0) {
		if (ret_list->count == FEATURE_LINKS_MAX)
			return fail_too_many_links(err, FEATURE_LINKS_MAX);
		rc = id_list_add(ret_list, query_int(query, 0), err);
		if (rc)
			return rc;
	}
	return rc;
}
