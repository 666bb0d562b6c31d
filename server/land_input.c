#include "server/land_input.h"

#include <math.h>

#include "base/messages.h"
#include "base/text.h"
#include "gis/geojson_read.h"

enum { TEXT_MAX_BYTES = 100, WHERE_MAX = 64 };

struct reading {
	struct arena *arena;
	const struct layer *layer;
	const struct crs_ref *crs;
	struct land_order *order;
	struct error *err;
};

static int refuse(struct reading *reading, const char *where, const char *member)
{
	int rc = fail_land_member(reading->err, member);

	error_where(reading->err, "%s/%s", where, member);
	return rc;
}

static bool is_absent(const struct json_node *node)
{
	return !node || json_node_kind(node) == JSON_KIND_NULL;
}

/* A text that may be absent; NFC, in the arena. */
static int read_text(struct reading *reading, const struct json_node *object, const char *where,
	const char *key, size_t most, const char **ret)
{
	autofree(strbuf_clear) struct strbuf nfc = STRBUF(LAND_DOCUMENT_MAX * 4);
	const struct json_node *node = json_node_get(object, key);
	const char *text;

	*ret = NULL;
	if (is_absent(node))
		return 0;
	if (!json_node_text(node, &text) || strlen(text) > most || !*text ||
		!text_nfc(&nfc, text, strlen(text)) || nfc.failed)
		return refuse(reading, where, key);
	*ret = arena_text(reading->arena, nfc.data, nfc.len);
	return *ret ? 0 : fail_no_memory(reading->err);
}

static int read_properties(struct reading *reading, const struct json_node *properties,
	const char *where, struct land_saying *saying)
{
	const struct layer_land *land = reading->layer->land;
	const struct json_node *legal = json_node_get(properties, land->legal_area);
	int rc = read_text(
		reading, properties, where, land->sheet, TEXT_MAX_BYTES, &saying->sheet);

	if (!rc)
		rc = read_text(
			reading, properties, where, land->number, TEXT_MAX_BYTES, &saying->number);
	if (!rc)
		rc = read_text(reading, properties, where, land->use, TEXT_MAX_BYTES, &saying->use);
	if (!rc && !is_absent(legal) &&
		(!json_node_number(legal, &saying->legal_m2) || !isfinite(saying->legal_m2) ||
			saying->legal_m2 <= 0))
		rc = refuse(reading, where, land->legal_area);
	return rc;
}

static int read_shape(struct reading *reading, const struct json_node *geometry, const char *where,
	enum geometry_kind kind, struct shape *ret)
{
	char pointer[WHERE_MAX];
	int rc;

	snprintf(pointer, sizeof pointer, "%s/%s", where, kind == GEOMETRY_LINE ? "line" : "geometry");
	rc = geojson_read(reading->arena, geometry, pointer, ret, reading->err);
	if (rc)
		return rc;
	if (ret->kind != kind || ret->point_count < 2 ||
		(kind == GEOMETRY_LINE &&
			(ret->ring_count != 1 || ret->point_count > GEOM_LINE_POINTS_MAX)))
		return refuse(reading, where, kind == GEOMETRY_LINE ? "line" : "geometry");
	crs_ref_order(reading->crs, ret->xy, ret->point_count);
	return 0;
}

/* What is said of one parcel: {geometry, properties}. */
static int read_saying(struct reading *reading, const struct json_node *object, const char *where)
{
	struct land_order *order = reading->order;
	const struct json_node *geometry = json_node_get(object, "geometry");
	struct land_saying *saying = &order->sayings[order->saying_count];
	int rc;

	if (order->saying_count == LAND_PARCELS_MAX)
		return fail_parcels_too_many(reading->err, LAND_PARCELS_MAX);
	order->saying_count++;
	*saying = (struct land_saying){.legal_m2 = (double)NAN};
	rc = read_properties(reading, json_node_get(object, "properties"), where, saying);
	if (rc || is_absent(geometry))
		return rc;
	saying->has_shape = true;
	return read_shape(reading, geometry, where, GEOMETRY_AREA, &saying->shape);
}

static int read_parcel(
	struct reading *reading, const struct json_node *object, const char *where)
{
	struct land_order *order = reading->order;
	const struct json_node *version = json_node_get(object, "version");
	size_t at = order->parcel_count;

	if (at == LAND_PARCELS_MAX)
		return fail_parcels_too_many(reading->err, LAND_PARCELS_MAX);
	if (!json_node_int(json_node_get(object, "id"), &order->parcels[at].id) ||
		order->parcels[at].id < 1 || order->parcels[at].id > HISTORY_ID_MAX)
		return refuse(reading, where, "id");
	if (!is_absent(version) &&
		(!json_node_int(version, &order->parcels[at].version) ||
			order->parcels[at].version < 1 ||
			order->parcels[at].version >= HISTORY_VERSIONS_MAX))
		return refuse(reading, where, "version");
	order->parcel_count++;
	return order->deed == LAND_REDRAW ? read_saying(reading, object, where) : 0;
}

static int read_parcels(struct reading *reading, const struct json_node *document)
{
	const struct json_node *list = json_node_get(document, "parcels");
	char where[WHERE_MAX];
	int rc = 0;

	if (json_node_kind(list) != JSON_KIND_ARRAY)
		return refuse(reading, "", "parcels");
	for (size_t i = 0; !rc && i < json_node_count(list); i++) {
		snprintf(where, sizeof where, "/parcels/%zu", i);
		rc = read_parcel(reading, json_node_at(list, i), where);
	}
	return rc;
}

static int read_parts(struct reading *reading, const struct json_node *document)
{
	const struct json_node *parts = json_node_get(document, "parts");
	const struct json_node *line = json_node_get(document, "line");
	char where[WHERE_MAX];
	int rc = 0;

	if (!is_absent(line)) {
		reading->order->has_line = true;
		rc = read_shape(reading, line, "", GEOMETRY_LINE, &reading->order->line);
	}
	if (rc || is_absent(parts))
		return rc;
	if (json_node_kind(parts) != JSON_KIND_ARRAY)
		return refuse(reading, "", "parts");
	for (size_t i = 0; !rc && i < json_node_count(parts); i++) {
		snprintf(where, sizeof where, "/parts/%zu", i);
		rc = read_saying(reading, json_node_at(parts, i), where);
	}
	return rc;
}

static int read_common(struct reading *reading, const struct json_node *document, bool *ret_check)
{
	const struct json_node *check = json_node_get(document, "check");
	const char *from = NULL;
	int rc = read_text(reading, document, "", "document", LAND_DOCUMENT_MAX,
		&reading->order->document);

	*ret_check = false;
	if (!rc)
		rc = read_text(reading, document, "", "valid_from", TEXT_MAX_BYTES, &from);
	if (!rc && from && !date_parse(from, strlen(from), &reading->order->from))
		rc = refuse(reading, "", "valid_from");
	if (!rc && !is_absent(check) && !json_node_bool(check, ret_check))
		rc = refuse(reading, "", "check");
	return rc;
}

int land_input_read(struct arena *arena, const struct layer *layer, enum land_deed deed,
	const struct json_node *document, const struct crs_ref *crs, struct land_order *ret_order,
	bool *ret_check, struct error *err)
{
	struct reading reading = {arena, layer, crs, ret_order, err};
	int rc;

	*ret_order = (struct land_order){.deed = deed, .epsg = crs->epsg};
	if (json_node_kind(document) != JSON_KIND_OBJECT)
		return fail_content_not_object(err);
	rc = read_common(&reading, document, ret_check);
	if (!rc)
		rc = read_parcels(&reading, document);
	if (!rc && deed == LAND_SPLIT)
		rc = read_parts(&reading, document);
	if (!rc && (deed == LAND_MERGE || deed == LAND_RENUMBER))
		rc = read_saying(&reading, document, "");
	return rc;
}
