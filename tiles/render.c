#include "tiles/render.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/compress.h"
#include "tiles/render_picture.h"

enum {
	MARGIN_PX = 2,	/* more than what anti-aliasing and rounding add to a drawing */
	STREET_M = 100, /* lines are seen whole up to this width: a boulevard */
};

int renderer_open(struct renderer *renderer, struct error *err)
{
	int rc = 0;

	*renderer = (struct renderer){0};
	for (int i = 0; !rc && i < TILE_SCALE_MAX; i++) {
		renderer->labels[i] = labels_make(i + 1);
		rc = canvas_init(&renderer->canvases[i], TILE_SIZE_PX * (i + 1),
			TILE_SIZE_PX * (i + 1), err);
	}
	renderer->plotter = calloc(1, sizeof *renderer->plotter);
	if (!rc && !renderer->plotter)
		rc = fail_no_memory(err);
	if (!rc)
		rc = lettering_new(&renderer->lettering, err);
	return rc ? rc : png_encoder_new(&renderer->encoder, err);
}

void renderer_clear(struct renderer *renderer)
{
	for (int i = 0; i < TILE_SCALE_MAX; i++) {
		canvas_clear(&renderer->canvases[i]);
		labels_clear(&renderer->labels[i]);
	}
	lettering_free(renderer->lettering);
	png_encoder_free(renderer->encoder);
	free(renderer->plotter);
	outline_clear(&renderer->outline);
	item_list_clear(&renderer->found);
	free(renderer->sorted);
	*renderer = (struct renderer){0};
}

static struct picture begin_picture(
	struct renderer *renderer, struct tile tile, int scale)
{
	struct lonlat_box box = tile_lonlat_box(tile);
	double size_px = TILE_SIZE_PX * scale;
	double side_units = ldexp(1, GRID_WORLD_BITS - (int)tile.z);

	return (struct picture){
		.renderer = renderer,
		.canvas = &renderer->canvases[scale - 1],
		.labels = &renderer->labels[scale - 1],
		.tile = tile,
		.scale = scale,
		.units_a_px = side_units / size_px,
		.left = (int64_t)tile.x * TILE_SIZE_PX * scale,
		.top = (int64_t)tile.y * TILE_SIZE_PX * scale,
		.ground_m_a_px = 2 * GRID_HALF_WORLD_M / ldexp(size_px, (int)tile.z) *
			cos((box.south + box.north) / 2 * M_PI / 180),
	};
}

struct layer_picture picture_layer(struct picture *picture, const struct snapshot *snapshot)
{
	return (struct layer_picture){
		.picture = picture,
		.snapshot = snapshot,
		.look = &snapshot->layer->look,
		.grid = {(double)snapshot->origin.x / picture->units_a_px,
			(double)snapshot->origin.y / picture->units_a_px,
			1 / picture->units_a_px},
	};
}

const struct look_class *picture_class(
	const struct layer_picture *layer, const struct snapshot_record *record)
{
	return &layer->look->classes[record->look];
}

/* Room for `count` items twice. */
static bool reserve_sorted(struct renderer *renderer, size_t count)
{
	if (count * 2 <= renderer->sorted_room)
		return true;
	free(renderer->sorted);
	renderer->sorted_room = count * 3;
	renderer->sorted = calloc(renderer->sorted_room, sizeof *renderer->sorted);
	if (!renderer->sorted)
		renderer->sorted_room = 0;
	return renderer->sorted;
}

int picture_find(struct layer_picture *layer, double margin_px, struct error *err)
{
	struct renderer *renderer = layer->picture->renderer;
	struct tile_box box = snapshot_tile_box(layer->snapshot->origin, layer->picture->tile,
		(int64_t)ceil(margin_px * layer->picture->units_a_px));

	layer->count = 0;
	renderer->found.count = 0;
	if (!hilbert_tree_search(&layer->snapshot->tree, &box, &renderer->found) ||
		!reserve_sorted(renderer, renderer->found.count))
		return fail_no_memory(err);
	for (size_t i = 0; i < renderer->found.count; i++) {
		uint32_t item = renderer->found.items[i];
		const struct snapshot_record *record = &layer->snapshot->records[item];

		if (layer->picture->tile.z >= picture_class(layer, record)->min_zoom)
			renderer->sorted[layer->count++] = (struct radix_item){record->rank, item};
	}
	return 0;
}

static size_t item_at(const struct layer_picture *layer, size_t i)
{
	return layer->picture->renderer->sorted[i].item;
}

static const struct snapshot_record *record_at(const struct layer_picture *layer, size_t i)
{
	return &layer->snapshot->records[item_at(layer, i)];
}

/* Sorts what was found by class; those of one stay together as they lie in the city. */
static void sort_by_class(struct layer_picture *layer)
{
	struct radix_item *sorted = layer->picture->renderer->sorted, *from = sorted + layer->count;
	size_t *ends = layer->class_ends;

	memset(ends, 0, sizeof layer->class_ends);
	for (size_t i = 0; i < layer->count; i++) {
		from[i] = sorted[i];
		ends[record_at(layer, i)->look]++;
	}
	for (size_t c = 1; c <= UINT8_MAX; c++)
		ends[c] += ends[c - 1];
	/* From the back, so that the ends become starts; those of a class end where the next starts. */
	for (size_t i = layer->count; i-- > 0;)
		sorted[--ends[layer->snapshot->records[from[i].item].look]] = from[i];
	for (size_t c = 0; c < UINT8_MAX; c++)
		ends[c] = ends[c + 1];
	ends[UINT8_MAX] = layer->count;
}

static size_t class_start(const struct layer_picture *layer, size_t class)
{
	return class ? layer->class_ends[class - 1] : 0;
}

const struct outline *picture_outline(const struct layer_picture *layer, size_t item)
{
	struct outline *outline = &layer->picture->renderer->outline;

	return outline_read(layer->snapshot, item, outline) ? outline : NULL;
}

/* Pixels across: as the look says, or as wide as it is on the ground if that is more. */
static double width_of(const struct layer_picture *layer, const struct snapshot_record *record)
{
	double look_px = (double)picture_class(layer, record)->width_px * layer->picture->scale;
	double ground_px = (double)record->width_m / layer->picture->ground_m_a_px;

	return fmin(fmax(look_px, ground_px), PEN_WIDTH_MAX_PX / 2.0);
}

enum { FILLED = 0 }; /* the width of a pen that fills */

/* Outlines or fills the records of one class together. */
static int draw_area_class(
	struct layer_picture *layer, size_t class, double pen_px, struct error *err)
{
	struct plotter *plotter = layer->picture->renderer->plotter;
	const struct look_class *look = &layer->look->classes[class];
	uint32_t colour = pen_px > FILLED ? look->stroke : look->fill;
	size_t start = class_start(layer, class), end = layer->class_ends[class];

	if (!(colour & 0xFF) || start == end)
		return 0;
	for (size_t i = start; i < end; i++) {
		const struct outline *outline = picture_outline(layer, item_at(layer, i));

		if (!outline)
			return fail_no_memory(err);
		for (uint32_t ring = 0; ring < outline->ring_count; ring++) {
			const int32_t *xy = outline_points(outline, ring);
			size_t count = outline->rings[ring].point_count;

			if (pen_px > FILLED)
				plotter_draw_ring(plotter, xy, count, pen_px);
			else
				plotter_fill_ring(plotter, xy, count);
		}
	}
	if (pen_px > FILLED)
		plotter_paint_lines(plotter, colour);
	else
		plotter_paint_areas(plotter, colour);
	return 0;
}

/* Tells the canvas which outlines there will be most of. */
static void foresee_outlines(const struct layer_picture *layer)
{
	const struct look_class *classes = layer->look->classes;
	size_t most = 0, records = 0;

	for (size_t c = 0; c < layer->look->class_count; c++) {
		size_t count = layer->class_ends[c] - class_start(layer, c);

		if (count > records) {
			records = count;
			most = c;
		}
	}
	if (records)
		canvas_foresee(layer->picture->canvas, classes[most].fill, classes[most].stroke);
}

double render_outline_margin(const struct look *look)
{
	/* Of the smallest picture; a pixel more than draw_areas looks at. */
	return ((double)look->stroke_px + MARGIN_PX + 1) / TILE_SIZE_PX;
}

static int draw_areas(struct layer_picture *layer, struct error *err)
{
	const struct look *look = layer->look;
	double pen_px = (double)look->stroke_px * layer->picture->scale;
	bool outlined = pen_px > FILLED && layer->picture->tile.z >= look->stroke_zoom;
	int rc = picture_find(layer, pen_px + MARGIN_PX, err);

	if (rc)
		return rc;
	sort_by_class(layer);
	if (outlined)
		foresee_outlines(layer);
	/* The first class is the most important: it lies on top. */
	for (size_t c = look->class_count; !rc && c-- > 0;)
		rc = draw_area_class(layer, c, FILLED, err);
	for (size_t c = look->class_count; !rc && outlined && c-- > 0;)
		rc = draw_area_class(layer, c, pen_px, err);
	return rc;
}

/* Draws the lines of one class together; beyond_px adds a casing. */
static int draw_line_class(struct layer_picture *layer, size_t class, double beyond_px,
	uint32_t colour, struct error *err)
{
	struct plotter *plotter = layer->picture->renderer->plotter;
	size_t start = class_start(layer, class), end = layer->class_ends[class];

	if (!(colour & 0xFF) || start == end)
		return 0;
	for (size_t i = start; i < end; i++) {
		const struct outline *outline = picture_outline(layer, item_at(layer, i));
		double width_px = width_of(layer, record_at(layer, i)) + beyond_px;

		if (!outline)
			return fail_no_memory(err);
		for (uint32_t line = 0; line < outline->ring_count; line++)
			plotter_draw_line(plotter, outline_points(outline, line),
				outline->rings[line].point_count, width_px);
	}
	plotter_paint_lines(plotter, colour);
	return 0;
}

double picture_reach(const struct layer_picture *layer)
{
	const struct look *look = layer->look;
	double reach_px = 0;

	for (size_t i = 0; i < look->class_count; i++)
		reach_px = fmax(reach_px, (double)look->classes[i].width_px);
	reach_px = (reach_px + (double)look->stroke_px) * layer->picture->scale;
	if (look->width_field)
		reach_px += STREET_M / 2.0 / layer->picture->ground_m_a_px;
	return reach_px + MARGIN_PX;
}

static int draw_lines(struct layer_picture *layer, struct error *err)
{
	const struct look *look = layer->look;
	double casing_px = 2 * (double)look->stroke_px * layer->picture->scale;
	bool cased = layer->picture->tile.z >= look->stroke_zoom;
	int rc = picture_find(layer, fmin(picture_reach(layer), PEN_WIDTH_MAX_PX), err);

	if (rc)
		return rc;
	sort_by_class(layer);
	/* The first class is the most important: it lies on top. */
	for (size_t c = look->class_count; !rc && cased && c-- > 0;)
		rc = draw_line_class(layer, c, casing_px, look->classes[c].stroke, err);
	for (size_t c = look->class_count; !rc && c-- > 0;)
		rc = draw_line_class(layer, c, 0, look->classes[c].fill, err);
	return rc;
}

static int draw_points(struct layer_picture *layer, struct error *err)
{
	struct picture *picture = layer->picture;
	const struct look *look = layer->look;
	struct radix_item *sorted;
	double stroke_px = picture->tile.z >= look->stroke_zoom
		? (double)look->stroke_px * picture->scale
		: 0;
	int rc = picture_find(layer, picture_reach(layer), err);

	/* Later ones lie on top. */
	sorted = picture->renderer->sorted;
	if (!rc && layer->count)
		radix_sort(sorted, sorted + layer->count, layer->count);
	for (size_t i = 0; !rc && i < layer->count; i++) {
		const struct snapshot_record *record = record_at(layer, i);
		const struct look_class *class = picture_class(layer, record);
		const struct outline *outline = picture_outline(layer, item_at(layer, i));

		if (!outline)
			return fail_no_memory(err);
		canvas_disc(picture->canvas, plotter_place(picture->renderer->plotter, outline->xy),
			(double)class->width_px * picture->scale, class->fill, class->stroke,
			stroke_px);
	}
	return rc;
}

static int draw_layer(struct picture *picture, const struct snapshot *snapshot, struct error *err)
{
	struct layer_picture layer = picture_layer(picture, snapshot);

	plotter_begin(picture->renderer->plotter, picture->canvas, layer.grid.px_a_unit,
		layer.grid.origin_x - (double)picture->left,
		layer.grid.origin_y - (double)picture->top);
	switch (snapshot->layer->geometry) {
	case GEOMETRY_AREA:
		return draw_areas(&layer, err);
	case GEOMETRY_LINE:
		return draw_lines(&layer, err);
	default:
		return draw_points(&layer, err);
	}
}

static bool is_drawn(const struct snapshot *snapshot, struct tile tile)
{
	const struct look *look = &snapshot->layer->look;

	return tile.z >= look->min_zoom && tile.z <= look->max_zoom;
}

bool picture_is_labelled(const struct snapshot *snapshot, struct tile tile)
{
	const struct look_label *look = &snapshot->layer->look.label;

	return is_drawn(snapshot, tile) && look->field && tile.z >= look->min_zoom;
}

/* Draws all layers and their labels on the wiped canvas. */
static int draw_picture(struct picture *picture, struct error *err)
{
	const struct snapshot *const *snapshots = picture->snapshots;
	size_t count = picture->snapshot_count;
	int rc = 0;

	labels_reset(picture->labels);
	for (size_t i = 0; !rc && i < count; i++)
		if (is_drawn(snapshots[i], picture->tile))
			rc = draw_layer(picture, snapshot_at(snapshots[i], picture->tile.z), err);
	for (size_t i = 0; !rc && i < count; i++)
		if (picture_is_labelled(snapshots[i], picture->tile))
			rc = picture_label_layer(
				picture, snapshot_at(snapshots[i], picture->tile.z), i, err);
	return rc ? rc
		  : labels_draw(picture->labels, picture->renderer->lettering, picture->canvas,
			    picture->left, picture->top, NULL, err);
}

int render_png(struct renderer *renderer, const struct snapshot *const *snapshots, size_t count,
	struct tile tile, int scale, struct strbuf *out, struct error *err)
{
	struct picture picture = begin_picture(renderer, tile, scale);
	int rc;

	picture.snapshots = snapshots;
	picture.snapshot_count = count;
	rc = canvas_wipe_indexed(picture.canvas, err);
	if (!rc)
		rc = draw_picture(&picture, err);
	if (!rc && !canvas_is_good(picture.canvas)) {
		canvas_wipe(picture.canvas, 0);
		rc = draw_picture(&picture, err);
	}
	return rc ? rc : png_encode(renderer->encoder, picture.canvas, COMPRESS_LIVE, out, err);
}
