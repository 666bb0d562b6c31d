/*
 * THE list of groups of routes. A path is looked up from the top.
 */
#include "server/router.h"

extern const struct route_table health_routes, collections_routes, openapi_routes, features_routes,
	tiles_routes, city_routes, static_routes,
	versions_routes, certificates_routes, changes_routes, conflicts_routes, session_routes, admin_routes,
	tokens_routes, jobs_routes, parcels_routes, lineage_routes, units_routes, parcel_routes, search_routes, plan_routes, addresses_routes, schemes_routes,
	network_routes, address_files_routes;
extern const struct route_table dossiers_routes, dossier_papers_routes, receipts_routes;

const struct route_table *const all_routes[] = {
	&tiles_routes,
	&features_routes,
	&versions_routes,
	&changes_routes,
	&conflicts_routes,
	&session_routes,
	&admin_routes,
	&tokens_routes,
	&jobs_routes,
	&parcels_routes,
	&addresses_routes,
	&schemes_routes,
	&receipts_routes,
	&dossier_papers_routes,
	&dossiers_routes,
	&lineage_routes,
	&units_routes,
	&plan_routes,
	&network_routes,
	&address_files_routes,
	&parcel_routes,
	&collections_routes,
	&openapi_routes,
	&city_routes,
	&certificates_routes,
	&search_routes,
	&health_routes,
	&static_routes,
	NULL,
};
