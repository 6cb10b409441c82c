#!/usr/bin/env bash
# Builds kube-apiserver 1.20.2 from Debian's source package "kubernetes", whose binary packages hold only kubectl.
# usage: build-kube-apiserver-debian.sh FILE      5 minutes of one processor and 3 GiB; does nothing where FILE is there
set -euo pipefail
. "$(dirname "$0")/debian.sh"
file=${1:?the file to write}
[ -x "$file" ] && exit 0
mkdir -p "$(dirname "$file")"
folder=$(mktemp -d "$(dirname "$file")/build-XXXXXX")
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
say() { echo "kube-apiserver: $1" >&2; }

say 'fetching the source package and the compiler'
debian_open "$folder/apt"
tools=$folder/tools
debian_unpack "$folder/apt" "$tools" golang-1.19-go golang-1.19-src make patch rsync golang-github-modern-go-reflect2-dev
(cd "$folder" && APT_CONFIG=$folder/apt/apt.conf apt-get -q source --download-only kubernetes >>apt/log 2>&1) || { tail -1 "$folder/apt/log"; exit 1; }
export PATH=$tools/usr/lib/go-1.19/bin:$tools/usr/bin:$PATH GOROOT=$tools/usr/lib/go-1.19

say 'unpacking'
tar xf "$folder"/kubernetes_*.orig.tar.gz -C "$folder"
source=$(echo "$folder"/kubernetes-1.20*/)
tar xf "$folder"/kubernetes_*.debian.tar.xz -C "$source"
cd "$source"
while read -r patch; do patch -s -p1 <"debian/patches/$patch"; done <debian/patches/series
# The reflect2 in the tree makes a server built with Go 1.18 or newer die when it encodes a map; Debian's own package of it does not.
reflect2=vendor/github.com/modern-go/reflect2
rm "$reflect2"/*.go "$reflect2"/*.s
cp "$tools"/usr/share/gocode/src/github.com/modern-go/reflect2/*.{go,s} "$reflect2/"
rm -f "$reflect2"/*_test.go

say 'compiling'
printf '%s\n' "KUBE_GIT_COMMIT='debian'" "KUBE_GIT_TREE_STATE='clean'" "KUBE_GIT_VERSION='v1.20.2'" "KUBE_GIT_MAJOR='1'" "KUBE_GIT_MINOR='20'" >"$folder/version"
export GOPATH=$PWD/.go GO111MODULE=off GOCACHE=$folder/gocache GOPROXY=off GOFLAGS='' GOTOOLCHAIN=local HOME=$folder CGO_ENABLED=0 KUBE_GIT_VERSION_FILE=$folder/version
mkdir -p .go/src/k8s.io
ln -s ../../.. .go/src/k8s.io/kubernetes
make WHAT=cmd/kube-apiserver >"$folder/make.log" 2>&1 || { tail -5 "$folder/make.log"; exit 1; }
[ "$(_output/local/go/bin/kube-apiserver --version)" = 'Kubernetes v1.20.2' ] || { echo 'what was built is no kube-apiserver 1.20.2'; exit 1; }
mv _output/local/go/bin/kube-apiserver "$file"
