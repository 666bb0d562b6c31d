tiles_tests = %D%/test_canvas %D%/test_glyphs %D%/test_grid %D%/test_label %D%/test_lettering %D%/test_png
check_PROGRAMS += $(tiles_tests)
TILES_TEST_LIBS = $(TILES_LIBS) $(CMOCKA_LIBS)

tests_tiles_test_canvas_SOURCES = %D%/test_canvas.c
tests_tiles_test_canvas_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_glyphs_SOURCES = %D%/test_glyphs.c
tests_tiles_test_glyphs_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_grid_SOURCES = %D%/test_grid.c
tests_tiles_test_grid_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_label_SOURCES = %D%/test_label.c
tests_tiles_test_label_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_lettering_SOURCES = %D%/test_lettering.c
tests_tiles_test_lettering_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_png_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS)
tests_tiles_test_png_SOURCES = %D%/test_png.c
tests_tiles_test_png_LDADD = $(TILES_TEST_LIBS) $(PNG_LIBS)
