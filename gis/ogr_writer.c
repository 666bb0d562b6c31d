#include "gis/ogr_writer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/messages.h"
#include "base/text.h"
#include "gis/watch.h"

enum {
	FLUSH_BYTES = 1 << 18,
	ASK_MS = 200, /* how often the user is asked while nothing moves */
	PATH_BYTES_MAX = 4096,
	ANSWER_BYTES_MAX = OGR_NAMES_MAX + ERROR_DETAIL_MAX + 100,
	ARGUMENTS_MAX = 16,
	CPU_S_MAX = 24 * 3600, /* as dothi-ogr takes it */
	CPU_S_SPARE = 10,
	DISK_ASKED_BYTES = 16 << 20, /* how often it is looked how much the disk has left */
	NEARLY_BYTES = 1 << 20, /* a file so near to a limit, or a disk: the end may be missing */
	PARTS_MAX = 2,
};

/* What a shapefile consists of; the last one makes it one. */
static const char *const shapefile_parts[] = {
	"shx", "dbf", "prj", "cpg", "fields.csv", "full_values.csv", "shp"};
enum { SHAPEFILE_PARTS = sizeof shapefile_parts / sizeof *shapefile_parts };

struct own_part {
	const char *name;
	int fd;
};

struct ogr_writer {
	struct ogr_writer_plan plan;
	struct ogr_layer layer; /* the columns are counted alone */
	struct ogr_process process;
	struct strbuf folder; /* "" none */
	struct strbuf out;    /* frames that the program has not yet */
	struct strbuf answer;
	struct own_part parts[PARTS_MAX];
	size_t part_count;
	int64_t rows, waited_ms, asked_at_bytes, fed_bytes, bytes;
	struct error failure; /* sticks */
};

/* Bytes of "a.ENDING" in the folder; 0 if there is none. */
static int64_t size_of(const struct ogr_writer *writer, const char *ending)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	struct stat info;

	file_join(&path, writer->folder.data, "a.");
	strbuf_add_text(&path, ending);
	return path.failed || lstat(path.data, &info) ? 0 : info.st_size;
}

static bool is_at_limit(const struct ogr_writer *writer)
{
	static const char *const growing[] = {"gpkg", "geojson", "fgb", "csv", "shp", "dbf", "zip"};

	for (size_t i = 0; i < sizeof growing / sizeof *growing; i++)
		if (size_of(writer, growing[i]) > writer->plan.bytes_max - NEARLY_BYTES)
			return true;
	return false;
}

static int fail_full(const struct ogr_writer *writer, struct error *err)
{
	int64_t free_bytes = file_free_bytes(writer->folder.data);

	if (free_bytes >= 0 && free_bytes < writer->plan.reserve_bytes + NEARLY_BYTES)
		return fail_disk_full(err);
	if (is_at_limit(writer))
		return fail_export_too_large(err, writer->plan.name, writer->plan.bytes_max);
	return fail_file_not_written(err, writer->plan.name);
}

static int fail_by_fault(struct ogr_writer *writer, const struct stream_fault *fault,
	struct error *err)
{
	int rc;

	if (fault->fault == FAULT_SANDBOX)
		rc = fail_sandbox_missing(err);
	else if (fault->fault == FAULT_NO_MEMORY)
		rc = fail_no_memory(err);
	else if (fault->fault == FAULT_NOT_WRITTEN)
		rc = fail_full(writer, err);
	else
		rc = fail_internal(err);
	error_detail(err, "row %lld: %s", (long long)fault->number, fault->detail);
	return rc;
}

/* The program is gone without a word: it was killed, or the library crashed. */
static int fail_by_end(struct ogr_writer *writer, struct error *err)
{
	int signal = ogr_process_leave(&writer->process);

	fail_writer_stopped(err, writer->plan.name);
	return error_detail(err, "dothi-ogr ended, signal %d", signal);
}

/* 0 if it may go on. */
static int ask_user(const struct ogr_writer *writer, struct error *err)
{
	if (writer->plan.cancelled && writer->plan.cancelled(writer->plan.context))
		return fail_export_stopped(err);
	return writer->waited_ms > writer->plan.wait_ms_max ? fail_write_too_long(err) : 0;
}

/* Waits for the program's words and reads them; 0 at their end. */
static int hear(struct ogr_writer *writer, struct error *err)
{
	for (;;) {
		int64_t start_ms = clock_ticks_ms();
		int ready = ogr_process_wait(&writer->process, ASK_MS), rc;
		ssize_t got;

		writer->waited_ms += clock_ticks_ms() - start_ms;
		rc = ready ? 0 : ask_user(writer, err);
		if (rc)
			return rc;
		if (!ready)
			continue;
		if (!strbuf_reserve(&writer->answer, ANSWER_BYTES_MAX - writer->answer.len))
			return fail_no_memory(err);
		got = ogr_process_read(&writer->process, writer->answer.data + writer->answer.len,
			ANSWER_BYTES_MAX - writer->answer.len);
		if (got <= 0)
			return 0;
		writer->answer.len += (size_t)got;
	}
}

/* What the program says at its end, or when it takes nothing more. */
static int read_answer(struct ogr_writer *writer, struct error *err)
{
	struct stream_fault fault;
	struct frame frame;
	int64_t rows;
	int rc = hear(writer, err);

	if (rc)
		return rc;
	if (ogr_stream_frame(writer->answer.data, writer->answer.len, &frame) <= 0)
		return fail_by_end(writer, err);
	if (ogr_stream_get_fault(&frame, &fault))
		return fail_by_fault(writer, &fault, err);
	if (!ogr_stream_get_end(&frame, &rows) || rows != writer->rows)
		return fail_by_end(writer, err);
	ogr_process_leave(&writer->process);
	return 0;
}

/* Others need some of the disk too. */
static int ask_disk(struct ogr_writer *writer, struct error *err)
{
	int64_t free_bytes;

	if (writer->fed_bytes - writer->asked_at_bytes < DISK_ASKED_BYTES)
		return 0;
	writer->asked_at_bytes = writer->fed_bytes;
	free_bytes = file_free_bytes(writer->folder.data);
	return free_bytes >= 0 && free_bytes < writer->plan.reserve_bytes ? fail_disk_full(err)
									   : 0;
}

static int flush(struct ogr_writer *writer, struct error *err)
{
	size_t at = 0;
	int rc = strbuf_check(&writer->out, err);

	if (!rc)
		rc = ask_disk(writer, err);
	while (!rc && at < writer->out.len) {
		int64_t start_ms = clock_ticks_ms();
		ssize_t took = ogr_process_feed(&writer->process, writer->out.data + at,
			writer->out.len - at, ASK_MS);

		writer->waited_ms += clock_ticks_ms() - start_ms;
		if (took < 0) {
			rc = read_answer(writer, err);
			return rc ? rc : fail_internal(err);
		}
		at += (size_t)took;
		rc = took ? 0 : ask_user(writer, err);
	}
	writer->fed_bytes += (int64_t)at;
	strbuf_reset(&writer->out);
	return rc;
}

static int start_program(struct ogr_writer *writer, struct error *err)
{
	const struct ogr_writer_plan *plan = &writer->plan;
	const char *arguments[ARGUMENTS_MAX] = {plan->program};
	char cpu[24], size[24];
	const char *const pairs[][2] = {{"--write", plan->format},
		{"--pack", plan->packed ? "yes" : NULL}, {"--title", plan->title},
		{"--day", plan->day}, {"--file-mib", size}, {"--cpu", cpu}};
	int64_t cpu_s = plan->wait_ms_max / 1000 + CPU_S_SPARE;
	size_t count = 1;

	snprintf(cpu, sizeof cpu, "%lld", (long long)(cpu_s < CPU_S_MAX ? cpu_s : CPU_S_MAX));
	snprintf(size, sizeof size, "%lld", (long long)(plan->bytes_max >> 20));
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (!pairs[i][1])
			continue;
		arguments[count++] = pairs[i][0];
		arguments[count++] = pairs[i][1];
	}
	return ogr_process_start_fed(
		plan->program, arguments, writer->folder.data, &writer->process, err);
}

int ogr_writer_open(const struct ogr_writer_plan *plan, const struct ogr_layer *layer,
	struct ogr_writer **ret_writer, struct error *err)
{
	autoptr(ogr_writer_close) struct ogr_writer *writer = calloc(1, sizeof *writer);
	int rc;

	if (!writer)
		return fail_no_memory(err);
	writer->plan = *plan;
	writer->layer.column_count = layer->column_count;
	writer->process = OGR_PROCESS;
	writer->folder = STRBUF(PATH_BYTES_MAX);
	writer->out = STRBUF(OGR_FRAME_MAX + 2 * FLUSH_BYTES);
	writer->answer = STRBUF(ANSWER_BYTES_MAX + 1);
	rc = file_make_temporary_folder(plan->work_folder, &writer->folder, err);
	if (rc) {
		strbuf_reset(&writer->folder);
		return rc;
	}
	rc = start_program(writer, err);
	if (rc)
		return rc;
	ogr_stream_put_layer(&writer->out, layer);
	*ret_writer = take(writer);
	return 0;
}

int ogr_writer_add(struct ogr_writer *writer, const struct stream_row *row, struct error *err)
{
	struct stream_row numbered = *row;

	if (writer->failure.code)
		return error_copy(err, &writer->failure);
	numbered.number = ++writer->rows;
	ogr_stream_put_row(&writer->out, &numbered, &writer->layer);
	if (writer->out.len < FLUSH_BYTES && !writer->out.failed)
		return 0;
	return flush(writer, &writer->failure) ? error_copy(err, &writer->failure) : 0;
}

/* The folder is the program's: nothing there is followed, nothing overwritten. */
static int open_part(struct ogr_writer *writer, const char *name, int *ret_fd, struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	int fd;

	if (writer->part_count == PARTS_MAX)
		return fail_internal(err);
	file_join(&path, writer->folder.data, "a.");
	strbuf_add_text(&path, name);
	fd = path.failed ? -1
			 : open(path.data, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail_full(writer, err);
	writer->parts[writer->part_count++] = (struct own_part){name, fd};
	*ret_fd = fd;
	return 0;
}

int ogr_writer_add_part(struct ogr_writer *writer, const char *part, const void *bytes, size_t len,
	struct error *err)
{
	int fd = -1, rc = 0;

	for (size_t i = 0; i < writer->part_count; i++)
		if (!strcmp(writer->parts[i].name, part))
			fd = writer->parts[i].fd;
	if (fd < 0)
		rc = open_part(writer, part, &fd, err);
	return rc ? rc : file_append(fd, bytes, len, err);
}

static void close_parts(struct ogr_writer *writer)
{
	while (writer->part_count)
		file_drop(&writer->parts[--writer->part_count].fd);
}

/* Appends the path of "a.ENDING" in the folder. */
static int part_path(
	const struct ogr_writer *writer, const char *ending, struct strbuf *path, struct error *err)
{
	file_join(path, writer->folder.data, "a.");
	strbuf_add_text(path, ending);
	return strbuf_check(path, err);
}

static const char *ending_of(const struct ogr_writer *writer)
{
	return writer->plan.packed ? "zip" : writer->plan.format;
}

static bool has_parts(const struct ogr_writer *writer)
{
	return !strcmp(ending_of(writer), "shp");
}

/* Makes a file of the program durable and our own; *ret_bytes -1 if there is none. */
static int settle(struct ogr_writer *writer, const char *ending, int64_t *ret_bytes,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);
	autofree(file_drop) int fd = -1;
	struct stat info;
	int rc = part_path(writer, ending, &path, err);

	*ret_bytes = -1;
	if (rc || !file_exists(path.data))
		return rc;
	fd = open(path.data, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &info) || !S_ISREG(info.st_mode) || info.st_nlink != 1)
		return fail_file_not_written(err, writer->plan.name);
	if (info.st_uid != geteuid() && fchown(fd, geteuid(), getegid()))
		return fail_file_not_written(err, writer->plan.name);
	*ret_bytes = info.st_size;
	return file_sync(fd, err);
}

static int settle_all(struct ogr_writer *writer, struct error *err)
{
	int64_t bytes, free_bytes;
	int rc = 0;

	if (!has_parts(writer)) {
		rc = settle(writer, ending_of(writer), &writer->bytes, err);
		if (!rc && writer->bytes < 0)
			rc = fail_file_not_written(err, writer->plan.name);
	}
	for (size_t i = 0; !rc && has_parts(writer) && i < SHAPEFILE_PARTS; i++) {
		rc = settle(writer, shapefile_parts[i], &bytes, err);
		writer->bytes += bytes > 0 ? bytes : 0;
	}
	/* Libraries close files without a look whether their last bytes found room. */
	free_bytes = file_free_bytes(writer->folder.data);
	if (!rc && free_bytes >= 0 && free_bytes < NEARLY_BYTES)
		rc = fail_disk_full(err);
	if (!rc && writer->bytes > writer->plan.bytes_max - NEARLY_BYTES)
		rc = fail_export_too_large(err, writer->plan.name, writer->plan.bytes_max);
	return rc;
}

int ogr_writer_finish(struct ogr_writer *writer, struct error *err)
{
	int rc = writer->failure.code ? error_copy(err, &writer->failure) : 0;

	if (rc)
		return rc;
	close_parts(writer);
	ogr_stream_put_end(&writer->out, writer->rows);
	rc = flush(writer, err);
	if (!rc)
		rc = read_answer(writer, err);
	return rc ? rc : settle_all(writer, err);
}

int64_t ogr_writer_bytes(const struct ogr_writer *writer)
{
	return writer->bytes;
}

static int take_file(
	struct ogr_writer *writer, const char *ending, const char *path, struct error *err)
{
	autofree(strbuf_clear) struct strbuf from = STRBUF(PATH_BYTES_MAX);
	int rc = part_path(writer, ending, &from, err);

	if (rc || !file_exists(from.data))
		return rc;
	return file_rename(from.data, path, err);
}

int ogr_writer_take(struct ogr_writer *writer, const char *path, struct error *err)
{
	size_t len = strlen(path);
	int rc = 0;

	if (!has_parts(writer))
		return take_file(writer, ending_of(writer), path, err);
	if (len > 4 && text_equal_nocase(path + len - 4, ".shp"))
		len -= 4;
	for (size_t i = 0; !rc && i < SHAPEFILE_PARTS; i++) {
		autofree(strbuf_clear) struct strbuf to = STRBUF(PATH_BYTES_MAX);

		strbuf_add(&to, path, len);
		strbuf_add_format(&to, ".%s", shapefile_parts[i]);
		rc = strbuf_check(&to, err);
		if (!rc)
			rc = take_file(writer, shapefile_parts[i], to.data, err);
	}
	return rc;
}

void ogr_writer_close(struct ogr_writer *writer)
{
	if (!writer)
		return;
	ogr_process_end(&writer->process);
	close_parts(writer);
	if (writer->folder.len)
		file_remove(writer->folder.data, NULL);
	strbuf_clear(&writer->folder);
	strbuf_clear(&writer->out);
	strbuf_clear(&writer->answer);
	free(writer);
}
