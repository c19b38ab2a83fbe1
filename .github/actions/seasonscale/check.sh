#!/usr/bin/env bash
# Fails where the generated files do not say what the policy says.
set -euo pipefail

cd "$FOLDER"
seasonscale check --policies "$POLICIES" --out "$OUT"
