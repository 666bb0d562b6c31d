#include "tests/test.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fault/fault.h"
#include "tests/fault/faulty_sqlite.h"

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

/* A file of ours is SQLite's own, with these methods in front of it. */
struct faulty_file {
	sqlite3_file file;
	sqlite3_file *plain;
};

static sqlite3_file *plain(sqlite3_file *file)
{
	return ((struct faulty_file *)file)->plain;
}

static int fail_as(int code)
{
	return errno == ENOSPC && code == SQLITE_IOERR_WRITE ? SQLITE_FULL : code;
}

static int faulty_close(sqlite3_file *file)
{
	return plain(file)->pMethods->xClose(plain(file));
}

static int faulty_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	if (fault_is_due(FAULT_READ))
		return SQLITE_IOERR_READ;
	return plain(file)->pMethods->xRead(plain(file), bytes, len, at);
}

static int faulty_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	bool due = fault_is_due(FAULT_WRITE);
	int fault = errno;

	if (due && short_writes)
		plain(file)->pMethods->xWrite(plain(file), bytes, len / 2, at);
	errno = fault;
	if (due)
		return fail_as(SQLITE_IOERR_WRITE);
	return plain(file)->pMethods->xWrite(plain(file), bytes, len, at);
}

static int faulty_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (fault_is_due(FAULT_TRUNCATE))
		return SQLITE_IOERR_TRUNCATE;
	return plain(file)->pMethods->xTruncate(plain(file), size);
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
	return plain(file)->pMethods->xFileSize(plain(file), ret_size);
}

static int faulty_lock(sqlite3_file *file, int lock)
{
	if (fault_is_due(FAULT_LOCK))
		return SQLITE_IOERR_LOCK;
	return plain(file)->pMethods->xLock(plain(file), lock);
}

static int faulty_unlock(sqlite3_file *file, int lock)
{
	return plain(file)->pMethods->xUnlock(plain(file), lock);
}

static int faulty_check_lock(sqlite3_file *file, int *ret_locked)
{
	return plain(file)->pMethods->xCheckReservedLock(plain(file), ret_locked);
}

static int faulty_control(sqlite3_file *file, int what, void *argument)
{
	return plain(file)->pMethods->xFileControl(plain(file), what, argument);
}

static int faulty_sector(sqlite3_file *file)
{
	return plain(file)->pMethods->xSectorSize(plain(file));
}

static int faulty_device(sqlite3_file *file)
{
	return plain(file)->pMethods->xDeviceCharacteristics(plain(file));
}

static int faulty_shm_map(
	sqlite3_file *file, int page, int size, int extend, void volatile **ret_page)
{
	if (fault_is_due(FAULT_OPEN))
		return SQLITE_IOERR_SHMMAP;
	return plain(file)->pMethods->xShmMap(plain(file), page, size, extend, ret_page);
}

static int faulty_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	if (flags & SQLITE_SHM_LOCK && fault_is_due(FAULT_LOCK))
		return SQLITE_IOERR_SHMLOCK;
	return plain(file)->pMethods->xShmLock(plain(file), offset, count, flags);
}

static void faulty_shm_barrier(sqlite3_file *file)
{
	plain(file)->pMethods->xShmBarrier(plain(file));
}

static int faulty_shm_unmap(sqlite3_file *file, int remove)
{
	return plain(file)->pMethods->xShmUnmap(plain(file), remove);
}

static const sqlite3_io_methods file_methods = {
	.iVersion = 2, /* no memory mapping: each read is a call */
	.xClose = faulty_close,
	.xRead = faulty_read,
	.xWrite = faulty_write,
	.xTruncate = faulty_truncate,
	.xSync = faulty_sync,
	.xFileSize = faulty_size,
	.xLock = faulty_lock,
	.xUnlock = faulty_unlock,
	.xCheckReservedLock = faulty_check_lock,
	.xFileControl = faulty_control,
	.xSectorSize = faulty_sector,
	.xDeviceCharacteristics = faulty_device,
	.xShmMap = faulty_shm_map,
	.xShmLock = faulty_shm_lock,
	.xShmBarrier = faulty_shm_barrier,
	.xShmUnmap = faulty_shm_unmap,
};

/* SQLite gives room for szOsFile bytes: ours, and behind it the plain one. */
static int faulty_open(
	sqlite3_vfs *disk, const char *path, sqlite3_file *file, int flags, int *ret_flags)
{
	struct faulty_file *faulty = (struct faulty_file *)file;
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
	plain_disk = sqlite3_vfs_find(NULL);
	assert_non_null(plain_disk);
	disk = *plain_disk;
	disk.zName = "faulty";
	disk.pNext = NULL;
	disk.szOsFile = (int)sizeof(struct faulty_file) + plain_disk->szOsFile;
	disk.xOpen = faulty_open;
	disk.xDelete = faulty_delete;
	disk.xAccess = faulty_access;
	assert_int_equal(sqlite3_vfs_register(&disk, 1), SQLITE_OK);
}

void faulty_sqlite_short_writes(bool on)
{
	short_writes = on;
}
