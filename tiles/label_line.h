/*
 * label_line: the lines along which the name of a street is written, from its pieces in a tile.
 *
 * A street comes in pieces, one a record, cut where streets cross: none may be long enough for the
 * name. Pieces that meet end to end are joined where the line goes on by less than a right angle; of
 * several that meet, those that go on straightest. Nothing is smoothed or moved. What comes out
 * depends on the places of the pieces alone, not on their order or direction: each line starts at
 * its western end, and the longest comes first.
 */
#ifndef TILES_LABEL_LINE_H
#define TILES_LABEL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "tiles/clip.h"

enum {
	/* Ends at one place that are compared with one another; a square has fewer streets of a
	 * name. Those beyond are not joined. */
	LABEL_LINE_ENDS_MAX = 16,
};

/* Working memory of one thread. Zero is empty. */
struct label_line_joiner {
	struct label_line_piece *pieces; /* heap */
	size_t piece_room;
	struct label_line_end *ends; /* heap */
	size_t end_room;
	struct label_line_link *links; /* heap */
	size_t link_room;
	struct label_line_pair *pairs; /* heap */
	size_t pair_count, pair_room;
	int32_t *points; /* heap */
	size_t point_count, point_room;
	struct clip_path joined;
};
void label_line_joiner_clear(struct label_line_joiner *joiner);

/*
 * How long a line must be for a name of so many letters, of that size; in units of which so many are
 * a pixel.
 */
double label_line_least(size_t letters, double size_px, double units_a_px);

/* Appends the lines of the pieces of one name that are at least so long. False without memory. */
bool label_line_join(struct label_line_joiner *joiner, const struct clip_path *pieces, double least,
	struct clip_path *out);

#endif
