#include "server/search_result.h"

#include <math.h>

#include "base/messages.h"
#include "base/text.h"
#include "data/feature_read.h"
#include "data/lineage.h"
#include "gis/shape.h"

enum { SHAPE_ARENA_BYTES = 256 << 20 };

static const struct view *view_of(const struct search_question *question, const struct layer *layer)
{
	return &question->ask.views[layer - question->ask.layers->layers];
}

static const struct value *value_of(
	const struct layer *layer, const struct feature *feature, const struct layer_field *field)
{
	return &feature->values[layer_field_index(layer, field)];
}

static bool is_said(const struct value *value)
{
	return value->kind != VALUE_NULL && (value->kind != VALUE_TEXT || value->len);
}

/* "thửa 345, tờ 12", the last part first; false if a part is missing. */
static bool add_number(struct strbuf *out, const struct layer *layer, const struct feature *feature,
	enum lang lang)
{
	bool any = false;

	for (size_t i = layer->field_count; i-- > 0;) {
		const struct layer_field *field = &layer->fields[i];
		const struct value *value = value_of(layer, feature, field);

		if (field->search != SEARCH_NUMBER)
			continue;
		if (value->kind != VALUE_TEXT || !value->len)
			return false;
		strbuf_add_format(out, "%s%s %s", any ? ", " : "", field->number_title[lang],
			value->text);
		any = true;
	}
	return any;
}

/* Its first text of that kind; false if it has none. */
static bool add_text(struct strbuf *out, const struct layer *layer, const struct feature *feature,
	enum field_search kind)
{
	for (size_t i = 0; i < layer->field_count; i++) {
		const struct value *value = &feature->values[i];

		if (layer->fields[i].search != kind || value->kind != VALUE_TEXT || !value->len)
			continue;
		strbuf_add(out, value->text, value->len);
		return true;
	}
	return false;
}

/* A sentence begins with a capital. */
static void begin_with_capital(struct strbuf *text)
{
	autofree(strbuf_clear) struct strbuf capital = STRBUF(16);
	size_t len = 1;

	while (((unsigned char)text->data[len] & 0xC0) == 0x80)
		len++;
	if (!text->len)
		return;
	text_capitals(&capital, text->data, len);
	if (!capital.failed)
		strbuf_replace(text, 0, len, capital.data, capital.len);
}

static int make_title(const struct search_question *question, struct arena *arena,
	const struct layer *layer, const struct feature *feature, const char **ret_title,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf title = STRBUF(SEARCH_TITLE_BYTES * 4);

	if (!add_number(&title, layer, feature, question->lang)) {
		strbuf_reset(&title);
		if (!add_text(&title, layer, feature, SEARCH_NAME) &&
			!add_text(&title, layer, feature, SEARCH_CODE))
			strbuf_add_format(&title, "%s %lld", layer->title[question->lang],
				(long long)feature->id);
	}
	begin_with_capital(&title);
	*ret_title = title.failed ? NULL : arena_text(arena, title.data, title.len);
	return *ret_title ? 0 : fail_no_memory(err);
}

/* What a class is called, where the field tells classes; else NULL. Codes in capitals are words of
 * the trade, and stay. */
static const char *class_title(
	const struct layer *layer, const struct layer_field *field, const char *value, enum lang lang)
{
	const struct look *look = &layer->look;

	if (!look->class_field || strcmp(look->class_field, field->id) != 0 ||
		(value[0] >= 'A' && value[0] <= 'Z'))
		return NULL;
	for (size_t i = 0; i < look->class_count; i++)
		if (look->classes[i].value && !strcmp(look->classes[i].value, value))
			return look->classes[i].title[lang];
	return NULL;
}

static void add_told(struct strbuf *out, const struct layer *layer, const struct layer_field *field,
	const struct value *value, enum lang lang)
{
	const char *title;

	switch (value->kind) {
	case VALUE_TEXT:
		title = class_title(layer, field, value->text, lang);
		strbuf_add_text(out, title ? title : value->text);
		break;
	case VALUE_INT:
		message_print_int(out, lang, value->integer);
		break;
	case VALUE_REAL:
		message_print_real(out, lang, value->real, 1);
		break;
	case VALUE_NULL:
		break;
	}
	if (field->unit && value->kind != VALUE_NULL)
		strbuf_add_format(out, " %s", !strcmp(field->unit, "m2") ? "m²" : field->unit);
}

static int tell(const struct search_question *question, struct arena *arena,
	const struct feature *feature, struct search_result *result, struct error *err)
{
	const struct layer *layer = result->hit->layer;

	for (size_t i = 0; i < layer->field_count && result->told_count < SEARCH_TOLD_MAX; i++) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(4 * SEARCH_TITLE_BYTES);
		const struct layer_field *field = &layer->fields[i];

		if ((field->search != SEARCH_TOLD && field->search != SEARCH_WITHIN) ||
			!is_said(&feature->values[i]))
			continue;
		add_told(&text, layer, field, &feature->values[i], question->lang);
		if (text.failed)
			continue; /* too long to be told in a line */
		result->told[result->told_count] = arena_text(arena, text.data, text.len);
		if (!result->told[result->told_count++])
			return fail_no_memory(err);
	}
	return 0;
}

/* The results of a layer while its records are read. */
struct reading {
	const struct search_question *question;
	struct arena *arena;
	struct search_result *results;
	size_t count;
};

static int take_record(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;
	struct search_result *result = reading->results;
	int rc;

	for (size_t left = reading->count; left && result->hit->id != feature->id; left--)
		result++;
	if (result == reading->results + reading->count)
		return 0;
	result->is_read = true;
	result->box = feature->wkb.bytes ? feature->box : box_empty;
	result->unit = result->hit->layer->is_units
		? 0
		: view_unit(result->hit->layer, feature);
	rc = make_title(reading->question, reading->arena, result->hit->layer, feature,
		&result->title, err);
	return rc ? rc : tell(reading->question, reading->arena, feature, result, err);
}

/* A record that ended is read as it was on its last day. */
static int read_ended(struct reading *reading, struct search_result *result, struct error *err)
{
	struct reading one = *reading;
	struct view view = *view_of(reading->question, result->hit->layer);
	bool found;

	result->as_of = clock_date_vietnam(date_begin_us(&result->hit->until) - 1);
	view.is_dated = true;
	view.first_day = view.last_day = result->as_of;
	view.recorded_us = INT64_MAX;
	one.results = result;
	one.count = 1;
	return feature_read_one(reading->question->ask.store, &view, result->hit->id, take_record,
		&one, &found, err);
}

/* The units that came after one that ended, while they are told. */
struct succeeding {
	const struct search_question *question;
	struct arena *arena;
	struct search_result *result;
	int64_t ids[SEARCH_TOLD_MAX];
	double shares[SEARCH_TOLD_MAX];
	size_t count;
	double share; /* of the one in hand */
};

static int take_successor(void *context, const struct lineage_step *step, struct error *err)
{
	struct succeeding *succeeding = context;

	(void)err;
	if (step->from_id != succeeding->result->hit->id || succeeding->count == SEARCH_TOLD_MAX)
		return 0;
	succeeding->ids[succeeding->count] = step->to_id;
	succeeding->shares[succeeding->count++] = step->share;
	return 0;
}

static int tell_successor(void *context, const struct feature *feature, struct error *err)
{
	struct succeeding *succeeding = context;
	struct search_result *result = succeeding->result;
	autofree(strbuf_clear) struct strbuf name = STRBUF(4 * SEARCH_TITLE_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(8 * SEARCH_TITLE_BYTES);

	if (result->told_count == SEARCH_TOLD_MAX ||
		!add_text(&name, result->hit->layer, feature, SEARCH_NAME))
		return 0;
	if (isfinite(succeeding->share))
		say_search_successor_share(
			&text, succeeding->question->lang, name.data, round(succeeding->share * 100));
	else
		say_search_successor(&text, succeeding->question->lang, name.data);
	result->told[result->told_count] = arena_text(succeeding->arena, text.data, text.len);
	return result->told[result->told_count++] ? 0 : fail_no_memory(err);
}

/* Of an administrative unit that ended, what became of it. */
static int tell_successors(struct reading *reading, struct search_result *result, struct error *err)
{
	const struct search_question *question = reading->question;
	const struct layer *layer = result->hit->layer;
	struct succeeding succeeding = {
		.question = question, .arena = reading->arena, .result = result};
	bool more, found;
	int rc = lineage_of(question->ask.store, layer->id, result->hit->id, take_successor,
		&succeeding, &more, err);

	for (size_t i = 0; !rc && i < succeeding.count; i++) {
		succeeding.share = succeeding.shares[i];
		rc = feature_read_one(question->ask.store, view_of(question, layer),
			succeeding.ids[i], tell_successor, &succeeding, &found, err);
	}
	return rc;
}

int search_results_read(const struct search_question *question, struct arena *arena,
	const struct search_hit *hits, size_t count, struct search_result *ret, struct error *err)
{
	struct reading reading = {question, arena, ret, count};
	int64_t *ids = arena_alloc(arena, (count + 1) * sizeof *ids);
	size_t in_force = 0;
	int rc = ids ? 0 : fail_no_memory(err);

	for (size_t i = 0; !rc && i < count; i++) {
		ret[i] = (struct search_result){.hit = &hits[i]};
		if (hits[i].in_force)
			ids[in_force++] = hits[i].id;
	}
	if (!rc && in_force)
		rc = feature_read_list(question->ask.store, view_of(question, hits->layer), ids,
			in_force, take_record, &reading, err);
	for (size_t i = 0; !rc && i < count; i++)
		if (!hits[i].in_force) {
			rc = read_ended(&reading, &ret[i], err);
			if (!rc && ret[i].is_read && hits[i].layer->is_units)
				rc = tell_successors(&reading, &ret[i], err);
		}
	return rc;
}

/* Names of units while they are read. */
struct naming {
	struct arena *arena;
	const struct layer *layer;
	struct search_result *results;
	size_t count;
};

static int take_unit(void *context, const struct feature *feature, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(4 * SEARCH_TITLE_BYTES);
	struct naming *naming = context;
	const char *name;

	add_text(&text, naming->layer, feature, SEARCH_NAME);
	name = text.failed ? NULL : arena_text(naming->arena, text.data, text.len);
	if (!name)
		return fail_no_memory(err);
	for (size_t i = 0; i < naming->count; i++)
		if (naming->results[i].unit == feature->id && *name)
			naming->results[i].unit_name = name;
	return 0;
}

int search_results_name_units(const struct search_question *question, struct arena *arena,
	struct search_result *results, size_t count, struct error *err)
{
	const struct layer *layer = layer_of_units(question->ask.layers);
	struct naming naming = {arena, layer, results, count};
	int64_t *ids = arena_alloc(arena, (count + 1) * sizeof *ids);
	size_t units = 0;

	if (!ids)
		return fail_no_memory(err);
	if (!layer || !view_of(question, layer)->layer)
		return 0;
	for (size_t i = 0; i < count; i++) {
		bool known = !results[i].is_read || !results[i].unit;

		for (size_t k = 0; !known && k < units; k++)
			known = ids[k] == results[i].unit;
		if (!known)
			ids[units++] = results[i].unit;
	}
	return units ? feature_read_list(question->ask.store, view_of(question, layer), ids, units,
			       take_unit, &naming, err)
		     : 0;
}

/* Results that must lie in a unit. */
struct placing_in {
	struct arena *arena;
	int64_t unit;
	struct search_result *results;
	size_t count;
	bool is_found;
};

static int place_in_unit(void *context, const struct feature *feature, struct error *err)
{
	struct placing_in *placing = context;
	struct shape shape;
	int rc = shape_read_wkb(placing->arena, feature->wkb, &shape, err);

	if (rc)
		return rc;
	placing->is_found = true;
	for (size_t i = 0; i < placing->count; i++) {
		struct search_result *result = &placing->results[i];

		if (result->hit->within == placing->unit &&
			!shape_covers(&shape, (result->box.min_x + result->box.max_x) / 2,
				(result->box.min_y + result->box.max_y) / 2))
			result->is_read = false;
	}
	return 0;
}

int search_results_place(const struct search_question *question, struct arena *arena,
	struct search_result *results, size_t count, struct error *err)
{
	const struct layer *layer = layer_of_units(question->ask.layers);
	int rc = 0;

	for (size_t i = 0; !rc && i < count; i++) {
		struct placing_in placing = {
			arena, results[i].hit->within, results + i, count - i, false};
		bool found, is_done = !placing.unit || !results[i].is_read;

		for (size_t k = 0; !is_done && k < i; k++)
			is_done = results[k].hit->within == placing.unit && results[k].is_read;
		if (is_done)
			continue;
		rc = feature_read_row(question->ask.store, layer, placing.unit, place_in_unit,
			&placing, &found, err);
		for (size_t k = i; !rc && !placing.is_found && k < count; k++)
			if (results[k].hit->within == placing.unit)
				results[k].is_read = false;
	}
	return rc;
}
