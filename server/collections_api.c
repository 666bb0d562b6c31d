/*
 * OGC API - Common and Features Part 1: landing page, conformance, collections, schemas.
 */
#include "base/messages.h"
#include "data/feature_read.h"
#include "gis/box_transform.h"
#include "server/links.h"
#include "server/page.h"
#include "server/router.h"
#include "server/sight.h"
#include "server/worker.h"

#define REL_SCHEMA "http://www.opengis.net/def/rel/ogc/1.0/schema"

static int get_landing(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	const struct app *app = request->app;
	bool vi = request->lang == LANG_VI;

	json_begin_object(&json);
	json_member_text(&json, "title", app->opened.city.name);
	json_member_text(&json, "description",
		vi ? "Sổ đăng ký đô thị: thửa đất, đường, công trình, tiện ích."
		   : "The register of the city: parcels, streets, buildings, facilities.");
	json_put_key(&json, "links");
	json_begin_array(&json);
	link_write_self(&json, request, TYPE_JSON, "/ogc");
	link_write(&json, request, "service-desc", TYPE_OPENAPI, "OpenAPI", "/ogc/api");
	link_write(&json, request, "service-doc", TYPE_HTML, "API", "/ogc/api?f=html");
	link_write(&json, request, "conformance", TYPE_JSON,
		vi ? "Các lớp tuân thủ" : "Conformance", "/ogc/conformance");
	link_write(&json, request, "data", TYPE_JSON, vi ? "Các lớp dữ liệu" : "Collections",
		"/ogc/collections");
	json_end_array(&json);
	json_end_object(&json);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_JSON, app->opened.city.name, err);
}

static int get_conformance(struct request *request, struct response *response, struct error *err)
{
	static const char *const classes[] = {
		"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
		"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
		"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
	};
	struct json_writer json = JSON_WRITER(&response->body);

	json_begin_object(&json);
	json_put_key(&json, "conformsTo");
	json_begin_array(&json);
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		json_put_text(&json, classes[i]);
	json_end_array(&json);
	json_put_key(&json, "links");
	json_begin_array(&json);
	link_write_self(&json, request, TYPE_JSON, "/ogc/conformance");
	json_end_array(&json);
	json_end_object(&json);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_JSON, "Conformance", err);
}

/* West, south, east, north of the records; false when there are none. */
static bool extent_of(struct worker *worker, const struct layer *layer, struct box *ret_box)
{
	const struct crs_path *path = NULL;
	struct layer_state state;

	return !layer_state_read(worker->records, layer, &state, NULL) &&
		!box_is_empty(&state.box) &&
		!crs_path_find(worker->crs, worker->app->opened.city.epsg, CRS_WGS84, &path, NULL) &&
		box_transform(path, &state.box, ret_box);
}

static void write_extent(
	struct json_writer *json, struct worker *worker, const struct layer *layer)
{
	struct box box;

	if (!extent_of(worker, layer, &box))
		return;
	json_put_key(json, "extent");
	json_begin_object(json);
	json_put_key(json, "spatial");
	json_begin_object(json);
	json_put_key(json, "bbox");
	json_begin_array(json);
	json_begin_array(json);
	json_put_fixed(json, box.min_x, 9);
	json_put_fixed(json, box.min_y, 9);
	json_put_fixed(json, box.max_x, 9);
	json_put_fixed(json, box.max_y, 9);
	json_end_array(json);
	json_end_array(json);
	json_member_text(json, "crs", "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
	json_end_object(json);
	json_end_object(json);
}

static void put_crs(struct json_writer *json, const struct crs_ref *ref)
{
	autofree(strbuf_clear) struct strbuf uri = STRBUF(200);

	crs_ref_print(&uri, ref);
	json_put_text(json, uri.data);
}

static void write_collection_links(
	struct json_writer *json, const struct request *request, const struct layer *layer)
{
	const char *id = layer->id;
	bool vi = request->lang == LANG_VI;

	json_put_key(json, "links");
	json_begin_array(json);
	link_write(json, request, "self", TYPE_JSON, NULL, "/ogc/collections/%s", id);
	link_write(json, request, "alternate", TYPE_HTML, "HTML", "/ogc/collections/%s?f=html", id);
	link_write(json, request, "items", TYPE_GEOJSON, vi ? "Đối tượng" : "Items",
		"/ogc/collections/%s/items", id);
	link_write(json, request, "items", TYPE_HTML, vi ? "Đối tượng (HTML)" : "Items (HTML)",
		"/ogc/collections/%s/items?f=html", id);
	link_write(json, request, "describedby", TYPE_SCHEMA, vi ? "Cấu trúc" : "Schema",
		"/ogc/collections/%s/schema", id);
	/* GDAL before 3.7 looks for this spelling, and for the schema of one feature. */
	link_write(json, request, "describedBy", TYPE_SCHEMA, NULL,
		"/ogc/collections/%s/schema/feature", id);
	link_write(json, request, REL_SCHEMA, TYPE_SCHEMA, NULL, "/ogc/collections/%s/schema", id);
	json_end_array(json);
}

static void write_collection(
	struct json_writer *json, struct request *request, const struct layer *layer)
{
	const struct app *app = request->app;

	json_begin_object(json);
	json_member_text(json, "id", layer->id);
	json_member_text(json, "title", layer->title[request->lang]);
	json_member_text(json, "description", layer->title[!request->lang]);
	json_member_text(json, "itemType", "feature");
	write_extent(json, request->worker, layer);
	json_put_key(json, "crs");
	json_begin_array(json);
	for (size_t i = 0; i < app->crs_count; i++)
		put_crs(json, &app->crs[i]);
	json_end_array(json);
	json_put_key(json, "storageCrs");
	put_crs(json, &(struct crs_ref){app->opened.city.epsg, false, false});
	write_collection_links(json, request, layer);
	json_end_object(json);
}

static int get_collections(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);

	json_begin_object(&json);
	json_put_key(&json, "links");
	json_begin_array(&json);
	link_write_self(&json, request, TYPE_JSON, "/ogc/collections");
	json_end_array(&json);
	json_put_key(&json, "collections");
	json_begin_array(&json);
	for (size_t i = 0; i < request->app->layers->count; i++)
		if (sight_admits(request, &request->app->layers->layers[i]))
			write_collection(&json, request, &request->app->layers->layers[i]);
	json_end_array(&json);
	json_end_object(&json);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_JSON,
		request->lang == LANG_VI ? "Các lớp dữ liệu" : "Collections", err);
}

static int get_collection(struct request *request, struct response *response, struct error *err)
{
	struct json_writer json = JSON_WRITER(&response->body);
	const struct layer *layer;
	int rc = sight_layer(request, request->captures[0], &layer, err);

	if (rc)
		return rc;
	write_collection(&json, request, layer);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_JSON, layer->title[request->lang], err);
}

/* A property of the schema; fields that the register computes are read only. */
static void write_property(struct json_writer *json, const char *id, const char *title,
	enum field_type type, const char *unit, bool read_only)
{
	static const char *const types[] = {"string", "integer", "number", "boolean", "string"};

	json_put_key(json, id);
	json_begin_object(json);
	if (title)
		json_member_text(json, "title", title);
	json_member_text(json, "type", types[type]);
	if (type == FIELD_DATE)
		json_member_text(json, "format", "date");
	if (unit)
		json_member_text(json, "x-ogc-unit", unit);
	if (read_only)
		json_member_bool(json, "readOnly", true);
	json_end_object(json);
}

static void write_properties(
	struct json_writer *json, const struct layer *layer, enum lang lang)
{
	for (size_t i = 0; i < layer->field_count; i++)
		write_property(json, layer->fields[i].id, layer->fields[i].title[lang],
			layer->fields[i].type, layer->fields[i].unit,
			layer->fields[i].source != FIELD_GIVEN);
	write_property(json, "valid_from", lang == LANG_VI ? "Hiệu lực từ" : "In force from",
		FIELD_DATE, NULL, false);
	write_property(json, "valid_to", lang == LANG_VI ? "Hiệu lực đến trước" : "In force before",
		FIELD_DATE, NULL, false);
	write_property(json, "version", lang == LANG_VI ? "Phiên bản" : "Version", FIELD_INT, NULL,
		true);
	json_put_key(json, "source_attributes");
	json_begin_object(json);
	json_member_text(json, "title",
		lang == LANG_VI ? "Cột khác của tệp gốc" : "Other columns of the source");
	json_member_text(json, "type", "object");
	json_end_object(json);
	write_property(json, "native_epsg",
		lang == LANG_VI ? "Hệ tọa độ gốc (EPSG)" : "Native CRS (EPSG)", FIELD_INT, NULL,
		true);
	write_property(json, "uid", "UUID", FIELD_TEXT, NULL, true);
}

static void begin_schema(struct json_writer *json, const struct request *request,
	const struct layer *layer, const char *tail)
{
	autofree(strbuf_clear) struct strbuf id = STRBUF(1000);

	strbuf_add_format(&id, "%s/ogc/collections/%s/schema%s", request->app->public_url,
		layer->id, tail);
	json_begin_object(json);
	json_member_text(json, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_member_text(json, "$id", id.data);
	json_member_text(json, "title", layer->title[request->lang]);
	json_member_text(json, "type", "object");
	json_put_key(json, "properties");
	json_begin_object(json);
}

/* Logical schema (OGC 23-058r2): the properties side by side, the geometry by its format. */
static int get_schema(struct request *request, struct response *response, struct error *err)
{
	static const char *const formats[] = {
		"geometry-point-or-multipoint", "geometry-multilinestring", "geometry-multipolygon"};
	struct json_writer json = JSON_WRITER(&response->body);
	const struct layer *layer;
	int rc = sight_layer(request, request->captures[0], &layer, err);

	if (rc)
		return rc;
	begin_schema(&json, request, layer, "");
	json_put_key(&json, "id");
	json_begin_object(&json);
	json_member_text(&json, "type", "integer");
	json_member_text(&json, "x-ogc-role", "id");
	json_member_bool(&json, "readOnly", true);
	json_end_object(&json);
	write_properties(&json, layer, request->lang);
	json_put_key(&json, "geometry");
	json_begin_object(&json);
	json_member_text(&json, "x-ogc-role", "primary-geometry");
	json_member_text(&json, "format", formats[layer->geometry]);
	json_end_object(&json);
	json_end_object(&json);
	json_end_object(&json);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_SCHEMA, layer->title[request->lang], err);
}

/* The schema of one GeoJSON feature, as GDAL reads it for the types of columns. */
static int get_feature_schema(struct request *request, struct response *response, struct error *err)
{
	static const char *const geometries[] = {"Point", "MultiLineString", "MultiPolygon"};
	struct json_writer json = JSON_WRITER(&response->body);
	autofree(strbuf_clear) struct strbuf ref = STRBUF(100);
	const struct layer *layer;
	int rc = sight_layer(request, request->captures[0], &layer, err);

	if (rc)
		return rc;
	begin_schema(&json, request, layer, "/feature");
	json_put_key(&json, "type");
	json_begin_object(&json);
	json_put_key(&json, "enum");
	json_begin_array(&json);
	json_put_text(&json, "Feature");
	json_end_array(&json);
	json_end_object(&json);
	json_put_key(&json, "geometry");
	json_begin_object(&json);
	strbuf_add_format(&ref, "https://geojson.org/schema/%s.json", geometries[layer->geometry]);
	json_member_text(&json, "$ref", ref.data);
	json_end_object(&json);
	json_put_key(&json, "properties");
	json_begin_object(&json);
	json_member_text(&json, "type", "object");
	json_put_key(&json, "properties");
	json_begin_object(&json);
	write_properties(&json, layer, request->lang);
	json_end_object(&json);
	json_end_object(&json);
	json_end_object(&json);
	json_end_object(&json);
	response->caching = CACHE_CHECK;
	return page_answer(request, response, TYPE_SCHEMA, layer->title[request->lang], err);
}

static const struct route routes[] = {
	{"/ogc", get_landing, "f", on_worker, {"Trang đầu", "Landing page"}, NO_ACTIONS},
	{"/ogc/conformance", get_conformance, "f", on_worker, {"Các lớp tuân thủ", "Conformance"}, NO_ACTIONS},
	{"/ogc/collections", get_collections, "f", on_worker, {"Các lớp dữ liệu", "Collections"}, NO_ACTIONS},
	{"/ogc/collections/{collection}", get_collection, "f", on_worker, {"Một lớp", "A collection"}, NO_ACTIONS},
	{"/ogc/collections/{collection}/schema", get_schema, "f", on_worker,
		{"Cấu trúc của lớp", "Schema of a collection"}, NO_ACTIONS},
	{"/ogc/collections/{collection}/schema/feature", get_feature_schema, "f", on_worker,
		{"Cấu trúc của một đối tượng GeoJSON", "Schema of one GeoJSON feature"}, NO_ACTIONS},
};

const struct route_table collections_routes = {routes, sizeof routes / sizeof routes[0]};
