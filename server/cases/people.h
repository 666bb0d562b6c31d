/*
 * people: a person enters the register, or is erased from it: the values and the link of the feed
 * in one transaction. The feed and its chain hold the person's number and salted hash alone.
 */
#ifndef SERVER_CASES_PEOPLE_H
#define SERVER_CASES_PEOPLE_H

#include "data/change.h"
#include "data/person.h"

struct person_entry {
	struct person_values values;
	struct change_author author;
	const struct randomness *randomness;
	int64_t id; /* set */
};

/* A writer_work; context is a struct person_entry. */
int people_enter(struct store *store, void *context, struct error *err);

struct person_exit {
	int64_t id;
	struct change_author author; /* the reason is kept: without personal data */
	bool erased; /* set; false if it was done before */
};

/* A writer_work; context is a struct person_exit. person_wipe comes later. */
int people_erase(struct store *store, void *context, struct error *err);

#endif
