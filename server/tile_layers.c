#include "server/tile_layers.h"

#include "base/messages.h"
#include "server/worker.h"
#include "tiles/blocks.h"
#include "tiles/render.h"
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

/*
 * What around the tile may show on it of a layer, of its side: of areas without names on a picture
 * their outlines alone. Else far more would be looked at than is drawn.
 */
static double margin_of(const struct layer *layer, const struct tile_wish *wish)
{
	const struct look_label *label = &layer->look.label;
	bool has_names = label->field && wish->tile.z >= label->min_zoom;

	return !wish->form->is_vector && layer->geometry == GEOMETRY_AREA && !has_names
		? render_outline_margin(&layer->look)
		: wish->key.margin;
}

/* An area that holds nothing is where no record can be. */
static int area_of(const struct request *request, const struct layer *layer,
	const struct tile_wish *wish, struct box *ret_area, struct error *err)
{
	const struct crs_path *path = NULL;
	int rc = crs_path_find(request->worker->crs, CRS_WEB_MERCATOR,
		request->app->opened.city.epsg, &path, err);

	if (rc)
		return rc;
	if (!live_map_area(path, wish->tile, margin_of(layer, wish), ret_area))
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
		rc = area_of(request, layer, wish, &area, err);
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
			    &(struct snapshot_wish){&parts->part.late_ids, before,
				    wish->moment.is_dated},
			    &parts->late, err);
}

/* All that there is of a layer, whichever snapshot has it. */
static size_t gather_parts(const struct tile_layer *parts, struct pick_part ret_parts[PICK_PARTS_MAX])
{
	const struct live_part *live = &parts->part;
	size_t count = 0;

	ret_parts[count++] = (struct pick_part){live->all, &live->changed_ids};
	if (live->changed)
		ret_parts[count++] = (struct pick_part){live->changed, &live->late_ids};
	if (parts->late)
		ret_parts[count++] = (struct pick_part){parts->late, NULL};
	return count;
}

static struct tile_box box_of(
	const struct layer *layer, const struct tile_layer *parts, const struct tile_wish *wish)
{
	int64_t side = INT64_C(1) << (GRID_WORLD_BITS - wish->tile.z);

	return snapshot_tile_box(parts->part.all->origin, wish->tile, (int64_t)(margin_of(layer, wish) * (double)side));
}

/* What the asker sees near the tile, from the map. */
static int pick(struct request *request, const struct layer *layer, const struct tile_wish *wish,
	struct tile_layer *parts, struct error *err)
{
	struct view view = sight_view(request, layer, &wish->moment);
	struct pick_part all[PICK_PARTS_MAX];
	size_t count = gather_parts(parts, all);
	struct tile_box box = box_of(layer, parts, wish);

	return snapshot_pick(all, count, &view, &box, &parts->made, err);
}

/* The blocks of the cells that have changed, made anew. */
static int make_cells(const struct layer *layer, struct tile_layer *parts, struct snapshot **ret_made,
	struct id_list *ids, struct error *err)
{
	const struct id_list *cells = &parts->part.cells;
	struct pick_part all[PICK_PARTS_MAX];
	size_t count = gather_parts(parts, all);
	struct blocks blocks;
	int rc = blocks_begin(&blocks, parts->part.all, &parts->part.all->blocks->pool, NULL, err);

	for (size_t i = 0; !rc && i < cells->count; i++) {
		struct tile_box box = block_cell_box(cells->ids[i]);
		autoptr(snapshot_free) struct snapshot *areas = NULL;

		rc = snapshot_pick(all, count, &VIEW_NOW(layer), &box, &areas, err);
		if (!rc)
			rc = blocks_add_cell(&blocks, areas, cells->ids[i], err);
		for (size_t class = 0; !rc && class < layer->look.class_count; class++)
			rc = id_list_add(ids, block_id(cells->ids[i], class), err);
	}
	if (!rc)
		rc = blocks_finish(&blocks, ret_made, err);
	blocks_clear(&blocks);
	return rc;
}

/* The blocks near the tile: as they were, but for the cells that have changed. */
static int pick_blocks(const struct layer *layer, const struct tile_wish *wish,
	struct tile_layer *parts, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	struct tile_box box = box_of(layer, parts, wish);
	struct pick_part all[2] = {{parts->part.all->blocks, &ids}};
	int rc = make_cells(layer, parts, &parts->cells, &ids, err);

	all[1] = (struct pick_part){parts->cells, NULL};
	return rc ? rc : snapshot_pick(all, 2, &VIEW_NOW(layer), &box, &parts->made, err);
}

/* True if the asker sees all of the layer as it is today, so that low zooms show him blocks. */
static bool sees_all(
	const struct request *request, const struct layer *layer, const struct tile_wish *wish)
{
	return !wish->moment.is_dated && sight_is_whole(request, layer);
}

/* Takes what the map has of a layer near the tile. */
static void take_part(const struct request *request, const struct layer *layer,
	const struct tile_wish *wish, struct tile_layer *parts)
{
	parts->is_blocks = sees_all(request, layer, wish) && wish->tile.z < layer->look.block_zoom;
	live_map_take(request->app->map, number_of(request, layer), wish->tile, margin_of(layer, wish),
		parts->is_blocks, &parts->part);
}

/* True if the asker is shown all that the map has there. */
static bool is_whole(const struct request *request, const struct layer *layer,
	const struct tile_wish *wish, const struct live_part *part)
{
	return part->edition && !part->changed_ids.count && sees_all(request, layer, wish);
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
		take_part(request, layer, wish, parts);
	if (is_whole(request, layer, wish, &parts->part)) {
		layers->snapshots[layers->count - 1] = parts->part.all;
		return 0;
	}
	/* Without the map there are no blocks: such a tile is for now alone. */
	layers->is_passing |= parts->is_blocks && !parts->part.edition;
	if (parts->part.edition)
		rc = read_late(request, layer, wish, parts, reading, err);
	if (rc)
		return rc;
	if (!parts->part.edition)
		rc = make(request, layer, wish, reading, &parts->made, err);
	else if (parts->is_blocks)
		rc = pick_blocks(layer, wish, parts, err);
	else
		rc = pick(request, layer, wish, parts, err);
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
	ret_layers->is_passing = false;
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
		snapshot_free(layers->layers[i].cells);
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
	ret_layers->is_passing = false;
	for (size_t i = 0; !wish->moment.is_dated && i < wish->layers.count; i++) {
		const struct layer *layer = wish->layers.layers[i];
		struct tile_layer *parts = &ret_layers->layers[ret_layers->count];

		if (!is_shown(layer, wish))
			continue;
		*parts = (struct tile_layer){.made = NULL};
		take_part(request, layer, wish, parts);
		ret_layers->snapshots[ret_layers->count++] = parts->part.all;
		if (!is_whole(request, layer, wish, &parts->part)) {
			tile_layers_close(ret_layers);
			return false;
		}
	}
	return !wish->moment.is_dated;
}
