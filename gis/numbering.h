/*
 * numbering: which house of a street takes which number (đánh số nhà).
 *
 * Houses are counted along the street in the direction of the numbering, odd numbers on one side and
 * even ones on the other, or all in one row. Who has a number keeps it. What comes between two that
 * have one takes what is free between them, in order, and where nothing is free the number before it
 * with a letter; so an inserted house changes no neighbour, and numbering again changes nothing.
 * Land that is not built on has as many numbers reserved as houses may come there.
 *
 * Pure: no register, no clock. Where the rule does not decide, the doubt says so.
 */
#ifndef GIS_NUMBERING_H
#define GIS_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

enum {
	NUMBERING_HOUSES_MAX = 20000, /* of one street */
	NUMBERING_SUFFIX_MAX = 8,     /* bytes, with '\0' */
	NUMBERING_GREATEST = 9999,
	NUMBERING_RESERVE_MAX = 50, /* numbers of one parcel */
};

enum numbering_sides { NUMBERING_ODD_LEFT, NUMBERING_ODD_RIGHT, NUMBERING_ONE_ROW };

struct numbering_parameters {
	enum numbering_sides sides;
	int start, step; /* step: of one side, mostly 2; of one row 1 */
	double front_m;	 /* frontage of a house to come */
	const char *letters; /* of inserted houses, in their order: "ABC" */
	bool renumber;	 /* houses may lose the numbers that they have */
};

enum numbering_act { NUMBERING_NOTHING, NUMBERING_KEEP, NUMBERING_GIVE, NUMBERING_CHANGE, NUMBERING_RESERVE };

enum numbering_doubt {
	NUMBERING_SURE,
	NUMBERING_AT_END,	/* it faces the end of the street: either side would do */
	NUMBERING_OUT_OF_ORDER, /* has a number that does not rise along the street */
	NUMBERING_WRONG_SIDE,	/* has a number of the other side */
	NUMBERING_NO_ROOM,	/* no number and no letter is free between its neighbours */
	NUMBERING_BEFORE_FIRST, /* it comes before the first number */
	NUMBERING_EXHAUSTED,	/* the street has no more numbers */
};

/* A number as it is given; number 0: none. */
struct numbering_number {
	int number, to; /* to: the end of a range, 0 none */
	char suffix[NUMBERING_SUFFIX_MAX];
};

struct numbering_house {
	int64_t parcel_id, address_id; /* 0 none; for the caller */
	size_t caller;		       /* likewise */
	double along_m;	 /* chainage, beyond the ends of the street too */
	double ahead_m;	 /* how far beyond an end; 0 beside the street */
	double aside_m;	 /* left positive */
	double front_m;
	bool is_empty;	/* not built on */
	struct numbering_number has; /* before */
	/* Found: */
	int side; /* 1 left, -1 right */
	enum numbering_act act;
	struct numbering_number given;
	enum numbering_doubt doubt;
	int64_t before, behind; /* positions of the next numbered houses on its side; -1 none */
};

/* A number that somebody has or had. */
struct numbering_claim {
	int number;
	char suffix[NUMBERING_SUFFIX_MAX];
	int64_t address_id;
};

/*
 * Sorts the houses along the street and numbers them. claims may be in any order and are sorted.
 * ERR_NOMEM, ERR_TOO_LARGE.
 */
int numbering_assign(struct arena *arena, const struct numbering_parameters *parameters,
	struct numbering_claim *claims, size_t claim_count, struct numbering_house *houses,
	size_t count, struct error *err);

/* Which numbers stand on a side (1 left, -1 right): odd 1, even 0, both -1. */
int numbering_parity(const struct numbering_parameters *parameters, int side);

/* Negative, 0, positive: by number, then letters: 5 before 5A before 7. */
int numbering_compare(const struct numbering_number *a, const struct numbering_number *b);

#endif
