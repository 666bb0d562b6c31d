/*
 * sample_mesh: the ground of the sample city, divided into faces without gap or overlap.
 *
 * A face is ringed by halves (half-edges) that run counter-clockwise around it; every half has a
 * twin that runs back along the same edge around the neighbour. Corners (nodes) are shared, so
 * neighbours agree on every vertex to the last bit, also where one side has a corner that the
 * other has not. Face 0 is the outside. Faces have no holes.
 *
 * The mesh only ever grows: an edge is split at a spot, a face is divided by a path between two of
 * its corners. When memory runs out it is `failed` and nothing more happens to it; check at the
 * end of a stage.
 */
#ifndef GIS_SAMPLE_MESH_H
#define GIS_SAMPLE_MESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gis/sample_line.h"

enum {
	SAMPLE_NO_STREET = -1,
	SAMPLE_NO_FACE = -1,
	SAMPLE_NO_SITE = -1,
};

/* A corner nearer than this to a new one takes its place: no edges that nobody could measure. */
#define SAMPLE_CORNER_REACH_M 0.35

struct sample_half {
	int32_t next; /* around the same face */
	int32_t twin;
	int32_t node; /* where it starts */
	int32_t face;
	int32_t street; /* that the face meets here, or SAMPLE_NO_STREET */
	bool front;	/* the plots of this face look here */
};

enum sample_face_kind {
	SAMPLE_OUTSIDE,
	SAMPLE_LAND,   /* not divided yet */
	SAMPLE_STREET, /* road reserve: carries no parcel */
	SAMPLE_WATER,  /* river and canals, not divided yet */
	SAMPLE_PARCEL,
};

struct sample_face {
	int32_t half;  /* any one of its ring */
	int32_t site;  /* the named place that stands on it, or SAMPLE_NO_SITE */
	uint8_t kind;  /* enum sample_face_kind */
	uint8_t style; /* enum sample_style: what the neighbourhood is like */
	uint8_t use;   /* enum sample_use of a parcel */
	uint8_t ward;  /* index of the ward */
};

struct sample_mesh {
	struct sample_spot *nodes;
	struct sample_half *halves;
	struct sample_face *faces;
	size_t node_count, half_count, face_count;
	size_t node_room, half_room, face_room;
	bool failed; /* out of memory, or over a cap */
};

/* A mesh of the outside and one face of kind SAMPLE_LAND, ring counter-clockwise and not closed. */
void sample_mesh_init(struct sample_mesh *mesh, const struct sample_spot *ring, size_t count);
void sample_mesh_clear(struct sample_mesh *mesh);

/*
 * A corner at a spot of the half's edge; returns the half of the same face that starts there. Near
 * an end of the edge that end is taken. The spot is rounded to the millimetre.
 */
int32_t sample_mesh_corner(struct sample_mesh *mesh, int32_t half, struct sample_spot at);

/*
 * Divides a face by a path from the corner where half `from` starts, over path[0..count), to where
 * `to` starts; both halves belong to the face and start at different corners. What lies left of
 * the path is the new face, which is returned (SAMPLE_NO_FACE on failure); it inherits all else
 * from the old one, which stays on the right. The streets are those that the two faces meet along
 * the path.
 */
struct sample_path {
	int32_t from, to;
	const struct sample_spot *at; /* between the ends; rounded to the millimetre */
	size_t count;
	int32_t left_street, right_street;
};
int32_t sample_mesh_divide(struct sample_mesh *mesh, const struct sample_path *path);

static inline struct sample_spot sample_mesh_spot(const struct sample_mesh *mesh, int32_t half)
{
	return mesh->nodes[mesh->halves[half].node];
}

#endif
