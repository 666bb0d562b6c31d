/*
 * ogr_process: a run of dothi-ogr: started with a clean environment, read (and fed) with a limit of
 * time, ended in any case.
 *
 * Safe to call from any thread: the process is spawned, not forked.
 */
#ifndef GIS_OGR_PROCESS_H
#define GIS_OGR_PROCESS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

struct ogr_process {
	pid_t id; /* 0 not running */
	int output_fd;
	int input_fd; /* of one that is fed; else -1 */
};

#define OGR_PROCESS ((struct ogr_process){0, -1, -1})

/*
 * Appends the path of the program: beside the running one, or where it was installed. Fails if it
 * is in neither place.
 */
int ogr_process_find(struct strbuf *ret_path, struct error *err);

/* Starts the program; the folder is its descriptor 3. arguments end with NULL. */
int ogr_process_start(const char *program, const char *const *arguments, const char *folder,
	struct ogr_process *ret_process, struct error *err);

/* The same of one that is fed on its standard input. */
int ogr_process_start_fed(const char *program, const char *const *arguments, const char *folder,
	struct ogr_process *ret_process, struct error *err);

/*
 * Feeds it, as far as it takes something within so long: how many bytes it took, 0 none yet, -1 it
 * takes no more. It gives no signal.
 */
ssize_t ogr_process_feed(
	const struct ogr_process *process, const void *bytes, size_t len, int most_ms);

/* Waits for output, at most so long: 1 there is some, or its end; 0 not yet. */
int ogr_process_wait(const struct ogr_process *process, int most_ms);

/* Reads what is there; 0 at the end, -1 if the pipe fails. */
ssize_t ogr_process_read(const struct ogr_process *process, void *bytes, size_t most);

/* Kills it if it still runs, and waits for it. Returns the signal that ended it; 0 none. */
int ogr_process_end(struct ogr_process *process);

/* As ogr_process_end() for a process that has closed its output: gives it the time to leave. */
int ogr_process_leave(struct ogr_process *process);

#endif
