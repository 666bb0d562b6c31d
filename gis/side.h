/*
 * side: on which side of a line a point lies; exact on the given doubles.
 *
 * The answer never depends on rounding: seen from the other end of the line it is the opposite, so
 * that of two areas with a common border every point near it falls into one at least.
 */
#ifndef GIS_SIDE_H
#define GIS_SIDE_H

/*
 * 1 if the point is to the left of the line through from and to (pairs, east then north), -1 to
 * the right, 0 on it. Exact while no product of two differences overflows or underflows.
 */
int side_of(const double *from, const double *to, double x, double y);

#endif
