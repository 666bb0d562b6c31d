#include "gis/export_measure.h"

#include <math.h>

#include "base/number.h"

enum {
	SHAPE_HEAD_BYTES = 100,
	RECORD_HEAD_BYTES = 44, /* and what else a record has that our bytes have not */
	COLUMN_HEAD_BYTES = 32,
	NUMBER_DIGITS_MAX = 400, /* of the largest and the smallest double */
};

/* The characters of a number before and behind the point, without an exponent. */
static struct column_room room_of_real(double value)
{
	char text[NUMBER_CHARS + 1], *end = number_write_double(text, value);
	const char *point, *exponent;
	size_t whole, decimals = 0;
	int64_t power = 0;

	*end = '\0';
	point = strchr(text, '.');
	exponent = strpbrk(text, "eE");
	if (!exponent)
		exponent = end;
	else
		number_parse_int(exponent + 1 + (exponent[1] == '+'),
			strlen(exponent + 1 + (exponent[1] == '+')), -NUMBER_DIGITS_MAX,
			NUMBER_DIGITS_MAX, &power);
	whole = (size_t)((point ? point : exponent) - text);
	if (point)
		decimals = (size_t)(exponent - point - 1);
	if (power > 0) {
		whole += (size_t)power;
		decimals = decimals > (size_t)power ? decimals - (size_t)power : 0;
	} else {
		decimals += (size_t)-power;
	}
	return (struct column_room){whole, decimals};
}

static struct column_room room_of_value(const struct value *value)
{
	char text[NUMBER_CHARS];

	switch (value->kind) {
	case VALUE_TEXT:
		return (struct column_room){value->len, 0};
	case VALUE_INT:
		return (struct column_room){
			(size_t)(number_write_int(text, value->integer) - text), 0};
	case VALUE_REAL:
		return room_of_real(value->real);
	default:
		return (struct column_room){0, 0};
	}
}

static bool number_fits(struct column_room room)
{
	return room.whole + 1 + room.decimals <= DBASE_NUMBER_MAX;
}

bool export_value_overflows(const struct value *value)
{
	switch (value->kind) {
	case VALUE_TEXT:
		/* Blanks fill the column, so an empty text is nothing, and blanks at the ends go. */
		return !value->len || value->len > DBASE_TEXT_MAX || value->text[0] == ' ' ||
		       value->text[value->len - 1] == ' ';
	case VALUE_INT:
		return room_of_value(value).whole > DBASE_INT_DIGITS_MAX;
	case VALUE_REAL:
		return !number_fits(room_of_value(value));
	default:
		return false;
	}
}

static void add_zone(struct export_measure *measure, int epsg)
{
	size_t at = 0;

	while (at < measure->zone_count && at < EXPORT_ZONES_MAX && measure->zones[at].epsg != epsg)
		at++;
	if (at == EXPORT_ZONES_MAX) {
		measure->zone_count = EXPORT_ZONES_MAX + 1;
		return;
	}
	if (at == measure->zone_count)
		measure->zones[measure->zone_count++].epsg = epsg;
	measure->zones[at].count++;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

void export_measure_add(struct export_measure *measure, const struct export_columns *columns,
	const struct feature *feature, const struct value *values, int working_epsg)
{
	measure->rows++;
	measure->shape_bytes += RECORD_HEAD_BYTES + (int64_t)feature->wkb.len;
	if (feature->wkb.bytes) {
		measure->with_shape++;
		measure->with_height += isfinite(feature->z_m);
		add_zone(measure, feature->native_epsg ? feature->native_epsg : working_epsg);
	}
	for (size_t i = 0; values && i < columns->count; i++) {
		struct column_room room = room_of_value(&values[i]);
		struct column_room *most = &measure->rooms[i];

		/* A number that has no room sets none. */
		if (values[i].kind == VALUE_REAL && !number_fits(room))
			continue;
		most->whole = larger(most->whole, room.whole);
		most->decimals = larger(most->decimals, room.decimals);
	}
}

static size_t width_of(enum column_type type, const struct column_room *room, size_t *ret_decimals)
{
	size_t most = DBASE_NUMBER_MAX - 1;

	*ret_decimals = 0;
	switch (type) {
	case COLUMN_BOOL:
		return 1;
	case COLUMN_DATE:
		return 8;
	case COLUMN_REAL:
		/* Each may fit alone and not together: the wholes go before. */
		*ret_decimals = room->decimals < most - room->whole ? room->decimals
								    : most - room->whole;
		return larger(room->whole, 1) + 1 + *ret_decimals;
	case COLUMN_INT:
		return larger(room->whole, 1);
	default:
		return room->whole > DBASE_TEXT_MAX ? DBASE_TEXT_MAX : larger(room->whole, 1);
	}
}

void export_measure_apply(const struct export_measure *measure, struct export_columns *columns,
	int64_t *ret_table_bytes, int64_t *ret_shape_bytes)
{
	size_t row = 1;

	for (size_t i = 0; i < columns->count; i++) {
		size_t decimals;
		size_t width = width_of(columns->ogr[i].type, &measure->rooms[i], &decimals);

		row += width;
		columns->ogr[i].width = (uint8_t)width;
		columns->ogr[i].decimals = (uint8_t)decimals;
	}
	*ret_table_bytes = COLUMN_HEAD_BYTES * (int64_t)(columns->count + 1) + 2 +
			   measure->rows * (int64_t)row;
	*ret_shape_bytes = SHAPE_HEAD_BYTES + measure->shape_bytes;
}
