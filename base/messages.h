/*
 * messages: THE catalogue of what Dothi says to people, in Vietnamese and English.
 *
 * The data is messages.txt; messages_table.[ch] are made from it. The same file feeds the web map
 * and the man page dothi-errors(7). Include this header to fail (fail_*) or to say (say_*).
 */
#ifndef BASE_MESSAGES_H
#define BASE_MESSAGES_H

#include "base/error.h"
#include "base/strbuf.h"

/* Types of arguments, as messages.txt names them. */
enum message_type {
	MESSAGE_TEXT,  /* text: UTF-8, printed as it is */
	MESSAGE_INT,   /* int: grouped as the language does, 1.204 or 1,204 */
	MESSAGE_ID,    /* id: an integer printed bare, a row or an EPSG code */
	MESSAGE_REAL,  /* real: up to three decimals, 2,5 or 2.5 */
	MESSAGE_BYTES, /* bytes: a size, 12,4 MB */
};

struct message {
	const char *code;	/* printed, "SHP-PRJ-01" */
	int error;		/* enum error_code, or 0 for a text that is no error */
	const char *text[2];	/* by enum lang; {name} stands for an argument */
	const char *try_text[2]; /* what to do; "" none */
	unsigned char arg_count;
	struct {
		const char *name;
		enum message_type type;
	} args[MESSAGE_ARGS_MAX];
};

/* The row of a message; never NULL for a generated id. Borrowed, static. */
const struct message *message_at(int id);
int message_count(void);

/* Appends a message with its arguments in one language. */
void message_print(struct strbuf *out, enum lang lang, int id, const union message_arg *args);

/* Appends one text of a message, for example its try_text. */
void message_print_text(struct strbuf *out, enum lang lang, const struct message *message,
	const char *text, const union message_arg *args);

enum { MESSAGE_DECIMALS_MAX = 9 };

/* Appends a number as the language writes it; '?' for a real that is none. */
void message_print_int(struct strbuf *out, enum lang lang, int64_t value);
void message_print_real(struct strbuf *out, enum lang lang, double value, int decimals);
void message_print_bytes(struct strbuf *out, enum lang lang, int64_t bytes);

#include "base/messages_table.h"

#endif
