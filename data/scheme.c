#include "data/scheme.h"

#include "base/messages.h"

const char *const scheme_state_names[] = {
	"draft", "submitted", "approved", "rejected", "replaced"};
const char *const scheme_act_names[] = {"keep", "give", "renumber", "reserve"};

static void bind_date(struct query *query, const char *name, const struct date *date)
{
	query_bind_text(query, name, *date->text ? date->text : NULL);
}

static void bind_id(struct query *query, const char *name, int64_t id)
{
	if (id)
		query_bind_int(query, name, id);
	else
		query_bind_null(query, name);
}

/* --- writing ------------------------------------------------------------------------------------ */

static int write_parameter(struct store *store, int64_t id,
	const struct scheme_parameter *parameter, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO numbering_parameter (scheme_id, name, value, rule_id, document,"
		" valid_from, valid_to) VALUES ($scheme, $name, $value, $rule, $document,"
		" $valid_from, $valid_to)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "scheme", id);
	query_bind_text(query, "name", parameter->name);
	query_bind_text(query, "value", parameter->value);
	query_bind_text(query, "rule", parameter->rule_id);
	query_bind_text(query, "document", parameter->document);
	bind_date(query, "valid_from", &parameter->valid_from);
	bind_date(query, "valid_to", &parameter->valid_to);
	return query_run(query, err);
}

static int write_item(struct store *store, int64_t id, size_t place,
	const struct scheme_item *item, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO numbering_item (scheme_id, place, act, parcel_id, parcel_version,"
		" address_id, address_version, side, chainage_m, east, north, number, suffix,"
		" number_to, doubt) VALUES ($scheme, $place, $act, $parcel_id, $parcel_version,"
		" $address_id, $address_version, $side, $chainage_m, $east, $north, $number,"
		" $suffix, $number_to, $doubt)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "scheme", id);
	query_bind_int(query, "place", (int64_t)place);
	query_bind_text(query, "act", scheme_act_names[item->act]);
	bind_id(query, "parcel_id", item->parcel_id);
	bind_id(query, "parcel_version", item->parcel_version);
	bind_id(query, "address_id", item->address_id);
	bind_id(query, "address_version", item->address_version);
	query_bind_int(query, "side", item->side);
	query_bind_real(query, "chainage_m", item->chainage_m);
	query_bind_real(query, "east", item->east);
	query_bind_real(query, "north", item->north);
	bind_id(query, "number", item->number);
	query_bind_text(query, "suffix", item->suffix && *item->suffix ? item->suffix : NULL);
	bind_id(query, "number_to", item->number_to);
	query_bind_text(query, "doubt", item->doubt);
	return query_run(query, err);
}

static int write_content(struct store *store, const struct scheme *scheme, struct error *err)
{
	int rc = scheme->item_count > SCHEME_ITEMS_MAX
		? fail_scheme_too_large(err, SCHEME_ITEMS_MAX)
		: 0;

	for (size_t i = 0; !rc && i < scheme->parameter_count; i++)
		rc = write_parameter(store, scheme->id, &scheme->parameters[i], err);
	for (size_t i = 0; !rc && i < scheme->item_count; i++)
		rc = write_item(store, scheme->id, i + 1, &scheme->items[i], err);
	return rc;
}

int scheme_create(struct store *store, struct scheme *scheme, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO numbering_scheme (id, street_id, state, version, document, note,"
		" made_by, made_at) VALUES"
		" ((SELECT coalesce(max(id), 0) + 1 FROM numbering_scheme), $node, 'draft', 1,"
		" $document, $note, $made_by, $made_at) RETURNING id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "node", scheme->street_id);
	query_bind_text(query, "document", scheme->document);
	query_bind_text(query, "note", scheme->note);
	query_bind_text(query, "made_by", scheme->made_by);
	query_bind_int(query, "made_at", scheme->made_at_us);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc < 0 ? rc : fail_internal(err);
	scheme->id = query_int(query, 0);
	scheme->version = 1;
	scheme->state = SCHEME_DRAFT;
	rc = query_run(query, err);
	return rc ? rc : write_content(store, scheme, err);
}

/* Steps an UPDATE … RETURNING version; no row: it is not as the author thinks. */
static int step_update(
	struct store *store, struct query *query, int64_t id, int64_t *ret_version, struct error *err)
{
	autoptr(query_done) struct query *look = NULL;
	int rc = query_step(query, err);

	if (rc > 0)
		*ret_version = query_int(query, 0);
	if (rc)
		return rc < 0 ? rc : 0;
	rc = store_query(store, "SELECT version FROM numbering_scheme WHERE id = $id", &look, err);
	if (rc)
		return rc;
	query_bind_int(look, "id", id);
	rc = query_step(look, err);
	if (rc < 0)
		return rc;
	return rc ? fail_scheme_moved(err) : fail_no_such_scheme(err);
}

static int delete_content(struct store *store, int64_t id, struct error *err)
{
	static const char *const statements[] = {
		"DELETE FROM numbering_parameter WHERE scheme_id = $id",
		"DELETE FROM numbering_item WHERE scheme_id = $id",
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < 2; i++) {
		autoptr(query_done) struct query *query = NULL;

		rc = store_query(store, statements[i], &query, err);
		if (rc)
			return rc;
		query_bind_int(query, "id", id);
		rc = query_run(query, err);
	}
	return rc;
}

int scheme_rewrite(struct store *store, struct scheme *scheme, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE numbering_scheme SET version = version + 1, document = $document,"
		" note = $note WHERE id = $id AND version = $version AND state = 'draft'"
		" RETURNING version",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", scheme->id);
	query_bind_int(query, "version", scheme->version);
	query_bind_text(query, "document", scheme->document);
	query_bind_text(query, "note", scheme->note);
	rc = step_update(store, query, scheme->id, &scheme->version, err);
	if (!rc)
		rc = delete_content(store, scheme->id, err);
	return rc ? rc : write_content(store, scheme, err);
}

/* From where to where a scheme may go, and which columns tell. */
static const struct {
	enum scheme_state to;
	const char *sql;
} moves[] = {
	{SCHEME_SUBMITTED,
		"UPDATE numbering_scheme SET version = version + 1, state = 'submitted',"
		" submitted_by = $by, submitted_at = $at, reason = $reason,"
		" document = coalesce($document, document), valid_from = $valid_from"
		" WHERE id = $id AND version = $version AND state = 'draft' RETURNING version"},
	{SCHEME_DRAFT,
		"UPDATE numbering_scheme SET version = version + 1, state = 'draft',"
		" decided_by = $by, decided_at = $at, reason = $reason,"
		" document = coalesce($document, document), valid_from = $valid_from"
		" WHERE id = $id AND version = $version AND state = 'submitted' RETURNING version"},
	{SCHEME_REJECTED,
		"UPDATE numbering_scheme SET version = version + 1, state = 'rejected',"
		" decided_by = $by, decided_at = $at, reason = $reason,"
		" document = coalesce($document, document), valid_from = $valid_from"
		" WHERE id = $id AND version = $version AND state IN ('draft', 'submitted')"
		" RETURNING version"},
	{SCHEME_APPROVED,
		"UPDATE numbering_scheme SET version = version + 1, state = 'approved',"
		" decided_by = $by, decided_at = $at, reason = $reason,"
		" document = coalesce($document, document), valid_from = $valid_from"
		" WHERE id = $id AND version = $version AND state = 'submitted' RETURNING version"},
};

int scheme_move(struct store *store, const struct scheme_move *move, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const char *sql = NULL;
	int64_t version;
	int rc;

	for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++)
		if (moves[i].to == move->to)
			sql = moves[i].sql;
	if (!sql)
		return fail_internal(err);
	rc = store_query(store, sql, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", move->id);
	query_bind_int(query, "version", move->version);
	query_bind_text(query, "by", move->by);
	query_bind_int(query, "at", move->at_us);
	query_bind_text(query, "reason", move->reason);
	query_bind_text(query, "document", move->document);
	bind_date(query, "valid_from", &move->valid_from);
	return step_update(store, query, move->id, &version, err);
}

int scheme_note_address(struct store *store, int64_t id, size_t place, int64_t address_id,
	int64_t address_version, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE numbering_item SET address_id = $address_id, address_version ="
		" $address_version WHERE scheme_id = $id AND place = $place",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "address_id", address_id);
	query_bind_int(query, "address_version", address_version);
	query_bind_int(query, "id", id);
	query_bind_int(query, "place", (int64_t)place);
	return query_run(query, err);
}

int scheme_replace_others(struct store *store, const struct scheme *scheme,
	const struct date *from, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE numbering_scheme SET state = 'replaced', version = version + 1,"
		" valid_to = $valid_to WHERE street_id = $node AND state = 'approved'"
		" AND id <> $id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "node", scheme->street_id);
	query_bind_int(query, "id", scheme->id);
	bind_date(query, "valid_to", from);
	return query_run(query, err);
}

/* --- reading ------------------------------------------------------------------------------------ */

#define SCHEME_COLUMNS                                                                             \
	"id, street_id, state, version, document, note, reason, valid_from, valid_to, made_by,"    \
	" made_at, submitted_by, submitted_at, decided_by, decided_at"

static const char *keep(struct query *query, int column, struct arena *arena)
{
	size_t len;
	const char *text = query_text(query, column, &len);

	return query_is_null(query, column) ? NULL : arena_text(arena, text, len);
}

static int index_of(const char *const *names, int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return 0;
}

static void read_row(struct query *query, struct arena *arena, struct scheme *ret)
{
	*ret = (struct scheme){
		.id = query_int(query, 0),
		.street_id = query_int(query, 1),
		.state = (enum scheme_state)index_of(
			scheme_state_names, SCHEME_STATE_COUNT, query_text(query, 2, NULL)),
		.version = query_int(query, 3),
		.document = keep(query, 4, arena),
		.note = keep(query, 5, arena),
		.reason = keep(query, 6, arena),
		.made_by = keep(query, 9, arena),
		.made_at_us = query_int(query, 10),
		.submitted_by = keep(query, 11, arena),
		.submitted_at_us = query_int(query, 12),
		.decided_by = keep(query, 13, arena),
		.decided_at_us = query_int(query, 14),
	};
	query_date(query, 7, &ret->valid_from);
	query_date(query, 8, &ret->valid_to);
}

static int read_parameters(
	struct store *store, struct arena *arena, struct scheme *scheme, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT name, value, rule_id, document, valid_from, valid_to"
		" FROM numbering_parameter WHERE scheme_id = $id ORDER BY name",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", scheme->id);
	while ((rc = query_step(query, err)) > 0 &&
		scheme->parameter_count < SCHEME_PARAMETERS_MAX) {
		struct scheme_parameter *parameter = &scheme->parameters[scheme->parameter_count++];

		*parameter = (struct scheme_parameter){keep(query, 0, arena), keep(query, 1, arena),
			keep(query, 2, arena), keep(query, 3, arena), {""}, {""}};
		query_date(query, 4, &parameter->valid_from);
		query_date(query, 5, &parameter->valid_to);
	}
	return rc < 0 ? rc : 0;
}

static int count_items(struct store *store, int64_t id, size_t *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT count(*) FROM numbering_item WHERE scheme_id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	*ret = rc > 0 ? (size_t)query_int(query, 0) : 0;
	return rc < 0 ? rc : 0;
}

static int read_items(
	struct store *store, struct arena *arena, struct scheme *scheme, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	size_t room = 0;
	int rc = count_items(store, scheme->id, &room, err);

	if (!rc)
		rc = store_query(store,
			"SELECT act, parcel_id, parcel_version, address_id, address_version, side,"
			" chainage_m, east, north, number, number_to, suffix, doubt"
			" FROM numbering_item WHERE scheme_id = $id ORDER BY place",
			&query, err);
	if (rc)
		return rc;
	scheme->items = arena_zero(arena, room + 1, sizeof *scheme->items);
	if (!scheme->items)
		return fail_no_memory(err);
	query_bind_int(query, "id", scheme->id);
	while ((rc = query_step(query, err)) > 0 && scheme->item_count < room) {
		const char *suffix = keep(query, 11, arena);

		scheme->items[scheme->item_count++] = (struct scheme_item){
			.act = (enum scheme_act)index_of(
				scheme_act_names, ITEM_ACT_COUNT, query_text(query, 0, NULL)),
			.parcel_id = query_int(query, 1),
			.parcel_version = query_int(query, 2),
			.address_id = query_int(query, 3),
			.address_version = query_int(query, 4),
			.side = (int)query_int(query, 5),
			.chainage_m = query_real(query, 6),
			.east = query_real(query, 7),
			.north = query_real(query, 8),
			.number = query_int(query, 9),
			.number_to = query_int(query, 10),
			.suffix = suffix ? suffix : "",
			.doubt = keep(query, 12, arena),
		};
	}
	return rc < 0 ? rc : 0;
}

int scheme_read(struct store *store, int64_t id, bool with_items, struct arena *arena,
	struct scheme *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT " SCHEME_COLUMNS " FROM numbering_scheme WHERE id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc < 0 ? rc : fail_no_such_scheme(err);
	read_row(query, arena, ret);
	rc = read_parameters(store, arena, ret, err);
	return rc || !with_items ? rc : read_items(store, arena, ret, err);
}

int scheme_list(struct store *store, int64_t street_id, int state, struct arena *arena,
	scheme_visit *visit, void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	size_t count = 0;
	int rc = store_query(store,
		"SELECT " SCHEME_COLUMNS " FROM numbering_scheme WHERE ($node = 0 OR"
		" street_id = $node) AND ($state = '' OR state = $state) ORDER BY id DESC",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "node", street_id);
	query_bind_text(query, "state", state < 0 ? "" : scheme_state_names[state]);
	while ((rc = query_step(query, err)) > 0 && count++ < SCHEME_LIST_MAX) {
		struct scheme scheme;

		read_row(query, arena, &scheme);
		rc = visit(context, &scheme, err);
		if (rc)
			return rc < 0 ? rc : 0;
	}
	return rc < 0 ? rc : 0;
}

int scheme_approved(struct store *store, int64_t street_id, const struct date *day,
	int64_t *ret_id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT id FROM numbering_scheme WHERE street_id = $node AND state = 'approved'"
		" AND (valid_from IS NULL OR valid_from <= $day)"
		" AND (valid_to IS NULL OR valid_to > $day) ORDER BY id DESC LIMIT 1",
		&query, err);

	*ret_id = 0;
	if (rc)
		return rc;
	query_bind_int(query, "node", street_id);
	query_bind_text(query, "day", day->text);
	rc = query_step(query, err);
	if (rc > 0)
		*ret_id = query_int(query, 0);
	return rc < 0 ? rc : 0;
}
