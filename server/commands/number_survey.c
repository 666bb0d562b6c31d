/* dothi number survey: the numbers of all streets of a ward or a city, those that are and those to give. */
#include "base/json_write.h"
#include "base/messages.h"
#include "data/history.h"
#include "server/cases/city_numbering.h"
#include "server/cases/schemes.h"
#include "server/commands/number_desk.h"
#include "server/commands/number_ward.h"
#include "server/numbering_json.h"

enum { STREET_MAX_BYTES = 16 << 20 };

/* The verb while it works. */
struct session {
	struct desk *desk;
	int64_t unit_id;
	int64_t streets, houses, numbered, given, reserved, doubtful;
};

static void write_number(
	struct json_writer *json, const char *key, const struct numbering_number *number)
{
	char text[40];

	if (number->to)
		(void)snprintf(text, sizeof text, "%d%s-%d", number->number, number->suffix,
			number->to);
	else
		(void)snprintf(text, sizeof text, "%d%s", number->number, number->suffix);
	json_member_text(json, key, number->number ? text : NULL);
}

static void write_house(struct json_writer *json, const struct numbering_house *house)
{
	static const char *const acts[] = {"nothing", "keep", "give", "renumber", "reserve"};

	json_begin_object(json);
	json_member_int(json, "parcel_id", house->parcel_id);
	json_member_int(json, "address_id", house->address_id);
	json_member_text(json, "side", numbering_side_word(house->side));
	json_put_key(json, "along_m");
	json_put_fixed(json, house->along_m, 3);
	write_number(json, "has", &house->has);
	write_number(json, "number", &house->given);
	json_member_text(json, "act", acts[house->act]);
	json_member_text(json, "doubt", scheme_doubt_code(house->doubt));
	json_end_object(json);
}

static int print_street(
	struct desk *desk, const struct street_houses *houses, struct error *err)
{
	autofree(strbuf_clear) struct strbuf out = STRBUF(STREET_MAX_BYTES);
	struct json_writer json = JSON_WRITER(&out);
	int rc;

	json_begin_object(&json);
	json_member_int(&json, "street_id", houses->street->node.id);
	json_member_text(&json, "name", houses->street->node.name);
	json_member_int(&json, "scheme_id", houses->scheme_id);
	json_put_key(&json, "houses");
	json_begin_array(&json);
	for (size_t i = 0; i < houses->house_count; i++)
		write_house(&json, &houses->houses[i]);
	json_end_array(&json);
	json_end_object(&json);
	rc = strbuf_check(&out, err);
	if (!rc)
		desk_print(desk, &out);
	return rc;
}

static int take_street(void *context, const struct street_houses *houses, struct error *err)
{
	struct session *session = context;

	if (!desk_goes_on(session->desk))
		return fail_cancelled(err);
	session->streets++;
	for (size_t i = 0; i < houses->house_count; i++) {
		const struct numbering_house *house = &houses->houses[i];

		session->houses++;
		session->numbered += house->act == NUMBERING_KEEP;
		session->given += house->act == NUMBERING_GIVE || house->act == NUMBERING_CHANGE;
		session->reserved += house->act == NUMBERING_RESERVE;
		session->doubtful += house->doubt != NUMBERING_SURE;
	}
	return session->desk->line->json ? print_street(session->desk, houses, err) : 0;
}

struct boxing {
	struct box box;
};

static int take_box(void *context, const struct feature *feature, struct error *err)
{
	struct boxing *boxing = context;

	(void)err;
	boxing->box = feature->box;
	return 0;
}

static int run_survey(struct desk *desk, struct error *err)
{
	autofree(number_desk_close) struct number_desk number = {NULL};
	autofree(strbuf_clear) struct strbuf text = STRBUF(1 << 12);
	struct session session = {.desk = desk};
	struct city_numbering *numbering = NULL;
	struct boxing boxing;
	bool found = false;
	int rc = number_desk_open(&number, desk, err);

	if (!rc)
		rc = number_ward(desk, &session.unit_id, err);
	if (!rc && session.unit_id)
		rc = feature_read_one(desk->store, &VIEW_NOW(layer_of_units(city_layers())),
			session.unit_id, take_box, &boxing, &found, err);
	if (rc)
		return rc;
	numbering = arena_zero(&number.arena, 1, sizeof *numbering);
	if (!numbering)
		return fail_no_memory(err);
	rc = city_numbering_read(&number.tools, found ? &boxing.box : NULL, numbering, err);
	if (!rc)
		rc = city_numbering_each(numbering, take_street, &session, err);
	if (rc || desk->line->json)
		return rc;
	say_survey(&text, desk->line->lang, session.streets, session.houses, session.numbered,
		session.given, session.reserved, session.doubtful);
	desk_print(desk, &text);
	return 0;
}

static const struct command_option options[] = {
	{"ward", "CODE", MSG_HELP_NETWORK_WARD},
	{NULL, NULL, 0},
};

const struct command number_survey_command = {"number survey", "DIR", 1, 1,
	MSG_HELP_NUMBER_SURVEY, options, COMMAND_READS, run_survey};
