/*
 * streets: nodes of the tree of streets as numbering needs them, and what a house on one is called.
 *
 * A house stands on a node. The way to it from the street that has a name of its own is its chain:
 * "15/3" for the alley at house 3 of the alley at house 15.
 */
#ifndef SERVER_CASES_STREETS_H
#define SERVER_CASES_STREETS_H

#include "base/strbuf.h"
#include "data/feature_read.h"
#include "gis/numbering.h"
#include "gis/street_line.h"
#include "server/cases/tools.h"

enum {
	STREET_DEPTH_MAX = 16,	/* nodes from a house to its street; a cycle ends there */
	STREET_LABEL_MAX = 300, /* bytes of a label */
};

enum street_direction { STREET_UNDECIDED, STREET_FORWARD, STREET_BACKWARD };

/* A street, an alley or a sub-alley; texts live in the arena, "" for none. */
struct street_node {
	int64_t id, version;
	const char *name, *kind;
	const char *after; /* the number that an alley is named after */
	int64_t parent_id; /* 0 none */
	enum street_direction direction;
	double width_m; /* NaN unknown */
	int64_t unit_now;
	bool in_force;	/* else the street has ended */
	struct shape shape; /* working CRS; without points: it has no line */
};

/* Reads one, in force or not. ERR_NOT_FOUND (fail_no_such_street). */
int street_read(const struct case_tools *tools, int64_t id, struct street_node *ret,
	struct error *err);

/* What a feature of the layer of streets says; the feature may go. */
int street_of(const struct case_tools *tools, const struct feature *feature,
	struct street_node *ret, struct error *err);

/* The line in the direction of the numbering; of one that is not decided as it is drawn. */
int street_measure(const struct case_tools *tools, const struct street_node *node,
	struct street_line *ret, struct error *err);

struct street_chain {
	char path[STREET_LABEL_MAX]; /* "15/3"; "" on a street */
	const char *street;	     /* "Yersin" */
	int64_t ids[STREET_DEPTH_MAX]; /* from the street to the node */
	size_t count;
};

/* The way to a node. A parent that is missing ends it: then the node's own name is the street. */
int street_chain_of(const struct case_tools *tools, const struct street_node *node,
	struct street_chain *ret, struct error *err);

/* "15/3/7A" and "15/3/7A Yersin"; number and range as numbering gives them. */
void street_plate(const struct street_chain *chain, const struct numbering_number *number,
	struct strbuf *out);
void street_label(const struct street_chain *chain, const struct numbering_number *number,
	struct strbuf *out);

#endif
