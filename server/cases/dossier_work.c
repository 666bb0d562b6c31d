#include "server/cases/dossier_work.h"

#include "base/messages.h"
#include "data/land_number.h"
#include "server/cases/people.h"

enum { LABEL_MAX_BYTES = 400, ALLOWED_MAX_BYTES = 500 };

/* --- the land ------------------------------------------------------------------------------------- */

struct placing {
	const struct view *view;
	struct arena *arena;
	struct dossier_place place;
};

static const char *text_at(
	const struct layer *layer, const struct feature *feature, const char *field)
{
	const struct value *value = &feature->values[layer_field_at(layer, field)];

	return value->kind == VALUE_TEXT ? value->text : "";
}

static int take_parcel(void *context, const struct feature *feature, struct error *err)
{
	struct placing *placing = context;
	const struct layer *layer = placing->view->layer;
	autofree(strbuf_clear) struct strbuf label = STRBUF(LABEL_MAX_BYTES);

	strbuf_add_format(&label, "%s/%s", text_at(layer, feature, layer->land->sheet),
		text_at(layer, feature, layer->land->number));
	placing->place = (struct dossier_place){feature->id, view_unit(layer, feature),
		arena_text(placing->arena, label.data, label.len)};
	return placing->place.label ? 0 : fail_no_memory(err);
}

int dossier_place_read(struct store *store, const struct view *view, int64_t parcel_id,
	struct arena *arena, struct dossier_place *ret, struct error *err)
{
	struct placing placing = {.view = view, .arena = arena};
	bool found = false;
	int rc = feature_read_one(store, view, parcel_id, take_parcel, &placing, &found, err);

	if (!rc && !found)
		rc = fail_dossier_place(err);
	if (!rc)
		*ret = placing.place;
	return rc;
}

int dossier_place_find(struct store *store, const struct view *view, const char *sheet,
	const char *number, struct arena *arena, struct dossier_place *ret, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	int64_t count = 0;
	int rc = land_number_find(store, view->layer, sheet, number, &ids, err);

	for (size_t i = 0; !rc && i < ids.count; i++) {
		struct placing placing = {.view = view, .arena = arena};
		bool found = false;

		rc = feature_read_one(
			store, view, ids.ids[i], take_parcel, &placing, &found, err);
		if (rc || !found)
			continue;
		*ret = placing.place;
		count++;
	}
	if (rc)
		return rc;
	if (count > 1)
		return fail_dossier_places_many(err, sheet, number, count);
	return count ? 0 : fail_dossier_place(err);
}

/* --- taking in ------------------------------------------------------------------------------------ */

int dossier_paper_known(const struct dossier_paper_names *names, const char *id, struct error *err)
{
	autofree(strbuf_clear) struct strbuf allowed = STRBUF(ALLOWED_MAX_BYTES);

	if (dossier_paper_name_find(names, id))
		return 0;
	for (size_t i = 0; i < names->count; i++)
		strbuf_add_format(&allowed, "%s%s", i ? ", " : "", names->list[i].id);
	return fail_dossier_paper_unknown(err, id, allowed.data);
}

int dossier_paper_names_of(struct store *store, const struct dossier *dossier, struct arena *arena,
	struct dossier_paper_names *ret, struct error *err)
{
	struct date day = clock_date_vietnam(dossier->received_at_us);

	return dossier_paper_names(store, dossier->kind, &day, dossier->unit_id, arena, ret, err);
}

static int check_papers(struct store *store, const struct dossier *dossier,
	const char *const *papers, size_t count, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 18);
	struct dossier_paper_names names;
	int rc = count ? dossier_paper_names_of(store, dossier, &arena, &names, err) : 0;

	for (size_t i = 0; !rc && i < count; i++)
		rc = dossier_paper_known(&names, papers[i], err);
	return rc;
}

/* Until when, by the rules of the day on which it is handed in. */
static int set_deadline(struct store *store, struct dossier *dossier, struct error *err)
{
	struct date day = clock_date_vietnam(dossier->received_at_us);
	struct work_calendar calendar;
	int days = 0;
	int rc = dossier_working_days(store, dossier->kind, &day, dossier->unit_id, &days, err);

	if (!rc)
		rc = work_calendar_find(store, &day, dossier->unit_id, &calendar, err);
	if (!rc)
		dossier->due_at_us = work_calendar_due(&calendar, dossier->received_at_us, days);
	return rc;
}

static int enter_applicant(struct store *store, const struct dossier_intake *intake,
	struct dossier *dossier, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct person_entry entry = {.values = intake->applicant, .author = intake->author,
		.randomness = intake->randomness};
	struct person person;
	struct digest_text hash;
	int rc = people_enter(store, &entry, err);

	if (!rc)
		rc = person_read(store, entry.id, &arena, &person, err);
	if (rc)
		return rc;
	hash = digest_print(&person.hash);
	dossier->person_id = entry.id;
	dossier->person_hash = arena_text(intake->arena, hash.text, strlen(hash.text));
	return dossier->person_hash ? 0 : fail_no_memory(err);
}

static int add_papers(struct store *store, const struct dossier_intake *intake,
	const struct dossier *dossier, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < intake->paper_count; i++) {
		struct dossier_paper_gift gift = {.dossier_id = dossier->id,
			.name = intake->papers[i],
			.actor = intake->author.actor,
			.now_us = dossier->received_at_us};

		rc = dossier_paper_add(store, &gift, err);
	}
	return rc;
}

/* The file that the same request has made before. */
static int find_made(struct store *store, struct dossier_intake *intake, bool *ret_found,
	struct error *err)
{
	struct receipt request = intake->request;
	int rc = request.key ? receipt_find(store, &request, ret_found, err) : 0;

	return rc || !*ret_found ? rc
				 : dossier_read(store, request.feature_id, intake->arena,
					   &intake->dossier, err);
}

static int note_made(struct store *store, const struct dossier_intake *intake, struct error *err)
{
	struct receipt request = intake->request;

	if (!request.key)
		return 0;
	request.feature_id = intake->dossier.id;
	request.version = intake->dossier.version;
	return receipt_keep(store, &request, err);
}

static int receive(struct store *store, struct dossier_intake *intake, struct error *err)
{
	struct dossier_start start = {.actor = intake->author.actor,
		.randomness = intake->randomness,
		.dossier = {.kind = intake->kind,
			.parcel_id = intake->place.parcel_id,
			.parcel_label = intake->place.label,
			.unit_id = intake->place.unit_id,
			.received_at_us = intake->received_at_us ? intake->received_at_us
								 : intake->author.at_us,
			.account_id = intake->account_id,
			.address_label = "",
			.note = intake->note ? intake->note : "",
			.training = intake->training}};
	int rc = check_papers(store, &start.dossier, intake->papers, intake->paper_count, err);

	if (!rc)
		rc = set_deadline(store, &start.dossier, err);
	if (!rc)
		rc = enter_applicant(store, intake, &start.dossier, err);
	if (!rc)
		rc = dossier_add(store, &start, intake->arena, err);
	if (!rc)
		rc = add_papers(store, intake, &start.dossier, err);
	if (!rc)
		intake->dossier = start.dossier;
	return rc;
}

int dossier_receive(struct store *store, void *context, struct error *err)
{
	struct dossier_intake *intake = context;
	bool found = false;
	int rc = find_made(store, intake, &found, err);

	if (rc || found)
		return rc;
	rc = receive(store, intake, err);
	return rc ? rc : note_made(store, intake, err);
}

/* --- moving on ------------------------------------------------------------------------------------ */

/* The address that a file is about to name. */
struct naming {
	const struct layer *layer;
	struct arena *arena;
	const char *label;
	int64_t parcel_id; /* 0 unknown */
};

static int take_address(void *context, const struct feature *feature, struct error *err)
{
	struct naming *naming = context;
	const struct layer *layer = naming->layer;
	const struct value *parcel =
		&feature->values[layer_field_at(layer, layer->address->parcel)];
	const char *label = text_at(layer, feature, layer->address->label);

	naming->parcel_id = parcel->kind == VALUE_INT ? parcel->integer : 0;
	naming->label = arena_text(naming->arena, label, strlen(label));
	return naming->label ? 0 : fail_no_memory(err);
}

static int name_address(struct store *store, const struct dossier_deed *deed,
	const struct dossier *dossier, struct dossier_act *act, struct error *err)
{
	struct naming naming = {
		.layer = layer_of_addresses(deed->layers), .arena = deed->arena};
	const struct view view = VIEW_NOW(naming.layer);
	bool found = false;
	int rc = feature_read_one(
		store, &view, act->address_id, take_address, &naming, &found, err);

	if (!rc && !found)
		rc = fail_no_such_record(err);
	if (!rc && naming.parcel_id && dossier->parcel_id && naming.parcel_id != dossier->parcel_id)
		rc = fail_dossier_address_elsewhere(err, naming.label, dossier->parcel_label);
	act->address_label = naming.label;
	return rc;
}

int dossier_do(struct store *store, void *context, struct error *err)
{
	struct dossier_deed *deed = context;
	struct dossier_act act = deed->act;
	struct dossier before;
	int rc = dossier_read(store, act.id, deed->arena, &before, err);

	if (!rc)
		rc = dossier_check(store, &act, &before, err);
	if (!rc)
		rc = check_papers(store, &before, act.papers, act.paper_count, err);
	if (!rc && act.address_id)
		rc = name_address(store, deed, &before, &act, err);
	return rc ? rc : dossier_move(store, &act, deed->arena, &deed->dossier, err);
}
