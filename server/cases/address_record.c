#include "server/cases/address_record.h"

#include <math.h>

#include "base/messages.h"
#include "gis/unit_finder.h"

enum { OLD_LABELS_MAX = 2000 }; /* bytes of all labels of before */

static struct value *field(
	const struct layer *layer, struct address_record *record, const char *id)
{
	return &record->values[layer_field_at(layer, id)];
}

static void set_int(const struct layer *layer, struct address_record *record, const char *id,
	int64_t number)
{
	*field(layer, record, id) = number
		? (struct value){.kind = VALUE_INT, .integer = number}
		: (struct value){.kind = VALUE_NULL};
}

void address_record_set(const struct layer *layer, struct address_record *record,
	const char *id, const char *text)
{
	*field(layer, record, id) = text && *text
		? (struct value){.kind = VALUE_TEXT, .text = text, .len = strlen(text)}
		: (struct value){.kind = VALUE_NULL};
}

static int set_printed(const struct layer *layer, struct arena *arena,
	struct address_record *record, const char *id, const struct strbuf *text,
	struct error *err)
{
	char *kept;
	int rc = strbuf_check(text, err);

	if (rc)
		return rc;
	kept = arena_text(arena, text->data ? text->data : "", text->len);
	if (!kept)
		return fail_no_memory(err);
	address_record_set(layer, record, id, kept);
	return 0;
}

/* "15/3/7A", and what numbers have that are not given by rule: "L1004A", "A2-506". */
static void print_plate(const struct address_saying *saying, struct strbuf *out)
{
	if (!saying->prefix && !saying->flat) {
		street_plate(saying->chain, &saying->number, out);
		return;
	}
	if (*saying->chain->path)
		strbuf_add_format(out, "%s/", saying->chain->path);
	strbuf_add_format(out, "%s%d%s", saying->prefix ? saying->prefix : "",
		saying->number.number, saying->number.suffix);
	if (saying->flat)
		strbuf_add_format(out, "-%d", saying->flat);
}

static int say_number(const struct layer *layer, const struct address_saying *saying,
	struct arena *arena, struct address_record *record, struct error *err)
{
	const struct layer_address *role = layer->address;
	autofree(strbuf_clear) struct strbuf plate = STRBUF(2 * STREET_LABEL_MAX);
	autofree(strbuf_clear) struct strbuf label = STRBUF(4 * STREET_LABEL_MAX);
	autofree(strbuf_clear) struct strbuf path = STRBUF(STREET_LABEL_MAX);
	autofree(strbuf_clear) struct strbuf suffix = STRBUF(NUMBERING_SUFFIX_MAX);
	int rc;

	set_int(layer, record, role->street, saying->street_id);
	set_int(layer, record, role->number, saying->number.number);
	set_int(layer, record, role->number_to, saying->number.to);
	set_int(layer, record, role->flat, saying->flat);
	address_record_set(layer, record, role->prefix, saying->prefix);
	print_plate(saying, &plate);
	print_plate(saying, &label);
	if (*saying->chain->street)
		strbuf_add_format(&label, " %s", saying->chain->street);
	strbuf_add_text(&path, saying->chain->path);
	strbuf_add_text(&suffix, saying->number.suffix);
	rc = set_printed(layer, arena, record, role->plate, &plate, err);
	if (!rc)
		rc = set_printed(layer, arena, record, role->label, &label, err);
	if (!rc)
		rc = set_printed(layer, arena, record, role->path, &path, err);
	return rc ? rc : set_printed(layer, arena, record, role->suffix, &suffix, err);
}

static void set_place(struct address_record *record, double east, double north)
{
	static const unsigned char head[5] = {1, 1, 0, 0, 0};
	const double xy[2] = {east, north};

	memcpy(record->wkb, head, sizeof head);
	memcpy(record->wkb + sizeof head, xy, sizeof xy);
	record->feature.wkb = (struct wkb){record->wkb, ADDRESS_WKB_BYTES};
	record->feature.box = (struct box){east, north, east, north};
}

int address_record_make(const struct layer *layer, const struct address_saying *saying,
	struct arena *arena, struct address_record *ret, struct error *err)
{
	const char *until;
	int rc;

	*ret = (struct address_record){
		.feature = {.valid_from = saying->valid_from, .z_m = (double)NAN}};
	ret->feature.values = ret->values;
	ret->feature.box = box_empty;
	rc = say_number(layer, saying, arena, ret, err);
	if (rc)
		return rc;
	set_int(layer, ret, layer->address->parcel, saying->parcel_id);
	address_record_set(layer, ret, layer->address->status, saying->status);
	until = arena_text(arena, saying->reserved_until.text, strlen(saying->reserved_until.text));
	if (!until)
		return fail_no_memory(err);
	address_record_set(layer, ret, layer->address->reserved_until, until);
	set_place(ret, saying->east, saying->north);
	unit_put(saying->issued_unit_id ? saying->issued_unit_id : saying->unit_id, true, layer,
		ret->values);
	unit_put(saying->unit_id, false, layer, ret->values);
	return 0;
}

int address_record_copy(const struct layer *layer, const struct feature *feature,
	struct arena *arena, struct address_record *ret, struct error *err)
{
	*ret = (struct address_record){.feature = *feature};
	memcpy(ret->values, feature->values, layer->field_count * sizeof *ret->values);
	ret->feature.values = ret->values;
	for (size_t i = 0; i < layer->field_count; i++) {
		struct value *value = &ret->values[i];

		if (value->kind != VALUE_TEXT)
			continue;
		value->text = arena_text(arena, value->text, value->len);
		if (!value->text)
			return fail_no_memory(err);
	}
	if (feature->source_attributes) {
		ret->feature.source_attributes = arena_text(arena, feature->source_attributes,
			strlen(feature->source_attributes));
		if (!ret->feature.source_attributes)
			return fail_no_memory(err);
	}
	/* The entrance is kept in the working CRS alone. */
	ret->feature.native_epsg = 0;
	ret->feature.native_wkb = (struct wkb){NULL, 0};
	ret->feature.wkb = (struct wkb){NULL, 0};
	if (feature->wkb.bytes)
		set_place(ret, feature->box.min_x, feature->box.min_y);
	return 0;
}

/* "25 Yersin; 25A Yersin": the latest first, each once. */
static int add_old_label(const struct layer *layer, struct arena *arena,
	struct address_record *record, struct error *err)
{
	const struct value *label = field(layer, record, layer->address->label);
	const struct value *old = field(layer, record, layer->address->old_labels);
	autofree(strbuf_clear) struct strbuf all = STRBUF(OLD_LABELS_MAX);

	if (label->kind != VALUE_TEXT)
		return 0;
	strbuf_add_text(&all, label->text);
	if (old->kind == VALUE_TEXT && all.len + old->len + 2 < OLD_LABELS_MAX)
		strbuf_add_format(&all, "; %s", old->text);
	return set_printed(layer, arena, record, layer->address->old_labels, &all, err);
}

int address_record_renumber(const struct layer *layer, const struct address_saying *saying,
	struct arena *arena, struct address_record *record, struct error *err)
{
	int rc = add_old_label(layer, arena, record, err);

	if (!rc)
		rc = say_number(layer, saying, arena, record, err);
	if (!rc && saying->parcel_id)
		set_int(layer, record, layer->address->parcel, saying->parcel_id);
	address_record_set(layer, record, layer->address->status, saying->status);
	address_record_set(layer, record, layer->address->reserved_until, NULL);
	return rc;
}
