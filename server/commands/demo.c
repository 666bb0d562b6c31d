/* dothi demo: the sample city, made and served. */
#include <stdlib.h>

#include "base/dice.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "data/feature_write.h"
#include "server/commands/city.h"
#include "server/commands/demo_dossiers.h"
#include "server/commands/demo_numbers.h"
#include "server/commands/demo_reform.h"
#include "server/commands/serve.h"

enum {
	PARCELS_DEFAULT = 20000,
	CITY_EPSG = 9210, /* VN-2000 / TM-3 105°45′, the zone of Bình Dương */
	CITY_SEED = 1,
	PATH_MAX_BYTES = 4096,
	WARDS_ARENA_BYTES = 16 << 20,
	PROGRESS_MS = 500,
};

static const char city_name[] = "Thủ Dầu Một";

/* The city while it is put into the register, one layer after the other. */
struct making {
	struct desk *desk;
	struct store *store;
	struct change_set changes;
	struct feature_writer writer;
	const struct layer *layer; /* that the writer is open for; NULL none */
	struct randomness randomness;
	struct dice dice;
	struct demo_reform reform;
	int64_t last_progress_ms;
};

/* Identifiers that repeat: the same order gives the same city. */
static void fill_by_dice(void *context, void *bytes, size_t len)
{
	struct dice *dice = context;
	unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)dice_below(dice, 256);
}

static int close_layer(struct making *making, struct error *err)
{
	bool units = making->layer && making->layer->is_units;
	int rc = units ? demo_reform_write(&making->reform, &making->writer, err) : 0;

	if (!rc && making->layer)
		rc = feature_writer_close(&making->writer, err);
	if (making->layer)
		feature_writer_clear(&making->writer);
	making->layer = NULL;
	if (!rc && units)
		rc = demo_reform_end(
			&making->reform, making->store, making->changes.author.at_us, err);
	return rc;
}

static int open_layer(struct making *making, const struct layer *layer, struct error *err)
{
	int rc = close_layer(making, err);

	if (!rc)
		rc = feature_writer_open(making->store, layer, CITY_EPSG, &making->changes,
			&making->randomness, &making->writer, err);
	if (!rc)
		making->layer = layer;
	return rc;
}

static int take_feature(void *context, const struct layer *layer, const struct feature *feature,
	struct error *err)
{
	struct making *making = context;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature copy = *feature;
	int rc = layer == making->layer ? 0 : open_layer(making, layer, err);

	memcpy(values, feature->values, layer->field_count * sizeof *values);
	copy.values = values;
	if (!rc)
		rc = layer->is_units
			? demo_reform_take_old(&making->reform, layer, &copy, values, err)
			: demo_reform_fill(&making->reform, layer, &copy, values, err);
	return rc ? rc : feature_writer_add(&making->writer, &copy, err);
}

static bool show_progress(void *context, uint64_t done, uint64_t total)
{
	struct making *making = context;
	autofree(strbuf_clear) struct strbuf text = STRBUF(400);
	int64_t now_ms = clock_ticks_ms();

	if (total && now_ms - making->last_progress_ms >= PROGRESS_MS) {
		making->last_progress_ms = now_ms;
		say_demo_progress(
			&text, making->desk->line->lang, (int64_t)(done * 100 / total));
		desk_progress(making->desk, &text);
	}
	return command_goes_on();
}

static int make_records(struct making *making, int64_t parcels, struct error *err)
{
	autoptr(crs_context_free) struct crs_context *crs = NULL;
	struct arena arena = ARENA(WARDS_ARENA_BYTES);
	struct sample_ward wards[SAMPLE_WARDS_MAX];
	struct sample_order order = {
		.wards = wards, .parcels = (size_t)parcels, .seed = CITY_SEED};
	struct sample_sink sink = {take_feature, show_progress, making};
	int rc = crs_context_new(&crs, err);

	making->reform = (struct demo_reform){
		.layers = city_layers(), .crs = crs, .arena = ARENA(WARDS_ARENA_BYTES)};
	if (!rc)
		rc = sample_wards_read(crs, &arena, wards, &order.ward_count, err);
	if (!rc)
		rc = sample_city_make(&order, &sink, err);
	if (rc && making->layer)
		feature_writer_clear(&making->writer);
	if (!rc)
		rc = close_layer(making, err);
	demo_reform_clear(&making->reform);
	arena_clear(&arena);
	return rc;
}

static int fill_city(struct making *making, int64_t parcels, struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct change_author author = {"demo", "sample city", clock_now_us(&clock_system)};
	int rc = transaction_begin(making->store, &transaction, err);

	if (!rc)
		rc = change_begin(making->store, &author, &making->changes, err);
	if (!rc)
		rc = make_records(making, parcels, err);
	if (!rc)
		rc = change_end(&making->changes, err);
	return rc ? rc : transaction_commit(&transaction, err);
}

static int make_city(struct desk *desk, const char *folder, int64_t parcels, struct error *err)
{
	autofree(register_close) struct register_folder opened = REGISTER_CLOSED;
	struct making making = {.desk = desk, .last_progress_ms = clock_ticks_ms(),
		.dice = dice_for(CITY_SEED, 0, 0)};
	const struct city_plan plan = {.folder = folder,
		.store = command_value(desk->line, "store", 0),
		.epsg = CITY_EPSG,
		.name = city_name,
		.is_sample = true};
	int64_t numbers = 0;
	int rc = city_create(&plan, err);

	making.randomness = (struct randomness){fill_by_dice, &making.dice};
	if (!rc)
		rc = register_open(folder, city_layers(), STORE_WRITE,
			clock_now_us(&clock_system), &opened, err);
	making.store = opened.store;
	if (!rc)
		rc = fill_city(&making, parcels, err);
	if (!rc && parcels <= DEMO_NUMBERS_PARCELS_MAX)
		rc = demo_numbers_give(&opened, &making.randomness, &numbers, err);
	if (!rc)
		rc = demo_dossiers_receive(&opened, &making.randomness, err);
	desk_progress_end(desk);
	return rc;
}

/* Where the city goes: as the user says, or a fresh folder among the temporary ones. */
static int choose_folder(const struct command_line *line, struct strbuf *folder, struct error *err)
{
	const char *parent = getenv("TMPDIR");

	if (line->word_count) {
		strbuf_add_text(folder, line->words[0]);
		return strbuf_check(folder, err);
	}
	return file_make_temporary_folder(parent && *parent ? parent : "/tmp", folder, err);
}

static int run(struct desk *desk, struct error *err)
{
	const struct command_line *line = desk->line;
	autofree(strbuf_clear) struct strbuf folder = STRBUF(PATH_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf said = STRBUF(PATH_MAX_BYTES + 400);
	int64_t parcels, started_ms = clock_ticks_ms();
	int rc = command_int(line, "parcels", SAMPLE_PARCELS_MIN, SAMPLE_PARCELS_MAX,
		PARCELS_DEFAULT, &parcels, err);

	if (!rc)
		rc = choose_folder(line, &folder, err);
	if (rc)
		return rc;
	if (register_exists(folder.data)) {
		say_demo_there(&said, line->lang, folder.data);
		desk_talk(desk, &said);
		return serve_folder(desk, folder.data, err);
	}
	rc = make_city(desk, folder.data, parcels, err);
	if (rc)
		return rc;
	say_demo_made(&said, line->lang, parcels,
		(double)(clock_ticks_ms() - started_ms) / 1000, folder.data);
	desk_talk(desk, &said);
	return serve_folder(desk, folder.data, err);
}

static const struct command_option options[] = {
	{"parcels", "N", MSG_HELP_DEMO_PARCELS},
	{"store", "ADDRESS", MSG_HELP_INIT_STORE},
	SERVE_OPTIONS,
	{NULL, NULL, 0},
};

const struct command demo_command = {
	"demo", "[DIR]", 0, 1, MSG_HELP_DEMO, options, COMMAND_ALONE, run};
