#include "tests/gis/reader_help.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/test.h"

#include "base/messages.h"

enum { PATIENCE_MS = 120000 };

struct ogr_options reader_options(void **state)
{
	static char work[MADE_PATH_MAX];

	snprintf(work, sizeof work, "%s", test_path(folder_of(state), "work"));
	mkdir(work, 0700);
	return (struct ogr_options){.program = DOTHI_OGR,
		.work_folder = work,
		.bytes_max = (int64_t)1 << 30,
		.open_ms_max = PATIENCE_MS,
		.wait_ms_max = PATIENCE_MS};
}

struct ogr_reader *open_reader(void **state, const char *name, const struct ogr_options *options)
{
	struct ogr_options usual = reader_options(state);
	struct ogr_reader *reader = NULL;
	struct error err = {0};

	if (ogr_reader_open(
		    test_path(folder_of(state), name), options ? options : &usual, &reader, &err))
		fail_msg("%s: %s %s", name, error_message_code(&err), err.detail);
	return reader;
}

void assert_not_opened(
	void **state, const char *name, const struct ogr_options *options, const char *code)
{
	struct ogr_options usual = reader_options(state);
	struct ogr_reader *reader = NULL;
	struct error err = {0};

	if (!ogr_reader_open(
		    test_path(folder_of(state), name), options ? options : &usual, &reader, &err)) {
		ogr_reader_close(reader);
		fail_msg("opened: %s", name);
	}
	assert_null(reader);
	assert_message(&err, code);
}

const struct ogr_row *next_row(struct ogr_reader *reader)
{
	const struct ogr_row *row = NULL;
	struct error err = {0};

	if (ogr_reader_next(reader, &row, &err) != 1)
		fail_msg("no row: %s %s", error_message_code(&err), err.detail);
	return row;
}

void assert_end(struct ogr_reader *reader)
{
	const struct ogr_row *row = NULL;
	struct error err = {0};

	for (int i = 0; i < 2; i++)
		if (ogr_reader_next(reader, &row, &err))
			fail_msg("not the end: %s %s", error_message_code(&err), err.detail);
}

void assert_stops(struct ogr_reader *reader, const char *code)
{
	const struct ogr_row *row = NULL;
	struct error err = {0};
	int got;

	do
		got = ogr_reader_next(reader, &row, &err);
	while (got > 0);
	assert_true(got < 0);
	assert_message(&err, code);
	/* It says so again. */
	error_clear(&err);
	assert_int_equal(ogr_reader_next(reader, &row, &err), got);
	assert_message(&err, code);
}

const char *row_text(const struct ogr_row *row, size_t column)
{
	const struct value *value = row->values + column;

	if (value->kind == VALUE_NULL)
		return "(null)";
	return value->kind == VALUE_TEXT ? value->text : "(other)";
}

static int open_files(void)
{
	return count_entries("/proc/self/fd");
}

int remember_resources(void **state)
{
	folder_of(state)->open_files = open_files();
	return 0;
}

int check_resources(void **state)
{
	assert_int_equal(open_files(), folder_of(state)->open_files);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_true(count_entries(test_path(folder_of(state), "work")) <= 0);
	return 0;
}

void run_command(void **state, const char *command)
{
	autofree(strbuf_clear) struct strbuf line = STRBUF(8192);

	strbuf_add_format(&line, "cd '%s' && %s", folder_of(state)->path, command);
	assert_false(line.failed);
	if (system(line.data))
		fail_msg("%s", line.data);
}
