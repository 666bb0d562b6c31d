/*
 * demo_alleys: the alleys of the sample city are named after the houses before their mouths, once it is
 * known which number each house gets.
 */
#ifndef SERVER_COMMANDS_DEMO_ALLEYS_H
#define SERVER_COMMANDS_DEMO_ALLEYS_H

#include "server/cases/city_numbering.h"

/* In the caller's transaction. Afterwards what was read of streets is as before: it is to be read anew. */
int demo_alleys_name(const struct city_numbering *numbering, const struct change_author *author,
	const struct randomness *randomness, struct error *err);

#endif
