/*
 * demo_numbers: the houses of the sample city get their numbers, by approved schemes of its streets; some
 * alleys are left for who tries it.
 */
#ifndef SERVER_COMMANDS_DEMO_NUMBERS_H
#define SERVER_COMMANDS_DEMO_NUMBERS_H

#include "base/error.h"
#include "base/secret.h"
#include "data/register.h"

enum { DEMO_NUMBERS_PARCELS_MAX = 100000 }; /* of a larger city no house is numbered */

/* In a transaction of its own; ret_count: numbers that were given. */
int demo_numbers_give(struct register_folder *opened, const struct randomness *randomness,
	int64_t *ret_count, struct error *err);

#endif
