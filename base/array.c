#include "base/array.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/number.h"

enum { FIRST = 16 };

bool array_reserve(void **array, size_t *room, size_t need, size_t size)
{
	size_t bytes;
	void *moved;

	if (need <= *room)
		return true;
	if (!checked_add(need, need / 2 + FIRST, &need) || !checked_mul(need, size, &bytes))
		return false;
	moved = realloc(*array, bytes);
	if (!moved)
		return false;
	*array = moved;
	*room = need;
	return true;
}
