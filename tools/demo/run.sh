#!/usr/bin/env bash
# The demo: 10,000 English words as a FAISS index, into a Qdrant of their own, verified, and asked. Called by ./build.sh demo.
# QDRANT_BIN=<path> uses that server instead of the pinned one. Leaves nothing running.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

command -v node >/dev/null || { echo "demo: node is missing. Install Node.js 18 or later with npm (Debian: apt-get install nodejs npm)." >&2; exit 1; }
binary=$(tools/qdrant-local/install.sh)
place=$PWD/artifacts/demo
rm -rf "$place"
mkdir -p "$place/logs"

read -r rest grpc < <(node tools/demo/free-ports.mjs)

server=
stop() {
    trap - EXIT INT TERM HUP
    if [[ -n "$server" ]]; then
        kill "$server" 2>/dev/null && { timeout 5 tail --pid="$server" -f /dev/null || kill -KILL "$server" 2>/dev/null; } || true
        wait "$server" 2>/dev/null || true
    fi
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM HUP

# Where there is setpriv, the server dies with this script even if the script is killed.
guard=(); if command -v setpriv >/dev/null; then guard=(setpriv --pdeathsig KILL); fi
(
    cd "$place"
    export QDRANT__SERVICE__HOST=127.0.0.1 QDRANT__SERVICE__HTTP_PORT=$rest QDRANT__SERVICE__GRPC_PORT=$grpc
    export QDRANT__STORAGE__STORAGE_PATH=$place/storage QDRANT__STORAGE__SNAPSHOTS_PATH=$place/snapshots
    export QDRANT__TELEMETRY_DISABLED=true QDRANT__LOG_LEVEL=WARN
    unset QDRANT_API_KEY
    exec "${guard[@]}" "$binary" --disable-telemetry >"$place/qdrant.log" 2>&1
) &
server=$!
node tools/demo/wait-ready.mjs "$rest" || { echo "demo: Qdrant did not start; its log is $place/qdrant.log" >&2; exit 1; }

echo
echo "\$ vector-migration migrate samples/words.faiss --collection words --payload samples/words.jsonl"
env -u QDRANT_API_KEY artifacts/cli/vector-migration migrate samples/words.faiss \
    --url "http://127.0.0.1:$grpc" --collection words --payload samples/words.jsonl --log-dir "$place/logs"

echo "  Now Qdrant is asked for the nearest words, by the vectors that just arrived:"
echo
node tools/demo/nearest.mjs "$rest" words queen river guitar coffee doctor snow
echo
