#include "data/change.h"

int change_last_seq(struct store *store, int64_t *ret_seq, struct error *err)
{
	return store_int(store, "SELECT max(seq) FROM change", ret_seq, err);
}

int change_begin(struct store *store, const struct change_author *author,
	struct change_set *ret_set, struct error *err)
{
	int64_t seq = 0, link = 0;
	int rc = change_last_seq(store, &seq, err);

	if (!rc)
		rc = store_int(store, "SELECT max(link) FROM change_link", &link, err);
	if (rc)
		return rc;
	*ret_set = (struct change_set){
		.store = store,
		.author = *author,
		.link = link + 1,
		.first_seq = seq + 1,
		.next_seq = seq + 1,
	};
	return 0;
}

int change_add(struct change_set *set, const struct layer *layer, const struct change *change,
	struct error *err)
{
	static const char *const actions[] = {"create", "update", "delete"};
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(set->store,
		"INSERT INTO change (seq, link, layer, feature_id, version, action,"
		" min_x, min_y, max_x, max_y)"
		" VALUES ($seq, $link, $layer, $feature_id, $version, $action,"
		" $min_x, $min_y, $max_x, $max_y)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "seq", set->next_seq);
	query_bind_int(query, "link", set->link);
	query_bind_text(query, "layer", layer->id);
	query_bind_int(query, "feature_id", change->feature_id);
	query_bind_int(query, "version", change->version);
	query_bind_text(query, "action", actions[change->action]);
	if (change->box.min_x <= change->box.max_x) {
		query_bind_real(query, "min_x", change->box.min_x);
		query_bind_real(query, "min_y", change->box.min_y);
		query_bind_real(query, "max_x", change->box.max_x);
		query_bind_real(query, "max_y", change->box.max_y);
	}
	rc = query_run(query, err);
	if (!rc)
		set->next_seq++;
	return rc;
}

int change_end(struct change_set *set, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc;

	if (set->next_seq == set->first_seq)
		return 0;
	rc = store_query(set->store,
		"INSERT INTO change_link (link, recorded_at, actor, reason, first_seq, last_seq)"
		" VALUES ($link, $recorded_at, $actor, $reason, $first_seq, $last_seq)",
		&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "link", set->link);
	query_bind_int(query, "recorded_at", set->author.at_us);
	query_bind_text(query, "actor", set->author.actor);
	query_bind_text(query, "reason", set->author.reason);
	query_bind_int(query, "first_seq", set->first_seq);
	query_bind_int(query, "last_seq", set->next_seq - 1);
	return query_run(query, err);
}
