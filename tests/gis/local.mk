gis_tests = %D%/test_crs
check_PROGRAMS += $(gis_tests)

tests_gis_test_crs_SOURCES = %D%/test_crs.c
tests_gis_test_crs_LDADD = $(GIS_LIBS) $(CMOCKA_LIBS)
EXTRA_DIST += tests/files/vn2000-control.tsv
