noinst_LIBRARIES += gis/libgis.a

gis_libgis_a_CFLAGS = $(AM_CFLAGS) $(GEOS_CFLAGS) $(PROJ_CFLAGS) $(ZIP_CFLAGS) $(ZLIB_CFLAGS) \
	$(SECCOMP_CFLAGS) -DLIBEXECDIR='"$(libexecdir)"'
gis_libgis_a_SOURCES = \
	%D%/address_row.c %D%/address_row.h %D%/address_words.h \
	%D%/box_grid.c %D%/box_grid.h \
	%D%/box_transform.c %D%/box_transform.h \
	%D%/crs.c %D%/crs.h \
	%D%/crs_check.c %D%/crs_check.h \
	%D%/crs_patch.c %D%/crs_patch.h \
	%D%/crs_ref.c %D%/crs_ref.h \
	%D%/csv_cell.c %D%/csv_cell.h \
	%D%/csv_columns.c %D%/csv_columns.h \
	%D%/export.c %D%/export.h \
	%D%/export_area.c %D%/export_area.h \
	%D%/export_columns.c %D%/export_columns.h \
	%D%/export_measure.c %D%/export_measure.h \
	%D%/file_kind.c %D%/file_kind.h \
	%D%/frontage.c %D%/frontage.h \
	%D%/fit_corners.c %D%/fit_corners.h \
	%D%/geojson.c %D%/geojson.h \
	%D%/geojson_read.c %D%/geojson_read.h \
	%D%/geojson_scan.c %D%/geojson_scan.h \
	%D%/geom.c %D%/geom.h %D%/geom_geos.h \
	%D%/geom_overlay.c %D%/geom_overlay.h \
	%D%/import.c %D%/import.h \
	%D%/import_columns.c %D%/import_columns.h \
	%D%/keep_corners.c %D%/keep_corners.h \
	%D%/land_check.c %D%/land_check.h \
	%D%/line_chain.c %D%/line_chain.h \
	%D%/ogr_layer.h \
	%D%/ogr_process.c %D%/ogr_process.h \
	%D%/ogr_reader.c %D%/ogr_reader.h \
	%D%/ogr_stream.c %D%/ogr_stream.h \
	%D%/ogr_writer.c %D%/ogr_writer.h \
	%D%/place_text.c %D%/place_text.h \
	%D%/numbering.c %D%/numbering.h \
	%D%/placing.c %D%/placing.h \
	%D%/sample_alleys.c %D%/sample_alleys.h \
	%D%/sample_axes.c %D%/sample_axes.h \
	%D%/sample_blocks.c %D%/sample_blocks.h \
	%D%/sample_city.c %D%/sample_city.h \
	%D%/sample_density.c %D%/sample_density.h \
	%D%/sample_geography.c %D%/sample_geography.h \
	%D%/sample_lanes.c %D%/sample_lanes.h \
	%D%/sample_line.c %D%/sample_line.h \
	%D%/sample_loop.c %D%/sample_loop.h \
	%D%/sample_lot.c %D%/sample_lot.h \
	%D%/sample_mesh.c %D%/sample_mesh.h \
	%D%/sample_names.c %D%/sample_names.h \
	%D%/sample_plots.c %D%/sample_plots.h \
	%D%/sample_records.c %D%/sample_records.h \
	%D%/sample_rows.c %D%/sample_rows.h \
	%D%/sample_sheets.c %D%/sample_sheets.h \
	%D%/sample_sites.c %D%/sample_sites.h \
	%D%/sample_streets.c %D%/sample_streets.h \
	%D%/sample_strip.c %D%/sample_strip.h \
	%D%/sample_town.c %D%/sample_town.h \
	%D%/sample_wards.c %D%/sample_wards.h %D%/sample_wards_data.S \
	%D%/sample_writer.c %D%/sample_writer.h \
	%D%/sample_buildings.c %D%/sample_landmarks.c %D%/sample_roadside.c %D%/sample_spot.h \
	%D%/sample_use.h \
	%D%/sandbox.c %D%/sandbox.h \
	%D%/sandbox_calls.c %D%/sandbox_calls.h \
	%D%/shape.c %D%/shape.h \
	%D%/street_line.c %D%/street_line.h \
	%D%/shapefile.c %D%/shapefile.h \
	%D%/short_names.c %D%/short_names.h \
	%D%/side.c %D%/side.h \
	%D%/street_network.c %D%/street_network.h %D%/street_network_work.h \
	%D%/street_network_faults.c %D%/street_network_say.c %D%/street_network_tree.c \
	%D%/stretch_grid.c %D%/stretch_grid.h \
	%D%/unit_finder.c %D%/unit_finder.h \
	%D%/unit_succession.c %D%/unit_succession.h \
	%D%/upload.c %D%/upload.h \
	%D%/upload_folder.c %D%/upload_zip.c %D%/upload_parts.h \
	%D%/watch.c %D%/watch.h \
	%D%/wkt.c %D%/wkt.h \
	%D%/zip_file.c %D%/zip_file.h

# The wards of the sample city, found through the assembler's include path.
sample_wards = data/sample/thu-dau-mot-wards-2009.geojson data/sample/thu-dau-mot-wards-2025.geojson
gis_libgis_a_CCASFLAGS = $(AM_CCASFLAGS) -Wa,-I$(srcdir)/data/sample
gis/libgis_a-sample_wards_data.$(OBJEXT): $(sample_wards)


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
	%D%/dothi_ogr_text.c \
	%D%/dothi_ogr_write.c
dothi_ogr_LDADD = gis/libgis.a $(GDAL_LIBS) $(SECCOMP_LIBS) $(BASE_LIBS)
