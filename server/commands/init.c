/* dothi init: an empty register. */
#include "base/messages.h"
#include "base/text.h"
#include "server/commands/city.h"
#include "server/commands/desk.h"

static void report(struct desk *desk, const struct city *city, bool joined)
{
	const struct command_line *line = desk->line;
	autofree(strbuf_clear) struct strbuf said = STRBUF(2000);

	if (line->json) {
		struct json_writer json = JSON_WRITER(&said);

		json_begin_object(&json);
		json_member_text(&json, "folder", line->words[0]);
		json_member_text(&json, "name", city->name);
		json_member_int(&json, "epsg", city->epsg);
		json_end_object(&json);
	} else if (joined) {
		say_init_joined(&said, line->lang, city->name, line->words[0]);
	} else {
		say_init_done(&said, line->lang, city->name, line->words[0], city->epsg);
	}
	desk_print(desk, &said);
}

static int make(struct desk *desk, struct city_plan *plan, const char *name, struct error *err)
{
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(CITY_NAME_MAX - 1);
	struct city city = {.epsg = plan->epsg};
	int rc;

	if (!plan->epsg)
		return fail_option_missing(err, "crs", "init");
	if (!name || !*name)
		return fail_option_missing(err, "name", "init");
	if (!text_nfc(&nfc, name, strlen(name)) || nfc.failed)
		return fail_option_value(err, "name", name);
	plan->name = nfc.data;
	rc = city_create(plan, err);
	if (rc)
		return rc;
	snprintf(city.name, sizeof city.name, "%s", nfc.data);
	report(desk, &city, false);
	return 0;
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	const char *name = command_value(line, "name", 0);
	struct city_plan plan = {.folder = line->words[0]};
	struct city city;
	int64_t epsg;
	int rc = command_int(line, "crs", 1, CRS_EPSG_MAX, 0, &epsg, err);

	if (!rc)
		rc = city_read_store(line, &plan, err);
	if (rc)
		return rc;
	/* Another server over a register that is there already. */
	if (plan.store && !epsg && !name && !plan.partitions.count) {
		rc = register_join(plan.folder, plan.store, &city, err);
		if (!rc)
			report(desk, &city, true);
		return rc;
	}
	plan.epsg = (int)epsg;
	return make(desk, &plan, name, err);
}

static const struct command_option options[] = {
	{"crs", "EPSG", MSG_HELP_INIT_CRS},
	{"name", "NAME", MSG_HELP_INIT_NAME},
	{"store", "ADDRESS", MSG_HELP_INIT_STORE},
	{"records", "N", MSG_HELP_INIT_RECORDS},
	{"partition", "N", MSG_HELP_INIT_PARTITION},
	{NULL, NULL, 0},
};

const struct command init_command = {
	"init", "DIR", 1, 1, MSG_HELP_INIT, options, COMMAND_ALONE, run};
