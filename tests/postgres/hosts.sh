#!/bin/sh
# Three hosts on one machine: two servers, and a database that another one follows, behind HAProxy,
# each in a network namespace of its own; hosts.test.mjs makes clients, and takes hosts away from them.
#
#	tests/postgres/hosts.sh          as root; 77 where there are no namespaces
#
#	clients .9 ── lb .8 ──┬── app1 .1 ──┬── db1 .11   PostgreSQL
#	    (10.213.1, front) └── app2 .2 ──┴── db2 .12   follows it, synchronously
#	                                  (10.213.2, back)
#
# DOTHI is the program; HOSTS_KEEP=1 leaves the folder with the logs.
set -eu
bin=${PGBIN:-$(pg_config --bindir || :)}
here=$(cd "$(dirname "$0")" && pwd)
DOTHI=${DOTHI:-$here/../../build/dothi}
DOTHI=$(realpath "$DOTHI")

on() { # on HOST COMMAND…
	host=$1
	shift
	ip netns exec "$HOSTS_NET-$host" "$@"
}

# As the user of PostgreSQL, on a host.
postgres_on() {
	host=$1
	shift
	on "$host" setpriv --reuid postgres --regid "$(id -g postgres)" --init-groups \
		env -C / HOME="$HOSTS_FOLDER" LC_ALL=C.UTF-8 "$@"
}

sql_on() { # sql_on HOST ADDRESS SQL
	on "$1" psql -qAtX -v ON_ERROR_STOP=1 -h "$2" -U dothi -d dothi -c "$3"
}

# --- what hosts.test.mjs asks for while it runs ---------------------------------------------------

case ${1:-} in
serve) # serve HOST ADDRESS: becomes the server
	exec ip netns exec "$HOSTS_NET-$2" "$DOTHI" serve "$HOSTS_FOLDER/$2" \
		--listen "$3:8080" --public-url http://10.213.1.8 --quiet --json
	;;
dothi) # dothi HOST WORDS…
	shift
	host=$1
	shift
	exec ip netns exec "$HOSTS_NET-$host" "$DOTHI" "$@"
	;;
link) # link HOST up|down: the one to the databases
	exec ip -n "$HOSTS_NET-switch" link set "$2-back" "$3"
	;;
stop-primary)
	postgres_on db1 "$bin/pg_ctl" -D "$HOSTS_FOLDER/db1" -m immediate -w stop >/dev/null
	exit
	;;
promote) # nobody follows it, so it waits for nobody
	postgres_on db2 "$bin/pg_ctl" -D "$HOSTS_FOLDER/db2" -w -t 60 promote >/dev/null
	exit
	;;
holds) # holds ADDRESS: how many connections from there hold a register's lock, as the primary sees it
	sql_on db1 10.213.2.11 "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
		WHERE l.locktype = 'advisory' AND l.granted AND a.client_addr = '$2'"
	exit
	;;
'') ;;
*)
	echo "hosts.sh: what is $1?" >&2
	exit 2
	;;
esac

# --- hosts ----------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || { echo 'hosts.sh: network namespaces need root' >&2; exit 77; }
for tool in ip haproxy setpriv psql "$bin/initdb"; do
	command -v "$tool" >/dev/null || { echo "hosts.sh: no $tool; script/deps installs it" >&2; exit 77; }
done
export HOSTS_NET="dothi$$" HOSTS_SH="$here/hosts.sh" DOTHI
names='switch db1 db2 app1 app2 lb clients'
HOSTS_FOLDER=
command=

# What runs in these namespaces was started here, and by nobody else.
# shellcheck disable=SC2317
stop() {
	trap '' HUP INT TERM
	[ -z "$command" ] || kill "$command" 2>/dev/null || :
	for name in app1 app2 lb clients; do
		for pid in $(ip netns pids "$HOSTS_NET-$name" 2>/dev/null); do
			kill -KILL "$pid" 2>/dev/null || :
		done
	done
	for name in db2 db1; do
		[ ! -f "$HOSTS_FOLDER/$name/postmaster.pid" ] ||
			postgres_on "$name" "$bin/pg_ctl" -D "$HOSTS_FOLDER/$name" -m immediate -w stop >/dev/null 2>&1 || :
	done
	for name in $names; do
		ip netns del "$HOSTS_NET-$name" 2>/dev/null || :
	done
	if [ -n "$HOSTS_FOLDER" ] && [ -n "${HOSTS_KEEP:-}" ]; then
		echo "hosts.sh: logs are in $HOSTS_FOLDER" >&2
	elif [ -n "$HOSTS_FOLDER" ]; then
		rm -rf "$HOSTS_FOLDER"
	fi
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

for name in $names; do
	ip netns add "$HOSTS_NET-$name" || { echo 'hosts.sh: no network namespaces here' >&2; exit 77; }
	ip -n "$HOSTS_NET-$name" link set lo up
done
for side in front back; do
	ip -n "$HOSTS_NET-switch" link add "$side" type bridge
	ip -n "$HOSTS_NET-switch" link set "$side" up
done

# The number of a network card, after its address: 10.213.1.8 has 02:00:00:00:01:08.
mac() {
	echo "$1" | awk -F . '{ printf "02:00:00:00:%02x:%02x", $3, $4 }'
}

# plug HOST SIDE ADDRESS: a cable from the host to that side of the switch. Nobody asks for the way
# to another one, so a cut is silent: the kernel does not say that there is no route.
plug() {
	ip link add "$2" address "$(mac "$3")" netns "$HOSTS_NET-$1" \
		type veth peer name "$1-$2" netns "$HOSTS_NET-switch"
	ip -n "$HOSTS_NET-$1" addr add "$3/24" dev "$2"
	ip -n "$HOSTS_NET-$1" link set "$2" up
	ip -n "$HOSTS_NET-switch" link set "$1-$2" master "$2" up
	for other in 1 2 8 9 11 12; do
		address="${3%.*}.$other"
		[ "$address" = "$3" ] || ip -n "$HOSTS_NET-$1" neigh replace "$address" \
			lladdr "$(mac "$address")" dev "$2" nud permanent
	done
}
plug lb front 10.213.1.8
plug clients front 10.213.1.9
for n in 1 2; do
	plug "app$n" front "10.213.1.$n"
	plug "app$n" back "10.213.2.$n"
	plug "db$n" back "10.213.2.1$n"
done

# --- the database, and the one that follows it ----------------------------------------------------

HOSTS_FOLDER=$(mktemp -d /tmp/dothi-hosts.XXXXXX)
export HOSTS_FOLDER
chmod 0755 "$HOSTS_FOLDER"
install -d -o postgres -m 0700 "$HOSTS_FOLDER/db1" "$HOSTS_FOLDER/db2"
install -o postgres -m 0644 /dev/null "$HOSTS_FOLDER/db1.log"
install -o postgres -m 0644 /dev/null "$HOSTS_FOLDER/db2.log"
start_database() {
	postgres_on "$1" "$bin/pg_ctl" -D "$HOSTS_FOLDER/$1" -l "$HOSTS_FOLDER/$1.log" -w -t 60 \
		-o "-c listen_addresses=$2" start >/dev/null ||
		{ tail -n 20 "$HOSTS_FOLDER/$1.log" >&2; exit 1; }
}
postgres_on db1 "$bin/initdb" -D "$HOSTS_FOLDER/db1" -U dothi -A trust --no-sync -E UTF8 --locale=C.UTF-8 \
	--no-instructions >/dev/null
cat >>"$HOSTS_FOLDER/db1/postgresql.conf" <<END
unix_socket_directories = ''
shared_buffers = 64MB
max_connections = 100
dynamic_shared_memory_type = mmap
END
cat >>"$HOSTS_FOLDER/db1/pg_hba.conf" <<END
host all,replication dothi 10.213.2.0/24 trust
END
start_database db1 10.213.2.11
on db1 psql -qAtX -v ON_ERROR_STOP=1 -h 10.213.2.11 -U dothi -d postgres -c 'CREATE DATABASE dothi'
sql_on db1 10.213.2.11 'CREATE EXTENSION postgis'
postgres_on db2 "$bin/pg_basebackup" -D "$HOSTS_FOLDER/db2" -R -X stream -c fast \
	-d 'host=10.213.2.11 user=dothi application_name=db2'
start_database db2 10.213.2.12
# Said after the copy: who is promoted has nobody to wait for.
sql_on db1 10.213.2.11 "ALTER SYSTEM SET synchronous_standby_names = 'db2'"
sql_on db1 10.213.2.11 'SELECT pg_reload_conf()' >/dev/null

# --- the balancer ---------------------------------------------------------------------------------

# Who is ready answers. Where nobody is, those that live do: tiles and pages out of memory, else 503
# with its words and Retry-After. Who is not ready any more loses what it has in hand.
cat >"$HOSTS_FOLDER/haproxy.cfg" <<END
global
	maxconn 1000
defaults
	mode http
	timeout connect 2s
	timeout client 60s
	timeout server 30s
	timeout check 2s
	retries 2
	option redispatch 1
	default-server check inter 1s fall 2 rise 2 on-marked-down shutdown-sessions
frontend city
	bind 10.213.1.8:80
	use_backend alive if { nbsrv(ready) eq 0 }
	default_backend ready
backend ready
	balance roundrobin
	option httpchk GET /readyz
	server app1 10.213.1.1:8080
	server app2 10.213.1.2:8080
backend alive
	balance roundrobin
	option httpchk GET /livez
	server app1 10.213.1.1:8080
	server app2 10.213.1.2:8080
END
ip netns exec "$HOSTS_NET-lb" haproxy -db -f "$HOSTS_FOLDER/haproxy.cfg" >"$HOSTS_FOLDER/haproxy.log" 2>&1 &

export HOSTS_STORE='postgresql://dothi@10.213.2.11,10.213.2.12/dothi'
ip netns exec "$HOSTS_NET-clients" node --test "$here/hosts.test.mjs" &
command=$!
code=0
wait "$command" || code=$?
command=
exit "$code"
