#include "tiles/mvt_layer.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"

enum {
	SCREEN_PX = 512, /* of a tile, as large as a map draws it */
	/* How exactly the place of a name is found: in world units, and of the size of its area. */
	PLACE_UNITS = 256,
	PLACE_SHARE = 256,
};

/* The field, if it may stand in vector tiles. */
static const struct layer_field *field_of(const struct layer *layer, const char *id)
{
	const struct layer_field *field = id ? layer_field_find(layer, id, strlen(id)) : NULL;

	return field && field->tile_zoom ? field : NULL;
}

size_t mvt_label_fields(const struct layer *layer, const struct layer_field *ret_fields[MVT_LABEL_FIELDS])
{
	const struct layer_field *name = field_of(layer, layer->look.label.field);
	const struct layer_field *class = field_of(layer, layer->look.class_field);
	size_t count = 0;

	if (!name || layer->geometry == GEOMETRY_POINT)
		return 0;
	ret_fields[count++] = name;
	if (class && class != name)
		ret_fields[count++] = class;
	return count;
}

unsigned mvt_label_zoom(const struct layer *layer)
{
	const struct look *look = &layer->look;
	unsigned zoom = look->label.min_zoom;

	zoom = zoom < look->block_zoom ? look->block_zoom : zoom;
	return zoom < look->min_zoom ? look->min_zoom : zoom;
}

/* The text that a record is labelled with; NULL none. */
static const char *label_of(const struct layer_tile *layer, size_t item, size_t *ret_len)
{
	const char *text = snapshot_text(layer->snapshot, layer->columns[0], item, ret_len);

	return *ret_len ? text : NULL;
}

/* Fills scratch->whole with the outline of a record. */
static bool read_whole(struct layer_tile *layer, size_t item)
{
	struct mvt_scratch *scratch = layer->scratch;

	clip_path_reset(&scratch->whole);
	if (!outline_read(layer->snapshot, item, &scratch->outline))
		return false;
	for (uint32_t ring = 0; ring < scratch->outline.ring_count; ring++)
		clip_path_add(&scratch->whole, outline_points(&scratch->outline, ring),
			scratch->outline.rings[ring].point_count);
	return !scratch->whole.failed;
}

/* --- areas ---------------------------------------------------------------------------------------- */

/* Where the name of an area stands: wherever the tile is. */
static bool find_place(struct layer_tile *layer, size_t item, int32_t ret_xy[2])
{
	struct mvt_scratch *scratch = layer->scratch;
	const struct tile_box *box = &layer->snapshot->tree.boxes[item];
	double across = fmax((double)box->max_x - box->min_x, (double)box->max_y - box->min_y);
	struct pole pole;

	if (!read_whole(layer, item) || !pole_find(&scratch->pole, &scratch->whole,
						fmax(PLACE_UNITS, across / PLACE_SHARE), &pole))
		return false;
	ret_xy[0] = (int32_t)lrint(pole.x);
	ret_xy[1] = (int32_t)lrint(pole.y);
	return true;
}

static bool label_areas(struct layer_tile *layer, size_t count, size_t *ret_written)
{
	for (size_t i = 0; i < count; i++) {
		size_t item = layer->scratch->sorted[i].item, len;
		int32_t place[2];

		if (!label_of(layer, item, &len))
			continue;
		if (!find_place(layer, item, place) || !mvt_put_point(layer, place[0], place[1]))
			return false;
		if (!layer->scratch->geometry.len)
			continue;
		++*ret_written;
		if (!mvt_put_feature(layer, item))
			return false;
	}
	return true;
}

/* --- streets -------------------------------------------------------------------------------------- */

/*
 * Sorts the records that have a name by it: in the order of the lowest ids, and those of a name in the
 * order of theirs. Returns how many have one in *ret_count.
 */
static bool sort_by_name(struct layer_tile *layer, size_t count, size_t *ret_count)
{
	struct mvt_scratch *scratch = layer->scratch;
	const uint32_t *names = layer->snapshot->column_values[layer->columns[0]];
	size_t named = 0, len;

	for (size_t i = 0; i < count; i++) {
		uint32_t item = scratch->sorted[i].item, number;

		if (!label_of(layer, item, &len))
			continue;
		if (!mvt_number_value(scratch, names[item], &number))
			return false;
		scratch->sorted[named++] = (struct radix_item){number, item};
	}
	radix_sort(scratch->sorted, scratch->sorted + named, named);
	*ret_count = named;
	return true;
}

/* Adds what the tile sees of a record to scratch->clipped. */
static bool gather_piece(struct layer_tile *layer, size_t item)
{
	struct mvt_scratch *scratch = layer->scratch;

	if (!read_whole(layer, item))
		return false;
	clip_lines(&scratch->whole, &layer->clip_box, &scratch->clipped);
	return true;
}

static size_t count_letters(const char *text, size_t len)
{
	size_t letters = 0;

	for (size_t i = 0; i < len; i++)
		letters += (text[i] & 0xC0) != 0x80;
	return letters;
}

/* The lines along which the name of these records fits. */
static bool join_street(struct layer_tile *layer, const struct radix_item *first, size_t count,
	struct clip_path *lines)
{
	struct mvt_scratch *scratch = layer->scratch;
	double units_a_px = ldexp(1, GRID_WORLD_BITS - (int)layer->tile.z) / SCREEN_PX;
	size_t len;
	const char *name = label_of(layer, first->item, &len);
	double least = label_line_least(name ? count_letters(name, len) : 0,
		(double)layer->snapshot->layer->look.label.size_px, units_a_px);

	clip_path_reset(lines);
	clip_path_reset(&scratch->clipped);
	for (size_t i = 0; i < count; i++)
		if (!gather_piece(layer, first[i].item))
			return false;
	return !scratch->clipped.failed &&
		label_line_join(&scratch->joiner, &scratch->clipped, least, lines);
}

static bool label_streets(struct layer_tile *layer, size_t count, size_t *ret_written)
{
	autofree(clip_path_clear) struct clip_path lines = {0};
	const struct radix_item *sorted = layer->scratch->sorted;
	size_t named, end;

	if (!sort_by_name(layer, count, &named))
		return false;
	for (size_t start = 0; start < named; start = end) {
		for (end = start + 1; end < named && sorted[end].key == sorted[start].key;)
			end++;
		if (!join_street(layer, sorted + start, end - start, &lines) ||
			!mvt_put_lines(layer, &lines))
			return false;
		if (!layer->scratch->geometry.len)
			continue;
		++*ret_written;
		if (!mvt_put_feature(layer, sorted[start].item))
			return false;
	}
	return true;
}

/* --- the layer ------------------------------------------------------------------------------------ */

/* The name first; false if the layer has no labels. */
static bool choose_columns(struct layer_tile *layer)
{
	const struct layer_field *fields[MVT_LABEL_FIELDS];
	size_t count = mvt_label_fields(layer->snapshot->layer, fields);

	for (size_t i = 0; i < count; i++)
		layer->columns[layer->column_count++] =
			snapshot_column(layer->snapshot, fields[i]->id);
	return count;
}

static bool write_labels(struct mvt_scratch *scratch, const struct snapshot *snapshot,
	struct tile tile, struct strbuf *out, struct mvt_report *report)
{
	bool is_area = snapshot->layer->geometry == GEOMETRY_AREA;
	struct layer_tile layer;
	size_t count, dropped, written = 0;

	if (!mvt_begin_layer(scratch, snapshot, tile, &layer))
		return false;
	layer.ending = MVT_LABEL_ENDING;
	layer.geometry = is_area ? GEOMETRY_POINT : GEOMETRY_LINE;
	if (!choose_columns(&layer))
		return true;
	if (!mvt_find_records(&layer, is_area ? MVT_LABELS_MAX : MVT_FEATURES_MAX, &count, &dropped))
		return false;
	if (!(is_area ? label_areas : label_streets)(&layer, count, &written))
		return false;
	report->features += written;
	report->dropped += dropped;
	return !written || mvt_put_layer(&layer, out);
}

int mvt_write_labels(struct mvt_scratch *scratch, const struct snapshot *const *snapshots,
	size_t count, struct tile tile, struct strbuf *out, struct mvt_report *ret_report,
	struct error *err)
{
	struct mvt_report report = {0};

	for (size_t i = 0; i < count; i++) {
		const struct layer *layer = snapshots[i]->layer;

		if (tile.z < mvt_label_zoom(layer) || tile.z > layer->look.max_zoom)
			continue;
		if (!write_labels(scratch, snapshots[i], tile, out, &report))
			return fail_no_memory(err);
	}
	*ret_report = report;
	return strbuf_check(out, err);
}
