/*
 * label: which of many labels are drawn, so that none covers another and neighbouring tiles agree.
 *
 * A label is drawn if and only if it comes first, by priority and then by a hash of its id, among
 * all labels whose boxes meet its own. That looks no further than its neighbours and never at what
 * was drawn, so two tiles that see the same labels near their border decide alike, and a label
 * across the border is there in both halves: pixel by pixel, since anchors are snapped to whole
 * pixels of the world.
 *
 * Calling sequence, for each picture: labels_reset, labels_offer for every label whose anchor is
 * within labels_margin() of the picture (labels_margin_of() when more is known of it), labels_draw. The angle of a label must not depend on the
 * tile. One thread at a time.
 */
#ifndef TILES_LABEL_H
#define TILES_LABEL_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "tiles/canvas.h"
#include "tiles/lettering.h"

enum {
	/* Of one picture: ten times a full tile with its margin. */
	LABELS_MAX = 1 << 14,
	/* How far a label may go from its anchor; one that goes further is never drawn. */
	LABEL_REACH_PX = 128,
	/* Kept free around each label. */
	LABEL_PADDING_PX = 2,
};

struct label {
	struct text text; /* copied when offered */
	const struct text_box *box; /* what lettering_measure says of it; NULL if it was not asked */
	double x, y;	  /* of the anchor, in pixels of the whole world at this zoom */
	double angle;	  /* radians clockwise; turned by half if it would be upside down */
	int priority;	  /* the higher comes first */
	uint64_t id;	  /* tells labels of the same priority apart */
};

struct candidate;

struct labels {
	struct candidate *list;
	size_t count, room;
	struct strbuf texts;
	double scale;	 /* of the picture: 2 for screens with twice the pixels */
	uint32_t *cells; /* while drawing: candidates by where they are */
};

/* An empty set for pictures of a scale, at least 1. */
struct labels labels_make(double scale);
void labels_clear(struct labels *labels); /* frees; the set is empty and usable again */
void labels_reset(struct labels *labels); /* empties, keeps the memory */

/* From how far outside a picture labels must be offered, in its pixels. */
double labels_margin(const struct labels *labels);

/*
 * The same for labels that reach so far from their anchors, and come before no others than such as
 * reach `others_px` from theirs; they themselves may be among these.
 */
double labels_margin_of(const struct labels *labels, double reach_px, double others_px);

/* The most that a label of so many bytes may reach from its anchor, px. */
double label_reach(const struct text_look *look, size_t len);

/* The same for such as are drawn at all. */
double labels_reach(const struct labels *labels, const struct text_look *look, size_t len);

/* ERR_INVALID for an anchor that is no number; ERR_TOO_LARGE over LABELS_MAX. */
int labels_offer(struct labels *labels, const struct label *label, struct error *err);

/*
 * Draws what comes first, on a canvas whose upper left corner is at (left, top) of the world.
 * *ret_drawn may be NULL. Errors as of lettering_draw.
 */
int labels_draw(struct labels *labels, struct lettering *lettering, struct canvas *canvas,
	int64_t left, int64_t top, size_t *ret_drawn, struct error *err);

#endif
