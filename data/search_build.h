/*
 * search_build: the index of what is searched, made for a register as a whole.
 */
#ifndef DATA_SEARCH_BUILD_H
#define DATA_SEARCH_BUILD_H

#include "data/layer.h"
#include "data/store.h"

/*
 * Makes the indexes of numbers and codes that are missing, and the words anew if they are not of these
 * layers as they are; in the caller's transaction. Of a register that has just been made it is quick.
 */
int search_build(struct store *store, const struct layer_table *layers, int64_t now_us,
	struct error *err);

#endif
