#include "server/cases/proposal.h"

#include <math.h>
#include <stdlib.h>

#include "base/messages.h"
#include "data/history.h"
#include "data/search_index.h"

static const double first_stretch_m = 60; /* of the street, to each side of a parcel */

/* --- saying why --------------------------------------------------------------------------------- */

static struct error *next_step(struct proposal *proposal, enum numbering_rule_kind rule)
{
	struct proposal_step *step;

	if (proposal->step_count == PROPOSAL_STEPS_MAX)
		proposal->step_count--; /* cannot be: there are fewer kinds of steps */
	step = &proposal->steps[proposal->step_count++];
	*step = (struct proposal_step){.rule = rule};
	return &step->what;
}

#define STEP(proposal, rule, message, ...)                                                         \
	(void)error_set(next_step(proposal, rule), message,                                        \
		(const union message_arg[MESSAGE_ARGS_MAX]){__VA_ARGS__})

static struct proposal_choice *add_choice(struct proposal *proposal)
{
	if (proposal->choice_count == PROPOSAL_CHOICES_MAX)
		proposal->choice_count--;
	proposal->choices[proposal->choice_count] = (struct proposal_choice){.street = ""};
	return &proposal->choices[proposal->choice_count++];
}

#define WHY(choice, message, ...)                                                                  \
	(void)error_set(&(choice)->why, message,                                                   \
		(const union message_arg[MESSAGE_ARGS_MAX]){__VA_ARGS__})

/* --- the parcel --------------------------------------------------------------------------------- */

struct parcel_reading {
	const struct case_tools *tools;
	struct proposal *proposal;
	struct box box;
};

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct parcel_reading *reading = context;
	char number[SEARCH_NAME_BYTES];

	if (!feature->wkb.bytes)
		return fail_parcel_without_place(err);
	reading->box = feature->box;
	reading->proposal->parcel_version = feature->version;
	if (search_number_of(layer_of_land(reading->tools->layers), feature->values, number))
		reading->proposal->parcel =
			arena_text(reading->tools->arena, number, strlen(number));
	return reading->proposal->parcel ? 0 : fail_no_memory(err);
}

static int read_parcel(const struct case_tools *tools, const struct proposal_order *order,
	struct proposal *proposal, struct box *ret_box, struct error *err)
{
	struct parcel_reading reading = {tools, proposal, box_empty};
	bool found = false;
	int rc = order->parcel_id < 1 || order->parcel_id > HISTORY_ID_MAX
		? 0
		: feature_read_one(tools->store, &VIEW_NOW(layer_of_land(tools->layers)),
			  order->parcel_id, take_parcel, &reading, &found, err);

	*ret_box = reading.box;
	return rc || found ? rc : fail_no_such_parcel(err);
}

/* --- which street ------------------------------------------------------------------------------- */

/* The streets around the parcel. */
struct streets_around {
	struct quarter quarter;
	struct frontage_street near[FRONTAGE_STREETS_MAX];
	struct frontage_choice choice;
};

static const char *name_of(const struct streets_around *around, size_t i)
{
	const struct quarter_street *street = quarter_street_of(
		&around->quarter, around->near[around->choice.streets[i]].id);

	return street ? street->node.name : "";
}

static double width_of(const struct streets_around *around, size_t i)
{
	double width = around->near[around->choice.streets[i]].width_m;

	return isfinite(width) ? width : 0;
}

static void offer_streets(struct proposal *proposal, const struct streets_around *around)
{
	for (size_t i = 0; i < around->choice.count; i++) {
		struct proposal_choice *choice = add_choice(proposal);

		choice->street_id = around->near[around->choice.streets[i]].id;
		choice->street = name_of(around, i);
		WHY(choice, MSG_CHOICE_STREET, {.text = choice->street},
			{.real = around->choice.fronts[i].length_m},
			{.real = around->choice.fronts[i].near_m});
	}
}

/* Tells why it is that street; the choice is of the rule alone. */
static void explain_street(struct proposal *proposal, const struct streets_around *around)
{
	const struct frontage_choice *choice = &around->choice;

	switch (choice->why) {
	case FRONTAGE_ONE:
		STEP(proposal, RULE_REACH, MSG_STEP_ONE_STREET, {.text = name_of(around, 0)},
			{.real = round(choice->fronts[0].length_m * 10) / 10});
		break;
	case FRONTAGE_WIDER:
		STEP(proposal, RULE_CORNER, MSG_STEP_CORNER, {.text = name_of(around, 0)},
			{.real = width_of(around, 0)}, {.text = name_of(around, 1)},
			{.real = width_of(around, 1)});
		break;
	case FRONTAGE_ALIKE:
		STEP(proposal, RULE_CORNER, MSG_STEP_ALIKE, {.text = name_of(around, 0)},
			{.text = name_of(around, 1)});
		offer_streets(proposal, around);
		proposal->state = PROPOSAL_CHOOSE;
		break;
	case FRONTAGE_NONE:
		STEP(proposal, RULE_REACH, MSG_STEP_NO_STREET, {.integer = 0});
		offer_streets(proposal, around);
		proposal->state = PROPOSAL_CHOOSE;
		break;
	}
}

static int look_around(const struct case_tools *tools, const struct proposal_order *order,
	struct proposal *proposal, const struct box *box, struct streets_around *around,
	struct error *err)
{
	const struct quarter_parcel *parcel;
	double reach = proposal->rules.limits.search_m;
	struct box grown = {box->min_x - reach, box->min_y - reach, box->max_x + reach,
		box->max_y + reach};
	struct quarter_boxes boxes = {&grown, 1};
	int rc = quarter_read(tools, &proposal->rules, &boxes, &around->quarter, err);

	if (rc)
		return rc;
	parcel = quarter_parcel_of(&around->quarter, order->parcel_id);
	if (!parcel)
		return fail_no_such_parcel(err);
	if (!parcel->has_houses && !order->street_id)
		return fail_use_without_houses(err, parcel->use);
	quarter_choose(&around->quarter, parcel, QUARTER_NEAR, around->near, &around->choice);
	return 0;
}

/* --- the houses of that street ------------------------------------------------------------------ */

/* How far a place lies from the street, and whether that may be. */
static int check_door(const struct proposal *proposal, const struct quarter_street *street,
	const struct frontage *front, bool is_door, struct error *err)
{
	if (front->foot.distance_m <= proposal->rules.limits.far_m)
		return 0;
	return is_door ? fail_door_far(err, round(front->foot.distance_m), street->node.name)
		       : fail_parcel_far(err, round(front->foot.distance_m), street->node.name);
}

/* Puts the parcel at the street that was chosen, with the door that was given. */
static int set_front(struct proposal *proposal, const struct proposal_order *order,
	const struct quarter_street *street, const struct quarter_parcel *parcel,
	struct error *err)
{
	struct parcel_front *front =
		&proposal->survey.fronts.all[parcel - proposal->survey.quarter.parcels];
	double least = proposal->rules.limits.far_m;

	struct street_part part;

	front->street_id = street->node.id;
	street_line_part(&street->line, &parcel->box, &part);
	if (!frontage_of(&part, &parcel->shape, &front->front)) {
		double inner[2] = {(parcel->box.min_x + parcel->box.max_x) / 2,
			(parcel->box.min_y + parcel->box.max_y) / 2};

		front->front = (struct frontage){.east = inner[0], .north = inner[1]};
		street_line_foot(&street->line, inner[0], inner[1], &front->front.foot);
	}
	if (order->has_door) {
		if (shape_distance(&parcel->shape, order->door[0], order->door[1]) > least)
			return fail_door_off_parcel(err,
				round(shape_distance(
					&parcel->shape, order->door[0], order->door[1])));
		front->front.east = order->door[0];
		front->front.north = order->door[1];
		street_line_foot(
			&street->line, order->door[0], order->door[1], &front->front.foot);
	}
	proposal->front = front->front;
	return check_door(proposal, street, &front->front, order->has_door, err);
}

/* The stretch of a street that is looked at. */
struct stretch {
	const struct quarter_street *street;
	double from_m, to_m;
};

static int survey_stretch(const struct case_tools *tools, const struct proposal_order *order,
	const struct stretch *stretch, struct proposal *proposal, struct error *err)
{
	struct street_survey *survey = &proposal->survey;
	int64_t street_id = stretch->street->node.id;
	const struct quarter_parcel *parcel;
	int rc = street_survey_read(tools, &proposal->rules, stretch->street, stretch->from_m,
		stretch->to_m, survey, err);

	if (rc)
		return rc;
	parcel = quarter_parcel_of(&survey->quarter, order->parcel_id);
	if (!parcel)
		return fail_parcel_far(err, proposal->rules.limits.front_gap_m,
			stretch->street->node.name);
	rc = set_front(
		proposal, order, quarter_street_of(&survey->quarter, street_id), parcel, err);
	quarter_fronts_sort(&survey->fronts);
	return rc ? rc
		  : street_houses_number(&survey->quarter, &survey->fronts, &survey->addresses,
			    street_id, NULL, &survey->houses, err);
}

/* Whether nothing on the street has a number: what comes behind the parcel does not count then. */
static bool is_open_behind(const struct proposal *proposal, int64_t parcel_id)
{
	const struct street_houses *houses = &proposal->survey.houses;
	const struct numbering_house *house = street_house_of_parcel(houses, parcel_id);

	return house && house->ahead_m == 0 && !houses->claim_count;
}

/*
 * What is numbered on both sides of the parcel, or the end of the street, is what its number hangs on; where
 * nothing has a number, what comes behind it does not count.
 */
static bool is_enough(const struct proposal *proposal, const struct stretch *stretch, int64_t parcel_id)
{
	const struct street_houses *houses = &proposal->survey.houses;
	const struct numbering_house *house = street_house_of_parcel(houses, parcel_id);
	bool from_start = stretch->from_m <= 0;
	bool to_end = stretch->to_m >= stretch->street->line.length_m;

	return (from_start && to_end) || (house && house->ahead_m == 0 &&
		(from_start || house->before >= 0) &&
		(to_end || house->behind >= 0 || is_open_behind(proposal, parcel_id)));
}

/* Looks at a stretch of the street around the parcel, at more of it until that is enough. */
static int survey_street(const struct case_tools *tools, const struct proposal_order *order,
	int64_t street_id, const struct box *box, struct proposal *proposal, struct error *err)
{
	struct quarter_street street;
	struct stretch stretch = {.street = &street};
	struct street_foot foot;
	double reach = first_stretch_m, behind;
	int rc = quarter_street_read(tools, street_id, &street, err);

	if (rc)
		return rc;
	street_line_foot(&street.line, (box->min_x + box->max_x) / 2,
		(box->min_y + box->max_y) / 2, &foot);
	reach += hypot(box->max_x - box->min_x, box->max_y - box->min_y);
	behind = reach;
	do {
		/* A ring is looked at as a whole: its beginning is nowhere. */
		stretch.from_m = street.line.is_closed ? 0 : foot.chainage_m - reach;
		stretch.to_m = street.line.is_closed ? street.line.length_m
						     : foot.chainage_m + behind;
		rc = survey_stretch(tools, order, &stretch, proposal, err);
		reach *= 4;
		if (!rc && !is_open_behind(proposal, order->parcel_id))
			behind = reach;
	} while (!rc && !is_enough(proposal, &stretch, order->parcel_id));
	return rc;
}

/* --- the number --------------------------------------------------------------------------------- */

static bool is_claimed(const struct street_houses *houses, int number)
{
	for (size_t i = 0; i < houses->claim_count; i++)
		if (houses->claims[i].number == number && !*houses->claims[i].suffix)
			return true;
	return false;
}

size_t proposal_free_near(const struct street_houses *houses, int side, int number,
	int ret[PROPOSAL_FREE_MAX])
{
	const struct numbering_parameters *parameters = &houses->parameters;
	int parity = numbering_parity(parameters, side), step = parity < 0 ? 1 : 2;
	size_t count = 0;

	if (parity >= 0 && number % 2 != parity)
		number++;
	for (int away = 0; count < PROPOSAL_FREE_MAX && away <= NUMBERING_GREATEST; away += step)
		for (int sign = 1; sign >= -1 && count < PROPOSAL_FREE_MAX; sign -= 2) {
			int candidate = number + sign * away;

			if (candidate < parameters->start || candidate > NUMBERING_GREATEST ||
				(!away && sign < 0) || is_claimed(houses, candidate))
				continue;
			ret[count++] = candidate;
		}
	return count;
}

static void explain_place(struct proposal *proposal)
{
	const struct numbering_house *house = proposal->house;
	const struct street_houses *houses = &proposal->survey.houses;
	int parity = numbering_parity(&houses->parameters, house->side);

	STEP(proposal, RULE_DIRECTION, MSG_STEP_CHAINAGE, {.real = round(house->along_m * 10) / 10},
		{.text = houses->street->node.name});
	if (parity < 0)
		STEP(proposal, RULE_SIDES, MSG_STEP_ONE_ROW, {.integer = 0});
	else if (house->side > 0)
		STEP(proposal, RULE_SIDES, parity ? MSG_STEP_LEFT_ODD : MSG_STEP_LEFT_EVEN,
			{.integer = 0});
	else
		STEP(proposal, RULE_SIDES, parity ? MSG_STEP_RIGHT_ODD : MSG_STEP_RIGHT_EVEN,
			{.integer = 0});
	if (street_line_crosses_itself(&houses->street->line))
		STEP(proposal, RULE_NONE, MSG_STEP_CROSSES_ITSELF, {.integer = 0});
}

static const char *plate_of(const struct proposal *proposal, int64_t position)
{
	const struct street_houses *houses = &proposal->survey.houses;
	const struct numbering_house *house = position < 0 ? NULL : &houses->houses[position];

	return house && house->caller ? houses->addresses[house->caller - 1].address.plate : "";
}

static void explain_neighbours(struct proposal *proposal)
{
	const char *before = plate_of(proposal, proposal->house->before);
	const char *behind = plate_of(proposal, proposal->house->behind);

	if (*before && *behind)
		STEP(proposal, RULE_SEQUENCE, MSG_STEP_BETWEEN, {.text = before},
			{.text = behind});
	else if (*before)
		STEP(proposal, RULE_SEQUENCE, MSG_STEP_BEHIND, {.text = before});
	else if (*behind)
		STEP(proposal, RULE_SEQUENCE, MSG_STEP_BEFORE, {.text = behind});
	else
		STEP(proposal, RULE_SEQUENCE, MSG_STEP_FIRST, {.integer = 0});
}

static const char *plate_text(struct proposal *proposal, const struct numbering_number *number)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(STREET_LABEL_MAX * 2);
	const char *kept;

	street_plate(&proposal->survey.houses.chain, number, &text);
	kept = text.failed ? NULL
			   : arena_text(proposal->survey.quarter.tools->arena, text.data, text.len);
	return kept ? kept : "";
}

/* The letter that follows on the number before, in order or not. */
static void offer_letter(struct proposal *proposal, int base)
{
	const struct street_houses *houses = &proposal->survey.houses;

	for (const char *letter = houses->parameters.letters; *letter; letter++) {
		struct numbering_number number = {base, 0, {*letter}};
		bool taken = false;
		struct proposal_choice *choice;

		for (size_t i = 0; !taken && i < houses->claim_count; i++)
			taken = houses->claims[i].number == base &&
				!strcmp(houses->claims[i].suffix, number.suffix);
		if (taken)
			continue;
		choice = add_choice(proposal);
		choice->number = number;
		WHY(choice, MSG_CHOICE_LETTER, {.text = plate_text(proposal, &number)});
		return;
	}
}

static void offer_number(struct proposal *proposal, int number, int message)
{
	struct proposal_choice *choice = add_choice(proposal);

	choice->number = (struct numbering_number){.number = number};
	WHY(choice, message, {.text = plate_text(proposal, &choice->number)});
}

/* The number that a side would go on with. */
static int next_of_side(const struct street_houses *houses, int side)
{
	int parity = numbering_parity(&houses->parameters, side), next = houses->parameters.start;

	if (parity >= 0 && next % 2 != parity)
		next++;
	for (size_t i = 0; i < houses->house_count; i++) {
		const struct numbering_house *house = &houses->houses[i];
		int last = house->has.to ? house->has.to : house->has.number;

		if (house->side == side && last >= next)
			next = last + houses->parameters.step;
	}
	while (is_claimed(houses, next) && next <= NUMBERING_GREATEST)
		next += houses->parameters.step;
	return next;
}

static void explain_doubt(struct proposal *proposal)
{
	const struct numbering_house *house = proposal->house;
	const struct street_houses *houses = &proposal->survey.houses;

	switch (house->doubt) {
	case NUMBERING_AT_END:
		STEP(proposal, RULE_SIDES, MSG_STEP_AT_END, {.integer = 0});
		offer_number(proposal, next_of_side(houses, 1), MSG_CHOICE_LEFT);
		offer_number(proposal, next_of_side(houses, -1), MSG_CHOICE_RIGHT);
		break;
	case NUMBERING_NO_ROOM:
		STEP(proposal, RULE_SUFFIX, MSG_STEP_NO_ROOM, {.integer = 0});
		if (house->before >= 0)
			offer_letter(proposal, houses->houses[house->before].has.number);
		break;
	case NUMBERING_BEFORE_FIRST:
		STEP(proposal, RULE_SUFFIX, MSG_STEP_BEFORE_FIRST, {.integer = 0});
		if (house->behind >= 0)
			offer_letter(proposal, houses->houses[house->behind].has.number);
		break;
	case NUMBERING_EXHAUSTED:
		STEP(proposal, RULE_SEQUENCE, MSG_STEP_EXHAUSTED, {.integer = NUMBERING_GREATEST});
		break;
	default:
		return;
	}
	proposal->state = PROPOSAL_CHOOSE;
}

static void explain_number(struct proposal *proposal)
{
	const struct numbering_house *house = proposal->house;

	proposal->number = house->given;
	explain_neighbours(proposal);
	explain_doubt(proposal);
	if (!proposal->number.number) {
		if (house->is_empty && proposal->state == PROPOSAL_DECIDED) {
			STEP(proposal, RULE_RESERVE, MSG_STEP_EMPTY, {.integer = 0});
			proposal->state = PROPOSAL_CHOOSE;
		}
		return;
	}
	if (*proposal->number.suffix)
		STEP(proposal, RULE_SUFFIX, MSG_STEP_LETTER,
			{.text = plate_text(proposal, &proposal->number)});
	else if (proposal->number.to)
		STEP(proposal, RULE_RESERVE, MSG_STEP_RESERVED_RANGE,
			{.real = round(house->front_m * 10) / 10},
			{.text = plate_text(proposal, &proposal->number)});
	else
		STEP(proposal, RULE_SEQUENCE, MSG_STEP_NUMBER,
			{.text = plate_text(proposal, &proposal->number)});
}

/* It has one, or one is reserved for it. */
static void explain_known(struct proposal *proposal, const struct known_address *known,
	size_t count)
{
	proposal->address_count = count;
	proposal->address = known;
	proposal->number = (struct numbering_number){
		.number = (int)known->address.number, .to = (int)known->address.number_to};
	(void)snprintf(proposal->number.suffix, sizeof proposal->number.suffix, "%s",
		known->address.suffix);
	if (count == 1 && known->is_reserved) {
		proposal->number.to = 0;
		STEP(proposal, RULE_RESERVE, MSG_STEP_RESERVED, {.text = known->address.plate});
		return;
	}
	for (size_t i = 0; i < count && i < PROPOSAL_CHOICES_MAX; i++)
		STEP(proposal, RULE_NONE, MSG_STEP_HAS, {.text = known[i].address.label});
	proposal->state = PROPOSAL_NUMBERED;
	/* Joined lots: the numbers that they had, as one range. */
	if (count > 1 && known[count - 1].address.street_id == known->address.street_id) {
		struct proposal_choice *choice = add_choice(proposal);
		int64_t low = known->address.number, high = low;

		for (size_t i = 0; i < count; i++) {
			low = known[i].address.number < low ? known[i].address.number : low;
			high = known[i].address.number > high ? known[i].address.number : high;
		}
		choice->number = (struct numbering_number){
			.number = (int)low, .to = high > low ? (int)high : 0};
		WHY(choice, MSG_CHOICE_JOINED, {.text = plate_text(proposal, &choice->number)});
	}
}

static void decide(struct proposal *proposal, const struct proposal_order *order)
{
	const struct street_houses *houses = &proposal->survey.houses;
	const struct known_address *known;
	size_t count =
		quarter_addresses_of(&proposal->survey.addresses, order->parcel_id, &known);

	proposal->house = street_house_of_parcel(houses, order->parcel_id);
	if (proposal->house)
		explain_place(proposal);
	if (count)
		explain_known(proposal, known, count);
	else if (proposal->house)
		explain_number(proposal);
	if (!houses->scheme_id)
		STEP(proposal, RULE_NONE, MSG_STEP_NO_SCHEME, {.integer = 0});
	if (proposal->house)
		proposal->free_count = proposal_free_near(houses, proposal->house->side,
			proposal->number.number ? proposal->number.number
						: houses->parameters.start,
			proposal->free_numbers);
}

int proposal_make(const struct case_tools *tools, const struct proposal_order *order,
	struct proposal *ret, struct error *err)
{
	struct streets_around *around = arena_zero(tools->arena, 1, sizeof *around);
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	int64_t street_id = order->street_id;
	struct box box;
	int rc;

	*ret = (struct proposal){.parcel_id = order->parcel_id, .parcel = ""};
	if (!around)
		return fail_no_memory(err);
	rc = numbering_rules_read(tools, &today, 0, &ret->rules, err);
	if (!rc)
		rc = read_parcel(tools, order, ret, &box, err);
	if (!rc && !street_id) {
		rc = look_around(tools, order, ret, &box, around, err);
		if (!rc)
			explain_street(ret, around);
		if (rc || around->choice.why == FRONTAGE_NONE)
			return rc;
		street_id = around->near[around->choice.streets[0]].id;
	} else if (!rc) {
		STEP(ret, RULE_NONE, MSG_STEP_STREET_GIVEN, {.integer = 0});
	}
	if (!rc)
		rc = survey_street(tools, order, street_id, &box, ret, err);
	if (!rc)
		decide(ret, order);
	return rc;
}
