#include "gis/upload_parts.h"

#include <dirent.h>

#include "base/file.h"
#include "base/messages.h"
#include "base/text.h"

enum {
	ENTRIES_MAX = 100000, /* of the user's folder that are looked at */
	KEY_MAX = 4096,
};

/* The file beside the .shp that is one of its parts. */
struct beside {
	char name[256]; /* NAME_MAX of Linux, and '\0'; "" none */
	bool exact;	/* its name is written as that of the .shp */
};

static void add_key(struct strbuf *out, const char *name, size_t len)
{
	autofree(strbuf_clear) struct strbuf plain = STRBUF(KEY_MAX);

	if (!text_nfc(&plain, name, len))
		strbuf_add(out, name, len);
	else if (!plain.failed)
		text_fold(out, plain.data, plain.len);
	else
		out->failed = true;
}

/* Which part of the shapefile with this base name an entry is; -1 none. */
static int find_part(
	const char *entry, const char *base, size_t base_len, int *ret_part, struct error *err)
{
	autofree(strbuf_clear) struct strbuf own = STRBUF(KEY_MAX);
	autofree(strbuf_clear) struct strbuf wanted = STRBUF(KEY_MAX);
	size_t len = strlen(entry);
	int rc;

	*ret_part = -1;
	if (len < 5)
		return 0;
	add_key(&own, entry, len - 4);
	add_key(&wanted, base, base_len);
	rc = strbuf_check(&own, err);
	if (!rc)
		rc = strbuf_check(&wanted, err);
	if (rc || strcmp(own.data, wanted.data) != 0)
		return rc;
	for (int i = 0; i < UPLOAD_PARTS; i++)
		if (text_equal_nocase(entry + len - 4, upload_shapefile_endings[i]))
			*ret_part = i;
	return 0;
}

/* Of several the one that is written alike, then the first in the order of bytes. */
static void keep_better(struct beside *kept, const char *entry, const char *base, size_t base_len)
{
	bool exact = !strncmp(entry, base, base_len);

	if (strlen(entry) >= sizeof kept->name)
		return;
	if (kept->name[0] &&
		(kept->exact > exact || (kept->exact == exact && strcmp(kept->name, entry) < 0)))
		return;
	snprintf(kept->name, sizeof kept->name, "%s", entry);
	kept->exact = exact;
}

static int list_folder(
	const char *folder, const char *file, struct beside parts[UPLOAD_PARTS], struct error *err)
{
	size_t base_len = strlen(file) > 4 ? strlen(file) - 4 : 0;
	DIR *entries = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!entries)
		return fail_file_unreadable(err, file);
	for (int i = 0; !rc && i < ENTRIES_MAX && (entry = readdir(entries)); i++) {
		int part;

		rc = find_part(entry->d_name, file, base_len, &part, err);
		/* The .shp itself is the one that was given. */
		if (!rc && part > 0)
			keep_better(parts + part, entry->d_name, file, base_len);
	}
	closedir(entries);
	return rc;
}

int upload_gather(
	const char *path, const struct upload_wish *wish, const char *folder, struct error *err)
{
	autofree(strbuf_clear) struct strbuf from = STRBUF(UPLOAD_PATH_MAX);
	struct beside parts[UPLOAD_PARTS] = {0};
	const char *file = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int64_t left = wish->bytes_max;
	int rc;

	strbuf_add(&from, path, (size_t)(file - path));
	if (file == path)
		strbuf_add_text(&from, "./");
	rc = strbuf_check(&from, err);
	if (!rc)
		rc = list_folder(from.data, file, parts, err);
	if (!rc)
		rc = upload_copy(path, wish, folder, upload_shapefile_endings[0], &left, err);
	for (int i = 1; !rc && i < UPLOAD_PARTS; i++) {
		autofree(strbuf_clear) struct strbuf part = STRBUF(UPLOAD_PATH_MAX);

		if (!parts[i].name[0])
			continue;
		file_join(&part, from.data, parts[i].name);
		rc = strbuf_check(&part, err);
		if (!rc)
			rc = upload_copy(
				part.data, wish, folder, upload_shapefile_endings[i], &left, err);
	}
	return rc;
}
