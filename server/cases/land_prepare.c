#include "server/cases/land.h"

#include <math.h>

#include "base/json_read.h"
#include "base/messages.h"
#include "data/land_number.h"
#include "data/record_lock.h"
#include "data/rule.h"
#include "gis/keep_corners.h"
#include "gis/unit_finder.h"

/* While it is prepared. */
struct preparing {
	struct land_work *work;
	const struct case_tools *tools;
	struct land_limits *limits;
	double sigma_m;
	struct shape working[LAND_PARCELS_MAX]; /* the old outlines in the working CRS */
};

size_t land_field(const struct layer *layer, const char *id)
{
	return layer_field_at(layer, id);
}

/* --- the old parcels ---------------------------------------------------------------------------- */

static int copy_bytes(struct arena *arena, struct wkb *wkb, struct error *err)
{
	unsigned char *bytes = wkb->len ? arena_alloc(arena, wkb->len) : NULL;

	if (wkb->len && !bytes)
		return fail_no_memory(err);
	if (bytes)
		memcpy(bytes, wkb->bytes, wkb->len);
	wkb->bytes = bytes;
	return 0;
}

/* A copy that stays, in the arena. */
static int copy_record(struct arena *arena, const struct layer *layer,
	const struct feature *feature, struct land_record *ret, struct error *err)
{
	int rc = 0;

	ret->feature = *feature;
	memcpy(ret->values, feature->values, layer->field_count * sizeof *ret->values);
	ret->feature.values = ret->values;
	for (size_t i = 0; !rc && i < layer->field_count; i++) {
		struct value *value = &ret->values[i];

		if (value->kind != VALUE_TEXT)
			continue;
		value->text = arena_text(arena, value->text, value->len);
		rc = value->text ? 0 : fail_no_memory(err);
	}
	if (!rc && feature->source_attributes) {
		ret->feature.source_attributes = arena_text(arena, feature->source_attributes,
			strlen(feature->source_attributes));
		rc = ret->feature.source_attributes ? 0 : fail_no_memory(err);
	}
	if (!rc)
		rc = copy_bytes(arena, &ret->feature.wkb, err);
	return rc ? rc : copy_bytes(arena, &ret->feature.native_wkb, err);
}

struct taking {
	struct preparing *preparing;
	struct land_record *record;
};

static int take_record(void *context, const struct feature *feature, struct error *err)
{
	struct taking *taking = context;
	const struct land_work *work = taking->preparing->work;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature seen = *feature;
	bool source;

	memcpy(values, feature->values, work->layer->field_count * sizeof *values);
	if (!view_admits(&work->view, values, &seen))
		return fail_no_such_record(err);
	if (view_writable(&work->view, feature->values, feature, &source) != UINT64_MAX)
		return fail_write_forbidden(err);
	if (!feature->wkb.bytes)
		return fail_parcel_shapeless(err, feature->id);
	return copy_record(taking->preparing->tools->arena, work->layer, feature, taking->record, err);
}

/* Whether the version that the author knows still holds, on the day. */
static int check_holds(struct preparing *preparing, size_t index, struct error *err)
{
	const struct land_work *work = preparing->work;
	int64_t id = work->order.parcels[index].id, version = work->order.parcels[index].version;
	const struct date *day = &work->order.from;
	struct history_spans spans;
	bool lasts = false; /* it is in force on the day, or will be */
	int rc = history_live(preparing->tools->store, work->layer, id, &spans, NULL, err);

	if (rc)
		return rc;
	if (!spans.last_version)
		return fail_no_such_record(err);
	for (size_t i = 0; i < spans.count; i++) {
		const struct history_span *span = &spans.spans[i];
		bool over = *span->to.text && strcmp(span->to.text, day->text) <= 0;

		lasts |= !over;
		if (span->version != version)
			continue;
		return over || strcmp(span->from.text, day->text) > 0
			? fail_parcel_retired(err, id)
			: 0;
	}
	if (!lasts)
		return fail_parcel_retired(err, id);
	return fail_stale_version(err, version, spans.last_version);
}

static int read_parcel(struct preparing *preparing, size_t index, struct error *err)
{
	struct land_work *work = preparing->work;
	struct taking taking = {preparing, &work->before[index]};
	int64_t id = work->order.parcels[index].id;
	bool found = false;
	int rc = 0;

	for (size_t i = 0; i < index; i++)
		if (work->order.parcels[i].id == id)
			return fail_parcel_twice(err, id);
	if (work->order.parcels[index].version < 1)
		return fail_base_unknown(err);
	rc = history_read(preparing->tools->store, work->layer, id,
		work->order.parcels[index].version, take_record, &taking, &found, err);
	/* Whether the author sees it is known first. */
	if (!rc && found)
		rc = check_holds(preparing, index, err);
	if (rc)
		return rc;
	if (!found)
		return fail_no_such_record(err);
	return shape_read_wkb(preparing->tools->arena, work->before[index].feature.wkb,
		&preparing->working[index], err);
}

static int check_corners(const struct land_work *work, struct error *err)
{
	size_t corners = 0;

	for (size_t i = 0; i < work->order.parcel_count; i++)
		corners += work->change->before[i].shape.point_count;
	for (size_t i = 0; i < work->order.saying_count; i++)
		if (work->order.sayings[i].has_shape)
			corners += work->order.sayings[i].shape.point_count;
	return corners > LAND_CORNERS_MAX ? fail_outline_too_fine(err) : 0;
}

/* What came from one zone is worked on there, with the digits of its survey. */
static int choose_plane(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	int native = work->before[0].feature.native_epsg, rc = 0;

	for (size_t i = 1; i < work->order.parcel_count; i++)
		if (work->before[i].feature.native_epsg != native)
			native = 0;
	work->plane_epsg = native ? native : work->working_epsg;
	for (size_t i = 0; !rc && i < work->order.parcel_count; i++) {
		const struct land_record *record = &work->before[i];
		const struct value *legal =
			&record->values[land_field(work->layer, work->layer->land->legal_area)];
		struct land_parcel *parcel = &work->change->before[i];

		parcel->legal_m2 = legal->kind == VALUE_REAL ? legal->real : (double)NAN;
		rc = shape_read_wkb(preparing->tools->arena,
			native ? record->feature.native_wkb : record->feature.wkb, &parcel->shape, err);
	}
	work->change->before_count = work->order.parcel_count;
	return rc ? rc : check_corners(work, err);
}

static int read_rules(struct preparing *preparing, struct error *err)
{
	const struct land_work *work = preparing->work;
	autoptr(json_document_free) struct json_node *document = NULL;
	int64_t unit = view_unit(work->layer, &work->before[0].feature);
	struct rule rule;
	int rc = rule_find(preparing->tools->store, "land_checks", &work->order.from, unit,
		preparing->tools->arena, &rule, err);

	preparing->limits = arena_zero(preparing->tools->arena, 1, sizeof *preparing->limits);
	if (!rc && !preparing->limits)
		rc = fail_no_memory(err);
	if (!rc)
		rc = land_limits_read(rule.payload, preparing->limits, err);
	if (!rc)
		rc = rule_find(preparing->tools->store, "boundary_error", &work->order.from, unit,
			preparing->tools->arena, &rule, err);
	if (!rc)
		rc = json_document_parse(rule.payload, strlen(rule.payload), &document, err);
	if (!rc && !json_node_number(json_node_get(document, "sigma_m"), &preparing->sigma_m))
		rc = fail_internal(err);
	return rc;
}

/* --- the new ones ------------------------------------------------------------------------------- */

/* Brings what was drawn into the plane; corners that were shown get their digits again. */
static int bring(struct preparing *preparing, struct shape *shape, struct error *err)
{
	struct land_work *work = preparing->work;
	const struct crs_path *path;
	double shown_m = fmax(preparing->limits->fit_m, PLACING_SHOWN_M);
	int rc = crs_path_find(
		preparing->tools->crs, work->order.epsg, work->plane_epsg, &path, err);

	if (!rc)
		rc = crs_path_apply(path, shape->xy, shape->point_count, err);
	for (size_t i = 0; !rc && i < work->order.parcel_count; i++)
		keep_corners(shape, &work->change->before[i].shape, shown_m);
	return rc;
}

static int take_shapes(struct preparing *preparing, bool all_said, struct error *err)
{
	struct land_work *work = preparing->work;
	const struct land_order *order = &work->order;
	int rc = 0;

	work->change->after_count = order->saying_count;
	for (size_t i = 0; !rc && i < order->saying_count; i++) {
		struct shape *shape = &work->change->after[i].shape;

		if (!order->sayings[i].has_shape && all_said)
			return fail_land_member(err, "geometry");
		*shape = order->sayings[i].has_shape ? order->sayings[i].shape
						     : work->change->before[i].shape;
		if (order->sayings[i].has_shape)
			rc = bring(preparing, shape, err);
	}
	return rc ? rc : land_change_fit(work->change, err);
}

static int make_shapes(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	struct land_order *order = &work->order;
	int rc;

	switch (order->deed) {
	case LAND_SPLIT:
		if (!order->has_line)
			return order->saying_count < 2 ? fail_land_member(err, "line")
						       : take_shapes(preparing, true, err);
		rc = bring(preparing, &order->line, err);
		return rc ? rc : land_change_split(work->change, &order->line, err);
	case LAND_MERGE:
		return land_change_join(work->change, err);
	default:
		return take_shapes(preparing, false, err);
	}
}

static const struct value *value_of(const struct land_work *work, size_t index, const char *field)
{
	return &work->before[index].values[land_field(work->layer, field)];
}

static const char *text_of(const struct value *value)
{
	return value->kind == VALUE_TEXT ? value->text : "";
}

/* Parcels of several units, or of several uses, are no one parcel; units may not exchange land. */
static void check_alike(struct preparing *preparing)
{
	struct land_work *work = preparing->work;
	const char *use = work->layer->land->use;
	int64_t unit = view_unit(work->layer, &work->before[0].feature);
	struct error what = {0};
	bool use_said = work->order.saying_count && work->order.sayings[0].use;

	for (size_t i = 1; i < work->order.parcel_count; i++)
		if (view_unit(work->layer, &work->before[i].feature) != unit) {
			fail_parcels_of_units(&what);
			land_change_find(work->change, &what, &work->change->before[i].shape);
			break;
		}
	for (size_t i = 1; work->order.deed == LAND_MERGE && !use_said &&
		i < work->order.parcel_count; i++) {
		const char *first = text_of(value_of(work, 0, use));
		const char *other = text_of(value_of(work, i, use));

		if (!strcmp(first, other))
			continue;
		fail_parcels_of_uses(&what, first, other);
		land_change_find(work->change, &what, &work->change->before[i].shape);
		break;
	}
}

static int check_locks(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	int rc = 0;

	for (size_t i = 0; !rc && i < work->order.parcel_count; i++) {
		struct error what = {0};

		rc = record_lock_check(preparing->tools->store, work->layer,
			work->order.parcels[i].id, work->account_id, work->author.at_us, &what);
		if (rc == ERR_CONFLICT) {
			land_change_find(
				work->change, &what, &work->change->before[i].shape);
			rc = 0;
		} else if (rc) {
			error_copy(err, &what);
		}
	}
	return rc;
}

static void set_text(struct land_record *record, const struct layer *layer, const char *field,
	const char *text)
{
	if (text)
		record->values[land_field(layer, field)] =
			(struct value){.kind = VALUE_TEXT, .text = text, .len = strlen(text)};
}

/* What a new parcel takes over: of its own, or of the one that it came of. */
static void fill_record(struct preparing *preparing, size_t index, const struct placed *placed)
{
	struct land_work *work = preparing->work;
	const struct layer *layer = work->layer;
	const struct land_saying none = {.legal_m2 = (double)NAN}, *saying = &none;
	struct land_record *record = &work->after[index];
	bool stays = work->order.deed == LAND_REDRAW;
	double legal = work->change->after[index].legal_m2;

	if (index < work->order.saying_count)
		saying = &work->order.sayings[index];
	*record = work->before[stays ? index : 0];
	record->feature.values = record->values;
	if (!stays)
		record->feature.id = record->feature.version = 0;
	record->feature.valid_from = work->order.from;
	if (!stays)
		record->feature.valid_to = (struct date){""};
	record->feature.wkb = placed->wkb;
	record->feature.box = placed->box;
	record->feature.native_epsg = placed->native_epsg;
	record->feature.native_wkb = placed->native_wkb;
	measure_put(&placed->measure, layer, record->values);
	record->number_given = stays || saying->number;
	if (!record->number_given)
		record->values[land_field(layer, layer->land->number)].kind = VALUE_NULL;
	set_text(record, layer, layer->land->sheet, saying->sheet);
	set_text(record, layer, layer->land->number, saying->number);
	set_text(record, layer, layer->land->use, saying->use);
	record->values[land_field(layer, layer->land->legal_area)] = isfinite(legal)
		? (struct value){.kind = VALUE_REAL, .real = legal}
		: (struct value){.kind = VALUE_NULL};
	record->sigma_m2 =
		land_area_error(&work->change->after[index].shape, preparing->sigma_m, NULL);
}

/* Corners of the old parcels keep their digits in the working CRS, too. */
static int place_all(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	const struct case_tools *tools = preparing->tools;
	autoptr(unit_finder_close) struct unit_finder *finder = NULL;
	struct placing placing;
	struct shape old, made;
	struct box box;
	int rc = geom_collect(
		tools->arena, preparing->working, work->order.parcel_count, &old, err);

	if (!rc)
		rc = placing_open(
			&placing, tools->crs, tools->geom, tools->city, work->plane_epsg, err);
	if (!rc)
		box = shape_box(&old);
	if (!rc)
		rc = unit_finder_open(tools->store, tools->layers, NULL, &box, &finder, err);
	work->after_count = work->change->after_count;
	for (size_t i = 0; !rc && i < work->after_count; i++) {
		struct placed placed;

		rc = placing_place(&placing, tools->arena, &work->change->after[i].shape, &old,
			PLACING_SHOWN_M, &placed, err);
		if (!rc)
			rc = shape_read_wkb(tools->arena, placed.wkb, &made, err);
		if (rc)
			break;
		fill_record(preparing, i, &placed);
		unit_put(unit_finder_find(finder, &made), false, work->layer, work->after[i].values);
	}
	return rc;
}

/* Which share of each old parcel lies in which new one. */
static int find_shares(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	struct land_change *change = work->change;
	int rc = 0;

	for (size_t i = 0; !rc && i < change->before_count; i++)
		for (size_t k = 0; !rc && k < change->after_count; k++) {
			struct box a = shape_box(&change->before[i].shape);
			struct box b = shape_box(&change->after[k].shape);
			struct shape common;

			work->shares[i][k] = 0;
			if (!boxes_meet(&a, &b))
				continue;
			rc = geom_common(change->geom, change->arena, &change->before[i].shape,
				&change->after[k].shape, &common, err);
			if (!rc && shape_area(&common) > change->limits->cover_m2)
				work->shares[i][k] =
					shape_area(&common) / shape_area(&change->before[i].shape);
		}
	return rc;
}

static void take_legal(struct land_work *work)
{
	for (size_t i = 0; i < work->change->after_count; i++) {
		double said = i < work->order.saying_count ? work->order.sayings[i].legal_m2
							   : (double)NAN;

		work->change->after[i].legal_m2 = said;
		if (work->order.deed == LAND_REDRAW && !isfinite(said))
			work->change->after[i].legal_m2 = work->change->before[i].legal_m2;
	}
	if (work->order.deed != LAND_REDRAW)
		land_change_share_legal(work->change);
}

/* A parcel that stays where it is and gets another number. */
static int number_anew(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	const struct land_saying *saying = &work->order.sayings[0];
	const struct layer *layer = work->layer;

	if (work->order.parcel_count != 1)
		return fail_parcels_too_many(err, 1);
	if (work->order.saying_count != 1 || (!saying->sheet && !saying->number))
		return fail_number_missing(err);
	work->after_count = 1;
	work->after[0] = work->before[0];
	work->after[0].feature.values = work->after[0].values;
	work->after[0].feature.valid_from = work->order.from;
	work->after[0].number_given = saying->number != NULL;
	set_text(&work->after[0], layer, layer->land->sheet, saying->sheet);
	set_text(&work->after[0], layer, layer->land->number, saying->number);
	return 0;
}

static int make_all(struct preparing *preparing, struct error *err)
{
	struct land_work *work = preparing->work;
	int rc = make_shapes(preparing, err);

	if (rc || work->change->finding_count || !work->change->after_count)
		return rc;
	check_alike(preparing);
	take_legal(work);
	rc = land_change_check(work->change, err);
	if (!rc)
		rc = place_all(preparing, err);
	if (!rc && work->order.deed == LAND_REDRAW && !work->change->finding_count)
		rc = find_shares(preparing, err);
	return rc;
}

static int check_counts(const struct land_order *order, struct error *err)
{
	size_t least = order->deed == LAND_MERGE ? 2 : 1;

	if (order->parcel_count < least)
		return fail_parcels_too_few(err, (int64_t)least);
	if (order->deed == LAND_SPLIT && order->parcel_count > 1)
		return fail_parcels_too_many(err, 1);
	if (order->deed == LAND_REDRAW && order->saying_count != order->parcel_count)
		return fail_land_member(err, "parcels");
	return 0;
}

int land_prepare(struct land_work *work, const struct case_tools *tools, struct error *err)
{
	struct preparing preparing = {.work = work, .tools = tools};
	int rc = check_counts(&work->order, err);

	work->layer = work->view.layer;
	work->working_epsg = tools->city->epsg;
	if (!*work->order.from.text)
		work->order.from = clock_date_vietnam(work->author.at_us);
	work->change = arena_zero(tools->arena, 1, sizeof *work->change);
	work->before = arena_zero(tools->arena, LAND_PARCELS_MAX, sizeof *work->before);
	work->after = arena_zero(tools->arena, LAND_PARCELS_MAX, sizeof *work->after);
	if (!rc && (!work->change || !work->before || !work->after))
		rc = fail_no_memory(err);
	for (size_t i = 0; !rc && i < work->order.parcel_count; i++)
		rc = read_parcel(&preparing, i, err);
	if (!rc)
		rc = read_rules(&preparing, err);
	if (!rc) {
		work->change->geom = tools->geom;
		work->change->arena = tools->arena;
		work->change->limits = preparing.limits;
		rc = choose_plane(&preparing, err);
	}
	if (!rc)
		rc = check_locks(&preparing, err);
	if (rc)
		return rc;
	return work->order.deed == LAND_RENUMBER ? number_anew(&preparing, err)
						 : make_all(&preparing, err);
}
