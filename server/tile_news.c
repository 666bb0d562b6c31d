#include "server/tile_news.h"

#include "base/banned.h"
#include "base/json_write.h"
#include "gis/box_transform.h"

enum { DIGITS = 7 }; /* of a degree: a centimetre */

static const double last_digit = 1e-7;

/* How much larger a box gets by another: about, in degrees. */
static double growth(const struct box *box, const struct box *other)
{
	struct box both = *box;

	box_add(&both, other);
	return both.max_x - both.min_x + both.max_y - both.min_y -
		(box->max_x - box->min_x + box->max_y - box->min_y);
}

/* The box of those that are there that grows least. */
static struct box *nearest(struct tile_news_of *of, const struct box *box)
{
	struct box *best = &of->boxes[0];

	for (size_t i = 1; i < of->count; i++)
		if (growth(&of->boxes[i], box) < growth(best, box))
			best = &of->boxes[i];
	return best;
}

void tile_news_add(struct tile_news *news, size_t layer, const struct box *box)
{
	struct tile_news_of *of;
	struct box degrees, *place;

	if (layer >= TILE_NEWS_LAYERS_MAX || box_is_empty(box))
		return;
	of = &news->of_layer[layer];
	if (of->is_everywhere)
		return;
	if (!news->to_degrees || !box_transform(news->to_degrees, box, &degrees)) {
		of->is_everywhere = true;
		return;
	}
	place = of->count ? nearest(of, &degrees) : NULL;
	if (place && (growth(place, &degrees) <= 0 || of->count == TILE_NEWS_BOXES_MAX))
		box_add(place, &degrees);
	else
		of->boxes[of->count++] = degrees;
}

static void put_box(struct json_writer *json, const struct box *box)
{
	json_begin_array(json);
	json_put_fixed(json, box->min_x - last_digit, DIGITS);
	json_put_fixed(json, box->min_y - last_digit, DIGITS);
	json_put_fixed(json, box->max_x + last_digit, DIGITS);
	json_put_fixed(json, box->max_y + last_digit, DIGITS);
	json_end_array(json);
}

static void write_layer(const struct tile_news_of *of, const char *id, struct strbuf *out)
{
	struct json_writer json = JSON_WRITER(out);

	strbuf_add_text(out, "event: tiles\ndata: ");
	json_begin_object(&json);
	json_member_text(&json, "layer", id);
	json_put_key(&json, "boxes");
	if (of->is_everywhere) {
		json_put_null(&json);
	} else {
		json_begin_array(&json);
		for (size_t i = 0; i < of->count; i++)
			put_box(&json, &of->boxes[i]);
		json_end_array(&json);
	}
	json_end_object(&json);
	strbuf_add_text(out, "\n\n");
}

void tile_news_write(struct tile_news *news, const struct layer_table *layers, struct strbuf *out)
{
	for (size_t i = 0; i < layers->count && i < TILE_NEWS_LAYERS_MAX; i++) {
		struct tile_news_of *of = &news->of_layer[i];

		if (of->count || of->is_everywhere)
			write_layer(of, layers->layers[i].id, out);
		of->count = 0;
		of->is_everywhere = false;
	}
}
