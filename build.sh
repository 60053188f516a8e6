#!/bin/bash
# Builds, tests and shows aod on Debian 12. Installs what is missing: packages by apt (needs root),
# Deno by npm into .cache/ (needs no root).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'USAGE'
Usage: ./build.sh [COMMAND]

  (none)   build ./aod
  test     build, then run every test (groups may follow: ./build.sh test unit host)
  demo     build, then boot a VM with a real SMB share, break it, and show the captured bundle
  bench    build, then measure (arguments are passed on: ./build.sh bench --quick)
  package  build, then make the deb and the rpm (--lint: and let lintian, rpmlint and others look)
  release  build, then put program, packages, checksums, SBOM and notes into dist/VERSION/
  clean    remove what was built (downloads in .cache/ stay)
USAGE
}

# One line "package probe" each; the probe is a file or a command that the package brings.
BUILD_PACKAGES="
clang clang
llvm llvm-strip
gcc gcc
libc6-dev /usr/include/stdio.h
binutils objcopy
linux-libc-dev /usr/include/linux/bpf.h
libbpf-dev /usr/include/bpf/libbpf.h
libelf-dev /usr/include/libelf.h
zlib1g-dev /usr/include/zlib.h
libzstd-dev /usr/include/zstd.h
zstd zstd
"
VM_PACKAGES="
qemu-system-x86 qemu-system-x86_64
xz-utils xz
dpkg dpkg-deb
strace strace
tcpdump tcpdump
lsof lsof
iproute2 ss
bpftool /usr/sbin/bpftool
util-linux unshare
jq jq
rsyslog /usr/sbin/rsyslogd
curl curl
openssl openssl
"
# For the tests of the dashboard.
BROWSER_PACKAGES="
chromium /usr/bin/chromium
"
# 14 MB on disk; the tests of the packages need it too.
PACKAGE_PACKAGES="
dpkg dpkg-deb
rpm rpmbuild
git git
"
# 85 MB on disk.
LINT_PACKAGES="
lintian lintian
rpmlint rpmlint
groff-base groff
zsh zsh
fish fish
apparmor apparmor_parser
systemd systemd-analyze
"

# Installs the packages of the given lists whose probe is not there.
need_packages() {
  local missing=() package probe
  while read -r package probe; do
    [[ -z $package ]] && continue
    if [[ $probe == /* ]]; then
      [[ -e $probe ]] || missing+=("$package")
    else
      command -v "$probe" >/dev/null || missing+=("$package")
    fi
  done <<<"$1"
  [[ ${#missing[@]} -eq 0 ]] && return
  if [[ $(id -u) -ne 0 ]]; then
    echo "build.sh: missing packages: ${missing[*]}" >&2
    echo "build.sh: run once as root, or: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "build.sh: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q >&2
  apt-get install -q -y --no-install-recommends "${missing[@]}" >&2
}

# Puts a Deno of the pinned version on PATH: one that is installed, or the one of .cache/.
need_deno() {
  local version arch dir=.cache/deno
  version=$(sed -n 's/^ *"deno": "\([0-9.]*\)".*/\1/p' packaging/deno/package.json)
  if [[ $(NO_COLOR=1 deno --version 2>/dev/null | head -n 1) == "deno $version "* ]]; then
    return
  fi
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) echo "build.sh: no Deno for $(uname -m)" >&2; exit 1 ;;
  esac
  if [[ ! -x $dir/$version/deno ]]; then
    command -v npm >/dev/null || need_packages "nodejs node
npm npm"
    echo "build.sh: installing Deno $version into $dir"
    mkdir -p "$dir/npm"
    cp packaging/deno/package.json packaging/deno/package-lock.json "$dir/npm/"
    # Not `npm ci`: it wants every platform of the package deno in the lock file. What is in the lock
    # is checked by its hash either way.
    (cd "$dir/npm" && npm install --ignore-scripts --no-audit --no-fund >&2)
    if [[ ! -f $dir/npm/node_modules/@deno/linux-$arch-glibc/deno ]]; then
      (cd "$dir/npm" && npm install --ignore-scripts --no-audit --no-fund --no-save \
        --force "@deno/linux-$arch-glibc@$version" >&2)
    fi
    mkdir -p "$dir/$version"
    cp "$dir/npm/node_modules/@deno/linux-$arch-glibc/deno" "$dir/$version/deno.new"
    chmod 0755 "$dir/$version/deno.new"
    mv "$dir/$version/deno.new" "$dir/$version/deno"
    rm -rf "$dir/npm"
  fi
  PATH="$PWD/$dir/$version:$PATH"
  export PATH
}

# npm packages of deno.json into node_modules/, exactly as deno.lock says; only when that changed.
need_modules() {
  local stamp=node_modules/.aod-installed
  if [[ -f $stamp && ! deno.lock -nt $stamp && ! deno.json -nt $stamp ]]; then
    return
  fi
  deno install --frozen --quiet
  touch "$stamp"
}

build() {
  need_packages "$BUILD_PACKAGES"
  need_deno
  need_modules
  deno run -A packaging/build.ts
}

export DENO_NO_UPDATE_CHECK=1
case ${1:-} in
  "") build ;;
  test)
    build
    need_packages "$VM_PACKAGES$BROWSER_PACKAGES$PACKAGE_PACKAGES"
    exec deno run -A tests/run.ts "${@:2}"
    ;;
  demo)
    build
    need_packages "$VM_PACKAGES"
    exec deno run -A tests/vm/demo.ts "${@:2}"
    ;;
  bench)
    build
    exec deno run -A bench/main.ts "${@:2}"
    ;;
  package)
    build
    need_packages "$PACKAGE_PACKAGES"
    case " $* " in *" --lint "*) need_packages "$LINT_PACKAGES" ;; esac
    exec deno run -A packaging/package.ts "${@:2}"
    ;;
  release)
    build
    need_packages "$PACKAGE_PACKAGES"
    exec deno run -A packaging/release.ts "${@:2}"
    ;;
  clean) rm -rf build dist aod aod_*.deb aod-*.rpm ;;
  -h | --help) usage ;;
  *)
    usage >&2
    exit 2
    ;;
esac
