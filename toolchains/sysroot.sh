#!/usr/bin/env bash
# sysroot.sh ARCH SUITE PACKAGE...: prints the folder that holds these Debian packages and all they depend on, unpacked
# for ARCH (arm64, armhf). apt resolves, fetches and verifies them with a state of its own: neither root nor a foreign
# architecture in this machine's dpkg is needed, and no maintainer script runs.
set -euo pipefail
. "$(dirname "$0")/cache.sh"
arch=$1 suite=$2; shift 2

# apt_for FOLDER ARGUMENT...: apt-get for that architecture and suite, knowing of no installed package.
apt_for() {
    local state=$1; shift
    apt-get -q -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
        -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User= \
        -o APT::Install-Recommends=false -o Acquire::Languages=none "$@"
}

# The library folders were merged (/lib is usr/lib), and links that start at the root would point into this machine.
unpack() {
    local root=$1 deb link target
    mkdir -p "$root"/usr/{bin,sbin,lib}
    ln -s usr/bin usr/sbin usr/lib "$root"
    for deb in "$2"/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --no-same-owner \
            --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale'
    done
    find "$root" -type l -lname '/*' | while read -r link; do
        target=$(readlink "$link")
        ln -sfnr "$root$target" "$link"
    done
}

fill() {
    local root=$1 state; state=$(mktemp -d)
    mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
    : >"$state/status"
    echo "deb [signed-by=$WMPF_KEYRING] $WMPF_MIRROR $suite main" >"$state/sources.list"
    apt_for "$state" update
    apt_for "$state" install -y --download-only "${packages[@]}"
    unpack "$root" "$state/cache/archives"
    rm -rf "$state"
}

# libstdc++6: programs need it when they run here under emulation.
packages=(libc6-dev libstdc++6 "$@")
once "$WMPF_CACHE/sysroot-$suite-$arch-$(cache_key "${packages[@]}")" fill
