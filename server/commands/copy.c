/* dothi copy: a register as it is to another place: into PostgreSQL, out of it, or beside. */
#include "data/copy.h"

#include "base/messages.h"
#include "server/commands/city.h"
#include "server/commands/desk.h"

enum { TEXT_MAX_BYTES = 4096, REPORT_MAX_BYTES = 1 << 20, PROGRESS_MS = 1000 };

struct moving_house {
	struct desk *desk;
	struct store *from;
	const struct city *city;
	int64_t last_progress_ms;
	int64_t tables, rows;
	struct strbuf report; /* JSON, or a line a table */
	struct json_writer json;
};

static bool show_progress(void *context, int64_t rows)
{
	struct moving_house *moving = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(TEXT_MAX_BYTES);
	int64_t now_ms = clock_ticks_ms();

	if (now_ms - moving->last_progress_ms >= PROGRESS_MS) {
		moving->last_progress_ms = now_ms;
		say_copy_progress(&text, moving->desk->line->lang, rows);
		desk_progress(moving->desk, &text);
	}
	return desk_goes_on(moving->desk);
}

static bool take_table(void *context, const struct copied_table *table)
{
	struct moving_house *moving = context;
	struct digest_text digest = digest_print(&table->digest);

	moving->tables++;
	moving->rows += table->rows;
	if (moving->desk->line->json) {
		json_begin_object(&moving->json);
		json_member_text(&moving->json, "table", table->name);
		json_member_int(&moving->json, "rows", table->rows);
		json_member_text(&moving->json, "sha256", digest.text);
		json_end_object(&moving->json);
	} else {
		say_copy_table(&moving->report, moving->desk->line->lang, table->rows, table->name,
			digest.text);
		strbuf_add_char(&moving->report, '\n');
	}
	return desk_goes_on(moving->desk);
}

static int fill(struct store *store, void *context, struct error *err)
{
	struct moving_house *moving = context;
	const struct copy_plan plan = {.layers = city_layers(),
		.epsg = moving->city->epsg,
		.tell = take_table,
		.progress = show_progress,
		.context = moving};

	return copy_register(moving->from, store, &plan, err);
}

static void report(struct moving_house *moving, const char *folder)
{
	struct desk *desk = moving->desk;
	autofree(strbuf_clear) struct strbuf said = STRBUF(TEXT_MAX_BYTES);

	if (desk->line->json) {
		json_end_array(&moving->json);
		json_member_text(&moving->json, "folder", folder);
		json_member_int(&moving->json, "rows", moving->rows);
		json_end_object(&moving->json);
	} else {
		moving->report.len -= moving->report.len > 0; /* the last end of a line */
		moving->report.data[moving->report.len] = '\0';
	}
	desk_print(desk, &moving->report);
	if (desk->line->json)
		return;
	say_copy_done(&said, desk->line->lang, moving->rows, moving->tables, folder);
	desk_talk(desk, &said);
}

static int copy(struct moving_house *moving, const char *to, struct error *err)
{
	struct city_plan plan = {.folder = to,
		.epsg = moving->city->epsg,
		.name = moving->city->name,
		.fill = fill,
		.context = moving};
	int rc = city_read_store(moving->desk->line, &plan, err);

	if (rc)
		return rc;
	if (moving->desk->line->json) {
		json_begin_object(&moving->json);
		json_put_key(&moving->json, "tables");
		json_begin_array(&moving->json);
	}
	rc = city_create(&plan, err);
	desk_progress_end(moving->desk);
	if (!rc)
		rc = strbuf_check(&moving->report, err);
	if (!rc)
		report(moving, to);
	return rc;
}

static int run(struct desk *desk, struct error *err)
{
	autofree(register_close) struct register_folder opened = REGISTER_CLOSED;
	struct moving_house moving = {.desk = desk,
		.last_progress_ms = clock_ticks_ms(),
		.report = STRBUF(REPORT_MAX_BYTES)};
	int rc = register_open(desk->line->words[0], city_layers(), STORE_READ,
		clock_now_us(&clock_system), &opened, err);

	moving.json = JSON_WRITER(&moving.report);
	moving.from = opened.store;
	moving.city = &opened.city;
	if (!rc)
		rc = copy(&moving, desk->line->words[1], err);
	strbuf_clear(&moving.report);
	return rc;
}

static const struct command_option options[] = {
	{"store", "ADDRESS", MSG_HELP_INIT_STORE},
	{"records", "N", MSG_HELP_INIT_RECORDS},
	{"partition", "N", MSG_HELP_INIT_PARTITION},
	{NULL, NULL, 0},
};

const struct command copy_command = {
	"copy", "FROM TO", 2, 2, MSG_HELP_COPY, options, COMMAND_ALONE, run};
