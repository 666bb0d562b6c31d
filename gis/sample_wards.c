#include "gis/sample_wards.h"

#include <math.h>

#include "base/json_read.h"
#include "base/messages.h"

enum { SAMPLE_CRS = 9210, RING_POINTS_MAX = 4096 };

/* The bytes of the file; made by sample_wards_data.S. */
extern const char sample_wards_data[], sample_wards_data_end[];

/* One closed ring of "coordinates": [[[lon, lat], ...]]. */
static int read_ring(const struct json_node *ring, const struct crs_path *path,
	struct arena *arena, struct shape **ret_shape, struct error *err)
{
	size_t count = json_node_count(ring);
	struct shape *shape = arena_zero(arena, 1, sizeof *shape);
	uint32_t *ends = arena_alloc(arena, 2 * sizeof *ends);

	if (count < 4 || count > RING_POINTS_MAX)
		return fail_internal(err);
	if (!shape || !ends)
		return fail_no_memory(err);
	*shape = (struct shape){.kind = GEOMETRY_AREA, .point_count = count, .ring_count = 1,
		.ring_ends = ends, .part_count = 1, .part_ends = ends + 1, .z_m = (double)NAN};
	shape->xy = arena_alloc(arena, count * 2 * sizeof *shape->xy);
	if (!shape->xy)
		return fail_no_memory(err);
	ends[0] = (uint32_t)count;
	ends[1] = 1;
	for (size_t i = 0; i < count; i++) {
		const struct json_node *point = json_node_at(ring, i);

		if (!json_node_number(json_node_at(point, 0), &shape->xy[2 * i]) ||
			!json_node_number(json_node_at(point, 1), &shape->xy[2 * i + 1]))
			return fail_internal(err);
	}
	*ret_shape = shape;
	return crs_path_apply(path, shape->xy, count, err);
}

static int read_ward(const struct json_node *feature, const struct crs_path *path,
	struct arena *arena, struct sample_ward *ret_ward, struct error *err)
{
	const struct json_node *properties = json_node_get(feature, "properties");
	const struct json_node *rings =
		json_node_get(json_node_get(feature, "geometry"), "coordinates");
	const char *name, *code;
	struct shape *shape = NULL;
	int rc;

	*ret_ward = (struct sample_ward){.population = -1};
	if (!json_node_text(json_node_get(properties, "commune"), &name) ||
		!json_node_text(json_node_get(properties, "commune_id"), &code) ||
		!json_node_int(json_node_get(properties, "pop2009"), &ret_ward->population))
		return fail_internal(err);
	rc = read_ring(json_node_at(rings, 0), path, arena, &shape, err);
	if (rc)
		return rc;
	ret_ward->name = arena_text(arena, name, strlen(name));
	ret_ward->code = arena_text(arena, code, strlen(code));
	ret_ward->shape = shape;
	return ret_ward->name && ret_ward->code ? 0 : fail_no_memory(err);
}

int sample_wards_read(struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	const struct crs_path *path = NULL;
	const struct json_node *features;
	size_t count;
	int rc = crs_path_find(crs, CRS_WGS84, SAMPLE_CRS, &path, err);

	if (!rc)
		rc = json_document_parse(sample_wards_data,
			(size_t)(sample_wards_data_end - sample_wards_data), &document, err);
	if (rc)
		return rc;
	features = json_node_get(document, "features");
	count = json_node_count(features);
	if (!count || count > SAMPLE_WARDS_MAX)
		return fail_internal(err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = read_ward(json_node_at(features, i), path, arena, &ret_wards[i], err);
	*ret_count = count;
	return rc;
}
