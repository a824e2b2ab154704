# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts: where we are, how to become root, how to say what is missing.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top" || exit 3

die() { # exit code, what, what was expected
    echo "error: $2: expected $3" >&2
    exit "$1"
}

as_root() { # run a command as root, or say plainly that it cannot be
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        die 3 "not root and no sudo" "to run '$*' as root"
    fi
}

# Build into $1 with the further meson options; quiet unless it fails.
build_in() {
    local dir=$1
    shift
    if [ ! -f "$dir/build.ninja" ]; then
        meson setup "$dir" "$@" >"$dir.log" 2>&1 || { cat "$dir.log" >&2; return 1; }
    fi
    ninja -C "$dir" >"$dir.log" 2>&1 || { grep -E 'error|warning|FAILED|undefined' "$dir.log" | head -40 >&2; return 1; }
}
