/*
 * people: accounts for the tests of those who may enter, in a small_register.
 */
#ifndef TESTS_DATA_PEOPLE_H
#define TESTS_DATA_PEOPLE_H

#include "data/account.h"
#include "tests/data/small_register.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (60 * MINUTE_US)
#define DAY_US (24 * HOUR_US)

/* The register that is open for writing. */
struct store *people_store(void **state);

/* Makes an account; the password may be NULL. Returns its id. */
int64_t people_add(struct store *store, const char *login, enum role role, const char *password);

struct account people_read(struct store *store, int64_t id);

/* Expects a code of the catalogue, "ACC-FIND-01", and that `code` goes with it. */
#define assert_refused(call, error_code, message)                       \
	do {                                                            \
		assert_int_equal(call, error_code);                     \
		assert_int_equal(err.code, error_code);                 \
		assert_string_equal(error_message_code(&err), message); \
		error_clear(&err);                                      \
	} while (0)

#define in_register(test) \
	cmocka_unit_test_setup_teardown(test, small_register_make, small_register_drop)

#endif
