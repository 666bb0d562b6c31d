#include "gis/ogr_reader.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/text.h"
#include "gis/ogr_stream.h"

enum {
	PIECE = 1 << 18,	   /* bytes asked of the pipe at a time */
	ASK_MS = 200,		   /* how often the user is asked while nothing comes */
	INFO_BYTES_MAX = 4 << 20,  /* names of a thousand columns */
	ROW_BYTES_MAX = 128 << 20, /* the largest shape, and what it outgrew on the way */
	PATH_BYTES_MAX = 4096,
	ARGUMENTS_MAX = 16,
	CPU_S_SPARE = 10,
	CPU_S_MAX = 24 * 3600, /* as dothi-ogr takes it */
};

struct ogr_reader {
	struct ogr_options options; /* after opening without its texts, which are the caller's */
	struct upload upload;
	struct ogr_info info;
	struct ogr_process process;
	struct strbuf folder; /* "" none */
	struct strbuf inbox;  /* bytes of the pipe; frames before `taken` are done with */
	size_t taken;
	int64_t waited_ms;
	struct arena info_arena;
	struct arena row_arena;
	struct strbuf nfc; /* one text on its way to the arena */
	struct ogr_row row;
	struct shape shape;
	struct error geometry_error, value_error;
	int64_t rows;
	bool ended;
	struct error failure; /* sticks */
};

static int fail_by_fault(
	const struct ogr_reader *reader, const struct stream_fault *fault, struct error *err)
{
	const char *name = reader->upload.name;
	int rc = ERR_INTERNAL;

	switch (fault->fault) {
	case FAULT_SANDBOX:
		rc = fail_sandbox_missing(err);
		break;
	case FAULT_FORMAT:
		rc = fail_file_not_opened(err, name, upload_format_name(reader->upload.format));
		break;
	case FAULT_DAMAGED:
		rc = fail_file_damaged(err, name, fault->number);
		break;
	case FAULT_NO_LAYERS:
		rc = fail_layer_none(err, name);
		break;
	case FAULT_LAYER_UNKNOWN:
		rc = fail_layer_unknown(err, name, reader->options.layer, fault->text);
		break;
	case FAULT_LAYERS_SEVERAL:
		rc = fail_layers_several(err, name, fault->text);
		break;
	case FAULT_ENCODING:
		rc = fail_encoding_unknown(err, fault->text);
		break;
	case FAULT_COLUMNS:
		rc = fail_columns_too_many(err, OGR_COLUMNS_MAX);
		break;
	case FAULT_CSV_NO_COORDINATES:
		rc = fail_csv_no_coordinates(err, name);
		break;
	case FAULT_CSV_NO_COLUMN:
		rc = fail_csv_no_column(err, name, fault->text);
		break;
	case FAULT_CSV_ORDER:
		rc = fail_csv_order_unclear(err, name);
		break;
	case FAULT_NO_MEMORY:
		rc = fail_reader_stopped(err, name);
		break;
	case FAULT_NOT_WRITTEN:
	case FAULT_USAGE:
	case FAULTS:
		rc = fail_internal(err);
		break;
	}
	error_detail(err, "%s", fault->detail);
	return rc;
}

/* The program is gone without a word: it was killed, or the library crashed. */
static int fail_by_end(struct ogr_reader *reader, struct error *err)
{
	int signal = ogr_process_leave(&reader->process);

	if (signal == SIGXCPU || signal == SIGKILL)
		return fail_read_too_long(err);
	fail_reader_stopped(err, reader->upload.name);
	return error_detail(err, "dothi-ogr ended, signal %d", signal);
}

/* The program says what makes no sense: it has been taken over, or is not of this version. */
static int fail_by_nonsense(const struct ogr_reader *reader, struct error *err)
{
	fail_reader_stopped(err, reader->upload.name);
	return error_detail(
		err, "dothi-ogr broke its protocol after %lld rows", (long long)reader->rows);
}

/* Waits until there is something to read, within what is left of the time. */
static int wait_for_output(struct ogr_reader *reader, int64_t most_ms, struct error *err)
{
	const struct watch user = {reader->options.cancelled, reader->options.context, 0};

	for (;;) {
		int64_t before_ms = clock_ticks_ms();
		int rc = watch_check(&user, err), ready;

		if (rc)
			return rc;
		ready = ogr_process_wait(&reader->process, ASK_MS);
		reader->waited_ms += clock_ticks_ms() - before_ms;
		if (ready)
			return 0;
		if (reader->waited_ms > most_ms)
			return fail_read_too_long(err);
	}
}

/* Adds what the pipe has to the inbox, from which the done part is removed. */
static int fill_inbox(struct ogr_reader *reader, int64_t most_ms, struct error *err)
{
	struct strbuf *inbox = &reader->inbox;
	ssize_t got;
	int rc = wait_for_output(reader, most_ms, err);

	if (rc)
		return rc;
	memmove(inbox->data, inbox->data + reader->taken, inbox->len - reader->taken);
	inbox->len -= reader->taken;
	reader->taken = 0;
	if (!strbuf_reserve(inbox, PIECE))
		return fail_no_memory(err);
	got = ogr_process_read(&reader->process, inbox->data + inbox->len, PIECE);
	if (got <= 0)
		return fail_by_end(reader, err);
	inbox->len += (size_t)got;
	return 0;
}

static int next_frame(
	struct ogr_reader *reader, int64_t most_ms, struct frame *ret_frame, struct error *err)
{
	for (;;) {
		int got = ogr_stream_frame(reader->inbox.data + reader->taken,
			reader->inbox.len - reader->taken, ret_frame);
		int rc;

		if (got < 0)
			return fail_by_nonsense(reader, err);
		if (got) {
			reader->taken += ret_frame->total;
			return 0;
		}
		rc = fill_inbox(reader, most_ms, err);
		if (rc)
			return rc;
	}
}

/* The text in NFC, in the arena; NULL without memory. */
static const char *keep_text(struct ogr_reader *reader, struct arena *arena, const char *text,
	size_t len, size_t *ret_len)
{
	strbuf_reset(&reader->nfc);
	if (!text_nfc(&reader->nfc, text, len) || reader->nfc.failed)
		return NULL;
	if (ret_len)
		*ret_len = reader->nfc.len;
	return arena_text(arena, reader->nfc.data, reader->nfc.len);
}

/* Takes over the texts of the layer, which the next frame would overwrite. */
static int keep_layer(struct ogr_reader *reader, const struct ogr_layer *layer, struct error *err)
{
	struct ogr_layer *own = &reader->info.layer;
	struct ogr_column *columns =
		arena_zero(&reader->info_arena, layer->column_count + 1, sizeof *columns);
	const char **texts[] = {&own->name, &own->crs_name, &own->crs_wkt, &own->encoding};
	bool complete = columns != NULL;

	*own = *layer;
	/* Inside of a GeoPackage layers have names; the other files are one layer. */
	if (reader->upload.format != UPLOAD_GEOPACKAGE || !own->name[0])
		own->name = reader->upload.layer;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		*texts[i] =
			keep_text(reader, &reader->info_arena, *texts[i], strlen(*texts[i]), NULL);
		complete = complete && *texts[i];
	}
	for (size_t i = 0; complete && i < layer->column_count; i++) {
		const char *name = layer->columns[i].name;

		columns[i] = layer->columns[i];
		columns[i].name = keep_text(reader, &reader->info_arena, name, strlen(name), NULL);
		complete = columns[i].name != NULL;
	}
	own->columns = columns;
	return complete ? 0 : fail_no_memory(err);
}

static int read_layer(struct ogr_reader *reader, int64_t most_ms, struct error *err)
{
	struct stream_fault fault;
	struct ogr_layer layer;
	struct frame frame;
	int rc = next_frame(reader, most_ms, &frame, err);

	if (rc)
		return rc;
	if (ogr_stream_get_fault(&frame, &fault))
		return fail_by_fault(reader, &fault, err);
	rc = ogr_stream_get_layer(&frame, &reader->row_arena, &layer);
	if (rc)
		return rc == ERR_NOMEM ? fail_no_memory(err) : fail_by_nonsense(reader, err);
	return keep_layer(reader, &layer, err);
}

/* The library runs in another program, which has no right to the files of this one. */
static int open_to_program(const char *folder, enum upload_format format, struct error *err)
{
	static const char *const parts[] = {"shx", "dbf", "prj", "cpg"};
	bool several = format == UPLOAD_SHAPEFILE;
	int rc = 0;

	for (int i = -1; !rc && i < (several ? 4 : 0); i++) {
		autofree(strbuf_clear) struct strbuf path = STRBUF(PATH_BYTES_MAX);

		file_join(&path, folder, "a.");
		strbuf_add_text(&path, i < 0 ? upload_format_ending(format) : parts[i]);
		rc = strbuf_check(&path, err);
		if (!rc && chmod(path.data, 0644) && i < 0)
			rc = fail_file_unreadable(err, "");
	}
	return rc;
}

static int start_program(struct ogr_reader *reader, struct error *err)
{
	const struct ogr_options *options = &reader->options;
	const char *layer = reader->upload.layer_inside ? options->layer : NULL;
	const char *arguments[ARGUMENTS_MAX] = {options->program};
	const char *const pairs[][2] = {{"--read", upload_format_ending(reader->upload.format)},
		{"--layer", layer}, {"--encoding", options->encoding},
		{"--east", options->east_column}, {"--north", options->north_column}};
	char cpu[24];
	int64_t cpu_s = (options->open_ms_max + options->wait_ms_max) / 1000 + CPU_S_SPARE;
	size_t count = 1;

	/* More than it may take in all: the clock stops it first, this holds if nobody is there. */
	snprintf(cpu, sizeof cpu, "%lld", (long long)(cpu_s < CPU_S_MAX ? cpu_s : CPU_S_MAX));
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		if (!pairs[i][1])
			continue;
		arguments[count++] = pairs[i][0];
		arguments[count++] = pairs[i][1];
	}
	arguments[count++] = "--cpu";
	arguments[count++] = cpu;
	return ogr_process_start(
		options->program, arguments, reader->folder.data, &reader->process, err);
}

static int open_file(struct ogr_reader *reader, const char *path, struct error *err)
{
	const struct ogr_options *options = &reader->options;
	int64_t start_ms = clock_ticks_ms();
	struct watch watch = {
		options->cancelled, options->context, start_ms + options->open_ms_max};
	struct upload_wish wish = {.name = options->name,
		.layer = options->layer,
		.format = options->format,
		.bytes_max = options->bytes_max,
		.watch = &watch};
	int rc = file_make_temporary_folder(options->work_folder, &reader->folder, err);

	if (rc) {
		strbuf_reset(&reader->folder);
		return rc;
	}
	rc = upload_prepare(path, &wish, reader->folder.data, &reader->upload, err);
	if (!rc)
		rc = open_to_program(reader->folder.data, reader->upload.format, err);
	if (!rc)
		rc = start_program(reader, err);
	if (rc)
		return rc;
	reader->waited_ms = clock_ticks_ms() - start_ms;
	rc = read_layer(reader, options->open_ms_max, err);
	reader->waited_ms = 0;
	reader->info.format = reader->upload.format;
	reader->info.index_made = reader->upload.index_made;
	return rc;
}

int ogr_reader_open(const char *path, const struct ogr_options *options,
	struct ogr_reader **ret_reader, struct error *err)
{
	autoptr(ogr_reader_close) struct ogr_reader *reader = calloc(1, sizeof *reader);
	int rc;

	if (!reader)
		return fail_no_memory(err);
	reader->options = *options;
	reader->process = OGR_PROCESS;
	reader->upload.has_shape = STRBUF(0);
	reader->folder = STRBUF(PATH_BYTES_MAX);
	reader->inbox = STRBUF(OGR_FRAME_MAX + 2 * PIECE);
	reader->nfc = STRBUF(4 * OGR_TEXT_MAX);
	reader->info_arena = ARENA(INFO_BYTES_MAX);
	reader->row_arena = ARENA(ROW_BYTES_MAX);
	rc = open_file(reader, path, err);
	if (rc)
		return rc;
	reader->options = (struct ogr_options){.wait_ms_max = options->wait_ms_max,
		.cancelled = options->cancelled,
		.context = options->context};
	*ret_reader = take(reader);
	return 0;
}

const struct ogr_info *ogr_reader_info(const struct ogr_reader *reader)
{
	return &reader->info;
}

static void say_geometry_problem(struct ogr_reader *reader, enum row_problem problem)
{
	struct error *err = &reader->geometry_error;

	if (problem == ROW_SHAPE_TOO_LARGE)
		fail_geometry_too_large(err, SHAPE_POINTS_MAX);
	else if (problem == ROW_COORDINATES_UNREADABLE)
		fail_csv_coordinates_unreadable(err);
	else
		fail_row_unreadable(err);
}

static void say_value_problem(
	struct ogr_reader *reader, enum row_problem problem, const char *column)
{
	struct error *err = &reader->value_error;

	if (problem == ROW_TEXT_UNREADABLE)
		fail_text_unreadable(err, column, reader->info.layer.encoding);
	else if (problem == ROW_TEXT_TOO_LONG)
		fail_text_too_long(err, column, OGR_TEXT_MAX);
	else
		fail_value_unreadable(err, column);
}

/* Reads the shape; what is wrong with it is said in the row. Fails only without memory. */
static int take_shape(struct ogr_reader *reader, struct wkb wkb, struct error *err)
{
	int rc = shape_read_wkb(&reader->row_arena, wkb, &reader->shape, &reader->geometry_error);

	if (rc == ERR_NOMEM)
		return fail_no_memory(err);
	if (rc) {
		reader->row.geometry_error = &reader->geometry_error;
		return 0;
	}
	/* POINT EMPTY and the like are no geometry. */
	if (reader->shape.point_count) {
		reader->row.wkb = wkb;
		reader->row.shape = &reader->shape;
	}
	return 0;
}

/* The library passes over shapes of a GeoJSON that it does not understand. */
static void check_shape_is_there(struct ogr_reader *reader)
{
	const struct strbuf *has_shape = &reader->upload.has_shape;
	struct ogr_row *row = &reader->row;

	if (row->shape || row->geometry_error || reader->rows > (int64_t)has_shape->len ||
		!has_shape->data[reader->rows - 1])
		return;
	fail_geometry_unreadable(&reader->geometry_error);
	row->geometry_error = &reader->geometry_error;
}

static bool take_values(struct ogr_reader *reader, struct value *values)
{
	for (size_t i = 0; i < reader->info.layer.column_count; i++) {
		if (values[i].kind != VALUE_TEXT)
			continue;
		values[i].text = keep_text(
			reader, &reader->row_arena, values[i].text, values[i].len, &values[i].len);
		if (!values[i].text)
			return false;
	}
	return true;
}

static int take_row(struct ogr_reader *reader, const struct frame *frame, struct error *err)
{
	const struct ogr_layer *layer = &reader->info.layer;
	int64_t last = reader->row.number;
	struct stream_row row;
	int rc;

	rc = ogr_stream_get_row(frame, &reader->row_arena, layer, &row);
	if (rc == ERR_NOMEM)
		return fail_no_memory(err);
	if (rc || row.number <= last)
		return fail_by_nonsense(reader, err);
	if (!take_values(reader, row.values))
		return fail_no_memory(err);
	reader->row = (struct ogr_row){.number = row.number, .values = row.values};
	reader->rows++;
	if (row.geometry_problem) {
		say_geometry_problem(reader, row.geometry_problem);
		error_detail(&reader->geometry_error, "%s", row.detail);
		reader->row.geometry_error = &reader->geometry_error;
	}
	if (row.value_problem) {
		say_value_problem(
			reader, row.value_problem, layer->columns[row.problem_column].name);
		reader->row.value_error = &reader->value_error;
	}
	rc = row.wkb.len ? take_shape(reader, row.wkb, err) : 0;
	if (!rc)
		check_shape_is_there(reader);
	return rc;
}

/* What the program says was the last row must be that of the file too, where it is known. */
static bool is_complete(const struct ogr_reader *reader, int64_t rows)
{
	if (reader->upload.format == UPLOAD_GEOJSON &&
		rows != (int64_t)reader->upload.has_shape.len)
		return false;
	return rows == reader->rows;
}

/* 1 a row, 0 the end, or an error. */
static int take_frame(struct ogr_reader *reader, struct error *err)
{
	struct stream_fault fault;
	struct frame frame;
	int64_t rows;
	int rc = next_frame(reader, reader->options.wait_ms_max, &frame, err);

	if (rc)
		return rc;
	if (frame.kind == FRAME_ROW) {
		rc = take_row(reader, &frame, err);
		return rc ? rc : 1;
	}
	if (ogr_stream_get_end(&frame, &rows)) {
		if (!is_complete(reader, rows))
			return fail_file_damaged(err, reader->upload.name, reader->rows);
		reader->ended = true;
		ogr_process_leave(&reader->process);
		return 0;
	}
	if (ogr_stream_get_fault(&frame, &fault))
		return fail_by_fault(reader, &fault, err);
	return fail_by_nonsense(reader, err);
}

int ogr_reader_next(struct ogr_reader *reader, const struct ogr_row **ret_row, struct error *err)
{
	int rc;

	if (reader->failure.code)
		return error_copy(err, &reader->failure);
	if (reader->ended)
		return 0;
	arena_reset(&reader->row_arena);
	rc = take_frame(reader, &reader->failure);
	if (rc < 0)
		return error_copy(err, &reader->failure);
	if (rc)
		*ret_row = &reader->row;
	return rc;
}

void ogr_reader_close(struct ogr_reader *reader)
{
	if (!reader)
		return;
	ogr_process_end(&reader->process);
	if (reader->folder.len)
		file_remove(reader->folder.data, NULL);
	upload_clear(&reader->upload);
	strbuf_clear(&reader->folder);
	strbuf_clear(&reader->inbox);
	strbuf_clear(&reader->nfc);
	arena_clear(&reader->info_arena);
	arena_clear(&reader->row_arena);
	free(reader);
}
