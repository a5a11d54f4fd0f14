# For the scripts beside it: where unpacked Debian packages are kept, outside the source tree.
# Folders there are named after what is in them (a hash of suite, architecture and package list), so that a changed
# list makes a new folder and an old one can simply be deleted.

# Root's tests run programs as other users too, and they must be able to read the folder.
if [ -z "${WMPF_CACHE:-}" ]; then
    if [ "$(id -u)" -eq 0 ]; then WMPF_CACHE=/var/cache/wmpf-voipd; else WMPF_CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/wmpf-voipd; fi
fi
WMPF_MIRROR=${WMPF_MIRROR:-http://deb.debian.org/debian}
WMPF_KEYRING=${WMPF_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}

# cache_key WORD...: 12 characters that stand for the words, in any order.
cache_key() { printf '%s\n' "$@" | sort -u | sha256sum | cut -c1-12; }

# once FOLDER COMMAND...: prints FOLDER; when it is not there yet, lets COMMAND fill a folder that then gets its name.
# Two at the same time wait for each other; one that is cut short leaves nothing that looks complete.
once() {
    local folder=$1; shift
    mkdir -p "$WMPF_CACHE"
    exec 8>"$folder.lock"
    flock 8
    if [ ! -d "$folder" ]; then
        rm -rf "$folder.part"
        mkdir "$folder.part"
        "$@" "$folder.part" >"$folder.log" 2>&1 8>&- || { tail -30 "$folder.log" >&2; return 1; }
        mv "$folder.part" "$folder"
    fi
    flock -u 8
    echo "$folder"
}
