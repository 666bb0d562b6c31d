/* dothi person: people enter the register, are looked up on the record, and are erased. */
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "data/access_log.h"
#include "server/cases/people.h"
#include "server/commands/desk.h"

enum { TEXT_MAX_BYTES = 4096, ARENA_BYTES = 1 << 16 };

static int read_id(const struct command_line *line, int64_t *ret_id, struct error *err)
{
	const char *text = line->words[1];

	if (number_parse_int(text, strlen(text), 1, INT64_MAX, ret_id))
		return 0;
	return fail_option_value(err, "ID", text);
}

/* A text that must be given. */
static int need(const struct command_line *line, const char *option, const char **ret, struct error *err)
{
	*ret = command_value(line, option, 0);
	return *ret && **ret ? 0 : fail_option_missing(err, option, line->command->name);
}

static void print_id(struct desk *desk, int64_t id, int message)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	const union message_arg args[] = {{.integer = id}};

	if (desk->line->json) {
		json_begin_object(&json);
		json_member_int(&json, "person_id", id);
		json_end_object(&json);
	} else {
		message_print(&text, desk->line->lang, message, args);
	}
	desk_print(desk, &text);
}

static int run_add(struct desk *desk, struct error *err)
{
	struct person_entry entry = {
		.values = {.id_number = command_value(desk->line, "id-number", 0),
			.contact = command_value(desk->line, "contact", 0)},
		.author = {desk->actor, "person", clock_now_us(&clock_system)},
		.randomness = &randomness_system};
	int rc = need(desk->line, "name", &entry.values.name, err);

	if (!rc)
		rc = desk_write(desk, people_enter, &entry, err);
	if (!rc)
		print_id(desk, entry.id, MSG_PERSON_ADDED);
	return rc;
}

/* That somebody looks is written before anything is shown. */
static int note_look(struct store *store, void *context, struct error *err)
{
	autoptr(access_log_free) struct access_log *log = NULL;
	size_t written;
	int rc = access_log_new(1, &log, err);

	if (!rc)
		rc = access_note(log, context, err);
	return rc ? rc : access_write(log, store, &written, err);
}

static void print_person(struct desk *desk, const struct person *person)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	struct digest_text hash = digest_print(&person->hash);

	if (desk->line->json) {
		json_begin_object(&json);
		json_member_int(&json, "person_id", person->id);
		json_member_text(&json, "name", person->values.name);
		json_member_text(&json, "id_number", person->values.id_number);
		json_member_text(&json, "contact", person->values.contact);
		json_member_text(&json, "sha256", hash.text);
		json_member_bool(&json, "erased", person->erased_at_us != 0);
		json_end_object(&json);
	} else if (person->erased_at_us) {
		say_person_erased(&text, desk->line->lang, person->id);
	} else {
		say_person_shown(&text, desk->line->lang, person->values.name,
			person->values.id_number, person->values.contact);
	}
	desk_print(desk, &text);
}

static int run_show(struct desk *desk, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct access access = {.at_us = clock_now_us(&clock_system)};
	struct person person;
	int rc = read_id(desk->line, &access.person_id, err);

	if (!rc)
		rc = need(desk->line, "purpose", &access.purpose, err);
	if (!rc)
		rc = person_read(desk->store, access.person_id, &arena, &person, err);
	if (!rc)
		rc = desk_write(desk, note_look, &access, err);
	if (!rc)
		print_person(desk, &person);
	return rc;
}

static int run_erase(struct desk *desk, struct error *err)
{
	struct person_exit leaving = {
		.author = {.actor = desk->actor, .at_us = clock_now_us(&clock_system)}};
	int rc = read_id(desk->line, &leaving.id, err);

	if (!rc)
		rc = need(desk->line, "reason", &leaving.author.reason, err);
	if (!rc)
		rc = desk_write(desk, people_erase, &leaving, err);
	if (!rc)
		rc = desk_wipe(desk, err);
	if (!rc)
		print_id(desk, leaving.id, MSG_PERSON_ERASED);
	return rc;
}

static const struct command_option add_options[] = {
	{"name", "NAME", MSG_HELP_PERSON_NAME},
	{"id-number", "NUMBER", MSG_HELP_PERSON_NUMBER},
	{"contact", "TEXT", MSG_HELP_PERSON_CONTACT},
	{NULL, NULL, 0},
};
static const struct command_option show_options[] = {
	{"purpose", "TEXT", MSG_HELP_PERSON_PURPOSE},
	{NULL, NULL, 0},
};
static const struct command_option erase_options[] = {
	{"reason", "TEXT", MSG_HELP_PERSON_REASON},
	{NULL, NULL, 0},
};

const struct command person_command = {
	"person", "…", 0, COMMAND_WORDS_MAX, MSG_HELP_PERSON, NULL, COMMAND_ALONE, NULL};
const struct command person_add_command = {"person add", "DIR", 1, 1, MSG_HELP_PERSON_ADD,
	add_options, COMMAND_WRITES, run_add};
const struct command person_show_command = {"person show", "DIR ID", 2, 2, MSG_HELP_PERSON_SHOW,
	show_options, COMMAND_WRITES, run_show};
const struct command person_erase_command = {"person erase", "DIR ID", 2, 2,
	MSG_HELP_PERSON_ERASE, erase_options, COMMAND_WRITES, run_erase};
