#include "server/cases/certificate_facts.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "data/feature_row.h"

enum { STREET_LEVELS_MAX = 16, AREA_TEXT_MAX = 64 };

/* A record in the arena. */
struct record {
	const struct certificate_source *source;
	const struct layer *layer;
	bool found, in_force;
	int64_t id, version;
	const struct value *values;
	struct shape shape;
	struct digest_text outline;
};

/* --- records -------------------------------------------------------------------------------------- */

static int take_record(void *context, const struct feature *feature, struct error *err)
{
	struct record *record = context;
	struct arena *arena = record->source->arena;
	struct value *values = arena_zero(arena, record->layer->field_count, sizeof *values);
	struct digest outline;

	if (!values)
		return fail_no_memory(err);
	memcpy(values, feature->values, record->layer->field_count * sizeof *values);
	for (size_t i = 0; i < record->layer->field_count; i++) {
		if (values[i].kind != VALUE_TEXT)
			continue;
		values[i].text = arena_text(arena, values[i].text, values[i].len);
		if (!values[i].text)
			return fail_no_memory(err);
	}
	record->values = values;
	record->found = true;
	record->in_force = feature_in_force(feature, &record->source->today);
	record->id = feature->id;
	record->version = feature->version;
	if (!feature->wkb.bytes)
		return 0;
	outline = digest_of(feature->wkb.bytes, feature->wkb.len);
	record->outline = digest_print(&outline);
	return shape_read_wkb(arena, feature->wkb, &record->shape, err);
}

/* Not found leaves it empty. */
static int read_record(const struct certificate_source *source, const struct layer *layer,
	int64_t id, struct record *ret, struct error *err)
{
	bool found;

	*ret = (struct record){.source = source, .layer = layer};
	if (id < 1 || id > HISTORY_ID_MAX || !layer)
		return 0;
	return feature_read_row(source->store, layer, id, take_record, ret, &found, err);
}

static const char *text_at(const struct record *record, size_t field)
{
	const struct value *value = record->found ? &record->values[field] : NULL;

	return value && value->kind == VALUE_TEXT ? value->text : "";
}

static const char *text_of(const struct record *record, const char *field)
{
	return text_at(record, layer_field_at(record->layer, field));
}

static int64_t int_of(const struct record *record, const char *field)
{
	const struct value *value = &record->values[layer_field_at(record->layer, field)];

	return record->found && value->kind == VALUE_INT ? value->integer : 0;
}

/* What the register computes: units and areas. */
static const struct value *computed(const struct record *record, enum field_source source)
{
	static const struct value nothing = {.kind = VALUE_NULL};

	for (size_t i = 0; record->found && i < record->layer->field_count; i++)
		if (record->layer->fields[i].source == source)
			return &record->values[i];
	return &nothing;
}

static const char *searched(const struct record *record, enum field_search search)
{
	for (size_t i = 0; i < record->layer->field_count; i++)
		if (record->layer->fields[i].search == search)
			return text_at(record, i);
	return "";
}

/* --- facts ---------------------------------------------------------------------------------------- */

static int check_view(const struct record *record, const struct view *view,
	const struct feature *feature, struct error *err)
{
	struct value values[FEATURE_FIELDS_MAX];
	struct feature seen = *feature;
	bool source;

	memcpy(values, record->values, record->layer->field_count * sizeof *values);
	if (!view_admits(view, values, &seen))
		return fail_no_such_record(err);
	return view_writable(view, record->values, feature, &source) == UINT64_MAX
		? 0
		: fail_write_forbidden(err);
}

struct seeing {
	struct record *record;
	const struct view *view;
};

static int see_address(void *context, const struct feature *feature, struct error *err)
{
	struct seeing *seeing = context;
	int rc = take_record(seeing->record, feature, err);

	return rc || !seeing->view ? rc : check_view(seeing->record, seeing->view, feature, err);
}

static int read_address(const struct certificate_source *source, const struct view *view,
	int64_t id, struct certificate_facts *facts, struct error *err)
{
	const struct layer *layer = layer_of_addresses(source->layers);
	const struct layer_address *role = layer ? layer->address : NULL;
	struct record record = {.source = source, .layer = layer};
	struct seeing seeing = {&record, view};
	const struct value *issued, *now;
	bool found = false;
	int rc = 0;

	if (layer && id >= 1 && id <= HISTORY_ID_MAX)
		rc = feature_read_row(source->store, layer, id, see_address, &seeing, &found, err);
	if (rc || !found)
		return rc ? rc : fail_no_such_record(err);
	issued = computed(&record, FIELD_UNIT_ISSUED);
	now = computed(&record, FIELD_UNIT_NOW);
	*facts = (struct certificate_facts){
		.address_id = id,
		.address_version = record.version,
		.label = text_of(&record, role->label),
		.plate = text_of(&record, role->plate),
		.old_labels = text_of(&record, role->old_labels),
		.status = text_of(&record, role->status),
		.in_force = record.in_force,
		.door = {record.shape.point_count ? record.shape.xy[0] : (double)NAN,
			record.shape.point_count ? record.shape.xy[1] : (double)NAN},
		.street_id = int_of(&record, role->street),
		.parcel_id = int_of(&record, role->parcel),
		.unit_issued_id = issued->kind == VALUE_INT ? issued->integer : 0,
		.unit_now_id = now->kind == VALUE_INT ? now->integer : 0,
	};
	return 0;
}

/* The street before the door, and the name of the one that its alleys leave. */
static int read_street(
	const struct certificate_source *source, struct certificate_facts *facts, struct error *err)
{
	const struct layer *layer = layer_of_streets(source->layers);
	struct record record;
	int rc = read_record(source, layer, facts->street_id, &record, err);

	facts->street = "";
	if (rc || !record.found)
		return rc;
	facts->street_version = record.version;
	facts->street_shape = record.shape;
	for (int level = 0; !rc && record.found && level < STREET_LEVELS_MAX; level++) {
		int64_t parent = int_of(&record, layer->network->parent);

		facts->street = text_of(&record, layer->network->name);
		if (!parent)
			break;
		rc = read_record(source, layer, parent, &record, err);
	}
	return rc;
}

static int read_parcel(
	const struct certificate_source *source, struct certificate_facts *facts, struct error *err)
{
	const struct layer *layer = layer_of_land(source->layers);
	const struct value *area, *legal;
	struct record record;
	int rc = read_record(source, layer, facts->parcel_id, &record, err);

	facts->sheet = facts->parcel_no = "";
	facts->area_m2 = facts->area_legal_m2 = (double)NAN;
	if (rc || !record.found) {
		facts->parcel_id = 0;
		return rc;
	}
	area = computed(&record, FIELD_AREA_M2);
	legal = &record.values[layer_field_at(layer, layer->land->legal_area)];
	facts->parcel_version = record.version;
	facts->parcel_in_force = record.in_force;
	facts->sheet = text_of(&record, layer->land->sheet);
	facts->parcel_no = text_of(&record, layer->land->number);
	if (area->kind == VALUE_REAL)
		facts->area_m2 = area->real;
	if (legal->kind == VALUE_REAL)
		facts->area_legal_m2 = legal->real;
	facts->outline = record.outline;
	facts->parcel_shape = record.shape;
	return 0;
}

static int read_units(
	const struct certificate_source *source, struct certificate_facts *facts, struct error *err)
{
	const struct layer *layer = layer_of_units(source->layers);
	struct record record;
	int rc = read_record(source, layer, facts->unit_issued_id, &record, err);

	facts->unit_issued = facts->unit_now = facts->province = "";
	if (rc || !layer)
		return rc;
	facts->unit_issued = searched(&record, SEARCH_NAME);
	rc = read_record(source, layer, facts->unit_now_id, &record, err);
	if (rc)
		return rc;
	facts->unit_now = searched(&record, SEARCH_NAME);
	facts->province = searched(&record, SEARCH_WITHIN);
	return 0;
}

int certificate_facts_read(const struct certificate_source *source, const struct view *view,
	int64_t address_id, struct certificate_facts *ret, struct error *err)
{
	int rc = read_address(source, view, address_id, ret, err);

	if (!rc)
		rc = read_street(source, ret, err);
	if (!rc)
		rc = read_parcel(source, ret, err);
	return rc ? rc : read_units(source, ret, err);
}

/* --- data ----------------------------------------------------------------------------------------- */

static void put_text(struct json_writer *json, const char *key, const char *text)
{
	json_member_text(json, key, text && *text ? text : NULL);
}

static void put_id(struct json_writer *json, const char *key, int64_t id)
{
	json_put_key(json, key);
	if (id)
		json_put_int(json, id);
	else
		json_put_null(json);
}

/* The keys in the order of their letters: the data are the same bytes whoever writes them. */
void certificate_data_write(const struct certificate_facts *facts,
	const struct certificate_saying *saying, struct strbuf *out)
{
	struct json_writer json = JSON_WRITER(out);

	json_begin_object(&json);
	put_id(&json, "address_id", facts->address_id);
	put_id(&json, "address_version", facts->address_version);
	json_member_real(&json, "area_legal_m2", facts->area_legal_m2);
	json_member_real(&json, "area_m2", facts->area_m2);
	put_text(&json, "code", saying->code);
	put_text(&json, "holder_sha256", saying->holder_sha256);
	json_member_time(&json, "issued_at", saying->issued_at_us);
	put_text(&json, "label", facts->label);
	put_text(&json, "old_labels", facts->old_labels);
	put_text(&json, "outline_sha256", facts->outline.text);
	put_text(&json, "paper_number", saying->paper_number);
	put_id(&json, "parcel_id", facts->parcel_id);
	put_text(&json, "parcel_no", facts->parcel_no);
	put_id(&json, "parcel_version", facts->parcel_version);
	put_text(&json, "plate", facts->plate);
	put_text(&json, "province", facts->province);
	put_text(&json, "scheme_document", saying->document);
	put_id(&json, "scheme_id", saying->scheme_id);
	put_text(&json, "sheet", facts->sheet);
	put_text(&json, "signer", saying->signer);
	put_id(&json, "street_id", facts->street_id);
	put_text(&json, "street_name", facts->street);
	put_id(&json, "street_version", facts->street_version);
	put_text(&json, "unit_issued", facts->unit_issued);
	put_id(&json, "unit_issued_id", facts->unit_issued_id);
	put_text(&json, "unit_now", facts->unit_now);
	put_id(&json, "unit_now_id", facts->unit_now_id);
	json_end_object(&json);
}

/* --- comparing ------------------------------------------------------------------------------------ */

static const char *const matter_ids[MATTER_COUNT] = {
	"number", "label", "street_name", "unit", "province", "parcel_no", "area_m2", "outline"};

const char *certificate_matter_id(enum certificate_matter matter)
{
	return matter_ids[matter];
}

struct comparing {
	const struct json_node *data;
	struct arena *arena;
	struct certificate_change *changes;
	size_t count;
};

static const char *said(const struct comparing *comparing, const char *key)
{
	const char *text = "";

	(void)json_node_text(json_node_get(comparing->data, key), &text);
	return text;
}

static void add_change(struct comparing *comparing, enum certificate_matter matter,
	const char *then, const char *now)
{
	const char *kept = arena_text(comparing->arena, then, strlen(then));

	comparing->changes[comparing->count++] =
		(struct certificate_change){matter, kept ? kept : "", now ? now : ""};
}

static void compare_text(struct comparing *comparing, enum certificate_matter matter,
	const char *key, const char *now)
{
	if (strcmp(said(comparing, key), now) != 0)
		add_change(comparing, matter, said(comparing, key), now);
}

/* "thửa 345 tờ 12" of both, where it is another one. */
static void compare_parcel(struct comparing *comparing, const struct certificate_facts *now)
{
	const char *sheet = said(comparing, "sheet"), *number = said(comparing, "parcel_no");
	autofree(strbuf_clear) struct strbuf then = STRBUF(400);
	autofree(strbuf_clear) struct strbuf today = STRBUF(400);
	int64_t id = 0;

	(void)json_node_int(json_node_get(comparing->data, "parcel_id"), &id);
	if (id == now->parcel_id && !strcmp(sheet, now->sheet) && !strcmp(number, now->parcel_no) &&
		(now->parcel_in_force || !id))
		return;
	strbuf_add_format(&then, "%s/%s", sheet, number);
	if (now->parcel_in_force)
		strbuf_add_format(&today, "%s/%s", now->sheet, now->parcel_no);
	add_change(comparing, MATTER_PARCEL, then.data,
		arena_text(comparing->arena, today.data, today.len));
}

static void compare_area(struct comparing *comparing, const struct certificate_facts *now)
{
	autofree(strbuf_clear) struct strbuf then = STRBUF(AREA_TEXT_MAX);
	autofree(strbuf_clear) struct strbuf today = STRBUF(AREA_TEXT_MAX);
	double area = (double)NAN;

	(void)json_node_number(json_node_get(comparing->data, "area_m2"), &area);
	if (isfinite(area))
		message_print_real(&then, LANG_VI, area, 1);
	if (isfinite(now->area_m2))
		message_print_real(&today, LANG_VI, now->area_m2, 1);
	if (strcmp(then.data, today.data) != 0)
		add_change(comparing, MATTER_AREA, then.data,
			arena_text(comparing->arena, today.data, today.len));
}

size_t certificate_compare(const struct json_node *data, const struct certificate_facts *now,
	struct arena *arena, struct certificate_change ret[MATTER_COUNT])
{
	struct comparing comparing = {.data = data, .arena = arena, .changes = ret};

	if (!now->in_force || strcmp(now->status, "current") != 0)
		add_change(&comparing, MATTER_NUMBER, said(&comparing, "plate"), "");
	else
		compare_text(&comparing, MATTER_NUMBER, "plate", now->plate);
	compare_text(&comparing, MATTER_LABEL, "label", now->label);
	compare_text(&comparing, MATTER_STREET, "street_name", now->street);
	compare_text(&comparing, MATTER_UNIT, "unit_now", now->unit_now);
	compare_text(&comparing, MATTER_PROVINCE, "province", now->province);
	compare_parcel(&comparing, now);
	compare_area(&comparing, now);
	compare_text(&comparing, MATTER_OUTLINE, "outline_sha256", now->outline.text);
	if (comparing.count && ret[comparing.count - 1].matter == MATTER_OUTLINE)
		ret[comparing.count - 1].then = ret[comparing.count - 1].now = "";
	return comparing.count;
}
