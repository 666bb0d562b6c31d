#!/bin/sh
# House numbers of a whole city against the same assignment in PostGIS, in one run:
#
#	tests/postgres/cluster.sh tests/bench/numbering.sh CITY [TURNS [WARD]]
#
# CITY: the folder of a sample city on SQLite (dothi demo; of more than 100,000 parcels it has no numbers yet); WARD: the code of one ward. Both sides assign each parcel to a street, with its side, its place
# along it and a number; dothi looks at fronts, corners, sight, what is built, and numbers that are there, too.
set -eu
city=$1 turns=${2:-3} ward=${3:-}
program=${DOTHI:-$(dirname "$0")/../../build/dothi}
sql() { psql -qAtX -v ON_ERROR_STOP=1 "$DOTHI_POSTGRES" "$@"; }
rows() { spatialite -silent -noheader -list -separator '	' "$city/city.sqlite" "$1" 2>/dev/null; }

sql -c "CREATE TABLE lot (id bigint, geom geometry); CREATE TABLE road (id bigint, geom geometry)"
rows "SELECT id, hex(AsBinary(geom)) FROM parcel WHERE in_force = 1 AND land_use NOT IN ('SON', 'MNC', 'DGT', 'DTL', 'NTD')${ward:+ AND unit_now_id IN (SELECT id FROM admin_unit WHERE code = '$ward' AND in_force = 1)}" | sql -c "COPY lot FROM STDIN"
rows "SELECT id, hex(AsBinary(GeometryN(geom, 1))) FROM street WHERE in_force = 1" | sql -c "COPY road FROM STDIN"
sql -c "CREATE INDEX ON road USING gist (geom); CREATE INDEX ON lot USING gist (geom); ANALYZE lot; ANALYZE road"
echo "$(sql -c 'SELECT count(*) FROM lot') parcels, $(sql -c 'SELECT count(*) FROM road') streets"

assign() {
	sql -c "DROP TABLE IF EXISTS numbered; CREATE TABLE numbered AS
	 SELECT id, road, side, measure, 2 * row_number() OVER (PARTITION BY road, side ORDER BY measure, id) - (side > 0)::int AS number
	 FROM (SELECT p.id, s.id AS road, f * len AS measure,
	   sign((st_x(b) - st_x(a)) * (st_y(c) - st_y(a)) - (st_y(b) - st_y(a)) * (st_x(c) - st_x(a))) AS side
	  FROM (SELECT id, st_centroid(geom) c FROM lot) p
	  CROSS JOIN LATERAL (SELECT id, geom g, st_length(geom) len, st_linelocatepoint(geom, c) f FROM road $1) s
	  CROSS JOIN LATERAL (SELECT st_lineinterpolatepoint(g, greatest(f - .5 / len, 0)) a, st_lineinterpolatepoint(g, least(f + .5 / len, 1)) b) e) t" 2>/dev/null
}
seconds() { date +%s.%N; }
since() { echo "$(seconds) $1" | awk '{ printf "%.2f", $1 - $2 }'; }
for turn in $(seq "$turns"); do
	start=$(seconds)
	assign "ORDER BY geom <-> c LIMIT 1"
	echo "turn $turn PostGIS, ST_LineLocatePoint, nearest by <->          $(since "$start") s"
	start=$(seconds)
	assign "WHERE st_dwithin(geom, c, 40) ORDER BY st_distance(geom, c) LIMIT 1"
	echo "turn $turn PostGIS, ST_LineLocatePoint, ST_DWithin 40 m         $(since "$start") s"
	start=$(seconds)
	"$program" number survey "$city" ${ward:+--ward "$ward"} >/dev/null
	echo "turn $turn dothi number survey, from start to end              $(since "$start") s"
done
