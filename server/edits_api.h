/*
 * edits_api: what is shared by the routes that change records.
 */
#ifndef SERVER_EDITS_API_H
#define SERVER_EDITS_API_H

#include "server/cases/edit.h"
#include "server/router.h"

extern const struct route_action items_actions[];
extern const size_t items_action_count;
extern const struct route_action item_actions[];
extern const size_t item_action_count;
extern const struct route_action version_actions[];
extern const size_t version_action_count;

/* An edit with all that the request itself says: who, why, when, which layer, the receipt. */
int edit_begin(struct request *request, enum edit_kind kind, const struct layer *layer,
	struct edit **ret_edit, struct error *err);

/* The CRS of the content: Content-Crs, else CRS84. */
int edit_read_crs(struct request *request, const char *text, struct crs_ref *ret_crs,
	struct error *err);

/* Hands it to the writer; the answer follows from what came of it. */
void edit_commit(struct request *request, struct edit *edit);

/* 0 if the asker may change the layer of the path. */
int edit_check(const struct request *request, struct error *err);

/* The key that a request bears, so that it is done once; key NULL: it has none. */
int edit_read_receipt(const struct request *request, int64_t account_id, int64_t at_us,
	struct receipt *ret, struct error *err);

#endif
