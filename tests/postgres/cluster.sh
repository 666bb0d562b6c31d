#!/bin/sh
# A private PostgreSQL with PostGIS for a command: a fresh folder, a Unix socket, no port, no root.
#
#	tests/postgres/cluster.sh COMMAND…   runs it with DOTHI_POSTGRES, the address of a database
#	                                     with PostGIS, and stops the cluster after it
#
# DOTHI_POSTGRES_DURABLE=1: it writes as a real one does (fsync), for what stops it hard.
set -eu
bin=${PGBIN:-$(pg_config --bindir)}
folder=$(mktemp -d /tmp/dothi-pg.XXXXXX)
if [ "$(id -u)" = 0 ]; then
	user=postgres
	chown "$user": "$folder"
	as() { setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups env -C / HOME="$folder" LC_ALL=C.UTF-8 "$@"; }
else
	user=$(id -un)
	as() { env -C / LC_ALL=C.UTF-8 "$@"; }
fi
chmod 0755 "$folder"
command=
stop() {
	[ -z "$command" ] || kill "$command" 2>/dev/null || :
	as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || :
	rm -rf "$folder"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
as "$bin/initdb" -D "$folder/data" -U dothi -A trust --no-sync -E UTF8 --locale=C.UTF-8 \
	--no-instructions >"$folder/initdb.log"
cat >>"$folder/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$folder'
unix_socket_permissions = 0777
shared_buffers = 128MB
max_connections = 100
dynamic_shared_memory_type = mmap
max_wal_size = 4GB
END
[ -n "${DOTHI_POSTGRES_DURABLE:-}" ] || cat >>"$folder/data/postgresql.conf" <<END
fsync = off
full_page_writes = off
END
as "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start >/dev/null
sql() { psql -qAtX -v ON_ERROR_STOP=1 -h "$folder" -U dothi -d "$@"; }
sql postgres -c 'CREATE DATABASE dothi'
sql dothi -c 'CREATE EXTENSION postgis'
export DOTHI_POSTGRES="postgresql://dothi@/dothi?host=$folder"
export DOTHI_POSTGRES_FOLDER="$folder" DOTHI_POSTGRES_BIN="$bin"
exec 3<&0
"$@" <&3 3<&- &
command=$!
code=0
wait "$command" || code=$?
command=
[ "$code" = 0 ] || tail -n 20 "$folder/log" >&2
exit "$code"
