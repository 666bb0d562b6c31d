#include "data/conflict.h"

#include "base/messages.h"

static const char *const state_names[] = {"open", "taken", "merged", "dropped"};

const char *conflict_state_name(enum conflict_state state)
{
	return state_names[state];
}

int conflict_add(struct store *store, struct conflict *conflict, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO conflict (id, layer, feature_id, base_version, current_version, kind, crs,"
		" body, author, account_id, reason, created_at, state) VALUES"
		" ((SELECT coalesce(max(id), 0) + 1 FROM conflict), $layer, $feature_id,"
		" $base_version, $current_version, $kind, $crs, $body, $author, $account_id,"
		" $reason, $created_at, 'open') RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", conflict->layer);
	query_bind_int(query, "feature_id", conflict->feature_id);
	query_bind_int(query, "base_version", conflict->base_version);
	query_bind_int(query, "current_version", conflict->current_version);
	query_bind_text(query, "kind", conflict->kind);
	query_bind_text(query, "crs", conflict->crs);
	query_bind_text(query, "body", conflict->body);
	query_bind_text(query, "author", conflict->author);
	query_bind_int(query, "account_id", conflict->account_id);
	query_bind_text(query, "reason", conflict->reason);
	query_bind_int(query, "created_at", conflict->created_at_us);
	rc = query_step(query, err);
	if (rc > 0)
		conflict->id = query_int(query, 0);
	return rc < 0 ? rc : 0;
}

static enum conflict_state state_of(const char *name)
{
	for (int i = 0; i < CONFLICT_DROPPED; i++)
		if (!strcmp(name, state_names[i]))
			return (enum conflict_state)i;
	return CONFLICT_DROPPED;
}

static const char *keep(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return query_is_null(query, column) ? NULL : arena_text(arena, text, len);
}

#define CONFLICT_COLUMNS                                                                           \
	"id, layer, feature_id, base_version, current_version, kind, crs, author, account_id,"     \
	" reason, created_at, state, decided_by, decided_at, result_version"

static int read_row(
	struct query *query, struct arena *arena, struct conflict *ret, struct error *err)
{
	*ret = (struct conflict){
		.id = query_int(query, 0),
		.layer = keep(query, 1, arena),
		.feature_id = query_int(query, 2),
		.base_version = query_int(query, 3),
		.current_version = query_int(query, 4),
		.kind = keep(query, 5, arena),
		.crs = keep(query, 6, arena),
		.author = keep(query, 7, arena),
		.account_id = query_int(query, 8),
		.reason = keep(query, 9, arena),
		.created_at_us = query_int(query, 10),
		.state = state_of(query_text(query, 11, NULL)),
		.decided_by = keep(query, 12, arena),
		.decided_at_us = query_int(query, 13),
		.result_version = query_int(query, 14),
	};
	if (!ret->layer || !ret->kind || !ret->crs || !ret->author || !ret->reason)
		return fail_no_memory(err);
	return query_check_row(query, err);
}

int conflict_read(struct store *store, int64_t id, struct arena *arena, struct conflict *ret,
	struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, "SELECT " CONFLICT_COLUMNS ", body FROM conflict WHERE id = $id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc ? rc : fail_no_such_conflict(err);
	rc = read_row(query, arena, ret, err);
	if (rc)
		return rc;
	ret->body = keep(query, 15, arena);
	return ret->body || query_is_null(query, 15) ? query_check_row(query, err)
						     : fail_no_memory(err);
}

int conflict_settle(struct store *store, int64_t id, enum conflict_state state,
	const char *decided_by, int64_t at_us, int64_t result_version, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 27);
	autoptr(query_done) struct query *query = NULL;
	struct conflict conflict;
	int rc = conflict_read(store, id, &arena, &conflict, err);

	if (!rc && conflict.state != CONFLICT_OPEN)
		rc = fail_conflict_closed(err);
	if (!rc)
		rc = store_query(store,
			"UPDATE conflict SET state = $state, decided_by = $by, decided_at = $at,"
			" result_version = $version WHERE id = $id",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	query_bind_text(query, "state", state_names[state]);
	query_bind_text(query, "by", decided_by);
	query_bind_int(query, "at", at_us);
	if (result_version)
		query_bind_int(query, "version", result_version);
	return query_run(query, err);
}

int conflict_list_open(struct store *store, int64_t after, int64_t most, conflict_visit *visit,
	void *context, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 20);
	autoptr(query_done) struct query *query = NULL;
	struct conflict conflict;
	int rc = store_query(store,
		"SELECT " CONFLICT_COLUMNS " FROM conflict WHERE state = 'open' AND id > $after"
		" ORDER BY id LIMIT $most",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "after", after);
	query_bind_int(query, "most", most);
	while ((rc = query_step(query, err)) > 0) {
		arena_reset(&arena);
		rc = read_row(query, &arena, &conflict, err);
		if (!rc)
			rc = visit(context, &conflict, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}
