/*
 * file: the one module that writes files and folders of our own.
 *
 * Every write is checked to the last step (close and fsync too); a full disk is told apart from
 * other faults. Paths are never shown to clients: errors name the file by its last part.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/* The last part of a path, with the '/' that may end it. Borrowed. */
const char *file_name(const char *path);

/* Appends "folder/name". */
void file_join(struct strbuf *path, const char *folder, const char *name);

bool file_exists(const char *path);
bool file_is_folder(const char *path);
int file_size(const char *path, int64_t *ret_bytes, struct error *err);

/* Appends the whole file; ERR_TOO_LARGE when it does not fit the buffer's maximum. */
int file_read(const char *path, struct strbuf *out, struct error *err);

/* Appends up to `most` bytes from the start of the file. */
int file_read_start(const char *path, size_t most, struct strbuf *out, struct error *err);

/*
 * Replaces the file so that after a crash either the old or the new bytes are there. It grows
 * beside the old one as "path.new"; one process writes a path at a time.
 */
int file_replace(const char *path, const void *bytes, size_t len, struct error *err);

/* The same, of a new file that nobody else may read: it holds a password. */
int file_replace_private(const char *path, const void *bytes, size_t len, struct error *err);

/* Gives a file its name for good: replaces what has it, and makes the new name durable. */
int file_rename(const char *from, const char *to, struct error *err);

/* Writing in pieces: create, append..., close. *ret_fd is -1 on failure. */
int file_create(const char *path, int *ret_fd, struct error *err);
int file_append(int fd, const void *bytes, size_t len, struct error *err);
int file_close(int fd, struct error *err); /* also syncs */
void file_drop(int *fd);		   /* closes without caring, for cleanup; sets -1 */

/* Opens a file to append behind its first `keep` bytes; what it has beyond them goes. */
int file_open_behind(const char *path, int64_t keep, int *ret_fd, struct error *err);

/* Writes over what stands at a place; appending goes on where it was. */
int file_write_at(int fd, int64_t at, const void *bytes, size_t len, struct error *err);

/* Makes durable what was written so far. */
int file_sync(int fd, struct error *err);

/* Copies a file, refusing more than most_bytes. `to` is replaced as by file_replace. */
int file_copy(const char *from, const char *to, int64_t most_bytes, struct error *err);

/* Makes a folder with its parents, and their names durable; no error if it is there. */
int file_make_folder(const char *path, struct error *err);

/* Makes a fresh folder under `parent`, readable by us alone, and appends its path. */
int file_make_temporary_folder(const char *parent, struct strbuf *ret_path, struct error *err);

/* Removes a file, or a folder with all in it, if it is there; never follows a symbolic link. */
int file_remove(const char *path, struct error *err);

/* Removes a folder if nothing is in it. */
void file_remove_empty_folder(const char *path);

/*
 * Takes the lock file for this process, or fails with ERR_BUSY naming the process that has it.
 * The lock goes with the process; file_drop gives it back early. Who has it may remove the file.
 */
int file_lock(const char *path, int *ret_fd, struct error *err);

/* Bytes free to us on the file system of the path; -1 unknown. */
int64_t file_free_bytes(const char *path);

#endif
