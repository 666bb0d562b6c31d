#include "data/dossier_paper.h"

#include "base/messages.h"

static const char *const state_ids[] = {"asked", "shown", "scan"};

const char *dossier_paper_state_id(enum dossier_paper_state state)
{
	return state_ids[state];
}

static enum dossier_paper_state state_of(const char *id)
{
	for (int i = 0; i < DOSSIER_PAPER_SCAN; i++)
		if (!strcmp(state_ids[i], id))
			return (enum dossier_paper_state)i;
	return DOSSIER_PAPER_SCAN;
}

const char *dossier_paper_type(const void *bytes, size_t len)
{
	static const struct {
		const char *start;
		size_t len;
		const char *type;
	} types[] = {
		{"%PDF-", 5, "application/pdf"},
		{"\xff\xd8\xff", 3, "image/jpeg"},
		{"\x89PNG\r\n\x1a\n", 8, "image/png"},
	};

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (len >= types[i].len && !memcmp(bytes, types[i].start, types[i].len))
			return types[i].type;
	return NULL;
}

int dossier_papers(struct store *store, int64_t dossier_id, dossier_paper_visit *visit,
	void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT ordinal, name, state, sha256, actor, at FROM dossier_paper"
		" WHERE dossier_id = $id ORDER BY ordinal",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", dossier_id);
	while ((rc = query_step(query, err)) > 0) {
		struct dossier_paper paper = {.ordinal = query_int(query, 0),
			.name = query_text(query, 1, NULL),
			.state = state_of(query_text(query, 2, NULL)),
			.actor = query_text(query, 4, NULL),
			.at_us = query_int(query, 5)};

		snprintf(paper.sha256.text, sizeof paper.sha256.text, "%s",
			query_text(query, 3, NULL));
		rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, &paper, err);
		if (rc)
			break;
	}
	return rc;
}

/* What is known of the papers of a file, for one that is to come. */
struct counting {
	const char *name;
	int64_t asked; /* the first row that asks for it; 0 none */
	int64_t last;  /* ordinal */
};

static int count_paper(void *context, const struct dossier_paper *paper, struct error *err)
{
	struct counting *counting = context;

	(void)err;
	counting->last = paper->ordinal;
	if (!counting->asked && paper->state == DOSSIER_PAPER_ASKED &&
		!strcmp(paper->name, counting->name))
		counting->asked = paper->ordinal;
	return 0;
}

struct row {
	int64_t ordinal;
	enum dossier_paper_state state;
	const char *sha256; /* NULL none */
};

/* Writes the row that asked for it, or a new one. */
static int put_row(struct store *store, const struct dossier_paper_gift *gift,
	const struct row *row, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO dossier_paper (dossier_id, ordinal, name, state, sha256, actor, at)"
		" VALUES ($id, $ordinal, $name, $state, $sha256, $actor, $at)"
		" ON CONFLICT (dossier_id, ordinal) DO UPDATE SET state = excluded.state,"
		" sha256 = excluded.sha256, actor = excluded.actor, at = excluded.at",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", gift->dossier_id);
	query_bind_int(query, "ordinal", row->ordinal);
	query_bind_text(query, "name", gift->name);
	query_bind_text(query, "state", state_ids[row->state]);
	query_bind_text(query, "sha256", row->sha256);
	query_bind_text(query, "actor", gift->actor);
	query_bind_int(query, "at", gift->now_us);
	return query_run(query, err);
}

static int count(struct store *store, const struct dossier_paper_gift *gift,
	struct counting *counting, struct error *err)
{
	int rc;

	*counting = (struct counting){.name = gift->name};
	rc = dossier_papers(store, gift->dossier_id, count_paper, counting, err);
	if (!rc && !counting->asked && counting->last >= DOSSIER_PAPERS_MAX)
		rc = fail_dossier_papers_many(err, DOSSIER_PAPERS_MAX);
	return rc;
}

int dossier_paper_ask(struct store *store, int64_t dossier_id, const char *name,
	const char *actor, int64_t now_us, struct error *err)
{
	const struct dossier_paper_gift gift = {.dossier_id = dossier_id, .name = name,
		.actor = actor, .now_us = now_us};
	struct counting counting;
	int rc = count(store, &gift, &counting, err);

	if (rc || counting.asked)
		return rc;
	return put_row(store, &gift, &(struct row){counting.last + 1, DOSSIER_PAPER_ASKED, NULL},
		err);
}

int dossier_paper_add(struct store *store, struct dossier_paper_gift *gift, struct error *err)
{
	struct digest_text sha256;
	struct counting counting;
	struct row row = {.state = gift->bytes ? DOSSIER_PAPER_SCAN : DOSSIER_PAPER_SHOWN};
	int rc = count(store, gift, &counting, err);

	if (!rc && gift->bytes && gift->len > DOSSIER_SCAN_MAX_BYTES)
		rc = fail_dossier_scan_size(err, DOSSIER_SCAN_MAX_BYTES);
	if (!rc && gift->bytes)
		rc = blob_put(
			store, gift->type, gift->bytes, gift->len, gift->now_us, &sha256, err);
	if (rc)
		return rc;
	row.ordinal = counting.asked ? counting.asked : counting.last + 1;
	row.sha256 = gift->bytes ? sha256.text : NULL;
	gift->ordinal = row.ordinal;
	return put_row(store, gift, &row, err);
}

int dossier_paper_bring(struct store *store, struct dossier_paper_gift *gift, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct dossier dossier;
	int rc = dossier_read(store, gift->dossier_id, &arena, &dossier, err);

	if (!rc)
		rc = dossier_paper_add(store, gift, err);
	return rc ? rc
		  : dossier_note_event(store, &dossier, "paper", gift->name, gift->actor,
			    gift->now_us, err);
}

struct finding {
	int64_t ordinal;
	struct digest_text *sha256;
	bool found;
};

static int find_scan(void *context, const struct dossier_paper *paper, struct error *err)
{
	struct finding *finding = context;

	(void)err;
	if (paper->ordinal != finding->ordinal || paper->state != DOSSIER_PAPER_SCAN)
		return 0;
	*finding->sha256 = paper->sha256;
	finding->found = true;
	return 0;
}

int dossier_scan_find(struct store *store, int64_t dossier_id, int64_t ordinal,
	struct digest_text *ret_sha256, struct error *err)
{
	struct finding finding = {ordinal, ret_sha256, false};
	int rc = dossier_papers(store, dossier_id, find_scan, &finding, err);

	return rc || finding.found ? rc : fail_no_such_scan(err);
}
