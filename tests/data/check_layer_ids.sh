#!/bin/sh
# Guards the promise that a layer is one row of THE table: no other code mentions a layer by its id.
#
#   tests/data/check_layer_ids.sh [folder of the sources]
#
# Looked at are the texts of the code ("...", and in TypeScript '...' and `...`), not comments and
# names. data/city_layers.c, the sample city (gis/sample_*) and tests may know the layers, a verb
# may be called as one (dothi parcel split), and so may words of the API (api_words) and of
# exchange formats (address_words).
set -eu
list=$PWD/tests/data/list_layers
cd "${1:-${srcdir:-$(dirname "$0")/../..}}"
ids=$("$list")
[ -n "$ids" ]

{
	find base data gis tiles server -name '*.[ch]'
	[ ! -d web-map/src ] || find web-map/src -name '*.ts' ! -name '*.test.ts'
} | LC_ALL=C sort | IDS=$ids ${AWK:-awk} '
# Every word of a text that is an id is a mention.
function check_text(text,    words, count, i) {
	count = split(text, words, /[^a-z0-9_]+/)
	for (i = 1; i <= count; i++)
		if (words[i] in ids) {
			printf "%s:%d: the layer \"%s\" is mentioned outside THE table\n", file, line, words[i]
			failed = 1
		}
}

# Walks over a line; `open` is what is open at its end: a quote, "*" for a comment, "" for code.
function walk(text,    i, c, start) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (open == "*") {
			if (substr(text, i, 2) == "*/") {
				open = ""
				i++
			}
		} else if (open != "") {
			if (c == "\\") {
				i++
			} else if (c == open) {
				check_text(substr(text, start, i - start))
				open = ""
			}
		} else if (substr(text, i, 2) == "//") {
			return
		} else if (substr(text, i, 2) == "/*") {
			open = "*"
			i++
		} else if (c == "\"" || c == "'\''" || (is_ts && c == "`")) {
			open = c
			start = i + 1
		}
	}
	if (open == "`")
		check_text(substr(text, start ? start : 1))
	else if (open != "*")
		open = "" # a quote in a regular expression or a comment of another kind
}

BEGIN {
	count = split(ENVIRON["IDS"], list, /[ \n]+/)
	for (i = 1; i <= count; i++)
		ids[list[i]] = 1
}

$0 == "data/city_layers.c" || /^gis\/sample_/ || $0 == "server/commands/parcel.c" { next }
$0 == "gis/address_words.h" || $0 == "server/api_words.h" || $0 == "web-map/src/api_words.ts" { next }

{
	file = $0
	is_ts = file ~ /\.ts$/
	open = ""
	line = 0
	while ((getline text < file) > 0) {
		line++
		if (text !~ /^[ \t]*#[ \t]*include/)
			walk(text)
	}
	close(file)
}

END { exit failed }
'
