#!/bin/sh
# make distcheck from the plain build: the tarball builds, tests and installs without npm, from a
# source folder that may not be written (so as an ordinary user, whom that stops).
set -eu
cd "$(dirname "$0")/.."
user=nobody
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
make -C build-plain -s dist
tarball=$(ls -t build-plain/dothi-*.tar.xz | head -n 1)
version=$(basename "$tarball" .tar.xz)
# It holds what the repository holds, but for what serves the repository itself.
if [ -e .git ]; then
	tar tf "$tarball" | sed "s|^$version/||" | sort >"$work/shipped"
	git -c core.quotePath=off ls-files | grep -v -e '^\.ci/' -e '^\.git' | sort >"$work/tracked"
	missing=$(comm -13 "$work/shipped" "$work/tracked")
	[ -z "$missing" ] || { echo "not in the tarball: $missing" >&2; exit 1; }
fi
cp "$tarball" "$work/"
chmod 755 "$work"
cat >"$work/run" <<EOF
set -eu
cd "$work"
tar xf "$version.tar.xz"
chmod -R a-w "$version"
mkdir build
cd build
# npm is there but must not be used.
../$version/configure --quiet --disable-web-build --enable-werror --prefix="$work/inst"
make -j$(nproc) -s
make -j$(nproc) -s check
make -s install
"$work/inst/bin/dothi" --version
"$work/inst/bin/dothi" init "$work/city" --crs 9210 --name X
"$work/inst/bin/dothi" doctor "$work/city"
make -s uninstall
make -s distclean
[ -z "\$(find . -type f)" ] || { echo "distclean leaves:"; find . -type f; exit 1; }
EOF
if [ "$(id -u)" = 0 ]; then
	chown -R $user "$work"
	exec_as() { setpriv --reuid $user --regid "$(id -g $user)" --clear-groups env HOME="$work" TMPDIR="$work" "$@"; }
else
	exec_as() { "$@"; }
fi
exec_as sh "$work/run"
