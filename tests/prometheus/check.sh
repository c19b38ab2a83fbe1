#!/usr/bin/env bash
# A real Prometheus with a year of made-up history answers `simulate --prometheus` what the same history answers from files, byte
# for byte: a table, the answers of its API, and what promtool prints. It is asked over http and over https.
# Usage: check.sh BINARY SCRATCH
set -euo pipefail
binary=$(realpath "$1")
mkdir -p "$2/prometheus"
scratch=$(realpath "$2/prometheus")
reports=$scratch/reports
mkdir -p "$reports"
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
query='sum by (territory, workload) (rate(http_server_requests_seconds_count[2m]))'
unset SEASONSCALE_PROMETHEUS_TOKEN
server=

stop() {
  [ -z "$server" ] || { kill "$server" && wait "$server" || true; }
  server=
}
trap stop EXIT

ready() { # ADDRESS
  SSL_CERT_FILE=tests/prometheus/tls/authority.pem python3 - "$1/-/ready" <<'PYTHON'
import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=1)
PYTHON
}

serve() { # ADDRESS [FLAG..]
  prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/data" --storage.tsdb.retention.time=10y \
    --web.listen-address="127.0.0.1:$port" --log.level=warn "${@:2}" >"$scratch/log" 2>&1 &
  server=$!
  local tries
  for tries in $(seq 150); do
    ready "$1" 2>/dev/null && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.2
  done
  cat "$scratch/log" >&2
  printf 'Prometheus did not get ready, after %s tries\n' "$tries" >&2
  return 1
}

# The whole report in each form, with the name of the load left out.
simulate() { # REPORT FROM OPTION..
  local how
  for how in json text; do
    "$binary" simulate --target DE/queries --target CH/commands --format "$how" --trace "$reports/$1.trace" "${@:3}" |
      tr -s ' \n' ' ' | sed "s|$2|LOAD|" >"$reports/$1.$how"
  done
}

same() { # ONE OTHER
  local part
  for part in json text trace; do cmp "$reports/$1.$part" "$reports/$2.$part"; done
  printf 'the same report: %s, %s\n' "$1" "$2"
}

read -r first last < <(python3 tests/prometheus/history.py policies/calendar.toml "$scratch")
promtool tsdb create-blocks-from openmetrics --max-block-duration=768h "$scratch/history.om" "$scratch/data" \
  >"$scratch/blocks"
printf 'scrape_configs: []\n' >"$scratch/prometheus.yml"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
address=http://127.0.0.1:$port
serve "$address"

simulate asked "$address" --prometheus "$address"
simulate table "$scratch/load.csv" --load "$scratch/load.csv"
same asked table
python3 tests/prometheus/answers.py "$address" "$first" "$last" 300 "$query" >"$scratch/answers.json"
simulate answers "$scratch/answers.json" --load "$scratch/answers.json"
same asked answers

simulate hourly "$address" --prometheus "$address" --step 1h
promtool query range --format json --start="$first" --end="$last" --step=1h "$address" "$query" >"$scratch/promtool.json"
simulate promtool "$scratch/promtool.json" --load "$scratch/promtool.json"
same hourly promtool
! cmp -s "$reports/asked.json" "$reports/hourly.json" || { printf 'the step changes nothing\n' >&2 && exit 1; }

"$binary" simulate --target AT/queries --prometheus "$address" >"$scratch/none" 2>&1 && exit 1
grep -q 'has no series for `freshplan-api-queries-at`' "$scratch/none" || { cat "$scratch/none" >&2 && exit 1; }

stop
printf 'tls_server_config: { cert_file: %s/tls/server.pem, key_file: %s/tls/server.key }\n' "$PWD/tests/prometheus" \
  "$PWD/tests/prometheus" >"$scratch/web.yml"
address=https://localhost:$port
serve "$address" --web.config.file="$scratch/web.yml"
export SSL_CERT_FILE=tests/prometheus/tls/authority.pem
simulate secured "$address" --prometheus "$address" --step 1h
same hourly secured
script -qec "'$binary' simulate --target DE/queries --step 1h --prometheus $address" /dev/null >"$scratch/terminal"
grep -q 'asking Prometheus \[#' "$scratch/terminal" || { printf 'no bar on a terminal\n' >&2 && exit 1; }
