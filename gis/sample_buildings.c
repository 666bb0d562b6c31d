#include "base/banned.h"
#include "gis/sample_lot.h"
#include "gis/sample_records.h"

enum { USE, NAME, STOREYS, HEIGHT, YEAR, PARCEL, UNIT, UNIT_NOW };

static const double storey_m = 3.4, building_least_m2 = 11, wing_m = 9.5;

/* A building site: what is needed to put houses on one parcel. */
struct works {
	struct sample_town *town;
	struct sample_writer *writer;
	struct error *err;
	struct sample_lot lot;
	struct dice dice;
	enum sample_street_kind street; /* the kind of the one it looks to; alleys when none */
	const struct sample_face *face;
	int64_t parcel_id;
};

/* Outlines of buildings on a pad; a and b shape them. */
enum outline {
	OUTLINE_PLAIN,
	OUTLINE_CORNER_LEFT,  /* L, its left back missing */
	OUTLINE_CORNER_RIGHT, /* L, its right back missing */
	OUTLINE_WELL,	      /* a light well at the side, as tube houses have */
	OUTLINE_COURT,	      /* U around a yard to the street */
	OUTLINE_CROSS,	      /* a nave and its arms */
};

struct xy {
	double x, y;
};

static size_t outline_corners(enum outline outline, double a, double b, struct xy *at)
{
	const struct xy plain[] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
	const struct xy left[] = {{0, 0}, {1, 0}, {1, 1}, {a, 1}, {a, b}, {0, b}};
	const struct xy right[] = {{0, 0}, {1, 0}, {1, b}, {1 - a, b}, {1 - a, 1}, {0, 1}};
	const struct xy well[] = {{0, 0}, {1, 0}, {1, b}, {1 - a, b}, {1 - a, b + 0.14},
		{1, b + 0.14}, {1, 1}, {0, 1}};
	const struct xy court[] = {
		{0, 0}, {a, 0}, {a, b}, {1 - a, b}, {1 - a, 0}, {1, 0}, {1, 1}, {0, 1}};
	const struct xy cross[] = {{0.32, 0}, {0.68, 0}, {0.68, b}, {1, b}, {1, b + 0.22},
		{0.68, b + 0.22}, {0.68, 1}, {0.32, 1}, {0.32, b + 0.22}, {0, b + 0.22}, {0, b},
		{0.32, b}};
	const struct {
		const struct xy *at;
		size_t count;
	} all[] = {
		[OUTLINE_PLAIN] = {plain, sizeof plain / sizeof plain[0]},
		[OUTLINE_CORNER_LEFT] = {left, sizeof left / sizeof left[0]},
		[OUTLINE_CORNER_RIGHT] = {right, sizeof right / sizeof right[0]},
		[OUTLINE_WELL] = {well, sizeof well / sizeof well[0]},
		[OUTLINE_COURT] = {court, sizeof court / sizeof court[0]},
		[OUTLINE_CROSS] = {cross, sizeof cross / sizeof cross[0]},
	};

	memcpy(at, all[outline].at, all[outline].count * sizeof *at);
	return all[outline].count;
}

static double ring_m2(const struct sample_spot *ring, size_t count)
{
	double twice = 0;

	for (size_t i = 1; i + 1 < count; i++)
		twice += spot_cross(spot_minus(ring[i], ring[0]), spot_minus(ring[i + 1], ring[0]));
	return twice / 2;
}

/* True if no corner is too sharp for a wall. */
static bool is_buildable(const struct sample_spot *ring, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sample_spot before = ring[i ? i - 1 : count - 1], at = ring[i];
		struct sample_spot behind = ring[i + 1 < count ? i + 1 : 0];

		if (spot_dot(spot_direction(at, before), spot_direction(at, behind)) > 0.94)
			return false;
	}
	return ring_m2(ring, count) > building_least_m2;
}

/* What a building is for, from its land. */
static const char *use_of(enum sample_use land)
{
	switch (land) {
	case SAMPLE_TMD:
		return "commerce";
	case SAMPLE_SKC:
		return "industry";
	case SAMPLE_DGD:
	case SAMPLE_DYT:
	case SAMPLE_TSC:
	case SAMPLE_TON:
	case SAMPLE_DKV:
		return "public";
	default:
		return "house";
	}
}

static int put_building(struct works *works, const struct sample_pad *pad, enum outline outline,
	int storeys, bool named)
{
	struct xy corners[SAMPLE_OUTLINE_MAX];
	struct sample_spot ring[SAMPLE_OUTLINE_MAX];
	double a = dice_between(&works->dice, 0.22, 0.36);
	double b = dice_between(&works->dice, 0.45, 0.65);
	struct sample_writer *writer = works->writer;
	double newer = dice_unit(&works->dice);
	size_t count;

	/* Wings of a large building are as deep as a room and its corridor. */
	if (outline == OUTLINE_COURT && pad->v1 - pad->v0 > 24) {
		a = fmin(0.3, wing_m / fmax(wing_m, pad->right0 - pad->left0));
		b = 1 - wing_m / (pad->v1 - pad->v0);
	}
	count = outline_corners(outline, a, b, corners);
	for (size_t i = 0; i < count; i++)
		ring[i] = sample_pad_spot(&works->lot, pad, corners[i].x, corners[i].y);
	if (!is_buildable(ring, count))
		return 0;
	sample_writer_text(writer, USE, use_of((enum sample_use)works->face->use));
	if (named && works->face->site != SAMPLE_NO_SITE)
		sample_writer_text(writer, NAME, works->town->sites.all[works->face->site].name);
	sample_writer_int(writer, STOREYS, storeys);
	sample_writer_real(writer, HEIGHT,
		floor((storeys * storey_m + dice_between(&works->dice, 0.2, 1.4)) * 10) / 10);
	sample_writer_int(writer, YEAR, 2024 - (int)(58 * newer * newer));
	sample_writer_int(writer, PARCEL, works->parcel_id);
	sample_writer_int(writer, UNIT, works->face->ward + 1);
	sample_writer_int(writer, UNIT_NOW, works->face->ward + 1);
	return sample_writer_area(writer, ring, count, works->err);
}

/* More storeys at better streets and in town. */
static int house_storeys(struct works *works)
{
	static const double most[] = {6.5, 5.4, 4.2, 3.4, 2.7};
	double lot = works->lot.area_m2, high = most[works->street];

	if (lot > 600)
		high = fmin(high, 2.4);
	return (int)dice_between(&works->dice, 1, high);
}

static int build_tube_house(struct works *works)
{
	const struct sample_lot *lot = &works->lot;
	double depth = lot->high_v - lot->low_v, yard, back;
	static const enum outline outlines[] = {OUTLINE_PLAIN, OUTLINE_PLAIN, OUTLINE_PLAIN,
		OUTLINE_WELL, OUTLINE_CORNER_LEFT, OUTLINE_CORNER_RIGHT};
	struct sample_pad pad;

	yard = works->street <= SAMPLE_MAIN || dice_chance(&works->dice, 0.55)
		       ? dice_between(&works->dice, 0, 0.4)
		       : dice_between(&works->dice, 1.5, 4);
	back = dice_between(&works->dice, 0.1, fmax(0.2, depth * 0.16));
	if (!sample_lot_pad(lot, lot->low_v + fmin(yard, depth * 0.3) + 0.15,
		    lot->high_v - back - 0.1, &pad))
		return 0;
	return put_building(works, &pad,
		outlines[dice_below(&works->dice, sizeof outlines / sizeof outlines[0])],
		house_storeys(works), true);
}

/* A house in its garden, now and then with a shed behind it. */
static int build_garden_house(struct works *works)
{
	const struct sample_lot *lot = &works->lot;
	double depth = lot->high_v - lot->low_v;
	double front = lot->low_v + fmin(depth * 0.3, dice_between(&works->dice, 2, 9));
	double back = front + fmin(depth * 0.55, dice_between(&works->dice, 8, 17));
	static const enum outline outlines[] = {OUTLINE_PLAIN, OUTLINE_PLAIN, OUTLINE_CORNER_LEFT,
		OUTLINE_CORNER_RIGHT, OUTLINE_COURT};
	struct sample_pad pad;
	int rc;

	if (!sample_lot_pad(lot, front, back, &pad))
		return 0;
	sample_pad_narrow(&pad, dice_between(&works->dice, 6.5, 13), dice_unit(&works->dice));
	rc = put_building(works, &pad,
		outlines[dice_below(&works->dice, sizeof outlines / sizeof outlines[0])],
		house_storeys(works), true);
	if (rc || !dice_chance(&works->dice, 0.35) ||
		!sample_lot_pad(lot, back + 1.5,
			fmin(lot->high_v - 0.4, back + dice_between(&works->dice, 5, 9)), &pad))
		return rc;
	sample_pad_narrow(&pad, dice_between(&works->dice, 3.5, 6), dice_unit(&works->dice));
	return put_building(works, &pad, OUTLINE_PLAIN, 1, false);
}

/* Halls side by side, with a yard before them. */
static int build_halls(struct works *works)
{
	const struct sample_lot *lot = &works->lot;
	double depth = lot->high_v - lot->low_v;
	struct sample_pad whole, pad;
	uint32_t halls = 1 + dice_below(&works->dice, works->lot.area_m2 > 9000 ? 4 : 2);
	int rc = 0;

	if (!sample_lot_pad(lot, lot->low_v + depth * 0.16, lot->high_v - depth * 0.08, &whole))
		return 0;
	sample_pad_narrow(&whole, 240, 0.5);
	for (uint32_t i = 0; !rc && i < halls; i++) {
		pad = sample_pad_part(&whole, (i + 0.05) / halls, (i + 0.95) / halls,
			dice_between(&works->dice, 0.7, 1));
		rc = put_building(works, &pad,
			dice_chance(&works->dice, 0.2) ? OUTLINE_CORNER_RIGHT : OUTLINE_PLAIN,
			1 + (dice_unit(&works->dice) > 0.8), i == 0);
	}
	return rc;
}

/* Schools around their yard, churches as crosses, offices and shops as blocks. */
static int build_public(struct works *works)
{
	const struct sample_lot *lot = &works->lot;
	double depth = lot->high_v - lot->low_v;
	enum sample_use use = (enum sample_use)works->face->use;
	enum outline outline = OUTLINE_PLAIN;
	double least = 0.12, most = 0.85;
	int storeys = 1 + (int)dice_below(&works->dice, 3);
	struct sample_pad pad;

	if (use == SAMPLE_DGD) {
		outline = OUTLINE_COURT;
		least = 0.06;
		storeys = 2 + (int)dice_below(&works->dice, 3);
	} else if (use == SAMPLE_TON) {
		outline = dice_chance(&works->dice, 0.4) ? OUTLINE_CROSS : OUTLINE_COURT;
		least = 0.3;
		storeys = 1;
	} else if (use == SAMPLE_TSC || use == SAMPLE_DYT) {
		least = 0.3;
		most = 0.72;
	} else if (use == SAMPLE_DKV) {
		least = 0.45;
		most = 0.55;
		storeys = 1;
	} else if (use == SAMPLE_TMD) {
		least = 0.03;
		storeys = 2 + (int)dice_below(&works->dice, works->street == SAMPLE_TRUNK ? 9 : 4);
	}
	if (!sample_lot_pad(lot, lot->low_v + depth * least, lot->low_v + depth * most, &pad))
		return 0;
	if (works->lot.area_m2 > 500)
		sample_pad_narrow(&pad, use == SAMPLE_DKV ? 9 : 95, 0.5);
	return put_building(works, &pad, outline, storeys, true);
}

static int build(struct works *works)
{
	double area = works->lot.area_m2;

	switch (works->face->use) {
	case SAMPLE_ODT:
	case SAMPLE_ODT_CLN:
		if (dice_chance(&works->dice, 0.06))
			return 0; /* not built yet */
		return area < 210 ? build_tube_house(works) : build_garden_house(works);
	case SAMPLE_TMD:
		return area < 210 ? build_tube_house(works) : build_public(works);
	case SAMPLE_SKC:
		return build_halls(works);
	case SAMPLE_DGD:
	case SAMPLE_DYT:
	case SAMPLE_TSC:
	case SAMPLE_TON:
	case SAMPLE_DKV:
		return build_public(works);
	case SAMPLE_CLN:
	case SAMPLE_HNK:
		/* A hut here and there. */
		return works->lot.street >= 0 && dice_chance(&works->dice, 0.16)
			       ? build_garden_house(works)
			       : 0;
	default:
		return 0;
	}
}

int sample_buildings_write(struct sample_town *town, struct error *err)
{
	static const char *const fields[] = {"use", "name", "storeys", "height_m", "year_built",
		"parcel_id", "admin_unit_id", "unit_now_id", NULL};
	autofree(sample_writer_close) struct sample_writer writer;
	struct works works = {.town = town, .writer = &writer, .err = err};
	int rc = sample_records_open(&writer, town, "building", fields, err);

	for (size_t i = 0; !rc && i < town->parcel_count; i++) {
		int32_t face = town->parcels[i].face;

		if (!sample_loop_read(&town->loop, &town->mesh, face))
			return sample_town_check(town, err);
		if (!sample_lot_read(town, &works.lot))
			continue;
		works.dice = dice_for(town->seed, SAMPLE_DICE_BUILDINGS, (uint64_t)face);
		works.face = &town->mesh.faces[face];
		works.parcel_id = (int64_t)i + 1;
		works.street = works.lot.street < 0 ? SAMPLE_SUB_ALLEY
						    : town->streets.all[works.lot.street].kind;
		rc = build(&works);
	}
	return rc;
}
