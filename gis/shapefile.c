#include "gis/shapefile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/messages.h"

/* ESRI Shapefile Technical Description (July 1998); the dBase header as dBase III has it. */
enum {
	SHP_MAGIC = 9994,
	SHP_VERSION = 1000,
	SHP_HEADER_BYTES = 100,
	RECORD_HEADER_BYTES = 8,
	INDEX_ENTRY_BYTES = 8,
	DBF_HEADER_BYTES_MIN = 33,
	WORD_BYTES = 2,	       /* lengths count 16-bit words */
	CONTENT_BYTES_MIN = 4, /* a type alone: the null shape */
	PATH_BYTES_MAX = 4096,
	NAME_BYTES_MAX = 1024,
	WATCH_EVERY_ROWS = 4096,
};

/* A part of the shapefile, of which a stretch is in memory. */
struct part {
	int fd;
	bool missing;
	int64_t size;
	int64_t stated; /* size that the header states */
	char shown[NAME_BYTES_MAX];
	int64_t at; /* where the stretch begins */
	size_t len;
	unsigned char bytes[1 << 15];
};

static uint32_t big_u32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t little_u32(const unsigned char *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

static int64_t words(const unsigned char *at)
{
	return (int64_t)big_u32(at) * WORD_BYTES;
}

static void part_close(struct part *part)
{
	file_drop(&part->fd);
}

/* The len bytes at a place (few: at most those of a header), or NULL outside of the file. */
static const unsigned char *part_at(struct part *part, int64_t at, size_t len)
{
	ssize_t got;

	if (at < 0 || at > part->size - (int64_t)len)
		return NULL;
	if (at < part->at || at + (int64_t)len > part->at + (int64_t)part->len) {
		do
			got = pread(part->fd, part->bytes, sizeof part->bytes, at);
		while (got < 0 && errno == EINTR);
		part->at = at;
		part->len = got > 0 ? (size_t)got : 0;
		if (part->len < len)
			return NULL;
	}
	return part->bytes + (at - part->at);
}

static int part_open(struct part *part, const char *folder, const char *name, const char *extension,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	struct stat info;
	int rc;

	*part = (struct part){.fd = -1};
	snprintf(part->shown, sizeof part->shown, "%s%s", name, extension);
	file_join(&path, folder, "a");
	strbuf_add_text(&path, extension);
	rc = strbuf_check(&path, err);
	if (rc)
		return rc;
	part->fd = open(path.data, O_RDONLY | O_CLOEXEC);
	part->missing = part->fd < 0 && errno == ENOENT;
	if (part->missing)
		return fail_shp_part_missing(err, part->shown);
	if (part->fd < 0 || fstat(part->fd, &info))
		return fail_file_unreadable(err, part->shown);
	part->size = info.st_size;
	return 0;
}

/* The header that .shp and .shx share. */
static int check_header(struct part *part, struct error *err)
{
	const unsigned char *header = part_at(part, 0, SHP_HEADER_BYTES);

	if (!header)
		return fail_file_truncated(err, part->shown, part->size, SHP_HEADER_BYTES);
	part->stated = words(header + 24);
	if (big_u32(header) != SHP_MAGIC || little_u32(header + 28) != SHP_VERSION ||
		part->stated < SHP_HEADER_BYTES)
		return fail_shp_damaged(err, part->shown);
	if (part->stated > part->size)
		return fail_file_truncated(err, part->shown, part->size, part->stated);
	/* Rows behind the stated end: whoever wrote them was stopped before the header. */
	if (part->stated < part->size)
		return fail_shp_unfinished(err, part->shown);
	return 0;
}

/* Every entry of the index must lead to a record of that length inside the file. */
static int check_index(struct part *shp, struct part *shx, const struct watch *watch,
	int64_t *ret_rows, struct error *err)
{
	int64_t rows = (shx->size - SHP_HEADER_BYTES) / INDEX_ENTRY_BYTES;

	for (int64_t row = 0; row < rows; row++) {
		const unsigned char *entry =
			part_at(shx, SHP_HEADER_BYTES + row * INDEX_ENTRY_BYTES, INDEX_ENTRY_BYTES);
		int64_t at = entry ? words(entry) : 0;
		int64_t len = entry ? words(entry + 4) : 0;
		const unsigned char *record;
		int rc = row % WATCH_EVERY_ROWS ? 0 : watch_check(watch, err);

		if (rc)
			return rc;
		record = part_at(shp, at, RECORD_HEADER_BYTES);
		if (!record || at < SHP_HEADER_BYTES || len < CONTENT_BYTES_MIN ||
			words(record + 4) != len || len > shp->size - at - RECORD_HEADER_BYTES)
			return fail_shp_row_damaged(err, shp->shown, row + 1);
	}
	*ret_rows = rows;
	return 0;
}

static void add_big_u32(struct strbuf *out, int64_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		strbuf_add_char(out, (char)(value >> shift & 0xFF));
}

/* Makes the entries from the chain of records: each begins where the one before it ends. */
static int add_entries(struct part *shp, const char *missing, struct strbuf *out,
	const struct watch *watch, int64_t *ret_rows, struct error *err)
{
	int64_t at = SHP_HEADER_BYTES, row = 0;

	while (at < shp->size) {
		const unsigned char *record = part_at(shp, at, RECORD_HEADER_BYTES);
		int64_t len = record ? words(record + 4) : 0;
		int rc = row % WATCH_EVERY_ROWS ? 0 : watch_check(watch, err);

		if (rc)
			return rc;
		if (!record || len > shp->size - at - RECORD_HEADER_BYTES)
			return fail_shp_row_damaged(err, shp->shown, row + 1);
		if (big_u32(record) != (uint64_t)row + 1 || len < CONTENT_BYTES_MIN)
			return fail_shp_part_missing(err, missing);
		add_big_u32(out, at / WORD_BYTES);
		add_big_u32(out, len / WORD_BYTES);
		at += RECORD_HEADER_BYTES + len;
		row++;
	}
	*ret_rows = row;
	return strbuf_check(out, err);
}

static int make_index(struct part *shp, const char *folder, const char *missing,
	const struct watch *watch, int64_t *ret_rows, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	/* A record has twelve bytes at least, its entry eight. */
	autofree(strbuf_clear) struct strbuf index = STRBUF((size_t)shp->size + SHP_HEADER_BYTES);
	autofree(file_drop) int fd = -1;
	int64_t length;
	int rc;

	strbuf_add(&index, part_at(shp, 0, SHP_HEADER_BYTES), SHP_HEADER_BYTES);
	rc = add_entries(shp, missing, &index, watch, ret_rows, err);
	if (rc)
		return rc;
	length = (int64_t)index.len / WORD_BYTES;
	for (int i = 0; i < 4; i++)
		index.data[24 + i] = (char)(length >> (24 - 8 * i) & 0xFF);
	file_join(&path, folder, "a.shx");
	rc = strbuf_check(&path, err);
	if (!rc)
		rc = file_create(path.data, &fd, err);
	if (!rc)
		rc = file_append(fd, index.data, index.len, err);
	return rc;
}

static int check_table(const char *folder, const char *name, int64_t *ret_rows, struct error *err)
{
	autofree(part_close) struct part dbf;
	const unsigned char *header;
	int rc = part_open(&dbf, folder, name, ".dbf", err);
	int64_t header_bytes, row_bytes, rows;

	if (rc)
		return rc;
	header = part_at(&dbf, 0, DBF_HEADER_BYTES_MIN);
	if (!header)
		return fail_file_truncated(err, dbf.shown, dbf.size, DBF_HEADER_BYTES_MIN);
	rows = little_u32(header + 4);
	header_bytes = header[8] | header[9] << 8;
	row_bytes = header[10] | header[11] << 8;
	if (header_bytes < DBF_HEADER_BYTES_MIN || !row_bytes)
		return fail_shp_damaged(err, dbf.shown);
	dbf.stated = header_bytes + rows * row_bytes;
	if (dbf.stated > dbf.size)
		return fail_file_truncated(err, dbf.shown, dbf.size, dbf.stated);
	*ret_rows = rows;
	return 0;
}

int shapefile_check(const char *folder, const char *name, const struct watch *watch,
	bool *ret_index_made, struct error *err)
{
	autofree(part_close) struct part shp;
	autofree(part_close) struct part shx = {.fd = -1};
	int64_t shapes = 0, rows = 0;
	int rc = part_open(&shp, folder, name, ".shp", err);

	if (!rc)
		rc = check_header(&shp, err);
	if (!rc)
		rc = check_table(folder, name, &rows, err);
	if (rc)
		return rc;
	rc = part_open(&shx, folder, name, ".shx", err);
	if (shx.missing) {
		rc = make_index(&shp, folder, shx.shown, watch, &shapes, err);
	} else {
		if (!rc)
			rc = check_header(&shx, err);
		if (!rc)
			rc = check_index(&shp, &shx, watch, &shapes, err);
	}
	if (rc)
		return rc;
	if (shapes != rows)
		return fail_shp_parts_differ(err, name, shapes, rows);
	error_clear(err);
	*ret_index_made = shx.missing;
	return 0;
}
