#include "tiles/vector_layers.h"

#include "base/banned.h"

static void put_layer(struct json_writer *json, const struct layer *layer, enum lang lang)
{
	/* By enum field_type; a tile has dates as text. */
	static const char *const types[] = {"String", "Number", "Number", "Boolean", "String"};

	json_begin_object(json);
	json_member_text(json, "id", layer->id);
	json_member_text(json, "description", layer->title[lang]);
	json_member_int(json, "minzoom", layer->look.min_zoom);
	json_member_int(json, "maxzoom", layer->look.max_zoom);
	json_put_key(json, "fields");
	json_begin_object(json);
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].tile_zoom)
			json_member_text(json, layer->fields[i].id, types[layer->fields[i].type]);
	json_end_object(json);
	json_end_object(json);
}

void vector_layers_put(struct json_writer *json, const struct layer *const *layers, size_t count,
	enum lang lang)
{
	json_begin_array(json);
	for (size_t i = 0; i < count; i++)
		put_layer(json, layers[i], lang);
	json_end_array(json);
}
