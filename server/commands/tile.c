/* dothi tile: one tile on stdout or in a file, without a server. */
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "base/number.h"
#include "server/app.h"
#include "server/commands/desk.h"
#include "server/tile_write.h"
#include "server/worker.h"

/* The form that the last part of an address asks for. */
struct form {
	const char *ending;
	int scale; /* of a picture; 0 a vector tile */
};

static const struct form forms[] = {
	{".mvt", 0},
	{".pbf", 0},
	{"@2x.png", 2},
	{".png", 1},
	{"", 0},
};

static const struct form *form_of(const char *address, size_t *ret_len)
{
	size_t len = strlen(address);
	const struct form *form = forms;

	for (; *form->ending; form++) {
		size_t ending = strlen(form->ending);

		if (len > ending && !strcmp(address + len - ending, form->ending))
			break;
	}
	*ret_len = len - strlen(form->ending);
	return form;
}

/* Reads "Z/X/Y" with the ending of a form. */
static int read_address(const char *address, struct tile *ret_tile, const struct form **ret_form,
	struct error *err)
{
	const char *slash = strrchr(address, '/'), *at = address;
	int64_t numbers[3];
	size_t len;

	*ret_form = form_of(address, &len);
	/* Another ending than those: there are only digits before it. */
	if (slash && strspn(slash + 1, "0123456789") != len - (size_t)(slash + 1 - address))
		return fail_tile_format(err);
	for (int i = 0; i < 3; i++) {
		const char *end = i < 2 ? strchr(at, '/') : address + len;

		if (!end || !number_parse_int(at, (size_t)(end - at), 0, UINT32_MAX, &numbers[i]))
			return fail_tile_address(err, GRID_ZOOM_MAX);
		at = end + 1;
	}
	*ret_tile = (struct tile){
		(unsigned)numbers[0], (uint32_t)numbers[1], (uint32_t)numbers[2]};
	if (numbers[0] > GRID_ZOOM_MAX || !tile_exists(*ret_tile))
		return fail_tile_address(err, GRID_ZOOM_MAX);
	return 0;
}

/* Makes the snapshots of the layers that the tile shows, and the tile of them. */
static int make_tile(const struct command_line *line, struct app *app, struct worker *worker,
	struct tile tile, int scale, struct strbuf *out, struct error *err)
{
	struct snapshot_source source = {
		worker->records, &app->opened.city, worker->crs, worker->geom};
	struct snapshot *snapshots[APP_LAYERS_MAX] = {0};
	const struct snapshot *const *all = (const struct snapshot *const *)snapshots;
	struct layer_choice choice;
	struct mvt_report report;
	int rc = app_choose_layers(app, line->words[1], &choice, err);

	if (!rc && scale && choice.labels)
		rc = fail_no_such_layer(err);
	for (size_t i = 0; !rc && i < choice.count; i++)
		rc = snapshot_build(
			&source, &VIEW_NOW(choice.layers[i]), NULL, &snapshots[i], err);
	if (!rc && scale)
		rc = render_png(&worker->render, all, choice.count, tile, scale, out, err);
	else if (!rc)
		rc = tile_write(
			app, &choice, all, choice.count, &worker->mvt, tile, out, &report, err);
	for (size_t i = 0; i < APP_LAYERS_MAX; i++)
		snapshot_free(snapshots[i]);
	return rc;
}

static int write_tile(const struct command_line *line, const struct strbuf *tile, struct error *err)
{
	const char *file = command_value(line, "output", 0);

	if (file)
		return file_replace(file, tile->data, tile->len, err);
	if (fwrite(tile->data, 1, tile->len, stdout) != tile->len || fflush(stdout))
		return fail_file_not_written(err, "stdout");
	return 0;
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	autofree(strbuf_clear) struct strbuf out = STRBUF(64 << 20);
	struct app *app = calloc(1, sizeof *app);
	struct worker worker = {0};
	const struct form *form = NULL;
	struct tile tile;
	int rc = app ? read_address(line->words[2], &tile, &form, err) : fail_no_memory(err);

	if (!rc && !command_value(line, "output", 0) && isatty(STDOUT_FILENO))
		rc = fail_tile_to_terminal(err);
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
		rc = make_tile(line, app, &worker, tile, form->scale, &out, err);
	if (!rc)
		rc = write_tile(line, &out, err);
	worker_clear(&worker);
	app_stop(app);
	free(app);
	return rc;
}

static const struct command_option options[] = {
	{"output", "FILE", MSG_HELP_TILE_OUTPUT},
	{NULL, NULL, 0},
};

const struct command tile_command = {"tile", "DIR LAYERS Z/X/Y[.mvt|.png|@2x.png]", 3, 3,
	MSG_HELP_TILE, options, COMMAND_ALONE, run};
