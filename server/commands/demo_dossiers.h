/*
 * demo_dossiers: case files of the sample city, to learn with: in all states, due around today.
 *
 * Who came is invented, and every file is marked as one for training. Who waits for a number lives where
 * there is none yet; files of issued numbers are made where the city has some.
 */
#ifndef SERVER_COMMANDS_DEMO_DOSSIERS_H
#define SERVER_COMMANDS_DEMO_DOSSIERS_H

#include "base/secret.h"
#include "data/register.h"

/* In a transaction of its own, behind the city's records and numbers. */
int demo_dossiers_receive(struct register_folder *opened, const struct randomness *randomness,
	struct error *err);

#endif
