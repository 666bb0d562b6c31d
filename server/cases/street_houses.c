#include "server/cases/street_houses.h"

#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/messages.h"
#include "data/feature_link.h"

/* An entrance drawn so near to a parcel belongs to it, m. */
static const double at_parcel_m = 1.5;

/* --- the addresses of a quarter ----------------------------------------------------------------- */

struct taking {
	const struct quarter *quarter;
	struct known_address *all;
	size_t count, room;
};

static const char *keep(struct arena *arena, const char *text)
{
	return arena_text(arena, text, strlen(text));
}

static int keep_address(
	const struct case_tools *tools, const struct address *from, struct known_address *ret,
	struct error *err)
{
	*ret = (struct known_address){.address = *from};
	ret->address.prefix = keep(tools->arena, from->prefix);
	ret->address.suffix = keep(tools->arena, from->suffix);
	ret->address.plate = keep(tools->arena, from->plate);
	ret->address.label = keep(tools->arena, from->label);
	ret->address.status = keep(tools->arena, from->status);
	return ret->address.prefix && ret->address.suffix && ret->address.plate &&
			ret->address.label && ret->address.status
		? 0
		: fail_no_memory(err);
}

static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct taking *taking = context;
	const struct case_tools *tools = taking->quarter->tools;
	struct known_address *known;
	struct address address;
	int rc;

	if (!address_of(layer_of_addresses(tools->layers), feature, &address) ||
		!strcmp(address.status, "retired"))
		return 0;
	if (taking->count == taking->room)
		return 1;
	known = &taking->all[taking->count++];
	rc = keep_address(tools, &address, known, err);
	if (rc)
		return rc;
	known->is_reserved = !strcmp(address.status, "reserved");
	known->is_freed = known->is_reserved && *address.reserved_until.text &&
		strcmp(address.reserved_until.text, taking->quarter->rules->day.text) < 0;
	return 0;
}

static int note_seen(void *context, const struct feature *feature, struct error *err)
{
	(void)context;
	(void)feature;
	(void)err;
	return 0;
}

/*
 * On which parcel an address stands: that of the record while it is in force, though it may lie outside
 * of what was read; else where its entrance is. Numbers reserved for a parcel that is no more are free.
 */
static int find_parcel(
	const struct quarter *quarter, struct known_address *known, struct error *err)
{
	const struct case_tools *tools = quarter->tools;
	const struct address *address = &known->address;
	bool in_force = false;
	int64_t here;
	int rc = 0;

	known->parcel_id = address->parcel_id;
	if (known->is_freed || (known->parcel_id && quarter_parcel_of(quarter, known->parcel_id)))
		return 0;
	if (known->parcel_id)
		rc = feature_read_one(tools->store, &VIEW_NOW(layer_of_land(tools->layers)),
			known->parcel_id, note_seen, NULL, &in_force, err);
	if (rc || in_force || isnan(address->east))
		return rc;
	here = quarter_parcel_at(quarter, address->east, address->north, at_parcel_m);
	known->is_freed = address->parcel_id && known->is_reserved && here;
	known->parcel_id = known->is_freed ? 0 : here;
	return 0;
}

static int by_parcel(const void *left, const void *right)
{
	const struct known_address *a = left, *b = right;

	if (a->parcel_id != b->parcel_id)
		return a->parcel_id < b->parcel_id ? -1 : 1;
	return (a->address.id > b->address.id) - (a->address.id < b->address.id);
}

static int by_street(const void *left, const void *right)
{
	const struct address *a = &(*(const struct known_address *const *)left)->address;
	const struct address *b = &(*(const struct known_address *const *)right)->address;

	if (a->street_id != b->street_id)
		return a->street_id < b->street_id ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

/* Entrances lie on the parcels that meet the boxes, or a little beside them. */
static int find_addresses(const struct quarter *quarter, const struct quarter_boxes *boxes,
	struct id_list *ids, struct error *err)
{
	const struct view view = VIEW_NOW(layer_of_addresses(quarter->tools->layers));
	int rc = 0;

	for (size_t i = 0; !rc && i < boxes->count; i++) {
		struct box box = quarter_whole_parcels(quarter, &boxes->boxes[i]);
		autofree(id_list_clear) struct id_list here = {0};
		bool more = false;

		box_add(&box, &boxes->boxes[i]);
		box = (struct box){box.min_x - at_parcel_m, box.min_y - at_parcel_m,
			box.max_x + at_parcel_m, box.max_y + at_parcel_m};
		rc = feature_ids_in_box(quarter->tools->store, &view, &box, false, 0,
			QUARTER_PARCELS_MAX, &here, &more, err);
		if (!rc && more)
			rc = fail_quarter_too_large(err, QUARTER_PARCELS_MAX);
		for (size_t k = 0; !rc && k < here.count; k++)
			rc = id_list_add(ids, here.ids[k], err);
	}
	for (size_t i = 0; !rc && i < quarter->parcel_count; i++)
		if (quarter->parcels[i].has_houses &&
			quarter_parcel_is_large(&quarter->parcels[i]))
			rc = feature_link_list(quarter->tools->store, view.layer,
				view.layer->address->parcel, quarter->parcels[i].id, ids, err);
	return rc;
}

int quarter_addresses_read(const struct quarter *quarter, const struct quarter_boxes *boxes,
	int64_t street_id, struct quarter_addresses *ret, struct error *err)
{
	const struct case_tools *tools = quarter->tools;
	const struct layer *layer = layer_of_addresses(tools->layers);
	autofree(id_list_clear) struct id_list ids = {0};
	struct taking taking = {.quarter = quarter};
	int rc = find_addresses(quarter, boxes, &ids, err);

	if (!rc && street_id)
		rc = feature_link_list(
			tools->store, layer, layer->address->street, street_id, &ids, err);
	if (rc)
		return rc;
	id_list_sort(&ids);
	taking.room = ids.count;
	taking.all = arena_zero(tools->arena, ids.count + 1, sizeof *taking.all);
	if (!taking.all)
		return fail_no_memory(err);
	rc = feature_read_list(tools->store, &VIEW_NOW(layer), ids.ids, ids.count, take_address,
		&taking, err);
	for (size_t i = 0; !rc && i < taking.count; i++)
		rc = find_parcel(quarter, &taking.all[i], err);
	if (rc)
		return rc;
	qsort(taking.all, taking.count, sizeof *taking.all, by_parcel);
	*ret = (struct quarter_addresses){taking.all,
		arena_zero(tools->arena, taking.count + 1, sizeof *ret->by_street), taking.count};
	if (!ret->by_street)
		return fail_no_memory(err);
	for (size_t i = 0; i < ret->count; i++)
		ret->by_street[i] = &ret->all[i];
	qsort(ret->by_street, ret->count, sizeof *ret->by_street, by_street);
	return 0;
}

size_t quarter_addresses_of(const struct quarter_addresses *addresses, int64_t parcel_id,
	const struct known_address **ret)
{
	size_t low = 0, high = addresses->count, count = 0;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (addresses->all[middle].parcel_id < parcel_id)
			low = middle + 1;
		else
			high = middle;
	}
	*ret = &addresses->all[low];
	while (low + count < addresses->count && addresses->all[low + count].parcel_id == parcel_id)
		count++;
	return count;
}

/* --- fronts ------------------------------------------------------------------------------------- */

static int by_front(const void *left, const void *right)
{
	const struct parcel_front *a = *(const struct parcel_front *const *)left;
	const struct parcel_front *b = *(const struct parcel_front *const *)right;

	if (a->street_id != b->street_id)
		return a->street_id < b->street_id ? -1 : 1;
	return (a > b) - (a < b);
}

void quarter_fronts_sort(struct quarter_fronts *fronts)
{
	qsort(fronts->by_street, fronts->count, sizeof *fronts->by_street, by_front);
}

static void choose_front(const struct quarter *quarter, struct parcel_front *front)
{
	struct frontage_street near[FRONTAGE_STREETS_MAX];
	struct frontage_choice choice;

	if (!front->parcel->has_houses)
		return;
	quarter_choose(quarter, front->parcel, QUARTER_FRONTS, near, &choice);
	front->why = choice.why;
	if (choice.why == FRONTAGE_NONE)
		return;
	front->street_id = near[choice.streets[0]].id;
	front->front = choice.fronts[0];
}

int quarter_fronts_make(
	const struct quarter *quarter, struct quarter_fronts *ret, struct error *err)
{
	struct arena *arena = quarter->tools->arena;
	size_t count = quarter->parcel_count;

	*ret = (struct quarter_fronts){arena_zero(arena, count + 1, sizeof *ret->all),
		arena_zero(arena, count + 1, sizeof *ret->by_street), count};
	if (!ret->all || !ret->by_street)
		return fail_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		ret->all[i].parcel = &quarter->parcels[i];
		choose_front(quarter, &ret->all[i]);
		ret->by_street[i] = &ret->all[i];
	}
	quarter_fronts_sort(ret);
	return 0;
}

/* The first front of a street, or behind the last. */
static size_t first_front(const struct quarter_fronts *fronts, int64_t street_id)
{
	size_t low = 0, high = fronts->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (fronts->by_street[middle]->street_id < street_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- the houses of a street --------------------------------------------------------------------- */

static int by_id(const void *left, const void *right)
{
	const struct known_address *a = left, *b = right;

	return (a->address.id > b->address.id) - (a->address.id < b->address.id);
}

/* Those of the street, which come in the order of their ids. */
static int own_addresses(struct street_houses *houses, const struct quarter_addresses *addresses,
	struct error *err)
{
	int64_t id = houses->street->node.id;
	size_t low = 0, high = addresses->count, end;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (addresses->by_street[middle]->address.street_id < id)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < addresses->count; end++)
		if (addresses->by_street[end]->address.street_id != id)
			break;
	houses->addresses = arena_zero(
		houses->tools->arena, end - low + 1, sizeof *houses->addresses);
	if (!houses->addresses)
		return fail_no_memory(err);
	for (size_t i = low; i < end; i++)
		houses->addresses[houses->address_count++] = *addresses->by_street[i];
	return 0;
}

static const struct known_address *own_address(const struct street_houses *houses, int64_t id)
{
	const struct known_address key = {.address = {.id = id}};

	return houses->address_count ? bsearch(&key, houses->addresses, houses->address_count,
					       sizeof key, by_id)
				     : NULL;
}

/* The letters of a key of a claim, "12||25|A|506"; false of a number with letters before, or a flat. */
static bool plain_suffix(const char *key, char ret[NUMBERING_SUFFIX_MAX])
{
	const char *parts[5];
	size_t count = 0;

	for (const char *at = key; at && count < 5; count++) {
		parts[count] = at;
		at = strchr(at, '|');
		at += at != NULL;
	}
	if (count < 5 || *parts[1] != '|' || *parts[4])
		return false;
	(void)snprintf(ret, NUMBERING_SUFFIX_MAX, "%.*s", (int)(parts[4] - parts[3] - 1), parts[3]);
	return true;
}

struct claiming {
	struct street_houses *houses;
	size_t room;
};

static int take_claim(
	void *context, int64_t number, int64_t address_id, const char *key, struct error *err)
{
	struct claiming *claiming = context;
	struct street_houses *houses = claiming->houses;
	const struct known_address *own = own_address(houses, address_id);
	struct numbering_claim claim = {.number = (int)number, .address_id = address_id};

	if ((own && own->is_freed) || !plain_suffix(key, claim.suffix))
		return 0;
	if (!array_reserve((void **)&houses->claims, &claiming->room, houses->claim_count + 1,
		    sizeof claim))
		return fail_no_memory(err);
	houses->claims[houses->claim_count++] = claim;
	return 0;
}

/* Claims are gathered on the heap, as nobody knows how many there are, and kept in the arena. */
static int read_claims(struct street_houses *houses, struct error *err)
{
	struct claiming claiming = {houses, 0};
	struct numbering_claim *kept;
	int rc = address_claims(houses->tools->store, houses->street->node.id, take_claim,
		&claiming, err);

	kept = arena_alloc(
		houses->tools->arena, (houses->claim_count + 1) * sizeof *houses->claims);
	if (kept && houses->claim_count)
		memcpy(kept, houses->claims, houses->claim_count * sizeof *kept);
	free(houses->claims);
	houses->claims = kept;
	return rc || kept ? rc : fail_no_memory(err);
}

static void place(struct numbering_house *house, const struct street_foot *foot)
{
	house->along_m = foot->chainage_m + foot->ahead_m;
	house->ahead_m = foot->ahead_m;
	house->aside_m = foot->aside_m;
}

static struct numbering_number number_of(const struct address *address)
{
	struct numbering_number number = {
		.number = (int)address->number, .to = (int)address->number_to};

	(void)snprintf(number.suffix, sizeof number.suffix, "%s", address->suffix);
	return number;
}

/* One that has a number stands where its entrance is; without one, where its parcel fronts. */
static void add_address(struct street_houses *houses, const struct quarter_fronts *fronts,
	const struct known_address *known)
{
	const struct quarter_parcel *parcel = quarter_parcel_of(houses->quarter, known->parcel_id);
	const struct parcel_front *front =
		parcel ? &fronts->all[parcel - houses->quarter->parcels] : NULL;
	struct numbering_house house = {.parcel_id = known->parcel_id,
		.address_id = known->address.id,
		.caller = (size_t)(known - houses->addresses) + 1,
		.has = number_of(&known->address)};
	struct street_foot foot;

	if (known->is_freed || known->address.flat || *known->address.prefix)
		return;
	if (front)
		house.front_m = front->front.length_m;
	house.is_empty = known->is_reserved && parcel && !parcel->is_built;
	if (!isnan(known->address.east)) {
		street_line_foot(&houses->street->line, known->address.east, known->address.north,
			&foot);
		place(&house, &foot);
	} else if (front && front->street_id == houses->street->node.id) {
		place(&house, &front->front.foot);
	} else {
		return; /* nobody knows where */
	}
	houses->houses[houses->house_count++] = house;
}

static void add_parcel(struct street_houses *houses, const struct parcel_front *front)
{
	struct numbering_house house = {.parcel_id = front->parcel->id,
		.front_m = front->front.length_m, .is_empty = !front->parcel->is_built};

	place(&house, &front->front.foot);
	houses->is_doubtful |= front->why == FRONTAGE_ALIKE;
	houses->houses[houses->house_count++] = house;
}

static int gather(struct street_houses *houses, const struct quarter_fronts *fronts,
	const struct quarter_addresses *addresses, struct error *err)
{
	int64_t id = houses->street->node.id;
	size_t first = first_front(fronts, id), end = first;
	const struct known_address *known;

	while (end < fronts->count && fronts->by_street[end]->street_id == id)
		end++;
	houses->houses = arena_zero(houses->tools->arena,
		houses->address_count + end - first + 1, sizeof *houses->houses);
	if (!houses->houses)
		return fail_no_memory(err);
	for (size_t i = 0; i < houses->address_count; i++)
		add_address(houses, fronts, &houses->addresses[i]);
	for (size_t i = first; i < end; i++)
		if (!quarter_addresses_of(addresses, fronts->by_street[i]->parcel->id, &known))
			add_parcel(houses, fronts->by_street[i]);
	return 0;
}

static int find_parameters(struct street_houses *houses,
	const struct numbering_parameters *parameters, struct error *err)
{
	const struct case_tools *tools = houses->tools;
	struct scheme *scheme;
	int rc = scheme_approved(tools->store, houses->street->node.id, &houses->rules->day,
		&houses->scheme_id, err);

	houses->parameters = parameters ? *parameters : houses->rules->parameters;
	if (rc || parameters || !houses->scheme_id)
		return rc;
	scheme = arena_zero(tools->arena, 1, sizeof *scheme);
	if (!scheme)
		return fail_no_memory(err);
	rc = scheme_read(tools->store, houses->scheme_id, false, tools->arena, scheme, err);
	if (!rc)
		rc = scheme_parameters_read(scheme, houses->rules, &houses->parameters, err);
	/* To number anew is what one scheme did, once. */
	houses->parameters.renumber = false;
	return rc;
}

static int check_street(const struct quarter_street *street, struct error *err)
{
	if (!street)
		return fail_no_such_street(err);
	if (!street->node.in_force)
		return fail_street_ended(err, street->node.name);
	if (!street->is_measured)
		return fail_street_line(err);
	if (street->node.direction == STREET_UNDECIDED)
		return fail_street_direction(err, street->node.name);
	return 0;
}

int street_houses_number(const struct quarter *quarter, const struct quarter_fronts *fronts,
	const struct quarter_addresses *addresses, int64_t street_id,
	const struct numbering_parameters *parameters, struct street_houses *ret,
	struct error *err)
{
	struct street_houses houses = {.tools = quarter->tools, .rules = quarter->rules,
		.quarter = quarter, .street = quarter_street_of(quarter, street_id)};
	int rc = check_street(houses.street, err);

	if (!rc)
		rc = street_chain_of(houses.tools, &houses.street->node, &houses.chain, err);
	if (!rc)
		rc = find_parameters(&houses, parameters, err);
	if (!rc)
		rc = own_addresses(&houses, addresses, err);
	if (!rc)
		rc = gather(&houses, fronts, addresses, err);
	if (!rc)
		rc = read_claims(&houses, err);
	if (!rc)
		rc = numbering_assign(houses.tools->arena, &houses.parameters, houses.claims,
			houses.claim_count, houses.houses, houses.house_count, err);
	if (!rc)
		*ret = houses;
	return rc;
}

int street_survey_read(const struct case_tools *tools, const struct numbering_rules *rules,
	const struct quarter_street *street, double from_m, double to_m,
	struct street_survey *ret, struct error *err)
{
	struct quarter_boxes boxes;
	bool whole;
	int rc = quarter_boxes_along(tools, rules, street, from_m, to_m, &boxes, err);

	if (!rc)
		rc = quarter_read(tools, rules, &boxes, &ret->quarter, err);
	/* Of a stretch only what lies there counts. */
	whole = from_m <= 0 && to_m >= street->line.length_m;
	if (!rc)
		rc = quarter_addresses_read(&ret->quarter, &boxes, whole ? street->node.id : 0,
			&ret->addresses, err);
	return rc ? rc : quarter_fronts_make(&ret->quarter, &ret->fronts, err);
}

int street_survey_make(const struct case_tools *tools, const struct numbering_rules *rules,
	int64_t street_id, const struct numbering_parameters *parameters,
	struct street_survey *ret, struct error *err)
{
	struct quarter_street street;
	int rc = quarter_street_read(tools, street_id, &street, err);

	if (!rc)
		rc = street_survey_read(
			tools, rules, &street, 0, street.line.length_m, ret, err);
	return rc ? rc
		  : street_houses_number(&ret->quarter, &ret->fronts, &ret->addresses, street_id,
			    parameters, &ret->houses, err);
}

const struct numbering_house *street_house_of_parcel(
	const struct street_houses *houses, int64_t parcel_id)
{
	for (size_t i = 0; i < houses->house_count; i++)
		if (houses->houses[i].parcel_id == parcel_id)
			return &houses->houses[i];
	return NULL;
}
