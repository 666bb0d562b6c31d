/*
 * watch: who may stop a long piece of work: the user, or the clock.
 *
 * Loops over files call watch_check() every few dozen kilobytes; a NULL watch never stops.
 */
#ifndef GIS_WATCH_H
#define GIS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct watch {
	bool (*cancelled)(void *context); /* NULL nobody asks */
	void *context;
	int64_t until_ms; /* of clock_ticks_ms(); 0 no end */
};

/* 0, ERR_CANCELLED, or the error that it took too long. */
int watch_check(const struct watch *watch, struct error *err);

#endif
