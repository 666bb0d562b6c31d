#include "gis/sample_writer.h"

#include <stdarg.h>

#include "base/banned.h"
#include "base/messages.h"

enum {
	WKB_MAX = 1 << 24,	/* a street of a million vertices */
	RECORDS_PER_WORD = 512, /* records between two words about the progress */
};

int sample_writer_open(struct sample_writer *writer, const struct sample_sink *sink,
	const char *layer_id, const char *const *fields, struct error *err)
{
	const struct layer *layer = layer_find(city_layers(), layer_id, strlen(layer_id));

	writer->sink = sink;
	writer->layer = layer;
	writer->count = 0;
	writer->done = writer->total = writer->step = 0;
	writer->wkb = STRBUF(WKB_MAX);
	writer->ring = SAMPLE_LINE;
	writer->valid_from = (struct date){""};
	if (!layer || layer->field_count > SAMPLE_FIELDS_MAX) {
		(void)fail_internal(err);
		return error_detail(err, "sample city: layer %s", layer_id);
	}
	for (size_t i = 0; i < layer->field_count; i++)
		writer->values[i].kind = VALUE_NULL;
	for (size_t i = 0; fields[i]; i++) {
		const struct layer_field *field =
			layer_field_find(layer, fields[i], strlen(fields[i]));

		if (!field) {
			(void)fail_internal(err);
			return error_detail(err, "sample city: field %s.%s", layer_id, fields[i]);
		}
		writer->index[i] = layer_field_index(layer, field);
	}
	return 0;
}

void sample_writer_close(struct sample_writer *writer)
{
	strbuf_clear(&writer->wkb);
	sample_line_clear(&writer->ring);
}

void sample_writer_format(struct sample_writer *writer, size_t column, const char *format, ...)
{
	char *text = writer->texts[column];
	va_list list;
	int len;

	va_start(list, format);
	len = vsnprintf(text, SAMPLE_TEXT_MAX, format, list);
	va_end(list);
	if (len < 0 || len >= SAMPLE_TEXT_MAX)
		return;
	writer->values[writer->index[column]] =
		(struct value){.kind = VALUE_TEXT, .len = (size_t)len, .text = text};
}

void sample_writer_text(struct sample_writer *writer, size_t column, const char *text)
{
	sample_writer_format(writer, column, "%s", text);
}

void sample_writer_int(struct sample_writer *writer, size_t column, int64_t value)
{
	writer->values[writer->index[column]] = (struct value){.kind = VALUE_INT, .integer = value};
}

void sample_writer_real(struct sample_writer *writer, size_t column, double value)
{
	writer->values[writer->index[column]] = (struct value){.kind = VALUE_REAL, .real = value};
}

int sample_writer_shape(struct sample_writer *writer, const struct shape *shape, struct error *err)
{
	const struct sample_sink *sink = writer->sink;
	struct feature feature = {.values = writer->values,
		.valid_from = writer->valid_from,
		.z_m = shape->z_m,
		.box = shape_box(shape)};
	int rc;

	strbuf_reset(&writer->wkb);
	shape_write_wkb(shape, &writer->wkb);
	rc = strbuf_check(&writer->wkb, err);
	if (rc)
		return rc;
	feature.wkb = (struct wkb){(const unsigned char *)writer->wkb.data, writer->wkb.len};
	rc = sink->feature(sink->context, writer->layer, &feature, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < writer->layer->field_count; i++)
		writer->values[i].kind = VALUE_NULL;
	writer->count++;
	writer->done += writer->step;
	if (sink->progress && writer->count % RECORDS_PER_WORD == 0 &&
		!sink->progress(sink->context, writer->done, writer->total))
		return fail_cancelled(err);
	return 0;
}

/* A shape of one ring (or line, or point). */
static int write_ring(struct sample_writer *writer, const struct sample_spot *spots, size_t count,
	struct error *err)
{
	uint32_t end = (uint32_t)count, one = 1;
	struct shape shape = {.kind = writer->layer->geometry,
		.point_count = count,
		.xy = (double *)(uintptr_t)spots,
		.ring_count = 1,
		.ring_ends = &end,
		.part_count = 1,
		.part_ends = &one,
		.z_m = NAN};

	return sample_writer_shape(writer, &shape, err);
}

int sample_writer_point(struct sample_writer *writer, struct sample_spot at, struct error *err)
{
	at = spot_snap(at);
	return write_ring(writer, &at, 1, err);
}

int sample_writer_line(
	struct sample_writer *writer, const struct sample_line *line, struct error *err)
{
	return write_ring(writer, line->at, line->count, err);
}

int sample_writer_area(struct sample_writer *writer, const struct sample_spot *ring, size_t count,
	struct error *err)
{
	sample_line_reset(&writer->ring);
	for (size_t i = 0; i < count; i++)
		sample_line_add(&writer->ring, ring[i]);
	sample_line_add(&writer->ring, ring[0]);
	if (writer->ring.failed)
		return fail_no_memory(err);
	return write_ring(writer, writer->ring.at, writer->ring.count, err);
}
