#!/usr/bin/env bash
# Real KEDA on a real control plane, on this machine alone: the folder generated/ is applied by its own guide, and what happens is
# held against the plan. `.docs/cluster.md` says what is seen, and what the last full run saw.
#
# Everything runs in namespaces of its own for network, mounts and processes: no packet can leave, nothing is written but the
# cache, and when this script ends in whatever way, the kernel ends all the rest.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
repository=$(cd "$here/../.." && pwd)
# shellcheck source=versions
. "$here/versions"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/seasonscale-cluster
seasonscale=
build=
phases=()

usage() {
  cat <<'END'
usage: bash tests/cluster/run.sh [OPTIONS]

  --only PHASE[,PHASE]    only these phases, after the folder has been applied; --list names them
  --write                 put the table of this run into .docs/cluster.md; for a full run only
  --keda VERSION          another KEDA than that of tests/cluster/versions
  --kubernetes VERSION    another Kubernetes
  --seasonscale PATH      the binary; left out: `cargo build`
  --cache DIR             binaries and logs; left out: ~/.cache/seasonscale-cluster
  --build                 build what is missing in the cache, and stop
  --list                  the phases

The first run builds Kubernetes and KEDA, in 10 to 15 minutes on two cores; a full run takes 20 minutes more and 1.2 GB of memory.
It needs Linux, Go 1.26, a C compiler, Python 3.11, OpenSSL, Prometheus and kubectl.
END
}

fail() {
  printf '%s\n' "$1" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case "$1" in
    --only | --keda | --kubernetes | --seasonscale | --cache) [ $# -gt 1 ] || fail "$1 wants a value" ;;
  esac
  case "$1" in
    --only) phases+=(--only "$2") && shift ;;
    --write) phases+=(--write) ;;
    --keda) KEDA=${2#v} && shift ;;
    --kubernetes) KUBERNETES=${2#v} && shift ;;
    --seasonscale) seasonscale=$(realpath "$2") && shift ;;
    --cache) cache=$2 && shift ;;
    --build) build=only ;;
    --list) exec python3 -B "$here/main.py" --list ;;
    --help | -h) usage && exit ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift
done

for tool in go python3 openssl prometheus promtool kubectl unshare ip flock; do
  command -v "$tool" >/dev/null || fail "$tool is missing"
done
mkdir -p "$cache"
cache=$(realpath "$cache")
exec {lock}>"$cache/lock"
flock --nonblock "$lock" || fail "another run uses $cache"

export KEDA KUBERNETES PROMETHEUS_OPERATOR
bash "$here/build/build.sh" "$cache"
[ -z "$build" ] || exit 0
if [ -z "$seasonscale" ]; then
  cargo build --manifest-path "$repository/Cargo.toml" --locked --quiet
  seasonscale=${CARGO_TARGET_DIR:-$repository/target}/debug/seasonscale
fi

# The pipe's other end is here: when this shell is gone, however it went, the run reads its end and stops.
namespaces=(--net --mount --pid --fork --kill-child --mount-proc)
[ "$(id -u)" -eq 0 ] || namespaces+=(--map-root-user)
exec {alive}> >(exec {lock}>&- unshare "${namespaces[@]}" python3 -B "$here/main.py" --cache "$cache" --seasonscale "$seasonscale" "${phases[@]}")
run=$!
trap 'exec {alive}>&-; wait "$run"; exit 130' INT TERM HUP
status=0
wait "$run" || status=$?
exit "$status"
