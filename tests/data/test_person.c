#include "tests/test.h"

#include "base/file.h"
#include "base/messages.h"
#include "data/person.h"
#include "data/writer.h"
#include "tests/data/people.h"
#include "tests/random.h"

enum { ARENA_BYTES = 1 << 16, FILE_MAX_BYTES = 64 << 20 };

static const struct person_values lan = {
	"Nguyễn Thị Lan", "074190001234", "12 Yersin, Phú Cường; 0912 345 678"};

static int64_t add(struct store *store, const struct person_values *values)
{
	struct digest hash;
	int64_t id = 0;

	assert_int_equal(
		person_create(store, values, SMALL_NOW_US, &randomness_system, &id, &hash, NULL),
		0);
	return id;
}

static bool erase(struct store *store, int64_t id)
{
	const struct person_erasure erasure = {.person_id = id,
		.erased_at_us = SMALL_NOW_US + 5,
		.actor = "thu.lan",
		.reason = "đơn 12/2026"};
	bool erased = false;

	assert_int_equal(person_erase(store, &erasure, &erased, NULL), 0);
	return erased;
}

static bool is_sound(struct store *store, int64_t id)
{
	bool sound = false;

	assert_int_equal(person_verify(store, id, &sound, NULL), 0);
	return sound;
}

static void a_person_comes_back_as_it_was_made(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct store *store = people_store(state);
	struct person person;
	struct digest hash;
	int64_t id = 0;

	assert_int_equal(
		person_create(store, &lan, SMALL_NOW_US, &randomness_system, &id, &hash, NULL), 0);
	assert_int_equal(person_read(store, id, &arena, &person, NULL), 0);
	assert_true(person.id == id);
	assert_string_equal(person.values.name, lan.name);
	assert_string_equal(person.values.id_number, lan.id_number);
	assert_string_equal(person.values.contact, lan.contact);
	assert_memory_equal(&person.hash, &hash, sizeof hash);
	assert_true(person.created_at_us == SMALL_NOW_US);
	assert_true(person.erased_at_us == 0);
	assert_true(is_sound(store, id));
}

static void what_is_not_known_is_empty(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	const struct person_values with_null = {.name = "An"}, with_empty = {"An", "", ""};
	struct store *store = people_store(state);
	struct person person;
	int64_t id = add(store, &with_null), other = add(store, &with_empty);

	assert_true(other == id + 1);
	assert_int_equal(person_read(store, id, &arena, &person, NULL), 0);
	assert_string_equal(person.values.id_number, "");
	assert_string_equal(person.values.contact, "");
	assert_int_equal(number_in(store, "SELECT count(*) FROM person WHERE contact IS NULL"), 2);
	assert_true(is_sound(store, id));
	assert_true(is_sound(store, other));
}

static void texts_are_kept_in_nfc(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	const struct person_values values = {.name = "Le\u0302 Va\u0306n"};
	struct store *store = people_store(state);
	struct person person;
	int64_t id = add(store, &values);

	assert_int_equal(person_read(store, id, &arena, &person, NULL), 0);
	assert_string_equal(person.values.name, "L\u00EA V\u0103n");
	assert_true(is_sound(store, id));
}

static void texts_that_cannot_be_are_refused(void **state)
{
	static char long_text[PERSON_CONTACT_MAX_BYTES + 2];
	static const struct {
		struct person_values values;
		const char *code, *where;
	} rows[] = {
		{{NULL, "1", "2"}, "PER-TEXT-02", "name"},
		{{"", "1", "2"}, "PER-TEXT-02", "name"},
		{{"\xFF", "1", "2"}, "PER-TEXT-01", "name"},
		{{long_text + PERSON_CONTACT_MAX_BYTES - PERSON_NAME_MAX_BYTES, NULL, NULL},
			"PER-TEXT-01", "name"},
		{{"An", long_text + PERSON_CONTACT_MAX_BYTES - PERSON_ID_NUMBER_MAX_BYTES, NULL},
			"PER-TEXT-01", "id_number"},
		{{"An", NULL, long_text}, "PER-TEXT-01", "contact"},
		{{"An", NULL, "\xC3"}, "PER-TEXT-01", "contact"},
	};
	const struct person_values longest = {
		long_text + 1 + PERSON_CONTACT_MAX_BYTES - PERSON_NAME_MAX_BYTES,
		long_text + 1 + PERSON_CONTACT_MAX_BYTES - PERSON_ID_NUMBER_MAX_BYTES,
		long_text + 1};
	struct store *store = people_store(state);
	struct error err = {0};
	struct digest hash;
	int64_t id;

	memset(long_text, 'a', sizeof long_text - 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(person_create(store, &rows[i].values, SMALL_NOW_US,
					 &randomness_system, &id, &hash, &err),
			ERR_INVALID);
		assert_string_equal(error_message_code(&err), rows[i].code);
		assert_string_equal(err.where, rows[i].where);
	}
	assert_int_equal(number_in(store, "SELECT count(*) FROM person"), 0);
	assert_true(is_sound(store, add(store, &longest)));
}

/* The hash by hand: salt, then length and bytes of each value. */
static void the_hash_is_of_salt_and_values(void **state)
{
	static const unsigned char canonical[] =
		"\0\0\0\0\0\0\0\2An\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1x";
	const struct person_values values = {"An", NULL, "x"}, moved = {"An", "x", NULL};
	unsigned char bytes[PERSON_SALT_BYTES + sizeof canonical - 1];
	unsigned char salt[PERSON_SALT_BYTES];
	struct digest hash, expected;

	(void)state;
	memset(salt, 7, sizeof salt);
	memcpy(bytes, salt, sizeof salt);
	memcpy(bytes + sizeof salt, canonical, sizeof canonical - 1);
	expected = digest_of(bytes, sizeof bytes);
	hash = person_hash(&values, salt);
	assert_memory_equal(&hash, &expected, sizeof hash);
	hash = person_hash(&moved, salt);
	assert_memory_not_equal(&hash, &expected, sizeof hash);
	salt[31] = 8;
	hash = person_hash(&values, salt);
	assert_memory_not_equal(&hash, &expected, sizeof hash);
}

/* Equal values do not show: each person has a salt of its own. */
static void equal_people_have_other_hashes(void **state)
{
	struct store *store = people_store(state);

	add(store, &lan);
	add(store, &lan);
	assert_int_equal(number_in(store, "SELECT count(DISTINCT hash) FROM person"), 2);
	assert_int_equal(number_in(store, "SELECT count(DISTINCT salt) FROM person"), 2);
}

static void a_changed_value_is_seen(void **state)
{
	static const char *const damages[] = {
		"UPDATE person SET name = 'Nguyễn Thị Lân'",
		"UPDATE person SET id_number = NULL",
		"UPDATE person SET contact = contact || ' '",
		"UPDATE person SET hash = zeroblob(32)",
		"UPDATE person SET salt = zeroblob(32)",
	};
	struct store *store = people_store(state);
	int64_t id = add(store, &lan);
	struct error err = {0};
	bool sound;

	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		autofree(transaction_end) struct transaction transaction = {0};

		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		store_must_run(store, damages[i]);
		assert_false(is_sound(store, id));
	}
	assert_true(is_sound(store, id));
	store_must_run(store, "UPDATE person SET salt = x'00'");
	assert_refused(person_verify(store, id, &sound, &err), ERR_IO, "REG-DAMAGED-01");
	assert_refused(person_verify(store, 99, &sound, &err), ERR_NOT_FOUND, "PER-FIND-01");
}

static void erasing_keeps_the_hash_alone(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct store *store = people_store(state);
	int64_t id = add(store, &lan), other = add(store, &lan), due = 0;
	struct person before, after;

	assert_int_equal(person_read(store, id, &arena, &before, NULL), 0);
	assert_true(erase(store, id));
	assert_int_equal(person_read(store, id, &arena, &after, NULL), 0);
	assert_string_equal(after.values.name, "");
	assert_string_equal(after.values.id_number, "");
	assert_string_equal(after.values.contact, "");
	assert_true(after.erased_at_us == SMALL_NOW_US + 5);
	assert_true(after.created_at_us == SMALL_NOW_US);
	assert_memory_equal(&after.hash, &before.hash, sizeof after.hash);
	assert_int_equal(number_in(store, "SELECT count(*) FROM person WHERE salt IS NULL"), 1);
	assert_true(is_sound(store, id));
	assert_true(is_sound(store, other));
	/* A second time changes nothing. */
	assert_int_equal(person_wipe_due(store, &due, NULL), 0);
	assert_int_equal(due, 1);
	assert_false(erase(store, id));
	assert_int_equal(person_wipe_due(store, &due, NULL), 0);
	assert_int_equal(due, 1);
}

static void an_erasure_says_who_and_why(void **state)
{
	static char long_text[PERSON_REASON_MAX_BYTES + 2];
	struct store *store = people_store(state);
	int64_t id = add(store, &lan);
	const struct {
		struct person_erasure erasure;
		const char *code, *where;
	} rows[] = {
		{{.person_id = id, .actor = "", .reason = "x"}, "PER-TEXT-02", "actor"},
		{{.person_id = id, .reason = "x"}, "PER-TEXT-02", "actor"},
		{{.person_id = id, .actor = "x", .reason = ""}, "PER-TEXT-02", "reason"},
		{{.person_id = id, .actor = "x", .reason = long_text}, "PER-TEXT-01", "reason"},
		{{.person_id = id, .actor = long_text, .reason = "x"}, "PER-TEXT-01", "actor"},
		{{.person_id = id, .actor = "x", .reason = "\xFF"}, "PER-TEXT-01", "reason"},
	};
	const struct person_erasure of_none = {.person_id = 99, .actor = "x", .reason = "x"};
	struct error err = {0};
	bool erased = true;

	memset(long_text, 'a', sizeof long_text - 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(person_erase(store, &rows[i].erasure, &erased, &err), ERR_INVALID);
		assert_string_equal(error_message_code(&err), rows[i].code);
		assert_string_equal(err.where, rows[i].where);
	}
	assert_refused(person_erase(store, &of_none, &erased, &err), ERR_NOT_FOUND, "PER-FIND-01");
	assert_int_equal(number_in(store, "SELECT count(*) FROM person WHERE name IS NULL"), 0);
	assert_int_equal(number_in(store, "SELECT count(*) FROM person_erasure"), 0);
}

enum { KEPT_MAX = 10 };

struct kept {
	struct person_erasure erasures[KEPT_MAX];
	size_t count;
};

static int keep(void *context, const struct person_erasure *erasure, struct error *err)
{
	struct kept *kept = context;

	(void)err;
	assert_string_equal(erasure->actor, "thu.lan");
	assert_string_equal(erasure->reason, "đơn 12/2026");
	kept->erasures[kept->count] = *erasure;
	kept->erasures[kept->count].actor = "thu.lan";
	kept->erasures[kept->count++].reason = "đơn 12/2026";
	return 0;
}

/* The state of before comes back from a backup, and the erasures with it. */
static void a_restored_register_erases_again(void **state)
{
	autofree(arena_clear) struct arena arena = ARENA(ARENA_BYTES);
	struct small_register *place = *state;
	struct store *store = place->opened.store;
	struct kept kept = {.count = 0};
	struct person person;
	struct error err = {0};
	int64_t first = add(store, &lan), second = add(store, &lan), third;
	bool erased = false;

	store_must_run(store, "CREATE TABLE backup AS SELECT * FROM person");
	third = add(store, &lan); /* is in no backup */
	assert_true(erase(store, first));
	assert_true(erase(store, third));
	assert_int_equal(person_erasure_list(store, keep, &kept, NULL), 0);
	assert_int_equal(kept.count, 2);
	assert_true(kept.erasures[0].person_id == first && kept.erasures[1].person_id == third);
	store_must_run(store, "DELETE FROM person_erasure; DELETE FROM person;"
			      "INSERT INTO person SELECT * FROM backup");
	assert_int_equal(person_erasure_replay(store, &kept.erasures[0], &erased, NULL), 0);
	assert_true(erased);
	assert_int_equal(person_erasure_replay(store, &kept.erasures[0], &erased, NULL), 0);
	assert_false(erased);
	assert_int_equal(person_erasure_replay(store, &kept.erasures[1], &erased, NULL), 0);
	assert_false(erased);
	assert_int_equal(person_read(store, first, &arena, &person, NULL), 0);
	assert_string_equal(person.values.name, "");
	assert_true(person.erased_at_us == SMALL_NOW_US + 5);
	assert_int_equal(person_read(store, second, &arena, &person, NULL), 0);
	assert_string_equal(person.values.name, lan.name);
	assert_int_equal(number_in(store, "SELECT count(*) FROM person_erasure"), 2);
	/* The id of the third is not given again. */
	assert_true(add(store, &lan) == third + 1);
	/* And another register's people stay. */
	kept.erasures[0].person_id = second;
	assert_refused(person_erasure_replay(store, &kept.erasures[0], &erased, &err), ERR_CONFLICT,
		"PER-OTHER-01");
	assert_true(is_sound(store, second));
}

/* In the files of the table and of what is too long for it, as PostgreSQL reads them. */
static bool stands_in_relations(struct store *store, const char *text)
{
	autoptr(query_done) struct query *query = NULL;

	store_must_run(store, "CHECKPOINT");
	assert_int_equal(
		store_query(store,
			"SELECT count(*) FROM pg_class t JOIN pg_class f"
			" ON f.oid IN (t.oid, t.reltoastrelid) WHERE t.oid = to_regclass('person')"
			" AND position(convert_to($text, 'UTF8')"
			" IN pg_read_binary_file(pg_relation_filepath(f.oid))) > 0",
			&query, NULL),
		0);
	query_bind_text(query, "text", text);
	assert_int_equal(query_step(query, NULL), 1);
	return query_int(query, 0) > 0;
}

/* Whether the bytes stand anywhere in a file of the register. */
static bool stands_in_files(const struct small_register *place, const char *text)
{
	static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
	size_t len = strlen(text);

	if (on_postgres())
		return stands_in_relations(place->opened.store, text);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		autofree(strbuf_clear) struct strbuf path = STRBUF(1000);
		autofree(strbuf_clear) struct strbuf bytes = STRBUF(FILE_MAX_BYTES);

		strbuf_add_format(&path, "%s%s", place->database.data, endings[i]);
		if (!file_exists(path.data))
			continue;
		assert_int_equal(file_read(path.data, &bytes, NULL), 0);
		if (memmem(bytes.data, bytes.len, text, len))
			return true;
	}
	return false;
}

/* Person n of the flood; every text is found in the files by its own number. */
static void name_of(int n, char *text, size_t size)
{
	snprintf(text, size, "Trần Văn #%06d# của xóm Bưng Cầu", n);
}

static int64_t add_numbered(struct store *store, int n, struct random *random)
{
	char name[100], id_number[30], contact[PERSON_CONTACT_MAX_BYTES + 1];
	const struct person_values values = {name, id_number, contact};
	size_t len = random_below(random, PERSON_CONTACT_MAX_BYTES - 40);

	name_of(n, name, sizeof name);
	snprintf(id_number, sizeof id_number, "ID#%06d#", n);
	memset(contact, 'x', sizeof contact);
	snprintf(contact + len, sizeof contact - len, "tel#%06d#", n);
	return add(store, &values);
}

static void expect_in_files(const struct small_register *place, int n, bool expected)
{
	char name[100], id_number[30], contact[30];

	name_of(n, name, sizeof name);
	snprintf(id_number, sizeof id_number, "ID#%06d#", n);
	snprintf(contact, sizeof contact, "tel#%06d#", n);
	assert_true(stands_in_files(place, name) == expected);
	assert_true(stands_in_files(place, id_number) == expected);
	assert_true(stands_in_files(place, contact) == expected);
}

static int count_in_files(const struct small_register *place, int people)
{
	char name[100];
	int count = 0;

	for (int n = 0; n < people; n++) {
		name_of(n, name, sizeof name);
		count += stands_in_files(place, name);
	}
	return count;
}

/*
 * Made and erased in many transactions, so that rows moved between pages, pages were freed and
 * taken again, and the log holds old states of them all.
 */
static void what_is_wiped_is_nowhere_in_the_files(void **state)
{
	enum { PEOPLE = 400, KEPT_EACH = 40, ROUNDS = 20 };
	struct small_register *place = *state;
	struct store *store = place->opened.store;
	struct random random = random_start(20261122);
	int64_t due = 0;

	for (int round = 0; round < ROUNDS; round++) {
		autofree(transaction_end) struct transaction transaction = {0};
		int first = round * PEOPLE / ROUNDS;

		assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
		for (int n = first; n < first + PEOPLE / ROUNDS; n++)
			assert_true(add_numbered(store, n, &random) == n + 1);
		for (int i = 0; i < PEOPLE / ROUNDS; i++) {
			int n = (int)random_below(&random, (size_t)(first + PEOPLE / ROUNDS));

			if (n % KEPT_EACH)
				erase(store, n + 1);
		}
		/* Pages that others free and take between. */
		store_must_run(store, round % 2
					      ? "CREATE TABLE passing AS SELECT randomblob(200000)"
					      : "DROP TABLE IF EXISTS passing");
		assert_int_equal(transaction_commit(&transaction, NULL), 0);
	}
	for (int n = 0; n < PEOPLE; n++)
		if (n % KEPT_EACH)
			erase(store, n + 1);
	/* What the test looks for can be seen: the log still has some. */
	assert_true(count_in_files(place, PEOPLE) > PEOPLE / KEPT_EACH);
	assert_int_equal(person_wipe_due(store, &due, NULL), 0);
	assert_int_equal(due, PEOPLE - PEOPLE / KEPT_EACH);
	assert_int_equal(person_wipe(store, SMALL_NOW_US + 9, NULL), 0);
	for (int n = 0; n < PEOPLE; n++)
		expect_in_files(place, n, n % KEPT_EACH == 0);
	assert_int_equal(person_wipe_due(store, &due, NULL), 0);
	assert_int_equal(due, 0);
	assert_true(
		number_in(store, "SELECT min(wiped_at) FROM person_erasure") == SMALL_NOW_US + 9);
	assert_int_equal(store_check(store, NULL), 0);
	assert_true(is_sound(store, 1) && is_sound(store, 2));
}

/* The layers and their index go through the rewriting as they were. */
static void the_register_works_after_a_wipe(void **state)
{
	static const double xy[] = {600000, 1220000, 600100, 1220000, 600200, 1220300};
	struct small_register *place = *state;
	struct store *store = place->opened.store;
	struct content_hash before;

	small_write_things(place, xy, 3);
	before = small_digest(place);
	assert_int_equal(person_wipe(store, SMALL_NOW_US, NULL), 0);
	assert_string_equal(small_digest(place).text, before.text);
	small_write_things(place, xy, 3);
	assert_int_equal(number_in(store, "SELECT count(*) FROM thing"), 6);
	assert_int_equal(places_in_index(store, "thing"), 6);
	assert_int_equal(store_check(store, NULL), 0);
}

/*
 * A reader that holds an old state keeps its bytes in the log, or in the table, though it has not
 * looked there yet: that is said, not hidden.
 */
static void a_wipe_waits_for_readers(void **state)
{
	static const char *const reads[] = {
		"SELECT count(*) FROM person", "SELECT count(*) FROM setting"};
	autoptr(store_close) struct store *reader = NULL;
	struct small_register *place = *state;
	struct store *store = place->opened.store;
	struct error err = {0};
	int64_t due = 0;

	assert_int_equal(small_register_connect(place, STORE_READ, &reader, NULL), 0);
	if (on_postgres())
		store_must_run(store, "SET lock_timeout = '200ms'");
	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
		autofree(transaction_end) struct transaction reading = {0};

		assert_int_equal(transaction_begin_read(reader, &reading, NULL), 0);
		number_in(reader, reads[i]);
		assert_true(erase(store, add(store, &lan)));
		assert_refused(person_wipe(store, SMALL_NOW_US, &err), ERR_BUSY, "SYS-BUSY-01");
		assert_int_equal(person_wipe_due(store, &due, NULL), 0);
		assert_int_equal(due, (int64_t)i + 1);
	}
	assert_int_equal(person_wipe(store, SMALL_NOW_US, NULL), 0);
	assert_int_equal(person_wipe_due(store, &due, NULL), 0);
	assert_int_equal(due, 0);
	assert_false(stands_in_files(place, lan.name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_person_comes_back_as_it_was_made),
		in_register(what_is_not_known_is_empty),
		in_register(texts_are_kept_in_nfc),
		in_register(texts_that_cannot_be_are_refused),
		cmocka_unit_test(the_hash_is_of_salt_and_values),
		in_register(equal_people_have_other_hashes),
		in_register(a_changed_value_is_seen),
		in_register(erasing_keeps_the_hash_alone),
		in_register(an_erasure_says_who_and_why),
		in_register(a_restored_register_erases_again),
		in_register(what_is_wiped_is_nowhere_in_the_files),
		in_register(the_register_works_after_a_wipe),
		in_register(a_wipe_waits_for_readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
