/*
 * settings: what DIR/dothi.conf says; the command line goes before it.
 */
#ifndef SERVER_SETTINGS_H
#define SERVER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/config.h"

struct settings {
	char listen[CONFIG_TEXT_MAX];
	char public_url[CONFIG_TEXT_MAX]; /* "" where it listens */
	int64_t workers;
	int64_t tile_cache_mb; /* most that tiles kept in memory may take */
};

/* Fills in what is not said. ERR_CONFIG. */
int settings_read(const char *folder, struct settings *ret_settings, struct error *err);

/* Copies a public address without the '/' at its end; false if it is none, or does not fit. */
bool settings_public_url(const char *text, char *ret_url, size_t size);

#endif
