# Columns of a table of jobs that are no parameter: a mistyped one would leave an index with other ids, or without its texts.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Invoke-Rows([scriptblock] $Rows, [hashtable] $With = @{}) {
        $results = & $Rows | Invoke-VectorMigration -First 5 -WhatIf @With -ErrorAction SilentlyContinue -ErrorVariable problems `
            -WarningAction SilentlyContinue -WarningVariable warnings 6> $null
        @{
            Results = $results
            Problems = @($problems | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
            Ignored = @($warnings | Where-Object { "$_" -like '*ignored: rows cannot set*' } | ForEach-Object { "$_" })
        }
    }
}

Describe 'A column of a table of jobs' {
    It 'that is nearly a parameter refuses its row, and only rows that have a value in it: <Column>' -ForEach @(
        @{ Column = 'IdOfset'; Meant = 'IdOffset'; Value = '5' }
        @{ Column = 'id_offset'; Meant = 'IdOffset'; Value = '5' }
        @{ Column = 'PayloadPaht'; Meant = 'PayloadPath'; Value = './words.jsonl' }
        @{ Column = 'VectorNmae'; Meant = 'VectorName'; Value = 'text' }
        @{ Column = 'Distence'; Meant = 'Distance'; Value = 'Euclid' }
    ) {
        Set-Content ./typo.csv "Path,Collection,$Column", './words.faiss,typo-a,', "./words.faiss,typo-b,$Value", './words.faiss,typo-c,'
        $told = Invoke-Rows { Import-Csv ./typo.csv }
        $told.Problems | Should -HaveCount 1 -Because "$($told.Problems)"
        "$($told.Problems[0])" | Should -Be ("Input row 2 (index ./words.faiss, collection 'typo-b'): " +
            "Invoke-VectorMigration has no parameter for the column '$Column'. Did you mean $Meant`?")
        $told.Problems[0].FullyQualifiedErrorId | Should -BeLike 'MistypedColumn,*'
        $told.Problems[0].ErrorDetails.RecommendedAction | Should -BeLike "Rename the column to $Meant.*"
    }

    It 'that is nearly the name of the collection is named, and not only the missing collection' {
        Set-Content ./typo.csv 'Path,Colection', './words.faiss,typo-a'
        $told = Invoke-Rows { Import-Csv ./typo.csv } @{ Collection = 'given' }
        $told.Problems | Should -BeNullOrEmpty -Because 'the cmdlet itself was given the collection'
        { Import-Csv ./typo.csv | Invoke-VectorMigration -WhatIf -ErrorAction Stop } | Should -Throw
    }

    It 'that is nobody''s typo is ignored, and told once' {
        Set-Content ./other.csv 'Path,Collection,Comment,Owner', './words.faiss,other-a,first,me', './words.faiss,other-b,second,you'
        $told = Invoke-Rows { Import-Csv ./other.csv }
        $told.Problems | Should -BeNullOrEmpty
        $told.Ignored | Should -Be "The columns 'Comment', 'Owner' are ignored: rows cannot set parameters of Invoke-VectorMigration with these names."
    }

    It 'is not looked for in what is no table: <Name>' -ForEach @(
        @{ Name = 'files'; Rows = { Get-ChildItem ./words.faiss } }
        @{ Name = 'chosen properties of files'; Rows = {
                Get-ChildItem ./words.faiss | Select-Object FullName, Length, Name, @{ n = 'Path'; e = { $_.FullName } } }
        }
        @{ Name = 'descriptions'; Rows = { Get-FaissIndex ./words.faiss } }
        @{ Name = 'descriptions through JSON'; Rows = {
                Get-FaissIndex ./words.faiss | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue | ConvertFrom-Json }
        }
        @{ Name = 'descriptions through CSV'; Rows = { Get-FaissIndex ./words.faiss | Export-Csv ./way.csv; Import-Csv ./way.csv } }
    ) {
        $told = Invoke-Rows $Rows @{ Collection = 'plain' }
        $told.Problems | Should -BeNullOrEmpty
        $told.Ignored | Should -BeNullOrEmpty
    }

    It 'is not looked for in a result that is verified: <Name>' -ForEach @(
        @{ Name = 'as it is'; Through = { $_ } }
        @{ Name = 'through JSON'; Through = { $_ | ConvertTo-Json -Depth 4 -WarningAction SilentlyContinue | ConvertFrom-Json } }
        @{ Name = 'through CSV'; Through = { $_ | Export-Csv ./way.csv; Import-Csv ./way.csv } }
    ) {
        $passed = Invoke-VectorMigration ./words.faiss row-result -First 5 | ForEach-Object $Through |
            Test-VectorMigration -First 5 -ErrorVariable problems -WarningVariable warnings -WarningAction SilentlyContinue
        $passed | Should -BeTrue
        $problems | Should -BeNullOrEmpty
        @($warnings | Where-Object { "$_" -like '*ignored: rows cannot set*' }) | Should -BeNullOrEmpty
    }
}

Describe 'Payloads of several indexes in one file' {
    It 'are taken for each index by its ids, if the others are to be ignored' {
        $ids = @(Get-FaissVector ./words.faiss -WarningAction SilentlyContinue).Id + 900000..900004
        Set-Content ./two.jsonl ($ids | ForEach-Object { "{`"id`":$_,`"n`":$_}" })
        $failure = Get-Failure { Invoke-VectorMigration ./words.faiss surplus -First 5 -PayloadPath ./two.jsonl -PayloadKey id -ErrorAction Stop }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PayloadKeysSurplus,*'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*-OnSurplusPayload Ignore*'
        $result = Invoke-VectorMigration ./words.faiss surplus -First 5 -PayloadPath ./two.jsonl -PayloadKey id -OnSurplusPayload Ignore `
            -WarningAction SilentlyContinue -WarningVariable warnings
        $result.Status, $result.Counts.SurplusPayload | Should -Be Completed, 5
        "$warnings" | Should -BeLike '*5 lines of *ignored: id 900000, 900001, 900002, …*'
        $result | Format-List | Out-String -Width 200 | Should -Match '(?m)^Surplus +: 5 of the payload file ignored'
        $result | Test-VectorMigration -WarningAction SilentlyContinue | Should -BeTrue
    }
}

Describe 'Texts that were found next to an index' {
    It 'are shown in the result with the documents that were matched' {
        $store = (New-Item -ItemType Directory ./found-store).FullName
        Copy-Item (Join-Path $PSScriptRoot '../fixtures/stores/json/langchain_js/*') $store
        $result = Invoke-VectorMigration $store found-store -WarningAction SilentlyContinue
        $shown = $result | Format-List | Out-String -Width 300
        $shown | Should -Match '(?m)^Payload +: found next to the index: \S+ \(LangChain'
        $shown | Should -Match '(?m)^Documents +: \d+ of \d+ matched'
        Invoke-VectorMigration ./words.faiss found-named -First 5 -PayloadPath ./words.jsonl | Format-List | Out-String -Width 300 |
            Should -Match '(?m)^Payload +: \S+words\.jsonl \(JSON Lines\)'
    }
}

Describe 'Advice' {
    It 'of a collection that is to be deleted does not say to migrate first' {
        $failure = Get-Failure { Remove-QdrantCollection nope-never -Confirm:$false }
        $failure.FullyQualifiedErrorId | Should -BeLike 'CollectionMissing,*'
        $failure.ErrorDetails.RecommendedAction | Should -Be 'Check the name and the endpoint. Get-QdrantCollection lists the collections.'
    }

    It 'names the run of the pipeline that is not under way' {
        $null = Invoke-VectorMigration ./words.faiss row-ended -First 5 -LogDirectory ./ended-logs
        Get-VectorMigration ./ended-logs | Suspend-VectorMigration -WarningVariable warnings -WarningAction SilentlyContinue
        "$warnings" | Should -BeLike 'The run * is not under way: it has ended with exit code 0. Nothing was done.'
    }
}
