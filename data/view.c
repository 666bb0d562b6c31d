#include "data/view.h"

#include "data/feature.h"

static int64_t unit_of(const struct layer *layer, const struct value *values, int64_t id)
{
	if (layer->is_units)
		return id;
	for (size_t i = 0; i < layer->field_count; i++)
		if (layer->fields[i].source == FIELD_UNIT_NOW)
			return values[i].kind == VALUE_INT ? values[i].integer : 0;
	return 0;
}

int64_t view_unit(const struct layer *layer, const struct feature *feature)
{
	return unit_of(layer, feature->values, feature->id);
}

static bool covers(const struct grant *grant, int64_t unit)
{
	return !grant->unit_id || (unit && grant->unit_id == unit);
}

bool view_admits_unit(
	const struct view *view, int64_t unit, uint64_t *ret_fields, bool *ret_source)
{
	bool seen = !view->grants;

	*ret_fields = seen ? UINT64_MAX : 0;
	*ret_source = seen;
	for (size_t i = 0; i < view->grant_count; i++) {
		if (!covers(&view->grants[i], unit))
			continue;
		seen = true;
		*ret_fields |= view->grants[i].fields;
		*ret_source |= view->grants[i].source;
	}
	return seen;
}

bool view_admits(const struct view *view, struct value *values, struct feature *feature)
{
	uint64_t fields;
	bool source, seen;

	if (!view->grants)
		return true;
	seen = view_admits_unit(
		view, unit_of(view->layer, values, feature->id), &fields, &source);
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
	unit = unit_of(view->layer, values, feature->id);
	for (size_t i = 0; i < view->grant_count; i++) {
		if (!view->grants[i].may_write || !covers(&view->grants[i], unit))
			continue;
		fields |= view->grants[i].fields;
		*ret_source |= view->grants[i].source;
	}
	return fields;
}
