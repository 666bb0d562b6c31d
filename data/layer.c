#include "data/layer.h"

#include "base/text.h"

enum { COLUMN_NAME_MAX = 64 };

const struct layer *layer_find(const struct layer_table *table, const char *id, size_t len)
{
	for (size_t i = 0; i < table->count; i++)
		if (slice_equals((struct slice){id, len}, table->layers[i].id))
			return &table->layers[i];
	return NULL;
}

const struct layer_field *layer_field_find(const struct layer *layer, const char *id, size_t len)
{
	for (size_t i = 0; i < layer->field_count; i++)
		if (slice_equals((struct slice){id, len}, layer->fields[i].id))
			return &layer->fields[i];
	return NULL;
}

const struct layer *layer_of_units(const struct layer_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->layers[i].is_units)
			return &table->layers[i];
	return NULL;
}

const struct layer *layer_of_boundary_points(const struct layer_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->layers[i].accuracy)
			return &table->layers[i];
	return NULL;
}

const struct layer *layer_of_land(const struct layer_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->layers[i].land)
			return &table->layers[i];
	return NULL;
}

const struct layer *layer_of_streets(const struct layer_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->layers[i].network)
			return &table->layers[i];
	return NULL;
}

const struct layer *layer_of_addresses(const struct layer_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->layers[i].address)
			return &table->layers[i];
	return NULL;
}

const struct layer *layer_of_buildings(const struct layer_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->layers[i].house)
			return &table->layers[i];
	return NULL;
}

size_t layer_field_at(const struct layer *layer, const char *id)
{
	return layer_field_index(layer, layer_field_find(layer, id, strlen(id)));
}

size_t layer_field_index(const struct layer *layer, const struct layer_field *field)
{
	return (size_t)(field - layer->fields);
}

/* The name as it is compared: search key without blanks and underscores, its start if it is long. */
static int plain_name(
	char ret[COLUMN_NAME_MAX], const char *name, size_t len, struct error *err)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(COLUMN_NAME_MAX * 4);
	size_t used = 0;

	text_search_key(&key, name, len);
	if (key.failed && !key.full)
		return strbuf_check(&key, err);
	for (size_t i = 0; i < key.len && used + 1 < COLUMN_NAME_MAX; i++)
		if (key.data[i] != ' ' && key.data[i] != '_')
			ret[used++] = key.data[i];
	ret[used] = '\0';
	return 0;
}

int layer_field_means(const struct layer_field *field, const char *column, bool *ret_means,
	struct error *err)
{
	struct slice name = {field->id, strlen(field->id)};
	char wanted[COLUMN_NAME_MAX], known[COLUMN_NAME_MAX];
	const char *at = field->aliases;
	bool means = false;
	int rc;

	*ret_means = false;
	if (!text_is_utf8(column, strlen(column)))
		return 0;
	rc = plain_name(wanted, column, strlen(column), err);
	if (rc || !*wanted)
		return rc;
	do {
		rc = plain_name(known, name.at, name.len, err);
		means = !rc && !strcmp(wanted, known);
	} while (!rc && !means && text_next(&at, ' ', &name));
	*ret_means = means;
	return rc;
}

uint64_t layer_subject(const struct layer *layer, int64_t id)
{
	return text_hash(layer->id) + (uint64_t)id;
}
