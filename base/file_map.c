#include "base/file_map.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/file.h"
#include "base/messages.h"

enum { PATH_MAX_BYTES = 4096 };

static int fail_write(struct error *err, int fault)
{
	if (fault == ENOSPC || fault == EDQUOT || fault == EFBIG)
		fail_disk_full(err);
	else
		fail_data_not_written(err);
	return error_detail(err, "%s", strerror(fault));
}

static int map(int fd, size_t len, int protection, int flags, struct file_map *ret_map)
{
	void *bytes = mmap(NULL, len, protection, flags, fd, 0);

	if (bytes == MAP_FAILED)
		return -1;
	*ret_map = (struct file_map){bytes, len};
	return 0;
}

int file_map_create(const char *path, size_t len, struct file_map *ret_map, struct error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666), fault;

	if (fd < 0)
		return fail_write(err, errno);
	/* A write to a page that the disk has no room for would end the process. */
	fault = posix_fallocate(fd, 0, (off_t)len);
	if (!fault && map(fd, len, PROT_READ | PROT_WRITE, MAP_SHARED, ret_map))
		fault = errno;
	close(fd);
	if (!fault)
		return 0;
	unlink(path);
	return fail_write(err, fault);
}

int file_map_finish(struct file_map *map, struct error *err)
{
	int rc = msync(map->bytes, map->len, MS_SYNC) ? fail_write(err, errno) : 0;

	file_map_close(map);
	return rc;
}

int file_map_open(const char *path, struct file_map *ret_map, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc = 0;
	struct stat info;

	if (fd < 0)
		return errno == ENOENT ? fail_file_missing(err, file_name(path))
				       : fail_file_unreadable(err, file_name(path));
	if (fstat(fd, &info) || !S_ISREG(info.st_mode) || !info.st_size ||
		map(fd, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, ret_map))
		rc = fail_file_unreadable(err, file_name(path));
	close(fd);
	return rc;
}

void file_map_close(struct file_map *map)
{
	if (map->bytes)
		munmap(map->bytes, map->len);
	*map = (struct file_map){0};
}

int file_create_nameless(const char *folder, int *ret_fd, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_MAX_BYTES);
	int rc, fd;

	*ret_fd = -1;
	file_join(&path, folder, "work-XXXXXX");
	rc = strbuf_check(&path, err);
	if (rc)
		return rc;
	fd = mkostemp(path.data, O_CLOEXEC);
	if (fd < 0)
		return fail_write(err, errno);
	unlink(path.data);
	*ret_fd = fd;
	return 0;
}

int file_read_at(int fd, int64_t at, void *bytes, size_t len, struct error *err)
{
	char *to = bytes;

	while (len) {
		ssize_t got = pread(fd, to, len, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return fail_file_unreadable(err, "work");
		to += got;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}
