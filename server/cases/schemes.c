#include "server/cases/schemes.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"
#include "server/cases/addresses.h"

/* --- doubts ------------------------------------------------------------------------------------- */

static const struct {
	const char *code;
	int message;
} doubts[] = {
	[NUMBERING_SURE] = {NULL, 0},
	[NUMBERING_AT_END] = {"at_end", MSG_STEP_AT_END},
	[NUMBERING_OUT_OF_ORDER] = {"out_of_order", MSG_DOUBT_ORDER},
	[NUMBERING_WRONG_SIDE] = {"wrong_side", MSG_DOUBT_SIDE},
	[NUMBERING_NO_ROOM] = {"no_room", MSG_STEP_NO_ROOM},
	[NUMBERING_BEFORE_FIRST] = {"before_first", MSG_STEP_BEFORE_FIRST},
	[NUMBERING_EXHAUSTED] = {"exhausted", MSG_DOUBT_EXHAUSTED},
};

static const char corner_doubt[] = "corner";

const char *scheme_doubt_code(enum numbering_doubt doubt)
{
	return doubts[doubt].code;
}

int scheme_doubt_message(const char *code)
{
	for (size_t i = 1; i < sizeof doubts / sizeof doubts[0]; i++)
		if (!strcmp(doubts[i].code, code))
			return doubts[i].message;
	return MSG_DOUBT_CORNER;
}

/* --- the draft ---------------------------------------------------------------------------------- */

static int read_parameters(struct scheme_work *work, const struct case_tools *tools,
	struct numbering_parameters *ret, struct error *err)
{
	const struct scheme_order *order = &work->order;
	int rc = 0;

	if (order->deed == SCHEME_MAKE)
		rc = numbering_rules_describe(&work->rules, tools->arena, &work->scheme, err);
	for (size_t i = 0; !rc && i < order->parameter_count; i++)
		rc = scheme_parameter_set(tools->arena, &work->scheme, order->parameters[i].name,
			order->parameters[i].value, err);
	return rc ? rc : scheme_parameters_read(&work->scheme, &work->rules, ret, err);
}

/* A parcel at several streets of one width: the officer should look whether it is this one. */
static bool is_corner(const struct scheme_work *work, int64_t parcel_id)
{
	const struct quarter *quarter = &work->survey.quarter;
	const struct quarter_parcel *parcel = quarter_parcel_of(quarter, parcel_id);

	return parcel && work->survey.fronts.all[parcel - quarter->parcels].why == FRONTAGE_ALIKE;
}

static enum scheme_act act_of(enum numbering_act act)
{
	static const enum scheme_act acts[] = {[NUMBERING_NOTHING] = ITEM_KEEP,
		[NUMBERING_KEEP] = ITEM_KEEP, [NUMBERING_GIVE] = ITEM_GIVE,
		[NUMBERING_CHANGE] = ITEM_RENUMBER, [NUMBERING_RESERVE] = ITEM_RESERVE};

	return acts[act];
}

static void find_door(const struct scheme_work *work, const struct numbering_house *house,
	struct scheme_item *item)
{
	const struct quarter *quarter = &work->survey.quarter;
	const struct quarter_parcel *parcel = quarter_parcel_of(quarter, house->parcel_id);

	if (house->caller) {
		const struct known_address *known =
			&work->survey.houses.addresses[house->caller - 1];

		item->address_version = known->address.version;
		item->east = known->address.east;
		item->north = known->address.north;
	}
	if (!parcel)
		return;
	item->parcel_version = parcel->version;
	if (!house->caller || isnan(item->east)) {
		item->east = work->survey.fronts.all[parcel - quarter->parcels].front.east;
		item->north = work->survey.fronts.all[parcel - quarter->parcels].front.north;
	}
}

static void make_item(const struct scheme_work *work, const struct numbering_house *house,
	struct scheme_item *item)
{
	*item = (struct scheme_item){
		.act = act_of(house->act),
		.parcel_id = house->parcel_id,
		.address_id = house->address_id,
		.side = house->side,
		.chainage_m = house->along_m,
		.number = house->given.number,
		.number_to = house->given.to,
		.suffix = house->given.suffix,
		.doubt = scheme_doubt_code(house->doubt),
	};
	find_door(work, house, item);
	if (!item->doubt && house->act != NUMBERING_KEEP && is_corner(work, house->parcel_id))
		item->doubt = corner_doubt;
}

static bool is_wished(const struct scheme_wish *wish, const struct scheme_item *item)
{
	return wish->address_id ? wish->address_id == item->address_id
				: wish->parcel_id == item->parcel_id;
}

/* What the author says of a house; *ret_left: it is left out. */
static int apply_wishes(const struct scheme_work *work, struct arena *arena,
	struct scheme_item *item, bool *ret_left, struct error *err)
{
	struct numbering_number number;
	const struct scheme_wish *wish = NULL;
	int rc;

	for (size_t i = 0; i < work->order.wish_count; i++)
		if (is_wished(&work->order.wishes[i], item))
			wish = &work->order.wishes[i];
	*ret_left = wish && !wish->number;
	if (!wish || !wish->number)
		return 0;
	rc = address_number_read(wish->number, &work->chain, &number, err);
	if (rc)
		return rc;
	item->number = number.number;
	item->number_to = number.to;
	item->suffix = arena_text(arena, number.suffix, strlen(number.suffix));
	item->doubt = NULL;
	if (item->act == ITEM_KEEP)
		item->act = item->address_id ? ITEM_RENUMBER : ITEM_GIVE;
	return item->suffix ? 0 : fail_no_memory(err);
}

static int make_items(
	struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	const struct street_houses *houses = &work->survey.houses;
	struct scheme *scheme = &work->scheme;
	int rc = 0;

	scheme->item_count = 0;
	scheme->items = arena_zero(tools->arena, houses->house_count + 1, sizeof *scheme->items);
	if (!scheme->items)
		return fail_no_memory(err);
	if (houses->house_count > SCHEME_ITEMS_MAX)
		return fail_scheme_too_large(err, SCHEME_ITEMS_MAX);
	for (size_t i = 0; !rc && i < houses->house_count; i++) {
		struct scheme_item *item = &scheme->items[scheme->item_count];
		bool left = false;

		make_item(work, &houses->houses[i], item);
		rc = apply_wishes(work, tools->arena, item, &left, err);
		scheme->item_count += !left;
	}
	return rc;
}

/* By number, so that those that are the same stand together. */
static int by_number(const void *left, const void *right)
{
	const struct scheme_item *a = *(const struct scheme_item *const *)left;
	const struct scheme_item *b = *(const struct scheme_item *const *)right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return strcmp(a->suffix, b->suffix);
}

static int check_doubles(
	const struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	const struct scheme *scheme = &work->scheme;
	const struct scheme_item **order =
		arena_zero(tools->arena, scheme->item_count + 1, sizeof *order);

	if (!order)
		return fail_no_memory(err);
	for (size_t i = 0; i < scheme->item_count; i++)
		order[i] = &scheme->items[i];
	qsort(order, scheme->item_count, sizeof *order, by_number);
	for (size_t i = 1; i < scheme->item_count; i++) {
		char plate[32];

		if (!order[i]->number || by_number(&order[i - 1], &order[i]))
			continue;
		(void)snprintf(plate, sizeof plate, "%lld%s", (long long)order[i]->number,
			order[i]->suffix);
		return fail_scheme_double(err, plate);
	}
	return 0;
}

static int draft(struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	struct numbering_parameters parameters;
	int rc = read_parameters(work, tools, &parameters, err);

	if (!rc)
		rc = street_survey_make(tools, &work->rules, work->scheme.street_id, &parameters,
			&work->survey, err);
	if (rc)
		return rc;
	work->chain = work->survey.houses.chain;
	rc = make_items(work, tools, err);
	if (!rc)
		rc = check_doubles(work, tools, err);
	work->scheme.made_by = work->author.actor;
	work->scheme.made_at_us = work->author.at_us;
	if (work->order.document)
		work->scheme.document = work->order.document;
	if (work->order.note)
		work->scheme.note = work->order.note;
	return rc;
}

/* --- what follows from the deed ------------------------------------------------------------------ */

static int read_old(struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	int rc = scheme_read(
		tools->store, work->order.id, true, tools->arena, &work->scheme, err);

	if (!rc && work->order.version && work->order.version != work->scheme.version)
		rc = fail_scheme_moved(err);
	return rc;
}

/* Rights reach to the ward of the street. */
static int check_street(
	struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	struct street_node node;
	uint64_t fields;
	bool source;
	int rc = street_read(tools, work->scheme.street_id, &node, err);

	if (!rc && !view_admits_unit(&work->view, node.unit_now, &fields, &source))
		rc = fail_no_such_street(err);
	return rc ? rc : street_chain_of(tools, &node, &work->chain, err);
}

static int check_words(const struct scheme_work *work, struct error *err)
{
	const struct scheme_order *order = &work->order;

	if (order->deed == SCHEME_REJECT && (!order->reason || !*order->reason))
		return fail_reason_needed(err);
	if (order->deed == SCHEME_APPROVE && !order->document && !work->scheme.document)
		return fail_scheme_document_missing(err);
	return 0;
}

int scheme_prepare(struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	struct date today = clock_date_vietnam(work->author.at_us);
	int rc = numbering_rules_read(tools, &today, 0, &work->rules, err);

	work->epsg = tools->city->epsg;
	work->layer = layer_of_addresses(tools->layers);
	if (!*work->order.valid_from.text)
		work->order.valid_from = today;
	if (rc)
		return rc;
	if (work->order.deed == SCHEME_MAKE)
		work->scheme.street_id = work->order.street_id;
	else
		rc = read_old(work, tools, err);
	if (!rc)
		rc = check_street(work, tools, err);
	if (!rc)
		rc = check_words(work, err);
	if (rc)
		return rc;
	if (work->order.deed <= SCHEME_REMAKE)
		return draft(work, tools, err);
	return work->order.deed == SCHEME_APPROVE ? scheme_prepare_approval(work, tools, err) : 0;
}
