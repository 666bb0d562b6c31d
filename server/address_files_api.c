/*
 * House numbers as files: /api/addresses.csv, /api/addresses.geojsonl, and the plates of a street
 * for the workshop, /api/numbering/plates.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/api_words.h"
#include "server/cases/address_exchange.h"
#include "server/cases/plates.h"
#include "server/numbering_input.h"
#include "server/response.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

enum { ROWS_MAX = 200000 /* about 60 MB: a ward has a tenth of it */ };

#define TYPE_CSV "text/csv; charset=utf-8"
#define TYPE_LINES "application/x-ndjson; charset=utf-8"

static int add_piece(void *context, const char *bytes, size_t len, struct error *err)
{
	struct response *response = context;

	strbuf_add(&response->body, bytes, len);
	return strbuf_check(&response->body, err);
}

/* A parameter that is 1 or not there. */
static int read_switch(
	const struct request *request, const char *name, bool *ret, struct error *err)
{
	const char *text = request_param(request, name);

	*ret = text != NULL;
	if (!text || !strcmp(text, "1"))
		return 0;
	fail_param_value(err, name, text);
	return error_where(err, "%s", name);
}

static int answer(struct request *request, struct response *response, enum address_format format,
	struct error *err)
{
	const struct layer *layer = layer_of_addresses(request->app->layers);
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	struct address_exchange exchange = {.tools = &tools,
		.format = format,
		.most = ROWS_MAX,
		.write = add_piece,
		.context = response};
	struct view view;
	int rc = sight_admits(request, layer) ? 0 : fail_no_such_layer(err);

	if (!rc)
		rc = numbering_id_param(request, "ward", false, &exchange.unit_id, err);
	if (!rc)
		rc = numbering_id_param(request, WORD_STREET, false, &exchange.street_id, err);
	if (!rc)
		rc = read_switch(request, "plain", &exchange.plain, err);
	if (!rc)
		rc = read_switch(request, "all", &exchange.all_states, err);
	if (rc)
		return rc;
	view = sight_view(request, layer, NULL);
	exchange.view = &view;
	response->content_type = format == ADDRESS_BAL ? TYPE_CSV : TYPE_LINES;
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	rc = response_add_header_format(response, request, err, "Content-Disposition",
		"attachment; filename=\"addresses.%s\"",
		format == ADDRESS_BAL ? "csv" : "geojsonl");
	return rc ? rc : address_exchange_run(&exchange, err);
}

static int get_table(struct request *request, struct response *response, struct error *err)
{
	return answer(request, response, ADDRESS_BAL, err);
}

static int get_lines(struct request *request, struct response *response, struct error *err)
{
	return answer(request, response, ADDRESS_OPENADDRESSES, err);
}

static int get_plates(struct request *request, struct response *response, struct error *err)
{
	const struct layer *layer = layer_of_addresses(request->app->layers);
	const struct case_tools tools = worker_tools(request->worker, &request->arena);
	const char *form = request_param(request, "f");
	struct json_writer json = JSON_WRITER(&response->body);
	bool is_table = form && !strcmp(form, "csv");
	struct plates plates;
	int64_t street = 0;
	struct view view;
	int rc = numbering_sees(request, err);

	if (!rc)
		rc = numbering_id_param(request, WORD_STREET, true, &street, err);
	if (rc)
		return rc;
	if (form && !is_table && strcmp(form, "json") != 0) {
		fail_param_value(err, "f", form);
		return error_where(err, "f");
	}
	view = sight_view(request, layer, NULL);
	rc = plates_read(&tools, &view, street, &plates, err);
	if (rc)
		return rc;
	response->content_type = is_table ? TYPE_CSV : "application/json";
	response->is_compressible = true;
	response->caching = CACHE_CHECK;
	if (!is_table) {
		plates_write_json(&plates, &json);
		return 0;
	}
	plates_write_table(&plates, request->lang, &response->body);
	return response_add_header_format(response, request, err, "Content-Disposition",
		"attachment; filename=\"plates-%lld.csv\"", (long long)street);
}

static const struct route routes[] = {
	{"/api/addresses.csv", get_table, "ward " WORD_STREET " plain all", on_worker,
		{"Số nhà dạng bảng BAL", "House numbers as a BAL table"}, NO_ACTIONS},
	{"/api/addresses.geojsonl", get_lines, "ward " WORD_STREET " plain all", on_worker,
		{"Số nhà dạng OpenAddresses", "House numbers as OpenAddresses lines"}, NO_ACTIONS},
	{"/api/numbering/plates", get_plates, WORD_STREET " f", on_worker,
		{"Biển số nhà của một đường", "Number plates for the workshop"}, NO_ACTIONS},
};

const struct route_table address_files_routes = {routes, sizeof routes / sizeof routes[0]};
