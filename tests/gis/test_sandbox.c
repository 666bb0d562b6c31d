#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "gis/sandbox.h"
#include "tests/gis/make_files.h"

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

enum { MEMORY_BYTES = 1 << 30, FILE_BYTES = 1 << 20 };

/* What a process could still do inside; true is possible. */
struct tries {
	struct sandbox_state state;
	int rc;
	bool internet_socket, local_socket, socket_pair, run_program, start_process, signal_parent;
	bool trace, read_passwd, read_allowed, write_inside, write_outside, make_folder;
	bool much_memory, long_file, many_files;
};

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool can_run(void)
{
	char *const arguments[] = {(char[]){"true"}, NULL};

	execv("/bin/true", arguments);
	return errno != EACCES;
}

static bool can_start(void)
{
	pid_t id = fork();

	if (!id)
		_exit(0);
	return id > 0;
}

static bool can_take_memory(void)
{
	void *at =
		mmap(NULL, (size_t)2 * MEMORY_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at != MAP_FAILED;
}

/* Returns, and so is not killed by the signal. */
static bool can_write_long(void)
{
	int fd = open("long", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	bool wrote = fd >= 0 && lseek(fd, 2 * FILE_BYTES, SEEK_SET) > 0 && write(fd, "x", 1) == 1;

	close(fd);
	return wrote;
}

static bool can_open_many(void)
{
	int opened = 0;

	while (opened < 1000 && dup(STDOUT_FILENO) >= 0)
		opened++;
	return opened == 1000;
}

static void try_all(struct tries *tries)
{
	tries->internet_socket = socket(AF_INET, SOCK_STREAM, 0) >= 0;
	tries->local_socket = socket(AF_UNIX, SOCK_DGRAM, 0) >= 0;
	tries->socket_pair = !socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0});
	tries->run_program = can_run();
	tries->start_process = can_start();
	tries->signal_parent = !kill(getppid(), 0);
	/* The leak checker needs it, and a process that is traced would stop here for good. */
	tries->trace = !SANITIZED && !ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	tries->read_passwd = opens("/etc/passwd", O_RDONLY);
	tries->read_allowed = opens("/usr/share", O_RDONLY | O_DIRECTORY);
	tries->write_inside = opens("inside", O_WRONLY | O_CREAT);
	tries->write_outside = opens("../outside", O_WRONLY | O_CREAT);
	tries->make_folder = !mkdir("folder", 0700);
	tries->much_memory = can_take_memory();
	tries->long_file = can_write_long();
	tries->many_files = can_open_many();
}

/* Enters the sandbox in a process of its own and tries what can be done there. */
static struct tries tries_in(const char *folder)
{
	struct sandbox_wish wish = {.readable = {"/usr/share", "/nonexistent"},
		.memory_bytes = MEMORY_BYTES,
		.file_bytes = FILE_BYTES,
		.cpu_s = 60};
	struct tries tries = {0};
	int ends[2], status;
	pid_t id;

	assert_int_equal(pipe(ends), 0);
	wish.folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	assert_true(wish.folder_fd >= 0);
	id = fork();
	assert_true(id >= 0);
	if (!id) {
		tries.rc = sandbox_enter(&wish, &tries.state, NULL);
		if (!tries.rc)
			try_all(&tries);
		_exit(write(ends[1], &tries, sizeof tries) != sizeof tries);
	}
	close(ends[1]);
	close(wish.folder_fd);
	assert_int_equal(read(ends[0], &tries, sizeof tries), sizeof tries);
	close(ends[0]);
	assert_int_equal(waitpid(id, &status, 0), id);
	assert_int_equal(status, 0);
	return tries;
}

static void nothing_dangerous_is_possible(void **state)
{
	struct tries tries;

	mkdir(test_path(folder_of(state), "work"), 0700);
	tries = tries_in(test_path(folder_of(state), "work"));
	assert_int_equal(tries.rc, 0);
	assert_true(tries.state.system_calls);
	assert_true(tries.state.no_new_privileges);
	assert_true(tries.state.limits);
	assert_false(tries.internet_socket);
	assert_false(tries.local_socket);
	assert_false(tries.socket_pair);
	assert_false(tries.run_program);
	assert_false(tries.start_process && !SANITIZED);
	assert_false(tries.signal_parent);
	assert_false(tries.trace);
	assert_false(tries.make_folder);
	assert_false(tries.much_memory && !SANITIZED);
	assert_false(tries.long_file);
	assert_false(tries.many_files);
	assert_true(tries.read_allowed);
	assert_true(tries.write_inside);
	/* Without Landlock the rights of the user are all that keeps it from other files. */
	print_message("landlock %d, own user %d\n", tries.state.landlock_abi, tries.state.own_user);
	if (tries.state.landlock_abi || tries.state.own_user)
		assert_false(tries.write_outside);
	if (tries.state.landlock_abi)
		assert_false(tries.read_passwd);
	assert_false(file_exists(test_path(folder_of(state), "outside")));
}

/* The folders above may be shut to the user that the process becomes. */
static void works_below_a_closed_folder(void **state)
{
	struct tries tries;

	assert_int_equal(mkdir(test_path(folder_of(state), "closed"), 0700), 0);
	assert_int_equal(mkdir(test_path(folder_of(state), "closed/work"), 0700), 0);
	tries = tries_in(test_path(folder_of(state), "closed/work"));
	assert_int_equal(tries.rc, 0);
	assert_true(tries.write_inside);
	assert_true(file_exists(test_path(folder_of(state), "closed/work/inside")));
	assert_int_equal(file_remove(test_path(folder_of(state), "closed"), NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_dangerous_is_possible),
		cmocka_unit_test(works_below_a_closed_folder),
	};

	return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
