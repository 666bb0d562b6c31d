/*
 * paths: clip_path as text, "0 0, 100 0, 100 100; hole 20 20, 20 30, 30 30" - rings or lines of
 * points, outer rings with positive area.
 */
#ifndef TESTS_TILES_PATHS_H
#define TESTS_TILES_PATHS_H

#include "base/strbuf.h"
#include "tiles/clip.h"

/* Appends the rings of the text, whose "hole" is not read: the order of points decides. */
void path_read(struct clip_path *path, const char *text);

/*
 * Appends the text. Of rings it is the same whatever they start with and in whatever order they
 * are: each starts with its lowest point (y, then x), outer rings are sorted by that, and holes by
 * theirs behind their outer ring.
 */
void path_print(struct strbuf *out, const struct clip_path *path, bool rings);

#endif
