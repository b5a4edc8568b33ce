# What a run creates its collection with, asked of the server by REST: a witness that shares no code with the cmdlets.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $tool = Join-Path $root 'artifacts/cli/vector-migration'

    function Get-Witnessed([string] $Name) { (Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/$Name").result }

    $settings = @{
        HnswM = 8; HnswEfConstruct = 50; OnDisk = $true; OnDiskPayload = $false; Quantization = 'Scalar'; Quantile = 0.9; QuantizationAlwaysRam = $true
        ReplicationFactor = 1; WriteConsistencyFactor = 1
        PayloadIndex = 'year:integer', 'user:keyword:tenant', 'at:datetime:principal,on_disk', 'words:text:on_disk'
    }

    function Test-Made([string] $Name) {
        $made = Get-Witnessed $Name
        $config = $made.config
        $config.params.vectors.on_disk, $config.params.on_disk_payload | Should -Be $true, $false
        $config.hnsw_config.m, $config.hnsw_config.ef_construct | Should -Be 8, 50
        [Math]::Round($config.quantization_config.scalar.quantile, 3), $config.quantization_config.scalar.always_ram | Should -Be 0.9, $true
        $config.params.replication_factor, $config.params.write_consistency_factor | Should -Be 1, 1
        $made.payload_schema.year.data_type, $made.payload_schema.user.params.is_tenant | Should -Be 'integer', $true
        $made.payload_schema.at.params.is_principal, $made.payload_schema.at.params.on_disk | Should -Be $true, $true
        $made.payload_schema.words.data_type | Should -Be 'text'
    }
}

Describe 'A collection that a run creates' {
    It 'has every setting that was asked for, by Invoke-VectorMigration' {
        $result = Invoke-VectorMigration ./words.faiss creation-one -First 50 -LogDirectory ./creation-one @settings
        $result.Status | Should -Be Completed
        Test-Made creation-one
        $info = Get-QdrantCollection creation-one
        $info.PayloadSchema['year'], $info.WriteConsistencyFactor | Should -Be Integer, 1
    }

    It 'has every setting that was asked for, by a pipeline' {
        $null = Get-FaissVector ./words.faiss -First 50 | Send-QdrantBatch creation-two @settings
        Test-Made creation-two
    }

    It 'has every setting that was asked for, by the command line' {
        $arguments = '--hnsw-m', 8, '--hnsw-ef-construct', 50, '--on-disk', '--on-disk-payload', 'false', '--quantization', 'scalar', '--quantile', 0.9,
            '--quantization-always-ram', '--replication-factor', 1, '--write-consistency-factor', 1, '--payload-index', 'year:integer',
            '--payload-index', 'user:keyword:tenant', '--payload-index', 'at:datetime:principal,on_disk', '--payload-index', 'words:text:on_disk'
        $null = & $tool migrate ./words.faiss --collection creation-three --url $url --limit 50 --log-dir ./creation-three @arguments --json 2>&1
        $LASTEXITCODE | Should -Be 0
        Test-Made creation-three
    }

    It 'is told in the plan' {
        $plan = Invoke-PowerShell -NoProfile -NonInteractive `
            -Command ("Import-Module '$manifest'; Invoke-VectorMigration '$TestDrive/words.faiss' creation-plan -Uri $url " +
                '-OnDisk -PayloadIndex year:integer -WhatIf') | Out-String -Width 4096
        $plan | Should -BeLike '*vectors on disk*payload index year:integer*'
    }
}

Describe 'A collection that is there' {
    It 'gets the payload indexes that it lacks, and keeps its other settings with a warning' {
        $null = New-QdrantCollection creation-there 100 Euclid -PayloadIndex year:integer
        $null = Invoke-VectorMigration ./words.faiss creation-there -First 20 -LogDirectory ./creation-there -PayloadIndex year:integer, user:keyword `
            -HnswM 8 -OnDisk -WarningVariable warned -WarningAction SilentlyContinue
        $schema = (Get-Witnessed creation-there).payload_schema
        $schema.year.data_type, $schema.user.data_type | Should -Be 'integer', 'keyword'
        "$warned" | Should -BeLike '*keeps its own settings: hnsw_config.m is 16, not 8, on_disk is false, not true.*'
    }

    It 'is refused where a payload index is of another type, before anything is sent' {
        $null = New-QdrantCollection creation-other 100 Euclid -PayloadIndex year:keyword
        $failure = Get-Failure { Invoke-VectorMigration ./words.faiss creation-other -LogDirectory ./creation-other -PayloadIndex year:integer }
        $failure.FullyQualifiedErrorId | Should -BeLike 'CollectionDiffers,*'
        "$failure" | Should -BeLike "*its payload index on 'year' is Keyword, expected Integer*"
        (Get-Witnessed creation-other).points_count | Should -Be 0
    }
}

Describe 'Completion' {
    It 'completes the type of a payload index' {
        $line = 'Invoke-VectorMigration ./words.faiss c -PayloadIndex year:'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Contain 'year:integer'
    }
}
