# Optimize-VectorMigration: what it tells, what it leaves (nothing), and what can be done with it.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # A server of its own: trials of other tests would make these figures worse, and theirs those of others.
    $own = Start-TestServer
    $url = $env:QDRANT_URL = $own.Uri
    # A connection that another file left to the session would lead elsewhere.
    Disconnect-Qdrant

    function Get-Scratch { Get-QdrantCollection -Uri $own.Uri | Where-Object Name -Like '*-tuning-*' }
    function Get-Shown($Objects, [int] $Width = 160) { $Objects | Out-String -Width $Width }
}

AfterAll {
    $env:QDRANT_URL = $env:VECTORMIGRATION_TEST_URL
    Stop-TestServer $own
}

Describe 'Optimize-VectorMigration' {
    BeforeAll {
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $tuning = Optimize-VectorMigration ./words.faiss tuned -PayloadPath ./words.jsonl -TimeBudgetSec 10 -WarningAction SilentlyContinue `
            -WarningVariable warned
        $watch.Stop()
    }

    It 'keeps to its time' {
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 16
        $tuning.Duration.TotalSeconds | Should -BeLessThan 12
    }

    It 'tells values, the reason, the table and the predictions' {
        $tuning | Should -BeOfType VectorMigration.Tuning.MigrationTuning
        $tuning.Reason | Should -Match 'vectors/s'
        $tuning.Points.Count | Should -BeGreaterThan 1
        $tuning.Points | Where-Object { $_.BatchSize -eq $tuning.BatchSize -and $_.ThrottleLimit -eq $tuning.ThrottleLimit } | Should -Not -BeNullOrEmpty
        $tuning.Predictions.Vectors | Should -Be 1000, 10000
        $tuning.Predictions | ForEach-Object { $_.Low | Should -BeLessThan $_.High }
        @($tuning.Warnings).Count | Should -Be @($warned).Count
    }

    It 'leaves no collection, neither its own nor the one asked for' {
        Get-Scratch | Should -BeNullOrEmpty
        Get-QdrantCollection | Where-Object Name -EQ tuned | Should -BeNullOrEmpty
    }

    It 'shows itself in units for people' {
        Get-Shown $tuning | Should -Match 'Recommended +: -BatchSize \d+ -ThrottleLimit \d+'
        Get-Shown $tuning | Should -Match '10,000 vectors: [\d.]+ m?s \([\d.]+ m?s to [\d.]+ m?s\)'
        Get-Shown $tuning.Points | Should -Match 'BatchSize +ThrottleLimit +BatchDelay +Vectors/s +P50 +P95'
        Get-Shown $tuning.Predictions | Should -Match 'Vectors +Upload +From +To +Verified'
    }

    It 'is piped to a migration, which takes its values' {
        $result = $tuning | Invoke-VectorMigration -LogDirectory ./tuned-logs
        $result.Status | Should -Be Completed
        $result.Collection | Should -Be tuned
        $result.Flow.Adaptive | Should -BeFalse
        $result.Flow.BatchSize | Should -Be $tuning.BatchSize
        $result.Flow.ThrottleLimit | Should -Be $tuning.ThrottleLimit
    }

    It 'gives values to splat' {
        $pace = @{ BatchSize = $tuning.BatchSize; ThrottleLimit = $tuning.ThrottleLimit; BatchDelay = $tuning.BatchDelay }
        (Get-FaissVector ./words.faiss -First 100 | Send-QdrantBatch splatted @pace | Measure-Object Count -Sum).Sum | Should -Be 100
    }

    It 'tries exactly what it is given' {
        $given = Optimize-VectorMigration ./words.faiss tuned-given -BatchSize 50, 100 -ThrottleLimit 2 -BatchDelay 0, '0:0:0.05' -Size 300,
            20000 -TimeBudgetSec 8 -WarningAction SilentlyContinue
        $given.Points.BatchSize | Sort-Object -Unique | Should -Be 50, 100
        $given.Points.ThrottleLimit | Sort-Object -Unique | Should -Be 2
        $given.Predictions.Vectors | Should -Be 300, 10000, 20000
        $given.Predictions[-1].Extrapolated | Should -BeTrue
    }

    It 'compares connections: one row each, the fastest first; one that fails is an error and a row' {
        $one = Connect-Qdrant $own.Uri
        $two = Connect-Qdrant ($own.Uri -replace '127\.0\.0\.1', 'localhost')
        $rows = Optimize-VectorMigration ./words.faiss regions -Region $one, $two -TimeBudgetSec 10 -WarningAction SilentlyContinue
        $rows | Should -HaveCount 2
        $rows | Should -BeOfType VectorMigration.Tuning.RegionTuning
        $rows.Region | Sort-Object | Should -Be '127.0.0.1', 'localhost'
        $rows[0].IsFastest | Should -BeTrue
        $rows[0].Total | Should -BeLessOrEqual $rows[1].Total
        $rows[0].RoundTrip | Should -BeGreaterThan ([timespan]::Zero)
        $rows[0].LineBytesPerSecond | Should -BeGreaterThan 0
        $rows[0].Tuning | Should -BeOfType VectorMigration.Tuning.MigrationTuning
        Get-Shown $rows | Should -Match 'Region +RoundTrip +Vectors/s +Upload +Total +NearServer +Advice'
        ($rows[0].ToJson() | ConvertFrom-Json).region | Should -Be $rows[0].Region
        Get-Scratch | Should -BeNullOrEmpty
        Disconnect-Qdrant
    }

    It 'refuses -Region with -Uri, and a time that is too short for its regions' {
        $one = Connect-Qdrant $own.Uri
        (Get-Failure { Optimize-VectorMigration ./words.faiss regions -Region $one -Uri $own.Uri }).FullyQualifiedErrorId | Should -BeLike 'Usage,*'
        (Get-Failure { Optimize-VectorMigration ./words.faiss regions -Region $one, $one -TimeBudgetSec 9 }).Exception.Message |
            Should -Be '-TimeBudgetSec is 9 s for 2 regions. Expected at least 10 s.'
        Disconnect-Qdrant
    }

    It 'does nothing with -WhatIf' {
        Optimize-VectorMigration ./words.faiss whatif -WhatIf | Should -BeNullOrEmpty
        Get-Scratch | Should -BeNullOrEmpty
    }

    It 'refuses <Name>' -ForEach @(
        @{ Name = 'a server that is not there'; Script = { Optimize-VectorMigration ./words.faiss none -Uri http://127.0.0.1:1 }; Id = 'NoServer';
            Category = 'ConnectionError' }
        @{ Name = 'a file that is no index'; Script = { Set-Content ./none.faiss 'no index'; Optimize-VectorMigration ./none.faiss none }; Id = '*';
            Category = 'InvalidData' }
        @{ Name = 'a collection that does not fit'; Script = { $null = New-QdrantCollection four 4 Dot; Optimize-VectorMigration ./words.faiss four };
            Id = 'CollectionDiffers'; Category = 'InvalidOperation' }
    ) {
        $failure = Get-Failure $Script
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,VectorMigration.Commands.OptimizeVectorMigrationCommand"
        $failure.CategoryInfo.Category | Should -Be $Category
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-Scratch | Should -BeNullOrEmpty
    }

    It 'has progress with percent and the time left, completed at the end; verbose tells every trial' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$TestDrive'").Invoke()
        $shell.Commands.Clear()
        $null = $shell.AddScript("Optimize-VectorMigration ./words.faiss progressed -TimeBudgetSec 5 -Uri $url -Verbose").Invoke()
        $records = $shell.Streams.Progress | Where-Object ActivityId -EQ 6335
        $records[-1].RecordType | Should -Be Completed
        $records | Where-Object RecordType -EQ Processing | ForEach-Object { $_.PercentComplete | Should -BeIn (0..100); $_.SecondsRemaining |
            Should -BeIn (0..5) }
        $records.Count | Should -BeLessThan 100
        $shell.Streams.Verbose.Message -match '^Trial 1, ' | Should -HaveCount 1
        $shell.Dispose()
    }

    It 'stops at Ctrl+C in under a second and removes the scratch collection' {
        $least = [double]::MaxValue
        foreach ($try in 1..3) {
            $shell = [powershell]::Create()
            $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$TestDrive'; Optimize-VectorMigration ./words.faiss stopped -Uri $url")
            $running = $shell.BeginInvoke()
            Wait-Until { Get-Scratch } | Should -BeTrue
            Start-Sleep -Seconds 1
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $least = [Math]::Min($least, $watch.Elapsed.TotalSeconds)
            $shell.InvocationStateInfo.State | Should -Be Stopped
            $shell.Dispose()
            Get-Scratch | Should -BeNullOrEmpty
            if ($least -lt 1) { break }
        }

        $least | Should -BeLessThan 1
    }
}
