/*
 * reader_help: opens files made by a test through the real dothi-ogr, and looks after what a reader
 * leaves behind.
 */
#ifndef TESTS_GIS_READER_HELP_H
#define TESTS_GIS_READER_HELP_H

#include "gis/ogr_reader.h"
#include "tests/gis/make_files.h"

/* Options for a file of ordinary size; the work folder is folder/work, made if it is not there. */
struct ogr_options reader_options(void **state);

/* Opens folder/name with them; the test fails if that fails. */
struct ogr_reader *open_reader(void **state, const char *name, const struct ogr_options *options);

/* Fails the test unless the file is refused with that message when it is opened. */
void assert_not_opened(
	void **state, const char *name, const struct ogr_options *options, const char *code);

/* The next row; the test fails if there is none. */
const struct ogr_row *next_row(struct ogr_reader *reader);

/* Fails the test unless the rows are at their end, or end with that message. */
void assert_end(struct ogr_reader *reader);
void assert_stops(struct ogr_reader *reader, const char *code);

/* The text of a value; "(null)" and "(other)" for what is none. */
const char *row_text(const struct ogr_row *row, size_t column);

/* Before and after each test: no process, no descriptor and no folder may be left over. */
int remember_resources(void **state);
int check_resources(void **state);

/* A test between the two. */
#define reader_test(test) cmocka_unit_test_setup_teardown(test, remember_resources, check_resources)

/* Runs a command of the shell in the folder of the test. */
void run_command(void **state, const char *command);

#endif
