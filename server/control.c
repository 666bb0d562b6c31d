#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/control.h"

#include "base/json_write.h"
#include "base/log.h"
#include "base/messages.h"
#include "server/commands/desk.h"
#include "server/control_wire.h"

enum {
	VISITORS_MAX = 4, /* each may hold 256 MiB for a row of an import */
	WORDS_MAX = 256,
	ORDER_MS = 10000, /* to say what is wanted */
	ASK_MS = 60000,	  /* to answer; other writes may wait for it */
	FINISH_MS = 1000, /* for the user to read the end and close */
	FAULT_MS = 100, /* between two looks when no connection can be taken */
};

/* Somebody at the socket, and the desk of the verb. */
struct visitor {
	struct desk desk; /* first: its address is the visitor's */
	struct command_line line;
	struct control *control;
	struct control_wire wire;
	unsigned user_id;
	bool is_cancelled;
	pthread_t thread;
	bool is_taken;	      /* the thread was started and not yet joined; the listener's */
	atomic_bool is_over; /* it is about to end */
};

struct control {
	const struct app *app;
	int fd; /* that listens */
	pthread_t thread;
	atomic_bool is_stopping;
	pthread_mutex_t lock; /* over the wires' descriptors, for control_stop */
	pthread_mutex_t rights_lock;
	struct visitor visitors[VISITORS_MAX];
};

/* --- the desk ----------------------------------------------------------------------------------- */

static void say(struct desk *desk, enum desk_stream stream, const char *text, size_t len)
{
	struct visitor *visitor = (struct visitor *)desk;

	control_wire_say(&visitor->wire, stream == DESK_RESULTS ? "out" : "err", text, len);
}

/* Reads a line of the user; a wish to cancel is noted. */
static struct json_node *hear(struct visitor *visitor, int wait_ms)
{
	struct json_node *line = control_wire_read(&visitor->wire, wait_ms);
	bool cancels = false;

	if (json_node_bool(json_node_get(line, "cancel"), &cancels) && cancels)
		visitor->is_cancelled = true;
	return line;
}

static bool ask(struct desk *desk, const char *question, char *answer, size_t size)
{
	struct visitor *visitor = (struct visitor *)desk;
	autofree(strbuf_clear) struct strbuf json = STRBUF(CONTROL_LINE_MAX_BYTES - 1);
	autoptr(json_document_free) struct json_node *line = NULL;
	struct json_writer writer = JSON_WRITER(&json);
	const char *text;

	json_begin_object(&writer);
	json_member_text(&writer, "ask", question);
	json_member_int(&writer, "wait_ms", ASK_MS);
	json_end_object(&writer);
	if (json.failed || !control_wire_send(&visitor->wire, &json))
		return false;
	line = hear(visitor, ASK_MS + ORDER_MS);
	if (!json_node_text(json_node_get(line, "answer"), &text))
		return false;
	snprintf(answer, size, "%s", text);
	return true;
}

static bool goes_on(struct desk *desk)
{
	struct visitor *visitor = (struct visitor *)desk;

	json_document_free(hear(visitor, 0));
	return !visitor->is_cancelled && !visitor->wire.is_ended && !visitor->wire.is_gone &&
		!atomic_load(&visitor->control->is_stopping);
}

/* A piece of work for the writer. */
struct errand {
	struct desk *desk;
	writer_work *work;
	void *context;
};

static int run_errand(struct store *store, void *context, struct error *err)
{
	struct errand *errand = context;

	/* It may have waited long behind others. */
	if (!goes_on(errand->desk))
		return fail_cancelled(err);
	return errand->work(store, errand->context, err);
}

static int write_in_turn(struct desk *desk, writer_work *work, void *context, struct error *err)
{
	struct visitor *visitor = (struct visitor *)desk;
	struct errand errand = {desk, work, context};

	/* Its errand may take long: an import. */
	return writer_run_apart(visitor->control->app->writer, run_errand, &errand, err);
}

static void rights_changed(struct desk *desk)
{
	struct control *control = ((struct visitor *)desk)->control;

	/* One after the other: what was read last holds. */
	pthread_mutex_lock(&control->rights_lock);
	app_rights_changed(control->app, desk->store);
	pthread_mutex_unlock(&control->rights_lock);
}

static int do_alone(struct desk *desk, writer_work *work, void *context, struct error *err)
{
	struct visitor *visitor = (struct visitor *)desk;

	return writer_run_alone(visitor->control->app->writer, work, context, err);
}

static const struct desk_kind served_kind = {
	say, ask, goes_on, write_in_turn, rights_changed, do_alone};

/* --- a visitor ---------------------------------------------------------------------------------- */

/* The words of an order, borrowed from it. */
static int read_words(const struct json_node *order, char *argv[WORDS_MAX], int *ret_argc,
	struct error *err)
{
	const struct json_node *words = json_node_get(order, "words");
	size_t count = json_node_count(words);

	if (!count || count > WORDS_MAX)
		return fail_control_words(err);
	for (size_t i = 0; i < count; i++) {
		const char *word;

		if (!json_node_text(json_node_at(words, i), &word))
			return fail_control_words(err);
		argv[i] = (char *)(uintptr_t)word; /* nobody writes to it */
	}
	*ret_argc = (int)count;
	return 0;
}

static void set_desk(struct visitor *visitor, const struct json_node *order)
{
	const struct app *app = visitor->control->app;
	struct desk *desk = &visitor->desk;

	json_node_text(json_node_get(order, "folder"), &desk->user_folder);
	json_node_bool(json_node_get(order, "terminal"), &desk->is_terminal);
	json_node_bool(json_node_get(order, "can_ask"), &desk->can_ask);
	desk->folder = app->folder;
	desk->city = &app->opened.city;
	snprintf(desk->public_url, sizeof desk->public_url, "%s", app->public_url);
	desk_set_actor(desk, visitor->user_id);
}

/* Does what the order says. */
static int obey(struct visitor *visitor, const struct json_node *order, struct error *err)
{
	autoptr(store_close) struct store *store = NULL;
	const char *lang = "";
	char *argv[WORDS_MAX];
	int argc = 0, rc = read_words(order, argv, &argc, err);

	if (rc)
		return rc;
	command_line_begin(argc, argv, &visitor->line);
	if (json_node_text(json_node_get(order, "lang"), &lang))
		visitor->line.lang = strcmp(lang, "en") ? LANG_VI : LANG_EN;
	set_desk(visitor, order);
	rc = command_line_parse(argc, argv, &visitor->line, err);
	if (!rc && (!visitor->line.command->run || visitor->line.command->use == COMMAND_ALONE))
		rc = fail_control_words(err);
	if (!rc)
		rc = register_connect(
			visitor->control->app->folder, STORE_READ, &store, err);
	visitor->desk.store = store;
	return rc ? rc : visitor->line.command->run(&visitor->desk, err);
}

/* Only the user of this process, and root. */
static int check_user(struct visitor *visitor, struct error *err)
{
	if (control_socket_user(visitor->wire.fd, &visitor->user_id) &&
		(visitor->user_id == geteuid() || !visitor->user_id))
		return 0;
	return fail_control_denied(err);
}

static void send_exit(struct visitor *visitor, int status)
{
	autofree(strbuf_clear) struct strbuf json = STRBUF(64);

	strbuf_add_format(&json, "{\"exit\":%d}", status);
	control_wire_send(&visitor->wire, &json);
}

static void finish(struct visitor *visitor, int rc, const struct error *err)
{
	const struct command *command = visitor->line.command;

	if (rc)
		desk_print_error(&visitor->desk, err);
	send_exit(visitor, desk_exit_status(rc));
	log_event(rc ? LOG_WARNING : LOG_INFO, "command",
		LOG_TEXT("verb", command ? command->name : NULL),
		LOG_TEXT("actor", visitor->desk.actor),
		LOG_TEXT("code", rc ? error_message_code(err) : NULL),
		LOG_TEXT("detail", rc && *err->detail ? err->detail : NULL));
}

static void *visit(void *context)
{
	struct visitor *visitor = context;
	autoptr(json_document_free) struct json_node *order = NULL;
	struct error err = {0};
	int rc = check_user(visitor, &err);

	if (!rc)
		order = control_wire_read(&visitor->wire, ORDER_MS);
	if (!rc && !order)
		rc = fail_control_words(&err);
	if (!rc)
		rc = obey(visitor, order, &err);
	finish(visitor, rc, &err);
	strbuf_clear(&visitor->desk.report);
	control_wire_finish(&visitor->wire, FINISH_MS);
	/* Whose wire is closed has left room for the next one. */
	atomic_store(&visitor->is_over, true);
	pthread_mutex_lock(&visitor->control->lock);
	control_wire_clear(&visitor->wire);
	pthread_mutex_unlock(&visitor->control->lock);
	return NULL;
}

/* --- listening ---------------------------------------------------------------------------------- */

static void join(struct visitor *visitor)
{
	pthread_join(visitor->thread, NULL);
	visitor->is_taken = false;
}

/* A place for one more, or NULL. */
static struct visitor *find_place(struct control *control)
{
	struct visitor *found = NULL;

	for (size_t i = 0; i < VISITORS_MAX; i++) {
		struct visitor *visitor = &control->visitors[i];

		if (visitor->is_taken && atomic_load(&visitor->is_over))
			join(visitor);
		if (!visitor->is_taken)
			found = visitor;
	}
	return found;
}

static void begin_visit(struct visitor *visitor, struct control *control, int fd)
{
	*visitor = (struct visitor){.control = control, .wire = CONTROL_WIRE(fd),
		.desk = {.kind = &served_kind, .user_folder = "", .report = STRBUF(SIZE_MAX)}};
	visitor->desk.line = &visitor->line;
}

/* Tells one too many, or one for whom there is no thread. */
static void send_away(struct visitor *visitor)
{
	struct error err = {0};

	finish(visitor, fail_control_full(&err), &err);
	control_wire_clear(&visitor->wire);
}

static void admit(struct control *control, int fd)
{
	struct visitor *visitor = find_place(control), surplus;

	if (!visitor) {
		begin_visit(&surplus, control, fd);
		send_away(&surplus);
		return;
	}
	pthread_mutex_lock(&control->lock);
	begin_visit(visitor, control, fd);
	pthread_mutex_unlock(&control->lock);
	visitor->is_taken = !pthread_create(&visitor->thread, NULL, visit, visitor);
	if (!visitor->is_taken)
		send_away(visitor);
}

static void *listen_thread(void *context)
{
	struct control *control = context;
	const struct timespec pause = {.tv_nsec = FAULT_MS * 1000000L};

	while (!atomic_load(&control->is_stopping)) {
		int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			admit(control, fd);
		else if (errno != EINTR && !atomic_load(&control->is_stopping))
			nanosleep(&pause, NULL);
	}
	return NULL;
}

static void free_control(struct control *control)
{
	pthread_mutex_destroy(&control->rights_lock);
	pthread_mutex_destroy(&control->lock);
	free(control);
}

int control_start(const struct app *app, struct control **ret_control, struct error *err)
{
	struct control *control = calloc(1, sizeof *control);
	int rc = 0;

	if (!control)
		return fail_no_memory(err);
	control->app = app;
	for (size_t i = 0; i < VISITORS_MAX; i++)
		control->visitors[i].wire = CONTROL_WIRE(-1);
	pthread_mutex_init(&control->lock, NULL);
	pthread_mutex_init(&control->rights_lock, NULL);
	control->fd = control_socket_listen(app->folder, VISITORS_MAX);
	if (control->fd < 0) {
		rc = fail_control_not_made(err);
		error_detail(err, "%s", strerror(errno));
	} else if (pthread_create(&control->thread, NULL, listen_thread, control)) {
		close(control->fd);
		control_socket_remove(app->folder);
		rc = fail_no_thread(err);
	}
	if (rc) {
		free_control(control);
		return rc;
	}
	*ret_control = control;
	return 0;
}

void control_stop(struct control *control)
{
	if (!control)
		return;
	control_socket_remove(control->app->folder);
	atomic_store(&control->is_stopping, true);
	shutdown(control->fd, SHUT_RDWR);
	pthread_join(control->thread, NULL);
	close(control->fd);
	/* Wakes who waits to hear something; what is to be said can still be said. */
	pthread_mutex_lock(&control->lock);
	for (size_t i = 0; i < VISITORS_MAX; i++)
		if (control->visitors[i].wire.fd >= 0)
			shutdown(control->visitors[i].wire.fd, SHUT_RD);
	pthread_mutex_unlock(&control->lock);
	for (size_t i = 0; i < VISITORS_MAX; i++)
		if (control->visitors[i].is_taken)
			join(&control->visitors[i]);
	free_control(control);
}
