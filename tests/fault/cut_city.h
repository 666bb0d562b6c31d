/*
 * cut_city: the work that is done while the power is cut, and what must hold of it afterwards.
 *
 * Transaction n, from 1, writes a bit of everything: records with their place in the index, the
 * change feed, a blob, the number of a paper, a job. So it is known by its number whether it is
 * there, and whole. What is promised is 1 for the register itself and 1 for each transaction.
 */
#ifndef TESTS_FAULT_CUT_CITY_H
#define TESTS_FAULT_CUT_CITY_H

#include "tests/data/small_register.h"

/* The register "city" in a folder, not opened yet; for autofree(cut_city_drop). */
struct small_register cut_city_in(const struct strbuf *folder);
void cut_city_drop(struct small_register *city);

/* Transactions first to last, by the writer, each promised when it has answered; some others of
 * them fail. */
void cut_city_work(struct store *store, int64_t first, int64_t last);

/* What the writer does with pieces that wait together: there its threads come as they like. */
void cut_city_work_in_group(struct store *store, int64_t first, int64_t last);

/* From now on a register is whole that has as many tables, indices and triggers as this one. */
void cut_city_is_whole(struct store *store);

/*
 * Looks at an open register: sound, up to date, each transaction whole or not there, none missing
 * between, all that was promised there. *ret_present tells how many there are.
 */
int cut_city_check(struct store *store, int64_t promised, int64_t *ret_present, struct error *err);

/* Sees that work goes on with it behind `present` transactions, and lasts. */
int cut_city_check_further(struct small_register *city, int64_t present, struct error *err);

#endif
