#!/usr/bin/env bash
# Cron cases made anew in each run and answered by robfig/cron, the scheduler that KEDA uses: our walk gives the same answers,
# to the second. Both sides read the time zones of this binary.
# Usage: check.sh SCRATCH [SEED [COUNT]]; a run is repeated with the seed that it printed.
#
# The committed cases are made by the same command: check.sh SCRATCH 13 5000, then
# cp SCRATCH/cron/fresh.jsonl tests/vectors/keda-cron-zones.jsonl
set -euo pipefail
mkdir -p "$1/cron"
scratch=$(realpath "$1/cron")
seed=${2:-$(date +%s)}
count=${3:-400}
cd "$(dirname "${BASH_SOURCE[0]}")"
export GOTOOLCHAIN=local GOFLAGS=-mod=readonly

tested() { # TEST
  cargo test --locked --quiet --test it -- --exact --ignored "keda::cron::$1"
}

printf 'seed %s, %s cases\n' "$seed" "$count"
go build -o "$scratch/cron" .
rm -rf "$scratch/zoneinfo"
CRON_ZONEINFO="$scratch/zoneinfo" tested zones_are_written_as_files
ZONEINFO="$scratch/zoneinfo" "$scratch/cron" make "$seed" "$count" >"$scratch/fresh.jsonl"
[ "$(wc -l <"$scratch/fresh.jsonl")" -eq "$count" ]
CRON_VECTORS="$scratch/fresh.jsonl" tested fresh_vectors_of_the_real_scheduler_agree_to_the_second
