/*
 * sample_town: the sample city while it is being made: the model that one stage after the other
 * fills and that is read out at the end.
 *
 *	axes     main streets, canals and the river divide the ground   sample_axes
 *	blocks   lesser streets divide what lies between them           sample_blocks
 *	sites    schools, pagodas, offices find their block             sample_sites
 *	plots    alleys and parcels divide the blocks                   sample_plots
 *	sheets   parcels get their place in the cadastre                sample_sheets
 *	records  all of it is handed out                                sample_records
 */
#ifndef GIS_SAMPLE_TOWN_H
#define GIS_SAMPLE_TOWN_H

#include "base/dice.h"
#include "base/error.h"
#include "gis/sample_city.h"
#include "gis/sample_density.h"
#include "gis/sample_loop.h"
#include "gis/sample_mesh.h"
#include "gis/sample_sites.h"
#include "gis/sample_streets.h"
#include "gis/sample_use.h"

/* Ground between streets, to be divided into `share` parcels. */
struct sample_block {
	int32_t face;
	uint32_t share;
	double weight; /* parcels that its size and place call for */
	double area_m2;
	struct sample_spot inside; /* a spot well inside */
	int32_t site;		   /* that stands in it, or SAMPLE_NO_SITE */
};

/* A parcel's place in the cadastre. */
struct sample_parcel {
	int32_t face;
	uint16_t sheet;	 /* within the ward */
	uint16_t number; /* within the sheet */
};

struct sample_town {
	const struct sample_order *order;
	const struct sample_sink *sink;
	struct box ward_boxes[SAMPLE_WARDS_MAX];
	struct sample_density density;
	struct sample_mesh mesh;
	struct sample_streets streets;
	struct sample_sites sites;
	struct sample_block *blocks;
	size_t block_count, block_room;
	struct sample_parcel *parcels;
	size_t parcel_count;
	uint64_t seed;
	uint64_t written; /* parcels drawn and handed out: how far the whole is */
	/* For the stage at work. */
	struct sample_loop loop;
	struct sample_line left, right, middle;
};

/* What dice are taken for: the second argument of dice_for(). */
enum sample_dice {
	SAMPLE_DICE_BLOCKS,
	SAMPLE_DICE_SITES,
	SAMPLE_DICE_PLOTS,
	SAMPLE_DICE_PARCELS,
	SAMPLE_DICE_BUILDINGS,
	SAMPLE_DICE_STREETS,
	SAMPLE_DICE_THINGS,
	SAMPLE_DICE_FIELDS,
};

/* The ward that a spot lies in, or the nearest: an index into the order's wards. */
uint8_t sample_town_ward(const struct sample_town *town, struct sample_spot at);

/* 0, or the error when memory ran out in a stage or the user cancels. */
int sample_town_check(const struct sample_town *town, struct error *err);

#endif
