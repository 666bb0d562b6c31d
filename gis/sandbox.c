#include "gis/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"
#include "gis/sandbox_calls.h"

enum { OPEN_FILES_MAX = 64 };

/*
 * AddressSanitizer reserves terabytes of addresses; when the program ends, its leak checker starts
 * a process that traces this one and reads /proc.
 */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static bool limit(__rlimit_resource_t what, int64_t value)
{
	struct rlimit both = {(rlim_t)value, (rlim_t)value};

	return !setrlimit(what, &both);
}

static bool set_limits(const struct sandbox_wish *wish)
{
	bool set = limit(RLIMIT_CPU, wish->cpu_s) && limit(RLIMIT_FSIZE, wish->file_bytes) &&
		   limit(RLIMIT_NOFILE, OPEN_FILES_MAX) && limit(RLIMIT_CORE, 0);

	if (!sanitized)
		set = limit(RLIMIT_AS, wish->memory_bytes) && limit(RLIMIT_NPROC, 0) && set;
	/* A file over its limit is a failed write, not a death without words. */
	signal(SIGXFSZ, SIG_IGN);
	return set;
}

/* Root can have a network of its own; others get one with a user namespace around it. */
static bool leave_network(void)
{
	return !unshare(CLONE_NEWNET) || !unshare(CLONE_NEWUSER | CLONE_NEWNET);
}

/* In a container root may lack the right to become somebody else: then it stays what it is. */
static bool leave_root(int folder_fd)
{
	if (geteuid())
		return false;
	if (folder_fd >= 0 && fchown(folder_fd, SANDBOX_UID, SANDBOX_UID))
		return false;
	if (!setgroups(0, NULL) && !setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) &&
		!setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID))
		return true;
	/* Back to whom it belongs: root without its capabilities could not enter it. */
	if (folder_fd >= 0 && fchown(folder_fd, 0, 0))
		return false;
	return false;
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	return !syscall(SYS_capset, &header, none);
}

/* What Landlock can restrict, by its version (Documentation/userspace-api/landlock.rst). */
struct landlock_ruleset {
	uint64_t files;
	uint64_t network; /* from version 4: TCP bind, connect */
	uint64_t scopes;  /* from version 6: abstract sockets, signals */
};

static struct landlock_ruleset all_of_version(int abi)
{
	uint64_t files = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* version 1 ends there */

	if (abi >= 2)
		files |= 1 << 13; /* moving between folders */
	if (abi >= 3)
		files |= 1 << 14; /* truncating */
	if (abi >= 5)
		files |= 1 << 15; /* ioctl on devices */
	return (struct landlock_ruleset){files, abi >= 4 ? 3 : 0, abi >= 6 ? 3 : 0};
}

static bool allow_below(int ruleset_fd, int folder_fd, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = folder_fd};

	return folder_fd >= 0 &&
	       !syscall(SYS_landlock_add_rule, ruleset_fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

static bool allow_reading(int ruleset_fd, const char *const *folders)
{
	const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

	for (; *folders; folders++) {
		autofree(file_drop) int fd = open(*folders, O_PATH | O_CLOEXEC);

		/* A folder that is not there needs no permission. */
		if (fd >= 0 && !allow_below(ruleset_fd, fd, reading))
			return false;
	}
	return true;
}

/* Returns the version in force, 0 for none. */
static int restrict_files(const struct sandbox_wish *wish)
{
	static const char *const for_sanitizer[] = {"/proc", NULL};
	int abi =
		(int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset all = all_of_version(abi);
	size_t known = abi >= 6 ? 3 : abi >= 4 ? 2 : 1;
	autofree(file_drop) int fd = -1;

	if (abi < 1)
		return 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, known * sizeof(uint64_t), 0);
	if (fd < 0 || !allow_reading(fd, wish->readable))
		return 0;
	if (wish->folder_fd >= 0 && !allow_below(fd, wish->folder_fd,
					    all.files & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE))
		return 0;
	if (sanitized && !allow_reading(fd, for_sanitizer))
		return 0;
	return syscall(SYS_landlock_restrict_self, fd, 0) ? 0 : abi;
}

int sandbox_enter(
	const struct sandbox_wish *wish, struct sandbox_state *ret_state, struct error *err)
{
	struct sandbox_state state = {0};

	/* By its descriptor: the folders above may be closed to the user that this process becomes.
	 */
	if (wish->folder_fd >= 0 && fchdir(wish->folder_fd)) {
		fail_sandbox_missing(err);
		return error_detail(err, "fchdir: %s", strerror(errno));
	}
	state.no_new_privileges = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	state.limits = set_limits(wish);
	state.network_namespace = leave_network();
	state.own_user = leave_root(wish->folder_fd);
	prctl(PR_SET_DUMPABLE, sanitized, 0, 0, 0);
	state.no_capabilities = drop_capabilities();
	state.landlock_abi = restrict_files(wish);
	state.system_calls = sandbox_forbid_calls(sanitized);
	if (!state.no_new_privileges || !state.system_calls) {
		fail_sandbox_missing(err);
		return error_detail(err, "seccomp: %s", strerror(errno));
	}
	*ret_state = state;
	return 0;
}
