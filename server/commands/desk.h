/*
 * desk: where a verb works: the words of its user, the register, and the way to say something.
 *
 * The same verb works in the process of its user, which then holds the lock of the register
 * (own_desk.h), and in the process that serves the register, for a user behind DIR/control.sock
 * (control.h). So a verb reads from desk->store, writes only by desk_write(), and prints, asks and
 * looks whether it shall go on only by what stands here.
 *
 * A desk belongs to one thread at a time; what desk_write() runs may be another one's, while the
 * verb waits.
 */
#ifndef SERVER_COMMANDS_DESK_H
#define SERVER_COMMANDS_DESK_H

#include "data/register.h"
#include "data/writer.h"
#include "server/commands/command.h"

enum desk_stream { DESK_RESULTS, DESK_TALK };
enum { DESK_ACTOR_MAX = 80, DESK_URL_MAX = 256 };

/* How a kind of desk does what verbs ask of it. */
struct desk_kind {
	void (*say)(struct desk *desk, enum desk_stream stream, const char *text, size_t len);
	bool (*ask)(struct desk *desk, const char *question, char *answer, size_t size);
	bool (*goes_on)(struct desk *desk);
	int (*write)(struct desk *desk, writer_work *work, void *context, struct error *err);
	void (*rights_changed)(struct desk *desk);
	int (*alone)(struct desk *desk, writer_work *work, void *context, struct error *err);
};

struct desk {
	const struct desk_kind *kind;
	const struct command_line *line;
	const char *user_folder; /* that paths of the user start from; "" where the process stands */
	bool is_terminal;	 /* talk is read on one */
	bool can_ask;
	char actor[DESK_ACTOR_MAX]; /* in the feed: "cli:lan" */
	struct strbuf report; /* JSON object of a verb that fails and has more to tell than why */

	/* Of verbs that read or write. */
	const char *folder;
	struct store *store; /* for reading */
	const struct city *city;
	char public_url[DESK_URL_MAX]; /* without '/' at its end; "" unknown */
};

/* Says a line of results, or of talk. */
void desk_print(struct desk *desk, const struct strbuf *text);
void desk_talk(struct desk *desk, const struct strbuf *text);

/* Says how far it is; on a terminal each says it over the one before, until desk_progress_end. */
void desk_progress(struct desk *desk, const struct strbuf *text);
void desk_progress_end(struct desk *desk);

/* Asks yes or no, if it can; no answer is no. */
bool desk_ask(struct desk *desk, const struct strbuf *question);

/* False when the user has stopped it; the context is the desk. */
bool desk_goes_on(void *context);

/* Does the work in a transaction and waits until it is durable, or undone. */
int desk_write(struct desk *desk, writer_work *work, void *context, struct error *err);

/*
 * Removes the bytes of erased persons from the files. What a reader still sees goes later, by the
 * server's own doing.
 */
int desk_wipe(struct desk *desk, struct error *err);

/* To be called after a write that changed what somebody may see or do. */
void desk_rights_changed(struct desk *desk);

/* Appends the path that the user means. */
void desk_path(const struct desk *desk, const char *word, struct strbuf *path);

/* Prints the help of the verb, of a group, or all when it is NULL. */
void desk_print_help(struct desk *desk, const struct command *command);

/* Names the Unix user in the feed. */
void desk_set_actor(struct desk *desk, unsigned user_id);

/* Says why a verb failed. */
void desk_print_error(struct desk *desk, const struct error *err);

/* sysexits(3): the exit status for 0 or an enum error_code. */
int desk_exit_status(int error_code);

#endif
