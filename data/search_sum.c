#include "data/search_sum.h"

#include "base/text.h"

bool search_finds_by(const struct layer_field *field)
{
	return field->search == SEARCH_NAME || field->search == SEARCH_CODE ||
		field->search == SEARCH_NUMBER;
}

bool search_sums(const struct layer_field *field)
{
	return search_finds_by(field) || field->search == SEARCH_WITHIN ||
		field->source == FIELD_UNIT_NOW;
}

uint64_t search_sum_of(const struct layer *layer, const struct value *values)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < layer->field_count; i++) {
		if (!search_sums(&layer->fields[i]))
			continue;
		if (values[i].kind == VALUE_TEXT)
			sum ^= text_hash(values[i].text);
		else if (values[i].kind == VALUE_INT)
			sum ^= (uint64_t)values[i].integer;
		sum = (sum ^ i) * UINT64_C(1099511628211);
	}
	return sum;
}
