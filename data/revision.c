#include "data/revision.h"

#include <math.h>

#include "base/messages.h"
#include "data/address.h"
#include "data/agenda.h"
#include "data/feature_row.h"
#include "data/search_index.h"
#include "data/search_sum.h"

static const struct box nowhere = {1, 1, -1, -1};

struct revision revision_of(struct store *store, const struct layer *layer, int epsg,
	struct change_set *changes, const struct randomness *randomness)
{
	return (struct revision){
		.store = store,
		.layer = layer,
		.epsg = epsg,
		.today = clock_date_vietnam(changes->author.at_us),
		.changes = changes,
		.randomness = randomness,
		.order = feature_digest_order(layer),
	};
}

int revision_ask(struct store *store, const struct layer *layer, int64_t id, struct error *err)
{
	int rc;

	if (!store_asks_ahead(store))
		return 0;
	rc = history_ask_live(store, layer, id, err);
	return rc ? rc : feature_ask_row(store, layer, id, err);
}

/* Dates half open; "" is far away on its side. */
static bool before(const struct date *from, const struct date *to)
{
	return !*to->text || strcmp(from->text, to->text) < 0;
}

static struct date later_end(const struct date *a, const struct date *b)
{
	if (!*a->text || !*b->text)
		return (struct date){""};
	return strcmp(a->text, b->text) > 0 ? *a : *b;
}

static void grow(struct box *box, const struct box *by)
{
	if (by->min_x > by->max_x)
		return;
	if (box->min_x > box->max_x) {
		*box = *by;
		return;
	}
	box->min_x = fmin(box->min_x, by->min_x);
	box->min_y = fmin(box->min_y, by->min_y);
	box->max_x = fmax(box->max_x, by->max_x);
	box->max_y = fmax(box->max_y, by->max_y);
}

static struct box box_of(const struct feature *feature)
{
	return feature->wkb.bytes ? feature->box : nowhere;
}

/* Writes a version into history, agenda and feed. */
static int put(struct revision *revision, const struct feature *feature, int64_t base,
	enum history_action action, const struct box *box, struct error *err)
{
	static const enum change_action actions[] = {CHANGE_CREATE, CHANGE_UPDATE, CHANGE_DELETE};
	const struct change change = {.feature_id = feature->id, .version = feature->version,
		.base = base, .action = actions[action], .valid_from = feature->valid_from,
		.valid_to = feature->valid_to, .box = *box,
		.digest = feature_digest(revision->layer, &revision->order, feature)};
	int rc = revision->layer->address && action != HISTORY_END
		? address_claim(revision->store, revision->layer, feature, err)
		: 0;

	if (!rc)
		rc = history_put(
			revision->store, revision->layer, feature, action, revision->epsg, err);
	if (!rc && action != HISTORY_END)
		rc = agenda_add(revision->store, revision->layer, feature, &revision->today, err);
	return rc ? rc : change_add(revision->changes, revision->layer, &change, err);
}

static int insert_row(struct revision *revision, struct feature *feature, bool in_force,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	feature_row_insert(&sql, revision->layer, false);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(revision->store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "in_force", in_force);
	feature_row_bind(query, revision->layer, feature, revision->epsg, true);
	rc = query_step(query, err);
	if (rc > 0)
		feature->id = query_int(query, 0);
	return rc < 0 ? rc : 0;
}

/* A geometry that stays is not said again: the index would be written for nothing. */
static int update_row(struct revision *revision, const struct feature *feature, bool in_force,
	bool geometry, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql, "UPDATE \"%s\" SET in_force = $in_force, ", revision->layer->id);
	feature_row_list(&sql, revision->layer, FEATURE_SETTINGS, geometry);
	strbuf_add_text(&sql, " WHERE id = $id");
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(revision->store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", feature->id);
	query_bind_int(query, "in_force", in_force);
	feature_row_bind(query, revision->layer, feature, revision->epsg, geometry);
	return query_run(query, err);
}

/*
 * Counts of the layer after a row came, or began or ceased to be in force; where it was, `known`, is
 * counted already.
 */
static int count(struct revision *revision, int in_force, int resting, const struct box *box,
	const struct box *known, struct error *err)
{
	struct layer_state state;
	struct box grown = *known;
	int rc;

	grow(&grown, box);
	if (!in_force && !resting && !memcmp(&grown, known, sizeof grown))
		return 0;
	rc = layer_state_read(revision->store, revision->layer, &state, err);
	if (rc)
		return rc;
	grown = state.box.min_x <= state.box.max_x ? state.box : nowhere;
	grow(&grown, box);
	if (!in_force && !resting && !memcmp(&grown, &state.box, sizeof grown))
		return 0;
	state.record_count += in_force;
	state.resting_count += resting;
	if (grown.min_x <= grown.max_x)
		state.box = grown;
	return layer_state_write(revision->store, revision->layer, &state, err);
}

static int check_dates(const struct feature *feature, struct error *err)
{
	int rc;

	if (!*feature->valid_from.text || before(&feature->valid_from, &feature->valid_to))
		return 0;
	rc = fail_dates_turned_round(err, feature->valid_from.text, feature->valid_to.text);
	error_where(err, "/properties/valid_to");
	return rc;
}

static int make_found(struct revision *revision, const struct feature *feature, bool in_force,
	struct error *err)
{
	struct search_writer writer = SEARCH_WRITER(revision->store, revision->layer);
	int rc = search_writer_add(&writer, feature, in_force, err);

	search_writer_clear(&writer);
	return rc;
}

int revision_create(struct revision *revision, struct feature *feature, struct error *err)
{
	struct box box = box_of(feature);
	bool in_force = feature_in_force(feature, &revision->today);
	int rc = check_dates(feature, err);

	if (rc)
		return rc;
	feature->version = 1;
	feature->recorded_at_us = revision->changes->author.at_us;
	feature->uid = uuid_v7(feature->recorded_at_us, revision->randomness);
	rc = insert_row(revision, feature, in_force, err);
	if (rc)
		return rc;
	rc = put(revision, feature, 0, HISTORY_CREATE, &box, err);
	if (!rc)
		rc = make_found(revision, feature, in_force, err);
	return rc ? rc : count(revision, in_force, !in_force, &box, &nowhere, err);
}

/* A version said again for other days, or put into the index. */
struct saying {
	struct revision *revision;
	int64_t version; /* its new number */
	struct date from, to;
	struct box box;
};

static int say_again(void *context, const struct feature *feature, struct error *err)
{
	struct saying *saying = context;
	struct feature copy = *feature;

	copy.version = saying->version;
	copy.valid_from = saying->from;
	copy.valid_to = saying->to;
	copy.recorded_at_us = saying->revision->changes->author.at_us;
	saying->box = box_of(&copy);
	return put(saying->revision, &copy, feature->version, HISTORY_UPDATE, &saying->box, err);
}

static int read_version(struct revision *revision, int64_t id, int64_t version,
	feature_visit *visit, void *context, struct error *err)
{
	bool found;
	int rc = history_read(
		revision->store, revision->layer, id, version, visit, context, &found, err);

	return rc || found ? rc : fail_register_damaged(err);
}

/* Which version the table shows: in force today, else the last that was, else the first to come. */
static const struct history_span *choose(
	const struct history_spans *spans, const struct date *today, bool *ret_in_force)
{
	const struct history_span *last = NULL, *first = NULL;

	*ret_in_force = false;
	for (size_t i = 0; i < spans->count; i++) {
		const struct history_span *span = &spans->spans[i];

		if (strcmp(span->from.text, today->text) > 0) {
			if (!first || strcmp(span->from.text, first->from.text) < 0)
				first = span;
		} else if (before(today, &span->to)) {
			*ret_in_force = true;
			return span;
		} else if (!last || strcmp(span->to.text, last->to.text) > 0) {
			last = span;
		}
	}
	return last ? last : first;
}

/* Writing the table's row anew. */
struct following {
	struct revision *revision;
	const struct history_row *old;
	bool in_force;
	struct box box; /* of the new row */
	struct change change;
};

static bool has_shape(const struct history_row *old, const struct feature *feature)
{
	struct content_hash shape;

	if (!feature->wkb.bytes)
		return !*old->shape.text;
	shape = content_hash(feature->wkb.bytes, feature->wkb.len);
	return !strcmp(shape.text, old->shape.text);
}

static int follow_row(void *context, const struct feature *feature, struct error *err)
{
	struct following *following = context;
	struct revision *revision = following->revision;

	following->box = box_of(feature);
	following->change.valid_from = feature->valid_from;
	following->change.valid_to = feature->valid_to;
	following->change.digest = feature_digest(revision->layer, &revision->order, feature);
	return update_row(revision, feature, following->in_force,
		!has_shape(following->old, feature), err);
}

/* A version that holds and may need its place in the index. */
struct indexing {
	struct revision *revision;
	const struct box *row_box;
};

static int index_version(void *context, const struct feature *feature, struct error *err)
{
	const struct indexing *indexing = context;

	return history_index_put(indexing->revision->store, indexing->revision->layer, feature, 0,
		indexing->row_box, err);
}

/*
 * The versions that hold, and all others if the row has moved away: what lay within its old box lies
 * within its new one else.
 */
static int follow_index(struct revision *revision, int64_t id, const struct history_spans *spans,
	int64_t row_version, const struct history_row *old, const struct box *row_box,
	struct error *err)
{
	struct indexing indexing = {.revision = revision, .row_box = row_box};
	struct box both = *row_box;
	int rc = 0;

	grow(&both, &old->box);
	if (memcmp(&both, row_box, sizeof both) != 0)
		return history_index_fill(
			revision->store, revision->layer, id, row_version, row_box, err);
	for (size_t i = 0; !rc && i < spans->count; i++)
		if (spans->spans[i].version != row_version)
			rc = read_version(
				revision, id, spans->spans[i].version, index_version, &indexing, err);
	return rc;
}

/*
 * A new version that is found by the same, and takes nothing away from those before it, leaves the
 * search as it is: most changes.
 */
static bool is_found_alike(const struct revision *revision, const struct history_row *old,
	const struct feature *shown)
{
	return shown && old->in_force && strcmp(shown->valid_from.text, old->from.text) >= 0 &&
		search_sum_of(revision->layer, shown->values) == old->search_sum;
}

/*
 * Makes the table and the index right after the versions of a record changed; `spans` are those that
 * hold now, `made` is the one that was written last, if it is at hand.
 */
static int follow(struct revision *revision, int64_t id, const struct history_row *old,
	const struct history_spans *spans, const struct feature *made, struct following *ret,
	struct error *err)
{
	struct following following = {.revision = revision, .old = old, .box = old->box};
	const struct history_span *span = choose(spans, &revision->today, &following.in_force);
	const struct feature *shown = NULL;
	int64_t version = span ? span->version : old->version;
	int rc;

	following.change.version = version;
	if (made && made->version == version)
		rc = follow_row(&following, made, err);
	else
		rc = read_version(revision, id, version, follow_row, &following, err);
	if (!rc)
		rc = follow_index(revision, id, spans, version, old, &following.box, err);
	if (!rc && !(made && made->version == version))
		rc = history_index_remove(revision->store, revision->layer, id, version, err);
	if (!rc)
		rc = count(revision, following.in_force - old->in_force,
			old->in_force - following.in_force, &following.box, &old->box, err);
	if (made && made->version == version && following.in_force)
		shown = made;
	if (!rc && !is_found_alike(revision, old, shown))
		rc = search_index_follow(
			revision->store, revision->layer, id, shown, &revision->today, err);
	*ret = following;
	return rc;
}

/* A version that holds from now on joins the others. */
static int add_span(struct history_spans *spans, int64_t version, const struct date *from,
	const struct date *to, struct error *err)
{
	if (spans->count == HISTORY_LIVE_MAX)
		return fail_versions_exhausted(err);
	spans->spans[spans->count++] = (struct history_span){version, *from, *to};
	return 0;
}

/* Says a superseded version again for some of its days. */
static int keep_part(struct revision *revision, int64_t id, int64_t version, const struct date *from,
	const struct date *to, struct history_spans *holding, struct error *err)
{
	struct saying saying = {.revision = revision, .version = ++holding->last_version,
		.from = *from, .to = *to};
	int rc = read_version(revision, id, version, say_again, &saying, err);

	return rc ? rc : add_span(holding, saying.version, from, to, err);
}

/* Which time of a record is cleared of the versions that hold in it. */
struct clearing {
	int64_t id;
	int64_t base_version;  /* is cleared as far as it goes */
	int64_t shown_version; /* by the row */
	const struct date *from, *to;
	struct box cleared; /* where the versions lay that gave way, but for the one shown */
};

static int note_place(void *context, const struct feature *feature, struct error *err)
{
	struct box *cleared = context, box = box_of(feature);

	(void)err;
	grow(cleared, &box);
	return 0;
}

/* Supersedes a version, and says again what of it lies before the time and from `until` on. */
static int clear_span(struct revision *revision, struct clearing *clearing,
	const struct history_span *span, const struct date *until, struct history_spans *holding,
	struct error *err)
{
	const struct date *from = clearing->from;
	bool is_shown = span->version == clearing->shown_version;
	int rc = history_supersede(revision->store, revision->layer, clearing->id, span->version,
		is_shown, revision->changes->author.at_us, err);

	if (!rc && !is_shown)
		rc = read_version(revision, clearing->id, span->version, note_place,
			&clearing->cleared, err);
	if (!rc && *from->text && strcmp(span->from.text, from->text) < 0)
		rc = keep_part(revision, clearing->id, span->version, &span->from, from, holding, err);
	if (!rc && *until->text && before(until, &span->to))
		rc = keep_part(revision, clearing->id, span->version, until, &span->to, holding, err);
	return rc;
}

/* Clears it of all versions in *spans, which are those that hold then. */
static int clear_time(struct revision *revision, struct clearing *clearing,
	struct history_spans *spans, struct error *err)
{
	struct history_spans holding = {.last_version = spans->last_version};
	const struct date *from = clearing->from, *to = clearing->to;
	int rc = 0;

	for (size_t i = 0; !rc && i < spans->count; i++) {
		const struct history_span *span = &spans->spans[i];
		bool is_base = span->version == clearing->base_version;
		struct date until = is_base ? later_end(to, &span->to) : *to;

		if ((*from->text && !before(from, &span->to)) ||
			(*span->from.text && !before(&span->from, &until)))
			rc = add_span(&holding, span->version, &span->from, &span->to, err);
		else
			rc = clear_span(revision, clearing, span, &until, &holding, err);
	}
	if (!rc)
		*spans = holding;
	return rc;
}

/* The base as it holds; of a record that was ended, nothing from its end on. */
static int find_base(const struct history_spans *spans, int64_t base_version,
	struct history_span *ret_base, struct error *err)
{
	if (!spans->last_version)
		return fail_no_such_record(err);
	for (size_t i = 0; i < spans->count; i++) {
		if (spans->spans[i].version != base_version)
			continue;
		*ret_base = spans->spans[i];
		return 0;
	}
	if (base_version != spans->last_version)
		return fail_stale_version(err, base_version, spans->last_version);
	*ret_base = (struct history_span){.version = base_version};
	return 0;
}

int revision_replace(struct revision *revision, int64_t base_version, struct feature *feature,
	struct error *err)
{
	struct following followed;
	struct clearing clearing = {feature->id, base_version, .from = &feature->valid_from,
		.to = &feature->valid_to, .cleared = nowhere};
	struct history_spans spans;
	struct history_span base;
	struct history_row old;
	struct box box;
	int rc = history_live(revision->store, revision->layer, feature->id, &spans, &old, err);

	if (!rc)
		rc = find_base(&spans, base_version, &base, err);
	if (!rc)
		rc = check_dates(feature, err);
	if (rc)
		return rc;
	if (*base.to.text && strcmp(feature->valid_from.text, base.to.text) > 0) {
		rc = fail_begins_after_base(err, feature->valid_from.text, base.to.text);
		error_where(err, "/properties/valid_from");
		return rc;
	}
	clearing.shown_version = old.version;
	rc = clear_time(revision, &clearing, &spans, err);
	if (rc)
		return rc;
	feature->version = spans.last_version + 1;
	feature->recorded_at_us = revision->changes->author.at_us;
	box = box_of(feature);
	grow(&box, &old.box);
	grow(&box, &clearing.cleared);
	rc = put(revision, feature, base_version, HISTORY_UPDATE, &box, err);
	spans.last_version = feature->version;
	if (!rc)
		rc = add_span(&spans, feature->version, &feature->valid_from, &feature->valid_to,
			err);
	return rc ? rc : follow(revision, feature->id, &old, &spans, feature, &followed, err);
}

/* The version that says that a record ended. */
static int say_ended(void *context, const struct feature *feature, struct error *err)
{
	struct saying *saying = context;
	struct feature end = *feature;

	end.version = saying->version;
	end.valid_from = saying->from;
	end.valid_to = (struct date){""};
	end.recorded_at_us = saying->revision->changes->author.at_us;
	return put(saying->revision, &end, feature->version, HISTORY_END, &saying->box, err);
}

int revision_end(struct revision *revision, int64_t id, int64_t base_version,
	const struct date *from, int64_t *ret_version, struct error *err)
{
	struct saying saying = {.revision = revision, .from = *from};
	const struct date open = {""};
	struct clearing clearing = {id, base_version, .from = from, .to = &open, .cleared = nowhere};
	struct following followed;
	struct history_spans spans;
	struct history_span base;
	struct history_row old;
	int rc = history_live(revision->store, revision->layer, id, &spans, &old, err);

	if (!rc)
		rc = find_base(&spans, base_version, &base, err);
	if (!rc && !spans.count)
		rc = fail_no_such_record(err);
	clearing.shown_version = old.version;
	if (!rc)
		rc = clear_time(revision, &clearing, &spans, err);
	if (rc)
		return rc;
	saying.version = *ret_version = ++spans.last_version;
	saying.box = old.box;
	grow(&saying.box, &clearing.cleared);
	rc = read_version(revision, id, base_version, say_ended, &saying, err);
	return rc ? rc : follow(revision, id, &old, &spans, NULL, &followed, err);
}

int revision_turn(struct revision *revision, int64_t id, struct error *err)
{
	struct following followed;
	struct history_spans spans;
	struct history_row old;
	int rc = history_live(revision->store, revision->layer, id, &spans, &old, err);

	if (rc || !old.found)
		return rc;
	rc = follow(revision, id, &old, &spans, NULL, &followed, err);
	if (rc || (followed.in_force == old.in_force && followed.change.version == old.version))
		return rc;
	followed.change.feature_id = id;
	followed.change.action = followed.in_force ? CHANGE_START : CHANGE_STOP;
	followed.change.box = followed.box;
	grow(&followed.change.box, &old.box);
	return change_add(revision->changes, revision->layer, &followed.change, err);
}
