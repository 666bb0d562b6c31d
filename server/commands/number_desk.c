#include "server/commands/number_desk.h"

#include "base/messages.h"
#include "base/number.h"
#include "data/history.h"
#include "server/api_words.h"

enum { ARENA_BYTES = 1 << 30, LINE_MAX_BYTES = 1 << 12 };

int number_desk_open(struct number_desk *ret, struct desk *desk, struct error *err)
{
	int rc;

	*ret = (struct number_desk){.desk = desk, .arena = ARENA(ARENA_BYTES)};
	rc = crs_context_new(&ret->crs, err);
	if (!rc)
		rc = crs_pin(ret->crs, desk->city, err);
	if (!rc)
		rc = geom_context_new(&ret->geom, err);
	ret->tools = (struct case_tools){
		desk->store, ret->crs, ret->geom, desk->city, city_layers(), &ret->arena};
	return rc;
}

void number_desk_close(struct number_desk *number)
{
	geom_context_free(number->geom);
	crs_context_free(number->crs);
	arena_clear(&number->arena);
}

int number_desk_id(const struct desk *desk, const char *option, bool is_needed, int64_t *ret,
	struct error *err)
{
	const char *text = command_value(desk->line, option, 0);

	*ret = 0;
	if (!text)
		return is_needed ? fail_option_missing(err, option, desk->line->command->name) : 0;
	return number_parse_int(text, strlen(text), 1, HISTORY_ID_MAX, ret)
		? 0
		: fail_option_value(err, option, text);
}

static int read_door(const struct number_desk *number, const char *text,
	struct proposal_order *order, struct error *err)
{
	const char *comma = strchr(text, ',');
	const struct crs_path *path = NULL;
	int rc;

	if (!comma ||
		!number_parse_double(text, (size_t)(comma - text), -180, 180, &order->door[0]) ||
		!number_parse_double(comma + 1, strlen(comma + 1), -90, 90, &order->door[1]))
		return fail_option_value(err, "door", text);
	rc = crs_path_find(
		number->crs, CRS_WGS84, number->desk->city->epsg, &path, err);
	if (!rc)
		rc = crs_path_move(path, order->door, 1, err);
	order->has_door = !rc;
	return rc;
}

int number_desk_place(const struct number_desk *number, bool is_needed,
	struct proposal_order *order, struct error *err)
{
	const char *door = command_value(number->desk->line, "door", 0);
	int rc = number_desk_id(number->desk, WORD_PARCEL, is_needed, &order->parcel_id, err);

	if (!rc)
		rc = number_desk_id(number->desk, WORD_STREET, false, &order->street_id, err);
	return rc || !door ? rc : read_door(number, door, order, err);
}

void number_desk_say(struct desk *desk, const struct error *what)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(LINE_MAX_BYTES);

	strbuf_add_text(&text, "  ");
	message_print(&text, desk->line->lang, what->message, what->args);
	desk_print(desk, &text);
}
