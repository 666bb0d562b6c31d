#include "server/cases/edit.h"

#include <math.h>

#include "base/messages.h"
#include "data/record_lock.h"

/* A transaction's worth of an edit. */
struct editing {
	struct edit *edit;
	struct store *store;
	struct change_set changes;
	struct revision revision;
	bool seen;    /* the record is there for the author */
	bool changed; /* it was the base, and is changed */
};

/* What the author may write of a record like this; nothing at all is refused. */
static int check_writable(const struct edit *edit, const struct value *values,
	const struct feature *feature, uint64_t *ret_fields, bool *ret_source, struct error *err)
{
	*ret_fields = view_writable(&edit->view, values, feature, ret_source);
	return *ret_fields || *ret_source ? 0 : fail_unit_forbidden(err);
}

/* Ending and bringing back are about the whole record. */
static int check_whole(const struct edit *edit, const struct feature *feature, struct error *err)
{
	uint64_t fields;
	bool source;
	int rc = check_writable(edit, feature->values, feature, &fields, &source, err);

	return rc || fields == UINT64_MAX ? rc : fail_write_forbidden(err);
}

static int create(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;
	struct feature_input *input = edit->input;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature;
	int rc;

	feature_input_apply(input, edit->view.layer, NULL, values, &feature);
	rc = check_writable(
		edit, values, &feature, &input->writable, &input->source_writable, err);
	if (!rc)
		rc = feature_input_check(input, edit->view.layer, NULL, err);
	if (rc)
		return rc;
	if (!input->has_valid_from)
		feature.valid_from = editing->revision.today;
	rc = revision_create(&editing->revision, &feature, err);
	if (rc)
		return rc;
	edit->id = feature.id;
	edit->version = feature.version;
	edit->status = 201;
	return 0;
}

/* Lays the input over the base; the author must be allowed there before and after. */
static int lay_over(struct edit *edit, const struct feature *old, struct value *values,
	struct feature *ret_feature, struct error *err)
{
	struct feature_input *input = edit->input;
	uint64_t fields;
	bool source;
	int rc = check_writable(
		edit, old->values, old, &input->writable, &input->source_writable, err);

	if (!rc)
		rc = feature_input_check(input, edit->view.layer, old, err);
	if (rc)
		return rc;
	feature_input_apply(input, edit->view.layer, old, values, ret_feature);
	return check_writable(edit, values, ret_feature, &fields, &source, err);
}

static int change_version(void *context, const struct feature *old, struct error *err)
{
	struct editing *editing = context;
	struct edit *edit = editing->edit;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature = *old;
	int rc = edit->kind == EDIT_CHANGE ? lay_over(edit, old, values, &feature, err)
					   : check_whole(edit, old, err);

	if (rc)
		return rc;
	feature.id = edit->id;
	rc = revision_replace(&editing->revision, edit->base_version, &feature, err);
	edit->version = feature.version;
	return rc;
}

/* The record as it stands; mostly it is what the author has seen, and then it is changed at once. */
static int look(void *context, const struct feature *feature, struct error *err)
{
	struct editing *editing = context;
	const struct edit *edit = editing->edit;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature copy = *feature;

	memcpy(values, feature->values, edit->view.layer->field_count * sizeof *values);
	editing->seen = view_admits(&edit->view, values, &copy);
	if (!editing->seen)
		return 0;
	if (edit->kind == EDIT_END)
		return check_whole(edit, feature, err);
	editing->changed = edit->kind == EDIT_CHANGE && feature->version == edit->base_version;
	return editing->changed ? change_version(editing, feature, err) : 0;
}

int edit_ask(struct store *store, void *context, struct error *err)
{
	const struct edit *edit = context;

	return edit->kind == EDIT_CREATE
		? 0
		: revision_ask(store, edit->view.layer, edit->id, err);
}

static int find_standing(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;
	bool found = false;
	int rc = edit_ask(editing->store, edit, err);

	if (!rc)
		rc = feature_read_row(
			editing->store, edit->view.layer, edit->id, look, editing, &found, err);
	return rc || (found && editing->seen) ? rc : fail_no_such_record(err);
}

static int change(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;
	int64_t version = edit->kind == EDIT_RESTORE ? edit->restored_version : edit->base_version;
	bool found = false;
	int rc = history_read(editing->store, edit->view.layer, edit->id, version, change_version,
		editing, &found, err);

	if (!rc && !found && edit->kind == EDIT_RESTORE)
		rc = fail_no_such_version(err, version);
	else if (!rc && !found)
		rc = fail_stale_version(err, version, 0);
	return rc;
}

static int end(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;
	struct date from = *edit->from.text ? edit->from : editing->revision.today;

	return revision_end(&editing->revision, edit->id, edit->base_version, &from,
		&edit->version, err);
}

/* Somebody was quicker: the proposal is kept, and that is what is done. */
static int keep_proposal(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;
	struct history_spans spans;
	int rc = history_live(editing->store, edit->view.layer, edit->id, &spans, NULL, err);

	if (rc)
		return rc;
	edit->proposal.layer = edit->view.layer->id;
	edit->proposal.feature_id = edit->id;
	edit->proposal.base_version = edit->base_version;
	edit->proposal.current_version = spans.last_version;
	edit->proposal.author = edit->author.actor;
	edit->proposal.account_id = edit->account_id;
	edit->proposal.reason = edit->author.reason;
	edit->proposal.created_at_us = edit->author.at_us;
	rc = conflict_add(editing->store, &edit->proposal, err);
	edit->conflict_id = edit->proposal.id;
	edit->status = 409;
	return rc;
}

/* Land may be held for a file of somebody else: that is no conflict to be kept. */
static int check_lock(const struct editing *editing, struct error *err)
{
	const struct edit *edit = editing->edit;

	return edit->view.layer->land
		? record_lock_check(editing->store, edit->view.layer, edit->id, edit->account_id,
			  edit->author.at_us, err)
		: 0;
}

static int edit_record(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;
	struct error own = {0};
	int rc;

	if (edit->kind == EDIT_CREATE)
		return create(editing, err);
	edit->status = 204;
	rc = check_lock(editing, err);
	if (rc)
		return rc;
	rc = find_standing(editing, &own);
	if (!rc && !editing->changed)
		rc = edit->kind == EDIT_END ? end(editing, &own) : change(editing, &own);
	if (rc == ERR_CONFLICT && edit->proposal.kind)
		return keep_proposal(editing, err);
	if (rc)
		return error_copy(err, &own);
	if (edit->settles)
		rc = conflict_settle(editing->store, edit->settles, edit->settles_as,
			edit->author.actor, edit->author.at_us, edit->version, err);
	return rc;
}

/* True in *ret_done if the same request was answered before. */
static int find_receipt(struct editing *editing, bool *ret_done, struct error *err)
{
	struct edit *edit = editing->edit;
	int rc;

	*ret_done = false;
	if (!edit->receipt.key)
		return 0;
	rc = receipt_find(editing->store, &edit->receipt, ret_done, err);
	if (rc || !*ret_done)
		return rc;
	edit->replayed = true;
	edit->status = edit->receipt.status;
	edit->id = edit->receipt.feature_id;
	edit->version = edit->receipt.version;
	edit->conflict_id = edit->receipt.conflict_id;
	return 0;
}

static int keep_receipt(struct editing *editing, struct error *err)
{
	struct edit *edit = editing->edit;

	if (!edit->receipt.key)
		return 0;
	edit->receipt.status = edit->status;
	edit->receipt.feature_id = edit->id;
	edit->receipt.version = edit->version;
	edit->receipt.conflict_id = edit->conflict_id;
	return receipt_keep(editing->store, &edit->receipt, err);
}

int edit_run(struct store *store, void *context, struct error *err)
{
	struct editing editing = {.edit = context, .store = store};
	struct edit *edit = context;
	bool done;
	int rc;

	edit->version = edit->conflict_id = edit->status = 0;
	edit->replayed = false;
	rc = find_receipt(&editing, &done, err);

	if (rc || done)
		return rc;
	rc = change_begin(store, &edit->author, &editing.changes, err);
	if (rc)
		return rc;
	editing.revision = revision_of(
		store, edit->view.layer, edit->epsg, &editing.changes, edit->randomness);
	rc = edit_record(&editing, err);
	if (!rc)
		rc = change_end(&editing.changes, err);
	return rc ? rc : keep_receipt(&editing, err);
}
