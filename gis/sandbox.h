/*
 * sandbox: gives up what a program that reads files of strangers does not need.
 *
 * Calling sequence: a program of its own (after exec, one thread, nothing opened that it may not
 * keep), sandbox_enter() once, and only then the first byte of the file. There is no way back.
 *
 * Two measures must hold: no new privileges, and the list of forbidden system calls. The others are
 * used where the kernel, the container and the rights of the caller have them; sandbox_state says
 * which. A process of root becomes SANDBOX_UID, to whom it gives the folder first.
 */
#ifndef GIS_SANDBOX_H
#define GIS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum {
	SANDBOX_UID = 65534,	   /* nobody */
	SANDBOX_READABLE_MAX = 16, /* folders */
};

struct sandbox_wish {
	int folder_fd; /* becomes the working folder, the only one to write to; -1 none */
	const char *readable[SANDBOX_READABLE_MAX + 1]; /* folders to read from, NULL ended */
	int64_t memory_bytes;				/* address space */
	int64_t file_bytes;				/* of each file written */
	int64_t cpu_s;
};

struct sandbox_state {
	bool no_new_privileges;
	bool system_calls;	/* the forbidden ones are (seccomp) */
	bool limits;		/* memory, processor time, files, processes, no core */
	bool network_namespace; /* one without any network */
	bool own_user;		/* not the one that started it: root became SANDBOX_UID */
	bool no_capabilities;
	int landlock_abi; /* 0: files are not restricted */
};

/* ERR_UNAVAILABLE if what must hold does not; then read nothing. */
int sandbox_enter(
	const struct sandbox_wish *wish, struct sandbox_state *ret_state, struct error *err);

#endif
