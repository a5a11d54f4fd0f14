#!/usr/bin/env bash
# in_tree.sh TREE COMMAND...: runs a command in a tree of tree.sh, as root, with the project at /src and no network but
# its own loopback. Only the project's folder keeps what the command writes.
set -euo pipefail
. "$(dirname "$0")/cache.sh"
tree=$1; shift
options=()
if command -v ccache >/dev/null; then   # what the machine has for its own builds serves here too
    mkdir -p "$WMPF_CACHE/ccache-trees"
    options+=(--bind="$WMPF_CACHE/ccache-trees:/ccache" --setenv=CCACHE_DIR=/ccache --setenv=CMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
# Landlock is not on nspawn's own list of calls; the media program locks itself with it.
exec systemd-nspawn --quiet --directory="$tree" --volatile=overlay --register=no --keep-unit --as-pid2 --pipe --private-network \
    --system-call-filter="landlock_create_ruleset landlock_add_rule landlock_restrict_self" \
    --bind="$(realpath "$(dirname "$0")/..")":/src --chdir=/src --setenv=LC_ALL=C.UTF-8 "${options[@]}" "$@"
