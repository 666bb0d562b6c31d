noinst_LIBRARIES += tiles/libtiles.a

tiles_libtiles_a_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS) $(DEFLATE_CFLAGS) $(TEXTDRAW_CFLAGS)
tiles_libtiles_a_SOURCES = \
	%D%/grid.c %D%/grid.h

TILES_LIBS = tiles/libtiles.a $(PNG_LIBS) $(DEFLATE_LIBS) $(TEXTDRAW_LIBS) $(GIS_LIBS)
EXTRA_DIST += %D%/README
