#!/usr/bin/env bash
# The demo: 10,000 English words as a FAISS index, into a Qdrant of their own, verified, and asked. Called by ./build.sh demo.
# QDRANT_BIN=<path> uses that server instead of the pinned one. Leaves nothing running.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

name=demo
. tools/qdrant-local/serve.sh

echo
echo "\$ vector-migration migrate samples/words.faiss --collection words --payload samples/words.jsonl"
env -u QDRANT_API_KEY artifacts/cli/vector-migration migrate samples/words.faiss \
    --url "http://127.0.0.1:$grpc" --collection words --payload samples/words.jsonl --log-dir "$place/logs"

echo "  The nearest words, found in Qdrant by the migrated vectors:"
echo
node tools/demo/nearest.mjs "$rest" words queen river guitar coffee doctor snow
echo
