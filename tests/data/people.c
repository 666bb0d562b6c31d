#include "tests/test.h"

#include "data/password.h"
#include "tests/data/people.h"

struct store *people_store(void **state)
{
	return ((struct small_register *)*state)->opened.store;
}

int64_t people_add(struct store *store, const char *login, enum role role, const char *password)
{
	const struct account_plan plan = {
		.login = login,
		.login_len = strlen(login),
		.role = role,
		.now_us = SMALL_NOW_US,
	};
	struct password_hash hash;
	int64_t id = 0;

	assert_int_equal(account_create(store, &plan, &id, NULL), 0);
	if (!password)
		return id;
	assert_int_equal(password_make(login, password, strlen(password), &hash, NULL), 0);
	assert_int_equal(account_set_password(store, id, &hash, SMALL_NOW_US, NULL), 0);
	return id;
}

struct account people_read(struct store *store, int64_t id)
{
	struct account account = {0};

	assert_int_equal(account_read(store, id, &account, NULL), 0);
	return account;
}
