#!/bin/sh
# Puts files into the program: embed.sh FOLDER OUT
# Writes OUT.S (the bytes of each file of FOLDER, and gzipped where that helps) and OUT.h (their
# table web_assets[]). A file "x" with "x.gz" beside it has both forms.
set -eu
folder=$1 out=$2
asm=$out.S.new table=$out.h.new
: >"$asm"
{
	echo "/* Made by build-aux/embed.sh; do not edit. */"
} >"$table"
rows=
number=0

# blob SYMBOL FILE: its bytes between two symbols
blob() {
	printf '\t.section .rodata\n\t.balign 16\n\t.global %s, %s_end\n%s:\n\t.incbin "%s"\n%s_end:\n\t.byte 0\n' \
		"$1" "$1" "$1" "$2" "$1" >>"$asm"
	printf 'extern const unsigned char %s[], %s_end[];\n' "$1" "$1" >>"$table"
}

for file in "$folder"/*; do
	name=${file##*/}
	case $name in stamp | *.gz) continue ;; esac
	symbol=web_asset_$number
	number=$((number + 1))
	blob "$symbol" "$name"
	if [ -f "$file.gz" ]; then
		blob "${symbol}_gz" "$name.gz"
		gz="${symbol}_gz, ${symbol}_end, ${symbol}_gz_end"
	else
		gz="NULL, ${symbol}_end, NULL"
	fi
	rows="$rows	{\"$name\", $symbol, $gz},
"
done
printf '\t.section .note.GNU-stack,"",%%progbits\n' >>"$asm"
printf 'static const struct web_asset web_assets[] = {\n%s};\n' "$rows" >>"$table"
mv "$asm" "$out.S"
mv "$table" "$out.h"
