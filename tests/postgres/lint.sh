#!/usr/bin/env bash
# The SQL that is made, under PostgreSQL's own parser and under squawk. Usage: lint.sh [FILE..]
# Wants `squawk` and a `python3` that has pglast on the PATH, where tests/run.sh puts tests/requirements/sql.txt.
#
# squawk is told that a transaction is open, because Flyway opens one: without that it asks for IF NOT EXISTS everywhere and
# for CREATE INDEX CONCURRENTLY, which neither runs in a transaction nor is needed on a table of the same migration. It has
# nothing else to say, so nothing is ignored. It does not look into the DO block of the undo script; PostgreSQL does.
set -euo pipefail
cd "$(dirname "$0")/../.."
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(generated/V*.sql generated/U*.sql)
python3 tests/postgres/libpg_query.py "${files[@]}"
squawk --assume-in-transaction --pg-version=15.0 "${files[@]}"
