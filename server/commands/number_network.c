/* dothi number network: the network of streets is looked at, and what is decided is written. */
#include <math.h>

#include "base/messages.h"
#include "server/cases/network.h"
#include "server/commands/desk.h"
#include "server/commands/number_ward.h"

enum {
	LINE_MAX_BYTES = 4096,
	JSON_MAX_BYTES = 128 << 20,
	ARENA_BYTES = 1 << 30,
};

/* The verb while it works. */
struct session {
	struct desk *desk;
	struct case_tools tools;
	struct network_survey survey;
	struct network_change change;
};

/* --- telling ---------------------------------------------------------------------------------- */

static void print_findings(struct session *session)
{
	const struct street_network *network = &session->survey.network;
	const enum lang lang = session->desk->line->lang;

	for (size_t i = 0; i < network->finding_count; i++) {
		autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
		struct error what = {0};

		network_finding_say(network, &network->findings[i], &what);
		error_print(&text, &what, lang);
		strbuf_add_format(&text, " [%s] %.1f %.1f", error_message_code(&what),
			network->findings[i].xy[0], network->findings[i].xy[1]);
		desk_print(session->desk, &text);
	}
}

static void print_summary(struct session *session)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	const struct network_survey *survey = &session->survey;
	int64_t questions = 0, changes = 0;

	for (size_t i = 0; i < survey->network.finding_count; i++)
		questions += survey->network.findings[i].fault >= NETWORK_ASK_SECTOR;
	for (size_t i = 0; i < survey->count; i++)
		changes += survey->streets[i].is_judged && survey->network.nodes[i].direction &&
			   network_changes(survey, i, session->change.overwrite);
	say_network_summary(&text, session->desk->line->lang, (int64_t)survey->judged,
		(int64_t)survey->network.finding_total - questions, questions, changes);
	desk_print(session->desk, &text);
}

static int print_json(struct session *session, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(JSON_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&text);
	int rc = network_survey_write(&json, &session->survey, session->desk->line->lang, err);

	if (!rc)
		rc = strbuf_check(&text, err);
	if (!rc)
		desk_print(session->desk, &text);
	return rc;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* In slices, so that other writers take their turns. */
static int apply(struct session *session, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);
	struct network_change *change = &session->change;
	int64_t written = 0;
	int rc = 0;

	while (!rc && change->until < session->survey.count) {
		if (!desk_goes_on(session->desk))
			return fail_cancelled(err);
		change->from = change->until;
		change->until = change->from + NETWORK_CHOICES_MAX;
		if (change->until > session->survey.count)
			change->until = session->survey.count;
		rc = desk_write(session->desk, network_change_run, change, err);
		written += (int64_t)change->written;
	}
	if (rc)
		return rc;
	say_network_written(&text, session->desk->line->lang, written);
	desk_talk(session->desk, &text);
	return 0;
}

static int work(struct session *session, struct error *err)
{
	const struct command_line *line = session->desk->line;
	const struct view view = VIEW_NOW(layer_of_streets(city_layers()));
	struct network_scope scope = {0};
	int rc = number_ward(session->desk, &scope.unit_id, err);

	if (!rc)
		rc = network_survey_make(&session->tools, &view, &scope, &session->survey, err);
	if (rc)
		return rc;
	session->change = (struct network_change){.survey = &session->survey,
		.overwrite = command_value(line, "overwrite", 0) != NULL,
		.author = {session->desk->actor, "", clock_now_us(&clock_system)},
		.randomness = &randomness_system};
	if (line->json) {
		rc = print_json(session, err);
	} else {
		print_findings(session);
		print_summary(session);
	}
	return rc || !command_value(line, "apply", 0) ? rc : apply(session, err);
}

static int run(struct desk *desk, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	struct session *session = arena_zero(&arena, 1, sizeof *session);
	int rc = session ? crs_context_new(&crs, err) : fail_no_memory(err);

	if (!rc)
		rc = crs_pin(crs, desk->city, err);
	if (rc)
		return rc;
	session->desk = desk;
	session->tools =
		(struct case_tools){desk->store, crs, NULL, desk->city, city_layers(), &arena};
	return work(session, err);
}

static const struct command_option options[] = {
	{"ward", "CODE", MSG_HELP_NETWORK_WARD},
	{"apply", NULL, MSG_HELP_NETWORK_APPLY},
	{"overwrite", NULL, MSG_HELP_NETWORK_OVERWRITE},
	{NULL, NULL, 0},
};

const struct command number_network_command = {
	"number network", "DIR", 1, 1, MSG_HELP_NUMBER_NETWORK, options, COMMAND_WRITES, run};
