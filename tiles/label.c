#include "tiles/label.h"

#include <math.h>

#include "base/banned.h"
#include "base/messages.h"
#include "tiles/glyphs.h"

enum { FIRST_ROOM = 256, CELL_PX = 64 };

/* Anchors of the world at zoom 22, and far beyond; keeps differences exact. */
static const double anchor_max_px = (double)(INT64_C(1) << 40);

static const size_t texts_max = (size_t)LABELS_MAX * (TEXT_BYTES_MAX + 1);

struct candidate {
	struct text_look look;
	size_t text_at, text_len; /* in labels->texts */
	int64_t x, y;
	double angle;
	int priority;
	uint64_t id, hash;

	/* While drawing: */
	double bound_px; /* it does not go further than this from its anchor */
	bool measured;	 /* now bound_px is true */
	bool possible;	 /* it has ink, and does not go too far */
	struct text_box box;
	struct point corners[4]; /* of the box with its padding, from the anchor */
};

/* A picture in work, and around it cells of CELL_PX with the candidates in them. */
struct picture {
	struct labels *labels;
	struct lettering *lettering;
	struct canvas *canvas;
	int64_t left, top; /* of the canvas, in the world */
	size_t drawn;

	int64_t cells_left, cells_top;
	int columns, rows;
	uint32_t *starts; /* columns * rows + 1: where each cell begins in labels->cells */
	double bound_px;  /* the largest of all candidates */
};

struct labels labels_make(double scale)
{
	return (struct labels){.texts = STRBUF(texts_max), .scale = fmax(scale, 1)};
}

void labels_clear(struct labels *labels)
{
	free(labels->list);
	free(labels->cells);
	strbuf_clear(&labels->texts);
	*labels = labels_make(labels->scale);
}

void labels_reset(struct labels *labels)
{
	labels->count = 0;
	strbuf_reset(&labels->texts);
}

double labels_margin_of(const struct labels *labels, double reach_px, double others_px)
{
	double most = LABEL_REACH_PX * labels->scale, padding = LABEL_PADDING_PX * labels->scale;

	/* A label that touches the picture, and then one that it meets; and both are snapped. */
	return 2 * fmin(others_px, most) + fmin(reach_px, most) + 3 * padding + 2;
}

double labels_margin(const struct labels *labels)
{
	return labels_margin_of(labels, INFINITY, INFINITY);
}

/* --- boxes ------------------------------------------------------------------------------------ */

static struct text text_of(const struct labels *labels, const struct candidate *candidate)
{
	return (struct text){
		labels->texts.data + candidate->text_at, candidate->text_len, candidate->look};
}

/* The corners of the box with its padding, turned. */
static void find_corners(struct candidate *candidate, double padding_px)
{
	const struct text_box *box = &candidate->box;
	double cosine = candidate->angle == 0 ? 1 : cos(candidate->angle);
	double sine = candidate->angle == 0 ? 0 : sin(candidate->angle);

	for (int i = 0; i < 4; i++) {
		double x = i == 0 || i == 3 ? (double)box->left - padding_px
					    : (double)box->right + padding_px;
		double y = i < 2 ? (double)box->top - padding_px : (double)box->bottom + padding_px;

		candidate->corners[i] =
			(struct point){x * cosine - y * sine, x * sine + y * cosine};
	}
}

static void set_box(
	const struct labels *labels, struct candidate *candidate, const struct text_box *box)
{
	double x = fmax(-(double)box->left, (double)box->right);
	double y = fmax(-(double)box->top, (double)box->bottom);

	candidate->box = *box;
	candidate->bound_px = sqrt(x * x + y * y);
	candidate->measured = true;
	candidate->possible = box->right > box->left &&
			      candidate->bound_px <= LABEL_REACH_PX * labels->scale;
	if (candidate->possible)
		find_corners(candidate, LABEL_PADDING_PX * labels->scale);
}

static int measure(const struct picture *picture, struct candidate *candidate, struct error *err)
{
	struct text text = text_of(picture->labels, candidate);
	struct text_box box;
	int rc;

	if (candidate->measured)
		return 0;
	rc = lettering_measure(picture->lettering, &text, &box, err);
	if (!rc)
		set_box(picture->labels, candidate, &box);
	return rc;
}

/* True if a line along a side of `a` has all of `a` on one side and all of `b` on the other. */
static bool are_apart_along(const struct point a[4], const struct point b[4])
{
	for (int side = 0; side < 4; side++) {
		struct point from = a[side], to = a[(side + 1) % 4];
		double dx = to.x - from.x, dy = to.y - from.y;
		bool apart = true;

		for (int i = 0; i < 4 && apart; i++)
			apart = dx * (b[i].y - from.y) - dy * (b[i].x - from.x) <= 0;
		if (apart)
			return true;
	}
	return false;
}

static bool boxes_overlap(const struct candidate *a, const struct candidate *b)
{
	/* Whole numbers: the same from whichever tile they are seen. */
	double dx = (double)(b->x - a->x), dy = (double)(b->y - a->y);
	struct point corners[4]; /* of b, from the anchor of a */

	for (int i = 0; i < 4; i++)
		corners[i] = (struct point){dx + b->corners[i].x, dy + b->corners[i].y};
	return !are_apart_along(a->corners, corners) && !are_apart_along(corners, a->corners);
}

/* True if a comes before b; a total order of all that differs between two labels. */
static bool comes_first(const struct candidate *a, const struct candidate *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	if (a->hash != b->hash)
		return a->hash < b->hash;
	if (a->y != b->y)
		return a->y < b->y;
	if (a->x != b->x)
		return a->x < b->x;
	return a < b;
}

/* --- offering --------------------------------------------------------------------------------- */

static bool grow(struct labels *labels)
{
	size_t room = labels->room ? labels->room * 2 : FIRST_ROOM;
	struct candidate *list = realloc(labels->list, room * sizeof *list);

	if (!list)
		return false;
	labels->list = list;
	labels->room = room;
	return true;
}

/* splitmix64's finisher: near ids are far apart afterwards. */
static uint64_t hash_id(uint64_t id)
{
	id = (id ^ id >> 30) * 0xBF58476D1CE4E5B9;
	id = (id ^ id >> 27) * 0x94D049BB133111EB;
	return id ^ id >> 31;
}

double label_reach(const struct text_look *look, size_t len)
{
	/* Half the width, where no character is wider than 1.1 em a byte; and some height. */
	double most = len < TEXT_GLYPHS_MAX ? (double)len : TEXT_GLYPHS_MAX;

	return (most * 0.55 + 1.5) * (double)look->size_px + (double)look->halo_px;
}

double labels_reach(const struct labels *labels, const struct text_look *look, size_t len)
{
	return fmin(label_reach(look, len), LABEL_REACH_PX * labels->scale);
}

int labels_offer(struct labels *labels, const struct label *label, struct error *err)
{
	const struct text *text = &label->text;
	size_t kept = text->len > TEXT_BYTES_MAX ? TEXT_BYTES_MAX + 1 : text->len;
	struct candidate *candidate;
	int rc;

	if (!(fabs(label->x) < anchor_max_px && fabs(label->y) < anchor_max_px) ||
		!isfinite(label->angle))
		return fail_coordinate_not_finite(err);
	if (labels->count == LABELS_MAX)
		return fail_too_many_labels(err, LABELS_MAX);
	if (labels->count == labels->room && !grow(labels))
		return fail_no_memory(err);
	candidate = labels->list + labels->count;
	*candidate = (struct candidate){.look = text->look,
		.text_at = labels->texts.len,
		.text_len = kept,
		.x = llrint(label->x),
		.y = llrint(label->y),
		.angle = remainder(label->angle, M_PI),
		.priority = label->priority,
		.id = label->id,
		.hash = hash_id(label->id),
		.bound_px = label_reach(&text->look, text->len)};
	if (label->box)
		set_box(labels, candidate, label->box);
	strbuf_add(&labels->texts, text->bytes, kept);
	rc = strbuf_check(&labels->texts, err);
	labels->count += !rc;
	return rc;
}

/* --- cells ------------------------------------------------------------------------------------ */

static int clamp_cell(int64_t cell, int count)
{
	return cell < 0 ? 0 : cell >= count ? count - 1 : (int)cell;
}

/* The cell of an anchor; those outside go to the cells at the border. */
static int cell_of(const struct picture *picture, int64_t x, int64_t y)
{
	int column = clamp_cell((x - picture->cells_left) / CELL_PX, picture->columns);
	int row = clamp_cell((y - picture->cells_top) / CELL_PX, picture->rows);

	return row * picture->columns + column;
}

/* Sorts the candidates by cell. */
static int fill_cells(struct picture *picture, struct error *err)
{
	struct labels *labels = picture->labels;
	size_t count = (size_t)picture->columns * (size_t)picture->rows;
	uint32_t *order = realloc(labels->cells, (labels->count + 1) * sizeof *order);

	if (order)
		labels->cells = order;
	picture->starts = calloc(count + 1, sizeof *picture->starts);
	if (!order || !picture->starts)
		return fail_no_memory(err);
	for (size_t i = 0; i < labels->count; i++) {
		const struct candidate *candidate = labels->list + i;

		picture->starts[cell_of(picture, candidate->x, candidate->y)]++;
		picture->bound_px = fmax(picture->bound_px, candidate->bound_px);
	}
	for (size_t i = 1; i <= count; i++)
		picture->starts[i] += picture->starts[i - 1];
	/* From the back, so that the ends become the starts. */
	for (size_t i = labels->count; i-- > 0;) {
		const struct candidate *candidate = labels->list + i;

		order[--picture->starts[cell_of(picture, candidate->x, candidate->y)]] =
			(uint32_t)i;
	}
	return 0;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static bool are_near(const struct candidate *a, const struct candidate *b, double padding_px)
{
	double near_px = a->bound_px + b->bound_px + 4 * padding_px;

	return fabs((double)(a->x - b->x)) <= near_px && fabs((double)(a->y - b->y)) <= near_px;
}

/* Whether `other` comes before the candidate and is in its way. */
static int is_in_way(const struct picture *picture, const struct candidate *candidate,
	struct candidate *other, bool *ret_in_way, struct error *err)
{
	double padding_px = LABEL_PADDING_PX * picture->labels->scale;
	int rc;

	*ret_in_way = false;
	if (other == candidate || !comes_first(other, candidate) ||
		!are_near(candidate, other, padding_px))
		return 0;
	rc = measure(picture, other, err);
	if (!rc)
		*ret_in_way = other->possible && are_near(candidate, other, padding_px) &&
			      boxes_overlap(candidate, other);
	return rc;
}

/* Whether nothing that comes before the candidate is in its way. */
static int is_free(const struct picture *picture, const struct candidate *candidate, bool *ret_free,
	struct error *err)
{
	struct labels *labels = picture->labels;
	int64_t near = (int64_t)ceil(
		candidate->bound_px + picture->bound_px + 4 * LABEL_PADDING_PX * labels->scale);
	int first = cell_of(picture, candidate->x - near, candidate->y - near);
	int last = cell_of(picture, candidate->x + near, candidate->y + near);
	int left = first % picture->columns, right = last % picture->columns;
	bool in_way = false;
	int rc = 0;

	for (int row = first / picture->columns; row <= last / picture->columns; row++) {
		uint32_t at = picture->starts[row * picture->columns + left];
		uint32_t end = picture->starts[row * picture->columns + right + 1];

		for (; at < end && !rc && !in_way; at++)
			rc = is_in_way(
				picture, candidate, labels->list + labels->cells[at], &in_way, err);
	}
	*ret_free = !in_way;
	return rc;
}

static int draw_candidate(struct picture *picture, struct candidate *candidate, struct error *err)
{
	const struct canvas *canvas = picture->canvas;
	struct text text = text_of(picture->labels, candidate);
	double x = (double)(candidate->x - picture->left);
	double y = (double)(candidate->y - picture->top), bound = candidate->bound_px;
	bool is_first;
	int rc;

	if (x < -bound || x > canvas->width + bound || y < -bound || y > canvas->height + bound)
		return 0;
	rc = measure(picture, candidate, err);
	if (rc || !candidate->possible)
		return rc;
	rc = is_free(picture, candidate, &is_first, err);
	if (rc || !is_first)
		return rc;
	picture->drawn++;
	return lettering_draw(
		picture->lettering, picture->canvas, &text, (int)x, (int)y, candidate->angle, err);
}

int labels_draw(struct labels *labels, struct lettering *lettering, struct canvas *canvas,
	int64_t left, int64_t top, size_t *ret_drawn, struct error *err)
{
	int margin = (int)labels_margin(labels);
	struct picture picture = {.labels = labels,
		.lettering = lettering,
		.canvas = canvas,
		.left = left,
		.top = top,
		.cells_left = left - margin,
		.cells_top = top - margin,
		.columns = (canvas->width + 2 * margin) / CELL_PX + 1,
		.rows = (canvas->height + 2 * margin) / CELL_PX + 1};
	int rc = fill_cells(&picture, err);

	for (size_t i = 0; i < labels->count && !rc; i++)
		rc = draw_candidate(&picture, labels->list + i, err);
	free(picture.starts);
	if (!rc && ret_drawn)
		*ret_drawn = picture.drawn;
	return rc;
}
