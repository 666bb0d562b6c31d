#include "data/dossier_kind.h"

#include <assert.h>

#include "base/json_read.h"
#include "base/messages.h"
#include "data/rule.h"
#include "data/work_calendar.h"

enum { RULE_MAX_BYTES = 1 << 18 };

const struct dossier_kind dossier_kinds[] = {
	{"house_number", MSG_DOSSIER_HOUSE_NUMBER, layer_of_addresses, "number_deadline",
		"number_papers"},
	{.id = NULL},
};

const struct dossier_state_row dossier_states[] = {
	[DOSSIER_RECEIVED] = {"received", MSG_DOSSIER_RECEIVED, true},
	[DOSSIER_APPRAISAL] = {"appraisal", MSG_DOSSIER_APPRAISAL, true},
	[DOSSIER_SUPPLEMENT] = {"supplement", MSG_DOSSIER_SUPPLEMENT, true},
	[DOSSIER_SIGNING] = {"signing", MSG_DOSSIER_SIGNING, true},
	[DOSSIER_ISSUED] = {"issued", MSG_DOSSIER_ISSUED, false},
	[DOSSIER_REFUSED] = {"refused", MSG_DOSSIER_REFUSED, false},
	[DOSSIER_REPLACED] = {"replaced", MSG_DOSSIER_REPLACED, false},
	[DOSSIER_REVOKED] = {"revoked", MSG_DOSSIER_REVOKED, false},
};

static_assert(sizeof dossier_states / sizeof *dossier_states == DOSSIER_STATE_COUNT, "a row a state");

#define FROM(state) (1U << DOSSIER_##state)
#define FROM_OPEN (FROM(RECEIVED) | FROM(APPRAISAL) | FROM(SUPPLEMENT) | FROM(SIGNING))

const struct dossier_move dossier_moves[] = {
	{.id = "appraise", .title = MSG_DOSSIER_DO_APPRAISE, .from = FROM(RECEIVED),
		.to = DOSSIER_APPRAISAL, .power = DOSSIER_HANDLE},
	{.id = "request_supplement", .title = MSG_DOSSIER_DO_REQUEST,
		.from = FROM(RECEIVED) | FROM(APPRAISAL), .to = DOSSIER_SUPPLEMENT,
		.power = DOSSIER_HANDLE, .needs_papers = true},
	{.id = "resume", .title = MSG_DOSSIER_DO_RESUME, .from = FROM(SUPPLEMENT),
		.to = DOSSIER_APPRAISAL, .power = DOSSIER_HANDLE},
	{.id = "submit", .title = MSG_DOSSIER_DO_SUBMIT, .from = FROM(RECEIVED) | FROM(APPRAISAL),
		.to = DOSSIER_SIGNING, .power = DOSSIER_HANDLE},
	{.id = "send_back", .title = MSG_DOSSIER_DO_SEND_BACK, .from = FROM(SIGNING),
		.to = DOSSIER_APPRAISAL, .power = DOSSIER_HANDLE, .needs_reason = true},
	{.id = "issue", .title = MSG_DOSSIER_DO_ISSUE, .from = FROM(SIGNING), .to = DOSSIER_ISSUED,
		.power = DOSSIER_DECIDE, .needs_address = true},
	{.id = "refuse", .title = MSG_DOSSIER_DO_REFUSE, .from = FROM_OPEN, .to = DOSSIER_REFUSED,
		.power = DOSSIER_DECIDE, .needs_reason = true},
	{.id = "replace", .title = MSG_DOSSIER_DO_REPLACE, .from = FROM(ISSUED),
		.to = DOSSIER_REPLACED, .power = DOSSIER_DECIDE, .needs_reason = true},
	{.id = "revoke", .title = MSG_DOSSIER_DO_REVOKE, .from = FROM(ISSUED), .to = DOSSIER_REVOKED,
		.power = DOSSIER_DECIDE, .needs_reason = true},
	{.id = "take", .title = MSG_DOSSIER_DO_TAKE, .from = FROM_OPEN, .stays = true,
		.power = DOSSIER_HANDLE},
	{.id = "note", .title = MSG_DOSSIER_DO_NOTE,
		.from = FROM_OPEN | FROM(ISSUED) | FROM(REFUSED) | FROM(REPLACED) | FROM(REVOKED),
		.stays = true, .power = DOSSIER_HANDLE},
	{.id = NULL},
};

static bool is_named(const char *name, const char *id, size_t len)
{
	return strlen(name) == len && !memcmp(name, id, len);
}

const struct dossier_kind *dossier_kind_find(const char *id, size_t len)
{
	for (const struct dossier_kind *kind = dossier_kinds; kind->id; kind++)
		if (is_named(kind->id, id, len))
			return kind;
	return NULL;
}

bool dossier_state_find(const char *id, size_t len, enum dossier_state *ret)
{
	for (int i = 0; i < DOSSIER_STATE_COUNT; i++)
		if (is_named(dossier_states[i].id, id, len)) {
			*ret = (enum dossier_state)i;
			return true;
		}
	return false;
}

const struct dossier_move *dossier_move_find(const char *id, size_t len)
{
	for (const struct dossier_move *move = dossier_moves; move->id; move++)
		if (is_named(move->id, id, len))
			return move;
	return NULL;
}

bool dossier_move_leads_from(const struct dossier_move *move, enum dossier_state state)
{
	return move->from >> state & 1;
}

unsigned dossier_powers(const struct rights *rights, const struct layer_table *layers,
	const struct dossier_kind *kind, int64_t unit)
{
	const struct layer *layer = kind->layer(layers);
	bool decides = rights->role == ROLE_APPROVER || rights->role == ROLE_ADMINISTRATOR;

	if (!layer || !rights_write_in(rights, (size_t)(layer - layers->layers), unit))
		return 0;
	return DOSSIER_HANDLE | (decides ? DOSSIER_DECIDE : 0U);
}

/* --- rules --------------------------------------------------------------------------------------- */

static bool is_id(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= DOSSIER_NAME_MAX &&
		strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static bool keep(const struct json_node *node, const char *key, struct arena *arena,
	const char **ret)
{
	const char *text;

	if (!json_node_text(json_node_get(node, key), &text) || !*text)
		return false;
	*ret = arena_text(arena, text, strlen(text));
	return *ret != NULL;
}

static bool read_name(
	const struct json_node *node, struct arena *arena, struct dossier_paper_name *ret)
{
	json_node_bool(json_node_get(node, "required"), &ret->required);
	return keep(node, "id", arena, &ret->id) && is_id(ret->id) &&
		keep(node, "vi", arena, &ret->title[LANG_VI]) &&
		keep(node, "en", arena, &ret->title[LANG_EN]);
}

static int read_rule(struct store *store, const char *kind, const struct date *day, int64_t unit,
	struct json_node **ret_document, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(RULE_MAX_BYTES);
	struct rule rule;
	int rc = rule_find(store, kind, day, unit, &arena, &rule, err);

	return rc ? rc : json_document_parse(rule.payload, strlen(rule.payload), ret_document, err);
}

int dossier_paper_names(struct store *store, const struct dossier_kind *kind,
	const struct date *day, int64_t unit, struct arena *arena, struct dossier_paper_names *ret,
	struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	const struct json_node *papers;
	int rc = read_rule(store, kind->papers_rule, day, unit, &document, err);

	if (rc)
		return rc;
	papers = json_node_get(document, "papers");
	memset(ret, 0, sizeof *ret);
	if (json_node_count(papers) > DOSSIER_PAPER_NAMES_MAX)
		return fail_dossier_rule(err, kind->papers_rule);
	for (; ret->count < json_node_count(papers); ret->count++)
		if (!read_name(json_node_at(papers, ret->count), arena, &ret->list[ret->count]))
			return fail_dossier_rule(err, kind->papers_rule);
	return 0;
}

int dossier_working_days(struct store *store, const struct dossier_kind *kind,
	const struct date *day, int64_t unit, int *ret, struct error *err)
{
	autoptr(json_document_free) struct json_node *document = NULL;
	int64_t days = 0;
	int rc = read_rule(store, kind->deadline_rule, day, unit, &document, err);

	if (!rc && (!json_node_int(json_node_get(document, "working_days"), &days) || days < 1 ||
			   days > WORK_DEADLINE_MAX))
		rc = fail_dossier_rule(err, kind->deadline_rule);
	if (!rc)
		*ret = (int)days;
	return rc;
}

const struct dossier_paper_name *dossier_paper_name_find(
	const struct dossier_paper_names *names, const char *id)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->list[i].id, id))
			return &names->list[i];
	return NULL;
}
