/*
 * ogr_stream: what dothi-ogr tells its parent: a layer, its rows, an end; or a fault. Of a file that
 * is written the parent tells the same, and hears an end or a fault.
 *
 *	frame := length of the body (4 bytes) kind (1 byte) body
 *	stream := LAYER ROW* END | LAYER? ROW* FAULT
 *
 * Numbers are in the byte order of the machine, which both ends share; a text is its length, its
 * bytes and '\0'. A stream that just stops is no complete file. The reading half believes nothing:
 * every length has a cap, every value must be of its column's type, every text UTF-8.
 */
#ifndef GIS_OGR_STREAM_H
#define GIS_OGR_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/strbuf.h"
#include "data/feature.h"
#include "gis/ogr_layer.h"
#include "gis/shape.h"

enum {
	OGR_COLUMNS_MAX = 1024,	     /* a dBase table has 255 */
	OGR_NAME_MAX = 512,	     /* bytes of the name of a layer, column or coordinate system */
	OGR_CRS_WKT_MAX = 16 * 1024, /* the longest of EPSG has 7,000 */
	OGR_TEXT_MAX = 1 << 20,	     /* of one value */
	OGR_NAMES_MAX = 4 * 1024,    /* a list of layers in a fault */
	/* Points have three coordinates, rings a count, parts a header. */
	OGR_WKB_MAX = SHAPE_POINTS_MAX * 24 + SHAPE_RINGS_MAX * 16,
	OGR_VALUES_MAX = 8 << 20, /* bytes of all values of a row */
	OGR_FRAME_MAX = OGR_WKB_MAX + OGR_VALUES_MAX + 4096,
};

/* Why a row has no geometry, or one of its values is null although the file has something. */
enum row_problem {
	ROW_FINE,
	ROW_DAMAGED,		    /* the record cannot be read */
	ROW_SHAPE_TOO_LARGE,	    /* over SHAPE_POINTS_MAX */
	ROW_COORDINATES_UNREADABLE, /* of a table of text */
	ROW_TEXT_UNREADABLE,	    /* not of the encoding */
	ROW_TEXT_TOO_LONG,
	ROW_VALUE_UNREADABLE, /* no such date, no finite number */
	ROW_PROBLEMS,
};

struct stream_row {
	int64_t number; /* in the file, from 1 */
	enum row_problem geometry_problem;
	enum row_problem value_problem; /* the first one */
	size_t problem_column;		/* of value_problem */
	const char *detail;		/* the library's words, for the log */
	struct wkb wkb;
	struct value *values; /* one for each column */
};

enum ogr_fault {
	FAULT_SANDBOX, /* it could not be closed */
	FAULT_FORMAT,  /* the library does not take the file */
	FAULT_DAMAGED, /* reading stopped behind row `number` */
	FAULT_NO_LAYERS,
	FAULT_LAYER_UNKNOWN,  /* text: the layers that there are */
	FAULT_LAYERS_SEVERAL, /* text: their names */
	FAULT_ENCODING,	      /* text: the name that means nothing */
	FAULT_COLUMNS,	      /* too many, or a name too long */
	FAULT_CSV_NO_COORDINATES,
	FAULT_CSV_NO_COLUMN, /* text: the name that was asked for */
	FAULT_CSV_ORDER,     /* X and Y do not say which is east */
	FAULT_NOT_WRITTEN, /* behind row `number`: the disk, or the library */
	FAULT_NO_MEMORY,
	FAULT_USAGE, /* our own mistake */
	FAULTS,
};

struct stream_fault {
	enum ogr_fault fault;
	int64_t number;
	const char *text;   /* "" none */
	const char *detail; /* for the log */
};

/* Writing: each appends one frame. */
void ogr_stream_put_layer(struct strbuf *out, const struct ogr_layer *layer);
void ogr_stream_put_row(
	struct strbuf *out, const struct stream_row *row, const struct ogr_layer *layer);
void ogr_stream_put_end(struct strbuf *out, int64_t rows);
void ogr_stream_put_fault(struct strbuf *out, const struct stream_fault *fault);

enum frame_kind { FRAME_LAYER = 1, FRAME_ROW, FRAME_END, FRAME_FAULT, FRAME_KINDS };

struct frame {
	enum frame_kind kind;
	const char *body;
	size_t len;
	size_t total; /* bytes of the whole frame */
};

/* 1 and the frame that bytes[0..len) begins with; 0 if more bytes are needed; -1 if it is none. */
int ogr_stream_frame(const char *bytes, size_t len, struct frame *ret_frame);

/*
 * Reading. 0, ERR_INVALID if the frame's body is not what it should be, or ERR_NOMEM; the others
 * tell whether it is such a body. Texts and shapes are borrowed from the frame's bytes, arrays from
 * the arena.
 */
int ogr_stream_get_layer(
	const struct frame *frame, struct arena *arena, struct ogr_layer *ret_layer);
int ogr_stream_get_row(const struct frame *frame, struct arena *arena,
	const struct ogr_layer *layer, struct stream_row *ret_row);
bool ogr_stream_get_end(const struct frame *frame, int64_t *ret_rows);
bool ogr_stream_get_fault(const struct frame *frame, struct stream_fault *ret_fault);

#endif
