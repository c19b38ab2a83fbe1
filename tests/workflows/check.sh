#!/usr/bin/env bash
# The workflows as GitHub reads them. actionlint knows their keys, expressions, contexts and runners. It gives each `run` to
# shellcheck, and so do we with the scripts that workflows and the action call; without shellcheck both are left out.
# A workflow that is wrong is caught, or this proves nothing.
# Usage: check.sh BINARY SCRATCH
set -euo pipefail
seasonscale=$(realpath "$1")
mkdir -p "$2/workflows"
scratch=$(realpath "$2/workflows")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

GOTOOLCHAIN=local GOFLAGS=-mod=readonly go -C tests/workflows build -o "$scratch/actionlint" github.com/rhysd/actionlint/cmd/actionlint
"$scratch/actionlint" .github/workflows/*.yml
if command -v shellcheck >/dev/null; then
  find .github -name '*.sh' -exec shellcheck --severity warning {} +
fi

# What `init --ci` prints for a repository of somebody else is one too.
(cd "$scratch" && "$seasonscale" init --preset web-shop --zone Europe/Berlin --workload checkout --ci -i policies >printed.yml 2>init.log) ||
  { cat "$scratch/init.log"; exit 1; }
"$scratch/actionlint" "$scratch/printed.yml"
if command -v zizmor >/dev/null; then
  zizmor --offline --no-progress "$scratch/printed.yml"
fi

sed 's/github\.ref /github.reference /' .github/workflows/ci.yml >"$scratch/broken.yml"
if "$scratch/actionlint" "$scratch/broken.yml" >"$scratch/found"; then
  printf 'a context that GitHub does not have was not noticed\n' >&2
  exit 1
fi
grep -q 'property "reference" is not defined' "$scratch/found"
