#include "server/search_answer.h"

#include <math.h>

#include "base/messages.h"
#include "data/feature_table.h"
#include "gis/box_transform.h"
#include "gis/geojson.h"
#include "gis/place_text.h"
#include "gis/shape.h"
#include "server/search_result.h"

enum { LOOKED_AT_MIN = 64, DEGREE_DECIMALS = 7, EXACT_DECIMALS = 9, METRE_DECIMALS = 3 };

/* An answer on its way. */
struct answer {
	const struct search_question *question;
	struct arena *arena;
	struct json_writer *json;
	const struct crs_path *to_wgs84;
};

static void write_lonlat(struct json_writer *json, const char *key, double lon, double lat)
{
	json_put_key(json, key);
	json_begin_array(json);
	json_put_fixed(json, lon, DEGREE_DECIMALS);
	json_put_fixed(json, lat, DEGREE_DECIMALS);
	json_end_array(json);
}

/* Where it is; nothing of a record without a place. */
static void write_place(const struct answer *answer, const struct box *box)
{
	struct json_writer *json = answer->json;
	struct error nowhere = {0};
	double middle[2] = {(box->min_x + box->max_x) / 2, (box->min_y + box->max_y) / 2};
	struct box degrees;

	if (box_is_empty(box) || !box_transform(answer->to_wgs84, box, &degrees) ||
		crs_path_apply(answer->to_wgs84, middle, 1, &nowhere))
		return;
	write_lonlat(json, "center", middle[0], middle[1]);
	json_put_key(json, "box");
	json_begin_array(json);
	json_put_fixed(json, degrees.min_x, DEGREE_DECIMALS);
	json_put_fixed(json, degrees.min_y, DEGREE_DECIMALS);
	json_put_fixed(json, degrees.max_x, DEGREE_DECIMALS);
	json_put_fixed(json, degrees.max_y, DEGREE_DECIMALS);
	json_end_array(json);
}

/* "Phường Phú Lợi · ODT · 84,7 m²" */
static int write_detail(
	const struct answer *answer, const struct search_result *result, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(8 * SEARCH_TITLE_BYTES);
	int rc;

	if (result->unit_name)
		strbuf_add_text(&text, result->unit_name);
	for (size_t i = 0; i < result->told_count; i++)
		strbuf_add_format(&text, "%s%s", text.len ? " · " : "", result->told[i]);
	rc = strbuf_check(&text, err);
	if (!rc)
		json_member_text(answer->json, "detail", text.data);
	return rc;
}

static int write_result(
	const struct answer *answer, const struct search_result *result, struct error *err)
{
	struct json_writer *json = answer->json;
	const struct search_hit *hit = result->hit;
	int rc;

	json_begin_object(json);
	json_member_text(json, "layer", hit->layer->id);
	json_member_int(json, "id", hit->id);
	json_member_text(json, "title", result->title);
	rc = write_detail(answer, result, err);
	write_place(answer, &result->box);
	if (strcmp(hit->name, result->title) != 0 && hit->field->search != SEARCH_NUMBER)
		json_member_text(json, "matched", hit->name);
	if (*hit->until.text) {
		json_put_key(json, "former");
		json_begin_object(json);
		json_member_text(json, "name", hit->name);
		json_member_text(json, "until", hit->until.text);
		json_end_object(json);
	}
	if (*result->as_of.text)
		json_member_text(json, "datetime", result->as_of.text);
	json_end_object(json);
	return rc;
}

/* The results of a layer, the first of its hits as far as they are seen. */
static int write_group(
	const struct answer *answer, const struct search_hit *hits, size_t count, struct error *err)
{
	const struct search_question *question = answer->question;
	size_t looked_at = (size_t)question->limit + 1, written = 0;
	struct search_result *results;
	bool more = false;
	int rc;

	if (looked_at < LOOKED_AT_MIN && hits->within)
		looked_at = LOOKED_AT_MIN;
	if (looked_at > count)
		looked_at = count;
	results = arena_alloc(answer->arena, looked_at * sizeof *results);
	rc = results ? search_results_read(
			       question, answer->arena, hits, looked_at, results, err)
		     : fail_no_memory(err);
	if (!rc)
		rc = search_results_place(question, answer->arena, results, looked_at, err);
	if (!rc)
		rc = search_results_name_units(question, answer->arena, results, looked_at, err);
	for (size_t i = 0; !rc && i < looked_at && !more; i++) {
		if (!results[i].is_read)
			continue;
		if (written == (size_t)question->limit) {
			more = true;
			break;
		}
		if (!written++) {
			json_begin_object(answer->json);
			json_member_text(answer->json, "layer", hits->layer->id);
			json_member_text(
				answer->json, "title", hits->layer->title[question->lang]);
			json_put_key(answer->json, "results");
			json_begin_array(answer->json);
		}
		rc = write_result(answer, &results[i], err);
	}
	if (!written)
		return rc;
	json_end_array(answer->json);
	json_member_bool(answer->json, "more", more);
	json_end_object(answer->json);
	return rc;
}

static int write_groups(
	const struct answer *answer, const struct search_hits *hits, struct error *err)
{
	size_t first = 0;
	int rc = 0;

	json_put_key(answer->json, "groups");
	json_begin_array(answer->json);
	while (!rc && first < hits->count) {
		size_t end = first;

		while (end < hits->count && hits->hits[end].layer == hits->hits[first].layer)
			end++;
		rc = write_group(answer, hits->hits + first, end - first, err);
		first = end;
	}
	json_end_array(answer->json);
	return rc;
}

/* The middle of the city in degrees; false if nothing lies anywhere. */
static int find_middle(const struct answer *answer, double ret_lonlat[2], bool *ret_has,
	struct error *err)
{
	const struct search_ask *ask = &answer->question->ask;
	struct box all = box_empty;
	int rc = 0;

	for (size_t i = 0; !rc && i < ask->layers->count; i++) {
		struct layer_state state;

		rc = layer_state_read(ask->store, &ask->layers->layers[i], &state, err);
		if (!rc && !box_is_empty(&state.box))
			box_add(&all, &state.box);
	}
	*ret_has = !box_is_empty(&all);
	if (rc || !*ret_has)
		return rc;
	ret_lonlat[0] = (all.min_x + all.max_x) / 2;
	ret_lonlat[1] = (all.min_y + all.max_y) / 2;
	return crs_path_apply(answer->to_wgs84, ret_lonlat, 1, err);
}

/* An empty city has the middle of where its CRS is used. */
static int middle_of_crs(const struct answer *answer, double ret_lonlat[2], struct error *err)
{
	struct crs_info info;
	int rc = crs_describe(answer->question->crs, answer->question->city->epsg, &info, err);

	ret_lonlat[0] = (info.west + info.east) / 2;
	ret_lonlat[1] = (info.south + info.north) / 2;
	return rc;
}

static int write_reading(
	const struct answer *answer, const struct place_reading *reading, struct error *err)
{
	struct json_writer *json = answer->json;
	struct crs_info info;
	bool is_degrees = reading->epsg == CRS_WGS84;
	int rc = crs_describe(answer->question->crs,
		is_degrees ? answer->question->city->epsg : reading->epsg, &info, err);

	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "kind", is_degrees ? "degrees" : "grid");
	json_member_int(json, "epsg", reading->epsg);
	json_member_text(json, "crs", is_degrees ? "WGS 84" : info.name);
	json_put_key(json, "lon");
	json_put_fixed(json, reading->lon, EXACT_DECIMALS);
	json_put_key(json, "lat");
	json_put_fixed(json, reading->lat, EXACT_DECIMALS);
	json_put_key(json, "east");
	json_put_fixed(json, reading->east, METRE_DECIMALS);
	json_put_key(json, "north");
	json_put_fixed(json, reading->north, METRE_DECIMALS);
	json_member_text(json, "grid", info.name);
	json_end_object(json);
	return 0;
}

static int write_readings(const struct answer *answer, struct error *err)
{
	const struct search_question *question = answer->question;
	struct place_reading readings[PLACE_READINGS_MAX];
	struct place_pair pair;
	double middle[2];
	size_t count = 0;
	bool has = false;
	int rc = 0;

	if (place_text_parse(question->ask.text, question->ask.len, &pair)) {
		rc = find_middle(answer, middle, &has, err);
		if (!rc && !has)
			rc = middle_of_crs(answer, middle, err);
		if (!rc)
			rc = place_text_readings(question->crs, question->city->epsg, middle,
				&pair, readings, &count, err);
	}
	json_put_key(answer->json, "readings");
	json_begin_array(answer->json);
	for (size_t i = 0; !rc && i < count; i++)
		rc = write_reading(answer, &readings[i], err);
	json_end_array(answer->json);
	return rc;
}

int search_answer_write(const struct search_question *question, struct arena *arena,
	struct json_writer *json, struct error *err)
{
	struct answer answer = {.question = question, .arena = arena, .json = json};
	autofree(transaction_end) struct transaction reading = {0};
	struct search_hits hits;
	int rc;

	if (question->ask.len > SEARCH_TEXT_MAX)
		return fail_search_too_long(err, SEARCH_TEXT_MAX);
	rc = crs_path_find(question->crs, question->city->epsg, CRS_WGS84, &answer.to_wgs84, err);
	/* Names, records and units as of one moment. */
	if (!rc)
		rc = transaction_begin_read(question->ask.store, &reading, err);
	if (!rc)
		rc = search_find(&question->ask, arena, &hits, err);
	if (rc)
		return rc;
	json_begin_object(json);
	json_put_key(json, "query");
	json_put_text_len(json, question->ask.text, question->ask.len);
	rc = write_groups(&answer, &hits, err);
	if (!rc)
		rc = write_readings(&answer, err);
	json_end_object(json);
	return rc;
}
