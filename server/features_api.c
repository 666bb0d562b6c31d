/*
 * OGC API - Features, Parts 1 and 2: the items of a collection.
 */
#include "base/messages.h"
#include "base/number.h"
#include "server/asker.h"
#include "server/box_search.h"
#include "server/edits_api.h"
#include "server/served.h"
#include "server/feature_json.h"
#include "server/links.h"
#include "server/page.h"
#include "server/router.h"

enum {
	CANDIDATES_MAX = 20000, /* ids from the index; beyond, rows are walked in their order */
	ITEM_ARENA_BYTES = 64 << 20,
	URL_MAX_BYTES = REQUEST_URI_MAX * 3 + 1024,
};

/* A page of items while it is gathered. */
struct items_page {
	struct request *request;
	const struct layer *layer;
	const struct ogc_params *params;
	const struct box_search *search;
	struct json_writer json;
	struct feature_json how;
	struct arena arena; /* of one record */
	struct box_hits hits; /* where all can be counted as the page is made */
	bool has_hits;
	size_t next_hit;
	size_t returned;
	int64_t last_id; /* of the last record on the page */
	bool more;
};

/* Notes what is shown to somebody who may come back with a change. */
static void note_served(const struct request *request, const struct layer *layer,
	const struct feature *feature)
{
	const struct served_key key = {
		request->asker->rights.account_id << 20 ^ request->asker->token_id,
		layer - request->app->layers->layers, feature->id};

	if (request->asker->kind != ASKER_PUBLIC && sight_may_write(request, layer))
		served_note(request->app->served, &key, feature->version);
}

static int prepare_json(struct request *request, const struct layer *layer,
	const struct crs_ref *crs, struct arena *arena, struct feature_json *ret_how,
	struct error *err)
{
	struct worker *worker = request->worker;
	struct crs_info info;
	int rc = crs_describe(worker->crs, crs->epsg, &info, err);

	*ret_how = (struct feature_json){.layer = layer, .crs = *crs, .arena = arena};
	if (rc)
		return rc;
	ret_how->decimals = feature_json_decimals(&info);
	return crs_path_find(
		worker->crs, request->app->opened.city.epsg, crs->epsg, &ret_how->path, err);
}

/* Content-Crs (18-058r1, /req/crs/ogc-crs-header), and the operation where a datum was crossed. */
static int add_crs_headers(struct request *request, struct response *response,
	const struct feature_json *how, struct error *err)
{
	autofree(strbuf_clear) struct strbuf uri = STRBUF(200);
	int rc;

	crs_ref_print(&uri, &how->crs);
	rc = response_add_header_format(
		response, request, err, "Content-Crs", "<%s>", uri.data);
	if (!rc && crs_path_crosses_datum(how->path))
		response_add_header(
			response, "Dothi-Crs-Op", request->app->opened.city.operation);
	return rc;
}

/* Whether the index knows already that the record belongs onto the page. */
static bool is_certain(struct items_page *page, int64_t id)
{
	if (!page->has_hits)
		return false;
	while (page->hits.ids.ids[page->next_hit] != id)
		page->next_hit++;
	return !page->hits.doubtful[page->next_hit];
}

/* Takes a record onto the page if it belongs there; 1 when the page is full. */
static int take_item(void *context, const struct feature *feature, struct error *err)
{
	struct items_page *page = context;
	bool meets = is_certain(page, feature->id);
	int rc = 0;

	arena_reset(&page->arena);
	if (!meets)
		rc = box_search_meets(page->search, feature, &page->arena, &meets, err);
	if (rc || !meets)
		return rc;
	if (page->returned == page->params->limit) {
		page->more = true;
		return 1;
	}
	rc = feature_json_write(&page->json, &page->how, feature, err);
	if (rc)
		return rc;
	note_served(page->request, page->layer, feature);
	page->returned++;
	page->last_id = feature->id;
	return 0;
}

/* The hits behind the cursor; the others are counted, before and behind the page. */
static int gather_hits(struct items_page *page, int64_t *ret_matched, struct error *err)
{
	const struct box_search *search = page->search;
	const struct box_hits *hits = &page->hits;
	int64_t before = 0, behind = 0;
	size_t first = 0;
	int rc;

	while (first < hits->ids.count && hits->ids.ids[first] <= page->params->after_id)
		first++;
	page->next_hit = first;
	rc = feature_read_list(page->request->worker->records, &search->view, hits->ids.ids + first,
		hits->ids.count - first, take_item, page, err);
	if (!rc)
		rc = box_search_count_hits(search, hits, 0, first, &page->arena, &before, err);
	if (!rc && page->more)
		rc = box_search_count_hits(search, hits, page->next_hit, hits->ids.count,
			&page->arena, &behind, err);
	*ret_matched = before + (int64_t)page->returned + behind;
	return rc;
}

/* Few candidates: the index names them. */
static int gather_by_index(struct items_page *page, bool *ret_too_many, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	struct store *store = page->request->worker->records;
	int rc = feature_ids_in_box(store, &page->search->view, &page->search->index_box, true,
		page->params->after_id, CANDIDATES_MAX, &ids, ret_too_many, err);

	if (rc || *ret_too_many)
		return rc;
	return feature_read_list(
		store, &page->search->view, ids.ids, ids.count, take_item, page, err);
}

static int gather(struct items_page *page, struct error *err)
{
	bool too_many = page->search->everywhere;
	int rc = 0;

	if (!too_many)
		rc = gather_by_index(page, &too_many, err);
	if (!rc && too_many)
		rc = feature_read_after(page->request->worker->records, &page->search->view,
			page->params->after_id, take_item, page, err);
	return rc;
}

/* Appends "name=value" of a parameter, percent-encoded. */
static void add_param(struct strbuf *url, const char *name, const char *value)
{
	strbuf_add_char(url, url->len && strchr(url->data, '?') ? '&' : '?');
	strbuf_add_text(url, name);
	strbuf_add_char(url, '=');
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			strchr("-._~,:/", c))
			strbuf_add_char(url, (char)c);
		else
			strbuf_add_format(url, "%%%02X", c);
	}
}

/* The link to the next page: the same request, with the place where to go on. */
static void write_next(struct items_page *page, int64_t matched)
{
	autofree(strbuf_clear) struct strbuf url = STRBUF(URL_MAX_BYTES);
	const struct request *request = page->request;
	char cursor[48], limit[24];

	strbuf_add_format(&url, "/ogc/collections/%s/items", page->layer->id);
	snprintf(limit, sizeof limit, "%zu", page->params->limit);
	if (matched >= 0)
		snprintf(cursor, sizeof cursor, "%lld.%lld", (long long)page->last_id,
			(long long)matched);
	else
		snprintf(cursor, sizeof cursor, "%lld.", (long long)page->last_id);
	for (size_t i = 0; i < request->param_count; i++)
		if (strcmp(request->params[i].name, "cursor") != 0 &&
			strcmp(request->params[i].name, "limit") != 0)
			add_param(&url, request->params[i].name, request->params[i].value);
	add_param(&url, "limit", limit);
	add_param(&url, "cursor", cursor);
	link_write(&page->json, request, "next", TYPE_GEOJSON, "Trang sau / Next page", "%s",
		url.data);
}

static void write_links(struct items_page *page, int64_t matched)
{
	struct json_writer *json = &page->json;
	const struct request *request = page->request;
	const char *id = page->layer->id;

	json_put_key(json, "links");
	json_begin_array(json);
	link_write(json, request, "self", TYPE_GEOJSON, NULL, "%s", request->uri);
	link_write(json, request, "alternate", TYPE_HTML, "HTML", "/ogc/collections/%s/items?f=html",
		id);
	link_write(json, request, "collection", TYPE_JSON, page->layer->title[request->lang],
		"/ogc/collections/%s", id);
	if (page->more)
		write_next(page, matched);
	json_end_array(json);
}

/* How many records match: known, counted, or (with hits) not before the page is made. */
static int begin_count(struct items_page *page, int64_t *ret_matched, struct error *err)
{
	const struct box_search *search = page->search;
	bool many = search->everywhere || !view_can_count(&search->view);
	int rc = 0;

	*ret_matched = page->params->matched;
	if (*ret_matched >= 0)
		return 0;
	if (!many)
		rc = box_search_hits(search, CANDIDATES_MAX, &page->hits, &many, err);
	if (rc || many)
		return rc ? rc : box_search_count(search, &page->arena, ret_matched, err);
	page->has_hits = true;
	*ret_matched = (int64_t)page->hits.ids.count;
	return 0;
}

/* The features; with hits the number that stands at `at` becomes right. */
static int write_features(
	struct items_page *page, size_t at, int64_t *matched, struct error *err)
{
	struct strbuf *out = page->json.out;
	char digits[NUMBER_CHARS];
	size_t old_len = (size_t)(number_write_int(digits, *matched) - digits);
	int rc;

	if (!page->has_hits)
		return gather(page, err);
	rc = gather_hits(page, matched, err);
	if (!rc && !out->failed)
		strbuf_replace(out, at - old_len, old_len, digits,
			(size_t)(number_write_int(digits, *matched) - digits));
	return rc;
}

static int write_items(struct items_page *page, struct error *err)
{
	struct json_writer *json = &page->json;
	const struct app *app = page->request->app;
	autofree(strbuf_clear) struct strbuf now = STRBUF(40);
	int64_t matched = -1;
	size_t at;
	int rc = begin_count(page, &matched, err);

	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "type", "FeatureCollection");
	clock_print_utc(&now, clock_now_us(app->clock) / 1000000 * 1000000);
	json_member_text(json, "timeStamp", now.data);
	if (matched >= 0)
		json_member_int(json, "numberMatched", matched);
	at = json->out->len;
	json_put_key(json, "features");
	json_begin_array(json);
	rc = write_features(page, at, &matched, err);
	if (rc)
		return rc;
	json_end_array(json);
	json_member_int(json, "numberReturned", (int64_t)page->returned);
	write_links(page, matched);
	json_end_object(json);
	return 0;
}

static int get_items(struct request *request, struct response *response, struct error *err)
{
	struct ogc_params params;
	struct box_search search;
	autofree(transaction_end) struct transaction reading = {0};
	struct view view;
	struct items_page page = {.request = request,
		.params = &params, .search = &search, .json = JSON_WRITER(&response->body),
		.arena = ARENA(ITEM_ARENA_BYTES)};
	int rc = sight_layer(request, request->captures[0], &page.layer, err);

	if (!rc)
		rc = ogc_params_read(request, request->worker->crs, &params, err);
	if (!rc)
		rc = prepare_json(request, page.layer, &params.crs, &page.arena, &page.how, err);
	if (rc)
		return rc;
	view = sight_view(request, page.layer, &params.moment);
	rc = transaction_begin_read(request->worker->records, &reading, err);
	if (!rc)
		rc = box_search_begin(request->worker, &view, &params, &search, err);
	if (!rc)
		rc = write_items(&page, err);
	arena_clear(&page.arena);
	box_hits_clear(&page.hits);
	if (!rc)
		rc = add_crs_headers(request, response, &page.how, err);
	return rc ? rc
		  : page_answer(request, response, TYPE_GEOJSON,
			    page.layer->title[request->lang], err);
}

/* A single item while it is written. */
struct item {
	struct request *request;
	const struct layer *layer;
	struct json_writer json;
	struct feature_json how;
	struct arena arena;
	int64_t version; /* of what was written */
};

static int write_item(void *context, const struct feature *feature, struct error *err)
{
	struct item *item = context;
	struct json_writer *json = &item->json;
	const char *id = item->layer->id;
	long long feature_id = feature->id;
	int rc = feature_json_open(json, &item->how, feature, err);

	if (rc)
		return rc;
	item->version = feature->version;
	note_served(item->request, item->layer, feature);
	json_put_key(json, "links");
	json_begin_array(json);
	link_write(json, item->request, "self", TYPE_GEOJSON, NULL,
		"/ogc/collections/%s/items/%lld", id, feature_id);
	link_write(json, item->request, "alternate", TYPE_HTML, "HTML",
		"/ogc/collections/%s/items/%lld?f=html", id, feature_id);
	link_write(json, item->request, "collection", TYPE_JSON,
		item->layer->title[item->request->lang], "/ogc/collections/%s", id);
	link_write(json, item->request, "version-history", TYPE_JSON, "Lịch sử / History",
		"/ogc/collections/%s/items/%lld/versions", id, feature_id);
	json_end_array(json);
	json_end_object(json);
	return 0;
}

static int get_item(struct request *request, struct response *response, struct error *err)
{
	struct item item = {.request = request,
		.json = JSON_WRITER(&response->body), .arena = ARENA(ITEM_ARENA_BYTES)};
	struct moment moment;
	struct view view;
	struct crs_ref crs;
	bool found = false;
	int64_t id = 0;
	int rc = sight_layer(request, request->captures[0], &item.layer, err);

	if (!rc)
		rc = request_record_id(request, request->captures[1], &id, err);
	if (!rc)
		rc = sight_moment(request, &moment, err);
	if (!rc)
		rc = ogc_params_read_crs(request, request->worker->crs, "crs", &crs, err);
	if (!rc)
		rc = prepare_json(request, item.layer, &crs, &item.arena, &item.how, err);
	if (rc)
		return rc;
	view = sight_view(request, item.layer, &moment);
	rc = feature_read_one(request->worker->records, &view, id, write_item, &item, &found, err);
	arena_clear(&item.arena);
	if (!rc && !found)
		rc = fail_no_such_record(err);
	if (!rc)
		rc = add_crs_headers(request, response, &item.how, err);
	if (!rc)
		rc = response_set_version(response, request, item.version, err);
	response->caching = CACHE_CHECK;
	return rc ? rc
		  : page_answer(request, response, TYPE_GEOJSON,
			    item.layer->title[request->lang], err);
}

static const struct route routes[] = {
	{
		.pattern = "/ogc/collections/{collection}/items",
		.handle = get_items,
		.params = "f limit bbox bbox-crs crs datetime date recorded cursor",
		.place = on_worker,
		.title = {"Các đối tượng của lớp", "Items of a collection"},
		.actions = items_actions,
		.action_count = 1,
	},
	{
		.pattern = "/ogc/collections/{collection}/items/{item}",
		.handle = get_item,
		.params = "f crs datetime date recorded",
		.place = on_worker,
		.title = {"Một đối tượng", "One item"},
		.actions = item_actions,
		.action_count = 3,
	},
};

const struct route_table features_routes = {routes, sizeof routes / sizeof routes[0]};
