#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"

/* Each test has a fresh folder, and looks at it by names within. */
struct place {
	struct strbuf folder, path, other;
};

static int make_place(void **state)
{
	struct place *place = test_calloc(1, sizeof *place);

	*place = (struct place){STRBUF(1000), STRBUF(1000), STRBUF(1000)};
	*state = place;
	return file_make_temporary_folder(".", &place->folder, NULL);
}

static int remove_place(void **state)
{
	struct place *place = *state;
	int rc = file_remove(place->folder.data, NULL);

	rc |= file_exists(place->folder.data);
	strbuf_clear(&place->folder);
	strbuf_clear(&place->path);
	strbuf_clear(&place->other);
	test_free(place);
	return rc;
}

static const char *path_in(const struct place *place, struct strbuf *path, const char *name)
{
	strbuf_reset(path);
	file_join(path, place->folder.data, name);
	return path->data;
}

static void write_file(const char *path, const char *text)
{
	assert_int_equal(file_replace(path, text, strlen(text), NULL), 0);
}

static void assert_holds(const char *path, const char *text)
{
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1 << 20);

	assert_int_equal(file_read(path, &bytes, NULL), 0);
	assert_string_equal(bytes.data, text);
}

static void the_name_is_the_last_part(void **state)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(100);

	(void)state;
	assert_string_equal(file_name("a.shp"), "a.shp");
	assert_string_equal(file_name("/srv/data/a.shp"), "a.shp");
	assert_string_equal(file_name("/srv/secret/"), "secret/");
	assert_string_equal(file_name("/srv//secret//"), "secret//");
	assert_string_equal(file_name("/"), "/");
	assert_string_equal(file_name(""), "");
	file_join(&path, "a", "b");
	assert_string_equal(path.data, "a/b");
	strbuf_reset(&path);
	file_join(&path, "a/", "b");
	assert_string_equal(path.data, "a/b");
}

static void what_is_there_is_seen(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "a");
	int64_t bytes = 77;
	struct error err;

	assert_false(file_exists(path));
	assert_int_equal(file_size(path, &bytes, &err), ERR_NOT_FOUND);
	assert_int_equal(file_size(path, &bytes, NULL), ERR_NOT_FOUND);
	assert_int_equal(bytes, 77);
	assert_string_equal(err.args[0].text, "a");
	write_file(path, "12345");
	assert_true(file_exists(path));
	assert_false(file_is_folder(path));
	assert_true(file_is_folder(place->folder.data));
	assert_int_equal(file_size(path, &bytes, &err), 0);
	assert_int_equal(bytes, 5);
	assert_true(file_free_bytes(path) > 0);
	assert_int_equal(file_free_bytes("/nowhere/at all"), -1);
}

static void reading_ends_at_the_maximum(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "a");
	autofree(strbuf_clear) struct strbuf right = STRBUF(5);
	autofree(strbuf_clear) struct strbuf small = STRBUF(4);
	autofree(strbuf_clear) struct strbuf start = STRBUF(5);
	struct error err;

	write_file(path, "12345");
	assert_int_equal(file_read(path, &right, &err), 0);
	assert_string_equal(right.data, "12345");
	assert_int_equal(file_read(path, &small, &err), ERR_TOO_LARGE);
	assert_int_equal(err.args[1].integer, 4);
	assert_int_equal(file_read_start(path, 3, &start, &err), 0);
	assert_string_equal(start.data, "123");
	assert_int_equal(file_read_start(path, 2, &start, &err), 0);
	assert_string_equal(start.data, "12312");
	assert_int_equal(file_read_start(path, 0, &start, &err), 0);
	assert_int_equal(
		file_read(path_in(place, &place->other, "b"), &right, &err), ERR_NOT_FOUND);
	assert_int_equal(file_read(place->folder.data, &start, &err), ERR_IO);
	write_file(path, "");
	strbuf_reset(&small);
	assert_int_equal(file_read(path, &small, &err), 0);
}

static void a_file_is_replaced_whole(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "a");
	struct error err;

	write_file(path, "old");
	write_file(path, "new and longer");
	assert_holds(path, "new and longer");
	assert_false(file_exists(path_in(place, &place->other, "a.new")));
	assert_int_equal(file_replace(place->folder.data, "x", 1, &err), ERR_IO); /* is a folder */
	assert_holds(path, "new and longer");
	strbuf_reset(&place->other);
	strbuf_add_format(&place->other, "%s.new", place->folder.data);
	assert_false(file_exists(place->other.data));
}

static void a_path_that_is_too_long_says_so(void **state)
{
	struct place *place = *state;
	char path[5000];
	struct error err;

	memset(path, 'x', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	assert_int_equal(file_replace(path, "x", 1, &err), ERR_IO);
	assert_int_equal(err.message, MSG_FILE_NOT_WRITTEN);
	assert_int_equal(file_make_folder(path, &err), ERR_IO);
	assert_int_equal(file_make_temporary_folder(path, &place->other, &err), ERR_IO);
	assert_string_equal(place->other.data, "");
}

static void pieces_make_a_file(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "a");
	struct error err;
	int fd = 77;

	assert_int_equal(file_create(path, &fd, &err), 0);
	assert_int_equal(file_append(fd, "12", 2, &err), 0);
	assert_int_equal(file_append(fd, "", 0, &err), 0);
	assert_int_equal(file_append(fd, "345", 3, &err), 0);
	assert_int_equal(file_close(fd, &err), 0);
	assert_holds(path, "12345");
	assert_int_equal(file_create("/nowhere/a", &fd, &err), ERR_IO);
	assert_int_equal(fd, -1);
	file_drop(&fd);
}

static void a_full_disk_is_told_apart(void **state)
{
	autofree(file_drop) int fd = -1;
	struct error err;

	(void)state;
	assert_int_equal(file_create("/dev/full", &fd, &err), 0);
	assert_int_equal(file_append(fd, "x", 1, &err), ERR_IO);
	assert_int_equal(err.message, MSG_DISK_FULL);
	file_drop(&fd);
	assert_int_equal(fd, -1);
	fd = open("/dev/null", O_RDONLY);
	assert_int_equal(file_append(fd, "x", 1, &err), ERR_IO); /* not open for writing */
	assert_int_equal(err.message, MSG_DATA_NOT_WRITTEN);
}

static void a_copy_has_a_limit(void **state)
{
	struct place *place = *state;
	const char *from = path_in(place, &place->path, "a"),
		   *to = path_in(place, &place->other, "b");
	struct error err;

	write_file(from, "12345");
	write_file(to, "old");
	assert_int_equal(file_copy(from, to, 4, &err), ERR_TOO_LARGE);
	assert_string_equal(err.args[0].text, "a");
	assert_holds(to, "old");
	assert_int_equal(file_copy(from, to, 5, &err), 0);
	assert_holds(to, "12345");
	assert_int_equal(file_copy(from, from, 5, &err), 0);
	assert_holds(from, "12345");
	write_file(from, "");
	assert_int_equal(file_copy(from, to, 0, &err), 0);
	assert_holds(to, "");
	assert_int_equal(file_copy("/nowhere/a", to, 5, &err), ERR_NOT_FOUND);
	assert_int_equal(file_copy(from, "/nowhere/a", 5, &err), ERR_IO);
	assert_holds(to, "");
	assert_false(file_exists(path_in(place, &place->other, "b.new")));
}

static void folders_are_made_with_their_parents(void **state)
{
	struct place *place = *state;
	struct error err;

	assert_int_equal(file_make_folder(path_in(place, &place->path, "a/b//c/"), &err), 0);
	assert_true(file_is_folder(place->path.data));
	assert_int_equal(file_make_folder(place->path.data, &err), 0);
	assert_int_equal(file_make_folder("/", &err), 0);
	assert_int_equal(file_make_folder(".", &err), 0);
	write_file(path_in(place, &place->path, "f"), "x");
	assert_int_equal(file_make_folder(place->path.data, &err), ERR_IO);
	assert_int_equal(file_make_folder(path_in(place, &place->path, "f/g"), &err), ERR_IO);
	assert_int_equal(file_make_folder("", &err), ERR_IO);
}

static void temporary_folders_are_ours_alone(void **state)
{
	struct place *place = *state;
	autofree(strbuf_clear) struct strbuf small = STRBUF(4);
	struct stat info;
	struct error err;

	strbuf_add_text(&place->path, "in ");
	assert_int_equal(file_make_temporary_folder(place->folder.data, &place->path, &err), 0);
	assert_memory_equal(place->path.data, "in ", 3);
	assert_int_equal(stat(place->path.data + 3, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
	strbuf_add_text(&place->other, "kept");
	assert_int_equal(file_make_temporary_folder("/nowhere", &place->other, &err), ERR_IO);
	assert_string_equal(place->other.data, "kept");
	assert_int_equal(file_make_temporary_folder(".", &small, &err), ERR_TOO_LARGE);
}

static void removing_never_follows_a_link(void **state)
{
	struct place *place = *state;
	struct error err;

	assert_int_equal(file_make_folder(path_in(place, &place->path, "keep"), &err), 0);
	write_file(path_in(place, &place->path, "keep/file"), "kept");
	assert_int_equal(
		file_make_folder(path_in(place, &place->path, "gone/deep/deeper"), &err), 0);
	write_file(path_in(place, &place->path, "gone/deep/file"), "x");
	assert_int_equal(symlink("../keep", path_in(place, &place->path, "gone/link")), 0);
	assert_int_equal(
		symlink("../../keep/file", path_in(place, &place->path, "gone/deep/link")), 0);
	assert_int_equal(symlink("nowhere", path_in(place, &place->path, "gone/dangling")), 0);
	assert_int_equal(symlink("keep", path_in(place, &place->path, "link")), 0);
	assert_int_equal(file_remove(path_in(place, &place->path, "gone"), &err), 0);
	assert_false(file_exists(place->path.data));
	assert_int_equal(file_remove(path_in(place, &place->path, "link/"), &err), ERR_IO);
	assert_int_equal(file_remove(path_in(place, &place->path, "link"), &err), 0);
	assert_false(file_exists(place->path.data));
	assert_holds(path_in(place, &place->path, "keep/file"), "kept");
	assert_int_equal(file_remove(path_in(place, &place->path, "nowhere"), &err), 0);
	assert_int_equal(file_remove(path_in(place, &place->path, "keep/file/x"), &err), ERR_IO);
}

static void folders_that_are_too_deep_are_not_ours(void **state)
{
	struct place *place = *state;
	struct error err;

	path_in(place, &place->path, "d");
	for (int i = 0; i < 40; i++)
		strbuf_add_text(&place->path, "/d");
	assert_int_equal(file_make_folder(place->path.data, &err), 0);
	assert_int_equal(file_remove(path_in(place, &place->other, "d"), &err), ERR_IO);
	assert_true(file_exists(place->path.data));
	/* From the inside out it goes, so that the place can be left clean. */
	for (int i = 0; i < 40; i++) {
		assert_int_equal(file_remove(place->path.data, &err), 0);
		place->path.data[place->path.len -= 2] = '\0';
	}
}

/* A process that holds the lock until it is killed. */
static pid_t start_holder(const char *path)
{
	int ready[2], fd;
	char byte = 'n';
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		if (!file_lock(path, &fd, NULL))
			byte = 'y';
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	assert_int_equal(byte, 'y');
	return pid;
}

static void a_lock_excludes_and_dies_with_its_holder(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "lock");
	struct error err;
	pid_t pid = start_holder(path);
	int fd = 77;

	assert_int_equal(file_lock(path, &fd, &err), ERR_BUSY);
	assert_int_equal(err.args[0].integer, pid);
	assert_int_equal(fd, 77);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(file_lock(path, &fd, &err), 0);
	assert_true(fd >= 0);
	file_drop(&fd);
	fd = -1;
	assert_int_equal(file_lock(path, &fd, &err), 0); /* given back early, taken again */
	file_drop(&fd);
	assert_int_equal(file_lock("/nowhere/lock", &fd, &err), ERR_IO);
	assert_int_equal(file_lock("/nowhere/lock", &fd, NULL), ERR_IO);
}

static void a_file_is_gone_on_with_behind_what_is_kept(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "pieces");
	int fd = -1;

	write_file(path, "kept, lost");
	assert_int_equal(file_open_behind(path, 5, &fd, NULL), 0);
	assert_int_equal(file_append(fd, " more", 5, NULL), 0);
	assert_int_equal(file_write_at(fd, 0, "K", 1, NULL), 0);
	assert_int_equal(file_sync(fd, NULL), 0);
	assert_int_equal(file_append(fd, ".", 1, NULL), 0);
	assert_int_equal(file_close(fd, NULL), 0);
	assert_holds(path, "Kept, more.");
	assert_int_equal(file_open_behind(path, 12, &fd, NULL), ERR_IO);
	assert_int_equal(fd, -1);
	assert_holds(path, "Kept, more.");
	path = path_in(place, &place->path, "nothing");
	assert_int_equal(file_open_behind(path, 0, &fd, NULL), ERR_NOT_FOUND);
}

static void a_lock_file_may_go_with_its_lock(void **state)
{
	struct place *place = *state;
	const char *path = path_in(place, &place->path, "lock");
	int first = -1, second = -1;

	assert_int_equal(file_lock(path, &first, NULL), 0);
	assert_int_equal(file_remove(path, NULL), 0);
	assert_int_equal(file_lock(path, &second, NULL), 0);
	file_drop(&first);
	assert_int_equal(file_lock(path, &first, NULL), ERR_BUSY);
	file_drop(&second);
	file_remove_empty_folder(place->folder.data);
	assert_true(file_exists(place->folder.data)); /* the lock is in it */
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_is_the_last_part),
		in_place(what_is_there_is_seen),
		in_place(reading_ends_at_the_maximum),
		in_place(a_file_is_replaced_whole),
		in_place(a_path_that_is_too_long_says_so),
		in_place(pieces_make_a_file),
		cmocka_unit_test(a_full_disk_is_told_apart),
		in_place(a_copy_has_a_limit),
		in_place(folders_are_made_with_their_parents),
		in_place(temporary_folders_are_ours_alone),
		in_place(removing_never_follows_a_link),
		in_place(folders_that_are_too_deep_are_not_ours),
		in_place(a_lock_excludes_and_dies_with_its_holder),
		in_place(a_lock_file_may_go_with_its_lock),
		in_place(a_file_is_gone_on_with_behind_what_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
