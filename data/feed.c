#include "data/feed.h"

#include "data/history.h"

struct reading {
	struct store *store;
	const struct layer_table *layers;
	const struct rights *rights;
	change_visit *visit;
	void *context;
	int64_t most, shown, looked, last;
	bool more;
};

static int found_version(void *context, const struct history_entry *entry, struct error *err)
{
	(void)entry;
	(void)err;
	*(bool *)context = true;
	return 1;
}

/* Whether the rights show a version of a record. */
static int is_seen(struct reading *reading, const struct layer *layer, int64_t id, int64_t version,
	bool *ret_seen, struct error *err)
{
	const struct layer_rights *rights = &reading->rights->layers[layer - reading->layers->layers];
	const struct view view = {
		.layer = layer, .grants = rights->grants, .grant_count = rights->grant_count};

	*ret_seen = false;
	if (!rights->grants || version < 1) {
		*ret_seen = version > 0;
		return 0;
	}
	return history_versions(
		reading->store, &view, id, version - 1, 1, found_version, ret_seen, err);
}

static int show(struct reading *reading, const struct change_row *row, struct error *err)
{
	struct change_row shown = *row;
	int rc;

	if (reading->shown == reading->most) {
		reading->more = true;
		return 1;
	}
	/* Who and why is for those who are known themselves. */
	if (reading->rights->role == ROLE_PUBLIC)
		shown.actor = shown.reason = NULL;
	rc = reading->visit(reading->context, &shown, err);
	if (rc < 0)
		return rc;
	reading->shown++;
	reading->last = row->seq;
	return rc;
}

static int look(void *context, const struct change_row *row, struct error *err)
{
	struct reading *reading = context;
	const struct layer *layer = layer_find(reading->layers, row->layer, strlen(row->layer));
	struct change_row without = *row;
	bool now = false, before = false;
	int rc = 0;

	if (++reading->looked > FEED_LOOK_MAX) {
		reading->more = true;
		return 1;
	}
	if (layer && reading->rights->layers[layer - reading->layers->layers].reads) {
		rc = is_seen(reading, layer, row->change.feature_id, row->change.version, &now, err);
		if (!rc && !now)
			rc = is_seen(reading, layer, row->change.feature_id, row->change.base,
				&before, err);
	}
	if (rc)
		return rc;
	if (now)
		return show(reading, row, err);
	if (before) {
		without.change.action = CHANGE_DELETE;
		without.change.box = (struct box){1, 1, -1, -1};
		without.reason = "";
		return show(reading, &without, err);
	}
	reading->last = row->seq;
	return 0;
}

int feed_read(struct store *store, const struct layer_table *layers, const struct rights *rights,
	int64_t after_seq, int64_t most, change_visit *visit, void *context, int64_t *ret_last,
	bool *ret_more, struct error *err)
{
	struct reading reading = {.store = store, .layers = layers, .rights = rights,
		.visit = visit, .context = context, .most = most, .last = after_seq};
	int rc = change_read_after(store, after_seq, look, &reading, err);

	*ret_last = reading.last;
	*ret_more = reading.more;
	return rc;
}

static void member_date(struct json_writer *json, const char *key, const struct date *date)
{
	json_member_text(json, key, *date->text ? date->text : NULL);
}

void feed_write_json(struct json_writer *json, const struct change_row *row)
{
	const struct change *change = &row->change;
	const struct box *box = &change->box;
	autofree(strbuf_clear) struct strbuf at = STRBUF(40);
	struct digest_text digest = digest_print(&change->digest);

	clock_print_utc(&at, row->recorded_at_us);
	json_begin_object(json);
	json_member_int(json, "seq", row->seq);
	json_member_int(json, "link", row->link);
	json_member_text(json, "layer", row->layer);
	json_member_int(json, "id", change->feature_id);
	json_member_int(json, "version", change->version);
	if (change->base)
		json_member_int(json, "replaces", change->base);
	json_member_text(json, "action", change_action_name(change->action));
	member_date(json, "valid_from", &change->valid_from);
	member_date(json, "valid_to", &change->valid_to);
	json_put_key(json, "box");
	if (box->min_x <= box->max_x) {
		json_begin_array(json);
		json_put_fixed(json, box->min_x, 4);
		json_put_fixed(json, box->min_y, 4);
		json_put_fixed(json, box->max_x, 4);
		json_put_fixed(json, box->max_y, 4);
		json_end_array(json);
	} else {
		json_put_null(json);
	}
	json_member_text(json, "recorded_at", at.data);
	json_member_text(json, "author", row->actor);
	json_member_text(json, "reason", row->reason);
	json_member_text(json, "sha256", digest.text);
	json_end_object(json);
}
