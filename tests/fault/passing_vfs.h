/*
 * passing_vfs: a file of SQLite's own with methods in front of it that hand every call on; what
 * shims are made from: a copy of passing_methods with some methods replaced.
 */
#ifndef TESTS_FAULT_PASSING_VFS_H
#define TESTS_FAULT_PASSING_VFS_H

#include <sqlite3.h>

struct passing_file {
	sqlite3_file file;
	sqlite3_file *plain;
};

static inline sqlite3_file *passing_plain(sqlite3_file *file)
{
	return ((struct passing_file *)file)->plain;
}

extern const sqlite3_io_methods passing_methods;

#endif
