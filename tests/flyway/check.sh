#!/usr/bin/env bash
# The migrations under Flyway itself: the first release as version 0.1.0 made it, then the next version from today's templates.
# Flyway applies them, finds them valid, and refuses the released one once a byte of it changes; psql takes the second back.
# Usage: check.sh SEASONSCALE SCRATCH
set -euo pipefail
compiler=$(realpath "$1")
mkdir -p "$2/flyway"
scratch=$(realpath "$2/flyway")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

data=
stop() {
  [ -z "$data" ] || { as_postgres "$bin/pg_ctl" -D "$data/data" -m immediate stop >"$scratch/stop" 2>&1 || true; rm -rf "$data"; }
}
trap stop EXIT
trap 'exit 130' INT TERM

mkdir -p "$scratch/libraries"
timeout --kill-after=10 600 mvn --batch-mode --no-transfer-progress --strict-checksums --file tests/flyway/pom.xml \
  org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies "-DoutputDirectory=$scratch/libraries" \
  >"$scratch/fetch" 2>&1 || fail "$(grep ERROR "$scratch/fetch" || tail -n 30 "$scratch/fetch")"

# A server of its own, on a port that is free now: Java knows no sockets of files.
data=$(as_postgres mktemp -d /tmp/seasonscale-flyway.XXXXXX)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_postgres "$bin/initdb" -A trust -U postgres -E UTF8 --locale=C -N -D "$data/data" >"$scratch/initdb"
as_postgres "$bin/pg_ctl" -w -s -D "$data/data" -l "$data/log" \
  -o "-k $data -c listen_addresses=127.0.0.1 -c port=$port -c fsync=off" start

sql() { # DATABASE ARGUMENTS..
  local database=$1
  shift
  env -i "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$data" -p "$port" -U postgres -d "$database" "$@"
}

flyway() { # DATABASE FOLDER COMMAND [group]
  java -cp "$scratch/libraries/*" tests/flyway/Migrate.java "jdbc:postgresql://127.0.0.1:$port/$1" "$scratch/$2" "${@:3}" \
    2>"$scratch/said"
}

expect() { # WANTED DATABASE FOLDER COMMAND [group]
  local answer
  answer=$(flyway "${@:2}") || fail "$(tail -n 20 "$scratch/said")"
  case $answer in
    *"$1"*) printf 'ok: %s\n' "${*:2}: $1" ;;
    *) fail "${*:2}: wanted '$1', got '$answer' $(tail -n 5 "$scratch/said")" ;;
  esac
}

rm -rf "$scratch/policies" "$scratch/made" "$scratch/one" "$scratch/two" "$scratch/changed"
mkdir -p "$scratch/policies" "$scratch/made" "$scratch/one" "$scratch/two" "$scratch/changed"
cp policies/*.toml "$scratch/policies"
sed -i 's/^version  *= 226$/version = 227\nreleased = [226]/' "$scratch/policies/territories.toml"
"$compiler" generate -i "$scratch/policies" -o "$scratch/made" --only journal --only undo >"$scratch/generate" 2>&1 ||
  fail "$(cat "$scratch/generate")"
first=V226__scaling_event_journal.sql
cp tests/postgres/V226__0.1.0.sql "$scratch/one/$first"
cp "$scratch/one/$first" "$scratch/made/V227__scaling_event_journal.sql" "$scratch/two"
cp "$scratch/two"/* "$scratch/changed"
printf -- '-- a byte more\n' >>"$scratch/changed/$first"

sql postgres -c 'CREATE DATABASE filled' -c 'CREATE DATABASE fresh'
expect 'migrated 1' filled one migrate
sql filled -c "SET ROLE freshplan_scaling_publisher; SET app.territory = 'DE';
  SELECT count(scaling.publish_event('DE', 'orders', 'x', '{}')) FROM generate_series(1, 100)" >"$scratch/published"
expect 'migrated 1' filled two migrate
expect 'valid' filled two validate
expect 'checksum mismatch for migration version 226' filled changed validate
expect 'checksum mismatch for migration version 226' filled changed migrate
sql filled -f "$scratch/made/U227__scaling_event_journal.sql"
sql filled -c "DELETE FROM flyway_schema_history WHERE version = '227'"
expect 'valid' filled one validate
expect 'migrated 1' filled two migrate
drained=$(sql filled -c "SET ROLE freshplan_scaling_consumer; SET app.territory = 'DE';
  SELECT count(*) FROM scaling.drain_events('orders', 1000)")
[ "$drained" = 100 ] || fail "of 100 events $drained are left"
expect 'migrated 2' fresh two migrate group
expect 'valid' fresh two validate
