#include "server/cases/plates.h"

#include <math.h>
#include <stdlib.h>

#include "base/json_read.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/address.h"
#include "data/feature_link.h"
#include "data/feature_read.h"
#include "data/rule.h"
#include "gis/address_row.h"
#include "server/cases/streets.h"

struct reading {
	const struct case_tools *tools;
	const struct layer *layer;
	struct street_line line;
	bool is_measured;
	struct plates *plates;
	size_t room;
};

/* --- sizes ------------------------------------------------------------------------------------ */

static bool read_size(const struct json_node *node, struct arena *arena, struct plate_size *ret)
{
	const char *name;

	if (!json_node_text(json_node_get(node, "name"), &name) ||
		!json_node_int(json_node_get(node, "characters"), &ret->characters) ||
		!json_node_int(json_node_get(node, "width_mm"), &ret->width_mm) ||
		!json_node_int(json_node_get(node, "height_mm"), &ret->height_mm))
		return false;
	ret->name = arena_text(arena, name, strlen(name));
	return ret->name != NULL;
}

static int read_sizes(
	const struct case_tools *tools, int64_t unit, struct plates *plates, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	const struct json_node *sizes;
	struct rule rule;
	int rc = rule_find(tools->store, "number_plate", &today, unit, tools->arena, &rule, err);

	if (!rc)
		rc = json_document_parse(rule.payload, strlen(rule.payload), &document, err);
	sizes = json_node_get(document, "sizes");
	for (size_t i = 0; !rc && i < json_node_count(sizes) && i < PLATE_SIZES_MAX; i++)
		rc = read_size(json_node_at(sizes, i), tools->arena,
			     &plates->sizes[plates->size_count++])
			     ? 0
			     : fail_internal(err);
	return rc;
}

static const struct plate_size *size_for(const struct plates *plates, const char *text)
{
	int64_t characters = 0;

	for (const char *at = text; *at; at++)
		characters += ((unsigned char)*at & 0xC0) != 0x80;
	for (size_t i = 0; i < plates->size_count; i++)
		if (characters <= plates->sizes[i].characters)
			return &plates->sizes[i];
	return NULL;
}

/* --- plates ----------------------------------------------------------------------------------- */

static const char *keep(const struct reading *reading, const char *text, size_t len)
{
	return arena_text(reading->tools->arena, text, len);
}

/* "25 Yersin; 25A Yersin": the latest stands first. */
static const char *latest_old(const struct reading *reading, const struct feature *feature)
{
	const struct value *old = &feature->values[layer_field_at(
		reading->layer, reading->layer->address->old_labels)];

	return old->kind == VALUE_TEXT ? keep(reading, old->text, strcspn(old->text, ";")) : "";
}

static void place(const struct reading *reading, const struct address *address, struct plate *plate)
{
	struct street_foot foot;

	if (!reading->is_measured || !isfinite(address->east))
		return;
	street_line_foot(&reading->line, address->east, address->north, &foot);
	plate->along_m = foot.chainage_m;
	plate->side = foot.aside_m > 0 ? "left" : foot.aside_m < 0 ? "right" : "";
}

static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;
	struct plates *plates = reading->plates;
	struct address address;
	struct plate plate = {.address_id = feature->id, .side = "", .along_m = (double)NAN};

	if (!address_of(reading->layer, feature, &address) ||
		strcmp(address.status, "current") != 0 || plates->count == reading->room)
		return 0;
	plate.parcel_id = address.parcel_id;
	plate.number = address.number;
	plate.text = keep(reading, address.plate, strlen(address.plate));
	plate.label = keep(reading, address.label, strlen(address.label));
	plate.old = latest_old(reading, feature);
	if (!plate.text || !plate.label || !plate.old)
		return fail_no_memory(err);
	plate.size = size_for(plates, plate.text);
	place(reading, &address, &plate);
	plates->plates[plates->count++] = plate;
	return 0;
}

static int along(const void *left, const void *right)
{
	const struct plate *a = left, *b = right;

	/* What has no place stands last. */
	if (isnan(a->along_m) != isnan(b->along_m))
		return isnan(a->along_m) ? 1 : -1;
	if (!isnan(a->along_m) && a->along_m != b->along_m)
		return a->along_m > b->along_m ? 1 : -1;
	if (a->number != b->number)
		return (a->number > b->number) - (a->number < b->number);
	return (a->address_id > b->address_id) - (a->address_id < b->address_id);
}

static int read_street(
	struct reading *reading, int64_t street_id, struct street_node *node, struct error *err)
{
	int rc = street_read(reading->tools, street_id, node, err);
	struct error own = {0};

	if (rc)
		return rc;
	/* Without a line the plates stand in the order of their numbers. */
	reading->is_measured = !street_measure(reading->tools, node, &reading->line, &own);
	return own.code == ERR_NOMEM ? error_copy(err, &own) : 0;
}

int plates_read(const struct case_tools *tools, const struct view *view, int64_t street_id,
	struct plates *ret, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	struct reading reading = {.tools = tools, .layer = view->layer, .plates = ret};
	struct street_node node;
	int rc = read_street(&reading, street_id, &node, err);

	*ret = (struct plates){.count = 0};
	if (!rc)
		rc = read_sizes(tools, node.unit_now, ret, err);
	if (!rc)
		rc = feature_link_list(tools->store, reading.layer, reading.layer->address->street,
			street_id, &ids, err);
	if (rc)
		return rc;
	reading.room = ids.count;
	ret->plates = arena_alloc(tools->arena, (ids.count + 1) * sizeof *ret->plates);
	if (!ret->plates)
		return fail_no_memory(err);
	rc = feature_read_list(tools->store, view, ids.ids, ids.count, take_address, &reading, err);
	if (!rc)
		qsort(ret->plates, ret->count, sizeof *ret->plates, along);
	return rc;
}

/* --- telling ---------------------------------------------------------------------------------- */

static void add_int(struct strbuf *out, int64_t value)
{
	strbuf_add_char(out, ';');
	if (value)
		strbuf_add_int(out, value);
}

static void add_text(struct strbuf *out, const char *text)
{
	strbuf_add_char(out, ';');
	address_cell_add(out, false, text);
}

static void write_row(const struct plate *plate, size_t order, enum lang lang, struct strbuf *out)
{
	autofree(strbuf_clear) struct strbuf side = STRBUF(100);

	if (*plate->side)
		(*plate->side == 'l' ? say_plate_left : say_plate_right)(&side, lang);
	strbuf_add_int(out, (int64_t)order);
	add_text(out, plate->text);
	add_text(out, plate->size ? plate->size->name : "");
	add_int(out, plate->size ? plate->size->width_mm : 0);
	add_int(out, plate->size ? plate->size->height_mm : 0);
	add_text(out, side.data);
	add_text(out, plate->label);
	add_text(out, plate->old);
	add_int(out, plate->parcel_id);
	add_int(out, plate->address_id);
	strbuf_add_text(out, "\r\n");
}

void plates_write_table(const struct plates *plates, enum lang lang, struct strbuf *out)
{
	strbuf_add_text(out, "\xEF\xBB\xBF");
	say_plate_columns(out, lang);
	strbuf_add_text(out, "\r\n");
	for (size_t i = 0; i < plates->count; i++)
		write_row(&plates->plates[i], i + 1, lang, out);
}

static void write_plate(const struct plate *plate, size_t order, struct json_writer *json)
{
	json_begin_object(json);
	json_member_int(json, "order", (int64_t)order);
	json_member_text(json, "text", plate->text);
	json_member_text(json, "size", plate->size ? plate->size->name : NULL);
	json_put_key(json, "width_mm");
	json_put_real(json, plate->size ? (double)plate->size->width_mm : (double)NAN);
	json_put_key(json, "height_mm");
	json_put_real(json, plate->size ? (double)plate->size->height_mm : (double)NAN);
	json_member_text(json, "side", *plate->side ? plate->side : NULL);
	json_put_key(json, "along_m");
	json_put_fixed(json, plate->along_m, 2);
	json_member_text(json, "label", plate->label);
	json_member_text(json, "old", *plate->old ? plate->old : NULL);
	json_member_int(json, "parcel_id", plate->parcel_id);
	json_member_int(json, "address_id", plate->address_id);
	json_end_object(json);
}

void plates_write_json(const struct plates *plates, struct json_writer *json)
{
	json_begin_object(json);
	json_put_key(json, "plates");
	json_begin_array(json);
	for (size_t i = 0; i < plates->count; i++)
		write_plate(&plates->plates[i], i + 1, json);
	json_end_array(json);
	json_end_object(json);
}
