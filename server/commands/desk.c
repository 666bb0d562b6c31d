#include <pwd.h>

#include "server/commands/desk.h"

#include "data/person.h"

#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/text.h"

enum { TEXT_MAX_BYTES = 16384, USER_RECORD_BYTES = 16384 };

static void say_line(struct desk *desk, enum desk_stream stream, const struct strbuf *text)
{
	autofree(strbuf_clear) struct strbuf line = STRBUF(SIZE_MAX);

	/* One piece, so that lines of two processes do not mix. */
	strbuf_add(&line, text->data, text->len);
	strbuf_add_char(&line, '\n');
	if (!line.failed) {
		desk->kind->say(desk, stream, line.data, line.len);
		return;
	}
	desk->kind->say(desk, stream, text->data, text->len);
	desk->kind->say(desk, stream, "\n", 1);
}

void desk_print(struct desk *desk, const struct strbuf *text)
{
	say_line(desk, DESK_RESULTS, text);
}

void desk_talk(struct desk *desk, const struct strbuf *text)
{
	say_line(desk, DESK_TALK, text);
}

void desk_progress(struct desk *desk, const struct strbuf *text)
{
	autofree(strbuf_clear) struct strbuf line = STRBUF(TEXT_MAX_BYTES);

	strbuf_add_format(&line, desk->is_terminal ? "\r%s\033[K" : "%s\n", text->data);
	desk->kind->say(desk, DESK_TALK, line.data, line.len);
}

void desk_progress_end(struct desk *desk)
{
	if (desk->is_terminal)
		desk->kind->say(desk, DESK_TALK, "\r\033[K", 4);
}

bool desk_ask(struct desk *desk, const struct strbuf *question)
{
	char answer[16] = "";

	if (!desk->can_ask || !desk->kind->ask(desk, question->data, answer, sizeof answer))
		return false;
	/* "y", and "c" for "có". */
	return answer[0] == 'y' || answer[0] == 'Y' || answer[0] == 'c' || answer[0] == 'C';
}

bool desk_goes_on(void *context)
{
	struct desk *desk = context;

	return desk->kind->goes_on(desk);
}

int desk_write(struct desk *desk, writer_work *work, void *context, struct error *err)
{
	return desk->kind->write(desk, work, context, err);
}

void desk_rights_changed(struct desk *desk)
{
	desk->kind->rights_changed(desk);
}

void desk_path(const struct desk *desk, const char *word, struct strbuf *path)
{
	if (word[0] == '/' || !*desk->user_folder)
		strbuf_add_text(path, word);
	else
		file_join(path, desk->user_folder, word);
}

void desk_print_help(struct desk *desk, const struct command *command)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);

	command_help(&text, command, desk->line->lang);
	desk->kind->say(desk, DESK_RESULTS, text.data, text.len);
}

void desk_set_actor(struct desk *desk, unsigned user_id)
{
	char record[USER_RECORD_BYTES];
	struct passwd entry, *found = NULL;

	if (!getpwuid_r(user_id, &entry, record, sizeof record, &found) && found &&
		text_is_utf8(entry.pw_name, strlen(entry.pw_name)) &&
		strlen(entry.pw_name) < DESK_ACTOR_MAX - sizeof "cli:")
		snprintf(desk->actor, sizeof desk->actor, "cli:%s", entry.pw_name);
	else
		snprintf(desk->actor, sizeof desk->actor, "cli:%u", user_id);
}

/* One document: what the verb has to tell, and the error in it. */
static void print_json_error(struct desk *desk, const struct error *err, const char *detail,
	const char *advice)
{
	autofree(strbuf_clear) struct strbuf said = STRBUF(SIZE_MAX);
	struct json_writer json = JSON_WRITER(&said);

	json_begin_object(&json);
	if (desk->report.len)
		json_put_raw(&json, desk->report.data + 1, desk->report.len - 2);
	json_put_key(&json, "error");
	json_begin_object(&json);
	json_member_text(&json, "code", error_message_code(err));
	json_member_text(&json, "detail", detail);
	if (*err->where)
		json_member_text(&json, "where", err->where);
	if (*advice)
		json_member_text(&json, "try", advice);
	json_end_object(&json);
	json_end_object(&json);
	desk_print(desk, &said);
}

void desk_print_error(struct desk *desk, const struct error *err)
{
	enum lang lang = desk->line->lang;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf advice = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf said = STRBUF(SIZE_MAX);

	error_print(&text, err, lang);
	error_print_try(&advice, err, lang);
	/* What happened, where, what to do; the code at the end. */
	strbuf_add_format(&said, "dothi: %s", text.data);
	if (*err->where)
		strbuf_add_format(&said, "\n  (%s)", err->where);
	if (advice.len)
		strbuf_add_format(&said, "\n  → %s", advice.data);
	strbuf_add_format(&said, "\n  [%s]", error_message_code(err));
	desk_talk(desk, &said);
	if (desk->line->json)
		print_json_error(desk, err, text.data, advice.data);
}

int desk_exit_status(int error_code)
{
	static const struct {
		int error, status;
	} rows[] = {
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

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].error == error_code)
			return rows[i].status;
	return 1;
}

static int wipe(struct store *store, void *context, struct error *err)
{
	(void)context;
	return person_wipe(store, clock_now_us(&clock_system), err);
}

int desk_wipe(struct desk *desk, struct error *err)
{
	int rc = desk->kind->alone(desk, wipe, NULL, err);

	return rc == ERR_BUSY ? 0 : rc;
}
