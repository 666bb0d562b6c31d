#include "server/cases/city_numbering.h"

#include "base/messages.h"
#include "data/feature_write.h"
#include "server/cases/address_record.h"

int city_numbering_read(const struct case_tools *tools, const struct box *box,
	struct city_numbering *ret, struct error *err)
{
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	struct layer_state state;
	struct box all;
	struct quarter_boxes boxes = {&all, 1};
	int rc = layer_state_read(tools->store, layer_of_land(tools->layers), &state, err);

	*ret = (struct city_numbering){.quarter = {.tools = tools}};
	if (rc)
		return rc;
	all = box ? *box : state.box;
	rc = numbering_rules_read(tools, &today, 0, &ret->rules, err);
	if (!rc)
		rc = quarter_read(tools, &ret->rules, &boxes, &ret->quarter, err);
	if (!rc)
		rc = quarter_addresses_read(&ret->quarter, &boxes, 0, &ret->addresses, err);
	return rc ? rc : quarter_fronts_make(&ret->quarter, &ret->fronts, err);
}

int city_numbering_each(const struct city_numbering *numbering, city_numbering_visit *visit,
	void *context, struct error *err)
{
	const struct quarter *quarter = &numbering->quarter;
	int rc = 0;

	for (size_t i = 0; !rc && i < quarter->street_count; i++) {
		const struct quarter_street *street = &quarter->streets[i];
		struct street_houses houses;

		if (!street->is_measured || street->node.direction == STREET_UNDECIDED ||
			!street->node.in_force)
			continue;
		rc = street_houses_number(quarter, &numbering->fronts, &numbering->addresses,
			street->node.id, NULL, &houses, err);
		if (!rc && houses.house_count)
			rc = visit(context, &houses, err);
	}
	return rc < 0 ? rc : 0;
}

/* --- writing ------------------------------------------------------------------------------------ */

struct approving {
	const struct city_numbering *numbering;
	const struct city_decision *decision;
	struct store *store;
	const struct layer *layer;
	struct feature_writer writer;
	struct scheme *scheme;
	int64_t count;
};

static const struct parcel_front *front_of(
	const struct approving *approving, const struct numbering_house *house)
{
	const struct quarter *quarter = &approving->numbering->quarter;
	const struct quarter_parcel *parcel = quarter_parcel_of(quarter, house->parcel_id);

	return parcel ? &approving->numbering->fronts.all[parcel - quarter->parcels] : NULL;
}

static int add_item(struct approving *approving, const struct street_houses *houses,
	const struct numbering_house *house, struct error *err)
{
	const struct parcel_front *front = front_of(approving, house);
	struct arena *arena = houses->tools->arena;
	struct address_record *record = arena_alloc(arena, sizeof *record);
	struct scheme_item *item = &approving->scheme->items[approving->scheme->item_count];
	struct address_saying saying = {.chain = &houses->chain,
		.street_id = houses->street->node.id,
		.number = house->given,
		.status = house->act == NUMBERING_RESERVE ? "reserved" : "current",
		.parcel_id = house->parcel_id,
		.valid_from = approving->decision->valid_from};
	int rc;

	if (!front || !house->given.number ||
		(house->act != NUMBERING_GIVE && house->act != NUMBERING_RESERVE))
		return 0;
	if (!record)
		return fail_no_memory(err);
	saying.east = front->front.east;
	saying.north = front->front.north;
	saying.unit_id = front->parcel->unit_now;
	saying.issued_unit_id =
		approving->decision->as_issued ? front->parcel->unit_issued : saying.unit_id;
	rc = address_record_make(approving->layer, &saying, arena, record, err);
	if (!rc)
		rc = feature_writer_add(&approving->writer, &record->feature, err);
	*item = (struct scheme_item){
		house->act == NUMBERING_RESERVE ? ITEM_RESERVE : ITEM_GIVE, house->parcel_id,
		front->parcel->version, record->feature.id, 1, house->side, house->along_m,
		saying.east, saying.north, house->given.number, house->given.to,
		house->given.suffix, NULL};
	approving->scheme->item_count += !rc;
	return rc;
}

static int move_on(const struct approving *approving, enum scheme_state to, int64_t version,
	struct error *err)
{
	const struct city_decision *decision = approving->decision;
	const struct scheme_move move = {.id = approving->scheme->id, .version = version, .to = to,
		.by = decision->author.actor, .at_us = decision->author.at_us,
		.document = decision->document, .valid_from = decision->valid_from};

	return scheme_move(approving->store, &move, err);
}

static int approve(void *context, const struct street_houses *houses, struct error *err)
{
	struct approving *approving = context;
	const struct city_decision *decision = approving->decision;
	struct scheme *scheme = approving->scheme;
	int rc;

	if (!decision->wants(decision->context, houses))
		return 0;
	*scheme = (struct scheme){.street_id = houses->street->node.id,
		.document = decision->document, .made_by = decision->author.actor,
		.made_at_us = decision->author.at_us};
	scheme->items =
		arena_zero(houses->tools->arena, houses->house_count + 1, sizeof *scheme->items);
	if (!scheme->items)
		return fail_no_memory(err);
	rc = numbering_rules_describe(
		&approving->numbering->rules, houses->tools->arena, scheme, err);
	for (size_t i = 0; !rc && i < houses->house_count; i++)
		rc = add_item(approving, houses, &houses->houses[i], err);
	if (!rc)
		rc = scheme_create(approving->store, scheme, err);
	if (!rc)
		rc = move_on(approving, SCHEME_SUBMITTED, 1, err);
	if (!rc)
		rc = move_on(approving, SCHEME_APPROVED, 2, err);
	approving->count += (int64_t)scheme->item_count;
	return rc;
}

int city_numbering_approve(const struct city_numbering *numbering,
	const struct city_decision *decision, struct store *store, int64_t *ret_count,
	struct error *err)
{
	const struct case_tools *tools = numbering->quarter.tools;
	struct approving approving = {.numbering = numbering, .decision = decision,
		.store = store, .layer = layer_of_addresses(tools->layers),
		.scheme = arena_zero(tools->arena, 1, sizeof *approving.scheme)};
	struct change_set changes;
	int rc = approving.scheme ? change_begin(store, &decision->author, &changes, err)
				  : fail_no_memory(err);

	if (!rc)
		rc = feature_writer_open(store, approving.layer, tools->city->epsg, &changes,
			decision->randomness, &approving.writer, err);
	if (rc)
		return rc;
	rc = city_numbering_each(numbering, approve, &approving, err);
	if (!rc)
		rc = feature_writer_close(&approving.writer, err);
	feature_writer_clear(&approving.writer);
	*ret_count = approving.count;
	return rc ? rc : change_end(&changes, err);
}
