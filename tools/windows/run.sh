#!/usr/bin/env bash
# What is built for Windows on Wine's Windows API, against a real Qdrant. Called by ./build.sh windows [--install] [--all] [PART ...]. The parts are
#   tool      the command line tool, end to end
#   core      the xunit tests of the core
#   qdrant    the xunit tests against Qdrant
#   pester    the Pester files against the package; pester:NAME is one file
# Without a part, all of them. What slow-on-wine.txt names is run only with --all, or by its name (pester:NAME).
# --built: the solution and the package are built already.
# Without Wine, one line says what to type. Wine is installed only with --install, or where CI=true. The last line is "N passed, N failed, N skipped".
# What this shows and what it does not: docs/windows.md.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
install= all= built= parts=()
for argument in "$@"; do
    case "$argument" in
        --install) install=--install ;;
        --all) all=true ;;
        --built) built=true ;;
        tool | core | qdrant | pester) parts+=("$argument") ;;
        pester:*)
            [[ -f tests/pester/${argument#pester:}.Tests.ps1 ]] || { printf 'windows: there is no tests/pester/%s.Tests.ps1\n' "${argument#pester:}" >&2; exit 2; }
            parts+=("$argument") ;;
        *) printf 'windows: there is no part %s. Parts are: tool core qdrant pester pester:NAME\n' "$argument" >&2; exit 2 ;;
    esac
done
if (( ${#parts[@]} == 0 )); then parts=(tool core qdrant pester); fi
. tools/windows/wine.sh

windows=$PWD/artifacts/windows
readonly windows tool=$PWD/artifacts/windows/tool/vector-migration.exe
# Each group is a process of its own.
readonly core_groups=8 qdrant_groups=3
# How long one process may take, how long it may take without the begin or end of a test, and when no other job is begun. On a quiet machine all have ended
# long before.
seconds=240 stall=75 most=420
if [[ $all ]]; then seconds=3000 stall=900 most=100000; fi
. tools/windows/jobs.sh
. tools/windows/tool.sh
passed=0 failed=0 skipped=0

# Why each of these is not tried here stands in docs/windows.md.
not_on_wine() { # what, and how many tests
    skipped=$((skipped + ${2:-1}))
    printf '!!! NOT RUN: on Wine: %s\n' "$1"
}

asked() { # part, or pester:NAME; pester is asked for by any of its files
    [[ " ${parts[*]} " == *" $1"[\ :]* ]]
}

# The package, as an installation unpacks it.
unpack_package() {
    local powershell
    powershell=$(tools/powershell/install.sh) || return
    [[ $built ]] || { dotnet build tests/OtherVersions -c Release -v q --nologo && ./build.sh package; } >&2 || return
    rm -rf "$windows/modules"
    "$powershell" -NoProfile -NonInteractive -Command "Import-Module ./tests/pester/Package.psm1
        Expand-ModulePackage (Get-Item artifacts/package/*.nupkg).FullName '$windows/modules'" >"$windows/manifest"
}

# What the jobs need: the tool, .NET and PowerShell for Windows, the qdrant.exe that stands for a server, the tests, the package.
build() {
    if asked tool || asked pester; then publish_tool || return; fi
    dotnet msbuild tools/windows/Runtime.csproj -restore -t:Bring -nologo -v:q >&2 && dotnet build tools/windows/relay -c Release -v q --nologo >&2 || return
    if asked core || asked qdrant; then dotnet build tools/windows/xunit -c Release -v q --nologo >&2 || return; fi
    if asked pester; then unpack_package || return; fi
}

# A Pester file that a list leaves out as a whole is not started, unless it is asked for by its name.
pester_jobs() {
    local file left
    for file in $(basename -s .Tests.ps1 tests/pester/*.Tests.ps1); do
        left=$(grep -hF "$file | * | " "$windows/left-out.txt" | head -n 1)
        if [[ $left ]]; then not_on_wine "$file.Tests.ps1: ${left##* | }" "$(grep -cE '^ *It ' "tests/pester/$file.Tests.ps1")"
        else printf 'pester %s\n' "$file" >>"$queue"
        fi
    done
}

# The longest first: the workers end at about the same time.
make_queue() {
    local part number
    : >"$queue"
    for part in "${parts[@]}"; do
        case "$part" in
            tool) printf 'tool\n' >>"$queue" ;;
            qdrant) for number in $(seq $qdrant_groups); do printf 'qdrant %d/%d\n' "$number" $qdrant_groups >>"$queue"; done ;;
            core) for number in $(seq $core_groups); do printf 'core %d/%d\n' "$number" $core_groups >>"$queue"; done ;;
            pester) pester_jobs ;;
            pester:*) printf 'pester %s\n' "${part#pester:}" >>"$queue" ;;
        esac
    done
}

prepare_wine "$install" || { printf '0 passed, 0 failed, 1 skipped\n'; exit 0; }
command -v script >/dev/null || { printf '!!! NOT RUN: the Windows part, because script is missing. Type: apt-get install bsdutils\n0 passed, 0 failed, 1 skipped\n'; exit 0; }
build || { printf 'FAILED  the Windows part could not be built\n0 passed, 1 failed, 0 skipped\n'; exit 1; }
printf 'Building for Windows took %d s\n' "$SECONDS"

rm -rf "$logs"
mkdir -p "$logs"
cp tools/windows/not-on-wine.txt "$windows/left-out.txt"
if [[ ! $all ]]; then
    # A Pester file that is asked for by its name is run.
    while IFS= read -r line; do
        if ! asked "pester:${line%% | *}"; then printf '%s\n' "$line"; fi
    done <tools/windows/slow-on-wine.txt >>"$windows/left-out.txt"
fi

make_queue
readonly deadline=$((SECONDS + most))
cp "$queue" "$windows/jobs"
for number in 1 2; do
    work_off "$number" &
    workers+=($!)
done
trap 'kill "${workers[@]}" 2>/dev/null; wait' INT TERM HUP
wait "${workers[@]}"

for suite in core qdrant; do
    if ! asked $suite; then continue; fi
    said=$(say_left_out "$suite")
    if [[ $said ]]; then printf '%s\n' "$said"; fi
    failed=$((failed + $(grep -c '^FAILED' <<<"$said")))
done

printf '\n| part | passed | failed | not run |\n|---|---|---|---|\n'
while read -r kind which; do
    figures=$logs/$(tr ' /' '-_' <<<"$kind${which:+ $which}").figures
    if [[ -s "$figures" ]]; then read -r p f s <"$figures"
    elif grep -qxF "$kind${which:+ $which}" "$queue"; then
        p=0 f=0 s=1
        printf '!!! NOT RUN: on Wine: %s, because %d s were over\n' "$kind $which" "$most"
    else
        p=0 f=1 s=0
        printf 'FAILED  %s was not run\n' "$kind $which"
    fi

    printf '%s %d %d %d\n' "$kind" "$p" "$f" "$s"
done <"$windows/jobs" >"$windows/figures"
grep -E '^(FAILED|!!!)' "$windows/figures"
grep -vE '^(FAILED|!!!)' "$windows/figures" | awk '{ p[$1] += $2; f[$1] += $3; s[$1] += $4 } END { for (k in p) printf "| %s | %d | %d | %d |\n", k, p[k], f[k], s[k] }' | sort
read -r p f s < <(grep -vE '^(FAILED|!!!)' "$windows/figures" | awk '{ p += $2; f += $3; s += $4 } END { print p + 0, f + 0, s + 0 }')
passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))

for what in "untrusted certificates (Wine accepts them)" "access lists of files (Wine derives them from modes)" "SMB shares" "the Task Scheduler" \
    "the event log" "the rename rules of NTFS"; do not_on_wine "$what"; done
printf 'The Windows part took %d s\n' "$SECONDS"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
(( failed == 0 ))
