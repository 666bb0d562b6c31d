#!/bin/sh
# PostgreSQL: import against shp2pgsql | psql, and commits against pgbench, in one cluster that
# writes as a real one does:
#
#	DOTHI_POSTGRES_DURABLE=1 tests/postgres/cluster.sh tests/bench/postgres.sh PARCELS.zip [TURNS]
#
# PARCELS.zip: a zipped shapefile of parcels in EPSG:9210, which PostGIS does not know; it is told
# another zone. DOTHI is the program, its folder holds
# the bench of commits.
set -eu
zip=$1 turns=${2:-3}
program=${DOTHI:-$(dirname "$0")/../../build/dothi}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unzip -q "$zip" -d "$work/shp"
shape=$(find "$work/shp" -name '*.shp')
seconds() { date +%s.%N; }
since() { echo "$(seconds) $1" | awk '{ printf "%.1f", $1 - $2 }'; }
sql() { psql -qAtX -v ON_ERROR_STOP=1 "$DOTHI_POSTGRES" -c "$1"; }

for turn in $(seq "$turns"); do
	sql "DROP TABLE IF EXISTS peer; CHECKPOINT"
	start=$(seconds)
	shp2pgsql -s 3405 -I "$shape" peer 2>/dev/null | psql -qX -v ON_ERROR_STOP=1 "$DOTHI_POSTGRES" >/dev/null
	echo "turn $turn shp2pgsql | psql             $(since "$start") s"
	sql "DROP TABLE peer; CHECKPOINT"
	start=$(seconds)
	shp2pgsql -D -s 3405 -I "$shape" peer 2>/dev/null | psql -qX -v ON_ERROR_STOP=1 "$DOTHI_POSTGRES" >/dev/null
	echo "turn $turn shp2pgsql -D | psql (COPY)   $(since "$start") s"
	sql "DROP TABLE peer; CREATE SCHEMA import$turn; CHECKPOINT"
	"$program" init "$work/city$turn" --crs 9210 --name X \
		--store "$DOTHI_POSTGRES&options=-csearch_path%3Dimport$turn,public" >/dev/null
	start=$(seconds)
	"$program" import "$work/city$turn" "$zip" --layer parcel --yes >/dev/null 2>&1
	echo "turn $turn dothi import, with history   $(since "$start") s"
	[ "$turn" = "$turns" ] || sql "DROP SCHEMA import$turn CASCADE"
done

pgbench -q -i -s 10 "$DOTHI_POSTGRES" 2>/dev/null
for turn in $(seq "$turns"); do
	pgbench -n -N -M prepared -c 8 -j 2 -T 8 "$DOTHI_POSTGRES" 2>/dev/null | sed -n "s/^tps = \\([0-9.]*\\).*/turn $turn pgbench -N, 8 clients: \\1 a second/p"
	"$(dirname "$program")/tests/bench/commits" "$work/city$turns" 8 | sed -n "s/^dothi/turn $turn dothi/p" | tail -n 1
done
