noinst_LIBRARIES += tiles/libtiles.a

tiles_libtiles_a_CFLAGS = $(AM_CFLAGS) $(PNG_CFLAGS) $(DEFLATE_CFLAGS) $(TEXTDRAW_CFLAGS)
tiles_libtiles_a_SOURCES = \
	%D%/clearance.c %D%/clearance.h \
	%D%/clip.c %D%/clip.h \
	%D%/compress.c %D%/compress.h \
	%D%/grid.c %D%/grid.h \
	%D%/hilbert_tree.c %D%/hilbert_tree.h \
	%D%/mercator.c %D%/mercator.h \
	%D%/mvt.c %D%/mvt.h \
	%D%/pbf.h \
	%D%/radix_sort.c %D%/radix_sort.h \
	%D%/snap.c %D%/snap.h \
	%D%/snapshot.c %D%/snapshot.h \
	%D%/snapshot_build.c \
	%D%/value_pool.c %D%/value_pool.h

TILES_LIBS = tiles/libtiles.a $(PNG_LIBS) $(DEFLATE_LIBS) $(TEXTDRAW_LIBS) $(GIS_LIBS)
EXTRA_DIST += %D%/README
