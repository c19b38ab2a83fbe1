#!/usr/bin/env bash
# Builds the fuzz targets and runs each for FUZZ_SECONDS (10), from what the other tests read as seeds. Usage: check.sh SCRATCH [TARGET..]
#
# libFuzzer wants the compiler's counters of edges and comparisons, which the stable one makes too: these are the flags of
# `cargo fuzz`, without its sanitizers, for there is no unsafe code here. An input that fails stays in SCRATCH and is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$1
shift
[ $# -gt 0 ] || set -- audit cron feed policy promql template
seconds=${FUZZ_SECONDS:-10}
host=$(rustc -vV | sed -n 's/^host: //p')
target_dir=$PWD/target/fuzz

build() {
  local flags=(passes=sancov-module llvm-args=-sanitizer-coverage-level=4 llvm-args=-sanitizer-coverage-inline-8bit-counters
    llvm-args=-sanitizer-coverage-pc-table llvm-args=-sanitizer-coverage-trace-compares)
  # The versions are those of the tests; what libFuzzer needs beside them is added.
  cp Cargo.lock tests/fuzz/Cargo.lock
  # Said for one target, so that build scripts and macros are built without them.
  RUSTFLAGS="${flags[*]/#/-C}" cargo build --quiet --release --target "$host" \
    --target-dir "$target_dir" --manifest-path tests/fuzz/Cargo.toml
}

# Texts of one line, a file each.
lines() {
  mkdir -p "$2"
  sort -u "$1" | split --lines=1 --suffix-length=4 - "$2/"
}

seeds() {
  local to=$scratch/seeds/$1
  mkdir -p "$to"
  case $1 in
    audit) cp tests/audit/*.yaml "$to" ;;
    cron)
      sed -n 's/.*"start":"\([^"]*\)".*/\1/p' tests/vectors/keda-cron.jsonl | shuf --random-source=tests/vectors/keda-cron.jsonl -n 300 |
        sed 's/^/AAA/' >"$scratch/lines"
      lines "$scratch/lines" "$to"
      ;;
    feed) cp tests/feed/*.ics "$to" ;;
    policy)
      for folder in policies tests/cases/base tests/cases/every-key tests/cases/partial/*/ tests/cases/businesses/*/; do
        { cat "$folder/calendar.toml" && printf '\n# territories.toml\n' && cat "$folder/territories.toml"; } >"$to/${folder//\//-}"
      done
      ;;
    promql)
      sed -n 's/^ *query: *//p; s/^ *expr: *//p' generated/*.yaml generated/*.yml tests/audit/*.yaml | tr -d "'\"" | head -n 400 >"$scratch/lines"
      lines "$scratch/lines" "$to"
      ;;
    template) cp templates/*.j2 "$to" ;;
  esac
}

build
for target in "$@"; do
  seeds "$target"
  mkdir -p "$scratch/corpus/$target"
  printf '%-9s' "$target"
  "$target_dir/$host/release/$target" -seed=1 -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=20000 -print_final_stats=1 \
    -artifact_prefix="$scratch/$target-" "$scratch/corpus/$target" "$scratch/seeds/$target" >"$scratch/$target.log" 2>&1 ||
    { tail -n 30 "$scratch/$target.log" >&2 && exit 1; }
  sed -n 's/^stat::number_of_executed_units: *\([0-9]*\)/\1 inputs, nothing found/p' "$scratch/$target.log"
done
