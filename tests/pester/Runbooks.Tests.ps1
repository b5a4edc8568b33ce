# The runbooks as they stand in docs/runbooks, executed.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $runbooks = Join-Path $root 'docs/runbooks'

    function Invoke-Runbook([string[]] $Arguments) {
        $said = Invoke-PowerShell -NoProfile -NonInteractive -File @Arguments 2>&1 | Out-String -Width 200
        [pscustomobject]@{ Said = $said; ExitCode = $LASTEXITCODE }
    }

    function Get-LoggedSent([string] $Folder) {
        Get-RunLog $Folder | Where-Object event -EQ batch | ForEach-Object count | Measure-Object -Sum | ForEach-Object Sum
    }
}

Describe 'The stepwise migration' {
    BeforeAll { $stepwise = (Join-Path $runbooks 'Invoke-StepwiseMigration.ps1'), '-Module', $manifest, '-Path', './words.faiss', '-PayloadPath',
        './words.jsonl' }

    It 'goes 200, 1,000, 10,000, all on one journal, and sends each vector once' {
        $run = Invoke-Runbook ($stepwise + '-Collection', 'stepwise', '-LogDirectory', './stepwise-logs', '-WorstFactor', '100')
        $run.ExitCode | Should -Be 0 -Because $run.Said
        Test-VectorMigration ./words.faiss stepwise -PayloadPath ./words.jsonl | Should -BeTrue
        Get-LoggedSent ./stepwise-logs | Should -Be 10000
        @(Get-ChildItem ./stepwise-logs -Filter *.journal -Recurse).Count | Should -Be 1
        @(Get-ChildItem ./stepwise-logs/runs).Count | Should -Be 4
    }

    It 'stops at the gate when a vector takes longer, and goes on from there' {
        $run = Invoke-Runbook ($stepwise + '-Collection', 'gated', '-LogDirectory', './gated-logs', '-WorstFactor', '0')
        $run.ExitCode | Should -Be 3 -Because $run.Said
        $run.Said | Should -BeLike '*Gate: * s per vector after *'
        Get-LoggedSent ./gated-logs | Should -Be 1000
        (Invoke-Runbook ($stepwise + '-Collection', 'gated', '-LogDirectory', './gated-logs', '-WorstFactor', '100')).ExitCode | Should -Be 0
        Get-LoggedSent ./gated-logs | Should -Be 10000
    }

    It 'ends with the exit code of the step: <Why>' -ForEach @(
        @{ Why = 'refused'; Index = 'idmap_duplicate_ids'; Expected = 2 }
        @{ Why = 'failed'; Index = 'flat_special_values'; Expected = 1 }
    ) {
        $run = Invoke-Runbook (Join-Path $runbooks 'Invoke-StepwiseMigration.ps1'), '-Module', $manifest, '-Path', (Join-Path $fixtures "$Index/index.faiss"),
            '-Collection', "step-$Why", '-LogDirectory', "./step-$Why"
        $run.ExitCode | Should -Be $Expected -Because $run.Said
    }
}

Describe 'The scheduled migration' {
    BeforeAll {
        $place = New-Item -ItemType Directory (Join-Path $TestDrive 'scheduled place')
        Copy-Item ./words.faiss $place
        $locked = Start-TestServer -ApiKey 'the-scheduled-key'
        Set-Content (Join-Path $place 'qdrant.key') 'the-scheduled-key'
        $job = (Join-Path $runbooks 'Invoke-ScheduledMigration.ps1'), '-Module', $manifest, '-Path', './words.faiss', '-WorkingDirectory', $place.FullName
    }

    AfterAll { Stop-TestServer $locked }

    It 'ends with the exit code, a transcript and no key in it' {
        $run = Invoke-Runbook ($job + '-Collection', 'scheduled', '-Uri', $locked.Uri, '-KeyPath', './qdrant.key')
        $run.ExitCode | Should -Be 0 -Because $run.Said
        $transcripts = @(Get-ChildItem (Join-Path $place 'transcripts'))
        $transcripts.Count | Should -Be 1
        $text = Get-Content $transcripts[0] -Raw
        $text | Should -BeLike '*Completed (exit code 0)*'
        $text | Should -Not -BeLike '*the-scheduled-key*'
        Join-Path $place 'logs/migration.log' | Should -Exist
    }

    It 'ends with 2 and the next step where <Why>' -ForEach @(
        @{ Why = 'the key is missing'; More = @(); Error = '*API*key*' }
        @{ Why = 'there is no server'; More = '-KeyPath', './qdrant.key'; Uri = 'http://127.0.0.1:1'; Error = '*Error: *Next: *' }
        @{ Why = 'DPAPI is asked for elsewhere than on Windows'; More = '-DpapiKeyPath', './qdrant.key'; Error = '*Windows only*' }
    ) {
        $data = $_
        $run = Invoke-Runbook ($job + '-Collection', 'never', '-Uri', ($data['Uri'] ? $data['Uri'] : $locked.Uri) + $More)
        $run.ExitCode | Should -Be 2
        $run.Said | Should -BeLike $Error
    }

    Context 'registered on Windows' {
        BeforeAll {
            # The pinned dotnet tool, whichever PowerShell runs these tests. Its folder holds a program of its own too, pwsh, which needs pwsh.dll beside it.
            $tool = Split-Path (Get-Content -LiteralPath (Join-Path $root 'artifacts/powershell/library'))
            # A program of another name that hosts PowerShell, with no pwsh beside it.
            $hosting = (New-Item -ItemType Directory (Join-Path $TestDrive 'a host')).FullName
            Copy-Item "$tool/*" $hosting -Recurse
            Move-Item (Join-Path $hosting pwsh) (Join-Path $hosting program)
            $onPath = (New-Item -ItemType Directory (Join-Path $TestDrive 'on path')).FullName
            $null = New-Item -ItemType SymbolicLink (Join-Path $onPath pwsh) -Target (Join-Path $tool pwsh)

            # Registers with stand-ins for the four cmdlets of Windows: what they are given is what counts. Emits the action, or what was said instead.
            function Register-Here([string[]] $PowerShell, [string] $Collection, [string] $SearchPath, [string] $More = '') {
                $stub = 'param() [pscustomobject] @{ Name = $MyInvocation.MyCommand.Name; Given = $args }'
                $script = @"
`$env:PATH = '$SearchPath'
'New-ScheduledTaskAction', 'New-ScheduledTaskTrigger', 'New-ScheduledTaskSettingsSet', 'New-ScheduledTaskPrincipal' |
    ForEach-Object { Set-Item "function:global:`$_" { $stub } }
function global:Register-ScheduledTask {
    `$at = ([array]::IndexOf(`$args, '-Action:') , [array]::IndexOf(`$args, '-Action') | Measure-Object -Maximum).Maximum
    `$args[`$at + 1].Given | ConvertTo-Json
}
& '$(Join-Path $runbooks 'Register-MigrationTask.ps1')' -Path ./words.faiss -Collection $Collection -Uri $url -WorkingDirectory '$place' ``
    -Module '$manifest' -UserId 'DOMAIN\job$' $More
"@
                $program, $library = $PowerShell
                $said = & $program @(@($library) -ne $null) -NoProfile -NonInteractive -Command $script 2>&1 | Out-String -Width 400
                if ($LASTEXITCODE -ne 0) { return $said }
                $action = $said | ConvertFrom-Json
                $given = @{}
                for ($i = 0; $i -lt $action.Count; $i += 2) { $given["$($action[$i])".Trim('-', ':')] = $action[$i + 1] }
                $given
            }
        }

        It 'has a command line that runs as it stands: <How>' -ForEach @(
            @{ How = 'PowerShell is a dotnet tool'; PowerShell = { 'dotnet', "$tool/pwsh.dll" }; Program = '*/dotnet'; Before = '"*/pwsh.dll" ' }
            @{ How = 'PowerShell is a program of its own'; PowerShell = { "$tool/pwsh" }; Program = '*/pwsh'; Before = '' }
            @{ How = 'another program hosts PowerShell'; PowerShell = { "$hosting/program" }; Program = '*/on path/pwsh'; Before = '' }
        ) {
            $collection = 'registered-' + $How.Replace(' ', '-')
            $given = Register-Here (& $PowerShell) $collection $onPath
            $given | Should -BeOfType [hashtable]
            $given.Execute | Should -BeLike $Program
            $given.Argument | Should -BeLike "$Before-NoProfile -NonInteractive -File ""*"
            $given.Argument | Should -Not -Match '(?i)apikey|secret'
            $start = [System.Diagnostics.ProcessStartInfo]::new($given.Execute, $given.Argument)
            $start.WorkingDirectory = $given.WorkingDirectory
            $start.RedirectStandardOutput = $true
            $ended = [System.Diagnostics.Process]::Start($start)
            $said = $ended.StandardOutput.ReadToEnd()
            $ended.WaitForExit()
            $ended.ExitCode | Should -Be 0 -Because $said
            Test-VectorMigration ./words.faiss $collection | Should -BeTrue
        }

        It 'knows what to do with a changed index: <More>' -ForEach @(
            @{ More = ''; Expected = '* -OnChanged "Sync"' }
            @{ More = '-Prune'; Expected = '* -OnChanged "Sync" -Prune' }
            @{ More = '-OnChanged Refuse'; Expected = '* -OnChanged "Refuse"' }
        ) {
            (Register-Here 'dotnet', "$tool/pwsh.dll" registered-changed $onPath $More).Argument | Should -BeLike $Expected
        }

        It 'runs as it stands with -Prune, the second time too, where nothing has changed' {
            $given = Register-Here 'dotnet', "$tool/pwsh.dll" registered-pruned $onPath '-Prune'
            foreach ($time in 1, 2) {
                $start = [System.Diagnostics.ProcessStartInfo]::new($given.Execute, $given.Argument)
                $start.WorkingDirectory = $given.WorkingDirectory
                $start.RedirectStandardOutput = $true
                $ended = [System.Diagnostics.Process]::Start($start)
                $said = $ended.StandardOutput.ReadToEnd()
                $ended.WaitForExit()
                $ended.ExitCode | Should -Be 0 -Because $said
            }
        }

        It 'is refused where another program hosts PowerShell and no pwsh is to be found' {
            $said = Register-Here "$hosting/program" 'registered-never' (Join-Path $TestDrive nowhere)
            $said | Should -BeLike '*no pwsh on PATH*Register the task from the PowerShell 7.6*'
        }
    }

    It 'is a service whose command runs as it stands, with the paths of this test' {
        $unit = Get-Content (Join-Path $runbooks 'vector-migration.service') -Raw
        $command = [regex]::Match($unit, '(?m)^ExecStart=(.+)$').Groups[1].Value
        $credentials = New-Item -ItemType Directory (Join-Path $TestDrive 'credentials')
        Copy-Item (Join-Path $place 'qdrant.key') $credentials
        $plain = New-Item -ItemType Directory (Join-Path $TestDrive 'service')
        Copy-Item ./words.faiss $plain
        $powershell = @(Get-PowerShellCommand).ForEach({ "'$_'" }) -join ' '
        $here = $command.Replace('/usr/bin/pwsh', $powershell).Replace('/usr/local/lib/vector-migration', $runbooks).Replace('https://qdrant.example:6334',
            $locked.Uri).Replace('/srv/vector-migration', "$plain").Replace('%d', "$credentials")
        $here | Should -Not -BeLike '*the-scheduled-key*'
        $said = bash -c "$here -Module '$manifest'" | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
    }

    It 'is a service and a timer that systemd takes, exposed as little as a client of the network can be' {
        if (-not (Get-Command systemd-analyze -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'NOT RUN: systemd-analyze is not installed (apt-get install systemd)'
            return
        }

        # PowerShell need not be where the unit looks for it: another program stands in.
        $units = (New-Item -ItemType Directory (Join-Path $TestDrive 'units')).FullName
        Copy-Item (Join-Path $runbooks 'vector-migration.timer') $units
        Set-Content "$units/vector-migration.service" (Get-Content (Join-Path $runbooks 'vector-migration.service') -Raw).Replace('/usr/bin/pwsh', '/bin/true')
        $said = systemd-analyze verify "$units/vector-migration.service" "$units/vector-migration.timer" 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
        $said | Should -BeNullOrEmpty
        # Tenths of a point: 13 is 1.3 of 10.
        $said = systemd-analyze security --offline=true --threshold=13 --no-pager "$units/vector-migration.service" 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
        $said | Should -BeLike '*Overall exposure level for vector-migration.service:*'
    }
}

Describe 'From LangChain to Qdrant in one command' {
    BeforeAll {
        $page = Get-Content (Join-Path $runbooks 'langchain.md') -Raw
        # The steps of the table, by their numbers.
        $steps = @{}
        foreach ($row in [regex]::Matches($page, '(?m)^\| (\d)\. [^|]+\| `([^`]+)` \|')) { $steps[$row.Groups[1].Value] = $row.Groups[2].Value }
        $application = [regex]::Match($page, '(?s)```js\n(.+?)```').Groups[1].Value
        $rest = $env:VECTORMIGRATION_TEST_REST

        # Runs the steps in a folder that holds ./my-store, each for a collection of its own instead of docs.
        function Invoke-Step([string] $Number, [string] $Folder, [string] $Collection, [string] $More = '') {
            Push-Location $Folder
            try { Invoke-Expression "$($steps[$Number].Replace('-Collection docs', "-Collection $Collection"))$More" } finally { Pop-Location }
        }

        # The lines for the application as they stand on the page, with a question whose vector is given.
        function Search-Application([string] $Folder, [string] $Collection, [float[]] $Vector) {
            $clients = & bash (Join-Path $root 'tools/witness/install.sh') integrations
            $null = New-Item -ItemType SymbolicLink "$Folder/node_modules" -Target "$clients/node_modules"
            $asked = '[' + ($Vector.ForEach({ $_.ToString('R', [cultureinfo]::InvariantCulture) }) -join ',') + ']'
            $lines = $application.Replace('http://127.0.0.1:6333', "$rest".TrimEnd('/')).Replace('"docs"', """$Collection""")
            Set-Content "$Folder/app.mjs" @(
                "const embeddings = { embedQuery: async () => $asked };", $lines
                'console.log(JSON.stringify(await store.similaritySearch("asked", 1)));', 'process.exit(0);')
            & node "$Folder/app.mjs" | ConvertFrom-Json
        }
    }

    It 'is done as it stands, and the application finds its documents: <Kind>' -ForEach @(
        @{ Kind = 'LangChain.js'; More = '' }
        @{ Kind = 'Python store, JavaScript application'; More = ' -PayloadLayout JavaScript' }
    ) {
        $steps.Keys | Sort-Object | Should -Be '1', '2', '3', '5'
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive "langchain $($Kind.Length)/my-store")).Parent.FullName
        $stores = Join-Path $root 'tests/fixtures/stores'
        if ($More) {
            Copy-Item "$stores/langchain/core_pydantic2.pkl" "$folder/my-store/index.pkl"
            Copy-Item "$fixtures/flat_l2/index.faiss" "$folder/my-store/index.faiss"
        }
        else { Copy-Item "$stores/json/langchain_js/*" "$folder/my-store" }
        $collection = "langchain-$($Kind.Length)"
        $index = Invoke-Step 1 $folder $collection
        $index.Store.Framework | Should -BeLike 'LangChain*'
        # The index of the second case has more vectors than its store has documents.
        $all = $More ? "$More -First 500 -OnMissingPayload Empty" : ''
        Invoke-Step 2 $folder $collection "$all 6>`$null"
        $result = Invoke-Step 3 $folder $collection "$all 3>`$null"
        $result.Status | Should -Be Completed
        Invoke-Step 5 $folder $collection $all | Should -BeTrue
        if (-not ((Get-Command node -ErrorAction Ignore) -and (Get-Command npm -ErrorAction Ignore))) {
            Set-ItResult -Skipped -Because 'NOT RUN: Node.js 20 or later with npm is not installed (apt-get install nodejs npm)'
            return
        }
        $point = (Invoke-RestMethod "$rest/collections/$collection/points/3?with_vector=true").result
        $found = Search-Application $folder $collection $point.vector
        $found.pageContent | Should -BeLike 'Text 3, with*'
        $found.metadata.source | Should -Be '/data/1.txt'
    }
}
