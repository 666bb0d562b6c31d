/*
 * feature_row: a record as columns: alike in the table of a layer and in its history.
 */
#ifndef DATA_FEATURE_ROW_H
#define DATA_FEATURE_ROW_H

#include "base/secret.h"
#include "data/feature.h"
#include "data/store.h"

enum { FEATURE_FIELDS_MAX = 64, FEATURE_SQL_MAX = 1 << 14 };

/* Appends the columns of a record for SELECT; `whole` with the bytes as they came. */
void feature_row_select(struct strbuf *sql, const struct layer *layer, bool whole);

/* Reads a row of these columns; what the record points to is borrowed until the next step. */
void feature_row_read(struct query *query, const struct layer *layer, bool whole,
	struct value values[FEATURE_FIELDS_MAX], struct feature *ret);

/* The number of columns that feature_row_select writes: what stands behind begins there. */
int feature_row_width(const struct layer *layer, bool whole);

/* Appends names "uid, version, …", or parameters "$uid, $version, …", or "uid = $uid, …". */
enum feature_row_list { FEATURE_NAMES, FEATURE_PARAMETERS, FEATURE_SETTINGS };
void feature_row_list(
	struct strbuf *sql, const struct layer *layer, enum feature_row_list list, bool geometry);

/*
 * Appends INSERT INTO the layer's own table, with the parameter $in_force beside; with $id too, or
 * giving a row with the id that the record has got.
 */
void feature_row_insert(struct strbuf *sql, const struct layer *layer, bool with_id);

/* Binds all of them but the id. The geometry is in the CRS `epsg`. */
void feature_row_bind(struct query *query, const struct layer *layer,
	const struct feature *feature, int epsg, bool geometry);

/*
 * SHA-256 of all that a version says, for the change feed: the layer, id, version, times, fields,
 * columns of the source, geometry and the bytes as they came. Fields without value do not count,
 * and their order in the layer does not either, so that layers can grow. `order` comes from
 * feature_digest_order.
 */
struct digest_order {
	uint8_t fields[FEATURE_FIELDS_MAX];
};
struct digest_order feature_digest_order(const struct layer *layer);
struct digest feature_digest(const struct layer *layer, const struct digest_order *order,
	const struct feature *feature);

#endif
