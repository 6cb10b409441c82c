#!/usr/bin/env bash
# Starts the real servers that the live tests ask, on free ports of 127.0.0.1: three OCI registries, one behind a password and one behind TLS and tokens, and a Kubernetes API server.
# usage: servers.sh start|stop STATE_DIR      exits with 77 where this machine cannot have them
set -Eeuo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian.sh"
action=${1:-} state=${2:-}
case $action in start | stop) ;; *) state='' ;; esac
[ -n "$state" ] || { echo 'usage: servers.sh start|stop STATE_DIR' >&2; exit 2; }
mkdir -p "$state"
state=$(cd "$state" && pwd)
cache=${SELFSAME_TEST_CACHE:-$HOME/.cache/selfsame-test}

main() {
  [ "$action" = stop ] && { stop_all; return; }
  mkdir -p "$cache" "$state"/{pid,log,kube}
  exec 9>"$cache/lock"
  flock 9
  find_servers
  flock -u 9
  stop_all
  # What an earlier run left names ports that are nobody's now.
  rm -rf "$state"/{etcd,env,registry-open,registry-guarded,sealed}
  trap '[ $? = 0 ] || stop_all' EXIT
  choose_ports
  start_registries
  start_kubernetes
  printf '%s\n' "REGISTRY=127.0.0.1:$registry" "GUARDED_REGISTRY=127.0.0.1:$guarded" "SEALED_REGISTRY=127.0.0.1:$sealed" "TOKEN_SERVER=127.0.0.1:$tokens" "KUBERNETES=https://127.0.0.1:$api" "ETCD=http://127.0.0.1:$etcd_client" "HELM=$helm" "BUILDAH=$buildah" >"$state/env"
  cat "$state/env"
}

skip() { echo "skipped: $1 cannot be had here: $2"; exit 77; }

# What is installed is used; what is not is unpacked into the cache; only the API server has to be built.
find_servers() {
  for tool in openssl curl flock node; do command -v $tool >/dev/null || skip "$tool" 'it is not installed'; done
  docker_registry=$(program docker-registry docker-registry) || skip docker-registry "$docker_registry"
  etcd=$(program etcd etcd-server) || skip etcd "$etcd"
  find_apiserver
  find_helm
  # Without it none of its images is asked for.
  buildah=$(program buildah buildah) || { echo "buildah cannot be had here: $buildah; none of its images is tried" >&2; buildah=''; }
}

# Without it the chart is not rendered, and everything else is tried.
find_helm() {
  local why
  helm=$(command -v helm) && return
  helm=$cache/helm-3.18.6/helm
  why=$(timeout 600 "$here/build-helm.sh" "$helm") && return
  echo "helm 3.18.6 cannot be had here: ${why:-the build did not end within 10 minutes}; the chart is not rendered" >&2
  helm=''
}

# The newer one may need a Go that is not here; the older one only Debian. Both builds together stay below half an hour.
find_apiserver() {
  local why
  apiserver=$cache/kube-apiserver-1.34.2/kube-apiserver
  apiserver_options=(--feature-gates=ImageVolume=true,ListFromCacheSnapshot=false)
  why=$(timeout 900 "$here/build-kube-apiserver.sh" "$apiserver") && return
  echo "kube-apiserver 1.34.2 cannot be had here: ${why:-the build did not end within 15 minutes}; 1.20.2 stands in for it" >&2
  apiserver=$cache/kube-apiserver-1.20.2/kube-apiserver
  apiserver_options=()
  [ -x "$apiserver" ] && return
  is_debian || skip kube-apiserver 'the older one is built from a source package of Debian, and this is no Debian'
  why=$(timeout 600 "$here/build-kube-apiserver-debian.sh" "$apiserver") || skip kube-apiserver "${why:-the build did not end within 10 minutes}"
}

is_debian() { (. /etc/os-release && [ "$ID" = debian ]) 2>/dev/null; }

# program NAME PACKAGE  prints where it is, or why it is nowhere
program() {
  local found
  found=$(command -v "$1") && [ -x "$found" ] && { echo "$found"; return; }
  [ -x "$cache/unpacked/usr/bin/$1" ] && { echo "$cache/unpacked/usr/bin/$1"; return; }
  is_debian || { echo "it is not installed, and this is no Debian"; return 1; }
  { debian_open "$cache/apt" && debian_unpack "$cache/apt" "$cache/unpacked" "$2"; } || return 1
  rm -rf "${cache:?}/apt"
  echo "$cache/unpacked/usr/bin/$1"
}

# Below the range that systems hand out by themselves, so that nobody takes one between here and the server.
choose_ports() {
  read -r registry guarded sealed tokens api etcd_client etcd_peer < <(node -e '
    const net = require("node:net");
    const free = (port) => new Promise((tell) => {
      const server = net.createServer().on("error", () => tell(false));
      server.listen(port, "127.0.0.1", () => server.close(() => tell(true)));
    });
    (async () => {
      const ports = new Set();
      while (ports.size < 7) {
        const port = 20000 + Math.floor(Math.random() * 10000);
        if (await free(port)) ports.add(port);
      }
      console.log([...ports].join(" "));
    })();')
}

# spawn NAME COMMAND...  its own session, so that a Ctrl-C for the tests does not reach it
spawn() {
  local name=$1
  shift
  setsid "$@" >"$state/log/$name" 2>&1 </dev/null 9>&- &
  echo $! >"$state/pid/$name"
  # For a moment its arguments are still those of this script, and it would be taken for one that has ended.
  for _ in $(seq 100); do is_ours $! && return; sleep 0.01; done
}

# is_ours PID  every server has the folder in its arguments, whatever else took its number since
is_ours() { tr "\0" " " 2>/dev/null <"/proc/$1/cmdline" | grep -qF "$state/"; }

# await NAME SECONDS CURL_ARGUMENTS...  until it answers, 401 included
await() {
  local name=$1 tries=$(($2 * 10)) pid
  shift 2
  pid=$(cat "$state/pid/$name")
  while [ $((tries--)) -gt 0 ]; do
    curl -s -o /dev/null -m 2 "$@" && return
    is_ours "$pid" || break
    sleep 0.1
  done
  echo "$name does not start:" >&2
  tail -5 "$state/log/$name" >&2
  return 1
}

stop_all() {
  local file pid tries
  for file in "$state"/pid/*; do
    [ -e "$file" ] || continue
    pid=$(cat "$file")
    tries=100
    is_ours "$pid" && kill "$pid" 2>/dev/null || true
    while is_ours "$pid" && [ $((tries--)) -gt 0 ]; do sleep 0.1; done
    is_ours "$pid" && kill -9 "$pid" 2>/dev/null || true
    rm -f "$file"
  done
}

start_registries() {
  # scanner, with the password that test/live/state.ts names; the registry takes bcrypt alone.
  echo 'scanner:$2y$05$GY7TtnmtyzVdQ0mKP2PQaO9.ae49Sm4RHpUwH9CZ9h1tz36nz7K1m' >"$state/htpasswd"
  registry_config "$registry" open >"$state/open.yml"
  registry_config "$guarded" guarded >"$state/guarded.yml"
  printf 'auth:\n  htpasswd: { realm: harbour, path: "%s/htpasswd" }\n' "$state" >>"$state/guarded.yml"
  sealed_config "$state/sealed" >"$state/sealed.yml"
  spawn registry "$docker_registry" serve "$state/open.yml"
  spawn guarded "$docker_registry" serve "$state/guarded.yml"
  await registry 20 "http://127.0.0.1:$registry/v2/"
  await guarded 20 "http://127.0.0.1:$guarded/v2/"
  spawn sealed "$docker_registry" serve "$state/sealed.yml"
  await sealed 20 --cacert "$state/sealed/ca.crt" "https://127.0.0.1:$sealed/v2/"
}

registry_config() {
  printf 'version: 0.1\nstorage:\n  filesystem: { rootdirectory: "%s/registry-%s" }\nhttp:\n  addr: 127.0.0.1:%s\n' "$state" "$2" "$1"
}

# sealed_config FOLDER  it hands out what the open one holds, to whoever has a token that the key in the folder signed; a test starts who signs
sealed_config() {
  mkdir -p "$1"
  authority "$1" harbour-registries
  certify "$1" server /CN=sealed 'subjectAltName=IP:127.0.0.1'
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=harbour-tokens -keyout "$1/tokens.key" -out "$1/tokens.crt" 2>/dev/null
  registry_config "$sealed" open
  printf '  tls: { certificate: "%s/server.crt", key: "%s/server.key" }\n' "$1" "$1"
  printf 'auth:\n  token: { realm: "https://127.0.0.1:%s/token", service: harbour, issuer: harbour-tokens, rootcertbundle: "%s/tokens.crt" }\n' "$tokens" "$1"
}

start_kubernetes() {
  local kube=$state/kube
  make_certificates "$kube"
  spawn etcd "$etcd" --data-dir "$state/etcd" --unsafe-no-fsync --initial-cluster "default=http://127.0.0.1:$etcd_peer" \
    --listen-client-urls "http://127.0.0.1:$etcd_client" --advertise-client-urls "http://127.0.0.1:$etcd_client" \
    --listen-peer-urls "http://127.0.0.1:$etcd_peer" --initial-advertise-peer-urls "http://127.0.0.1:$etcd_peer"
  await etcd 20 "http://127.0.0.1:$etcd_client/health"
  # Nobody makes the service account "default" of a namespace here, without which pods would be refused.
  spawn kube-apiserver "$apiserver" --etcd-servers="http://127.0.0.1:$etcd_client" --bind-address=127.0.0.1 --secure-port="$api" \
    --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --service-cluster-ip-range=10.0.0.0/24 --authorization-mode=RBAC \
    --disable-admission-plugins=ServiceAccount --client-ca-file="$kube/ca.crt" --tls-cert-file="$kube/server.crt" \
    --tls-private-key-file="$kube/server.key" --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$kube/accounts.pub" --service-account-signing-key-file="$kube/accounts.key" --cert-dir="$kube/run" \
    "${apiserver_options[@]}"
  await kube-apiserver 60 --fail --cacert "$kube/ca.crt" "https://127.0.0.1:$api/readyz"
}

make_certificates() {
  local kube=$1
  [ -e "$kube/accounts.pub" ] && return
  authority "$kube" harbour-authority
  certify "$kube" server /CN=kube-apiserver 'subjectAltName=IP:127.0.0.1'
  certify "$kube" admin /O=system:masters/CN=admin 'extendedKeyUsage=clientAuth'
  openssl genrsa -out "$kube/accounts.key" 2048 2>/dev/null
  openssl rsa -in "$kube/accounts.key" -pubout -out "$kube/accounts.pub" 2>/dev/null
}

# authority FOLDER NAME
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$2" -keyout "$1/ca.key" -out "$1/ca.crt" 2>/dev/null
}

# certify FOLDER NAME SUBJECT EXTENSION
certify() {
  openssl req -newkey rsa:2048 -nodes -subj "$3" -keyout "$1/$2.key" -out "$1/$2.csr" 2>/dev/null
  openssl x509 -req -in "$1/$2.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial -days 2 -extfile <(echo "$4") -out "$1/$2.crt" 2>/dev/null
}

main
