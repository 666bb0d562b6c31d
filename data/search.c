#include "data/search.h"

#include "base/messages.h"
#include "base/text.h"
#include "data/search_finder.h"
#include "data/search_rank.h"

enum { HITS_FIRST = 64 };

const char *search_byte_order(const struct store *store)
{
	return store_dialect(store) == STORE_SQLITE ? "BINARY" : "\"C\"";
}

/* Whether the asker sees the field of records of this unit. */
static bool is_shown(const struct search_finder *finder, const struct search_hit *hit)
{
	const struct view *view = &finder->ask->views[hit->layer - finder->ask->layers->layers];
	uint64_t fields;
	bool source;

	return view->layer && view_admits_unit(view, hit->unit, &fields, &source) &&
		fields >> layer_field_index(hit->layer, hit->field) & 1;
}

int search_take(struct search_finder *finder, const struct search_hit *hit, struct error *err)
{
	struct search_hits *hits = &finder->hits;
	struct search_hit *taken;

	if (hits->count == SEARCH_HITS_MAX || !is_shown(finder, hit))
		return 0;
	if (hits->count % HITS_FIRST == 0) {
		struct search_hit *grown = arena_alloc(
			finder->arena, (hits->count + HITS_FIRST) * sizeof *grown);

		if (!grown)
			return fail_no_memory(err);
		if (hits->count)
			memcpy(grown, hits->hits, hits->count * sizeof *grown);
		hits->hits = grown;
	}
	taken = &hits->hits[hits->count];
	*taken = *hit;
	taken->name = arena_text(finder->arena, hit->name, strlen(hit->name));
	if (!taken->name)
		return fail_no_memory(err);
	hits->count++;
	return 0;
}

static int compare_ints(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Records of a layer side by side, each with its best name first. */
static int compare_records(const void *a, const void *b)
{
	const struct search_hit *left = a, *right = b;
	int order = compare_ints(left->layer - right->layer, 0);

	if (!order)
		order = compare_ints(left->id, right->id);
	if (!order)
		order = compare_ints(left->rank, right->rank);
	return order ? order : strcmp(left->name, right->name);
}

/* Within a layer. Of equals the shorter name says more, and 9 comes before 10. */
static int compare_hits(const void *a, const void *b)
{
	const struct search_hit *left = a, *right = b;
	int order = compare_ints(left->rank, right->rank);

	if (!order)
		order = compare_ints(
			(int64_t)strlen(left->name), (int64_t)strlen(right->name));
	if (!order)
		order = strcmp(left->name, right->name);
	return order ? order : compare_ints(left->id, right->id);
}

static void keep_best_names(struct search_hits *hits)
{
	size_t kept = 0;

	qsort(hits->hits, hits->count, sizeof *hits->hits, compare_records);
	for (size_t i = 0; i < hits->count; i++) {
		const struct search_hit *last = kept ? &hits->hits[kept - 1] : NULL;

		if (!last || last->layer != hits->hits[i].layer || last->id != hits->hits[i].id)
			hits->hits[kept++] = hits->hits[i];
	}
	hits->count = kept;
}

/* The hits of a layer, and where the layer stands among others. */
struct group {
	size_t first, count;
	int class; /* of its best: as asked, less so, mistyped */
	int place; /* for who asks */
	ptrdiff_t layer;
};

static int compare_groups(const void *a, const void *b)
{
	const struct group *left = a, *right = b;
	int order = compare_ints(left->class, right->class);

	if (!order)
		order = compare_ints(left->place, right->place);
	return order ? order : compare_ints(right->layer, left->layer);
}

static int class_of(int rank)
{
	return rank >= RANK_MISTYPED ? 2 : rank >= RANK_LOOSE ? 1 : 0;
}

static int order_groups(struct search_finder *finder, struct error *err)
{
	struct search_hits *hits = &finder->hits;
	struct group *groups = arena_zero(
		finder->arena, finder->ask->layers->count, sizeof *groups);
	struct search_hit *ordered = arena_alloc(
		finder->arena, (hits->count + 1) * sizeof *ordered);
	size_t count = 0, used = 0;

	if (!groups || !ordered)
		return fail_no_memory(err);
	for (size_t i = 0; i < hits->count; i++) {
		const struct layer *layer = hits->hits[i].layer;
		int place = layer->search_place[finder->ask->is_staff];

		if (!count || hits->hits[groups[count - 1].first].layer != layer)
			groups[count++] = (struct group){.first = i,
				.place = place ? place : UINT8_MAX,
				.layer = layer - finder->ask->layers->layers};
		groups[count - 1].count++;
	}
	for (size_t i = 0; i < count; i++) {
		qsort(hits->hits + groups[i].first, groups[i].count, sizeof *hits->hits,
			compare_hits);
		groups[i].class = class_of(hits->hits[groups[i].first].rank);
	}
	qsort(groups, count, sizeof *groups, compare_groups);
	for (size_t i = 0; i < count; i++) {
		memcpy(ordered + used, hits->hits + groups[i].first,
			groups[i].count * sizeof *ordered);
		used += groups[i].count;
	}
	hits->hits = ordered;
	return 0;
}

int search_find(const struct search_ask *ask, struct arena *arena, struct search_hits *ret_hits,
	struct error *err)
{
	struct search_finder *finder = arena_zero(arena, 1, sizeof *finder);
	struct search_ask bounded = *ask;
	int rc;

	*ret_hits = (struct search_hits){0};
	if (!finder)
		return fail_no_memory(err);
	if (bounded.len > SEARCH_TEXT_MAX)
		bounded.len = text_cut(bounded.text, SEARCH_TEXT_MAX);
	finder->ask = &bounded;
	finder->arena = arena;
	rc = search_words_read(bounded.text, bounded.len, &finder->asked, err);
	/* No name has so many words. */
	if (rc || !finder->asked.count || finder->asked.is_cut)
		return rc;
	rc = search_understand(finder, err);
	if (!rc)
		rc = search_by_names(finder, err);
	if (!rc)
		rc = search_by_units(finder, err);
	if (!rc)
		rc = search_by_numbers(finder, err);
	if (!rc)
		rc = search_by_codes(finder, err);
	if (rc || !finder->hits.count)
		return rc;
	keep_best_names(&finder->hits);
	rc = order_groups(finder, err);
	if (!rc)
		*ret_hits = finder->hits;
	return rc;
}
