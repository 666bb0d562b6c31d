/*
 * street_network: the tree of streets, alleys and sub-alleys (đường, ngõ/hẻm/kiệt, ngách) that
 * centre-lines make: which one leaves which and where, which ends lead on, which way houses count.
 *
 * What the register says already is kept, where the lines bear it out. A street is numbered from north
 * to south, east to west, north-east to south-west, south-east to north-west, by the chord of its
 * line; an alley from its mouth inward; an alley open at both ends from the street that it carries the
 * name of, else from the higher, then the wider one. Where that does not decide, the answer is a
 * question to the officer, never a guess.
 *
 * Pure: lines in m of a plane in, nodes and findings out. All lives in the arena.
 */
#ifndef GIS_STREET_NETWORK_H
#define GIS_STREET_NETWORK_H

#include "gis/line_chain.h"

enum {
	NETWORK_LINES_MAX = 1 << 18,
	NETWORK_CONTACTS_MAX = 8, /* of one end, the nearest: a crossing has four or five streets */
	NETWORK_FINDINGS_MAX = 20000, /* more are counted, not told */
	NETWORK_WORK_MAX = 400000000, /* pairs that are compared: a city of 50,000 streets has 3 million */
};

#define NETWORK_NONE SIZE_MAX

enum network_direction { NETWORK_UNDECIDED, NETWORK_FORWARD, NETWORK_BACKWARD };

/* Payloads of the rules numbering_network, numbering_direction, numbering_corner. */
struct network_limits {
	double touch_m;	     /* ends nearer than this meet */
	double near_m;	     /* ends so near to a line of unknown width were meant to */
	double mouth_m;	     /* by which a mouth may be off */
	double same_share;   /* of a line that runs along another one: it is there twice */
	double doubt_deg;    /* a chord so near to where the direction turns is asked of the officer */
	double wider_by_m;   /* streets whose widths differ by less are equally wide */
};

/* A centre-line as the register has it. Borrowed. */
struct network_line {
	int64_t id; /* each once */
	const struct shape *shape;
	const char *name;  /* "" none */
	bool is_street;	   /* by its kind, and no parent is said */
	bool is_context;   /* there for its neighbours: itself it is not judged */
	double width_m;	   /* NaN unknown */
	int64_t parent_id; /* 0 not said */
	double mouth_m;	   /* NaN not said */
	enum network_direction direction;
};

/* Another line that an end of a line meets, or nearly does. */
struct network_contact {
	size_t node;
	double along_m;	   /* on the other line, as drawn */
	double distance_m; /* from the end */
};

struct network_end {
	struct network_contact contacts[NETWORK_CONTACTS_MAX]; /* the nearest first */
	size_t count;
};

/* Ends are 0 where the line is drawn from, 1 where it ends. */
struct network_node {
	struct line_chain line;
	struct network_end ends[2];
	size_t parent;	  /* NETWORK_NONE: a street, or unknown */
	double mouth_m;	  /* on the parent, as that is drawn; NaN unknown */
	int mouth_end;	  /* -1 a street, or unknown */
	enum network_direction direction; /* NETWORK_UNDECIDED: ask the officer */
	int open_ends;	  /* that meet another line */
	int depth;	  /* 0 a street, 1 its alleys, …; -1 leads to no street */
};

enum network_fault {
	NETWORK_NO_LENGTH,
	NETWORK_IN_PIECES,     /* parts that do not meet; amount: how many pieces */
	NETWORK_CROSSES_SELF,
	NETWORK_CROSSES,       /* another line, and neither has a point there */
	NETWORK_TWICE,	       /* runs along another line; amount: share of it */
	NETWORK_ENDS_SHORT,    /* an end nearly meets another line; amount: by how much, m */
	NETWORK_NO_MOUTH,      /* an alley whose ends meet nothing */
	NETWORK_ISLAND,	       /* an alley that leads to no street */
	NETWORK_PARENT_GONE,   /* the parent is no street in force */
	NETWORK_PARENT_WRONG,  /* other: the one that it is said to leave */
	NETWORK_PARENT_CYCLE,
	NETWORK_MOUTH_OFF,     /* amount: where it is, m; said: where it is said to be */
	NETWORK_SAME_NAME,     /* two alleys of one name leave one street */
	NETWORK_RUNS_OUT,      /* an alley numbered towards its mouth */
	/* Questions to the officer. */
	NETWORK_ASK_SECTOR,    /* amount: azimuth of the chord, degrees */
	NETWORK_ASK_RING,
	NETWORK_ASK_END,       /* other: the street at the other end */
	NETWORK_ASK_PARENT,    /* several are alike at the mouth; other: one of them */
	NETWORK_FAULTS
};

struct network_finding {
	enum network_fault fault;
	size_t node, other; /* other: NETWORK_NONE none */
	double amount, said;
	double xy[2];
};

struct street_network {
	struct network_limits limits;
	const struct network_line *lines;
	struct network_node *nodes; /* as the lines */
	size_t count;
	struct network_finding *findings; /* by node, then fault */
	size_t finding_count, finding_total;
};

/*
 * Makes the tree and finds the faults. Errors: ERR_TOO_LARGE over a cap, or where so many lines lie on
 * one spot that comparing them has no end.
 */
int street_network_make(struct arena *arena, const struct network_line *lines, size_t count,
	const struct network_limits *limits, struct street_network *ret, struct error *err);

/*
 * Which way a line from one place to another counts, and its azimuth from grid north in degrees;
 * undecided where it is doubtful.
 */
enum network_direction network_chord_direction(
	const double from[2], const double to[2], double doubt_deg, double *ret_azimuth_deg);

/* The finding in words. */
void network_finding_say(const struct street_network *network,
	const struct network_finding *finding, struct error *ret_what);

#endif
