#include "server/tile_write.h"

#include "base/banned.h"

/* Those of the snapshots whose layers are among `numbers`. */
static size_t take_snapshots(const struct app *app, const struct snapshot *const *snapshots,
	size_t count, uint64_t numbers, const struct snapshot *ret_taken[APP_LAYERS_MAX])
{
	size_t taken = 0;

	for (size_t i = 0; i < count; i++)
		if (numbers >> (snapshots[i]->layer - app->layers->layers) & 1)
			ret_taken[taken++] = snapshots[i];
	return taken;
}

int tile_write(const struct app *app, const struct layer_choice *choice,
	const struct snapshot *const *snapshots, size_t count, struct mvt_scratch *scratch,
	struct tile tile, struct strbuf *out, struct mvt_report *ret_report, struct error *err)
{
	const struct snapshot *taken[APP_LAYERS_MAX];
	size_t taken_count = take_snapshots(app, snapshots, count, choice->records, taken);
	struct mvt_report labels = {0};
	int rc = mvt_write(scratch, taken, taken_count, tile, out, ret_report, err);

	if (rc || !choice->labels)
		return rc;
	taken_count = take_snapshots(app, snapshots, count, choice->labels, taken);
	rc = mvt_write_labels(scratch, taken, taken_count, tile, out, &labels, err);
	ret_report->features += labels.features;
	ret_report->dropped += labels.dropped;
	return rc;
}
