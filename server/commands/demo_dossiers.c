#include "server/commands/demo_dossiers.h"

#include "base/text.h"
#include "server/cases/dossier_work.h"
#include "server/cases/proposal.h"

enum {
	ARENA_BYTES = 16 << 20,
	PROPOSAL_ARENA_BYTES = 256 << 20,
	HOLIDAYS_MAX = 14, /* in a row */
};
#define MINUTE_US (INT64_C(60) * 1000000)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

/* What a file is to be: how long ago it came, and what was done since, an act a few hours. */
struct sample {
	const char *name;
	int days_ago;
	const char *moves;
	bool is_numbered; /* its parcel has a house number */
};

static const struct sample samples[] = {
	{"Nguyễn Văn Mẫu", 0, "", false},
	{"Trần Thị Mẫu", 1, "", false},
	{"Lê Văn Thử", 4, "appraise", false},
	{"Phạm Thị Thử", 12, "appraise", false},
	{"Hoàng Văn Tập", 14, "appraise", false},
	{"Vũ Thị Huấn", 19, "appraise", false},
	{"Đặng Văn Mẫu", 6, "request_supplement", false},
	{"Bùi Thị Thử", 9, "appraise request_supplement", false},
	{"Đỗ Văn Tập", 11, "appraise submit", false},
	{"Hồ Thị Huấn", 15, "submit", false},
	{"Ngô Văn Mẫu", 13, "submit refuse", false},
	{"Dương Thị Mẫu", 20, "appraise submit issue", true},
	{"Lý Văn Thử", 30, "submit issue replace", true},
	{"Mai Thị Tập", 40, "submit issue revoke", true},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

struct making {
	struct store *store;
	const struct layer_table *layers;
	const struct city *city;
	const struct randomness *randomness;
	struct arena arena;
	struct work_calendar calendar;
	int64_t now_us;
	int64_t parcel_id, address_id; /* found */
	bool wants_issued;
};

static const struct value *value_of(
	const struct layer *layer, const struct feature *feature, const char *field)
{
	return &feature->values[layer_field_at(layer, field)];
}

/* Whether an officer could issue a number there at once: the rules decide, by an approved scheme. */
static bool is_decided(struct making *making, int64_t parcel_id)
{
	autofree(arena_clear) struct arena arena = ARENA(PROPOSAL_ARENA_BYTES);
	const struct case_tools tools = {.store = making->store, .city = making->city,
		.layers = making->layers, .arena = &arena};
	const struct proposal_order order = {.parcel_id = parcel_id};
	struct proposal *proposal = arena_zero(&arena, 1, sizeof *proposal);

	return proposal && !proposal_make(&tools, &order, proposal, NULL) &&
		proposal->state == PROPOSAL_DECIDED && proposal->survey.houses.scheme_id;
}

/* A number that was issued, as the file wants it; or one that is not, where an officer could issue one. */
static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct making *making = context;
	const struct layer *layer = layer_of_addresses(making->layers);
	const struct value *parcel = value_of(layer, feature, layer->address->parcel);
	const struct value *status = value_of(layer, feature, layer->address->status);
	bool is_issued = status->kind == VALUE_TEXT && !strcmp(status->text, "current");

	(void)err;
	if (parcel->kind != VALUE_INT || is_issued != making->wants_issued ||
		(!is_issued && !is_decided(making, parcel->integer)))
		return 0;
	making->address_id = feature->id;
	making->parcel_id = parcel->integer;
	return 1;
}

/* Land that people live on, where no house has a number. */
static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct making *making = context;
	const struct layer *layer = layer_of_land(making->layers);
	const struct value *use = value_of(layer, feature, layer->land->use);

	(void)err;
	if (use->kind != VALUE_TEXT || !text_starts_with(use->text, "ODT") ||
		!view_unit(layer, feature))
		return 0;
	making->parcel_id = feature->id;
	return 1;
}

static int find_in(struct making *making, const struct layer *layer, int64_t place,
	feature_visit *visit, struct error *err)
{
	const struct view view = VIEW_NOW(layer);
	struct layer_state state;
	int rc = layer_state_read(making->store, layer, &state, err);

	if (!rc)
		rc = feature_read_after(making->store, &view, state.record_count * place / SAMPLES,
			visit, making, err);
	return rc < 0 ? rc : 0;
}

/* The parcel for a file, all over the city; none where it needs a number and there are none. */
static int find_place(struct making *making, const struct sample *sample, struct error *err)
{
	int rc;

	making->parcel_id = making->address_id = 0;
	making->wants_issued = sample->is_numbered;
	rc = find_in(making, layer_of_addresses(making->layers), sample - samples, take_address, err);
	if (!rc && !making->parcel_id && !sample->is_numbered)
		rc = find_in(
			making, layer_of_land(making->layers), sample - samples, take_parcel, err);
	return rc;
}

/* In the morning of the last working day up to so many days ago; not later than now. */
static int64_t received_at(const struct making *making, const struct sample *sample)
{
	struct date day = clock_date_vietnam(making->now_us - sample->days_ago * DAY_US);
	int64_t at_us;

	for (int i = 0; i < HOLIDAYS_MAX && !work_calendar_works(&making->calendar, &day); i++)
		day = clock_date_vietnam(date_begin_us(&day) - 1);
	at_us = date_begin_us(&day) + 8 * HOUR_US + (sample - samples) * 7 * MINUTE_US;
	return at_us < making->now_us ? at_us : making->now_us;
}

static int receive(struct making *making, const struct sample *sample, struct dossier_intake *intake,
	struct error *err)
{
	const struct view land = VIEW_NOW(layer_of_land(making->layers));
	char number[24], contact[24];
	int place = (int)(sample - samples) + 1, rc;

	snprintf(number, sizeof number, "000000000%03d", place);
	snprintf(contact, sizeof contact, "0900 000 %03d", place);
	*intake = (struct dossier_intake){.kind = dossier_kinds,
		.applicant = {sample->name, number, contact},
		.papers = {"application", "land_paper"},
		.paper_count = strstr(sample->moves, "request_supplement") ? 1 : 2,
		.note = "Hồ sơ tập huấn",
		.author = {"demo", "sample city", making->now_us},
		.received_at_us = received_at(making, sample),
		.training = true,
		.randomness = making->randomness,
		.arena = &making->arena};
	rc = dossier_place_read(making->store, &land, making->parcel_id, &making->arena,
		&intake->place, err);
	return rc ? rc : dossier_receive(making->store, intake, err);
}

static int move_on(struct making *making, const struct sample *sample,
	const struct dossier *dossier, struct error *err)
{
	static const char *const papers[] = {"land_paper"};
	const char *at = *sample->moves ? sample->moves : NULL;
	int64_t version = dossier->version, at_us = dossier->received_at_us;
	struct slice name;
	int rc = 0;

	while (!rc && text_next(&at, ' ', &name)) {
		struct dossier_deed deed = {.layers = making->layers, .arena = &making->arena};

		at_us += 3 * HOUR_US;
		deed.act = (struct dossier_act){.id = dossier->id,
			.version = version,
			.move = dossier_move_find(name.at, name.len),
			.note = "",
			.reason = "Tập huấn",
			.papers = papers,
			.paper_count = slice_equals(name, "request_supplement"),
			.address_id = slice_equals(name, "issue") ? making->address_id : 0,
			.actor = "demo",
			.now_us = at_us};
		rc = dossier_do(making->store, &deed, err);
		version = deed.dossier.version;
	}
	return rc;
}

static int make_file(struct making *making, const struct sample *sample, struct error *err)
{
	struct dossier_intake intake;
	int rc = find_place(making, sample, err);

	if (rc || !making->parcel_id)
		return rc;
	rc = receive(making, sample, &intake, err);
	/* A house number may be of land that is no more. */
	if (rc == ERR_INVALID && sample->is_numbered) {
		error_clear(err);
		return 0;
	}
	return rc ? rc : move_on(making, sample, &intake.dossier, err);
}

static int make_files(struct making *making, struct error *err)
{
	struct date today = clock_date_vietnam(making->now_us);
	int rc = work_calendar_find(making->store, &today, 0, &making->calendar, err);

	for (size_t i = 0; !rc && i < SAMPLES; i++)
		rc = make_file(making, &samples[i], err);
	return rc;
}

int demo_dossiers_receive(struct register_folder *opened, const struct randomness *randomness,
	struct error *err)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct making making = {.store = opened->store, .layers = city_layers(),
		.city = &opened->city, .randomness = randomness, .arena = ARENA(ARENA_BYTES),
		.now_us = clock_now_us(&clock_system)};
	int rc = transaction_begin(opened->store, &transaction, err);

	if (!rc)
		rc = make_files(&making, err);
	arena_clear(&making.arena);
	return rc ? rc : transaction_commit(&transaction, err);
}
