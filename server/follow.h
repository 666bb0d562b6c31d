/*
 * follow: what is in memory follows what was committed, before anybody is answered.
 */
#ifndef SERVER_FOLLOW_H
#define SERVER_FOLLOW_H

#include "data/store.h"

/* A writer_committed; context is the struct app. */
void follow_commit(struct store *store, void *app);

#endif
