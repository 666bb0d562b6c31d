/*
 * sample_streets: the tree of streets, alleys and sub-alleys of the sample city.
 *
 * A street is known by its index, which is also what the halves of the mesh carry; its record's
 * id is the index + 1. Where streets meet they share a vertex: sample_streets_meet puts it there.
 * Out of memory: `failed`, and nothing more happens.
 */
#ifndef GIS_SAMPLE_STREETS_H
#define GIS_SAMPLE_STREETS_H

#include <stdint.h>

#include "gis/sample_line.h"

enum sample_street_kind {
	SAMPLE_TRUNK,
	SAMPLE_MAIN,
	SAMPLE_LOCAL,
	SAMPLE_ALLEY,
	SAMPLE_SUB_ALLEY,
};

enum { SAMPLE_NAME_MAX = 96 };

/* Where another street joins or crosses: nothing stands in its way. */
struct sample_mouth {
	struct sample_spot at;
	int32_t other;	/* the street that joins */
	double clear_m; /* along this street to each side */
};

struct sample_street {
	struct sample_line line;
	struct sample_mouth *mouths;
	size_t mouth_count, mouth_room;
	enum sample_street_kind kind;
	double width_m;
	int32_t parent; /* that an alley leaves; -1 for streets */
	int open_ends;	/* ends that lead on to another street */
	int estate;	/* index of the planned estate that names it; -1 none */
	char name[SAMPLE_NAME_MAX];
	char after_number[16]; /* the house before the mouth of an alley, "25" */
	double mouth_m;	       /* of an alley: chainage on the parent */
};

/* Writes a name (printf format), cut at a character when it is too long. */
void sample_name_set(char name[SAMPLE_NAME_MAX], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct sample_streets {
	struct sample_street *all;
	size_t count, room;
	bool failed;
};

void sample_streets_clear(struct sample_streets *streets);

/* A new street without a line; its index, or -1. */
int32_t sample_streets_add(struct sample_streets *streets, enum sample_street_kind kind,
	double width_m, int32_t parent);

/* The half width of the street's ground; 0 for SAMPLE_NO_STREET. */
double sample_streets_half_m(const struct sample_streets *streets, int32_t street);

/*
 * The vertex of the street's middle line nearest to `at`, made if there is none, where another
 * street joins.
 */
struct sample_spot sample_streets_meet(
	struct sample_streets *streets, int32_t street, struct sample_spot at, int32_t other);

/* Makes `at`, a vertex of another street, one of this street too, before vertex `before`. */
void sample_streets_pass(struct sample_streets *streets, int32_t street, struct sample_spot at,
	int32_t other, size_t before);

/*
 * Once all lines stand: turns each street the way its houses count (north to south, east to west;
 * alleys from their mouth inward) and measures the mouths of the alleys on their parents.
 */
void sample_streets_turn(struct sample_streets *streets);

/* What is left of the ground between the pavements. */
double sample_street_carriageway_m(const struct sample_street *street);

/* The word for the kind in the register. Borrowed, static. */
const char *sample_street_kind_word(enum sample_street_kind kind);

#endif
