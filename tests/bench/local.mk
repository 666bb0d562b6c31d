# Drawing beside cairo and libpng: the comparisons run with the tests, the times with --time.
check_PROGRAMS += %D%/canvas_cairo %D%/png_libpng

tests_bench_canvas_cairo_CFLAGS = $(AM_CFLAGS) $(CAIRO_CFLAGS)
tests_bench_canvas_cairo_SOURCES = \
	%D%/canvas_cairo.c \
	%D%/exact.c %D%/exact.h \
	%D%/parcels.c %D%/parcels.h
tests_bench_canvas_cairo_LDADD = $(TILES_LIBS) $(CAIRO_LIBS)

tests_bench_png_libpng_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS)
tests_bench_png_libpng_SOURCES = \
	%D%/png_libpng.c \
	%D%/parcels.c %D%/parcels.h
tests_bench_png_libpng_LDADD = $(TILES_LIBS) $(PNG_LIBS)

# Built with the tests, run by hand (tests/README).
EXTRA_DIST += %D%/compare.mjs %D%/export.sh %D%/import.sh %D%/postgres.sh %D%/land.mjs %D%/numbering.sh %D%/page.mjs %D%/search.mjs %D%/start.mjs
bench_programs = %D%/commits %D%/mvt_bench %D%/mvt_validity %D%/numbering_bench %D%/render_bench %D%/versions
EXTRA_PROGRAMS += $(bench_programs)
check_DATA += $(bench_programs)
CLEANFILES += $(bench_programs)

BENCH_CITY = %D%/bench_city.c %D%/bench_city.h
tests_bench_mvt_bench_SOURCES = %D%/mvt_bench.c $(BENCH_CITY)
tests_bench_mvt_bench_LDADD = $(TILES_LIBS)
tests_bench_mvt_validity_SOURCES = %D%/mvt_validity.c $(BENCH_CITY) $(MVT_READER)
tests_bench_mvt_validity_LDADD = $(TILES_LIBS)
tests_bench_render_bench_SOURCES = %D%/render_bench.c $(BENCH_CITY)
tests_bench_render_bench_LDADD = $(TILES_LIBS)
tests_bench_commits_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_bench_commits_SOURCES = %D%/commits.c $(BENCH_CITY)
tests_bench_commits_LDADD = $(TILES_LIBS)
tests_bench_versions_SOURCES = %D%/versions.c $(BENCH_CITY)
tests_bench_versions_LDADD = $(TILES_LIBS)
tests_bench_numbering_bench_SOURCES = %D%/numbering_bench.c \
	server/cases/address_record.c server/cases/city_numbering.c server/cases/numbering_rules.c \
	server/cases/proposal.c server/cases/quarter.c server/cases/street_houses.c server/cases/streets.c
tests_bench_numbering_bench_LDADD = $(TILES_LIBS)
