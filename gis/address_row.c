#include "gis/address_row.h"

#include <math.h>

#include "base/json_read.h"
#include "base/json_write.h"
#include "base/messages.h"
#include "base/number.h"
#include "base/secret.h"
#include "base/text.h"
#include "data/house_number.h"
#include "gis/address_words.h"
#include "gis/csv_cell.h"
#include "gis/geojson.h"

enum { CELL_TEXT_MAX = 1 << 16 };

/* What a column holds: a text or a number of the row, or a part of the house's number. */
enum kind { KIND_TEXT, KIND_REAL, KIND_NUMBER, KIND_SUFFIX };

/* Columns in the order that they are written; others by which tables call them. */
static const struct column {
	const char *name, *others;
	enum kind kind;
	size_t offset; /* in struct address_row */
	int decimals;
} columns[] = {
	{"cle_interop", "key", KIND_TEXT, offsetof(struct address_row, key), 0},
	{"uid_adresse", "uid id", KIND_TEXT, offsetof(struct address_row, uid), 0},
	{"voie_nom", ADDRESS_WORD_STREET " duong ten_duong tenduong", KIND_TEXT,
		offsetof(struct address_row, street), 0},
	{"numero", "", KIND_NUMBER, 0, 0},
	{"suffixe", "suffix", KIND_SUFFIX, 0, 0},
	{"plate", "number housenumber house_number so_nha sonha bien_so", KIND_TEXT,
		offsetof(struct address_row, number), 0},
	{"unit", "can_ho flat", KIND_TEXT, offsetof(struct address_row, unit), 0},
	{"commune_insee", "ward_code ma_xa maxa", KIND_TEXT,
		offsetof(struct address_row, ward_code), 0},
	{"commune_nom", "ward district phuong xa", KIND_TEXT, offsetof(struct address_row, ward),
		0},
	{"city", "thanh_pho", KIND_TEXT, offsetof(struct address_row, city), 0},
	{"long", "lon lng kinh_do", KIND_REAL, offsetof(struct address_row, lon),
		GEOJSON_DEGREE_DECIMALS},
	{"lat", "vi_do", KIND_REAL, offsetof(struct address_row, lat), GEOJSON_DEGREE_DECIMALS},
	{"x", "east", KIND_REAL, offsetof(struct address_row, east), GEOJSON_METRE_DECIMALS},
	{"y", "north", KIND_REAL, offsetof(struct address_row, north), GEOJSON_METRE_DECIMALS},
	{"cad_parcelles", ADDRESS_WORD_PARCEL " parcels parcel_id thua", KIND_TEXT,
		offsetof(struct address_row, parcels), 0},
	{"status", "tinh_trang", KIND_TEXT, offsetof(struct address_row, status), 0},
	{"date_der_maj", "date ngay", KIND_TEXT, offsetof(struct address_row, day), 0},
};

enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char **text_at(struct address_row *row, const struct column *column)
{
	return (const char **)((char *)row + column->offset);
}

static double *real_at(struct address_row *row, const struct column *column)
{
	return (double *)((char *)row + column->offset);
}

static struct address_row empty_row(void)
{
	struct address_row row = {
		.lon = (double)NAN, .lat = (double)NAN, .east = (double)NAN, .north = (double)NAN};

	for (size_t i = 0; i < COLUMNS; i++)
		if (columns[i].kind == KIND_TEXT)
			*text_at(&row, &columns[i]) = "";
	return row;
}

bool address_format_parse(const char *name, enum address_format *ret)
{
	static const char *const names[] = {"bal", "openaddresses"};

	for (int i = 0; i < ADDRESS_FORMATS; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*ret = (enum address_format)i;
		return true;
	}
	return false;
}

/* --- writing a table -------------------------------------------------------------------------- */

/* Quoted where a separator, a quote or a line end would be mistaken (RFC 4180). */
static void add_cell(struct strbuf *out, const char *text, size_t len)
{
	if (!memchr(text, ';', len) && !memchr(text, '"', len) && !memchr(text, '\n', len) &&
		!memchr(text, '\r', len)) {
		strbuf_add(out, text, len);
		return;
	}
	strbuf_add_char(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			strbuf_add_char(out, '"');
		strbuf_add_char(out, text[i]);
	}
	strbuf_add_char(out, '"');
}

void address_cell_add(struct strbuf *out, bool plain, const char *text)
{
	autofree(strbuf_clear) struct strbuf guarded = STRBUF(CELL_TEXT_MAX);

	if (!*text)
		return;
	if (plain)
		strbuf_add_text(&guarded, text);
	else
		csv_cell_guard(&guarded, text, strlen(text));
	add_cell(out, guarded.data, guarded.len);
}

/* Of the house alone: 7 and A of 15/3/7A. Letters before a number are a part of none. */
static void add_house(struct strbuf *out, bool plain, const struct address_row *row, enum kind kind)
{
	struct house_number number;
	size_t rest;

	if (!house_number_read(row->number, strlen(row->number), &number, &rest) ||
		!number.has_house)
		return;
	if (kind == KIND_NUMBER)
		strbuf_add_int(out, number.house.number);
	else
		address_cell_add(out, plain, number.house.behind);
}

static void write_table_row(struct strbuf *out, bool plain, const struct address_row *row)
{
	struct address_row copy = *row;

	for (size_t i = 0; i < COLUMNS; i++) {
		const struct column *column = &columns[i];

		if (i)
			strbuf_add_char(out, ';');
		if (column->kind == KIND_TEXT)
			address_cell_add(out, plain, *text_at(&copy, column));
		else if (column->kind != KIND_REAL)
			add_house(out, plain, row, column->kind);
		else if (isfinite(*real_at(&copy, column)))
			number_print_fixed(out, *real_at(&copy, column), column->decimals);
	}
	strbuf_add_text(out, "\r\n");
}

void address_rows_begin(enum address_format format, struct strbuf *out)
{
	if (format != ADDRESS_BAL)
		return;
	/* Without the mark Excel takes Vietnamese for something else. */
	strbuf_add_text(out, "\xEF\xBB\xBF");
	for (size_t i = 0; i < COLUMNS; i++)
		strbuf_add_format(out, "%s%s", i ? ";" : "", columns[i].name);
	strbuf_add_text(out, "\r\n");
}

/* --- writing lines ---------------------------------------------------------------------------- */

/* As OpenAddresses: equal of equal addresses, whatever their ids. */
static void add_hash(struct json_writer *json, const struct address_row *row)
{
	enum { HASH_CHARS = 16 };
	const char *const parts[] = {row->number, row->street, row->unit, row->ward, row->city};
	autofree(strbuf_clear) struct strbuf text = STRBUF(CELL_TEXT_MAX);
	struct content_hash hash;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		strbuf_add_format(&text, "%s\n", parts[i]);
	if (isfinite(row->lon) && isfinite(row->lat)) {
		number_print_fixed(&text, row->lon, GEOJSON_DEGREE_DECIMALS);
		strbuf_add_char(&text, ' ');
		number_print_fixed(&text, row->lat, GEOJSON_DEGREE_DECIMALS);
	}
	hash = content_hash(text.data, text.len);
	hash.text[HASH_CHARS] = '\0';
	json_member_text(json, "hash", hash.text);
}

static void write_line(struct strbuf *out, const struct address_row *row)
{
	struct json_writer json = JSON_WRITER(out);

	json_begin_object(&json);
	json_member_text(&json, "type", "Feature");
	json_put_key(&json, "properties");
	json_begin_object(&json);
	add_hash(&json, row);
	json_member_text(&json, "number", row->number);
	json_member_text(&json, ADDRESS_WORD_STREET, row->street);
	json_member_text(&json, "unit", row->unit);
	json_member_text(&json, "city", row->city);
	json_member_text(&json, "district", row->ward);
	json_member_text(&json, "region", "");
	json_member_text(&json, "postcode", "");
	json_member_text(&json, "id", row->uid);
	/* Members of ours: what they do not know is let be. */
	json_member_text(&json, "ward_code", row->ward_code);
	json_member_text(&json, "parcels", row->parcels);
	json_member_text(&json, "status", row->status);
	json_member_text(&json, "date", row->day);
	json_end_object(&json);
	json_put_key(&json, "geometry");
	if (isfinite(row->lon) && isfinite(row->lat)) {
		json_begin_object(&json);
		json_member_text(&json, "type", "Point");
		json_put_key(&json, "coordinates");
		json_begin_array(&json);
		json_put_fixed(&json, row->lon, GEOJSON_DEGREE_DECIMALS);
		json_put_fixed(&json, row->lat, GEOJSON_DEGREE_DECIMALS);
		json_end_array(&json);
		json_end_object(&json);
	} else {
		json_put_null(&json);
	}
	json_end_object(&json);
	strbuf_add_char(out, '\n');
}

void address_row_write(
	enum address_format format, bool plain, const struct address_row *row, struct strbuf *out)
{
	if (format == ADDRESS_BAL)
		write_table_row(out, plain, row);
	else
		write_line(out, row);
}

/* --- reading a table -------------------------------------------------------------------------- */

/* The cells of a record, unquoted, each ended by '\0'. */
struct record {
	struct strbuf text;
	size_t starts[ADDRESS_CELLS_MAX];
	size_t count;
};

static bool ends_cell(const struct address_table *table, char c)
{
	return c == table->separator || c == '\n' || c == '\r';
}

/* Reads one cell from `at`; false if it is broken: a quote without its end, or too long. */
static bool read_cell(struct address_table *table, struct strbuf *out)
{
	const char *text = table->text;
	size_t begin = out->len;

	if (table->at < table->len && text[table->at] == '"') {
		for (table->at++;; table->at++) {
			if (table->at == table->len || out->len - begin > ADDRESS_CELL_BYTES_MAX)
				return false;
			if (text[table->at] == '"' &&
				(table->at + 1 == table->len || text[table->at + 1] != '"'))
				break;
			table->at += text[table->at] == '"';
			strbuf_add_char(out, text[table->at]);
		}
		table->at++;
		return table->at == table->len || ends_cell(table, text[table->at]);
	}
	for (; table->at < table->len && !ends_cell(table, text[table->at]); table->at++)
		strbuf_add_char(out, text[table->at]);
	return out->len - begin <= ADDRESS_CELL_BYTES_MAX;
}

/* 1: a record; 0: no more; ERR_INVALID. */
static int read_record(struct address_table *table, struct record *record, struct error *err)
{
	bool goes_on = true;

	while (table->at < table->len &&
		(table->text[table->at] == '\n' || table->text[table->at] == '\r'))
		table->at++;
	if (table->at == table->len)
		return 0;
	table->row++;
	strbuf_reset(&record->text);
	for (record->count = 0; goes_on; record->count++) {
		if (record->count == ADDRESS_CELLS_MAX)
			return fail_address_row_broken(err, table->row);
		record->starts[record->count] = record->text.len;
		if (!read_cell(table, &record->text))
			return fail_address_row_broken(err, table->row);
		strbuf_add_char(&record->text, '\0');
		goes_on = table->at < table->len && table->text[table->at] == table->separator;
		table->at += goes_on;
	}
	return record->text.failed ? fail_no_memory(err) : 1;
}

/* Of those that may stand between names the one that does so most. */
static char find_separator(const char *text, size_t len)
{
	static const char separators[] = ";,\t";
	size_t counts[sizeof separators - 1] = {0}, best = 0;

	for (size_t i = 0; i < len && text[i] != '\n'; i++)
		for (size_t k = 0; k < sizeof separators - 1; k++)
			counts[k] += text[i] == separators[k];
	for (size_t k = 1; k < sizeof separators - 1; k++)
		if (counts[k] > counts[best])
			best = k;
	return separators[best];
}

static bool is_in(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = list; len && *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, " ") == len && !strncmp(at, word, len))
			return true;
	return false;
}

/* A name as people write it: "Số nhà" is so_nha. */
static int column_of(const char *name)
{
	autofree(strbuf_clear) struct strbuf key = STRBUF(ADDRESS_CELL_BYTES_MAX);

	text_search_key(&key, name, strlen(name));
	for (size_t i = 0; i < key.len; i++)
		if (key.data[i] == ' ')
			key.data[i] = '_';
	for (int i = 0; i < COLUMNS; i++) {
		const struct column *column = &columns[i];

		if (text_equal_nocase(name, column->name) ||
			(!key.failed && is_in(column->others, key.data)))
			return i;
	}
	return -1;
}

static bool has_column(const struct address_table *table, const char *name)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i] >= 0 && !strcmp(columns[table->columns[i]].name, name))
			return true;
	return false;
}

int address_table_begin(
	struct address_table *table, const char *text, size_t len, struct error *err)
{
	static const char mark[] = "\xEF\xBB\xBF";
	size_t skip = len >= sizeof mark - 1 && !memcmp(text, mark, sizeof mark - 1)
			      ? sizeof mark - 1
			      : 0;
	struct record record = {.text = STRBUF(SIZE_MAX)};
	int rc;

	*table = (struct address_table){
		.text = text, .len = len, .at = skip, .separator = find_separator(text, len)};
	rc = read_record(table, &record, err);
	for (size_t i = 0; rc > 0 && i < record.count; i++)
		table->columns[i] = column_of(record.text.data + record.starts[i]);
	table->column_count = rc > 0 ? record.count : 0;
	strbuf_clear(&record.text);
	if (rc < 0)
		return rc;
	if ((has_column(table, "plate") || has_column(table, "numero")) &&
		has_column(table, "voie_nom"))
		return 0;
	return fail_address_columns(err);
}

/* The text of a cell, without its guard, in the arena. */
static const char *keep_cell(struct arena *arena, const char *cell)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(CELL_TEXT_MAX);

	if (csv_cell_unguard(&text, cell, strlen(cell)))
		return text.failed ? NULL : arena_text(arena, text.data, text.len);
	return arena_text(arena, cell, strlen(cell));
}

/* A number and its suffix are the number, where no plate is told. */
static int join_number(struct arena *arena, const char *number, const char *suffix,
	struct address_row *row, struct error *err)
{
	autofree(strbuf_clear) struct strbuf text = STRBUF(CELL_TEXT_MAX);

	if (*row->number || !*number)
		return 0;
	strbuf_add_format(&text, "%s%s", number, suffix);
	row->number = text.failed ? NULL : arena_text(arena, text.data, text.len);
	return row->number ? 0 : fail_no_memory(err);
}

static int take_record(const struct address_table *table, const struct record *record,
	struct arena *arena, struct address_row *row, struct error *err)
{
	const char *number = "", *suffix = "";

	for (size_t i = 0; i < record->count && i < table->column_count; i++) {
		const char *cell = record->text.data + record->starts[i], *text;
		const struct column *column;

		if (table->columns[i] < 0)
			continue;
		column = &columns[table->columns[i]];
		text = keep_cell(arena, cell);
		if (!text)
			return fail_no_memory(err);
		if (column->kind == KIND_TEXT)
			*text_at(row, column) = text;
		else if (column->kind == KIND_NUMBER)
			number = text;
		else if (column->kind == KIND_SUFFIX)
			suffix = text;
		else if (*text &&
			 !number_parse_double(text, strlen(text), -1e9, 1e9, real_at(row, column)))
			return fail_address_row_broken(err, table->row);
	}
	return join_number(arena, number, suffix, row, err);
}

int address_table_next(struct address_table *table, struct arena *arena, struct address_row *ret,
	struct error *err)
{
	struct record record = {.text = STRBUF(SIZE_MAX)};
	struct address_row row = empty_row();
	int rc = read_record(table, &record, err), taken = 0;

	if (rc > 0)
		taken = take_record(table, &record, arena, &row, err);
	strbuf_clear(&record.text);
	if (rc <= 0 || taken)
		return rc < 0 ? rc : taken;
	*ret = row;
	return 1;
}

/* --- reading lines ---------------------------------------------------------------------------- */

static int keep_member(struct arena *arena, const struct json_node *properties, const char *key,
	const char **ret, struct error *err)
{
	const struct json_node *node = json_node_get(properties, key);
	const char *text;
	int64_t integer;
	char digits[NUMBER_CHARS + 1];

	/* Some write numbers of houses as numbers. */
	if (json_node_int(node, &integer)) {
		*number_write_int(digits, integer) = '\0';
		text = digits;
	} else if (!json_node_text(node, &text)) {
		return 0;
	}
	*ret = arena_text(arena, text, strlen(text));
	return *ret ? 0 : fail_no_memory(err);
}

static bool read_point(const struct json_node *geometry, struct address_row *row)
{
	const struct json_node *place = json_node_get(geometry, "coordinates");
	const char *type;

	if (!geometry || json_node_kind(geometry) == JSON_KIND_NULL)
		return true;
	return json_node_text(json_node_get(geometry, "type"), &type) && !strcmp(type, "Point") &&
	       json_node_number(json_node_at(place, 0), &row->lon) &&
	       json_node_number(json_node_at(place, 1), &row->lat) && fabs(row->lon) <= 180 &&
	       fabs(row->lat) <= 90;
}

static int take_feature(const struct json_node *feature, struct arena *arena,
	struct address_row *row, struct error *err)
{
	const struct json_node *properties = json_node_get(feature, "properties");
	const struct {
		const char *key;
		const char **to;
	} members[] = {{"number", &row->number}, {ADDRESS_WORD_STREET, &row->street},
		{"unit", &row->unit}, {"city", &row->city}, {"district", &row->ward},
		{"id", &row->uid}, {"ward_code", &row->ward_code}, {"parcels", &row->parcels},
		{"status", &row->status}, {"date", &row->day}};
	int rc = 0;

	for (size_t i = 0; !rc && i < sizeof members / sizeof members[0]; i++)
		rc = keep_member(arena, properties, members[i].key, members[i].to, err);
	if (rc)
		return rc;
	return read_point(json_node_get(feature, "geometry"), row) && *row->number && *row->street
		       ? 0
		       : fail_address_line(err);
}

int address_line_read(const char *line, size_t len, struct arena *arena, struct address_row *ret,
	struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	struct address_row row = empty_row();
	int rc = len > ADDRESS_LINE_BYTES_MAX ? fail_address_line(err)
					      : json_document_parse(line, len, &document, err);

	if (!rc)
		rc = take_feature(document, arena, &row, err);
	if (!rc)
		*ret = row;
	return rc;
}
