/*
 * follow: what is in memory follows what was committed, before anybody is answered.
 */
#ifndef SERVER_FOLLOW_H
#define SERVER_FOLLOW_H

#include "data/store.h"

struct app;

/* A writer_committed; context is the struct app. */
void follow_commit(struct store *store, void *app);

/* The same on another thread, after somebody else's commit. */
void follow_feed(struct store *store, struct app *app);

#endif
