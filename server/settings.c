#include <unistd.h>

#include "server/settings.h"

#include "base/file.h"
#include "base/text.h"

enum { WORKERS_MAX = 64, TILE_CACHE_MB = 128, TILE_CACHE_MB_MAX = 1 << 20, PATH_MAX_BYTES = 4096 };

int settings_read(const char *folder, struct settings *ret_settings, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	struct settings settings = {.listen = "127.0.0.1:8080", .tile_cache_mb = TILE_CACHE_MB};
	const struct config_setting table[] = {
		{"listen", CONFIG_TEXT, settings.listen, 0, 0},
		{"public_base_url", CONFIG_TEXT, settings.public_url, 0, 0},
		{"workers", CONFIG_INT, &settings.workers, 1, WORKERS_MAX},
		{"tile_cache_mb", CONFIG_INT, &settings.tile_cache_mb, 0, TILE_CACHE_MB_MAX},
		{NULL, CONFIG_TEXT, NULL, 0, 0},
	};
	int rc;

	settings.workers = sysconf(_SC_NPROCESSORS_ONLN) > 0 ? sysconf(_SC_NPROCESSORS_ONLN) : 2;
	file_join(&path, folder, "dothi.conf");
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = config_read(path.data, table, err);
	if (!rc)
		*ret_settings = settings;
	return rc;
}

bool settings_public_url(const char *text, char *ret_url, size_t size)
{
	size_t end = strlen(text);

	if (!text_starts_with(text, "http://") && !text_starts_with(text, "https://"))
		return false;
	while (end && text[end - 1] == '/')
		end--;
	if (end >= size)
		return false;
	memcpy(ret_url, text, end);
	ret_url[end] = '\0';
	return true;
}
