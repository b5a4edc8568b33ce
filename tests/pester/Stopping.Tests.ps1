# Every cmdlet that starts work, and the ways in which a pipeline can end: afterwards nothing is in flight and no connection is open.
BeforeDiscovery {
    # Output: what it emits can be cut off or answered with an exception. Mends: run once to undo what a former exit has done.
    $work = @(
        @{ Name = 'Connect-Qdrant'; Script = 'Connect-Qdrant URL'; Fails = 'Connect-Qdrant http://127.0.0.1:1'; Output = $true; After = 'Disconnect-Qdrant' }
        @{ Name = 'Get-QdrantCollection'; Script = 'Get-QdrantCollection -Uri URL'; Fails = 'Get-QdrantCollection -Uri http://127.0.0.1:1'; Output = $true }
        @{ Name = 'New-QdrantCollection'; Script = 'New-QdrantCollection made-NUMBER 4 Dot -Uri URL'; Fails = 'New-QdrantCollection there 4 Dot -Uri URL';
            Output = $true }
        @{ Name = 'Remove-QdrantCollection'; Script = 'Remove-QdrantCollection spare -Uri URL -Confirm:$false';
            Fails = 'Remove-QdrantCollection there -Uri http://127.0.0.1:1 -Confirm:$false'; Output = $false;
                Before = 'try { $null = New-QdrantCollection spare 4 Dot -Uri URL } catch { }' }
        @{ Name = 'Set-QdrantAlias'; Script = 'Set-QdrantAlias to-there there -Uri URL'; Fails = 'Set-QdrantAlias to-nowhere nowhere -Uri URL'; Output = $true }
        @{ Name = 'Send-QdrantBatch'; Script = 'Get-FaissVector ./words.faiss -First 300 | Send-QdrantBatch sent -Uri URL';
            Fails = 'Get-FaissVector ./words.faiss -First 300 | Send-QdrantBatch there -Uri URL'; Output = $true }
        @{ Name = 'Invoke-VectorMigration'; Script = 'Invoke-VectorMigration ./words.faiss moved -First 300 -Uri URL -LogDirectory ./l-NUMBER';
            Fails = 'Invoke-VectorMigration ./words.faiss there -Uri URL -LogDirectory ./l'; Output = $true }
        @{ Name = 'Optimize-VectorMigration'; Script = 'Optimize-VectorMigration ./words.faiss tuned -TimeBudgetSec 5 -Uri URL';
            Fails = 'Optimize-VectorMigration ./words.faiss there -TimeBudgetSec 5 -Uri URL'; Output = $true }
        @{ Name = 'Test-VectorMigration'; Script = 'Test-VectorMigration ./words.faiss proven -First 300 -Uri URL';
            Fails = 'Test-VectorMigration ./words.faiss there -Detailed -Uri URL'; Output = $true }
    )
    $work | ForEach-Object { $_.Before = "$($_['Before'])"; $_.After = "$($_['After'])" }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $own = Start-TestServer
    $ownPort = $own.GrpcPort
    $null = New-QdrantCollection there 4 Dot -Uri $own.Uri
    $null = Get-FaissVector ./words.faiss -First 300 | Send-QdrantBatch proven -Uri $own.Uri
    $script:number = 0

    # The script in a runspace of its own, with the module imported.
    function New-Shell([string] $Script) {
        $script:number++
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$TestDrive'").Invoke()
        $shell.Commands.Clear()
        $shell.AddScript($Script.Replace('URL', $own.Uri).Replace('NUMBER', "$script:number"))
    }

    function Assert-Closed {
        Wait-Until { (Get-OpenConnection $ownPort) -eq 0 } | Should -BeTrue -Because 'no connection may stay open'
    }

    # What a script of the shell emits and the error it ends with.
    function Invoke-Script([string] $Script, [string] $Before = '', [string] $After = '') {
        $shell = New-Shell "$Before; try { $Script } catch { `$_ }; $After"
        try {
            $shell.Invoke()
        }
        finally {
            $shell.Dispose()
        }
    }

    # Starts it against a server that has stopped answering, and waits until it waits.
    function Start-Stalled([string] $Script, [string] $Before = '') {
        if ($Before) { $null = Invoke-Script $Before; Assert-Closed }
        Suspend-TestServer $own
        $shell = New-Shell $Script
        $running = $shell.BeginInvoke()
        Wait-Until { (Get-OpenConnection $ownPort) -gt 0 } | Should -BeTrue -Because 'it must have begun'
        $shell, $running
    }
}

AfterAll { Resume-TestServer $own; Stop-TestServer $own }

Describe '<Name>' -ForEach $work {
    AfterEach { Resume-TestServer $own }

    It 'ends normally' {
        $said = Invoke-Script $Script $Before $After
        $said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | Should -BeNullOrEmpty
        Assert-Closed
    }

    It 'ends when a cmdlet behind it has enough' {
        $said = @(Invoke-Script "$Script | Select-Object -First 1" $Before $After)
        $said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | Should -BeNullOrEmpty
        if ($Output) { $said | Should -HaveCount 1 }
        Assert-Closed
    }

    It 'ends when a cmdlet behind it throws' {
        if ($Output) {
            (Invoke-Script "$Script | ForEach-Object { throw 'enough' }" $Before $After)[-1].Exception.Message | Should -Be enough
        }
        else {
            # It emits nothing that could be answered; what comes after it in the same pipeline throws at its end.
            (Invoke-Script "$Script | & { process { } end { throw 'enough' } }" $Before $After)[-1].Exception.Message | Should -Be enough
        }

        Assert-Closed
    }

    It 'ends with a terminating error that says what to do<Suffix>' -ForEach @(@{ Suffix = ''; Action = 'Continue' }, @{
        Suffix = ', also with -ErrorAction Stop'; Action = 'Stop' }) {
        $failure = @(Invoke-Script "$Fails -ErrorAction $Action")[-1]
        $failure | Should -BeOfType ([System.Management.Automation.ErrorRecord])
        $failure.FullyQualifiedErrorId | Should -Match '^[A-Z]\w+,VectorMigration\.Commands\.\w+Command$'
        $failure.CategoryInfo.Category | Should -Not -Be NotSpecified
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Assert-Closed
    }

    It 'stops at Ctrl+C while the server does not answer, long before its deadline' {
        $shell, $running = Start-Stalled $Script $Before
        try {
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Stop()
            $shell.InvocationStateInfo.State | Should -Be Stopped
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 10 -Because 'the deadline is a minute'
            Write-Verbose "$Name stopped after $([int] $watch.Elapsed.TotalMilliseconds) ms" -Verbose:$([bool] $env:VECTORMIGRATION_TEST_OUTPUT)
        }
        finally {
            $shell.Dispose()
        }

        # The server is still stopped: that nothing is open is not its doing.
        Assert-Closed
    }

    It 'ends when its runspace is closed while the server does not answer' {
        $shell, $running = Start-Stalled $Script $Before
        $shell.Runspace.Close()
        # A pipeline tells its end a moment after the runspace has told its own.
        Wait-Until { $shell.InvocationStateInfo.State -in 'Stopped', 'Failed' } | Should -BeTrue -Because "it is $($shell.InvocationStateInfo.State)"
        $shell.Dispose()
        Assert-Closed
    }
}

Describe 'An upload that stalls half-way' {
    AfterEach { Resume-TestServer $own }

    # Waits for the first batch, then stops the server and gives the next batches the time to be on the wire.
    It 'stops at Ctrl+C in under a second: <Name>' -ForEach @(
        @{ Name = 'Send-QdrantBatch, vectors still coming';
            Script = 'Get-FaissVector ./words.faiss | Send-QdrantBatch half-NUMBER -BatchSize 10 -BatchDelay 0.1 -Uri URL -LogDirectory ./half-NUMBER' }
        @{ Name = 'Send-QdrantBatch, the last batches under way';
            Script = 'Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch half-NUMBER -BatchSize 10 -BatchDelay 0.5 -Uri URL ' +
                '-LogDirectory ./half-NUMBER' }
        @{ Name = 'Invoke-VectorMigration'
            Script = 'Invoke-VectorMigration ./words.faiss half-NUMBER -BatchSize 10 -BatchDelay 0.1 -Uri URL -LogDirectory ./half-NUMBER' }
    ) {
        $least = [double]::MaxValue
        foreach ($try in 1..3) {
            $shell = New-Shell $Script
            $log = Join-Path $TestDrive "half-$script:number"
            $running = $shell.BeginInvoke()
            Wait-Until { @(Get-RunLog $log | Where-Object event -EQ batch).Count -gt 0 } | Should -BeTrue
            Suspend-TestServer $own
            # The pause of the pacing is over then: a batch waits for its answer.
            Start-Sleep -Milliseconds 800
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $least = [Math]::Min($least, $watch.Elapsed.TotalSeconds)
            $shell.InvocationStateInfo.State | Should -Be Stopped
            $shell.Dispose()
            Assert-Closed
            $count = { (Invoke-RestMethod "$($own.Rest)/collections/half-$script:number/points/count" -Method Post -ContentType application/json `
                -Body '{"exact":true}').result.count }
            Resume-TestServer $own
            $null = Wait-Until { $before = & $count; Start-Sleep -Milliseconds 300; (& $count) -eq $before }
            & $count | Should -BeLessThan 10000
            # What the log calls sent is there.
            $logged = Get-RunLog $log | Where-Object { $_.event -eq 'batch' -and $_.status -eq 'Completed' } | Measure-Object count -Sum
            & $count | Should -BeGreaterOrEqual $logged.Sum
            if ($least -lt 1) { break }
        }

        $least | Should -BeLessThan 1
    }

    It 'says how to go on after Ctrl+C: <Name>' -ForEach @(
        @{ Name = 'Send-QdrantBatch'; Script = 'Get-FaissVector ./words.faiss | Send-QdrantBatch said-send -BatchSize 10 -BatchDelay 0.1';
            Says = '*WARNING: Stopped on request. * vectors were acknowledged by this run. Run the same pipeline again. It sends everything again. ' +
                'A pipeline *' }
        @{ Name = 'Send-QdrantBatch with a journal'; Script = 'Get-FaissVector ./words.faiss | Send-QdrantBatch said-journal -BatchSize 10 -BatchDelay 0.1 ' +
                '-JournalPath ./said.journal';
            Says = '*WARNING: Stopped on request. * Run the same pipeline again. It resumes from the journal *said.journal.*' }
        @{ Name = 'Test-VectorMigration'; Script = 'Test-VectorMigration ./words.faiss proven -First 300';
            Says = '*WARNING: The verification was interrupted before it was complete. Nothing was changed. Run the same command again.*' }
        @{ Name = 'Invoke-VectorMigration while it plans'; Script = 'Invoke-VectorMigration ./words.faiss said-plan -LogDirectory ./said-plan';
            Says = '*WARNING: Stopped before anything was sent. Run the same command again.*' }
    ) {
        # What only reads, or plans, is stopped in its first call; what sends, after it has sent something.
        $isSending = $Name -like 'Send-*'
        if (-not $isSending) { Suspend-TestServer $own }
        $log = Join-Path $TestDrive "said-$([guid]::NewGuid())"
        $logged = $isSending ? "-LogDirectory '$log'" : ''
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command',
            "Import-Module '$manifest'; Set-Location '$TestDrive'; $Script -Uri $($own.Uri) $logged" -Through 'env', '--default-signal=INT'
        $start.RedirectStandardError = $true
        $child = [System.Diagnostics.Process]::Start($start)
        try {
            Wait-Until { $isSending ? @(Get-RunLog $log | Where-Object event -EQ batch).Count -gt 0 : (Get-OpenConnection $ownPort) -gt 0 } | Should -BeTrue
            if ($isSending) { Suspend-TestServer $own }
            kill -INT $child.Id
            $child.WaitForExit(20000) | Should -BeTrue
            $child.StandardOutput.ReadToEnd() | Should -BeLike $Says
        }
        finally {
            if (-not $child.HasExited) { $child.Kill() }
        }
    }

    It 'ends a PowerShell that gets SIGINT, with nothing in flight and a log that says so' {
        $folder = Join-Path $TestDrive signalled
        $script = "Import-Module '$manifest'; Invoke-VectorMigration '$TestDrive/words.faiss' signalled -BatchSize 10 -BatchDelay 0.1 " +
            "-Uri $($own.Uri) -LogDirectory '$folder'; 'it went on'"
        # Where the tests run in the background SIGINT is ignored, and children inherit that; env puts it back.
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command', $script -Through 'env', '--default-signal=INT'
        $start.RedirectStandardError = $true
        $child = [System.Diagnostics.Process]::Start($start)
        try {
            Wait-Until { @(Get-RunLog $folder | Where-Object event -EQ batch).Count -gt 0 } | Should -BeTrue
            Suspend-TestServer $own
            kill -INT $child.Id
            # The deadline of a batch is a minute.
            $child.WaitForExit(20000) | Should -BeTrue
            Assert-Closed
            $said = $child.StandardOutput.ReadToEnd()
            $said | Should -Not -BeLike '*it went on*'
            $said | Should -BeLike '*WARNING: Stopped on request. * vectors were acknowledged by this run. Run the same command again*'
            (Get-Content "$folder/migration.log" | Select-Object -Last 1 | ConvertFrom-Json).event | Should -Be run-ended
        }
        finally {
            if (-not $child.HasExited) { $child.Kill() }
        }
    }
}
