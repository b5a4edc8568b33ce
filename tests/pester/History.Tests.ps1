BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'Runs compared' {
    BeforeAll {
        $slow = Get-FaissVector ./words.faiss -First 200 | Send-QdrantBatch -Collection history-slow -BatchSize 50 -BatchDelay 0.1 -LogDirectory ./slow
        $fast = Invoke-VectorMigration ./words.faiss -Collection history-fast -First 1000 -LogDirectory ./fast
        $figures = $slow | Measure-MigrationPerf
    }

    It 'reads a run from its log, its log folder and its summary alike' {
        $summary = (Get-ChildItem ./slow/runs/*/summary.json).FullName
        foreach ($path in './slow/migration.log', './slow', (Split-Path $summary), $summary) {
            $read = Measure-MigrationPerf -Path $path
            $read.Vectors | Should -Be 200
            $read.Batches | Should -Be 4
            [Math]::Abs(($read.Duration - $figures.Duration).TotalMilliseconds) | Should -BeLessThan 1
        }

        (Get-Content ./slow/runs/*/summary.json | ConvertFrom-Json).counts.sent | Should -Be 200
        (Get-Content ./fast/runs/*/summary.json | ConvertFrom-Json).verification.passed | Should -BeTrue
    }

    It 'takes the last run of a log, or the one that is asked for' {
        $null = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch -Collection history-two -LogDirectory ./two
        $second = Get-FaissVector ./words.faiss -First 70 | Send-QdrantBatch -Collection history-three -LogDirectory ./two
        (Measure-MigrationPerf -Path ./two).Vectors | Should -Be 70
        $first = (Get-Content ./two/migration.log | ConvertFrom-Json).run | Select-Object -First 1
        (Measure-MigrationPerf -Path ./two -RunId $first).Vectors | Should -Be 30
        $first | Should -Not -Be $second[0].RunId
    }

    It 'leaves a report of a run, and writes one of several runs or of a result' {
        $fast.ReportPath | Should -Exist
        $page = Get-Content $fast.ReportPath -Raw
        [bool]($page -match 'All 1,000 vectors are in the collection') | Should -BeTrue
        [bool]($page -match 'Invoke-VectorMigration [^<]*-Path \./words\.faiss') | Should -BeTrue -Because 'the command is shown'
        $several = (Get-ChildItem ./slow/runs, ./fast/runs) | New-MigrationReport
        $several.Path | Should -Be (Join-Path $TestDrive 'migration-report.html')
        $several.Runs | Should -HaveCount 2
        Get-Content $several.Path -Raw | Should -Match '2 migrations to Qdrant'
        ($fast | New-MigrationReport -OutputPath ./one.html).Runs | Should -Be $fast.RunId
        (New-MigrationReport ./fast -RunId $fast.RunId).Path | Should -Be $fast.ReportPath
        (New-MigrationReport ./fast -WhatIf) | Should -BeNullOrEmpty
        ((New-MigrationReport ./fast).ToJson() | ConvertFrom-Json).tornLines | Should -Be 0
    }

    It 'replaces no other file by a report, and keeps no secret in it' {
        Set-Content ./mine.html 'mine'
        { New-MigrationReport ./fast -OutputPath ./mine.html } | Should -Throw -ErrorId 'ReportUnwritable,*'
        Get-Content ./mine.html | Should -Be 'mine'
        { New-MigrationReport ./none } | Should -Throw -ErrorId 'RunNotFound,*'
    }

    It 'skips torn lines and warns of their number' {
        Copy-Item ./slow ./torn -Recurse
        Add-Content (Get-ChildItem ./torn/runs/*/migration.log) 'half a li'
        (Measure-MigrationPerf -Path ./torn -WarningVariable told -WarningAction SilentlyContinue).Vectors | Should -Be 200
        "$told" | Should -BeLike '1 damaged line of *was skipped*'
    }

    It 'keeps the logs of runs at the same time whole, of processes, of one process and of the command line' {
        $script = { param($manifest, $url, $place, $number)
            Import-Module $manifest
            Set-Location $place
            Get-FaissVector ./words.faiss -First (500 + $number) | Send-QdrantBatch "history-at-once-$number" -Uri $url -BatchSize 10 -LogDirectory ./at-once |
                Measure-MigrationPerf
        }
        $jobs = 1..2 | ForEach-Object { Start-Job $script -ArgumentList $manifest, $url, $TestDrive, $_ }
        $threads = 3..4 | ForEach-Object { Start-ThreadJob $script -ArgumentList $manifest, $url, $TestDrive, $_ }
        $tool = $commandLine
        $tool | Should -Exist -Because './build.sh build makes it'
        $null = & $tool migrate ./words.faiss --collection history-at-once-5 --url $url --limit 505 --batch-size 10 --log-dir ./at-once --verify none
        $LASTEXITCODE | Should -Be 0
        $null = $jobs + $threads | Receive-Job -Wait -AutoRemoveJob
        $lines = Get-Content ./at-once/migration.log | ConvertFrom-Json
        $lines | Should -HaveCount 10
        @(Get-ChildItem ./at-once/runs) | Should -HaveCount 5
        foreach ($begin in $lines | Where-Object event -EQ run-started) {
            $log = Join-Path ./at-once $begin.log
            (Get-Content $log | ConvertFrom-Json | Where-Object run -NE $begin.run) | Should -BeNullOrEmpty
            $figures = Measure-MigrationPerf -Path ./at-once -RunId $begin.run -Baseline $log
            $figures.VectorsRatio | Should -Be 1
            $figures.Current.Vectors | Should -Be (500 + [int] ($begin.collection -replace '.*-'))
        }
    }

    It 'compares with <Kind>' -ForEach @(
        @{ Kind = 'figures'; Baseline = { $figures } }
        @{ Kind = 'a log'; Baseline = { './slow/migration.log' } }
        @{ Kind = 'a file of Get-ChildItem'; Baseline = { Get-ChildItem ./slow/runs/*/summary.json } }
    ) {
        $comparison = Measure-MigrationPerf -Path ./fast -Baseline (& $Baseline)
        $comparison | Should -BeOfType VectorMigration.Reports.MigrationPerfComparison
        $comparison.VectorsRatio | Should -Be 5
        $comparison.DurationRatio | Should -BeGreaterThan 0
        [Math]::Abs($comparison.ChangePercent - 100 * ($comparison.CurrentSecondsPerVector / $comparison.BaselineSecondsPerVector - 1)) |
            Should -BeLessThan 1e-6
        $comparison.CurrentSuccessRate | Should -Be 100
    }

    It 'compares the batches of a pipeline with the result of a run' {
        ($slow | Measure-MigrationPerf -Baseline $fast).VectorsRatio | Should -Be 0.2
    }

    It 'reads like what operators write' {
        $text = Measure-MigrationPerf -Path ./fast -Baseline ./slow | Out-String -Width 100
        $text | Should -Match 'Vectors +: 200 → 1,000 \(5 ×\)'
        $text | Should -Match 'Change +: [-+]?[\d.]+ %, (faster|slower|the same)'
        $text | Should -Match 'Success rate +: 100 % → 100 %'
    }

    It 'refuses what is no run: <Name>' -ForEach @(
        @{ Name = 'a missing file'; Id = 'RunNotFound'; Script = { Measure-MigrationPerf -Path ./nowhere.log } }
        @{ Name = 'an index'; Id = 'NotARun'; Script = { Measure-MigrationPerf -Path ./words.faiss } }
        @{ Name = 'payloads'; Id = 'NotARun'; Script = { Measure-MigrationPerf -Path ./words.jsonl } }
        @{ Name = 'a run that is not in the log'; Id = 'RunNotFound'; Script = { Measure-MigrationPerf -Path ./fast -RunId (New-Guid) } }
        @{ Name = 'a run and itself'; Id = 'Usage'; Script = { Measure-MigrationPerf -Path ./fast -Baseline ./fast/migration.log } }
        @{ Name = 'a number as baseline'; Id = 'InvalidBaseline'; Script = { Measure-MigrationPerf -Path ./fast -Baseline 3 } }
    ) {
        $failure = Get-Failure $Script
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe 'Invoke-VectorMigration -WhatIf' {
    BeforeAll {
        # What -WhatIf says goes to the host; a transcript of a child is the way to read it.
        function Get-WhatIf([string] $Command) {
            Invoke-PowerShell -NoProfile -NonInteractive -Command "`$env:QDRANT_URL = '$url'; Set-Location '$TestDrive'; Import-Module '$manifest'; $Command" |
                Out-String -Width 4096
        }
    }

    It 'tells the plan, and the time by an earlier run' {
        $null = Invoke-VectorMigration ./words.faiss -Collection whatif-first -First 1000 -LogDirectory ./whatif
        $before = (Get-ChildItem ./whatif -Recurse -File).Count
        $text = Get-WhatIf 'Invoke-VectorMigration ./words.faiss -Collection whatif-second -LogDirectory ./whatif -WhatIf'
        $narrow = Get-WhatIf '$env:COLUMNS = 80; Invoke-VectorMigration ./words.faiss -Collection whatif-narrow -LogDirectory ./whatif -WhatIf'
        $narrow -split '\r?\n' | Where-Object { $_.Length -gt 80 -and $_ -notmatch '\S{60}' -and $_ -match '^(What if|  )' } | Should -BeNullOrEmpty
        $narrow | Should -Match '(?m)^ {16}\S'
        $text | Should -Match 'index +IDMap\(Flat\), 10,000 [×x] 100'
        $text | Should -Match 'expected +about [\d.]+ m?s .*judging by the run of \d{4}-\d\d-\d\d'
        $text | Should -Not -Match 'refused'
        (Get-ChildItem ./whatif -Recurse -File).Count | Should -Be $before
    }

    It 'tells every reason for a refusal and touches nothing' {
        $null = Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch -Collection whatif-differs
        $problems = @()
        Invoke-VectorMigration (Join-Path $fixtures 'idmap_duplicate_ids/index.faiss') -Collection whatif-differs -Distance Cosine `
            -PayloadPath ./nothing.jsonl -LogDirectory ./never -WhatIf -ErrorVariable problems -ErrorAction SilentlyContinue
        $ids = $problems.FullyQualifiedErrorId.ForEach({ ($_ -split ',')[0] })
        $ids | Should -Contain 'DuplicateIds'
        $ids | Should -Contain 'CollectionDiffers'
        $ids | Should -Contain 'PayloadFileMissing'
        './never' | Should -Not -Exist
    }

    It 'tells what is asked before a deletion, unless it is confirmed' {
        $null = Invoke-VectorMigration ./words.faiss -Collection whatif-again -First 20 -LogDirectory ./again
        $command = 'Invoke-VectorMigration ./words.faiss -Collection whatif-again -First 20 -LogDirectory ./again -Recreate -WhatIf'
        Get-WhatIf $command | Should -BeLike '*confirm*before it deletes the collection with 20 points; without a terminal, it needs -Force*'
        Get-WhatIf "$command -Force" | Should -Not -BeLike '*confirm*'
        Get-WhatIf "$command -Confirm:`$false" | Should -Not -BeLike '*confirm*'
    }
}
