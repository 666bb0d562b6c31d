base_tests = %D%/test_strbuf
check_PROGRAMS += $(base_tests)

tests_base_test_strbuf_SOURCES = %D%/test_strbuf.c
tests_base_test_strbuf_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
