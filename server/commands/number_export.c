/* dothi number export, number plates: house numbers as files, and the plates of a street. */
#include "base/file.h"
#include "base/messages.h"
#include "server/api_words.h"
#include "server/cases/address_exchange.h"
#include "server/cases/plates.h"
#include "server/commands/number_ward.h"

enum {
	PATH_MAX_BYTES = 4096,
	LINE_MAX_BYTES = 4096,
	TEXT_MAX_BYTES = 64 << 20,
	ARENA_BYTES = 512 << 20,
};

/* A file while it is written: beside its name, until it is complete. */
struct target {
	struct strbuf path, growing;
	int fd;
};

static void target_clear(struct target *target)
{
	file_drop(&target->fd);
	if (target->growing.len)
		(void)file_remove(target->growing.data, NULL);
	strbuf_clear(&target->path);
	strbuf_clear(&target->growing);
}

static int target_open(struct desk *desk, struct target *target, struct error *err)
{
	struct strbuf growing = STRBUF(PATH_MAX_BYTES);
	int rc;

	desk_path(desk, desk->line->words[1], &target->path);
	strbuf_add_format(&growing, "%s.part", target->path.data);
	rc = strbuf_check(&target->path, err);
	if (!rc)
		rc = strbuf_check(&growing, err);
	if (!rc && file_is_folder(target->path.data))
		rc = fail_file_not_writable(err, file_name(target->path.data));
	if (!rc && file_exists(target->path.data) && !command_value(desk->line, "force", 0))
		rc = fail_export_there(err, file_name(target->path.data));
	if (!rc)
		rc = file_create(growing.data, &target->fd, err);
	if (rc)
		strbuf_clear(&growing);
	else
		target->growing = growing;
	return rc;
}

static int target_write(void *context, const char *bytes, size_t len, struct error *err)
{
	struct target *target = context;

	return file_append(target->fd, bytes, len, err);
}

static int target_close(struct target *target, struct error *err)
{
	int fd = target->fd, rc;

	target->fd = -1;
	rc = file_close(fd, err);
	if (!rc)
		rc = file_rename(target->growing.data, target->path.data, err);
	if (!rc)
		strbuf_reset(&target->growing);
	return rc;
}

static int read_order(struct desk *desk, struct address_exchange *exchange, struct error *err)
{
	const struct command_line *line = desk->line;
	const char *format = command_value(line, "format", 0);
	int rc = format ? 0 : fail_option_missing(err, "format", "number export");

	if (!rc && !address_format_parse(format, &exchange->format))
		rc = fail_option_value(err, "format", format);
	if (!rc)
		rc = number_ward(desk, &exchange->unit_id, err);
	if (!rc)
		rc = command_int(line, WORD_STREET, 1, INT64_MAX, 0, &exchange->street_id, err);
	exchange->plain = command_value(line, "plain", 0) != NULL;
	exchange->all_states = command_value(line, "all", 0) != NULL;
	return rc;
}

static int save(struct desk *desk, struct address_exchange *exchange, struct error *err)
{
	autofree(target_clear) struct target target = {
		STRBUF(PATH_MAX_BYTES), STRBUF(PATH_MAX_BYTES), -1};
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	int rc = target_open(desk, &target, err);

	exchange->write = target_write;
	exchange->context = &target;
	if (!rc)
		rc = address_exchange_run(exchange, err);
	if (!rc)
		rc = target_close(&target, err);
	if (rc)
		return rc;
	say_addresses_saved(&text, desk->line->lang, exchange->rows, file_name(target.path.data));
	desk_print(desk, &text);
	return 0;
}

static int run_export(struct desk *desk, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	const struct view view = VIEW_NOW(layer_of_addresses(city_layers()));
	struct case_tools tools = {
		.store = desk->store, .city = desk->city, .layers = city_layers(), .arena = &arena};
	struct address_exchange exchange = {.tools = &tools, .view = &view, .most = INT64_MAX};
	int rc = read_order(desk, &exchange, err);

	if (!rc)
		rc = crs_context_new(&crs, err);
	if (!rc)
		rc = crs_pin(crs, desk->city, err);
	tools.crs = crs;
	return rc ? rc : save(desk, &exchange, err);
}

static int run_plates(struct desk *desk, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	const struct view view = VIEW_NOW(layer_of_addresses(city_layers()));
	const struct case_tools tools = {
		.store = desk->store, .city = desk->city, .layers = city_layers(), .arena = &arena};
	struct json_writer json = JSON_WRITER(&text);
	struct plates plates;
	int64_t street = 0;
	int rc = command_int(desk->line, WORD_STREET, 1, INT64_MAX, 0, &street, err);

	if (!rc && !street)
		rc = fail_option_missing(err, WORD_STREET, "number plates");
	if (!rc)
		rc = plates_read(&tools, &view, street, &plates, err);
	if (rc)
		return rc;
	if (desk->line->json)
		plates_write_json(&plates, &json);
	else
		plates_write_table(&plates, desk->line->lang, &text);
	rc = strbuf_check(&text, err);
	if (!rc)
		desk_print(desk, &text);
	return rc;
}

static const struct command_option export_options[] = {
	{"format", "bal|openaddresses", MSG_HELP_NUMBER_FORMAT},
	{"ward", "CODE", MSG_HELP_NETWORK_WARD},
	{WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD},
	{"plain", NULL, MSG_HELP_NUMBER_PLAIN},
	{"all", NULL, MSG_HELP_NUMBER_ALL},
	{"force", NULL, MSG_HELP_EXPORT_FORCE},
	{NULL, NULL, 0},
};

static const struct command_option plates_options[] = {
	{WORD_STREET, "ID", MSG_HELP_NUMBER_ROAD},
	{NULL, NULL, 0},
};

const struct command number_export_command = {"number export", "DIR FILE", 2, 2,
	MSG_HELP_NUMBER_EXPORT, export_options, COMMAND_READS, run_export};
const struct command number_plates_command = {"number plates", "DIR", 1, 1, MSG_HELP_NUMBER_PLATES,
	plates_options, COMMAND_READS, run_plates};
