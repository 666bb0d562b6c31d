#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fault/fault.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#define LOST_MEMORY() __lsan_do_recoverable_leak_check()
#else
#define LOST_MEMORY() 0
#endif

enum { RUNS_MAX = 100000 }; /* a scenario that needs more is not a unit any more */

/* One program drives one fault at a time, on one thread. */
static struct {
	struct fault fault;
	size_t failing; /* number of the call that fails, from 1; 0 none */
	size_t count;
	bool armed, resting, failed, is_short;
	unsigned interruptions;
} state;

bool fault_is_due(unsigned call)
{
	if (!state.armed || state.resting || !(state.fault.calls & call))
		return false;
	state.count++;
	if (!state.failing || state.count < state.failing)
		return false;
	if (state.count > state.failing && !state.fault.stays)
		return false;
	state.failed = true;
	errno = state.fault.error;
	return true;
}

static bool is_interrupted(void)
{
	if (!state.is_short || state.interruptions++ % 2)
		return false;
	errno = EINTR;
	return true;
}

static size_t shortened(size_t len)
{
	return state.is_short && len > 3 ? 3 : len;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
int __real_open(const char *path, int flags, ...);
ssize_t __real_read(int fd, void *bytes, size_t len);
ssize_t __real_write(int fd, const void *bytes, size_t len);
int __real_close(int fd);
int __real_rename(const char *from, const char *to);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_read(int fd, void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
int __wrap_fsync(int fd);
int __wrap_close(int fd);
int __wrap_rename(const char *from, const char *to);

void *__wrap_malloc(size_t size)
{
	return fault_is_due(FAULT_MEMORY) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fault_is_due(FAULT_MEMORY) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return fault_is_due(FAULT_MEMORY) ? NULL : __real_realloc(old, size);
}

int __wrap_open(const char *path, int flags, ...)
{
	va_list list;
	mode_t mode;

	if (fault_is_due(FAULT_OPEN))
		return -1;
	va_start(list, flags);
	mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
	va_end(list);
	return __real_open(path, flags, mode);
}

ssize_t __wrap_read(int fd, void *bytes, size_t len)
{
	if (fault_is_due(FAULT_READ) || is_interrupted())
		return -1;
	return __real_read(fd, bytes, shortened(len));
}

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	if (fault_is_due(FAULT_WRITE) || is_interrupted())
		return -1;
	return __real_write(fd, bytes, shortened(len));
}

/* Nobody cuts the power in a test: nothing is waited for. */
int __wrap_fsync(int fd)
{
	return fault_is_due(FAULT_SYNC) || fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

/* The file is closed even where that fails, as Linux has it. */
int __wrap_close(int fd)
{
	bool failing = fault_is_due(FAULT_CLOSE);
	int fault = errno, rc = __real_close(fd);

	if (!failing)
		return rc;
	errno = fault;
	return -1;
}

int __wrap_rename(const char *from, const char *to)
{
	return fault_is_due(FAULT_RENAME) ? -1 : __real_rename(from, to);
}

static size_t open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* One run with the n-th call failing; n = 0 only counts. */
static int run_with(const struct fault *fault, size_t n, int (*run)(void *context), void *context)
{
	int rc;

	state.fault = *fault;
	state.failing = n;
	state.count = 0;
	state.failed = false;
	state.armed = true;
	rc = run(context);
	state.armed = false;
	state.resting = false;
	return rc;
}

void fault_rest(bool on)
{
	state.resting = on;
}

static bool is_right(const struct fault_scenario *scenario, int rc)
{
	if (!state.failed)
		return rc == 0;
	if (rc == 0)
		return scenario->tolerant;
	return rc < 0 && (!scenario->code || rc == scenario->code);
}

/* The number of the call that fails after the n-th did. */
static size_t next_call(const struct fault_scenario *scenario, size_t n)
{
	return !scenario->dense || n < scenario->dense ? n + 1 : n + 1 + (n - scenario->dense) / 32;
}

size_t fault_drive(const struct fault *fault, const struct fault_scenario *scenario, void *context)
{
	size_t files = open_files(), states = 0;

	for (size_t n = 1; n < RUNS_MAX; n = next_call(scenario, n), states++) {
		int rc = run_with(fault, n, scenario->run, context);
		bool failed = state.failed;

		if (!is_right(scenario, rc))
			fail_msg("%s: call %zu %s, answered %d", scenario->name, n,
				failed ? "failed" : "was never made", rc);
		if (scenario->check)
			scenario->check(context, rc);
		if (open_files() != files)
			fail_msg("%s: call %zu failed, a file was left open", scenario->name, n);
		if (failed)
			continue;
		if (LOST_MEMORY())
			fail_msg("%s: memory was lost", scenario->name);
		print_message("%s: %zu calls, %zu of them failed once%s\n", scenario->name,
			state.count, states, states < state.count ? " (in growing steps)" : "");
		return state.count;
	}
	fail_msg("%s: still failing after %d runs", scenario->name, RUNS_MAX);
	return 0;
}

size_t fault_count(unsigned calls, int (*run)(void *context), void *context)
{
	assert_int_equal(run_with(&(struct fault){.calls = calls}, 0, run, context), 0);
	return state.count;
}

void fault_short_io(bool on)
{
	state.is_short = on;
	state.interruptions = 0;
}
