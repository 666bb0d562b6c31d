/*
 * feature_link: records that refer to another one by its id: the addresses of a street, the alleys that
 * leave it, the buildings on a parcel.
 */
#ifndef DATA_FEATURE_LINK_H
#define DATA_FEATURE_LINK_H

#include "data/id_list.h"
#include "data/layer.h"
#include "data/store.h"

enum { FEATURE_LINKS_MAX = 200000 }; /* records that refer to one: a long street has thousands */

/* Adds the indexes of a layer's links (those that its roles name), if they are missing. */
int feature_link_ensure(struct store *store, const struct layer *layer, struct error *err);

/*
 * The ids, in order, of the records in force of a layer whose integer field is `id`; ERR_TOO_LARGE
 * over the cap.
 */
int feature_link_list(struct store *store, const struct layer *layer, const char *field,
	int64_t id, struct id_list *ret_list, struct error *err);

#endif
