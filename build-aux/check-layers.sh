#!/bin/sh
# Guards the direction of the arrows: base <- data <- gis <- tiles <- server.
#
#   build-aux/check-layers.sh [folder of the sources]
#
# Every #include names a file of its own folder or of one below, and each foreign library is seen
# by one file only (docs/STYLE.md). What breaks this is printed as file:line, and the end is 1.
set -eu
cd "${1:-${srcdir:-$(dirname "$0")/..}}"

# Header (a regular expression), and the one file that may include it; "*" stands for the files
# whose names begin so.
table='
^jansson\.h$                      base/json_read.c
^utf8proc\.h$                     base/text.c
^sodium(\.h$|/)                   base/secret.c
^ini\.h$                          base/config.c
^sqlite3(ext)?\.h$                data/store_sqlite*.c
^spatialite(\.h$|/)               data/store_sqlite.c
^libpq                            data/store_postgres*
^geos_c\.h$                       gis/geom*
^proj(_.*)?\.h$                   gis/crs.c
^(gdal|ogr|cpl)[a-z0-9_]*\.h$     gis/dothi_ogr*
^zlib\.h$                         gis/zip_file.c
^zip(conf)?\.h$                   gis/zip_file.c
^seccomp\.h$                      gis/sandbox_calls.c
^libdeflate\.h$                   tiles/compress.c
^(harfbuzz/)?hb(-[a-z-]+)?\.h$    tiles/glyphs.c
^qrencode\.h$                     tiles/qr.c
^(cairo|pango|ft2build)           tiles/pdf.c
^openssl/                         base/signature.c
^microhttpd\.h$                   server/http*
'

find base data gis tiles server -name '*.[ch]' | LC_ALL=C sort | TABLE=$table ${AWK:-awk} '
function say(why) {
	printf "%s:%d: %s\n", file, line, why
	failed = 1
}

# A header of ours: "folder/name.h".
function check_own(header,    folder) {
	folder = header
	sub(/\/.*/, "", folder)
	if (!(folder in rank))
		say("\"" header "\" names no folder of ours")
	else if (rank[folder] > rank[own])
		say(own "/ may not include \"" header "\": the arrow points upwards")
}

function check_foreign(header,    i, star) {
	for (i = 1; i <= rows; i++) {
		if (header !~ pattern[i])
			continue
		star = index(place[i], "*")
		if (star && index(file, substr(place[i], 1, star - 1)) == 1)
			continue
		if (file != place[i])
			say("<" header "> belongs to " place[i] " alone")
	}
}

BEGIN {
	split("base data gis tiles server", order, " ")
	for (i = 1; i in order; i++)
		rank[order[i]] = i
	lines = split(ENVIRON["TABLE"], table, "\n")
	for (i = 1; i <= lines; i++)
		if (split(table[i], row, " ") == 2) {
			pattern[++rows] = row[1]
			place[rows] = row[2]
		}
}

# The names of the files come in; each is read line by line.
{
	file = own = $0
	sub(/\/.*/, "", own)
	line = 0
	while ((getline text < file) > 0) {
		line++
		if (text !~ /^[ \t]*#[ \t]*include[ \t]*["<]/)
			continue
		header = text
		sub(/^[^"<]*["<]/, "", header)
		sub(/[">].*/, "", header)
		if (text ~ /include[ \t]*"/)
			check_own(header)
		check_foreign(header)
	}
	close(file)
}

END { exit failed }
'
