BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Without texts beside the index there is nothing to warn of.
    Remove-Item ./words.jsonl
    $PSDefaultParameterValues['Remove-QdrantCollection:Confirm'] = $false

    # Asked by REST: a witness that shares no code with the cmdlets.
    function Get-Witnessed([string] $Name) { (Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/$Name").result }

    function Set-Witnessed([string] $Name, [hashtable] $Change) {
        $null = Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/$Name" -Method Patch -ContentType application/json -Body ($Change |
            ConvertTo-Json -Depth 5)
    }
}

Describe 'Invoke-VectorMigration' {
    It 'creates the collection with shards, segments and threshold as asked' {
        $result = Invoke-VectorMigration ./words.faiss indexing-settings -First 100 -ShardNumber 2 -IndexingThreshold 300 -DefaultSegmentNumber 3 `
            -MaxSegmentSize 40000 -LogDirectory ./i1
        $result.ExitCode | Should -Be 0
        $result.Indexing | Should -BeNullOrEmpty
        $config = (Get-Witnessed indexing-settings).config
        $config.params.shard_number | Should -Be 2
        $config.optimizer_config.indexing_threshold, $config.optimizer_config.default_segment_number, $config.optimizer_config.max_segment_size |
            Should -Be 300, 3, 40000
        $shown = Get-QdrantCollection indexing-settings
        $shown.IndexingThreshold, $shown.DefaultSegmentNumber, $shown.MaxSegmentSize, $shown.IndexingDeferred | Should -Be 300, 3, 40000, $false
    }

    It 'indexes after the load and waits for it' {
        $result = Invoke-VectorMigration ./words.faiss indexing-later -IndexingMode Deferred -IndexingThreshold 200 -WaitIndexed -WaitIndexedTimeoutSec 600 `
            -LogDirectory ./i2
        $result.ExitCode | Should -Be 0
        $result.Indexing.Status | Should -Be Complete
        $result.Indexing.Vectors | Should -Be 10000
        $now = Get-Witnessed indexing-later
        $now.indexed_vectors_count | Should -BeGreaterThan 0
        $now.indexed_vectors_count | Should -Be $result.Indexing.Indexed
        $now.config.optimizer_config.indexing_threshold | Should -Be 200
        $now.config.metadata.PSObject.Properties.Name | Should -Not -Contain vector_migration_indexing_threshold
        $result | Out-String -Width 300 | Should -Match 'Indexed +: [\d,]+ of 10,000 vectors are indexed'
    }

    It 'shows the progress of the index' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$PWD'; Invoke-VectorMigration ./words.faiss indexing-shown -Uri $url " +
            '-IndexingThreshold 200 -Verify None -WaitIndexed -LogDirectory ./i3').Invoke()
        @($shell.Streams.Progress | Where-Object StatusDescription -Match '^index: [\d,]+ of 10,000 vectors').Count | Should -BeGreaterThan 0
        $shell.Streams.Progress[-1].RecordType | Should -Be Completed
        $shell.Dispose()
    }

    It 'ends with exit code 3 when the time is over, and the same command goes on' {
        $result = Invoke-VectorMigration ./words.faiss indexing-late -IndexingThreshold 100 -Verify None -WaitIndexed -WaitIndexedTimeoutSec 1 `
            -LogDirectory ./i4 -ErrorAction SilentlyContinue -ErrorVariable problem
        $result.ExitCode | Should -Be 3
        $result.Indexing.Status | Should -Be Unfinished
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'IndexingUnfinished,*'
        $problem[0].ErrorDetails.RecommendedAction | Should -Match 'same command again'
        $again = Invoke-VectorMigration ./words.faiss indexing-late -IndexingThreshold 100 -Verify None -WaitIndexed -LogDirectory ./i4
        $again.ExitCode, $again.Counts.Sent, $again.Indexing.Status | Should -Be 0, 0, 'Complete'
    }

    It 'takes up what a killed run has put off, with nothing left to send' {
        $null = Invoke-VectorMigration ./words.faiss indexing-killed -First 200 -LogDirectory ./i5
        Set-Witnessed indexing-killed @{ optimizers_config = @{ indexing_threshold = 0 }; metadata = @{ vector_migration_indexing_threshold = '10000' } }
        (Get-QdrantCollection indexing-killed).IndexingDeferred | Should -BeTrue
        $null = Test-VectorMigration ./words.faiss indexing-killed -First 200 -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeLike '*Wait-QdrantCollection*'
        $again = Invoke-VectorMigration ./words.faiss indexing-killed -First 200 -LogDirectory ./i5 -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeLike "*has deferred the indexing of 'indexing-killed'*"
        $again.ExitCode, $again.Counts.Sent | Should -Be 0, 0
        (Get-Witnessed indexing-killed).config.optimizer_config.indexing_threshold | Should -Be 10000
    }

    It 'leaves the indexing of a collection that exists as it is, and says so' {
        $null = Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch indexing-there
        $null = Invoke-VectorMigration ./words.faiss indexing-there -First 20 -IndexingMode Deferred -LogDirectory ./i6 -WarningVariable warned `
            -WarningAction SilentlyContinue
        @($warned) -join ' ' | Should -BeLike '*Indexing is deferred only for new and empty collections*'
    }

    It 'refuses a limit without a wait' {
        (Get-Failure { Invoke-VectorMigration ./words.faiss indexing-none -WaitIndexedTimeoutSec 5 }).FullyQualifiedErrorId | Should -BeLike 'WaitMissing,*'
    }

    It 'tells with -WhatIf how the collection will be indexed' {
        $text = Invoke-PowerShell -NoProfile -NonInteractive `
            -Command ("Import-Module '$manifest'; Invoke-VectorMigration '$TestDrive/words.faiss' indexing-asked -Uri $url " +
                '-IndexingMode Deferred -ShardNumber 2 -WhatIf') | Out-String -Width 4096
        $text | Should -Match 'collection +created: .*shard_number 2, indexed after the load'
    }
}

Describe 'Send-QdrantBatch' {
    It 'creates the collection as asked, waits for its index, and emits batches only' {
        $batches = Get-FaissVector ./words.faiss |
            Send-QdrantBatch piped-settings -ShardNumber 2 -IndexingThreshold 200 -DefaultSegmentNumber 3 -MaxSegmentSize 40000 -WaitIndexed `
                -WaitIndexedTimeoutSec 600 -Verbose 4>&1
        $told, $results = $batches.Where({ $_ -is [System.Management.Automation.VerboseRecord] }, 'Split')
        $results | ForEach-Object { $_ | Should -BeOfType VectorMigration.Engine.QdrantBatchResult }
        ($results | Measure-Object Count -Sum).Sum | Should -Be 10000
        $told[-1].Message | Should -Match '[1-9][\d,]* of 10,000 vectors are indexed'
        $now = Get-Witnessed piped-settings
        $now.status | Should -Be green
        $now.indexed_vectors_count | Should -BeGreaterThan 0
        $now.config.params.shard_number | Should -Be 2
        $now.config.optimizer_config.indexing_threshold, $now.config.optimizer_config.default_segment_number, $now.config.optimizer_config.max_segment_size |
            Should -Be 200, 3, 40000
    }

    It 'creates as asked for objects that come from no index too' {
        $null = @{ Id = 1; Vector = 1, 2 } |
            Send-QdrantBatch piped-objects -Distance Dot -IndexingThreshold 0 -WaitIndexed -WarningVariable warned -WarningAction SilentlyContinue
        (Get-Witnessed piped-objects).config.optimizer_config.indexing_threshold | Should -Be 0
        $warned | Should -HaveCount 1
        "$warned" | Should -BeLike "'piped-objects': *"
    }

    It 'says that time is over after all batches, and Wait-QdrantCollection goes on' {
        $results = Get-FaissVector ./words.faiss |
            Send-QdrantBatch piped-late -IndexingThreshold 100 -WaitIndexed -WaitIndexedTimeoutSec 1 -ErrorAction SilentlyContinue -ErrorVariable problem
        ($results | Measure-Object Count -Sum).Sum | Should -Be 10000
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'IndexingUnfinished,*'
        $problem[0].ErrorDetails.RecommendedAction | Should -Match "Wait-QdrantCollection 'piped-late'"
        (Wait-QdrantCollection piped-late).Status | Should -Be Complete
    }

    It 'leaves the settings of a collection that exists as they are, and says so' {
        $null = Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch piped-there -IndexingThreshold 300
        $null = Get-FaissVector ./words.faiss -First 20 |
            Send-QdrantBatch piped-there -IndexingThreshold 400 -ShardNumber 2 -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -BeLike ("'piped-there' exists and keeps its own settings: shard_number is 1, not 2, " +
            'indexing_threshold is 300, not 400.*')
        (Get-Witnessed piped-there).config.optimizer_config.indexing_threshold | Should -Be 300
    }

    It 'leaves indexing that a migration has put off to it, and says so' {
        $null = Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch piped-off
        Set-Witnessed piped-off @{ optimizers_config = @{ indexing_threshold = 0 }; metadata = @{ vector_migration_indexing_threshold = '500' } }
        $null = Get-FaissVector ./words.faiss -First 20 | Send-QdrantBatch piped-off -WaitIndexed -WarningVariable warned -WarningAction SilentlyContinue
        "$($warned[0])" | Should -BeLike '*Wait-QdrantCollection*'
        (Get-QdrantCollection piped-off).IndexingDeferred | Should -BeTrue
    }

    It 'ends at Stop() at once while it waits' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$PWD'; Get-FaissVector ./words.faiss | " +
            "Send-QdrantBatch piped-stopped -Uri $url -IndexingThreshold 100 -WaitIndexed")
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $null = $shell.BeginInvoke($output, $output)
        Wait-Until { $shell.Streams.Progress | Where-Object StatusDescription -Like 'index: *' } | Should -BeTrue
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 1.5
        $shell.Dispose()
    }

    It 'refuses a limit without a wait before anything is asked' {
        (Get-Failure { Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch piped-none -WaitIndexedTimeoutSec 5 }).FullyQualifiedErrorId |
            Should -BeLike 'WaitMissing,*'
    }

    It 'tells with -WhatIf how the collection will be made' {
        $text = Invoke-PowerShell -NoProfile -NonInteractive `
            -Command ("Import-Module '$manifest'; Get-FaissVector '$TestDrive/words.faiss' | Send-QdrantBatch piped-asked -Uri $url " +
                '-ShardNumber 2 -MaxSegmentSize 40000 -WhatIf') | Out-String -Width 4096
        $text | Should -Match 'collection +created: .*shard_number 2, max_segment_size 40000 KB'
    }
}

Describe 'New-QdrantCollection' {
    It 'sends the settings of the optimiser' {
        $null = New-QdrantCollection indexing-made 8 Dot -IndexingThreshold 0 -DefaultSegmentNumber 4 -MaxSegmentSize 5000
        $config = (Get-Witnessed indexing-made).config.optimizer_config
        $config.indexing_threshold, $config.default_segment_number, $config.max_segment_size | Should -Be 0, 4, 5000
    }
}

Describe 'Wait-QdrantCollection' {
    It 'waits for what the pipeline has loaded' {
        $null = New-QdrantCollection indexing-piped -FromIndex ./words.faiss -IndexingThreshold 200
        $null = Get-FaissVector ./words.faiss | Send-QdrantBatch indexing-piped
        $done = Get-QdrantCollection indexing-piped | Wait-QdrantCollection -TimeoutSec 600
        $null = Set-QdrantAlias indexing-alias indexing-piped
        (Wait-QdrantCollection indexing-alias).Collection | Should -Be indexing-piped
        $done.Collection, $done.Status, $done.Vectors | Should -Be 'indexing-piped', 'Complete', 10000
        (Get-Witnessed indexing-piped).status | Should -Be green
        $done.Indexed | Should -Be (Get-Witnessed indexing-piped).indexed_vectors_count
        $done.Indexed + $done.Unindexed | Should -Be 10000
    }

    It 'takes up what a killed run has put off, unless it is only asked' {
        $null = Invoke-VectorMigration ./words.faiss indexing-mended -First 200 -LogDirectory ./i7
        Set-Witnessed indexing-mended @{ optimizers_config = @{ indexing_threshold = 0 }; metadata = @{ vector_migration_indexing_threshold = '500' } }
        (Wait-QdrantCollection indexing-mended -WhatIf).Status | Should -Be Off
        (Get-QdrantCollection indexing-mended).IndexingDeferred | Should -BeTrue
        (Wait-QdrantCollection indexing-mended).Status | Should -Be Complete
        $mended = Get-QdrantCollection indexing-mended
        $mended.IndexingDeferred, $mended.IndexingThreshold | Should -Be $false, 500
        $mended.Metadata.Keys | Should -Not -Contain vector_migration_indexing_threshold
    }

    It 'says that time is over' {
        $null = New-QdrantCollection indexing-long -FromIndex ./words.faiss -IndexingThreshold 100
        $null = Get-FaissVector ./words.faiss | Send-QdrantBatch indexing-long
        $result = Wait-QdrantCollection indexing-long -TimeoutSec 1 -ErrorAction SilentlyContinue -ErrorVariable problem
        if ($result.Status -eq 'Unfinished') {
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'IndexingUnfinished,*'
            $problem[0].CategoryInfo.Category | Should -Be OperationTimeout
        }
        else {
            # A machine that indexes so much in a second.
            $problem | Should -BeNullOrEmpty
        }
    }

    It 'goes on after one that is missing' {
        $found = Wait-QdrantCollection indexing-nowhere, indexing-made -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'CollectionMissing,*'
        $found.Collection | Should -Be indexing-made
    }

    It 'ends at Stop() at once' {
        $null = New-QdrantCollection indexing-stopped -FromIndex ./words.faiss -IndexingThreshold 100
        $null = Get-FaissVector ./words.faiss | Send-QdrantBatch indexing-stopped
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Wait-QdrantCollection indexing-stopped -Uri $url")
        $null = $shell.BeginInvoke()
        Start-Sleep -Milliseconds 700
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $shell.Stop()
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 1.5
        $shell.Dispose()
    }
}
