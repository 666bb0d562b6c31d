#include "data/feature_row.h"

#include <math.h>

/* Columns of a record before its fields, in the order of feature_row_select. */
enum {
	COLUMN_ID,
	COLUMN_UID,
	COLUMN_VERSION,
	COLUMN_VALID_FROM,
	COLUMN_VALID_TO,
	COLUMN_RECORDED_AT,
	COLUMN_SOURCE,
	COLUMN_Z,
	COLUMN_NATIVE_EPSG,
	COLUMN_GEOM,
	COLUMN_FIELDS,
};

void feature_row_select(struct strbuf *sql, const struct layer *layer, bool whole)
{
	strbuf_add_format(sql,
		"id, uid, version, valid_from, valid_to, recorded_at, source_attributes,"
		" %s, native_epsg, geom",
		whole || layer->geometry == GEOMETRY_POINT ? "z_m" : "NULL"); /* others have none */
	for (size_t i = 0; i < layer->field_count; i++)
		strbuf_add_format(sql, ", \"%s\"", layer->fields[i].id);
	if (whole)
		strbuf_add_text(sql, ", native_geom");
}

int feature_row_width(const struct layer *layer, bool whole)
{
	return COLUMN_FIELDS + (int)layer->field_count + whole;
}

static int64_t integer_of(const struct value *value)
{
	return value->kind == VALUE_INT ? value->integer : 0;
}

static void read_date(const struct value *value, struct date *ret)
{
	if (value->kind == VALUE_TEXT && !date_parse(value->text, value->len, ret))
		*ret = (struct date){""};
}

void feature_row_read(struct query *query, const struct layer *layer, bool whole,
	struct value values[FEATURE_FIELDS_MAX], struct feature *ret)
{
	struct value own[COLUMN_GEOM];
	const struct value *uid = &own[COLUMN_UID], *z = &own[COLUMN_Z];

	query_values(query, 0, COLUMN_GEOM, own);
	*ret = (struct feature){.id = integer_of(&own[COLUMN_ID]),
		.version = integer_of(&own[COLUMN_VERSION]),
		.recorded_at_us = integer_of(&own[COLUMN_RECORDED_AT]),
		.values = values,
		.native_epsg = (int)integer_of(&own[COLUMN_NATIVE_EPSG]),
		.box = {1, 1, -1, -1}};
	ret->z_m = z->kind == VALUE_NULL ? (double)NAN : query_real(query, COLUMN_Z);
	if (uid->kind == VALUE_TEXT && uid->len < sizeof ret->uid.text)
		memcpy(ret->uid.text, uid->text, uid->len);
	read_date(&own[COLUMN_VALID_FROM], &ret->valid_from);
	read_date(&own[COLUMN_VALID_TO], &ret->valid_to);
	if (own[COLUMN_SOURCE].kind == VALUE_TEXT)
		ret->source_attributes = own[COLUMN_SOURCE].text;
	query_wkb(query, COLUMN_GEOM, &ret->wkb, &ret->box);
	query_values(query, COLUMN_FIELDS, (int)layer->field_count, values);
	if (whole)
		ret->native_wkb.bytes = query_bytes(query,
			COLUMN_FIELDS + (int)layer->field_count, &ret->native_wkb.len);
}

static const char *const own_columns[] = {"uid", "version", "valid_from", "valid_to",
	"recorded_at", "source_attributes", "z_m", "native_epsg", "native_geom", "geom"};
enum { OWN_COLUMNS = sizeof own_columns / sizeof own_columns[0] };

static void add_one(struct strbuf *sql, enum feature_row_list list, bool first, const char *column,
	const char *parameter)
{
	if (!first)
		strbuf_add_text(sql, ", ");
	if (list != FEATURE_PARAMETERS) {
		strbuf_add_char(sql, '"');
		strbuf_add_text(sql, column);
		strbuf_add_char(sql, '"');
	}
	if (list == FEATURE_SETTINGS)
		strbuf_add_text(sql, " = ");
	if (list != FEATURE_NAMES) {
		strbuf_add_char(sql, '$');
		strbuf_add_text(sql, parameter);
	}
}

void feature_row_list(
	struct strbuf *sql, const struct layer *layer, enum feature_row_list list, bool geometry)
{
	char parameter[80];

	for (size_t i = 0; i < OWN_COLUMNS - (geometry ? 0U : 1U); i++)
		add_one(sql, list, !i, own_columns[i], own_columns[i]);
	for (size_t i = 0; i < layer->field_count; i++) {
		snprintf(parameter, sizeof parameter, "f_%s", layer->fields[i].id);
		add_one(sql, list, false, layer->fields[i].id, parameter);
	}
}

void feature_row_insert(struct strbuf *sql, const struct layer *layer, bool with_id)
{
	strbuf_add_format(sql, "INSERT INTO \"%s\" (%sin_force, ", layer->id, with_id ? "id, " : "");
	feature_row_list(sql, layer, FEATURE_NAMES, true);
	strbuf_add_format(sql, ") VALUES (%s$in_force, ", with_id ? "$id, " : "");
	feature_row_list(sql, layer, FEATURE_PARAMETERS, true);
	strbuf_add_text(sql, with_id ? ")" : ") RETURNING id");
}

static const char *date_or_null(const struct date *date)
{
	return *date->text ? date->text : NULL;
}

void feature_row_bind(struct query *query, const struct layer *layer,
	const struct feature *feature, int epsg, bool geometry)
{
	query_bind_text(query, "uid", feature->uid.text);
	query_bind_int(query, "version", feature->version);
	query_bind_text(query, "valid_from", date_or_null(&feature->valid_from));
	query_bind_text(query, "valid_to", date_or_null(&feature->valid_to));
	query_bind_int(query, "recorded_at", feature->recorded_at_us);
	query_bind_text(query, "source_attributes", feature->source_attributes);
	if (isfinite(feature->z_m))
		query_bind_real(query, "z_m", feature->z_m);
	else
		query_bind_null(query, "z_m");
	if (feature->native_epsg)
		query_bind_int(query, "native_epsg", feature->native_epsg);
	else
		query_bind_null(query, "native_epsg");
	query_bind_bytes(query, "native_geom", feature->native_wkb.bytes, feature->native_wkb.len);
	if (geometry)
		query_bind_wkb(query, "geom", feature->wkb, &feature->box, epsg);
	for (size_t i = 0; i < layer->field_count; i++) {
		char name[80];

		snprintf(name, sizeof name, "f_%s", layer->fields[i].id);
		query_bind_value(query, name, &feature->values[i]);
	}
}

struct digest_order feature_digest_order(const struct layer *layer)
{
	struct digest_order order = {{0}};

	for (size_t i = 0; i < layer->field_count; i++) {
		size_t at = i;

		for (; at && strcmp(layer->fields[order.fields[at - 1]].id, layer->fields[i].id) > 0;
			at--)
			order.fields[at] = order.fields[at - 1];
		order.fields[at] = (uint8_t)i;
	}
	return order;
}

static void add_number(struct digest_maker *maker, uint64_t number)
{
	unsigned char bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(number >> (8 * i));
	digest_add(maker, bytes, sizeof bytes);
}

/* With its length before it, so that no two lists of pieces look alike. */
static void add_bytes(struct digest_maker *maker, const void *bytes, size_t len)
{
	add_number(maker, len);
	digest_add(maker, bytes, len);
}

static void add_text(struct digest_maker *maker, const char *text)
{
	add_bytes(maker, text ? text : "", text ? strlen(text) : 0);
}

static void add_real(struct digest_maker *maker, double value)
{
	double plain = value + 0.0; /* -0 as 0 */
	uint64_t bits;

	memcpy(&bits, &plain, sizeof bits);
	add_number(maker, bits);
}

/* As the column will give it back: a whole number in a column of reals is a real. */
static void add_value(
	struct digest_maker *maker, const struct layer_field *field, const struct value *value)
{
	if (value->kind == VALUE_NULL)
		return;
	add_text(maker, field->id);
	if (value->kind == VALUE_TEXT)
		add_bytes(maker, value->text, value->len);
	else if (value->kind == VALUE_REAL)
		add_real(maker, value->real);
	else if (field->type == FIELD_REAL)
		add_real(maker, (double)value->integer);
	else
		add_number(maker, (uint64_t)value->integer);
}

struct digest feature_digest(const struct layer *layer, const struct digest_order *order,
	const struct feature *feature)
{
	struct digest_maker maker;

	digest_begin(&maker);
	add_text(&maker, layer->id);
	add_number(&maker, (uint64_t)feature->id);
	add_number(&maker, (uint64_t)feature->version);
	add_text(&maker, feature->uid.text);
	add_text(&maker, feature->valid_from.text);
	add_text(&maker, feature->valid_to.text);
	add_number(&maker, (uint64_t)feature->recorded_at_us);
	add_text(&maker, feature->source_attributes);
	add_number(&maker, isfinite(feature->z_m));
	if (isfinite(feature->z_m))
		add_real(&maker, feature->z_m);
	add_number(&maker, (uint64_t)feature->native_epsg);
	add_bytes(&maker, feature->native_wkb.bytes, feature->native_wkb.len);
	add_bytes(&maker, feature->wkb.bytes, feature->wkb.len);
	for (size_t i = 0; i < layer->field_count; i++) {
		size_t field = order->fields[i];

		add_value(&maker, &layer->fields[field], &feature->values[field]);
	}
	return digest_end(&maker);
}
