/* What was found of the network of streets, as GeoJSON. */
#include <math.h>

#include "base/messages.h"
#include "gis/geojson.h"
#include "server/api_words.h"
#include "server/cases/network.h"

enum { TEXT_MAX_BYTES = 4096 };

static const char *direction_word(enum network_direction direction)
{
	static const char *const words[] = {NULL, "forward", "backward"};

	return words[direction];
}

static void put_id(struct json_writer *json, const char *key, int64_t id)
{
	json_put_key(json, key);
	if (id)
		json_put_int(json, id);
	else
		json_put_null(json);
}

static void put_metres(struct json_writer *json, const char *key, double value_m)
{
	json_put_key(json, key);
	/* Fixed numbers that are none are null. */
	json_put_fixed(json, value_m, 2);
}

static int64_t id_of(const struct network_survey *survey, size_t index)
{
	return index == NETWORK_NONE ? 0 : survey->lines[index].id;
}

static int write_finding(struct json_writer *json, const struct network_survey *survey,
	const struct network_finding *finding, const struct crs_path *path, enum lang lang,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf detail = STRBUF(TEXT_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf advice = STRBUF(TEXT_MAX_BYTES);
	double xy[2] = {finding->xy[0], finding->xy[1]};
	const struct shape point = {.kind = GEOMETRY_POINT,
		.point_count = 1,
		.xy = xy,
		.ring_count = 1,
		.ring_ends = (uint32_t[]){1},
		.part_count = 1,
		.part_ends = (uint32_t[]){1},
		.z_m = (double)NAN};
	struct error what = {0};
	int rc = crs_path_move(path, xy, 1, err);

	if (rc)
		return rc;
	network_finding_say(&survey->network, finding, &what);
	error_print(&detail, &what, lang);
	error_print_try(&advice, &what, lang);
	json_begin_object(json);
	json_member_text(json, "type", "Feature");
	json_put_key(json, "geometry");
	geojson_write(json, &point, GEOJSON_DEGREE_DECIMALS);
	json_put_key(json, "properties");
	json_begin_object(json);
	json_member_text(json, "code", error_message_code(&what));
	json_member_text(json, "detail", detail.data);
	json_member_text(json, "try", advice.len ? advice.data : NULL);
	json_member_bool(json, "question", finding->fault >= NETWORK_ASK_SECTOR);
	put_id(json, WORD_STREET, id_of(survey, finding->node));
	put_id(json, "other", id_of(survey, finding->other));
	json_end_object(json);
	json_end_object(json);
	return 0;
}

static void write_street(
	struct json_writer *json, const struct network_survey *survey, size_t index)
{
	const struct network_line *line = &survey->lines[index];
	const struct network_street *street = &survey->streets[index];
	const struct network_node *node = &survey->network.nodes[index];

	json_begin_object(json);
	json_member_int(json, "id", line->id);
	json_member_int(json, "version", street->version);
	json_member_text(json, "name", *line->name ? line->name : NULL);
	json_member_text(json, "kind", *street->kind ? street->kind : NULL);
	json_put_key(json, "says");
	json_begin_object(json);
	json_member_text(json, "direction", direction_word(line->direction));
	put_id(json, "parent", line->parent_id);
	put_metres(json, "mouth_m", line->mouth_m);
	json_put_key(json, "open_ends");
	if (street->open_ends < 0)
		json_put_null(json);
	else
		json_put_int(json, street->open_ends);
	json_end_object(json);
	json_put_key(json, "found");
	json_begin_object(json);
	json_member_text(json, "direction", direction_word(node->direction));
	put_id(json, "parent", id_of(survey, node->parent));
	put_metres(json, "mouth_m", node->mouth_m);
	json_member_int(json, "open_ends", node->open_ends);
	json_put_key(json, "depth");
	if (node->depth < 0)
		json_put_null(json);
	else
		json_put_int(json, node->depth);
	json_end_object(json);
	json_member_bool(json, "doubtful", !node->direction);
	json_member_bool(json, "changes", network_changes(survey, index, false));
	json_end_object(json);
}

int network_survey_write(struct json_writer *json, const struct network_survey *survey,
	enum lang lang, struct error *err)
{
	const struct street_network *network = &survey->network;
	const struct crs_path *path;
	int rc =
		crs_path_find(survey->tools->crs, survey->tools->city->epsg, CRS_WGS84, &path, err);

	if (rc)
		return rc;
	json_begin_object(json);
	json_member_text(json, "type", "FeatureCollection");
	json_put_key(json, "features");
	json_begin_array(json);
	for (size_t i = 0; !rc && i < network->finding_count; i++)
		rc = write_finding(json, survey, &network->findings[i], path, lang, err);
	json_end_array(json);
	json_member_int(json, "findings", (int64_t)network->finding_total);
	json_member_bool(json, "complete", network->finding_count == network->finding_total);
	json_put_key(json, "streets");
	json_begin_array(json);
	for (size_t i = 0; !rc && i < survey->count; i++)
		if (survey->streets[i].is_judged)
			write_street(json, survey, i);
	json_end_array(json);
	json_end_object(json);
	return rc;
}
