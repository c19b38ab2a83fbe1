#!/usr/bin/env bash
# KEDA's CustomResourceDefinitions in the API server's own validation, and KEDA's own webhook, on everything that is made here:
# they take what we generate, and they refuse exactly those manifests of which audit says so.
# Usage: check.sh SEASONSCALE SCRATCH
set -euo pipefail
seasonscale=$(realpath "$1")
mkdir -p "$2/keda"
scratch=$(realpath "$2/keda")
cd "$(dirname "${BASH_SOURCE[0]}")"
export GOTOOLCHAIN=local GOFLAGS=-mod=readonly

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

go build -o "$scratch/keda" .
crds=$(go list -m -f '{{.Dir}}' github.com/kedacore/keda/v2)/config/crd/bases
asked() { "$scratch/keda" ask "$crds" "$@"; }
audited() { # INTO FILES..
  local into=$1 status=0
  shift
  "$seasonscale" audit --format json --keda 2.20 --from 2026-01-01 --until 2026-01-02 "$@" >"$into" 2>/dev/null || status=$?
  [ "$status" -ne 2 ] || fail "audit of $* ends in $status"
}

asked ../../generated/keda-scalers.yaml >"$scratch/ours"
if cut -f 4 "$scratch/ours" | grep -q .; then fail "$(cat "$scratch/ours")"; fi
printf '%d generated objects are taken\n' "$(wc -l <"$scratch/ours")"

# One by one: objects of two files are in no conflict here.
rm -rf "$scratch/corpus"
mkdir "$scratch/corpus"
for file in ../audit/*.yaml; do audited "$scratch/corpus/$(basename "$file").json" "$file"; done
asked ../audit/*.yaml >"$scratch/said"
printf 'the corpus of audit: '
python3 compare.py "$scratch/said" "$scratch"/corpus/*.json

rm -rf "$scratch/variants"
mkdir "$scratch/variants"
"$scratch/keda" vary "$scratch/variants" \
  ../audit/{control-full,modifiers,control-idle-at-zero,control-kafka,scaledjob-by-day,control-statefulset,polling-without-effect,tolerance-too-new}.yaml
asked "$scratch"/variants/*.yaml >"$scratch/said"
audited "$scratch/audit" "$scratch/variants"
printf 'variants of eight manifests: '
python3 compare.py "$scratch/said" "$scratch/audit"
for id in hpa-behavior-refused keda-field-type keda-field-missing keda-field-unknown keda-replica-range keda-modifiers-refused; do
  if python3 compare.py --forget "$id" "$scratch/said" "$scratch/audit" >/dev/null; then fail "nobody misses $id"; fi
done
printf 'a finding that is forgotten is missed\n'

# The table of what scalers read is that of KEDA's source, and audit reads triggers of all types as KEDA's own reader does.
keda=$(go list -m -f '{{.Dir}}' github.com/kedacore/keda/v2)
"$scratch/keda" parameters "$keda" | sed 's/\t[^\t]*$//' | sort -u >"$scratch/parameters"
grep -- '-2\.20$' ../../src/keda/parameters.tsv | sed 's/\t[^\t]*$//' | sort -u | diff - "$scratch/parameters" ||
  fail "src/keda/parameters.tsv is stale: make it with keda parameters, and the folders of KEDA 2.16 to 2.20"
rm -rf "$scratch/triggers"
mkdir "$scratch/triggers"
"$scratch/keda" triggers "$keda" "$scratch/triggers" >"$scratch/said"
audited "$scratch/audit" "$scratch/triggers"
printf 'triggers of all types: '
python3 triggers.py "$scratch/said" "$scratch/audit"
if python3 triggers.py "$scratch/said" "$scratch/audit" keda-trigger-not-built >/dev/null; then fail "nobody misses triggers"; fi
rm -rf "$scratch/triggers"
# The formulas of scalingModifiers: as many random ones as here are worked out by KEDA's own compiler, and by ours; none differs.
"$scratch/keda" formulas 20261128 50000 >"$scratch/formulas.jsonl"
(cd ../.. && KEDA_FORMULAS="$scratch/formulas.jsonl" cargo test --locked --quiet --test it -- --nocapture keda::formula)
