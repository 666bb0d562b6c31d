#include "server/ogc_params.h"

#include "base/messages.h"
#include "base/number.h"
#include "server/app.h"

static int fail_value(struct error *err, const char *name, const char *value)
{
	fail_param_value(err, name, value);
	return error_where(err, "%s", name);
}

static int read_limit(const struct request *request, size_t *ret_limit, struct error *err)
{
	const char *text = request_param(request, "limit");
	int64_t limit = OGC_LIMIT_DEFAULT;

	if (text && !number_parse_int(text, strlen(text), 1, INT64_MAX, &limit))
		return fail_value(err, "limit", text);
	*ret_limit = limit > OGC_LIMIT_MAX ? OGC_LIMIT_MAX : (size_t)limit;
	return 0;
}

int ogc_params_read_crs(struct request *request, struct crs_context *crs, const char *name,
	struct crs_ref *ret_ref, struct error *err)
{
	const char *text = request_param(request, name);
	const struct app *app = request->app;
	struct crs_ref ref = crs84;

	if (text && !crs_ref_parse(crs, text, &ref))
		return fail_value(err, name, text);
	for (size_t i = 0; i < app->crs_count; i++) {
		if (app->crs[i].epsg == ref.epsg && app->crs[i].crs84 == ref.crs84) {
			*ret_ref = ref;
			return 0;
		}
	}
	fail_crs_not_offered(err, text ? text : "");
	return error_where(err, "%s", name);
}

/* The numbers of a bbox; 4, or 6 of which the heights are left out. */
static bool read_numbers(const char *text, double numbers[4])
{
	double all[6];
	size_t count = 0;
	struct slice piece;

	while (text_next(&text, ',', &piece)) {
		if (count == 6 || !number_parse_double(piece.at, piece.len, -1e12, 1e12, &all[count]))
			return false;
		count++;
	}
	if (count != 4 && count != 6)
		return false;
	numbers[0] = all[0];
	numbers[1] = all[1];
	numbers[2] = all[count / 2];
	numbers[3] = all[count / 2 + 1];
	return true;
}

static int read_bbox(struct request *request, struct crs_context *crs, struct ogc_params *params,
	struct error *err)
{
	const char *text = request_param(request, "bbox");
	double numbers[4];
	struct box box;
	bool geographic;
	int rc = ogc_params_read_crs(request, crs, "bbox-crs", &params->bbox_crs, err);

	if (rc || !text)
		return rc;
	if (!read_numbers(text, numbers))
		return fail_value(err, "bbox", text);
	crs_ref_order(&params->bbox_crs, numbers, 2);
	box = (struct box){numbers[0], numbers[1], numbers[2], numbers[3]};
	geographic = params->bbox_crs.epsg == CRS_WGS84 ||
		params->bbox_crs.epsg == request->app->working_crs.base_epsg;
	if (box.min_y > box.max_y || (!geographic && box.min_x > box.max_x))
		return fail_value(err, "bbox", text);
	params->boxes[0] = box;
	params->box_count = 1;
	if (box.min_x > box.max_x) {
		params->boxes[0].max_x = 180;
		params->boxes[1] = (struct box){-180, box.min_y, box.max_x, box.max_y};
		params->box_count = 2;
	}
	return 0;
}

/* "after.matched", as links write it: "120.5400", or "120." where nobody counted. */
static int read_cursor(const struct request *request, struct ogc_params *params, struct error *err)
{
	const char *text = request_param(request, "cursor");
	const char *dot = text ? strchr(text, '.') : NULL;

	params->matched = -1;
	if (!text)
		return 0;
	if (!dot || !number_parse_int(text, (size_t)(dot - text), 0, INT64_MAX, &params->after_id) ||
		(dot[1] &&
			!number_parse_int(
				dot + 1, strlen(dot + 1), 0, INT64_MAX, &params->matched)))
		return fail_value(err, "cursor", text);
	return 0;
}

int ogc_params_read(struct request *request, struct crs_context *crs, struct ogc_params *ret_params,
	struct error *err)
{
	struct ogc_params params = {0};
	int rc = read_limit(request, &params.limit, err);

	if (!rc)
		rc = ogc_params_read_crs(request, crs, "crs", &params.crs, err);
	if (!rc)
		rc = read_bbox(request, crs, &params, err);
	if (!rc)
		rc = sight_moment(request, &params.moment, err);
	if (!rc)
		rc = read_cursor(request, &params, err);
	if (!rc)
		*ret_params = params;
	return rc;
}
