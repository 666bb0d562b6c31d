#!/bin/sh
# The README taken at its word: in a bare Debian 12 a fresh clone runs script/demo to a map, then
# script/test. As root, with debootstrap; about an hour. script/test --long runs it.
#
#   BARE_DEBIAN=DIR   a folder where debootstrap --variant=minbase was run before, copied instead
#   DEBIAN_MIRROR=URL where packages come from
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "bare-debian: run it as root" >&2; exit 1; }
command -v debootstrap >/dev/null || [ -n "${BARE_DEBIAN:-}" ] || {
	echo "bare-debian: debootstrap is missing: apt-get install debootstrap" >&2
	exit 1
}
root=$(mktemp -d /var/tmp/bare-debian.XXXXXX)
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 1' HUP INT TERM

if [ -n "${BARE_DEBIAN:-}" ]; then
	cp -a "$BARE_DEBIAN/." "$root/"
else
	debootstrap --variant=minbase bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
fi
chmod 755 "$root"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# A network may have an authority of its own, which npm must know.
[ ! -r /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt "$root/root/ca.crt"
git clone -q --no-hardlinks . "$root/root/dothi"

cat >"$root/root/try" <<'TRY'
set -eu
cd /root/dothi
export HOME=/root LC_ALL=C.UTF-8
[ ! -r /root/ca.crt ] || export NODE_EXTRA_CA_CERTS=/root/ca.crt

echo "== script/demo"
start=$(date +%s)
script/demo --parcels 2000 --listen 127.0.0.1:0 --json /root/city >/root/url &
demo=$!
url=
until [ -n "$url" ]; do
	kill -0 $demo 2>/dev/null || { echo "script/demo ended" >&2; exit 1; }
	sleep 1
	url=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' /root/url)
done
# Its first start on a machine may take longer than it waits for a page.
for attempt in 1 2 3; do
	chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --window-size=1366,768 \
		--virtual-time-budget=20000 --screenshot=/root/map.png "$url" >/dev/null 2>&1 || :
	bytes=$(stat -c %s /root/map.png 2>/dev/null || echo 0)
	[ "$bytes" -le 100000 ] || break
done
[ "$bytes" -gt 100000 ] || { echo "the map is not visible: a picture of $bytes bytes" >&2; exit 1; }
echo "the map is visible after $(($(date +%s) - start)) s; Node $(node --version)"
kill $demo
wait $demo || :

echo "== script/test"
script/test
TRY

# What is started in there ends with it.
unshare --mount --pid --fork --kill-child sh -c '
	mount -t proc proc "$1/proc"
	mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
	exec chroot "$1" sh /root/try' sh "$root"
