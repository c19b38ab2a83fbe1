#!/usr/bin/env bash
# Builds Kubernetes' and KEDA's programs from their Go modules into CACHE, unless they are there.
# Usage: build.sh CACHE, with KEDA, KUBERNETES and PROMETHEUS_OPERATOR in the environment.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$1
export GOTOOLCHAIN=local GOFLAGS='-mod=mod -buildvcs=false' GOWORK=off

# The folder of MODULE@VERSION in Go's own cache.
downloaded() {
  (cd "$cache" && go mod download -json "$1@$2") | python3 -c 'import json, sys; print(json.load(sys.stdin)["Dir"])'
}

# A module in $1 that builds what $2@$3 has, with all that the packages $4.. need: a go.mod that changed after the first
# build would have all of it built once more.
module() {
  local into=$1 of=$2 version=$3
  shift 3
  [ ! -e "$into/go.mod" ] || return 0
  python3 "$here/modules.py" "$(downloaded "$of" "$version")" "$of" "$version" "$into.new"
  if [ "$of" = k8s.io/kubernetes ]; then mkdir "$into.new/controllers" && cp "$here/controllers.go" "$into.new/controllers/main.go"; fi
  (cd "$into.new" && go list -deps "$@" >/dev/null)
  mv "$into.new" "$into"
}

# One program, under a name that is there only once it is whole.
program() {
  local into=$1 name=$2 package=$3 flags=${4:-}
  [ ! -x "$into/bin/$name" ] || return 0
  printf 'building %s of %s\n' "$name" "${into##*/}"
  mkdir -p "$into/bin"
  (cd "$into" && go build -trimpath -ldflags="-s -w $flags" -o "bin/$name.new" "$package")
  mv "$into/bin/$name.new" "$into/bin/$name"
}

rm -rf "$cache"/*.new
kubernetes=$cache/kubernetes-$KUBERNETES
server=k8s.io/kubernetes/cmd/kube-apiserver
etcd=go.etcd.io/etcd/server/v3
module "$kubernetes" k8s.io/kubernetes "v$KUBERNETES" "$server" "$etcd" ./controllers
if ! cmp -s "$here/controllers.go" "$kubernetes/controllers/main.go"; then
  cp "$here/controllers.go" "$kubernetes/controllers/main.go"
  rm -f "$kubernetes/bin/controllers"
fi
# Without the version the server calls itself v0.0.0-master+$Format:%H$, which kubectl cannot read.
program "$kubernetes" kube-apiserver "$server" "-X k8s.io/component-base/version.gitVersion=v$KUBERNETES"
program "$kubernetes" etcd "$etcd"
program "$kubernetes" controllers ./controllers

keda=$cache/keda-$KEDA
module "$keda" github.com/kedacore/keda/v2 "v$KEDA" github.com/kedacore/keda/v2/cmd/{operator,adapter,webhooks}
for name in webhooks adapter operator; do program "$keda" "$name" "github.com/kedacore/keda/v2/cmd/$name"; done

# What is applied as it is: definitions, and KEDA's own webhook configuration.
definitions=$cache/definitions-$KEDA-$PROMETHEUS_OPERATOR
if [ ! -d "$definitions" ]; then
  rm -rf "$definitions.new" && mkdir "$definitions.new"
  source=$(downloaded github.com/kedacore/keda/v2 "v$KEDA")
  cp "$source"/config/crd/bases/*.yaml "$source/config/webhooks/validation_webhooks.yaml" "$definitions.new/"
  operator=$(downloaded github.com/prometheus-operator/prometheus-operator "v$PROMETHEUS_OPERATOR")
  for kind in podmonitors prometheusrules servicemonitors; do
    cp "$operator/example/prometheus-operator-crd/monitoring.coreos.com_$kind.yaml" "$definitions.new/"
  done
  chmod -R u+w "$definitions.new"
  mv "$definitions.new" "$definitions"
fi
