#include "server/cases/certificate_scene.h"

#include <math.h>

#include "base/messages.h"
#include "gis/street_line.h"

/* Of each layer: a block of the old town has 400 parcels. What is beyond is not on the map. */
enum { RECORDS_MAX = 3000 };

/* Farther from its street than this, the map shows the house alone. */
#define STREET_FAR_M 60.0

struct scene {
	const struct certificate_source *source;
	const struct certificate_facts *facts;
	const struct layer *layer; /* in hand */
	struct paper_parcel *parcels;
	int64_t *parcel_ids; /* rising */
	size_t parcel_count;
	struct paper_street *streets;
	size_t street_count;
};

/* The ids of what may meet the window, at most RECORDS_MAX, in order. */
static int visit_window(struct scene *scene, const struct layer *layer, const struct box *window,
	feature_visit *visit, struct error *err)
{
	autofree(id_list_clear) struct id_list list = {0};
	const struct view view = VIEW_NOW(layer);
	bool more;
	int rc = feature_ids_in_box(
		scene->source->store, &view, window, false, 0, RECORDS_MAX, &list, &more, err);

	scene->layer = layer;
	return rc ? rc
		  : feature_read_list(
			    scene->source->store, &view, list.ids, list.count, visit, scene, err);
}

static const char *keep_text(
	struct scene *scene, const struct feature *feature, const char *field)
{
	const struct value *value = &feature->values[layer_field_at(scene->layer, field)];
	const char *text = value->kind == VALUE_TEXT
		? arena_text(scene->source->arena, value->text, value->len)
		: "";

	return text ? text : "";
}

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct scene *scene = context;
	struct paper_parcel *parcel = &scene->parcels[scene->parcel_count];
	int rc;

	if (!feature->wkb.bytes || scene->parcel_count == RECORDS_MAX)
		return 0;
	rc = shape_read_wkb(scene->source->arena, feature->wkb, &parcel->shape, err);
	if (rc)
		return rc;
	parcel->number = keep_text(scene, feature, scene->layer->land->number);
	parcel->plate = "";
	parcel->is_subject = feature->id == scene->facts->parcel_id;
	scene->parcel_ids[scene->parcel_count++] = feature->id;
	return 0;
}

static int take_street(void *context, const struct feature *feature, struct error *err)
{
	struct scene *scene = context;
	const struct layer_network *role = scene->layer->network;
	const struct value *width = &feature->values[layer_field_at(scene->layer, role->width)];
	struct paper_street *street = &scene->streets[scene->street_count];
	int rc;

	if (!feature->wkb.bytes || scene->street_count == RECORDS_MAX)
		return 0;
	rc = shape_read_wkb(scene->source->arena, feature->wkb, &street->shape, err);
	if (rc)
		return rc;
	street->name = keep_text(scene, feature, role->name);
	street->width_m = width->kind == VALUE_REAL ? width->real : 0;
	scene->street_count++;
	return 0;
}

static struct paper_parcel *find_parcel(struct scene *scene, int64_t id)
{
	size_t low = 0, high = scene->parcel_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (scene->parcel_ids[middle] == id)
			return &scene->parcels[middle];
		if (scene->parcel_ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* What stands behind the last '/': the number within its alley, as neighbours say it. */
static const char *own_number(const char *plate)
{
	const char *slash = strrchr(plate, '/');

	return slash ? slash + 1 : plate;
}

static int take_plate(void *context, const struct feature *feature, struct error *err)
{
	struct scene *scene = context;
	const struct layer_address *role = scene->layer->address;
	const struct value *of = &feature->values[layer_field_at(scene->layer, role->parcel)];
	struct paper_parcel *parcel =
		of->kind == VALUE_INT ? find_parcel(scene, of->integer) : NULL;

	(void)err;
	if (!parcel || (*parcel->plate && feature->id != scene->facts->address_id) ||
		strcmp(keep_text(scene, feature, role->status), "current") != 0)
		return 0;
	parcel->plate = own_number(keep_text(scene, feature, role->plate));
	return 0;
}

/* The parcel, the door, and the street before it. */
static int find_focus(const struct scene *scene, struct paper_map *map, struct error *err)
{
	const struct certificate_facts *facts = scene->facts;
	struct street_line line;
	struct street_foot foot;
	int rc;

	map->focus = facts->parcel_shape.point_count ? shape_box(&facts->parcel_shape) : box_empty;
	if (isfinite(facts->door[0])) {
		map->door[0] = facts->door[0];
		map->door[1] = facts->door[1];
		box_add(&map->focus, &(struct box){map->door[0], map->door[1], map->door[0], map->door[1]});
	}
	if (box_is_empty(&map->focus))
		return fail_certificate_nowhere(err, facts->label);
	if (!isfinite(facts->door[0])) {
		map->door[0] = (map->focus.min_x + map->focus.max_x) / 2;
		map->door[1] = (map->focus.min_y + map->focus.max_y) / 2;
	}
	if (!facts->street_shape.point_count)
		return 0;
	rc = street_line_make(scene->source->arena, &facts->street_shape, false, &line, NULL);
	if (rc == ERR_NOMEM)
		return fail_no_memory(err);
	if (rc)
		return 0; /* a line without length shows nothing */
	street_line_foot(&line, map->door[0], map->door[1], &foot);
	if (foot.distance_m <= STREET_FAR_M)
		box_add(&map->focus, &(struct box){foot.east, foot.north, foot.east, foot.north});
	return 0;
}

/* The parcel itself is on the map, however many others there are. */
static void add_subject(struct scene *scene)
{
	const struct certificate_facts *facts = scene->facts;

	if (!facts->parcel_shape.point_count || find_parcel(scene, facts->parcel_id))
		return;
	scene->parcels[scene->parcel_count] = (struct paper_parcel){
		facts->parcel_shape, facts->parcel_no, own_number(facts->plate), true};
	/* Behind all ids, so that they stay in order. */
	scene->parcel_ids[scene->parcel_count++] = INT64_MAX;
}

int certificate_scene_read(const struct certificate_source *source,
	const struct certificate_facts *facts, struct paper_map *ret, struct error *err)
{
	struct scene scene = {.source = source, .facts = facts};
	struct box window;
	int rc;

	*ret = (struct paper_map){.parcel_count = 0};
	rc = find_focus(&scene, ret, err);
	if (rc)
		return rc;
	window = paper_window(ret);
	scene.parcels = arena_zero(source->arena, RECORDS_MAX + 1, sizeof *scene.parcels);
	scene.parcel_ids = arena_zero(source->arena, RECORDS_MAX + 1, sizeof *scene.parcel_ids);
	scene.streets = arena_zero(source->arena, RECORDS_MAX, sizeof *scene.streets);
	if (!scene.parcels || !scene.parcel_ids || !scene.streets)
		return fail_no_memory(err);
	rc = visit_window(&scene, layer_of_land(source->layers), &window, take_parcel, err);
	if (!rc)
		add_subject(&scene);
	if (!rc)
		rc = visit_window(&scene, layer_of_streets(source->layers), &window, take_street, err);
	if (!rc)
		rc = visit_window(&scene, layer_of_addresses(source->layers), &window, take_plate, err);
	ret->parcels = scene.parcels;
	ret->parcel_count = scene.parcel_count;
	ret->streets = scene.streets;
	ret->street_count = scene.street_count;
	return rc;
}
