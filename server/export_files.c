#include "server/export_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"

enum {
	PATH_BYTES_MAX = 4096,
	ROUNDS_MAX = 10000, /* files removed in one sweep */
};

const int64_t export_file_bytes_max = (int64_t)4 << 30;
const int64_t export_files_bytes_max = (int64_t)12 << 30;

static void folder_path(const char *folder, struct strbuf *path)
{
	file_join(path, folder, "exports");
}

int export_file_path(const char *folder, int64_t job, struct strbuf *path, struct error *err)
{
	char name[24];
	int rc;

	folder_path(folder, path);
	rc = strbuf_check(path, err);
	if (!rc)
		rc = file_make_folder(path->data, err);
	snprintf(name, sizeof name, "/%lld", (long long)job);
	strbuf_add_text(path, name);
	return rc ? rc : strbuf_check(path, err);
}

/* What a look at the folder finds: the oldest of the files, and what all have. */
struct found {
	int64_t bytes, oldest_s, oldest_job;
};

static struct found look(const char *folder)
{
	struct found found = {0};
	DIR *entries = opendir(folder);
	const struct dirent *entry;

	while (entries && (entry = readdir(entries))) {
		struct stat info;
		int64_t job;

		if (!number_parse_int(entry->d_name, strlen(entry->d_name), 1, INT64_MAX, &job) ||
			fstatat(dirfd(entries), entry->d_name, &info, AT_SYMLINK_NOFOLLOW))
			continue;
		found.bytes += info.st_size;
		if (found.oldest_job && info.st_mtim.tv_sec >= found.oldest_s)
			continue;
		found.oldest_s = info.st_mtim.tv_sec;
		found.oldest_job = job;
	}
	if (entries)
		closedir(entries);
	return found;
}

void export_files_sweep(const char *folder, int64_t now_us, int64_t bytes_left)
{
	for (int round = 0; round < ROUNDS_MAX; round++) {
		autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
		struct found found;

		folder_path(folder, &path);
		if (path.failed)
			return;
		found = look(path.data);
		if (!found.oldest_job || (found.bytes <= bytes_left &&
						 found.oldest_s > now_us / 1000000 - EXPORT_KEEP_S))
			return;
		strbuf_add_format(&path, "/%lld", (long long)found.oldest_job);
		if (path.failed || file_remove(path.data, NULL))
			return;
	}
}
