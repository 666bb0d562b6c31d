noinst_LIBRARIES += gis/libgis.a

gis_libgis_a_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS) $(PROJ_CFLAGS) $(ZIP_CFLAGS) $(ZLIB_CFLAGS) \
	$(SECCOMP_CFLAGS) -DLIBEXECDIR='"$(libexecdir)"'
gis_libgis_a_SOURCES = \
	%D%/crs.c %D%/crs.h \
	%D%/crs_check.c %D%/crs_check.h \
	%D%/crs_ref.c %D%/crs_ref.h \
	%D%/csv_columns.c %D%/csv_columns.h \
	%D%/file_kind.c %D%/file_kind.h \
	%D%/geojson.c %D%/geojson.h \
	%D%/geojson_scan.c %D%/geojson_scan.h \
	%D%/geom.c %D%/geom.h \
	%D%/import.c %D%/import.h \
	%D%/import_columns.c %D%/import_columns.h \
	%D%/ogr_layer.h \
	%D%/ogr_process.c %D%/ogr_process.h \
	%D%/ogr_reader.c %D%/ogr_reader.h \
	%D%/ogr_stream.c %D%/ogr_stream.h \
	%D%/sandbox.c %D%/sandbox.h \
	%D%/sandbox_calls.c %D%/sandbox_calls.h \
	%D%/shape.c %D%/shape.h \
	%D%/shapefile.c %D%/shapefile.h \
	%D%/side.c %D%/side.h \
	%D%/upload.c %D%/upload.h \
	%D%/upload_folder.c %D%/upload_zip.c %D%/upload_parts.h \
	%D%/watch.c %D%/watch.h \
	%D%/zip_file.c %D%/zip_file.h

GIS_LIBS = gis/libgis.a $(GEOS_LIBS) $(PROJ_LIBS) $(ZIP_LIBS) $(ZLIB_LIBS) $(DATA_LIBS)
EXTRA_DIST += %D%/README

# The one program that knows GDAL; dothi starts it for each file of a user.
libexec_PROGRAMS += dothi-ogr

dothi_ogr_CFLAGS = $(AM_CFLAGS) $(GDAL_CFLAGS)
dothi_ogr_SOURCES = \
	%D%/dothi_ogr.c %D%/dothi_ogr.h \
	%D%/dothi_ogr_crs.c \
	%D%/dothi_ogr_csv.c \
	%D%/dothi_ogr_open.c \
	%D%/dothi_ogr_rows.c \
	%D%/dothi_ogr_text.c
dothi_ogr_LDADD = gis/libgis.a $(GDAL_LIBS) $(SECCOMP_LIBS) $(BASE_LIBS)
