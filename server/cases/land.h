/*
 * land: parcels become other parcels (biến động thửa đất): split, joined, redrawn, numbered anew, in
 * one transaction, by HTTP and command alike.
 *
 * Before it, without any lock, the parcels are read, the new ones are made and all is checked
 * (gis/land_check.h). The transaction does it if no parcel has changed since. Old parcels of a split
 * or a merger end, new ones begin with the next free numbers of their sheet; lineage leads from each
 * to what came of it.
 */
#ifndef SERVER_CASES_LAND_H
#define SERVER_CASES_LAND_H

#include "data/lineage.h"
#include "data/revision.h"
#include "gis/crs.h"
#include "gis/land_check.h"
#include "gis/placing.h"
#include "server/cases/tools.h"

enum { LAND_NUMBER_MAX = 24 };

enum land_deed { LAND_SPLIT, LAND_MERGE, LAND_REDRAW, LAND_RENUMBER };

/* What is said of a parcel that is made; NULL, NaN: nothing. */
struct land_saying {
	const char *sheet, *number, *use;
	double legal_m2;
	bool has_shape;
	struct shape shape;
};

/* What is wanted; read from a document by land_input.h. */
struct land_order {
	enum land_deed deed;
	struct date from;     /* in law; "" today */
	const char *document; /* decision; NULL none */
	struct {
		int64_t id, version;
	} parcels[LAND_PARCELS_MAX];
	size_t parcel_count;
	int epsg; /* of the coordinates, which are east, north (lon, lat) */
	bool has_line;
	struct shape line; /* SPLIT */
	struct land_saying sayings[LAND_PARCELS_MAX]; /* SPLIT, MERGE: of the new ones; else of each */
	size_t saying_count;
};

/* A parcel as it was, or as it becomes. */
struct land_record {
	struct feature feature;
	struct value values[FEATURE_FIELDS_MAX];
	bool number_given;
	char number[LAND_NUMBER_MAX]; /* the one that it got */
	double sigma_m2; /* standard error of the area; of new ones */
	const char *geojson; /* its geometry in WGS 84, when land_json has drawn it */
};

struct land_work {
	struct land_order order;
	struct view view; /* of the author, of the layer of land */
	struct change_author author;
	int64_t account_id;
	const struct randomness *randomness;

	/* Made by land_prepare. */
	const struct layer *layer;
	int working_epsg, plane_epsg; /* of the shapes of change */
	struct land_change *change;   /* its findings */
	struct land_record *before, *after;
	size_t after_count;
	double shares[LAND_PARCELS_MAX][LAND_PARCELS_MAX]; /* REDRAW: of the old in the new */
};

/*
 * Reads, makes and checks. Findings are not errors: work->change->finding_count tells. Errors: a
 * parcel that is not there for the author or was changed since, an order that is incomplete.
 */
int land_prepare(
	struct land_work *work, const struct case_tools *tools, struct error *err);

/* A writer_work; context is a struct land_work without findings. after[] gets ids and numbers. */
int land_run(struct store *store, void *context, struct error *err);

/* The numbers that the new parcels would get now: for who only checks. */
int land_preview(struct store *store, struct land_work *work, struct error *err);

/* Position of a field of the layer of land. */
size_t land_field(const struct layer *layer, const char *id);

#endif
