#include "tests/test.h"

#include <errno.h>

#include "base/config.h"
#include "base/file.h"
#include "tests/fault/fault.h"

/* A folder with the file that is written again and again, and one that is copied. */
struct place {
	struct strbuf folder, file, source;
	const char *old, *fresh; /* what may stand in the file after a run */
};

/* Larger than a piece, so that copies take several reads and writes. */
enum { FRESH_BYTES = 150000 };

static int make_place(void **state)
{
	struct place *place = test_calloc(1, sizeof *place);
	char *fresh = test_malloc(FRESH_BYTES + 1);

	for (size_t i = 0; i < FRESH_BYTES; i++)
		fresh[i] = (char)('a' + i % 23);
	fresh[FRESH_BYTES] = '\0';
	*place = (struct place){STRBUF(1000), STRBUF(1000), STRBUF(1000), "the old bytes", fresh};
	*state = place;
	if (file_make_temporary_folder(".", &place->folder, NULL))
		return -1;
	file_join(&place->file, place->folder.data, "file");
	file_join(&place->source, place->folder.data, "source");
	return file_replace(place->source.data, fresh, FRESH_BYTES, NULL);
}

static int drop_place(void **state)
{
	struct place *place = *state;
	int rc = file_remove(place->folder.data, NULL);

	strbuf_clear(&place->folder);
	strbuf_clear(&place->file);
	strbuf_clear(&place->source);
	test_free((void *)(uintptr_t)place->fresh);
	test_free(place);
	return rc;
}

/* Either the old or the new bytes, whole, and nothing beside them; then all is as before. */
static void check_place(void *context, int rc)
{
	struct place *place = context;
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(1 << 20);
	autofree(strbuf_clear) struct strbuf beside = STRBUF(1000);

	assert_int_equal(file_read(place->file.data, &bytes, NULL), 0);
	if (rc == 0 || strcmp(bytes.data, place->old))
		assert_string_equal(bytes.data, place->fresh);
	strbuf_add_format(&beside, "%s.new", place->file.data);
	assert_false(file_exists(beside.data));
	assert_int_equal(file_replace(place->file.data, place->old, strlen(place->old), NULL), 0);
}

static int replace(void *context)
{
	struct place *place = context;
	struct error err = {0};
	int rc = file_replace(place->file.data, place->fresh, FRESH_BYTES, &err);

	return rc == err.code ? rc : ERR_INTERNAL;
}

static int copy(void *context)
{
	struct place *place = context;
	struct error err = {0};
	int rc = file_copy(place->source.data, place->file.data, FRESH_BYTES, &err);

	return rc == err.code ? rc : ERR_INTERNAL;
}

/* Only closing what was read or is a folder may fail in silence. */
static const struct fault_scenario replacing = {
	"file_replace", replace, check_place, ERR_IO, true, 0};
static const struct fault_scenario copying = {"file_copy", copy, check_place, ERR_IO, true, 0};

static void drive_all(struct place *place, const struct fault_scenario *scenario, size_t least)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT};

	assert_int_equal(file_replace(place->file.data, place->old, strlen(place->old), NULL), 0);
	for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
		for (int stays = 0; stays < 2; stays++) {
			const struct fault fault = {FAULT_DISK, errors[i], stays};

			assert_true(fault_drive(&fault, scenario, place) >= least);
		}
}

static void a_replaced_file_is_old_or_new(void **state)
{
	drive_all(*state, &replacing,
		7); /* open write fsync close rename, open fsync of the folder */
}

static void a_copied_file_is_old_or_new(void **state)
{
	drive_all(*state, &copying, 14);
}

/* Writing, syncing and renaming must never be ignored: here no run that failed may pass. */
static void no_fault_before_the_rename_is_swallowed(void **state)
{
	static const unsigned strict =
		FAULT_OPEN | FAULT_READ | FAULT_WRITE | FAULT_SYNC | FAULT_RENAME;
	struct fault_scenario strictly[] = {replacing, copying};
	struct place *place = *state;

	assert_int_equal(file_replace(place->file.data, place->old, strlen(place->old), NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		strictly[i].tolerant = false;
		fault_drive(&(struct fault){strict, EIO, false}, &strictly[i], place);
	}
}

static int write_in_pieces(void *context)
{
	struct place *place = context;
	autofree(file_drop) int fd = -1;
	struct error err = {0};
	int rc = file_create(place->file.data, &fd, &err);

	for (int i = 0; !rc && i < 5; i++)
		rc = file_append(fd, "12345", 5, &err);
	if (rc)
		return rc == err.code ? rc : ERR_INTERNAL;
	rc = file_close(fd, &err);
	fd = -1;
	return rc == err.code ? rc : ERR_INTERNAL;
}

static void every_piece_is_checked(void **state)
{
	const struct fault_scenario writing = {"pieces", write_in_pieces, NULL, ERR_IO, false, 0};
	const struct fault full = {
		FAULT_OPEN | FAULT_WRITE | FAULT_SYNC | FAULT_CLOSE, ENOSPC, false};

	assert_int_equal(fault_drive(&full, &writing, *state), 8);
}

static int read_all(void *context)
{
	struct place *place = context;
	autofree(strbuf_clear) struct strbuf bytes = STRBUF(FRESH_BYTES); /* just as large */
	int rc = file_read(place->source.data, &bytes, NULL);

	return rc || bytes.len == FRESH_BYTES ? rc : ERR_INTERNAL;
}

static int read_settings(void *context)
{
	struct place *place = context;
	int64_t port = 8080;
	const struct config_setting table[] = {
		{"port", CONFIG_INT, &port, 1, 65535}, {NULL, CONFIG_INT, NULL, 0, 0}};
	int rc = config_read(place->file.data, table, NULL);

	return rc || port == 80 ? rc : ERR_INTERNAL;
}

/* A disk that fails is never taken for a file that is short or missing. */
static void no_fault_of_reading_is_swallowed(void **state)
{
	const struct fault_scenario reading = {"file_read", read_all, NULL, ERR_IO, false, 0};
	const struct fault_scenario settings = {"config", read_settings, NULL, ERR_IO, false, 0};
	const struct fault broken = {FAULT_OPEN | FAULT_READ, EIO, false};
	struct place *place = *state;

	assert_true(fault_drive(&broken, &reading, place) >= 4);
	assert_int_equal(file_replace(place->file.data, "port = 80\n", 10, NULL), 0);
	assert_true(fault_drive(&broken, &settings, place) >= 2);
}

static void short_and_interrupted_io_is_carried_on(void **state)
{
	struct place *place = *state;

	assert_int_equal(file_replace(place->file.data, place->old, strlen(place->old), NULL), 0);
	fault_short_io(true);
	assert_int_equal(replace(place), 0);
	check_place(place, 0);
	assert_int_equal(copy(place), 0);
	check_place(place, 0);
	assert_int_equal(read_all(place), 0);
	fault_short_io(false);
}

/* The harness itself: each kind of call is seen, or all the tests above test nothing. */
static void every_kind_of_call_is_counted(void **state)
{
	static const struct {
		unsigned calls;
		size_t count;
	} wanted[] = {{FAULT_OPEN, 3}, {FAULT_READ, 4}, {FAULT_WRITE, 3}, {FAULT_SYNC, 2},
		{FAULT_CLOSE, 3}, {FAULT_RENAME, 1}, {FAULT_MEMORY, 2}};

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		assert_int_equal(fault_count(wanted[i].calls, copy, *state), wanted[i].count);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_place(every_kind_of_call_is_counted),
		in_place(a_replaced_file_is_old_or_new),
		in_place(a_copied_file_is_old_or_new),
		in_place(no_fault_before_the_rename_is_swallowed),
		in_place(every_piece_is_checked),
		in_place(no_fault_of_reading_is_swallowed),
		in_place(short_and_interrupted_io_is_carried_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
