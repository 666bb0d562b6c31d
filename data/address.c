#include "data/address.h"

#include <math.h>
#include <string.h>

#include "base/messages.h"
#include "base/strbuf.h"

enum { KEY_MAX_BYTES = 200 };

static const struct value *field(
	const struct layer *layer, const struct feature *feature, const char *id)
{
	return &feature->values[layer_field_at(layer, id)];
}

static const char *text_of(const struct value *value)
{
	return value->kind == VALUE_TEXT ? value->text : "";
}

static int64_t int_of(const struct value *value)
{
	return value->kind == VALUE_INT ? value->integer : 0;
}

bool address_of(const struct layer *layer, const struct feature *feature, struct address *ret)
{
	const struct layer_address *role = layer->address;
	const struct value *until = field(layer, feature, role->reserved_until);

	*ret = (struct address){
		.id = feature->id,
		.version = feature->version,
		.street_id = int_of(field(layer, feature, role->street)),
		.prefix = text_of(field(layer, feature, role->prefix)),
		.number = int_of(field(layer, feature, role->number)),
		.suffix = text_of(field(layer, feature, role->suffix)),
		.number_to = int_of(field(layer, feature, role->number_to)),
		.flat = int_of(field(layer, feature, role->flat)),
		.plate = text_of(field(layer, feature, role->plate)),
		.label = text_of(field(layer, feature, role->label)),
		.status = text_of(field(layer, feature, role->status)),
		.parcel_id = int_of(field(layer, feature, role->parcel)),
		.building_id = int_of(field(layer, feature, role->building)),
		.east = feature->wkb.bytes ? feature->box.min_x : (double)NAN,
		.north = feature->wkb.bytes ? feature->box.min_y : (double)NAN,
	};
	if (until->kind == VALUE_TEXT)
		(void)date_parse(until->text, until->len, &ret->reserved_until);
	return ret->street_id > 0 && ret->number > 0;
}

/* "12||25|A|506": each number of a street once. */
static void make_key(struct strbuf *key, const struct address *address, int64_t number)
{
	bool is_first = number == address->number;

	strbuf_reset(key);
	strbuf_add_format(key, "%lld|%s|%lld|%s|", (long long)address->street_id,
		is_first ? address->prefix : "", (long long)number, is_first ? address->suffix : "");
	if (address->flat > 0)
		strbuf_add_format(key, "%lld", (long long)address->flat);
}

/* Takes the number unless somebody has it; *ret_holder: who has it now. */
static int take_number(struct store *store, const struct address *address, int64_t number, const char *key,
	int64_t *ret_holder, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO address_claim (number_key, address_id, street_id, number)"
		" VALUES ($key, $holder, $node, $number) ON CONFLICT (number_key)"
		" DO UPDATE SET address_id = address_claim.address_id RETURNING address_id",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "key", key);
	query_bind_int(query, "holder", address->id);
	query_bind_int(query, "node", address->street_id);
	query_bind_int(query, "number", number);
	rc = query_step(query, err);
	*ret_holder = rc > 0 ? query_int(query, 0) : 0;
	return rc < 0 ? rc : 0;
}

static int claim_one(
	struct store *store, const struct address *address, int64_t number, struct error *err)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(KEY_MAX_BYTES);
	int64_t holder = 0;
	int rc;

	make_key(&key, address, number);
	rc = strbuf_check(&key, err);
	if (!rc)
		rc = take_number(store, address, number, key.data, &holder, err);
	if (rc || holder == address->id)
		return rc;
	return fail_number_claimed(err, *address->label ? address->label : address->plate);
}

int address_claim(struct store *store, const struct layer *layer, const struct feature *feature,
	struct error *err)
{
	struct address address;
	int rc = 0;

	if (!address_of(layer, feature, &address))
		return 0;
	if (address.number > ADDRESS_NUMBER_MAX || address.number_to > ADDRESS_NUMBER_MAX ||
		address.number_to - address.number > ADDRESS_RANGE_MAX)
		return fail_number_too_large(err, ADDRESS_NUMBER_MAX, ADDRESS_RANGE_MAX);
	rc = claim_one(store, &address, address.number, err);
	/* On one side of a street every other number is the range's. */
	for (int64_t number = address.number + 1; !rc && number <= address.number_to; number++)
		if ((number - address.number) % 2 == 0 || number == address.number_to)
			rc = claim_one(store, &address, number, err);
	return rc;
}

int address_holder(struct store *store, const struct address *number, int64_t *ret_id,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(KEY_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	make_key(&key, number, number->number);
	rc = strbuf_check(&key, err);
	if (!rc)
		rc = store_query(store,
			"SELECT address_id FROM address_claim WHERE number_key = $key", &query,
			err);
	if (rc)
		return rc;
	query_bind_text(query, "key", key.data);
	rc = query_step(query, err);
	*ret_id = rc > 0 ? query_int(query, 0) : 0;
	return rc < 0 ? rc : 0;
}

int address_release(struct store *store, int64_t id, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "DELETE FROM address_claim WHERE address_id = $id", &query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	return query_run(query, err);
}

int address_claims(struct store *store, int64_t street_id, address_claim_visit *visit,
	void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT number, address_id, number_key FROM address_claim WHERE street_id = $node"
		" ORDER BY number, address_id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "node", street_id);
	while ((rc = query_step(query, err)) > 0) {
		rc = visit(context, query_int(query, 0), query_int(query, 1),
			query_text(query, 2, NULL), err);
		if (rc)
			return rc < 0 ? rc : 0;
	}
	return rc;
}
