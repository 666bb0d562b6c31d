#include "server/tile_wish.h"

#include "base/messages.h"
#include "base/number.h"
#include "server/asker.h"

enum {
	/* A commit may bear a time a little before it is seen, of a clock that goes after ours. */
	SETTLED_AFTER_S = 3600,
};

static const struct tile_form forms[] = {
	{".mvt", true, 1, "mvt"},
	{".pbf", true, 1, "mvt"},
	{"@2x.png", false, 2, "png2"},
	{".png", false, 1, "png"},
};

static const struct tile_form *form_of(const char *name, size_t *ret_number_len)
{
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		size_t len = strlen(name), ending = strlen(forms[i].ending);

		if (len <= ending || strcmp(name + len - ending, forms[i].ending) != 0)
			continue;
		*ret_number_len = len - ending;
		return &forms[i];
	}
	return NULL;
}

static bool parse_number(const char *text, size_t len, int64_t *ret)
{
	return number_parse_int(text, len, 0, UINT32_MAX, ret);
}

static int parse_tile(const struct request *request, struct tile_wish *wish, struct error *err)
{
	const char *z_text = request->captures[1], *x_text = request->captures[2];
	int64_t z, x, y;
	size_t len = 0;

	wish->form = form_of(request->captures[3], &len);
	if (!wish->form)
		return fail_tile_format(err);
	if (!parse_number(z_text, strlen(z_text), &z) || !parse_number(x_text, strlen(x_text), &x) ||
		!parse_number(request->captures[3], len, &y))
		return fail_tile_address(err, GRID_ZOOM_MAX);
	if (z > GRID_ZOOM_MAX)
		return fail_tile_address(err, GRID_ZOOM_MAX);
	wish->tile = (struct tile){(unsigned)z, (uint32_t)x, (uint32_t)y};
	return tile_exists(wish->tile) ? 0 : fail_tile_address(err, GRID_ZOOM_MAX);
}

static bool is_settled(const struct request *request, const struct moment *moment)
{
	return moment->is_dated &&
		moment->recorded_us <
		clock_now_us(request->app->clock) - INT64_C(1000000) * SETTLED_AFTER_S;
}

/* All that the bytes depend on beside the tile's place and the records. */
static void say_what(const struct request *request, struct tile_wish *wish)
{
	const struct moment *moment = &wish->moment;
	snprintf(wish->what, sizeof wish->what, "%llx+%llx %s%s %s",
		(unsigned long long)wish->layers.records, (unsigned long long)wish->layers.labels, wish->form->name, wish->gzip ? "z" : "",
		request->asker->rights.scope.text);
	if (moment->is_dated)
		snprintf(wish->what + strlen(wish->what), sizeof wish->what - strlen(wish->what),
			" %s/%s %lld", moment->first_day.text, moment->last_day.text,
			(long long)moment->recorded_us);
}

int tile_wish_read(
	struct request *request, const struct tile_wish **ret_wish, struct error *err)
{
	struct tile_wish *wish = arena_zero(&request->arena, 1, sizeof *wish);
	int rc;

	if (!wish)
		return fail_no_memory(err);
	rc = parse_tile(request, wish, err);
	if (!rc)
		rc = sight_moment(request, &wish->moment, err);
	if (!rc)
		rc = sight_layers(request, request->captures[0], &wish->layers, err);
	/* Names stand on pictures anyway. */
	if (!rc && wish->layers.labels && !wish->form->is_vector)
		rc = fail_no_such_layer(err);
	if (rc)
		return rc;
	wish->gzip = wish->form->is_vector && request->accepts_gzip;
	wish->key = (struct tile_key){.tile = wish->tile,
		.what = wish->what,
		.layers = wish->layers.numbers,
		.margin = wish->form->is_vector ? TILE_MARGIN_VECTOR : TILE_MARGIN_RASTER,
		.is_settled = is_settled(request, &wish->moment)};
	say_what(request, wish);
	*ret_wish = wish;
	return 0;
}
