/* dothi search: what the search box of the map finds, in the terminal. */
#include "base/json_read.h"
#include "base/messages.h"
#include "base/text.h"
#include "gis/crs.h"
#include "server/app.h"
#include "server/commands/listing.h"
#include "server/search_answer.h"

enum { ANSWER_MAX_BYTES = 8 << 20, ARENA_BYTES = 256 << 20, CELL_MAX_BYTES = 2000 };

static void list_text(struct listing *listing, const struct json_node *node, const char *key)
{
	const char *text = "";

	json_node_text(json_node_get(node, key), &text);
	listing_cell(listing, text);
}

static void list_result(
	struct listing *listing, const char *layer, const struct json_node *result)
{
	autofree(strbuf_clear) struct strbuf cell = STRBUF(CELL_MAX_BYTES);
	const char *until = "";
	int64_t id = 0;

	listing_cell(listing, layer);
	json_node_int(json_node_get(result, "id"), &id);
	strbuf_add_int(&cell, id);
	listing_cell(listing, cell.data);
	list_text(listing, result, "title");
	list_text(listing, result, "detail");
	list_text(listing, result, "matched");
	json_node_text(json_node_get(json_node_get(result, "former"), "until"), &until);
	listing_cell(listing, until);
	listing_end_row(listing);
}

static void list_reading(struct listing *listing, const struct json_node *reading)
{
	autofree(strbuf_clear) struct strbuf cell = STRBUF(CELL_MAX_BYTES);
	double lon = 0, lat = 0;

	list_text(listing, reading, "crs");
	listing_cell(listing, "");
	json_node_number(json_node_get(reading, "lon"), &lon);
	json_node_number(json_node_get(reading, "lat"), &lat);
	strbuf_add_format(&cell, "%.7f, %.7f", lat, lon);
	listing_cell(listing, cell.data);
	for (int i = 0; i < 3; i++)
		listing_cell(listing, "");
	listing_end_row(listing);
}

/* The same answer as a table. */
static int print_table(struct desk *desk, const struct strbuf *answer, struct error *err)
{
	autofree(listing_clear) struct listing listing = LISTING;
	autoptr(json_document_free) struct json_node *document = NULL;
	const struct json_node *groups, *readings;
	size_t rows = 0;
	int rc = json_document_parse(answer->data, answer->len, &document, err);

	if (rc)
		return rc;
	listing_heads(&listing, desk->line->lang, MSG_SEARCH_HEADS);
	readings = json_node_get(document, "readings");
	for (size_t i = 0; i < json_node_count(readings); i++, rows++)
		list_reading(&listing, json_node_at(readings, i));
	groups = json_node_get(document, "groups");
	for (size_t i = 0; i < json_node_count(groups); i++) {
		const struct json_node *group = json_node_at(groups, i);
		const struct json_node *results = json_node_get(group, "results");
		const char *layer = "";

		json_node_text(json_node_get(group, "layer"), &layer);
		for (size_t k = 0; k < json_node_count(results); k++, rows++)
			list_result(&listing, layer, json_node_at(results, k));
	}
	if (rows)
		return listing_print(&listing, desk, err);
	return fail_search_nothing(err, desk->line->words[1]);
}

static int run(struct desk *desk, struct error *err)
{
	autofree(strbuf_clear) struct strbuf answer = STRBUF(ANSWER_MAX_BYTES);
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	const struct layer_table *layers = city_layers();
	struct view views[APP_LAYERS_MAX] = {0};
	struct json_writer json = JSON_WRITER(&answer);
	const char *text = desk->line->words[1];
	struct search_question question = {
		.ask = {.store = desk->store,
			.layers = layers,
			.views = views,
			.text = text,
			.len = strlen(text),
			.is_staff = true},
		.city = desk->city,
		.lang = desk->line->lang};
	int64_t limit;
	int rc = command_int(desk->line, "limit", 1, SEARCH_LIMIT_MAX, SEARCH_LIMIT_DEFAULT, &limit,
		err);

	for (size_t i = 0; i < layers->count; i++)
		views[i] = VIEW_NOW(&layers->layers[i]);
	if (!rc && !text_is_utf8(text, strlen(text)))
		rc = fail_search_not_text(err);
	if (!rc)
		rc = crs_context_new(&crs, err);
	if (!rc)
		rc = crs_pin(crs, desk->city, err);
	if (rc)
		return rc;
	question.crs = crs;
	question.limit = (int)limit;
	rc = search_answer_write(&question, &arena, &json, err);
	if (!rc)
		rc = strbuf_check(&answer, err);
	if (rc)
		return rc;
	if (!desk->line->json)
		return print_table(desk, &answer, err);
	desk_print(desk, &answer);
	return 0;
}

static const struct command_option options[] = {
	{"limit", "N", MSG_HELP_SEARCH_LIMIT},
	{NULL, NULL, 0},
};

const struct command search_command = {
	"search", "DIR QUERY", 2, 2, MSG_HELP_SEARCH, options, COMMAND_READS, run};
