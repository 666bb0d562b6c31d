noinst_LIBRARIES += tiles/libtiles.a

tiles_libtiles_a_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS) $(DEFLATE_CFLAGS) $(TEXTDRAW_CFLAGS)
tiles_libtiles_a_SOURCES = \
	%D%/canvas.c %D%/canvas.h \
	%D%/dash.c %D%/dash.h \
	%D%/edges.c %D%/edges.h \
	%D%/grid.c %D%/grid.h \
	%D%/path.c %D%/path.h \
	%D%/pen.h \
	%D%/raster.c %D%/raster.h \
	%D%/scanline.c %D%/scanline.h \
	%D%/stroke.c %D%/stroke.h

TILES_LIBS = tiles/libtiles.a $(PNG_LIBS) $(DEFLATE_LIBS) $(TEXTDRAW_LIBS) $(GIS_LIBS)
EXTRA_DIST += %D%/README
