/*
 * fault: lets the first, then the second, ... call of a kind fail until all calls have failed once.
 *
 * Counted are the calls in code that is linked into the test program itself, our archives and the
 * test (the linker's --wrap, FAULT_LINK in local.mk). Those inside shared libraries are not, but
 * for SQLite's, where faulty_sqlite.h is used. After each run no memory may be lost
 * (AddressSanitizer builds) and no file left open.
 *
 *	static const struct fault_scenario copying = {"copying", copy_a_file, look_at_it, ERR_IO};
 *	...
 *	fault_drive(&(struct fault){FAULT_DISK, ENOSPC}, &copying, &place);
 */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include <stdbool.h>
#include <stddef.h>

/* Kinds of calls; they can be or-ed. */
enum fault_calls {
	FAULT_MEMORY = 1, /* malloc, calloc, realloc */
	FAULT_OPEN = 2,
	FAULT_READ = 4,
	FAULT_WRITE = 8,
	FAULT_SYNC = 16, /* fsync */
	FAULT_CLOSE = 32,
	FAULT_RENAME = 64,
	FAULT_TRUNCATE = 128, /* of SQLite alone, as the next: faulty_sqlite.h */
	FAULT_LOCK = 256,
	FAULT_DISK = FAULT_OPEN | FAULT_READ | FAULT_WRITE | FAULT_SYNC | FAULT_CLOSE |
		     FAULT_RENAME | FAULT_TRUNCATE | FAULT_LOCK,
};

struct fault {
	unsigned calls; /* enum fault_calls that are counted and fail */
	int error;	/* errno of a call that fails */
	bool stays;	/* all later calls fail too: a disk that died, a cut of the power */
};

struct fault_scenario {
	const char *name;
	int (*run)(void *context); /* 0 or an error code; leaves nothing behind but what check()
				      sees */
	void (*check)(void *context, int rc); /* what must hold after each run; may be NULL */
	int code;      /* what run() must return when a call failed; 0 any error */
	bool tolerant; /* run() may also succeed when a call failed: not every call matters */
	size_t dense;  /* each of so many calls fails, later ones in growing steps; 0 each call */
};

/*
 * Drives the scenario and fails the test where it must. Prints how many states were tried, and
 * returns how many calls the scenario makes.
 */
size_t fault_drive(const struct fault *fault, const struct fault_scenario *scenario, void *context);

/* The calls that a run makes when nothing fails. */
size_t fault_count(unsigned calls, int (*run)(void *context), void *context);

/* While on, calls are neither counted nor fail: for what a run needs around what it tests. */
void fault_rest(bool on);

/* For hooks in a library: counts a call of that kind; true, with errno set, if it is to fail. */
bool fault_is_due(unsigned call);

/* While on, reads and writes move a few bytes only, and every other one is interrupted (EINTR). */
void fault_short_io(bool on);

#endif
