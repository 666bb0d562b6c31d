/*
 * command: the verbs of the command line, described by tables, and the words of a user.
 *
 * A verb gets its words checked and in order, and works at a desk (desk.h), which opens the
 * register for it and takes what it has to say: results (plain, or JSON with --json) and talk. It
 * returns 0 or an error, which the desk prints and turns into an exit status.
 */
#ifndef SERVER_COMMANDS_COMMAND_H
#define SERVER_COMMANDS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

enum { COMMAND_WORDS_MAX = 8, COMMAND_OPTIONS_MAX = 64 };

struct command_option {
	const char *name;  /* "crs" for --crs */
	const char *value; /* what stands behind it, "EPSG"; NULL for a switch */
	int help;	   /* message id */
};

struct desk;

/* What a verb does with the register of the folder, which then is its first word. */
enum command_use {
	COMMAND_ALONE, /* nothing: it opens what it needs by itself */
	COMMAND_READS,
	COMMAND_WRITES,
};

struct command {
	const char *name;  /* "import", "user token add" */
	const char *words; /* "DIR FILE"; optional ones in brackets */
	size_t words_min, words_max;
	int summary;			      /* message id */
	const struct command_option *options; /* ends with a NULL name; may be NULL */
	enum command_use use;
	/* NULL: a group, the verbs whose names begin with its own. */
	int (*run)(struct desk *desk, struct error *err);
};

/* Words as they were given. Borrowed from argv. */
struct command_line {
	const struct command *command;
	enum lang lang;
	bool json;
	const char *words[COMMAND_WORDS_MAX];
	size_t word_count;
	struct {
		const struct command_option *option;
		const char *value;
	} options[COMMAND_OPTIONS_MAX];
	size_t option_count;
};

/* The table of verbs; ends with NULL. */
extern const struct command *const all_commands[];

/*
 * Reads argv (without the program's name) into a line; the verb comes first. Begin looks only how
 * the user wishes to be answered, so that what is wrong with the words can be said so.
 */
void command_line_begin(int argc, char *const *argv, struct command_line *ret_line);
int command_line_parse(int argc, char *const *argv, struct command_line *line, struct error *err);

/* The n-th value of an option, from 0; NULL if there is none. A switch has the value "". */
const char *command_value(const struct command_line *line, const char *option, size_t n);

/* An integer option, or `absent`. */
int command_int(const struct command_line *line, const char *option, int64_t min, int64_t max,
	int64_t absent, int64_t *ret, struct error *err);

/* Appends the help of a verb or a group, or of all when it is NULL. */
void command_help(struct strbuf *out, const struct command *command, enum lang lang);

/* True until Ctrl-C or SIGTERM; the first call begins to watch for them. */
bool command_goes_on(void);

#endif
