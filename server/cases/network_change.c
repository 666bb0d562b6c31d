/* What the network tells of streets is written to their records. */
#include <math.h>

#include "base/messages.h"
#include "server/cases/network.h"

/* What is found of a street, as values of its fields. */
struct found {
	size_t field;
	struct value value; /* VALUE_NULL: nothing is known */
};

enum { FOUND_COUNT = 4 };

static struct value int_value(int64_t integer)
{
	return (struct value){.kind = VALUE_INT, .integer = integer};
}

static void find_values(
	const struct network_survey *survey, size_t index, struct found found[FOUND_COUNT])
{
	const struct layer_network *role = survey->layer->network;
	const struct network_node *node = &survey->network.nodes[index];
	const char *direction = node->direction == NETWORK_BACKWARD ? "backward" : "forward";
	const char *const fields[] = {role->direction, role->parent, role->mouth, role->ends};

	for (size_t i = 0; i < FOUND_COUNT; i++)
		found[i] = (struct found){
			layer_field_at(survey->layer, fields[i]), {.kind = VALUE_NULL}};
	if (node->direction)
		found[0].value = (struct value){
			.kind = VALUE_TEXT, .text = direction, .len = strlen(direction)};
	if (node->parent != NETWORK_NONE)
		found[1].value = int_value(survey->lines[node->parent].id);
	/* To the centimetre, as mouths are told. */
	if (isfinite(node->mouth_m))
		found[2].value = (struct value){
			.kind = VALUE_REAL, .real = floor(node->mouth_m * 100 + 0.5) / 100};
	if (node->line.count)
		found[3].value = int_value(node->open_ends);
}

static bool is_same(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == VALUE_TEXT)
		return a->len == b->len && !memcmp(a->text, b->text, a->len);
	return a->kind == VALUE_INT ? a->integer == b->integer : a->real == b->real;
}

bool network_changes(const struct network_survey *survey, size_t index, bool overwrite)
{
	const struct network_line *line = &survey->lines[index];
	const struct network_node *node = &survey->network.nodes[index];
	bool parent = node->parent != NETWORK_NONE, mouth = isfinite(node->mouth_m) != 0;

	if ((node->direction && !line->direction) || (parent && !line->parent_id) ||
		(mouth && !isfinite(line->mouth_m)) ||
		(node->line.count && survey->streets[index].open_ends < 0))
		return true;
	return overwrite && node->line.count &&
	       ((parent && survey->lines[node->parent].id != line->parent_id) ||
		       (mouth && !(fabs(node->mouth_m - line->mouth_m) < 0.01)) ||
		       node->open_ends != survey->streets[index].open_ends);
}

int network_change_check(const struct network_survey *survey, struct error *err)
{
	for (size_t i = 0; i < survey->count; i++) {
		const struct network_line *line = &survey->lines[i];

		if (!survey->streets[i].is_judged || survey->network.nodes[i].direction)
			continue;
		fail_network_undecided(err, *line->name ? line->name : "–", line->id);
		return error_where(err, "/streets/%lld", (long long)line->id);
	}
	return 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

struct changing {
	struct network_change *change;
	struct change_set changes;
	struct revision revision;
	size_t index; /* of the street in hand */
};

/* Fields that are written must be the author's to write. */
static int lay_over(const struct changing *changing, const struct feature *old,
	struct value *values, bool *ret_changed, struct error *err)
{
	const struct network_survey *survey = changing->change->survey;
	struct found found[FOUND_COUNT];
	bool source;
	uint64_t fields = view_writable(&survey->view, old->values, old, &source);

	find_values(survey, changing->index, found);
	for (size_t i = 0; i < FOUND_COUNT; i++) {
		struct value *value = &values[found[i].field];

		if (found[i].value.kind == VALUE_NULL || is_same(value, &found[i].value) ||
			(value->kind != VALUE_NULL && !changing->change->overwrite))
			continue;
		if (!(fields >> found[i].field & 1))
			return fail_write_forbidden(err);
		*value = found[i].value;
		*ret_changed = true;
	}
	return 0;
}

static int change_street(void *context, const struct feature *old, struct error *err)
{
	struct changing *changing = context;
	struct network_change *change = changing->change;
	const struct layer *layer = change->survey->layer;
	struct network_changed *changed = &change->changed[change->changed_count];
	struct value values[FEATURE_FIELDS_MAX], seen[FEATURE_FIELDS_MAX];
	struct feature feature = *old, visible = *old;
	int rc;

	memcpy(values, old->values, layer->field_count * sizeof *values);
	memcpy(seen, old->values, layer->field_count * sizeof *seen);
	if (!view_admits(&change->survey->view, seen, &visible))
		return fail_no_such_record(err);
	*changed = (struct network_changed){old->id, old->version, false};
	rc = lay_over(changing, old, values, &changed->is_written, err);
	if (!rc && changed->is_written) {
		feature.values = values;
		rc = revision_replace(&changing->revision, old->version, &feature, err);
		changed->version = feature.version;
		change->written++;
	}
	change->changed_count++;
	return rc;
}

int network_change_run(struct store *store, void *context, struct error *err)
{
	struct network_change *change = context;
	const struct network_survey *survey = change->survey;
	struct changing changing = {.change = change};
	int rc = change_begin(store, &change->author, &changing.changes, err);

	if (rc)
		return rc;
	change->changed_count = change->written = 0;
	changing.revision = revision_of(store, survey->layer, survey->tools->city->epsg,
		&changing.changes, change->randomness);
	for (size_t i = change->from; !rc && i < change->until; i++) {
		bool found = false;

		if (!survey->streets[i].is_judged || !survey->network.nodes[i].direction ||
			change->changed_count == NETWORK_CHOICES_MAX)
			continue;
		changing.index = i;
		rc = history_read(store, survey->layer, survey->lines[i].id,
			survey->streets[i].version, change_street, &changing, &found, err);
		if (!rc && !found)
			rc = fail_no_such_record(err);
		if (rc)
			error_where(err, "/streets/%lld", (long long)survey->lines[i].id);
	}
	return rc ? rc : change_end(&changing.changes, err);
}
