#!/bin/sh
# Import of a zipped shapefile of parcels beside ogr2ogr into SpatiaLite, in turns: wall time, CPU
# time and memory of each, three times.
#
#   tests/bench/import.sh parcels.zip [EPSG of the register, 9210]
#
# Needs gdal-bin and time. DOTHI names another build.
set -eu
file=$(realpath "$1")
epsg=${2:-9210}
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
	rm -rf "$work/city" "$work/peer.sqlite"
	"$dothi" init "$work/city" --crs "$epsg" --name bench --json >/dev/null
	measure dothi "$dothi" import "$work/city" "$file" --layer parcel --yes --json
	measure ogr2ogr ogr2ogr -f SQLite -dsco SPATIALITE=YES -nlt PROMOTE_TO_MULTI "$work/peer.sqlite" "/vsizip/$file"
done
