#include "gis/sample_sites.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/text.h"
#include "gis/sample_town.h"

enum {
	TRIES_MAX = 40,		 /* blocks looked at for one site */
	PARCELS_PER_MORE = 6000, /* so many parcels in a ward call for one more of each kind */
	SITES_OF_KIND_MAX = 12,	 /* in one ward */
};

static const double ward_parcels_least = 120; /* a ward with fewer has nothing of its own */
static const double stray_m = 260;	      /* a landmark may stand so far from its place */

/* What every ward has. The name is followed by the ward's, or taken from a list. */
struct need {
	const char *name;
	const char *layer, *kind;
	double area_m2;
	uint8_t use;
	bool outskirts;		  /* only where parcels are large */
	const char *const *names; /* NULL: the ward's name, numbered from the second on */
};

static const char *const pagodas[] = {"Phước Thạnh", "Long Hưng", "Thiên Tôn", "Bửu Nghiêm",
	"Hưng Long", "Phổ Thiện", "Thanh Lương", "Từ Ân", "Pháp Hoa", "Huệ Nghiêm", "Linh Sơn",
	"Quan Âm", "Bồ Đề", "Giác Minh", "Long Sơn", "Châu Thới", "An Lạc", "Tịnh Độ", "Phước Long",
	"Thiền Lâm", NULL};
static const char *const parishes[] = {"Mỹ Hảo", "Bình Hòa", "Thánh Giuse", "Vinh Sơn", "Búng",
	"Tân Thịnh", "Hiệp Nhất", "Phú Long", NULL};

static const struct need needs[] = {
	{"Trường Tiểu học", "school", "Tiểu học", 5200, SAMPLE_DGD, false, NULL},
	{"UBND", NULL, NULL, 1700, SAMPLE_TSC, false, NULL},
	{"Trạm Y tế", "clinic", "Trạm y tế", 850, SAMPLE_DYT, false, NULL},
	{"Trường THCS", "school", "THCS", 7200, SAMPLE_DGD, false, NULL},
	{"Trường Mầm non", "school", "Mầm non", 2200, SAMPLE_DGD, false, NULL},
	{"Chợ", NULL, NULL, 2400, SAMPLE_TMD, false, NULL},
	{"Công viên", "wifi", "Công viên", 4200, SAMPLE_DKV, false, NULL},
	{"Chùa", NULL, NULL, 1900, SAMPLE_TON, false, pagodas},
	{"Đình", NULL, NULL, 1300, SAMPLE_TON, false, NULL},
	{"Nhà văn hóa", "wifi", "Nhà văn hóa", 700, SAMPLE_DKV, false, NULL},
	{"Giáo xứ", NULL, NULL, 2600, SAMPLE_TON, false, parishes},
	{"Phòng khám đa khoa", "clinic", "Phòng khám", 600, SAMPLE_DYT, false, NULL},
	{"Nghĩa trang", NULL, NULL, 11000, SAMPLE_NTD, true, NULL},
};

void sample_sites_clear(struct sample_sites *sites)
{
	free(sites->all);
	*sites = (struct sample_sites){0};
}

static struct sample_site *add_site(struct sample_sites *sites)
{
	if (sites->count == sites->room) {
		size_t room = sites->room * 2 + 64;
		struct sample_site *larger = realloc(sites->all, room * sizeof *larger);

		if (!larger) {
			sites->failed = true;
			return NULL;
		}
		sites->all = larger;
		sites->room = room;
	}
	sites->all[sites->count] = (struct sample_site){.face = SAMPLE_NO_FACE};
	return &sites->all[sites->count++];
}

static bool has_room(const struct sample_town *town, const struct sample_block *block, double area)
{
	const struct sample_face *face = &town->mesh.faces[block->face];

	/* In a block of few parcels a site would crowd out the rest. */
	return block->site == SAMPLE_NO_SITE && face->kind == SAMPLE_LAND &&
	       block->area_m2 > 0.8 * area && block->weight >= 4;
}

static void place_landmark(struct sample_town *town, const struct sample_landmark *mark)
{
	struct sample_spot at = spot_plus(sample_geography_origin, mark->at);
	struct sample_block *best = NULL;
	double nearest = stray_m;
	struct sample_site *site;

	for (size_t i = 0; i < town->block_count; i++) {
		struct sample_block *block = &town->blocks[i];
		double away = spot_distance(block->inside, at);

		if (away > 2 * stray_m + sqrt(block->area_m2) ||
			!has_room(town, block, mark->area_m2))
			continue;
		if (!sample_loop_read(&town->loop, &town->mesh, block->face))
			return;
		if (sample_loop_covers(&town->loop, at))
			away = 0;
		if (away < nearest) {
			nearest = away;
			best = block;
		}
	}
	site = best ? add_site(&town->sites) : NULL;
	if (!site)
		return;
	best->site = (int32_t)town->sites.count - 1;
	site->area_m2 = mark->area_m2;
	site->use = mark->use;
	site->layer = mark->layer;
	site->kind = mark->kind;
	sample_name_set(site->name, "%s", mark->name);
}

/* "Phú Cường" of "Phường Phú Cường". Offices bear the whole name. */
static const char *short_name(const struct sample_town *town, const struct need *need, size_t ward)
{
	const char *name = town->order->wards[ward].name;

	if (need->use == SAMPLE_TSC || need->use == SAMPLE_DYT)
		return name;
	if (text_starts_with(name, "Phường "))
		return name + strlen("Phường ");
	if (text_starts_with(name, "Xã "))
		return name + strlen("Xã ");
	return name;
}

/* A block of the ward with room for what is needed; NULL when none was found. */
static struct sample_block *find_block(struct sample_town *town, const struct need *need,
	const uint32_t *blocks, uint32_t count, struct dice *dice)
{
	for (int i = 0; i < TRIES_MAX && count; i++) {
		struct sample_block *block = &town->blocks[blocks[dice_below(dice, count)]];

		if (has_room(town, block, 1.8 * need->area_m2) &&
			town->mesh.faces[block->face].style != SAMPLE_INDUSTRY &&
			(block->area_m2 > 900 * block->weight) == need->outskirts)
			return block;
	}
	return NULL;
}

static void place_need(struct sample_town *town, const struct need *need, size_t ward,
	const uint32_t *blocks, uint32_t count, int how_many)
{
	struct dice dice =
		dice_for(town->seed, SAMPLE_DICE_SITES, ward * 1000 + (uint64_t)(need - needs));
	uint32_t names = 0;

	while (need->names && need->names[names])
		names++;
	for (int i = 0; i < how_many; i++) {
		struct sample_block *block = find_block(town, need, blocks, count, &dice);
		struct sample_site *site = block ? add_site(&town->sites) : NULL;
		const char *name;

		if (!site)
			return;
		block->site = (int32_t)town->sites.count - 1;
		site->area_m2 = need->area_m2 * dice_between(&dice, 0.75, 1.3);
		site->use = need->use;
		site->layer = need->layer;
		site->kind = need->kind;
		name = names ? need->names[(ward * 2 + (size_t)i) % names]
			     : short_name(town, need, ward);
		if (i && !names)
			sample_name_set(site->name, "%s %s %d", need->name, name, i + 1);
		else
			sample_name_set(site->name, "%s %s", need->name, name);
	}
}

static void place_in_ward(struct sample_town *town, size_t ward, uint32_t *blocks)
{
	uint32_t count = 0;
	double parcels = 0;
	int how_many;

	for (size_t i = 0; i < town->block_count; i++) {
		if (town->mesh.faces[town->blocks[i].face].ward != ward)
			continue;
		blocks[count++] = (uint32_t)i;
		parcels += town->blocks[i].weight;
	}
	if (parcels < ward_parcels_least)
		return;
	how_many = 1 + (int)fmin(SITES_OF_KIND_MAX - 1, parcels / PARCELS_PER_MORE);
	for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++)
		place_need(town, &needs[i], ward, blocks, count,
			needs[i].use == SAMPLE_TSC ? 1 : how_many);
}

void sample_sites_place(struct sample_town *town)
{
	uint32_t *blocks = malloc((town->block_count + 1) * sizeof *blocks);

	if (!blocks) {
		town->sites.failed = true;
		return;
	}
	for (size_t i = 0; i < sample_landmark_count; i++)
		place_landmark(town, &sample_landmarks[i]);
	for (size_t ward = 0; ward < town->order->ward_count; ward++)
		place_in_ward(town, ward, blocks);
	free(blocks);
}
