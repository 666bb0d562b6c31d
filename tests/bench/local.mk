# Built with the tests, run by hand (tests/README).
bench_programs = %D%/mvt_bench %D%/mvt_validity
EXTRA_PROGRAMS += $(bench_programs)
check_DATA += $(bench_programs)
CLEANFILES += $(bench_programs)

tests_bench_mvt_bench_SOURCES = %D%/mvt_bench.c
tests_bench_mvt_bench_LDADD = $(TILES_LIBS)
tests_bench_mvt_validity_SOURCES = %D%/mvt_validity.c $(MVT_READER)
tests_bench_mvt_validity_LDADD = $(TILES_LIBS)
