# Sourced at the repository's root by scripts that run Windows programs: Wine, a prefix of its own, and the tool as it is built for Windows.

# Wine needs no display here. Without the last setting .NET ends in its finalizers (tried with Wine 8.0).
export WINEPREFIX=$PWD/artifacts/windows/prefix WINEDEBUG=-all DISPLAY= DOTNET_EnableWriteXorExecute=0
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

# Makes sure that Wine is there; says loudly what to type where it is not.
prepare_wine() { # --install, or nothing
    local install=(apt-get install -y --no-install-recommends wine64 wine)
    if ! command -v wine >/dev/null; then
        if [[ "${1:-}" != --install && "${CI:-}" != true ]]; then
            printf '!!! NOT RUN: the Windows part, because Wine is missing. Type: %s\n' "${install[*]}"
            return 1
        fi

        apt-get update -q >&2 && "${install[@]}" >&2 || { printf '!!! NOT RUN: the Windows part, because Wine could not be installed\n'; return 1; }
    fi

    if [[ ! -f "$WINEPREFIX/prepared" ]]; then
        mkdir -p "$WINEPREFIX"
        # Otherwise Wine 8.0 says that it is Windows 7.
        timeout 180 wineboot -i >&2 2>/dev/null && timeout 60 wine winecfg -v win10 >&2 2>/dev/null && touch "$WINEPREFIX/prepared" ||
            { printf '!!! NOT RUN: the Windows part, because Wine did not start\n'; return 1; }
    fi
}

# Compiled for Windows with its runtime: a native program cannot be made across systems. The analyzers have seen the same sources in the usual build.
publish_tool() {
    dotnet publish src/VectorMigration.Cli -c Release -r win-x64 --self-contained -p:DebugType=none -p:RunAnalyzers=false -v q \
        --artifacts-path artifacts/windows/build -o artifacts/windows/tool >&2
}
