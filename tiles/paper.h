/*
 * paper: an official paper as a PDF file: its head, its body with the map, the code to verify it, and
 * where it is signed, as a template says.
 *
 * The same paper gives the same bytes.
 */
#ifndef TILES_PAPER_H
#define TILES_PAPER_H

#include "tiles/paper_map.h"
#include "tiles/paper_template.h"

enum { PAPER_SCALE_CHARS = 16 };

struct paper {
	const struct paper_template *layout;
	/* Ends with a NULL name. The one that is called "scale" gets the scale of the map. */
	struct paper_value *values;
	const struct paper_map *map;
	const char *url;    /* in the QR: ASCII; NULL: no QR, of a preview */
	const char *marks[2]; /* large across the page: "DỮ LIỆU MẪU"; NULL none */
	int64_t made_at_us; /* UTC */

	char scale[PAPER_SCALE_CHARS]; /* "1:500"; made */
};

/* Which ground the map shows: what parcels and streets there must be. Their focus alone counts. */
struct box paper_window(const struct paper_map *map);

/* Appends the file. */
int paper_draw(struct paper *paper, struct strbuf *out, struct error *err);

#endif
