#!/usr/bin/env bash
# The SQL that is made, under PostgreSQL's own parser and under squawk. Usage: lint.sh TOOLS [FILE..]
# TOOLS holds `pglast/` (pip install --target) and `squawk/` (npm install --prefix); tests/run.sh fills it.
#
# squawk is told that a transaction is open, because Flyway opens one: without that it asks for IF NOT EXISTS everywhere and
# for CREATE INDEX CONCURRENTLY, which neither runs in a transaction nor is needed on a table of the same migration.
# Its one other finding, dropping a schema in the undo script, is what that script is for and is excused there.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$1
shift
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(generated/V*.sql generated/U*.sql)
PYTHONPATH="$tools/pglast" python3 tests/postgres/libpg_query.py "${files[@]}"
"$tools/squawk/node_modules/.bin/squawk" --assume-in-transaction --pg-version=15.0 "${files[@]}"
