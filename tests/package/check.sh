#!/usr/bin/env bash
# What crates.io would get. Cargo has nothing to say against it, but that tests and benchmarks stay here; and it builds from
# its own files alone.
# Usage: check.sh SCRATCH
set -euo pipefail
mkdir -p "$1/package"
scratch=$(realpath "$1/package")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo package --locked --allow-dirty --list >"$scratch/list"
cargo package --locked --allow-dirty --no-verify 2>"$scratch/said" || { cat "$scratch/said" >&2 && exit 1; }
if grep '^warning' "$scratch/said" | grep -vE '^warning: ignoring (test|benchmark) `[a-z]+` as `tests/'; then
  exit 1
fi
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
target=$(cargo metadata --locked --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
rm -rf "$scratch/seasonscale-$version"
tar --extract --gzip --file "$target/package/seasonscale-$version.crate" --directory "$scratch"
CARGO_BUILD_BUILD_DIR=$target CARGO_TARGET_DIR=$scratch/target \
  cargo check --locked --quiet --manifest-path "$scratch/seasonscale-$version/Cargo.toml"
printf '%d files build by themselves\n' "$(wc -l <"$scratch/list")"
