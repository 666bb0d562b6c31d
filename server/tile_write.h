/*
 * tile_write: the vector tile that a choice of layers asks for.
 */
#ifndef SERVER_TILE_WRITE_H
#define SERVER_TILE_WRITE_H

#include "server/app.h"
#include "tiles/mvt.h"

/* Appends the records of those layers that are chosen, then the labels of those whose are. */
int tile_write(const struct app *app, const struct layer_choice *choice,
	const struct snapshot *const *snapshots, size_t count, struct mvt_scratch *scratch,
	struct tile tile, struct strbuf *out, struct mvt_report *ret_report, struct error *err);

#endif
