#!/usr/bin/env bash
# Plays the two historical runs and the larger one again with today's defaults, each into a collection of its own on a local Qdrant,
# and prints how they compare. Called by ./build.sh history. Takes a minute and leaves nothing running; logs stay in artifacts/history.
# QDRANT_BIN=<path> uses that server instead of the pinned one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=history
. tools/qdrant-local/serve.sh

tool() { env -u QDRANT_API_KEY artifacts/cli/vector-migration "$@"; }

play() { # name options...
    local name=$1; shift
    echo "\$ vector-migration migrate samples/words.faiss --collection $name $*"
    tool migrate samples/words.faiss --url "http://127.0.0.1:$grpc" --collection "$name" --log-dir "$place/$name" "$@"
}

play run200 --limit 200 --batch-size 50 --batch-delay 2 --parallel 1
play run1000 --limit 1000 --batch-size 100 --batch-delay 3 --parallel 1
play today1000 --limit 1000

compare() { # run baseline
    tool compare "$1" "$2" --json 2>/dev/null >"$place/$(basename "$1")-$(basename "$2").json"
}

documented=tools/history/documented-run.json
cp "$documented" "$place/documented"
compare "$place/run1000" "$place/run200"
compare "$place/run1000" "$place/documented"
compare "$place/today1000" "$place/run1000"
compare "$place/today1000" "$place/documented"

echo "Reference, as documented: 1,000 vectors in 509.66 s, 0.51 s/vector."
echo
node tools/history/table.mjs \
    "1,000 vectors, batch 100, delay 3 s=200 vectors, batch 50, delay 2 s=$place/run1000-run200.json" \
    "1,000 vectors, batch 100, delay 3 s=the documented run=$place/run1000-documented.json" \
    "1,000 vectors, today's defaults=1,000 vectors, batch 100, delay 3 s=$place/today1000-run1000.json" \
    "1,000 vectors, today's defaults=the documented run=$place/today1000-documented.json"
echo
