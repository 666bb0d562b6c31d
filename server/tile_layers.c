#include "server/tile_layers.h"

#include "base/messages.h"
#include "server/worker.h"
#include "tiles/snapshot_pick.h"

static size_t number_of(const struct request *request, const struct layer *layer)
{
	return (size_t)(layer - request->app->layers->layers);
}

static struct snapshot_source source_of(const struct request *request)
{
	const struct worker *worker = request->worker;

	return (struct snapshot_source){
		worker->records, &request->app->opened.city, worker->crs, worker->geom};
}

static int begin_reading(
	const struct request *request, struct transaction *reading, struct error *err)
{
	return reading->store ? 0 : transaction_begin_read(request->worker->records, reading, err);
}

/* An area that holds nothing is where no record can be. */
static int area_of(const struct request *request, const struct tile_wish *wish,
	struct box *ret_area, struct error *err)
{
	const struct crs_path *path = NULL;
	int rc = crs_path_find(request->worker->crs, CRS_WEB_MERCATOR,
		request->app->opened.city.epsg, &path, err);

	if (rc)
		return rc;
	if (!live_map_area(path, wish->tile, wish->key.margin, ret_area))
		*ret_area = (struct box){-1e12, -1e12, 1e12, 1e12};
	return 0;
}

/* Of the records near the tile that the asker sees, from the register. */
static int make(struct request *request, const struct layer *layer, const struct tile_wish *wish,
	struct transaction *reading, struct snapshot **ret_snapshot, struct error *err)
{
	struct snapshot_source source = source_of(request);
	struct view view = sight_view(request, layer, &wish->moment);
	struct box area;
	int rc = begin_reading(request, reading, err);

	if (!rc)
		rc = area_of(request, wish, &area, err);
	if (!rc)
		rc = snapshot_build(&source, &view, &area, ret_snapshot, err);
	/* The map will have them all. */
	return rc == ERR_TOO_LARGE && !wish->moment.is_dated ? fail_starting(err) : rc;
}

/* What the map does not know yet of the records near the tile. */
static int read_late(struct request *request, const struct layer *layer,
	const struct tile_wish *wish, struct tile_layer *parts, struct transaction *reading,
	struct error *err)
{
	struct snapshot_source source = source_of(request);
	const struct snapshot *before = parts->part.changed ? parts->part.changed : parts->part.all;
	int rc;

	if (!parts->part.late_ids.count)
		return 0;
	rc = begin_reading(request, reading, err);
	return rc ? rc
		  : snapshot_build_of(&source, &VIEW_NOW(layer),
			    &(struct snapshot_wish){&parts->part.late_ids, &before->pool,
				    wish->moment.is_dated},
			    &parts->late, err);
}

/* What the asker sees near the tile, from the map. */
static int pick(struct request *request, const struct layer *layer, const struct tile_wish *wish,
	struct tile_layer *parts, struct transaction *reading, struct error *err)
{
	const struct live_part *live = &parts->part;
	struct view view = sight_view(request, layer, &wish->moment);
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - wish->tile.z);
	struct tile_box box =
		snapshot_tile_box(wish->tile, (int64_t)(wish->key.margin * (double)side));
	struct pick_part all[3] = {{live->all, &live->changed_ids}};
	size_t count = 1;
	int rc = read_late(request, layer, wish, parts, reading, err);

	if (live->changed)
		all[count++] = (struct pick_part){live->changed, &live->late_ids};
	if (parts->late)
		all[count++] = (struct pick_part){parts->late, NULL};
	return rc ? rc : snapshot_pick(all, count, &view, &box, &parts->made, err);
}

/* True if the asker is shown all that the map has there. */
static bool is_whole(const struct request *request, const struct layer *layer,
	const struct tile_wish *wish, const struct live_part *part)
{
	return part->edition && !part->changed_ids.count && !wish->moment.is_dated &&
		sight_is_whole(request, layer);
}

static int open_one(struct request *request, const struct layer *layer,
	const struct tile_wish *wish, struct transaction *reading, struct tile_layers *layers,
	struct error *err)
{
	struct tile_layer *parts = &layers->layers[layers->count];
	struct view view = sight_view(request, layer, &wish->moment);
	int rc = 0;

	*parts = (struct tile_layer){.made = NULL};
	layers->snapshots[layers->count++] = NULL;
	if (pick_can(&view))
		live_map_take(layers->map, number_of(request, layer), wish->tile,
			wish->key.margin, &parts->part);
	if (is_whole(request, layer, wish, &parts->part)) {
		layers->snapshots[layers->count - 1] = parts->part.all;
		return 0;
	}
	rc = parts->part.edition ? pick(request, layer, wish, parts, reading, err)
				 : make(request, layer, wish, reading, &parts->made, err);
	layers->snapshots[layers->count - 1] = parts->made;
	return rc;
}

static bool is_shown(const struct layer *layer, const struct tile_wish *wish)
{
	return wish->tile.z >= layer->look.min_zoom && wish->tile.z <= layer->look.max_zoom;
}

int tile_layers_open(struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers, struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	int rc = 0;

	ret_layers->map = request->app->map;
	ret_layers->count = 0;
	for (size_t i = 0; !rc && i < wish->layers.count; i++)
		if (is_shown(wish->layers.layers[i], wish))
			rc = open_one(request, wish->layers.layers[i], wish, &reading, ret_layers,
				err);
	return rc;
}

void tile_layers_close(struct tile_layers *layers)
{
	for (size_t i = 0; i < layers->count; i++) {
		snapshot_free(layers->layers[i].made);
		snapshot_free(layers->layers[i].late);
		live_map_give_back(layers->map, &layers->layers[i].part);
	}
	layers->count = 0;
}

bool tile_layers_at_hand(const struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers)
{
	ret_layers->map = request->app->map;
	ret_layers->count = 0;
	for (size_t i = 0; !wish->moment.is_dated && i < wish->layers.count; i++) {
		const struct layer *layer = wish->layers.layers[i];
		struct tile_layer *parts = &ret_layers->layers[ret_layers->count];

		if (!is_shown(layer, wish))
			continue;
		*parts = (struct tile_layer){.made = NULL};
		live_map_take(ret_layers->map, number_of(request, layer), wish->tile,
			wish->key.margin, &parts->part);
		ret_layers->snapshots[ret_layers->count++] = parts->part.all;
		if (!is_whole(request, layer, wish, &parts->part)) {
			tile_layers_close(ret_layers);
			return false;
		}
	}
	return !wish->moment.is_dated;
}
