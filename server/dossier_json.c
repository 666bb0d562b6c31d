#include "server/dossier_json.h"

#include "base/messages.h"
#include "server/api_words.h"
#include "server/asker.h"
#include "server/cases/dossier_work.h"

#define HOUR_US 3.6e9

void dossier_json_title(struct json_writer *json, const char *key, int message)
{
	json_put_key(json, key);
	json_begin_object(json);
	json_member_text(json, "vi", message_at(message)->text[LANG_VI]);
	json_member_text(json, "en", message_at(message)->text[LANG_EN]);
	json_end_object(json);
}

/* {"id", "label"}, or null. */
static void write_record(struct json_writer *json, const char *key, int64_t id, const char *label)
{
	json_put_key(json, key);
	if (!id) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_int(json, "id", id);
	json_member_text(json, "label", label);
	json_end_object(json);
}

static void write_person(struct json_writer *json, const struct person *person)
{
	json_put_key(json, "applicant");
	if (!person) {
		json_put_null(json);
		return;
	}
	json_begin_object(json);
	json_member_int(json, "id", person->id);
	json_member_bool(json, "erased", person->erased_at_us != 0);
	json_member_text(json, "name", person->values.name);
	json_member_text(json, "id_number", person->values.id_number);
	json_member_text(json, "contact", person->values.contact);
	json_end_object(json);
}

/* The calendar of today in the file's unit. */
static int find_calendar(
	struct dossier_telling *telling, const struct dossier *dossier, struct error *err)
{
	struct date today = clock_date_vietnam(telling->now_us);
	int rc;

	if (telling->has_calendar && telling->calendar_unit == dossier->unit_id)
		return 0;
	rc = work_calendar_find(
		telling->store, &today, dossier->unit_id, &telling->calendar, err);
	telling->has_calendar = !rc;
	telling->calendar_unit = dossier->unit_id;
	return rc;
}

int dossier_hours_left(struct dossier_telling *telling, const struct dossier *dossier,
	double *ret_hours, struct error *err)
{
	int64_t from_us = dossier->paused_at_us ? dossier->paused_at_us : telling->now_us;
	int64_t left_us;
	int rc = find_calendar(telling, dossier, err);

	if (rc)
		return rc;
	left_us = work_calendar_left_us(&telling->calendar, from_us, dossier->due_at_us);
	*ret_hours = (double)left_us / HOUR_US;
	return 0;
}

static int write_clock(
	struct dossier_telling *telling, const struct dossier *dossier, struct error *err)
{
	struct json_writer *json = telling->json;
	bool is_open = dossier_states[dossier->state].is_open;
	int64_t until_us = is_open ? telling->now_us : dossier->decided_at_us;
	struct date due = clock_date_vietnam(dossier->due_at_us);
	double hours = 0;
	int rc = dossier_hours_left(telling, dossier, &hours, err);

	if (rc)
		return rc;
	json_member_time(json, "received_at", dossier->received_at_us);
	json_member_time(json, "due_at", dossier->due_at_us);
	json_member_time(json, "paused_at", dossier->paused_at_us);
	json_member_time(json, "decided_at", dossier->decided_at_us);
	json_put_key(json, "hours_left");
	if (is_open)
		json_put_fixed(json, hours, 1);
	else
		json_put_null(json);
	json_member_bool(
		json, "overdue", !dossier->paused_at_us && dossier->due_at_us < until_us);
	/* False: the holidays of that year have not been entered yet. */
	json_member_bool(json, "calendar_known", work_calendar_knows(&telling->calendar, &due));
	return 0;
}

static const char *login_of(const struct dossier_telling *telling, int64_t account_id,
	struct account *account)
{
	if (!account_id || account_read(telling->store, account_id, account, NULL))
		return NULL;
	return account->login.text;
}

int dossier_json_open(struct dossier_telling *telling, const struct dossier *dossier,
	const struct person *person, struct error *err)
{
	const struct dossier_state_row *state = &dossier_states[dossier->state];
	struct json_writer *json = telling->json;
	struct account account;

	json_begin_object(json);
	json_member_int(json, "id", dossier->id);
	json_member_text(json, "file_no", dossier->file_no);
	json_member_text(json, "kind", dossier->kind->id);
	dossier_json_title(json, "kind_title", dossier->kind->title);
	json_member_text(json, "state", state->id);
	dossier_json_title(json, "state_title", state->title);
	json_member_bool(json, "open", state->is_open);
	json_member_int(json, "version", dossier->version);
	write_record(json, WORD_PARCEL, dossier->parcel_id, dossier->parcel_label);
	write_record(json, WORD_ADDRESS, dossier->address_id, dossier->address_label);
	json_put_key(json, "unit_id");
	if (dossier->unit_id)
		json_put_int(json, dossier->unit_id);
	else
		json_put_null(json);
	json_member_text(json, "assigned", login_of(telling, dossier->account_id, &account));
	json_member_bool(json, "mine",
		dossier->account_id && dossier->account_id == telling->account_id);
	json_member_bool(json, "training", dossier->training);
	write_person(json, person);
	return write_clock(telling, dossier, err);
}

/* --- the whole ------------------------------------------------------------------------------------ */

static void write_type(struct dossier_telling *telling, const struct dossier_paper *paper)
{
	struct blob blob;

	if (blob_find(telling->store, paper->sha256.text, &blob, NULL))
		return;
	json_member_text(telling->json, "media_type", blob.type);
	json_member_int(telling->json, "bytes", blob.size);
}

/* Papers are told with the file in hand. */
struct papers_told {
	struct dossier_telling *telling;
	const struct dossier *dossier;
	const struct dossier_paper_names *names;
	int best[DOSSIER_PAPER_NAMES_MAX]; /* what is known of each of the list: -1 nothing */
};

static void write_paper_title(
	struct json_writer *json, const struct dossier_paper_name *name, const char *id)
{
	json_put_key(json, "title");
	json_begin_object(json);
	json_member_text(json, "vi", name ? name->title[LANG_VI] : id);
	json_member_text(json, "en", name ? name->title[LANG_EN] : id);
	json_end_object(json);
}

/* One that is asked for is missing, whatever came before. */
static void note_state(struct papers_told *told, const struct dossier_paper_name *name,
	enum dossier_paper_state state)
{
	int *best = name ? &told->best[name - told->names->list] : NULL;

	if (best && *best != DOSSIER_PAPER_ASKED &&
		(state == DOSSIER_PAPER_ASKED || (int)state > *best))
		*best = (int)state;
}

static int write_paper(void *context, const struct dossier_paper *paper, struct error *err)
{
	struct papers_told *told = context;
	struct json_writer *json = told->telling->json;
	const struct dossier_paper_name *name = dossier_paper_name_find(told->names, paper->name);
	autofree(strbuf_clear) struct strbuf href = STRBUF(400);
	struct account account;
	const char *login = asker_login(told->telling->store, paper->actor, &account);

	note_state(told, name, paper->state);
	json_begin_object(json);
	json_member_int(json, "ordinal", paper->ordinal);
	json_member_text(json, "name", paper->name);
	write_paper_title(json, name, paper->name);
	json_member_text(json, "state", dossier_paper_state_id(paper->state));
	json_member_text(json, "by", login ? login : paper->actor);
	json_member_time(json, "at", paper->at_us);
	if (paper->state == DOSSIER_PAPER_SCAN) {
		strbuf_add_format(&href, "%s/api/dossiers/%lld/papers/%lld",
			told->telling->base_url, (long long)told->dossier->id,
			(long long)paper->ordinal);
		json_member_text(json, "sha256", paper->sha256.text);
		write_type(told->telling, paper);
		json_member_text(json, "href", href.data);
	}
	json_end_object(json);
	return strbuf_check(&href, err);
}

/* The list of the kind, with what is known of each. */
static void write_asked(const struct papers_told *told)
{
	struct json_writer *json = told->telling->json;

	json_put_key(json, "paper_list");
	json_begin_array(json);
	for (size_t i = 0; i < told->names->count; i++) {
		const struct dossier_paper_name *name = &told->names->list[i];

		json_begin_object(json);
		json_member_text(json, "id", name->id);
		write_paper_title(json, name, name->id);
		json_member_bool(json, "required", name->required);
		json_member_text(json, "state",
			told->best[i] < 0 ? "missing"
					  : dossier_paper_state_id(
						    (enum dossier_paper_state)told->best[i]));
		json_end_object(json);
	}
	json_end_array(json);
}

static int write_papers(
	struct dossier_telling *telling, const struct dossier *dossier, struct error *err)
{
	struct dossier_paper_names *names = arena_zero(telling->arena, 1, sizeof *names);
	struct papers_told told = {telling, dossier, names, {0}};
	int rc = names ? dossier_paper_names_of(
				 telling->store, dossier, telling->arena, names, err)
		       : fail_no_memory(err);

	if (rc)
		return rc;
	for (size_t i = 0; i < DOSSIER_PAPER_NAMES_MAX; i++)
		told.best[i] = -1;
	json_put_key(telling->json, "papers");
	json_begin_array(telling->json);
	rc = dossier_papers(telling->store, dossier->id, write_paper, &told, err);
	json_end_array(telling->json);
	write_asked(&told);
	return rc;
}

static int write_event(void *context, const struct dossier_event *event, struct error *err)
{
	struct dossier_telling *telling = context;
	struct json_writer *json = telling->json;
	const struct dossier_move *move = dossier_move_find(event->act, strlen(event->act));
	struct account account;
	const char *login = asker_login(telling->store, event->actor, &account);

	(void)err;
	json_begin_object(json);
	json_member_int(json, "version", event->ordinal);
	json_member_time(json, "at", event->at_us);
	json_member_text(json, "by", login ? login : event->actor);
	json_member_text(json, "act", event->act);
	dossier_json_title(json, "title",
		move				? move->title
		: !strcmp(event->act, "receive") ? MSG_DOSSIER_RECEIVED
						 : MSG_DOSSIER_DO_PAPER);
	json_member_text(json, "from", *event->from ? event->from : NULL);
	json_member_text(json, "to", event->to);
	json_member_text(json, "note", *event->note ? event->note : NULL);
	json_member_text(json, "reason", *event->reason ? event->reason : NULL);
	json_end_object(json);
	return 0;
}

static void write_moves(struct dossier_telling *telling, const struct dossier *dossier)
{
	struct json_writer *json = telling->json;

	json_put_key(json, "moves");
	json_begin_array(json);
	for (const struct dossier_move *move = dossier_moves; move->id; move++) {
		if (!dossier_move_leads_from(move, dossier->state) ||
			(telling->powers & move->power) != move->power)
			continue;
		json_begin_object(json);
		json_member_text(json, "id", move->id);
		dossier_json_title(json, "title", move->title);
		json_member_text(
			json, "to", dossier_states[move->stays ? dossier->state : move->to].id);
		json_member_bool(json, "needs_reason", move->needs_reason);
		json_member_bool(json, "needs_papers", move->needs_papers);
		json_member_bool(json, "needs_address", move->needs_address);
		json_end_object(json);
	}
	json_end_array(json);
}

void dossier_json_receipt(
	struct json_writer *json, const char *base_url, const struct dossier *dossier)
{
	char url[400];

	snprintf(url, sizeof url, "%s/s/%s", base_url, dossier->receipt_code);
	json_member_text(json, "receipt_url", url);
	snprintf(url, sizeof url, "%s/api/dossiers/%lld/receipt", base_url,
		(long long)dossier->id);
	json_member_text(json, "receipt_print", url);
}

int dossier_json_whole(
	struct dossier_telling *telling, const struct dossier *dossier, struct error *err)
{
	struct json_writer *json = telling->json;
	int rc;

	json_member_text(json, "note", *dossier->note ? dossier->note : NULL);
	json_member_text(json, "person_hash", dossier->person_hash);
	dossier_json_receipt(json, telling->base_url, dossier);
	rc = write_papers(telling, dossier, err);
	write_moves(telling, dossier);
	json_put_key(json, "history");
	json_begin_array(json);
	if (!rc)
		rc = dossier_events(telling->store, dossier->id, write_event, telling, err);
	json_end_array(json);
	return rc;
}
