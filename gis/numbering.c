#include "gis/numbering.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"
#include "base/messages.h"

/* A house that stands so near to the axis beyond an end of the street faces the end, m. */
static const double axis_m = 0.75;

/* One side of a street while it is numbered. */
struct row {
	const struct numbering_parameters *parameters;
	const struct numbering_claim *claims;
	size_t claim_count;
	struct numbering_house **houses; /* of this side, in their order */
	size_t count;
	int first; /* the number that it begins with */
	size_t *chain; /* room for count + 1: working memory */
	size_t *from;
};

int numbering_parity(const struct numbering_parameters *parameters, int side)
{
	if (parameters->sides == NUMBERING_ONE_ROW)
		return -1;
	return (parameters->sides == NUMBERING_ODD_LEFT) == (side > 0);
}

int numbering_compare(const struct numbering_number *a, const struct numbering_number *b)
{
	size_t la = strlen(a->suffix), lb = strlen(b->suffix);

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (la != lb && (!la || !lb))
		return la ? 1 : -1;
	return strcmp(a->suffix, b->suffix);
}

/* --- claims ------------------------------------------------------------------------------------- */

static int by_claim(const void *left, const void *right)
{
	const struct numbering_claim *a = left, *b = right;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return strcmp(a->suffix, b->suffix);
}

/* Whether somebody else has or had the number. */
static bool is_taken(const struct row *row, const struct numbering_house *house, int number,
	const char *suffix)
{
	struct numbering_claim key = {.number = number};
	const struct numbering_claim *claim;

	(void)snprintf(key.suffix, sizeof key.suffix, "%s", suffix);
	claim = row->claim_count ? bsearch(&key, row->claims, row->claim_count, sizeof key, by_claim)
				 : NULL;
	return claim && (!house->address_id || claim->address_id != house->address_id);
}

/* --- order -------------------------------------------------------------------------------------- */

static int by_place(const void *left, const void *right)
{
	const struct numbering_house *a = left, *b = right;

	if (a->along_m != b->along_m)
		return a->along_m < b->along_m ? -1 : 1;
	/* Beyond the end one comes to those at the edge first, before it to those in the middle. */
	if (fabs(a->aside_m) != fabs(b->aside_m))
		return (fabs(a->aside_m) > fabs(b->aside_m)) == (a->ahead_m > 0) ? -1 : 1;
	if (a->parcel_id != b->parcel_id)
		return a->parcel_id < b->parcel_id ? -1 : 1;
	return (a->address_id > b->address_id) - (a->address_id < b->address_id);
}

static bool faces_end(const struct numbering_house *house)
{
	return house->ahead_m > 0 && fabs(house->aside_m) < axis_m;
}

/* --- anchors: the numbers that stay ------------------------------------------------------------- */

static bool fits_side(const struct row *row, const struct numbering_house *house)
{
	int parity = numbering_parity(row->parameters, house->side);

	return parity < 0 || house->has.number % 2 == parity;
}

static const struct numbering_house *chained(const struct row *row, size_t length)
{
	return row->houses[row->chain[length - 1]];
}

/*
 * The longest rising sequence of the numbers that houses have (patience sorting): those are the
 * anchors. chain[n - 1] is the house with the least number that a sequence of n ends with.
 */
static size_t find_anchors(struct row *row)
{
	size_t longest = 0;

	for (size_t i = 0; i < row->count; i++) {
		struct numbering_house *house = row->houses[i];
		size_t low = 0, high = longest;

		if (house->act != NUMBERING_KEEP || house->doubt != NUMBERING_SURE)
			continue;
		while (low < high) {
			size_t middle = (low + high) / 2;

			if (numbering_compare(&chained(row, middle + 1)->has, &house->has) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		row->chain[low] = i;
		row->from[i] = low ? row->chain[low - 1] : SIZE_MAX;
		if (low == longest)
			longest++;
	}
	return longest;
}

static void keep_numbers(struct row *row)
{
	size_t longest, at;

	for (size_t i = 0; i < row->count; i++) {
		struct numbering_house *house = row->houses[i];

		if (!house->has.number || row->parameters->renumber)
			continue;
		house->act = NUMBERING_KEEP;
		house->given = house->has;
		if (!fits_side(row, house))
			house->doubt = NUMBERING_WRONG_SIDE;
	}
	longest = find_anchors(row);
	for (size_t i = 0; i < row->count; i++)
		if (row->houses[i]->act == NUMBERING_KEEP &&
			row->houses[i]->doubt == NUMBERING_SURE)
			row->houses[i]->doubt = NUMBERING_OUT_OF_ORDER;
	at = longest ? row->chain[longest - 1] : SIZE_MAX;
	for (; at != SIZE_MAX; at = row->from[at])
		row->houses[at]->doubt = NUMBERING_SURE;
}

static bool is_anchor(const struct numbering_house *house)
{
	return house->act == NUMBERING_KEEP && house->doubt == NUMBERING_SURE;
}

/* --- gaps: what comes between two anchors -------------------------------------------------------- */

/*
 * Houses first..end between two anchors (NULL: none on that side); among them may be some that keep a
 * number that is in doubt.
 */
struct gap {
	size_t first, end;
	const struct numbering_house *before, *behind;
	int next;  /* the number to be given next */
	int until; /* numbers below this may be given */
};

static int wanted(const struct row *row, const struct numbering_house *house)
{
	double count = house->is_empty ? floor(house->front_m / row->parameters->front_m) : 1;

	return (int)fmin(fmax(count, 1), NUMBERING_RESERVE_MAX);
}

/* Steps over numbers that others have or had. */
static int next_free(const struct row *row, const struct numbering_house *house, int number)
{
	while (number <= NUMBERING_GREATEST && is_taken(row, house, number, ""))
		number += row->parameters->step;
	return number;
}

/* How many numbers are free for the houses of a gap. */
static int count_free(const struct row *row, const struct gap *gap, int most)
{
	const struct numbering_house anybody = {.address_id = 0};
	int count = 0;

	for (int number = gap->next; count < most && number < gap->until;
		number += row->parameters->step)
		count += !is_taken(row, &anybody, number, "");
	return count;
}

static void give(struct numbering_house *house, int number, int to, const char *suffix)
{
	house->given = (struct numbering_number){.number = number, .to = to};
	(void)snprintf(house->given.suffix, sizeof house->given.suffix, "%s", suffix);
	house->act = house->is_empty ? NUMBERING_RESERVE
		: !house->has.number ? NUMBERING_GIVE
		: numbering_compare(&house->has, &house->given) || house->has.to != to
		? NUMBERING_CHANGE
		: NUMBERING_KEEP;
}

/* Gives a house so many numbers, one behind the other as far as nobody has them. */
static void give_numbers(const struct row *row, struct gap *gap, struct numbering_house *house,
	int count)
{
	int number = next_free(row, house, gap->next), to = number;
	int step = row->parameters->step;

	for (; count > 1 && to + step < gap->until && !is_taken(row, house, to + step, ""); count--)
		to += step;
	give(house, number, to > number ? to : 0, "");
	gap->next = to + step;
}

/* Nothing is free any more: the number before with a letter. */
static void give_letter(const struct row *row, const struct gap *gap,
	struct numbering_house *house, const struct numbering_number *last)
{
	const char *letters = row->parameters->letters;
	const char *at = *last->suffix ? strstr(letters, last->suffix) : NULL;
	int base = last->to ? last->to : last->number;

	if (house->is_empty)
		return; /* it takes one when it is built on */
	house->doubt = NUMBERING_NO_ROOM;
	if (*last->suffix && !at)
		return;
	for (at = at ? at + 1 : letters; *at; at++) {
		const struct numbering_number next = {base, 0, {*at}};

		if (gap->behind && numbering_compare(&next, &gap->behind->has) >= 0)
			return;
		if (is_taken(row, house, base, next.suffix))
			continue;
		house->doubt = NUMBERING_SURE;
		give(house, base, 0, next.suffix);
		return;
	}
}

/* The houses that wait for a number, and the numbers that they would like together. */
static int count_waiting(const struct row *row, const struct gap *gap, int *ret_wanted)
{
	int count = 0;

	*ret_wanted = 0;
	for (size_t i = gap->first; i < gap->end; i++) {
		if (row->houses[i]->act == NUMBERING_KEEP)
			continue;
		count++;
		*ret_wanted += wanted(row, row->houses[i]);
	}
	return count;
}

static void fill(const struct row *row, struct gap *gap)
{
	const struct numbering_number *last = gap->before ? &gap->before->given : NULL;
	int all, waiting = count_waiting(row, gap, &all);
	int spare = count_free(row, gap, all) - waiting; /* for reserves of more than one */

	for (size_t i = gap->first; i < gap->end; i++) {
		struct numbering_house *house = row->houses[i];
		int more = wanted(row, house) - 1;

		if (house->act == NUMBERING_KEEP)
			continue;
		if (next_free(row, house, gap->next) < gap->until) {
			more = more < spare ? more : spare > 0 ? spare : 0;
			spare -= more;
			give_numbers(row, gap, house, more + 1);
		} else if (last && gap->until <= NUMBERING_GREATEST) {
			give_letter(row, gap, house, last);
		} else if (!house->is_empty) {
			house->doubt = gap->until <= NUMBERING_GREATEST ? NUMBERING_BEFORE_FIRST
									 : NUMBERING_EXHAUSTED;
		}
		if (house->given.number)
			last = &house->given;
	}
}

static void number_row(struct row *row)
{
	const struct numbering_house *before = NULL;
	size_t i = 0;

	keep_numbers(row);
	while (i < row->count) {
		struct gap gap = {.first = i, .before = before};

		while (i < row->count && !is_anchor(row->houses[i]))
			i++;
		gap.end = i;
		gap.behind = i < row->count ? row->houses[i] : NULL;
		gap.next = !before ? row->first
			: (before->given.to ? before->given.to : before->given.number) +
				row->parameters->step;
		gap.until = gap.behind ? gap.behind->has.number : NUMBERING_GREATEST + 1;
		fill(row, &gap);
		before = gap.behind;
		i += gap.behind != NULL;
	}
}

/* --- the street --------------------------------------------------------------------------------- */

static int first_number(const struct numbering_parameters *parameters, int side)
{
	int parity = numbering_parity(parameters, side), start = parameters->start;

	return parity < 0 || start % 2 == parity ? start : start + 1;
}

static int greatest_of(const struct row *row)
{
	int greatest = row->first;

	for (size_t i = 0; i < row->count; i++) {
		const struct numbering_number *given = &row->houses[i]->given;
		int number = given->to ? given->to : given->number;

		if (number + row->parameters->step > greatest)
			greatest = number + row->parameters->step;
	}
	return greatest;
}

static void forget(struct row *row)
{
	for (size_t i = 0; i < row->count; i++) {
		row->houses[i]->act = NUMBERING_NOTHING;
		row->houses[i]->doubt = NUMBERING_SURE;
		row->houses[i]->given = (struct numbering_number){.number = 0};
	}
}

static bool chooses_side(
	const struct numbering_parameters *parameters, const struct numbering_house *house)
{
	return parameters->sides != NUMBERING_ONE_ROW && faces_end(house) &&
		(!house->has.number || parameters->renumber);
}

/* Those that face the end go to the side that has the smaller number to give. */
static void place_at_end(struct row rows[2], struct numbering_house *houses, size_t count)
{
	const struct numbering_parameters *parameters = rows[0].parameters;

	for (size_t i = 0; i < count; i++) {
		struct row *row = &rows[greatest_of(&rows[0]) > greatest_of(&rows[1])];

		if (!chooses_side(parameters, &houses[i]))
			continue;
		houses[i].side = row == &rows[0] ? 1 : -1;
		row->houses[row->count++] = &houses[i];
		forget(row);
		number_row(row);
	}
	for (size_t i = 0; i < count; i++)
		if (chooses_side(parameters, &houses[i]) && houses[i].doubt == NUMBERING_SURE)
			houses[i].doubt = NUMBERING_AT_END;
}

static void note_neighbours(struct numbering_house *houses, size_t count, bool together)
{
	int64_t last[2] = {-1, -1};

	for (size_t i = 0; i < count; i++) {
		int64_t *at = &last[!together && houses[i].side < 0];

		houses[i].before = *at;
		if (houses[i].has.number)
			*at = (int64_t)i;
	}
	last[0] = last[1] = -1;
	for (size_t i = count; i-- > 0;) {
		int64_t *at = &last[!together && houses[i].side < 0];

		houses[i].behind = *at;
		if (houses[i].has.number)
			*at = (int64_t)i;
	}
}

/* The side on which a house with a number faces the end is that of its number. */
static int side_of_house(
	const struct numbering_parameters *parameters, const struct numbering_house *house)
{
	if (faces_end(house) && house->has.number && parameters->sides != NUMBERING_ONE_ROW)
		return numbering_parity(parameters, 1) == house->has.number % 2 ? 1 : -1;
	return house->aside_m > 0 ? 1 : -1;
}

int numbering_assign(struct arena *arena, const struct numbering_parameters *parameters,
	struct numbering_claim *claims, size_t claim_count, struct numbering_house *houses,
	size_t count, struct error *err)
{
	bool together = parameters->sides == NUMBERING_ONE_ROW;
	struct row rows[2];

	if (count > NUMBERING_HOUSES_MAX)
		return fail_scheme_too_large(err, NUMBERING_HOUSES_MAX);
	if (claim_count)
		qsort(claims, claim_count, sizeof *claims, by_claim);
	qsort(houses, count, sizeof *houses, by_place);
	for (int i = 0; i < 2; i++) {
		rows[i] = (struct row){parameters, claims, claim_count,
			arena_zero(arena, count + 1, sizeof *rows[i].houses), 0,
			first_number(parameters, i ? -1 : 1),
			arena_zero(arena, count + 1, sizeof *rows[i].chain),
			arena_zero(arena, count + 1, sizeof *rows[i].from)};
		if (!rows[i].houses || !rows[i].chain || !rows[i].from)
			return fail_no_memory(err);
	}
	for (size_t i = 0; i < count; i++) {
		struct row *row;

		houses[i].act = NUMBERING_NOTHING;
		houses[i].doubt = NUMBERING_SURE;
		houses[i].given = (struct numbering_number){.number = 0};
		houses[i].side = side_of_house(parameters, &houses[i]);
		row = &rows[!together && houses[i].side < 0];
		if (chooses_side(parameters, &houses[i]))
			continue;
		row->houses[row->count++] = &houses[i];
	}
	number_row(&rows[0]);
	if (!together)
		number_row(&rows[1]);
	place_at_end(rows, houses, count);
	note_neighbours(houses, count, together);
	return 0;
}
