#include "server/tile_layers.h"

#include "base/messages.h"
#include "server/worker.h"

static size_t number_of(const struct request *request, const struct layer *layer)
{
	return (size_t)(layer - request->app->layers->layers);
}

/* What the live map has of a layer for this asker, or NULL. */
static const struct snapshot *lent(const struct request *request, const struct layer *layer,
	const struct moment *moment, struct tile tile, double margin)
{
	if (moment->is_dated || !sight_is_whole(request, layer))
		return NULL;
	return live_map_take(request->app->map, number_of(request, layer), tile, margin);
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
static int area_of(
	struct request *request, struct tile tile, double margin, struct box *ret_area, struct error *err)
{
	const struct crs_path *path = NULL;
	int rc = crs_path_find(request->worker->crs, CRS_WEB_MERCATOR,
		request->app->opened.city.epsg, &path, err);

	if (rc)
		return rc;
	if (!live_map_area(path, tile, margin, ret_area))
		*ret_area = (struct box){-1e12, -1e12, 1e12, 1e12};
	return 0;
}

static int open_one(struct request *request, const struct layer *layer, const struct moment *moment,
	struct tile tile, double margin, struct transaction *reading, struct tile_layers *layers,
	struct error *err)
{
	struct snapshot *made = NULL;
	struct box area;
	int rc = 0;

	layers->snapshots[layers->count] = lent(request, layer, moment, tile, margin);
	layers->made[layers->count] = false;
	if (layers->snapshots[layers->count]) {
		layers->count++;
		return 0;
	}
	if (!reading->store)
		rc = transaction_begin_read(request->worker->records, reading, err);
	if (!rc)
		rc = area_of(request, tile, margin, &area, err);
	if (!rc)
		rc = make(request, layer, moment, &area, &made, err);
	if (rc)
		return rc;
	layers->made[layers->count] = true;
	layers->snapshots[layers->count++] = made;
	return 0;
}

int tile_layers_open(struct request *request, const char *ids, struct tile tile, double margin,
	struct tile_layers *ret_layers, struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	struct layer_choice choice;
	struct moment moment;
	int rc = sight_moment(request, &moment, err);

	*ret_layers = (struct tile_layers){.map = request->app->map};
	if (!rc)
		rc = sight_layers(request, ids, &choice, err);
	for (size_t i = 0; !rc && i < choice.count; i++) {
		const struct look *look = &choice.layers[i]->look;

		if (tile.z < look->min_zoom || tile.z > look->max_zoom)
			continue;
		rc = open_one(request, choice.layers[i], &moment, tile, margin, &reading, ret_layers,
			err);
	}
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

bool tile_layers_at_hand(const struct request *request, const char *ids, struct tile tile,
	struct tile_layers *ret_layers)
{
	struct layer_choice choice;
	struct moment moment;

	*ret_layers = (struct tile_layers){.map = request->app->map};
	if (sight_moment(request, &moment, NULL) || sight_layers(request, ids, &choice, NULL))
		return false;
	for (size_t i = 0; i < choice.count; i++) {
		const struct snapshot *snapshot =
			lent(request, choice.layers[i], &moment, tile, TILE_MARGIN_VECTOR);

		if (!snapshot) {
			tile_layers_close(ret_layers);
			return false;
		}
		ret_layers->snapshots[ret_layers->count++] = snapshot;
	}
	return true;
}
