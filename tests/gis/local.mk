gis_tests = %D%/test_crs %D%/test_sample_city %D%/test_sample_ground %D%/test_sample_memory \
	%D%/test_sample_mesh %D%/test_sample_streets %D%/test_shape %D%/test_shape_wkb %D%/test_side
check_PROGRAMS += $(gis_tests)
GIS_TEST_LIBS = $(GIS_LIBS) $(CMOCKA_LIBS)

tests_gis_test_crs_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_crs_SOURCES = %D%/test_crs.c
tests_gis_test_crs_LDADD = $(GIS_TEST_LIBS)
EXTRA_DIST += tests/files/vn2000-control.tsv
tests_gis_test_sample_city_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_sample_city_SOURCES = %D%/test_sample_city.c %D%/sample_caught.c %D%/sample_caught.h
tests_gis_test_sample_city_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_sample_ground_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_sample_ground_SOURCES = %D%/test_sample_ground.c %D%/sample_caught.c \
	%D%/sample_caught.h
tests_gis_test_sample_ground_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_sample_memory_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_sample_memory_SOURCES = %D%/test_sample_memory.c %D%/sample_caught.c \
	%D%/sample_caught.h
tests_gis_test_sample_memory_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_sample_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc -Wl,--wrap=realloc
tests_gis_test_sample_mesh_SOURCES = %D%/test_sample_mesh.c
tests_gis_test_sample_mesh_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_sample_streets_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_sample_streets_SOURCES = %D%/test_sample_streets.c %D%/sample_caught.c \
	%D%/sample_caught.h
tests_gis_test_sample_streets_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_shape_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_gis_test_shape_SOURCES = %D%/test_shape.c
tests_gis_test_shape_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_shape_wkb_SOURCES = %D%/test_shape_wkb.c %D%/wkb_maker.h
tests_gis_test_shape_wkb_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_side_SOURCES = %D%/test_side.c
tests_gis_test_side_LDADD = $(GIS_TEST_LIBS)
