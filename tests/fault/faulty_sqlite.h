/*
 * faulty_sqlite: makes SQLite's own calls count and fail, in its shared library too: memory through
 * its allocator, the disk through the file system that it is given.
 *
 * Counted are FAULT_MEMORY, FAULT_OPEN (also looking for a file and removing one), FAULT_READ,
 * FAULT_WRITE, FAULT_SYNC, FAULT_TRUNCATE and FAULT_LOCK (also of the shared memory). What errno
 * of the fault is ENOSPC is a full disk to SQLite, all else a broken one.
 */
#ifndef TESTS_FAULT_FAULTY_SQLITE_H
#define TESTS_FAULT_FAULTY_SQLITE_H

#include <stdbool.h>

/* Before the first call of SQLite in the process; for good. */
void faulty_sqlite_install(void);

/* While on, a write that fails has written its first half. */
void faulty_sqlite_short_writes(bool on);

#endif
