/*
 * line_chain: the one line that the parts of a multi-line make when they are laid end to end, in
 * whatever order and direction they were drawn; measured in m from its start.
 *
 * It runs as its first part is drawn. Parts that meet nowhere leave several pieces: the longest one is
 * the line, and `pieces` tells. Points that are no places (not finite, or farther than any plane
 * reaches) and points that stand twice are left out.
 */
#ifndef GIS_LINE_CHAIN_H
#define GIS_LINE_CHAIN_H

#include "gis/shape.h"

enum { LINE_CHAIN_PARTS_MAX = 1000 }; /* of more, each is a piece: they are compared pair by pair */

#define LINE_CHAIN_FAR_M 1e9 /* no plane reaches so far */

struct line_chain {
	double *xy;	 /* count pairs, east then north */
	double *along_m; /* of each point, from the start */
	size_t count;	 /* 0, or at least 2 */
	size_t pieces;
	bool is_ring; /* its ends meet */
};

/* Ends nearer than this meet, m. The chain lives in the arena. */
int line_chain_join(struct arena *arena, const struct shape *shape, double tolerance_m,
	struct line_chain *ret, struct error *err);

double line_chain_length(const struct line_chain *chain);

/* The place at a distance from the start; outside the line its nearer end. */
void line_chain_at(const struct line_chain *chain, double along_m, double ret_xy[2]);

/*
 * How far a place is from the part between point `at` and the next one; *ret_along_m is that of the
 * nearest place there.
 */
double line_chain_distance(
	const struct line_chain *chain, size_t at, const double xy[2], double *ret_along_m);

#endif
