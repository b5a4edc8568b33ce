# The runbooks as they stand in docs/runbooks, executed.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $runbooks = Join-Path $root 'docs/runbooks'

    function Invoke-Runbook([string[]] $Arguments) {
        $said = Invoke-PowerShell -NoProfile -NonInteractive -File @Arguments 2>&1 | Out-String -Width 200
        [pscustomobject]@{ Said = $said; ExitCode = $LASTEXITCODE }
    }

    # Starts a PowerShell that migrates, and signals it after its first batch. What is entered afterwards is for a session with a prompt.
    function Stop-Midway([string[]] $Arguments, [string] $Logs, [string] $Signal, [string] $Entered = '') {
        # Where the tests run in the background SIGINT is ignored, and children inherit that; env puts it back.
        $start = New-PowerShellStart (@('-NoProfile') + $Arguments) -Through 'env', '--default-signal=INT'
        $start.RedirectStandardInput = $true
        $child = [System.Diagnostics.Process]::Start($start)
        try {
            $said = $child.StandardOutput.ReadToEndAsync()
            $null = Wait-Until { $child.HasExited -or @(Get-RunLog $Logs | Where-Object event -EQ batch).Count -gt 0 }
            $child.HasExited | Should -BeFalse -Because "it must be under way: $($child.HasExited ? $said.Result : '')"
            kill "-$Signal" $child.Id
            if ($Entered) { $child.StandardInput.Write($Entered) }
            $child.StandardInput.Close()
            $child.WaitForExit(60000) | Should -BeTrue
            [pscustomobject]@{ Said = $said.Result; ExitCode = $child.ExitCode }
        }
        finally {
            if (-not $child.HasExited) { $child.Kill() }
        }
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
        $run.Said | Should -BeLike '*Gate: this step took * s per vector*'
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
        $run = Invoke-Runbook ($job + '-Collection', 'scheduled', '-Uri', $locked.Uri, '-ApiKeyPath', './qdrant.key')
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
        @{ Why = 'there is no server'; More = '-ApiKeyPath', './qdrant.key'; Uri = 'http://127.0.0.1:1'; Error = '*Error: *Next: *' }
        @{ Why = 'DPAPI is asked for elsewhere than on Windows'; More = '-DpapiKeyPath', './qdrant.key'; Error = '*works only on Windows*' }
    ) {
        $data = $_
        $run = Invoke-Runbook ($job + '-Collection', 'never', '-Uri', ($data['Uri'] ? $data['Uri'] : $locked.Uri) + $More)
        $run.ExitCode | Should -Be 2
        $run.Said | Should -BeLike $Error
    }

    It 'ends with 2 and one sentence that names the working directory if there is none' {
        $run = Invoke-Runbook ((Join-Path $runbooks 'Invoke-ScheduledMigration.ps1'), '-Module', $manifest, '-Path', './words.faiss', '-Collection', 'never',
            '-Uri', $locked.Uri, '-WorkingDirectory', "$TestDrive/no such place")
        $run.ExitCode | Should -Be 2
        $run.Said.Trim() | Should -Be "Error: The working directory '$TestDrive/no such place' is not a folder. Create it, or correct -WorkingDirectory."
    }

    It 'ends with 2 and the reason if the module is missing, with parameters to pass on too' {
        $run = Invoke-Runbook ($job.Replace($manifest, "$TestDrive/none.psd1") + '-Collection', 'never', '-Uri', $locked.Uri, '-BatchDelay', '1')
        $run.ExitCode | Should -Be 2
        $run.Said.Trim() -replace '\s+', ' ' | Should -BeLike (
            "Error: The module '$TestDrive/none.psd1' is not installed for the account that runs this job *" +
            'Install-PSResource VectorMigration -Repository VectorMigrationFiles -Scope AllUsers), or name its manifest, ' +
            'VectorMigration.psd1, with -Module.')
    }

    It 'passes parameters on that it does not have itself, and takes the former name of -ApiKeyPath' {
        $passed = $job + '-Collection', 'passed-on', '-Uri', $locked.Uri, '-KeyPath', './qdrant.key', '-First', '100', '-BatchSize', '50',
            '-LogDirectory', './own'
        $run = Invoke-Runbook ($passed + '-WhatIf')
        $run.ExitCode | Should -Be 0 -Because $run.Said
        $run.Said | Should -BeLike '*collection    created*'
        $run = Invoke-Runbook $passed
        $run.ExitCode | Should -Be 0 -Because $run.Said
        @(Get-RunLog (Join-Path $place own) | Where-Object event -EQ batch).Count | Should -Be 2
        # Over an existing collection only -Force spares the question.
        $run = Invoke-Runbook ($passed + '-Recreate', '-OnChanged', 'Refuse')
        $run.ExitCode | Should -Be 2
        $run.Said | Should -BeLike '*RecreateNotAgreed*'
        $run = Invoke-Runbook ($passed + '-Recreate', '-OnChanged', 'Refuse', '-Force')
        $run.ExitCode | Should -Be 0 -Because $run.Said
    }

    It 'passes them on too if the module is found by its name' {
        $named = New-Item -ItemType Directory "$TestDrive/modules"
        $null = New-Item -ItemType SymbolicLink "$named/VectorMigration" -Target (Split-Path $manifest)
        $before = $env:PSModulePath
        $env:PSModulePath = "$named"
        try {
            $run = Invoke-Runbook (($job | Where-Object { $_ -notin '-Module', $manifest }) + '-Collection', 'by-name', '-Uri', $locked.Uri, '-ApiKeyPath',
                './qdrant.key', '-BatchDelay', '0.01', '-First', '100')
        }
        finally { $env:PSModulePath = $before }
        $run.ExitCode | Should -Be 0 -Because $run.Said
        $run.Said | Should -Match '\b100\b'
    }

    It 'ends with 3 after <Signal> in mid-run, with its transcript, and with 0 when started again' -ForEach @(@{ Signal = 'INT' }, @{ Signal = 'TERM' }) {
        $logs = Join-Path $place "logs-$Signal"
        $arguments = $job + '-Collection', "signalled-$Signal", '-Uri', $locked.Uri, '-ApiKeyPath', './qdrant.key', '-LogDirectory', $logs
        $stopped = Stop-Midway (@('-File') + $arguments + '-BatchSize', '10', '-BatchDelay', '0.1') $logs $Signal
        $stopped.ExitCode | Should -Be 3 -Because $stopped.Said
        $stopped.Said | Should -BeLike '*WARNING: Stopped on request. * Run the same command again. It resumes *'
        (Get-Content "$logs/migration.log" | Select-Object -Last 1 | ConvertFrom-Json).status | Should -Be Interrupted
        $transcript = Get-ChildItem (Join-Path $place 'transcripts') | Sort-Object LastWriteTimeUtc | Select-Object -Last 1
        Get-Content $transcript -Raw | Should -BeLike '*WARNING: The job was stopped. Start it again.*PowerShell transcript end*'
        $sent = Get-LoggedSent $logs
        $sent | Should -BeLessThan 10000
        $again = Invoke-Runbook $arguments
        $again.ExitCode | Should -Be 0 -Because $again.Said
        $again.Said | Should -BeLike '*Completed (exit code 0)*'
    }

    Context 'in a script of one''s own, as the page has it' {
        BeforeAll {
            $section = [regex]::Match((Get-Content (Join-Path $runbooks 'scheduled.md') -Raw), '(?s)## In a script of your own\n(.*?)\n## ').Groups[1].Value
            $blocks = [regex]::Matches($section, '(?s)```\n(.*?)```').ForEach({ $_.Groups[1].Value })

            # The block as a file, with the paths of this test and a pace that leaves the time for a signal.
            function New-OwnScript([int] $Block, [string] $Collection) {
                $script = Join-Path $TestDrive "own-$Collection.ps1"
                $pace = "-Uri $url -LogDirectory '$TestDrive/$Collection' -BatchSize 10 -BatchDelay 0.1"
                $lines = $blocks[$Block].Replace('Import-Module VectorMigration', "Import-Module '$manifest'")
                $lines = $lines.Replace('./words.faiss', "$TestDrive/words.faiss").Replace('-Collection words', "-Collection $Collection $pace")
                $lines = $lines.Replace('./$_.faiss', "$TestDrive/words.faiss")
                Set-Content $script $lines.Replace('-Collection $_', "-Collection `$_ $pace").Replace("'words', 'titles'", "'$Collection-1', '$Collection-2'")
                $script
            }
        }

        It 'ends with 3 after <Signal>: <Name>' -ForEach @(
            @{ Signal = 'INT'; Name = 'one command'; Block = 0 }
            @{ Signal = 'TERM'; Name = 'one command'; Block = 0 }
            @{ Signal = 'INT'; Name = 'in parallel'; Block = 1 }
        ) {
            $collection = "own-$Signal-$Block"
            $stopped = Stop-Midway ('-File', (New-OwnScript $Block $collection)) (Join-Path $TestDrive $collection) $Signal
            $stopped.ExitCode | Should -Be 3 -Because $stopped.Said
        }

        It 'goes on with the prompt after Ctrl+C in a session that has one' {
            $run = "Import-Module '$manifest'; Invoke-VectorMigration '$TestDrive/words.faiss' prompted -Uri $url -LogDirectory '$TestDrive/prompted' " +
                '-BatchSize 10 -BatchDelay 0.1'
            $stopped = Stop-Midway ('-NoExit', '-Command', $run) (Join-Path $TestDrive prompted) 'INT' "'still here'; exit 7`n"
            $stopped.ExitCode | Should -Be 7
            $stopped.Said | Should -BeLike '*still here*'
        }

        It 'is told from a session with a prompt by its command line: <Line>' -ForEach @(
            @{ Line = '-NoProfile -NonInteractive -File job.ps1 -NoExit'; Expected = $true }
            @{ Line = '-nop -ep Bypass -c Get-Date'; Expected = $true }
            @{ Line = 'job.ps1'; Expected = $true }
            @{ Line = '-WorkingDirectory /srv -f job.ps1'; Expected = $true }
            @{ Line = '-wd /srv job.ps1'; Expected = $true }
            @{ Line = '-EncodedCommand AA=='; Expected = $true }
            @{ Line = '-noe -File job.ps1'; Expected = $false }
            @{ Line = '-NoExit -Command Get-Date'; Expected = $false }
            @{ Line = '-NoLogo -wd /srv'; Expected = $false }
            @{ Line = '-NonInteractive -'; Expected = $false }
            @{ Line = ''; Expected = $false }
        ) {
            $session = (Get-Command Invoke-VectorMigration).ImplementingType.Assembly.GetType('VectorMigration.Commands.UnattendedSession')
            $method = $session.GetMethod('HasOnlyWork', [System.Reflection.BindingFlags] 'NonPublic, Static')
            $method.Invoke($null, @(, [string[]] (@('/opt/pwsh.dll') + @(-split $Line -ne '')))) | Should -Be $Expected
        }
    }

    It 'meets Windows PowerShell 5.1 with one sentence: it can be parsed there, and its first line says what it needs' {
        foreach ($script in Get-ChildItem $runbooks -Filter *.ps1) {
            (Get-Content $script -TotalCount 1) | Should -BeExactly '#Requires -Version 7.6'
            $tokens = $null
            $null = [System.Management.Automation.Language.Parser]::ParseFile($script, [ref] $tokens, [ref] $null)
            # What only PowerShell 7 parses.
            @($tokens).Where({ "$($_.Kind)" -in 'QuestionMark', 'QuestionQuestion', 'QuestionQuestionEquals', 'QuestionDot', 'QuestionLBracket', 'AndAnd',
                'OrOr' }) | Should -BeNullOrEmpty -Because $script.Name
        }
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

        It 'passes to the job what it is given: <More>' -ForEach @(
            @{ More = ''; Expected = '* -OnChanged "Sync"' }
            @{ More = '-Prune'; Expected = '* -OnChanged "Sync" -Prune' }
            @{ More = '-OnChanged Refuse'; Expected = '* -OnChanged "Refuse"' }
            @{ More = "-Parameter @{ PayloadKey = 'id'; BatchDelay = 0.5; Force = `$true; Recreate = `$false }"
                Expected = '* -OnChanged "Sync" -BatchDelay "0.5" -Force -PayloadKey "id"' }
        ) {
            (Register-Here 'dotnet', "$tool/pwsh.dll" registered-changed $onPath $More).Argument | Should -BeLike $Expected
        }

        It 'passes lists and tables, and the job gets every element' {
            $given = Register-Here 'dotnet', "$tool/pwsh.dll" registered-lists $onPath (
                "-Parameter @{ PayloadPath = '../words.jsonl'; PayloadField = 'word', 'rank'; RenamePayload = @{ rank = 'it''s_rank' } }")
            $start = [System.Diagnostics.ProcessStartInfo]::new($given.Execute, $given.Argument)
            $start.WorkingDirectory = $given.WorkingDirectory
            $start.RedirectStandardOutput = $true
            $ended = [System.Diagnostics.Process]::Start($start)
            $said = $ended.StandardOutput.ReadToEnd()
            $ended.WaitForExit()
            $ended.ExitCode | Should -Be 0 -Because $said
            Test-VectorMigration ./words.faiss registered-lists -PayloadPath ./words.jsonl -PayloadField word, rank -RenamePayload @{ rank = 'it''s_rank' } |
                Should -BeTrue
        }

        It 'refuses a parameter twice' {
            Register-Here 'dotnet', "$tool/pwsh.dll" registered-twice $onPath "-Parameter @{ Path = './other.faiss' }" |
                Should -BeLike '*-Parameter sets ''Path'', which is a parameter of this script.*'
        }

        It 'is taken apart to what it was made of: <Value>' -ForEach @(
            @{ Value = 'D:\migration\' }
            @{ Value = 'D:\with spaces\words.jsonl' }
            @{ Value = '\\server\share\\' }
            @{ Value = 'a "quoted" name' }
            @{ Value = 'ends in \"' }
            @{ Value = '' }
        ) {
            $given = Register-Here 'dotnet', "$tool/pwsh.dll" registered-quoted $onPath "-Parameter @{ IdField = '$Value'; PayloadKey = 'id' }"
            # .NET takes a command line apart by the rules of Windows on every system.
            $start = [System.Diagnostics.ProcessStartInfo]::new('node', "-p ""JSON.stringify(process.argv.slice(1))"" -- $($given.Argument)")
            $start.RedirectStandardOutput = $true
            $ended = [System.Diagnostics.Process]::Start($start)
            $words = $ended.StandardOutput.ReadToEnd() | ConvertFrom-Json
            $ended.WaitForExit()
            $words[[array]::IndexOf($words, '-IdField') + 1] | Should -BeExactly $Value
            $words[-1] | Should -BeExactly 'id'
            $words[-2] | Should -BeExactly '-PayloadKey'
        }

        It 'is not registered with the PowerShell of the Microsoft Store, which an update removes' {
            $store = (New-Item -ItemType Directory (Join-Path $TestDrive 'WindowsApps/Microsoft.PowerShell_7.6')).FullName
            Copy-Item "$tool/*" $store -Recurse
            Register-Here "$store/pwsh" 'registered-never' (Join-Path $TestDrive nowhere) | Should -BeLike '*Microsoft Store*MSI*'
            (Register-Here "$store/pwsh" 'registered-store' $onPath).Execute | Should -BeLike '*/on path/pwsh'
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
