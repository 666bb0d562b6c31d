#include "server/cases/unit_reform.h"

#include <math.h>

#include "base/array.h"
#include "base/messages.h"
#include "base/text.h"
#include "data/dossier_list.h"
#include "data/feature_read.h"
#include "data/lineage.h"
#include "data/revision.h"
#include "data/rule.h"
#include "gis/unit_finder.h"

enum { ARENA_BYTES = 1 << 30, NAME_MAX = 160 };

struct reform_unit {
	int64_t version;
	char code[32], name[NAME_MAX];
};

struct reform_step {
	int64_t from_id, to_id;
	double share;
	bool is_derived;
};

struct reform_plan {
	struct arena arena;
	struct succession_unit old[SUCCESSION_UNITS_MAX], made[SUCCESSION_UNITS_MAX];
	struct reform_unit old_more[SUCCESSION_UNITS_MAX], made_more[SUCCESSION_UNITS_MAX];
	size_t old_count, made_count;
	struct reform_step *steps; /* heap */
	size_t step_count, step_room;
	struct unit_finder *finder;
};

void reform_plan_free(struct reform_plan *plan)
{
	if (!plan)
		return;
	unit_finder_close(plan->finder);
	arena_clear(&plan->arena);
	free(plan->steps);
	free(plan);
}

/* --- planning ----------------------------------------------------------------------------------- */

struct gathering {
	struct unit_reform *reform;
	struct reform_plan *plan;
	const struct layer *layer;
};

static void copy_text(const struct layer *layer, const struct feature *feature, const char *field,
	char *to, size_t room)
{
	const struct layer_field *found = layer_field_find(layer, field, strlen(field));
	const struct value *value =
		found ? &feature->values[layer_field_index(layer, found)] : NULL;

	if (value && value->kind == VALUE_TEXT) {
		size_t len = text_cut(value->text, value->len < room ? value->len : room - 1);

		memcpy(to, value->text, len);
		to[len] = '\0';
	}
}

/* A unit in force on the day begins then, and is new, or was there before. */
static int take_unit(void *context, const struct feature *feature, struct error *err)
{
	struct gathering *gathering = context;
	struct reform_plan *plan = gathering->plan;
	bool is_new = !strcmp(feature->valid_from.text, gathering->reform->day.text);
	size_t *count = is_new ? &plan->made_count : &plan->old_count;
	struct succession_unit *unit = (is_new ? plan->made : plan->old) + *count;
	struct reform_unit *more = (is_new ? plan->made_more : plan->old_more) + *count;
	int rc;

	if (!feature->wkb.bytes)
		return 0;
	if (*count == SUCCESSION_UNITS_MAX)
		return fail_units_too_many(err, SUCCESSION_UNITS_MAX);
	*unit = (struct succession_unit){.id = feature->id, .box = feature->box};
	more->version = feature->version;
	copy_text(gathering->layer, feature, "code", more->code, sizeof more->code);
	copy_text(gathering->layer, feature, "name", more->name, sizeof more->name);
	rc = shape_read_wkb(&plan->arena, feature->wkb, &unit->shape, err);
	if (!rc)
		++*count;
	return rc;
}

static int read_units(struct gathering *gathering, struct error *err)
{
	struct view view = VIEW_NOW(gathering->layer);

	view.is_dated = true;
	view.first_day = view.last_day = gathering->reform->day;
	view.recorded_us = INT64_MAX;
	return feature_read_after(
		gathering->reform->store, &view, 0, take_unit, gathering, err);
}

static size_t index_of(const struct succession_unit *units, size_t count, int64_t id)
{
	size_t i = 0;

	while (i < count && units[i].id != id)
		i++;
	return i;
}

/* What a decision says of a pair; NULL nothing. */
static const struct reform_share *decided(
	const struct unit_reform *reform, const char *from_code, const char *to_code)
{
	for (size_t i = 0; i < reform->share_count; i++)
		if (!strcmp(reform->shares[i].from_code, from_code) &&
			!strcmp(reform->shares[i].to_code, to_code))
			return &reform->shares[i];
	return NULL;
}

static bool is_decided_from(const struct unit_reform *reform, const char *from_code)
{
	for (size_t i = 0; i < reform->share_count; i++)
		if (!strcmp(reform->shares[i].from_code, from_code))
			return true;
	return false;
}

static int take_step(void *context, int64_t from_id, int64_t to_id, double share, struct error *err)
{
	struct gathering *gathering = context;
	struct reform_plan *plan = gathering->plan;
	size_t from = index_of(plan->old, plan->old_count, from_id);
	size_t to = index_of(plan->made, plan->made_count, to_id);
	const char *from_code = plan->old_more[from].code;
	const struct reform_share *said =
		decided(gathering->reform, from_code, plan->made_more[to].code);

	/* Where a decision tells what came of a unit, nothing else did. */
	if (!said && is_decided_from(gathering->reform, from_code))
		return 0;
	if (!array_reserve((void **)&plan->steps, &plan->step_room, plan->step_count + 1,
		    sizeof *plan->steps))
		return fail_no_memory(err);
	plan->steps[plan->step_count++] = (struct reform_step){from_id, to_id,
		said && isfinite(said->share) ? said->share : share,
		!said || !isfinite(said->share)};
	return 0;
}

/* Units that the new ones do not cover for the most part go on, such as the province. */
static void keep_ending(struct reform_plan *plan, double least_covered)
{
	size_t kept = 0, steps = 0;

	for (size_t i = 0; i < plan->old_count; i++) {
		if (plan->old[i].covered < least_covered)
			continue;
		plan->old[kept] = plan->old[i];
		plan->old_more[kept++] = plan->old_more[i];
	}
	plan->old_count = kept;
	for (size_t i = 0; i < plan->step_count; i++)
		if (index_of(plan->old, kept, plan->steps[i].from_id) < kept)
			plan->steps[steps++] = plan->steps[i];
	plan->step_count = steps;
}

static int derive(struct gathering *gathering, struct error *err)
{
	struct unit_reform *reform = gathering->reform;
	struct reform_plan *plan = gathering->plan;
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	double least = 0, least_covered = 0;
	int rc = rule_number(
		reform->store, "unit_succession", "least_share", &reform->day, &least, err);

	if (!rc)
		rc = rule_number(reform->store, "unit_succession", "least_covered", &reform->day,
			&least_covered, err);
	if (!rc)
		rc = succession_derive(reform->geom, &arena, plan->old, plan->old_count,
			plan->made, plan->made_count, least, take_step, gathering, err);
	if (!rc)
		keep_ending(plan, least_covered);
	return rc;
}

int unit_reform_plan(struct unit_reform *reform, reform_tell *tell, void *context,
	struct reform_plan **ret_plan, struct error *err)
{
	autoptr(reform_plan_free) struct reform_plan *plan = calloc(1, sizeof *plan);
	struct gathering gathering = {reform, plan, layer_of_units(reform->layers)};
	int rc = 0;

	if (!plan)
		return fail_no_memory(err);
	plan->arena = ARENA(ARENA_BYTES);
	if (gathering.layer)
		rc = read_units(&gathering, err);
	if (!rc && !plan->made_count)
		rc = fail_no_new_units(err, reform->day.text);
	if (!rc)
		rc = derive(&gathering, err);
	for (size_t i = 0; !rc && i < plan->step_count; i++) {
		const struct reform_step *step = &plan->steps[i];
		size_t from = index_of(plan->old, plan->old_count, step->from_id);
		size_t to = index_of(plan->made, plan->made_count, step->to_id);

		tell(context, plan->old_more[from].name, plan->made_more[to].name, step->share,
			step->is_derived);
	}
	if (rc)
		return rc;
	reform->units_before = (int64_t)plan->old_count;
	reform->units_after = (int64_t)plan->made_count;
	reform->steps = (int64_t)plan->step_count;
	*ret_plan = take(plan);
	return 0;
}

/* --- doing -------------------------------------------------------------------------------------- */

/* A transaction's worth. */
struct reform_slice {
	struct unit_reform *reform;
	struct reform_plan *plan;
	const struct layer *layer;
	struct {
		int64_t id, version, unit;
	} records[REFORM_SLICE];
	size_t count;
	int64_t last_id;
	int64_t visited;
	bool done;
};

static int begin_changes(struct reform_slice *slice, struct store *store, struct change_set *changes,
	struct revision *ret_revision, struct error *err)
{
	int rc = change_begin(store, &slice->reform->author, changes, err);

	if (!rc)
		*ret_revision = revision_of(store, slice->layer, slice->reform->epsg, changes,
			slice->reform->randomness);
	return rc;
}

/* The old units end, and lineage leads on from them. */
static int end_units(struct store *store, void *context, struct error *err)
{
	struct reform_slice *slice = context;
	struct reform_plan *plan = slice->plan;
	struct change_set changes;
	struct revision revision;
	int64_t version;
	int rc = begin_changes(slice, store, &changes, &revision, err);

	for (size_t i = 0; !rc && i < plan->old_count; i++)
		rc = revision_end(&revision, plan->old[i].id, plan->old_more[i].version,
			&slice->reform->day, &version, err);
	for (size_t i = 0; !rc && i < plan->step_count; i++) {
		const struct lineage_step step = {
			.layer = slice->layer->id,
			.from_id = plan->steps[i].from_id,
			.to_id = plan->steps[i].to_id,
			.cause = LINEAGE_TRANSFER,
			.valid_from = slice->reform->day,
			.share = plan->steps[i].share,
			.is_derived = plan->steps[i].is_derived,
			.document = slice->reform->document,
			.recorded_at_us = slice->reform->author.at_us,
		};

		rc = lineage_add(store, &step, err);
	}
	return rc ? rc : change_end(&changes, err);
}

/* The successor with the largest share; 0 none. */
static int64_t main_successor(const struct reform_plan *plan, int64_t unit)
{
	const struct reform_step *best = NULL;

	for (size_t i = 0; i < plan->step_count; i++)
		if (plan->steps[i].from_id == unit &&
			(!best || plan->steps[i].share > best->share))
			best = &plan->steps[i];
	return best ? best->to_id : 0;
}

/* Which unit a record lies in after the reform, if that is another. */
static int take_record(void *context, const struct feature *feature, struct error *err)
{
	struct reform_slice *slice = context;
	struct reform_plan *plan = slice->plan;
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	int64_t now = view_unit(slice->layer, feature), unit = 0;
	struct shape shape;
	int rc = 0;

	slice->last_id = feature->id;
	slice->visited++;
	if (feature->wkb.bytes) {
		rc = shape_read_wkb(&arena, feature->wkb, &shape, err);
		if (rc)
			return rc;
		unit = unit_finder_find(plan->finder, &shape);
	}
	/* Along the outer border outlines of two surveys differ. */
	if (!unit && main_successor(plan, now)) {
		unit = main_successor(plan, now);
		slice->reform->outside++;
	}
	if (!unit || unit == now)
		return 0;
	slice->records[slice->count].id = feature->id;
	slice->records[slice->count].version = feature->version;
	slice->records[slice->count++].unit = unit;
	return slice->count == REFORM_SLICE;
}

struct moving {
	struct reform_slice *slice;
	struct revision *revision;
	size_t index;
};

static int move_record(void *context, const struct feature *feature, struct error *err)
{
	struct moving *moving = context;
	const struct reform_slice *slice = moving->slice;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature copy = *feature;

	memcpy(values, feature->values, slice->layer->field_count * sizeof *values);
	unit_put(slice->records[moving->index].unit, false, slice->layer, values);
	copy.values = values;
	if (strcmp(copy.valid_from.text, slice->reform->day.text) < 0)
		copy.valid_from = slice->reform->day;
	return revision_replace(
		moving->revision, slice->records[moving->index].version, &copy, err);
}

static int move_slice(struct store *store, void *context, struct error *err)
{
	struct reform_slice *slice = context;
	struct change_set changes;
	struct revision revision;
	struct moving moving = {slice, &revision, 0};
	int rc = begin_changes(slice, store, &changes, &revision, err);

	for (; !rc && moving.index < slice->count; moving.index++) {
		struct error own = {0};
		bool found;

		rc = history_read(store, slice->layer, slice->records[moving.index].id,
			slice->records[moving.index].version, move_record, &moving, &found, &own);
		/* Who has changed it meanwhile found the new units already. */
		if (rc == ERR_CONFLICT)
			rc = 0;
		if (rc)
			error_copy(err, &own);
	}
	return rc ? rc : change_end(&changes, err);
}

static int move_layer(
	struct reform_slice *slice, int64_t *done, int64_t total, struct error *err)
{
	struct unit_reform *reform = slice->reform;
	struct view view = VIEW_NOW(slice->layer);
	struct date today = clock_date_vietnam(reform->author.at_us);
	int rc = 0;

	if (strcmp(reform->day.text, today.text) > 0) {
		view.is_dated = true;
		view.first_day = view.last_day = reform->day;
		view.recorded_us = INT64_MAX;
	}
	for (slice->done = false, slice->last_id = 0; !rc && !slice->done;) {
		slice->count = 0;
		slice->visited = 0;
		rc = feature_read_after(
			reform->store, &view, slice->last_id, take_record, slice, err);
		slice->done = slice->count < REFORM_SLICE;
		if (!rc && slice->count)
			rc = reform->write(reform->context, move_slice, slice, err);
		reform->moved += (int64_t)slice->count;
		*done += slice->visited;
		if (!rc && !reform->progress(reform->context, *done, total))
			rc = fail_cancelled(err);
	}
	return rc;
}

static bool has_unit_now(const struct layer *layer)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_UNIT_NOW)
			return true;
	return false;
}

static int count_records(const struct unit_reform *reform, int64_t *ret_total, struct error *err)
{
	int rc = 0;

	*ret_total = 0;
	for (size_t i = 0; !rc && i < reform->layers->count; i++) {
		const struct layer *layer = &reform->layers->layers[i];
		struct layer_state state = {0};

		if (has_unit_now(layer))
			rc = layer_state_read(reform->store, layer, &state, err);
		*ret_total += state.record_count;
	}
	return rc;
}

/* A writer_work: case files go to the ward in which their land lies now. */
static int move_dossiers(struct store *store, void *context, struct error *err)
{
	const struct reform_slice *slice = context;
	int64_t count;

	return dossier_follow_units(store, layer_of_land(slice->reform->layers), &count, err);
}

int unit_reform_run(struct unit_reform *reform, struct reform_plan *plan, struct error *err)
{
	struct reform_slice *slice = calloc(1, sizeof *slice);
	int64_t done = 0, total = 0;
	int rc = slice ? count_records(reform, &total, err) : fail_no_memory(err);

	if (!rc) {
		*slice = (struct reform_slice){.reform = reform, .plan = plan,
			.layer = layer_of_units(reform->layers)};
		rc = plan->old_count ? reform->write(reform->context, end_units, slice, err) : 0;
	}
	if (!rc)
		rc = unit_finder_open(
			reform->store, reform->layers, &reform->day, NULL, &plan->finder, err);
	for (size_t i = 0; !rc && i < reform->layers->count; i++) {
		slice->layer = &reform->layers->layers[i];
		if (has_unit_now(slice->layer))
			rc = move_layer(slice, &done, total, err);
	}
	if (!rc)
		rc = reform->write(reform->context, move_dossiers, slice, err);
	free(slice);
	return rc;
}
