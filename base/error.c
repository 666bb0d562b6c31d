#include "base/error.h"

#include <stdarg.h>

#include "base/messages.h"
#include "base/text.h"

static const struct error no_error;

/* What is no UTF-8, a file name of another age, still has its ASCII letters to show. */
static void make_utf8(char *text, size_t len)
{
	if (text_is_utf8(text, len))
		return;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			text[i] = '?';
}

/* Copies a text argument behind the ones already kept; "" when there is no room. */
static const char *keep_text(struct error *err, size_t *used, const char *text)
{
	size_t room = sizeof err->texts - *used;
	size_t len;
	char *copy = err->texts + *used;

	if (!text)
		text = "";
	if (room < 2)
		return "";
	len = strlen(text);
	/* No one argument may take all the room of the others. */
	if (len > sizeof err->texts / 2)
		len = sizeof err->texts / 2;
	if (len > room - 1)
		len = room - 1;
	len = text_cut(text, len);
	memcpy(copy, text, len);
	copy[len] = '\0';
	make_utf8(copy, len);
	*used += len + 1;
	return copy;
}

int error_set(struct error *err, int id, const union message_arg *args)
{
	const struct message *message = message_at(id);
	size_t used = 0;

	if (!err)
		return message->error;
	*err = no_error;
	err->code = message->error;
	err->message = id;
	for (int i = 0; i < message->arg_count; i++) {
		err->args[i] = args[i];
		if (message->args[i].type == MESSAGE_TEXT)
			err->args[i].text = keep_text(err, &used, args[i].text);
	}
	return err->code;
}

int error_detail(struct error *err, const char *format, ...)
{
	va_list list;
	int len;

	if (!err)
		return ERR_INTERNAL;
	va_start(list, format);
	len = vsnprintf(err->detail, sizeof err->detail, format, list);
	va_end(list);
	if (len >= (int)sizeof err->detail)
		err->detail[text_cut(err->detail, sizeof err->detail - 1)] = '\0';
	return err->code;
}

int error_where(struct error *err, const char *format, ...)
{
	va_list list;
	int len;

	if (!err)
		return ERR_INTERNAL;
	va_start(list, format);
	len = vsnprintf(err->where, sizeof err->where, format, list);
	va_end(list);
	if (len >= (int)sizeof err->where)
		err->where[text_cut(err->where, sizeof err->where - 1)] = '\0';
	make_utf8(err->where, strlen(err->where));
	return err->code;
}

int error_copy(struct error *to, const struct error *from)
{
	const struct message *message;

	if (!from)
		return 0;
	if (!to || to == from)
		return from->code;
	*to = *from;
	if (!from->code)
		return 0;
	message = message_at(from->message);
	for (int i = 0; i < message->arg_count; i++) {
		const char *text = from->args[i].text;

		if (message->args[i].type == MESSAGE_TEXT)
			to->args[i].text = *text ? to->texts + (text - from->texts) : "";
	}
	return to->code;
}

void error_clear(struct error *err)
{
	if (err)
		*err = no_error;
}

void error_print(struct strbuf *out, const struct error *err, enum lang lang)
{
	if (err->code)
		message_print(out, lang, err->message, err->args);
}

void error_print_try(struct strbuf *out, const struct error *err, enum lang lang)
{
	if (err->code)
		message_print_text(out, lang, message_at(err->message),
			message_at(err->message)->try_text[lang], err->args);
}

const char *error_message_code(const struct error *err)
{
	return err->code ? message_at(err->message)->code : "";
}
