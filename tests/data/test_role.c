#include "tests/test.h"

#include "base/text.h"
#include "data/role.h"

static void every_role_has_an_id_and_titles_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < ROLE_COUNT; i++) {
		const char *id = role_id((enum role)i);
		enum role role = ROLE_COUNT;

		assert_true(strlen(id) > 0);
		assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz"), strlen(id));
		assert_true(role_find(id, strlen(id), &role));
		assert_int_equal(role, i);
		for (int lang = LANG_VI; lang <= LANG_EN; lang++) {
			const char *title = role_title((enum role)i, (enum lang)lang);

			assert_true(strlen(title) > 0);
			assert_true(text_is_utf8(title, strlen(title)));
			for (int other = 0; other < i; other++)
				assert_string_not_equal(
					title, role_title((enum role)other, (enum lang)lang));
		}
	}
}

static void the_roles_are_those_of_the_design(void **state)
{
	static const char *const ids[] = {"public", "viewer", "surveyor", "officer", "planner",
		"operator", "approver", "administrator"};

	(void)state;
	assert_int_equal(ROLE_COUNT, sizeof ids / sizeof *ids);
	for (int i = 0; i < ROLE_COUNT; i++)
		assert_string_equal(role_id((enum role)i), ids[i]);
}

static void what_is_no_role_is_not_found(void **state)
{
	static const char *const none[] = {"", "view", "viewers", "Viewer", " viewer", "root"};
	enum role role = ROLE_PLANNER;

	(void)state;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(role_find(none[i], strlen(none[i]), &role));
	assert_int_equal(role, ROLE_PLANNER);
	assert_true(role_find("viewer and more", 6, &role));
	assert_int_equal(role, ROLE_VIEWER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_role_has_an_id_and_titles_of_its_own),
		cmocka_unit_test(the_roles_are_those_of_the_design),
		cmocka_unit_test(what_is_no_role_is_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
