#include "server/cases/address_exchange.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"
#include "data/address.h"
#include "data/feature_link.h"
#include "data/feature_read.h"
#include "server/cases/streets.h"

enum {
	UNITS_MAX = 20000, /* the country had 10,600 communes at most */
	KEY_MAX_BYTES = 200,
	ID_CHARS = 24,
	PIECE_BYTES = 1 << 16,
};

/* An administrative unit, in the order of the ids. */
struct unit {
	int64_t id;
	const char *code, *name;
};

struct exchanging {
	struct address_exchange *exchange;
	const struct layer *layer, *units_layer;
	const struct crs_path *to_wgs84;
	struct unit *units;
	size_t unit_count;
	struct strbuf piece; /* rows that are not written yet */
};

/* --- units ------------------------------------------------------------------------------------ */

static const char *keep_text(
	struct exchanging *exchanging, const struct feature *unit, const char *id)
{
	const struct layer_field *field =
		id ? layer_field_find(exchanging->units_layer, id, strlen(id)) : NULL;
	const struct value *value =
		field ? &unit->values[layer_field_index(exchanging->units_layer, field)] : NULL;

	return value && value->kind == VALUE_TEXT
		       ? arena_text(exchanging->exchange->tools->arena, value->text, value->len)
		       : "";
}

static int take_unit(void *context, const struct feature *feature, struct error *err)
{
	struct exchanging *exchanging = context;
	struct unit unit = {feature->id, keep_text(exchanging, feature, "code"),
		keep_text(exchanging, feature, exchanging->units_layer->look.label.field)};

	if (!unit.code || !unit.name)
		return fail_no_memory(err);
	exchanging->units[exchanging->unit_count++] = unit;
	return exchanging->unit_count == UNITS_MAX;
}

/* All in force; records come in the order of their ids. */
static int read_units(struct exchanging *exchanging, struct error *err)
{
	const struct case_tools *tools = exchanging->exchange->tools;

	exchanging->units_layer = layer_of_units(tools->layers);
	exchanging->units = arena_alloc(tools->arena, UNITS_MAX * sizeof *exchanging->units);
	if (!exchanging->units)
		return fail_no_memory(err);
	return exchanging->units_layer
		       ? feature_read_after(tools->store, &VIEW_NOW(exchanging->units_layer), 0,
				 take_unit, exchanging, err)
		       : 0;
}

static int by_id(const void *left, const void *right)
{
	const struct unit *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static struct unit find_unit(const struct exchanging *exchanging, int64_t id)
{
	const struct unit wanted = {.id = id};
	const struct unit *unit = bsearch(&wanted, exchanging->units, exchanging->unit_count,
		sizeof *exchanging->units, by_id);

	return unit ? *unit : (struct unit){id, "", ""};
}

/* --- addresses -------------------------------------------------------------------------------- */

static int flush(struct exchanging *exchanging, struct error *err)
{
	struct address_exchange *exchange = exchanging->exchange;
	int rc = strbuf_check(&exchanging->piece, err);

	if (!rc && exchanging->piece.len)
		rc = exchange->write(
			exchange->context, exchanging->piece.data, exchanging->piece.len, err);
	strbuf_reset(&exchanging->piece);
	return rc;
}

/* "15/3/7A Yersin" without its number: the street. */
static const char *street_in_label(const struct address *address)
{
	size_t len = strlen(address->plate);
	const char *rest = address->label + len;

	return !strncmp(address->label, address->plate, len) && *rest == ' ' ? rest + 1
									     : address->label;
}

/* As BAL's cle_interop: ward, street, number, suffix. */
static void print_key(struct strbuf *key, const struct unit *unit, const struct address *address)
{
	strbuf_add_format(key, "%s_%07lld_%05lld", *unit->code ? unit->code : "00000",
		(long long)address->street_id, (long long)address->number);
	if (*address->prefix || *address->suffix)
		strbuf_add_format(key, "_%s%s", address->prefix, address->suffix);
	if (address->flat)
		strbuf_add_format(key, "_%lld", (long long)address->flat);
}

static void print_id(char text[ID_CHARS], int64_t id)
{
	if (id > 0)
		snprintf(text, ID_CHARS, "%lld", (long long)id);
	else
		*text = '\0';
}

static int add_row(struct exchanging *exchanging, const struct feature *feature,
	const struct address *address, struct error *err)
{
	struct address_exchange *exchange = exchanging->exchange;
	struct unit unit = find_unit(exchanging, view_unit(exchanging->layer, feature));
	autofree(strbuf_clear) struct strbuf key = STRBUF(KEY_MAX_BYTES);
	char parcel[ID_CHARS], flat[ID_CHARS];
	struct date day = clock_date_vietnam(feature->recorded_at_us);
	double place[2] = {address->east, address->north};
	bool has_place = isfinite(place[0]) && isfinite(place[1]);
	int rc = has_place ? crs_path_move(exchanging->to_wgs84, place, 1, err) : 0;

	if (rc)
		return rc;
	print_key(&key, &unit, address);
	print_id(parcel, address->parcel_id);
	print_id(flat, address->flat);
	address_row_write(exchange->format, exchange->plain,
		&(struct address_row){.key = key.data,
			.uid = feature->uid.text,
			.number = address->plate,
			.unit = flat,
			.street = street_in_label(address),
			.ward_code = unit.code,
			.ward = unit.name,
			.city = exchange->tools->city->name,
			.lon = has_place ? place[0] : (double)NAN,
			.lat = has_place ? place[1] : (double)NAN,
			.east = address->east,
			.north = address->north,
			.parcels = parcel,
			.status = address->status,
			.day = day.text},
		&exchanging->piece);
	return exchanging->piece.len >= PIECE_BYTES ? flush(exchanging, err) : 0;
}

static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct exchanging *exchanging = context;
	struct address_exchange *exchange = exchanging->exchange;
	struct address address;

	if (!address_of(exchanging->layer, feature, &address) ||
		(!exchange->all_states && strcmp(address.status, "current") != 0) ||
		(exchange->unit_id && view_unit(exchanging->layer, feature) != exchange->unit_id) ||
		(exchange->street_id && address.street_id != exchange->street_id))
		return 0;
	if (exchange->rows == exchange->most)
		return fail_addresses_too_many(err, exchange->most);
	exchange->rows++;
	return add_row(exchanging, feature, &address, err);
}

static int read_addresses(struct exchanging *exchanging, struct error *err)
{
	const struct address_exchange *exchange = exchanging->exchange;
	struct store *store = exchange->tools->store;
	autofree(id_list_clear) struct id_list ids = {0};
	int rc;

	if (!exchange->street_id)
		return feature_read_after(store, exchange->view, 0, take_address, exchanging, err);
	rc = feature_link_list(store, exchanging->layer, exchanging->layer->address->street,
		exchange->street_id, &ids, err);
	return rc ? rc
		  : feature_read_list(store, exchange->view, ids.ids, ids.count, take_address,
			    exchanging, err);
}

/* Of a ward or a street that is none the file would be empty, which looks like an answer. */
static int check_scope(const struct exchanging *exchanging, struct error *err)
{
	const struct address_exchange *exchange = exchanging->exchange;
	const struct unit wanted = {.id = exchange->unit_id};
	struct street_node node;

	if (exchange->unit_id && !bsearch(&wanted, exchanging->units, exchanging->unit_count,
					 sizeof *exchanging->units, by_id))
		return fail_export_unit_unknown(err, exchange->unit_id);
	return exchange->street_id ? street_read(exchange->tools, exchange->street_id, &node, err)
				   : 0;
}

int address_exchange_run(struct address_exchange *exchange, struct error *err)
{
	const struct case_tools *tools = exchange->tools;
	struct exchanging exchanging = {.exchange = exchange,
		.layer = exchange->view->layer,
		.piece = STRBUF(2 * PIECE_BYTES)};
	int rc = crs_path_find(tools->crs, tools->city->epsg, CRS_WGS84, &exchanging.to_wgs84, err);

	exchange->rows = 0;
	if (!rc)
		rc = read_units(&exchanging, err);
	if (!rc)
		rc = check_scope(&exchanging, err);
	if (!rc) {
		address_rows_begin(exchange->format, &exchanging.piece);
		rc = read_addresses(&exchanging, err);
	}
	if (!rc)
		rc = flush(&exchanging, err);
	strbuf_clear(&exchanging.piece);
	return rc;
}
