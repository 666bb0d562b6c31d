#include "base/messages.h"

#include <assert.h>
#include <math.h>

#include "base/number.h"

static const struct message messages[] = {
#include "base/messages_rows.h"
};

_Static_assert(sizeof messages / sizeof messages[0] == MESSAGE_COUNT, "rows and ids agree");

const struct message *message_at(int id)
{
	assert(id >= 0 && id < MESSAGE_COUNT);
	return &messages[id];
}

int message_count(void)
{
	return MESSAGE_COUNT;
}

void message_print_int(struct strbuf *out, enum lang lang, int64_t value)
{
	char digits[32];
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	size_t at = sizeof digits;
	int count = 0;

	do {
		if (count && count % 3 == 0)
			digits[--at] = lang == LANG_VI ? '.' : ',';
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
		count++;
	} while (left);
	if (value < 0)
		digits[--at] = '-';
	strbuf_add(out, digits + at, sizeof digits - at);
}

void message_print_real(struct strbuf *out, enum lang lang, double value, int decimals)
{
	double scale = 1, whole, fraction;
	char digits[16];
	int len;

	assert(decimals >= 0 && decimals <= MESSAGE_DECIMALS_MAX);
	for (int i = 0; i < decimals; i++)
		scale *= 10;
	if (!isfinite(value)) {
		strbuf_add_char(out, '?');
		return;
	}
	if (fabs(value) > 9e15 / scale) {
		number_print_double(out, value);
		return;
	}
	fraction = modf(round(fabs(value) * scale) / scale, &whole);
	if (value < 0 && (whole > 0 || fraction > 0))
		strbuf_add_char(out, '-');
	message_print_int(out, lang, (int64_t)whole);
	len = snprintf(digits, sizeof digits, "%0*lld", decimals, llround(fraction * scale));
	while (len > 0 && digits[len - 1] == '0')
		len--;
	if (decimals && len) {
		strbuf_add_char(out, lang == LANG_VI ? ',' : '.');
		strbuf_add(out, digits, (size_t)len);
	}
}

void message_print_bytes(struct strbuf *out, enum lang lang, int64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	size_t unit = 0;

	/* What would be rounded to 1.000 kB is 1 MB. */
	while (fabs(value) >= 999.5 && unit + 1 < sizeof units / sizeof units[0]) {
		value /= 1000;
		unit++;
	}
	message_print_real(out, lang, value, fabs(value) < 100 && unit ? 1 : 0);
	strbuf_add_char(out, ' ');
	strbuf_add_text(out, units[unit]);
}

static void print_arg(
	struct strbuf *out, enum lang lang, enum message_type type, const union message_arg *arg)
{
	switch (type) {
	case MESSAGE_TEXT:
		strbuf_add_text(out, arg->text);
		break;
	case MESSAGE_INT:
		message_print_int(out, lang, arg->integer);
		break;
	case MESSAGE_ID:
		strbuf_add_int(out, arg->integer);
		break;
	case MESSAGE_REAL:
		message_print_real(out, lang, arg->real, 3);
		break;
	case MESSAGE_BYTES:
		message_print_bytes(out, lang, arg->integer);
		break;
	}
}

/* The index of the argument named in text[0..len), or -1. */
static int find_arg(const struct message *message, const char *name, size_t len)
{
	for (int i = 0; i < message->arg_count; i++)
		if (strlen(message->args[i].name) == len &&
			!memcmp(message->args[i].name, name, len))
			return i;
	return -1;
}

void message_print_text(struct strbuf *out, enum lang lang, const struct message *message,
	const char *text, const union message_arg *args)
{
	while (*text) {
		const char *brace = strchr(text, '{');
		const char *end = brace ? strchr(brace, '}') : NULL;
		int arg = end ? find_arg(message, brace + 1, (size_t)(end - brace - 1)) : -1;

		if (!end) {
			strbuf_add_text(out, text);
			return;
		}
		if (arg < 0) {
			strbuf_add(out, text, (size_t)(end + 1 - text));
		} else {
			strbuf_add(out, text, (size_t)(brace - text));
			print_arg(out, lang, message->args[arg].type, &args[arg]);
		}
		text = end + 1;
	}
}

void message_print(struct strbuf *out, enum lang lang, int id, const union message_arg *args)
{
	message_print_text(out, lang, message_at(id), message_at(id)->text[lang], args);
}
