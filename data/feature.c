#include "data/feature.h"

#include "base/number.h"

void value_put_json(struct json_writer *json, const struct value *value, bool is_bool)
{
	switch (value->kind) {
	case VALUE_NULL:
		json_put_null(json);
		break;
	case VALUE_TEXT:
		json_put_text_len(json, value->text, value->len);
		break;
	case VALUE_INT:
		if (is_bool)
			json_put_bool(json, value->integer != 0);
		else
			json_put_int(json, value->integer);
		break;
	case VALUE_REAL:
		json_put_real(json, value->real);
		break;
	}
}

char *value_pen_json(char *at, const struct value *value, bool is_bool)
{
	switch (value->kind) {
	case VALUE_TEXT:
		return json_pen_text(at, value->text, value->len);
	case VALUE_INT:
		if (!is_bool)
			return number_write_int(at, value->integer);
		memcpy(at, value->integer ? "true " : "false", 5);
		return at + (value->integer ? 4 : 5);
	case VALUE_REAL:
		return number_write_double(at, value->real);
	default:
		return json_pen_null(at);
	}
}

size_t value_json_room(const struct value *value)
{
	return value->kind == VALUE_TEXT ? JSON_TEXT_ROOM(value->len) : NUMBER_CHARS;
}

bool feature_in_force(const struct feature *feature, const struct date *day)
{
	return strcmp(feature->valid_from.text, day->text) <= 0 &&
		(!*feature->valid_to.text || strcmp(feature->valid_to.text, day->text) > 0);
}
