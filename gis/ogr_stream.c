#include "gis/ogr_stream.h"

#include <math.h>

#include "base/clock.h"
#include "base/text.h"

enum { FRAME_HEADER_BYTES = 5, DATETIME_CHARS_MAX = 40 };

/* --- writing --- */

static void put_u8(struct strbuf *out, size_t value)
{
	strbuf_add_char(out, (char)value);
}

static void put_u32(struct strbuf *out, size_t value)
{
	uint32_t narrow = (uint32_t)value;

	strbuf_add(out, &narrow, sizeof narrow);
}

static void put_i64(struct strbuf *out, int64_t value)
{
	strbuf_add(out, &value, sizeof value);
}

static void put_text_len(struct strbuf *out, const char *text, size_t len)
{
	put_u32(out, len);
	strbuf_add(out, text, len);
	strbuf_add_char(out, '\0');
}

static void put_text(struct strbuf *out, const char *text)
{
	text = text ? text : "";
	put_text_len(out, text, strlen(text));
}

/* The length is filled in by end_frame(). */
static size_t begin_frame(struct strbuf *out, enum frame_kind kind)
{
	size_t at = out->len;

	put_u32(out, 0);
	put_u8(out, kind);
	return at;
}

static void end_frame(struct strbuf *out, size_t at)
{
	uint32_t len;

	if (out->failed)
		return;
	len = (uint32_t)(out->len - at - FRAME_HEADER_BYTES);
	memcpy(out->data + at, &len, sizeof len);
}

void ogr_stream_put_layer(struct strbuf *out, const struct ogr_layer *layer)
{
	size_t at = begin_frame(out, FRAME_LAYER);

	put_text(out, layer->name);
	put_u8(out, layer->geometry);
	put_u8(out, layer->has_z);
	put_u8(out, layer->axes_swapped);
	put_i64(out, layer->count);
	put_u8(out, layer->crs_source);
	put_u32(out, (size_t)layer->epsg);
	put_text(out, layer->crs_name);
	put_text(out, layer->crs_wkt);
	put_text(out, layer->encoding);
	put_u8(out, layer->encoding_source);
	put_u32(out, layer->column_count);
	for (size_t i = 0; i < layer->column_count; i++) {
		put_text(out, layer->columns[i].name);
		put_u8(out, layer->columns[i].type);
		put_u8(out, layer->columns[i].name_unreadable);
		put_u8(out, layer->columns[i].width);
		put_u8(out, layer->columns[i].decimals);
	}
	end_frame(out, at);
}

static void put_value(struct strbuf *out, const struct value *value)
{
	put_u8(out, value->kind);
	switch (value->kind) {
	case VALUE_NULL:
		break;
	case VALUE_TEXT:
		put_text_len(out, value->text, value->len);
		break;
	case VALUE_INT:
		put_i64(out, value->integer);
		break;
	case VALUE_REAL:
		strbuf_add(out, &value->real, sizeof value->real);
		break;
	}
}

void ogr_stream_put_row(
	struct strbuf *out, const struct stream_row *row, const struct ogr_layer *layer)
{
	size_t at = begin_frame(out, FRAME_ROW);

	put_i64(out, row->number);
	put_u8(out, row->geometry_problem);
	put_u8(out, row->value_problem);
	put_u32(out, row->problem_column);
	put_text(out, row->detail);
	put_u32(out, row->wkb.len);
	strbuf_add(out, row->wkb.bytes, row->wkb.len);
	for (size_t i = 0; i < layer->column_count; i++)
		put_value(out, row->values + i);
	end_frame(out, at);
}

void ogr_stream_put_end(struct strbuf *out, int64_t rows)
{
	size_t at = begin_frame(out, FRAME_END);

	put_i64(out, rows);
	end_frame(out, at);
}

void ogr_stream_put_fault(struct strbuf *out, const struct stream_fault *fault)
{
	size_t at = begin_frame(out, FRAME_FAULT);

	put_u8(out, fault->fault);
	put_i64(out, fault->number);
	put_text(out, fault->text);
	put_text(out, fault->detail);
	end_frame(out, at);
}

/* --- reading --- */

/* A body that is being read; `bad` sticks, and what is read from then on is zero. */
struct cursor {
	const char *at, *end;
	bool bad;
};

static const char *get_bytes(struct cursor *cursor, size_t len)
{
	const char *bytes = cursor->at;

	if (cursor->bad || len > (size_t)(cursor->end - cursor->at)) {
		cursor->bad = true;
		return NULL;
	}
	cursor->at += len;
	return bytes;
}

static void get(struct cursor *cursor, void *ret, size_t len)
{
	const char *bytes = get_bytes(cursor, len);

	memset(ret, 0, len);
	if (bytes)
		memcpy(ret, bytes, len);
}

/* A number below a limit. */
static unsigned get_u8(struct cursor *cursor, unsigned limit)
{
	unsigned char value;

	get(cursor, &value, 1);
	if (value >= limit)
		cursor->bad = true;
	return cursor->bad ? 0 : value;
}

static uint32_t get_u32(struct cursor *cursor, uint32_t most)
{
	uint32_t value;

	get(cursor, &value, sizeof value);
	if (value > most)
		cursor->bad = true;
	return cursor->bad ? 0 : value;
}

static int64_t get_i64(struct cursor *cursor)
{
	int64_t value;

	get(cursor, &value, sizeof value);
	return value;
}

static const char *get_text(struct cursor *cursor, uint32_t most, size_t *ret_len)
{
	uint32_t len = get_u32(cursor, most);
	const char *text = get_bytes(cursor, (size_t)len + 1);

	if (!text || text[len] || !text_is_utf8(text, len)) {
		cursor->bad = true;
		return "";
	}
	if (ret_len)
		*ret_len = len;
	return text;
}

static struct cursor cursor_of(const struct frame *frame, enum frame_kind kind)
{
	return (struct cursor){frame->body, frame->body + frame->len, frame->kind != kind};
}

/* True if the body was read to its end and all of it made sense. */
static bool cursor_ends_well(const struct cursor *cursor)
{
	return !cursor->bad && cursor->at == cursor->end;
}

int ogr_stream_frame(const char *bytes, size_t len, struct frame *ret_frame)
{
	uint32_t body;

	if (len < FRAME_HEADER_BYTES)
		return 0;
	memcpy(&body, bytes, sizeof body);
	if (body > OGR_FRAME_MAX || bytes[4] < FRAME_LAYER || bytes[4] >= FRAME_KINDS)
		return -1;
	if (len - FRAME_HEADER_BYTES < body)
		return 0;
	*ret_frame = (struct frame){(enum frame_kind)bytes[4], bytes + FRAME_HEADER_BYTES, body,
		FRAME_HEADER_BYTES + body};
	return 1;
}

static const struct ogr_column *get_columns(
	struct cursor *cursor, struct arena *arena, size_t count)
{
	struct ogr_column *columns = arena_zero(arena, count + 1, sizeof *columns);

	for (size_t i = 0; columns && !cursor->bad && i < count; i++) {
		columns[i].name = get_text(cursor, OGR_NAME_MAX, NULL);
		columns[i].type = (enum column_type)get_u8(cursor, COLUMN_TYPES);
		columns[i].name_unreadable = get_u8(cursor, 2);
		columns[i].width = (uint8_t)get_u8(cursor, UINT8_MAX + 1);
		columns[i].decimals = (uint8_t)get_u8(cursor, UINT8_MAX + 1);
	}
	return columns;
}

int ogr_stream_get_layer(
	const struct frame *frame, struct arena *arena, struct ogr_layer *ret_layer)
{
	struct cursor cursor = cursor_of(frame, FRAME_LAYER);
	struct ogr_layer layer = {0};

	layer.name = get_text(&cursor, OGR_NAME_MAX, NULL);
	layer.geometry = (enum layer_geometry)get_u8(&cursor, LAYER_GEOMETRIES);
	layer.has_z = get_u8(&cursor, 2);
	layer.axes_swapped = get_u8(&cursor, 2);
	layer.count = get_i64(&cursor);
	layer.crs_source = (enum crs_source)get_u8(&cursor, CRS_SOURCES);
	layer.epsg = (int)get_u32(&cursor, INT32_MAX);
	layer.crs_name = get_text(&cursor, OGR_NAME_MAX, NULL);
	layer.crs_wkt = get_text(&cursor, OGR_CRS_WKT_MAX, NULL);
	layer.encoding = get_text(&cursor, OGR_NAME_MAX, NULL);
	layer.encoding_source = (enum encoding_source)get_u8(&cursor, ENCODING_SOURCES);
	layer.column_count = get_u32(&cursor, OGR_COLUMNS_MAX);
	layer.columns = get_columns(&cursor, arena, layer.column_count);
	if (!layer.columns)
		return ERR_NOMEM;
	if (!cursor_ends_well(&cursor) || layer.count < -1)
		return ERR_INVALID;
	if ((layer.crs_source == CRS_SOURCE_NONE) != (layer.epsg == 0))
		return ERR_INVALID;
	*ret_layer = layer;
	return 0;
}

static bool is_datetime(const char *text, size_t len)
{
	struct date date;

	return len >= sizeof "2026-11-21T08:00:00" - 1 && len <= DATETIME_CHARS_MAX &&
	       date_parse(text, 10, &date) && text[10] == 'T' &&
	       strspn(text + 11, "0123456789:.+-Z") == len - 11;
}

static bool value_fits(const struct value *value, enum column_type type)
{
	struct date date;

	if (value->kind == VALUE_NULL)
		return true;
	switch (type) {
	case COLUMN_TEXT:
	case COLUMN_JSON:
		return value->kind == VALUE_TEXT;
	case COLUMN_INT:
		return value->kind == VALUE_INT;
	case COLUMN_REAL:
		return value->kind == VALUE_REAL && isfinite(value->real);
	case COLUMN_BOOL:
		return value->kind == VALUE_INT && (value->integer == 0 || value->integer == 1);
	case COLUMN_DATE:
		return value->kind == VALUE_TEXT && date_parse(value->text, value->len, &date);
	case COLUMN_DATETIME:
		return value->kind == VALUE_TEXT && is_datetime(value->text, value->len);
	case COLUMN_OTHER:
	case COLUMN_TYPES:
		break;
	}
	return false;
}

static void get_value(struct cursor *cursor, enum column_type type, struct value *value)
{
	value->kind = (enum value_kind)get_u8(cursor, VALUE_REAL + 1);
	switch (value->kind) {
	case VALUE_NULL:
		break;
	case VALUE_TEXT:
		value->text = get_text(cursor, OGR_TEXT_MAX, &value->len);
		break;
	case VALUE_INT:
		value->integer = get_i64(cursor);
		break;
	case VALUE_REAL:
		get(cursor, &value->real, sizeof value->real);
		break;
	}
	if (!cursor->bad && !value_fits(value, type))
		cursor->bad = true;
}

int ogr_stream_get_row(const struct frame *frame, struct arena *arena,
	const struct ogr_layer *layer, struct stream_row *ret_row)
{
	struct cursor cursor = cursor_of(frame, FRAME_ROW);
	struct stream_row row = {0};

	row.number = get_i64(&cursor);
	row.geometry_problem = (enum row_problem)get_u8(&cursor, ROW_PROBLEMS);
	row.value_problem = (enum row_problem)get_u8(&cursor, ROW_PROBLEMS);
	row.problem_column = get_u32(&cursor, OGR_COLUMNS_MAX);
	row.detail = get_text(&cursor, ERROR_DETAIL_MAX, NULL);
	row.wkb.len = get_u32(&cursor, OGR_WKB_MAX);
	if (row.wkb.len)
		row.wkb.bytes = (const unsigned char *)get_bytes(&cursor, row.wkb.len);
	row.values = arena_zero(arena, layer->column_count + 1, sizeof *row.values);
	if (!row.values)
		return ERR_NOMEM;
	for (size_t i = 0; !cursor.bad && i < layer->column_count; i++)
		get_value(&cursor, layer->columns[i].type, row.values + i);
	if (row.value_problem && row.problem_column >= layer->column_count)
		return ERR_INVALID;
	if (!cursor_ends_well(&cursor) || row.number < 1)
		return ERR_INVALID;
	*ret_row = row;
	return 0;
}

bool ogr_stream_get_end(const struct frame *frame, int64_t *ret_rows)
{
	struct cursor cursor = cursor_of(frame, FRAME_END);
	int64_t rows = get_i64(&cursor);

	if (!cursor_ends_well(&cursor) || rows < 0)
		return false;
	*ret_rows = rows;
	return true;
}

bool ogr_stream_get_fault(const struct frame *frame, struct stream_fault *ret_fault)
{
	struct cursor cursor = cursor_of(frame, FRAME_FAULT);
	struct stream_fault fault = {0};

	fault.fault = (enum ogr_fault)get_u8(&cursor, FAULTS);
	fault.number = get_i64(&cursor);
	fault.text = get_text(&cursor, OGR_NAMES_MAX, NULL);
	fault.detail = get_text(&cursor, ERROR_DETAIL_MAX, NULL);
	if (!cursor_ends_well(&cursor) || fault.number < 0)
		return false;
	*ret_fault = fault;
	return true;
}
