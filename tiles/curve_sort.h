/*
 * curve_sort: puts pieces of bytes into the order of their keys, in bounded memory.
 *
 * Pieces are gathered in memory; when that is full they are sorted and written to a temporary file
 * as a run, and at the end the runs are merged. Pieces of equal keys keep their order.
 *
 *	curve_sort_new(bytes_max, folder, &sort, err)
 *	curve_sort_add(sort, key, bytes, len, err)	once a piece
 *	curve_sort_finish(sort, err)
 *	while ((rc = curve_sort_next(sort, &bytes, &len, err)) > 0) ...
 */
#ifndef TILES_CURVE_SORT_H
#define TILES_CURVE_SORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct curve_sort;

/* Pieces beyond bytes_max go to a file without a name in that folder; NULL: all stay in memory. */
int curve_sort_new(size_t bytes_max, const char *folder, struct curve_sort **ret_sort,
	struct error *err);
void curve_sort_free(struct curve_sort *sort);
AUTOPTR(struct curve_sort, curve_sort_free);

/* Copies a piece; `len` is a multiple of 8. */
int curve_sort_add(struct curve_sort *sort, uint64_t key, const void *bytes, size_t len,
	struct error *err);

/* After the last piece; then they come in order: 1 a piece, borrowed until the next call; 0 the end. */
int curve_sort_finish(struct curve_sort *sort, struct error *err);
int curve_sort_next(struct curve_sort *sort, const void **ret_bytes, size_t *ret_len,
	struct error *err);

#endif
