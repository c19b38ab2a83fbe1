#!/usr/bin/env bash
# How long a fresh clone takes to its first output, with the profile that is quick to build and with the one that is quick to
# run, one after the other: seconds on the wall, and of processors. The crates are fetched before. Best on an idle machine.
# Usage: build.sh [PROFILE..]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
[ "$#" -gt 0 ] || set -- release dist
cargo fetch --locked --quiet
TIMEFORMAT='%R s on the wall, %U s + %S s of processors'
for profile; do
  git clone --quiet . "$scratch/$profile"
  printf '%s: ' "$profile"
  time (cd "$scratch/$profile" && CARGO_TARGET_DIR=target cargo run --quiet --locked --profile "$profile" -- generate --out made >/dev/null)
done
