/*
 * sample_rows: divides land that lies along a street into plots, side by side.
 */
#ifndef GIS_SAMPLE_ROWS_H
#define GIS_SAMPLE_ROWS_H

#include "gis/sample_town.h"

/* The sides of a face by its frame: the long ones, then the short ones. */
enum sample_side {
	SAMPLE_LOW_V,
	SAMPLE_HIGH_V,
	SAMPLE_LOW_U,
	SAMPLE_HIGH_U,
	SAMPLE_SIDES,
};

/* The side that edge i of the loop belongs to, by the way it faces. */
enum sample_side sample_rows_side(
	const struct sample_loop *loop, const struct sample_frame *frame, size_t i);

/* Makes one side of the face that town->loop was read from the one that its plots look to. */
void sample_rows_face(
	struct sample_town *town, const struct sample_frame *frame, enum sample_side side);

/*
 * Divides a face into `count` plots across its front; each becomes a parcel through `make`.
 * Land that is too narrow for its count gives fewer.
 */
void sample_rows_slice(struct sample_town *town, int32_t face, uint32_t count,
	void (*make)(struct sample_town *town, int32_t face));

/*
 * Cuts the face that town->loop was read from across its length, so that the low end gets `part`
 * of its area; bent a little if `bent`. Returns the face of the low end (the other keeps its
 * index), or SAMPLE_NO_FACE.
 */
int32_t sample_rows_halve(struct sample_town *town, const struct sample_frame *frame, double part,
	bool bent, struct dice *dice);

#endif
