noinst_LIBRARIES += gis/libgis.a

gis_libgis_a_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS) $(PROJ_CFLAGS) $(ZIP_CFLAGS)
gis_libgis_a_SOURCES = \
	%D%/crs.c %D%/crs.h \
	%D%/crs_ref.c %D%/crs_ref.h \
	%D%/geojson.c %D%/geojson.h \
	%D%/geom.c %D%/geom.h \
	%D%/shape.c %D%/shape.h \
	%D%/side.c %D%/side.h

GIS_LIBS = gis/libgis.a $(GEOS_LIBS) $(PROJ_LIBS) $(ZIP_LIBS) $(DATA_LIBS)
EXTRA_DIST += %D%/README
