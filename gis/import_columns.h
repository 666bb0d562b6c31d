/*
 * import_columns: which column of a file fills which field of a layer, and what is left over.
 *
 * What the user says goes first; then a column means a field by its name or an alias of the layer
 * table. A column fills one field at most.
 */
#ifndef GIS_IMPORT_COLUMNS_H
#define GIS_IMPORT_COLUMNS_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "data/feature.h"
#include "gis/import.h"
#include "gis/ogr_layer.h"

struct import_columns {
	const struct layer *layer;
	const struct ogr_layer *file;
	int of_field[IMPORT_COLUMNS_MAX]; /* number of the column, -1 none */
	bool is_used[IMPORT_COLUMNS_MAX]; /* by column */
	size_t unused;
};

int import_columns_choose(const struct layer *layer, const struct ogr_layer *file,
	const struct import_mapping *mappings, size_t mapping_count,
	struct import_columns *ret_columns, struct error *err);

/*
 * The values of a row as the layer has them, and the others as a JSON object (NULL if there are
 * none). A value that does not fit its field stays in the JSON, its field is null, and the column
 * is marked. All in the arena.
 */
int import_columns_convert(const struct import_columns *columns, const struct value *from,
	struct arena *arena, struct value *ret_values, const char **ret_others,
	bool ret_misfits[IMPORT_COLUMNS_MAX], struct error *err);

#endif
