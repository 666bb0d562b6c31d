#include "tiles/curve_sort.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/file_map.h"
#include "base/messages.h"

enum {
	RUNS_MAX = 1000,
	WINDOW_BYTES = 1 << 20, /* of a run that is read, at least a piece */
	OUT_BYTES = 1 << 20,
};

/* Before each piece. */
struct piece {
	uint64_t key;
	uint64_t len;
};

/* A piece in memory: where it begins. */
struct place {
	uint64_t key;
	size_t at;
};

/* A sorted stretch of the file, and what of it is in memory. */
struct run {
	int64_t at, end; /* what is still to be read */
	char *window;  /* heap */
	size_t room, from, to;
};

struct curve_sort {
	size_t bytes_max;
	const char *folder;
	char *bytes; /* heap: pieces with their heads */
	size_t used, room;
	struct place *places; /* heap */
	size_t count, place_room;
	size_t next; /* of the places, when all are in memory */
	int fd;	     /* of the runs; -1 none */
	int64_t written;
	struct strbuf out; /* of it, not yet written */
	struct run runs[RUNS_MAX];
	size_t run_count;
	struct run *taken; /* the run whose piece was given last */
};

int curve_sort_new(size_t bytes_max, const char *folder, struct curve_sort **ret_sort,
	struct error *err)
{
	struct curve_sort *sort = calloc(1, sizeof *sort);

	if (!sort)
		return fail_no_memory(err);
	sort->bytes_max = bytes_max;
	sort->folder = folder;
	sort->fd = -1;
	sort->out = STRBUF(OUT_BYTES);
	*ret_sort = sort;
	return 0;
}

void curve_sort_free(struct curve_sort *sort)
{
	if (!sort)
		return;
	for (size_t i = 0; i < sort->run_count; i++)
		free(sort->runs[i].window);
	file_drop(&sort->fd);
	free(sort->bytes);
	free(sort->places);
	strbuf_clear(&sort->out);
	free(sort);
}

static int compare_places(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	if (left->key != right->key)
		return left->key < right->key ? -1 : 1;
	return (left->at > right->at) - (left->at < right->at);
}

static int flush(struct curve_sort *sort, struct error *err)
{
	int rc = sort->out.len ? file_append(sort->fd, sort->out.data, sort->out.len, err) : 0;

	strbuf_reset(&sort->out);
	return rc;
}

/* Adds to the file, many small pieces at a time. */
static int put(struct curve_sort *sort, const void *bytes, size_t len, struct error *err)
{
	int rc = 0;

	if (sort->out.len + len > sort->out.max)
		rc = flush(sort, err);
	if (!rc && len > sort->out.max)
		rc = file_append(sort->fd, bytes, len, err);
	else if (!rc)
		strbuf_add(&sort->out, bytes, len);
	sort->written += (int64_t)len;
	return rc ? rc : strbuf_check(&sort->out, err);
}

/* Writes what is in memory as a run. */
static int write_run(struct curve_sort *sort, struct error *err)
{
	struct run *run = &sort->runs[sort->run_count];
	int rc = 0;

	if (sort->run_count == RUNS_MAX)
		return fail_disk_full(err);
	if (sort->fd < 0)
		rc = file_create_nameless(sort->folder, &sort->fd, err);
	qsort(sort->places, sort->count, sizeof *sort->places, compare_places);
	run->at = sort->written;
	for (size_t i = 0; !rc && i < sort->count; i++) {
		const struct piece *piece = (const void *)(sort->bytes + sort->places[i].at);

		rc = put(sort, piece, sizeof *piece + piece->len, err);
	}
	if (!rc)
		rc = flush(sort, err);
	run->end = sort->written;
	if (!rc)
		sort->run_count++;
	sort->used = 0;
	sort->count = 0;
	return rc;
}

int curve_sort_add(struct curve_sort *sort, uint64_t key, const void *bytes, size_t len,
	struct error *err)
{
	const struct piece piece = {key, len};
	void *array = sort->bytes, *places = sort->places;
	bool enough;
	int rc = 0;

	if (sort->folder && sort->count &&
		sort->used + sort->count * sizeof *sort->places + sizeof piece + len >
			sort->bytes_max)
		rc = write_run(sort, err);
	if (rc)
		return rc;
	enough = array_reserve(&array, &sort->room, sort->used + sizeof piece + len, 1);
	sort->bytes = array;
	enough = enough && array_reserve(&places, &sort->place_room, sort->count + 1, sizeof *sort->places);
	sort->places = places;
	if (!enough)
		return fail_no_memory(err);
	sort->places[sort->count++] = (struct place){key, sort->used};
	memcpy(sort->bytes + sort->used, &piece, sizeof piece);
	memcpy(sort->bytes + sort->used + sizeof piece, bytes, len);
	sort->used += sizeof piece + len;
	return 0;
}

int curve_sort_finish(struct curve_sort *sort, struct error *err)
{
	int rc = 0;

	if (!sort->run_count) {
		if (sort->count)
			qsort(sort->places, sort->count, sizeof *sort->places, compare_places);
		return 0;
	}
	if (sort->count)
		rc = write_run(sort, err);
	/* The runs' windows take its place. */
	free(sort->bytes);
	free(sort->places);
	sort->bytes = NULL;
	sort->places = NULL;
	return rc;
}

/* Makes sure that the next `need` bytes of a run are in its window. */
static int look_ahead(struct curve_sort *sort, struct run *run, size_t need, struct error *err)
{
	size_t left = run->to - run->from, wish = sort->bytes_max / (sort->run_count + 1);
	void *window = run->window;
	int rc;

	if (left >= need)
		return 0;
	if (wish > WINDOW_BYTES)
		wish = WINDOW_BYTES;
	if (wish < need)
		wish = need;
	if (left)
		memmove(run->window, run->window + run->from, left);
	if (!array_reserve(&window, &run->room, wish, 1))
		return fail_no_memory(err);
	run->window = window;
	wish -= left;
	if (wish > (size_t)(run->end - run->at))
		wish = (size_t)(run->end - run->at);
	rc = file_read_at(sort->fd, run->at, run->window + left, wish, err);
	run->at += (int64_t)wish;
	run->from = 0;
	run->to = left + wish;
	return rc;
}

static bool has_ended(const struct run *run)
{
	return run->at == run->end && run->from == run->to;
}

/* The piece that a run goes on with. */
static const struct piece *piece_of(const struct run *run)
{
	return (const void *)(run->window + run->from);
}

/* The run with the least key; of equal ones the first. NULL at the end. */
static int find_least(struct curve_sort *sort, struct run **ret_least, struct error *err)
{
	struct run *least = NULL;
	int rc = 0;

	for (size_t i = 0; !rc && i < sort->run_count; i++) {
		struct run *run = &sort->runs[i];

		if (has_ended(run))
			continue;
		rc = look_ahead(sort, run, sizeof(struct piece), err);
		if (!rc && (!least || piece_of(run)->key < piece_of(least)->key))
			least = run;
	}
	if (!rc && least)
		rc = look_ahead(sort, least, sizeof(struct piece) + piece_of(least)->len, err);
	*ret_least = least;
	return rc;
}

int curve_sort_next(struct curve_sort *sort, const void **ret_bytes, size_t *ret_len,
	struct error *err)
{
	const struct piece *piece;
	int rc;

	if (!sort->run_count) {
		if (sort->next == sort->count)
			return 0;
		piece = (const void *)(sort->bytes + sort->places[sort->next++].at);
	} else {
		if (sort->taken)
			sort->taken->from += sizeof *piece + piece_of(sort->taken)->len;
		rc = find_least(sort, &sort->taken, err);
		if (rc || !sort->taken)
			return rc;
		piece = piece_of(sort->taken);
	}
	*ret_bytes = piece + 1;
	*ret_len = piece->len;
	return 1;
}
