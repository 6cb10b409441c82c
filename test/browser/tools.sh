#!/usr/bin/env bash
# Puts a Chromium and axe-core into a folder, for the tests that open the page in a browser: FOLDER/chromium and FOLDER/axe.min.js.
# usage: tools.sh FOLDER      exits with 77 where this machine cannot have them
set -Eeuo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../live/debian.sh"
folder=${1:?the folder to fill}
cache=${SELFSAME_TEST_CACHE:-$HOME/.cache/selfsame-test}
axe=axe-core@4.14.1

main() {
  local chromium
  mkdir -p "$cache" "$folder"
  exec 9>"$cache/browser-lock"
  flock 9
  find_axe
  chromium=$(command -v chromium || command -v chromium-headless-shell || command -v google-chrome) || chromium=$(unpacked_chromium) || skip Chromium "$chromium"
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$chromium" >"$folder/chromium"
  chmod +x "$folder/chromium"
  timeout 60 "$folder/chromium" --version 2>"$folder/log" || skip Chromium "$(tail -1 "$folder/log")"
}

skip() { echo "skipped: $1 cannot be had here: ${2:-nothing says why}; no page is opened in a browser" >&2; exit 77; }

# Installed apart from the project: nothing of the project is made with it.
find_axe() {
  local have=$cache/$axe new=$cache/axe-new
  if [ ! -e "$have/axe.min.js" ]; then
    rm -rf "$have" "$new"
    mkdir "$new"
    npm install --prefix "$new" --no-save --ignore-scripts --no-audit --no-fund "$axe" >"$new/log" 2>&1 || skip axe-core "$(tail -1 "$new/log")"
    mv "$new/node_modules/axe-core" "$have"
    rm -rf "$new"
  fi
  cp "$have/axe.min.js" "$folder/axe.min.js"
}

# Prints where it is, or why it is nowhere. What it needs and the machine has not is unpacked beside it.
unpacked_chromium() {
  local have=$cache/chromium new=$cache/chromium-new missing
  [ -x "$have/run" ] && { echo "$have/run"; return; }
  (. /etc/os-release && [ "$ID" = debian ]) 2>/dev/null || { echo 'it is not installed, and this is no Debian'; return 1; }
  rm -rf "$have" "$new"
  mkdir "$new"
  debian_open "$new/apt" || return 1
  missing=$(debian_missing "$new/apt" chromium-headless-shell fontconfig-config fonts-dejavu-core) || { echo 'apt cannot have chromium-headless-shell'; return 1; }
  # Names of packages hold no spaces.
  debian_unpack "$new/apt" "$new/root" $missing || return 1
  rm -rf "$new/apt"
  # fonts.conf looks for fonts below XDG_DATA_HOME too.
  cat >"$new/run" <<RUN
#!/bin/sh
root=$have/root
libraries=\$root/usr/lib/\$(uname -m)-linux-gnu
export LD_LIBRARY_PATH=\$libraries:\$libraries/pulseaudio:\$root/lib/\$(uname -m)-linux-gnu XDG_DATA_HOME=\$root/usr/share
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH=\$root/etc/fonts
exec "\$root/usr/lib/chromium/chromium-headless-shell" "\$@"
RUN
  chmod +x "$new/run"
  mv "$new" "$have"
  echo "$have/run"
}

main
