#!/bin/sh
# The unit tests of data/ on PostgreSQL: runs every program test_* of BUILD/tests/data, or those
# named, says how each went in cmocka's own words, and fails if one does.
#
#	tests/postgres/cluster.sh tests/postgres/units.sh BUILD [NAME…]
set -eu
build=${1:?the build folder}
shift
: "${DOTHI_POSTGRES:?the address of a database with PostGIS}"
cd "$build/tests/data"
[ $# -gt 0 ] || set -- $(find . -maxdepth 1 -type f -perm -u+x -name 'test_*' | sed 's|^\./||' | LC_ALL=C sort)
[ $# -gt 0 ] || {
	echo "$build: no tests; make check TESTS= builds them" >&2
	exit 1
}
cd ../..
failed=
for name; do
	log=tests/data/$name.postgres.log
	code=0
	"tests/data/$name" >"$log" 2>&1 || code=$?
	echo "$name: $([ "$code" = 0 ] && echo ok || echo "FAILED, $code")"
	if [ "$code" != 0 ]; then
		failed="$failed $name"
		grep -vE '^\[ (RUN|      OK) ' "$log" || :
	else
		grep -F '[  PASSED  ]' "$log" || :
	fi
done
[ -z "$failed" ] || {
	echo "failed:$failed" >&2
	exit 1
}
