#include "server/cases/numbering_rules.h"

#include <math.h>

#include "base/json_read.h"
#include "base/messages.h"
#include "base/number.h"

static const char *const kinds[RULE_COUNT] = {"numbering_direction", "numbering_sides",
	"numbering_sequence", "numbering_corner", "numbering_reserve", "numbering_suffix",
	"numbering_alley", "numbering_reach", "numbering_reservation"};

static const char *const side_words[] = {"left", "right", "one_row"};
enum { SIDE_WORDS = sizeof side_words / sizeof side_words[0] };

/* --- reading the rules -------------------------------------------------------------------------- */

/* The payloads while they are read. */
struct payloads {
	struct json_node *documents[RULE_COUNT];
};

static void payloads_free(struct payloads *payloads)
{
	for (int i = 0; i < RULE_COUNT; i++)
		json_document_free(payloads->documents[i]);
}

static const struct json_node *member(
	const struct payloads *payloads, enum numbering_rule_kind kind, const char *name)
{
	return json_node_get(payloads->documents[kind], name);
}

static int read_payloads(const struct case_tools *tools, int64_t unit,
	struct numbering_rules *rules, struct payloads *payloads, struct error *err)
{
	int rc = 0;

	for (int i = 0; !rc && i < RULE_COUNT; i++) {
		rc = rule_find(tools->store, kinds[i], &rules->day, unit, tools->arena,
			&rules->rows[i], err);
		if (!rc)
			rc = json_document_parse(rules->rows[i].payload,
				strlen(rules->rows[i].payload), &payloads->documents[i], err);
	}
	return rc;
}

static int read_numbers(
	struct numbering_rules *rules, const struct payloads *payloads, struct error *err)
{
	struct frontage_limits *limits = &rules->limits;
	double start, step, days;
	const struct {
		enum numbering_rule_kind kind;
		const char *name;
		double *to;
	} wanted[] = {
		{RULE_DIRECTION, "doubt_deg", &rules->doubt_deg},
		{RULE_SEQUENCE, "start", &start},
		{RULE_SEQUENCE, "step", &step},
		{RULE_CORNER, "wider_by_m", &limits->wider_by_m},
		{RULE_RESERVE, "front_m", &rules->parameters.front_m},
		{RULE_REACH, "search_m", &limits->search_m},
		{RULE_REACH, "front_gap_m", &limits->front_gap_m},
		{RULE_REACH, "front_gap_share", &limits->front_gap_share},
		{RULE_REACH, "front_gap_least_m", &limits->front_gap_least_m},
		{RULE_REACH, "least_front_m", &limits->least_front_m},
		{RULE_REACH, "far_m", &limits->far_m},
		{RULE_REACH, "width_m", &limits->width_m},
		{RULE_RESERVATION, "days", &days},
	};

	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (!json_node_number(member(payloads, wanted[i].kind, wanted[i].name), wanted[i].to) ||
			!(*wanted[i].to > 0 && *wanted[i].to < NUMBERING_GREATEST)) {
			(void)fail_internal(err);
			return error_detail(err, "rule %s: %s", kinds[wanted[i].kind], wanted[i].name);
		}
	rules->parameters.start = (int)start;
	rules->parameters.step = (int)step;
	rules->reservation_days = (int)days;
	return 0;
}

static int read_uses(struct arena *arena, struct numbering_rules *rules,
	const struct payloads *payloads, struct error *err)
{
	const struct json_node *list = member(payloads, RULE_REACH, "without_houses");
	const char *code;

	for (size_t i = 0; i < json_node_count(list) && rules->without_count < NUMBERING_USES_MAX;
		i++) {
		if (!json_node_text(json_node_at(list, i), &code))
			continue;
		code = arena_text(arena, code, strlen(code));
		if (!code)
			return fail_no_memory(err);
		rules->without_houses[rules->without_count++] = code;
	}
	return 0;
}

int numbering_rules_read(const struct case_tools *tools, const struct date *day, int64_t unit,
	struct numbering_rules *ret, struct error *err)
{
	autofree(payloads_free) struct payloads payloads = {{NULL}};
	const char *odd = "left", *letters = "";
	int rc;

	*ret = (struct numbering_rules){.day = *day};
	rc = read_payloads(tools, unit, ret, &payloads, err);
	if (!rc)
		rc = read_numbers(ret, &payloads, err);
	if (!rc)
		rc = read_uses(tools->arena, ret, &payloads, err);
	if (rc)
		return rc;
	(void)json_node_text(member(&payloads, RULE_SIDES, "odd"), &odd);
	(void)json_node_text(member(&payloads, RULE_SUFFIX, "letters"), &letters);
	ret->parameters.sides =
		strcmp(odd, "right") ? NUMBERING_ODD_LEFT : NUMBERING_ODD_RIGHT;
	ret->parameters.letters = arena_text(tools->arena, letters, strlen(letters));
	return ret->parameters.letters ? 0 : fail_no_memory(err);
}

/* --- the parameters of a scheme ------------------------------------------------------------------ */

static int add_parameter(const struct numbering_rules *rules, enum numbering_rule_kind kind,
	struct arena *arena, struct scheme *scheme, const char *name, const char *value,
	struct error *err)
{
	const struct rule *rule = &rules->rows[kind];
	struct scheme_parameter *parameter = &scheme->parameters[scheme->parameter_count++];

	*parameter = (struct scheme_parameter){.name = name,
		.value = arena_text(arena, value, strlen(value)),
		.rule_id = rule->id, .document = rule->document,
		.valid_from = rule->valid_from, .valid_to = rule->valid_to};
	return parameter->value ? 0 : fail_no_memory(err);
}

int numbering_rules_describe(const struct numbering_rules *rules, struct arena *arena,
	struct scheme *scheme, struct error *err)
{
	const struct numbering_parameters *parameters = &rules->parameters;
	autofree(strbuf_clear) struct strbuf front = STRBUF(64);
	char start[16], step[16];
	int rc;

	scheme->parameter_count = 0;
	number_print_double(&front, parameters->front_m);
	snprintf(start, sizeof start, "%d", parameters->start);
	snprintf(step, sizeof step, "%d", parameters->step);
	rc = strbuf_check(&front, err);
	if (!rc)
		rc = add_parameter(rules, RULE_SIDES, arena, scheme, "odd",
			side_words[parameters->sides], err);
	if (!rc)
		rc = add_parameter(rules, RULE_SEQUENCE, arena, scheme, "start", start, err);
	if (!rc)
		rc = add_parameter(rules, RULE_SEQUENCE, arena, scheme, "step", step, err);
	if (!rc)
		rc = add_parameter(
			rules, RULE_RESERVE, arena, scheme, "front_m", front.data, err);
	if (!rc)
		rc = add_parameter(rules, RULE_SUFFIX, arena, scheme, "letters",
			parameters->letters, err);
	return rc ? rc
		  : add_parameter(rules, RULE_SEQUENCE, arena, scheme, "renumber", "no", err);
}

static bool read_side(const char *value, enum numbering_sides *ret)
{
	for (int i = 0; i < SIDE_WORDS; i++)
		if (!strcmp(value, side_words[i])) {
			*ret = (enum numbering_sides)i;
			return true;
		}
	return false;
}

static bool read_count(const char *value, int *ret)
{
	int64_t number;

	if (!number_parse_int(value, strlen(value), 1, NUMBERING_GREATEST, &number))
		return false;
	*ret = (int)number;
	return true;
}

static bool read_letters(const char *value)
{
	size_t len = strlen(value);

	for (size_t i = 0; i < len; i++)
		if (value[i] < 'A' || value[i] > 'Z' || strchr(value, value[i]) != value + i)
			return false;
	return len > 0;
}

/* Whether a parameter has that value; then it is in *parameters. */
static bool read_parameter(
	const char *name, const char *value, struct numbering_parameters *parameters)
{
	if (!strcmp(name, "odd"))
		return read_side(value, &parameters->sides);
	if (!strcmp(name, "start"))
		return read_count(value, &parameters->start);
	if (!strcmp(name, "step"))
		return read_count(value, &parameters->step);
	if (!strcmp(name, "front_m"))
		return number_parse_double(value, strlen(value), 1, 1000, &parameters->front_m);
	if (!strcmp(name, "renumber")) {
		parameters->renumber = !strcmp(value, "yes");
		return parameters->renumber || !strcmp(value, "no");
	}
	if (strcmp(name, "letters") != 0 || !read_letters(value))
		return false;
	parameters->letters = value;
	return true;
}

/* Odd and even numbers stay apart only if a step leads from one to the next of its kind. */
static void agree(struct numbering_parameters *parameters, bool step_given)
{
	if (!step_given)
		parameters->step = parameters->sides == NUMBERING_ONE_ROW ? 1 : 2;
}

int scheme_parameter_set(struct arena *arena, struct scheme *scheme, const char *name,
	const char *value, struct error *err)
{
	struct numbering_parameters probe;

	if (!read_parameter(name, value, &probe))
		return fail_scheme_parameter(err, name, value);
	for (size_t i = 0; i < scheme->parameter_count; i++) {
		struct scheme_parameter *parameter = &scheme->parameters[i];

		if (strcmp(parameter->name, name) != 0)
			continue;
		if (!strcmp(parameter->value, value))
			return 0;
		*parameter = (struct scheme_parameter){
			.name = parameter->name, .value = arena_text(arena, value, strlen(value))};
		return parameter->value ? 0 : fail_no_memory(err);
	}
	return fail_scheme_parameter(err, name, value);
}

int scheme_parameters_read(const struct scheme *scheme, const struct numbering_rules *rules,
	struct numbering_parameters *ret, struct error *err)
{
	bool step_given = false;

	*ret = rules->parameters;
	for (size_t i = 0; i < scheme->parameter_count; i++) {
		const struct scheme_parameter *parameter = &scheme->parameters[i];

		if (!read_parameter(parameter->name, parameter->value, ret))
			return fail_scheme_parameter(err, parameter->name, parameter->value);
		if (!strcmp(parameter->name, "step"))
			step_given = !parameter->rule_id;
	}
	agree(ret, step_given);
	if (ret->sides != NUMBERING_ONE_ROW && ret->step % 2)
		return fail_scheme_parameter(err, "step", ret->step == 1 ? "1" : "3, 5, …");
	return 0;
}
