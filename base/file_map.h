/*
 * file_map: files whose bytes are used as memory, and files without a name.
 */
#ifndef BASE_FILE_MAP_H
#define BASE_FILE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The bytes of a file; zero is none. */
struct file_map {
	void *bytes;
	size_t len;
};

/*
 * A new file of zeros, to be written as memory; the disk has room for all of it, or the call fails.
 * file_map_finish makes it durable and lets go of it; file_map_close only lets go.
 */
int file_map_create(const char *path, size_t len, struct file_map *ret_map, struct error *err);
int file_map_finish(struct file_map *map, struct error *err);

/* A file that is there, to be read. It stays as long as it is mapped, whatever gets its name. */
int file_map_open(const char *path, struct file_map *ret_map, struct error *err);
void file_map_close(struct file_map *map);

/* A file in that folder that goes when it is closed; for writing and reading. */
int file_create_nameless(const char *folder, int *ret_fd, struct error *err);

/* Reads exactly `len` bytes. */
int file_read_at(int fd, int64_t at, void *bytes, size_t len, struct error *err);

#endif
