#include "server/cases/number_conflicts.h"

#include <math.h>

#include "base/messages.h"

const char *const number_conflict_names[] = {
	"out_of_order", "wrong_side", "too_far", "no_parcel", "no_number", "gap"};

enum { CONFLICTS_A_HOUSE = 5 };

/* A street while it is looked through. */
struct looking {
	struct number_conflicts *conflicts;
	const struct street_houses *houses;
};

static struct number_conflict *add(struct looking *looking, enum conflict_kind kind,
	const struct numbering_house *house)
{
	struct number_conflict *conflict = &looking->conflicts->all[looking->conflicts->count++];
	const struct quarter *quarter = looking->houses->quarter;
	const struct quarter_parcel *parcel = quarter_parcel_of(quarter, house->parcel_id);

	*conflict = (struct number_conflict){.kind = kind, .address_id = house->address_id,
		.parcel_id = house->parcel_id, .east = (double)NAN, .north = (double)NAN};
	if (house->caller) {
		const struct address *address =
			&looking->houses->addresses[house->caller - 1].address;

		conflict->east = address->east;
		conflict->north = address->north;
	} else if (parcel) {
		const struct frontage *front =
			&looking->conflicts->survey.fronts.all[parcel - quarter->parcels].front;

		conflict->east = front->east;
		conflict->north = front->north;
	}
	return conflict;
}

#define SAY(conflict, message, ...)                                                                \
	(void)error_set(&(conflict)->what, message,                                                \
		(const union message_arg[MESSAGE_ARGS_MAX]){__VA_ARGS__})

static const char *plate_of(const struct looking *looking, const struct numbering_house *house)
{
	return house->caller ? looking->houses->addresses[house->caller - 1].address.plate : "";
}

static void look_at_number(struct looking *looking, const struct numbering_house *house)
{
	const struct street_houses *houses = looking->houses;
	double far = houses->rules->limits.far_m;
	double distance = hypot(house->ahead_m, house->aside_m);

	if (house->doubt == NUMBERING_OUT_OF_ORDER)
		SAY(add(looking, NUMBER_OUT_OF_ORDER, house), MSG_CONFLICT_ORDER,
			{.text = plate_of(looking, house)});
	if (house->doubt == NUMBERING_WRONG_SIDE)
		SAY(add(looking, NUMBER_WRONG_SIDE, house), MSG_CONFLICT_SIDE,
			{.text = plate_of(looking, house)});
	if (distance > far)
		SAY(add(looking, NUMBER_TOO_FAR, house), MSG_CONFLICT_FAR,
			{.text = plate_of(looking, house)}, {.real = round(distance)});
	if (!house->parcel_id)
		SAY(add(looking, NUMBER_WITHOUT_PARCEL, house), MSG_CONFLICT_NO_LAND,
			{.text = plate_of(looking, house)});
}

/* Numbers that nobody has between two neighbours that are in order. */
static void look_at_gap(struct looking *looking, const struct numbering_house *house)
{
	const struct street_houses *houses = looking->houses;
	const struct numbering_house *before =
		house->before < 0 ? NULL : &houses->houses[house->before];
	int last = !before ? 0 : before->has.to ? before->has.to : before->has.number;
	int missing = before ? (house->has.number - last) / houses->parameters.step - 1 : 0;

	if (missing < 1 || house->doubt != NUMBERING_SURE || before->doubt != NUMBERING_SURE)
		return;
	SAY(add(looking, NUMBER_GAP, house), MSG_CONFLICT_GAP,
		{.text = plate_of(looking, before)}, {.text = plate_of(looking, house)},
		{.integer = missing});
}

int number_conflicts_find(const struct case_tools *tools, int64_t street_id,
	struct number_conflicts *ret, struct error *err)
{
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	struct looking looking = {ret, &ret->survey.houses};
	int rc;

	*ret = (struct number_conflicts){.count = 0};
	rc = numbering_rules_read(tools, &today, 0, &ret->rules, err);
	if (!rc)
		rc = street_survey_make(tools, &ret->rules, street_id, NULL, &ret->survey, err);
	if (rc)
		return rc;
	ret->all = arena_zero(tools->arena,
		ret->survey.houses.house_count * CONFLICTS_A_HOUSE + 1, sizeof *ret->all);
	if (!ret->all)
		return fail_no_memory(err);
	for (size_t i = 0; i < ret->survey.houses.house_count; i++) {
		const struct numbering_house *house = &ret->survey.houses.houses[i];

		if (!house->has.number && !house->is_empty)
			SAY(add(&looking, NUMBER_MISSING, house), MSG_CONFLICT_MISSING,
				{.real = round(house->along_m)});
		if (!house->has.number)
			continue;
		look_at_number(&looking, house);
		look_at_gap(&looking, house);
	}
	return 0;
}
