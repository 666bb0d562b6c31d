#include "server/cases/addresses.h"

#include <math.h>

#include "base/messages.h"
#include "data/house_number.h"
#include "gis/unit_finder.h"

#define DAY_US (INT64_C(86400) * 1000000)

/* --- what is wished ----------------------------------------------------------------------------- */

static bool same_alleys(const struct house_number *number, const struct street_chain *chain)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(STREET_LABEL_MAX);
	struct house_number alleys = *number;
	size_t len;

	if (!number->alley_count)
		return true;
	alleys.has_house = true;
	alleys.is_range = alleys.is_flat = false;
	alleys.house = alleys.alleys[--alleys.alley_count];
	house_number_print(&alleys, HOUSE_SOUTHERN, &path);
	len = strlen(chain->path);
	return !path.failed && path.len == len && !memcmp(path.data, chain->path, len);
}

int address_number_read(const char *text, const struct street_chain *chain,
	struct numbering_number *ret, struct error *err)
{
	struct house_number number;
	size_t rest, len = strlen(text);

	if (!house_number_read(text, len, &number, &rest) || !number.has_house || number.is_flat ||
		*number.house.before || rest != len || !same_alleys(&number, chain) ||
		strlen(number.house.behind) >= NUMBERING_SUFFIX_MAX || number.house.number < 1)
		return fail_number_unread(err, text);
	*ret = (struct numbering_number){.number = number.house.number};
	(void)snprintf(ret->suffix, sizeof ret->suffix, "%s", number.house.behind);
	if (number.is_range) {
		if (number.to.number <= number.house.number || *number.to.behind)
			return fail_number_unread(err, text);
		ret->to = number.to.number;
	}
	return 0;
}

/* Who has it is told when it is claimed, with the nearest that is free. */
static bool is_others(const struct address_work *work)
{
	const struct street_houses *houses = &work->proposal->survey.houses;

	for (size_t i = 0; i < houses->claim_count; i++)
		if (houses->claims[i].number == work->number.number &&
			!strcmp(houses->claims[i].suffix, work->number.suffix) &&
			houses->claims[i].address_id != work->id)
			return true;
	return false;
}

/* A number of the author's own: on the right side, in order, or with a reason. */
static int judge_number(const struct address_work *work, struct error *err)
{
	const struct proposal *proposal = work->proposal;
	const struct numbering_house *house = proposal->house;
	const struct street_houses *houses = &proposal->survey.houses;
	const struct numbering_number *number = &work->number;
	char plate[32];
	int parity;

	if (!house || work->order.side_reason || is_others(work))
		return 0;
	parity = numbering_parity(&houses->parameters, house->side);
	(void)snprintf(plate, sizeof plate, "%d%s", number->number, number->suffix);
	if (parity >= 0 && number->number % 2 != parity)
		return fail_number_wrong_side(err, plate);
	for (int behind = 0; behind < 2; behind++) {
		int64_t at = behind ? house->behind : house->before;
		const struct numbering_number *other = at < 0 ? NULL : &houses->houses[at].has;
		int order = other ? numbering_compare(other, number) : 0;

		/* One and the same is taken: that is told when it is claimed. */
		if (other && order && (order > 0) != behind)
			return fail_number_out_of_order(err, plate,
				houses->addresses[houses->houses[at].caller - 1].address.plate);
	}
	return 0;
}

static int choose_number(struct address_work *work, struct error *err)
{
	const struct proposal *proposal = work->proposal;
	const struct street_chain *chain = &proposal->survey.houses.chain;
	int rc;

	if (!proposal->survey.houses.street)
		return fail_number_undecided(err);
	if (!work->order.number) {
		work->number = proposal->number;
		if (work->order.deed == ADDRESS_ISSUE)
			work->number.to = 0;
		return proposal->state == PROPOSAL_CHOOSE || !proposal->number.number
			? fail_number_undecided(err)
			: 0;
	}
	rc = address_number_read(work->order.number, chain, &work->number, err);
	return rc ? rc : judge_number(work, err);
}

/* --- where --------------------------------------------------------------------------------------- */

static int find_unit(const struct address_work *work, const struct case_tools *tools,
	int64_t *ret_unit, struct error *err)
{
	autoptr(unit_finder_close) struct unit_finder *finder = NULL;
	double xy[2] = {work->proposal->front.east, work->proposal->front.north};
	uint32_t end = 1;
	const struct shape point = {.kind = GEOMETRY_POINT, .point_count = 1, .xy = xy,
		.ring_count = 1, .ring_ends = &end, .part_count = 1, .part_ends = &end,
		.z_m = (double)NAN};
	struct box box = {xy[0], xy[1], xy[0], xy[1]};
	int rc = unit_finder_open(tools->store, tools->layers, NULL, &box, &finder, err);

	if (!rc)
		*ret_unit = unit_finder_find(finder, &point);
	return rc;
}

/* The author's rights reach to the ward where it is. */
static int check_rights(const struct address_work *work, struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature = work->record.feature;
	bool source;

	memcpy(values, work->record.values, sizeof values);
	feature.values = values;
	return view_writable(&work->view, values, &feature, &source) ? 0 : fail_unit_forbidden(err);
}

static int say(const struct address_work *work, const struct case_tools *tools,
	const char *status, struct address_saying *ret, struct error *err)
{
	const struct proposal *proposal = work->proposal;

	*ret = (struct address_saying){
		.chain = &proposal->survey.houses.chain,
		.street_id = work->street_id,
		.number = work->number,
		.status = status,
		.parcel_id = proposal->parcel_id,
		.east = proposal->front.east,
		.north = proposal->front.north,
		.valid_from = work->order.valid_from,
	};
	return find_unit(work, tools, &ret->unit_id, err);
}

/* --- the deeds ----------------------------------------------------------------------------------- */

struct reading {
	struct address_work *work;
	const struct case_tools *tools;
};

static int take_record(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;
	struct address_work *work = reading->work;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature seen = *feature;

	memcpy(values, feature->values, work->layer->field_count * sizeof *values);
	seen.values = values;
	if (!view_admits(&work->view, values, &seen))
		return fail_no_such_address(err);
	return address_record_copy(
		work->layer, feature, reading->tools->arena, &work->record, err);
}

static int read_record(struct address_work *work, const struct case_tools *tools, int64_t id,
	struct error *err)
{
	struct reading reading = {work, tools};
	bool found = false;
	int rc = id < 1 || id > HISTORY_ID_MAX
		? 0
		: feature_read_row(
			  tools->store, work->layer, id, take_record, &reading, &found, err);

	if (rc || !found)
		return rc ? rc : fail_no_such_address(err);
	work->id = id;
	work->base_version = work->order.version ? work->order.version : work->record.feature.version;
	return work->base_version == work->record.feature.version
		? 0
		: fail_stale_version(err, work->base_version, work->record.feature.version);
}

/* Reservations whose land is no more, or whose time is over, end with the first number from them. */
static void note_freed(struct address_work *work)
{
	const struct street_houses *houses = &work->proposal->survey.houses;

	for (size_t i = 0; i < houses->address_count; i++) {
		const struct known_address *known = &houses->addresses[i];
		int64_t last = known->address.number_to ? known->address.number_to
							: known->address.number;

		if (known->is_freed && work->freed_count < PROPOSAL_CHOICES_MAX &&
			work->number.number >= known->address.number && work->number.number <= last)
			work->freed[work->freed_count++] = known->address.id;
	}
}

static int make_proposal(
	struct address_work *work, const struct case_tools *tools, struct error *err)
{
	int rc;

	work->proposal = arena_zero(tools->arena, 1, sizeof *work->proposal);
	if (!work->proposal)
		return fail_no_memory(err);
	rc = proposal_make(tools, &work->order.where, work->proposal, err);
	if (!rc && work->proposal->survey.houses.street)
		work->street_id = work->proposal->survey.houses.street->node.id;
	return rc;
}

static struct date reserved_until(const struct address_work *work)
{
	int days = work->order.days ? work->order.days : work->proposal->rules.reservation_days;

	return clock_date_vietnam(work->author.at_us + days * DAY_US);
}

/* What a parcel that has a number may still get. */
static int check_numbered(const struct address_work *work, struct error *err)
{
	const struct proposal *proposal = work->proposal;

	if (proposal->state != PROPOSAL_NUMBERED ||
		(work->order.another_door && work->order.where.has_door &&
			work->order.side_reason && work->order.number))
		return 0;
	return fail_parcel_numbered(err, proposal->address->address.label);
}

static int prepare_new(
	struct address_work *work, const struct case_tools *tools, struct error *err)
{
	bool reserve = work->order.deed == ADDRESS_RESERVE;
	const struct known_address *held;
	struct address_saying saying;
	int rc = make_proposal(work, tools, err);

	if (!rc)
		rc = check_numbered(work, err);
	if (!rc)
		rc = choose_number(work, err);
	if (!rc && !reserve && !work->proposal->survey.houses.scheme_id)
		rc = fail_scheme_missing(err, work->proposal->survey.houses.street->node.name);
	if (!rc)
		rc = say(work, tools, reserve ? "reserved" : "current", &saying, err);
	if (rc)
		return rc;
	note_freed(work);
	if (reserve)
		saying.reserved_until = reserved_until(work);
	held = work->proposal->state == PROPOSAL_NUMBERED ? NULL : work->proposal->address;
	if (!held) {
		rc = address_record_make(work->layer, &saying, tools->arena, &work->record, err);
		return rc ? rc : check_rights(work, err);
	}
	/* The reservation of the parcel becomes its number. */
	work->order.version = 0;
	rc = read_record(work, tools, held->address.id, err);
	if (!rc)
		rc = address_record_make(work->layer, &saying, tools->arena, &work->record, err);
	work->record.feature.id = work->id;
	return rc ? rc : check_rights(work, err);
}

static int prepare_renumber(
	struct address_work *work, const struct case_tools *tools, struct error *err)
{
	struct address_saying saying;
	struct address was;
	int rc = read_record(work, tools, work->order.address_id, err);

	if (rc)
		return rc;
	if (!*work->author.reason)
		return fail_reason_needed(err);
	if (!address_of(work->layer, &work->record.feature, &was))
		return fail_no_such_address(err);
	if (!strcmp(was.status, "retired"))
		return fail_address_retired(err, was.label);
	if (!work->order.number)
		return fail_number_member(err, "number");
	if (!work->order.where.parcel_id)
		work->order.where.parcel_id = was.parcel_id;
	if (!work->order.where.street_id)
		work->order.where.street_id = was.street_id;
	rc = make_proposal(work, tools, err);
	if (!rc)
		rc = choose_number(work, err);
	if (!rc && !work->proposal->survey.houses.scheme_id)
		rc = fail_scheme_missing(err, work->proposal->survey.houses.street->node.name);
	if (!rc)
		rc = say(work, tools, "current", &saying, err);
	if (!rc)
		rc = address_record_renumber(
			work->layer, &saying, tools->arena, &work->record, err);
	if (rc)
		return rc;
	note_freed(work);
	work->record.feature.valid_from = work->order.valid_from;
	work->record.feature.valid_to = (struct date){""};
	return check_rights(work, err);
}

static int prepare_retire(
	struct address_work *work, const struct case_tools *tools, struct error *err)
{
	struct address was;
	int rc = read_record(work, tools, work->order.address_id, err);

	if (!rc && !*work->author.reason)
		rc = fail_reason_needed(err);
	if (!rc && address_of(work->layer, &work->record.feature, &was) &&
		!strcmp(was.status, "retired"))
		rc = fail_address_retired(err, was.label);
	if (rc)
		return rc;
	address_record_set(
		work->layer, &work->record, work->layer->address->status, "retired");
	address_record_set(
		work->layer, &work->record, work->layer->address->reserved_until, NULL);
	work->record.feature.valid_from = work->order.valid_from;
	work->record.feature.valid_to = (struct date){""};
	return check_rights(work, err);
}

int address_prepare(
	struct address_work *work, const struct case_tools *tools, struct error *err)
{
	work->layer = layer_of_addresses(tools->layers);
	work->epsg = tools->city->epsg;
	if (!*work->order.valid_from.text)
		work->order.valid_from = clock_date_vietnam(work->author.at_us);
	switch (work->order.deed) {
	case ADDRESS_RENUMBER:
		return prepare_renumber(work, tools, err);
	case ADDRESS_RETIRE:
		return prepare_retire(work, tools, err);
	default:
		return prepare_new(work, tools, err);
	}
}
