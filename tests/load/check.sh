#!/usr/bin/env bash
# The load test: by the types of k6's interface, then run in k6's engine against a server on this machine, fast and slow.
# Usage: check.sh SCRIPT SCRATCH
set -euo pipefail
script=$(realpath "$1")
scratch=$2
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# --- types ----------------------------------------------------------------------------------------------------------------

types=$scratch/types
mkdir -p "$types"
cp package.json package-lock.json "$types"
(cd "$types" && npm ci --ignore-scripts --no-audit --no-fund --silent >/dev/null)
cat >"$types/tsconfig.json" <<'JSON'
{
  "compilerOptions": {
    "allowJs": true, "checkJs": true, "noEmit": true, "strict": true, "skipLibCheck": true,
    "target": "es2022", "module": "es2022", "moduleResolution": "bundler", "lib": ["es2022"], "types": ["k6"]
  },
  "files": ["script.js"]
}
JSON
typed() { (cd "$types" && node_modules/.bin/tsc -p .); }
cp "$script" "$types/script.js"
typed
for edit in "s/ramping-arrival-rate/ramping-arrivals/" "s/preAllocatedVUs:/preAllocatedUsers:/" "s/http\.request(/http.ask(/"; do
  sed "$edit" "$script" >"$types/script.js"
  if typed >/dev/null; then fail "a script broken by $edit passes the types of k6"; fi
done
printf 'the types of k6 hold, and three broken scripts do not pass them\n'

# --- a run ------------------------------------------------------------------------------------------------------------------

GOTOOLCHAIN=local GOFLAGS=-mod=readonly go build -o "$scratch/load" .
load() { "$scratch/load" "$@"; }
crosses() { # WHAT ARGUMENTS..: the run ends with 99, and exactly thresholds of WHAT are crossed
  local what=$1 status=0
  shift
  load "$@" >"$scratch/out" || status=$?
  [ "$status" -eq 99 ] || fail "a slow server ends in $status, not in 99"
  grep -q '^CROSSED' "$scratch/out"
  if grep '^CROSSED' "$scratch/out" | grep -qv "$what"; then fail "$(cat "$scratch/out")"; fi
  if grep '^held .*http_req_duration' "$scratch/out" | grep -q "$what"; then fail "$(cat "$scratch/out")"; fi
}
refuses() { # WORDS ARGUMENTS..
  local words=$1
  shift
  if load "$script" "$@" >"$scratch/out" 2>&1; then fail "it runs with $*"; fi
  grep -q "$words" "$scratch/out" || fail "$(cat "$scratch/out")"
}

to=BASE_URL=SERVER/{target}
load "$script" "$to" SEASON=oktoberfest SCALE=0.2 RAMP=15 HOLD=30 | tee "$scratch/fast"
for method in POST PUT PATCH DELETE; do
  grep -q "^asked: $method /freshplan-api-commands-at/ " "$scratch/fast" || fail "AT never gets a $method"
done
if grep '^asked: [^G]' "$scratch/fast" | grep -q queries; then fail 'something is written to a workload that reads'; fi
short=(SEASON=weihnachten SCALE=0.05 RAMP=2 HOLD=4)
crosses . -slow freshplan "$script" "$to" "${short[@]}"
# One slow territory is a tenth of all requests: the p95 over all territories is theirs too.
crosses 'territory:AT\|{workload:' -slow -at "$script" "$to" "${short[@]}"
# Slow on the way up alone: what is promised at the season's load holds.
load -slow freshplan -slow-delay 500ms -slow-for 3s "$script" "$to" SEASON=oktoberfest SCALE=0.05 RAMP=4 HOLD=8 >"$scratch/out" || fail "$(cat "$scratch/out")"
# Answers so slow that k6 has no users left: that not all was asked is said by a threshold of its own.
crosses . -slow freshplan -slow-delay 4s "$script" "$to" "${short[@]}"
grep -q '^CROSSED dropped_iterations' "$scratch/out" || fail "$(cat "$scratch/out")"
refuses 'say where to'
refuses 'SEASON=ostern is none of base' "$to" SEASON=ostern
refuses 'SCALE=0 is not a number above zero' "$to" SCALE=0
printf 'thresholds hold on a fast server and are crossed on a slow one, each by its own tags\n'
