/*
 * street_network_work: what the files of street_network share while a network is made; for them alone.
 */
#ifndef GIS_STREET_NETWORK_WORK_H
#define GIS_STREET_NETWORK_WORK_H

#include "gis/street_network.h"
#include "gis/stretch_grid.h"

struct network_work {
	struct arena *arena;
	struct street_network *network;
	struct line_chain *lines; /* of the nodes, for the grid */
	struct stretch_grid grid;
	double reach_m;	   /* to which contacts are looked for */
	size_t *by_id;	   /* indexes of the lines, in the order of their ids */
	size_t *twice_of;  /* the line that one runs along, or NETWORK_NONE */
	size_t compared;
};

/* Counts what is compared; ERR_TOO_LARGE over NETWORK_WORK_MAX. */
int network_work_add(struct network_work *work, size_t pairs, struct error *err);

/* Adds a finding, if the node is judged. */
void network_find(struct network_work *work, const struct network_finding *finding);

/* The line of that id, or NETWORK_NONE. */
size_t network_index(const struct network_work *work, int64_t id);

/* Whether that end of a node meets another line; which contacts do, their number tells. */
size_t network_touches(const struct network_work *work, size_t node, int end);

/*
 * How near to a line an end is meant to meet it: when it lies on its carriageway; many centre-lines of
 * alleys begin at the kerb.
 */
double network_near_m(const struct street_network *network, size_t node);

/* Where an end is. */
const double *network_end_xy(const struct network_node *node, int end);

/* Who leaves whom, where, and which way: of the contacts of the ends. */
int network_grow_tree(struct network_work *work, struct error *err);

/* What is wrong with the lines themselves, and between them. */
int network_find_faults(struct network_work *work, struct error *err);

#endif
