/*
 * demo_dossiers: case files of the sample city, to learn with: in all states, due around today.
 *
 * Who came is invented, and every file is marked as one for training. Files of issued numbers are made
 * where the city has house numbers.
 */
#ifndef SERVER_COMMANDS_DEMO_DOSSIERS_H
#define SERVER_COMMANDS_DEMO_DOSSIERS_H

#include "base/secret.h"
#include "data/layer.h"
#include "data/store.h"

/* Inside a transaction, behind the link of the city's records. */
int demo_dossiers_write(struct store *store, const struct layer_table *layers,
	const struct randomness *randomness, int64_t now_us, struct error *err);

#endif
