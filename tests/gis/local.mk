gis_tests = %D%/test_address_row %D%/test_crs %D%/test_crs_patch %D%/test_csv_columns %D%/test_export_parts %D%/test_geojson_scan %D%/test_hostile_files \
	%D%/test_import_columns %D%/test_place_text %D%/test_ogr_reader %D%/test_ogr_stream %D%/test_ogr_writer %D%/test_sample_city \
	%D%/test_sample_ground %D%/test_sample_memory %D%/test_sample_mesh %D%/test_sample_streets \
	%D%/test_sandbox %D%/test_shape %D%/test_shape_wkb %D%/test_shapefile %D%/test_numbering %D%/test_side %D%/test_street_network \
	%D%/test_street_network_city \
	%D%/test_upload %D%/test_zip_file
check_PROGRAMS += $(gis_tests)
GIS_TEST_LIBS = $(GIS_LIBS) $(CMOCKA_LIBS)

tests_gis_test_place_text_SOURCES = %D%/test_place_text.c
tests_gis_test_place_text_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_crs_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_crs_SOURCES = %D%/test_crs.c
tests_gis_test_crs_LDADD = $(GIS_TEST_LIBS)
EXTRA_DIST += tests/files
tests_gis_test_crs_patch_SOURCES = %D%/test_crs_patch.c
tests_gis_test_crs_patch_LDADD = $(GIS_TEST_LIBS)
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
tests_gis_test_numbering_SOURCES = %D%/test_numbering.c
tests_gis_test_numbering_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_side_SOURCES = %D%/test_side.c
tests_gis_test_side_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_street_network_SOURCES = %D%/test_street_network.c tests/random.h
tests_gis_test_street_network_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_street_network_city_CPPFLAGS = $(AM_CPPFLAGS) -DSOURCE_DIR=\"$(abs_top_srcdir)\"
tests_gis_test_street_network_city_SOURCES = %D%/test_street_network_city.c %D%/sample_caught.c \
	%D%/sample_caught.h
tests_gis_test_street_network_city_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_address_row_SOURCES = %D%/test_address_row.c tests/random.h
tests_gis_test_address_row_LDADD = $(GIS_TEST_LIBS)

# Files as users send them, for the tests of what reads them.
made_files = %D%/make_files.c %D%/make_files.h

tests_gis_test_csv_columns_SOURCES = %D%/test_csv_columns.c
tests_gis_test_csv_columns_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_export_parts_SOURCES = %D%/test_export_parts.c tests/random.h
tests_gis_test_export_parts_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_geojson_scan_SOURCES = %D%/test_geojson_scan.c $(made_files)
tests_gis_test_geojson_scan_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_import_columns_SOURCES = %D%/test_import_columns.c
tests_gis_test_import_columns_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_ogr_stream_SOURCES = %D%/test_ogr_stream.c $(made_files)
tests_gis_test_ogr_stream_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_shapefile_SOURCES = %D%/test_shapefile.c $(made_files)
tests_gis_test_shapefile_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_zip_file_SOURCES = %D%/test_zip_file.c $(made_files)
tests_gis_test_zip_file_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_sandbox_SOURCES = %D%/test_sandbox.c $(made_files)
tests_gis_test_sandbox_LDADD = $(GIS_TEST_LIBS) $(SECCOMP_LIBS)
tests_gis_test_upload_SOURCES = %D%/test_upload.c $(made_files)
tests_gis_test_upload_LDADD = $(GIS_TEST_LIBS)

# These run the real dothi-ogr.
reader_help = $(made_files) %D%/reader_help.c %D%/reader_help.h
reader_cppflags = $(AM_CPPFLAGS) -DDOTHI_OGR='"$(abs_top_builddir)/dothi-ogr"'

tests_gis_test_hostile_files_SOURCES = %D%/test_hostile_files.c $(reader_help)
tests_gis_test_hostile_files_CPPFLAGS = $(reader_cppflags)
tests_gis_test_hostile_files_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_ogr_writer_SOURCES = %D%/test_ogr_writer.c $(reader_help)
tests_gis_test_ogr_writer_CPPFLAGS = $(reader_cppflags)
tests_gis_test_ogr_writer_LDADD = $(GIS_TEST_LIBS)
tests_gis_test_ogr_reader_SOURCES = %D%/test_ogr_reader.c $(reader_help)
tests_gis_test_ogr_reader_CPPFLAGS = $(reader_cppflags)
tests_gis_test_ogr_reader_LDADD = $(GIS_TEST_LIBS)
