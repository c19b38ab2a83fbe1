#!/usr/bin/env bash
# Every dashboard by Grafana's own schema, strictly; and that a field Grafana does not know, or lacks, is noticed.
# Usage: strict.sh FOLDER SCRATCH
set -euo pipefail
boards=("$1"/*.json)
scratch=$2
command -v go >/dev/null || { printf 'go is missing\n' >&2 && exit 1; }
(cd "$(dirname "${BASH_SOURCE[0]}")" && GOTOOLCHAIN=local GOFLAGS=-mod=readonly go build -o "$scratch/strict" .)
"$scratch/strict" "${boards[@]}"
broken=0
for edit in 's/"gridPos"/"gridPlace"/' 's/"textMode": "auto"/"textMode": 7/' '/"displayMode": "list",/d' 's/"legendFormat"/"legend"/'; do
  sed "$edit" "${boards[0]}" >"$scratch/broken.json"
  cmp -s "$scratch/broken.json" "${boards[0]}" && { printf 'nothing was broken by %s\n' "$edit" >&2 && exit 1; }
  if "$scratch/strict" "$scratch/broken.json" >/dev/null 2>&1; then
    printf 'a dashboard broken by %s was not noticed\n' "$edit" >&2
    exit 1
  fi
  broken=$((broken + 1))
done
printf '%d broken dashboards were noticed\n' "$broken"
