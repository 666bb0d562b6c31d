#include "base/log.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 4096 };

/* A value in quotes if it needs them; line breaks cannot forge a second event. */
static void add_value(struct strbuf *line, const char *text)
{
	strbuf_add_char(line, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			strbuf_add_char(line, '\\');
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			strbuf_add_char(line, ' ');
		else
			strbuf_add_char(line, *text);
	}
	strbuf_add_char(line, '"');
}

void log_pairs(enum log_level level, const char *message, const struct log_pair *pairs)
{
	static const char *const names[] = {"info", "warning", "error"};
	autofree(strbuf_clear) struct strbuf line = STRBUF(LINE_MAX_BYTES);
	ssize_t written;

	strbuf_add_text(&line, "ts=");
	clock_print_utc(&line, clock_now_us(&clock_system));
	strbuf_add_format(&line, " level=%s msg=", names[level]);
	add_value(&line, message);
	for (; pairs && pairs->key; pairs++) {
		if (!pairs->text && !pairs->is_number)
			continue;
		strbuf_add_format(&line, " %s=", pairs->key);
		if (pairs->text)
			add_value(&line, pairs->text);
		else
			strbuf_add_int(&line, pairs->number);
	}
	line.failed = false; /* a long line is cut, not lost */
	line.len = text_cut(line.data, line.len < line.max ? line.len : line.max - 1);
	strbuf_add_char(&line, '\n');
	written = write(STDERR_FILENO, line.data, line.len);
	(void)written;
}
