/*
 * error: what went wrong, in words that the user may read, and what to do about it.
 *
 * A function that can fail returns 0 or a negative enum error_code, and fills the struct error
 * that its caller hands in as the last argument. The words are not written where the fault is
 * found: they stand in the catalogue (messages.txt), each under a code, in Vietnamese and
 * English. From it the build makes one function a message, whose arguments are typed:
 *
 *	return fail_file_missing(err, name);
 *
 * An error holds no heap memory, so running out of memory can be reported too.
 * `detail` (SQL, paths, a library's words) is for the log alone and is never shown to a client.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "base/banned.h"

struct strbuf;

/* What kind of failure; which HTTP status or exit code that is, the edge decides. */
enum error_code {
	ERR_USAGE = -1,		/* the command line is wrong */
	ERR_INVALID = -2,	/* the input is wrong */
	ERR_NOT_FOUND = -3,	/* no such thing */
	ERR_CONFLICT = -4,	/* somebody was quicker, or it exists already */
	ERR_DENIED = -5,	/* not permitted */
	ERR_TOO_LARGE = -6,	/* over a named limit */
	ERR_BUSY = -7,		/* try again later */
	ERR_UNAVAILABLE = -8,	/* something that is needed is missing */
	ERR_CANNOT_CREATE = -9, /* a file or folder cannot be made */
	ERR_IO = -10,		/* the disk failed or is full */
	ERR_CONFIG = -11,	/* the configuration is wrong */
	ERR_NOMEM = -12,	/* out of memory */
	ERR_INTERNAL = -13,	/* our own fault */
	ERR_CANCELLED = -14,	/* the user stopped it */
	ERR_CODE_LAST = ERR_CANCELLED,
};

enum lang { LANG_VI, LANG_EN };

enum { MESSAGE_ARGS_MAX = 6, ERROR_TEXT_MAX = 640, ERROR_DETAIL_MAX = 400, ERROR_WHERE_MAX = 96 };

/* One argument of a message; the catalogue knows its type. */
union message_arg {
	const char *text; /* UTF-8 */
	int64_t integer;
	double real;
};

/* A message and its arguments, complete in itself. Zero is "no error". */
struct error {
	int code;				 /* enum error_code; 0 none */
	int message;				 /* enum message_id */
	union message_arg args[MESSAGE_ARGS_MAX]; /* texts point into `texts` */
	char where[ERROR_WHERE_MAX];		 /* the parameter, pointer or row; "" unknown */
	char texts[ERROR_TEXT_MAX];		 /* copies of the text arguments */
	char detail[ERROR_DETAIL_MAX];		 /* for the log only */
};

/*
 * Records a message of the catalogue and returns its (negative) code. Called by the fail_*
 * functions that the catalogue makes; err may be NULL. Text arguments are copied, cut at a
 * character when they are long; bytes that are no UTF-8 become '?'. args has as many elements as
 * the message has arguments.
 */
int error_set(struct error *err, int message, const union message_arg *args);

/*
 * Adds what only the log may see (printf format); keeps the rest. Returns err->code, or
 * ERR_INTERNAL without err: where err may be NULL, return what fail_* said.
 */
int error_detail(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says which parameter, JSON pointer or row is meant (printf format); returns as error_detail. */
int error_where(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Moves an error from one struct to another; both may be NULL. Returns the code. */
int error_copy(struct error *to, const struct error *from);

void error_clear(struct error *err);

/* Appends the sentence, and what to do ("" where the catalogue has none), in one language. */
void error_print(struct strbuf *out, const struct error *err, enum lang lang);
void error_print_try(struct strbuf *out, const struct error *err, enum lang lang);

/* The printed code of the message, for example "SHP-PRJ-01". Borrowed, static. */
const char *error_message_code(const struct error *err);

#endif
