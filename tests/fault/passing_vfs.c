#include "tests/fault/passing_vfs.h"

static int pass_close(sqlite3_file *file)
{
	return passing_plain(file)->pMethods->xClose(passing_plain(file));
}

static int pass_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 at)
{
	return passing_plain(file)->pMethods->xRead(passing_plain(file), bytes, len, at);
}

static int pass_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	return passing_plain(file)->pMethods->xWrite(passing_plain(file), bytes, len, at);
}

static int pass_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return passing_plain(file)->pMethods->xTruncate(passing_plain(file), size);
}

static int pass_sync(sqlite3_file *file, int flags)
{
	return passing_plain(file)->pMethods->xSync(passing_plain(file), flags);
}

static int pass_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	return passing_plain(file)->pMethods->xFileSize(passing_plain(file), ret_size);
}

static int pass_lock(sqlite3_file *file, int lock)
{
	return passing_plain(file)->pMethods->xLock(passing_plain(file), lock);
}

static int pass_unlock(sqlite3_file *file, int lock)
{
	return passing_plain(file)->pMethods->xUnlock(passing_plain(file), lock);
}

static int pass_check_lock(sqlite3_file *file, int *ret_locked)
{
	return passing_plain(file)->pMethods->xCheckReservedLock(passing_plain(file), ret_locked);
}

static int pass_control(sqlite3_file *file, int what, void *argument)
{
	return passing_plain(file)->pMethods->xFileControl(passing_plain(file), what, argument);
}

static int pass_sector(sqlite3_file *file)
{
	return passing_plain(file)->pMethods->xSectorSize(passing_plain(file));
}

static int pass_device(sqlite3_file *file)
{
	return passing_plain(file)->pMethods->xDeviceCharacteristics(passing_plain(file));
}

static int pass_shm_map(
	sqlite3_file *file, int page, int size, int extend, void volatile **ret_page)
{
	return passing_plain(file)->pMethods->xShmMap(
		passing_plain(file), page, size, extend, ret_page);
}

static int pass_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return passing_plain(file)->pMethods->xShmLock(passing_plain(file), offset, count, flags);
}

static void pass_shm_barrier(sqlite3_file *file)
{
	passing_plain(file)->pMethods->xShmBarrier(passing_plain(file));
}

static int pass_shm_unmap(sqlite3_file *file, int remove)
{
	return passing_plain(file)->pMethods->xShmUnmap(passing_plain(file), remove);
}

const sqlite3_io_methods passing_methods = {
	.iVersion = 2, /* no memory mapping: each read is a call */
	.xClose = pass_close,
	.xRead = pass_read,
	.xWrite = pass_write,
	.xTruncate = pass_truncate,
	.xSync = pass_sync,
	.xFileSize = pass_size,
	.xLock = pass_lock,
	.xUnlock = pass_unlock,
	.xCheckReservedLock = pass_check_lock,
	.xFileControl = pass_control,
	.xSectorSize = pass_sector,
	.xDeviceCharacteristics = pass_device,
	.xShmMap = pass_shm_map,
	.xShmLock = pass_shm_lock,
	.xShmBarrier = pass_shm_barrier,
	.xShmUnmap = pass_shm_unmap,
};
