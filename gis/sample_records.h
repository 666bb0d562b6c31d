/*
 * sample_records: hands out the sample city, layer by layer, once it stands.
 */
#ifndef GIS_SAMPLE_RECORDS_H
#define GIS_SAMPLE_RECORDS_H

#include "gis/sample_town.h"
#include "gis/sample_writer.h"

/* Wards, streets, parcels and named places. */
int sample_records_wards(struct sample_town *town, struct error *err);
int sample_records_streets(struct sample_town *town, struct error *err);
int sample_records_parcels(struct sample_town *town, struct error *err);
int sample_records_sites(struct sample_town *town, struct error *err);

/* The houses on the parcels. */
int sample_buildings_write(struct sample_town *town, struct error *err);

/* What stands at the roadside: lamps, stops, trees, cameras, survey marks, stations. */
int sample_roadside_write(struct sample_town *town, struct error *err);

/* As sample_writer_open, knowing how far the whole is. */
int sample_records_open(struct sample_writer *writer, const struct sample_town *town,
	const char *layer_id, const char *const *fields, struct error *err);

/* "25 Yersin, Phường Phú Cường": where a spot beside a street is. Nothing without a street. */
void sample_records_address(const struct sample_town *town, struct sample_writer *writer,
	size_t column, int32_t street, struct sample_spot at);

/* The best street that the face which town->loop was read from lies at, or SAMPLE_NO_STREET. */
int32_t sample_records_street(const struct sample_town *town);

#endif
