#include "base/messages.h"
#include "data/certificate.h"
#include "data/history.h"
#include "gis/unit_finder.h"
#include "server/cases/schemes.h"

/* --- the addresses of an approved scheme --------------------------------------------------------- */

/* The approval while its records are made. */
struct approving {
	struct scheme_work *work;
	const struct case_tools *tools;
	const struct unit_finder *units;
};

static int64_t unit_at(const struct approving *approving, const struct scheme_item *item)
{
	double xy[2] = {item->east, item->north};
	uint32_t end = 1;
	const struct shape point = {.kind = GEOMETRY_POINT, .point_count = 1, .xy = xy,
		.ring_count = 1, .ring_ends = &end, .part_count = 1, .part_ends = &end};

	return unit_finder_find(approving->units, &point);
}

static struct address_saying saying_of(
	const struct approving *approving, const struct scheme_item *item)
{
	struct address_saying saying = {
		.chain = &approving->work->chain,
		.street_id = approving->work->scheme.street_id,
		.number = {.number = (int)item->number, .to = (int)item->number_to},
		.status = item->act == ITEM_RESERVE ? "reserved" : "current",
		.parcel_id = item->parcel_id,
		.east = item->east,
		.north = item->north,
		.valid_from = approving->work->order.valid_from,
		.unit_id = unit_at(approving, item),
	};

	(void)snprintf(saying.number.suffix, sizeof saying.number.suffix, "%s", item->suffix);
	return saying;
}

struct taking {
	const struct approving *approving;
	const struct scheme_item *item;
	struct address_record *record;
};

static int take_old(void *context, const struct feature *feature, struct error *err)
{
	struct taking *taking = context;

	if (feature->version != taking->item->address_version)
		return fail_scheme_outdated(err);
	return address_record_copy(taking->approving->work->layer, feature,
		taking->approving->tools->arena, taking->record, err);
}

static int make_record(const struct approving *approving, const struct scheme_item *item,
	struct address_record **ret, struct error *err)
{
	const struct scheme_work *work = approving->work;
	struct address_saying saying = saying_of(approving, item);
	struct address_record *record = arena_alloc(approving->tools->arena, sizeof *record);
	struct taking taking = {approving, item, record};
	bool found = false;
	int rc;

	if (!record)
		return fail_no_memory(err);
	*ret = record;
	if (item->act != ITEM_RENUMBER)
		return address_record_make(
			work->layer, &saying, approving->tools->arena, record, err);
	rc = feature_read_row(approving->tools->store, work->layer, item->address_id, take_old,
		&taking, &found, err);
	if (!rc && !found)
		rc = fail_scheme_outdated(err);
	if (!rc)
		rc = address_record_renumber(
			work->layer, &saying, approving->tools->arena, record, err);
	if (rc)
		return rc;
	record->feature.valid_from = work->order.valid_from;
	record->feature.valid_to = (struct date){""};
	return 0;
}

static int note_standing(void *context, const struct feature *feature, struct error *err)
{
	(void)context;
	(void)feature;
	(void)err;
	return 0;
}

/* The land of an item is still there. */
static int check_land(
	const struct approving *approving, const struct scheme_item *item, struct error *err)
{
	const struct case_tools *tools = approving->tools;
	bool found = true;
	int rc = item->parcel_id
		? feature_read_one(tools->store, &VIEW_NOW(layer_of_land(tools->layers)),
			  item->parcel_id, note_standing, NULL, &found, err)
		: 0;

	return rc || found ? rc : fail_scheme_outdated(err);
}

static int make_records(struct approving *approving, struct error *err)
{
	struct scheme_work *work = approving->work;
	const struct scheme *scheme = &work->scheme;
	int rc = 0;

	for (size_t i = 0; !rc && i < scheme->item_count; i++) {
		const struct scheme_item *item = &scheme->items[i];

		if (item->act == ITEM_KEEP || !item->number)
			continue;
		rc = check_land(approving, item, err);
		if (!rc)
			rc = make_record(approving, item, &work->records[i], err);
	}
	return rc;
}

int scheme_prepare_approval(
	struct scheme_work *work, const struct case_tools *tools, struct error *err)
{
	autoptr(unit_finder_close) struct unit_finder *finder = NULL;
	struct approving approving = {work, tools, NULL};
	struct box box = box_empty;
	int rc;

	for (size_t i = 0; i < work->scheme.item_count; i++) {
		const struct scheme_item *item = &work->scheme.items[i];

		box_add(&box, &(struct box){item->east, item->north, item->east, item->north});
	}
	work->records = arena_zero(
		tools->arena, work->scheme.item_count + 1, sizeof(struct address_record *));
	work->ids = arena_zero(tools->arena, work->scheme.item_count + 1, sizeof *work->ids);
	if (!work->records || !work->ids)
		return fail_no_memory(err);
	rc = unit_finder_open(tools->store, tools->layers, NULL,
		box_is_empty(&box) ? NULL : &box, &finder, err);
	approving.units = finder;
	return rc ? rc : make_records(&approving, err);
}

/* --- the transaction ----------------------------------------------------------------------------- */

static int write_addresses(struct scheme_work *work, struct store *store, struct error *err)
{
	struct change_set changes;
	struct revision revision;
	int rc = change_begin(store, &work->author, &changes, err);

	if (rc)
		return rc;
	revision = revision_of(store, work->layer, work->epsg, &changes, work->randomness);
	for (size_t i = 0; !rc && i < work->scheme.item_count; i++) {
		struct address_record *record = work->records[i];
		const struct scheme_item *item = &work->scheme.items[i];

		if (!record)
			continue;
		if (item->act == ITEM_RENUMBER) {
			rc = revision_replace(
				&revision, item->address_version, &record->feature, err);
			/* The paper of the house says the number of before. */
			if (!rc)
				rc = certificate_revoke_of_address(store, record->feature.id,
					work->author.reason, work->author.at_us, err);
		} else {
			record->feature.id = 0;
			rc = revision_create(&revision, &record->feature, err);
		}
		work->ids[i] = record->feature.id;
		if (!rc)
			rc = scheme_note_address(store, work->scheme.id, i + 1,
				record->feature.id, record->feature.version, err);
	}
	return rc ? rc : change_end(&changes, err);
}

static int move(struct scheme_work *work, struct store *store, struct error *err)
{
	static const enum scheme_state states[] = {[SCHEME_SUBMIT] = SCHEME_SUBMITTED,
		[SCHEME_RECALL] = SCHEME_DRAFT, [SCHEME_REJECT] = SCHEME_REJECTED,
		[SCHEME_APPROVE] = SCHEME_APPROVED};
	const struct scheme_order *order = &work->order;
	const struct scheme_move moved = {
		.id = work->scheme.id,
		.version = work->scheme.version,
		.to = states[order->deed],
		.by = work->author.actor,
		.at_us = work->author.at_us,
		.document = order->document,
		.reason = order->reason,
		.valid_from = order->deed == SCHEME_APPROVE ? order->valid_from
							    : (struct date){""},
	};

	return scheme_move(store, &moved, err);
}

int scheme_run(struct store *store, void *context, struct error *err)
{
	struct scheme_work *work = context;
	int rc;

	if (work->order.deed == SCHEME_MAKE)
		return scheme_create(store, &work->scheme, err);
	if (work->order.deed == SCHEME_REMAKE) {
		/* The writer may begin anew: what it has counted up is counted from the same. */
		struct scheme anew = work->scheme;

		rc = scheme_rewrite(store, &anew, err);
		work->order.version = anew.version;
		return rc;
	}
	rc = move(work, store, err);
	if (rc || work->order.deed != SCHEME_APPROVE)
		return rc;
	rc = scheme_replace_others(store, &work->scheme, &work->order.valid_from, err);
	return rc ? rc : write_addresses(work, store, err);
}
