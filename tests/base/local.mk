base_tests = \
	%D%/test_arena \
	%D%/test_array \
	%D%/test_clock \
	%D%/test_config \
	%D%/test_dice \
	%D%/test_error \
	%D%/test_file \
	%D%/test_json_read \
	%D%/test_json_write \
	%D%/test_log \
	%D%/test_messages \
	%D%/test_number \
	%D%/test_secret \
	%D%/test_signature \
	%D%/test_strbuf \
	%D%/test_text \
	%D%/test_throttle
check_PROGRAMS += $(base_tests)
BASE_TEST_LIBS = $(BASE_LIBS) $(CMOCKA_LIBS)

tests_base_test_arena_SOURCES = %D%/test_arena.c
tests_base_test_arena_LDADD = $(BASE_TEST_LIBS)
tests_base_test_array_SOURCES = %D%/test_array.c
tests_base_test_array_LDADD = $(BASE_TEST_LIBS)
tests_base_test_clock_SOURCES = %D%/test_clock.c
tests_base_test_clock_LDADD = $(BASE_TEST_LIBS)
tests_base_test_config_SOURCES = %D%/test_config.c
tests_base_test_config_LDADD = $(BASE_TEST_LIBS)
tests_base_test_dice_SOURCES = %D%/test_dice.c
tests_base_test_dice_LDADD = $(BASE_TEST_LIBS)
tests_base_test_error_SOURCES = %D%/test_error.c
tests_base_test_error_LDADD = $(BASE_TEST_LIBS)
tests_base_test_file_SOURCES = %D%/test_file.c
tests_base_test_file_LDADD = $(BASE_TEST_LIBS)
tests_base_test_json_read_SOURCES = %D%/test_json_read.c
tests_base_test_json_read_LDADD = $(BASE_TEST_LIBS)
tests_base_test_json_write_SOURCES = %D%/test_json_write.c
tests_base_test_json_write_LDADD = $(BASE_TEST_LIBS)
tests_base_test_log_SOURCES = %D%/test_log.c
tests_base_test_log_LDADD = $(BASE_TEST_LIBS)
tests_base_test_messages_SOURCES = %D%/test_messages.c
tests_base_test_messages_LDADD = $(BASE_TEST_LIBS)
tests_base_test_number_SOURCES = %D%/test_number.c
tests_base_test_number_LDADD = $(BASE_TEST_LIBS)
tests_base_test_secret_SOURCES = %D%/test_secret.c
tests_base_test_secret_LDADD = $(BASE_TEST_LIBS)
tests_base_test_signature_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS)
tests_base_test_signature_SOURCES = %D%/test_signature.c
tests_base_test_signature_LDADD = $(BASE_TEST_LIBS)
tests_base_test_strbuf_SOURCES = %D%/test_strbuf.c
tests_base_test_strbuf_LDADD = $(BASE_TEST_LIBS)
tests_base_test_text_SOURCES = %D%/test_text.c
tests_base_test_text_LDADD = $(BASE_TEST_LIBS)
tests_base_test_throttle_SOURCES = %D%/test_throttle.c
tests_base_test_throttle_LDADD = $(BASE_TEST_LIBS)
