#include "gis/sample_wards.h"

#include "base/json_read.h"
#include "base/messages.h"
#include "gis/geojson_read.h"

enum { SAMPLE_CRS = 9210 };

/* The bytes of the files; made by sample_wards_data.S. */
extern const char sample_wards_data[], sample_wards_data_end[];
extern const char sample_reform_data[], sample_reform_data_end[];

/* A file, and how its properties are called. */
struct source {
	const char *bytes, *end;
	const char *name, *code, *population; /* NULL: not said */
};

static int read_shape(const struct json_node *geometry, const struct crs_path *path,
	struct arena *arena, const struct shape **ret_shape, struct error *err)
{
	struct shape *shape = arena_zero(arena, 1, sizeof *shape);
	int rc = shape ? geojson_read(arena, geometry, "", shape, err) : fail_no_memory(err);

	*ret_shape = shape;
	return rc ? rc : crs_path_apply(path, shape->xy, shape->point_count, err);
}

static int read_ward(const struct source *source, const struct json_node *feature,
	const struct crs_path *path, struct arena *arena, struct sample_ward *ret_ward,
	struct error *err)
{
	const struct json_node *properties = json_node_get(feature, "properties");
	const char *name, *code;

	*ret_ward = (struct sample_ward){.population = -1};
	if (!json_node_text(json_node_get(properties, source->name), &name) ||
		!json_node_text(json_node_get(properties, source->code), &code) ||
		(source->population && !json_node_int(json_node_get(properties, source->population),
					       &ret_ward->population)))
		return fail_internal(err);
	ret_ward->name = arena_text(arena, name, strlen(name));
	ret_ward->code = arena_text(arena, code, strlen(code));
	if (!ret_ward->name || !ret_ward->code)
		return fail_no_memory(err);
	return read_shape(
		json_node_get(feature, "geometry"), path, arena, &ret_ward->shape, err);
}

static int read_source(const struct source *source, struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	const struct crs_path *path = NULL;
	const struct json_node *features;
	size_t count;
	int rc = crs_path_find(crs, CRS_WGS84, SAMPLE_CRS, &path, err);

	if (!rc)
		rc = json_document_parse(
			source->bytes, (size_t)(source->end - source->bytes), &document, err);
	if (rc)
		return rc;
	features = json_node_get(document, "features");
	count = json_node_count(features);
	if (!count || count > SAMPLE_WARDS_MAX)
		return fail_internal(err);
	for (size_t i = 0; !rc && i < count; i++)
		rc = read_ward(
			source, json_node_at(features, i), path, arena, &ret_wards[i], err);
	*ret_count = count;
	return rc;
}

int sample_wards_read(struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err)
{
	const struct source source = {
		sample_wards_data, sample_wards_data_end, "name", "code", "pop2009"};

	return read_source(&source, crs, arena, ret_wards, ret_count, err);
}

int sample_reform_read(struct crs_context *crs, struct arena *arena,
	struct sample_ward ret_wards[SAMPLE_WARDS_MAX], size_t *ret_count, struct error *err)
{
	const struct source source = {
		sample_reform_data, sample_reform_data_end, "fullName", "code", NULL};

	return read_source(&source, crs, arena, ret_wards, ret_count, err);
}
