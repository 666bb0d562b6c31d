/*
 * certificate_scene: the ground around an address, as the map on its certificate shows it: parcels with
 * the numbers of their houses, and streets.
 */
#ifndef SERVER_CASES_CERTIFICATE_SCENE_H
#define SERVER_CASES_CERTIFICATE_SCENE_H

#include "server/cases/certificate_facts.h"
#include "tiles/paper.h"

/* All in the arena of the source. Nothing of it is personal: whoever may have the paper may see it. */
int certificate_scene_read(const struct certificate_source *source,
	const struct certificate_facts *facts, struct paper_map *ret, struct error *err);

#endif
