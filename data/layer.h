/*
 * layer: what a city layer is: a descriptor from which the table, the OGC collection, the tiles,
 * the legend, the import target and the switch in the web map follow.
 *
 * A layer is plain constant data (city_layers.c holds THE table), so tiles/ can read the look
 * while data/ knows nothing of drawing. Adding a layer is adding a row: docs/ADDING.md.
 */
#ifndef DATA_LAYER_H
#define DATA_LAYER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "data/layer_roles.h"

/* Geometry of a layer; lines and areas are stored as multi-geometries. */
enum geometry_kind { GEOMETRY_POINT, GEOMETRY_LINE, GEOMETRY_AREA };

enum field_type { FIELD_TEXT, FIELD_INT, FIELD_REAL, FIELD_BOOL, FIELD_DATE };

/* What the register computes by itself when a record is written. */
enum field_source {
	FIELD_GIVEN,	 /* by the user or the file */
	FIELD_AREA_M2,	 /* area in the record's native zone, m² */
	FIELD_LENGTH_M,	 /* length in the record's native zone, m */
	FIELD_UNIT_ISSUED, /* administrative unit when the record was made */
	FIELD_UNIT_NOW,	 /* administrative unit today */
};

/* How records are found by a field: search.h. */
enum field_search {
	SEARCH_NOT,
	SEARCH_NAME,   /* word by word, mistyped too */
	SEARCH_CODE,   /* as a whole */
	SEARCH_NUMBER, /* a part of the record's number: those of a layer in their order, "12/345" */
	SEARCH_TOLD,   /* not by it, but it is told of what was found */
	SEARCH_WITHIN, /* told, and its words may be asked for behind a name: "…, tỉnh Bình Dương" */
};

/* What a value of a text field is called: of codes that are the register's own. */
struct field_word {
	const char *value; /* NULL ends the list */
	const char *title[2];
};

struct layer_field {
	const char *id;		 /* column and JSON key: English, lower snake case */
	const char *title[2];	 /* by enum lang */
	enum field_type type;
	enum field_source source;
	const char *unit;	 /* UCUM: "m", "m2", "W"; NULL none */
	uint8_t tile_zoom;	 /* stands in vector tiles from this zoom on; 0 never */
	const struct field_word *words; /* NULL: values are told as they are */
	const char *aliases;	 /* column names of files that mean it, "so_to sohieutoba" */
	enum field_search search;
	const char *number_words;    /* of SEARCH_NUMBER: search keys that stand before it, "to t" */
	const char *number_title[2]; /* what it is called before its value: "tờ", "sheet" */
};

/* Colours are 0xRRGGBBAA; alpha 0 draws nothing. */
struct look_class {
	const char *value;    /* of the class field; NULL for all other values */
	const char *title[2]; /* in the legend */
	uint32_t fill;	      /* of areas and symbols; of lines their colour */
	uint32_t stroke;      /* outline of areas and symbols; casing of lines */
	float width_px;	      /* of a line; radius of a point symbol */
	uint8_t min_zoom;     /* drawn from this zoom on; 0 as the layer */
};

struct look_label {
	const char *field; /* NULL no labels */
	uint8_t min_zoom;
	float size_px;
	uint32_t colour, halo;
	bool may_overhang; /* of areas: half of it may stand out; else it must fit in */
};

struct look {
	uint8_t min_zoom, max_zoom; /* drawn, and in tiles, at these zooms */
	uint8_t block_zoom;	    /* of areas: below, those of a class stand together; 0 never */
	uint8_t stroke_zoom;	    /* outlines and casings from this zoom on */
	float stroke_px;	    /* width of outlines; how far casings stand out */
	const char *class_field;    /* text field that chooses the class; NULL the first class */
	const char *width_field;    /* of lines: real width in m, drawn when wider than width_px */
	const struct look_class *classes;
	size_t class_count; /* at least one */
	struct look_label label;
};

struct layer {
	const char *id; /* collection and table name */
	const char *title[2];
	enum geometry_kind geometry;
	const struct layer_field *fields;
	size_t field_count;
	struct look look;
	bool hidden; /* not switched on when the web map opens */
	bool is_large; /* of a nation: hundreds of millions; see partition.h */
	const char *accuracy; /* its records are boundary points: the field with the standard error of their place, m */
	bool is_units; /* its records are the administrative units that others lie in */
	const struct layer_plan *plan; /* its records are of a plan; NULL they are not */
	const struct layer_land *land; /* its records are parcels; NULL they are not */
	const struct layer_network *network; /* its records are streets */
	const struct layer_address *address; /* its records are addresses: changed by acts of their own alone */
	const struct layer_house *house;     /* its records are buildings */
	/* Search keys of what people say before a name, "duong d street", in a number besides. */
	const char *called;
	uint8_t search_place[2]; /* among equals: of visitors, of staff; from 1, 0 behind all these */
	unsigned writers; /* who changes it beside the administrator: 1 << role, ... */
};

/* All layers, in drawing order from the ground up. */
struct layer_table {
	const struct layer *layers;
	size_t count;
};

/* THE table of layers. */
const struct layer_table *city_layers(void);

/* The layer or field of that id, or NULL. */
const struct layer *layer_find(const struct layer_table *table, const char *id, size_t len);
const struct layer_field *layer_field_find(const struct layer *layer, const char *id, size_t len);

/* A number that tells a record of a layer from others, as good as always. */
uint64_t layer_subject(const struct layer *layer, int64_t id);

/* The layer of administrative units, of boundary points (LA_Point), of parcels, …; or NULL. */
const struct layer *layer_of_units(const struct layer_table *table);
const struct layer *layer_of_boundary_points(const struct layer_table *table);
const struct layer *layer_of_land(const struct layer_table *table);
const struct layer *layer_of_streets(const struct layer_table *table);
const struct layer *layer_of_addresses(const struct layer_table *table);
const struct layer *layer_of_buildings(const struct layer_table *table);

/* Its position in fields[]. */
size_t layer_field_index(const struct layer *layer, const struct layer_field *field);

/* The position of the field of that id; for ids of roles, which are there (tests/data/test_layer). */
size_t layer_field_at(const struct layer *layer, const char *id);

/* Whether a column of a file, by its name or an alias, means this field (case, "_", " " aside). */
int layer_field_means(const struct layer_field *field, const char *column, bool *ret_means,
	struct error *err);

#endif
