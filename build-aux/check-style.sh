#!/bin/sh
# Guards the size of things: a function has at most 60 lines, a file 600, a header 150.
#
#   build-aux/check-style.sh [folder of the sources]
#
# What is larger is printed with its figure, and the end is 1. A function is what stands between a
# brace alone in the first column and the next one there, as .clang-format sets them.
set -eu
cd "${1:-${srcdir:-$(dirname "$0")/..}}"

find base data gis tiles server tests -name '*.[ch]' | LC_ALL=C sort | ${AWK:-awk} '
function say(where, what, figure, most) {
	printf "%s: %s has %d lines, more than %d\n", where, what, figure, most
	failed = 1
}

# The name in front of the first bracket of the line that opened the function.
function name_of(text) {
	sub(/\(.*/, "", text)
	sub(/.*[ \t*]/, "", text)
	return text
}

{
	file = $0
	line = start = 0
	while ((getline text < file) > 0) {
		line++
		if (text ~ /^[a-zA-Z_].*\(/)
			opener = text
		if (text ~ /^\{/)
			start = line
		if (text ~ /^\}/ && start) {
			if (line - start + 1 > 60)
				say(file ":" start, name_of(opener) "()", line - start + 1, 60)
			start = 0
		}
	}
	close(file)
	most = file ~ /\.h$/ ? 150 : 600
	if (line > most)
		say(file, "the file", line, most)
}

END { exit failed }
'
