#!/usr/bin/env bash
# tree.sh SUITE PACKAGE...: prints the folder that holds a small Debian of another release with these packages, to build
# and test in. Needs root and mmdebstrap. The tree is never written to: `./run test-trixie` lays an overlay on top.
set -euo pipefail
. "$(dirname "$0")/cache.sh"
suite=$1; shift

fill() {
    nice -n 15 mmdebstrap --variant=minbase --keyring="$WMPF_KEYRING" --aptopt='Acquire::Retries "3"' \
        --include="$(IFS=,; echo "${packages[*]}")" "$suite" "$1" "$WMPF_MIRROR"
    # An installer writes it; without it the tests' "localhost" is nobody.
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$1/etc/hosts"
    chmod 755 "$1"
}

packages=("$@")
once "$WMPF_CACHE/tree-$suite-$(cache_key "${packages[@]}")" fill
