#include "server/commands/scope_options.h"

#include "base/messages.h"
#include "base/number.h"
#include "data/feature_read.h"

/* The columns of the file that no field takes; a scope names them like a field. */
static const char source_field[] = "source_attributes";

int scope_find_layer(const char *id, const struct layer **ret_layer, struct error *err)
{
	*ret_layer = layer_find(city_layers(), id, strlen(id));
	return *ret_layer ? 0 : fail_target_layer_unknown(err, id);
}

static bool has_field(const struct layer *layer, const char *field)
{
	return !strcmp(field, source_field) || layer_field_find(layer, field, strlen(field));
}

static int check_field(const struct command_line *line, const char *field, struct error *err)
{
	const struct layer_table *table = city_layers();
	const char *id;

	for (size_t i = 0; (id = command_value(line, "layer", i)); i++)
		if (!has_field(layer_find(table, id, strlen(id)), field))
			return fail_scope_field(err, id, field);
	for (size_t i = 0; i < table->count; i++)
		if (has_field(&table->layers[i], field))
			return 0;
	return fail_scope_field_nowhere(err, field);
}

static int take_name(void *context, const struct feature *unit, struct error *err)
{
	const struct layer *units = layer_of_units(city_layers());
	const struct layer_field *field = NULL;
	struct strbuf *out = context;
	const struct value *value;

	(void)err;
	if (units->look.label.field)
		field = layer_field_find(
			units, units->look.label.field, strlen(units->look.label.field));
	value = field ? &unit->values[layer_field_index(units, field)] : NULL;
	if (value && value->kind == VALUE_TEXT)
		strbuf_add(out, value->text, value->len);
	return 0;
}

int scope_ward_name(struct store *store, int64_t id, struct strbuf *out, bool *ret_in_force,
	struct error *err)
{
	const struct layer *units = layer_of_units(city_layers());

	*ret_in_force = false;
	if (!units)
		return 0;
	return feature_read_one(store, &VIEW_NOW(units), id, take_name, out, ret_in_force, err);
}

static int read_ward(struct store *store, const char *text, int64_t *ret_id, struct error *err)
{
	autofree(strbuf_clear) struct strbuf name = STRBUF(4096);
	bool in_force;
	int rc;

	if (!number_parse_int(text, strlen(text), 1, INT64_MAX, ret_id))
		return fail_scope_ward(err, text);
	rc = scope_ward_name(store, *ret_id, &name, &in_force, err);
	return rc || in_force ? rc : fail_scope_ward(err, text);
}

static size_t count_values(const struct command_line *line, const char *option)
{
	size_t count = 0;

	while (command_value(line, option, count))
		count++;
	return count;
}

/* Every layer in every ward with every field; where an option is not given, all at once. */
static void combine(const struct command_line *line, const int64_t *wards, size_t ward_count,
	struct account_scope *rows, size_t *ret_count)
{
	bool may_write = !command_value(line, "read-only", 0);
	size_t layers = count_values(line, "layer"), fields = count_values(line, "field");
	size_t count = 0;

	for (size_t i = 0; i < (layers ? layers : 1); i++)
		for (size_t j = 0; j < (ward_count ? ward_count : 1); j++)
			for (size_t k = 0; k < (fields ? fields : 1); k++)
				rows[count++] = (struct account_scope){
					command_value(line, "layer", i), ward_count ? wards[j] : 0,
					command_value(line, "field", k), may_write};
	*ret_count = count;
}

int scope_options_read(const struct command_line *line, struct store *store, struct arena *arena,
	const struct account_scope **ret_rows, size_t *ret_count, struct error *err)
{
	size_t layers = count_values(line, "layer"), fields = count_values(line, "field");
	size_t ward_count = count_values(line, "ward");
	size_t rows_max = (layers ? layers : 1) * (fields ? fields : 1) *
		(ward_count ? ward_count : 1);
	int64_t wards[COMMAND_OPTIONS_MAX];
	const struct layer *layer;
	struct account_scope *rows;
	int rc = 0;

	*ret_count = 0;
	*ret_rows = NULL;
	if (!layers && !fields && !ward_count && !command_value(line, "read-only", 0))
		return 0;
	if (rows_max > SCOPE_ROWS_MAX)
		return fail_scope_rows(err, SCOPE_ROWS_MAX);
	for (size_t i = 0; !rc && i < layers; i++)
		rc = scope_find_layer(command_value(line, "layer", i), &layer, err);
	for (size_t i = 0; !rc && i < fields; i++)
		rc = check_field(line, command_value(line, "field", i), err);
	for (size_t i = 0; !rc && i < ward_count; i++)
		rc = read_ward(store, command_value(line, "ward", i), &wards[i], err);
	if (rc)
		return rc;
	rows = arena_alloc(arena, rows_max * sizeof *rows);
	if (!rows)
		return fail_no_memory(err);
	combine(line, wards, ward_count, rows, ret_count);
	*ret_rows = rows;
	return 0;
}
