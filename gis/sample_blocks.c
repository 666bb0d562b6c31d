#include "gis/sample_blocks.h"

#include <stdlib.h>

#include "base/banned.h"
#include "gis/sample_lanes.h"

enum {
	PROBES_MAX = 12, /* corners at which the density of a face is asked */
	BLOCK_ROOM = 256,
};

static const double block_largest_m2 = 380000, block_least_m2 = 5200;
static const double water_parcel_m2 = 45000; /* a river is cut into sheets too */
static const double river_least_m2 = 200000, full_parcels = 15000;
static const double verge_m = 5.5; /* land narrower than this belongs to the road */
static const double chamfer_m = 3; /* what a corner gives to the view around it */

/* How many parcels a block of usual plots has. */
static double parcels_per_block(double parcel_m2, enum sample_style style)
{
	static const double small_m2 = 150, large_m2 = 15000, most = 240, least = 13;
	double part = log(fmax(small_m2, fmin(large_m2, parcel_m2)) / small_m2) /
		      log(large_m2 / small_m2);
	double parcels = most * pow(least / most, part);

	switch (style) {
	case SAMPLE_OLD_TOWN:
		return parcels * 0.45;
	case SAMPLE_ESTATE:
		return parcels * (parcel_m2 < 400 ? 0.2 : 0.5);
	case SAMPLE_INDUSTRY:
		return 5;
	default:
		return parcels;
	}
}

/* Asks about the face that the loop was read from. */
static struct sample_land look_at(struct sample_town *town)
{
	const struct sample_loop *loop = &town->loop;
	size_t stride = loop->count / PROBES_MAX + 1, probes = 2;
	struct sample_land land = {
		.frame = sample_loop_frame(loop), .inside = sample_loop_inside(loop)};
	double per_m2 = 2 / sample_density_parcel_m2(&town->density, land.inside);

	for (size_t i = 0; i < loop->count; i += stride) {
		struct sample_spot at = spot_between(loop->corners[i].at, land.inside, 0.3);

		per_m2 += 1 / sample_density_parcel_m2(&town->density, at);
		probes++;
	}
	per_m2 /= (double)probes;
	land.parcels = loop->area_m2 * per_m2;
	land.parcel_m2 = 1 / per_m2;
	land.style = sample_density_style(&town->density, land.inside);
	return land;
}

static bool is_ready(const struct sample_land *land, double area_m2)
{
	double most = parcels_per_block(land->parcel_m2, land->style);

	if (land->parcels < 1 || isinf(land->parcel_m2))
		return true;
	if (area_m2 < 2 * block_least_m2)
		return true;
	return land->parcels < 1.45 * most && area_m2 < 1.45 * block_largest_m2;
}

static void add_block(struct sample_town *town, struct sample_block block)
{
	if (town->block_count == town->block_room) {
		size_t room = town->block_room * 2 + BLOCK_ROOM;
		struct sample_block *larger = realloc(town->blocks, room * sizeof *larger);

		if (!larger) {
			town->mesh.failed = true;
			return;
		}
		town->blocks = larger;
		town->block_room = room;
	}
	town->blocks[town->block_count++] = block;
}

/* True if the ring turns clearly to the left at corner i, and two streets meet there. */
static bool is_street_corner(const struct sample_town *town, size_t i, double *ret_cut_m)
{
	const struct sample_loop *loop = &town->loop;
	size_t before = i ? i - 1 : loop->count - 1;
	int32_t here = town->mesh.halves[loop->corners[i].half].street;
	int32_t there = town->mesh.halves[loop->corners[before].half].street;
	struct sample_spot in = sample_loop_way(loop, before), out = sample_loop_way(loop, i);
	double turn = spot_cross(in, out);

	/* At sharp corners more is cut, so that no tip too thin for a house remains. */
	*ret_cut_m = spot_dot(in, out) < -0.35 ? 4 * chamfer_m : chamfer_m;
	return here >= 0 && there >= 0 && here != there && turn > 0.3 &&
	       spot_distance(loop->corners[i].at, sample_loop_end(loop, i)) > 2.2 * *ret_cut_m &&
	       spot_distance(loop->corners[before].at, loop->corners[i].at) > 2.2 * *ret_cut_m;
}

/* Cuts the corners where streets meet. */
static void chamfer(struct sample_town *town, int32_t face)
{
	double cut_m;

	if (!sample_loop_read(&town->loop, &town->mesh, face))
		return;
	for (size_t i = 0; i < town->loop.count && !town->mesh.failed; i++) {
		size_t before = i ? i - 1 : town->loop.count - 1;
		int32_t here = town->loop.corners[i].half;
		struct sample_spot at = town->loop.corners[i].at;
		struct sample_path path = {.left_street = SAMPLE_NO_STREET};
		int32_t made;

		if (!is_street_corner(town, i, &cut_m))
			continue;
		path.right_street = town->mesh.halves[here].street;
		path.from = sample_mesh_corner(
			&town->mesh, here, spot_along(at, sample_loop_way(&town->loop, i), cut_m));
		path.to = sample_mesh_corner(&town->mesh, town->loop.corners[before].half,
			spot_along(at, sample_loop_way(&town->loop, before), -cut_m));
		made = sample_mesh_divide(&town->mesh, &path);
		if (made == SAMPLE_NO_FACE)
			return;
		town->mesh.faces[made].kind = SAMPLE_STREET;
		/* The edge behind the corner now begins where the cut ends. */
		town->loop.corners[i] =
			(struct sample_corner){sample_mesh_spot(&town->mesh, path.from), path.from};
	}
}

/* What is left over between streets that run close together is road reserve. */
static bool is_verge(const struct sample_loop *loop)
{
	double around = 0;

	for (size_t i = 0; i < loop->count; i++)
		around += spot_distance(loop->corners[i].at, sample_loop_end(loop, i));
	return loop->area_m2 < verge_m * around / 2 || loop->area_m2 < 60;
}

/* Divides a face down to blocks. The recursion is as deep as halving the city to blocks goes. */
static void divide_land(struct sample_town *town, int32_t face)
{
	struct sample_banks banks;
	struct sample_land land;
	struct dice dice = dice_for(town->seed, SAMPLE_DICE_BLOCKS, (uint64_t)face);

	if (town->mesh.failed || !sample_loop_read(&town->loop, &town->mesh, face))
		return;
	if (is_verge(&town->loop)) {
		town->mesh.faces[face].kind = SAMPLE_STREET;
		return;
	}
	land = look_at(town);
	if (!is_ready(&land, town->loop.area_m2) && sample_lanes_lay(town, &land, &dice, &banks)) {
		divide_land(town, banks.left);
		divide_land(town, banks.right);
		return;
	}
	if (town->mesh.failed || town->streets.failed)
		return;
	town->mesh.faces[face].style = (uint8_t)land.style;
	town->mesh.faces[face].ward = sample_town_ward(town, land.inside);
	add_block(town, (struct sample_block){.face = face,
				.weight = land.parcels,
				.area_m2 = town->loop.area_m2,
				.inside = land.inside,
				.site = SAMPLE_NO_SITE});
	chamfer(town, face);
}

static void add_water(struct sample_town *town, int32_t face)
{
	/* In a small sample not too many of the parcels shall be water. */
	double few = fmin(1, (double)town->order->parcels / full_parcels);
	struct sample_land land;

	if (!sample_loop_read(&town->loop, &town->mesh, face))
		return;
	land = look_at(town);
	/* The river is on every map; of canals those that lie within the survey. */
	if (isinf(land.parcel_m2) && town->loop.area_m2 < river_least_m2)
		return;
	add_block(town, (struct sample_block){.face = face,
				.weight = fmax(1, town->loop.area_m2 / water_parcel_m2 * few),
				.area_m2 = town->loop.area_m2,
				.inside = land.inside,
				.site = SAMPLE_NO_SITE});
}

void sample_blocks_draw(struct sample_town *town)
{
	int32_t faces = (int32_t)town->mesh.face_count;

	for (int32_t face = 1; face < faces; face++) {
		if (town->mesh.failed || town->streets.failed)
			return;
		if (town->mesh.faces[face].kind == SAMPLE_LAND)
			divide_land(town, face);
		else if (town->mesh.faces[face].kind == SAMPLE_WATER)
			add_water(town, face);
	}
}

/* The parcels of a block when each weighs 1 / scale: at least one where it calls for any. */
static uint32_t share_of(const struct sample_block *block, double scale)
{
	if (!(block->weight > 0))
		return 0;
	return (uint32_t)fmax(1, floor(block->weight * scale));
}

static size_t count_shares(const struct sample_town *town, double scale)
{
	size_t shares = 0;

	for (size_t i = 0; i < town->block_count; i++)
		shares += share_of(&town->blocks[i], scale);
	return shares;
}

void sample_blocks_share(struct sample_town *town)
{
	double low = 0, high = 64;
	size_t shares;

	for (int i = 0; i < 60; i++) {
		double scale = (low + high) / 2;

		if (count_shares(town, scale) <= town->order->parcels)
			low = scale;
		else
			high = scale;
	}
	shares = count_shares(town, low);
	for (size_t i = 0; i < town->block_count; i++)
		town->blocks[i].share = share_of(&town->blocks[i], low);
	/* What rounding left over goes around, less than once. */
	for (size_t i = 0; shares < town->order->parcels && i < 8 * town->block_count; i++) {
		struct sample_block *block = &town->blocks[i % town->block_count];

		if (block->weight > 1) {
			block->share++;
			shares++;
		}
	}
}
