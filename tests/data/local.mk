data_tests = %D%/test_layer
check_PROGRAMS += $(data_tests)
DATA_TEST_LIBS = $(DATA_LIBS) $(CMOCKA_LIBS)

tests_data_test_layer_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_data_test_layer_SOURCES = %D%/test_layer.c
tests_data_test_layer_LDADD = $(DATA_TEST_LIBS)
