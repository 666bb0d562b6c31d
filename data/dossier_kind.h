/*
 * dossier_kind: THE tables of case files (hồ sơ): their kinds, their states, and how they move.
 *
 *	received --> appraisal <--> supplement (the clock stands still)
 *	                 |  ^
 *	                 v  |
 *	              signing --> issued --> replaced | revoked
 *
 * From all states before the decision a file may be refused. A file is never deleted; a decided one
 * only ever becomes replaced or revoked.
 */
#ifndef DATA_DOSSIER_KIND_H
#define DATA_DOSSIER_KIND_H

#include "base/arena.h"
#include "base/clock.h"
#include "data/layer.h"
#include "data/rights.h"
#include "data/store.h"

enum { DOSSIER_PAPER_NAMES_MAX = 40, DOSSIER_NAME_MAX = 40 };

struct dossier_kind {
	const char *id;
	int title; /* message id, as all titles here */
	/* Who may write that layer in a unit handles the files of that unit. */
	const struct layer *(*layer)(const struct layer_table *table);
	const char *deadline_rule; /* {"working_days": 10} */
	const char *papers_rule;   /* {"papers": [{"id", "vi", "en", "required"}, ...]} */
};

/* NULL if there is none. */
const struct dossier_kind *dossier_kind_find(const char *id, size_t len);
extern const struct dossier_kind dossier_kinds[]; /* ends with one without id; the first is the usual one */

enum dossier_state {
	DOSSIER_RECEIVED,
	DOSSIER_APPRAISAL,
	DOSSIER_SUPPLEMENT,
	DOSSIER_SIGNING,
	DOSSIER_ISSUED,
	DOSSIER_REFUSED,
	DOSSIER_REPLACED,
	DOSSIER_REVOKED,
	DOSSIER_STATE_COUNT
};

struct dossier_state_row {
	const char *id;
	int title;
	bool is_open; /* not decided */
};
extern const struct dossier_state_row dossier_states[DOSSIER_STATE_COUNT];
bool dossier_state_find(const char *id, size_t len, enum dossier_state *ret);

/* What an account may do with a file. */
enum {
	DOSSIER_HANDLE = 1, /* sees it, with who came, and moves it */
	DOSSIER_DECIDE = 2, /* issues, refuses, revokes */
};
unsigned dossier_powers(const struct rights *rights, const struct layer_table *layers,
	const struct dossier_kind *kind, int64_t unit);

struct dossier_move {
	const char *id;
	int title;
	unsigned from;		/* 1 << state, ... */
	bool stays;		/* in its state */
	enum dossier_state to;	/* unless it stays */
	unsigned power;		/* that it takes */
	bool needs_reason, needs_papers, needs_address;
};
extern const struct dossier_move dossier_moves[]; /* ends with one without id */
const struct dossier_move *dossier_move_find(const char *id, size_t len);
bool dossier_move_leads_from(const struct dossier_move *move, enum dossier_state state);

/* A paper that a kind of file asks for. Texts are the arena's. */
struct dossier_paper_name {
	const char *id;
	const char *title[2]; /* by enum lang */
	bool required;
};

struct dossier_paper_names {
	struct dossier_paper_name list[DOSSIER_PAPER_NAMES_MAX];
	size_t count;
};

/* The papers, and the working days, of files that are received on a day in a unit. ERR_CONFIG. */
int dossier_paper_names(struct store *store, const struct dossier_kind *kind,
	const struct date *day, int64_t unit, struct arena *arena, struct dossier_paper_names *ret,
	struct error *err);
int dossier_working_days(struct store *store, const struct dossier_kind *kind,
	const struct date *day, int64_t unit, int *ret, struct error *err);

/* NULL if the list has none of that id. */
const struct dossier_paper_name *dossier_paper_name_find(
	const struct dossier_paper_names *names, const char *id);

#endif
