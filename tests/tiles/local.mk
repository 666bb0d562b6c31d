tiles_tests = %D%/test_canvas
check_PROGRAMS += $(tiles_tests)

tests_tiles_test_canvas_SOURCES = %D%/test_canvas.c
tests_tiles_test_canvas_LDADD = $(TILES_LIBS) $(CMOCKA_LIBS)
