/*
 * The history of a record: …/versions, …/versions/{version}, and bringing one back.
 */
#include "base/messages.h"
#include "base/number.h"
#include "data/history.h"
#include "gis/geojson.h"
#include "server/asker.h"
#include "server/edits_api.h"
#include "server/feature_json.h"
#include "server/links.h"
#include "server/page.h"
#include "server/sight.h"
#include "server/worker.h"

enum { VERSIONS_DEFAULT = 100, VERSIONS_MAX = 1000, ITEM_ARENA_BYTES = 64 << 20 };

static const char *const action_names[] = {"create", "update", "end"};

/* The list of versions while it is written. */
struct listing {
	struct request *request;
	struct json_writer json;
	struct feature_json how;
	struct arena arena;	/* of one version */
	struct arena before;	/* of the values of the one before */
	struct value values[FEATURE_FIELDS_MAX];
	struct wkb wkb;
	struct date valid_from, valid_to;
	int64_t after, most, count, last;
	bool begun; /* there is one before */
	struct account author; /* of the one in hand */
};

static bool same_value(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_TEXT)
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	if (a->kind == VALUE_INT)
		return a->integer == b->integer;
	return a->kind == VALUE_NULL || !memcmp(&a->real, &b->real, sizeof a->real);
}

static void put_change(struct json_writer *json, const char *key, const struct value *from,
	const struct value *to, bool is_bool)
{
	json_put_key(json, key);
	json_begin_array(json);
	value_put_json(json, from, is_bool);
	value_put_json(json, to, is_bool);
	json_end_array(json);
}

static void put_date_change(
	struct json_writer *json, const char *key, const struct date *from, const struct date *to)
{
	if (!strcmp(from->text, to->text))
		return;
	json_put_key(json, key);
	json_begin_array(json);
	json_put_text(json, *from->text ? from->text : NULL);
	json_put_text(json, *to->text ? to->text : NULL);
	json_end_array(json);
}

/* What this version says otherwise than the one before it in the list. */
static void write_difference(struct listing *listing, const struct feature *feature)
{
	const struct layer *layer = listing->how.layer;
	struct json_writer *json = &listing->json;

	json_put_key(json, "changed");
	json_begin_object(json);
	for (size_t i = 0; listing->begun && i < layer->field_count; i++)
		if (!same_value(&listing->values[i], &feature->values[i]))
			put_change(json, layer->fields[i].id, &listing->values[i],
				&feature->values[i], layer->fields[i].type == FIELD_BOOL);
	if (listing->begun) {
		put_date_change(json, "valid_from", &listing->valid_from, &feature->valid_from);
		put_date_change(json, "valid_to", &listing->valid_to, &feature->valid_to);
		if (listing->wkb.len != feature->wkb.len ||
			(feature->wkb.len &&
				memcmp(listing->wkb.bytes, feature->wkb.bytes, feature->wkb.len)))
			json_member_bool(json, "geometry", true);
	}
	json_end_object(json);
}

/* Keeps what the next version is compared with. */
static int keep(struct listing *listing, const struct feature *feature, struct error *err)
{
	unsigned char *bytes;

	arena_reset(&listing->before);
	for (size_t i = 0; i < listing->how.layer->field_count; i++) {
		listing->values[i] = feature->values[i];
		if (feature->values[i].kind != VALUE_TEXT)
			continue;
		listing->values[i].text = arena_text(
			&listing->before, feature->values[i].text, feature->values[i].len);
		if (!listing->values[i].text)
			return fail_no_memory(err);
	}
	bytes = arena_alloc(&listing->before, feature->wkb.len + 1);
	if (!bytes)
		return fail_no_memory(err);
	if (feature->wkb.len)
		memcpy(bytes, feature->wkb.bytes, feature->wkb.len);
	listing->wkb = (struct wkb){bytes, feature->wkb.len};
	listing->valid_from = feature->valid_from;
	listing->valid_to = feature->valid_to;
	listing->begun = true;
	return 0;
}

static const char *login_of(struct listing *listing, const char *actor)
{
	return asker_login(listing->request->worker->records, actor, &listing->author);
}

static int write_entry(struct listing *listing, const struct history_entry *entry, struct error *err)
{
	struct json_writer *json = &listing->json;
	const struct feature *feature = entry->feature;
	bool named = listing->request->asker->kind != ASKER_PUBLIC;
	int rc;

	json_begin_object(json);
	json_member_int(json, "version", feature->version);
	json_member_text(json, "action", action_names[entry->action]);
	/* Who and why is for those who are known themselves. */
	json_member_text(json, "author", named ? entry->actor : NULL);
	json_member_text(json, "author_login", named ? login_of(listing, entry->actor) : NULL);
	json_member_text(json, "reason", named ? entry->reason : NULL);
	json_member_time(json, "recorded_at", feature->recorded_at_us);
	json_member_time(json, "superseded_at", entry->superseded_at_us);
	json_member_text(json, "valid_from",
		*feature->valid_from.text ? feature->valid_from.text : NULL);
	json_member_text(
		json, "valid_to", *feature->valid_to.text ? feature->valid_to.text : NULL);
	write_difference(listing, feature);
	json_put_key(json, "feature");
	rc = feature_json_write(json, &listing->how, feature, err);
	json_end_object(json);
	return rc ? rc : keep(listing, feature, err);
}

static int take_entry(void *context, const struct history_entry *entry, struct error *err)
{
	struct listing *listing = context;

	/* One before the first is read to compare with. */
	if (entry->feature->version <= listing->after)
		return keep(listing, entry->feature, err);
	listing->count++;
	listing->last = entry->feature->version;
	return write_entry(listing, entry, err);
}

static int read_listing_params(
	const struct request *request, struct listing *listing, struct error *err)
{
	const char *limit = request_param(request, "limit");
	const char *cursor = request_param(request, "cursor");
	int rc = 0;

	listing->most = VERSIONS_DEFAULT;
	if (limit && !number_parse_int(limit, strlen(limit), 1, VERSIONS_MAX, &listing->most)) {
		rc = fail_param_value(err, "limit", limit);
		error_where(err, "limit");
	}
	if (!rc && cursor &&
		!number_parse_int(
			cursor, strlen(cursor), 1, HISTORY_VERSIONS_MAX, &listing->after)) {
		rc = fail_param_value(err, "cursor", cursor);
		error_where(err, "cursor");
	}
	return rc;
}

static void write_links(struct listing *listing, const char *layer, int64_t id)
{
	struct json_writer *json = &listing->json;
	const struct request *request = listing->request;

	json_put_key(json, "links");
	json_begin_array(json);
	link_write(json, request, "self", TYPE_JSON, NULL, "%s", request->uri);
	link_write(json, request, "latest-version", TYPE_GEOJSON, NULL,
		"/ogc/collections/%s/items/%lld", layer, (long long)id);
	if (listing->count == listing->most)
		link_write(json, request, "next", TYPE_JSON, NULL,
			"/ogc/collections/%s/items/%lld/versions?limit=%lld&cursor=%lld", layer,
			(long long)id, (long long)listing->most, (long long)listing->last);
	json_end_array(json);
}

static int write_versions(struct listing *listing, const struct view *view, int64_t id, struct error *err)
{
	struct json_writer *json = &listing->json;
	int64_t from = listing->after ? listing->after - 1 : 0;
	int rc;

	json_begin_object(json);
	json_member_text(json, "layer", view->layer->id);
	json_member_int(json, "id", id);
	json_put_key(json, "versions");
	json_begin_array(json);
	rc = history_versions(listing->request->worker->records, view, id, from,
		listing->most + (listing->after > 0), take_entry, listing, err);
	if (!rc && !listing->count && !listing->after)
		rc = fail_no_such_record(err);
	if (rc)
		return rc;
	json_end_array(json);
	write_links(listing, view->layer->id, id);
	json_end_object(json);
	return 0;
}

/* Everything that both answers need; the listing is in the request's arena. */
static int prepare(struct request *request, struct response *response, struct listing **ret,
	int64_t *ret_id, struct error *err)
{
	struct listing *listing = arena_zero(&request->arena, 1, sizeof *listing);
	const struct layer *layer;
	int rc = listing ? sight_layer(request, request->captures[0], &layer, err)
			 : fail_no_memory(err);

	if (!rc)
		rc = request_record_id(request, request->captures[1], ret_id, err);
	if (rc)
		return rc;
	listing->request = request;
	listing->json = JSON_WRITER(&response->body);
	listing->arena = ARENA(ITEM_ARENA_BYTES);
	listing->before = ARENA(ITEM_ARENA_BYTES);
	listing->how = (struct feature_json){.layer = layer, .crs = crs84,
		.decimals = GEOJSON_DEGREE_DECIMALS, .arena = &listing->arena};
	*ret = listing;
	return crs_path_find(request->worker->crs, request->app->opened.city.epsg, CRS_WGS84,
		&listing->how.path, err);
}

static int finish(struct listing *listing, struct response *response, int rc, const char *type,
	struct error *err)
{
	struct request *request = listing->request;

	arena_clear(&listing->arena);
	arena_clear(&listing->before);
	if (rc)
		return rc;
	response->caching = CACHE_CHECK;
	response_add_header(response, "Dothi-Crs-Op", request->app->opened.city.operation);
	return page_answer(
		request, response, type, listing->how.layer->title[request->lang], err);
}

static int get_versions(struct request *request, struct response *response, struct error *err)
{
	struct listing *listing;
	struct view view;
	int64_t id = 0;
	int rc = prepare(request, response, &listing, &id, err);

	if (!rc)
		rc = read_listing_params(request, listing, err);
	if (rc)
		return rc;
	view = sight_view(request, listing->how.layer, NULL);
	rc = write_versions(listing, &view, id, err);
	return finish(listing, response, rc, TYPE_JSON, err);
}

static int take_feature(void *context, const struct history_entry *entry, struct error *err)
{
	struct listing *listing = context;

	listing->count++;
	return feature_json_write(&listing->json, &listing->how, entry->feature, err);
}

static int get_version(struct request *request, struct response *response, struct error *err)
{
	const char *text = request->captures[2];
	struct listing *listing;
	struct view view;
	int64_t id = 0, version = 0;
	int rc = prepare(request, response, &listing, &id, err);

	if (rc)
		return rc;
	if (!number_parse_int(text, strlen(text), 1, HISTORY_VERSIONS_MAX - 1, &version))
		return fail_no_such_version(err, 0);
	view = sight_view(request, listing->how.layer, NULL);
	rc = history_versions(
		request->worker->records, &view, id, version - 1, 1, take_feature, listing, err);
	if (!rc && !listing->count)
		rc = fail_no_such_version(err, version);
	return finish(listing, response, rc, TYPE_GEOJSON, err);
}

static const struct route routes[] = {
	{
		.pattern = "/ogc/collections/{collection}/items/{item}/versions",
		.handle = get_versions,
		.params = "f limit cursor",
		.place = on_worker,
		.title = {"Lịch sử của một đối tượng", "The history of an item"},
	},
	{
		.pattern = "/ogc/collections/{collection}/items/{item}/versions/{version}",
		.handle = get_version,
		.params = "f",
		.place = on_worker,
		.title = {"Một phiên bản; POST khôi phục nó", "A version; POST brings it back"},
		.actions = version_actions,
		.action_count = 1,
	},
};

const struct route_table versions_routes = {routes, sizeof routes / sizeof routes[0]};
