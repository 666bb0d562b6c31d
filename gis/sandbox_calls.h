/*
 * sandbox_calls: the system calls that a reader of files must not make (libseccomp).
 */
#ifndef GIS_SANDBOX_CALLS_H
#define GIS_SANDBOX_CALLS_H

#include <stdbool.h>

/*
 * From here on they fail with EACCES, in this process and all that it might start. `sanitized`
 * leaves out what the leak checker of a test build calls at the end. False: nothing changed.
 */
bool sandbox_forbid_calls(bool sanitized);

#endif
