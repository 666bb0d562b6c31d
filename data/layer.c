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

size_t layer_field_index(const struct layer *layer, const struct layer_field *field)
{
	return (size_t)(field - layer->fields);
}

/* The name as it is compared: search key without blanks and underscores. */
static void plain_name(char ret[COLUMN_NAME_MAX], const char *name, size_t len)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(COLUMN_NAME_MAX * 4);
	size_t used = 0;

	text_search_key(&key, name, len);
	for (size_t i = 0; i < key.len && used + 1 < COLUMN_NAME_MAX; i++)
		if (key.data[i] != ' ' && key.data[i] != '_')
			ret[used++] = key.data[i];
	ret[used] = '\0';
}

bool layer_field_means(const struct layer_field *field, const char *column)
{
	char wanted[COLUMN_NAME_MAX], known[COLUMN_NAME_MAX];
	const char *at = field->aliases;
	struct slice alias;

	if (!text_is_utf8(column, strlen(column)))
		return false;
	plain_name(wanted, column, strlen(column));
	if (!*wanted)
		return false;
	plain_name(known, field->id, strlen(field->id));
	if (!strcmp(wanted, known))
		return true;
	while (text_next(&at, ' ', &alias)) {
		plain_name(known, alias.at, alias.len);
		if (!strcmp(wanted, known))
			return true;
	}
	return false;
}
