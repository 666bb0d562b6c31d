#include "data/audit.h"

#include "base/messages.h"
#include "data/audit_people.h"
#include "data/change.h"
#include "data/feature_row.h"
#include "data/history.h"

enum { PROGRESS_ROWS = 2000, WINDOW_ROWS = 1000 };

struct audit {
	struct store *store;
	const struct audit_plan *plan;
	struct audit_report *report;
	int64_t total;
};

static void find(struct audit *audit, enum audit_fault fault, const struct layer *layer, int64_t id,
	int64_t version, int64_t link)
{
	audit->report->findings++;
	audit->plan->finding(audit->plan->context,
		&(struct audit_finding){
			fault, layer ? layer->id : NULL, id, version, link});
}

/* --- the chain ---------------------------------------------------------------------------------- */

struct chain {
	struct audit *audit;
	int64_t seq, link; /* the last ones seen */
	int64_t first_seq; /* of the open link */
	struct digest before;
	struct digest_maker maker;
};

/* Compares an open link with what is stored of it. */
static int close_link(struct chain *chain, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const struct audit_head *expected = chain->audit->plan->expected;
	struct digest made;
	const void *bytes;
	size_t len;
	int rc;

	if (!chain->link)
		return 0;
	made = digest_end(&chain->maker);
	rc = store_query(chain->audit->store,
		"SELECT digest, first_seq, last_seq FROM change_link WHERE link = $link", &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "link", chain->link);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	bytes = rc ? query_bytes(query, 0, &len) : NULL;
	if (!bytes || len != sizeof made.bytes || memcmp(bytes, made.bytes, len) != 0 ||
		query_int(query, 1) != chain->first_seq || query_int(query, 2) != chain->seq)
		find(chain->audit, AUDIT_LINK, NULL, 0, 0, chain->link);
	if (expected && expected->link == chain->link &&
		memcmp(expected->digest.bytes, made.bytes, sizeof made.bytes) != 0)
		find(chain->audit, AUDIT_HEAD, NULL, 0, 0, chain->link);
	/* The next link was made from what stood here then. */
	if (bytes && len == sizeof made.bytes)
		memcpy(made.bytes, bytes, len);
	chain->before = made;
	return query_check_row(query, err);
}

static int take_row(void *context, const struct change_row *row, struct error *err)
{
	struct chain *chain = context;
	struct audit *audit = chain->audit;
	int rc = 0;

	if (row->seq != chain->seq + 1)
		find(audit, AUDIT_GAP, NULL, 0, 0, row->link);
	if (row->link != chain->link) {
		const struct change_author author = {row->actor, row->reason, row->recorded_at_us};

		rc = close_link(chain, err);
		if (row->link != chain->link + 1)
			find(audit, AUDIT_GAP, NULL, 0, 0, row->link);
		change_seal_begin(&chain->maker, &chain->before, row->link, &author, row->seq);
		chain->first_seq = row->seq;
		audit->report->links++;
	}
	chain->link = row->link;
	chain->seq = row->seq;
	change_seal_add(&chain->maker, row->seq, row->layer, &row->change);
	if (!rc && ++audit->report->changes % PROGRESS_ROWS == 0 &&
		!audit->plan->progress(audit->plan->context, audit->report->changes, audit->total))
		rc = fail_cancelled(err);
	return rc;
}

/* Rows without their link, links without their rows, rows of no layer: the join passes over them. */
static int count_orphans(struct audit *audit, struct error *err)
{
	int64_t rows = 0, links = 0;
	int rc = store_int(audit->store, "SELECT count(*) FROM change", &rows, err);

	if (!rc)
		rc = store_int(audit->store, "SELECT count(*) FROM change_link", &links, err);
	if (!rc && (rows != audit->report->changes || links != audit->report->links))
		find(audit, AUDIT_GAP, NULL, 0, 0, 0);
	return rc;
}

static int verify_chain(struct audit *audit, struct error *err)
{
	struct chain chain = {.audit = audit};
	const struct audit_head *expected = audit->plan->expected;
	int rc = change_read_after(audit->store, 0, take_row, &chain, err);

	if (!rc)
		rc = close_link(&chain, err);
	if (!rc)
		rc = count_orphans(audit, err);
	audit->report->head = (struct audit_head){chain.link, chain.before};
	if (expected && expected->link > chain.link)
		find(audit, AUDIT_HEAD, NULL, 0, 0, expected->link);
	return rc;
}

/* --- the versions ------------------------------------------------------------------------------- */

/* A version that holds as far as was replayed. */
struct fact {
	int64_t version, link, superseded_at_us; /* as stored; 0 holds */
	struct date from, to;
};

struct record {
	struct audit *audit;
	const struct layer *layer;
	struct digest_order order;
	int64_t id, version;
	struct fact holding[HISTORY_LIVE_MAX];
	size_t count;
	struct digest row; /* of the table's row, while it is compared */
	int64_t row_version;
};

/* The row of the feed that made a version. */
struct made {
	bool found;
	struct change change;
	int64_t link, recorded_at_us;
};

static int read_made(struct record *record, int64_t version, struct made *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	const void *bytes;
	size_t len;
	int rc = store_query(record->audit->store,
		"SELECT c.link, c.base, c.action, c.valid_from, c.valid_to, c.digest, l.recorded_at"
		" FROM change c JOIN change_link l ON l.link = c.link WHERE c.layer = $layer"
		" AND c.feature_id = $id AND c.version = $version AND c.action NOT IN ('start', 'stop')"
		" ORDER BY c.seq LIMIT 1",
		&query, err);

	*ret = (struct made){.found = false};
	if (rc)
		return rc;
	query_bind_text(query, "layer", record->layer->id);
	query_bind_int(query, "id", record->id);
	query_bind_int(query, "version", version);
	rc = query_step(query, err);
	if (rc <= 0)
		return rc;
	ret->found = true;
	ret->link = query_int(query, 0);
	ret->change.base = query_int(query, 1);
	if (!strcmp(query_text(query, 2, NULL), "delete"))
		ret->change.action = CHANGE_DELETE;
	query_date(query, 3, &ret->change.valid_from);
	query_date(query, 4, &ret->change.valid_to);
	ret->recorded_at_us = query_int(query, 6);
	bytes = query_bytes(query, 5, &len);
	if (bytes && len == sizeof ret->change.digest.bytes)
		memcpy(ret->change.digest.bytes, bytes, len);
	return query_check_row(query, err);
}

static bool reaches(const struct date *from, const struct date *to)
{
	return !*to->text || strcmp(from->text, to->text) < 0;
}

/* What the new version ends must have ended then. */
static void replay(struct record *record, const struct made *made)
{
	size_t kept = 0;

	for (size_t i = 0; i < record->count; i++) {
		struct fact *fact = &record->holding[i];
		bool ends = reaches(&made->change.valid_from, &fact->to) &&
			(fact->version == made->change.base ||
				(fact->link != made->link &&
					reaches(&fact->from, &made->change.valid_to)));

		if (!ends)
			record->holding[kept++] = *fact;
		else if (fact->superseded_at_us != made->recorded_at_us)
			find(record->audit, AUDIT_SUPERSEDED, record->layer, record->id,
				fact->version, made->link);
	}
	record->count = kept;
}

static int keep_digest(void *context, const struct feature *feature, struct error *err)
{
	struct record *record = context;

	(void)err;
	record->row = feature_digest(record->layer, &record->order, feature);
	record->row_version = feature->version;
	return 0;
}

/* Which version the table must show, and whether in force; as revision.h says. */
static int64_t shown(const struct record *record, bool *ret_in_force)
{
	const struct date *today = &record->audit->plan->today;
	const struct fact *last = NULL, *first = NULL;

	*ret_in_force = false;
	for (size_t i = 0; i < record->count; i++) {
		const struct fact *fact = &record->holding[i];

		if (strcmp(fact->from.text, today->text) > 0) {
			if (!first || strcmp(fact->from.text, first->from.text) < 0)
				first = fact;
		} else if (reaches(today, &fact->to)) {
			*ret_in_force = true;
			return fact->version;
		} else if (!last || strcmp(fact->to.text, last->to.text) > 0) {
			last = fact;
		}
	}
	return last ? last->version : first ? first->version : 0;
}

/* Whether the table has the row in force, and whether its day to change has not been looked at. */
static int read_state(struct record *record, bool *ret_in_force, bool *ret_due, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	int rc;

	strbuf_add_format(&sql,
		"SELECT in_force, EXISTS (SELECT 1 FROM agenda WHERE layer = '%s'"
		" AND feature_id = $id AND day <= $today) FROM \"%s\" WHERE id = $id",
		record->layer->id, record->layer->id);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(record->audit->store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "id", record->id);
	query_bind_text(query, "today", record->audit->plan->today.text);
	rc = query_step(query, err);
	*ret_in_force = rc > 0 && query_int(query, 0) != 0;
	*ret_due = rc > 0 && query_int(query, 1) != 0;
	return rc < 0 ? rc : 0;
}

/* All versions of a record were seen: what holds, holds still, and the table shows it. */
static int close_record(struct record *record, struct error *err)
{
	struct audit *audit = record->audit;
	bool found = false, in_force = false, stored_force = false, due = false;
	int64_t version;
	struct made made = {.found = false};
	int rc;

	if (!record->id)
		return 0;
	for (size_t i = 0; i < record->count; i++)
		if (record->holding[i].superseded_at_us)
			find(audit, AUDIT_SUPERSEDED, record->layer, record->id,
				record->holding[i].version, 0);
	version = shown(record, &in_force);
	rc = feature_read_row(
		audit->store, record->layer, record->id, keep_digest, record, &found, err);
	if (!rc)
		rc = read_state(record, &stored_force, &due, err);
	if (!rc && found)
		rc = read_made(record, record->row_version, &made, err);
	if (rc)
		return rc;
	if (!found || !made.found ||
		memcmp(record->row.bytes, made.change.digest.bytes, sizeof record->row.bytes) ||
		(!due && (stored_force != in_force || (version && version != record->row_version))))
		find(audit, AUDIT_ROW, record->layer, record->id, record->row_version, made.link);
	return 0;
}

static int open_record(struct record *record, int64_t id, struct error *err)
{
	int rc = close_record(record, err);

	record->id = id;
	record->version = 0;
	record->count = 0;
	return rc;
}

/* The next version of a layer, in the order of records and versions. */
static int take_version(struct record *record, const struct feature *feature,
	int64_t superseded_at_us, struct error *err)
{
	struct audit *audit = record->audit;
	struct digest digest = feature_digest(record->layer, &record->order, feature);
	struct made made;
	int rc = 0;

	if (feature->id != record->id)
		rc = open_record(record, feature->id, err);
	if (!rc)
		rc = read_made(record, feature->version, &made, err);
	if (rc)
		return rc;
	audit->report->versions++;
	if (feature->version != record->version + 1)
		find(audit, AUDIT_NO_VERSION, record->layer, feature->id, record->version + 1, 0);
	record->version = feature->version;
	if (!made.found) {
		find(audit, AUDIT_NO_CHANGE, record->layer, feature->id, feature->version, 0);
		return 0;
	}
	if (memcmp(digest.bytes, made.change.digest.bytes, sizeof digest.bytes) != 0)
		find(audit, AUDIT_VERSION, record->layer, feature->id, feature->version, made.link);
	replay(record, &made);
	if (made.change.action == CHANGE_DELETE) {
		if (superseded_at_us != made.recorded_at_us)
			find(audit, AUDIT_SUPERSEDED, record->layer, feature->id,
				feature->version, made.link);
	} else if (record->count < HISTORY_LIVE_MAX) {
		record->holding[record->count++] = (struct fact){feature->version, made.link,
			superseded_at_us, feature->valid_from, feature->valid_to};
	}
	return 0;
}

/* The versions behind *at, which goes with them; *ret_rows of them, 0 at the end. */
static int walk_window(struct record *record, int64_t *at, int64_t *ret_rows, struct error *err)
{
	autofree(strbuf_clear) struct strbuf sql = STRBUF(FEATURE_SQL_MAX);
	autoptr(query_done) struct query *query = NULL;
	struct value values[FEATURE_FIELDS_MAX];
	struct feature feature;
	int rc;

	*ret_rows = 0;
	strbuf_add_text(&sql, "SELECT ");
	feature_row_select(&sql, record->layer, true);
	strbuf_add_format(&sql,
		", superseded_at FROM \"%s_history\" WHERE key > $after ORDER BY key LIMIT %d",
		record->layer->id, WINDOW_ROWS);
	rc = strbuf_check(&sql, err);
	if (!rc)
		rc = store_query(record->audit->store, sql.data, &query, err);
	if (rc)
		return rc;
	query_bind_int(query, "after", *at);
	while ((rc = query_step(query, err)) > 0) {
		feature_row_read(query, record->layer, true, values, &feature);
		*at = history_key(feature.id, feature.version);
		++*ret_rows;
		rc = query_check_row(query, err);
		if (!rc)
			rc = take_version(record, &feature,
				query_int(query, feature_row_width(record->layer, true)), err);
		if (rc)
			return rc;
	}
	return rc;
}

static int walk_history(struct record *record, struct error *err)
{
	const struct audit_plan *plan = record->audit->plan;
	int64_t at = 0, rows = 1;
	int rc = 0;

	while (!rc && rows) {
		rc = walk_window(record, &at, &rows, err);
		if (!rc && !plan->progress(plan->context, record->audit->report->changes,
				   record->audit->total))
			rc = fail_cancelled(err);
	}
	return rc ? rc : open_record(record, 0, err);
}

/* A number of the layer. */
static int count(struct audit *audit, const char *what, const char *table, const char *tail,
	int64_t *ret, struct error *err)
{
	char sql[300];

	snprintf(sql, sizeof sql, "SELECT count(%s) FROM \"%s%s\"", what, table, tail);
	return store_int(audit->store, sql, ret, err);
}

/* How many versions the feed tells of. */
static int count_told(
	struct audit *audit, const struct layer *layer, int64_t *ret, struct error *err)
{
	char sql[300];

	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM change WHERE layer = '%s' AND action NOT IN ('start', 'stop')",
		layer->id);
	return store_int(audit->store, sql, ret, err);
}

static int verify_layer(struct audit *audit, const struct layer *layer, struct error *err)
{
	struct record record = {
		.audit = audit, .layer = layer, .order = feature_digest_order(layer)};
	int64_t told = 0, rows = 0, records = 0, versions_before = audit->report->versions;
	int rc = walk_history(&record, err);

	if (!rc)
		rc = count_told(audit, layer, &told, err);
	if (!rc)
		rc = count(audit, "*", layer->id, "", &rows, err);
	if (!rc)
		rc = count(audit, "DISTINCT id", layer->id, "_history", &records, err);
	if (rc)
		return rc;
	if (told > audit->report->versions - versions_before)
		find(audit, AUDIT_NO_VERSION, layer, 0, 0, 0);
	if (rows != records)
		find(audit, AUDIT_ROW, layer, 0, 0, 0);
	return 0;
}

static void find_person(void *context, int64_t id)
{
	find(context, AUDIT_VERSION, &people_in_feed, id, 0, 0);
}

int audit_verify(struct store *store, const struct audit_plan *plan,
	struct audit_report *ret_report, struct error *err)
{
	autofree(transaction_end) struct transaction reading = {0};
	struct audit audit = {.store = store, .plan = plan, .report = ret_report};
	int rc = transaction_begin_read(store, &reading, err);

	*ret_report = (struct audit_report){0};
	if (!rc)
		rc = store_int(store, "SELECT count(*) FROM change", &audit.total, err);
	if (!rc)
		rc = verify_chain(&audit, err);
	for (size_t i = 0; !rc && i < plan->layers->count; i++)
		rc = verify_layer(&audit, &plan->layers->layers[i], err);
	if (!rc)
		rc = audit_people(store, find_person, &audit, err);
	return rc;
}
