/*
 * seal: brings a register from before versions and seals were kept up to date, once.
 *
 * Its records all had one version, so their history is what stands in the tables, and its feed
 * has a row for each.
 */
#ifndef DATA_SEAL_H
#define DATA_SEAL_H

#include "data/layer.h"
#include "data/store.h"

/* Fills the empty history of a layer from its table. */
int seal_adopt(struct store *store, const struct layer *layer, struct error *err);

/* Seals the rows and links of the feed that have no digest yet, in their order. */
int seal_old_links(struct store *store, const struct layer_table *layers, struct error *err);

#endif
