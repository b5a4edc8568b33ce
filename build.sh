#!/usr/bin/env bash
# ./build.sh build           the command line tool to artifacts/cli, the PowerShell module to module/bin
# ./build.sh test            format check, every xunit test, the README's commands, Pester where pwsh is
# ./build.sh demo            a real index into a real Qdrant, verified, and a question put to it
# ./build.sh bench-words     341,479 real word vectors three ways: time and memory to bench/results
# ./build.sh history         the historical runs again, compared with today's defaults
# ./build.sh check-fixtures  the SHA-256 of every fixture and sample
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

need() {
    command -v "$1" >/dev/null || { printf 'build.sh: %s is missing. %s\n' "$1" "$2" >&2; exit 1; }
}

tool() {
    need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."
    dotnet publish src/VectorMigration.Cli -c Release -o artifacts/cli -v q
}

case "${1:-}" in
    build) tool; dotnet build src/VectorMigration.Commands -c Release -v q ;;
    test) need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."; exec tools/test/run.sh ;;
    demo) tool; exec tools/demo/run.sh ;;
    bench-words) tool; dotnet build src/VectorMigration.Commands -c Release -v q; exec bench/words/run.sh ;;
    history) tool; exec tools/history/run.sh ;;
    check-fixtures) for manifest in tests/fixtures samples; do (cd "$manifest" && sha256sum --check --quiet manifest.sha256); done; echo "fixtures and samples are as they were" ;;
    *) sed -n '2,7s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
