#include "tests/test.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/fault.h"
#include "tests/fault/faulty_sqlite.h"
#include "tests/fault/passing_vfs.h"

/* One process has one SQLite. */
static sqlite3_mem_methods plain_memory;
static sqlite3_vfs *plain_disk;
static bool short_writes;

static void *faulty_malloc(int size)
{
	return fault_is_due(FAULT_MEMORY) ? NULL : plain_memory.xMalloc(size);
}

static void *faulty_realloc(void *old, int size)
{
	return fault_is_due(FAULT_MEMORY) ? NULL : plain_memory.xRealloc(old, size);
}

static int fail_as(int code)
{
	return errno == ENOSPC && code == SQLITE_IOERR_WRITE ? SQLITE_FULL : code;
}

static int faulty_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	if (fault_is_due(FAULT_READ))
		return SQLITE_IOERR_READ;
	return passing_methods.xRead(file, bytes, len, at);
}

static int faulty_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	bool due = fault_is_due(FAULT_WRITE);
	int fault = errno;

	if (due && short_writes)
		passing_methods.xWrite(file, bytes, len / 2, at);
	errno = fault;
	if (due)
		return fail_as(SQLITE_IOERR_WRITE);
	return passing_methods.xWrite(file, bytes, len, at);
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (fault_is_due(FAULT_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	return passing_methods.xTruncate(file, size);
}

/* Nobody cuts the power in a test: nothing is waited for. */
static int faulty_sync(sqlite3_file *file, int flags)
{
	(void)file;
	(void)flags;
	return fault_is_due(FAULT_SYNC) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int faulty_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	if (fault_is_due(FAULT_READ))
		return SQLITE_IOERR_FSTAT;
	return passing_methods.xFileSize(file, ret_size);
}

static int faulty_lock(sqlite3_file *file, int lock)
{
	if (fault_is_due(FAULT_LOCK))
		return SQLITE_IOERR_LOCK;
	return passing_methods.xLock(file, lock);
}

static int faulty_shm_map(
	sqlite3_file *file, int page, int size, int extend, void volatile **ret_page)
{
	if (fault_is_due(FAULT_OPEN))
		return SQLITE_IOERR_SHMMAP;
	return passing_methods.xShmMap(file, page, size, extend, ret_page);
}

static int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	if (flags & SQLITE_SHM_LOCK && fault_is_due(FAULT_LOCK))
		return SQLITE_IOERR_SHMLOCK;
	return passing_methods.xShmLock(file, offset, count, flags);
}

static sqlite3_io_methods file_methods; /* passing_methods with those above */

/* SQLite gives room for szOsFile bytes: ours, and behind it the plain one. */
static int faulty_open(
	sqlite3_vfs *disk, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
	struct passing_file *faulty = (struct passing_file *)file;
	int code;

	(void)disk;
	file->pMethods = NULL;
	if (fault_is_due(FAULT_OPEN))
		return SQLITE_CANTOPEN;
	faulty->plain = (sqlite3_file *)(void *)(faulty + 1);
	code = plain_disk->xOpen(plain_disk, path, faulty->plain, flags, ret_flags);
	if (faulty->plain->pMethods)
		file->pMethods = &file_methods;
	return code;
}

static int faulty_delete(sqlite3_vfs *disk, const char *path, int sync_folder)
{
	(void)disk;
	if (fault_is_due(FAULT_OPEN))
		return SQLITE_IOERR_DELETE;
	return plain_disk->xDelete(plain_disk, path, sync_folder);
}

static int faulty_access(sqlite3_vfs *disk, const char *path, int flags, int *ret_is)
{
	(void)disk;
	if (fault_is_due(FAULT_OPEN))
		return SQLITE_IOERR_ACCESS;
	return plain_disk->xAccess(plain_disk, path, flags, ret_is);
}

void faulty_sqlite_install(void)
{
	static sqlite3_mem_methods memory;
	static sqlite3_vfs disk;

	assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain_memory), SQLITE_OK);
	memory = plain_memory;
	memory.xMalloc = faulty_malloc;
	memory.xRealloc = faulty_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &memory), SQLITE_OK);
	file_methods = passing_methods;
	file_methods.xRead = faulty_read;
	file_methods.xWrite = faulty_write;
	file_methods.xTruncate = faulty_truncate;
	file_methods.xSync = faulty_sync;
	file_methods.xFileSize = faulty_size;
	file_methods.xLock = faulty_lock;
	file_methods.xShmMap = faulty_shm_map;
	file_methods.xShmLock = faulty_shm_lock;
	plain_disk = sqlite3_vfs_find(NULL);
	assert_non_null(plain_disk);
	disk = *plain_disk;
	disk.zName = "faulty";
	disk.pNext = NULL;
	disk.szOsFile = (int)sizeof(struct passing_file) + plain_disk->szOsFile;
	disk.xOpen = faulty_open;
	disk.xDelete = faulty_delete;
	disk.xAccess = faulty_access;
	assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

void faulty_sqlite_short_writes(bool on)
{
	short_writes = on;
}
