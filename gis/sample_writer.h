/*
 * sample_writer: hands the records of one layer to the sink.
 *
 * Calling sequence: sample_writer_open with the fields to be filled; for each record set its
 * columns, then sample_writer_point, _line or _area, which also empties the columns for the next
 * one; sample_writer_close.
 */
#ifndef GIS_SAMPLE_WRITER_H
#define GIS_SAMPLE_WRITER_H

#include "base/strbuf.h"
#include "gis/sample_city.h"
#include "gis/sample_line.h"

enum {
	SAMPLE_FIELDS_MAX = 24, /* of one layer */
	SAMPLE_TEXT_MAX = 256,	/* bytes of one text */
};

struct sample_writer {
	const struct sample_sink *sink;
	const struct layer *layer;
	size_t index[SAMPLE_FIELDS_MAX]; /* of the columns in the layer's fields */
	struct value values[SAMPLE_FIELDS_MAX];
	char texts[SAMPLE_FIELDS_MAX][SAMPLE_TEXT_MAX];
	struct strbuf wkb;
	struct sample_line ring; /* closed, for areas */
	int64_t count;		 /* records handed out: the id of the last one */
	uint64_t done, total;	 /* the progress; done grows by step with each record */
	uint64_t step;
	struct date valid_from; /* of the next record */
};

/* fields ends with NULL; the n-th of them is column n. ERR_INTERNAL for one that is not there. */
int sample_writer_open(struct sample_writer *writer, const struct sample_sink *sink,
	const char *layer_id, const char *const *fields, struct error *err);
void sample_writer_close(struct sample_writer *writer);

/* Texts are copied. */
void sample_writer_text(struct sample_writer *writer, size_t column, const char *text);
void sample_writer_format(struct sample_writer *writer, size_t column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void sample_writer_int(struct sample_writer *writer, size_t column, int64_t value);
void sample_writer_real(struct sample_writer *writer, size_t column, double value);

int sample_writer_point(struct sample_writer *writer, struct sample_spot at, struct error *err);
int sample_writer_line(
	struct sample_writer *writer, const struct sample_line *line, struct error *err);

/* The ring is counter-clockwise and not closed. */
int sample_writer_area(struct sample_writer *writer, const struct sample_spot *ring, size_t count,
	struct error *err);

/* Any shape of the layer's kind, as it is. */
int sample_writer_shape(struct sample_writer *writer, const struct shape *shape, struct error *err);

#endif
