/*
 * THE table of rules that the program knows. A city's own rows come before them (rule.h).
 *
 * confidence: "verified" somebody has read the document; "agreed" two sources agree; "configuration"
 * nobody knows a document: it is the city's choice.
 */
#include "data/rule.h"

const struct rule city_rules[] = {
	/*
	 * What must hold when parcels are split, joined or redrawn. Shares of the computed and of the
	 * legal area that may be lost (SOLA's rules have the same); outlines that are nearer than fit_m
	 * are meant to be one; least parcel, so that no sliver becomes one.
	 */
	{.id = "land_checks", .kind = "land_checks", .confidence = "configuration",
		.payload = "{\"area_computed_share\": 0.001, \"area_legal_share\": 0.01,"
			   " \"fit_m\": 0.001, \"cover_m2\": 0.0001,"
			   " \"least_area_m2\": 1, \"least_width_m\": 0.3}"},
	/*
	 * Standard error of one coordinate of a boundary point, m, where the point itself does not tell:
	 * the accuracy that a survey for maps 1:500 must have in a town.
	 */
	{.id = "boundary_error", .kind = "boundary_error", .document = "25/2014/TT-BTNMT",
		.confidence = "agreed", .payload = "{\"sigma_m\": 0.07}"},
	/*
	 * Of an old unit's area so much must lie in a new one for that to come after it, where no decision
	 * was entered: below, outlines of two surveys only differ. So much of it must the new ones cover
	 * together for it to end: a province goes on when one of its cities is divided anew.
	 */
	{.id = "unit_succession", .kind = "unit_succession", .confidence = "configuration",
		.payload = "{\"least_share\": 0.1, \"least_covered\": 0.5}"},
	{.id = NULL},
};
