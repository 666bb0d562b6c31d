#include "tests/test.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 4096 }; /* as in log.c */

/* What log_pairs writes to stderr, read back from a pipe that holds far more than a line. */
static const char *logged(char text[2 * LINE_MAX_BYTES], enum log_level level, const char *message,
	const struct log_pair *pairs)
{
	int ends[2], kept = dup(STDERR_FILENO);
	ssize_t len;

	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	log_pairs(level, message, pairs);
	dup2(kept, STDERR_FILENO);
	close(kept);
	len = read(ends[0], text, 2 * LINE_MAX_BYTES - 1);
	close(ends[0]);
	assert_true(len > 0);
	text[len] = '\0';
	return text;
}

static void a_line_has_time_level_message_and_pairs(void **state)
{
	const struct log_pair pairs[] = {LOG_TEXT("url", "http://[::1]/"), LOG_TEXT("none", NULL),
		LOG_INT("workers", -2), {0}};
	char text[2 * LINE_MAX_BYTES];
	int64_t at_us;

	(void)state;
	logged(text, LOG_WARNING, "ready", pairs);
	assert_memory_equal(text, "ts=", 3);
	assert_true(clock_parse_utc(text + 3, strcspn(text + 3, " "), &at_us));
	assert_string_equal(strchr(text, ' '),
		" level=warning msg=\"ready\" url=\"http://[::1]/\" workers=-2\n");
	logged(text, LOG_ERROR, "alone", NULL);
	assert_string_equal(strchr(text, ' '), " level=error msg=\"alone\"\n");
}

static void an_event_cannot_forge_another(void **state)
{
	const struct log_pair pairs[] = {
		LOG_TEXT("agent", "x\"\nts=0 level=error\r\x1B[0m\\"), {0}};
	char text[2 * LINE_MAX_BYTES];

	(void)state;
	logged(text, LOG_INFO, "request", pairs);
	assert_string_equal(
		strstr(text, " agent="), " agent=\"x\\\" ts=0 level=error  [0m\\\\\"\n");
}

static void a_long_line_is_cut_not_lost(void **state)
{
	char endless[3 * LINE_MAX_BYTES], text[2 * LINE_MAX_BYTES];
	const struct log_pair pairs[] = {LOG_TEXT("detail", endless), LOG_INT("lost", 1), {0}};

	(void)state;
	for (size_t shift = 0; shift < 2; shift++) {
		memset(endless, 'x', sizeof endless);
		for (size_t i = shift; i + 2 < sizeof endless; i += 2)
			memcpy(endless + i, "đ", 2);
		endless[sizeof endless - 1] = '\0';
		logged(text, LOG_INFO, "long", pairs);
		assert_true(strlen(text) <= LINE_MAX_BYTES);
		assert_int_equal(text[strlen(text) - 1], '\n');
		assert_non_null(strstr(text, " detail=\""));
		assert_true(text_is_utf8(text, strlen(text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_time_level_message_and_pairs),
		cmocka_unit_test(an_event_cannot_forge_another),
		cmocka_unit_test(a_long_line_is_cut_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
