#include "tests/test.h"

#include "base/messages.h"
#include "data/password.h"

static int check(const char *login, const char *password, struct error *err)
{
	return password_check(login, password, strlen(password), err);
}

static void accepted(const char *login, const char *password)
{
	struct error err = {0};

	if (check(login, password, &err))
		fail_msg("%s: %s", password, error_message_code(&err));
}

static void refused(const char *login, const char *password, const char *code)
{
	struct password_hash hash = {"untouched"};
	struct error err = {0};

	assert_int_equal(check(login, password, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), code);
	assert_int_equal(check(login, password, NULL), ERR_INVALID);
	assert_int_equal(
		password_make(login, password, strlen(password), &hash, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), code);
	assert_string_equal(hash.text, "untouched");
}

static void eight_characters_of_any_kind_will_do(void **state)
{
	(void)state;
	refused(NULL, "", "PASS-SHORT-01");
	refused(NULL, "xkqzwvj", "PASS-SHORT-01");
	accepted(NULL, "xkqzwvjp");
	accepted(NULL, "zzzzzzzy");
	accepted(NULL, "        ");
	/* Characters, not bytes: seven and eight of three bytes each. */
	refused(NULL, "ệệệệệệệ", "PASS-SHORT-01");
	accepted(NULL, "ệệệệệệệợ");
	/* Seven that are typed as letters and marks. */
	refused(NULL, "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", "PASS-SHORT-01");
	accepted(NULL, "😀😁😂😃😄😅😆😇");
}

static void sixty_four_characters_of_any_kind_fit(void **state)
{
	char password[PASSWORD_MAX_BYTES + 2];

	(void)state;
	for (size_t i = 0; i < PASSWORD_MAX_BYTES; i += 4)
		memcpy(password + i, i % 8 ? "😀" : "😁", 4);
	password[PASSWORD_MAX_BYTES] = '\0';
	accepted(NULL, password);
	password[PASSWORD_MAX_BYTES] = 'x';
	password[PASSWORD_MAX_BYTES + 1] = '\0';
	refused(NULL, password, "PASS-LONG-01");
}

/* Characters that grow to three times their bytes in NFC. */
static void what_grows_in_nfc_still_fits(void **state)
{
	char password[PASSWORD_MAX_BYTES + 1];
	struct password_hash hash;
	bool matches = false;

	(void)state;
	for (size_t i = 0; i < PASSWORD_MAX_BYTES; i += 4)
		memcpy(password + i, "\U0001D160", 4);
	password[PASSWORD_MAX_BYTES] = '\0';
	assert_int_equal(password_make(NULL, password, PASSWORD_MAX_BYTES, &hash, NULL), 0);
	assert_int_equal(password_try(&hash, password, PASSWORD_MAX_BYTES, &matches, NULL), 0);
	assert_true(matches);
}

static void only_utf8_is_taken(void **state)
{
	struct error err = {0};

	(void)state;
	refused(NULL, "xkqzwvjp\xFF", "PASS-TEXT-01");
	refused(NULL, "\xC0\xAFxkqzwvjp", "PASS-TEXT-01");
	assert_int_equal(password_check(NULL, "xkqz\0wvjp", 9, &err), ERR_INVALID);
	assert_string_equal(error_message_code(&err), "PASS-TEXT-01");
}

static void common_ones_are_refused(void **state)
{
	static const char *const common[] = {"password", "PassWord", "12345678", "qwertyuiop",
		"iloveyou", "trustno1", "1qaz2wsx", "baseball", "greyhoun", "!qaz2wsx"};

	(void)state;
	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		refused(NULL, common[i], "PASS-COMMON-01");
	accepted(NULL, "password that is a sentence");
	accepted(NULL, "mật khẩu");
}

/* Every row of the list that is shipped is refused: the table is in order. */
static void the_whole_list_is_refused(void **state)
{
	static const char *const rows[] = {
#include "data/common_passwords.h"
	};

	(void)state;
	assert_int_equal(sizeof rows / sizeof *rows, 3000);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct error err = {0};

		assert_int_equal(check(NULL, rows[i], &err), ERR_INVALID);
		assert_string_equal(error_message_code(&err), "PASS-COMMON-01");
	}
}

static void the_login_may_not_be_in_it(void **state)
{
	(void)state;
	refused("thu.lan", "thu.lan2026", "PASS-LOGIN-01");
	refused("thu.lan", "xx THU.LAN xx", "PASS-LOGIN-01");
	accepted("thu.lan", "thu-lan-2026");
	accepted(NULL, "thu.lan2026");
	/* Two or three letters are in many passwords by chance. */
	accepted("lan", "tường lan can xanh");
	refused("lan1", "tường lan1 xanh", "PASS-LOGIN-01");
}

static bool matches(const struct password_hash *hash, const char *password)
{
	bool does = true;

	assert_int_equal(password_try(hash, password, strlen(password), &does, NULL), 0);
	return does;
}

static void it_matches_from_any_keyboard(void **state)
{
	struct password_hash hash;

	(void)state;
	/* "mật khẩu đẹp" composed, then as letters with their marks. */
	assert_int_equal(password_make(NULL, "m\u1EADt kh\u1EA9u \u0111\u1EB9p",
				 strlen("m\u1EADt kh\u1EA9u \u0111\u1EB9p"), &hash, NULL),
		0);
	assert_true(matches(&hash, "m\u1EADt kh\u1EA9u \u0111\u1EB9p"));
	assert_true(matches(&hash, "ma\u0323\u0302t kha\u0302\u0309u \u0111e\u0323p"));
	assert_false(matches(&hash, "mat khau \u0111ep"));
	assert_false(matches(&hash, "M\u1EADt kh\u1EA9u \u0111\u1EB9p"));
}

static void without_a_hash_nothing_matches(void **state)
{
	static const struct password_hash none = {""};
	char long_one[1000];
	struct password_hash hash;
	struct error err = {0};
	bool does = true;

	(void)state;
	memset(long_one, 'x', sizeof long_one);
	assert_false(matches(NULL, "anything"));
	assert_false(matches(&none, "anything"));
	assert_false(matches(&none, ""));
	assert_int_equal(password_make(NULL, "xxxxxxxxy", 9, &hash, NULL), 0);
	assert_int_equal(password_try(&hash, long_one, sizeof long_one, &does, &err), 0);
	assert_false(does);
	assert_int_equal(err.code, 0);
	assert_false(matches(&hash, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"));
	assert_false(matches(&hash, ""));
	assert_true(matches(&hash, "xxxxxxxxy"));
}

/* Else an unknown login would be answered sooner than a known one. */
static void the_hash_of_nobody_takes_the_same_work(void **state)
{
	(void)state;
	assert_false(password_hash_is_old(&password_nobodys));
	assert_false(matches(&password_nobodys, "xkqzwvjp"));
}

static void a_password_of_old_rules_can_be_hashed_anew(void **state)
{
	struct password_hash hash;

	(void)state;
	assert_int_equal(password_remake("password", 8, &hash, NULL), 0);
	assert_true(matches(&hash, "password"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_characters_of_any_kind_will_do),
		cmocka_unit_test(sixty_four_characters_of_any_kind_fit),
		cmocka_unit_test(what_grows_in_nfc_still_fits),
		cmocka_unit_test(only_utf8_is_taken),
		cmocka_unit_test(common_ones_are_refused),
		cmocka_unit_test(the_whole_list_is_refused),
		cmocka_unit_test(the_login_may_not_be_in_it),
		cmocka_unit_test(it_matches_from_any_keyboard),
		cmocka_unit_test(without_a_hash_nothing_matches),
		cmocka_unit_test(the_hash_of_nobody_takes_the_same_work),
		cmocka_unit_test(a_password_of_old_rules_can_be_hashed_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
