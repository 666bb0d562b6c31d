#include "server/tile_layers.h"

#include "base/messages.h"
#include "server/worker.h"

static size_t number_of(const struct request *request, const struct layer *layer)
{
	return (size_t)(layer - request->app->layers->layers);
}

/* What the live map has of a layer for this asker, or NULL. */
static const struct snapshot *lent(const struct request *request, const struct layer *layer,
	const struct tile_wish *wish)
{
	if (wish->moment.is_dated || !sight_is_whole(request, layer))
		return NULL;
	return live_map_take(
		request->app->map, number_of(request, layer), wish->tile, wish->key.margin);
}

/* Of the records near the tile that the asker sees. */
static int make(struct request *request, const struct layer *layer, const struct moment *moment,
	const struct box *area, struct snapshot **ret_snapshot, struct error *err)
{
	struct worker *worker = request->worker;
	struct view view = sight_view(request, layer, moment);
	struct snapshot_source source = {
		worker->records, &request->app->opened.city, worker->crs, worker->geom};

	return snapshot_build(&source, &view, area, ret_snapshot, err);
}

/* An area that holds nothing is where no record can be. */
static int area_of(struct request *request, const struct tile_wish *wish, struct box *ret_area,
	struct error *err)
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

static int open_one(struct request *request, const struct layer *layer,
	const struct tile_wish *wish, struct transaction *reading, struct tile_layers *layers,
	struct error *err)
{
	struct snapshot *made = NULL;
	struct box area;
	int rc = 0;

	layers->snapshots[layers->count] = lent(request, layer, wish);
	layers->made[layers->count] = false;
	if (layers->snapshots[layers->count]) {
		layers->count++;
		return 0;
	}
	if (!reading->store)
		rc = transaction_begin_read(request->worker->records, reading, err);
	if (!rc)
		rc = area_of(request, wish, &area, err);
	if (!rc)
		rc = make(request, layer, &wish->moment, &area, &made, err);
	if (rc)
		return rc;
	layers->made[layers->count] = true;
	layers->snapshots[layers->count++] = made;
	return 0;
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

	*ret_layers = (struct tile_layers){.map = request->app->map};
	for (size_t i = 0; !rc && i < wish->layers.count; i++)
		if (is_shown(wish->layers.layers[i], wish))
			rc = open_one(request, wish->layers.layers[i], wish, &reading, ret_layers,
				err);
	return rc;
}

void tile_layers_close(struct tile_layers *layers)
{
	for (size_t i = 0; i < layers->count; i++) {
		if (layers->made[i])
			snapshot_free((struct snapshot *)(uintptr_t)layers->snapshots[i]);
		else
			live_map_give_back(layers->map, layers->snapshots[i]);
	}
	layers->count = 0;
}

bool tile_layers_at_hand(const struct request *request, const struct tile_wish *wish,
	struct tile_layers *ret_layers)
{
	*ret_layers = (struct tile_layers){.map = request->app->map};
	for (size_t i = 0; i < wish->layers.count; i++) {
		const struct snapshot *snapshot;

		if (!is_shown(wish->layers.layers[i], wish))
			continue;
		snapshot = lent(request, wish->layers.layers[i], wish);
		if (!snapshot) {
			tile_layers_close(ret_layers);
			return false;
		}
		ret_layers->snapshots[ret_layers->count++] = snapshot;
	}
	return true;
}
