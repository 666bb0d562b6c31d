/*
 * layer_roles: what some layers are beside being layers, and which of their fields say so: land, a plan.
 * Code asks for the role, never for a layer by its name.
 */
#ifndef DATA_LAYER_ROLES_H
#define DATA_LAYER_ROLES_H

/* Which fields say what of land (LA_SpatialUnit of ISO 19152); ids of text fields, but the area. */
struct layer_land {
	const char *sheet, *number; /* tờ bản đồ, thửa: with the unit as issued the natural key */
	const char *use;	    /* mục đích sử dụng */
	const char *legal_area;	    /* as papers say it, m² */
};

/* Which fields say what of a plan (quy hoạch). */
struct layer_plan {
	const char *use;   /* of zones: what is planned there */
	const char *width; /* of the middles of roads: their right of way (lộ giới), m; NULL of zones */
};

#endif
