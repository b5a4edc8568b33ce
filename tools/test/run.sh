#!/usr/bin/env bash
# Everything that is tested, in one run; the last line is "N passed, N failed, N skipped". Called by ./build.sh test.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p artifacts/test
rm -f artifacts/test/not-run.txt

passed=0 failed=0 skipped=0
loud=()

count() { # passed failed skipped
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

check() { # name command...: one thing that passes or fails
    local name=$1; shift
    printf '\n== %s\n' "$name"
    if "$@"; then count 1 0 0; else count 0 1 0; loud+=("FAILED: $name"); fi
}

xunit() { # project
    local name log
    name=$(basename "$1"); log="artifacts/test/$name.log"
    printf '\n== %s\n' "$name"
    dotnet test "$1" -c Release --no-build --nologo 2>&1 | tee "$log" | grep -vE '^(Test run for|A total of|Starting test)'
    # The line the test platform ends with: "Passed!  - Failed: 0, Passed: 32, Skipped: 0, Total: 32, ..."
    if [[ $(grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -1) =~ Failed:\ *([0-9]+),\ Passed:\ *([0-9]+),\ Skipped:\ *([0-9]+) ]]; then
        count "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
        (( BASH_REMATCH[1] == 0 )) || loud+=("FAILED: ${BASH_REMATCH[1]} tests of $name")
        (( BASH_REMATCH[2] > 0 )) || { count 0 1 0; loud+=("FAILED: $name ran no test"); }
    else
        count 0 1 0; loud+=("FAILED: $name did not run to its end")
    fi
}

pester() {
    printf '\n== Pester\n'
    if ! command -v pwsh >/dev/null; then
        loud+=("NOT RUN: the cmdlet tests (Pester), because there is no pwsh here. Install PowerShell 7.6 and run again.")
        return
    fi
    # What is installed is what is tested: the package, not the folder it is made of.
    pwsh -NoProfile -File tests/pester/Invoke-Tests.ps1 -Package "$(ls artifacts/package/*.nupkg)" 2>&1 | tee artifacts/test/pester.log
    if [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' artifacts/test/pester.log | tail -1) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
        count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
        (( BASH_REMATCH[2] == 0 )) || loud+=("FAILED: ${BASH_REMATCH[2]} Pester tests")
    else
        count 0 1 0; loud+=("FAILED: Pester did not run to its end")
    fi
}

analysis() {
    printf '\n== scripts\n'
    command -v pwsh >/dev/null || { loud+=("NOT RUN: the check of the scripts, because there is no pwsh here."); return; }
    local log=artifacts/test/analysis.log
    if pwsh -NoProfile -NonInteractive -File tools/analyse/Invoke-Analysis.ps1 2>&1 | tee "$log"; then count 1 0 0; else count 0 1 0; loud+=("FAILED: the check of the scripts"); fi
    if grep -q '^!!! ' "$log"; then loud+=("$(grep '^!!! ' "$log" | tail -1 | cut -c5-)"); fi
}

check "build, warnings as errors" dotnet build Migration.sln -c Release -v q
check "command line tool and module" ./build.sh build
check "package" ./build.sh package
# End to end the program is tested that servers get, where it can be made; the demo runs the one that needs a runtime.
if command -v clang >/dev/null || command -v gcc >/dev/null; then
    check "native program" ./build.sh release
    export VECTOR_MIGRATION_TOOL=$PWD/artifacts/release/vector-migration
else
    loud+=("NOT RUN: the native program (./build.sh release), because there is no C compiler here; the end-to-end tests ran the one that needs a runtime.")
fi
check "format" dotnet format Migration.sln --verify-no-changes --no-restore
analysis
check "fixtures and samples" ./build.sh check-fixtures
for project in tests/*/*.Tests.csproj; do
    xunit "$(dirname "$project")"
done
if [[ -f tests/pester/Invoke-Tests.ps1 ]]; then pester; fi

# What a test could not do on this machine it says there.
if [[ -f artifacts/test/not-run.txt ]]; then
    while read -r line; do count 0 0 1; loud+=("$line"); done < artifacts/test/not-run.txt
fi

printf '\n'
for line in "${loud[@]}"; do printf '!!! %s\n' "$line"; done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
(( failed == 0 ))
