#include <ini.h>

#include "base/config.h"

#include "base/file.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"

enum { SETTINGS_MAX = 64, FILE_MAX_BYTES = 1 << 16 };

struct reading {
	const struct config_setting *settings;
	const char *file;
	const char *rest; /* what is not yet parsed */
	int line;	  /* of the line in hand */
	struct error *err;
	int rc;
};

static int fail_unknown(struct reading *reading, const char *key)
{
	const char *keys[SETTINGS_MAX + 1];
	const char *nearest;
	size_t count = 0;

	while (count < SETTINGS_MAX && reading->settings[count].key) {
		keys[count] = reading->settings[count].key;
		count++;
	}
	keys[count] = NULL;
	nearest = text_nearest(key, keys);
	return fail_config_unknown(
		reading->err, reading->file, reading->line, key, nearest ? nearest : keys[0]);
}

static int take_value(
	struct reading *reading, const struct config_setting *setting, const char *value)
{
	size_t len = strlen(value);

	if (setting->type == CONFIG_TEXT) {
		if (len >= CONFIG_TEXT_MAX || !text_is_utf8(value, len))
			return fail_config_value(reading->err, reading->file, reading->line, setting->key);
		memcpy(setting->value, value, len + 1);
		return 0;
	}
	if (!number_parse_int(value, len, setting->min, setting->max, setting->value))
		return fail_config_number(reading->err, reading->file, reading->line, setting->key,
			setting->min, setting->max);
	return 0;
}

/* Hands inih one line after the other, and counts them (Debian's build does not). */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	size_t len = strcspn(reading->rest, "\n");

	if (!*reading->rest)
		return NULL;
	reading->line++;
	if (len >= (size_t)size)
		len = (size_t)size - 1;
	memcpy(line, reading->rest, len);
	line[len] = '\0';
	reading->rest += strcspn(reading->rest, "\n");
	reading->rest += *reading->rest == '\n';
	return line;
}

static int take_line(void *context, const char *section, const char *key, const char *value)
{
	struct reading *reading = context;

	(void)section;
	if (reading->rc)
		return 1;
	for (const struct config_setting *setting = reading->settings; setting->key; setting++) {
		if (strcmp(setting->key, key))
			continue;
		reading->rc = take_value(reading, setting, value ? value : "");
		return 1;
	}
	reading->rc = fail_unknown(reading, key);
	return 1;
}

int config_read(const char *path, const struct config_setting *settings, struct error *err)
{
	struct reading reading = {.settings = settings, .file = file_name(path), .err = err};
	autofree(strbuf_clear) struct strbuf text = STRBUF(FILE_MAX_BYTES);
	int rc;

	if (!file_exists(path))
		return 0;
	rc = file_read(path, &text, err);
	if (rc)
		return rc;
	reading.rest = text.data;
	rc = ini_parse_stream(next_line, &reading, take_line, &reading);
	if (!reading.rc && rc)
		return fail_config_syntax(err, reading.file, rc);
	return reading.rc;
}
