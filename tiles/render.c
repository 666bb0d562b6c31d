#include "tiles/render.h"

#include <math.h>

#include "base/messages.h"
#include "tiles/anchor.h"
#include "tiles/compress.h"

enum {
	MARGIN_PX = 2,	/* more than what anti-aliasing and rounding add to a drawing */
	HALO_PX = 1,	/* of labels; a little more than a pixel is added for small ones */
	GAP_PX = 2,	/* between a point symbol and its label */
	STREET_M = 100, /* lines are seen whole up to this width: a boulevard */
	PATH_POINTS = 512, /* gathered at once, so that the path stays in the cache */
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
	path_clear(&renderer->path);
	outline_clear(&renderer->outline);
	item_list_clear(&renderer->found);
	free(renderer->sorted);
	*renderer = (struct renderer){0};
}

/* A picture while it is drawn. */
struct picture {
	struct renderer *renderer;
	struct canvas *canvas;
	struct labels *labels;
	struct tile tile;
	int scale;
	double units_a_px;    /* world units */
	int64_t left, top;    /* of the tile, px of the world */
	double ground_m_a_px; /* at the tile's middle */
	const struct snapshot *const *snapshots;
	size_t snapshot_count;
};

/* A layer of it. */
struct layer_picture {
	struct picture *picture;
	const struct snapshot *snapshot;
	const struct look *look;
	struct pixel_grid grid; /* to px of the world */
	size_t count;		/* of records, in renderer->sorted */
	size_t class_ends[UINT8_MAX + 1]; /* once they are in the order of classes */
};

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

static struct layer_picture begin_layer(
	struct picture *picture, const struct snapshot *snapshot)
{
	return (struct layer_picture){
		.picture = picture,
		.snapshot = snapshot,
		.look = &snapshot->layer->look,
		.grid = {(double)SNAPSHOT_ORIGIN_X / picture->units_a_px,
			(double)SNAPSHOT_ORIGIN_Y / picture->units_a_px,
			1 / picture->units_a_px},
	};
}

static const struct look_class *class_of(
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

/* Finds the records within a margin of the tile. */
static int find_records(struct layer_picture *layer, double margin_px, struct error *err)
{
	struct renderer *renderer = layer->picture->renderer;
	struct tile_box box = snapshot_tile_box(layer->picture->tile,
		(int64_t)ceil(margin_px * layer->picture->units_a_px));

	layer->count = 0;
	renderer->found.count = 0;
	if (!hilbert_tree_search(&layer->snapshot->tree, &box, &renderer->found) ||
		!reserve_sorted(renderer, renderer->found.count))
		return fail_no_memory(err);
	for (size_t i = 0; i < renderer->found.count; i++) {
		uint32_t item = renderer->found.items[i];
		const struct snapshot_record *record = &layer->snapshot->records[item];

		if (layer->picture->tile.z >= class_of(layer, record)->min_zoom)
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

/* The outline of a record, until the next one is asked for; NULL without memory. */
static const struct outline *outline_at(const struct layer_picture *layer, size_t item)
{
	struct outline *outline = &layer->picture->renderer->outline;

	return outline_read(layer->snapshot, item, outline) ? outline : NULL;
}

/* Adds the rings or lines of a record, in pixels of the picture; a path remembers want of memory. */
static void add_to_path(const struct layer_picture *layer, size_t item)
{
	double px_a_unit = layer->grid.px_a_unit;
	double dx = layer->grid.origin_x - (double)layer->picture->left;
	double dy = layer->grid.origin_y - (double)layer->picture->top;
	const struct outline *outline = outline_at(layer, item);

	if (!outline)
		layer->picture->renderer->path.failed = ERR_NOMEM;
	for (uint32_t r = 0; outline && r < outline->ring_count; r++) {
		const int32_t *xy = outline_points(outline, r);
		size_t count = outline->rings[r].point_count;
		struct point *points = path_add_points(&layer->picture->renderer->path, count,
			layer->snapshot->layer->geometry == GEOMETRY_AREA);

		for (size_t i = 0; points && i < count; i++)
			points[i] = (struct point){
				xy[2 * i] * px_a_unit + dx, xy[2 * i + 1] * px_a_unit + dy};
	}
}

/* Pixels across: as the look says, or as wide as it is on the ground if that is more. */
static double width_of(const struct layer_picture *layer, const struct snapshot_record *record)
{
	double look_px = (double)class_of(layer, record)->width_px * layer->picture->scale;
	double ground_px = (double)record->width_m / layer->picture->ground_m_a_px;

	return fmin(fmax(look_px, ground_px), PEN_WIDTH_MAX_PX / 2.0);
}

enum { FILLED = 0 }; /* the width of a pen that fills */

/* Gathers what is in the path, drawn with a pen or filled, and empties it. */
static int gather_path(struct picture *picture, double pen_px, struct error *err)
{
	struct path *path = &picture->renderer->path;
	int rc = pen_px > FILLED ? canvas_gather_lines(picture->canvas, path, pen_px, err)
				 : canvas_gather_areas(picture->canvas, path, err);

	path_reset(path);
	return rc;
}

/* Outlines or fills the records of one class together. */
static int draw_area_class(
	struct layer_picture *layer, size_t class, double pen_px, struct error *err)
{
	struct picture *picture = layer->picture;
	const struct look_class *look = &layer->look->classes[class];
	uint32_t colour = pen_px > FILLED ? look->stroke : look->fill;
	size_t i = class_start(layer, class), end = layer->class_ends[class];
	int rc = 0;

	if (!(colour & 0xFF) || i == end)
		return 0;
	while (!rc && i < end) {
		add_to_path(layer, item_at(layer, i++));
		if (i == end || picture->renderer->path.point_count > PATH_POINTS)
			rc = gather_path(picture, pen_px, err);
	}
	if (pen_px > FILLED)
		canvas_paint_lines(picture->canvas, colour);
	else
		canvas_paint_areas(picture->canvas, colour);
	return rc;
}

static int draw_areas(struct layer_picture *layer, struct error *err)
{
	const struct look *look = layer->look;
	double pen_px = (double)look->stroke_px * layer->picture->scale;
	bool outlined = pen_px > FILLED && layer->picture->tile.z >= look->stroke_zoom;
	int rc = find_records(layer, pen_px + MARGIN_PX, err);

	if (rc)
		return rc;
	sort_by_class(layer);
	/* The first class is the most important: it lies on top. */
	for (size_t c = look->class_count; !rc && c-- > 0;)
		rc = draw_area_class(layer, c, FILLED, err);
	for (size_t c = look->class_count; outlined && !rc && c-- > 0;)
		rc = draw_area_class(layer, c, pen_px, err);
	return rc;
}

/* Draws the lines of one class together; beyond_px adds a casing. */
static int draw_line_class(struct layer_picture *layer, size_t class, double beyond_px,
	uint32_t colour, struct error *err)
{
	struct picture *picture = layer->picture;
	size_t i = class_start(layer, class), end = layer->class_ends[class];
	int rc = 0;

	if (!(colour & 0xFF) || i == end)
		return 0;
	for (; !rc && i < end; i++) {
		const struct snapshot_record *record = record_at(layer, i);

		add_to_path(layer, item_at(layer, i));
		rc = gather_path(picture, width_of(layer, record) + beyond_px, err);
	}
	canvas_paint_lines(picture->canvas, colour);
	return rc;
}

/* The most that a symbol or line goes beyond its coordinates, px. */
static double reach_of(const struct layer_picture *layer)
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
	int rc = find_records(layer, fmin(reach_of(layer), PEN_WIDTH_MAX_PX), err);

	if (rc)
		return rc;
	sort_by_class(layer);
	/* The first class is the most important: it lies on top. */
	for (size_t c = look->class_count; cased && !rc && c-- > 0;)
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
	int rc = find_records(layer, reach_of(layer), err);

	/* Later ones lie on top. */
	sorted = picture->renderer->sorted;
	if (!rc && layer->count)
		radix_sort(sorted, sorted + layer->count, layer->count);
	for (size_t i = 0; !rc && i < layer->count; i++) {
		const struct snapshot_record *record = record_at(layer, i);
		const struct look_class *class = class_of(layer, record);
		const struct outline *outline = outline_at(layer, item_at(layer, i));
		const int32_t *xy = outline ? outline->xy : NULL;
		struct point centre;

		if (!outline)
			return fail_no_memory(err);
		centre = (struct point){xy[0] * layer->grid.px_a_unit + layer->grid.origin_x -
				(double)picture->left,
			xy[1] * layer->grid.px_a_unit + layer->grid.origin_y -
				(double)picture->top};

		canvas_disc(picture->canvas, centre, (double)class->width_px * picture->scale,
			class->fill, class->stroke, stroke_px);
	}
	return rc;
}

static int draw_layer(struct picture *picture, const struct snapshot *snapshot, struct error *err)
{
	struct layer_picture layer = begin_layer(picture, snapshot);

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

static bool is_labelled(const struct snapshot *snapshot, struct tile tile)
{
	const struct look_label *look = &snapshot->layer->look.label;

	return is_drawn(snapshot, tile) && look->field && tile.z >= look->min_zoom;
}

static struct text_look label_look(const struct picture *picture, const struct look_label *look)
{
	return (struct text_look){FONT_REGULAR, look->size_px * (float)picture->scale,
		(float)(HALO_PX * picture->scale) + 0.25F, look->colour, look->halo};
}

/* The more important the class, the higher; labels of a larger size come first. */
static int label_priority(const struct look *look, size_t class)
{
	return (int)(look->label.size_px * 16) - (int)class;
}

/* How far from the picture labels of a layer matter: not all may be in the way of all others. */
static double margin_of_labels(const struct picture *picture, const struct snapshot *snapshot)
{
	const struct look *look = &snapshot->layer->look;
	struct text_look text = label_look(picture, &look->label);
	double reach_px = label_reach(&text, snapshot->label_bytes_max), others_px = reach_px;

	for (size_t i = 0; i < picture->snapshot_count; i++) {
		const struct snapshot *other = picture->snapshots[i];
		const struct look *other_look = &other->layer->look;

		if (!is_labelled(other, picture->tile) ||
			label_priority(other_look, other_look->class_count) >
				label_priority(look, 0))
			continue;
		text = label_look(picture, &other_look->label);
		others_px = fmax(others_px, label_reach(&text, other->label_bytes_max));
	}
	return labels_margin_of(picture->labels, reach_px, others_px);
}

/* The least room that a text needs, which says quickly for most that there is too little. */
static double least_width(const struct picture *picture, const struct text *text)
{
	return lettering_guess_width(picture->renderer->lettering, text) * 0.9;
}

static double width_of_box(const struct layer_picture *layer, size_t item)
{
	const struct tile_box *box = &layer->snapshot->tree.boxes[item];

	return ((double)box->max_x - box->min_x) * layer->grid.px_a_unit;
}

/* Finds the places of a label; none if there is no room for it. */
static int place_label(struct layer_picture *layer, size_t item, const struct text *text,
	const double window[4], struct anchor anchors[ANCHORS_A_LINE_MAX], size_t *ret_count,
	struct error *err)
{
	const struct snapshot_record *record = &layer->snapshot->records[item];
	const struct outline *outline;
	struct picture *picture = layer->picture;
	enum geometry_kind geometry = layer->snapshot->layer->geometry;
	/* The part of the label that must fit into an area. */
	double part = layer->look->label.may_overhang ? 0.5 : 1;
	double width_px, height_px, least_px = least_width(picture, text);
	struct text_box box;
	int rc;

	*ret_count = 0;
	if (geometry == GEOMETRY_AREA && width_of_box(layer, item) < least_px * part)
		return 0;
	outline = outline_at(layer, item);
	if (!outline)
		return fail_no_memory(err);
	if (geometry == GEOMETRY_LINE && anchor_line_length(outline, &layer->grid) < least_px)
		return 0;
	rc = lettering_measure(picture->renderer->lettering, text, &box, err);
	if (rc)
		return rc;
	width_px = (double)(box.right - box.left);
	height_px = (double)(box.bottom - box.top);
	if (geometry == GEOMETRY_LINE) {
		*ret_count = anchors_of_line(
			outline, &layer->grid, width_px, height_px, window, anchors);
	} else if (geometry == GEOMETRY_AREA) {
		if (anchor_of_area(outline, &layer->grid, anchors))
			*ret_count = anchors[0].width_px >=
				(width_px - 2 * HALO_PX * picture->scale) * part;
	} else {
		const int32_t *xy = outline->xy;
		double below_px =
			((double)class_of(layer, record)->width_px + GAP_PX) * picture->scale;

		anchors[0] = (struct anchor){
			.x = xy[0] * layer->grid.px_a_unit + layer->grid.origin_x,
			.y = xy[1] * layer->grid.px_a_unit + layer->grid.origin_y + below_px +
				height_px / 2};
		*ret_count = 1;
	}
	return 0;
}

/* Offers the label of one record at its places. */
static int offer_labels(struct layer_picture *layer, size_t item, struct label *label,
	const double window[4], struct error *err)
{
	struct anchor anchors[ANCHORS_A_LINE_MAX];
	size_t count = 0;
	int rc = place_label(layer, item, &label->text, window, anchors, &count, err);

	for (size_t i = 0; !rc && i < count; i++) {
		label->x = anchors[i].x;
		label->y = anchors[i].y;
		label->angle = anchors[i].angle;
		rc = labels_offer(layer->picture->labels, label, err);
		label->id++;
	}
	return rc;
}

static int label_layer(struct picture *picture, const struct snapshot *snapshot, size_t number,
	struct error *err)
{
	struct layer_picture layer = begin_layer(picture, snapshot);
	size_t column = snapshot_column(snapshot, layer.look->label.field);
	double margin = margin_of_labels(picture, snapshot);
	double size_px = TILE_SIZE_PX * picture->scale;
	const double window[4] = {(double)picture->left - margin, (double)picture->top - margin,
		(double)picture->left + size_px + margin, (double)picture->top + size_px + margin};
	int rc;

	if (column == snapshot->column_count)
		return 0;
	/* Labels of points stand below them, the others have their anchors within the record's box. */
	if (snapshot->layer->geometry == GEOMETRY_POINT)
		margin += reach_of(&layer) + GAP_PX * picture->scale + LABEL_REACH_PX;
	rc = find_records(&layer, margin, err);
	for (size_t i = 0; !rc && i < layer.count; i++) {
		size_t item = picture->renderer->sorted[i].item, len;
		const struct snapshot_record *record = &snapshot->records[item];
		struct label label = {
			.text = {.look = label_look(picture, &layer.look->label)},
			.priority = label_priority(layer.look, record->look),
			.id = ((uint64_t)number << 48) ^ ((uint64_t)record->id << 8),
		};

		label.text.bytes = snapshot_text(snapshot, column, item, &len);
		label.text.len = len;
		if (len)
			rc = offer_labels(&layer, item, &label, window, err);
		if (rc == ERR_TOO_LARGE)
			rc = 0; /* more labels than anybody could read */
	}
	return rc;
}

int render_png(struct renderer *renderer, const struct snapshot *const *snapshots, size_t count,
	struct tile tile, int scale, struct strbuf *out, struct error *err)
{
	struct picture picture = begin_picture(renderer, tile, scale);
	int rc = 0;

	picture.snapshots = snapshots;
	picture.snapshot_count = count;
	canvas_wipe(picture.canvas, 0);
	labels_reset(picture.labels);
	for (size_t i = 0; !rc && i < count; i++)
		if (is_drawn(snapshots[i], tile))
			rc = draw_layer(&picture, snapshot_at(snapshots[i], tile.z), err);
	for (size_t i = 0; !rc && i < count; i++)
		if (is_labelled(snapshots[i], tile))
			rc = label_layer(&picture, snapshot_at(snapshots[i], tile.z), i, err);
	if (!rc)
		rc = labels_draw(picture.labels, renderer->lettering, picture.canvas, picture.left,
			picture.top, NULL, err);
	return rc ? rc : png_encode(renderer->encoder, picture.canvas, COMPRESS_LIVE, out, err);
}
