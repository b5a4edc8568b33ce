#!/usr/bin/env bash
# install.sh [witness|integrations|kubernetes]
# Prints the folder that holds Qdrant's official JavaScript clients, the integrations of frameworks, or the schemas of Kubernetes, on
# stdout; everything else goes to stderr.
# Versions and checksums are those of the lock file here; no script of a package is run.
set -euo pipefail

what=${1:-witness}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here="$root/tools/$what"
place="$root/artifacts/$what"

fail() {
    printf 'witness: %s\n' "$1" >&2
    printf 'witness: %s\n' "$2" >&2
    exit 1
}

command -v node >/dev/null && command -v npm >/dev/null || fail \
    "node or npm is missing, so JavaScript clients cannot be run." \
    "Install Node.js 18.17 or later with npm (Debian: apt-get install nodejs npm)."

mkdir -p "$place"
# Two runs that start at the same time must not install over each other.
exec 9>"$place/.lock"
flock 9

# The stamp is written last: an installation that was cut off is done again.
if ! cmp -s "$here/package-lock.json" "$place/installed-lock.json"; then
    printf 'witness: installing the packages of tools/%s from npm ...\n' "$what" >&2
    rm -rf "$place/node_modules" "$place/installed-lock.json"
    cp "$here/package.json" "$here/package-lock.json" "$place/"
    # The clients name TypeScript as a peer, which running them does not need.
    (cd "$place" && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund >&2) || fail \
        "npm could not install the pinned packages." \
        "Check the network and the npm registry."
    cp "$here/package-lock.json" "$place/installed-lock.json"
fi

printf '%s\n' "$place"
