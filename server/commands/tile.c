/* dothi tile: one tile on stdout, without a server. */
#include <unistd.h>

#include "base/messages.h"
#include "base/number.h"
#include "server/app.h"
#include "server/commands/desk.h"
#include "server/worker.h"

static int read_tile(const struct command_line *line, struct tile *ret_tile, struct error *err)
{
	int64_t numbers[3];

	for (int i = 0; i < 3; i++) {
		const char *text = line->words[2 + i];

		if (!number_parse_int(text, strlen(text), 0, UINT32_MAX, &numbers[i]))
			return fail_tile_address(err, GRID_ZOOM_MAX);
	}
	*ret_tile = (struct tile){
		(unsigned)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2]};
	if (numbers[0] > GRID_ZOOM_MAX || !tile_exists(*ret_tile))
		return fail_tile_address(err, GRID_ZOOM_MAX);
	return 0;
}

/* Makes the snapshots of the layers that the tile shows, and the tile of them. */
static int make_tile(const struct command_line *line, struct app *app, struct worker *worker,
	struct tile tile, struct strbuf *out, struct error *err)
{
	const char *format = command_value(line, "format", 0);
	struct snapshot_source source = {
		worker->records, &app->opened.city, worker->crs, worker->geom};
	struct snapshot *snapshots[APP_LAYERS_MAX] = {0};
	const struct snapshot *const *all = (const struct snapshot *const *)snapshots;
	struct layer_choice choice;
	struct mvt_report report;
	int rc = app_choose_layers(app, line->words[1], &choice, err);

	for (size_t i = 0; !rc && i < choice.count; i++)
		rc = snapshot_build(
			&source, &VIEW_NOW(choice.layers[i]), NULL, &snapshots[i], err);
	if (!rc && (!format || !strcmp(format, "mvt")))
		rc = mvt_write(&worker->mvt, all, choice.count, tile, out, &report, err);
	else if (!rc && (!strcmp(format, "png") || !strcmp(format, "png2x")))
		rc = render_png(&worker->render, all, choice.count, tile,
			strcmp(format, "png") ? 2 : 1, out, err);
	else if (!rc)
		rc = fail_option_value(err, "format", format);
	for (size_t i = 0; i < APP_LAYERS_MAX; i++)
		snapshot_free(snapshots[i]);
	return rc;
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	autofree(strbuf_clear) struct strbuf out = STRBUF(64 << 20);
	struct app *app = calloc(1, sizeof *app);
	struct worker worker = {0};
	struct tile tile;
	int rc = app ? read_tile(line, &tile, err) : fail_no_memory(err);

	if (rc) {
		free(app);
		return rc;
	}
	*app = (struct app){.layers = city_layers(), .clock = &clock_system,
		.folder = line->words[0], .opened = REGISTER_CLOSED};
	rc = register_open(app->folder, app->layers, STORE_READ, clock_now_us(&clock_system),
		&app->opened, err);
	if (!rc)
		rc = worker_open(&worker, app, err);
	if (!rc)
		rc = make_tile(line, app, &worker, tile, &out, err);
	if (!rc && fwrite(out.data, 1, out.len, stdout) != out.len)
		rc = fail_file_not_written(err, "stdout");
	worker_clear(&worker);
	app_stop(app);
	free(app);
	return rc;
}

static const struct command_option options[] = {
	{"format", "mvt|png|png2x", MSG_HELP_TILE_FORMAT},
	{NULL, NULL, 0},
};

const struct command tile_command = {
	"tile", "DIR LAYERS Z X Y", 5, 5, MSG_HELP_TILE, options, COMMAND_ALONE, run};
