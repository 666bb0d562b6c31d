noinst_LIBRARIES += tiles/libtiles.a

tiles_libtiles_a_CFLAGS = $(AM_CFLAGS) -fno-math-errno -fno-trapping-math $(DEFLATE_CFLAGS) $(TEXTDRAW_CFLAGS) $(CAIRO_CFLAGS) $(QRENCODE_CFLAGS)
tiles_libtiles_a_SOURCES = \
	%D%/anchor.c %D%/anchor.h \
	%D%/archive.c %D%/archive.h %D%/archive_kind.h \
	%D%/blocks.c %D%/blocks.h \
	%D%/canvas.c %D%/canvas.h \
	%D%/clearance.c %D%/clearance.h \
	%D%/clip.c %D%/clip.h \
	%D%/compress.c %D%/compress.h \
	%D%/content_table.c %D%/content_table.h \
	%D%/cover.c %D%/cover.h \
	%D%/curve_sort.c %D%/curve_sort.h \
	%D%/dash.c %D%/dash.h \
	%D%/dissolve.c %D%/dissolve.h \
	%D%/edges.c %D%/edges.h \
	%D%/font_bytes.S \
	%D%/fonts.c %D%/fonts.h \
	%D%/glyphs.c %D%/glyphs.h \
	%D%/grid.c %D%/grid.h \
	%D%/hilbert_tree.c %D%/hilbert_tree.h \
	%D%/hull.c %D%/hull.h \
	%D%/inks.c %D%/inks.h \
	%D%/label.c %D%/label.h \
	%D%/label_line.c %D%/label_line.h \
	%D%/lettering.c %D%/lettering.h \
	%D%/mbtiles.c %D%/mbtiles.h \
	%D%/letters.c %D%/letters.h \
	%D%/mercator.c %D%/mercator.h \
	%D%/marks.h \
	%D%/mvt.c %D%/mvt.h \
	%D%/mvt_geometry.c %D%/mvt_labels.c %D%/mvt_layer.h \
	%D%/outline.c %D%/outline.h \
	%D%/palette.c %D%/palette.h \
	%D%/path.c %D%/path.h \
	%D%/pbf.h \
	%D%/paper.c %D%/paper.h \
	%D%/paper_flow.c %D%/paper_flow.h \
	%D%/paper_map.c %D%/paper_map.h \
	%D%/paper_template.c %D%/paper_template.h \
	%D%/pdf.c %D%/pdf.h \
	%D%/pdf_revision.c %D%/pdf_revision.h \
	%D%/pen.h \
	%D%/pmtiles.c %D%/pmtiles.h \
	%D%/pixel.h \
	%D%/plotter.c %D%/plotter.h \
	%D%/png.c %D%/png.h \
	%D%/pole.c %D%/pole.h \
	%D%/qr.c %D%/qr.h \
	%D%/radix_sort.c %D%/radix_sort.h \
	%D%/raster.c %D%/raster.h \
	%D%/render.c %D%/render.h \
	%D%/render_labels.c %D%/render_picture.h \
	%D%/ring_order.c %D%/ring_order.h \
	%D%/round_line.c %D%/round_line.h \
	%D%/scanline.c %D%/scanline.h \
	%D%/shared_sides.c %D%/shared_sides.h \
	%D%/snap.c %D%/snap.h \
	%D%/snapshot.c %D%/snapshot.h \
	%D%/snapshot_build.c \
	%D%/snapshot_file.c %D%/snapshot_file.h \
	%D%/snapshot_form.c %D%/snapshot_form.h \
	%D%/snapshot_gather.c %D%/snapshot_gather.h \
	%D%/snapshot_pick.c %D%/snapshot_pick.h \
	%D%/stroke.c %D%/stroke.h \
	%D%/tile_cache.c %D%/tile_cache.h \
	%D%/tile_export.c %D%/tile_export.h \
	%D%/tile_order.c %D%/tile_order.h \
	%D%/tile_walk.c %D%/tile_walk.h \
	%D%/value_pool.c %D%/value_pool.h \
	%D%/value_table.h \
	%D%/vector_layers.c %D%/vector_layers.h

# The typefaces are found through the assembler's include path, also from a build folder.
tile_fonts = %D%/fonts/NotoSans-Regular-vi.ttf %D%/fonts/NotoSans-Bold-vi.ttf
tiles_libtiles_a_CCASFLAGS = $(AM_CCASFLAGS) -Wa,-I$(srcdir)/%D%/fonts
tiles/libtiles_a-font_bytes.$(OBJEXT): $(tile_fonts)

TILES_LIBS = tiles/libtiles.a $(DEFLATE_LIBS) $(TEXTDRAW_LIBS) $(CAIRO_LIBS) $(QRENCODE_LIBS) $(GIS_LIBS)
EXTRA_DIST += %D%/README $(tile_fonts) %D%/fonts/OFL.txt %D%/fonts/subset
