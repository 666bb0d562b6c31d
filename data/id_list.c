#include "data/id_list.h"

#include "base/messages.h"

void id_list_clear(struct id_list *list)
{
	free(list->ids);
	*list = (struct id_list){0};
}

int id_list_add(struct id_list *list, int64_t id, struct error *err)
{
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 256;
		int64_t *ids = realloc(list->ids, room * sizeof *ids);

		if (!ids)
			return fail_no_memory(err);
		list->ids = ids;
		list->room = room;
	}
	list->ids[list->count++] = id;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

void id_list_sort(struct id_list *list)
{
	size_t kept = 0;

	if (list->count)
		qsort(list->ids, list->count, sizeof *list->ids, compare_ids);
	for (size_t i = 0; i < list->count; i++)
		if (!kept || list->ids[kept - 1] != list->ids[i])
			list->ids[kept++] = list->ids[i];
	list->count = kept;
}

bool id_list_has(const struct id_list *list, int64_t id)
{
	return list->count &&
		bsearch(&id, list->ids, list->count, sizeof *list->ids, compare_ids);
}

void id_list_remove(struct id_list *list, const struct id_list *other)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < list->count; i++) {
		while (at < other->count && other->ids[at] < list->ids[i])
			at++;
		if (at == other->count || other->ids[at] != list->ids[i])
			list->ids[kept++] = list->ids[i];
	}
	list->count = kept;
}
