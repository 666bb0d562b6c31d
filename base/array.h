/*
 * array: arrays on the heap that grow.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Room for `need` things of that size, and for half more, so that it is seldom asked for; *room counts
 * things. False without memory: then the array is as it was.
 */
bool array_reserve(void **array, size_t *room, size_t need, size_t size);

#endif
