/*
 * The web map: its files stand inside the program (or, for work on them, in a folder beside it).
 */
#include "base/file.h"
#include "base/messages.h"
#include "server/app.h"
#include "server/router.h"

/* A file of the web map, plain and gzipped; made by build-aux/embed.sh. */
struct web_asset {
	const char *name;
	const unsigned char *bytes, *gzipped; /* gzipped: NULL where it does not help */
	const unsigned char *bytes_end, *gzipped_end;
};

#include "server/web_assets.h"

enum { FILE_MAX_BYTES = 32 << 20, PATH_MAX_BYTES = 4096 };

static const char *type_of(const char *name)
{
	static const struct {
		const char *ending, *type;
	} types[] = {
		{".html", "text/html; charset=utf-8"},
		{".js", "text/javascript; charset=utf-8"},
		{".css", "text/css; charset=utf-8"},
		{".json", "application/json"},
		{".svg", "image/svg+xml"},
		{".png", "image/png"},
		{".ico", "image/x-icon"},
		{".woff2", "font/woff2"},
		{".txt", "text/plain; charset=utf-8"},
		{".webmanifest", "application/manifest+json"},
	};
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		size_t ending = strlen(types[i].ending);

		if (len > ending && !strcmp(name + len - ending, types[i].ending))
			return types[i].type;
	}
	return "application/octet-stream";
}

/* Names with a hash in them ("app-3f2a9c1b.js") never change their content. */
static bool has_hash(const char *name)
{
	const char *dash = strrchr(name, '-'), *dot = strrchr(name, '.');

	return dash && dot && dot - dash == 9 && strspn(dash + 1, "0123456789ABCDEFabcdef") == 8;
}

static int answer_from_folder(const char *folder, const char *name, struct response *response,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc;

	if (strchr(name, '/') || name[0] == '.')
		return fail_no_such_page(err);
	file_join(&path, folder, name);
	rc = strbuf_check(&path, err);
	response->body.max = FILE_MAX_BYTES;
	if (!rc && file_read(path.data, &response->body, NULL))
		rc = fail_no_such_page(err);
	return rc;
}

static int answer_from_program(const struct request *request, const char *name,
	struct response *response, struct error *err)
{
	for (size_t i = 0; i < sizeof web_assets / sizeof web_assets[0]; i++) {
		const struct web_asset *asset = &web_assets[i];

		if (strcmp(asset->name, name) != 0)
			continue;
		response->is_gzipped = asset->gzipped && request->accepts_gzip;
		response->fixed_body = response->is_gzipped ? asset->gzipped : asset->bytes;
		response->fixed_len = response->is_gzipped
			? (size_t)(asset->gzipped_end - asset->gzipped)
			: (size_t)(asset->bytes_end - asset->bytes);
		return 0;
	}
	return fail_no_such_page(err);
}

static int answer_file(const struct request *request, const char *name, struct response *response,
	struct error *err)
{
	int rc;

	if (request->app->web_root)
		rc = answer_from_folder(request->app->web_root, name, response, err);
	else
		rc = answer_from_program(request, name, response, err);
	if (rc)
		return rc;
	response->content_type = type_of(name);
	response->caching = has_hash(name) ? CACHE_FOR_EVER : CACHE_CHECK;
	return 0;
}

static int get_file(struct request *request, struct response *response, struct error *err)
{
	return answer_file(request, request->segments[0], response, err);
}

static int get_page(struct request *request, struct response *response, struct error *err)
{
	return answer_file(request, "index.html", response, err);
}

static const struct route routes[] = {
	/* The address of the map holds what is shown, a permanent link; the page reads it itself. */
	{"/", get_page, NULL, on_network, {"Bản đồ", "The map"}, NO_ACTIONS},
	/* Where one-time links lead: the same page. */
	{"/login", get_page, NULL, on_network, {"Đặt mật khẩu", "Set a password"}, NO_ACTIONS},
	{"/{file}", get_file, "", on_network, {"Tệp của bản đồ", "A file of the map"}, NO_ACTIONS},
};

const struct route_table static_routes = {routes, sizeof routes / sizeof routes[0]};
