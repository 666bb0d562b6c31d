#include "tiles/vector_layers.h"

#include <stdio.h>

#include "base/banned.h"
#include "tiles/mvt.h"

/* By enum field_type; a tile has dates as text. */
static const char *const types[] = {"String", "Number", "Number", "Boolean", "String"};

static void put_head(struct json_writer *json, const struct layer *layer, const char *ending,
	unsigned min_zoom, enum lang lang)
{
	char id[128];

	snprintf(id, sizeof id, "%s%s", layer->id, ending);
	json_begin_object(json);
	json_member_text(json, "id", id);
	json_member_text(json, "description", layer->title[lang]);
	json_member_int(json, "minzoom", min_zoom);
	json_member_int(json, "maxzoom", layer->look.max_zoom);
	json_put_key(json, "fields");
	json_begin_object(json);
}

static void put_field(struct json_writer *json, const struct layer_field *field)
{
	json_member_text(json, field->id, types[field->type]);
}

void vector_layers_put(struct json_writer *json, const struct layer *const *layers, size_t count,
	enum lang lang)
{
	for (size_t i = 0; i < count; i++) {
		put_head(json, layers[i], "", layers[i]->look.min_zoom, lang);
		for (size_t j = 0; j < layers[i]->field_count; j++)
			if (layers[i]->fields[j].tile_zoom)
				put_field(json, &layers[i]->fields[j]);
		json_end_object(json);
		json_end_object(json);
	}
}

void vector_layers_put_labels(struct json_writer *json, const struct layer *const *layers,
	size_t count, enum lang lang)
{
	for (size_t i = 0; i < count; i++) {
		const struct layer_field *fields[MVT_LABEL_FIELDS];
		size_t field_count = mvt_label_fields(layers[i], fields);

		put_head(json, layers[i], MVT_LABEL_ENDING, mvt_label_zoom(layers[i]), lang);
		for (size_t j = 0; j < field_count; j++)
			put_field(json, fields[j]);
		json_end_object(json);
		json_end_object(json);
	}
}
