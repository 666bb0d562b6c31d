/*
 * counter: the numbers of papers, one series a kind of paper and year, without unexplained gaps.
 *
 *	claimed --> used (with the hash of the paper) | void (with a reason)
 *
 * A number is claimed before its paper is drawn, because it is printed on it. If nothing comes of
 * it, it is made void, with a reason: so each number from 1 to the last tells what became of it,
 * and a missing one proves that somebody meddled with the register (counter_audit).
 *
 * All functions that write run inside a transaction of the caller, best through the writer: a
 * claim that is undone gives its number to the next. Times are UTC microseconds.
 */
#ifndef DATA_COUNTER_H
#define DATA_COUNTER_H

#include "base/arena.h"
#include "base/error.h"
#include "data/store.h"

enum {
	COUNTER_WORDS_MAX = 300, /* bytes of a series, a person, a purpose or a reason */
	COUNTER_YEAR_MAX = 9999,
	COUNTER_LIST_MAX = 500, /* numbers that counter_list_claimed gives at most */
};

enum counter_state { COUNTER_CLAIMED, COUNTER_USED, COUNTER_VOID, COUNTER_STATE_COUNT };

/* Which number; in a series that does not begin anew each year, the year is 0. */
struct counter_key {
	const char *series; /* "permit" */
	int year;
	int64_t number; /* from 1 */
};

/* Who did it, when, and for or because of what. */
struct counter_act {
	const char *by;	 /* as the change feed names people */
	const char *why; /* the purpose of a claim; the reason of a void number */
	int64_t at_us;
};

/* Takes the next number of a series. */
int counter_claim(struct store *store, const char *series, int year, const struct counter_act *act,
	int64_t *ret_number, struct error *err);

/*
 * The number stands on a paper now, whose file has this SHA-256 (64 hexadecimal digits); act->why
 * is not looked at. The same again is no error; another paper, or a void number, ERR_CONFLICT.
 */
int counter_use(struct store *store, const struct counter_key *key, const char *sha256,
	const struct counter_act *act, struct error *err);

/* Nothing came of the number. Void again is no error, the first reason stays; used: ERR_CONFLICT.
 */
int counter_void(struct store *store, const struct counter_key *key, const struct counter_act *act,
	struct error *err);

/* A number as it stands. Its texts are in the arena of the call that read it. */
struct counter_number {
	struct counter_key key;
	enum counter_state state;
	struct counter_act claimed;
	struct counter_act settled; /* `why` is the reason of a void one; "" and 0: not yet */
	const char *paper_sha256;   /* "" none */
};

/* ERR_NOT_FOUND if it was never claimed. */
int counter_read(struct store *store, const struct counter_key *key, struct arena *arena,
	struct counter_number *ret_number, struct error *err);

/* Numbers claimed before an instant and not settled, the oldest first, up to COUNTER_LIST_MAX. */
int counter_list_claimed(struct store *store, int64_t before_us, struct arena *arena,
	struct counter_number **ret_numbers, size_t *ret_count, struct error *err);

/* What a look at every number of a series found. */
struct counter_audit {
	int64_t last; /* the last number that was given out */
	int64_t used, claimed, voided;
	int64_t missing;       /* numbers up to the last without a row; 0 when all is well */
	int64_t beyond;	       /* rows that no number up to the last explains; 0 likewise */
	int64_t first_missing; /* 0 none */
};
int counter_audit(struct store *store, const char *series, int year,
	struct counter_audit *ret_audit, struct error *err);

/*
 * ERR_IO, naming series and year in the detail, if a number of any series is missing or beyond;
 * *ret_series tells how many were looked at. For `dothi audit` and the tests.
 */
int counter_gaps(struct store *store, int64_t *ret_series, struct error *err);

#endif
