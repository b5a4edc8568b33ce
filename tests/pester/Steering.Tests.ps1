# A run in a second PowerShell that is looked at, paused, slowed, resumed, watched and stopped from this one.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # A slow run in a process of its own, once it is under way.
    function Start-Run([string] $Name, [string] $Script = "Invoke-VectorMigration ./words.faiss $Name -BatchSize 20 -BatchDelay 0.1 -GiveUpAfterSec 2") {
        $start = New-PowerShellStart '-NoProfile', '-NonInteractive', '-Command',
            "Import-Module '$manifest'; Set-Location '$TestDrive'; $Script -Uri $url -LogDirectory ./$Name; 'not reached'"
        $start.RedirectStandardError = $true
        $start.RedirectStandardOutput = $true
        $child = [System.Diagnostics.Process]::Start($start)
        $said = $child.StandardOutput.ReadToEndAsync(), $child.StandardError.ReadToEndAsync()
        Wait-Until { @(Get-RunLog "$TestDrive/$Name" | Where-Object event -EQ batch).Count -gt 1 } | Should -BeTrue -Because 'the run must begin'
        [pscustomobject]@{ Process = $child; Said = $said; Logs = "./$Name" }
    }

    # What it said and how it ended.
    function Complete-Run($Run) {
        $Run.Process.WaitForExit(60000) | Should -BeTrue
        $text = $Run.Said[0].Result + $Run.Said[1].Result
        [pscustomobject]@{ ExitCode = $Run.Process.ExitCode; Text = $text }
        $Run.Process.Dispose()
    }

    function Get-BatchCount([string] $Name) { @(Get-RunLog "$TestDrive/$Name" | Where-Object event -EQ batch).Count }
}

Describe 'A run of another session' {
    It 'is listed, paused, slowed, resumed, watched to its end, and told in its log' {
        $run = Start-Run steered
        $listed = Get-VectorMigration ./steered
        $listed.State | Should -Be Running
        $listed.Collection | Should -Be steered
        $listed.ProcessId | Should -Be $run.Process.Id
        $paused = $listed | Suspend-VectorMigration
        $paused.State | Should -Be Paused
        $paused.UnderWay | Should -Be 0
        $before = Get-BatchCount steered
        $points = Get-PointCount steered
        # Longer than -GiveUpAfterSec.
        Start-Sleep -Seconds 3
        Get-BatchCount steered | Should -Be $before
        Get-PointCount steered | Should -Be $points
        $run.Process.HasExited | Should -BeFalse
        $paced = Set-VectorMigrationPace ./steered -BatchSize 500 -BatchDelay 0 -RequestsPerSecond 200
        $paced.BatchSize | Should -Be 500
        $paced.RequestsPerSecond | Should -Be 200
        (Resume-VectorMigration ./steered).State | Should -Be Running
        $ended = Watch-VectorMigration ./steered -IntervalSec 1
        $ended.Result | Should -Be Completed
        $ended.ExitCode | Should -Be 0
        (Complete-Run $run).Text | Should -Match 'Paused by .*, process \d+\.'
        $log = @(Get-RunLog "$TestDrive/steered")
        ($log | Where-Object event -EQ steered).action | Should -Be pause, pace, resume
        ($log | Where-Object event -EQ steered)[1].text | Should -Be 'batches of 500, no pauses, at most 200 requests/s'
        $log | Where-Object event -EQ batch | Select-Object -Skip $before -First 1 | ForEach-Object count | Should -Be 500
        Get-Content -Raw (Join-Path $ended.RunDirectory report.html) | Should -Match 'Steered from other sessions'
    }

    It 'ends at Stop-VectorMigration as at Ctrl+C, and the same command resumes it: <Name>' -ForEach @(
        @{ Name = 'stop-invoke'; Script = 'Invoke-VectorMigration ./words.faiss stop-invoke -BatchSize 20 -BatchDelay 0.1' }
        @{ Name = 'stop-send'; Script = 'Get-FaissVector ./words.faiss | Send-QdrantBatch stop-send -BatchSize 20 -BatchDelay 0.1 -JournalPath ./s.journal' }
    ) {
        $run = Start-Run $Name $Script
        $stopped = Get-VectorMigration "./$Name" | Stop-VectorMigration
        $stopped.State | Should -Be Ended
        $stopped.Result | Should -Be Interrupted
        $end = Complete-Run $run
        $end.ExitCode | Should -Be 3
        $end.Text | Should -Match 'Stopped on request\. .* acknowledged'
        $end.Text | Should -Not -Match 'not reached'
        $sent = (Get-RunLog "$TestDrive/$Name" | Where-Object event -EQ batch | Measure-Object count -Sum).Sum
        $null = Invoke-Expression "$($Script -replace '-BatchSize 20 -BatchDelay 0.1') -LogDirectory ./$Name"
        $last = Get-VectorMigration "./$Name" | Select-Object -Last 1
        $last.Result | Should -Be Completed
        $last.Acknowledged | Should -Be (10000 - $sent)
    }

    It 'is shown as killed when its process is gone' {
        $run = Start-Run killed
        $run.Process.Kill()
        $null = Complete-Run $run
        (Get-VectorMigration ./killed).State | Should -Be Killed
        Get-Failure { Watch-VectorMigration ./killed } | ForEach-Object FullyQualifiedErrorId | Should -BeLike 'RunNotUnderWay,*'
        Get-Failure { Suspend-VectorMigration ./killed -RunId (Get-VectorMigration ./killed).RunId } | ForEach-Object { "$_" } |
            Should -BeLike '*its process is gone*'
    }
}

Describe 'The cmdlets' {
    It 'show when a run began, next to its id' {
        $lines = (Get-VectorMigration ./done | Format-Table | Out-String -Width 80).Split("`n").TrimEnd()
        "$lines" | Should -Match 'Ended +Completed +\d\d[:-]\d\d steering-\S+ [0-9a-f-]{36}'
    }

    BeforeAll { $null = Invoke-VectorMigration ./words.faiss steering-done -First 20 -LogDirectory ./done }

    It 'skip what has ended, with a warning where nothing is left' {
        $emitted = Get-VectorMigration ./done | Suspend-VectorMigration -WarningVariable warned -WarningAction SilentlyContinue
        $emitted | Should -BeNullOrEmpty
        "$warned" | Should -BeLike 'The run *-* is not under way: it has ended with exit code 0. Nothing was done.'
    }

    It 'refuse what is not there: <Id>' -ForEach @(
        @{ Id = 'RunNotUnderWay'; Script = { Suspend-VectorMigration ./done } }
        @{ Id = 'RunNotUnderWay'; Script = { Stop-VectorMigration ./done -RunId (Get-VectorMigration ./done).RunId } }
        @{ Id = 'RunNotFound'; Script = { Resume-VectorMigration ./done -RunId (New-Guid) } }
        @{ Id = 'RunNotFound'; Script = { Watch-VectorMigration ./nowhere } }
        @{ Id = 'RunNotFound'; Script = { Get-VectorMigration ./nowhere -ErrorAction Stop } }
    ) {
        (Get-Failure $Script).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }

    It 'ask nobody under -WhatIf, and complete the run' {
        $id = (Get-VectorMigration ./done).RunId
        (TabExpansion2 'Stop-VectorMigration ./done -RunId ').CompletionMatches.CompletionText | Should -Be "$id"
        (Get-VectorMigration ./done).ToJson() | ConvertFrom-Json | ForEach-Object state | Should -Be Ended
    }

    It 'show runs within 80 columns' {
        $shown = Get-VectorMigration ./done | Out-String -Width 80
        $shown | Should -Match "(?m)^Ended +Completed +\d\d[:-]\d\d +steering-\S+ +$((Get-VectorMigration ./done).RunId)"
        (Get-VectorMigration ./done | Format-List | Out-String) | Should -Match 'Acknowledged : 20'
    }
}

Describe 'Scripts of a run' {
    It 'are told of its phases and its end, beside the run' {
        Invoke-VectorMigration ./words.faiss hooked -First 20 -LogDirectory ./hooked -OnPhase { $_.Phase | Add-Content ./phases.txt } `
            -OnEnd { "$($_.Status) $($_.Counts.Sent) $(Test-Path $_.ReportPath)" | Set-Content ./end.txt } | ForEach-Object Status | Should -Be Completed
        Get-Content ./phases.txt | Should -Be plan, collection, upload, verify
        Get-Content ./end.txt | Should -Be 'Completed 20 True'
        $null = Get-FaissVector ./words.faiss -First 5 | Send-QdrantBatch hooked-send -OnEnd { "$($_.Counts.Sent)" | Set-Content ./sent.txt }
        Get-Content ./sent.txt | Should -Be 5
    }

    It 'that fail are warnings, and the run is what it is' {
        $result = Invoke-VectorMigration ./words.faiss hooked-failing -First 20 -LogDirectory ./hooked -OnEnd { throw 'no mail server' } `
            -WarningVariable warned -WarningAction SilentlyContinue
        $result.Status | Should -Be Completed
        "$($warned[-1])" | Should -Be 'The script of -OnEnd failed: no mail server. The result of the run is not affected.'
    }
}
