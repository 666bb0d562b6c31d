/*
 * dothi_ogr: the parts of the program that reads files of users and writes files for them
 * (dothi_ogr*.c).
 *
 * To read, it is started by ogr_reader with the file under a neutral name in a folder of its own,
 * closes its sandbox, opens the file with the one driver of its format, and writes what it finds to
 * the standard output (ogr_stream). To write, ogr_writer gives it the rows on its standard input and
 * an empty folder. Only these files know GDAL.
 */
#ifndef GIS_DOTHI_OGR_H
#define GIS_DOTHI_OGR_H

#include <iconv.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "gis/csv_columns.h"
#include "gis/ogr_stream.h"
#include "gis/upload.h" /* the formats alone */

/* The file to read or to write, from the command line. */
struct task {
	const char *write; /* the ending of the format that is written; NULL: a file is read */
	bool pack;	   /* its parts become one archive */
	const char *title; /* of the layer, for people; NULL */
	const char *day;   /* of the records, "2026-11-21"; NULL: the clock's */
	int64_t file_mib;  /* the largest file that may grow */
	enum upload_format format;
	const char *layer;	  /* NULL the only one */
	const char *encoding;	  /* NULL as the file says */
	const char *east, *north; /* columns of a table of text; NULL by their names */
	int64_t cpu_s;
};

/* What ends the reading, with room for its words. */
struct trouble {
	enum ogr_fault fault;
	int64_t number;
	char text[OGR_NAMES_MAX + 1];
	char detail[ERROR_DETAIL_MAX + 1];
};

/* Fills the trouble; text and detail may be NULL. Returns false, for `return trouble_set(...)`. */
bool trouble_set(
	struct trouble *trouble, enum ogr_fault fault, const char *text, const char *detail);

/* --- texts (dothi_ogr_text.c) --- */

/* Turns bytes of one encoding into UTF-8, strictly. */
struct recoder {
	iconv_t descriptor; /* unused for UTF-8 */
	bool is_utf8;
	char name[64];
};

/* False if the machine has no such encoding. */
bool recoder_open(struct recoder *recoder, const char *encoding);
void recoder_close(struct recoder *recoder);

/* The text in UTF-8, from the arena where it had to be changed; NULL if it is not of the encoding.
 */
const char *recoder_text(
	struct recoder *recoder, struct arena *arena, const char *text, size_t *ret_len);

/* Copies words of the library, as UTF-8, into a place of that size. */
void copy_words(char *to, size_t size, const char *words);

/* --- the open file (dothi_ogr_open.c) --- */

/* What the library said last. */
struct complaint {
	bool failed;
	char words[ERROR_DETAIL_MAX + 1];
};

struct source {
	const struct task *task;
	void *dataset, *layer; /* of GDAL */
	struct ogr_layer info;
	struct ogr_column *columns;
	struct arena arena; /* of info */
	struct recoder recoder;
	struct complaint complaint;
	struct csv_columns csv;
	bool csv_north_first; /* csv.first holds the north */
};

/* The format of the file "a." with that ending; false if there is none. */
bool format_parse(const char *ending, enum upload_format *ret_format);

/* Which library this is, "3.6.2". */
const char *source_library(void);

/* The folders that the library reads for itself, from the arena, NULL ended; at most count. */
void source_data_folders(struct arena *arena, const char **places, size_t count);

bool source_open(struct source *source, const struct task *task, struct trouble *trouble);
void source_close(struct source *source);

/* Fills the coordinate system of source->info (dothi_ogr_crs.c). */
void source_find_crs(struct source *source);

/* Finds the columns with the coordinates of a table of text (dothi_ogr_csv.c). */
bool source_find_csv_columns(struct source *source, struct trouble *trouble);

/* Appends the WKB of a row of a table of text. */
enum row_problem source_add_csv_geometry(
	const struct source *source, void *feature, struct strbuf *wkb);

/* Appends the WKB of a geometry of the library, with straight edges and without measures. */
enum row_problem source_add_wkb(const struct source *source, void *geometry, struct strbuf *wkb);

/* The settings of the library, and where its complaints go. */
void library_settle(struct complaint *complaint);

/* --- rows (dothi_ogr_rows.c) --- */

/* Writes the layer, its rows and the end; false with the trouble that stopped it. */
bool source_write(struct source *source, int fd, struct trouble *trouble);

/* --- writing (dothi_ogr_write.c) --- */

/* True if a format with that ending is written. */
bool target_parse(const char *ending);

/*
 * Takes a layer, its rows and the end (ogr_stream) and makes "a.FORMAT" of them, or "a.zip"; says the
 * end when it is there. False with the trouble that stopped it; then there is no file.
 */
bool target_write(const struct task *task, int in_fd, int out_fd, struct trouble *trouble);

/* Writes all bytes and empties the buffer; false if nobody reads. */
bool write_out(int fd, struct strbuf *out);

#endif
