/*
 * log: one line an event on stderr, as key=value pairs; journald or syslog keeps it.
 *
 *	ts=2026-11-21T08:00:00.123456Z level=info msg="ready" url="http://127.0.0.1:8080/"
 *
 * Only the program logs (main, the request loop, jobs); the libraries below return errors.
 * Whole lines are written at once, so threads do not mix theirs.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_INFO, LOG_WARNING, LOG_ERROR };

/* One pair: text (NULL leaves it out) or, when text is NULL and is_number, the number. */
struct log_pair {
	const char *key;
	const char *text;
	int64_t number;
	int is_number;
};

#define LOG_TEXT(name, value) ((struct log_pair){(name), (value), 0, 0})
#define LOG_INT(name, value) ((struct log_pair){(name), NULL, (value), 1})

/* log_event(LOG_INFO, "ready", LOG_TEXT("url", url), LOG_INT("workers", 2)); one pair at least. */
#define log_event(level, message, ...)                                                             \
	log_pairs((level), (message), (const struct log_pair[]){__VA_ARGS__, {0}})

/* pairs ends with one whose key is NULL; NULL for none. */
void log_pairs(enum log_level level, const char *message, const struct log_pair *pairs);

#endif
