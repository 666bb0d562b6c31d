/*
 * recording_vfs: writes down what a program does to the files of one folder, as a disk sees it:
 * what SQLite does, through the file system that it is given, and what base/file does, through the
 * linker's --wrap (RECORDING_LINK in local.mk). The shared memory of SQLite is no file on a disk.
 *
 *	recording_start("/dev/shm/work");	what is there already comes first, as synced
 *	...
 *	recording_ack(7);			from here on 7 was promised
 *	recording_stop(&recording);
 *
 * While nothing is recorded nothing is synced either. One recording at a time; any thread.
 */
#ifndef TESTS_FAULT_RECORDING_VFS_H
#define TESTS_FAULT_RECORDING_VFS_H

#include <stdint.h>
#include <stddef.h>

enum recorded_kind {
	RECORDED_FOLDER,      /* a folder `name` was made */
	RECORDED_LINK,	      /* an empty file `name` was made */
	RECORDED_RENAME,      /* a file lost its name `name` and got `to` */
	RECORDED_UNLINK,      /* a file lost its name `name` */
	RECORDED_SYNC_FOLDER, /* the names in folder `name` are durable */
	RECORDED_WRITE,	      /* bytes[0..len) at `at` */
	RECORDED_TRUNCATE,    /* the size is `at` */
	RECORDED_SYNC,	      /* the bytes and the size are durable */
	RECORDED_ACK,	      /* `at` was promised */
};

struct recorded {
	enum recorded_kind kind;
	int file; /* its number; a file keeps it when its name changes */
	int64_t at;
	size_t len;
	unsigned char *bytes; /* heap */
	char *name, *to;      /* heap; below the folder, "" itself */
};

struct recording {
	struct recorded *events; /* heap */
	size_t count, room;
	size_t start; /* number of the first event behind what was there already */
};

/* Before the first call of SQLite in the process; for good. */
void recording_vfs_install(void);

/* `folder` is an absolute path without links. */
void recording_start(const char *folder);
void recording_ack(int64_t number);
void recording_stop(struct recording *ret_recording);
void recording_clear(struct recording *recording);

#endif
