#include "server/cases/streets.h"

#include <math.h>

#include "base/messages.h"
#include "data/history.h"

static const struct value *field(
	const struct layer *layer, const struct feature *feature, const char *id)
{
	return &feature->values[layer_field_at(layer, id)];
}

static const char *keep_text(struct arena *arena, const struct value *value)
{
	return value->kind == VALUE_TEXT ? arena_text(arena, value->text, value->len) : "";
}

static int64_t int_of(const struct value *value)
{
	return value->kind == VALUE_INT ? value->integer : 0;
}

static enum street_direction direction_of(const struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return STREET_UNDECIDED;
	if (!strcmp(value->text, "forward"))
		return STREET_FORWARD;
	return !strcmp(value->text, "backward") ? STREET_BACKWARD : STREET_UNDECIDED;
}

int street_of(const struct case_tools *tools, const struct feature *feature,
	struct street_node *ret, struct error *err)
{
	const struct layer *layer = layer_of_streets(tools->layers);
	const struct layer_network *role = layer->network;
	const struct value *width = field(layer, feature, role->width);
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	struct street_node node = {
		.id = feature->id,
		.version = feature->version,
		.name = keep_text(tools->arena, field(layer, feature, role->name)),
		.kind = keep_text(tools->arena, field(layer, feature, role->kind)),
		.after = keep_text(tools->arena, field(layer, feature, role->after)),
		.parent_id = int_of(field(layer, feature, role->parent)),
		.direction = direction_of(field(layer, feature, role->direction)),
		.width_m = width->kind == VALUE_REAL ? width->real : (double)NAN,
		.unit_now = view_unit(layer, feature),
		.in_force = feature_in_force(feature, &today),
	};
	int rc = 0;

	if (!node.name || !node.kind || !node.after)
		return fail_no_memory(err);
	if (feature->wkb.bytes)
		rc = shape_read_wkb(tools->arena, feature->wkb, &node.shape, err);
	if (!rc)
		*ret = node;
	return rc;
}

struct reading {
	const struct case_tools *tools;
	struct street_node *node;
};

static int take_node(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;

	return street_of(reading->tools, feature, reading->node, err);
}

int street_read(const struct case_tools *tools, int64_t id, struct street_node *ret,
	struct error *err)
{
	struct reading reading = {tools, ret};
	bool found = false;
	int rc = id < 1 || id > HISTORY_ID_MAX
		? 0
		: feature_read_row(tools->store, layer_of_streets(tools->layers), id, take_node,
			  &reading, &found, err);

	return rc || found ? rc : fail_no_such_street(err);
}

int street_measure(const struct case_tools *tools, const struct street_node *node,
	struct street_line *ret, struct error *err)
{
	if (!node->shape.point_count)
		return fail_street_line(err);
	return street_line_make(
		tools->arena, &node->shape, node->direction == STREET_BACKWARD, ret, err);
}

/* Puts "15/" before the path; what is too long is cut off at the street's end. */
static void prepend(struct street_chain *chain, const char *after)
{
	char path[STREET_LABEL_MAX];
	int len = snprintf(path, sizeof path, "%s%s%s", after, *chain->path ? "/" : "", chain->path);

	if (len > 0 && (size_t)len < sizeof path)
		memcpy(chain->path, path, (size_t)len + 1);
}

int street_chain_of(const struct case_tools *tools, const struct street_node *node,
	struct street_chain *ret, struct error *err)
{
	struct street_node at = *node;
	int64_t up[STREET_DEPTH_MAX];
	int rc = 0;

	*ret = (struct street_chain){.street = node->name};
	up[ret->count++] = node->id;
	while (*at.after && at.parent_id && ret->count < STREET_DEPTH_MAX) {
		struct street_node parent;

		rc = street_read(tools, at.parent_id, &parent, err);
		if (rc == ERR_NOT_FOUND) {
			error_clear(err);
			rc = 0;
			break;
		}
		if (rc)
			return rc;
		prepend(ret, at.after);
		ret->street = parent.name;
		up[ret->count++] = parent.id;
		at = parent;
	}
	for (size_t i = 0; i < ret->count; i++)
		ret->ids[i] = up[ret->count - 1 - i];
	return rc;
}

void street_plate(const struct street_chain *chain, const struct numbering_number *number,
	struct strbuf *out)
{
	if (*chain->path) {
		strbuf_add_text(out, chain->path);
		strbuf_add_text(out, "/");
	}
	strbuf_add_format(out, "%d%s", number->number, number->suffix);
	if (number->to)
		strbuf_add_format(out, "-%d", number->to);
}

void street_label(const struct street_chain *chain, const struct numbering_number *number,
	struct strbuf *out)
{
	street_plate(chain, number, out);
	if (*chain->street) {
		strbuf_add_text(out, " ");
		strbuf_add_text(out, chain->street);
	}
}
