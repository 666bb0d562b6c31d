#include <stdlib.h>

#include "base/banned.h"
#include "gis/sample_names.h"
#include "gis/sample_records.h"

static const double pole_step_m = 30, stop_step_m = 460, tree_step_m = 11, mark_step_m = 640;

/* A walk along one street, on which things are set down at the roadside. */
struct walk {
	struct sample_town *town;
	struct sample_writer *writer;
	const struct sample_street *street;
	int32_t index;
	double length_m;
	struct stretch {
		double from_m, to_m;
	} * mouths; /* where other streets come in */
	size_t mouth_count;
	size_t mouth_room;
};

static void walk_clear(struct walk *walk)
{
	free(walk->mouths);
	walk->mouths = NULL;
}

static bool walk_begin(struct walk *walk, int32_t index)
{
	const struct sample_street *street = &walk->town->streets.all[index];

	walk->street = street;
	walk->index = index;
	walk->length_m = sample_line_length(&street->line);
	walk->mouth_count = 0;
	if (street->mouth_count > walk->mouth_room) {
		struct stretch *larger =
			realloc(walk->mouths, street->mouth_count * sizeof *larger);

		if (!larger) {
			walk->town->streets.failed = true;
			return false;
		}
		walk->mouths = larger;
		walk->mouth_room = street->mouth_count;
	}
	for (size_t i = 0; i < street->mouth_count; i++) {
		const struct sample_mouth *mouth = &street->mouths[i];
		double at_m = sample_line_foot(&street->line, mouth->at).chainage_m;

		walk->mouths[walk->mouth_count++] =
			(struct stretch){at_m - mouth->clear_m, at_m + mouth->clear_m};
	}
	return true;
}

/* The nearest place from at_m on that is clear of all mouths; beyond the end if there is none. */
static double clear_place(const struct walk *walk, double at_m)
{
	bool moved = true;

	while (moved && at_m < walk->length_m) {
		moved = false;
		for (size_t i = 0; i < walk->mouth_count; i++) {
			if (at_m > walk->mouths[i].from_m && at_m < walk->mouths[i].to_m) {
				at_m = walk->mouths[i].to_m + 0.05;
				moved = true;
			}
		}
	}
	return at_m;
}

/* True where the city is surveyed: with few parcels the rest is bare. */
static bool is_surveyed(const struct sample_town *town, struct sample_spot at)
{
	return !isinf(sample_density_parcel_m2(&town->density, at));
}

/* The spot beside the street: side 1 is on its left, -1 on its right. */
static struct sample_spot beside(const struct walk *walk, double at_m, int side, double aside_m)
{
	struct sample_spot way;
	struct sample_spot at = sample_line_at(&walk->street->line, at_m, &way);

	return spot_along(at, spot_left(way), side * aside_m);
}

static void set_units(struct walk *walk, size_t unit, size_t unit_now, struct sample_spot at)
{
	int ward = sample_town_ward(walk->town, at);

	sample_writer_int(walk->writer, unit, ward + 1);
	sample_writer_int(walk->writer, unit_now, ward + 1);
}

/* Lamps by the kind of street. */
static const struct lamp {
	double led_share, height_m;
	int led_w, sodium_w;
	double lit_share; /* of the streets */
} lamps[] = {
	[SAMPLE_TRUNK] = {1, 11, 150, 250, 1},
	[SAMPLE_MAIN] = {0.8, 9, 120, 150, 1},
	[SAMPLE_LOCAL] = {0.4, 7.5, 80, 100, 1},
	[SAMPLE_ALLEY] = {0.3, 6, 40, 70, 0.75},
	[SAMPLE_SUB_ALLEY] = {0.2, 5, 30, 70, 0.3},
};

static int set_pole(struct walk *walk, double at_m, int side, bool led, struct error *err)
{
	enum { CODE, LAMP, COUNT, POWER, HEIGHT, STREET, OWNER, UNIT, UNIT_NOW, STATUS };
	const struct sample_street *street = walk->street;
	const struct lamp *lamp = &lamps[street->kind];
	struct sample_writer *writer = walk->writer;
	double kerb_m = sample_street_carriageway_m(street) / 2;
	/* On the pavement, where there is one; and well on the street's own ground. */
	double aside_m = fmin(kerb_m + 0.3, street->width_m / 2 - 0.5);
	struct sample_spot at = beside(walk, at_m, side, aside_m);

	if (!is_surveyed(walk->town, at))
		return 0;
	sample_writer_format(writer, CODE, "TDM-%06d", (int)writer->count + 1);
	sample_writer_text(writer, LAMP, led ? "LED" : "Sodium");
	sample_writer_int(writer, COUNT, street->kind == SAMPLE_TRUNK ? 2 : 1);
	sample_writer_int(writer, POWER, led ? lamp->led_w : lamp->sodium_w);
	sample_writer_real(writer, HEIGHT, lamp->height_m);
	sample_writer_int(writer, STREET, walk->index + 1);
	if (street->kind < SAMPLE_ALLEY)
		sample_writer_text(writer, OWNER, "Công ty Công trình đô thị Thủ Dầu Một");
	else
		sample_writer_format(writer, OWNER, "UBND %s",
			walk->town->order->wards[sample_town_ward(walk->town, at)].name);
	set_units(walk, UNIT, UNIT_NOW, at);
	sample_writer_text(writer, STATUS, "current");
	return sample_writer_point(writer, at, err);
}

/* Both sides of boulevards, from side to side on main streets, one side of the others. */
static int set_poles(struct walk *walk, struct error *err)
{
	const struct sample_street *street = walk->street;
	const struct lamp *lamp = &lamps[street->kind];
	struct dice dice = dice_for(walk->town->seed, SAMPLE_DICE_THINGS, (uint64_t)walk->index);
	bool lit = dice_chance(&dice, lamp->lit_share), led = dice_chance(&dice, lamp->led_share);
	int side = dice_chance(&dice, 0.5) ? 1 : -1, rc = 0;
	/* At the river and the city limit the ground of a street may end aslant. */
	double margin_m = street->kind >= SAMPLE_ALLEY ? 1 : 1.5 * street->width_m;
	double at_m = clear_place(walk, margin_m + dice_between(&dice, 2, 14));

	if (!lit)
		return 0;
	while (!rc && at_m < walk->length_m - margin_m) {
		bool here = led != dice_chance(&dice, 0.06);

		rc = set_pole(walk, at_m, side, here, err);
		if (!rc && street->width_m >= 24)
			rc = set_pole(walk, at_m, -side, here, err);
		else if (street->width_m >= 12)
			side = -side;
		at_m = clear_place(walk, at_m + pole_step_m);
	}
	return rc;
}

/* A plain thing at the roadside: its layer has the columns of PLACES in city_layers.c. */
enum { CODE, NAME, KIND, ADDRESS, UNIT, UNIT_NOW, STATUS };
static const char *const place_fields[] = {
	"code", "name", "kind", "address_text", "admin_unit_id", "unit_now_id", "status", NULL};

static int set_thing(struct walk *walk, const char *code, const char *kind, struct sample_spot at,
	struct error *err)
{
	sample_writer_format(walk->writer, CODE, "%s-%05d", code, (int)walk->writer->count + 1);
	sample_writer_text(walk->writer, KIND, kind);
	set_units(walk, UNIT, UNIT_NOW, at);
	sample_writer_text(walk->writer, STATUS, "current");
	return sample_writer_point(walk->writer, at, err);
}

static int set_stops(struct walk *walk, struct error *err)
{
	const struct sample_street *street = walk->street;
	double aside_m = sample_street_carriageway_m(street) / 2 + 1;
	int rc = 0, side = 1;

	if (street->kind > SAMPLE_MAIN)
		return 0;
	for (double at_m = clear_place(walk, 130); !rc && at_m < walk->length_m - 40;
		at_m = clear_place(walk, at_m + stop_step_m / 2)) {
		struct sample_spot at = beside(walk, at_m, side, aside_m);

		side = -side;
		if (!is_surveyed(walk->town, at))
			continue;
		sample_writer_format(walk->writer, NAME, "Trạm %d %s",
			sample_names_number(street, at), street->name);
		sample_records_address(walk->town, walk->writer, ADDRESS, walk->index, at);
		rc = set_thing(walk, "XB", "Trạm dừng", at, err);
	}
	return rc;
}

static int set_trees(struct walk *walk, struct error *err)
{
	static const char *const kinds[] = {"Sao đen", "Dầu rái", "Bằng lăng", "Giáng hương",
		"Lim xẹt", "Phượng vĩ", "Muồng hoàng yến", "Kèn hồng"};
	const struct sample_street *street = walk->street;
	struct dice dice = dice_for(walk->town->seed, SAMPLE_DICE_THINGS, (uint64_t)walk->index);
	const char *kind = kinds[dice_below(&dice, sizeof kinds / sizeof kinds[0])];
	double aside_m = sample_street_carriageway_m(street) / 2 + 1.6;
	int rc = 0;

	if (street->width_m < 20)
		return 0;
	for (int side = -1; side <= 1; side += 2) {
		for (double at_m = clear_place(walk, 8); !rc && at_m < walk->length_m - 4;
			at_m = clear_place(walk, at_m + tree_step_m)) {
			struct sample_spot at = beside(walk, at_m, side, aside_m);

			if (dice_chance(&dice, 0.9) && is_surveyed(walk->town, at))
				rc = set_thing(walk, "CX", kind, at, err);
		}
	}
	return rc;
}

/* One camera at each crossing of main streets. */
static int set_cameras(struct walk *walk, struct error *err)
{
	const struct sample_street *street = walk->street;
	int rc = 0;

	if (street->kind > SAMPLE_MAIN)
		return 0;
	for (size_t i = 0; !rc && i < street->mouth_count; i++) {
		const struct sample_mouth *mouth = &street->mouths[i];
		const struct sample_street *other = &walk->town->streets.all[mouth->other];
		double at_m = sample_line_foot(&street->line, mouth->at).chainage_m;
		struct sample_spot at;

		/* The later of the two streets has it. */
		if (other->kind > SAMPLE_MAIN || mouth->other >= walk->index)
			continue;
		at_m += at_m > walk->length_m / 2 ? -mouth->clear_m : mouth->clear_m;
		at = beside(walk, at_m, 1, street->width_m / 2 - 0.5);
		if (!is_surveyed(walk->town, at))
			continue;
		sample_writer_format(
			walk->writer, NAME, "Giao lộ %s – %s", street->name, other->name);
		rc = set_thing(walk, "CAM", "Giám sát giao thông", at, err);
	}
	return rc;
}

static int set_marks(struct walk *walk, struct error *err)
{
	int rc = 0, side = 1;

	if (walk->street->kind > SAMPLE_MAIN)
		return 0;
	for (double at_m = clear_place(walk, 60); !rc && at_m < walk->length_m - 10;
		at_m = clear_place(walk, at_m + mark_step_m)) {
		struct sample_spot at = beside(walk, at_m, side, walk->street->width_m / 2 - 0.4);

		side = -side;
		if (is_surveyed(walk->town, at))
			rc = set_thing(walk, "ĐC", "Mốc địa chính", at, err);
	}
	return rc;
}

/* Walks all streets for one layer. */
static int walk_all(struct sample_town *town, const char *layer, const char *const *fields,
	int (*set)(struct walk *walk, struct error *err), struct error *err)
{
	autofree(sample_writer_close) struct sample_writer writer;
	autofree(walk_clear) struct walk walk = {.town = town, .writer = &writer};
	int rc = sample_records_open(&writer, town, layer, fields, err);

	for (size_t i = 0; !rc && i < town->streets.count; i++) {
		if (!walk_begin(&walk, (int32_t)i))
			return sample_town_check(town, err);
		rc = set(&walk, err);
	}
	return rc;
}

/* Where the air and the water are measured. */
static int write_stations(struct sample_town *town, struct error *err)
{
	static const struct {
		const char *name, *kind;
		struct sample_spot at;
	} stations[] = {
		{"Trạm khí Phú Cường", "Không khí", {8640, 4620}},
		{"Trạm khí Gò Đậu", "Không khí", {9900, 4020}},
		{"Trạm khí Hiệp Thành", "Không khí", {9340, 6620}},
		{"Trạm khí KCN VSIP II", "Không khí", {11700, 14300}},
		{"Trạm khí thành phố mới", "Không khí", {11620, 12100}},
		{"Trạm nước sông Sài Gòn – Phú Cường", "Nước mặt", {8010, 4450}},
		{"Trạm nước sông Sài Gòn – Bà Lụa", "Nước mặt", {8440, 1500}},
		{"Trạm nước sông Thị Tính", "Nước mặt", {2700, 10360}},
		{"Trạm mực nước rạch Thầy Năng", "Mực nước", {7420, 5090}},
		{"Trạm mực nước suối Giữa", "Mực nước", {7219, 6450}},
		{"Trạm tiếng ồn Đại lộ Bình Dương", "Tiếng ồn", {10150, 4420}},
	};
	autofree(sample_writer_close) struct sample_writer writer;
	struct walk walk = {.town = town, .writer = &writer};
	int rc = sample_records_open(&writer, town, "station", place_fields, err);

	for (size_t i = 0; !rc && i < sizeof stations / sizeof stations[0]; i++) {
		struct sample_spot at = spot_plus(sample_geography_origin, stations[i].at);

		if (!is_surveyed(town, at))
			continue;
		sample_writer_text(&writer, NAME, stations[i].name);
		rc = set_thing(&walk, "QT", stations[i].kind, at, err);
	}
	return rc;
}

int sample_roadside_write(struct sample_town *town, struct error *err)
{
	static const char *const pole_fields[] = {"code", "lamp_kind", "lamp_count", "power_w",
		"height_m", "street_id", "owner", "admin_unit_id", "unit_now_id", "status", NULL};
	static const struct {
		const char *layer;
		const char *const *fields;
		int (*set)(struct walk *walk, struct error *err);
	} layers[] = {
		{"light_pole", pole_fields, set_poles},
		{"tree", place_fields, set_trees},
		{"bus_stop", place_fields, set_stops},
		{"camera", place_fields, set_cameras},
		{"survey_point", place_fields, set_marks},
	};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof layers / sizeof layers[0]; i++)
		rc = walk_all(town, layers[i].layer, layers[i].fields, layers[i].set, err);
	return rc ? rc : write_stations(town, err);
}
