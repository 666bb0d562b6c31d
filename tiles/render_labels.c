#include "tiles/render_picture.h"

#include <math.h>

#include "base/messages.h"

enum {
	HALO_PX = 1, /* a little more than a pixel is added for small ones */
	GAP_PX = 2,  /* between a point symbol and its label */
};

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

		if (!picture_is_labelled(other, picture->tile) ||
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
	struct text_box *ret_box, struct error *err)
{
	const struct snapshot_record *record = &layer->snapshot->records[item];
	const struct outline *outline;
	struct picture *picture = layer->picture;
	enum geometry_kind geometry = layer->snapshot->layer->geometry;
	/* The part of the label that must fit into an area. */
	double part = layer->look->label.may_overhang ? 0.5 : 1;
	double width_px, height_px, least_px = least_width(picture, text);
	double halos_px = 2 * HALO_PX * picture->scale;
	int rc;

	*ret_count = 0;
	if (geometry == GEOMETRY_AREA && width_of_box(layer, item) < least_px * part)
		return 0;
	outline = picture_outline(layer, item);
	if (!outline)
		return fail_no_memory(err);
	if (geometry == GEOMETRY_AREA &&
		(!anchor_of_area(outline, &layer->grid, anchors) ||
			anchors[0].width_px < (least_px - halos_px) * part))
		return 0;
	if (geometry == GEOMETRY_LINE &&
		!anchor_may_stand(outline, &layer->grid, least_px,
			2 * label_reach(&text->look, text->len), window))
		return 0;
	rc = lettering_measure(picture->renderer->lettering, text, ret_box, err);
	if (rc)
		return rc;
	width_px = (double)(ret_box->right - ret_box->left);
	height_px = (double)(ret_box->bottom - ret_box->top);
	if (geometry == GEOMETRY_LINE) {
		*ret_count = anchors_of_line(
			outline, &layer->grid, width_px, height_px, window, anchors);
	} else if (geometry == GEOMETRY_AREA) {
		*ret_count = anchors[0].width_px >= (width_px - halos_px) * part;
	} else {
		const int32_t *xy = outline->xy;
		double below_px =
			((double)picture_class(layer, record)->width_px + GAP_PX) * picture->scale;

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
	struct text_box box;
	size_t count = 0;
	int rc = place_label(layer, item, &label->text, window, anchors, &count, &box, err);

	for (size_t i = 0; !rc && i < count; i++) {
		label->box = &box;
		label->x = anchors[i].x;
		label->y = anchors[i].y;
		label->angle = anchors[i].angle;
		rc = labels_offer(layer->picture->labels, label, err);
		label->id++;
	}
	return rc;
}

/* The picture and a margin, in px of the world: left, top, right, bottom. */
static void make_window(const struct picture *picture, double margin_px, double window[4])
{
	for (int i = 0; i < 4; i++)
		window[i] = (double)(i % 2 ? picture->top : picture->left) +
			(i < 2 ? -margin_px : TILE_SIZE_PX * picture->scale + margin_px);
}

/* Whether something of a record is in the window. */
static bool meets_window(const struct layer_picture *layer, size_t item, const double window[4])
{
	const struct tile_box *box = &layer->snapshot->tree.boxes[item];
	const struct pixel_grid *grid = &layer->grid;

	return box->max_x * grid->px_a_unit + grid->origin_x >= window[0] &&
	       box->max_y * grid->px_a_unit + grid->origin_y >= window[1] &&
	       box->min_x * grid->px_a_unit + grid->origin_x <= window[2] &&
	       box->min_y * grid->px_a_unit + grid->origin_y <= window[3];
}

/* The label of a record, but for its places. */
static struct label label_of(const struct layer_picture *layer, size_t column, size_t item,
	size_t number)
{
	const struct snapshot_record *record = &layer->snapshot->records[item];
	struct label label = {
		.text = {.look = label_look(layer->picture, &layer->look->label)},
		.priority = label_priority(layer->look, record->look),
		.id = ((uint64_t)number << 48) ^ ((uint64_t)record->id << 8),
	};

	label.text.bytes = snapshot_text(layer->snapshot, column, item, &label.text.len);
	return label;
}

int picture_label_layer(struct picture *picture, const struct snapshot *snapshot, size_t number,
	struct error *err)
{
	struct layer_picture layer = picture_layer(picture, snapshot);
	size_t column = snapshot_column(snapshot, layer.look->label.field);
	struct text_look text_look = label_look(picture, &layer.look->label);
	double margin_px = margin_of_labels(picture, snapshot), beyond_px = 0;
	double reach_px = labels_reach(picture->labels, &text_look, snapshot->label_bytes_max);
	int rc;

	if (column == snapshot->column_count)
		return 0;
	/* Labels of points stand below them, the others have their anchors within the record's box. */
	if (snapshot->layer->geometry == GEOMETRY_POINT)
		beyond_px = picture_reach(&layer) + GAP_PX * picture->scale + LABEL_REACH_PX;
	rc = picture_find(&layer, margin_px + beyond_px, err);
	for (size_t i = 0; !rc && i < layer.count; i++) {
		size_t item = picture->renderer->sorted[i].item;
		struct label label = label_of(&layer, column, item, number);
		/* A shorter text does not matter from as far as the longest one. */
		double shorter_px = reach_px -
			labels_reach(picture->labels, &text_look, label.text.len);
		double window[4], around[4];

		make_window(picture, margin_px - shorter_px, window);
		make_window(picture, margin_px - shorter_px + beyond_px, around);
		if (!label.text.len || !meets_window(&layer, item, around))
			continue;
		rc = offer_labels(&layer, item, &label, window, err);
		if (rc == ERR_TOO_LARGE)
			rc = 0; /* more labels than anybody could read */
	}
	return rc;
}

