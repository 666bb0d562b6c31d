#!/bin/sh
# QGIS, by its Python, reads the register with a token, and writes where its version can (Debian 12
# has 3.22, which cannot). As root it installs what it needs; script/test --long runs it.
set -eu
cd "$(dirname "$0")/../.."
if ! /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then
	[ "$(id -u)" = 0 ] || { echo "qgis: python3-qgis is missing, run it as root" >&2; exit 1; }
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-qgis >/dev/null
fi
exec node --test tests/qgis/qgis.test.mjs
