#include "data/view.h"

#include "data/feature.h"

/* The unit that a record lies in; a unit lies in itself. 0 unknown. */
static int64_t unit_of(
	const struct view *view, const struct value *values, const struct feature *feature)
{
	if (view->layer->is_units)
		return feature->id;
	for (size_t i = 0; i < view->layer->field_count; i++)
		if (view->layer->fields[i].source == FIELD_UNIT_NOW)
			return values[i].kind == VALUE_INT ? values[i].integer : 0;
	return 0;
}

static bool covers(const struct grant *grant, int64_t unit)
{
	return !grant->unit_id || (unit && grant->unit_id == unit);
}

bool view_admits(const struct view *view, struct value *values, struct feature *feature)
{
	int64_t unit;
	uint64_t fields = 0;
	bool source = false, seen = false;

	if (!view->grants)
		return true;
	unit = unit_of(view, values, feature);
	for (size_t i = 0; i < view->grant_count; i++) {
		if (!covers(&view->grants[i], unit))
			continue;
		seen = true;
		fields |= view->grants[i].fields;
		source |= view->grants[i].source;
	}
	for (size_t i = 0; i < view->layer->field_count; i++)
		if (!(fields >> i & 1))
			values[i] = (struct value){.kind = VALUE_NULL};
	if (!source)
		feature->source_attributes = NULL;
	return seen;
}

uint64_t view_writable(const struct view *view, const struct value *values,
	const struct feature *feature, bool *ret_source)
{
	uint64_t fields = 0;
	int64_t unit;

	*ret_source = true;
	if (!view->grants)
		return UINT64_MAX;
	*ret_source = false;
	unit = unit_of(view, values, feature);
	for (size_t i = 0; i < view->grant_count; i++) {
		if (!view->grants[i].may_write || !covers(&view->grants[i], unit))
			continue;
		fields |= view->grants[i].fields;
		*ret_source |= view->grants[i].source;
	}
	return fields;
}
