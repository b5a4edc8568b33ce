#!/usr/bin/env bash
# What is tested, in one run; the last line is "N passed, N failed, N skipped". Called by ./build.sh test [PART ...]; without a part, everything.
# A part builds what it needs itself.
#
#   build     the solution, the command line tool, the module and the package, warnings as errors
#   native    the command line tool as servers get it, one native program (needs a C compiler; minutes)
#   format    dotnet format changes no white space
#   scripts   every PowerShell script can be parsed and keeps our rules
#   fixtures  the SHA-256 of every fixture and sample
#   core      xunit: the core and the side files
#   qdrant    xunit: the target, against a real Qdrant
#   endtoend  xunit: the command line tool as a process, against a real Qdrant; the native program where native is a part of the run
#   pester    the cmdlets out of the package, against a real Qdrant, in the pinned PowerShell
#   windows   what is built for Windows, on Wine, against a real Qdrant; only if it is named
#
# Any other tests/VectorMigration.X.Tests is a part x.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The parts that are test projects: VectorMigration.Tests is core, VectorMigration.X.Tests is x.
declare -A projects=()
xunit_parts=()
for project in tests/*/*.Tests.csproj; do
    name=$(basename "$project" .Tests.csproj)
    name=${name#VectorMigration}; name=${name#.}; name=${name:-core}
    projects[${name,,}]=$(dirname "$project")
    xunit_parts+=("${name,,}")
done
readonly every_part=(build native format scripts fixtures "${xunit_parts[@]}" pester windows)

for part in "$@"; do
    if [[ " ${every_part[*]} " != *" $part "* ]]; then
        printf 'test: there is no part %s. Parts are: %s\n' "$part" "${every_part[*]}" >&2
        exit 2
    fi
done

mkdir -p artifacts/test
rm -f artifacts/test/not-run.txt
passed=0 failed=0 skipped=0
loud=() times=()

count() { # passed failed skipped
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

fail() { # what
    count 0 1 0; loud+=("FAILED: $1")
}

skip() { # what, and why
    count 0 0 1; loud+=("NOT RUN: $1")
}

asked() { # part
    [[ " ${asked_parts[*]} " == *" $1 "* ]]
}

check() { # name command...: one thing that passes or fails
    local name=$1; shift
    printf '\n== %s\n' "$name"
    if "$@"; then count 1 0 0; else fail "$name"; fi
}

# Each failed test with the begin of its message: often only the end of a log is kept.
failed_tests() { # log
    awk '
        /^ *Failed [A-Za-z_]+\.[A-Za-z_.]+/ { name = $0; sub(/^ *Failed /, "", name); sub(/ \[[^]]*\]$/, "", name); next }
        /^ *Error Message:/ && name != "" { left = 8; text = ""; next }
        left > 0 && /^ *Stack Trace:/ { left = 1 }
        left > 0 {
            sub(/^ +/, "")
            if (left > 1) text = text " " substr($0, 1, 200)
            if (--left == 0) { print name ":" text; name = "" }
            next
        }
        /^ *\[-\] / { sub(/^ */, ""); print; pester = 2; next }
        pester > 0 { sub(/^ +/, ""); print "    " substr($0, 1, 300); pester-- }' "$1" | head -60
}

name_failed() { # log
    local line
    while IFS= read -r line; do loud+=("  $line"); done < <(failed_tests "$1")
}

# What is not run says so itself, on a line that begins with "!!! NOT RUN: ".
said_not_run() { # log
    sed -n 's/^!!! NOT RUN: //p' "$1"
}

xunit() { # part
    local project=${projects[$1]} name log line
    name=$(basename "$project"); log="artifacts/test/$name.log"
    printf '\n== %s\n' "$name"
    if ! asked build; then dotnet build "$project" -c Release -v q --nologo || { fail "$name could not be built"; return; }; fi
    dotnet test "$project" -c Release --no-build --nologo 2>&1 | tee "$log" | grep -vE '^(Test run for|A total of|Starting test)'
    # The line the test platform ends with: "Passed!  - Failed: 0, Passed: 32, Skipped: 0, Total: 32, ..."
    if [[ $(grep -E '^(Passed|Failed|Skipped)! ' "$log" | tail -1) =~ Failed:\ *([0-9]+),\ Passed:\ *([0-9]+),\ Skipped:\ *([0-9]+) ]]; then
        count "${BASH_REMATCH[2]}" "${BASH_REMATCH[1]}" "${BASH_REMATCH[3]}"
        if (( BASH_REMATCH[1] > 0 )); then loud+=("FAILED: ${BASH_REMATCH[1]} tests of $name"); name_failed "$log"; fi
        if (( BASH_REMATCH[2] == 0 )); then fail "$name ran no test"; fi
    else
        fail "$name did not run to its end"
    fi

    while read -r line; do loud+=("NOT RUN: $line"); done < <(sed -n 's/^ *\(.*\) \[SKIP\]$/\1/p' "$log")
}

# The pinned PowerShell or the one that PWSH_BIN names, never one that happens to be on PATH.
find_powershell() {
    powershell=$(tools/powershell/install.sh)
}

part_build() {
    check "build, warnings as errors" dotnet build Migration.sln -c Release -v q
    check "command line tool and module" ./build.sh build
    check "package" ./build.sh package
}

# What servers get stays small: what a package adds to it is seen here.
readonly most_native=29360000
native_size() {
    local size
    size=$(stat -c %s artifacts/release/vector-migration) || return 1
    printf 'artifacts/release/vector-migration: %d bytes, at most %d\n' "$size" "$most_native"
    (( size <= most_native ))
}

part_native() {
    if command -v clang >/dev/null || command -v gcc >/dev/null; then
        check "native program" ./build.sh release
        check "size of the native program" native_size
    else
        skip "the native program (./build.sh release), because there is no C compiler here"
    fi
}

# White space alone: the build enforces style and analyzers.
part_format() {
    check "format" dotnet format whitespace . --folder --verify-no-changes --exclude artifacts tests/fixtures
}

part_scripts() {
    local log=artifacts/test/analysis.log line
    printf '\n== scripts\n'
    find_powershell || { fail "the check of the scripts, because PowerShell could not be installed"; return; }
    if "$powershell" -NoProfile -NonInteractive -File tools/analyse/Invoke-Analysis.ps1 2>&1 | tee "$log"; then
        count 1 0 0
    else
        fail "the check of the scripts"
    fi

    while read -r line; do skip "$line"; done < <(said_not_run "$log")
}

part_fixtures() {
    check "fixtures and samples" ./build.sh check-fixtures
}

# End to end the program is tested that servers get, where it can be made; the demo runs the one that needs a runtime.
part_endtoend() {
    if asked native && [[ -x artifacts/release/vector-migration ]]; then
        VECTOR_MIGRATION_TOOL=$PWD/artifacts/release/vector-migration xunit endtoend
    else
        loud+=("The end-to-end tests ran the program that needs a runtime, not the native one.")
        xunit endtoend
    fi
}

part_pester() {
    local log=artifacts/test/pester.log line
    if ! asked build; then
        dotnet build tests/OtherVersions -c Release -v q --nologo || { fail "what Pester needs could not be built"; return; }
        # Every reason for a refusal is played through the command line tool too.
        ./build.sh build || { fail "the command line tool could not be built, so Pester did not run"; return; }
        ./build.sh package || { fail "the package could not be made, so Pester did not run"; return; }
    fi

    printf '\n== Pester\n'
    find_powershell || { fail "the cmdlet tests, because PowerShell and Pester could not be installed"; return; }
    # What is installed is what is tested: the package, not the folder it is made of.
    "$powershell" -NoProfile -File tests/pester/Invoke-Tests.ps1 -Package "$(ls artifacts/package/*.nupkg)" 2>&1 | tee "$log"
    if [[ $(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -1) =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]; then
        count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
        if (( BASH_REMATCH[2] > 0 )); then loud+=("FAILED: ${BASH_REMATCH[2]} Pester tests"); name_failed "$log"; fi
        if (( BASH_REMATCH[1] == 0 )); then fail "Pester ran no test"; fi
    else
        fail "Pester did not run to its end"
    fi

    while read -r line; do loud+=("NOT RUN: $line"); done < <(said_not_run "$log")
}

part_windows() {
    local log=artifacts/test/windows.log line
    printf '\n== Windows, on Wine\n'
    tools/windows/run.sh 2>&1 | tee "$log"
    if [[ $(tail -1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        count "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "${BASH_REMATCH[3]}"
        if (( BASH_REMATCH[2] > 0 )); then loud+=("FAILED: ${BASH_REMATCH[2]} checks of the Windows build"); fi
    else
        fail "the Windows part did not run to its end"
    fi

    while read -r line; do loud+=("NOT RUN: $line"); done < <(said_not_run "$log")
}

# What runs on Wine takes minutes and asks for Wine: it is asked for by its name.
if (( $# > 0 )); then asked_parts=("$@"); else asked_parts=("${every_part[@]/windows}"); fi
left_out=()
# Always in this order: what comes first is what the others run on.
for part in "${every_part[@]}"; do
    if ! asked "$part"; then left_out+=("$part"); continue; fi
    began=$SECONDS
    # A program of an earlier run is not what is tested.
    if [[ $part == native ]]; then rm -rf artifacts/release; fi
    if declare -F "part_$part" >/dev/null; then "part_$part"; else xunit "$part"; fi
    times+=("$part $((SECONDS - began)) s")
done

# What a test could not do on this machine it says there.
if [[ -f artifacts/test/not-run.txt ]]; then
    while read -r line; do skip "${line#NOT RUN: }"; done < artifacts/test/not-run.txt
fi

printf '\ntook: %s\n' "$(printf '%s, ' "${times[@]}" | sed 's/, $//')"
for line in "${loud[@]}"; do printf '!!! %s\n' "$line"; done
if (( ${#left_out[@]} > 0 )); then printf '!!! NOT ASKED FOR: %s. Name a part to run it: ./build.sh test PART.\n' "${left_out[*]}"; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
(( failed == 0 ))
