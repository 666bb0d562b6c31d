golden_tests = %D%/golden_mvt
check_PROGRAMS += $(golden_tests)
EXTRA_DIST += %D%/mvt %D%/tiles %D%/golden.test.mjs %D%/png.mjs

tests_golden_golden_mvt_SOURCES = %D%/golden_mvt.c $(SMALL_CITY) $(MVT_READER)
tests_golden_golden_mvt_LDADD = $(TILES_TEST_LIBS)
