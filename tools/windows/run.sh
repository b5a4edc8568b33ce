#!/usr/bin/env bash
# What is built for Windows on Wine's Windows API, against a real Qdrant. Called by ./build.sh windows [--install] [--all] [PART ...]. The parts are
#   tool      the command line tool, end to end
#   core      the xunit tests of the core, for which .NET on Wine 8.0 is not steady enough: only if it is named, or with --all
#   qdrant    the xunit tests against Qdrant
#   pester    Pester files against the package; pester:NAME is one file
# Without a part everything runs that eight minutes allow; --all runs every test that Wine can run.
# Without Wine, one line says what to type. Wine is installed only with --install, or where CI=true. The last line is "N passed, N failed, N skipped".
# What this shows and what it does not: docs/windows.md.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
install= all= parts=()
for argument in "$@"; do
    case "$argument" in
        --install) install=--install ;;
        --all) all=true ;;
        tool | core | qdrant | pester | pester:*) parts+=("$argument") ;;
        *) printf 'windows: there is no part %s. Parts are: tool core qdrant pester pester:NAME\n' "$argument" >&2; exit 2 ;;
    esac
done
. tools/windows/wine.sh

windows=$PWD/artifacts/windows
readonly windows tool=$PWD/artifacts/windows/tool/vector-migration.exe
passed=0 failed=0 skipped=0

# Why each of these is not tried here stands in docs/windows.md.
not_on_wine() {
    skipped=$((skipped + 1))
    printf '!!! NOT RUN: on Wine: %s\n' "$1"
}

ok() { # what, and the command that shows it
    local what=$1; shift
    if "$@"; then passed=$((passed + 1)); printf 'passed  %s\n' "$what"
    else failed=$((failed + 1)); printf 'FAILED  %s\n' "$what"; tail -n 5 "$work/out" "$work/err" >&2
    fi
}

# Runs the tool to its end; its exit code is in $code, what it says in $work/out and $work/err.
vm() {
    code=0
    (cd "$work" && timeout 180 wine "$tool" "$@" >"$work/out" 2>"$work/err" </dev/null) || code=$?
}

# Starts the tool and leaves it running: $run is its process, which is the Windows program itself.
start_vm() {
    (cd "$work" && exec wine "$tool" "$@" >"$work/out" 2>"$work/err" </dev/null) &
    run=$!
}

# Waits until a running tool has recorded three acknowledged batches in a journal that it wrote itself: not the file that an earlier run left.
until_acknowledged() { # journal, and the inode of what was left
    for _ in $(seq 600); do
        [[ -f "$1" && "$(stat -c %i "$1")" != "${2:-}" ]] && (( $(grep -ac 'acked' "$1") >= 3 )) && return 0
        kill -0 "$run" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

json() { # an expression over the object r that was printed
    node -e 'const r = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(require("fs").readFileSync(process.argv[1])));
        process.exit(eval(process.argv[2]) ? 0 : 1)' "$work/out" "$1"
}

says() { # a text on stderr
    grep -aqF -- "$1" "$work/err"
}

ends_with() {
    [[ $code == "$1" ]]
}

points() { # collection, number
    [[ $(curl -s -X POST "http://127.0.0.1:$rest/collections/$1/points/count" -H 'content-type: application/json' -d '{"exact":true}') == *"\"count\":$2"* ]]
}

refused() { # path, what is said
    vm inspect "$1"
    ok "inspect '${1:0:40}' is refused by its own name" says "$2"
    ok "  with exit code 2, and not as an unexpected error" eval 'ends_with 2 && ! says "Unexpected error"'
}

reading() {
    # A name with letters that no code page has, and a sign that code page 437 prints as a control character.
    cp samples/words.faiss "$work/Größe→語.faiss"
    vm inspect 'Größe→語.faiss' --json
    ok "inspect --json is UTF-8 or ASCII, whatever the console" json 'r.path.endsWith("Größe→語.faiss") && r.count === 10000'
    ok "  without a control character" eval '! LC_ALL=C grep -q "[[:cntrl:]]" <(tr -d "\r\n" <"$work/out")'
    vm inspect 'Größe→語.faiss'
    ok "inspect for people prints no control character" eval '! LC_ALL=C grep -qP "[\x00-\x08\x0b\x0c\x0e-\x1f]" "$work/out"'
    refused '' 'it is empty'
    refused 'Q:\x\words.faiss' 'there is no drive Q:'
    refused 'a<b.faiss' 'it contains <'
    refused 'CONIN$' 'for a device'
    refused 'COM¹.faiss' 'for a device'
    refused '\\.\C:' 'names a device'
    refused 'words.faiss.' 'ends with a dot or a space'
    vm inspect '\\?\Z:'"${PWD//\//\\}"'\samples\words.faiss' --json
    ok "inspect takes a path with \\\\?\\" json 'r.count === 10000'
    local long="$work/$(printf 'n%.0s' {1..200})/$(printf 'm%.0s' {1..100})"
    mkdir -p "$long" && cp samples/words.faiss "$long/"
    vm inspect "Z:${long//\//\\}\\words.faiss" --json
    ok "inspect takes a path of more than 300 characters" json 'r.count === 10000'
}

# A console of code page 437, whose character 26 looks like an arrow on old terminals.
old_console() {
    command -v script >/dev/null || { not_on_wine "a console of code page 437, because script is missing. Type: apt-get install bsdutils"; return; }
    mkdir -p "$work/console/ä→語"
    cp samples/words.faiss "$work/console/ä→語/"
    # The name is found by cmd, whose own text would be in that code page.
    printf 'chcp 437\r\nfor /d %%%%d in (*) do %s inspect "%%%%d\\words.faiss" --json > ..\\out 2> ..\\err\r\n' 'Z:'"${tool//\//\\}" > "$work/console/r.bat"
    (cd "$work/console" && timeout 60 script -qec 'wine cmd /c r.bat' /dev/null </dev/null >/dev/null 2>&1)
    ok "JSON at code page 437 is escaped" eval 'json "r.path.includes(\"ä→語\")" && ! LC_ALL=C grep -q "[^ -~]" <(tr -d "\r\n" <"$work/out")'
    ok "text at code page 437 has -> for an arrow" says '->?'
}

sending() {
    vm migrate words.faiss "${to[@]}" --collection words --payload words.jsonl --log-dir logs --heartbeat beat.json --json
    ok "migrate with payload and verification" json 'r.status === "Completed" && r.exitCode === 0'
    ok "  ends with 0, and the server has all points" eval 'ends_with 0 && points words 10000'
    ok "  a log, a summary and a heartbeat are there" eval 'compgen -G "$work/logs/runs/*/summary.json" && [[ -s $work/logs/migration.log ]] &&
        grep -q ended "$work/beat.json"'
    vm verify words.faiss "${to[@]}" --collection words --payload words.jsonl --json
    ok "verify" json 'r.exitCode === 0'
    # Wine takes the entries and keeps no log.
    vm migrate words.faiss "${to[@]}" --collection reported --log-dir logs --event-log
    ok "a run that reports to the event log is not disturbed" eval 'ends_with 0 && points reported 10000 && ! says "event log"'
    vm migrate words.faiss "${to[@]}" --collection words --payload words.jsonl --log-dir logs --json
    ok "the same command again sends nothing" json 'r.status === "Completed" && r.counts.sent === 0 && r.counts.skipped === 10000'
    vm migrate words.faiss "${to[@]}" --collection missing-drive --log-dir 'Q:\logs'
    ok "a log folder on a missing drive is refused" eval 'ends_with 2 && says "there is no drive Q:"'

    printf 'a-key-that-the-server-ignores' | iconv -t UTF-16LE | { printf '\xff\xfe'; cat; } > "$work/key16"
    vm verify words.faiss "${to[@]}" --collection words --payload words.jsonl --api-key-file key16
    ok "a key file in UTF-16 is read" ends_with 0
    ok "  and the key is shown nowhere" eval '! grep -aq a-key-that "$work/out" "$work/err"'
    for name in casey Casey; do
        vm migrate words.faiss "${to[@]}" --collection "$name" --log-dir cases
        ok "the collection $name" eval 'ends_with 0 && points $name 10000'
    done
    ok "collections whose names differ in case have two journals" eval '(( $(ls "$work/cases"/*.journal | wc -l) == 2 ))'
}

ending() {
    local slow=(migrate words.faiss "${to[@]}" --collection slow --log-dir slow --batch-size 100 --batch-delay 0.2)
    start_vm "${slow[@]}"
    ok "a run that takes long has begun" until_acknowledged "$work/slow/slow.words.journal"
    # Another one, in its own files.
    (cd "$work" && wine "$tool" "${slow[@]}" >second.out 2>second.err </dev/null)
    code=$?
    ok "a second run of the same journal is refused" eval 'ends_with 2 && grep -q "in use by another run" "$work/second.err"'
    kill -INT "$run"; code=0; wait "$run" || code=$?
    ok "Ctrl+C ends with exit code 3" ends_with 3
    local left; left=$(stat -c %i "$work/slow/slow.words.journal")
    start_vm "${slow[@]}"
    ok "the same command resumes" until_acknowledged "$work/slow/slow.words.journal" "$left"
    kill -KILL "$run"; wait "$run" 2>/dev/null
    vm migrate words.faiss "${to[@]}" --collection slow --log-dir slow --json
    ok "a killed run resumes and is verified" json 'r.status === "Completed" && r.exitCode === 0'
    ok "  with nothing lost and nothing doubled" points slow 10000
}

# Adds the figures of a log that ends with them, and shows what failed or did not run.
take_figures() { # what, log
    grep -aE '^(FAILED|!!! NOT RUN)' "$2" | tr -d '\r'
    if [[ $(tail -n 1 "$2" | tr -d '\r') =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        printf '%s: %s\n' "$1" "${BASH_REMATCH[0]}"
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
    else
        printf 'FAILED  %s did not run to its end: %s\n' "$1" "$2"
        failed=$((failed + 1))
    fi
}

not_prepared() { # what
    printf 'FAILED  %s could not be prepared for Windows\n' "$1"
    failed=$((failed + 1))
}

windows_path() { # path of Linux
    printf 'Z:%s' "${1//\//\\}"
}

# .NET and PowerShell for Windows, and a qdrant.exe behind which a helper starts servers of Linux.
prepare_servers() {
    [[ "${helper:-}" ]] && return
    dotnet msbuild tools/windows/Runtime.csproj -restore -t:Bring -nologo -v:q >&2 && dotnet build tools/windows/relay -c Release -v q >&2 || return
    rm -f "$work/helper"
    "${guard[@]}" node tools/windows/servers.mjs "$binary" "$work/helper" &
    helper=$!
    trap 'kill "$helper" 2>/dev/null; stop' EXIT
    for _ in $(seq 100); do [[ -s "$work/helper" ]] && break; sleep 0.1; done
    # For Windows programs only: programs of Linux would look there too.
    settings=(env "DOTNET_ROOT=$(windows_path "$windows/dotnet")" "VECTORMIGRATION_TEST_SERVERS=$(<"$work/helper")"
        "QDRANT_BIN=$(windows_path "$PWD/tools/windows/relay/bin/Release/net10.0/win-x64/qdrant.exe")")
}

xunit_on_wine() { # suite, assembly, seconds
    local log=$windows/$1.log
    prepare_servers && dotnet build tools/windows/xunit -c Release -v q >&2 || { not_prepared "$2"; return; }
    # The runtime suspends its threads and replaces code at run time less often with these; without, it has ended with internal errors on Wine 8.0.
    timeout $(($3 + 60)) "${settings[@]}" DOTNET_TieredCompilation=0 DOTNET_GCgen0size=20000000 \
        wine tools/windows/xunit/bin/Release/net10.0/win-x64/VectorMigration.WindowsTests.exe \
        "$2" "$3" tools/windows/not-on-wine.txt "$1" >"$log" 2>&1 </dev/null
    take_figures "$2" "$log"
}

# The package, as an installation unpacks it.
unpack_package() {
    local powershell
    powershell=$(tools/powershell/install.sh) && dotnet build src/VectorMigration.Commands -c Release -v q >&2 && ./build.sh package >&2 || return
    rm -rf "$windows/modules"
    "$powershell" -NoProfile -NonInteractive -Command "Import-Module ./tests/pester/Package.psm1
        Expand-ModulePackage (Get-Item artifacts/package/*.nupkg).FullName '$windows/modules'" >"$windows/manifest"
}

# PowerShell needs a pseudo terminal on Wine. Every file has a PowerShell of its own.
pester_on_wine() { # names of files
    local file log
    command -v script >/dev/null || { not_on_wine "Pester, because script is missing. Type: apt-get install bsdutils"; return; }
    prepare_servers && unpack_package || { not_prepared "Pester"; return; }
    local shell=("${settings[@]}" "VECTORMIGRATION_TEST_MANIFEST=$(windows_path "$(<"$windows/manifest")")"
        "VECTORMIGRATION_TEST_URL=http://127.0.0.1:$grpc" "VECTORMIGRATION_TEST_REST=http://127.0.0.1:$rest"
        "VECTORMIGRATION_TEST_TOOL=$(windows_path "$tool")" timeout 300)
    mkdir -p "$windows/pester"
    for file in "$@"; do
        log=$windows/pester/$file.log
        rm -f "$log"
        began=$SECONDS
        "${shell[@]}" script -qec "wine artifacts/windows/dotnet/pwsh/pwsh.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass \
            -File tools/windows/Invoke-WindowsTests.ps1 -Log artifacts/windows/pester/$file.log -Name $file" \
            /dev/null </dev/null >"$windows/pester/$file.tty" 2>&1
        take_figures "$file.Tests.ps1 ($((SECONDS - began)) s)" "$log"
    done
}

timed() { # what, command
    local what=$1 from=$SECONDS; shift
    "$@"
    printf '%s on Wine took %d s\n\n' "$what" $((SECONDS - from))
}

end_to_end() {
    reading
    old_console
    sending
    ending
}

prepare_wine "$install" || { printf '0 passed, 0 failed, 1 skipped\n'; exit 0; }
if (( ${#parts[@]} == 0 )); then parts=(tool qdrant pester ${all:+core}); fi
[[ " ${parts[*]} " != *@(tool|pester)* ]] || publish_tool || { printf 'windows: the tool could not be published for Windows.\n' >&2; exit 1; }

name=windows-server
. tools/qdrant-local/serve.sh
work=$windows/work
rm -rf "$work"
mkdir -p "$work"
cp samples/words.faiss samples/words.jsonl "$work/"
to=(--url "http://127.0.0.1:$grpc")
set +e

pester_files=(GetFaissIndex GetFaissVector Store Journal Payload SendQdrantBatch LocalServer)
if [[ $all ]]; then mapfile -t pester_files < <(basename -s .Tests.ps1 tests/pester/*.Tests.ps1); fi
for part in "${parts[@]}"; do
    case "$part" in
        tool) timed "The tool" end_to_end ;;
        core) timed "The core" xunit_on_wine core VectorMigration.Tests 600 ;;
        qdrant) timed "The target" xunit_on_wine qdrant VectorMigration.Qdrant.Tests 240 ;;
        pester) timed "Pester" pester_on_wine "${pester_files[@]}" ;;
        pester:*) timed "Pester" pester_on_wine "${part#pester:}" ;;
    esac
done

for what in "untrusted certificates (Wine accepts them)" "access lists of files (Wine derives them from modes)" "SMB shares" "the Task Scheduler" \
    "the event log" "the rename rules of NTFS"; do not_on_wine "$what"; done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
(( failed == 0 ))
