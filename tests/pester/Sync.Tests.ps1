# An index that changes from day to day, and the collection that follows it: both surfaces, and the scheduled runbook.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Import-Module (Join-Path $PSScriptRoot 'IndexFiles.psm1')
    $tool = $commandLine
    $rest = $env:VECTORMIGRATION_TEST_REST

    function Get-Ids([string] $Collection) {
        $body = '{"limit":10000,"with_payload":false}'
        $found = Invoke-RestMethod "$rest/collections/$Collection/points/scroll" -Method Post -Body $body -ContentType 'application/json'
        $found.result.points.id | Sort-Object
    }

    # In a PowerShell that cannot ask.
    function Invoke-Unattended([string] $Command) {
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command "Import-Module '$manifest'; $Command" 2>&1 | Out-String -Width 400
        [pscustomobject]@{ Said = $said; ExitCode = $LASTEXITCODE }
    }
}

Describe 'An index that has changed' {
    BeforeEach {
        $place = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))).FullName
        Push-Location $place
        $c = "sync-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
        New-IndexOfIds ./daily.faiss (1..100).ForEach({ $_ * 7 })
    }

    AfterEach { Pop-Location }

    It 'is refused by default, with the way on' {
        $null = Invoke-VectorMigration ./daily.faiss $c
        New-IndexOfIds ./daily.faiss (1..110).ForEach({ $_ * 7 })
        $failure = Get-Failure { Invoke-VectorMigration ./daily.faiss $c -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'JournalDiffers,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-OnChanged Sync*'
    }

    It 'is synced: created, changed and equal are counted in result, log and screen, and nothing equal is sent' {
        $null = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync
        # Grown in front, so that places move; one changed, ten gone.
        New-IndexOfIds ./daily.faiss (@(2000..2004) + (1..90).ForEach({ $_ * 7 })) -Changed 14
        $result = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync
        $result.Status | Should -Be Completed
        $result.Counts | Select-Object Created, Changed, Equal, Vanished, Pruned, Sent | ConvertTo-Json -Compress |
            Should -Be '{"Created":5,"Changed":1,"Equal":89,"Vanished":10,"Pruned":0,"Sent":6}'
        $screen = $result | Out-String -Width 120
        $screen | Should -BeLike '*5 created, 1 repaired, 89 equal*'
        $screen | Should -BeLike '*10 no longer in the index (ids 637, 644,*'
        $logged = Get-Content ./logs/migration.log | ConvertFrom-Json | Where-Object event -EQ 'run-ended' | Select-Object -Last 1
        $logged.created, $logged.changed, $logged.equal, $logged.vanished, $logged.pruned | Should -Be 5, 1, 89, 10, 0
        $logged.firstVanished[0] | Should -Be 637
        (Get-Ids $c).Count | Should -Be 105
        Test-VectorMigration ./daily.faiss $c | Should -BeTrue
    }

    It 'is pruned on request: nothing but ids that the journal recorded and the index no longer has' {
        $null = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync
        $null = [pscustomobject]@{ Id = 5000; Vector = [float[]](1, 2, 3, 4) } | Send-QdrantBatch -Collection $c
        New-IndexOfIds ./daily.faiss (1..90).ForEach({ $_ * 7 })
        $plan = Invoke-Unattended "Set-Location '$place'; Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync -Prune -WhatIf"
        $plan.Said | Should -BeLike '*delete 10 no longer in the index (ids 637, 644,*'
        $asked = Invoke-Unattended "Set-Location '$place'; Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync -Prune; `$Error[0] | Format-List -Force"
        $asked.Said | Should -BeLike '*PruneNotAgreed*'
        $asked.Said | Should -BeLike '*-Confirm:$false*'
        (Get-Ids $c).Count | Should -Be 101
        (Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync -Prune -Confirm:$false).Counts.Pruned | Should -Be 10
        Get-Ids $c | Should -Be (@((1..90).ForEach({ $_ * 7 })) + 5000)
    }

    It 'is synced and pruned by the command line, which wants --yes where nobody can be asked' {
        & $tool migrate ./daily.faiss --collection $c --on-changed sync --url $url --json 2>$null | Out-Null
        $LASTEXITCODE | Should -Be 0
        New-IndexOfIds ./daily.faiss (1..95).ForEach({ $_ * 7 }) -Changed 7
        $plan = & $tool migrate ./daily.faiss --collection $c --on-changed sync --prune --dry-run --url $url --json 2>$null | ConvertFrom-Json
        $plan.plan.sync.vanished, $plan.plan.sync.changed, $plan.plan.sync.equal | Should -Be 5, 1, 94
        $plan.plan.sync.firstVanished | Should -Be 672, 679, 686, 693, 700
        $refused = & $tool migrate ./daily.faiss --collection $c --on-changed sync --prune --url $url --json 2>$null | ConvertFrom-Json
        $LASTEXITCODE | Should -Be 2
        $refused.error.errorId | Should -Be PruneNotAgreed
        $refused.error.recommendedAction | Should -BeLike '*--yes*'
        (Get-Ids $c).Count | Should -Be 100
        $said = & $tool migrate ./daily.faiss --collection $c --on-changed sync --prune --yes --url $url 2>&1 | Out-String
        $LASTEXITCODE | Should -Be 0 -Because $said
        $said | Should -BeLike '*0 created, 1 repaired, 94 equal*'
        (Get-Ids $c).Count | Should -Be 95
        New-IndexOfIds ./daily.faiss (1..40).ForEach({ $_ * 7 })
        $small = & $tool migrate ./daily.faiss --collection $c --on-changed sync --prune --yes --url $url --json 2>$null | ConvertFrom-Json
        $small.error.errorId | Should -Be PruneSourceTooSmall
        & $tool migrate ./daily.faiss --collection $c --on-changed sync --prune --yes --force --url $url --json 2>$null | Out-Null
        (Get-Ids $c).Count | Should -Be 40
    }

    It 'follows with UUIDs, an offset, a part and payloads by key: <Name>' -ForEach @(
        @{ Name = 'offset'; With = @{ IdOffset = 100000 } }
        @{ Name = 'uuid5'; With = @{ IdMapping = 'Uuid5' } }
        @{ Name = 'part'; With = @{ IdMapping = 'Uuid5'; IdNamespace = 'east' } }
        @{ Name = 'named'; With = @{ VectorName = 'title' } }
        @{ Name = 'payload'; With = @{ PayloadPath = './rows.jsonl'; PayloadKey = 'id' } }
    ) {
        Set-Content ./rows.jsonl (1..100).ForEach({ "{""id"":$($_ * 7),""day"":1}" })
        $null = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync @With
        New-IndexOfIds ./daily.faiss (11..105).ForEach({ $_ * 7 }) -Changed 350
        Set-Content ./rows.jsonl (11..105).ForEach({ "{""id"":$($_ * 7),""day"":$($_ -eq 20 ? 2 : 1)}" })
        $result = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync -Prune -Confirm:$false @With
        $result.Status | Should -Be Completed
        $result.Counts.Created, $result.Counts.Changed, $result.Counts.Pruned | Should -Be 5, ($With['PayloadPath'] ? 2 : 1), 10
        $result.Verification.CollectionCount | Should -Be 95
        Test-VectorMigration ./daily.faiss $c @With | Should -BeTrue
    }

    It 'ends right after a sync that was killed' {
        $all = (1..6000).ForEach({ $_ * 3 })
        New-IndexOfIds ./daily.faiss $all
        $null = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync
        New-IndexOfIds ./daily.faiss ($all[500..5999] + (20000..20999)) -Changed $all[1000..2999]
        $start = [System.Diagnostics.ProcessStartInfo]::new($tool, [string[]]('migrate', './daily.faiss', '--collection', $c, '--on-changed', 'sync',
                '--prune', '--yes', '--url', $url, '--batch-size', '100', '--batch-delay', '0.05', '--json'))
        $start.WorkingDirectory = $place
        $start.RedirectStandardOutput = $true
        $start.RedirectStandardError = $true
        # Of runs that began within one second, the names do not tell which one is the last.
        $before = @(Get-ChildItem ./logs/runs).Name
        $process = [System.Diagnostics.Process]::Start($start)
        $batches = { Get-ChildItem ./logs/runs | Where-Object Name -NotIn $before | ForEach-Object { Get-RunLogOf $_ } | Where-Object event -EQ batch }
        while (-not $process.HasExited -and @(& $batches).Count -lt 6) { Start-Sleep -Milliseconds 20 }
        $process.HasExited | Should -BeFalse -Because "it must be under way: $($process.HasExited ? $process.StandardError.ReadToEnd() : '')"
        $process.Kill()
        $process.WaitForExit()
        $result = Invoke-VectorMigration ./daily.faiss $c -OnChanged Sync -Prune -Confirm:$false
        $result.Status | Should -Be Completed
        $result.Counts.Changed | Should -BeLessThan 2000
        $result.Counts.Created + $result.Counts.Changed + $result.Counts.Equal | Should -Be 6500
        $result.Counts.Pruned | Should -Be 500
        $result.Verification.CollectionCount | Should -Be 6500
        Test-VectorMigration ./daily.faiss $c | Should -BeTrue
    }

    It 'says -Force where -Recreate cannot ask' {
        $null = Invoke-VectorMigration ./daily.faiss $c
        $asked = Invoke-Unattended "Set-Location '$place'; Invoke-VectorMigration ./daily.faiss $c -Recreate; `$Error[0] | Format-List -Force"
        $asked.Said | Should -BeLike '*RecreateNotAgreed*'
        $asked.Said | Should -BeLike '*-Force*'
        (Get-Ids $c).Count | Should -Be 100
    }
}

Describe 'The scheduled runbook on an index that changes' {
    It 'sends it on day 1, what is new on day 2, repairs and prunes on day 3' {
        $place = (New-Item -ItemType Directory (Join-Path $TestDrive 'daily')).FullName
        $job = (Join-Path $root 'docs/runbooks/Invoke-ScheduledMigration.ps1'), '-Module', $manifest, '-Path', './daily.faiss', '-Collection', 'daily', '-Uri',
            $url, '-WorkingDirectory', $place
        function Invoke-Day([string[]] $More) {
            $said = Invoke-PowerShell -NoProfile -NonInteractive -File @job @More 2>&1 | Out-String -Width 200
            $LASTEXITCODE | Should -Be 0 -Because $said
            Get-Content "$place/logs/migration.log" | ConvertFrom-Json | Where-Object event -EQ 'run-ended' | Select-Object -Last 1
        }

        New-IndexOfIds "$place/daily.faiss" (1..200)
        (Invoke-Day).created | Should -Be 200
        New-IndexOfIds "$place/daily.faiss" (1..260)
        $day = Invoke-Day
        $day.created, $day.changed, $day.equal, $day.sent | Should -Be 60, 0, 200, 60
        New-IndexOfIds "$place/daily.faiss" (21..260) -Changed 30, 40
        $day = Invoke-Day
        $day.created, $day.changed, $day.equal, $day.vanished, $day.pruned | Should -Be 0, 2, 238, 20, 0
        $day = Invoke-Day '-Prune'
        $day.sent, $day.vanished, $day.pruned | Should -Be 0, 20, 20
        Test-VectorMigration "$place/daily.faiss" daily | Should -BeTrue
        (Get-Ids daily).Count | Should -Be 240
        @(Get-ChildItem "$place/transcripts").Count | Should -Be 4
    }
}
