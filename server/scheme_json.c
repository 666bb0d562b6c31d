#include "server/scheme_json.h"

#include <stdlib.h>

#include "base/messages.h"
#include "base/number.h"
#include "data/search_index.h"
#include "server/api_words.h"

/* --- what records are called --------------------------------------------------------------------- */

struct called {
	int64_t id;
	const char *text;
};

struct calling {
	const struct layer *layer;
	struct arena *arena;
	struct called *all;
	size_t count, room;
};

static int take_called(void *context, const struct feature *feature, struct error *err)
{
	struct calling *calling = context;
	char number[SEARCH_NAME_BYTES] = "";
	const char *text = number;
	struct address address;

	if (calling->layer->address && address_of(calling->layer, feature, &address))
		text = address.plate;
	else if (!search_number_of(calling->layer, feature->values, number))
		*number = '\0';
	if (calling->count == calling->room)
		return 1;
	text = arena_text(calling->arena, text, strlen(text));
	calling->all[calling->count++] = (struct called){feature->id, text};
	return text ? 0 : fail_no_memory(err);
}

static int call(const struct case_tools *tools, const struct layer *layer,
	struct id_list *ids, struct calling *ret, struct error *err)
{
	id_list_sort(ids);
	*ret = (struct calling){.layer = layer, .arena = tools->arena, .room = ids->count,
		.all = arena_zero(tools->arena, ids->count + 1, sizeof *ret->all)};
	if (!ret->all)
		return fail_no_memory(err);
	return feature_read_list(tools->store, &VIEW_NOW(layer), ids->ids, ids->count,
		take_called, ret, err);
}

static int by_called(const void *left, const void *right)
{
	const struct called *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

static const char *called(const struct calling *calling, int64_t id)
{
	const struct called key = {id, NULL};
	const struct called *found = calling->count
		? bsearch(&key, calling->all, calling->count, sizeof key, by_called)
		: NULL;

	return found ? found->text : NULL;
}

/* --- writing ------------------------------------------------------------------------------------ */

static void member_time(struct json_writer *json, const char *key, int64_t at_us)
{
	if (at_us)
		json_member_time(json, key, at_us);
	else
		json_member_text(json, key, NULL);
}

static void member_date(struct json_writer *json, const char *key, const struct date *date)
{
	json_member_text(json, key, *date->text ? date->text : NULL);
}

static void member_id(struct json_writer *json, const char *key, int64_t id)
{
	json_put_key(json, key);
	if (id)
		json_put_int(json, id);
	else
		json_put_null(json);
}

static void write_parameters(struct json_writer *json, const struct scheme *scheme)
{
	json_put_key(json, "parameters");
	json_begin_array(json);
	for (size_t i = 0; i < scheme->parameter_count; i++) {
		const struct scheme_parameter *parameter = &scheme->parameters[i];

		json_begin_object(json);
		json_member_text(json, "name", parameter->name);
		json_member_text(json, "value", parameter->value);
		json_member_text(json, "rule_id", parameter->rule_id);
		json_member_text(json, "document", parameter->document);
		member_date(json, "valid_from", &parameter->valid_from);
		member_date(json, "valid_to", &parameter->valid_to);
		json_end_object(json);
	}
	json_end_array(json);
}

void scheme_members_write(struct json_writer *json, const struct scheme *scheme)
{
	member_id(json, "id", scheme->id);
	json_member_int(json, "version", scheme->version);
	json_member_text(json, "state", scheme_state_names[scheme->state]);
	json_member_int(json, "street_id", scheme->street_id);
	json_member_text(json, "document", scheme->document);
	json_member_text(json, "note", scheme->note);
	json_member_text(json, "reason", scheme->reason);
	member_date(json, "valid_from", &scheme->valid_from);
	member_date(json, "valid_to", &scheme->valid_to);
	json_member_text(json, "made_by", scheme->made_by);
	member_time(json, "made_at", scheme->made_at_us);
	json_member_text(json, "submitted_by", scheme->submitted_by);
	member_time(json, "submitted_at", scheme->submitted_at_us);
	json_member_text(json, "decided_by", scheme->decided_by);
	member_time(json, "decided_at", scheme->decided_at_us);
}

/* A scheme on its way out. */
struct telling {
	struct place_writer places;
	const struct scheme *scheme;
	const struct street_chain *chain;
	struct calling parcels, addresses;
	enum lang lang;
};

static void write_doubt(struct json_writer *json, const char *code, enum lang lang)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(ERROR_TEXT_MAX);
	const union message_arg none[MESSAGE_ARGS_MAX] = {{.integer = NUMBERING_GREATEST}};

	json_put_key(json, "doubt");
	if (!code) {
		json_put_null(json);
		return;
	}
	message_print(&text, lang, scheme_doubt_message(code), none);
	json_begin_object(json);
	json_member_text(json, "code", code);
	json_member_text(json, "text", text.data ? text.data : "");
	json_end_object(json);
}

static void write_item(struct telling *telling, const struct scheme_item *item, size_t place)
{
	struct json_writer *json = telling->places.json;
	struct numbering_number number = {
		.number = (int)item->number, .to = (int)item->number_to};

	(void)snprintf(number.suffix, sizeof number.suffix, "%s", item->suffix);
	json_begin_object(json);
	json_member_int(json, "place", (int64_t)place);
	json_member_text(json, "act", scheme_act_names[item->act]);
	member_id(json, "parcel_id", item->parcel_id);
	json_member_text(json, "parcel_number", called(&telling->parcels, item->parcel_id));
	member_id(json, "address_id", item->address_id);
	json_member_text(json, "has", called(&telling->addresses, item->address_id));
	json_member_text(json, "side", numbering_side_word(item->side));
	json_put_key(json, "chainage_m");
	json_put_fixed(json, item->chainage_m, 2);
	numbering_number_write(json, "number", telling->chain, &number);
	write_doubt(json, item->doubt, telling->lang);
	place_write_point(&telling->places, "geometry", item->east, item->north);
	json_end_object(json);
}

static void write_counts(struct json_writer *json, const struct scheme *scheme)
{
	int64_t acts[ITEM_ACT_COUNT] = {0}, doubtful = 0, nothing = 0;

	for (size_t i = 0; i < scheme->item_count; i++) {
		if (scheme->items[i].number)
			acts[scheme->items[i].act]++;
		else
			nothing++;
		doubtful += scheme->items[i].doubt != NULL;
	}
	json_put_key(json, "counts");
	json_begin_object(json);
	for (int i = 0; i < ITEM_ACT_COUNT; i++)
		json_member_int(json, scheme_act_names[i], acts[i]);
	json_member_int(json, "nothing", nothing);
	json_member_int(json, "doubtful", doubtful);
	json_end_object(json);
}

static int call_all(struct telling *telling, const struct case_tools *tools, struct error *err)
{
	autofree(id_list_clear) struct id_list parcels = {0};
	autofree(id_list_clear) struct id_list addresses = {0};
	const struct scheme *scheme = telling->scheme;
	int rc = 0;

	for (size_t i = 0; !rc && i < scheme->item_count; i++) {
		if (scheme->items[i].parcel_id)
			rc = id_list_add(&parcels, scheme->items[i].parcel_id, err);
		if (!rc && scheme->items[i].address_id)
			rc = id_list_add(&addresses, scheme->items[i].address_id, err);
	}
	if (!rc)
		rc = call(tools, layer_of_land(tools->layers), &parcels, &telling->parcels, err);
	return rc ? rc
		  : call(tools, layer_of_addresses(tools->layers), &addresses,
			    &telling->addresses, err);
}

int scheme_write(struct json_writer *json, const struct scheme *scheme,
	const struct street_chain *chain, const struct case_tools *tools, enum lang lang,
	struct error *err)
{
	struct telling *telling = arena_zero(tools->arena, 1, sizeof *telling);
	int rc = telling ? place_writer_open(tools, json, &telling->places, err)
			 : fail_no_memory(err);

	if (rc)
		return rc;
	telling->scheme = scheme;
	telling->chain = chain;
	telling->lang = lang;
	rc = call_all(telling, tools, err);
	if (rc)
		return rc;
	json_begin_object(json);
	scheme_members_write(json, scheme);
	json_member_text(json, "street_name", chain->street);
	json_member_text(json, "path", chain->path);
	write_parameters(json, scheme);
	write_counts(json, scheme);
	json_put_key(json, "items");
	json_begin_array(json);
	for (size_t i = 0; i < scheme->item_count; i++)
		write_item(telling, &scheme->items[i], i + 1);
	json_end_array(json);
	json_end_object(json);
	return 0;
}

/* --- reading ------------------------------------------------------------------------------------ */

/* An order while it is read. */
struct order_reading {
	struct arena *arena;
	struct scheme_order *order;
	struct error *err;
	int rc;
};

static int read_text(struct arena *arena, const struct json_node *document, const char *key,
	const char **ret, struct error *err)
{
	const struct json_node *node = json_node_get(document, key);
	const char *text;

	if (!node || json_node_kind(node) == JSON_KIND_NULL)
		return 0;
	if (!json_node_text(node, &text) || strlen(text) > SCHEME_TEXT_MAX)
		return fail_number_member(err, key);
	*ret = arena_text(arena, text, strlen(text));
	return *ret ? 0 : fail_no_memory(err);
}

static int read_id(
	const struct json_node *document, const char *key, int64_t *ret, struct error *err)
{
	const struct json_node *node = json_node_get(document, key);

	if (!node || json_node_kind(node) == JSON_KIND_NULL)
		return 0;
	return json_node_int(node, ret) && *ret > 0 ? 0 : fail_number_member(err, key);
}

/* A value is a text or a number; numbers are kept as people write them. */
static int keep_value(struct arena *arena, const struct json_node *node, const char **ret)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(SCHEME_TEXT_MAX);
	const char *words;
	double number;

	if (json_node_text(node, &words))
		strbuf_add_text(&text, words);
	else if (json_node_number(node, &number))
		number_print_double(&text, number);
	else
		return ERR_INVALID;
	*ret = text.failed ? NULL : arena_text(arena, text.data ? text.data : "", text.len);
	return *ret ? 0 : ERR_INVALID;
}

static bool take_parameter(void *context, const char *key, const struct json_node *value)
{
	struct order_reading *reading = context;
	struct scheme_order *order = reading->order;
	size_t i = order->parameter_count;

	if (i == SCHEME_PARAMETERS_MAX || strlen(key) > SCHEME_TEXT_MAX ||
		keep_value(reading->arena, value, &order->parameters[i].value)) {
		reading->rc = fail_number_member(reading->err, "parameters");
		return false;
	}
	order->parameters[i].name = arena_text(reading->arena, key, strlen(key));
	if (!order->parameters[i].name)
		reading->rc = fail_no_memory(reading->err);
	order->parameter_count++;
	return !reading->rc;
}

static int read_wishes(struct arena *arena, const struct json_node *list,
	struct scheme_order *order, struct error *err)
{
	size_t count = json_node_count(list);
	int rc = 0;

	if (!list || json_node_kind(list) == JSON_KIND_NULL)
		return 0;
	if (json_node_kind(list) != JSON_KIND_ARRAY || count > SCHEME_WISHES_MAX)
		return fail_number_member(err, "wishes");
	order->wishes = arena_zero(arena, count + 1, sizeof *order->wishes);
	if (!order->wishes)
		return fail_no_memory(err);
	for (size_t i = 0; !rc && i < count; i++) {
		const struct json_node *node = json_node_at(list, i);
		struct scheme_wish *wish = &order->wishes[order->wish_count++];

		rc = read_id(node, "parcel_id", &wish->parcel_id, err);
		if (!rc)
			rc = read_id(node, "address_id", &wish->address_id, err);
		if (!rc)
			rc = read_text(arena, node, "number", &wish->number, err);
		if (!rc && !wish->parcel_id && !wish->address_id)
			rc = fail_number_member(err, "wishes");
	}
	return rc;
}

int scheme_order_read(struct arena *arena, const struct json_node *document,
	struct scheme_order *order, struct error *err)
{
	const struct json_node *parameters = json_node_get(document, "parameters");
	struct order_reading reading = {arena, order, err, 0};
	const char *from = NULL;
	int rc = json_node_kind(document) == JSON_KIND_OBJECT ? 0 : fail_number_member(err, "/");

	if (!rc)
		rc = read_id(document, "street_id", &order->street_id, err);
	if (!rc)
		rc = read_id(document, "version", &order->version, err);
	if (!rc)
		rc = read_text(arena, document, "document", &order->document, err);
	if (!rc)
		rc = read_text(arena, document, "note", &order->note, err);
	if (!rc)
		rc = read_text(arena, document, "reason", &order->reason, err);
	if (!rc)
		rc = read_text(arena, document, "valid_from", &from, err);
	if (!rc && from && !date_parse(from, strlen(from), &order->valid_from))
		rc = fail_number_member(err, "valid_from");
	if (!rc)
		rc = read_wishes(arena, json_node_get(document, "wishes"), order, err);
	if (!rc && parameters)
		json_node_each(parameters, take_parameter, &reading);
	return rc ? rc : reading.rc;
}
