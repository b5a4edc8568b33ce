# Sourced by run.sh: jobs on Wine, taken in turns by two workers. Each worker has a Wine prefix, a Qdrant and a helper for more servers of its own, so
# jobs do not disturb each other, and all of Wine can be ended after a job in which it died. A job is
#   tool              the command line tool, end to end
#   core I/N          the core tests of every Nth class; qdrant I/N likewise
#   pester NAME       one Pester file
# What is left of a job in which .NET died is run in a new process, and its lines say so.

readonly logs=$windows/logs queue=$windows/queue
readonly ended='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
# What the runtime prints if it breaks, and what it prints if the program under test ends it.
readonly died_of_wine='^Fatal error\.|Internal CLR error|0x80131506'
readonly died_of_us='^(Unhandled exception\. |Process terminated\.|Stack overflow)'

# Nothing once the time is over: what is still in the queue then is told as not run.
next_job() {
    (
        flock 9
        (( SECONDS < deadline )) || exit
        head -n 1 "$queue"
        sed -i 1d "$queue"
    ) 9>"$queue.lock"
}

windows_path() { # path of Linux
    printf 'Z:%s' "${1//\//\\}"
}

end_worker() {
    kill "$helper" 2>/dev/null
    wineserver -k
    stop
}

# Runs a Windows program. .NET that has died on Wine may stay for ever, so it is ended as soon as it has said so.
watched() { # its output, seconds, command
    local output=$1 until=$((SECONDS + $2)) process code=0; shift 2
    "$@" >"$output" 2>&1 </dev/null &
    process=$!
    while kill -0 "$process" 2>/dev/null; do
        if (( SECONDS >= until )); then code=124
        elif grep -aqE "$died_of_wine" "$output"; then code=134
        fi

        if (( code )); then
            sleep 1
            kill -KILL "$process" 2>/dev/null
            wineserver -k
            wait "$process" 2>/dev/null
            return "$code"
        fi

        sleep 0.5
    done

    wait "$process"
}

# A Linux server cannot be the child of a Windows program: a helper starts it, and a qdrant.exe stands for it.
start_helper() {
    rm -f "$work.helper"
    "${guard[@]}" node tools/windows/servers.mjs "$binary" "$work.helper" &
    helper=$!
    trap 'end_worker' EXIT
    trap 'end_worker; exit 143' INT TERM HUP
    for _ in $(seq 100); do [[ -s "$work.helper" ]] && break; sleep 0.1; done
    # For Windows programs only: programs of Linux would look there too.
    settings=(env "DOTNET_ROOT=$(windows_path "$windows/dotnet")" "VECTORMIGRATION_TEST_SERVERS=$(<"$work.helper")"
        "QDRANT_BIN=$(windows_path "$PWD/tools/windows/relay/bin/Release/net10.0/win-x64/qdrant.exe")")
}

work_off() { # number of the worker
    export WINEPREFIX=$windows/prefix-$1
    name=windows-server-$1
    . tools/qdrant-local/serve.sh
    set +e
    work=$windows/work-$1
    rm -rf "$WINEPREFIX"/drive_c/users/*/Temp/*
    start_helper
    local job
    while job=$(next_job) && [[ $job ]]; do run_job $job; done
}

try_tool() { # log
    end_to_end >"$1.log" 2>&1
    # What failed because .NET died has not failed.
    [[ $(tail -n 1 "$1.log") =~ $ended ]] || sed -i 's/^FAILED/died  /' "$1.log"
}

try_xunit() { # log, suite, assembly, group
    # The runtime compiles, collects, and starts and ends threads less often with these; without, it has died more often on Wine 8.0.
    watched "$1.log" "$seconds" "${settings[@]}" DOTNET_TieredCompilation=0 DOTNET_GCgen0size=20000000 DOTNET_ThreadPool_ThreadTimeoutMs=-1 \
        wine tools/windows/xunit/bin/Release/net10.0/win-x64/VectorMigration.WindowsTests.exe \
        "$3" "$4" "$stall" artifacts/windows/left-out.txt "$2" "artifacts/windows/logs/$(basename "${1%.*}").ended"
}

try_core() { # log, group
    try_xunit "$1" core VectorMigration.Tests "$2"
}

try_qdrant() { # log, group
    try_xunit "$1" qdrant VectorMigration.Qdrant.Tests "$2"
}

# PowerShell needs a pseudo terminal on Wine.
try_pester() { # log, name of a file
    watched "$1.tty" "$seconds" "${settings[@]}" "VECTORMIGRATION_TEST_MANIFEST=$(windows_path "$(<"$windows/manifest")")" \
        "VECTORMIGRATION_TEST_URL=http://127.0.0.1:$grpc" "VECTORMIGRATION_TEST_REST=http://127.0.0.1:$rest" \
        "VECTORMIGRATION_TEST_TOOL=$(windows_path "$tool")" \
        script -qec "wine artifacts/windows/dotnet/pwsh/pwsh.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass \
            -File tools/windows/Invoke-WindowsTests.ps1 -Log ${1#"$PWD/"}.log -List artifacts/windows/left-out.txt -Name $2" /dev/null
}

# Whether a test has not ended in two processes. A Pester file is one test here.
hung_twice() { # log
    [[ $(cat "$1".[0-9].log | grep -a '^HUNG ' | sort | uniq -d) ]]
}

# Runs a job, and the rest of it in a new process if .NET dies: what has ended is not run again, and a test that failed has failed. A job that dies without
# any progress is given up. A test that does not end in two processes has failed.
run_job() { # kind, and what of it
    local job=$* began=$SECONDS log said attempt=0 verdict= code p=0 f=0 s=0 dp df ds n why cases
    log=$logs/$(tr ' /' '-_' <<<"$job")
    said=$log.said
    rm -f "$log".*
    : >"$log.ended"
    while [[ ! $verdict ]]; do
        attempt=$((attempt + 1)) code=0
        : >"$log.$attempt.log"
        "try_$1" "$log.$attempt" "${2:-}" || code=$?
        sed -i 's/\r$//' "$log.$attempt.log"
        if [[ $(tail -n 1 "$log.$attempt.log") =~ $ended ]]; then
            p=$((p + BASH_REMATCH[1])) f=$((f + BASH_REMATCH[2])) s=$((s + BASH_REMATCH[3])) verdict=ended
            break
        fi

        wineserver -k
        if [[ $1 == pester && $code == 124 ]]; then printf 'HUNG %s\n' "$2" >>"$log.$attempt.log"; fi
        read -r dp df ds n < <(awk '/^CASE / { p += $3; f += $4; s += $5; n++ } END { print p + 0, f + 0, s + 0, n + 0 }' "$log.$attempt.log")
        p=$((p + dp)) f=$((f + df)) s=$((s + ds))
        sed -n 's/^CASE \([^ ]*\) .*/\1/p' "$log.$attempt.log" >>"$log.ended"
        why=$(grep -ahA 1 -m 1 -E "$died_of_wine" "$log.$attempt".* | head -n 2 | tr -d '\r' | tr '\n' ' ' | cut -c 1-100)
        if (( code == 124 )); then why="it did not end in time"; fi
        why=${why:-exit code $code}
        if grep -aqE "$died_of_us" "$log.$attempt".* || hung_twice "$log"; then verdict=failed
        elif (( (attempt > 1 && n == 0) || attempt == 8 )); then verdict=died
        else printf '%s: .NET died on Wine (%s) after %d test cases; what is left of it is run in a new process\n' "$job" "$why" "$n" >>"$said"
        fi
    done

    cat "$log".[0-9].log | grep -aE '^(FAILED|HUNG|!!! NOT RUN)' | sort -u >>"$said"
    if [[ $verdict == died ]]; then
        cases=$(sed -n 's/^\([0-9]*\) test cases$/\1/p' "$log.$attempt.log")
        s=$((s + ${cases:-1}))
        printf '!!! NOT RUN: on Wine: %s test cases of %s: .NET died again (%s)\n' "${cases:-the}" "$job" "$why" >>"$said"
    elif [[ $verdict == failed ]]; then
        f=$((f + 1))
        printf 'FAILED  %s did not run to its end (%s): %s\n' "$job" "$why" "$log.$attempt.log" >>"$said"
    fi

    printf '%d %d %d\n' "$p" "$f" "$s" >"$log.figures"
    printf '%s: %d passed, %d failed, %d skipped (%d s)\n' "$job" "$p" "$f" "$s" $((SECONDS - began)) >>"$said"
    cat "$said"
}

# What the lists leave out of a suite, with the number of its tests. An entry that names no test is a mistake in the list.
say_left_out() { # suite
    local log
    for log in "$logs/$1"-*.figures; do
        log=$(ls "${log%.figures}".[0-9].log | tail -n 1)
        cat "$log"
        [[ $(tail -n 1 "$log") =~ $ended && $(grep -c "^$1 " "$windows/jobs") == $(ls "$logs/$1"-*.figures | wc -l) ]] || printf 'PART\n'
    done | awk -F ' [|] ' -v suite="$1" '
        /^PART$/ { part_of = 1 }
        /^LEFT OUT/ { tests[$3] += $2; reason[$3] = $4 }
        END {
            for (part in tests)
                if (tests[part] > 0) printf "!!! NOT RUN: on Wine: %s: %s (%d): %s\n", suite, part, tests[part], reason[part]
                else if (!part_of) printf "FAILED  no test of %s is named %s, which the list leaves out\n", suite, part
        }' | sort
}
