BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $stores = Join-Path $root 'tests/fixtures/stores/langchain'
    $null = New-Item -ItemType Directory ./store
    Copy-Item (Join-Path $stores 'core_pydantic2.pkl') ./store/index.pkl
    $documents = Get-Content (Join-Path $stores 'core_pydantic2.json') -Raw | ConvertFrom-Json -AsHashtable
    # An IndexFlatL2 of as many vectors as there are documents.
    $stream = [System.IO.MemoryStream]::new()
    $writer = [System.IO.BinaryWriter]::new($stream)
    $writer.Write([System.Text.Encoding]::ASCII.GetBytes('IxF2'))
    $writer.Write(4)
    $writer.Write([long] $documents.Count)
    $writer.Write([long] 1048576)
    $writer.Write([long] 1048576)
    $writer.Write($true)
    $writer.Write(1)
    $writer.Write([long] (4 * $documents.Count))
    for ($i = 0; $i -lt 4 * $documents.Count; $i++) { $writer.Write([float] $i) }
    [System.IO.File]::WriteAllBytes("$PWD/store/index.faiss", $stream.ToArray())
}

Describe 'A LangChain store' {
    It 'is described by Get-FaissIndex' {
        $index = Get-FaissIndex ./store
        $index.Path | Should -BeLike '*index.faiss'
        $index.Store.Framework | Should -Be 'LangChain'
        $index.Store.Documents | Should -Be $documents.Count
        $index.Store.VectorsWithoutDocument | Should -Be 0
        $index.Store.Fields.Name | Should -Contain 'source'
        $index | Format-List | Out-String | Should -BeLike "*LangChain, $($documents.Count) documents*"
        $index | Format-Table | Out-String -Width 120 | Should -Match "(?m)^Name .* Store *\r?`$[\s\S]*^index\.faiss .* LangChain, $($documents.Count) *\r?`$"
        Get-FaissIndex (Join-Path $fixtures 'flat_l2/index.faiss') | Format-Table | Out-String -Width 120 | Should -Match '(?m)^index\.faiss .* - *\r?$'
    }

    It 'arrives with its texts by one command that names its folder, and is proved' {
        $result = Invoke-VectorMigration ./store store-whole
        $result.Status | Should -Be Completed
        $result.Plan.PayloadPath | Should -BeLike '*index.pkl'
        $point = Invoke-RestMethod "$($env:VECTORMIGRATION_TEST_REST)/collections/store-whole/points/3"
        $point.result.payload.page_content | Should -Be $documents['3'].page_content
        $point.result.payload.metadata.source | Should -Be $documents['3'].metadata.source
        Test-VectorMigration ./store/index.pkl store-whole | Should -BeTrue
        Test-VectorMigration ./store store-whole -NoStore | Should -BeTrue
    }

    It 'comes through a pipeline too' {
        $vector = Get-FaissVector ./store -First 1
        ($vector.Payload | ConvertFrom-Json).page_content | Should -Be $documents['0'].page_content
        (Get-FaissVector ./store -First 1 -NoStore).Payload | Should -BeNullOrEmpty
        $null = Get-FaissVector ./store | Send-QdrantBatch -Collection store-piped
        Test-VectorMigration ./store store-piped | Should -BeTrue
    }

    It 'is mapped, with ids of its own, and proved under the same mapping' {
        $mapping = @{
            RenamePayload = @{ 'metadata.source' = 'source'; page_content = 'text.body' }
            PayloadType = @{ 'metadata.page' = 'keyword' }
            ExcludePayloadField = 'metadata.tags'
            FlattenPayload = $true
            IdFrom = 'StoreId'
            IdMapping = 'Uuid5'
        }
        $result = Invoke-VectorMigration ./store store-mapped @mapping
        $result.Status | Should -Be Completed
        $result.Plan.PayloadMapping | Should -BeLike '*metadata.page as keyword; metadata.source becomes source; page_content becomes text.body; nested*'
        $body = '{"filter":{"must":[{"key":"store_id","match":{"value":"doc-3"}}]},"with_payload":true}'
        $scroll = "$($env:VECTORMIGRATION_TEST_REST)/collections/store-mapped/points/scroll"
        $found = Invoke-RestMethod $scroll -Method Post -Body $body -ContentType 'application/json'
        $payload = $found.result.points.payload
        $payload.text.body | Should -Be $documents['3'].page_content
        $payload.source | Should -Be $documents['3'].metadata.source
        $payload.page | Should -BeExactly "$($documents['3'].metadata.page)"
        $payload.PSObject.Properties.Name | Should -Not -Contain 'metadata'
        Test-VectorMigration ./store store-mapped @mapping | Should -BeTrue
        $mapping.Remove('FlattenPayload')
        Test-VectorMigration ./store store-mapped @mapping | Should -BeFalse
        { Invoke-VectorMigration ./store store-mapped @mapping } | Should -Throw -ErrorId 'JournalDiffers,*'
    }

    It 'goes where and as it is selected' {
        $result = Invoke-VectorMigration ./store store-selected -PayloadField content, metadata.source, metadata.none -PayloadLayout JavaScript 3>$null
        $result.Status | Should -Be Completed
        $result.Warnings -join ' ' | Should -BeLike '*has the field metadata.none, which the mapping names.*'
        $point = Invoke-RestMethod "$($env:VECTORMIGRATION_TEST_REST)/collections/store-selected/points/3"
        $point.result.payload.content | Should -Be $documents['3'].page_content
        $point.result.payload.metadata | ConvertTo-Json -Compress | Should -Be "{""source"":""$($documents['3'].metadata.source)""}"
        $point.result.payload.PSObject.Properties.Name | Sort-Object | Should -Be 'content', 'metadata'
        { Invoke-VectorMigration ./store store-wrong -PayloadType @{ 'metadata.source' = 'number' } } | Should -Throw -ErrorId 'PayloadMappingInvalid,*'
        { Invoke-VectorMigration ./store store-wrong -IdFrom StoreId } | Should -Throw -ErrorId 'StoreIdsInvalid,*'
        { Invoke-VectorMigration ./words.faiss store-wrong -PayloadPath ./words.jsonl -PayloadLayout Python } |
            Should -Throw -ErrorId 'PayloadMappingInvalid,*'
    }

    It 'stays behind with -NoStore, and takes no key' {
        (Invoke-VectorMigration ./store store-bare -NoStore).Plan.PayloadPath | Should -BeNullOrEmpty
        { Invoke-VectorMigration ./store store-keyed -PayloadKey id } | Should -Throw -ErrorId 'PayloadKeyNotApplicable,*'
    }
}

Describe 'Texts that nobody named' {
    BeforeAll {
        $null = New-Item -ItemType Directory ./found
        Copy-Item ./store/index.faiss ./found/index.faiss
        $count = $documents.Count
    }

    AfterEach { Remove-Item ./found/* -Exclude index.faiss }

    It 'are described and migrated alike: JSON Lines in a folder' {
        0..($count - 1) | ForEach-Object { "{`"text`":`"text $_`"}" } | Set-Content ./found/rows.jsonl -Encoding utf8BOM
        $index = Get-FaissIndex ./found
        $index.Store.Framework | Should -Be 'JSON Lines'
        $index.Store.Matched | Should -Be $count
        (Invoke-VectorMigration ./found found-lines).Plan.PayloadPath | Should -BeLike '*rows.jsonl'
    }

    It 'are refused if their structure is not known, for the folder and for its only index' {
        @{ data = @{ items = @(0..($count - 1) | ForEach-Object { "text $_" }) } } | ConvertTo-Json -Depth 5 | Set-Content ./found/nested.json
        foreach ($path in './found', './found/index.faiss') {
            { Invoke-VectorMigration $path found-nested -WhatIf -ErrorAction Stop } |
                Should -Throw "*field 'data.items' has one entry per vector ($count)*" -ErrorId 'StoreInvalid*'
        }
        $null = Get-FaissIndex ./found -WarningVariable told -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*-NoStore*'
    }
}
