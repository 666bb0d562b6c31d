#include "tests/test.h"

#include "tests/fault/recording_vfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/fault/passing_vfs.h"

enum { FILES_MAX = 1000, PATH_BYTES = 4096, FILE_BYTES_MAX = 1 << 28 };

/* One process has one SQLite, and records one folder at a time. */
static sqlite3_vfs *plain_disk;
static int (*plain_open_folder)(const char *path, int *ret_fd);
static struct {
	pthread_mutex_t lock;
	bool on;
	char folder[PATH_BYTES];
	size_t folder_len;
	struct recording recording;
	char *names[FILES_MAX]; /* of the files, by their numbers; NULL without a name */
	int file_count;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The part of a path below the folder; NULL if it is elsewhere. */
static const char *below(const char *path)
{
	if (!path || strncmp(path, state.folder, state.folder_len) != 0)
		return NULL;
	if (!path[state.folder_len])
		return path + state.folder_len;
	return path[state.folder_len] == '/' ? path + state.folder_len + 1 : NULL;
}

static char *copy_text(const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		abort();
	return copy;
}

/* Appends an event; the lock is held. */
static struct recorded *note(enum recorded_kind kind, int file, const char *name)
{
	struct recording *recording = &state.recording;
	struct recorded *event;

	if (recording->count == recording->room) {
		recording->room = recording->room ? 2 * recording->room : 1024;
		recording->events =
			realloc(recording->events, recording->room * sizeof *recording->events);
		if (!recording->events)
			abort();
	}
	event = &recording->events[recording->count++];
	*event = (struct recorded){.kind = kind, .file = file, .name = copy_text(name)};
	return event;
}

static void note_write(int file, const void *bytes, size_t len, int64_t at)
{
	struct recorded *event = note(RECORDED_WRITE, file, NULL);

	event->at = at;
	event->len = len;
	event->bytes = malloc(len + 1);
	if (!event->bytes)
		abort();
	memcpy(event->bytes, bytes, len);
}

/* The number of the file of that name; -1 none. */
static int find_file(const char *name)
{
	for (int i = 0; i < state.file_count; i++)
		if (state.names[i] && !strcmp(state.names[i], name))
			return i;
	return -1;
}

static int note_file(const char *name)
{
	if (state.file_count == FILES_MAX)
		abort();
	state.names[state.file_count] = copy_text(name);
	note(RECORDED_LINK, state.file_count, name);
	return state.file_count++;
}

/* Takes its name from a file, if it has it. */
static int forget_name(const char *name)
{
	int file = find_file(name);

	if (file >= 0) {
		free(state.names[file]);
		state.names[file] = NULL;
	}
	return file;
}

/* Begins to note something; false, with the lock free, when nothing is to be noted. */
static bool begin(void)
{
	pthread_mutex_lock(&state.lock);
	if (state.on)
		return true;
	pthread_mutex_unlock(&state.lock);
	return false;
}

static void end(void)
{
	pthread_mutex_unlock(&state.lock);
}

/* --- what SQLite does --------------------------------------------------------------------------*/

struct recorded_file {
	struct passing_file passing;
	int file; /* its number; -1: not ours */
};

static int number_of(sqlite3_file *file)
{
	return ((struct recorded_file *)file)->file;
}

static int recorded_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	if (number_of(file) >= 0 && begin()) {
		note_write(number_of(file), bytes, (size_t)len, at);
		end();
	}
	return passing_methods.xWrite(file, bytes, len, at);
}

static int recorded_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (number_of(file) >= 0 && begin()) {
		note(RECORDED_TRUNCATE, number_of(file), NULL)->at = size;
		end();
	}
	return passing_methods.xTruncate(file, size);
}

/* SQLite may sync the folder too, which open_folder sees. */
static int recorded_sync(sqlite3_file *file, int flags)
{
	if (!begin())
		return SQLITE_OK;
	if (number_of(file) >= 0)
		note(RECORDED_SYNC, number_of(file), NULL);
	end();
	return passing_methods.xSync(file, flags);
}

static sqlite3_io_methods file_methods; /* passing_methods with those above */

static int recorded_open(
	sqlite3_vfs *disk, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
	struct recorded_file *recorded = (struct recorded_file *)file;
	const char *name = state.on ? below(path) : NULL;
	bool is_new = name && access(path, F_OK) != 0;
	int code;

	(void)disk;
	file->pMethods = NULL;
	recorded->file = -1;
	recorded->passing.plain = (sqlite3_file *)(void *)(recorded + 1);
	code = plain_disk->xOpen(plain_disk, path, recorded->passing.plain, flags, ret_flags);
	if (recorded->passing.plain->pMethods)
		file->pMethods = &file_methods;
	if (code == SQLITE_OK && name && begin()) {
		recorded->file = is_new ? note_file(name) : find_file(name);
		end();
	}
	return code;
}

static int recorded_delete(sqlite3_vfs *disk, const char *path, int sync_folder)
{
	const char *name = state.on ? below(path) : NULL;

	(void)disk;
	if (name && access(path, F_OK) == 0 && begin()) {
		note(RECORDED_UNLINK, forget_name(name), name);
		end();
	}
	return plain_disk->xDelete(plain_disk, path, sync_folder && state.on);
}

static void note_folder_sync(const char *path)
{
	const char *name = below(path);

	if (name && begin()) {
		note(RECORDED_SYNC_FOLDER, -1, name);
		end();
	}
}

/* SQLite opens a folder for nothing but to sync it. */
static int open_folder(const char *file_path, int *ret_fd)
{
	char folder[PATH_BYTES];
	char *slash;

	snprintf(folder, sizeof folder, "%s", file_path);
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	note_folder_sync(folder);
	return plain_open_folder(file_path, ret_fd);
}

/* --- what base/file does -----------------------------------------------------------------------*/

int __real_rename(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);
int __real_unlinkat(int folder, const char *path, int flags);
int __real_fsync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_unlinkat(int folder, const char *path, int flags);
int __wrap_fsync(int fd);

int __wrap_rename(const char *from, const char *to)
{
	const char *name = below(from), *new_name = below(to);
	int rc = __real_rename(from, to);

	if (!rc && name && new_name && begin()) {
		int file = forget_name(name);

		forget_name(new_name);
		if (file >= 0)
			state.names[file] = copy_text(new_name);
		note(RECORDED_RENAME, file, name)->to = copy_text(new_name);
		end();
	}
	return rc;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	const char *name = below(path);
	int rc = __real_mkdir(path, mode);

	if (!rc && name && begin()) {
		note(RECORDED_FOLDER, -1, name);
		end();
	}
	return rc;
}

int __wrap_unlinkat(int folder, const char *path, int flags)
{
	const char *name = folder == AT_FDCWD && !flags ? below(path) : NULL;
	int rc = __real_unlinkat(folder, path, flags);

	if (!rc && name && begin()) {
		note(RECORDED_UNLINK, forget_name(name), name);
		end();
	}
	return rc;
}

int __wrap_fsync(int fd)
{
	char link[64], path[PATH_BYTES];
	struct stat info;
	ssize_t len;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof path - 1);
	if (!state.on || len < 0)
		return 0;
	path[len] = '\0';
	if (!fstat(fd, &info) && S_ISDIR(info.st_mode))
		note_folder_sync(path);
	return __real_fsync(fd);
}

/* --- recording ---------------------------------------------------------------------------------*/

void recording_vfs_install(void)
{
	static sqlite3_vfs disk;

	file_methods = passing_methods;
	file_methods.xWrite = recorded_write;
	file_methods.xTruncate = recorded_truncate;
	file_methods.xSync = recorded_sync;
	plain_disk = sqlite3_vfs_find(NULL);
	assert_non_null(plain_disk);
	plain_open_folder = (int (*)(const char *, int *))plain_disk->xGetSystemCall(
		plain_disk, "openDirectory");
	assert_non_null(plain_open_folder);
	assert_int_equal(plain_disk->xSetSystemCall(
				 plain_disk, "openDirectory", (sqlite3_syscall_ptr)open_folder),
		SQLITE_OK);
	disk = *plain_disk;
	disk.zName = "recording";
	disk.pNext = NULL;
	disk.szOsFile = (int)sizeof(struct recorded_file) + plain_disk->szOsFile;
	disk.xOpen = recorded_open;
	disk.xDelete = recorded_delete;
	assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

/* Notes the files of a folder that is there already, and of those in it. */
static void note_present(const char *folder)
{
	DIR *entries = opendir(folder);
	struct dirent *entry;

	assert_non_null(entries);
	while ((entry = readdir(entries))) {
		autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES);
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(FILE_BYTES_MAX);
		size_t len = strlen(entry->d_name);
		int file;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
			!strcmp(entry->d_name, "lock") ||
			(len > 4 && !strcmp(entry->d_name + len - 4, "-shm")))
			continue;
		file_join(&path, folder, entry->d_name);
		if (file_is_folder(path.data)) {
			note(RECORDED_FOLDER, -1, below(path.data));
			note_present(path.data);
			continue;
		}
		assert_int_equal(file_read(path.data, &bytes, NULL), 0);
		file = note_file(below(path.data));
		note_write(file, bytes.data, bytes.len, 0);
		note(RECORDED_SYNC, file, NULL);
	}
	closedir(entries);
	note(RECORDED_SYNC_FOLDER, -1, below(folder));
}

void recording_start(const char *folder)
{
	assert_false(state.on);
	snprintf(state.folder, sizeof state.folder, "%s", folder);
	state.folder_len = strlen(folder);
	state.recording = (struct recording){0};
	note_present(folder);
	state.recording.start = state.recording.count;
	state.on = true;
}

void recording_ack(int64_t number)
{
	if (begin()) {
		note(RECORDED_ACK, -1, NULL)->at = number;
		end();
	}
}

void recording_stop(struct recording *ret_recording)
{
	pthread_mutex_lock(&state.lock);
	state.on = false;
	for (int i = 0; i < state.file_count; i++)
		free(state.names[i]);
	state.file_count = 0;
	*ret_recording = state.recording;
	state.folder[0] = '\0';
	pthread_mutex_unlock(&state.lock);
}

void recording_clear(struct recording *recording)
{
	for (size_t i = 0; i < recording->count; i++) {
		free(recording->events[i].bytes);
		free(recording->events[i].name);
		free(recording->events[i].to);
	}
	free(recording->events);
	*recording = (struct recording){0};
}
