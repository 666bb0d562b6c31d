#!/bin/sh
# Shows that the guards guard: each is given a copy of the sources with one fault and must name it.
# CC, AR, CPPFLAGS, CFLAGS, LDFLAGS, BASE_LIBS and CMOCKA_LIBS come from the Makefile.
set -eu

source=${srcdir:-$(dirname "$0")/../..}
work=$(mktemp -d "${TMPDIR:-.}/guards-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

# A fresh copy of the sources in $work/copy, which a test may spoil.
copy_sources() {
	rm -rf "$work/copy"
	mkdir "$work/copy"
	for folder in base data gis tiles server tests; do
		(cd "$source" && find $folder -name '*.[ch]') | while read -r file; do
			mkdir -p "$work/copy/${file%/*}"
			cp "$source/$file" "$work/copy/$file"
			chmod u+w "$work/copy/$file"
		done
	done
}

passes() { # script
	"$source/$1" "$work/copy" >"$work/said" 2>&1 ||
		fail "$1 finds fault with the sources as they are: $(cat "$work/said")"
}

refuses() { # script, what it must say
	if "$source/$1" "$work/copy" >"$work/said" 2>&1; then
		fail "$1 did not see: $2"
	fi
	grep -qF -e "$2" "$work/said" || fail "$1 did not say '$2' but: $(cat "$work/said")"
	[ "$(wc -l <"$work/said")" -eq 1 ] || fail "$1 said more than '$2': $(cat "$work/said")"
}

# Appends a line to a file of the copy and expects check-layers.sh to name it by its number.
refuses_line() { # file, line, what is said of it
	copy_sources
	[ -f "$work/copy/$1" ] || : >"$work/copy/$1"
	echo "$2" >>"$work/copy/$1"
	refuses build-aux/check-layers.sh "$1:$(($(wc -l <"$work/copy/$1"))): $3"
}

takes_line() { # file, line
	copy_sources
	echo "$2" >>"$work/copy/$1"
	passes build-aux/check-layers.sh
}

repeated() { # count, line
	${AWK:-awk} -v count="$1" -v line="$2" 'BEGIN { while (count--) print line }'
}

test_includes() {
	copy_sources
	passes build-aux/check-layers.sh
	refuses_line base/text.c '#include "data/layer.h"' 'base/ may not include "data/layer.h"'
	refuses_line data/layer.h '#  include "gis/shape.h"' 'data/ may not include "gis/shape.h"'
	refuses_line gis/shape.c '#include "tiles/grid.h"' 'gis/ may not include "tiles/grid.h"'
	refuses_line tiles/grid.c '	#include	"server/http.h"' 'tiles/ may not include "server/http.h"'
	refuses_line base/text.c '#include "tests/test.h"' '"tests/test.h" names no folder of ours'
	refuses_line base/text.c '#include "text.h"' '"text.h" names no folder of ours'
	takes_line server/main.c '#include "tiles/grid.h"'
	takes_line tiles/grid.c '#include "base/text.h"'
	takes_line base/text.c '/* #include "data/layer.h" */'
}

test_foreign_headers() {
	refuses_line base/text.c '#include <jansson.h>' '<jansson.h> belongs to base/json_read.c alone'
	refuses_line base/text.h '#include <utf8proc.h>' '<utf8proc.h> belongs to base/text.c alone'
	refuses_line server/main.c '#include <sqlite3.h>' '<sqlite3.h> belongs to data/store_sqlite*.c alone'
	refuses_line data/layer.c '#include <spatialite/gaiageo.h>' '<spatialite/gaiageo.h> belongs to data/store_sqlite.c alone'
	refuses_line data/layer.c '#include <libpq-fe.h>' '<libpq-fe.h> belongs to data/store_postgres* alone'
	refuses_line gis/shape.c '#include <geos_c.h>' '<geos_c.h> belongs to gis/geom* alone'
	refuses_line gis/shape.c '#include <proj.h>' '<proj.h> belongs to gis/crs.c alone'
	refuses_line gis/shape.c '#include <ogr_api.h>' '<ogr_api.h> belongs to gis/dothi_ogr* alone'
	refuses_line gis/shape.c '#include <cpl_error.h>' '<cpl_error.h> belongs to gis/dothi_ogr* alone'
	refuses_line gis/shape.c '#include <libdeflate.h>' '<libdeflate.h> belongs to tiles/compress.c alone'
	refuses_line tiles/grid.c '#include <cairo/cairo.h>' '<cairo/cairo.h> belongs to tiles/pdf.c alone'
	refuses_line tiles/grid.c '#include <microhttpd.h>' '<microhttpd.h> belongs to server/http* alone'
	refuses_line base/text.c '#include <sodium.h>' '<sodium.h> belongs to base/secret.c alone'
	refuses_line base/text.c '#include <ini.h>' '<ini.h> belongs to base/config.c alone'
	refuses_line data/layer.c '#include <zip.h>' '<zip.h> belongs to gis/zip_file.c alone'
	refuses_line server/main.c '#include <hb.h>' '<hb.h> belongs to tiles/glyphs.c alone'
	takes_line base/json_read.c '#include <jansson.h>'
}

# The files of one program share a library, and nobody else has it.
test_files_of_a_program() {
	takes_line gis/dothi_ogr_more.c '#include <ogr_api.h>'
	refuses_line gis/other.c '#include <ogr_api.h>' '<ogr_api.h> belongs to gis/dothi_ogr* alone'
}

test_sizes() {
	copy_sources
	passes build-aux/check-style.sh
	{ printf 'static int\nlong_one(int a)\n{\n' && repeated 58 '	a++;' && echo '}'; } >>"$work/copy/tiles/x.c"
	passes build-aux/check-style.sh
	{ printf 'int longer_one(int a)\n{\n' && repeated 59 '	a++;' && echo '}'; } >>"$work/copy/tiles/x.c"
	refuses build-aux/check-style.sh 'longer_one() has 61 lines, more than 60'
	copy_sources
	repeated 600 '/* */' >"$work/copy/server/x.c"
	repeated 150 '/* */' >"$work/copy/server/x.h"
	passes build-aux/check-style.sh
	repeated 601 '/* */' >"$work/copy/server/x.c"
	refuses build-aux/check-style.sh 'server/x.c: the file has 601 lines, more than 600'
	rm "$work/copy/server/x.c"
	repeated 151 '/* */' >"$work/copy/server/x.h"
	refuses build-aux/check-style.sh 'server/x.h: the file has 151 lines, more than 150'
}

# A layer is known to THE table, the sample city and the tests alone, whatever comments say.
test_layer_ids() {
	ids=tests/data/check_layer_ids.sh
	copy_sources
	passes $ids
	echo '/* "parcel" */ // the "street"' >>"$work/copy/gis/shape.c"
	echo 'const char *sample(void) { return "parcel"; }' >"$work/copy/gis/sample_x.c"
	echo "const char c = '\"'; /* parcel" >"$work/copy/gis/x.c"
	echo '" */ const char *x = "parcels, light_poles and a_tree";' >>"$work/copy/gis/x.c"
	passes $ids
	mkdir -p "$work/copy/web-map/src/map"
	echo 'const kind = `a ${b} '"'parcel'"'`;' >"$work/copy/web-map/src/map/x.ts"
	refuses $ids 'web-map/src/map/x.ts:1: the layer "parcel" is mentioned outside THE table'
	rm -r "$work/copy/web-map"
	echo 'static const char sql[] = "SELECT id FROM light_pole WHERE id = $1";' >>"$work/copy/gis/x.c"
	refuses $ids 'gis/x.c:3: the layer "light_pole" is mentioned outside THE table'
}

# The base test links base/libbase.a alone: with an upward call in it, it does not link.
link_base_test() { # archive
	# shellcheck disable=SC2086
	$CC $CFLAGS $LDFLAGS -o "$work/test_strbuf" tests/base/test_strbuf.o "$1" \
		${BASE_LIBS#base/libbase.a} $CMOCKA_LIBS >"$work/said" 2>&1
}

test_upward_call() {
	copy_sources
	cat >>"$work/copy/base/strbuf.c" <<-'END'
		struct layer_table;
		const struct layer_table *city_layers(void);
		const struct layer_table *upward_call(void);
		const struct layer_table *upward_call(void)
		{
			return city_layers();
		}
	END
	cp base/libbase.a "$work/libbase.a"
	link_base_test "$work/libbase.a" || fail "the base test does not link: $(cat "$work/said")"
	member=$($AR t "$work/libbase.a" | grep 'strbuf\.o$')
	# shellcheck disable=SC2086
	$CC $CPPFLAGS $CFLAGS -c -o "$work/$member" "$work/copy/base/strbuf.c"
	(cd "$work" && $AR r libbase.a "$member")
	! link_base_test "$work/libbase.a" || fail "an upward call links"
	grep -q "undefined reference to .*city_layers" "$work/said" ||
		fail "the linker does not name the upward call: $(cat "$work/said")"
}

test_includes
test_foreign_headers
test_files_of_a_program
test_sizes
test_layer_ids
test_upward_call
