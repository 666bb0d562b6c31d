/*
 * cut_disk: what may be found on a disk when the power was cut at some instant of a recording.
 *
 * What was synced is there. Of what was written to a file since its last sync, each piece is there
 * or not, in any combination; a piece may be torn at any sector of 512 bytes, and a file may have
 * grown without what was written there. Of what was done to the names in a folder since that was
 * synced, each thing has happened or not. A file without a name is lost.
 */
#ifndef TESTS_FAULT_CUT_DISK_H
#define TESTS_FAULT_CUT_DISK_H

#include <stdbool.h>

#include "tests/fault/recording_vfs.h"
#include "tests/random.h"

struct cut_disk;

/* An empty disk; `recording` is borrowed. Never NULL. */
struct cut_disk *cut_disk_new(const struct recording *recording);
void cut_disk_free(struct cut_disk *disk);

/* The next event happens; false behind the last. */
bool cut_disk_go_on(struct cut_disk *disk);

/* What of that which was not synced is found. */
enum cut_choice { CUT_NOTHING, CUT_ALL, CUT_RANDOM };

/* Writes the files of a state into an empty folder; returns a number that stands for them. */
uint64_t cut_disk_write(const struct cut_disk *disk, enum cut_choice choice, struct random *random,
	const char *folder);

/* The same number for the same state, without writing it: `random` must be in the same state. */
uint64_t cut_disk_digest(
	const struct cut_disk *disk, enum cut_choice choice, struct random *random);

#endif
