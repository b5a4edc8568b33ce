BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'Connect-Qdrant' {
    # A session whose Connect-Qdrant failed has no server, and runs after it would have none.
    AfterEach { Disconnect-Qdrant }
    AfterAll { Remove-Module VectorMigration; Import-Module $manifest }

    It 'learns the version and shows no key' {
        $connection = Connect-Qdrant $url -ApiKey (ConvertTo-SecureString 'a-secret-key' -AsPlainText -Force)
        $connection.ServerVersion | Should -Match '^1\.'
        $connection.HasApiKey | Should -BeTrue
        ($connection | Format-List -Property * | Out-String) + ($connection | ConvertTo-Json -Depth 5) + "$connection" | Should -Not -BeLike '*a-secret-key*'
    }

    It 'explains the REST port where gRPC is asked for' {
        (Get-Failure { Connect-Qdrant $env:VECTORMIGRATION_TEST_REST -Protocol Grpc }).FullyQualifiedErrorId | Should -BeLike 'RestPortGiven,*'
    }

    It 'uses REST where nothing else answers, and says which port is meant' {
        $connection = Connect-Qdrant $env:VECTORMIGRATION_TEST_REST -WarningVariable warned -WarningAction SilentlyContinue
        $connection.Protocol | Should -Be 'Rest'
        @($warned).Count | Should -Be 1
        "$warned" | Should -BeLike '*gRPC does not answer*Use Qdrant''s gRPC port*'
        $null = Get-QdrantCollection -Connection $connection -WarningVariable again
        $again | Should -BeNullOrEmpty
        Disconnect-Qdrant
        $null = Get-QdrantCollection -Uri $env:VECTORMIGRATION_TEST_REST -WarningVariable once -WarningAction SilentlyContinue
        "$once" | Should -BeLike '*gRPC does not answer*'
    }

    It 'moves and verifies everything by REST' {
        $null = Connect-Qdrant $env:VECTORMIGRATION_TEST_REST -Protocol Rest -WarningVariable warned
        $warned | Should -BeNullOrEmpty
        $name = "rest$(New-Guid)"
        try {
            $result = Invoke-VectorMigration ./words.faiss -PayloadPath ./words.jsonl -Collection $name -LogDirectory (Join-Path $TestDrive rest)
            $result.Status | Should -Be 'Completed'
            $result.Plan.Protocol | Should -Be 'REST'
            Test-VectorMigration ./words.faiss -PayloadPath ./words.jsonl -Collection $name | Should -BeTrue
            $started = Get-Content (Join-Path $TestDrive rest migration.log) | ConvertFrom-Json | Where-Object event -EQ 'run-started'
            $started.protocol | Should -Be 'REST'
        }
        finally { Remove-QdrantCollection $name -Confirm:$false -ErrorAction Ignore }
    }

    It 'says that there is no server' {
        $failure = Get-Failure { Connect-Qdrant http://127.0.0.1:1 -TimeoutSec 3 }
        $failure.CategoryInfo.Category | Should -Be ConnectionError
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'does not send a key in plaintext to another machine' {
        Set-Content ./key 'a-secret-key'
        $failure = Get-Failure { Connect-Qdrant http://192.0.2.1:6334 -ApiKeyPath ./key }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PlaintextKeyRefused,*'
        $failure | Out-String | Should -Not -BeLike '*a-secret-key*'
    }

    It 'refuses a key file that <Name>' -ForEach @(
        @{ Name = 'is empty'; Text = "`n" }, @{ Name = 'holds two lines'; Text = "a`nb" }
    ) {
        Set-Content ./bad-key $Text
        (Get-Failure { Connect-Qdrant $url -ApiKeyPath ./bad-key }).FullyQualifiedErrorId | Should -BeLike 'InvalidApiKeyFile,*'
    }

    It 'works with the right key and explains a wrong one' {
        $own = Start-TestServer -ApiKey 'right-key'
        try {
            $env:QDRANT_API_KEY = 'right-key'
            (Connect-Qdrant $own.Uri).HasApiKey | Should -BeTrue
            (Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch keyed).Status | Should -Be Completed
            $env:QDRANT_API_KEY = 'wrong-key'
            $failure = Get-Failure { Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch keyed -Uri $own.Uri }
            $failure.CategoryInfo.Category | Should -Be AuthenticationError
            $failure | Out-String | Should -Not -BeLike '*wrong-key*'
        }
        finally {
            $env:QDRANT_API_KEY = $null
            $null = Connect-Qdrant $url
            Stop-TestServer $own
        }
    }

    # QDRANT_URL names a server that answers: without the refusal, each would reach it.
    It 'leaves no server when it fails: <Name>' -ForEach @(
        @{ Name = 'nobody answers'; Script = { Connect-Qdrant http://127.0.0.1:1 -TimeoutSec 3 }; Id = 'NoServer' }
        @{ Name = 'no address'; Script = { Connect-Qdrant nonsense://x }; Id = 'InvalidEndpoint' }
        @{ Name = 'an address without a value'; Script = { Connect-Qdrant $env:VECTORMIGRATION_TEST_UNSET }; Id = 'InvalidEndpoint' }
        @{ Name = 'a key without a value'; Script = { Connect-Qdrant $url -ApiKey $null }; Id = 'ApiKeyInvalid' }
        @{ Name = 'a key file without a name'; Script = { Connect-Qdrant $url -ApiKeyPath '' }; Id = 'ApiKeyInvalid' }
        @{ Name = 'no such key file'; Script = { Connect-Qdrant $url -ApiKeyPath ./none.key }; Id = 'ApiKeyFileMissing' }
    ) {
        $former = Connect-Qdrant $url
        (Get-Failure $Script).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        Get-QdrantConnection | Should -BeNullOrEmpty
        foreach ($next in { Get-QdrantCollection }, { Invoke-VectorMigration ./words.faiss unsent }, { Test-VectorMigration ./words.faiss unsent },
            { Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch unsent }, { './words.faiss' | Invoke-VectorMigration -Collection unsent },
            { New-QdrantCollection unsent 4 Dot }, { Optimize-VectorMigration ./words.faiss unsent }, { Wait-QdrantCollection unsent }) {
            $failure = Get-Failure $next
            $failure.FullyQualifiedErrorId | Should -BeLike 'NotConnected,*' -Because "$next"
            $failure.ErrorDetails.RecommendedAction | Should -BeLike '*Disconnect-Qdrant*'
        }

        (TabExpansion2 'Get-QdrantCollection ' 21).CompletionMatches | Where-Object CompletionText -EQ unsent | Should -BeNullOrEmpty
        Get-QdrantCollection -Uri $url | Where-Object Name -EQ unsent | Should -BeNullOrEmpty
        { Get-QdrantCollection -Connection $former } | Should -Not -Throw
        Disconnect-Qdrant
        { Get-QdrantCollection } | Should -Not -Throw
        $null = Get-Failure $Script
        $null = Connect-Qdrant $url
        { Get-QdrantCollection } | Should -Not -Throw
    }
}

Describe 'Measure-MigrationPerf' {
    It 'answers for nothing' {
        $perf = @() | Measure-MigrationPerf
        $perf.Vectors | Should -Be 0
        $perf.SuccessRate | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-VectorMigration' {
    It 'migrates with payloads, verified, and piped results are true' {
        $result = Invoke-VectorMigration ./words.faiss complete -PayloadPath ./words.jsonl -LogDirectory ./logs
        $result.Status | Should -Be Completed
        $result.Verification.Passed | Should -BeTrue
        $result | Test-VectorMigration -PayloadPath ./words.jsonl | Should -BeTrue
    }

    It 'verifies of a piped result what it moved: payloads, range, ids and mapping' {
        $result = Invoke-VectorMigration ./words.faiss piped-result -PayloadPath ./words.jsonl -First 40 -Skip 10 -IdMapping Uuid5 -IdField original `
            -RenamePayload @{ word = 'term' } -LogDirectory ./logs
        $proof = $result | Test-VectorMigration -Detailed
        $proof.Passed | Should -BeTrue
        $proof.Compared | Should -Be 40
        $proof.PayloadPath | Should -Be (Join-Path $PWD 'words.jsonl')

        # One payload is changed behind its back.
        $points = "$env:VECTORMIGRATION_TEST_REST/collections/piped-result/points"
        $point = Invoke-RestMethod "$points/scroll" -Method Post -ContentType application/json -Body '{"limit":1}'
        $change = @{ payload = @{ term = 'changed' }; points = @($point.result.points[0].id) } | ConvertTo-Json
        $null = Invoke-RestMethod "$points/payload?wait=true" -Method Post -ContentType application/json -Body $change
        $result | Test-VectorMigration | Should -BeFalse
        $mended = $result | Test-VectorMigration -Repair -Detailed -Confirm:$false
        $mended.Passed | Should -BeTrue
        $mended.Repair.Sent | Should -Be 1
        ($result | Test-VectorMigration -NoStore -Detailed -WarningVariable told -WarningAction SilentlyContinue).PayloadPath | Should -BeNullOrEmpty
        "$told" | Should -Match 'Payloads were not compared: the journal .* belongs to vectors with payloads'
    }

    It 'does not look for texts that a piped result left behind' {
        $result = Invoke-VectorMigration ./words.faiss piped-plain -First 20 -LogDirectory ./logs
        ($result | Test-VectorMigration -Detailed).Compared | Should -Be 20
    }

    It 'writes its logs to ./logs unless told otherwise' {
        $null = New-Item -ItemType Directory ./elsewhere
        Push-Location ./elsewhere
        try {
            $null = Invoke-VectorMigration ../words.faiss logged -First 10
            './logs/migration.log' | Should -Exist
            Get-ChildItem ./logs/runs/*/perf_slow.log | Should -HaveCount 1
            Get-ChildItem ./logs/runs/*/heartbeat.json | Get-Content -Raw | ConvertFrom-Json | ForEach-Object status | Should -Be ended
        }
        finally {
            Pop-Location
        }
    }

    It 'tells how far it is where there is no terminal, and keeps a heartbeat' {
        $run = "`$PSStyle.OutputRendering = 'PlainText'; `$env:QDRANT_URL = '$url'; Set-Location '$TestDrive'; Import-Module '$manifest'; `$null = " +
            'Invoke-VectorMigration ./words.faiss told -First 1000 -BatchSize 20 -BatchDelay 0.1 -LogDirectory ./told'
        $said = Invoke-PowerShell -NoProfile -NonInteractive -Command "$run -ProgressIntervalSec 1 -HeartbeatPath ./told.json" | Out-String
        $said | Should -Match 'sending: [\d,]+ of 1,000 vectors \(\d+ %\), [\d,]+/s, expected to end at \d\d:\d\d:\d\d'
        $beat = Get-Content ./told.json -Raw | ConvertFrom-Json
        $beat.format | Should -Be vector-migration-heartbeat/1
        $beat.status | Should -Be ended
        $beat.exitCode | Should -Be 0
        (Invoke-PowerShell -NoProfile -NonInteractive -Command "$run -ProgressIntervalSec 0 -Restart" | Out-String) | Should -Not -BeLike '*sending:*'
        (Get-Failure { Invoke-VectorMigration ./words.faiss told -First 10 -HeartbeatPath ./no/where.json -LogDirectory ./told }).FullyQualifiedErrorId |
            Should -BeLike 'LogUnwritable,*'
    }

    It 'writes and serves metrics, as Test-VectorMigration and Send-QdrantBatch do' {
        $null = Invoke-VectorMigration ./words.faiss metered -First 100 -MetricsPath ./metered.prom -MetricsListen 0 -LogDirectory ./logs `
            -InformationVariable told 6>$null
        "$told" | Should -Match 'metrics: http://127\.0\.0\.1:\d+/metrics'
        './metered.prom' | Should -FileContentMatch '^vectormigration_vectors_acknowledged_total\{collection="metered"\} 100$'
        './metered.prom' | Should -FileContentMatch '^vectormigration_target_points\{collection="metered"\} 100$'
        Test-VectorMigration ./words.faiss metered -First 100 -MetricsPath ./verified.prom | Should -BeTrue
        './verified.prom' | Should -FileContentMatch '^vectormigration_verification_passed\{collection="metered"\} 1$'
        $null = Get-FaissVector ./words.faiss -First 50 | Send-QdrantBatch -Collection metered-sent -Distance Euclid -MetricsPath ./sent.prom
        './sent.prom' | Should -FileContentMatch '^vectormigration_vectors_acknowledged_total\{collection="metered-sent"\} 50$'
        './sent.prom' | Should -FileContentMatch '^vectormigration_run_active\{collection="metered-sent"\} 0$'
        (Get-Failure { Invoke-VectorMigration ./words.faiss metered -First 10 -MetricsListen nowhere -LogDirectory ./logs }).FullyQualifiedErrorId |
            Should -BeLike 'MetricsAddressInvalid,*'
    }

    It 'counts what was there before and can run again' {
        $null = Invoke-VectorMigration ./words.faiss again -First 100 -LogDirectory ./logs
        $result = Invoke-VectorMigration ./words.faiss again -First 100 -LogDirectory ./logs
        $result.Status | Should -Be Completed
        $result.Counts.PresentBefore | Should -Be 100
    }

    It 'recreates with -Force or -Confirm:$false' {
        $null = Invoke-VectorMigration ./words.faiss recreated -First 100 -LogDirectory ./logs
        (Invoke-VectorMigration ./words.faiss recreated -First 50 -Recreate -Force -LogDirectory ./logs).Verification.CollectionCount | Should -Be 50
        (Invoke-VectorMigration ./words.faiss recreated -First 40 -Recreate -Confirm:$false -LogDirectory ./logs).Verification.CollectionCount | Should -Be 40
        (Invoke-VectorMigration ./words.faiss recreated -First 30 -Recreate -WhatIf -LogDirectory ./logs) | Should -BeNullOrEmpty
    }

    It 'leaves invalid vectors out with -SkipInvalid: exit code 4' {
        $result = Invoke-VectorMigration (Join-Path $fixtures 'flat_special_values/index.faiss') skipped -SkipInvalid -LogDirectory ./logs `
            -ErrorAction SilentlyContinue -ErrorVariable problems
        $result.ExitCode | Should -Be 4
        $result.Counts.Invalid | Should -BeGreaterThan 0
        $problems[-1].FullyQualifiedErrorId | Should -BeLike 'MigrationIncomplete,*'
    }

    It 'refuses <Name> before the first vector' -ForEach @(
        @{ Name = 'negative ids'; Fixture = 'idmap_duplicate_ids'; Id = 'NegativeIds'; With = @{} }
        @{ Name = 'duplicate ids'; Fixture = 'idmap_duplicate_ids'; Id = 'DuplicateIds'; With = @{ IdMapping = 'Uuid5' } }
        @{ Name = 'a metric that Qdrant lacks'; Fixture = 'flat_canberra'; Id = 'MetricNotSupported'; With = @{} }
        @{ Name = 'an index of codes'; Fixture = 'ivfpq6x8'; Id = 'VectorsNotExact'; With = @{} }
    ) {
        $failure = Get-Failure { Invoke-VectorMigration (Join-Path $fixtures "$Fixture/index.faiss") refused -LogDirectory ./logs @With }
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.CategoryInfo.Category | Should -Not -Be NotSpecified
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'migrates <_> with -AllowDecoded' -ForEach 'ivfpq6x8', 'vt_opq6_pq6x6np', 'hnsw_sq8', 'bin_ivf' {
        $path = Join-Path $fixtures "$_/index.faiss"
        $result = Invoke-VectorMigration $path "decoded-$($_ -replace '_', '-')" -AllowDecoded -LogDirectory ./logs
        $result.Status, $result.ExitCode, $result.Verification.Compared | Should -Be 'Completed', 0, 500
        Test-VectorMigration $path "decoded-$($_ -replace '_', '-')" -AllowDecoded | Should -BeTrue
    }

    It 'keeps the kind of an error: a server without room in the midst of a run is a lack of resources, batch and run alike' {
        # The server counts its points now and then only: batches are many.
        $null = Invoke-VectorMigration ./words.faiss roomless -First 100 -LogDirectory ./roomless
        $body = @{ strict_mode_config = @{ enabled = $true; max_points_count = 250 } } | ConvertTo-Json
        $null = Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/roomless" -Method Patch -ContentType application/json -Body $body
        $result = Invoke-VectorMigration ./words.faiss roomless -BatchSize 20 -ThrottleLimit 1 -LogDirectory ./roomless -ErrorAction SilentlyContinue `
            -ErrorVariable problems
        $result.Status, $result.Error.ErrorId, $result.Error.Kind | Should -Be 'Interrupted', 'CollectionLimitReached', 'ResourceUnavailable'
        $problems.Count | Should -Be 2
        $problems.CategoryInfo.Category | Should -Be ResourceUnavailable, ResourceUnavailable
        $problems.FullyQualifiedErrorId | ForEach-Object { $_ | Should -BeLike 'CollectionLimitReached,*' }
        $result.Error | ConvertTo-Json -EnumsAsStrings | Should -BeLike '*"Kind": "ResourceUnavailable"*'
    }

    It 'takes $null and empty text for not given: <_>' -ForEach '$null', "''", "' '" {
        $empty = Invoke-Expression $_
        $given = @{ BatchSize = $empty; ThrottleLimit = $empty; BatchDelay = $empty; TimeoutSec = $empty; GiveUpAfterSec = $empty; First = $empty;
            Skip = $empty; Sample = $empty; Seed = $empty }
        $given += @{ Distance = $empty; ShardNumber = $empty; IndexingThreshold = $empty; DefaultSegmentNumber = $empty; MaxSegmentSize = $empty;
            WaitIndexedTimeoutSec = $empty }
        $result = Invoke-VectorMigration ./words.faiss "not-given-$([guid]::NewGuid())" @given -LogDirectory ./not-given
        $result.ExitCode, $result.Counts.Sent, $result.Plan.BatchSize, $result.Plan.Flow | Should -Be 0, 10000, $null, 'adaptive'
        $result.Verification.Mode | Should -Be Full
        (Test-VectorMigration ./words.faiss $result.Collection -Recall $empty -RecallQueryCount $empty -Detailed).Recall | Should -BeNullOrEmpty
    }

    It 'takes each row of a table by itself, its empty cells for not given' {
        $results = 'Collection,BatchSize,ThrottleLimit,BatchDelay', 'row-1,40,2,', 'row-2,,,', 'row-3,50,,0.001' |
            ConvertFrom-Csv | Invoke-VectorMigration -Path ./words.faiss -First 300 -LogDirectory ./rows
        $results.ExitCode | Should -Be 0, 0, 0
        $results.Collection | Should -Be row-1, row-2, row-3
        $results.Plan.BatchSize | Should -Be 40, $null, 50
        $results.Plan.Flow | Should -Be 'batches of 40, 2 in parallel', 'adaptive', 'batches of 50, 1 in parallel, pauses of 0.001 s'
    }

    It 'refuses <_>' -ForEach '-First 0', '-Skip -1', '-BatchSize 0', '-ThrottleLimit 0', '-TimeoutSec 0', '-Distance Nearest' {
        (Get-Failure ([scriptblock]::Create("Invoke-VectorMigration ./words.faiss refused $_"))).CategoryInfo.Category |
            Should -BeIn InvalidData, InvalidArgument
    }
}

Describe 'Test-VectorMigration' {
    It 'is false with an error where the collection is missing' {
        Test-VectorMigration ./words.faiss nowhere -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeFalse
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'CollectionMissing,*'
    }

    It 'names what is missing and what differs' {
        $null = Get-FaissVector ./words.faiss -First 90 | Send-QdrantBatch differing
        $wrong = Get-FaissVector ./words.faiss -Skip 90 -First 1
        $null = @{ Id = $wrong.Id; Vector = @($wrong.Vector).ForEach({ $_ + 1 }) } | Send-QdrantBatch differing
        $proof = Test-VectorMigration ./words.faiss differing -First 100 -Detailed
        $proof.Passed | Should -BeFalse
        $proof.Missing | Should -Be 9
        $proof.Different | Should -Be 1
        Test-VectorMigration ./words.faiss differing -First 90 | Should -BeTrue
    }

    It 'lists what is extra and calls it no failure' {
        $null = Get-FaissVector ./words.faiss | Send-QdrantBatch extra
        $null = @{ Id = 3; Vector = @(1..100) } | Send-QdrantBatch extra
        # What is not in a part of the index may be in the rest of it.
        (Test-VectorMigration ./words.faiss extra -First 30 -Detailed).Extra | Should -BeNullOrEmpty
        $proof = Test-VectorMigration ./words.faiss extra -Detailed
        $proof.Passed | Should -BeTrue
        $proof.Extra | Should -Be 1
        "$($proof.ExtraIds)" | Should -Be '3'
        $proof | Format-List | Out-String | Should -BeLike '*Extra*3*'
    }

    It 'repairs with -Repair, and only then: -WhatIf sends nothing' {
        $null = Get-FaissVector ./words.faiss -First 90 | Send-QdrantBatch damaged
        $wrong = Get-FaissVector ./words.faiss -Skip 40 -First 1
        $null = @{ Id = $wrong.Id; Vector = @($wrong.Vector).ForEach({ $_ + 1 }); Payload = @{ own = 1 } } | Send-QdrantBatch damaged -OnExisting Overwrite
        Test-VectorMigration ./words.faiss damaged -First 100 -Repair -WhatIf | Should -BeFalse
        Test-VectorMigration ./words.faiss damaged -First 100 -WarningVariable told -WarningAction SilentlyContinue | Should -BeFalse
        $told | Should -HaveCount 1
        "$told" | Should -BeLike "'damaged' did not pass verification: * missing and * different of 100 vectors. To list them, add -Detailed.*"
        "$told" | Should -BeLike '*-Repair*'
        $proof = Test-VectorMigration ./words.faiss damaged -First 100 -Repair -OnExisting Overwrite -Detailed -BatchSize 4 -ThrottleLimit 2 -BatchDelay 0.01 `
            -TimeoutSec 30 -LogDirectory ./repair-logs
        $proof.Passed | Should -BeTrue
        $proof.Repair.Missing | Should -Be 10
        $proof.Repair.Different | Should -Be 1
        $proof.Repair.Sent | Should -Be 11
        $proof.Repair.Repaired | Should -Be 11
        $proof | Format-List | Out-String | Should -BeLike '*11 of 11 repaired*'
        './repair-logs/migration.log' | Should -Exist
        (Test-VectorMigration ./words.faiss damaged -First 100 -Repair -Detailed).Repair | Should -BeNullOrEmpty
    }

    It 'refuses to repair with other id options than those of the journal, and says why it leaves points' {
        $null = Invoke-VectorMigration ./words.faiss moved -First 50 -IdOffset 1000 -LogDirectory ./logs
        $refused = Get-Failure { Test-VectorMigration ./words.faiss moved -First 50 -Repair -LogDirectory ./logs -Confirm:$false }
        $refused.FullyQualifiedErrorId | Should -BeLike 'JournalDiffers,*'
        "$refused" | Should -BeLike '*id offset: 1000 in the journal, 0 now*'
        $unknown = Get-Failure { Test-VectorMigration ./words.faiss moved -First 50 -Repair -JournalPath ./none.journal -Confirm:$false }
        $unknown.FullyQualifiedErrorId | Should -BeLike 'RepairUnrelated,*'
        Get-PointCount moved | Should -Be 50

        $null = Get-FaissVector ./words.faiss -First 30 | Send-QdrantBatch left
        $null = @{ Id = (Get-FaissVector ./words.faiss -First 1).Id; Vector = @(1..100) } | Send-QdrantBatch left -OnExisting Overwrite
        Test-VectorMigration ./words.faiss left -First 30 -Repair -Confirm:$false -WarningVariable told -WarningAction SilentlyContinue | Should -BeFalse
        "$told" | Should -BeLike '*found no journal that records them*'
    }

    It 'reads a sample with -Sample and says what that tells; -Seed repeats it' {
        $null = Invoke-VectorMigration ./words.faiss sampled -Sample 300 -Seed 5 -LogDirectory ./logs
        $proof = Test-VectorMigration ./words.faiss sampled -Sample 300 -Seed 5 -Detailed
        $proof.Mode | Should -Be Sample
        $proof.Compared | Should -Be 300
        $proof.Sample.Seed | Should -Be 5
        $proof.Sample.Statement | Should -BeLike 'With 95 % confidence, fewer than *'
        (Invoke-VectorMigration ./words.faiss sampled -Verify Sample -LogDirectory ./logs).Verification.Sample.Statement |
            Should -BeLike 'All 10,000 points were compared*'
        (Get-Failure { Test-VectorMigration ./words.faiss sampled -Sample 300 -Repair }).FullyQualifiedErrorId | Should -BeLike 'RepairNeedsAll,*'
    }

    It 'asks both sides the same with -Recall' {
        $null = Get-FaissVector ./words.faiss -First 500 | Send-QdrantBatch asked
        $recall = (Test-VectorMigration ./words.faiss asked -First 500 -Recall 5 -RecallQueryCount 20 -Seed 1 -Detailed).Recall
        $recall.Queries | Should -Be 20
        $recall.Seed | Should -Be 1
        $recall.Exact.Recall | Should -Be 1
        $recall.Approximate.Recall | Should -BeGreaterThan 0.5
        $recall.Approximate.P50Latency | Should -BeGreaterThan ([timespan]::Zero)
    }

    It 'refuses <_>' -ForEach '-Sample 0', '-Seed -1', '-Recall 0', '-Recall 1001', '-RecallQueryCount 0', '-ThrottleLimit 0' {
        (Get-Failure ([scriptblock]::Create("Test-VectorMigration ./words.faiss refused $_"))).CategoryInfo.Category | Should -BeIn InvalidData, InvalidArgument
    }
}
