gis_tests = %D%/test_side
check_PROGRAMS += $(gis_tests)
GIS_TEST_LIBS = $(GIS_LIBS) $(CMOCKA_LIBS)

tests_gis_test_side_SOURCES = %D%/test_side.c
tests_gis_test_side_LDADD = $(GIS_TEST_LIBS)
