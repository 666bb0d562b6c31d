/*
 * config: a file of "key = value" lines (inih), read once at start into a table of settings.
 *
 * The caller describes its settings in a table; an unknown key, a value that does not fit and a
 * line that is no setting are errors with file and line; the error of a key names the nearest one.
 * A line starting with '#' or ';' is a comment, and so is what follows " ;". There are no
 * sections. Of a key that stands twice the last value counts.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stdint.h>

#include "base/error.h"

enum config_type { CONFIG_TEXT, CONFIG_INT };

enum { CONFIG_TEXT_MAX = 1024 };

struct config_setting {
	const char *key;
	enum config_type type;
	void *value;	  /* char[CONFIG_TEXT_MAX] or int64_t, holding its default */
	int64_t min, max; /* of a CONFIG_INT */
};

/* Reads the file into the settings (the table ends with a NULL key). No file is no error. */
int config_read(const char *path, const struct config_setting *settings, struct error *err);

#endif
