/*
 * dothi: the command line. Picks the verb, prints its error in the user's words, and says with the
 * exit code (sysexits) what kind it was.
 */
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/messages.h"
#include "base/secret.h"
#include "server/commands/command.h"

extern const struct command serve_command, demo_command, init_command, import_command, tile_command,
	doctor_command;

const struct command *const all_commands[] = {
	&demo_command,
	&init_command,
	&import_command,
	&serve_command,
	&tile_command,
	&doctor_command,
	NULL,
};

enum { TEXT_MAX_BYTES = 16384 };

static int exit_code(int error_code)
{
	static const struct {
		int error, exit;
	} codes[] = {
		{0, 0},
		{ERR_USAGE, 2},
		{ERR_INVALID, 65},
		{ERR_NOT_FOUND, 65},
		{ERR_TOO_LARGE, 65},
		{ERR_CONFLICT, 75},
		{ERR_BUSY, 75},
		{ERR_UNAVAILABLE, 69},
		{ERR_NOMEM, 69},
		{ERR_CANNOT_CREATE, 73},
		{ERR_IO, 74},
		{ERR_DENIED, 77},
		{ERR_CONFIG, 78},
	};

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i].error == error_code)
			return codes[i].exit;
	return 1;
}

/* What happened, where, what to do; the code at the end. */
static void print_error(const struct error *err, const struct command_line *line)
{
	enum lang lang = line->lang;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf advice = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf said = STRBUF(SIZE_MAX);
	struct json_writer json = JSON_WRITER(&said);

	error_print(&text, err, lang);
	error_print_try(&advice, err, lang);
	strbuf_add_format(&said, "dothi: %s", text.data);
	if (*err->where)
		strbuf_add_format(&said, "\n  (%s)", err->where);
	if (advice.len)
		strbuf_add_format(&said, "\n  → %s", advice.data);
	strbuf_add_format(&said, "\n  [%s]", error_message_code(err));
	command_talk(&said);
	/* What only the one who keeps the machine may see; on a terminal that is the user. */
	if (*err->detail && getenv("DOTHI_DEBUG"))
		fprintf(stderr, "  %s\n", err->detail);
	if (!line->json)
		return;
	strbuf_reset(&said);
	json_begin_object(&json);
	/* One document: what the verb has to tell, and the error in it. */
	if (line->report->len)
		json_put_raw(&json, line->report->data + 1, line->report->len - 2);
	json_put_key(&json, "error");
	json_begin_object(&json);
	json_member_text(&json, "code", error_message_code(err));
	json_member_text(&json, "detail", text.data);
	if (*err->where)
		json_member_text(&json, "where", err->where);
	if (advice.len)
		json_member_text(&json, "try", advice.data);
	json_end_object(&json);
	json_end_object(&json);
	command_print(&said);
}

static void print_help(const struct command *command, enum lang lang)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	command_help(&text, command, lang);
	fwrite(text.data, 1, text.len, stdout);
}

static int run(int argc, char **argv, struct command_line *line, struct error *err)
{
	int rc = secret_start() ? fail_no_randomness(err) : 0;

	if (!rc)
		rc = command_line_parse(argc, argv, line, err);
	if (rc || !command_value(line, "help", 0))
		return rc ? rc : line->command->run(line, err);
	print_help(line->command, line->lang);
	return 0;
}

int main(int argc, char **argv)
{
	autofree(strbuf_clear) struct strbuf report = STRBUF(SIZE_MAX);
	struct command_line line;
	struct error err = {0};
	int rc;

	setlocale(LC_CTYPE, "C.UTF-8");
	/* Would let SpatiaLite's functions read files. */
	unsetenv("SPATIALITE_SECURITY");
	/* A file over the limit of this process is an error like a full disk, not the end. */
	signal(SIGXFSZ, SIG_IGN);
	command_line_begin(argc - 1, argv + 1, &line);
	line.report = &report;
	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help")) {
		print_help(NULL, line.lang);
		return argc < 2 ? 2 : 0;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("dothi " PACKAGE_VERSION);
		return 0;
	}
	rc = run(argc - 1, argv + 1, &line, &err);
	if (rc)
		print_error(&err, &line);
	return exit_code(rc);
}
