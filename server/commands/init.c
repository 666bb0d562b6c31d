/* dothi init: an empty register. */
#include "base/messages.h"
#include "base/text.h"
#include "server/commands/city.h"
#include "server/commands/desk.h"

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	const char *name = command_value(line, "name", 0);
	autofree(strbuf_clear) struct strbuf said = STRBUF(2000);
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(CITY_NAME_MAX - 1);
	int64_t epsg;
	int rc = command_int(line, "crs", 1, CRS_EPSG_MAX, 0, &epsg, err);

	if (rc)
		return rc;
	if (!epsg)
		return fail_option_missing(err, "crs", "init");
	if (!name || !*name)
		return fail_option_missing(err, "name", "init");
	if (!text_nfc(&nfc, name, strlen(name)) || nfc.failed)
		return fail_option_value(err, "name", name);
	rc = city_create(line->words[0], (int)epsg, nfc.data, err);
	if (rc)
		return rc;
	if (line->json) {
		struct json_writer json = JSON_WRITER(&said);

		json_begin_object(&json);
		json_member_text(&json, "folder", line->words[0]);
		json_member_text(&json, "name", nfc.data);
		json_member_int(&json, "epsg", epsg);
		json_end_object(&json);
		desk_print(desk, &said);
		return 0;
	}
	say_init_done(&said, line->lang, nfc.data, line->words[0], epsg);
	desk_print(desk, &said);
	return 0;
}

static const struct command_option options[] = {
	{"crs", "EPSG", MSG_HELP_INIT_CRS},
	{"name", "NAME", MSG_HELP_INIT_NAME},
	{NULL, NULL, 0},
};

const struct command init_command = {
	"init", "DIR", 1, 1, MSG_HELP_INIT, options, COMMAND_ALONE, run};
