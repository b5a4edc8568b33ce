BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $PSDefaultParameterValues['Remove-QdrantCollection:Confirm'] = $false
}

Describe 'New-QdrantCollection' {
    It 'takes dimension, distance and HNSW settings from an index, by object and by path' {
        $hnsw = Get-FaissIndex (Join-Path $fixtures 'hnsw_flat/index.faiss')
        $made = $hnsw | New-QdrantCollection made-of-object
        $made.Dimension, $made.Distance, $made.HnswM | Should -Be $hnsw.Dimension, $hnsw.Distance, $hnsw.HnswM
        (New-QdrantCollection made-of-path -FromIndex ./words.faiss).Dimension | Should -Be 100
        (New-QdrantCollection made-of-file -FromIndex (Get-Item ./words.faiss) -Distance Dot).Distance | Should -Be Dot
    }

    It 'sends every setting, and the server has it' {
        $made = New-QdrantCollection all-settings -Dimension 8 -Distance Manhattan -VectorName text -Datatype Float16 -HnswM 8 -HnswEfConstruct 50 -OnDisk `
            -OnDiskPayload:$false -ShardNumber 2 -ReplicationFactor 1 -Quantization Scalar -Quantile 0.9 -QuantizationAlwaysRam
        # Asked by REST: a witness that shares no code with the cmdlet.
        $config = (Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/all-settings").result.config
        $config.params.vectors.text.size, $config.params.vectors.text.distance, $config.params.vectors.text.datatype, $config.params.vectors.text.on_disk |
            Should -Be 8, 'Manhattan', 'float16', $true
        $config.hnsw_config.m, $config.hnsw_config.ef_construct, $config.params.shard_number, $config.params.on_disk_payload | Should -Be 8, 50, 2, $false
        [Math]::Round($config.quantization_config.scalar.quantile, 3), $config.quantization_config.scalar.always_ram | Should -Be 0.9, $true
        $made.VectorName, $made.Datatype, $made.OnDisk, $made.OnDiskPayload, $made.ShardNumber | Should -Be 'text', 'Float16', $true, $false, 2
        $made.Quantization.Kind, $made.Quantization.AlwaysRam | Should -Be 'Scalar', $true
    }

    It 'makes codes of the kind <Kind>' -ForEach @(
        @{ Kind = 'Product'; More = @{ Compression = 'X32' }; Expected = 'x32' }
        @{ Kind = 'Binary'; More = @{ QuantizationAlwaysRam = $true }; Expected = $true }
    ) {
        (New-QdrantCollection "codes-$Kind" 16 Cosine -Quantization $Kind @More).Quantization.Kind | Should -Be $Kind
        $codes = (Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/codes-$Kind").result.config.quantization_config
        $codes.PSObject.Properties.Name | Should -Be $Kind.ToLowerInvariant()
        $codes.$($Kind.ToLowerInvariant()).PSObject.Properties.Value | Should -Be $Expected
    }

    It 'creates nothing with -WhatIf' {
        New-QdrantCollection only-asked 4 Dot -WhatIf
        Get-QdrantCollection only-ask* | Should -BeNullOrEmpty
    }

    It 'refuses <Why>' -ForEach @(
        @{ Why = 'a collection that is there'; Script = { $null = New-QdrantCollection twice 4 Dot; New-QdrantCollection twice 4 Dot };
            Id = 'CollectionExists' }
        @{ Why = 'a name that no collection can have'; Script = { New-QdrantCollection 'a/b' 4 Dot }; Id = 'InvalidCollectionName' }
        @{ Why = 'the name of a folder'; Script = { New-QdrantCollection .. 4 Dot -WhatIf }; Id = 'InvalidCollectionName' }
        @{ Why = 'a metric that Qdrant lacks'; Script = { New-QdrantCollection canberra -FromIndex (Join-Path $fixtures 'flat_canberra/index.faiss') };
            Id = 'MetricNotSupported' }
        @{ Why = 'what is no index'; Script = { New-QdrantCollection number -FromIndex 5 }; Id = 'NotAnIndex' }
        @{ Why = 'a file that is not there'; Script = { New-QdrantCollection nowhere -FromIndex ./nowhere.faiss }; Id = 'IndexNotFound' }
        @{ Why = 'details without quantisation'; Script = { New-QdrantCollection details 4 Dot -Quantile 0.9 }; Id = 'QuantizationMissing' }
        @{ Why = 'details of another quantisation'; Script = { New-QdrantCollection details 4 Dot -Quantization Binary -Quantile 0.9 };
            Id = 'InvalidCollectionSettings' }
    ) {
        $failure = Get-Failure $Script
        $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $failure.CategoryInfo.Category | Should -Not -Be NotSpecified
    }

    It 'refuses a dimension of <_> at once' -ForEach 0, 65537 {
        { New-QdrantCollection too-large $_ Dot } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
    }
}

Describe 'Get-QdrantCollection' {
    BeforeAll { 'got-a', 'got-b' | ForEach-Object { $null = New-QdrantCollection $_ 4 Dot } }

    It 'finds by wildcard, by name and by alias' {
        $null = Set-QdrantAlias got-alias got-b
        (Get-QdrantCollection got-*).Name | Should -Be got-a, got-b
        ('got-b' | Get-QdrantCollection).Aliases | Should -Be got-alias
        (Get-QdrantCollection got-alias).Name | Should -Be got-b
        (Get-QdrantCollection).Name | Should -Contain got-a
    }

    It 'goes on after one that is missing' {
        $found = Get-QdrantCollection got-a, got-none, got-b -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Name | Should -Be got-a, got-b
        $problems.FullyQualifiedErrorId | Should -Be 'CollectionMissing,VectorMigration.Commands.GetQdrantCollectionCommand'
    }

    It 'hands name and server on' {
        Get-QdrantCollection got-a | Test-VectorMigration -Path ./words.faiss -ErrorAction SilentlyContinue | Should -BeFalse
    }
}

Describe 'Remove-QdrantCollection' {
    It 'asks before it deletes' {
        $attribute = (Get-Command Remove-QdrantCollection).ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $true)
        $attribute[0].ConfirmImpact | Should -Be High
    }

    It 'deletes what comes down the pipeline, on the server it came from' {
        'gone-a', 'gone-b' | ForEach-Object { $null = New-QdrantCollection $_ 4 Dot }
        Get-QdrantCollection gone-* | Remove-QdrantCollection -WhatIf
        @(Get-QdrantCollection gone-*).Count | Should -Be 2
        $there = Connect-Qdrant $url
        $objects = Get-QdrantCollection gone-* -Connection $there
        $null = Disconnect-Qdrant
        $connection = [VectorMigration.Store.QdrantConnection]::new($there.Options)
        $env:QDRANT_URL = 'http://127.0.0.1:1'
        try {
            $objects | ForEach-Object { [pscustomobject]@{ Name = $_.Name; Connection = $connection } } | Remove-QdrantCollection
        }
        finally {
            $env:QDRANT_URL = $url
        }

        Get-QdrantCollection gone-* | Should -BeNullOrEmpty
    }

    It 'goes on after one that is missing, and refuses an alias' {
        $null = New-QdrantCollection behind 4 Dot
        $null = Set-QdrantAlias before behind
        Remove-QdrantCollection nobody, before, behind -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems.FullyQualifiedErrorId | ForEach-Object { $_.Split(',')[0] } | Should -Be CollectionMissing, AliasGiven
        Get-QdrantCollection behin* | Should -BeNullOrEmpty
    }
}

Describe 'names that are none' {
    # There is no server: an error of another kind would tell that it was asked.
    It 'refuses <_> everywhere before anything is asked of a server' -ForEach '.', '..' {
        $name = $_
        $nobody = 'http://127.0.0.1:1'
        $vector = [pscustomobject]@{ Id = 1; Vector = 1, 2, 3, 4 }
        $calls = @(
            { New-QdrantCollection $name 4 Dot -Uri $nobody }
            { Get-QdrantCollection $name -Uri $nobody }
            { Remove-QdrantCollection $name -Uri $nobody }
            { Wait-QdrantCollection $name -Uri $nobody }
            { Set-QdrantAlias $name words -Uri $nobody }
            { Set-QdrantAlias live $name -Uri $nobody }
            { Set-QdrantAlias $name -Remove -Uri $nobody }
            { Invoke-VectorMigration ./words.faiss $name -Uri $nobody }
            { Invoke-VectorMigration ./words.faiss $name -Uri $nobody -WhatIf }
            { Test-VectorMigration ./words.faiss $name -Uri $nobody }
            { Optimize-VectorMigration ./words.faiss $name -Uri $nobody }
            { $vector | Send-QdrantBatch -Collection $name -Distance Dot -Uri $nobody }
        )
        foreach ($call in $calls) {
            $call | Should -Throw -ErrorId 'InvalidCollectionName,*' -Because "$call"
        }
    }
}

Describe 'Set-QdrantAlias' {
    BeforeAll { 'blue-1', 'green-1' | ForEach-Object { $null = New-QdrantCollection $_ 4 Dot } }

    It 'switches, tells where it pointed before, and its way back works' {
        $first = Set-QdrantAlias live-1 blue-1
        $first.PreviousCollection | Should -BeNullOrEmpty
        $second = Get-QdrantCollection green-1 | Set-QdrantAlias live-1
        $second.Collection, $second.PreviousCollection | Should -Be green-1, blue-1
        & ([scriptblock]::Create($second.WayBack)) | Should -Not -BeNullOrEmpty
        (Get-QdrantCollection live-1).Name | Should -Be blue-1
        & ([scriptblock]::Create($first.WayBack)) | Should -Not -BeNullOrEmpty
        { Get-QdrantCollection live-1 -ErrorAction Stop } | Should -Throw -ErrorId 'CollectionMissing,*'
    }

    It 'names the server in its way back' {
        # The server of this session goes by QDRANT_URL or Connect-Qdrant; another session may have neither.
        $uri = (Get-QdrantCollection blue-1).Connection.Uri
        $first = Set-QdrantAlias there-1 blue-1 -Uri $uri
        $first.WayBack | Should -Match "^Set-QdrantAlias -Name 'there-1' -Remove -Uri 'http://[^']+'$"
        $second = Set-QdrantAlias there-1 green-1 -Uri $uri
        $second.WayBack | Should -Match " -Uri '$([regex]::Escape("$uri".TrimEnd('/')))/?'$"
        & ([scriptblock]::Create($second.WayBack)) | Should -Not -BeNullOrEmpty
        (Get-QdrantCollection there-1 -Uri $uri).Name | Should -Be blue-1
    }

    It 'changes nothing with -WhatIf' {
        $null = Set-QdrantAlias stays blue-1
        Set-QdrantAlias stays green-1 -WhatIf
        (Get-QdrantCollection stays).Name | Should -Be blue-1
    }

    It 'is never without a target while it is switched' {
        $null = Set-QdrantAlias steady blue-1
        $reader = Start-ThreadJob {
            1..200 | ForEach-Object { try { $null = Invoke-RestMethod "$using:env:VECTORMIGRATION_TEST_REST/collections/steady" } catch { 'lost' } }
        }
        while ($reader.State -in 'NotStarted', 'Running') { 'green-1', 'blue-1' | ForEach-Object { $null = Set-QdrantAlias steady $_ } }
        $reader | Receive-Job -Wait -AutoRemoveJob | Should -BeNullOrEmpty
    }

    It 'refuses <Why>' -ForEach @(
        @{ Why = 'a collection that is not there'; Script = { Set-QdrantAlias live-2 nobody }; Id = 'CollectionMissing' }
        @{ Why = 'the name of a collection'; Script = { Set-QdrantAlias blue-1 green-1 }; Id = 'NameIsCollection' }
        @{ Why = 'to remove an alias that is not there'; Script = { Set-QdrantAlias nobody -Remove }; Id = 'AliasMissing' }
    ) {
        (Get-Failure $Script).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }
}

Describe 'The connection of a session' {
    AfterEach { Disconnect-Qdrant }

    It 'is there after Connect-Qdrant and gone after Disconnect-Qdrant' {
        Get-QdrantConnection | Should -BeNullOrEmpty
        $connection = Connect-Qdrant $url
        Get-QdrantConnection | Should -Be $connection
        Disconnect-Qdrant
        Get-QdrantConnection | Should -BeNullOrEmpty
        (Get-Failure { Get-QdrantCollection -Connection $connection }).FullyQualifiedErrorId | Should -BeLike 'ConnectionClosed,*'
        { Disconnect-Qdrant } | Should -Not -Throw
    }

    It 'is refused with <Why>' -ForEach @(
        @{ Why = 'a wrong key'; Key = 'wrong'; Id = 'WrongApiKey' }
        @{ Why = 'no key'; Key = $null; Id = 'MissingApiKey' }
    ) {
        $locked = Start-TestServer -ApiKey 'right'
        try {
            $env:QDRANT_API_KEY = $Key
            (Get-Failure { Connect-Qdrant $locked.Uri }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
            Get-QdrantConnection | Should -BeNullOrEmpty
        }
        finally {
            $env:QDRANT_API_KEY = $null
            Stop-TestServer $locked
        }
    }
}

Describe 'A collection that disappears during an upload' {
    It 'ends it with one clear error' {
        $results = [System.Collections.Generic.List[object]]::new()
        $failure = Get-Failure {
            Get-FaissVector ./words.faiss -First 2000 |
                Send-QdrantBatch vanishing -BatchSize 100 -ThrottleLimit 1 |
                ForEach-Object { $results.Add($_); if ($_.Number -eq 2) { Remove-QdrantCollection vanishing } }
        }
        $failure.FullyQualifiedErrorId | Should -BeLike 'CollectionMissing,*'
        "$failure" | Should -Match 'vanishing'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        @($results | Where-Object Status -EQ Completed).Count | Should -BeLessThan 20
    }
}
