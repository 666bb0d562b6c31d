/*
 * export_files: the files of finished exports, DIR/exports/NUMBER OF THE JOB, for a day.
 *
 * They are this server's own: another one over the same register has others (semantics.md, "job
 * files are local").
 */
#ifndef SERVER_EXPORT_FILES_H
#define SERVER_EXPORT_FILES_H

#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

enum { EXPORT_KEEP_S = 24 * 3600 };

/* Most bytes of one, and of all together. */
extern const int64_t export_file_bytes_max, export_files_bytes_max;

/* Makes the folder and appends the path of the file of a job. */
int export_file_path(const char *folder, int64_t job, struct strbuf *path, struct error *err);

/*
 * Removes those that are older than EXPORT_KEEP_S, and the oldest of the others until at most so many
 * bytes are left. now_us: UTC.
 */
void export_files_sweep(const char *folder, int64_t now_us, int64_t bytes_left);

#endif
