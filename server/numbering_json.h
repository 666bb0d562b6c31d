/*
 * numbering_json: proposals, addresses and what is wrong with them as JSON, for HTTP and commands alike.
 * Places are GeoJSON in WGS 84.
 */
#ifndef SERVER_NUMBERING_JSON_H
#define SERVER_NUMBERING_JSON_H

#include "base/json_write.h"
#include "server/cases/addresses.h"
#include "server/cases/number_conflicts.h"

/* Writes places of the working CRS. */
struct place_writer {
	struct json_writer *json;
	const struct crs_path *to_wgs84;
	int failed; /* an enum error_code; 0 none */
};
int place_writer_open(const struct case_tools *tools, struct json_writer *json,
	struct place_writer *ret, struct error *err);
void place_write_point(struct place_writer *places, const char *key, double east, double north);
void place_write_line(struct place_writer *places, const char *key, const double from[2],
	const double to[2]);

/* {"number", "to", "suffix", "plate", "label"} of a number on a street; null where it is 0. */
void numbering_number_write(struct json_writer *json, const char *key,
	const struct street_chain *chain, const struct numbering_number *number);

/* The whole proposal as an object. */
int proposal_write(struct json_writer *json, const struct proposal *proposal,
	const struct case_tools *tools, enum lang lang, struct error *err);

/* What came of a deed: the address as an object. */
void address_write(struct json_writer *json, const struct address_work *work);

/* A GeoJSON FeatureCollection: properties are kind, code, text, address_id, parcel_id. */
int number_conflicts_write(struct json_writer *json, const struct number_conflicts *conflicts,
	const struct case_tools *tools, enum lang lang, struct error *err);

/* "left", "right". */
const char *numbering_side_word(int side);

#endif
