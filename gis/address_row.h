/*
 * address_row: an address as exchange formats tell it, and back: a row of a table of the French national
 * base (BAL 1.3: semicolons, one address a row), or a line of OpenAddresses (one GeoJSON feature a line).
 *
 * The table has BAL's columns and, because "15/3/7A" is more than a number and a suffix, one with the
 * number as it stands on the plate, and one with the state. For people, texts of which Excel would make
 * something else are guarded (csv_cell.h); plain tables are for programs. Reading takes either, with
 * semicolons, commas or tabs, and columns by the names that Vietnamese tables give them.
 */
#ifndef GIS_ADDRESS_ROW_H
#define GIS_ADDRESS_ROW_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/strbuf.h"

enum {
	ADDRESS_CELLS_MAX = 64,
	ADDRESS_CELL_BYTES_MAX = 4000,
	ADDRESS_LINE_BYTES_MAX = 1 << 16, /* of OpenAddresses */
};

enum address_format { ADDRESS_BAL, ADDRESS_OPENADDRESSES, ADDRESS_FORMATS };

/* "bal", "openaddresses"; false: none. */
bool address_format_parse(const char *name, enum address_format *ret);

/* Texts are borrowed; "" nothing is known. Numbers: NaN nothing is known. */
struct address_row {
	const char *key;    /* that tells it from others of the city: "25747_0000012_00007_a" */
	const char *uid;
	const char *number; /* as on the plate: "15/3/7A", "47-57" */
	const char *unit;   /* flat: "506" */
	const char *street;
	const char *ward_code, *ward, *city;
	double lon, lat, east, north;
	const char *parcels; /* ids, with blanks between */
	const char *status;
	const char *day; /* of the last change, "2026-11-23" */
};

/* What stands before the first row; nothing for OpenAddresses. */
void address_rows_begin(enum address_format format, struct strbuf *out);
void address_row_write(enum address_format format, bool plain, const struct address_row *row,
	struct strbuf *out);

/* A cell of such a table, guarded unless it is plain, and quoted where it must be; "" nothing. */
void address_cell_add(struct strbuf *out, bool plain, const char *text);

/* A table that is read. The text is borrowed. */
struct address_table {
	const char *text;
	size_t len, at;
	char separator;
	int columns[ADDRESS_CELLS_MAX]; /* what each one is */
	size_t column_count;
	int64_t row; /* the one read last; the first behind the names is 2 */
};

/* Reads the names. ERR_INVALID if no column has numbers, or none streets, or it is no UTF-8. */
int address_table_begin(
	struct address_table *table, const char *text, size_t len, struct error *err);

/* 1: a row, whose texts live in the arena; 0: no more. ERR_INVALID for one that is broken. */
int address_table_next(struct address_table *table, struct arena *arena, struct address_row *ret,
	struct error *err);

/* Reads a line of OpenAddresses. ERR_INVALID if it is none. */
int address_line_read(const char *line, size_t len, struct arena *arena, struct address_row *ret,
	struct error *err);

#endif
