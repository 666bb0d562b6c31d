#include "server/cases/people.h"

#include "data/audit_people.h"

static int add_link(struct store *store, const struct change_author *author, int64_t id,
	int64_t version, enum change_action action, const struct digest *hash, struct error *err)
{
	const struct change change = {.feature_id = id, .version = version,
		.base = version - 1, .action = action, .box = {1, 1, -1, -1}, .digest = *hash};
	struct change_set changes;
	int rc = change_begin(store, author, &changes, err);

	if (!rc)
		rc = change_add(&changes, &people_in_feed, &change, err);
	return rc ? rc : change_end(&changes, err);
}

int people_enter(struct store *store, void *context, struct error *err)
{
	struct person_entry *entry = context;
	struct digest hash;
	int rc = person_create(store, &entry->values, entry->author.at_us, entry->randomness,
		&entry->id, &hash, err);

	return rc ? rc
		  : add_link(store, &entry->author, entry->id, 1, CHANGE_CREATE, &hash, err);
}

int people_erase(struct store *store, void *context, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(1 << 16);
	struct person_exit *leaving = context;
	const struct person_erasure erasure = {.person_id = leaving->id,
		.erased_at_us = leaving->author.at_us,
		.actor = leaving->author.actor,
		.reason = leaving->author.reason};
	struct person person;
	int rc = person_read(store, leaving->id, &arena, &person, err);

	if (!rc)
		rc = person_erase(store, &erasure, &leaving->erased, err);
	if (rc || !leaving->erased)
		return rc;
	return add_link(
		store, &leaving->author, leaving->id, 2, CHANGE_DELETE, &person.hash, err);
}
