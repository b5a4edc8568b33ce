# What a run creates its collection with, asked of the server by REST: a witness that shares no code with the cmdlets.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $tool = $commandLine

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

Describe 'A collection like its index' {
    BeforeAll { function Get-Index([string] $Name) { Join-Path $fixtures "$Name/index.faiss" } }

    It 'gets the quantization of the index by -MatchQuantization, and what is asked for wins' {
        $result = Invoke-VectorMigration (Get-Index sq_8bit) creation-like -AllowDecoded -LogDirectory ./creation-like -MatchQuantization -QuantizationAlwaysRam
        $result.Status, "$($result.Plan.Match)", "$($result.Plan.Settings.Quantization)" | Should -Be Completed, Scalar, Scalar
        $result.Plan.Estimate.QuantizedBytes, $result.Plan.Estimate.VectorBytes | Should -Be 12000, 48000
        $config = (Get-Witnessed creation-like).config
        $config.quantization_config.scalar.type, $config.quantization_config.scalar.always_ram | Should -Be 'int8', $true
        $result | Format-List | Out-String -Width 300 | Should -BeLike '*Quantization*: Scalar*'
        $null = Invoke-VectorMigration (Get-Index pq6x8) creation-wins -AllowDecoded -LogDirectory ./creation-wins -MatchQuantization -Quantization Binary
        (Get-Witnessed creation-wins).config.quantization_config.PSObject.Properties.Name | Should -Be binary
    }

    It 'has halves where the index has them, and verifies' {
        $result = Invoke-VectorMigration (Get-Index sq_fp16) creation-halves -LogDirectory ./creation-halves -MatchQuantization -WarningAction SilentlyContinue
        $result.Status, $result.Verification.Comparison | Should -Be Completed, datatype
        (Get-Witnessed creation-halves).config.params.vectors.datatype | Should -Be float16
        Test-VectorMigration (Get-Index sq_fp16) creation-halves -WarningAction SilentlyContinue | Should -BeTrue
    }

    It 'is proposed by -WhatIf with memory and disk, and nothing of it is created without being asked for' {
        $plan = Invoke-PowerShell -NoProfile -NonInteractive `
            -Command ("Import-Module '$manifest'; Invoke-VectorMigration '$(Get-Index pq6x8)' creation-not -AllowDecoded -Uri $url -WhatIf") |
            Out-String -Width 4096
        $plan | Should -BeLike '*proposed: Product X16 quantization, nearest to the index (PQ6x8, 48 bits per vector). -MatchQuantization creates it*'
        $plan | Should -BeLike '*in memory and * on disk (vectors 48.0 kB, graph 66.1 kB)*'
        $null = Invoke-VectorMigration (Get-Index pq6x8) creation-not -AllowDecoded -LogDirectory ./creation-not
        (Get-Witnessed creation-not).config.quantization_config | Should -BeNullOrEmpty
    }

    It 'is created by New-QdrantCollection -FromIndex and by a pipeline' {
        $made = Get-FaissIndex (Get-Index bin_flat) | New-QdrantCollection creation-bits -MatchQuantization
        $made.Quantization.Kind | Should -Be Binary
        $null = Get-FaissVector (Get-Index sq_8bit) -AllowDecoded | Send-QdrantBatch creation-sent -MatchQuantization
        (Get-Witnessed creation-sent).config.quantization_config.scalar.type | Should -Be int8
        (Get-Failure { New-QdrantCollection creation-none 4 Dot -MatchQuantization }).FullyQualifiedErrorId | Should -BeLike 'InvalidCollectionSettings,*'
        $failure = Get-Failure { [pscustomobject]@{ Id = 1; Vector = [float[]](1, 2) } | Send-QdrantBatch creation-none -Distance Dot -MatchQuantization }
        $failure.FullyQualifiedErrorId | Should -BeLike 'InvalidCollectionSettings,*'
    }

    It 'holds bits as bytes by -BinaryAs, also of a piped index, which brings the distance of the other form' {
        $null = Get-FaissIndex (Get-Index bin_flat) | Invoke-VectorMigration -Collection creation-bytes -BinaryAs Uint8 -LogDirectory ./creation-bytes
        $vectors = (Get-Witnessed creation-bytes).config.params.vectors
        $vectors.datatype, $vectors.distance | Should -Be uint8, Manhattan
        Test-VectorMigration (Get-Index bin_flat) creation-bytes -BinaryAs Uint8 | Should -BeTrue
        $line = 'Invoke-VectorMigration ./words.faiss c -BinaryAs '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be Float32, Uint8
    }

    It 'takes a dataset of HDF5 as an index, a source of vectors and the originals of an index' {
        $file = Join-Path $root 'tests/fixtures/vectors/read_new_gzip.h5'
        $index = Get-FaissIndex $file
        $index.Kind, $index.Count, $index.Dimension | Should -Be "HDF5 dataset 'vectors', float32", 60, 7
        (Get-FaissVector $file -First 2)[1].Vector | Should -Be (7..13 | ForEach-Object { [float]($_ - 105) })
        (Invoke-VectorMigration $file creation-hdf5 -Distance Euclid -LogDirectory ./creation-hdf5).Status | Should -Be Completed
        Test-VectorMigration $file creation-hdf5 -Distance Euclid | Should -BeTrue
        $failure = Get-Failure { Get-FaissIndex (Join-Path $root 'tests/fixtures/vectors/refused_new_lzf.h5') }
        "$failure" | Should -BeLike '*lzf*'
        (Get-Failure { Invoke-VectorMigration (Get-Index pq6x8) creation-hdf5 -OriginalVectors $file }).FullyQualifiedErrorId |
            Should -BeLike 'OriginalVectorsDiffer,*'
    }

    It 'shows recall of both sides with the original vectors' {
        $originals = Get-Index flat_l2
        $null = Invoke-VectorMigration (Get-Index pq6x8) creation-recall -OriginalVectors $originals -LogDirectory ./creation-recall -MatchQuantization
        $proof = Test-VectorMigration (Get-Index pq6x8) creation-recall -OriginalVectors $originals -Recall 10 -Seed 1 -Detailed
        $proof.Recall.IndexCodec, $proof.Recall.Exact.Recall | Should -Be 'PQ6x8', 1
        $proof.Recall.IndexRecall | Should -BeGreaterThan 0.1
        $proof.Recall.IndexRecall | Should -BeLessThan 1
        $proof | Format-List | Out-String -Width 300 | Should -BeLike '*FAISS (PQ6x8) 0.*'
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
