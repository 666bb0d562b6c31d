# Drawing beside cairo: the comparison runs with the tests, the times with --time.
check_PROGRAMS += %D%/canvas_cairo

tests_bench_canvas_cairo_CFLAGS = $(AM_CFLAGS) $(CAIRO_CFLAGS)
tests_bench_canvas_cairo_SOURCES = \
	%D%/canvas_cairo.c \
	%D%/exact.c %D%/exact.h \
	%D%/parcels.c %D%/parcels.h
tests_bench_canvas_cairo_LDADD = $(TILES_LIBS) $(CAIRO_LIBS)
