#include <sqlite3.h>

#include "data/store_sqlite_boxes.h"

static bool meets(const struct sqlite_boxes *boxes, const sqlite3_rtree_query_info *info)
{
	if ((size_t)info->nCoord != boxes->side_count)
		return false;
	for (size_t i = 0; i < boxes->side_count; i += 2)
		if (info->aCoord[i] > boxes->sides[i + 1] || info->aCoord[i + 1] < boxes->sides[i])
			return false;
	return true;
}

static int look(sqlite3_rtree_query_info *info)
{
	struct sqlite_boxes *boxes = info->pContext;

	info->eWithin = NOT_WITHIN;
	if (!meets(boxes, info))
		return SQLITE_OK;
	if (info->iLevel > 0) {
		info->eWithin = PARTLY_WITHIN;
		return SQLITE_OK;
	}
	boxes->rc = boxes->visit(boxes->context, info->iRowid, info->aCoord, boxes->err);
	return boxes->rc ? SQLITE_ABORT : SQLITE_OK;
}

int sqlite_boxes_register(sqlite3 *db, struct sqlite_boxes *boxes)
{
	return sqlite3_rtree_query_callback(db, "meets_boxes", look, boxes, NULL);
}
