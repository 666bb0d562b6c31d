/*
 * land_json: what came of an order to change parcels, or what is wrong with it, as JSON.
 */
#ifndef SERVER_LAND_JSON_H
#define SERVER_LAND_JSON_H

#include "base/json_write.h"
#include "server/cases/land.h"

/*
 * Findings as a GeoJSON FeatureCollection in WGS 84: geometry is where, properties are code, detail
 * and try in that language.
 */
int land_findings_write(struct json_writer *json, const struct land_work *work,
	const struct case_tools *tools, enum lang lang, struct error *err);

/* Draws the new parcels in WGS 84, so that the result can be told on any thread. */
int land_result_draw(struct land_work *work, const struct case_tools *tools, struct error *err);

/*
 * {parcels: [features with area_error_m2], retired: [ids], valid_from, document; the object stays
 * open. Before it is done ids are 0.
 */
void land_result_open(struct json_writer *json, const struct land_work *work);

#endif
