# The web map in a browser and the tiles in another's decoder: make check-web. Files are listed by
# name: what a folder means to node --test differs between its versions.
web_tests = \
	%D%/access.test.mjs \
	%D%/build.test.mjs \
	%D%/edges.test.mjs \
	%D%/edit.test.mjs \
	%D%/export.test.mjs \
	%D%/land.test.mjs \
	%D%/live.test.mjs \
	%D%/map.test.mjs \
	%D%/maplibre.test.mjs \
	%D%/numbering.test.mjs \
	%D%/people.test.mjs \
	%D%/search.test.mjs \
	%D%/text.test.mjs \
	%D%/tiles.test.mjs \
	%D%/versions.test.mjs
EXTRA_DIST += $(web_tests) %D%/city.mjs %D%/desk.mjs %D%/harness.mjs \
	%D%/people.mjs %D%/quarter.mjs %D%/screenshot.mjs %D%/tile_squares.mjs

check-web: dothi$(EXEEXT) $(srcdir)/web-map/node_modules/.stamp
	cd $(srcdir) && DOTHI=$(abs_builddir)/dothi$(EXEEXT) $(NODE) --test $(web_tests)
.PHONY: check-web
