#include <poll.h>
#include <unistd.h>

#include "server/commands/own_desk.h"

#include "base/messages.h"
#include "server/commands/desk.h"
#include "server/control_client.h"
#include "server/settings.h"

enum {
	ROUNDS_MAX = 10,  /* looks for the lock or who has it: it may just be starting or ending */
	ROUND_MS = 100,
};

/* A process does one verb: its desk and what it has opened. */
struct own_desk {
	struct desk desk; /* first: its address is the own desk's */
	struct command_line line;
	struct register_folder opened;
	int argc;
	char **argv;
};

static void say(struct desk *desk, enum desk_stream stream, const char *text, size_t len)
{
	FILE *file = stream == DESK_RESULTS ? stdout : stderr;

	(void)desk;
	fwrite(text, 1, len, file);
	fflush(file);
}

static bool ask(struct desk *desk, const char *question, char *answer, size_t size)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	(void)desk;
	fprintf(stderr, "%s ", question);
	fflush(stderr);
	/* Ctrl-C wakes poll, but would not wake fgets. */
	while (command_goes_on())
		if (poll(&input, 1, ROUND_MS) > 0)
			return fgets(answer, (int)size, stdin) != NULL;
	return false;
}

static bool goes_on(struct desk *desk)
{
	(void)desk;
	return command_goes_on();
}

static int write_now(struct desk *desk, writer_work *work, void *context, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	int rc = transaction_begin(desk->store, &transaction, err);

	if (!rc)
		rc = work(desk->store, context, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

/* Nobody else is here to be told. */
static void rights_changed(struct desk *desk)
{
	(void)desk;
}

static int do_alone(struct desk *desk, writer_work *work, void *context, struct error *err)
{
	return work(desk->store, context, err);
}

static const struct desk_kind own_kind = {
	say, ask, goes_on, write_now, rights_changed, do_alone};

static int open_register(struct own_desk *own, struct error *err)
{
	struct desk *desk = &own->desk;
	bool writes = own->line.command->use == COMMAND_WRITES;
	struct settings settings;
	int rc = register_open(own->line.words[0], city_layers(),
		writes ? STORE_WRITE : STORE_READ, clock_now_us(&clock_system), &own->opened, err);

	if (rc)
		return rc;
	desk->folder = own->line.words[0];
	desk->store = own->opened.store;
	desk->city = &own->opened.city;
	/* What is wrong with the file is for serve to say. */
	if (!settings_read(desk->folder, &settings, NULL))
		settings_public_url(settings.public_url, desk->public_url, sizeof desk->public_url);
	return 0;
}

/*
 * Opens the register, or lets who holds it do the verb: then *ret_status is its exit status. It is
 * left alone if the verb is to be done here.
 */
static int open_or_send(struct own_desk *own, int *ret_status, struct error *err)
{
	const struct control_order order = {own->line.words[0], own->argc, own->argv,
		own->line.lang, own->desk.is_terminal, own->desk.can_ask};
	const struct timespec round = {.tv_nsec = ROUND_MS * 1000000L};
	int rc;

	for (int i = 0;; i++) {
		bool heard;
		int sent;

		error_clear(err);
		rc = open_register(own, err);
		if (rc != ERR_BUSY)
			return rc;
		sent = control_send(&order, &heard, ret_status, err);
		if (sent || heard)
			return sent;
		if (i == ROUNDS_MAX || !command_goes_on())
			return rc;
		nanosleep(&round, NULL);
	}
}

static int work(struct own_desk *own, int *ret_status, struct error *err)
{
	const struct command *command = own->line.command;
	int rc = 0;

	*ret_status = -1;
	if (command->use != COMMAND_ALONE) {
		command_goes_on();
		rc = open_or_send(own, ret_status, err);
	}
	if (!rc && *ret_status < 0)
		rc = command->run(&own->desk, err);
	return rc;
}

/* The exit status of a verb that was read, or of what was wrong with the words. */
static int run(struct own_desk *own, struct error *err)
{
	int status, rc = secret_start() ? fail_no_randomness(err) : 0;

	if (!rc)
		rc = command_line_parse(own->argc, own->argv, &own->line, err);
	if (!rc && (!own->line.command->run || command_value(&own->line, "help", 0))) {
		desk_print_help(&own->desk, own->line.command);
		return command_value(&own->line, "help", 0) ? 0 : desk_exit_status(ERR_USAGE);
	}
	if (!rc)
		rc = work(own, &status, err);
	if (!rc)
		return status < 0 ? 0 : status;
	desk_print_error(&own->desk, err);
	/* What only the one who keeps the machine may see; on a terminal that is the user. */
	if (*err->detail && getenv("DOTHI_DEBUG"))
		fprintf(stderr, "  %s\n", err->detail);
	return desk_exit_status(rc);
}

int own_desk_run(int argc, char **argv)
{
	struct own_desk own = {.argc = argc, .argv = argv, .opened = REGISTER_CLOSED};
	struct error err = {0};
	int status;

	command_line_begin(argc, argv, &own.line);
	own.desk = (struct desk){.kind = &own_kind, .line = &own.line, .user_folder = "",
		.report = STRBUF(SIZE_MAX), .is_terminal = isatty(STDERR_FILENO),
		.can_ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO)};
	desk_set_actor(&own.desk, geteuid());
	if (argc < 1 || !strcmp(argv[0], "--help") || !strcmp(argv[0], "help")) {
		desk_print_help(&own.desk, NULL);
		return argc < 1 ? 2 : 0;
	}
	if (!strcmp(argv[0], "--version")) {
		puts("dothi " PACKAGE_VERSION);
		return 0;
	}
	status = run(&own, &err);
	strbuf_clear(&own.desk.report);
	register_close(&own.opened);
	return status;
}
