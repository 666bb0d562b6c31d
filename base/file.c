#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/messages.h"
#include "base/number.h"

enum {
	PIECE = 1 << 16,	/* bytes read or copied at a time */
	PATH_MAX_BYTES = 4096,	/* as Linux has it */
	REMOVE_DEPTH_MAX = 16,	/* of our own folders; deeper ones are not ours */
};

const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void file_join(struct strbuf *path, const char *folder, const char *name)
{
	strbuf_add_text(path, folder);
	if (path->len && path->data[path->len - 1] != '/')
		strbuf_add_char(path, '/');
	strbuf_add_text(path, name);
}

bool file_exists(const char *path)
{
	struct stat info;

	return !stat(path, &info);
}

bool file_is_folder(const char *path)
{
	struct stat info;

	return !stat(path, &info) && S_ISDIR(info.st_mode);
}

/* What errno says about a file that was to be read. */
static int fail_read(struct error *err, const char *path)
{
	int fault = errno;

	if (fault == ENOENT || fault == ENOTDIR)
		fail_file_missing(err, file_name(path));
	else if (fault == EACCES || fault == EPERM)
		fail_file_forbidden(err, file_name(path));
	else
		fail_file_unreadable(err, file_name(path));
	return error_detail(err, "%s: %s", path, strerror(fault));
}

/* What errno says about a file that was to be written. */
static int fail_write(struct error *err, const char *path)
{
	int fault = errno;

	if (fault == ENOSPC || fault == EDQUOT || fault == EFBIG)
		fail_disk_full(err);
	else if (fault == EACCES || fault == EPERM || fault == EROFS)
		fail_file_not_writable(err, file_name(path));
	else
		fail_file_not_written(err, file_name(path));
	return error_detail(err, "%s: %s", path, strerror(fault));
}

int file_size(const char *path, int64_t *ret_bytes, struct error *err)
{
	struct stat info;

	if (stat(path, &info))
		return fail_read(err, path);
	*ret_bytes = info.st_size;
	return 0;
}

static int read_some(int fd, size_t most, struct strbuf *out)
{
	while (most) {
		size_t wish = most < PIECE ? most : PIECE;
		ssize_t got;

		/* At the maximum one byte more tells whether the file ends there. */
		if (wish > out->max - out->len)
			wish = out->max - out->len;
		if (!wish) {
			char beyond;

			got = read(fd, &beyond, 1);
			out->failed = got > 0;
			return got < 0 ? -1 : 0;
		}
		if (!strbuf_reserve(out, wish))
			return 0;
		got = read(fd, out->data + out->len, wish);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		out->len += (size_t)got;
		out->data[out->len] = '\0';
		most -= (size_t)got;
	}
	return 0;
}

int file_read_start(const char *path, size_t most, struct strbuf *out, struct error *err)
{
	autofree(file_drop) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read_some(fd, most, out))
		return fail_read(err, path);
	if (out->failed)
		return fail_file_too_large(err, file_name(path), (int64_t)out->max);
	return 0;
}

int file_read(const char *path, struct strbuf *out, struct error *err)
{
	return file_read_start(path, SIZE_MAX, out, err);
}

int file_create(const char *path, int *ret_fd, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	*ret_fd = fd;
	return fd < 0 ? fail_write(err, path) : 0;
}

int file_append(int fd, const void *bytes, size_t len, struct error *err)
{
	const char *at = bytes;

	while (len) {
		ssize_t written = write(fd, at, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail_write(err, "");
		at += written;
		len -= (size_t)written;
	}
	return 0;
}

int file_close(int fd, struct error *err)
{
	int rc = 0;

	if (fsync(fd))
		rc = fail_write(err, "");
	if (close(fd) && !rc)
		rc = fail_write(err, "");
	return rc;
}

void file_drop(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Makes the names in a folder durable. */
static int sync_folder_of(const char *path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf folder = STRBUF(PATH_MAX_BYTES);
	const char *slash = strrchr(path, '/');
	autofree(file_drop) int fd = -1;

	strbuf_add(&folder, path, slash ? (size_t)(slash + 1 - path) : 0);
	if (!slash)
		strbuf_add_text(&folder, ".");
	fd = open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		return fail_write(err, path);
	return 0;
}

int file_rename(const char *from, const char *to, struct error *err)
{
	if (rename(from, to))
		return fail_write(err, to);
	return sync_folder_of(to, err);
}

int file_replace(const char *path, const void *bytes, size_t len, struct error *err)
{
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	int fd, rc;

	strbuf_add_text(&fresh, path);
	strbuf_add_text(&fresh, ".new");
	rc = strbuf_check(&fresh, err);
	if (!rc)
		rc = file_create(fresh.data, &fd, err);
	if (rc)
		return rc;
	rc = file_append(fd, bytes, len, err);
	if (rc)
		file_drop(&fd);
	else
		rc = file_close(fd, err);
	if (!rc)
		rc = file_rename(fresh.data, path, err);
	if (rc)
		unlink(fresh.data);
	return rc;
}

static int copy_bytes(
	int from, int to, const char *from_path, int64_t most_bytes, struct error *err)
{
	char piece[PIECE];
	int64_t left = most_bytes;

	for (;;) {
		ssize_t got = read(from, piece, sizeof piece);
		int rc;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_read(err, from_path);
		if (!got)
			return 0;
		if (got > left)
			return fail_file_too_large(err, file_name(from_path), most_bytes);
		left -= got;
		rc = file_append(to, piece, (size_t)got, err);
		if (rc)
			return rc;
	}
}

int file_copy(const char *from, const char *to, int64_t most_bytes, struct error *err)
{
	autofree(file_drop) int source = open(from, O_RDONLY | O_CLOEXEC);
	autofree(file_drop) int target = -1;
	int rc;

	if (source < 0)
		return fail_read(err, from);
	rc = file_create(to, &target, err);
	if (!rc)
		rc = copy_bytes(source, target, from, most_bytes, err);
	return rc;
}

int file_make_folder(const char *path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf part = STRBUF(PATH_MAX_BYTES);
	const char *slash = path;
	int rc;

	do {
		slash = strchr(slash + 1, '/');
		strbuf_reset(&part);
		strbuf_add(&part, path, slash ? (size_t)(slash - path) : strlen(path));
		rc = strbuf_check(&part, err);
		if (rc)
			return rc;
		if (mkdir(part.data, 0755) && errno != EEXIST)
			return fail_write(err, path);
	} while (slash && slash[1]);
	if (!file_is_folder(path)) {
		errno = ENOTDIR;
		return fail_write(err, path);
	}
	return 0;
}

int file_make_temporary_folder(const char *parent, struct strbuf *ret_path, struct error *err)
{
	size_t start = ret_path->len;
	int rc;

	file_join(ret_path, parent, "work-XXXXXX");
	rc = strbuf_check(ret_path, err);
	if (rc)
		return rc;
	if (!mkdtemp(ret_path->data + start))
		return fail_write(err, parent);
	return 0;
}

static int remove_in(int folder_fd, const char *name, int depth);

static int remove_entries(int fd, int depth)
{
	DIR *folder = fdopendir(fd);
	struct dirent *entry;
	int rc = 0;

	if (!folder) {
		close(fd);
		return -1;
	}
	while (!rc && (errno = 0, entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			rc = remove_in(dirfd(folder), entry->d_name, depth + 1);
	if (!rc && errno)
		rc = -1;
	closedir(folder);
	return rc;
}

static int remove_in(int folder_fd, const char *name, int depth)
{
	int fd;

	if (!unlinkat(folder_fd, name, 0) || errno == ENOENT)
		return 0;
	if ((errno != EISDIR && errno != EPERM) || depth > REMOVE_DEPTH_MAX)
		return -1;
	fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || remove_entries(fd, depth))
		return -1;
	return unlinkat(folder_fd, name, AT_REMOVEDIR);
}

int file_remove(const char *path, struct error *err)
{
	return remove_in(AT_FDCWD, path, 0) ? fail_write(err, path) : 0;
}

/* Appends the number that stands in the lock file, or nothing. */
static int64_t lock_holder(int fd)
{
	char text[24];
	ssize_t len = pread(fd, text, sizeof text, 0);
	int64_t pid = 0;

	while (len > 0 && text[len - 1] == '\n')
		len--;
	if (len > 0)
		number_parse_int(text, (size_t)len, 1, INT32_MAX, &pid);
	return pid;
}

int file_lock(const char *path, int *ret_fd, struct error *err)
{
	autofree(file_drop) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	char text[24];
	int len;

	if (fd < 0)
		return fail_write(err, path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			return fail_register_in_use(err, lock_holder(fd));
		return fail_write(err, path);
	}
	len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)len, 0) != len)
		return fail_write(err, path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int64_t file_free_bytes(const char *path)
{
	struct statvfs info;

	if (statvfs(path, &info))
		return -1;
	return (int64_t)(info.f_bavail * info.f_frsize);
}
