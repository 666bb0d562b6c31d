#include "data/lineage.h"

#include <math.h>

#include "base/messages.h"

static const char *const cause_names[LINEAGE_CAUSES] = {
	"split", "merge", "redraw", "transfer", "rename"};

const char *lineage_cause_name(enum lineage_cause cause)
{
	return cause_names[cause];
}

enum lineage_cause lineage_cause_of(const char *name)
{
	int cause = 0;

	while (cause < LINEAGE_CAUSES && strcmp(name, cause_names[cause]) != 0)
		cause++;
	return (enum lineage_cause)cause;
}

int lineage_add(struct store *store, const struct lineage_step *step, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO lineage (layer, from_id, to_id, cause, valid_from, share, derived,"
		" document, recorded_at) VALUES ($layer, $from_id, $to_id, $cause, $valid_from,"
		" $share, $derived, $document, $recorded_at)"
		" ON CONFLICT (layer, from_id, to_id, cause, valid_from) DO UPDATE SET"
		" share = excluded.share, derived = excluded.derived, document = excluded.document",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", step->layer);
	query_bind_int(query, "from_id", step->from_id);
	query_bind_int(query, "to_id", step->to_id);
	query_bind_text(query, "cause", cause_names[step->cause]);
	query_bind_text(query, "valid_from", step->valid_from.text);
	if (isfinite(step->share))
		query_bind_real(query, "share", step->share);
	query_bind_int(query, "derived", step->is_derived);
	query_bind_text(query, "document", step->document);
	query_bind_int(query, "recorded_at", step->recorded_at_us);
	return query_run(query, err);
}

#define STEP_COLUMNS                                                                               \
	"from_id, to_id, cause, valid_from, share, derived, document, recorded_at"

static struct lineage_step read_step(struct query *query, const char *layer)
{
	struct lineage_step step = {.layer = layer, .from_id = query_int(query, 0),
		.to_id = query_int(query, 1), .share = (double)NAN,
		.is_derived = query_int(query, 5) != 0, .recorded_at_us = query_int(query, 7)};
	enum lineage_cause cause = lineage_cause_of(query_text(query, 2, NULL));
	size_t len;
	const char *day = query_text(query, 3, &len);

	step.cause = cause < LINEAGE_CAUSES ? cause : LINEAGE_TRANSFER;
	if (!date_parse(day, len, &step.valid_from))
		step.valid_from = (struct date){""};
	if (!query_is_null(query, 4))
		step.share = query_real(query, 4);
	if (!query_is_null(query, 6))
		step.document = query_text(query, 6, NULL);
	return step;
}

/* A walk in one direction: the records that were reached, of which `done` were asked for. */
struct walk {
	struct store *store;
	const char *layer;
	bool forward;
	int64_t ids[LINEAGE_STEPS_MAX + 1];
	size_t count, done;
	size_t *steps; /* of both directions */
	lineage_visit *visit;
	void *context;
};

static void reach(struct walk *walk, int64_t id)
{
	for (size_t i = 0; i < walk->count; i++)
		if (walk->ids[i] == id)
			return;
	if (walk->count <= LINEAGE_STEPS_MAX)
		walk->ids[walk->count++] = id;
}

static int follow(struct walk *walk, int64_t id, bool *ret_more, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(walk->store,
		walk->forward ? "SELECT " STEP_COLUMNS " FROM lineage WHERE layer = $layer AND"
				" from_id = $id ORDER BY to_id, valid_from, cause"
			      : "SELECT " STEP_COLUMNS " FROM lineage WHERE layer = $layer AND"
				" to_id = $id ORDER BY from_id, valid_from, cause",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", walk->layer);
	query_bind_int(query, "id", id);
	while ((rc = query_step(query, err)) > 0) {
		struct lineage_step step = read_step(query, walk->layer);

		if (*walk->steps == LINEAGE_STEPS_MAX) {
			*ret_more = true;
			return 0;
		}
		++*walk->steps;
		reach(walk, walk->forward ? step.to_id : step.from_id);
		rc = walk->visit(walk->context, &step, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}

int lineage_of(struct store *store, const char *layer, int64_t id, lineage_visit *visit,
	void *context, bool *ret_more, struct error *err)
{
	struct walk *walk = malloc(sizeof *walk);
	size_t steps = 0;
	int rc = walk ? 0 : fail_no_memory(err);

	*ret_more = false;
	for (int forward = 0; !rc && forward < 2; forward++) {
		*walk = (struct walk){store, layer, forward, .steps = &steps, .visit = visit,
			.context = context};
		reach(walk, id);
		while (!rc && walk->done < walk->count && !*ret_more)
			rc = follow(walk, walk->ids[walk->done++], ret_more, err);
	}
	free(walk);
	return rc;
}

int lineage_all(struct store *store, const char *layer, const struct date *day,
	lineage_visit *visit, void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT " STEP_COLUMNS " FROM lineage WHERE layer = $layer AND"
		" ($day = '' OR valid_from = $day) ORDER BY from_id, to_id, valid_from, cause",
		&query, err);

	if (rc)
		return rc;
	query_bind_text(query, "layer", layer);
	query_bind_text(query, "day", day ? day->text : "");
	while ((rc = query_step(query, err)) > 0) {
		struct lineage_step step = read_step(query, layer);

		rc = visit(context, &step, err);
		if (rc)
			break;
	}
	return rc < 0 ? rc : 0;
}
