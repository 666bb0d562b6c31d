#include <string.h>

#include "base/number.h"
#include "tests/tiles/mvt_reader.h"

const struct read_layer *read_layer_find(const struct read_tile *tile, const char *name)
{
	for (size_t i = 0; i < tile->layer_count; i++)
		if (!strcmp(tile->layers[i].name, name))
			return &tile->layers[i];
	return NULL;
}

const struct read_feature *read_feature_find(const struct read_layer *layer, uint64_t id)
{
	for (size_t i = 0; layer && i < layer->feature_count; i++)
		if (layer->features[i].id == id)
			return &layer->features[i];
	return NULL;
}

const struct read_value *read_value_find(
	const struct read_layer *layer, const struct read_feature *feature, const char *key)
{
	for (size_t i = 0; i < feature->tag_count; i++)
		if (!strcmp(layer->keys[feature->tags[2 * i]], key))
			return &layer->values[feature->tags[2 * i + 1]];
	return NULL;
}

static void add_shape_ring(struct shape *shape, const int32_t *xy, size_t count)
{
	for (size_t i = 0; i <= count; i++) {
		shape->xy[2 * shape->point_count] = xy[2 * (i % count)];
		shape->xy[2 * shape->point_count + 1] = -xy[2 * (i % count) + 1];
		shape->point_count += i < count || shape->kind == GEOMETRY_AREA;
	}
	shape->ring_ends[shape->ring_count++] = (uint32_t)shape->point_count;
}

struct shape read_feature_shape(struct arena *arena, const struct read_feature *feature)
{
	struct shape shape = {.kind = (enum geometry_kind)(feature->type - READ_POINT)};
	size_t points = feature->point_count + feature->ring_count + 1, first = 0;

	shape.xy = arena_zero(arena, points, 2 * sizeof *shape.xy);
	shape.ring_ends = arena_zero(arena, points, sizeof *shape.ring_ends);
	shape.part_ends = arena_zero(arena, points, sizeof *shape.part_ends);
	if (!shape.xy || !shape.ring_ends || !shape.part_ends)
		return shape;
	for (size_t ring = 0; ring < feature->ring_count; ring++) {
		size_t end = feature->ends[ring];

		if (feature->type == READ_POINT)
			for (; first + 1 < end; first++)
				add_shape_ring(&shape, feature->xy + 2 * first, 1);
		add_shape_ring(&shape, feature->xy + 2 * first, end - first);
		first = end;
		if (feature->type == READ_POLYGON) {
			shape.part_count += !feature->holes[ring];
			shape.part_ends[shape.part_count - 1] = (uint32_t)shape.ring_count;
		}
	}
	for (; feature->type != READ_POLYGON && shape.part_count < shape.ring_count;
		shape.part_count++)
		shape.part_ends[shape.part_count] = (uint32_t)shape.part_count + 1;
	return shape;
}

static void print_value(struct strbuf *out, const struct read_value *value)
{
	switch (value->kind) {
	case READ_TEXT:
		strbuf_add_format(out, "\"%s\"", value->text);
		break;
	case READ_REAL:
		strbuf_add_text(out, "real ");
		number_print_double(out, value->real);
		break;
	case READ_UINT:
		strbuf_add_format(out, "uint %llu", (unsigned long long)value->number);
		break;
	case READ_SINT:
		strbuf_add_format(out, "sint %lld", (long long)value->sint);
		break;
	case READ_BOOL:
		strbuf_add_text(out, value->number ? "true" : "false");
		break;
	}
}

static void print_feature(
	struct strbuf *out, const struct read_layer *layer, const struct read_feature *feature)
{
	static const char *const types[] = {"", "point", "line", "polygon"};
	size_t point = 0;

	strbuf_add_format(out, "  %s %llu", types[feature->type], (unsigned long long)feature->id);
	for (size_t i = 0; i < feature->tag_count; i++) {
		strbuf_add_format(out, "%s %s=", i ? "," : "", layer->keys[feature->tags[2 * i]]);
		print_value(out, &layer->values[feature->tags[2 * i + 1]]);
	}
	strbuf_add_char(out, '\n');
	for (size_t ring = 0; ring < feature->ring_count; ring++) {
		strbuf_add_text(out, feature->holes[ring] ? "    hole" : "    ");
		for (; point < feature->ends[ring]; point++)
			strbuf_add_format(out, " %d,%d", (int)feature->xy[2 * point],
				(int)feature->xy[2 * point + 1]);
		strbuf_add_char(out, '\n');
	}
}

void read_tile_print(struct strbuf *out, const struct read_tile *tile)
{
	for (size_t i = 0; i < tile->layer_count; i++) {
		const struct read_layer *layer = &tile->layers[i];

		strbuf_add_format(out, "%s extent %u, %zu features, %zu keys, %zu values\n",
			layer->name, (unsigned)layer->extent, layer->feature_count,
			layer->key_count, layer->value_count);
		for (size_t k = 0; k < layer->feature_count; k++)
			print_feature(out, layer, &layer->features[k]);
	}
}
