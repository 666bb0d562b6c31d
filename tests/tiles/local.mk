tiles_tests = \
	%D%/test_archive \
	%D%/test_blocks \
	%D%/test_canvas \
	%D%/test_clearance \
	%D%/test_clip \
	%D%/test_clip_random \
	%D%/test_compress \
	%D%/test_content_table \
	%D%/test_cover \
	%D%/test_curve_sort \
	%D%/test_dissolve \
	%D%/test_glyphs \
	%D%/test_grid \
	%D%/test_hilbert_tree \
	%D%/test_hull \
	%D%/test_inks \
	%D%/test_label \
	%D%/test_label_line \
	%D%/test_lettering \
	%D%/test_mvt \
	%D%/test_mvt_labels \
	%D%/test_mvt_places \
	%D%/test_outline \
	%D%/test_paper \
	%D%/test_pdf_revision \
	%D%/test_pmtiles \
	%D%/test_plotter \
	%D%/test_png \
	%D%/test_pole \
	%D%/test_qr \
	%D%/test_radix_sort \
	%D%/test_shared_sides \
	%D%/test_snap \
	%D%/test_snapshot \
	%D%/test_snapshot_file \
	%D%/test_tile_cache \
	%D%/test_tile_export \
	%D%/test_tile_order \
	%D%/test_tile_walk \
	%D%/test_value_pool
check_PROGRAMS += $(tiles_tests)
TILES_TEST_LIBS = $(TILES_LIBS) $(CMOCKA_LIBS)
# A register made in the test.
SMALL_CITY = tests/tiles/small_city.c tests/tiles/small_city.h
# A snapshot without a register.
MADE_SNAPSHOT = tests/tiles/made_snapshot.c tests/tiles/made_snapshot.h
# Decodes vector tiles, for whoever looks into one.
MVT_READER = tests/tiles/mvt_reader.c tests/tiles/mvt_reader.h tests/tiles/mvt_print.c
# Tiles for archives, and a reader of one form of them.
MADE_TILES = tests/tiles/made_tiles.c tests/tiles/made_tiles.h
PMTILES_READER = tests/tiles/pmtiles_reader.c tests/tiles/pmtiles_reader.h
# Paths as text.
PATHS = tests/tiles/paths.c tests/tiles/paths.h

tests_tiles_test_archive_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_tiles_test_archive_SOURCES = %D%/test_archive.c $(MADE_TILES)
tests_tiles_test_archive_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_paper_SOURCES = %D%/test_paper.c
tests_tiles_test_paper_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_pdf_revision_SOURCES = %D%/test_pdf_revision.c
tests_tiles_test_pdf_revision_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_blocks_SOURCES = %D%/test_blocks.c $(MADE_SNAPSHOT)
tests_tiles_test_blocks_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_dissolve_SOURCES = %D%/test_dissolve.c $(MADE_SNAPSHOT)
tests_tiles_test_dissolve_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_canvas_SOURCES = %D%/test_canvas.c
tests_tiles_test_canvas_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_clearance_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_tiles_test_clearance_SOURCES = %D%/test_clearance.c %D%/geos_area.h %D%/random_area.h $(MADE_SNAPSHOT)
tests_tiles_test_clearance_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_clip_SOURCES = %D%/test_clip.c $(PATHS)
tests_tiles_test_clip_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_clip_random_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_tiles_test_clip_random_SOURCES = %D%/test_clip_random.c %D%/geos_area.h %D%/random_area.h
tests_tiles_test_clip_random_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_compress_CFLAGS = $(AM_CFLAGS) $(DEFLATE_CFLAGS)
tests_tiles_test_compress_SOURCES = %D%/test_compress.c
tests_tiles_test_compress_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_content_table_SOURCES = %D%/test_content_table.c
tests_tiles_test_content_table_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_cover_SOURCES = %D%/test_cover.c
tests_tiles_test_cover_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_curve_sort_SOURCES = %D%/test_curve_sort.c
tests_tiles_test_curve_sort_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_glyphs_SOURCES = %D%/test_glyphs.c
tests_tiles_test_glyphs_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_grid_SOURCES = %D%/test_grid.c
tests_tiles_test_grid_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_hilbert_tree_SOURCES = %D%/test_hilbert_tree.c
tests_tiles_test_hilbert_tree_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_hull_SOURCES = %D%/test_hull.c
tests_tiles_test_hull_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_inks_SOURCES = %D%/test_inks.c
tests_tiles_test_inks_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_label_SOURCES = %D%/test_label.c
tests_tiles_test_label_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_label_line_SOURCES = %D%/test_label_line.c $(PATHS)
tests_tiles_test_label_line_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_lettering_SOURCES = %D%/test_lettering.c
tests_tiles_test_lettering_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_mvt_SOURCES = %D%/test_mvt.c $(SMALL_CITY) $(MADE_SNAPSHOT) $(MVT_READER) $(PATHS)
tests_tiles_test_mvt_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_mvt_labels_SOURCES = %D%/test_mvt_labels.c $(SMALL_CITY) $(MVT_READER)
tests_tiles_test_mvt_labels_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_mvt_places_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_tiles_test_mvt_places_SOURCES = %D%/test_mvt_places.c $(SMALL_CITY) $(MVT_READER) \
	%D%/geos_area.h %D%/random_area.h
tests_tiles_test_mvt_places_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_outline_SOURCES = %D%/test_outline.c %D%/random_area.h $(MADE_SNAPSHOT)
tests_tiles_test_outline_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_pmtiles_CFLAGS = $(AM_CFLAGS) $(DEFLATE_CFLAGS)
tests_tiles_test_pmtiles_SOURCES = %D%/test_pmtiles.c $(MADE_TILES) $(PMTILES_READER)
tests_tiles_test_pmtiles_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_plotter_SOURCES = %D%/test_plotter.c
tests_tiles_test_plotter_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_png_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS)
tests_tiles_test_png_SOURCES = %D%/test_png.c
tests_tiles_test_png_LDADD = $(TILES_TEST_LIBS) $(PNG_LIBS)
tests_tiles_test_pole_SOURCES = %D%/test_pole.c $(PATHS) %D%/random_area.h
tests_tiles_test_pole_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_qr_SOURCES = %D%/test_qr.c
tests_tiles_test_qr_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_radix_sort_SOURCES = %D%/test_radix_sort.c
tests_tiles_test_radix_sort_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_shared_sides_SOURCES = %D%/test_shared_sides.c
tests_tiles_test_shared_sides_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_snap_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS)
tests_tiles_test_snap_SOURCES = %D%/test_snap.c $(PATHS) %D%/geos_area.h %D%/random_area.h
tests_tiles_test_snap_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_snapshot_file_SOURCES = %D%/test_snapshot_file.c $(SMALL_CITY)
tests_tiles_test_snapshot_file_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_snapshot_SOURCES = %D%/test_snapshot.c $(SMALL_CITY)
tests_tiles_test_snapshot_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_tile_export_CFLAGS = $(AM_CFLAGS) $(DEFLATE_CFLAGS)
tests_tiles_test_tile_export_SOURCES = %D%/test_tile_export.c $(MADE_SNAPSHOT) $(PMTILES_READER) \
	%D%/random_area.h
tests_tiles_test_tile_export_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_tile_order_SOURCES = %D%/test_tile_order.c
tests_tiles_test_tile_order_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_tile_walk_SOURCES = %D%/test_tile_walk.c $(MADE_SNAPSHOT) %D%/random_area.h
tests_tiles_test_tile_walk_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_value_pool_SOURCES = %D%/test_value_pool.c
tests_tiles_test_value_pool_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_tile_cache_SOURCES = %D%/test_tile_cache.c
tests_tiles_test_tile_cache_LDADD = $(TILES_TEST_LIBS)
