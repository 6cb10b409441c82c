# Packages of Debian 12, unpacked into a folder of ours: nothing is installed, no daemon starts, and the machine stays as it was.

# The archive that this machine's own apt asks.
debian_archive() {
  sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p' \
    /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list /etc/apt/sources.list 2>/dev/null | grep debian | grep -v security | head -1
}

# debian_open ROOT  makes an apt of our own below ROOT, with the machine's proxies and Debian's own keys
debian_open() {
  local root=$1 archive kind
  archive=$(debian_archive) || true
  [ -n "$archive" ] || { echo 'the apt sources name no Debian archive'; return 1; }
  mkdir -p "$root"/etc/apt/{apt.conf.d,preferences.d,sources.list.d,trusted.gpg.d} "$root"/var/lib/{apt/lists/partial,dpkg} "$root"/var/cache/apt/archives/partial
  : >"$root/var/lib/dpkg/status"
  for kind in deb deb-src; do
    echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive bookworm main"
  done >"$root/etc/apt/sources.list"
  {
    printf 'Dir "%s";\nDir::State::status "%s/var/lib/dpkg/status";\nAcquire::Languages "none";\nAcquire::Retries "2";\nAPT::Sandbox::User "";\n' "$root" "$root"
    apt-config dump | grep -E '^Acquire::https?::Proxy' || true
  } >"$root/apt.conf"
  # Without it, apt takes an archive that it cannot reach for an empty one.
  APT_CONFIG=$root/apt.conf apt-get -q -o APT::Update::Error-Mode=any update >"$root/log" 2>&1 || { tail -1 "$root/log"; return 1; }
}

# debian_unpack ROOT INTO PACKAGE...
debian_unpack() {
  local root=$1 into=$2 package
  shift 2
  mkdir -p "$root/debs" "$into"
  for package in "$@"; do
    (cd "$root/debs" && APT_CONFIG=$root/apt.conf apt-get -q download "$package" >>"$root/log" 2>&1) || { echo "apt has no $package"; return 1; }
    dpkg-deb -x "$root/debs/$package"_*.deb "$into" || return 1
  done
}

# debian_missing ROOT PACKAGE...  prints the packages with what they need, less what this machine has
debian_missing() {
  local root=$1
  shift
  APT_CONFIG=$root/apt.conf apt-get -q -s -o Dir::State::status=/var/lib/dpkg/status install --no-install-recommends "$@" 2>>"$root/log" |
    sed -nE 's/^Inst ([^ ]+) .*/\1/p'
}
