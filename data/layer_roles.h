/*
 * layer_roles: what some layers are beside being layers, and which of their fields say so: land, a plan,
 * streets, addresses.
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

/*
 * Which fields say what of streets: the tree of streets, alleys and sub-alleys (đường, ngõ/hẻm/kiệt,
 * ngách) that houses are numbered along.
 */
struct layer_network {
	const char *name, *kind;
	const char *parent;    /* id of the street that it leaves; NULL value: a street */
	const char *after;     /* text: the number of the house before its mouth, if it is named so */
	const char *mouth;     /* chainage of its mouth on the parent as that is drawn, m */
	const char *direction; /* "forward": numbered as its line is drawn; "backward"; NULL value: not decided */
	const char *ends;      /* 1 or 2 open ends */
	const char *width;     /* of the carriageway, m */
};

/* Which fields say what of addresses (ISO 19160-1): a number on a street, at an entrance. */
struct layer_address {
	const char *street, *path;
	const char *prefix, *number, *suffix, *number_to, *flat; /* as house_number.h takes them apart */
	const char *plate, *label;	      /* "15/3/7A", "15/3/7A Yersin" */
	const char *parcel, *building;
	const char *status, *reserved_until;
	const char *old_labels;
};

/* Which fields say what of buildings. */
struct layer_house {
	const char *parcel; /* that it stands on */
};

#endif
