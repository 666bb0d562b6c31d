/*
 * search_index: keeps what is searched by words, with every write, in its transaction.
 *
 * Of SEARCH_NAME fields stand there the name of today and those of before; of numbers and codes,
 * which the tables of the layers have indexes for, only those of before.
 */
#ifndef DATA_SEARCH_INDEX_H
#define DATA_SEARCH_INDEX_H

#include "data/feature.h"
#include "data/store.h"

enum {
	SEARCH_FORMER_MAX = 16,	   /* names of before that a record is found by */
	SEARCH_VERSIONS_MAX = 256, /* looked through for them, the last ones */
	SEARCH_NUMBER_FIELDS_MAX = 4,
	/* Names are numbered by what is rather meant, in classes: the table's place for visitors. */
	SEARCH_CLASS_SHIFT = 48,
	SEARCH_CLASSES = 9,
	SEARCH_NAME_BYTES = 200, /* longer names are found by their beginning */
};

/* The class of its names. */
int64_t search_class(const struct layer *layer);

/* Whether records of the layer are found by a field. */
bool search_index_wants(const struct layer *layer);

/* For new records, one or thousands. Words that it has seen are not said again. */
struct search_writer {
	struct store *store;
	const struct layer *layer;
	int64_t next_name; /* 0 not asked for yet */
	uint64_t *seen;	   /* heap; open addressing, 0 free */
	size_t seen_count, seen_room;
};
#define SEARCH_WRITER(of_store, of_layer)                                                          \
	((struct search_writer){.store = (of_store), .layer = (of_layer)})
int search_writer_add(struct search_writer *writer, const struct feature *feature,
	bool in_force, struct error *err);
void search_writer_clear(struct search_writer *writer);

/*
 * After the versions of a record changed: what it is called now and was before. `shown`: the version
 * that is in force, if it is at hand; NULL: it is read.
 */
int search_index_follow(struct store *store, const struct layer *layer, int64_t id,
	const struct feature *shown, const struct date *today, struct error *err);

/* The number of a record as one text, "12/345"; false if a part is missing. */
bool search_number_of(const struct layer *layer, const struct value *values,
	char ret[SEARCH_NAME_BYTES]);

/* The fields of SEARCH_NUMBER in their order; gives how many. */
size_t search_number_fields(const struct layer *layer,
	const struct layer_field *ret[SEARCH_NUMBER_FIELDS_MAX]);

#endif
