/*
 * migrate: brings the tables of a register to what this version of Dothi knows.
 *
 * The steps are the numbered files of migrations/, in their order, and none is ever changed once
 * released. A register that knows more than this program is refused, never guessed at.
 */
#ifndef DATA_MIGRATE_H
#define DATA_MIGRATE_H

#include "base/error.h"
#include "data/store.h"

/* Runs what is missing; call inside a transaction. */
int migrate(struct store *store, int64_t now_us, struct error *err);

/* Runs what is missing up to step `last`: makes the register of an older program. */
int migrate_to(struct store *store, int last, int64_t now_us, struct error *err);

/* ERR_CONFIG if the register knows more than this program; for those who only read. */
int migrate_check(struct store *store, struct error *err);

/* The number of the last step that this program knows. */
int migrate_last(void);

#endif
