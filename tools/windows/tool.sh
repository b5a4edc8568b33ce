# Sourced by run.sh: the command line tool end to end, as one job. Needs $tool, $work, $rest and $grpc.

ok() { # what, and the command that shows it
    local what=$1; shift
    if "$@"; then passed=$((passed + 1)); printf 'passed  %s\n' "$what"
    else failed=$((failed + 1)); printf 'FAILED  %s\n' "$what"; tail -n 5 "$work/out" "$work/err"
    fi
}

# Runs the tool to its end; its exit code is in $code, what it says in $work/out and $work/err.
vm() {
    code=0
    (cd "$work" && timeout 180 wine "$tool" "$@" >"$work/out" 2>"$work/err" </dev/null) || code=$?
    note_death "$work/err"
}

# .NET itself, not the tool, says this. What follows from it is not a failure of the tool: the job is run once more.
note_death() { # file
    ! grep -aqE "$died_of_wine" "$1" || died=true
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
    note_death "$work/second.err"
    ok "a second run of the same journal is refused" eval 'ends_with 2 && grep -q "in use by another run" "$work/second.err"'
    kill -INT "$run"; code=0; wait "$run" || code=$?
    note_death "$work/err"
    ok "Ctrl+C ends with exit code 3" ends_with 3
    local left; left=$(stat -c %i "$work/slow/slow.words.journal")
    start_vm "${slow[@]}"
    ok "the same command resumes" until_acknowledged "$work/slow/slow.words.journal" "$left"
    note_death "$work/err"
    kill -KILL "$run"; wait "$run" 2>/dev/null
    vm migrate words.faiss "${to[@]}" --collection slow --log-dir slow --json
    ok "a killed run resumes and is verified" json 'r.status === "Completed" && r.exitCode === 0'
    ok "  with nothing lost and nothing doubled" points slow 10000
}

# Prints each check; the last line is "N passed, N failed, N skipped", which is missing if .NET died on Wine.
end_to_end() {
    local passed=0 failed=0 died= code run collection
    local to=(--url "http://127.0.0.1:$grpc")
    rm -rf "$work"
    mkdir -p "$work"
    cp samples/words.faiss samples/words.jsonl "$work/"
    for collection in words reported casey Casey slow; do curl -s -X DELETE "http://127.0.0.1:$rest/collections/$collection" >/dev/null; done
    reading
    old_console
    sending
    ending
    [[ $died ]] || printf '%d passed, %d failed, 0 skipped\n' "$passed" "$failed"
}
