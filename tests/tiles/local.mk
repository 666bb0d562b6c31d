tiles_tests = %D%/test_canvas %D%/test_grid
check_PROGRAMS += $(tiles_tests)
TILES_TEST_LIBS = $(TILES_LIBS) $(CMOCKA_LIBS)

tests_tiles_test_canvas_SOURCES = %D%/test_canvas.c
tests_tiles_test_canvas_LDADD = $(TILES_TEST_LIBS)
tests_tiles_test_grid_SOURCES = %D%/test_grid.c
tests_tiles_test_grid_LDADD = $(TILES_TEST_LIBS)
