#!/usr/bin/env bash
# Builds helm 3.18.6 from the Go module helm.sh/helm/v3, with the Go that is installed and the proxy that it is set to ask.
# usage: build-helm.sh FILE      2 minutes of two processors and 2 GiB; does nothing where FILE is there
set -euo pipefail
file=${1:?the file to write}
version=v3.18.6
[ -x "$file" ] && exit 0
command -v go >/dev/null || { echo 'no Go is installed'; exit 1; }
mkdir -p "$(dirname "$file")"
folder=$(mktemp -d "$(dirname "$file")/build-XXXXXX")
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
# What is fetched and compiled is gone with the folder.
export GOMODCACHE=$folder/modules GOCACHE=$folder/cache GOBIN=$folder GOTOOLCHAIN=local GOWORK=off GOFLAGS=-buildvcs=false CGO_ENABLED=0

echo 'helm: fetching the modules and compiling' >&2
cd "$folder"
go install -trimpath -ldflags "-s -w -X helm.sh/helm/v3/internal/version.version=$version" "helm.sh/helm/v3/cmd/helm@$version" >log 2>&1 || { tail -1 log; exit 1; }
[ "$(./helm version --template '{{.Version}}')" = "$version" ] || { echo "what was built is no helm $version"; exit 1; }
mv helm "$file"
