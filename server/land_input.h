/*
 * land_input: an order to change parcels, as a client or a command sends it.
 *
 *	{"parcels": [{"id": 12, "version": 3}],
 *	 "line": {"type": "LineString", …},           of a split
 *	 "parts": [{"geometry": …, "properties": {"parcel_no": …, "area_legal_m2": …}}],
 *	 "valid_from": "2026-12-01", "document": "12/QĐ-UBND", "check": true}
 *
 * Of a redrawing geometry and properties stand with each parcel; of a merger and a new number the
 * properties stand in the document. Properties are named as the fields of the layer of land.
 */
#ifndef SERVER_LAND_INPUT_H
#define SERVER_LAND_INPUT_H

#include "base/json_read.h"
#include "gis/crs_ref.h"
#include "server/cases/land.h"

enum { LAND_DOCUMENT_MAX = 500 }; /* bytes of "document" */

/*
 * Reads a document; what the order holds lives in the arena, and document may go. The coordinates are
 * in `crs`. *ret_check: only a check is wished.
 */
int land_input_read(struct arena *arena, const struct layer *layer, enum land_deed deed,
	const struct json_node *document, const struct crs_ref *crs, struct land_order *ret_order,
	bool *ret_check, struct error *err);

#endif
