/*
 * dossier_work: the counter at work: a file is taken in with the person who came, and moves on.
 *
 * Both are writer_works, for HTTP and command alike. What they hand back lives in their arena.
 */
#ifndef SERVER_CASES_DOSSIER_WORK_H
#define SERVER_CASES_DOSSIER_WORK_H

#include "data/change.h"
#include "data/dossier_paper.h"
#include "data/feature_read.h"
#include "data/person.h"
#include "data/receipt.h"

/* The land that a file is about. Texts are the arena's. */
struct dossier_place {
	int64_t parcel_id, unit_id; /* unit: of today; 0 unknown */
	const char *label;	    /* "12/345" */
};

/* The parcel of that id in a view, or of a sheet and number; ERR_INVALID, ERR_CONFLICT: several. */
int dossier_place_read(struct store *store, const struct view *view, int64_t parcel_id,
	struct arena *arena, struct dossier_place *ret, struct error *err);
int dossier_place_find(struct store *store, const struct view *view, const char *sheet,
	const char *number, struct arena *arena, struct dossier_place *ret, struct error *err);

/* Somebody comes to the counter. */
struct dossier_intake {
	const struct dossier_kind *kind;
	struct dossier_place place;
	struct person_values applicant;
	const char *papers[DOSSIER_PAPER_NAMES_MAX]; /* ids of those shown in the original */
	size_t paper_count;
	const char *note;
	struct change_author author;
	int64_t received_at_us; /* 0: when the author writes it */
	int64_t account_id;
	bool training;
	struct receipt request; /* by which a repeated request is known; key NULL: by none */
	const struct randomness *randomness;
	struct arena *arena;
	struct dossier dossier; /* set: the new one, or that of the request before */
};
int dossier_receive(struct store *store, void *context, struct error *err);

/* Somebody moves a file on. An address must be of the file's parcel. */
struct dossier_deed {
	struct dossier_act act;
	const struct layer_table *layers;
	struct arena *arena;
	struct dossier dossier; /* set: as it is then */
};
int dossier_do(struct store *store, void *context, struct error *err);

/* ERR_INVALID, naming those that there are, if the list has not this one. */
int dossier_paper_known(const struct dossier_paper_names *names, const char *id, struct error *err);

/* The calendar and the list of papers that hold for a file. */
int dossier_paper_names_of(struct store *store, const struct dossier *dossier, struct arena *arena,
	struct dossier_paper_names *ret, struct error *err);

#endif
