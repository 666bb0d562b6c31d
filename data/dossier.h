/*
 * dossier: case files (hồ sơ) of the counter: one row a file, and one event a version.
 *
 * Each change is an event with the next ordinal, which is the file's version: who changes a file
 * says the version that they have seen, and is told who was quicker. Files and events are never
 * deleted. Whoever came is a person (person.h) by id and hash; a file holds no value of theirs.
 *
 * What writes runs inside a transaction of the caller. Times are UTC microseconds; texts of what was
 * read are in the arena, "" where there is none.
 */
#ifndef DATA_DOSSIER_H
#define DATA_DOSSIER_H

#include "base/arena.h"
#include "base/secret.h"
#include "data/dossier_kind.h"
#include "data/work_calendar.h"

enum {
	DOSSIER_NOTE_MAX = 2000, /* bytes of a note or a reason */
	DOSSIER_FILE_NO_MAX = 40,
	DOSSIER_CODE_BITS = 96, /* of a receipt: nobody guesses one */
	DOSSIER_CODE_LEN = DOSSIER_CODE_BITS / 4,
	DOSSIER_EVENTS_MAX = 2000, /* of one file */
};

struct dossier {
	int64_t id, version;
	const char *file_no; /* "HS-2026-000123" */
	const struct dossier_kind *kind;
	enum dossier_state state;
	int64_t parcel_id, address_id, unit_id; /* 0 none */
	const char *parcel_label, *address_label; /* as they were called: "12/345", "15/3 Yersin" */
	int64_t person_id;
	const char *person_hash; /* 64 hexadecimal digits */
	const char *receipt_code; /* hexadecimal digits */
	int64_t received_at_us, due_at_us;
	int64_t paused_at_us;  /* 0 the clock runs */
	int64_t decided_at_us; /* 0 not decided */
	int64_t account_id;    /* who has it in hand; 0 nobody */
	const char *note;
	bool training; /* invented, to learn with */
};

/* A new one, as the caller fills it: kind, parcel, unit, person, times, account, note, training. */
struct dossier_start {
	struct dossier dossier; /* id, version, file_no and receipt_code are made */
	const char *actor;
	const struct randomness *randomness;
};
int dossier_add(struct store *store, struct dossier_start *start, struct arena *arena,
	struct error *err);

/* ERR_NOT_FOUND if there is none. */
int dossier_read(struct store *store, int64_t id, struct arena *arena, struct dossier *ret,
	struct error *err);
int dossier_read_no(struct store *store, const char *file_no, struct arena *arena,
	struct dossier *ret, struct error *err);

/* The one of a receipt's code: takes as long whatever the code has in common with a true one. */
int dossier_read_receipt(struct store *store, const char *code, struct arena *arena,
	struct dossier *ret, struct error *err);

/* What somebody does with a file; texts "" where nothing is said. */
struct dossier_act {
	int64_t id, version; /* as the author has seen it */
	const struct dossier_move *move;
	const char *note, *reason;
	const char *const *papers; /* ids of those that are asked for */
	size_t paper_count;
	int64_t address_id; /* 0 as it is */
	const char *address_label;
	const char *actor;
	int64_t account_id, now_us;
};

/*
 * ERR_NOT_FOUND; ERR_CONFLICT: somebody was quicker (who and when is told), or the move does not lead
 * from its state (which do is told); ERR_INVALID: a reason, papers or the address are missing.
 */
int dossier_move(struct store *store, const struct dossier_act *act, struct arena *arena,
	struct dossier *ret, struct error *err);

/* The same checks without doing it. */
int dossier_check(struct store *store, const struct dossier_act *act,
	const struct dossier *dossier, struct error *err);

/* When a file is due whose clock runs again: what was left of its working days begins anew. */
int64_t dossier_due_again(const struct work_calendar *calendar, const struct dossier *dossier,
	int64_t now_us);

struct dossier_event {
	int64_t ordinal, at_us;
	const char *actor, *act;	  /* "user:7"; "receive", a move's id, "paper" */
	const char *from, *to;		  /* ids of states; "" none */
	const char *note, *reason;
};

/* Visits them in their order; stops at what is not 0. Texts are borrowed until it returns. */
typedef int dossier_event_visit(void *context, const struct dossier_event *event, struct error *err);
int dossier_events(struct store *store, int64_t id, dossier_event_visit *visit, void *context,
	struct error *err);

/* Adds an event that leaves the file in its state; the version grows. For dossier_paper. */
int dossier_note_event(struct store *store, const struct dossier *dossier, const char *act,
	const char *note, const char *actor, int64_t now_us, struct error *err);

/* The columns of a row and reading them; for dossier_list. */
#define DOSSIER_COLUMNS                                                                            \
	"id, file_no, kind, state, version, parcel_id, parcel_label, address_id, address_label,"   \
	" unit_id, person_id, person_hash, receipt_code, received_at, due_at, paused_at,"          \
	" decided_at, account_id, note, training"
int dossier_read_row(
	struct query *query, struct arena *arena, struct dossier *ret, struct error *err);

#endif
