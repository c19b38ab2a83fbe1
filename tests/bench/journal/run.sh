#!/usr/bin/env bash
# The journal's benchmark: publishing against a plain INSERT (and against pgq, where its extension is installed), from commit
# to drained, and what a backlog of a million costs. Medians of interleaved rounds, so that a busy machine hurts both sides.
# Usage: run.sh [rates] [latency] [backlog]; ROUNDS=5 SECONDS_EACH=8 CONNECTIONS=16
# Wants PostgreSQL with pgbench; `latency` a python3 that has psycopg (tests/requirements/bench.txt). `pgq` is compared where
# Debian's postgresql-<version>-pgq3 is installed. The numbers of the reference machine are in .docs/journal-benchmark.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
rounds=${ROUNDS:-5} each=${SECONDS_EACH:-8} connections=${CONNECTIONS:-16}
[ $# -gt 0 ] || set -- rates latency backlog

as_postgres() {
  if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

folder=$(as_postgres mktemp -d /tmp/seasonscale-bench.XXXXXX)
scripts=$(mktemp -d)
stop() {
  as_postgres "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop || true
  rm -rf "$folder" "$scripts"
}
trap stop EXIT
trap 'exit 130' INT TERM
as_postgres "$bin/initdb" -A trust -U postgres -E UTF8 --locale=C -N -D "$folder/data" >/dev/null
as_postgres "$bin/pg_ctl" -w -s -D "$folder/data" -l "$folder/log" \
  -o "-k $folder -c listen_addresses= -c max_connections=200 -c shared_buffers=512MB -c max_wal_size=8GB" start
export PGHOST=$folder PGUSER=postgres PGOPTIONS='-c app.territory=DE'

sql() { "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" "${@:2}"; }
database() { # NAME MIGRATION
  sql postgres -c "CREATE DATABASE $1"
  sql "$1" -1 -f "$2"
}
median() { sort -g | awk '{ n[NR] = $1 } END { print NR % 2 ? n[(NR + 1) / 2] : (n[NR / 2] + n[NR / 2 + 1]) / 2 }'; }

database today generated/V226__scaling_event_journal.sql

rates() {
  database first tests/postgres/V226__0.1.0.sql
  # The same columns, checks and indexes, and nothing else: what the row itself costs.
  sql today -c 'CREATE TABLE public.plain (LIKE scaling.event_journal INCLUDING ALL)'
  cat >"$scripts/plain.sql" <<'SQL'
INSERT INTO public.plain (territory, channel, event_type, payload, critical, route, queue_usage)
VALUES ('DE', 'orders', 'order.placed', '{"order": 4711}', false, 'notify', 0);
SQL
  cat >"$scripts/publish.sql" <<'SQL'
SELECT scaling.publish_event('DE', 'orders', 'order.placed', '{"order": 4711}');
SQL
  local sides=(plain today first)
  if sql postgres -c "SELECT 1 FROM pg_available_extensions WHERE name = 'pgq'" | grep -q 1; then
    sql postgres -c 'CREATE DATABASE pgq'
    sql pgq -c 'CREATE EXTENSION pgq' -c "SELECT pgq.create_queue('orders')" >/dev/null
    printf '%s\n' "SELECT pgq.insert_event('orders', 'order.placed', '{\"order\": 4711}');" >"$scripts/pgq.sql"
    sides+=(pgq)
  fi
  local round side script target rate
  for round in $(seq "$rounds"); do
    for side in "${sides[@]}"; do
      case $side in
        plain) script=plain target=today ;;
        today) script=publish target=today ;;
        first) script=publish target=first ;;
        pgq) script=pgq target=pgq ;;
      esac
      rate=$("$bin/pgbench" -n -M prepared -c "$connections" -j 2 -T "$each" -f "$scripts/$script.sql" "$target" 2>/dev/null |
        awk '/^tps/ { print $3 }')
      printf '%s\n' "$rate" >>"$scripts/rate.$side"
      [ "$side" = plain ] && plain=$rate || awk -v a="$rate" -v b="$plain" 'BEGIN { print a / b }' >>"$scripts/ratio.$side"
    done
    [ ! -e "$scripts/rate.pgq" ] || paste "$scripts/rate.today" "$scripts/rate.pgq" | tail -n 1 | awk '{ print $1 / $2 }' >>"$scripts/ratio.to-pgq"
  done
  for side in "${sides[@]}"; do printf '%-8s median of %d: %10.0f events/s\n' "$side" "$rounds" "$(median <"$scripts/rate.$side")"; done
  for side in "${sides[@]:1}"; do printf '%-8s to a plain INSERT: %.2f\n' "$side" "$(median <"$scripts/ratio.$side")"; done
  [ ! -e "$scripts/ratio.to-pgq" ] || printf '%-8s to pgq.insert_event: %.2f\n' today "$(median <"$scripts/ratio.to-pgq")"
  # Both in one run: where they compete, each script's own share of the time.
  "$bin/pgbench" -n -M prepared -c "$connections" -j 2 -T "$each" -f "$scripts/plain.sql" -f "$scripts/publish.sql" today 2>/dev/null |
    awk '/^SQL script/ { name = $4 } name && /latency average/ { print "in one run: " name " " $5 " ms" }' | sed "s#$scripts/##"
}

latency() {
  local idle
  for idle in 0 10 100; do
    python3 tests/bench/journal/latency.py "$folder" today "$idle"
  done
}

timed() { # WHAT ROLE STATEMENT
  local round
  for round in $(seq "$rounds"); do
    sql backlog -c '\timing on' -c "SET ROLE freshplan_scaling_$2" -c 'BEGIN' -c "$3" -c 'ROLLBACK' | awk '/^Time/ { t[++n] = $2 } END { print t[n - 1] }'
  done | median | xargs printf '%-44s %8.1f ms\n' "$1"
}

backlog() {
  database backlog generated/V226__scaling_event_journal.sql
  # 3.9 million rows, a million of them open, 50,000 of those in back-off; the tally is written once instead of row by row.
  local part
  sql backlog -c 'ALTER TABLE scaling.event_journal DISABLE TRIGGER USER'
  for part in $(seq 0 38); do
    sql backlog -c "INSERT INTO scaling.event_journal (territory, channel, event_type, payload, critical, route, queue_usage, attempts, available_at, delivered_at)
      SELECT 'DE', 'orders', 'order.placed', '{}', false, 'journal', 0, (n <= 50000 AND $part = 0)::int,
             now() + CASE WHEN n <= 50000 AND $part = 0 THEN interval '5 minutes' ELSE interval '0' END,
             CASE WHEN $part >= 10 THEN now() - interval '40 days' END
        FROM generate_series(1, 100000) AS n"
  done
  sql backlog -c 'ALTER TABLE scaling.event_journal ENABLE TRIGGER USER' \
    -c "INSERT INTO scaling.journal_tally VALUES ('DE', 'orders', 1000000, 0, 1000000, 50000, 0, 0)" \
    -c 'VACUUM ANALYZE scaling.event_journal'
  timed 'outbox_status, a million open' monitor 'SELECT * FROM scaling.outbox_status'
  timed 'listener_status' monitor 'SELECT * FROM scaling.listener_status'
  timed 'wake_pending()' consumer 'SELECT scaling.wake_pending()'
  timed 'drain of 100 past 50,000 in back-off' consumer "SELECT count(*) FROM scaling.drain_events('orders', 100)"
  timed 'purge_delivered(50000)' janitor 'SELECT scaling.purge_delivered(50000)'
}

for part in "$@"; do
  printf '== %s, load %s\n' "$part" "$(cut -d ' ' -f 1 /proc/loadavg)"
  "$part"
done
