/*
 * network: the network of streets of a ward, of a place or of the city is looked at (gis/street_network.h),
 * and what it tells of them is written: directions, parents, mouths, open ends.
 *
 * Looking reads and never writes. Writing is one transaction over the streets that somebody has chosen, in
 * the versions that he saw; what a street says already stays unless overwriting is asked for, and a
 * direction that is doubtful must be said.
 */
#ifndef SERVER_CASES_NETWORK_H
#define SERVER_CASES_NETWORK_H

#include "base/json_write.h"
#include "data/revision.h"
#include "gis/street_network.h"
#include "server/cases/tools.h"

enum {
	NETWORK_CHOICES_MAX = 2000, /* of one transaction: about a second */
};

/* What an officer says of a street, beside what its lines tell. */
struct network_choice {
	int64_t id, version;
	enum network_direction direction; /* NETWORK_UNDECIDED: nothing */
	int64_t parent_id;		  /* 0 nothing */
};

/* Which streets are judged: all those that each member admits; their neighbours are read, too. */
struct network_scope {
	int64_t unit_id;       /* 0 of all units */
	const struct box *box; /* that they meet, working CRS; NULL everywhere */
	const struct network_choice *choices; /* the streets chosen; NULL all */
	size_t choice_count;
};

/* A street as its record has it, beside its line. */
struct network_street {
	int64_t version;
	const char *kind;
	bool is_judged;
	int open_ends; /* -1 not said */
};

struct network_survey {
	const struct case_tools *tools;
	const struct layer *layer;
	struct view view;
	struct network_line *lines;
	struct network_street *streets; /* as the lines */
	size_t count, judged;
	struct street_network network;
};

/*
 * Reads and looks. The view is of who asks, of the layer of streets. What is chosen is taken as said, so
 * that the network follows from it. Errors: ERR_NOT_FOUND for a chosen street that is not there,
 * ERR_CONFLICT for one in another version, ERR_TOO_LARGE.
 */
int network_survey_make(const struct case_tools *tools, const struct view *view,
	const struct network_scope *scope, struct network_survey *ret, struct error *err);

/* Whether what is found would change the street's record; overwrite: also what it says already. */
bool network_changes(const struct network_survey *survey, size_t index, bool overwrite);

/*
 * A GeoJSON FeatureCollection of the findings, in WGS 84 and that language, with the judged streets: what
 * each says, and what is found.
 */
int network_survey_write(struct json_writer *json, const struct network_survey *survey,
	enum lang lang, struct error *err);

struct network_change {
	const struct network_survey *survey;
	size_t from, until; /* of its streets, NETWORK_CHOICES_MAX at most; what is doubtful is left out */
	bool overwrite;
	struct change_author author;
	const struct randomness *randomness;

	/* What came of it. */
	struct network_changed {
		int64_t id, version;
		bool is_written; /* else it said all that already */
	} changed[NETWORK_CHOICES_MAX];
	size_t changed_count, written;
};

/* ERR_CONFLICT if the direction of a chosen street is doubtful. To be called before it is run. */
int network_change_check(const struct network_survey *survey, struct error *err);

/* A writer_work; context is a struct network_change. ERR_CONFLICT if somebody was quicker. */
int network_change_run(struct store *store, void *context, struct error *err);

#endif
