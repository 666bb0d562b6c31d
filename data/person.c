#include "data/person.h"

#include "base/messages.h"
#include "base/text.h"
#include "data/id_list.h"

enum { TEXT_MAX_BYTES = PERSON_CONTACT_MAX_BYTES }; /* the longest of a person */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* Appends the text in NFC; fails if it is too long, empty though it must not be, or not UTF-8. */
static int take_text(
	struct strbuf *out, const char *name, const char *text, bool needed, struct error *err)
{
	size_t len = strlen(or_empty(text));
	int rc;

	if (len > out->max || !text_nfc(out, or_empty(text), len) || out->full)
		rc = fail_person_text(err, (int64_t)out->max);
	else if (needed && !out->len)
		rc = fail_person_text_missing(err);
	else
		return strbuf_check(out, err);
	error_where(err, "%s", name);
	return rc;
}

struct digest person_hash(
	const struct person_values *values, const unsigned char salt[PERSON_SALT_BYTES])
{
	const char *const texts[] = {values->name, values->id_number, values->contact};
	struct digest_maker maker;

	digest_begin(&maker);
	digest_add(&maker, salt, PERSON_SALT_BYTES);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t len = strlen(or_empty(texts[i]));
		unsigned char bytes[8];

		for (int byte = 0; byte < 8; byte++)
			bytes[byte] = (unsigned char)((uint64_t)len >> (8 * (7 - byte)));
		digest_add(&maker, bytes, sizeof bytes);
		digest_add(&maker, or_empty(texts[i]), len);
	}
	return digest_end(&maker);
}

static void bind_known(struct query *query, const char *name, const char *text)
{
	query_bind_text(query, name, *text ? text : NULL);
}

static int insert(struct store *store, const struct person *person,
	const unsigned char salt[PERSON_SALT_BYTES], struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"INSERT INTO person (id, name, id_number, contact, salt, hash, created_at)"
		" VALUES ($id, $name, $id_number, $contact, $salt, $hash, $created_at)",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", person->id);
	bind_known(query, "name", person->values.name);
	bind_known(query, "id_number", person->values.id_number);
	bind_known(query, "contact", person->values.contact);
	query_bind_bytes(query, "salt", salt, PERSON_SALT_BYTES);
	query_bind_bytes(query, "hash", person->hash.bytes, sizeof person->hash.bytes);
	query_bind_int(query, "created_at", person->created_at_us);
	return query_run(query, err);
}

/* An id that nobody ever had, nor anybody of a register that was lost. */
static int next_id(struct store *store, int64_t *ret_id, struct error *err)
{
	int64_t person = 0, erased = 0;
	int rc = store_int(store, "SELECT max(id) FROM person", &person, err);

	if (!rc)
		rc = store_int(store, "SELECT max(person_id) FROM person_erasure", &erased, err);
	if (!rc)
		*ret_id = (person > erased ? person : erased) + 1;
	return rc;
}

int person_create(struct store *store, const struct person_values *values, int64_t now_us,
	const struct randomness *randomness, int64_t *ret_id, struct digest *ret_hash,
	struct error *err)
{
	autofree(strbuf_clear) struct strbuf name = STRBUF(PERSON_NAME_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf id_number = STRBUF(PERSON_ID_NUMBER_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf contact = STRBUF(PERSON_CONTACT_MAX_BYTES);
	unsigned char salt[PERSON_SALT_BYTES];
	struct person person = {.created_at_us = now_us};
	int rc = take_text(&name, "name", values->name, true, err);

	if (!rc)
		rc = take_text(&id_number, "id_number", values->id_number, false, err);
	if (!rc)
		rc = take_text(&contact, "contact", values->contact, false, err);
	if (!rc)
		rc = next_id(store, &person.id, err);
	if (rc)
		return rc;
	person.values = (struct person_values){name.data, id_number.data, contact.data};
	randomness->fill(randomness->context, salt, sizeof salt);
	person.hash = person_hash(&person.values, salt);
	rc = insert(store, &person, salt, err);
	secret_wipe(salt, sizeof salt);
	if (rc)
		return rc;
	*ret_id = person.id;
	*ret_hash = person.hash;
	return 0;
}

/* A copy of a text column in the arena; "" for null. */
static int keep_text(
	struct query *query, int column, struct arena *arena, const char **ret, struct error *err)
{
	size_t len;
	const char *text = query_text(query, column, &len);
	int rc = query_check_row(query, err);

	if (rc)
		return rc;
	*ret = arena_text(arena, text, len);
	return *ret ? 0 : fail_no_memory(err);
}

/* A column of fixed size; all of it, or the register is damaged. */
static int take_bytes(struct query *query, int column, void *ret, size_t size, struct error *err)
{
	size_t len;
	const void *bytes = query_bytes(query, column, &len);

	if (!bytes || len != size)
		return fail_register_damaged(err);
	memcpy(ret, bytes, size);
	return 0;
}

/* ret_salt is zero if the person is erased. */
static int read_with_salt(struct store *store, int64_t id, struct arena *arena,
	struct person *ret_person, unsigned char ret_salt[PERSON_SALT_BYTES], struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	struct person person = {.id = id};
	int rc = store_query(store,
		"SELECT name, id_number, contact, hash, created_at, erased_at, salt FROM person"
		" WHERE id = $id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", id);
	rc = query_step(query, err);
	if (rc < 0)
		return rc;
	if (!rc)
		return fail_no_such_person(err);
	rc = keep_text(query, 0, arena, &person.values.name, err);
	if (!rc)
		rc = keep_text(query, 1, arena, &person.values.id_number, err);
	if (!rc)
		rc = keep_text(query, 2, arena, &person.values.contact, err);
	if (!rc)
		rc = take_bytes(query, 3, person.hash.bytes, sizeof person.hash.bytes, err);
	if (rc)
		return rc;
	person.created_at_us = query_int(query, 4);
	person.erased_at_us = query_int(query, 5);
	memset(ret_salt, 0, PERSON_SALT_BYTES);
	if (query_is_null(query, 5))
		rc = take_bytes(query, 6, ret_salt, PERSON_SALT_BYTES, err);
	if (!rc)
		*ret_person = person;
	return rc;
}

int person_read(struct store *store, int64_t id, struct arena *arena, struct person *ret_person,
	struct error *err)
{
	unsigned char salt[PERSON_SALT_BYTES];
	int rc = read_with_salt(store, id, arena, ret_person, salt, err);

	secret_wipe(salt, sizeof salt);
	return rc;
}

int person_verify(struct store *store, int64_t id, bool *ret_sound, struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(8 * TEXT_MAX_BYTES);
	unsigned char salt[PERSON_SALT_BYTES];
	struct person person;
	struct digest hash;
	int rc = read_with_salt(store, id, &arena, &person, salt, err);

	if (rc)
		return rc;
	hash = person_hash(&person.values, salt);
	secret_wipe(salt, sizeof salt);
	*ret_sound = person.erased_at_us || !memcmp(&hash, &person.hash, sizeof hash);
	return 0;
}

static int note_erasure(
	struct store *store, const struct person_erasure *erasure, struct error *err)
{
	autofree(strbuf_clear) struct strbuf actor = STRBUF(PERSON_ACTOR_MAX_BYTES);
	autofree(strbuf_clear) struct strbuf reason = STRBUF(PERSON_REASON_MAX_BYTES);
	autoptr(query_done) struct query *query = NULL;
	int rc = take_text(&actor, "actor", erasure->actor, true, err);

	if (!rc)
		rc = take_text(&reason, "reason", erasure->reason, true, err);
	if (!rc)
		rc = store_query(store,
			"INSERT INTO person_erasure (person_id, hash, erased_at, actor, reason)"
			" VALUES ($person_id, $hash, $erased_at, $actor, $reason)"
			" ON CONFLICT (person_id) DO NOTHING",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "person_id", erasure->person_id);
	query_bind_bytes(query, "hash", erasure->hash.bytes, sizeof erasure->hash.bytes);
	query_bind_int(query, "erased_at", erasure->erased_at_us);
	query_bind_text(query, "actor", actor.data);
	query_bind_text(query, "reason", reason.data);
	return query_run(query, err);
}

static int destroy_values(
	struct store *store, const struct person_erasure *erasure, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"UPDATE person SET name = NULL, id_number = NULL, contact = NULL, salt = NULL,"
		" erased_at = $erased_at WHERE id = $id",
		&query, err);

	if (rc)
		return rc;
	query_bind_int(query, "id", erasure->person_id);
	query_bind_int(query, "erased_at", erasure->erased_at_us);
	return query_run(query, err);
}

/* What is left of a person: its hash, and whether it is erased. */
static int read_hash(struct store *store, int64_t id, struct digest *ret_hash, bool *ret_erased,
	struct error *err)
{
	autofree(arena_clear) struct arena arena = ARENA(8 * TEXT_MAX_BYTES);
	struct person person;
	int rc = person_read(store, id, &arena, &person, err);

	if (rc)
		return rc;
	*ret_hash = person.hash;
	*ret_erased = person.erased_at_us != 0;
	return 0;
}

int person_erase(struct store *store, const struct person_erasure *erasure, bool *ret_erased,
	struct error *err)
{
	struct person_erasure whole = *erasure;
	bool erased;
	int rc = read_hash(store, erasure->person_id, &whole.hash, &erased, err);

	if (!rc && !erased)
		rc = note_erasure(store, &whole, err);
	if (!rc && !erased)
		rc = destroy_values(store, &whole, err);
	if (!rc)
		*ret_erased = !erased;
	return rc;
}

int person_erasure_replay(struct store *store, const struct person_erasure *erasure,
	bool *ret_erased, struct error *err)
{
	struct digest hash;
	bool erased;
	int rc = read_hash(store, erasure->person_id, &hash, &erased, err);

	if (rc && rc != ERR_NOT_FOUND)
		return rc;
	if (rc) {
		error_clear(err);
		erased = true;
	} else if (memcmp(&hash, &erasure->hash, sizeof hash) != 0) {
		return fail_person_another(err, erasure->person_id);
	}
	rc = note_erasure(store, erasure, err);
	if (!rc && !erased)
		rc = destroy_values(store, erasure, err);
	if (!rc)
		*ret_erased = !erased;
	return rc;
}

int person_erasure_list(
	struct store *store, person_erasure_visit *visit, void *context, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(store,
		"SELECT person_id, hash, erased_at, actor, reason FROM person_erasure"
		" ORDER BY person_id",
		&query, err);

	if (rc)
		return rc;
	while ((rc = query_step(query, err)) > 0) {
		struct person_erasure erasure = {
			.person_id = query_int(query, 0),
			.erased_at_us = query_int(query, 2),
			.actor = query_text(query, 3, NULL),
			.reason = query_text(query, 4, NULL),
		};

		rc = take_bytes(query, 1, erasure.hash.bytes, sizeof erasure.hash.bytes, err);
		if (!rc)
			rc = query_check_row(query, err);
		if (!rc)
			rc = visit(context, &erasure, err);
		if (rc)
			return rc;
	}
	return rc;
}

int person_wipe_due(struct store *store, int64_t *ret_count, struct error *err)
{
	return store_int(store, "SELECT count(*) FROM person_erasure WHERE wiped_at IS NULL",
		ret_count, err);
}

/* The erasures whose bytes are about to go; on another server there may be more meanwhile. */
static int list_due(struct store *store, struct id_list *ret, struct error *err)
{
	autoptr(query_done) struct query *query = NULL;
	int rc = store_query(
		store, "SELECT person_id FROM person_erasure WHERE wiped_at IS NULL", &query, err);

	if (rc)
		return rc;
	while ((rc = query_step(query, err)) > 0) {
		rc = id_list_add(ret, query_int(query, 0), err);
		if (rc)
			return rc;
	}
	return rc;
}

int person_wipe(struct store *store, int64_t now_us, struct error *err)
{
	autofree(id_list_clear) struct id_list due = {0};
	autoptr(query_done) struct query *query = NULL;
	int rc = list_due(store, &due, err);

	if (!rc)
		rc = store_wipe(store, "person", err);
	if (!rc)
		rc = store_query(store,
			"UPDATE person_erasure SET wiped_at = $now WHERE wiped_at IS NULL"
			" AND person_id IN (SELECT id_of_list FROM id_list($ids))",
			&query, err);
	if (rc)
		return rc;
	query_bind_int(query, "now", now_us);
	query_bind_ids(query, "ids", due.ids, due.count);
	return query_run(query, err);
}
