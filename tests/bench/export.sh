#!/bin/sh
# Export of all parcels to GeoPackage beside ogr2ogr from the same SpatiaLite file, in turns: wall
# time, CPU time and memory of each, three times. Then each other format once.
#
#   tests/bench/export.sh DIR    a register in a file, as `dothi demo --parcels 1000000 DIR` makes it
#
# Needs gdal-bin and time. DOTHI names another build.
set -eu
dir=$(realpath "$1")
dothi=${DOTHI:-$(dirname "$0")/../../build/dothi}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measure NAME COMMAND...: the helper processes of a command count too
measure() {
	name=$1
	shift
	/usr/bin/time -o "$work/time" -f '%e s wall, %U s user + %S s system, %M KiB at most' "$@" >"$work/log" 2>&1 ||
		{ cat "$work/log"; exit 1; }
	printf '%-8s %s\n' "$name" "$(cat "$work/time")"
}

for _ in 1 2 3; do
	measure dothi "$dothi" export "$dir" "$work/a.gpkg" --layer parcel --force --json
	rm -f "$work/b.gpkg"
	measure ogr2ogr ogr2ogr -f GPKG "$work/b.gpkg" "$dir/city.sqlite" parcel
done
for format in gpkg zip geojson fgb csv; do
	measure "$format" "$dothi" export "$dir" "$work/c.$format" --layer parcel --json
	stat -c '%s bytes' "$work/c.$format"
done
