#!/bin/sh
# Follows docs/ADDING.md to the letter: puts its row into a copy of the tree, builds, imports into
# the new layer, and asks for it over HTTP.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
server=
stop() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$work"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

# The tracked files as they are, and the web map as it was built.
git ls-files -z | xargs -0 cp --parents -t "$work" 2>/dev/null || cp -R . "$work"
mkdir -p "$work/web-map/dist"
cp web-map/dist/* "$work/web-map/dist/"
cd "$work"

# The first C block of the page goes behind the line that it names.
awk '/^ *```c$/ { inside = 1; next } /^ *```$/ { if (inside) exit } inside' docs/ADDING.md >row
[ -s row ]
grep -q 'static const struct layer layers\[\] = {' data/city_layers.c
sed -i '/^static const struct layer layers\[\] = {$/r row' data/city_layers.c

./bootstrap
mkdir build
cd build
../configure --quiet --disable-web-build --enable-werror
make -s -j"$(nproc)"
make -s tests/data/test_layer
tests/data/test_layer

cat >flood.geojson <<'J'
{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ten":"Rạch Thầy Năng","do_sau":0.4},
"geometry":{"type":"Polygon","coordinates":[[[106.65,10.98],[106.66,10.98],[106.66,10.99],[106.65,10.99],[106.65,10.98]]]}}]}
J
./dothi init city --crs 9210 --name 'Thử'
./dothi import city flood.geojson --layer flood_area --yes
./dothi serve city --listen 127.0.0.1:0 --json >url 2>log &
server=$!
for _ in $(seq 100); do
	[ -s url ] && break
	sleep 0.1
done
url=$(sed 's/.*"url":"\([^"]*\)".*/\1/' url)
curl -fsS "$url/api/layers" | grep -q '"id":"flood_area"'
curl -fsS "$url/ogc/collections/flood_area/items" | grep -q '"depth_m":0.4'
curl -fsS "$url/tiles/flood_area/12/3261/1922.mvt" -o tile.mvt
[ -s tile.mvt ]
curl -fsS "$url/tiles/flood_area/12/3261/1922.png" -o tile.png
[ "$(head -c 4 tile.png | tail -c 3)" = PNG ]
echo "the layer of docs/ADDING.md works"
