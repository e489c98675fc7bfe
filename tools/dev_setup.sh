# shellcheck shell=bash
# Sourced by ./dev: the Debian packages that this tree needs.

BUILD_PACKAGES=(
  g++ cmake ninja-build pkg-config ccache mold git ca-certificates
  libboost1.81-dev libboost-url1.81-dev libssl-dev libsodium-dev libsqlite3-dev libpq-dev zlib1g-dev
  nlohmann-json3-dev libtomlplusplus-dev libyaml-dev liboath-dev libcli11-dev libspdlog-dev libfmt-dev prometheus-cpp-dev
  libcurl4-openssl-dev libcjose-dev libjansson-dev libfido2-dev libqrcodegencpp-dev libsecret-1-dev
)
TEST_PACKAGES=(
  clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev
  libclang-19-dev llvm-19-dev
  libgtest-dev libgmock-dev libbenchmark-dev
  python3 python3-pip python3-pytest python3-jsonschema python3-pygit2 python3-dulwich python3-aiosmtpd python3-cryptography
  sqlite3 postgresql postgresql-client patroni etcd-server oathtool strace faketime nginx-light caddy haproxy apache2 fcgiwrap curl gdb procps
  gnome-keyring dbus-daemon git-lfs libsecret-1-0
)
# What the benchmarks compare with. node and npm come from wherever they are installed: without them
# the rows of their peers say so.
BENCH_PACKAGES=(wrk util-linux glewlwyd postgresql nginx-light fcgiwrap python3 git sqlite3)

# What tests the pages: a browser.
PAGES_PACKAGES=(chromium oathtool pngquant)

# setup [--tests|--bench|--pages]: one call of apt-get for what is missing; nothing at all when nothing is.
setup() {
  local -a wanted=("${BUILD_PACKAGES[@]}" curl) missing=()
  # What builds the pages: Debian's, unless some other installation of Node.js is there already.
  command -v node >/dev/null && command -v npm >/dev/null || wanted+=(nodejs npm)
  case "${1:-}" in
    "") ;;
    --tests) wanted+=("${TEST_PACKAGES[@]}") ;;
    --bench) wanted+=("${TEST_PACKAGES[@]}" "${BENCH_PACKAGES[@]}") ;;
    --pages) wanted+=("${PAGES_PACKAGES[@]}") ;;
    *) die "setup takes only --tests, --bench or --pages" ;;
  esac
  mapfile -t missing < <(missing_packages "${wanted[@]}")
  ((${#missing[@]} > 0)) || return 0
  say "install ${missing[*]}"
  install_packages "${missing[@]}"
}

missing_packages() {
  local installed
  installed="$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')"
  printf '%s\n' "$@" | sort -u | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# A package that brings a service (nginx) must not start it: RUNLEVEL=1 keeps invoke-rc.d from it.
install_packages() {
  local -a root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "not root, and there is no sudo; install: $*"
    root=(sudo)
  fi
  local -a environment=(env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive)
  "${root[@]}" "${environment[@]}" apt-get update -q
  "${root[@]}" "${environment[@]}" apt-get install -y -q --no-install-recommends "$@"
}
