# Sourced at the repository's root by scripts that need a server: name=<what it is for> . tools/qdrant-local/serve.sh
# Starts the pinned Qdrant on free loopback ports, sets rest, grpc and place (artifacts/<name>, emptied), and stops it however the script ends.
command -v node >/dev/null || { echo "$name: node is missing. Install Node.js 18 or later with npm (Debian: apt-get install nodejs npm)." >&2; exit 1; }
binary=$(tools/qdrant-local/install.sh)
place=$PWD/artifacts/$name
rm -rf "$place"
mkdir -p "$place"

read -r rest grpc < <(node tools/qdrant-local/free-ports.mjs)

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
node tools/qdrant-local/wait-ready.mjs "$rest" "$grpc" || { echo "$name: Qdrant did not start; its log is $place/qdrant.log" >&2; exit 1; }
