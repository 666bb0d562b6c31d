#include "server/numbering_input.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "data/feature_read.h"
#include "data/history.h"
#include "server/asker.h"
#include "server/sight.h"
#include "server/worker.h"

int numbering_sees(const struct request *request, struct error *err)
{
	const struct layer_table *layers = request->app->layers;

	return sight_admits(request, layer_of_addresses(layers)) &&
			sight_admits(request, layer_of_streets(layers)) &&
			sight_admits(request, layer_of_land(layers))
		? 0
		: fail_no_such_layer(err);
}

static int look(void *context, const struct feature *feature, struct error *err)
{
	(void)context;
	(void)feature;
	(void)err;
	return 0;
}

int numbering_sees_parcel(struct request *request, int64_t id, struct error *err)
{
	const struct layer *layer = layer_of_land(request->app->layers);
	struct view view = sight_view(request, layer, NULL);
	bool found = false;
	int rc = id < 1 || id > HISTORY_ID_MAX
		? 0
		: feature_read_one(
			  request->worker->store, &view, id, look, NULL, &found, err);

	return rc || found ? rc : fail_no_such_parcel(err);
}

int numbering_check_writer(const struct request *request, struct error *err)
{
	int rc = numbering_sees(request, err);

	return rc ? rc
		  : sight_check_writer(request, layer_of_addresses(request->app->layers), err);
}

int numbering_id_param(struct request *request, const char *name, bool is_needed, int64_t *ret,
	struct error *err)
{
	const char *text = request_param(request, name);

	*ret = 0;
	if (!text)
		return is_needed ? fail_number_member(err, name) : 0;
	return number_parse_int(text, strlen(text), 1, HISTORY_ID_MAX, ret)
		? 0
		: fail_number_member(err, name);
}

static int set_door(struct request *request, double lon, double lat,
	struct proposal_order *order, struct error *err)
{
	const struct crs_path *path = NULL;
	double xy[2] = {lon, lat};
	int rc = fabs(lon) <= 180 && fabs(lat) <= 90
		? crs_path_find(request->worker->crs, CRS_WGS84, request->app->opened.city.epsg,
			  &path, err)
		: fail_number_member(err, "door");

	if (!rc)
		rc = crs_path_move(path, xy, 1, err);
	if (rc)
		return rc;
	order->has_door = true;
	order->door[0] = xy[0];
	order->door[1] = xy[1];
	return 0;
}

int numbering_door_param(
	struct request *request, struct proposal_order *order, struct error *err)
{
	const char *text = request_param(request, "door"), *comma;
	double lon, lat;

	if (!text)
		return 0;
	comma = strchr(text, ',');
	if (!comma || !number_parse_double(text, (size_t)(comma - text), -180, 180, &lon) ||
		!number_parse_double(comma + 1, strlen(comma + 1), -90, 90, &lat))
		return fail_number_member(err, "door");
	return set_door(request, lon, lat, order, err);
}

int numbering_id_member(
	struct content *content, const char *key, int64_t *ret, struct error *err)
{
	const struct json_node *node = content_at(content, key);

	if (!node)
		return 0;
	return json_node_int(node, ret) && *ret > 0 && *ret <= HISTORY_ID_MAX
		? 0
		: fail_number_member(err, key);
}

int numbering_door_member(struct request *request, const struct json_node *node,
	struct proposal_order *order, struct error *err)
{
	double lon, lat;

	if (!node)
		return 0;
	if (json_node_count(node) != 2 || !json_node_number(json_node_at(node, 0), &lon) ||
		!json_node_number(json_node_at(node, 1), &lat))
		return fail_number_member(err, "door");
	return set_door(request, lon, lat, order, err);
}
