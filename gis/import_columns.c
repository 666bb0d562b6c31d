#include "gis/import_columns.h"

#include <math.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "gis/export_columns.h"

enum { OTHERS_MAX_BYTES = 4 << 20, NAMES_MAX_BYTES = 600 };

static int find_column(const struct ogr_layer *file, const char *name)
{
	for (size_t i = 0; i < file->column_count; i++)
		if (!strcmp(file->columns[i].name, name))
			return (int)i;
	for (size_t i = 0; i < file->column_count; i++)
		if (text_equal_nocase(file->columns[i].name, name))
			return (int)i;
	return -1;
}

static int fail_column(const struct ogr_layer *file, const char *name, struct error *err)
{
	autofree(strbuf_clear) struct strbuf names = STRBUF(NAMES_MAX_BYTES);

	for (size_t i = 0; i < file->column_count; i++)
		strbuf_add_format(&names, "%s%s", i ? ", " : "", file->columns[i].name);
	return fail_map_column(err, name, names.data);
}

static int fail_field(const struct layer *layer, const char *name, struct error *err)
{
	const char *names[IMPORT_COLUMNS_MAX + 1];
	const char *nearest;

	for (size_t i = 0; i < layer->field_count; i++)
		names[i] = layer->fields[i].id;
	names[layer->field_count] = NULL;
	nearest = text_nearest(name, names);
	return fail_map_field(err, name, nearest ? nearest : names[0]);
}

static int take_mapping(
	struct import_columns *columns, const struct import_mapping *mapping, struct error *err)
{
	const struct layer_field *field =
		layer_field_find(columns->layer, mapping->field, strlen(mapping->field));
	int column = find_column(columns->file, mapping->column);
	int *of_field;

	if (!field)
		return fail_field(columns->layer, mapping->field, err);
	if (field->source != FIELD_GIVEN)
		return fail_map_computed(err, mapping->field);
	if (column < 0)
		return fail_column(columns->file, mapping->column, err);
	if (columns->is_used[column])
		return fail_map_twice(err, mapping->column);
	of_field = &columns->of_field[layer_field_index(columns->layer, field)];
	if (*of_field >= 0)
		return fail_map_field_twice(err, mapping->field);
	*of_field = column;
	columns->is_used[column] = true;
	return 0;
}

/* A free column that means the field, -1 none; the field's own name goes before its aliases, and these
 * before the ten characters that an export gave it. */
static int guess_column(const struct import_columns *columns, const struct layer_field *field,
	int *ret_column, struct error *err)
{
	*ret_column = -1;
	for (size_t i = 0; i < columns->file->column_count; i++) {
		const char *name = columns->file->columns[i].name;
		bool means = false;
		int rc = columns->is_used[i] ? 0 : layer_field_means(field, name, &means, err);

		if (rc)
			return rc;
		if (means && text_equal_nocase(name, field->id)) {
			*ret_column = (int)i;
			return 0;
		}
		if (means && *ret_column < 0)
			*ret_column = (int)i;
	}
	for (size_t i = 0; *ret_column < 0 && i < columns->file->column_count; i++)
		if (!columns->is_used[i] &&
			export_field_of_short(columns->layer, columns->file->columns[i].name) == field)
			*ret_column = (int)i;
	return 0;
}

int import_columns_choose(const struct layer *layer, const struct ogr_layer *file,
	const struct import_mapping *mappings, size_t mapping_count,
	struct import_columns *ret_columns, struct error *err)
{
	struct import_columns columns = {.layer = layer, .file = file};
	int rc = 0;

	if (file->column_count > IMPORT_COLUMNS_MAX)
		return fail_columns_too_many(err, IMPORT_COLUMNS_MAX);
	for (size_t i = 0; i < layer->field_count; i++)
		columns.of_field[i] = -1;
	for (size_t i = 0; !rc && i < mapping_count; i++)
		rc = take_mapping(&columns, &mappings[i], err);
	for (size_t i = 0; !rc && i < layer->field_count; i++) {
		int *column = &columns.of_field[i];

		if (*column >= 0 || layer->fields[i].source != FIELD_GIVEN)
			continue;
		rc = guess_column(&columns, &layer->fields[i], column, err);
		if (*column >= 0)
			columns.is_used[*column] = true;
	}
	if (rc)
		return rc;
	for (size_t i = 0; i < file->column_count; i++)
		columns.unused += !columns.is_used[i];
	*ret_columns = columns;
	return 0;
}

/* A whole number of a real or a text; false if it is none. */
static bool to_int(const struct value *from, struct value *ret)
{
	*ret = (struct value){.kind = VALUE_INT};
	switch (from->kind) {
	case VALUE_INT:
		ret->integer = from->integer;
		return true;
	case VALUE_REAL:
		if (from->real != rint(from->real) || fabs(from->real) > 9e15)
			return false;
		ret->integer = (int64_t)from->real;
		return true;
	default:
		return number_parse_int(from->text, from->len, INT64_MIN, INT64_MAX, &ret->integer);
	}
}

static bool to_real(const struct value *from, struct value *ret)
{
	*ret = (struct value){.kind = VALUE_REAL};
	switch (from->kind) {
	case VALUE_INT:
		ret->real = (double)from->integer;
		return true;
	case VALUE_REAL:
		ret->real = from->real;
		return isfinite(from->real);
	default:
		return number_parse_double(from->text, from->len, -1e300, 1e300, &ret->real);
	}
}

/* A text in the arena. */
static int copy_text(const char *text, size_t len, struct arena *arena, struct value *ret)
{
	*ret = (struct value){.kind = VALUE_TEXT, .len = len};
	ret->text = arena_text(arena, text, len);
	return ret->text ? 0 : ERR_NOMEM;
}

static int to_text(const struct value *from, struct arena *arena, struct value *ret)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(64);

	if (from->kind == VALUE_TEXT) {
		*ret = *from;
		return 0;
	}
	if (from->kind == VALUE_INT)
		strbuf_add_int(&text, from->integer);
	else
		number_print_double(&text, from->real);
	return text.failed ? ERR_NOMEM : copy_text(text.data, text.len, arena, ret);
}

/* "2026-11-21" or a text that begins so (a time stands behind it). */
static int to_date(const struct value *from, struct arena *arena, struct value *ret)
{
	struct date date;

	if (from->kind != VALUE_TEXT || from->len < 10 || !date_parse(from->text, 10, &date) ||
		(from->len > 10 && from->text[10] != 'T' && from->text[10] != ' '))
		return ERR_INVALID;
	return copy_text(date.text, 10, arena, ret);
}

static bool to_bool(const struct value *from, struct value *ret)
{
	return to_int(from, ret) && (ret->integer == 0 || ret->integer == 1);
}

/* 0, ERR_INVALID for a value that does not fit, or ERR_NOMEM. */
static int convert(
	const struct value *from, enum field_type type, struct arena *arena, struct value *ret)
{
	/* A blank text is what many programs write for "nothing". */
	if (from->kind == VALUE_NULL || (from->kind == VALUE_TEXT && !from->len)) {
		*ret = (struct value){.kind = VALUE_NULL};
		return 0;
	}
	switch (type) {
	case FIELD_INT:
		return to_int(from, ret) ? 0 : ERR_INVALID;
	case FIELD_REAL:
		return to_real(from, ret) ? 0 : ERR_INVALID;
	case FIELD_BOOL:
		return to_bool(from, ret) ? 0 : ERR_INVALID;
	case FIELD_DATE:
		return to_date(from, arena, ret);
	default:
		return to_text(from, arena, ret);
	}
}

static bool is_source(const char *name)
{
	return text_equal_nocase(name, "source_attributes") || text_equal_nocase(name, "source_att");
}

/* Members of a value on their way among the columns. */
struct member_pen {
	struct json_writer *json;
	const struct import_columns *columns;
};

static bool put_member(void *context, const char *key, const struct json_node *value)
{
	const struct member_pen *pen = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(OTHERS_MAX_BYTES);

	/* The file's own column goes before what the record had of that name. */
	if (find_column(pen->columns->file, key) >= 0)
		return true;
	if (!json_node_print(value, &text))
		return false;
	json_put_key(pen->json, key);
	json_put_raw(pen->json, text.data, text.len);
	return true;
}

/* What an export has as source_attributes become them again, rather than a text in them. */
static bool put_members(struct json_writer *json, const struct import_columns *columns,
	size_t column, const struct value *value)
{
	struct member_pen pen = {json, columns};
	autoptr(json_document_free) struct json_node *document = NULL;

	if (!is_source(columns->file->columns[column].name))
		return false;
	/* One column is: members of several could have one name. */
	for (size_t i = 0; i < column; i++)
		if (is_source(columns->file->columns[i].name))
			return false;
	if (value->kind == VALUE_NULL)
		return true;
	if (value->kind != VALUE_TEXT ||
		json_document_parse(value->text, value->len, &document, NULL) ||
		json_node_kind(document) != JSON_KIND_OBJECT)
		return false;
	json_node_each(document, put_member, &pen);
	return true;
}

/* The columns without a field, and those that did not fit, as JSON. */
static int put_others(const struct import_columns *columns, const struct value *from,
	const bool *misfits, struct arena *arena, const char **ret_others, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(OTHERS_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	const char *copy;

	json_begin_object(&json);
	for (size_t i = 0; i < columns->file->column_count; i++) {
		if (columns->is_used[i] && !misfits[i])
			continue;
		if (put_members(&json, columns, i, &from[i]))
			continue;
		json_put_key(&json, columns->file->columns[i].name);
		value_put_json(
			&json, &from[i], columns->file->columns[i].type == COLUMN_BOOL);
	}
	json_end_object(&json);
	if (text.full)
		return fail_text_too_long(err, "*", OTHERS_MAX_BYTES);
	copy = text.failed ? NULL : arena_text(arena, text.data, text.len);
	if (!copy)
		return fail_no_memory(err);
	*ret_others = copy;
	return 0;
}

int import_columns_convert(const struct import_columns *columns, const struct value *from,
	struct arena *arena, struct value *ret_values, const char **ret_others,
	bool ret_misfits[IMPORT_COLUMNS_MAX], struct error *err)
{
	const struct layer *layer = columns->layer;
	size_t left = columns->unused;

	*ret_others = NULL;
	memset(ret_misfits, 0, IMPORT_COLUMNS_MAX * sizeof *ret_misfits);
	for (size_t i = 0; i < layer->field_count; i++) {
		int column = columns->of_field[i];
		int rc = 0;

		ret_values[i] = (struct value){.kind = VALUE_NULL};
		if (column >= 0)
			rc = convert(&from[column], layer->fields[i].type, arena, &ret_values[i]);
		if (rc == ERR_NOMEM)
			return fail_no_memory(err);
		if (!rc)
			continue;
		ret_values[i] = (struct value){.kind = VALUE_NULL};
		ret_misfits[column] = true;
		left++;
	}
	return left ? put_others(columns, from, ret_misfits, arena, ret_others, err) : 0;
}
