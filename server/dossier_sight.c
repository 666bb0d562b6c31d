#include "server/dossier_sight.h"

#include "base/messages.h"
#include "data/access_log.h"
#include "server/app.h"
#include "server/asker.h"
#include "server/events.h"
#include "server/sight.h"
#include "server/worker.h"

int dossier_sight_check(const struct request *request, struct error *err)
{
	for (const struct dossier_kind *kind = dossier_kinds; kind->id; kind++) {
		const struct layer *layer = kind->layer(request->app->layers);

		if (layer && sight_may_write(request, layer))
			return 0;
	}
	return request->asker->kind == ASKER_PUBLIC ? fail_login_needed(err)
						    : fail_write_forbidden(err);
}

unsigned dossier_sight_powers(
	const struct request *request, const struct dossier_kind *kind, int64_t unit)
{
	return dossier_powers(&request->asker->rights, request->app->layers, kind, unit);
}

int dossier_sight_find(struct request *request, struct dossier *ret, struct error *err)
{
	int64_t id = 0;
	int rc = dossier_sight_check(request, err);

	if (!rc && request_record_id(request, request->captures[0], &id, NULL))
		rc = fail_no_such_dossier(err);
	if (!rc)
		rc = dossier_read(request->worker->store, id, &request->arena, ret, err);
	if (!rc && !dossier_sight_powers(request, ret->kind, ret->unit_id))
		rc = fail_no_such_dossier(err);
	return rc;
}

/* Adds the units of one kind's layer; *ret_all: nothing narrows it. */
static int add_units(const struct layer_rights *rights, int64_t *units, size_t *count, bool *ret_all)
{
	*ret_all |= rights->writes && !rights->grants;
	for (size_t i = 0; i < rights->grant_count; i++) {
		if (!rights->grants[i].may_write)
			continue;
		*ret_all |= !rights->grants[i].unit_id;
		units[(*count)++] = rights->grants[i].unit_id;
	}
	return 0;
}

int dossier_sight_narrow(struct request *request, struct dossier_search *search, struct error *err)
{
	const struct layer_table *layers = request->app->layers;
	const struct layer_rights *rights = request->asker->rights.layers;
	size_t room = 1, count = 0;
	bool all = false;
	int64_t *units;

	for (const struct dossier_kind *kind = dossier_kinds; kind->id; kind++)
		room += rights[kind->layer(layers) - layers->layers].grant_count;
	units = arena_alloc(&request->arena, room * sizeof *units);
	if (!units)
		return fail_no_memory(err);
	for (const struct dossier_kind *kind = dossier_kinds; kind->id; kind++)
		add_units(&rights[kind->layer(layers) - layers->layers], units, &count, &all);
	search->units = all ? NULL : units;
	search->unit_count = count;
	return 0;
}

static struct access access_of(
	const struct request *request, const struct dossier *dossier, const char *purpose)
{
	return (struct access){.at_us = clock_now_us(request->app->clock),
		.account_id = request->asker->rights.account_id,
		.person_id = dossier->person_id,
		.layer = "dossier",
		.record_id = dossier->id,
		.purpose = purpose};
}

int dossier_sight_note(struct request *request, const struct dossier *dossier, const char *purpose,
	struct error *err)
{
	const struct access access = access_of(request, dossier, purpose);

	return access_note(request->app->access_log, &access, err);
}

int dossier_sight_listed(struct request *request, const struct dossier *dossier,
	struct person *ret, struct error *err)
{
	const struct access access = access_of(request, dossier, "queue");
	int rc = access_note_hourly(request->app->access_log, &access, err);

	return rc ? rc
		  : person_read(request->worker->store, dossier->person_id, &request->arena, ret,
			    err);
}

int dossier_sight_person(struct request *request, const struct dossier *dossier,
	const char *purpose, struct person *ret, struct error *err)
{
	int rc = dossier_sight_note(request, dossier, purpose, err);

	return rc ? rc
		  : person_read(request->worker->store, dossier->person_id, &request->arena, ret,
			    err);
}

struct dossier_telling dossier_sight_telling(struct request *request, struct json_writer *json)
{
	return (struct dossier_telling){.json = json,
		.store = request->worker ? request->worker->store : NULL,
		.arena = &request->arena,
		.base_url = request->app->public_url,
		.now_us = clock_now_us(request->app->clock),
		.account_id = request->asker->rights.account_id};
}

void dossier_sight_changed(struct request *request, const struct dossier *dossier)
{
	const struct layer_table *layers = request->app->layers;
	autofree(strbuf_clear) struct strbuf said = STRBUF(400);
	struct json_writer json = JSON_WRITER(&said);

	json_begin_object(&json);
	json_member_int(&json, "id", dossier->id);
	json_member_text(&json, "file_no", dossier->file_no);
	json_member_text(&json, "state", dossier_states[dossier->state].id);
	json_member_int(&json, "version", dossier->version);
	json_end_object(&json);
	if (!said.failed)
		events_tell_writers(request->app->events, "dossier",
			(size_t)(dossier->kind->layer(layers) - layers->layers), dossier->unit_id,
			said.data);
}
