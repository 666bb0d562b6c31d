gis_tests = %D%/test_crs %D%/test_shape %D%/test_shape_wkb %D%/test_side
check_PROGRAMS += $(gis_tests)
GIS_TEST_LIBS = $(GIS_LIBS) $(CMOCKA_LIBS)

tests_gis_test_crs_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_crs_SOURCES = %D%/test_crs.c
tests_gis_test_crs_LDADD = $(GIS_TEST_LIBS)
EXTRA_DIST += tests/files/vn2000-control.tsv
tests_gis_test_shape_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_gis_test_shape_SOURCES = %D%/test_shape.c
tests_gis_test_shape_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_shape_wkb_SOURCES = %D%/test_shape_wkb.c %D%/wkb_maker.h
tests_gis_test_shape_wkb_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_side_SOURCES = %D%/test_side.c
tests_gis_test_side_LDADD = $(GIS_TEST_LIBS)
