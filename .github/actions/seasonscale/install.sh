#!/usr/bin/env bash
# Puts a released binary on the path, once its checksum is right.
set -euo pipefail

case $RUNNER in
Linux-X64) target=x86_64-unknown-linux-musl ;;
Linux-ARM64) target=aarch64-unknown-linux-musl ;;
macOS-X64) target=x86_64-apple-darwin ;;
macOS-ARM64) target=aarch64-apple-darwin ;;
*)
  printf '::error::this action takes releases for Linux and macOS, not for %s\n' "$RUNNER"
  exit 2
  ;;
esac
folder=$RUNNER_TEMP/seasonscale-$VERSION
archive=seasonscale-$target.tar.gz
mkdir -p "$folder"
curl --fail --silent --show-error --location --proto '=https' --retry 3 \
  --output "$folder/$archive" "$SERVER/$REPOSITORY/releases/download/$VERSION/$archive"
if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum --algorithm 256); fi
if ! printf '%s  %s\n' "$SHA256" "$folder/$archive" | "${sum[@]}" --check --status; then
  printf '::error::the checksum of %s is %s, not the one that was given\n' \
    "$archive" "$("${sum[@]}" "$folder/$archive" | cut -d ' ' -f 1)"
  exit 2
fi
tar --extract --gzip --file "$folder/$archive" --directory "$folder" --strip-components 1
printf '%s\n' "$folder" >>"$GITHUB_PATH"
