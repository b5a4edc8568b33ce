#!/usr/bin/env bash
# ./build.sh build           the command line tool to artifacts/cli, the PowerShell module to module/bin
# ./build.sh release         the command line tool as servers get it to artifacts/release: one native program (needs a C compiler; minutes)
# ./build.sh test [PART ...] all tests, or parts: build, native, format, scripts, fixtures, core, qdrant, endtoend, pester,
#                            windows (only if it is named)
# ./build.sh windows [--install] [--all] [PART ...]  what is built for Windows, on Wine: tool, core, qdrant, pester, pester:NAME;
#                            --install installs Wine (Debian), --all adds what is slow
# ./build.sh demo            a real index into a real Qdrant, verified, and a search
# ./build.sh bench-words     341,479 real word vectors three ways: time and memory to bench/results
# ./build.sh bench [PART]    throughput compared with the server's limit and peers, distance, scale, memory, reading, decoding, pipeline, indexing,
#                            tune, metrics, micro: tables to bench/results
# ./build.sh history         the historical runs, compared with today's defaults
# ./build.sh faults          every fault on a real server in full: what is lost, duplicated, wrong (half an hour at most)
# ./build.sh fuzz            damaged index files by the thousand: fuzz --count N --seed S, see docs/guarantees.md
# ./build.sh package         the package for a PowerShell repository to artifacts/package
# ./build.sh sign CERTIFICATE.pfx [PASSWORD-FILE]   signs that package
# ./build.sh check-fixtures  the SHA-256 of every fixture and sample
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

need() {
    command -v "$1" >/dev/null || { printf 'build.sh: %s is missing. %s\n' "$1" "$2" >&2; exit 1; }
}

tool() {
    need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."
    dotnet publish src/VectorMigration.Cli -c Release --use-current-runtime --self-contained false -o artifacts/cli -v q
}

# In folders of its own: what is compiled for one native program must not be taken for what is compiled alone, nor the other way round.
release() {
    need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."
    command -v clang >/dev/null ||
        need gcc "The native program is linked by a C compiler: apt-get install gcc libc6-dev zlib1g-dev, or clang instead of gcc. ./build.sh build needs none."
    rm -rf artifacts/release
    dotnet publish src/VectorMigration.Cli -c Release --use-current-runtime -p:Native=true -p:DebugType=none \
        --artifacts-path artifacts/release-build -o artifacts/release -v q
}

# What servers get, in one file.
archive() {
    local version system machine name
    version=$(sed -n "s/^ *ModuleVersion *= *'\([^']*\)'.*/\1/p" VectorMigration.psd1)
    case "$(uname -s)" in Darwin) system=osx ;; *) system=linux ;; esac
    case "$(uname -m)" in aarch64 | arm64) machine=arm64 ;; *) machine=x64 ;; esac
    name=vector-migration-$version-$system-$machine
    rm -rf artifacts/archive
    mkdir -p artifacts/archive
    cp -R artifacts/release "artifacts/archive/$name"
    tar -czf "artifacts/$name.tar.gz" -C artifacts/archive "$name"
    ls "artifacts/$name.tar.gz"
}

case "${1:-}" in
    build) tool; dotnet build src/VectorMigration.Commands -c Release -v q ;;
    test) need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."; exec tools/test/run.sh "${@:2}" ;;
    windows) need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."; exec tools/windows/run.sh "${@:2}" ;;
    demo) tool; exec tools/demo/run.sh ;;
    release) release; archive ;;
    bench)
        release
        part=${2:-all}
        if [[ $part != micro ]]; then
            dotnet build bench/Bench -c Release -v q
            dotnet build bench/DotnetPeer -c Release -v q ||
                printf 'build.sh: the official .NET client is not available here and is reported as not present.\n' >&2
            bench/Bench/bin/Release/net10.0/VectorMigration.Bench "${@:2}"
        fi
        if [[ $part == micro || $part == all ]]; then
            dotnet build bench/Micro -c Release -v q
            bench/Micro/bin/Release/net10.0/VectorMigration.Micro
        fi ;;
    bench-words) tool; dotnet build src/VectorMigration.Commands -c Release -v q; exec bench/words/run.sh ;;
    history) tool; exec tools/history/run.sh ;;
    fuzz)
        need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."
        dotnet build tools/fuzz -c Release -v q
        status=0
        tools/fuzz/bin/Release/net10.0/VectorMigration.Fuzz "${@:2}" --commit "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" || status=$?
        # 1: faults, whose files are kept; above, the process itself died, and its last cases stand in the file under-way (64-bit numbers).
        (( status <= 1 )) || {
            case "${2:-}" in pickles | stores) kept="artifacts/fuzz-$2" ;; *) kept=artifacts/fuzz ;; esac
            printf 'build.sh: the fuzzer died (%d) at the cases: ' "$status" >&2
            od -An -td8 "$kept/under-way" >&2
        }
        exit "$status" ;;
    faults) need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."; exec tools/faults/run.sh ;;
    package)
        need dotnet "Install the .NET SDK 10 (https://dotnet.microsoft.com/download)."
        dotnet build src/VectorMigration.Commands -c Release -v q
        rm -rf artifacts/package
        dotnet pack tools/package -c Release -o artifacts/package -v q
        ls artifacts/package/*.nupkg ;;
    sign)
        [[ ${2:-} ]] || { printf 'build.sh: name the certificate: ./build.sh sign CERTIFICATE.pfx [PASSWORD-FILE]\n' >&2; exit 2; }
        ls artifacts/package/*.nupkg >/dev/null 2>&1 || { printf 'build.sh: there is no package to sign. Run ./build.sh package.\n' >&2; exit 2; }
        powershell=$(tools/powershell/install.sh | tail -1)
        # The files are named from where the command was given.
        exec "$powershell" -NoProfile -NonInteractive -File tools/package/Sign-Package.ps1 -Package "$(ls artifacts/package/*.nupkg)" \
            -Certificate "$(cd "$OLDPWD" && realpath -m "$2")" ${3:+-PasswordPath "$(cd "$OLDPWD" && realpath -m "$3")"} ;;
    check-fixtures)
        for manifest in tests/fixtures samples; do (cd "$manifest" && sha256sum --check --quiet manifest.sha256); done
        echo "fixtures and samples are as they were" ;;
    *) sed -n '2,17s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
