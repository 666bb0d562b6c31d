/*
 * old_register: a register as version 0.1 of the program left it, for tests of bringing one up to
 * date: one step of migration, no history, nothing sealed, the last of the small layers missing.
 */
#ifndef TESTS_DATA_OLD_REGISTER_H
#define TESTS_DATA_OLD_REGISTER_H

#include "tests/data/small_register.h"

/* Makes it in the folder of the place, with so many records "thing", each a link of the feed. */
void old_register_make(const struct small_register *place, int64_t things);

#endif
