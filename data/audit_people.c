#include "data/audit_people.h"

#include "data/id_list.h"
#include "data/person.h"

const struct layer people_in_feed = {.id = "person"};

/* Persons against their changes. */
static const char differing[] =
	"SELECT p.id FROM person p LEFT JOIN change c ON c.layer = 'person'"
	" AND c.feature_id = p.id AND c.action = 'create'"
	" WHERE c.seq IS NULL OR c.digest <> p.hash"
	" UNION SELECT p.id FROM person p LEFT JOIN change c ON c.layer = 'person'"
	" AND c.feature_id = p.id AND c.action = 'delete'"
	" WHERE (p.erased_at IS NULL) <> (c.seq IS NULL)"
	" UNION SELECT c.feature_id FROM change c LEFT JOIN person p ON p.id = c.feature_id"
	" WHERE c.layer = 'person' AND p.id IS NULL";

static int list_ids(struct store *store, const char *sql, struct id_list *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store, sql, &query, err);

	if (rc)
		return rc;
	while ((rc = query_step(query, err)) > 0) {
		rc = id_list_add(ret, query_int(query, 0), err);
		if (rc)
			break;
	}
	return rc;
}

/* The visitor asks the store too: the rows must not be kept for so long. */
static int visit_ids(struct store *store, const char *sql,
	int (*visit)(struct store *store, int64_t id, void *context, struct error *err),
	void *context, struct error *err)
{
	autofree(id_list_clear) struct id_list ids = {0};
	int rc = list_ids(store, sql, &ids, err);

	for (size_t i = 0; !rc && i < ids.count; i++)
		rc = visit(store, ids.ids[i], context, err);
	return rc;
}

struct finding {
	void (*found)(void *context, int64_t id);
	void *context;
};

static int report(struct store *store, int64_t id, void *context, struct error *err)
{
	const struct finding *finding = context;

	(void)store;
	(void)err;
	finding->found(finding->context, id);
	return 0;
}

static int check_values(struct store *store, int64_t id, void *context, struct error *err)
{
	const struct finding *finding = context;
	bool sound = true;
	int rc = person_verify(store, id, &sound, err);

	if (!rc && !sound)
		finding->found(finding->context, id);
	return rc;
}

int audit_people(struct store *store, void (*found)(void *context, int64_t id), void *context,
	struct error *err)
{
	struct finding finding = {found, context};
	int rc = visit_ids(store, differing, report, &finding, err);

	return rc ? rc
		  : visit_ids(store, "SELECT id FROM person ORDER BY id", check_values, &finding, err);
}
