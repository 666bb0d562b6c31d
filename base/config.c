#include <ini.h>

#include "base/config.h"

#include "base/file.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"

enum {
	SETTINGS_MAX = 64,	  /* keys that a mistyped one is compared with */
	FILE_MAX_BYTES = 1 << 16, /* far more than all settings need */
};

struct reading {
	const struct config_setting *settings;
	const char *file;
	const char *at, *end; /* what is not yet parsed */
	int line;	      /* of the line in hand */
	struct error *err;
	int rc;
};

static int fail_unknown(struct reading *reading, const char *key)
{
	const char *keys[SETTINGS_MAX + 1];
	autofree(strbuf_clear) struct strbuf known = STRBUF(FILE_MAX_BYTES);
	const char *nearest;
	size_t count = 0;

	for (; count < SETTINGS_MAX && reading->settings[count].key; count++) {
		keys[count] = reading->settings[count].key;
		strbuf_add_text(&known, count ? ", " : "");
		strbuf_add_text(&known, keys[count]);
	}
	keys[count] = NULL;
	nearest = text_nearest(key, keys);
	if (nearest)
		return fail_config_unknown(
			reading->err, reading->file, reading->line, key, nearest);
	return fail_config_unlike_any(reading->err, reading->file, reading->line, key, known.data);
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

/* 0 if inih may have the line; what it would cut, skip or join is an error here. */
static int check_line(struct reading *reading, const char *line, size_t len, size_t most)
{
	if (len > most)
		return fail_config_line_too_long(
			reading->err, reading->file, reading->line, (int64_t)most);
	if (!text_is_utf8(line, len))
		return fail_config_not_text(reading->err, reading->file, reading->line);
	if (len && *line == '[')
		return fail_config_syntax(reading->err, reading->file, reading->line);
	return 0;
}

/* Hands inih one line after the other, and counts them (Debian's build does not). */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	const char *start = reading->at, *end;
	size_t len;

	if (reading->rc || start == reading->end)
		return NULL;
	reading->line++;
	end = memchr(start, '\n', (size_t)(reading->end - start));
	reading->at = end ? end + 1 : reading->end;
	if (!end)
		end = reading->end;
	/* To inih an indented line goes on with the value above. */
	while (start < end && (*start == ' ' || *start == '\t'))
		start++;
	len = (size_t)(end - start);
	reading->rc = check_line(reading, start, len, (size_t)size - 1);
	if (reading->rc)
		return NULL;
	memcpy(line, start, len);
	line[len] = '\0';
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

	rc = file_read(path, &text, err);
	if (rc == ERR_NOT_FOUND) {
		error_clear(err);
		return 0;
	}
	if (rc)
		return rc;
	reading.at = text.data;
	reading.end = text.data + text.len;
	rc = ini_parse_stream(next_line, &reading, take_line, &reading);
	if (rc < 0)
		return fail_no_memory(err);
	/* inih goes on behind a line that it does not understand: the first fault counts. */
	if (rc && (!reading.rc || rc < reading.line))
		return fail_config_syntax(err, reading.file, rc);
	return reading.rc;
}
