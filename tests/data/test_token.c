#include "tests/test.h"

#include "base/messages.h"
#include "data/token.h"
#include "tests/data/people.h"
#include "tests/random.h"

static struct token_plan plan_of(int64_t account_id)
{
	return (struct token_plan){
		.account_id = account_id, .name = "QGIS", .name_len = 4, .now_us = SMALL_NOW_US};
}

static struct token_text make(struct store *store, const struct token_plan *plan, int64_t *ret_id)
{
	struct token_text text;

	assert_int_equal(token_make(store, plan, &randomness_system, ret_id, &text, NULL), 0);
	return text;
}

static int find_at(struct store *store, const char *text, int64_t now_us, struct error *err)
{
	struct token token;

	return token_find(store, text, strlen(text), now_us, &token, err);
}

static void a_token_is_found_by_its_text(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = {
		.account_id = people_add(store, "lan", ROLE_OFFICER, NULL),
		.name = "QGIS phòng đo đạc",
		.name_len = strlen("QGIS phòng đo đạc"),
		.layers = "thing road",
		.may_write = true,
		.expires_at_us = SMALL_NOW_US + DAY_US,
		.now_us = SMALL_NOW_US,
	};
	struct token_text text;
	struct token token = {0};
	int64_t id = 0;

	text = make(store, &plan, &id);
	assert_int_equal(strncmp(text.text, "dothi_1_", 8), 0);
	assert_int_equal(strspn(text.text + 8, "0123456789abcdef"), 40);
	assert_int_equal(strlen(text.text), 48);
	assert_int_equal(
		token_find(store, text.text, strlen(text.text), SMALL_NOW_US, &token, NULL), 0);
	assert_true(token.id == id && id == 1);
	assert_true(token.account_id == plan.account_id);
	assert_string_equal(token.name, "QGIS phòng đo đạc");
	assert_string_equal(token.layers, "thing road");
	assert_true(token.may_write);
	assert_true(token.created_at_us == SMALL_NOW_US);
	assert_true(token.expires_at_us == SMALL_NOW_US + DAY_US);
	assert_true(token.last_used_at_us == 0);
	assert_true(token.revoked_at_us == 0);
}

static void the_register_does_not_hold_the_secret(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	int64_t id;
	struct token_text text = make(store, &plan, &id);
	struct digest digest = digest_of(text.text + 8, 40);
	struct digest_text hex = digest_print(&digest);
	char sql[200];

	snprintf(sql, sizeof sql, "SELECT count(*) FROM api_token WHERE secret_digest = x'%s'",
		hex.text);
	assert_int_equal(number_in(store, sql), 1);
}

static void what_is_no_token_is_refused(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	int64_t id;
	struct token_text text = make(store, &plan, &id);
	const char *secret = text.text + 8;
	char wrong[12][100];
	struct error err = {0};

	snprintf(wrong[0], sizeof *wrong, "%s", "");
	snprintf(wrong[1], sizeof *wrong, "%s", "dothi_");
	snprintf(wrong[2], sizeof *wrong, "dothi_2_%s", secret);
	snprintf(wrong[3], sizeof *wrong, "dothi_01_%s", secret);
	snprintf(wrong[4], sizeof *wrong, "dothi_-1_%s", secret);
	snprintf(wrong[5], sizeof *wrong, "Dothi_1_%s", secret);
	snprintf(wrong[6], sizeof *wrong, "dothi_1_%sa", secret);
	snprintf(wrong[7], sizeof *wrong, "dothi_1_%s", secret + 1);
	snprintf(wrong[8], sizeof *wrong, "dothi__%s", secret);
	snprintf(wrong[9], sizeof *wrong, "dothi_99999999999999999999_%s", secret);
	snprintf(wrong[10], sizeof *wrong, "dothi_1-%s", secret);
	snprintf(wrong[11], sizeof *wrong, "dothi_+1_%s", secret);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_refused(
			find_at(store, wrong[i], SMALL_NOW_US, &err), ERR_DENIED, "TOK-NO-01");
	for (size_t i = 8; i < 48; i++) {
		struct token_text other = text;

		other.text[i] = other.text[i] == 'a' ? 'b' : 'a';
		assert_refused(
			find_at(store, other.text, SMALL_NOW_US, &err), ERR_DENIED, "TOK-NO-01");
	}
	assert_int_equal(find_at(store, text.text, SMALL_NOW_US, NULL), 0);
}

static void a_token_expires_and_says_so_to_its_bearer(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct error err = {0};
	struct token_text text;
	int64_t id;

	plan.expires_at_us = SMALL_NOW_US + DAY_US;
	text = make(store, &plan, &id);
	assert_int_equal(find_at(store, text.text, SMALL_NOW_US + DAY_US - 1, NULL), 0);
	assert_refused(
		find_at(store, text.text, SMALL_NOW_US + DAY_US, &err), ERR_DENIED, "TOK-OLD-01");
	text.text[20] = text.text[20] == 'a' ? 'b' : 'a';
	assert_refused(
		find_at(store, text.text, SMALL_NOW_US + DAY_US, &err), ERR_DENIED, "TOK-NO-01");
	plan.expires_at_us = SMALL_NOW_US;
	assert_refused(token_make(store, &plan, &randomness_system, &id, &text, &err), ERR_INVALID,
		"TOK-DAY-01");
}

static void revoked_is_revoked(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct error err = {0};
	int64_t id, other_id;
	struct token_text text = make(store, &plan, &id), other = make(store, &plan, &other_id);
	struct token token;

	assert_int_equal(token_revoke(store, id, SMALL_NOW_US + 5, NULL), 0);
	assert_refused(find_at(store, text.text, SMALL_NOW_US + 6, &err), ERR_DENIED, "TOK-NO-01");
	assert_int_equal(find_at(store, other.text, SMALL_NOW_US + 6, NULL), 0);
	assert_int_equal(token_revoke(store, id, SMALL_NOW_US + 9, NULL), 0);
	assert_int_equal(token_read(store, id, &token, NULL), 0);
	assert_true(token.revoked_at_us == SMALL_NOW_US + 5);
	assert_refused(token_revoke(store, 99, SMALL_NOW_US, &err), ERR_NOT_FOUND, "TOK-FIND-01");
	assert_refused(token_read(store, 99, &token, &err), ERR_NOT_FOUND, "TOK-FIND-01");
}

static void only_active_accounts_have_tokens(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct token_plan of_public = plan_of(ACCOUNT_PUBLIC), of_none = plan_of(99);
	struct error err = {0};
	int64_t id;
	struct token_text text = make(store, &plan, &id);

	assert_int_equal(account_set_state(store, plan.account_id, ACCOUNT_LOCKED, NULL), 0);
	assert_refused(find_at(store, text.text, SMALL_NOW_US, &err), ERR_DENIED, "TOK-NO-01");
	assert_refused(token_make(store, &plan, &randomness_system, &id, &text, &err), ERR_CONFLICT,
		"ACC-STATE-02");
	assert_refused(token_make(store, &of_public, &randomness_system, &id, &text, &err),
		ERR_INVALID, "ACC-PUBLIC-01");
	assert_refused(token_make(store, &of_none, &randomness_system, &id, &text, &err),
		ERR_NOT_FOUND, "ACC-FIND-01");
}

static void names_and_layers_are_looked_at(void **state)
{
	static const char *const bad_layers[] = {" ", "thing ", " thing", "thing  road", "Thing",
		"thing,road", "thing\nroad", "đường"};
	static char long_text[TOKEN_LAYERS_MAX_BYTES + 2];
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct {
		const char *name;
		size_t len;
	} bad_names[] = {{"", 0}, {"a\nb", 3}, {"a\x7F", 2}, {"\xFF", 1}, {"a\0b", 3},
		{long_text, TOKEN_NAME_MAX_BYTES + 1}};
	struct error err = {0};
	struct token_text text;
	int64_t id;

	memset(long_text, 'a', sizeof long_text - 1);
	for (size_t i = 0; i < sizeof bad_layers / sizeof *bad_layers; i++) {
		plan.layers = bad_layers[i];
		assert_refused(token_make(store, &plan, &randomness_system, &id, &text, &err),
			ERR_INVALID, "TOK-LAYER-01");
	}
	plan.layers = long_text;
	assert_refused(token_make(store, &plan, &randomness_system, &id, &text, &err), ERR_INVALID,
		"TOK-LAYER-01");
	plan.layers = long_text + 1;
	make(store, &plan, &id);
	plan.layers = "";
	for (size_t i = 0; i < sizeof bad_names / sizeof *bad_names; i++) {
		plan.name = bad_names[i].name;
		plan.name_len = bad_names[i].len;
		assert_refused(token_make(store, &plan, &randomness_system, &id, &text, &err),
			ERR_INVALID, "TOK-NAME-01");
	}
	plan.name = long_text;
	plan.name_len = TOKEN_NAME_MAX_BYTES;
	make(store, &plan, &id);
}

static void a_token_allows_less_than_its_account(void **state)
{
	static const struct token all = {.may_write = true}, reads = {.layers = ""};
	static const struct token some = {.layers = "thing road", .may_write = true};

	(void)state;
	assert_true(token_allows(&all, "thing", false));
	assert_true(token_allows(&all, "thing", true));
	assert_true(token_allows(&reads, "thing", false));
	assert_false(token_allows(&reads, "thing", true));
	assert_true(token_allows(&some, "thing", true));
	assert_true(token_allows(&some, "road", false));
	assert_false(token_allows(&some, "plot", false));
	assert_false(token_allows(&some, "thin", false));
	assert_false(token_allows(&some, "things", false));
	assert_false(token_allows(&some, "thing road", false));
	assert_false(token_allows(&some, "", false));
}

static void use_is_noted_once_an_hour(void **state)
{
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct token token;
	int64_t id;

	make(store, &plan, &id);
	assert_int_equal(token_read(store, id, &token, NULL), 0);
	assert_true(token_is_stale(&token, SMALL_NOW_US));
	assert_int_equal(token_touch(store, &token, SMALL_NOW_US, NULL), 0);
	assert_int_equal(token_touch(store, &token, SMALL_NOW_US - 5, NULL), 0);
	assert_int_equal(token_read(store, id, &token, NULL), 0);
	assert_true(token.last_used_at_us == SMALL_NOW_US);
	assert_false(token_is_stale(&token, SMALL_NOW_US + HOUR_US - 1));
	assert_true(token_is_stale(&token, SMALL_NOW_US + HOUR_US));
}

static int see(void *context, const struct token *token, struct error *err)
{
	int64_t *sum = context;

	*sum = *sum * 10 + token->id;
	return *sum == 1234 ? fail_cancelled(err) : 0;
}

static void tokens_are_listed_by_account(void **state)
{
	struct store *store = people_store(state);
	struct token_plan lan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct token_plan an = plan_of(people_add(store, "an", ROLE_OFFICER, NULL));
	int64_t id, sum = 0;

	make(store, &lan, &id);
	make(store, &an, &id);
	make(store, &lan, &id);
	assert_int_equal(token_revoke(store, id, SMALL_NOW_US, NULL), 0);
	assert_int_equal(token_list(store, lan.account_id, see, &sum, NULL), 0);
	assert_int_equal(sum, 13);
	sum = 0;
	assert_int_equal(token_list(store, 0, see, &sum, NULL), 0);
	assert_int_equal(sum, 123);
	make(store, &lan, &id);
	make(store, &lan, &id);
	sum = 0;
	assert_int_equal(token_list(store, 0, see, &sum, NULL), ERR_CANCELLED);
	assert_int_equal(sum, 1234);
}

static void an_account_has_only_so_many(void **state)
{
	autofree(transaction_end) struct transaction transaction = {0};
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	struct error err = {0};
	struct token_text text;
	int64_t id;

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int i = 0; i < TOKEN_ACCOUNT_MAX; i++)
		make(store, &plan, &id);
	assert_refused(token_make(store, &plan, &randomness_system, &id, &text, &err),
		ERR_TOO_LARGE, "TOK-MANY-01");
	assert_int_equal(token_revoke(store, id, SMALL_NOW_US, NULL), 0);
	make(store, &plan, &id);
	assert_int_equal(id, TOKEN_ACCOUNT_MAX + 1);
}

/* Texts that were bent anywhere are refused, and none is read beyond its end. */
static void bent_texts_are_refused(void **state)
{
	enum { STEPS = 5000 };
	autofree(transaction_end) struct transaction transaction = {0};
	struct random random = random_start(5);
	struct store *store = people_store(state);
	struct token_plan plan = plan_of(people_add(store, "lan", ROLE_OFFICER, NULL));
	int64_t id;
	struct token_text text = make(store, &plan, &id);
	size_t len = strlen(text.text);

	assert_int_equal(transaction_begin(store, &transaction, NULL), 0);
	for (int i = 0; i < STEPS; i++) {
		size_t cut = random_below(&random, len + 1);
		char *bent = test_malloc(cut + 1);
		struct token token;

		memcpy(bent, text.text, cut);
		if (cut)
			bent[random_below(&random, cut)] ^= (char)(1 + random_below(&random, 255));
		assert_int_equal(
			token_find(store, bent, cut, SMALL_NOW_US, &token, NULL), ERR_DENIED);
		test_free(bent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_register(a_token_is_found_by_its_text),
		in_register(the_register_does_not_hold_the_secret),
		in_register(what_is_no_token_is_refused),
		in_register(a_token_expires_and_says_so_to_its_bearer),
		in_register(revoked_is_revoked),
		in_register(only_active_accounts_have_tokens),
		in_register(names_and_layers_are_looked_at),
		cmocka_unit_test(a_token_allows_less_than_its_account),
		in_register(use_is_noted_once_an_hour),
		in_register(tokens_are_listed_by_account),
		in_register(an_account_has_only_so_many),
		in_register(bent_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
