#!/usr/bin/env bash
# Audits manifests: SARIF for code scanning, or annotations where a fork's token may not upload.
set -euo pipefail

cd "$FOLDER"
read -r -a files <<<"$AUDIT"
if [ "$FORK" = true ]; then
  seasonscale audit --format github "${files[@]}"
  exit
fi
sarif=$RUNNER_TEMP/seasonscale.sarif
status=0
seasonscale audit --format sarif "${files[@]}" >"$sarif" || status=$?
# 1 says that there are findings: they are in the file. Anything above is a run that failed.
[ "$status" -le 1 ] || exit "$status"
printf 'sarif=%s\n' "$sarif" >>"$GITHUB_OUTPUT"
exit "$status"
