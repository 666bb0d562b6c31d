#!/bin/sh
# The unit tests of data/ on PostgreSQL: runs every program test_* of BUILD/tests/data, or those
# named, says how each went in cmocka's own words, and fails if one does. Those about records run
# once more with the tables of layers in parts.
#
#	tests/postgres/cluster.sh tests/postgres/units.sh BUILD [NAME…]
set -eu
build=${1:?the build folder}
shift
: "${DOTHI_POSTGRES:?the address of a database with PostGIS}"
cd "$build/tests/data"
parted='test_change test_feature_read test_feature_table test_feature_write test_register test_revision'
[ $# -gt 0 ] || set -- $(find . -maxdepth 1 -type f -perm -u+x -name 'test_*' | sed 's|^\./||' | LC_ALL=C sort)
[ $# -gt 0 ] || {
	echo "$build: no tests; make check TESTS= builds them" >&2
	exit 1
}
cd ../..
failed=
# run NAME HOW
run() {
	log=tests/data/$1.postgres.log
	code=0
	"tests/data/$1" >"$log" 2>&1 || code=$?
	echo "$1$2: $([ "$code" = 0 ] && echo ok || echo "FAILED, $code")"
	if [ "$code" != 0 ]; then
		failed="$failed $1$2"
		grep -vE '^\[ (RUN|      OK) ' "$log" || :
	else
		grep -F '[  PASSED  ]' "$log" || :
	fi
}
for name; do
	run "$name" ''
done
export DOTHI_POSTGRES_PARTS=1
for name; do
	case " $parted " in *" $name "*) run "$name" ', in parts' ;; esac
done
[ -z "$failed" ] || {
	echo "failed:$failed" >&2
	exit 1
}
