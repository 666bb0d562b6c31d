#include "server/commands/command.h"

#include <signal.h>

#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"

/* Options that every verb has. */
static const struct command_option common_options[] = {
	{"json", NULL, MSG_HELP_JSON},
	{"lang", "vi|en", MSG_HELP_LANG},
	{"help", NULL, MSG_HELP_HELP},
	{NULL, NULL, 0},
};

enum {
	HELP_COLUMN = 26,
	COMMANDS_MAX = 64,
	NAME_WORDS_MAX = 3,
	NAME_MAX_BYTES = 200, /* of words that may be a verb's name */
};

static const struct command_option *find_in(
	const struct command_option *options, const char *name, size_t len)
{
	for (; options && options->name; options++)
		if (slice_equals((struct slice){name, len}, options->name))
			return options;
	return NULL;
}

static const char *nearest_option(const struct command *command, const char *name)
{
	const char *names[COMMAND_OPTIONS_MAX + 1];
	size_t count = 0;

	for (const struct command_option *o = command->options; o && o->name; o++)
		names[count++] = o->name;
	for (const struct command_option *o = common_options; o->name; o++)
		names[count++] = o->name;
	names[count] = NULL;
	return text_nearest(name, names);
}

static int fail_option(const struct command *command, const char *name, struct error *err)
{
	const char *nearest = nearest_option(command, name);

	if (nearest)
		return fail_option_near(err, name, nearest);
	return fail_option_unknown(err, name, command->name);
}

/* Takes "--name", "--name=value" or "--name value"; *at moves to the last word used. */
static int take_option(
	struct command_line *line, int argc, char *const *argv, int *at, struct error *err)
{
	const char *name = argv[*at] + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct command_option *option = find_in(line->command->options, name, len);
	const char *value = equals ? equals + 1 : "";

	if (!option)
		option = find_in(common_options, name, len);
	if (!option)
		return fail_option(line->command, name, err);
	if (!option->value && equals)
		return fail_option_takes_none(err, option->name);
	if (option->value && !equals) {
		if (*at + 1 >= argc)
			return fail_option_needs_value(err, option->name, option->value);
		value = argv[++*at];
	}
	if (!text_is_utf8(value, strlen(value)))
		return fail_option_value(err, option->name, "?");
	if (line->option_count == COMMAND_OPTIONS_MAX)
		return fail_option_too_often(err, option->name);
	line->options[line->option_count].option = option;
	line->options[line->option_count++].value = value;
	return 0;
}

/* "-o": the one option of the verb that begins with the letter. */
static const struct command_option *find_by_letter(const struct command *command, const char *word)
{
	const struct command_option *found = NULL;

	if (word[0] != '-' || word[1] < 'a' || word[1] > 'z' || word[2])
		return NULL;
	for (const struct command_option *o = command->options; o && o->name; o++) {
		if (o->name[0] != word[1])
			continue;
		if (found)
			return NULL;
		found = o;
	}
	return found;
}

/* Takes "-o value", as take_option. */
static int take_letter(struct command_line *line, const struct command_option *option, int argc,
	char *const *argv, int *at, struct error *err)
{
	autofree(strbuf_clear) struct strbuf whole = STRBUF(NAME_MAX_BYTES);
	char *words[2] = {NULL, *at + 1 < argc ? argv[*at + 1] : NULL};
	int used = 0, rc;

	strbuf_add_format(&whole, "--%s", option->name);
	words[0] = whole.data;
	rc = take_option(line, words[1] ? 2 : 1, words, &used, err);
	*at += used;
	return rc;
}

/* How many words of argv are the name; 0 if it is another one. */
static int match_name(const char *name, int argc, char *const *argv)
{
	int used = 0;
	struct slice word;

	while (text_next(&name, ' ', &word))
		if (used == argc || !slice_equals(word, argv[used++]))
			return 0;
	return used;
}

/* The verb whose name takes the most words of argv, or NULL. */
static const struct command *find_command(int argc, char *const *argv, int *ret_used)
{
	const struct command *found = NULL;

	*ret_used = 0;
	for (const struct command *const *command = all_commands; *command; command++) {
		int used = match_name((*command)->name, argc, argv);

		if (used <= *ret_used)
			continue;
		*ret_used = used;
		found = *command;
	}
	return found;
}

/* The first words of argv that are no options, at most so many, with a blank between each two. */
static int join_words(struct strbuf *out, int most, int argc, char *const *argv)
{
	int count = 0;

	for (; count < most && count < argc && !text_starts_with(argv[count], "--"); count++)
		strbuf_add_format(out, count ? " %s" : "%s", argv[count]);
	return count;
}

static int count_words(const char *name)
{
	int count = 1;

	for (; *name; name++)
		count += *name == ' ';
	return count;
}

/* The verb of so many words that was meant, or NULL. */
static const char *nearest_name(const char *typed, int words)
{
	const char *names[COMMANDS_MAX + 1];
	size_t count = 0;

	for (const struct command *const *command = all_commands; *command; command++)
		if (count_words((*command)->name) == words && count < COMMANDS_MAX)
			names[count++] = (*command)->name;
	names[count] = NULL;
	return text_nearest(typed, names);
}

/* How many words of argv begin the name of a verb: of "user token add" two. */
static int count_known(int argc, char *const *argv)
{
	for (int words = NAME_WORDS_MAX; words; words--) {
		autofree(strbuf_clear) struct strbuf typed = STRBUF(NAME_MAX_BYTES);

		if (join_words(&typed, words, argc, argv) < words)
			continue;
		strbuf_add_char(&typed, ' ');
		for (const struct command *const *command = all_commands; *command; command++)
			if (!typed.failed && text_starts_with((*command)->name, typed.data))
				return words;
	}
	return 0;
}

/* Whether a group was named and nothing behind it. */
static bool is_group(int argc, char *const *argv)
{
	int known = count_known(argc, argv);

	return known && (known == argc || text_starts_with(argv[known], "--"));
}

static int fail_verb(int argc, char *const *argv, struct error *err)
{
	autofree(strbuf_clear) struct strbuf typed = STRBUF(NAME_MAX_BYTES);
	int words = count_known(argc, argv) + 1;
	const char *nearest;

	join_words(&typed, words, argc, argv);
	if (typed.failed || !typed.len)
		return fail_verb_unknown(err, argv[0]);
	nearest = nearest_name(typed.data, words);
	return nearest ? fail_verb_near(err, typed.data, nearest)
		       : fail_verb_unknown(err, typed.data);
}

/* Which language this user reads: that of the environment, else Vietnamese. */
static enum lang environment_lang(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return text_starts_with(value, "en") ? LANG_EN : LANG_VI;
	}
	return LANG_VI;
}

static bool lang_of(const char *name, enum lang *ret_lang)
{
	if (strcmp(name, "vi") != 0 && strcmp(name, "en") != 0)
		return false;
	*ret_lang = *name == 'v' ? LANG_VI : LANG_EN;
	return true;
}

static int take_common(struct command_line *line, struct error *err)
{
	const char *lang = command_value(line, "lang", 0);

	line->json = command_value(line, "json", 0) != NULL;
	if (lang && !lang_of(lang, &line->lang))
		return fail_option_value(err, "lang", lang);
	return 0;
}

void command_line_begin(int argc, char *const *argv, struct command_line *ret_line)
{
	*ret_line = (struct command_line){.lang = environment_lang()};
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (!strcmp(argv[i], "--json"))
			ret_line->json = true;
		else if (!strcmp(argv[i], "--lang") && i + 1 < argc)
			lang_of(argv[i + 1], &ret_line->lang);
		else if (text_starts_with(argv[i], "--lang="))
			lang_of(argv[i] + strlen("--lang="), &ret_line->lang);
	}
}

int command_line_parse(int argc, char *const *argv, struct command_line *line, struct error *err)
{
	const struct command_option *option;
	bool only_words = false;
	int used, rc = 0;

	line->command = find_command(argc, argv, &used);
	if (!line->command || (!line->command->run && !is_group(argc, argv)))
		return fail_verb(argc, argv, err);
	for (int i = used; !rc && i < argc; i++) {
		if (!only_words && !strcmp(argv[i], "--"))
			only_words = true;
		else if (!only_words && text_starts_with(argv[i], "--"))
			rc = take_option(line, argc, argv, &i, err);
		else if (!only_words && (option = find_by_letter(line->command, argv[i])))
			rc = take_letter(line, option, argc, argv, &i, err);
		else if (line->word_count == line->command->words_max)
			rc = fail_word_too_many(err, argv[i], line->command->name);
		else
			line->words[line->word_count++] = argv[i];
	}
	if (!rc)
		rc = take_common(line, err);
	if (!rc && line->word_count < line->command->words_min && !command_value(line, "help", 0))
		rc = fail_words_missing(err, line->command->name, line->command->words);
	return rc;
}

const char *command_value(const struct command_line *line, const char *option, size_t n)
{
	for (size_t i = 0; i < line->option_count; i++)
		if (!strcmp(line->options[i].option->name, option) && n-- == 0)
			return line->options[i].value;
	return NULL;
}

int command_int(const struct command_line *line, const char *option, int64_t min, int64_t max,
	int64_t absent, int64_t *ret, struct error *err)
{
	const char *text = command_value(line, option, 0);

	*ret = absent;
	if (!text || number_parse_int(text, strlen(text), min, max, ret))
		return 0;
	return fail_option_number(err, option, text, min, max);
}

static size_t count_letters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static void add_row(struct strbuf *out, const char *left, size_t width, enum lang lang, int help)
{
	size_t len = count_letters(left);

	strbuf_add_text(out, "  ");
	strbuf_add_text(out, left);
	do
		strbuf_add_char(out, ' ');
	while (++len < width);
	message_print(out, lang, help, NULL);
	strbuf_add_char(out, '\n');
}

static void add_options(struct strbuf *out, const struct command_option *options, enum lang lang)
{
	for (; options && options->name; options++) {
		autofree(strbuf_clear) struct strbuf left = STRBUF(100);

		strbuf_add_format(&left, "--%s", options->name);
		if (options->value)
			strbuf_add_format(&left, " %s", options->value);
		add_row(out, left.data, HELP_COLUMN, lang, options->help);
	}
}

static bool is_in_group(const struct command *command, const struct command *group)
{
	size_t len = group ? strlen(group->name) : 0;

	if (!group)
		return !strchr(command->name, ' ');
	return text_starts_with(command->name, group->name) && command->name[len] == ' ';
}

static void print_usage(struct strbuf *out, const struct command *command)
{
	strbuf_reset(out);
	strbuf_add_format(out, "dothi %s %s", command->name, command->words);
}

/* The verbs of a group; without one the groups, and the verbs that are in none. */
static void add_verbs(struct strbuf *out, const struct command *group, enum lang lang)
{
	autofree(strbuf_clear) struct strbuf left = STRBUF(NAME_MAX_BYTES);
	size_t width = HELP_COLUMN;

	for (const struct command *const *at = all_commands; *at; at++) {
		print_usage(&left, *at);
		if (is_in_group(*at, group) && count_letters(left.data) + 2 > width)
			width = count_letters(left.data) + 2;
	}
	for (const struct command *const *at = all_commands; *at; at++) {
		if (!is_in_group(*at, group))
			continue;
		print_usage(&left, *at);
		add_row(out, left.data, width, lang, (*at)->summary);
	}
	strbuf_add_char(out, '\n');
}

void command_help(struct strbuf *out, const struct command *command, enum lang lang)
{
	if (command && command->run) {
		strbuf_add_format(out, "dothi %s %s\n", command->name, command->words);
		message_print(out, lang, command->summary, NULL);
		strbuf_add_text(out, "\n\n");
		add_options(out, command->options, lang);
		add_options(out, common_options, lang);
		return;
	}
	message_print(out, lang, command ? command->summary : MSG_HELP_HEAD, NULL);
	strbuf_add_text(out, "\n\n");
	add_verbs(out, command, lang);
	message_print(out, lang, MSG_HELP_FOOT, NULL);
	strbuf_add_char(out, '\n');
}

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

bool command_goes_on(void)
{
	static bool watching;
	struct sigaction action = {.sa_handler = note_interrupt, .sa_flags = SA_RESTART};

	if (!watching) {
		watching = true;
		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
	}
	return !interrupted;
}
