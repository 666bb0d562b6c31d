/*
 * make_files: files as users send them, right and wrong, made by the tests themselves.
 *
 * Bytes are built in buffers, so that a test can damage them before they are written.
 */
#ifndef TESTS_GIS_MAKE_FILES_H
#define TESTS_GIS_MAKE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "tests/random.h"

enum { MADE_BYTES_MAX = 256 << 20, MADE_PATH_MAX = 4096 };

/* An empty folder below the working folder, and its removal with all in it. */
struct test_folder {
	char path[MADE_PATH_MAX / 2];
	char file[MADE_PATH_MAX]; /* what test_path() made last */
	int open_files;		  /* remember_resources() */
};
void test_folder_make(struct test_folder *folder);
void test_folder_remove(struct test_folder *folder);

/* The same as the state of a group of tests. */
int folder_setup(void **state);
int folder_teardown(void **state);
struct test_folder *folder_of(void **state);

/* How many things are in a folder; -1 if it is not there. */
int count_entries(const char *path);

/* The path of a file in the folder, until the next call with that folder. */
const char *test_path(struct test_folder *folder, const char *name);

/* Writes a file into the folder and returns its path. */
const char *write_made(struct test_folder *folder, const char *name, const struct strbuf *bytes);
const char *write_text(struct test_folder *folder, const char *name, const char *text);

/* A member of an archive; zeros are the truth about it. */
struct made_member {
	const char *name;
	const void *bytes;
	size_t len;
	bool stored;	   /* not compressed */
	size_t name_len;   /* 0: to the first '\0' */
	uint32_t size;	   /* what the directory says that it unpacks to */
	uint32_t checksum; /* likewise */
	uint16_t flags;
	uint16_t method;
	uint32_t unix_mode;
	bool shares_bytes; /* with the member before it */
};

/* Appends a zip archive with one member for each row. */
void make_zip(struct strbuf *out, const struct made_member *members, size_t count);

/* A shapefile of squares, each 10 m, side by side from (600000, 1214000); its table has TEN, SO. */
struct made_shapefile {
	struct strbuf shp, shx, dbf;
};
#define MADE_SHAPEFILE            \
	((struct made_shapefile){ \
		STRBUF(MADE_BYTES_MAX), STRBUF(MADE_BYTES_MAX), STRBUF(MADE_BYTES_MAX)})
void make_shapefile(struct made_shapefile *made, int squares);
void made_shapefile_clear(struct made_shapefile *made);

/* One polygon with so many points, on a circle; the table has one row. */
void make_large_polygon(struct made_shapefile *made, int points);

/* Writes name.shp, name.shx and name.dbf; returns the path of the first. */
const char *write_shapefile(
	struct test_folder *folder, const char *name, const struct made_shapefile *made);

/* Zips the three parts under folder/name.* ("" no folder). */
void zip_shapefile(struct strbuf *out, const char *name, const struct made_shapefile *made);

/* VN-2000 / TM-3 105-45, as ESRI writes it. */
extern const char prj_9210[];

/* Fails the test if the error is not the message of that printed code. */
void assert_message(const struct error *err, const char *code);

/* Flips or sets a few bytes, or cuts the end off. */
void mutate(struct strbuf *bytes, struct random *random);

#endif
