/*
 * sample_geography: what the sample city takes from the real Thủ Dầu Một, sketched by hand: its
 * outline, the bank of the Saigon river, canals, main streets, quarters and landmarks.
 *
 * Positions are good to some hundred metres, no better: it is a sample, not a map. All are in
 * metres from sample_geography_origin (EPSG:9210).
 */
#ifndef GIS_SAMPLE_GEOGRAPHY_H
#define GIS_SAMPLE_GEOGRAPHY_H

#include <stddef.h>
#include <stdint.h>

#include "gis/sample_line.h"

/* What a neighbourhood is like. */
enum sample_style {
	SAMPLE_GARDENS,	 /* grown: bent lanes, gardens between the houses */
	SAMPLE_OLD_TOWN, /* small blocks, tube houses */
	SAMPLE_ESTATE,	 /* planned: straight lanes, plots of one size */
	SAMPLE_INDUSTRY,
	SAMPLE_PADDY,
	SAMPLE_STYLE_COUNT,
};

/* A street or canal: the points that it runs through, in the order of drawing. */
struct sample_axis {
	const char *name;
	uint8_t kind;	/* enum sample_axis_kind */
	double width_m; /* of its ground; of a canal on average */
	const struct sample_spot *through;
	size_t count;
};

enum sample_axis_kind {
	SAMPLE_AXIS_TRUNK,
	SAMPLE_AXIS_MAIN,
	SAMPLE_AXIS_LOCAL,
	SAMPLE_AXIS_CANAL,
};

/* A quarter: within radius_m the style is its own. */
struct sample_quarter {
	const char *name; /* of an estate, as its lanes bear it: "KDC Hiệp Thành 3" */
	struct sample_spot at;
	double radius_m;
	uint8_t style;
};

/* Around here it is denser than its distance from the centre would make it. */
struct sample_heart {
	struct sample_spot at;
	double radius_m;
	double pull; /* 0 to 1 */
};

/* A place that people from there would miss. */
struct sample_landmark {
	const char *name;
	struct sample_spot at;
	double area_m2;
	uint8_t use;	   /* enum sample_use */
	const char *layer; /* that shows it too; NULL none */
	const char *kind;  /* in that layer */
};

struct sample_geography {
	struct sample_spot centre;
	const struct sample_spot *outline; /* counter-clockwise, within the union of the wards */
	size_t outline_count;
	const struct sample_spot *bank; /* of the river; the city lies to its left */
	size_t bank_count;
	const struct sample_axis *axes;
	size_t axis_count;
	const struct sample_quarter *quarters; /* the first that covers a place counts */
	size_t quarter_count;
	const struct sample_heart *hearts;
	size_t heart_count;
};

extern const struct sample_spot sample_geography_origin;
extern const struct sample_landmark sample_landmarks[]; /* sample_landmarks.c */
extern const size_t sample_landmark_count;

const struct sample_geography *sample_geography(void);

#endif
