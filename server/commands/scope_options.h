/*
 * scope_options: the rows of an account's scope as options say them: --layer, --ward and --field,
 * each again and again, and --read-only for all of them.
 *
 * "--layer a --layer b --ward 3 --ward 4" are four rows: each layer in each ward.
 */
#ifndef SERVER_COMMANDS_SCOPE_OPTIONS_H
#define SERVER_COMMANDS_SCOPE_OPTIONS_H

#include "data/account_scope.h"
#include "server/commands/command.h"

/* To be put into a verb's table. */
#define SCOPE_OPTIONS                                                                              \
	{"layer", "LAYER", MSG_HELP_SCOPE_LAYER}, {"ward", "ID", MSG_HELP_SCOPE_WARD},             \
		{"field", "FIELD", MSG_HELP_SCOPE_FIELD},                                          \
	{                                                                                          \
		"read-only", NULL, MSG_HELP_SCOPE_READ_ONLY                                        \
	}

/*
 * The rows, in the arena; none without such an option. All that they name must be there: layers,
 * fields (of every layer that is named, else of any), wards in force.
 */
int scope_options_read(const struct command_line *line, struct store *store, struct arena *arena,
	const struct account_scope **ret_rows, size_t *ret_count, struct error *err);

/* Appends the name of a ward as maps write it; nothing if it has none. */
int scope_ward_name(struct store *store, int64_t id, struct strbuf *out, bool *ret_in_force,
	struct error *err);

/* The layer of an option's value. */
int scope_find_layer(const char *id, const struct layer **ret_layer, struct error *err);

#endif
