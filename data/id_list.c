#include "data/id_list.h"

#include "base/messages.h"

enum {
	DIGIT_BITS = 11,
	DIGITS = 1 << DIGIT_BITS,
	FEW = 200, /* below, comparing is faster */
};

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

/* Sorts by one digit from `from` to `to`, keeping the order of equal ones. */
static void sort_digit(const int64_t *from, int64_t *to, size_t count, int shift)
{
	size_t begins[DIGITS] = {0}, sum = 0;

	for (size_t i = 0; i < count; i++)
		begins[from[i] >> shift & (DIGITS - 1)]++;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		size_t many = begins[digit];

		begins[digit] = sum;
		sum += many;
	}
	for (size_t i = 0; i < count; i++)
		to[begins[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

/* Digit by digit, the lowest first; false without memory. No id is negative. */
static bool sort_digits(struct id_list *list)
{
	int64_t *other = malloc(list->room * sizeof *other), *ids = list->ids, all = 0;

	if (!other)
		return false;
	for (size_t i = 0; i < list->count; i++)
		all |= ids[i];
	for (int shift = 0; shift < 63 && all >> shift; shift += DIGIT_BITS) {
		int64_t *sorted = other;

		sort_digit(ids, sorted, list->count, shift);
		other = ids;
		ids = sorted;
	}
	list->ids = ids;
	free(other);
	return true;
}

void id_list_sort(struct id_list *list)
{
	size_t kept = 0;

	if (list->count && (list->count < FEW || !sort_digits(list)))
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
