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
	PIECE = 1 << 16,       /* bytes read or copied at a time */
	PATH_MAX_BYTES = 4096, /* as Linux has it */
	REMOVE_DEPTH_MAX = 16, /* of our own folders; deeper ones are not ours */
};

const char *file_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/' && path[1] && path[1] != '/')
			name = path + 1;
	return name;
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
	int fault = errno, rc;

	if (fault == ENOENT || fault == ENOTDIR)
		rc = fail_file_missing(err, file_name(path));
	else if (fault == EACCES || fault == EPERM)
		rc = fail_file_forbidden(err, file_name(path));
	else
		rc = fail_file_unreadable(err, file_name(path));
	error_detail(err, "%s: %s", path, strerror(fault));
	return rc;
}

/* What errno says about a file that was to be written; its path is NULL where nobody knows it. */
static int fail_write(struct error *err, const char *path)
{
	int fault = errno, rc;

	if (fault == ENOSPC || fault == EDQUOT || fault == EFBIG)
		rc = fail_disk_full(err);
	else if (!path)
		rc = fail_data_not_written(err);
	else if (fault == EACCES || fault == EPERM || fault == EROFS)
		rc = fail_file_not_writable(err, file_name(path));
	else
		rc = fail_file_not_written(err, file_name(path));
	error_detail(err, "%s: %s", path ? path : "-", strerror(fault));
	return rc;
}

/* 0 if a path was put together whole; `path` is what it was made for. */
static int check_path(const struct strbuf *made, const char *path, struct error *err)
{
	if (!made->full)
		return strbuf_check(made, err);
	errno = ENAMETOOLONG;
	return fail_write(err, path);
}

int file_size(const char *path, int64_t *ret_bytes, struct error *err)
{
	struct stat info;

	if (stat(path, &info))
		return fail_read(err, path);
	*ret_bytes = info.st_size;
	return 0;
}

static ssize_t read_piece(int fd, void *bytes, size_t wish)
{
	ssize_t got;

	do
		got = read(fd, bytes, wish);
	while (got < 0 && errno == EINTR);
	return got;
}

static int read_some(int fd, size_t most, struct strbuf *out)
{
	while (most) {
		size_t wish = most < PIECE ? most : PIECE;
		char beyond;
		ssize_t got;

		if (wish > out->max - out->len)
			wish = out->max - out->len;
		if (!wish) {
			/* At the maximum one byte more tells whether the file ends there. */
			got = read_piece(fd, &beyond, 1);
			if (got > 0)
				out->failed = out->full = true;
			return got < 0 ? -1 : 0;
		}
		if (!strbuf_reserve(out, wish))
			return 0;
		got = read_piece(fd, out->data + out->len, wish);
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
	if (out->full)
		return fail_file_too_large(err, file_name(path), (int64_t)out->max);
	return strbuf_check(out, err);
}

int file_read(const char *path, struct strbuf *out, struct error *err)
{
	return file_read_start(path, SIZE_MAX, out, err);
}

enum { FOR_ALL = 0644, FOR_US = 0600 };

static int create(const char *path, mode_t mode)
{
	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
}

static int write_all(int fd, const char *path, const void *bytes, size_t len, struct error *err)
{
	const char *at = bytes;

	while (len) {
		ssize_t written = write(fd, at, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail_write(err, path);
		at += written;
		len -= (size_t)written;
	}
	return 0;
}

static int sync_and_close(int fd, const char *path, struct error *err)
{
	int rc = 0;

	if (fsync(fd))
		rc = fail_write(err, path);
	if (close(fd) && !rc)
		rc = fail_write(err, path);
	return rc;
}

int file_create(const char *path, int *ret_fd, struct error *err)
{
	*ret_fd = create(path, FOR_ALL);
	return *ret_fd < 0 ? fail_write(err, path) : 0;
}

int file_append(int fd, const void *bytes, size_t len, struct error *err)
{
	return write_all(fd, NULL, bytes, len, err);
}

int file_open_behind(const char *path, int64_t keep, int *ret_fd, struct error *err)
{
	autofree(file_drop) int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct stat info;

	*ret_fd = -1;
	if (fd < 0 || fstat(fd, &info))
		return fail_read(err, path);
	if (info.st_size < keep)
		return fail_file_unreadable(err, file_name(path));
	if (ftruncate(fd, keep) || lseek(fd, keep, SEEK_SET) != keep)
		return fail_write(err, path);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int file_write_at(int fd, int64_t at, const void *bytes, size_t len, struct error *err)
{
	const char *from = bytes;

	while (len) {
		ssize_t written = pwrite(fd, from, len, at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return fail_write(err, NULL);
		from += written;
		at += written;
		len -= (size_t)written;
	}
	return 0;
}

int file_sync(int fd, struct error *err)
{
	return fsync(fd) ? fail_write(err, NULL) : 0;
}

int file_close(int fd, struct error *err)
{
	return sync_and_close(fd, NULL, err);
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
	int rc;

	strbuf_add(&folder, path, slash ? (size_t)(slash + 1 - path) : 0);
	if (!slash)
		strbuf_add_text(&folder, ".");
	rc = check_path(&folder, path, err);
	if (rc)
		return rc;
	fd = open(folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) ? fail_write(err, path) : 0;
}

/* Opens the file that grows beside `path` until it is whole. */
static int open_fresh(
	const char *path, mode_t mode, struct strbuf *fresh, int *ret_fd, struct error *err)
{
	int rc;

	strbuf_add_text(fresh, path);
	strbuf_add_text(fresh, ".new");
	rc = check_path(fresh, path, err);
	if (rc)
		return rc;
	*ret_fd = create(fresh->data, mode);
	return *ret_fd < 0 ? fail_write(err, path) : 0;
}

int file_rename(const char *from, const char *to, struct error *err)
{
	if (rename(from, to))
		return fail_write(err, to);
	return sync_folder_of(to, err);
}

/* Puts the fresh file in the old one's place or, when writing it failed, takes it away. */
static int settle_fresh(const char *path, const char *fresh, int fd, int rc, struct error *err)
{
	if (rc)
		file_drop(&fd);
	else
		rc = sync_and_close(fd, path, err);
	if (!rc)
		rc = file_rename(fresh, path, err);
	if (rc)
		unlink(fresh);
	return rc;
}

static int replace(
	const char *path, mode_t mode, const void *bytes, size_t len, struct error *err)
{
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	int fd, rc;

	rc = open_fresh(path, mode, &fresh, &fd, err);
	if (rc)
		return rc;
	rc = write_all(fd, path, bytes, len, err);
	return settle_fresh(path, fresh.data, fd, rc, err);
}

int file_replace(const char *path, const void *bytes, size_t len, struct error *err)
{
	return replace(path, FOR_ALL, bytes, len, err);
}

int file_replace_private(const char *path, const void *bytes, size_t len, struct error *err)
{
	return replace(path, FOR_US, bytes, len, err);
}

static int copy_bytes(int from, int to, const char *from_path, const char *to_path,
	int64_t most_bytes, struct error *err)
{
	char piece[PIECE];
	int64_t left = most_bytes;

	for (;;) {
		ssize_t got = read_piece(from, piece, sizeof piece);
		int rc;

		if (got < 0)
			return fail_read(err, from_path);
		if (!got)
			return 0;
		if (got > left)
			return fail_file_too_large(err, file_name(from_path), most_bytes);
		left -= got;
		rc = write_all(to, to_path, piece, (size_t)got, err);
		if (rc)
			return rc;
	}
}

int file_copy(const char *from, const char *to, int64_t most_bytes, struct error *err)
{
	autofree(strbuf_clear) struct strbuf fresh = STRBUF(PATH_MAX_BYTES);
	autofree(file_drop) int source = open(from, O_RDONLY | O_CLOEXEC);
	int target, rc;

	if (source < 0)
		return fail_read(err, from);
	rc = open_fresh(to, FOR_ALL, &fresh, &target, err);
	if (rc)
		return rc;
	rc = copy_bytes(source, target, from, to, most_bytes, err);
	return settle_fresh(to, fresh.data, target, rc, err);
}

/*
 * Makes a folder whose parent is there. Without its name all that is in it would be lost with the
 * power, however well that was synced.
 */
static int make_one_folder(const char *part, bool is_last, const char *path, struct error *err)
{
	if (!mkdir(part, 0755))
		return sync_folder_of(part, err);
	if (errno != EEXIST)
		return fail_write(err, path);
	/* Who made it may not have cared; where we may not look at its parent, we cannot. */
	if (is_last)
		sync_folder_of(part, NULL);
	return 0;
}

int file_make_folder(const char *path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf part = STRBUF(PATH_MAX_BYTES);
	const char *slash = path;
	int rc;

	if (!*path) {
		errno = ENOENT;
		return fail_write(err, path);
	}
	do {
		slash = strchr(slash + 1, '/');
		strbuf_reset(&part);
		strbuf_add(&part, path, slash ? (size_t)(slash - path) : strlen(path));
		rc = check_path(&part, path, err);
		if (rc)
			return rc;
		rc = make_one_folder(part.data, !slash || !slash[1], path, err);
		if (rc)
			return rc;
	} while (slash && slash[1]);
	if (!file_is_folder(path)) {
		errno = ENOTDIR;
		return fail_write(err, path);
	}
	return 0;
}

int file_make_temporary_folder(const char *parent, struct strbuf *ret_path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc;

	file_join(&path, parent, "work-XXXXXX");
	rc = check_path(&path, parent, err);
	if (!rc && !strbuf_reserve(ret_path, path.len))
		rc = strbuf_check(ret_path, err);
	if (rc)
		return rc;
	if (!mkdtemp(path.data))
		return fail_write(err, parent);
	strbuf_add(ret_path, path.data, path.len);
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

void file_remove_empty_folder(const char *path)
{
	rmdir(path);
}

/* The number that stands in the lock file; 0 without one. */
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

/* False if the file lost its name to another one while we took the lock. */
static bool has_name(int fd, const char *path)
{
	struct stat ours, named;

	return !fstat(fd, &ours) && !stat(path, &named) && ours.st_dev == named.st_dev &&
	       ours.st_ino == named.st_ino;
}

static int write_holder(int fd, const char *path, struct error *err)
{
	char text[24];
	int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
	int rc;

	if (!ftruncate(fd, 0) && pwrite(fd, text, (size_t)len, 0) == len)
		return 0;
	rc = fail_write(err, path);
	unlink(path);
	return rc;
}

int file_lock(const char *path, int *ret_fd, struct error *err)
{
	autofree(file_drop) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	int rc;

	if (fd < 0)
		return fail_write(err, path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			return fail_register_in_use(err, lock_holder(fd));
		return fail_write(err, path);
	}
	if (!has_name(fd, path))
		return fail_register_in_use(err, lock_holder(fd));
	rc = write_holder(fd, path, err);
	if (rc)
		return rc;
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
