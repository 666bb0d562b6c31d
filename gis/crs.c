#include <proj.h>

#include "gis/crs.h"

#include <math.h>

#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "gis/crs_patch.h"

enum {
	STEPS_MAX = 4,	  /* out of a projection, to WGS 84, to the other datum, into a projection */
	PATHS_MAX = 256,  /* a context meets few systems; more are refused */
	PINS_MAX = 16,	  /* datums */
	INFOS_MAX = 32,	  /* descriptions remembered: asking PROJ's database takes 0.2 ms */
};

/*
 * EPSG:6960 "VN-2000 to WGS 84 (2)", method 9607 (coordinate frame), parameters of
 * QĐ 05/2007/QĐ-BTNMT. Heights take no part: they are not ellipsoidal.
 */
#define VN2000_OPERATION "EPSG:6960"
#define VN2000_PIPELINE                                                                            \
	"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"                            \
	" +step +proj=push +v_3 +step +proj=cart +ellps=WGS84"                                     \
	" +step +proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835"                   \
	" +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 +s=0.252906278"                           \
	" +convention=coordinate_frame"                                                            \
	" +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"                                 \
	" +step +proj=unitconvert +xy_in=rad +xy_out=deg"
/* The same for PROJ.4 strings, whose rotations turn the other way (position vector). */
#define VN2000_TOWGS84                                                                             \
	"-191.90441429,-39.30318279,-111.45032835,0.00928836,-0.01975479,0.00427372,0.252906278"
#define IDENTITY_PIPELINE "+proj=noop"

/* How far a quick place may be from PROJ's: 0.1 µm. */
#define PATCH_DEGREES 1e-12
#define PATCH_UNITS 1e-7
/* Powers of two, about 15 km. */
#define PATCH_SIDE_DEGREES 0.125
#define PATCH_SIDE_UNITS 16384

struct step {
	PJ *operation; /* of the context's list, or of the pin */
	PJ_DIRECTION direction;
};

struct crs_path {
	int from_epsg, to_epsg;
	struct step steps[STEPS_MAX];
	int step_count;
	bool crosses_datum;
	bool is_smooth; /* so far as the datums go */
	struct crs_patches *patches; /* NULL where they would not do */
};

/* The operation of one datum to WGS 84. */
struct pin {
	int base_epsg;
	PJ *operation; /* NULL: the same */
	bool is_smooth; /* a formula, not a table from a file */
};

struct crs_context {
	PJ_CONTEXT *proj;
	struct crs_path *paths[PATHS_MAX];
	size_t path_count;
	PJ *projections[PATHS_MAX]; /* geographic to projected, by projection_epsg */
	int projection_epsg[PATHS_MAX];
	size_t projection_count;
	struct pin pins[PINS_MAX];
	size_t pin_count;
	struct crs_info infos[INFOS_MAX]; /* those asked for first */
	size_t info_count;
};

static void be_silent(void *data, int level, const char *text)
{
	(void)data;
	(void)level;
	(void)text;
}

int crs_context_new(struct crs_context **ret_context, struct error *err)
{
	struct crs_context *context = calloc(1, sizeof *context);

	if (!context)
		return fail_no_memory(err);
	context->proj = proj_context_create();
	if (!context->proj) {
		free(context);
		return fail_no_memory(err);
	}
	proj_context_set_enable_network(context->proj, 0);
	proj_log_func(context->proj, NULL, be_silent);
	*ret_context = context;
	return 0;
}

static void path_free(struct crs_path *path)
{
	crs_patches_free(path->patches);
	free(path);
}

void crs_context_free(struct crs_context *context)
{
	if (!context)
		return;
	for (size_t i = 0; i < context->path_count; i++)
		path_free(context->paths[i]);
	for (size_t i = 0; i < context->projection_count; i++)
		proj_destroy(context->projections[i]);
	for (size_t i = 0; i < context->pin_count; i++)
		proj_destroy(context->pins[i].operation);
	proj_context_destroy(context->proj);
	free(context);
}

static int fail_proj(struct error *err, const struct crs_context *context, int epsg)
{
	int fault = proj_context_errno(context->proj);

	fail_crs_unusable(err, epsg);
	return error_detail(err, "proj %d: %s", fault,
		fault ? proj_context_errno_string(context->proj, fault) : "");
}

static PJ *find_crs(const struct crs_context *context, int epsg)
{
	char code[16];

	snprintf(code, sizeof code, "%d", epsg);
	return proj_create_from_database(context->proj, "EPSG", code, PJ_CATEGORY_CRS, 0, NULL);
}

static int code_of(const PJ *crs)
{
	const char *code = crs ? proj_get_id_code(crs, 0) : NULL;
	int64_t number = 0;

	if (code)
		number_parse_int(code, strlen(code), 1, CRS_EPSG_MAX, &number);
	return (int)number;
}

/* Axis order and unit of the first axis. */
static bool read_axes(const struct crs_context *context, const PJ *crs, struct crs_info *info)
{
	PJ *axes = proj_crs_get_coordinate_system(context->proj, crs);
	const char *direction = NULL;
	double factor = 0;
	bool ok = axes && proj_cs_get_axis_count(context->proj, axes) >= 2 &&
		proj_cs_get_axis_info(context->proj, axes, 0, NULL, NULL, &direction, &factor, NULL,
			NULL, NULL);

	if (ok) {
		info->north_first = text_equal_nocase(direction, "north");
		info->unit_m = info->geographic ? 0 : factor;
	}
	proj_destroy(axes);
	return ok;
}

static bool fill_info(const struct crs_context *context, const PJ *crs, struct crs_info *info)
{
	PJ_TYPE type = proj_get_type(crs);
	PJ *base;
	bool ok;

	if (type != PJ_TYPE_PROJECTED_CRS && type != PJ_TYPE_GEOGRAPHIC_2D_CRS)
		return false;
	info->geographic = type == PJ_TYPE_GEOGRAPHIC_2D_CRS;
	snprintf(info->name, sizeof info->name, "%s", proj_get_name(crs));
	base = proj_crs_get_geodetic_crs(context->proj, crs);
	info->base_epsg = info->geographic ? info->epsg : code_of(base);
	ok = info->base_epsg && read_axes(context, crs, info);
	proj_destroy(base);
	if (!proj_get_area_of_use(context->proj, crs, &info->west, &info->south, &info->east,
		    &info->north, NULL) ||
		info->west < -180 || info->south < -90) {
		info->west = 1;
		info->east = -1;
	}
	return ok;
}

int crs_describe(
	struct crs_context *context, int epsg, struct crs_info *ret_info, struct error *err)
{
	struct crs_info info = {.epsg = epsg};
	bool usable;
	PJ *crs;

	for (size_t i = 0; i < context->info_count; i++) {
		if (context->infos[i].epsg == epsg) {
			*ret_info = context->infos[i];
			return 0;
		}
	}
	crs = epsg > 0 && epsg <= CRS_EPSG_MAX ? find_crs(context, epsg) : NULL;
	if (!crs)
		return fail_crs_unknown(err, epsg);
	usable = fill_info(context, crs, &info);
	proj_destroy(crs);
	if (!usable)
		return fail_proj(err, context, epsg);
	if (context->info_count < INFOS_MAX)
		context->infos[context->info_count++] = info;
	*ret_info = info;
	return 0;
}

/* PROJ's first operation for that area that needs no grid; a guessed one only if allowed. */
static PJ *first_operation(const struct crs_context *context, const struct crs_info *info,
	bool allow_guess)
{
	PJ *from = find_crs(context, info->base_epsg), *to = find_crs(context, CRS_WGS84);
	PJ_OPERATION_FACTORY_CONTEXT *factory =
		proj_create_operation_factory_context(context->proj, NULL);
	PJ_OBJ_LIST *list;
	PJ *found = NULL;

	proj_operation_factory_context_set_grid_availability_use(
		context->proj, factory, PROJ_GRID_AVAILABILITY_DISCARD_OPERATION_IF_MISSING_GRID);
	proj_operation_factory_context_set_allow_ballpark_transformations(
		context->proj, factory, allow_guess);
	proj_operation_factory_context_set_spatial_criterion(
		context->proj, factory, PROJ_SPATIAL_CRITERION_PARTIAL_INTERSECTION);
	if (info->west <= info->east)
		proj_operation_factory_context_set_area_of_interest(context->proj, factory,
			info->west, info->south, info->east, info->north);
	list = from && to ? proj_create_operations(context->proj, from, to, factory) : NULL;
	if (list && proj_list_get_count(list) > 0)
		found = proj_list_get(context->proj, list, 0);
	proj_list_destroy(list);
	proj_operation_factory_context_destroy(factory);
	proj_destroy(from);
	proj_destroy(to);
	return found;
}

static void name_operation(const PJ *operation, char name[CITY_NAME_MAX])
{
	const char *code = proj_get_id_code(operation, 0);

	if (code)
		snprintf(name, CITY_NAME_MAX, "EPSG:%s", code);
	else
		snprintf(name, CITY_NAME_MAX, "%s", proj_get_name(operation));
}

int crs_choose_operation(struct crs_context *context, int epsg, char name[CITY_NAME_MAX],
	char pipeline[CITY_PIPELINE_MAX], struct error *err)
{
	struct crs_info info;
	const char *text = IDENTITY_PIPELINE;
	PJ *operation = NULL, *normal = NULL;
	int rc = crs_describe(context, epsg, &info, err);

	if (rc)
		return rc;
	if (info.base_epsg == CRS_VN2000) {
		snprintf(name, CITY_NAME_MAX, "%s", VN2000_OPERATION);
		text = VN2000_PIPELINE;
	} else if (info.base_epsg == CRS_WGS84) {
		snprintf(name, CITY_NAME_MAX, "none");
	} else {
		operation = first_operation(context, &info, false);
		if (!operation)
			operation = first_operation(context, &info, true);
		normal = operation ? proj_normalize_for_visualization(context->proj, operation)
				   : NULL;
		text = normal ? proj_as_proj_string(context->proj, normal, PJ_PROJ_5, NULL) : NULL;
		if (text)
			name_operation(operation, name);
	}
	if (!text || strlen(text) >= CITY_PIPELINE_MAX)
		rc = fail_proj(err, context, epsg);
	else
		snprintf(pipeline, CITY_PIPELINE_MAX, "%s", *text ? text : IDENTITY_PIPELINE);
	proj_destroy(normal);
	proj_destroy(operation);
	return rc;
}

static int add_pin(struct crs_context *context, int base_epsg, const char *pipeline,
	const struct pin **ret_pin, struct error *err)
{
	struct pin *pin = &context->pins[context->pin_count];
	PJ *operation = NULL;

	if (context->pin_count == PINS_MAX)
		return fail_crs_unusable(err, base_epsg);
	if (strcmp(pipeline, IDENTITY_PIPELINE) != 0) {
		operation = proj_create(context->proj, pipeline);
		if (!operation)
			return fail_proj(err, context, base_epsg);
	}
	*pin = (struct pin){base_epsg, operation,
		!strstr(pipeline, "grid") && !strstr(pipeline, "file=") &&
			!strstr(pipeline, "model=")};
	context->pin_count++;
	*ret_pin = pin;
	return 0;
}

int crs_pin(struct crs_context *context, const struct city *city, struct error *err)
{
	struct crs_info info;
	const struct pin *pin;
	int rc = crs_describe(context, city->epsg, &info, err);

	return rc ? rc : add_pin(context, info.base_epsg, city->pipeline, &pin, err);
}

static int find_pin(struct crs_context *context, int base_epsg, const struct pin **ret_pin,
	struct error *err)
{
	char name[CITY_NAME_MAX], pipeline[CITY_PIPELINE_MAX];
	int rc;

	for (size_t i = 0; i < context->pin_count; i++) {
		if (context->pins[i].base_epsg == base_epsg) {
			*ret_pin = &context->pins[i];
			return 0;
		}
	}
	rc = crs_choose_operation(context, base_epsg, name, pipeline, err);
	return rc ? rc : add_pin(context, base_epsg, pipeline, ret_pin, err);
}

/* The operation from a system's own longitude and latitude to its east and north. */
static int find_projection(
	struct crs_context *context, const struct crs_info *info, PJ **ret, struct error *err)
{
	char from[24], to[24];
	PJ *raw, *normal;

	for (size_t i = 0; i < context->projection_count; i++) {
		if (context->projection_epsg[i] == info->epsg) {
			*ret = context->projections[i];
			return 0;
		}
	}
	if (context->projection_count == PATHS_MAX)
		return fail_crs_unusable(err, info->epsg);
	snprintf(from, sizeof from, "EPSG:%d", info->base_epsg);
	snprintf(to, sizeof to, "EPSG:%d", info->epsg);
	raw = proj_create_crs_to_crs(context->proj, from, to, NULL);
	normal = raw ? proj_normalize_for_visualization(context->proj, raw) : NULL;
	proj_destroy(raw);
	if (!normal)
		return fail_proj(err, context, info->epsg);
	context->projections[context->projection_count] = normal;
	context->projection_epsg[context->projection_count++] = info->epsg;
	*ret = normal;
	return 0;
}

static int add_projection(struct crs_context *context, const struct crs_info *info,
	PJ_DIRECTION direction, struct crs_path *path, struct error *err)
{
	PJ *operation = NULL;
	int rc = 0;

	if (info->geographic)
		return 0;
	rc = find_projection(context, info, &operation, err);
	if (!rc)
		path->steps[path->step_count++] = (struct step){operation, direction};
	return rc;
}

static int add_datum(struct crs_context *context, int base_epsg, PJ_DIRECTION direction,
	struct crs_path *path, struct error *err)
{
	const struct pin *pin = NULL;
	int rc = find_pin(context, base_epsg, &pin, err);

	if (rc || !pin->operation)
		return rc;
	path->steps[path->step_count++] = (struct step){pin->operation, direction};
	path->crosses_datum = true;
	path->is_smooth &= pin->is_smooth;
	return 0;
}

static bool move_exactly(const void *path, double *xy, size_t count)
{
	return !crs_path_apply(path, xy, count, NULL);
}

static int build_path(struct crs_context *context, struct crs_path *path, struct error *err)
{
	struct crs_info from, to;
	int rc = crs_describe(context, path->from_epsg, &from, err);

	if (!rc)
		rc = crs_describe(context, path->to_epsg, &to, err);
	if (rc || from.epsg == to.epsg)
		return rc;
	path->is_smooth = true;
	rc = add_projection(context, &from, PJ_INV, path, err);
	if (!rc && from.base_epsg != to.base_epsg) {
		rc = add_datum(context, from.base_epsg, PJ_FWD, path, err);
		if (!rc)
			rc = add_datum(context, to.base_epsg, PJ_INV, path, err);
	}
	if (!rc)
		rc = add_projection(context, &to, PJ_FWD, path, err);
	if (rc || !path->is_smooth || !path->step_count)
		return rc;
	path->patches = crs_patches_new(move_exactly, path,
		from.geographic ? PATCH_SIDE_DEGREES : PATCH_SIDE_UNITS,
		to.geographic ? PATCH_DEGREES : PATCH_UNITS);
	return path->patches ? 0 : fail_no_memory(err);
}

int crs_path_find(struct crs_context *context, int from_epsg, int to_epsg,
	const struct crs_path **ret_path, struct error *err)
{
	struct crs_path *path;
	int rc;

	for (size_t i = 0; i < context->path_count; i++) {
		if (context->paths[i]->from_epsg == from_epsg &&
			context->paths[i]->to_epsg == to_epsg) {
			*ret_path = context->paths[i];
			return 0;
		}
	}
	if (context->path_count == PATHS_MAX)
		return fail_crs_unusable(err, from_epsg);
	path = calloc(1, sizeof *path);
	if (!path)
		return fail_no_memory(err);
	path->from_epsg = from_epsg;
	path->to_epsg = to_epsg;
	rc = build_path(context, path, err);
	if (rc) {
		path_free(path);
		return rc;
	}
	context->paths[context->path_count++] = path;
	*ret_path = path;
	return 0;
}

bool crs_path_crosses_datum(const struct crs_path *path)
{
	return path->crosses_datum;
}

int crs_path_apply(const struct crs_path *path, double *xy, size_t count, struct error *err)
{
	for (int i = 0; i < path->step_count; i++)
		proj_trans_generic(path->steps[i].operation, path->steps[i].direction, xy,
			2 * sizeof *xy, count, xy + 1, 2 * sizeof *xy, count, NULL, 0, 0, NULL, 0, 0);
	for (size_t i = 0; i < count; i++) {
		if (isfinite(xy[2 * i]) && isfinite(xy[2 * i + 1]))
			continue;
		fail_outside_crs(err, path->to_epsg);
		return error_where(err, "%zu", i + 1);
	}
	return 0;
}

int crs_path_move(const struct crs_path *path, double *xy, size_t count, struct error *err)
{
	size_t moved;

	if (!path->patches)
		return crs_path_apply(path, xy, count, err);
	moved = crs_patches_move(path->patches, xy, count);
	if (moved == count)
		return 0;
	fail_outside_crs(err, path->to_epsg);
	return error_where(err, "%zu", moved + 1);
}

int crs_print_proj4(struct crs_context *context, int epsg, struct strbuf *out, struct error *err)
{
	static const char tail[] = " +no_defs";
	struct crs_info info;
	const char *text;
	size_t len;
	PJ *crs;
	int rc = crs_describe(context, epsg, &info, err);

	if (rc)
		return rc;
	crs = find_crs(context, epsg);
	text = crs ? proj_as_proj_string(context->proj, crs, PJ_PROJ_4, NULL) : NULL;
	if (!text) {
		proj_destroy(crs);
		return fail_proj(err, context, epsg);
	}
	len = strlen(text);
	if (text_starts_with(text, "+proj=") && strstr(text, " +type=crs"))
		len = (size_t)(strstr(text, " +type=crs") - text);
	if (len > strlen(tail) && !memcmp(text + len - strlen(tail), tail, strlen(tail)))
		len -= strlen(tail);
	strbuf_add(out, text, len);
	if (info.base_epsg == CRS_VN2000)
		strbuf_add_text(out, " +towgs84=" VN2000_TOWGS84);
	strbuf_add_text(out, tail);
	proj_destroy(crs);
	return strbuf_check(out, err);
}

int crs_print_wkt(struct crs_context *context, int epsg, struct strbuf *out, struct error *err)
{
	static const char *const options[] = {"MULTILINE=NO", NULL};
	PJ *crs = find_crs(context, epsg);
	const char *text = crs ? proj_as_wkt(context->proj, crs, PJ_WKT1_GDAL, options) : NULL;
	int rc = 0;

	if (text)
		strbuf_add_text(out, text);
	else
		rc = fail_proj(err, context, epsg);
	proj_destroy(crs);
	return rc ? rc : strbuf_check(out, err);
}

int crs_print_pinned_wkt(
	struct crs_context *context, int epsg, struct strbuf *out, struct error *err)
{
	static const char shift[] = ",TOWGS84[" VN2000_TOWGS84 "]";
	size_t start = out->len;
	struct crs_info info;
	const char *spheroid;
	int depth = 0, rc = crs_describe(context, epsg, &info, err);

	if (!rc)
		rc = crs_print_wkt(context, epsg, out, err);
	if (rc || info.base_epsg != CRS_VN2000)
		return rc;
	spheroid = strstr(out->data + start, "SPHEROID[");
	/* Behind the bracket that closes it. */
	for (; spheroid && *spheroid; spheroid++) {
		depth += *spheroid == '[' ? 1 : *spheroid == ']' ? -1 : 0;
		if (*spheroid != ']' || depth)
			continue;
		strbuf_replace(out, (size_t)(spheroid + 1 - out->data), 0, shift, sizeof shift - 1);
		break;
	}
	return strbuf_check(out, err);
}
