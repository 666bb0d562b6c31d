noinst_LIBRARIES += data/libdata.a

data_libdata_a_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS) $(SPATIALITE_CFLAGS)
data_libdata_a_SOURCES = \
	%D%/city_layers.c \
	%D%/feature.h \
	%D%/layer.c %D%/layer.h

DATA_LIBS = data/libdata.a $(SQLITE_LIBS) $(SPATIALITE_LIBS) $(BASE_LIBS)
EXTRA_DIST += %D%/README
