#include <cpl_error.h>
#include <ogr_api.h>

#include "gis/dothi_ogr.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "gis/csv_cell.h"

enum {
	FLUSH_BYTES = 1 << 18,
	ROW_TEXTS_MAX = 8 * OGR_VALUES_MAX, /* decoded texts of a row, with room to decode */
	OFFSET_UTC = 100,		    /* of OGR: quarters of an hour count from there */
};

struct writer {
	struct source *source;
	int fd;
	struct strbuf out;  /* frames not yet written */
	struct strbuf wkb;  /* of the row */
	struct arena texts; /* of the row */
	struct value *values;
	size_t value_bytes; /* of the row */
	struct stream_row row;
	int64_t rows;
};

bool write_out(int fd, struct strbuf *out)
{
	const char *at = out->data;
	size_t left = out->len;

	while (left) {
		ssize_t written = write(fd, at, left);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return false;
		at += written;
		left -= (size_t)written;
	}
	strbuf_reset(out);
	return true;
}

static void note(struct writer *writer, enum row_problem problem, size_t column)
{
	if (writer->row.value_problem)
		return;
	writer->row.value_problem = problem;
	writer->row.problem_column = column;
}

/* What a cell means that is guarded against Excel; of others the text itself. */
static const char *take_cell(struct writer *writer, const char *text, size_t *len)
{
	autofree(strbuf_clear) struct strbuf plain = STRBUF(OGR_TEXT_MAX);

	if ((text[0] != '=' && text[0] != '\'') || !csv_cell_unguard(&plain, text, *len))
		return text;
	*len = plain.len;
	return plain.failed ? NULL : arena_text(&writer->texts, plain.data, plain.len);
}

static void take_text(
	struct writer *writer, OGRFeatureH feature, size_t column, struct value *value)
{
	const char *raw = OGR_F_GetFieldAsString(feature, (int)column);
	size_t len;
	const char *text = recoder_text(&writer->source->recoder, &writer->texts, raw, &len);

	if (text && writer->source->task->format == UPLOAD_CSV)
		text = take_cell(writer, text, &len);
	if (!text) {
		note(writer, ROW_TEXT_UNREADABLE, column);
		return;
	}
	if (len > OGR_TEXT_MAX || writer->value_bytes + len > OGR_VALUES_MAX / 2) {
		note(writer, ROW_TEXT_TOO_LONG, column);
		return;
	}
	/* What is no text in the library stands in a place that it uses again. */
	if (text == raw &&
		OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, (int)column)) != OFTString)
		text = arena_text(&writer->texts, raw, len);
	if (!text)
		return;
	writer->value_bytes += len;
	*value = (struct value){.kind = VALUE_TEXT, .len = len, .text = text};
}

/* Appends "2026-11-21" or "2026-11-21T08:00:00.5+07:00"; false if there is no such date. */
static bool print_time(OGRFeatureH feature, size_t column, bool with_clock, struct strbuf *out)
{
	int year, month, day, hour, minute, offset;
	float second;
	struct date date;

	if (!OGR_F_GetFieldAsDateTimeEx(
		    feature, (int)column, &year, &month, &day, &hour, &minute, &second, &offset))
		return false;
	strbuf_add_format(out, "%04d-%02d-%02d", year, month, day);
	if (!date_parse(out->data, out->len, &date))
		return false;
	if (!with_clock)
		return true;
	if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0 && second < 61))
		return false;
	strbuf_add_format(out, "T%02d:%02d:%02d", hour, minute, (int)second);
	if (second - floorf(second) >= 0.0005F)
		strbuf_add_format(out, ".%03d", (int)((second - floorf(second)) * 1000));
	if (offset == OFFSET_UTC)
		strbuf_add_char(out, 'Z');
	else if (offset > 1)
		strbuf_add_format(out, "%c%02d:%02d", offset < OFFSET_UTC ? '-' : '+',
			abs(offset - OFFSET_UTC) / 4, abs(offset - OFFSET_UTC) % 4 * 15);
	return true;
}

static void take_time(struct writer *writer, OGRFeatureH feature, size_t column, bool with_clock,
	struct value *value)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(64);
	const char *kept;

	if (!print_time(feature, column, with_clock, &text)) {
		note(writer, ROW_VALUE_UNREADABLE, column);
		return;
	}
	kept = arena_text(&writer->texts, text.data, text.len);
	if (kept)
		*value = (struct value){.kind = VALUE_TEXT, .len = text.len, .text = kept};
}

static void take_value(struct writer *writer, OGRFeatureH feature, size_t column)
{
	struct value *value = writer->values + column;
	enum column_type type = writer->source->columns[column].type;

	*value = (struct value){.kind = VALUE_NULL};
	if (!OGR_F_IsFieldSetAndNotNull(feature, (int)column))
		return;
	switch (type) {
	case COLUMN_INT:
	case COLUMN_BOOL:
		value->kind = VALUE_INT;
		value->integer = OGR_F_GetFieldAsInteger64(feature, (int)column);
		if (type == COLUMN_BOOL)
			value->integer = value->integer != 0;
		break;
	case COLUMN_REAL:
		value->real = OGR_F_GetFieldAsDouble(feature, (int)column);
		if (isfinite(value->real))
			value->kind = VALUE_REAL;
		else
			note(writer, ROW_VALUE_UNREADABLE, column);
		break;
	case COLUMN_DATE:
	case COLUMN_DATETIME:
		take_time(writer, feature, column, type == COLUMN_DATETIME, value);
		break;
	case COLUMN_TEXT:
		take_text(writer, feature, column, value);
		break;
	case COLUMN_OTHER:
	case COLUMN_JSON:
	case COLUMN_TYPES:
		break;
	}
}

enum row_problem source_add_wkb(const struct source *source, void *geometry, struct strbuf *wkb)
{
	OGRGeometryH straight = NULL, given = geometry;
	enum row_problem problem = ROW_FINE;
	size_t len;

	if (OGR_G_HasCurveGeometry(given, FALSE))
		straight = OGR_G_GetLinearGeometry(given, 0, NULL);
	if (straight)
		given = straight;
	OGR_G_SetMeasured(given, FALSE);
	if (source->info.axes_swapped)
		OGR_G_SwapXY(given);
	len = OGR_G_WkbSizeEx(given);
	if (len > OGR_WKB_MAX)
		problem = ROW_SHAPE_TOO_LARGE;
	else if (!strbuf_reserve(wkb, len) ||
		 OGR_G_ExportToIsoWkb(given, wkbNDR, (unsigned char *)wkb->data) != OGRERR_NONE)
		problem = ROW_DAMAGED;
	else
		wkb->len = len;
	OGR_G_DestroyGeometry(straight);
	return problem;
}

static enum row_problem take_geometry(struct writer *writer, OGRFeatureH feature)
{
	OGRGeometryH geometry;

	if (writer->source->csv.axes != CSV_NO_COORDINATES)
		return source_add_csv_geometry(writer->source, feature, &writer->wkb);
	geometry = OGR_F_GetGeometryRef(feature);
	return geometry ? source_add_wkb(writer->source, geometry, &writer->wkb) : ROW_FINE;
}

static void put_row(struct writer *writer, OGRFeatureH feature)
{
	struct source *source = writer->source;
	struct stream_row *row = &writer->row;
	enum upload_format format = source->task->format;

	strbuf_reset(&writer->wkb);
	arena_reset(&writer->texts);
	writer->value_bytes = 0;
	*row = (struct stream_row){.values = writer->values};
	/* A shapefile skips its deleted rows, so its own numbers count. */
	row->number = writer->rows + 1;
	if (format == UPLOAD_SHAPEFILE)
		row->number = OGR_F_GetFID(feature) + 1;
	row->geometry_problem = take_geometry(writer, feature);
	for (size_t i = 0; i < source->info.column_count; i++)
		take_value(writer, feature, i);
	/* The GeoJSON driver complains of all rows at once; there the parent knows better. */
	if (source->complaint.failed && !row->geometry_problem && format != UPLOAD_GEOJSON)
		row->geometry_problem = ROW_DAMAGED;
	if (row->geometry_problem)
		strbuf_reset(&writer->wkb);
	row->detail = source->complaint.words;
	row->wkb = (struct wkb){(const unsigned char *)writer->wkb.data, writer->wkb.len};
	ogr_stream_put_row(&writer->out, row, &source->info);
	writer->rows++;
}

static bool put_rows(struct writer *writer, struct trouble *trouble)
{
	struct source *source = writer->source;

	for (;;) {
		OGRFeatureH feature;

		source->complaint.failed = false;
		source->complaint.words[0] = '\0';
		feature = OGR_L_GetNextFeature(source->layer);
		if (!feature)
			break;
		put_row(writer, feature);
		OGR_F_Destroy(feature);
		if (writer->out.failed)
			return trouble_set(trouble, FAULT_NO_MEMORY, NULL, NULL);
		if (writer->out.len > FLUSH_BYTES && !write_out(writer->fd, &writer->out))
			return trouble_set(trouble, FAULT_USAGE, NULL, "nobody reads");
	}
	if (!source->complaint.failed)
		return true;
	trouble_set(trouble, FAULT_DAMAGED, NULL, source->complaint.words);
	trouble->number = writer->rows;
	/* The rows so far are good; the parent shall see where it stops. */
	write_out(writer->fd, &writer->out);
	return false;
}

static void writer_clear(struct writer *writer)
{
	strbuf_clear(&writer->out);
	strbuf_clear(&writer->wkb);
	arena_clear(&writer->texts);
	free(writer->values);
}

bool source_write(struct source *source, int fd, struct trouble *trouble)
{
	autofree(writer_clear) struct writer writer = {.source = source,
		.fd = fd,
		.out = STRBUF(OGR_FRAME_MAX + 2 * FLUSH_BYTES),
		.wkb = STRBUF(OGR_WKB_MAX),
		.texts = ARENA(ROW_TEXTS_MAX)};

	writer.values = calloc(source->info.column_count + 1, sizeof *writer.values);
	if (!writer.values)
		return trouble_set(trouble, FAULT_NO_MEMORY, NULL, NULL);
	ogr_stream_put_layer(&writer.out, &source->info);
	if (!put_rows(&writer, trouble))
		return false;
	ogr_stream_put_end(&writer.out, writer.rows);
	return write_out(fd, &writer.out) ||
	       trouble_set(trouble, FAULT_USAGE, NULL, "nobody reads");
}
