/*
 * id_list: ids of records, gathered from anywhere, then in order.
 */
#ifndef DATA_ID_LIST_H
#define DATA_ID_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct id_list {
	int64_t *ids; /* heap */
	size_t count, room;
};

void id_list_clear(struct id_list *list); /* frees */
int id_list_add(struct id_list *list, int64_t id, struct error *err);
void id_list_sort(struct id_list *list); /* rising, each once; none is negative */

/* Whether it has the id; it must be in order. */
bool id_list_has(const struct id_list *list, int64_t id);

/* Takes out what the other has; both must be in order. */
void id_list_remove(struct id_list *list, const struct id_list *other);

#endif
