#include "gis/ogr_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"

enum {
	FOLDER_FD = 3,
	SPARE_FD = 10,	      /* out of the way of the descriptors that the program gets */
	PIPE_BYTES = 1 << 20, /* so that neither side waits for the other at every turn */
	PATH_BYTES_MAX = 4096,
	LEAVE_MS = 2000, /* closing files; then it is killed */
};

static const char program_name[] = "dothi-ogr";

int ogr_process_find(struct strbuf *ret_path, struct error *err)
{
	char own[PATH_BYTES_MAX];
	ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
	size_t start = ret_path->len;

	if (len > 0) {
		own[len] = '\0';
		strbuf_add(ret_path, own, (size_t)(strrchr(own, '/') + 1 - own));
		strbuf_add_text(ret_path, program_name);
		if (!ret_path->failed && file_exists(ret_path->data + start))
			return 0;
		ret_path->len = start;
	}
	file_join(ret_path, LIBEXECDIR, program_name);
	if (!ret_path->failed && file_exists(ret_path->data + start))
		return 0;
	return fail_reader_missing(err, program_name);
}

/* The descriptor under a higher number, which spawning cannot overwrite; closes the given one. */
static int lift(int fd)
{
	int lifted = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, SPARE_FD);

	file_drop(&fd);
	return lifted;
}

/* What the program gets; input_fd -1: nothing to read. */
struct ends {
	int input_fd, output_fd, folder_fd;
};

static int set_actions(posix_spawn_file_actions_t *actions, const struct ends *ends)
{
	int fault = ends->input_fd < 0 ? posix_spawn_file_actions_addopen(
						 actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
				       : posix_spawn_file_actions_adddup2(
						 actions, ends->input_fd, STDIN_FILENO);

	if (!fault)
		fault = posix_spawn_file_actions_adddup2(actions, ends->output_fd, STDOUT_FILENO);
	if (!fault)
		fault = posix_spawn_file_actions_adddup2(actions, ends->folder_fd, FOLDER_FD);
	if (!fault)
		fault = posix_spawn_file_actions_addclosefrom_np(actions, FOLDER_FD + 1);
	return fault;
}

/* No signal is blocked or ignored in the program because it is in this process. */
static int set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int fault;

	sigemptyset(&none);
	sigfillset(&all);
	fault = posix_spawnattr_setsigmask(attributes, &none);
	if (!fault)
		fault = posix_spawnattr_setsigdefault(attributes, &all);
	if (!fault)
		fault = posix_spawnattr_setflags(
			attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return fault;
}

static int spawn(const char *program, const char *const *arguments, const struct ends *ends,
	pid_t *ret_id)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char *nothing[] = {NULL};
	int fault = posix_spawn_file_actions_init(&actions);

	if (fault)
		return fault;
	fault = posix_spawnattr_init(&attributes);
	if (!fault) {
		fault = set_actions(&actions, ends);
		if (!fault)
			fault = set_signals(&attributes);
		if (!fault)
			fault = posix_spawn(ret_id, program, &actions, &attributes,
				(char *const *)(uintptr_t)arguments, nothing);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return fault;
}

/* Both ends of a way into the program; a socket, whose writer can do without SIGPIPE. */
static int open_input(int *ret_own_fd, int *ret_its_fd)
{
	const int room = PIPE_BYTES;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return errno;
	*ret_own_fd = lift(ends[0]);
	*ret_its_fd = lift(ends[1]);
	if (*ret_own_fd < 0 || *ret_its_fd < 0)
		return EMFILE;
	setsockopt(*ret_own_fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	shutdown(*ret_own_fd, SHUT_RD);
	return 0;
}

static int start(const char *program, const char *const *arguments, const char *folder, bool fed,
	struct ogr_process *ret_process, struct error *err)
{
	autofree(file_drop) int folder_fd = lift(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	autofree(file_drop) int read_fd = -1;
	autofree(file_drop) int write_fd = -1;
	autofree(file_drop) int feed_fd = -1;
	autofree(file_drop) int input_fd = -1;
	int ends[2], fault;
	pid_t id;

	if (folder_fd < 0 || pipe2(ends, O_CLOEXEC)) {
		fail_reader_missing(err, program_name);
		return error_detail(err, "%s: %s", folder, strerror(errno));
	}
	read_fd = lift(ends[0]);
	write_fd = lift(ends[1]);
	fault = read_fd < 0 || write_fd < 0 ? EMFILE : 0;
	if (!fault && fed)
		fault = open_input(&feed_fd, &input_fd);
	/* Best effort: a user may have only so many bytes in pipes. */
	if (!fault)
		fcntl(write_fd, F_SETPIPE_SZ, PIPE_BYTES);
	if (!fault)
		fault = spawn(program, arguments, &(struct ends){input_fd, write_fd, folder_fd},
			&id);
	if (fault) {
		fail_reader_missing(err, program_name);
		return error_detail(err, "%s: %s", program, strerror(fault));
	}
	*ret_process = (struct ogr_process){id, read_fd, feed_fd};
	read_fd = feed_fd = -1;
	return 0;
}

int ogr_process_start(const char *program, const char *const *arguments, const char *folder,
	struct ogr_process *ret_process, struct error *err)
{
	return start(program, arguments, folder, false, ret_process, err);
}

int ogr_process_start_fed(const char *program, const char *const *arguments, const char *folder,
	struct ogr_process *ret_process, struct error *err)
{
	return start(program, arguments, folder, true, ret_process, err);
}

ssize_t ogr_process_feed(
	const struct ogr_process *process, const void *bytes, size_t len, int most_ms)
{
	struct pollfd one = {.fd = process->input_fd, .events = POLLOUT};
	ssize_t taken = send(process->input_fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (taken > 0 || (taken < 0 && errno != EAGAIN && errno != EINTR))
		return taken;
	if (poll(&one, 1, most_ms) <= 0)
		return 0;
	taken = send(process->input_fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	return taken < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : taken;
}

int ogr_process_wait(const struct ogr_process *process, int most_ms)
{
	struct pollfd one = {.fd = process->output_fd, .events = POLLIN};
	int ready = poll(&one, 1, most_ms);

	/* A failing poll ends in read(), which says what is wrong. */
	return ready > 0 || (ready < 0 && errno != EINTR);
}

ssize_t ogr_process_read(const struct ogr_process *process, void *bytes, size_t most)
{
	ssize_t got;

	do
		got = read(process->output_fd, bytes, most);
	while (got < 0 && errno == EINTR);
	return got;
}

static int reap(struct ogr_process *process)
{
	int status = 0;
	pid_t id;

	do
		id = waitpid(process->id, &status, 0);
	while (id < 0 && errno == EINTR);
	process->id = 0;
	file_drop(&process->output_fd);
	file_drop(&process->input_fd);
	return id > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int ogr_process_end(struct ogr_process *process)
{
	if (!process->id) {
		file_drop(&process->output_fd);
		file_drop(&process->input_fd);
		return 0;
	}
	kill(process->id, SIGKILL);
	return reap(process);
}

int ogr_process_leave(struct ogr_process *process)
{
	for (int waited_ms = 0; waited_ms < LEAVE_MS; waited_ms++) {
		siginfo_t info = {0};

		/* Looks without taking the process away, so that its number cannot pass to another.
		 */
		if (waitid(P_PID, (id_t)process->id, &info, WEXITED | WNOHANG | WNOWAIT) ||
			info.si_pid)
			return reap(process);
		poll(NULL, 0, 1);
	}
	return ogr_process_end(process);
}
