#include "server/sight.h"

#include "base/messages.h"
#include "server/asker.h"

static int fail_value(struct error *err, const char *name, const char *value)
{
	fail_param_value(err, name, value);
	return error_where(err, "%s", name);
}

/* One end of a datetime: "..", "" (open), a date, or an instant, taken as its day in Vietnam. */
static bool read_day(struct slice text, struct date *ret_day)
{
	int64_t at_us;

	if (!text.len || slice_equals(text, "..")) {
		ret_day->text[0] = '\0';
		return true;
	}
	if (date_parse(text.at, text.len, ret_day))
		return true;
	if (!clock_parse_utc(text.at, text.len, &at_us))
		return false;
	*ret_day = clock_date_vietnam(at_us);
	return true;
}

static int read_datetime(const char *name, const char *text, struct moment *moment, struct error *err)
{
	const char *slash = strchr(text, '/');
	struct slice first = {text, slash ? (size_t)(slash - text) : strlen(text)};
	struct slice last = slash ? (struct slice){slash + 1, strlen(slash + 1)} : first;

	if (!*text || !read_day(first, &moment->first_day) || !read_day(last, &moment->last_day) ||
		(!slash && !*moment->first_day.text))
		return fail_value(err, name, text);
	if (*moment->first_day.text && *moment->last_day.text &&
		strcmp(moment->first_day.text, moment->last_day.text) > 0) {
		fail_span_turned_round(err, moment->first_day.text, moment->last_day.text);
		return error_where(err, "%s", name);
	}
	return 0;
}

/* An instant, or a day, which means its end in Vietnam. */
static bool read_recorded(const char *text, int64_t *ret_us)
{
	struct date day;

	if (clock_parse_utc(text, strlen(text), ret_us))
		return true;
	if (!date_parse(text, strlen(text), &day))
		return false;
	*ret_us = date_end_us(&day) - 1;
	return true;
}

int moment_read(const char *name, const char *day, const char *recorded, struct moment *ret_moment,
	struct error *err)
{
	struct moment moment = {.is_dated = day || recorded, .recorded_us = INT64_MAX};
	int rc = 0;

	if (recorded && !read_recorded(recorded, &moment.recorded_us))
		return fail_value(err, "recorded", recorded);
	if (day)
		rc = read_datetime(name, day, &moment, err);
	else if (recorded)
		moment.first_day = moment.last_day = clock_date_vietnam(moment.recorded_us);
	if (!rc)
		*ret_moment = moment;
	return rc;
}

int sight_moment(const struct request *request, struct moment *ret_moment, struct error *err)
{
	const char *name = request_param(request, "datetime") ? "datetime" : "date";

	return moment_read(name, request_param(request, name), request_param(request, "recorded"),
		ret_moment, err);
}

void moment_apply(const struct moment *moment, struct view *view)
{
	if (!moment->is_dated)
		return;
	view->is_dated = true;
	view->first_day = moment->first_day;
	view->last_day = moment->last_day;
	view->recorded_us = moment->recorded_us;
	view->all_versions = moment->all_versions;
}

int sight_layer(const struct request *request, const char *id, const struct layer **ret_layer,
	struct error *err)
{
	*ret_layer = layer_find(request->app->layers, id, strlen(id));
	return *ret_layer && sight_admits(request, *ret_layer) ? 0 : fail_no_such_layer(err);
}

int sight_layers(const struct request *request, const char *ids, struct layer_choice *ret_choice,
	struct error *err)
{
	int rc = app_choose_layers(request->app, ids, ret_choice, err);

	for (size_t i = 0; !rc && i < ret_choice->count; i++)
		if (!sight_admits(request, ret_choice->layers[i]))
			rc = fail_no_such_layer(err);
	return rc;
}

static const struct layer_rights *rights_of(
	const struct request *request, const struct layer *layer)
{
	return &request->asker->rights.layers[layer - request->app->layers->layers];
}

bool sight_admits(const struct request *request, const struct layer *layer)
{
	return rights_of(request, layer)->reads;
}

bool sight_may_write(const struct request *request, const struct layer *layer)
{
	return rights_of(request, layer)->writes;
}

bool sight_is_whole(const struct request *request, const struct layer *layer)
{
	return !rights_of(request, layer)->grants;
}

struct view sight_view(const struct request *request, const struct layer *layer,
	const struct moment *moment)
{
	const struct layer_rights *rights = rights_of(request, layer);
	struct view view = {
		.layer = layer, .grants = rights->grants, .grant_count = rights->grant_count};

	if (moment)
		moment_apply(moment, &view);
	return view;
}

int sight_check_writer(
	const struct request *request, const struct layer *layer, struct error *err)
{
	if (!layer || !sight_admits(request, layer))
		return fail_no_such_layer(err);
	if (sight_may_write(request, layer))
		return 0;
	return request->asker->kind == ASKER_PUBLIC ? fail_login_needed(err)
						    : fail_write_forbidden(err);
}
