#include "server/cases/land.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "data/land_number.h"
#include "data/record_lock.h"

/* A transaction's worth of it. */
struct dealing {
	struct land_work *work;
	struct store *store;
	struct change_set changes;
	struct revision revision;
	bool preview; /* nothing is written: numbers given before are not in the register */
};

static bool old_ones_end(const struct land_work *work)
{
	return work->order.deed == LAND_SPLIT || work->order.deed == LAND_MERGE;
}

static int check_locks(struct dealing *dealing, struct error *err)
{
	const struct land_work *work = dealing->work;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->order.parcel_count; i++)
		rc = record_lock_check(dealing->store, work->layer, work->order.parcels[i].id,
			work->account_id, work->author.at_us, err);
	return rc;
}

static int end_old_ones(struct dealing *dealing, struct error *err)
{
	const struct land_work *work = dealing->work;
	int64_t version;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->order.parcel_count; i++)
		rc = revision_end(&dealing->revision, work->order.parcels[i].id,
			work->order.parcels[i].version, &work->order.from, &version, err);
	return rc;
}

/* The sheet whose numbers are counted: that of the unit as issued. */
static struct land_sheet sheet_of(const struct land_work *work, const struct land_record *record)
{
	const struct layer *layer = work->layer;
	const struct value *sheet = &record->values[land_field(layer, layer->land->sheet)];
	struct land_sheet ret = {0, sheet->kind == VALUE_TEXT ? sheet->text : ""};

	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_UNIT_ISSUED &&
			record->values[i].kind == VALUE_INT)
			ret.unit_id = record->values[i].integer;
	return ret;
}

/* Whether it stays what it was: then it is not asked for. */
static bool keeps_number(const struct land_work *work, size_t index)
{
	const struct layer *layer = work->layer;
	const char *const fields[] = {layer->land->sheet, layer->land->number};

	if (old_ones_end(work))
		return false;
	for (size_t i = 0; i < 2; i++) {
		size_t field = land_field(layer, fields[i]);
		const struct value *is = &work->after[index].values[field];
		const struct value *was = &work->before[index].values[field];

		if (is->kind != was->kind ||
			(is->kind == VALUE_TEXT && strcmp(is->text, was->text) != 0))
			return false;
	}
	return true;
}

static int give_number(struct dealing *dealing, size_t index, struct error *err)
{
	struct land_work *work = dealing->work;
	struct land_record *record = &work->after[index];
	struct value *number = &record->values[land_field(work->layer, work->layer->land->number)];
	struct land_sheet sheet = sheet_of(work, record);
	bool taken = false;
	int64_t next = 0;
	int rc;

	if (keeps_number(work, index))
		return 0;
	if (record->number_given && number->kind == VALUE_TEXT) {
		rc = land_number_taken(dealing->store, work->layer, &sheet, number->text,
			record->feature.id, &taken, err);
		return rc || !taken ? rc : fail_number_taken(err, sheet.sheet, number->text);
	}
	if (!*sheet.sheet)
		return 0; /* a parcel of no sheet has no number */
	rc = land_number_next(dealing->store, work->layer, &sheet, &next, err);
	for (size_t i = 0; dealing->preview && i < index; i++)
		next += *work->after[i].number != '\0';
	snprintf(record->number, sizeof record->number, "%lld", (long long)next);
	*number = (struct value){
		.kind = VALUE_TEXT, .text = record->number, .len = strlen(record->number)};
	return rc;
}

static int make_new_ones(struct dealing *dealing, struct error *err)
{
	struct land_work *work = dealing->work;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->after_count; i++) {
		struct feature *feature = &work->after[i].feature;

		rc = give_number(dealing, i, err);
		if (rc)
			break;
		if (old_ones_end(work)) {
			feature->id = 0;
			rc = revision_create(&dealing->revision, feature, err);
		} else {
			rc = revision_replace(
				&dealing->revision, work->order.parcels[i].version, feature, err);
		}
	}
	return rc;
}

static int add_step(
	struct dealing *dealing, size_t from, size_t to, double share, struct error *err)
{
	static const enum lineage_cause causes[] = {
		[LAND_SPLIT] = LINEAGE_SPLIT, [LAND_MERGE] = LINEAGE_MERGE, [LAND_REDRAW] = LINEAGE_REDRAW};
	const struct land_work *work = dealing->work;
	const struct lineage_step step = {
		.layer = work->layer->id,
		.from_id = work->order.parcels[from].id,
		.to_id = work->after[to].feature.id,
		.cause = causes[work->order.deed],
		.valid_from = work->order.from,
		.share = share,
		.document = work->order.document,
		.recorded_at_us = work->author.at_us,
	};

	return lineage_add(dealing->store, &step, err);
}

static int add_lineage(struct dealing *dealing, struct error *err)
{
	const struct land_work *work = dealing->work;
	const struct land_change *change = work->change;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->order.parcel_count; i++)
		for (size_t k = 0; !rc && k < work->after_count; k++) {
			double share = work->order.deed == LAND_MERGE ? 1
				: work->order.deed == LAND_SPLIT
				? shape_area(&change->after[k].shape) /
					shape_area(&change->before[i].shape)
				: work->shares[i][k];

			if (work->order.deed == LAND_REDRAW && (i == k || share == 0))
				continue;
			rc = add_step(dealing, i, k, share, err);
		}
	return rc;
}

/* What was held for this is done. */
static int release(struct dealing *dealing, struct error *err)
{
	const struct land_work *work = dealing->work;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->order.parcel_count; i++) {
		rc = record_lock_remove(dealing->store, work->layer, work->order.parcels[i].id,
			work->account_id, false, NULL);
		if (rc == ERR_NOT_FOUND)
			rc = 0;
	}
	return rc ? fail_internal(err) : 0;
}

int land_run(struct store *store, void *context, struct error *err)
{
	struct land_work *work = context;
	struct dealing dealing = {.work = work, .store = store};
	int rc = check_locks(&dealing, err);

	if (!rc)
		rc = change_begin(store, &work->author, &dealing.changes, err);
	if (rc)
		return rc;
	dealing.revision = revision_of(
		store, work->layer, work->working_epsg, &dealing.changes, work->randomness);
	if (old_ones_end(work))
		rc = end_old_ones(&dealing, err);
	if (!rc)
		rc = make_new_ones(&dealing, err);
	if (!rc && work->order.deed != LAND_RENUMBER)
		rc = add_lineage(&dealing, err);
	if (!rc)
		rc = release(&dealing, err);
	return rc ? rc : change_end(&dealing.changes, err);
}

int land_preview(struct store *store, struct land_work *work, struct error *err)
{
	struct dealing dealing = {.work = work, .store = store, .preview = true};
	int rc = 0;

	for (size_t i = 0; !rc && i < work->after_count; i++) {
		struct error what = {0};

		rc = give_number(&dealing, i, &what);
		if (rc != ERR_CONFLICT) {
			error_copy(err, &what);
			continue;
		}
		land_change_find(work->change, &what, &work->change->after[i].shape);
		rc = 0;
	}
	return rc;
}
