#include "server/cases/network.h"

#include <math.h>

#include "base/json_read.h"
#include "base/messages.h"
#include "data/feature_read.h"
#include "data/history.h"
#include "data/rule.h"

enum {
	PARENTS_DEEP = 16, /* rounds of reading parents that lie elsewhere */
	BEYOND_M = 60,	   /* around the judged streets: nothing farther is a neighbour */
	KINDS_MAX = 32,
	STREETS_MAX = 1 << 17,
};

/* While it is read. */
struct reading {
	struct network_survey *survey;
	const struct network_scope *scope;
	struct network_limits limits;
	const struct json_node *alleys; /* kinds that are alleys */
	bool judges;			/* what is read now is judged, if the scope admits it */
	struct id_list seen;		/* ids of what was read before this round */
	size_t room;
	struct box box; /* around what is judged */
};

static const struct value *value_of(
	const struct reading *reading, const struct feature *feature, const char *field)
{
	return &feature->values[layer_field_at(reading->survey->layer, field)];
}

static const char *text_of(const struct reading *reading, const struct value *value)
{
	return value->kind == VALUE_TEXT
		       ? arena_text(reading->survey->tools->arena, value->text, value->len)
		       : "";
}

static double real_of(const struct value *value)
{
	return value->kind == VALUE_REAL ? value->real : (double)NAN;
}

/* --- rules ------------------------------------------------------------------------------------ */

static int read_rule(struct reading *reading, const char *kind, struct json_node **ret_document,
	struct error *err)
{
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	const struct case_tools *tools = reading->survey->tools;
	struct rule rule;
	int rc = rule_find(tools->store, kind, &today, 0, tools->arena, &rule, err);

	return rc ? rc : json_document_parse(rule.payload, strlen(rule.payload), ret_document, err);
}

static int read_limits(struct reading *reading, const struct json_node *network, struct error *err)
{
	struct date today = clock_date_vietnam(clock_now_us(&clock_system));
	struct store *store = reading->survey->tools->store;
	struct network_limits *limits = &reading->limits;
	const struct {
		const char *name;
		double *value;
	} members[] = {
		{"touch_m", &limits->touch_m},
		{"near_m", &limits->near_m},
		{"mouth_m", &limits->mouth_m},
		{"same_share", &limits->same_share},
	};
	int rc = rule_number(
		store, "numbering_direction", "doubt_deg", &today, &limits->doubt_deg, err);

	if (!rc)
		rc = rule_number(
			store, "numbering_corner", "wider_by_m", &today, &limits->wider_by_m, err);
	for (size_t i = 0; !rc && i < sizeof members / sizeof members[0]; i++)
		if (!json_node_number(json_node_get(network, members[i].name), members[i].value) ||
			!(*members[i].value > 0))
			rc = fail_internal(err);
	return rc;
}

/* --- streets ---------------------------------------------------------------------------------- */

static bool is_alley_kind(const struct reading *reading, const char *kind)
{
	const char *alley;

	for (size_t i = 0; i < json_node_count(reading->alleys); i++)
		if (json_node_text(json_node_at(reading->alleys, i), &alley) &&
			!strcmp(alley, kind))
			return true;
	return false;
}

static enum network_direction direction_of(const struct value *value)
{
	if (value->kind != VALUE_TEXT)
		return NETWORK_UNDECIDED;
	if (!strcmp(value->text, "forward"))
		return NETWORK_FORWARD;
	return !strcmp(value->text, "backward") ? NETWORK_BACKWARD : NETWORK_UNDECIDED;
}

static const struct network_choice *choice_of(const struct network_scope *scope, int64_t id)
{
	for (size_t i = 0; i < scope->choice_count; i++)
		if (scope->choices[i].id == id)
			return &scope->choices[i];
	return NULL;
}

/* Whether the scope is about this street; what was chosen of it is said by its line. */
static int judge(struct reading *reading, const struct feature *feature, struct network_line *line,
	bool *ret_is, struct error *err)
{
	const struct network_scope *scope = reading->scope;
	const struct network_choice *choice =
		reading->judges ? choice_of(scope, feature->id) : NULL;

	*ret_is =
		reading->judges && (!scope->choices || choice) &&
		(!scope->unit_id || view_unit(reading->survey->layer, feature) == scope->unit_id) &&
		(!scope->box ||
			(line->shape->point_count && shape_meets_box(line->shape, scope->box)));
	if (!*ret_is || !choice)
		return 0;
	if (choice->version != feature->version)
		return fail_stale_version(err, choice->version, feature->version);
	if (choice->direction)
		line->direction = choice->direction;
	if (choice->parent_id)
		line->parent_id = choice->parent_id;
	return 0;
}

static int make_room(struct reading *reading, struct error *err)
{
	struct network_survey *survey = reading->survey;
	size_t room = reading->room ? 2 * reading->room : 1024;
	struct network_line *lines;
	struct network_street *streets;

	if (survey->count < reading->room)
		return 0;
	if (survey->count >= STREETS_MAX)
		return fail_network_too_large(err, STREETS_MAX);
	lines = arena_alloc(survey->tools->arena, room * sizeof *lines);
	streets = arena_alloc(survey->tools->arena, room * sizeof *streets);
	if (!lines || !streets)
		return fail_no_memory(err);
	if (survey->count) {
		memcpy(lines, survey->lines, survey->count * sizeof *lines);
		memcpy(streets, survey->streets, survey->count * sizeof *streets);
	}
	survey->lines = lines;
	survey->streets = streets;
	reading->room = room;
	return 0;
}

static int take_street(void *context, const struct feature *feature, struct error *err)
{
	struct reading *reading = context;
	struct network_survey *survey = reading->survey;
	const struct layer_network *role = survey->layer->network;
	const struct value *parent = value_of(reading, feature, role->parent);
	const struct value *ends = value_of(reading, feature, role->ends);
	struct network_line line = {.id = feature->id,
		.name = text_of(reading, value_of(reading, feature, role->name)),
		.width_m = real_of(value_of(reading, feature, role->width)),
		.parent_id = parent->kind == VALUE_INT ? parent->integer : 0,
		.mouth_m = real_of(value_of(reading, feature, role->mouth)),
		.direction = direction_of(value_of(reading, feature, role->direction))};
	struct network_street street = {.version = feature->version,
		.kind = text_of(reading, value_of(reading, feature, role->kind)),
		.open_ends = ends->kind == VALUE_INT ? (int)(ends->integer & 3) : -1};
	struct shape *shape = arena_zero(survey->tools->arena, 1, sizeof *shape);
	int rc = 0;

	if (id_list_has(&reading->seen, feature->id))
		return 0;
	if (!shape || !line.name || !street.kind)
		return fail_no_memory(err);
	if (feature->wkb.bytes)
		rc = shape_read_wkb(survey->tools->arena, feature->wkb, shape, err);
	line.shape = shape;
	if (!rc)
		rc = judge(reading, feature, &line, &street.is_judged, err);
	if (!rc)
		rc = make_room(reading, err);
	if (rc)
		return rc;
	line.is_street = !line.parent_id && !is_alley_kind(reading, street.kind);
	line.is_context = !street.is_judged;
	if (street.is_judged) {
		box_add(&reading->box, &feature->box);
		survey->judged++;
	}
	survey->lines[survey->count] = line;
	survey->streets[survey->count++] = street;
	return 0;
}

static int remember(struct reading *reading, struct error *err)
{
	int rc = 0;

	id_list_clear(&reading->seen);
	for (size_t i = 0; !rc && i < reading->survey->count; i++)
		rc = id_list_add(&reading->seen, reading->survey->lines[i].id, err);
	if (!rc)
		id_list_sort(&reading->seen);
	return rc;
}

static int read_box(struct reading *reading, const struct box *box, struct error *err)
{
	struct network_survey *survey = reading->survey;
	autofree(id_list_clear) struct id_list ids = {0};
	bool more = false;
	int rc = feature_ids_in_box(
		survey->tools->store, &survey->view, box, false, 0, STREETS_MAX, &ids, &more, err);

	if (!rc && more)
		rc = fail_network_too_large(err, STREETS_MAX);
	return rc ? rc
		  : feature_read_list(survey->tools->store, &survey->view, ids.ids, ids.count,
			    take_street, reading, err);
}

static int read_chosen(struct reading *reading, struct error *err)
{
	const struct network_scope *scope = reading->scope;
	autofree(id_list_clear) struct id_list ids = {0};
	int rc = 0;

	for (size_t i = 0; !rc && i < scope->choice_count; i++)
		rc = id_list_add(&ids, scope->choices[i].id, err);
	if (!rc)
		id_list_sort(&ids);
	if (!rc && ids.count != scope->choice_count)
		rc = fail_network_choice(err);
	if (!rc)
		rc = feature_read_list(reading->survey->tools->store, &reading->survey->view,
			ids.ids, ids.count, take_street, reading, err);
	return rc || reading->survey->judged == ids.count ? rc : fail_no_such_record(err);
}

/* --- what is read ----------------------------------------------------------------------------- */

static int take_unit_box(void *context, const struct feature *feature, struct error *err)
{
	struct box *box = context;

	(void)err;
	*box = feature->box;
	return 0;
}

/* What is judged: of a ward what lies in its box, and then is of the ward. */
static int read_judged(struct reading *reading, struct error *err)
{
	const struct case_tools *tools = reading->survey->tools;
	const struct network_scope *scope = reading->scope;
	const struct layer *units = layer_of_units(tools->layers);
	struct box box = box_empty;
	bool found = false;
	int rc;

	reading->judges = true;
	if (scope->choices)
		return read_chosen(reading, err);
	if (scope->box)
		return read_box(reading, scope->box, err);
	if (!scope->unit_id)
		return feature_read_after(
			tools->store, &reading->survey->view, 0, take_street, reading, err);
	if (units && scope->unit_id <= HISTORY_ID_MAX) {
		rc = feature_read_one(tools->store, &VIEW_NOW(units), scope->unit_id, take_unit_box,
			&box, &found, err);
		if (rc)
			return rc;
	}
	return found ? read_box(reading, &box, err) : fail_export_unit_unknown(err, scope->unit_id);
}

/* Parents that lie elsewhere, and theirs. */
static int read_parents(struct reading *reading, struct error *err)
{
	struct network_survey *survey = reading->survey;
	int rc = 0;

	for (int round = 0; !rc && round < PARENTS_DEEP; round++) {
		autofree(id_list_clear) struct id_list ids = {0};
		size_t before = survey->count;

		rc = remember(reading, err);
		for (size_t i = 0; !rc && i < survey->count; i++) {
			int64_t parent = survey->lines[i].parent_id;

			if (parent > 0 && parent <= HISTORY_ID_MAX &&
				!id_list_has(&reading->seen, parent))
				rc = id_list_add(&ids, parent, err);
		}
		if (!rc)
			id_list_sort(&ids);
		if (!rc)
			rc = feature_read_list(survey->tools->store, &survey->view, ids.ids,
				ids.count, take_street, reading, err);
		if (survey->count == before)
			break;
	}
	return rc;
}

static int read_all(struct reading *reading, struct error *err)
{
	const struct network_scope *scope = reading->scope;
	int rc = read_judged(reading, err);

	reading->judges = false;
	if (rc || (!scope->choices && !scope->box && !scope->unit_id))
		return rc;
	rc = remember(reading, err);
	if (!rc && !box_is_empty(&reading->box)) {
		const struct box box = {reading->box.min_x - BEYOND_M,
			reading->box.min_y - BEYOND_M, reading->box.max_x + BEYOND_M,
			reading->box.max_y + BEYOND_M};

		rc = read_box(reading, &box, err);
	}
	return rc ? rc : read_parents(reading, err);
}

int network_survey_make(const struct case_tools *tools, const struct view *view,
	const struct network_scope *scope, struct network_survey *ret, struct error *err)
{
	struct network_survey survey = {.tools = tools, .layer = view->layer, .view = *view};
	autoptr(json_document_free) struct json_node *document = NULL;
	struct reading reading = {.survey = &survey, .scope = scope, .box = box_empty};
	int rc = read_rule(&reading, "numbering_network", &document, err);

	reading.alleys = json_node_get(document, "alleys");
	if (!rc)
		rc = read_limits(&reading, document, err);
	if (!rc)
		rc = read_all(&reading, err);
	if (!rc)
		rc = street_network_make(tools->arena, survey.lines, survey.count, &reading.limits,
			&survey.network, err);
	id_list_clear(&reading.seen);
	if (!rc)
		*ret = survey;
	return rc;
}
