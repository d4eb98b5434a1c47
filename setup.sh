#!/usr/bin/env bash
# Install what is missing (Debian packages) and build build/release (build_target only, where it is set). Sourced by
# ./run and ./test; both say what they do.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$root"

packages=(gcc make cmake ninja-build pkg-config git libsundials-dev libsuitesparse-dev libhdf5-dev libgsl-dev uthash-dev
          libjansson-dev python3 python3-h5py python3-matplotlib)
say() { printf '== %s\n' "$*"; }

missing=()
for package in "${packages[@]}"; do
	[ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
	say "installing Debian packages: ${missing[*]}"
	as_root=()
	[ "$(id -u)" = 0 ] || as_root=(sudo)
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

say "building build/release"
cmake --preset release -G Ninja >build.log 2>&1 || { cat build.log; exit 1; }
cmake --build --preset release --target "${build_target:-all}" >>build.log 2>&1 || { tail -60 build.log; exit 1; }
