#!/usr/bin/env bash
# Builds kube-apiserver 1.34.2 from the Go module k8s.io/kubernetes, with the Go that is installed and the proxy that it is set to ask.
# usage: build-kube-apiserver.sh FILE      5 minutes of two processors and 6 GiB; does nothing where FILE is there
set -euo pipefail
file=${1:?the file to write}
version=v1.34.2
[ -x "$file" ] && exit 0
command -v go >/dev/null || { echo 'no Go is installed'; exit 1; }
mkdir -p "$(dirname "$file")"
folder=$(mktemp -d "$(dirname "$file")/build-XXXXXX")
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
say() { echo "kube-apiserver: $1" >&2; }
# What is fetched and compiled is gone with the folder.
export GOMODCACHE=$folder/modules GOCACHE=$folder/cache GOTOOLCHAIN=local GOWORK=off GOFLAGS=-buildvcs=false CGO_ENABLED=0
cd "$folder"

say 'fetching the module'
go mod download -json "k8s.io/kubernetes@$version" >module.json 2>log || { grep -o '"Error": ".*' module.json || tail -1 log; exit 1; }
module=$(sed -nE 's/^\s*"GoMod": "(.*)",?$/\1/p' module.json)
{
  printf 'module selfsame.test/apiserver\n\nrequire k8s.io/kubernetes %s\n' "$version"
  grep -E '^(go|godebug) ' "$module"
  # Its own repository has folders for the modules that it calls v0.0.0; outside they are published with the same minor version.
  sed -nE 's/^\s*(k8s\.io\/[a-z-]+) v0\.0\.0$/\1/p' "$module" | sort -u | while read -r staged; do echo "replace $staged => $staged v0.${version#v1.}"; done
} >go.mod

say 'compiling'
set_version=$(printf ' -X k8s.io/component-base/version.%s' "gitVersion=$version" gitMajor=1 gitMinor=34)
go build -mod=mod -trimpath -ldflags "-s -w$set_version" -o built k8s.io/kubernetes/cmd/kube-apiserver >log 2>&1 || { tail -1 log; exit 1; }
[ "$(./built --version)" = "Kubernetes $version" ] || { echo "what was built is no kube-apiserver $version"; exit 1; }
mv built "$file"
