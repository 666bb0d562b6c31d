#include "server/commands/demo_dossiers.h"

#include "base/text.h"
#include "server/cases/dossier_work.h"

enum { ARENA_BYTES = 16 << 20, HOLIDAYS_MAX = 14 /* in a row */ };
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
	const struct randomness *randomness;
	struct arena arena;
	struct work_calendar calendar;
	int64_t now_us;
	int64_t after_parcel, after_address; /* ids that were used last */
	int64_t step;	  /* of parcels from one file to the next */
	int64_t parcel_id, address_id; /* found */
};

static const struct value *value_of(
	const struct layer *layer, const struct feature *feature, const char *field)
{
	return &feature->values[layer_field_at(layer, field)];
}

/* Land that people live on, in a known ward. */
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

static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct making *making = context;
	const struct layer *layer = layer_of_addresses(making->layers);
	const struct value *parcel = value_of(layer, feature, layer->address->parcel);

	(void)err;
	if (parcel->kind != VALUE_INT)
		return 0;
	making->address_id = feature->id;
	making->parcel_id = parcel->integer;
	return 1;
}

/* The next parcel for a file; none is found where there are no house numbers. */
static int find_place(struct making *making, const struct sample *sample, struct error *err)
{
	const struct view land = VIEW_NOW(layer_of_land(making->layers));
	const struct view numbers = VIEW_NOW(layer_of_addresses(making->layers));
	int rc;

	making->parcel_id = making->address_id = 0;
	if (!sample->is_numbered) {
		rc = feature_read_after(
			making->store, &land, making->after_parcel, take_parcel, making, err);
		making->after_parcel = making->parcel_id + making->step;
		return rc < 0 ? rc : 0;
	}
	rc = feature_read_after(
		making->store, &numbers, making->after_address, take_address, making, err);
	making->after_address = making->address_id;
	return rc < 0 ? rc : 0;
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

int demo_dossiers_write(struct store *store, const struct layer_table *layers,
	const struct randomness *randomness, int64_t now_us, struct error *err)
{
	struct making making = {.store = store, .layers = layers, .randomness = randomness,
		.arena = ARENA(ARENA_BYTES), .now_us = now_us};
	struct layer_state land;
	struct date today = clock_date_vietnam(now_us);
	int rc = layer_state_read(store, layer_of_land(layers), &land, err);

	if (!rc)
		rc = work_calendar_find(store, &today, 0, &making.calendar, err);
	making.step = rc ? 0 : land.record_count / (2 * SAMPLES);
	for (size_t i = 0; !rc && i < SAMPLES; i++)
		rc = make_file(&making, &samples[i], err);
	arena_clear(&making.arena);
	return rc;
}
