/*
 * sample_loop: the ring of one face laid out flat, and what can be asked of it and cut from it.
 *
 * Calling sequence: sample_loop_read; questions; at most one cut, after which the loop no longer
 * tells the truth and is read again. Edge i runs from corner i to corner i + 1 (the last one back
 * to corner 0), the face on its left.
 */
#ifndef GIS_SAMPLE_LOOP_H
#define GIS_SAMPLE_LOOP_H

#include "gis/sample_mesh.h"

struct sample_corner {
	struct sample_spot at;
	int32_t half; /* that starts here */
};

struct sample_loop {
	struct sample_corner *corners;
	size_t count, room;
	int32_t face;
	double area_m2;
};

#define SAMPLE_LOOP ((struct sample_loop){0})

void sample_loop_clear(struct sample_loop *loop);

/* False, and the mesh has failed, when memory runs out. */
bool sample_loop_read(struct sample_loop *loop, struct sample_mesh *mesh, int32_t face);

/* The far end of edge i. */
static inline struct sample_spot sample_loop_end(const struct sample_loop *loop, size_t i)
{
	return loop->corners[i + 1 < loop->count ? i + 1 : 0].at;
}

/* The direction of edge i. */
static inline struct sample_spot sample_loop_way(const struct sample_loop *loop, size_t i)
{
	return spot_direction(loop->corners[i].at, sample_loop_end(loop, i));
}

/* The smallest upright rectangle around the loop in turned axes: u along the longer side. */
struct sample_frame {
	struct sample_spot way; /* of u; v is to its left */
	double low_u, high_u, low_v, high_v;
};
struct sample_frame sample_loop_frame(const struct sample_loop *loop);
struct sample_spot sample_frame_spot(const struct sample_frame *frame, double u, double v);

bool sample_loop_covers(const struct sample_loop *loop, struct sample_spot at);

/* A spot well inside. */
struct sample_spot sample_loop_inside(const struct sample_loop *loop);

/* A spot on the ring. */
struct sample_hit {
	size_t edge;
	struct sample_spot at;
	double distance_m; /* from where the ray started */
	double slant;	   /* sine of the angle at which it was met: 1 is a right angle */
};

enum { SAMPLE_NO_EDGE = -1 };

/*
 * The first edge that is met from `from` in direction `way`, but for edge `skip` (or
 * SAMPLE_NO_EDGE). False if there is none or the ray grazes a corner on its way.
 */
bool sample_loop_ray(const struct sample_loop *loop, ptrdiff_t skip, struct sample_spot from,
	struct sample_spot way, struct sample_hit *ret_hit);

/* The longest stretch inside the loop of the endless line through `at`; false without one. */
struct sample_chord {
	struct sample_hit from, to;
	double length_m;
};
bool sample_loop_chord(const struct sample_loop *loop, struct sample_spot at,
	struct sample_spot way, struct sample_chord *ret_chord);

/* Square metres on the right of the straight cut: those along the ring from `from` to `to`. */
double sample_loop_right_m2(
	const struct sample_loop *loop, const struct sample_hit *from, const struct sample_hit *to);

/* True if the open path stays inside, everywhere but at its ends at least clear_m from the ring. */
bool sample_loop_clear_path(
	const struct sample_loop *loop, const struct sample_spot *at, size_t count, double clear_m);

/* True if a cut that comes to this end from `toward` leaves no spike between it and the ring. */
bool sample_loop_meets_well(
	const struct sample_loop *loop, const struct sample_hit *end, struct sample_spot toward);

/*
 * Divides the face between two spots of its ring over the spots at[0..count). As
 * sample_mesh_divide; SAMPLE_NO_FACE also when the ends fall together.
 */
int32_t sample_loop_cut(struct sample_loop *loop, struct sample_mesh *mesh,
	const struct sample_hit *from, const struct sample_hit *to, const struct sample_line *over,
	int32_t left_street, int32_t right_street);

#endif
