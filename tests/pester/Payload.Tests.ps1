BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Send-One($Object, [hashtable] $With = @{}) {
        $collection = "payload-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
        $results = $Object | Send-QdrantBatch -Collection $collection -Distance Dot @With -ErrorAction SilentlyContinue -ErrorVariable problems
        $sent = 0
        $ids = foreach ($result in $results) {
            $sent += $result.Count
            $result.Ids.ForEach({ "$_" })
        }
        [pscustomobject]@{ Sent = $sent; Ids = @($ids); Problems = $problems }
    }
}

Describe 'Payloads of files' {
    BeforeAll {
        $lines = Get-Content ./words.jsonl
        $ids = (Get-FaissVector ./words.faiss).Id
        $rows = for ($i = 0; $i -lt $ids.Count; $i++) { $lines[$i].Insert(1, """key"":$($ids[$i]),") }
        [array]::Reverse($rows)
        Set-Content ./keyed.jsonl $rows
        Set-Content ./partly.jsonl $rows[2..($rows.Count - 1)]
    }

    It 'joins by key in any order, with Get-FaissVector, Invoke- and Test-VectorMigration alike' {
        $plain = Get-FaissVector ./words.faiss -First 3 -PayloadPath ./words.jsonl
        $keyed = Get-FaissVector ./words.faiss -First 3 -PayloadPath ./keyed.jsonl -PayloadKey key -DropPayloadKey
        $keyed.ForEach({ "$($_.Payload)" }) | Should -Be $plain.ForEach({ "$($_.Payload)" })
        $result = Invoke-VectorMigration ./words.faiss keyed -PayloadPath ./keyed.jsonl -PayloadKey key -DropPayloadKey -First 200
        $result.Status | Should -Be Completed
        $result.Plan.PayloadJoin | Should -Be "field 'key' to FAISS id"
        Test-VectorMigration ./words.faiss keyed -PayloadPath ./words.jsonl -First 200 | Should -BeTrue
        Test-VectorMigration ./words.faiss keyed -PayloadPath ./keyed.jsonl -PayloadKey key -First 200 | Should -BeFalse
    }

    It 'says in the plan how payloads are joined' {
        (Invoke-VectorMigration ./words.faiss plan -PayloadPath ./words.jsonl -First 10).Plan.PayloadJoin | Should -BeLike 'line n to vector n*'
    }

    It 'refuses a table that nobody named if its ids are in another order, and names it where it is joined' {
        $folder = New-Item -ItemType Directory "$TestDrive/stray"
        Copy-Item ./words.faiss $folder
        Set-Content "$folder/report.csv" (@('id,text') + @($ids[1..($ids.Count - 1)] + $ids[0]).ForEach({ "$_,text $_" }))
        $failure = { Invoke-VectorMigration $folder stray } | Should -Throw -ErrorId 'PayloadOrderUnknown,*' -PassThru
        $failure.Exception.Message | Should -Match 'report\.csv \(CSV\) was found next to'
        $failure.ErrorDetails.RecommendedAction | Should -Match '-PayloadKey id'
        { Get-FaissVector $folder -First 1 } | Should -Throw -ErrorId 'PayloadOrderUnknown,*'
        Get-FaissIndex $folder -WarningVariable warnings -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        $warnings | Should -Match 'in another order'
        { Get-QdrantCollection stray } | Should -Throw
        $result = Invoke-VectorMigration $folder stray -PayloadPath (Join-Path $folder report.csv) -PayloadKey id -First 100
        $result.Status | Should -Be Completed
        $result.Plan.PayloadForm | Should -Be CSV
        $proof = Test-VectorMigration $folder stray -PayloadPath "$folder/report.csv" -PayloadKey id -First 100 -Detailed
        $proof.Passed | Should -BeTrue
        $proof.PayloadPath | Should -Be (Join-Path $folder report.csv)
        $proof | Out-String | Should -Match 'compared with .*report\.csv'
    }

    It 'refuses vectors without a payload, sends them bare or leaves them out' {
        $failure = { Invoke-VectorMigration ./words.faiss partly -PayloadPath ./partly.jsonl -PayloadKey key -First 10 } |
            Should -Throw -ErrorId 'PayloadKeysMissing,*' -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -Match '-OnMissingPayload'
        $result = Invoke-VectorMigration ./words.faiss partly -PayloadPath ./partly.jsonl -PayloadKey key -Skip 9990 -OnMissingPayload Empty
        $result.Status | Should -Be Completed
        $result.Counts.WithoutPayload | Should -Be 2
        @(Get-FaissVector ./words.faiss -Skip 9990 -PayloadPath ./partly.jsonl -PayloadKey key -OnMissingPayload Skip).Count | Should -Be 8
    }

    It 'needs as many lines as the index has vectors, for Get-FaissVector too' {
        Set-Content ./short.jsonl (Get-Content ./words.jsonl -TotalCount 20)
        { Get-FaissVector ./words.faiss -First 3 -PayloadPath ./short.jsonl } | Should -Throw -ErrorId 'PayloadTooShort,*'
    }
}

Describe 'Payloads of objects' {
    It 'refuses <Name> by object and key' -ForEach @(
        @{ Name = 'NaN'; Payload = @{ a = @{ b = [double]::NaN } }; Said = "*NaN*'a.b'*" }
        @{ Name = 'infinity'; Payload = @{ a = 1, [float]::PositiveInfinity }; Said = "*'a``[1``]'*" }
        @{ Name = 'a uint64 beyond int64'; Payload = @{ x = [ulong]::MaxValue }; Said = "*18446744073709551615 in 'x'*" }
        @{ Name = 'a bigint'; Payload = @{ x = [bigint]::Pow(2, 64) }; Said = "*18446744073709551616 in 'x'*" }
        @{ Name = 'a decimal without places'; Payload = @{ x = 13570027672830659665d }; Said = "*13570027672830659665 in 'x'*" }
        @{ Name = 'JSON text'; Payload = '{"x":13570027672830659665}'; Said = "*13570027672830659665 in 'x'*" }
        @{ Name = 'a file'; Payload = @{ file = Get-Item $PSCommandPath }; Said = "*'file'*FileInfo*" }
    ) {
        $sent = Send-One @(@{ Id = 1; Vector = 1, 2; Payload = $Payload }, @{ Id = 2; Vector = 1, 2; Payload = @{ a = 1 } })
        $sent.Ids | Should -Be 2
        $sent.Problems.Count | Should -Be 1
        "$($sent.Problems[0])" | Should -BeLike 'Input object 1 *'
        "$($sent.Problems[0])" | Should -BeLike $Said
    }

    It 'keeps integers beyond 64 bits as texts where asked' {
        (Send-One @{ Id = 1; Vector = 1, 2; Payload = @{ x = [ulong]::MaxValue } } @{ LargeInteger = 'Text' }).Sent | Should -Be 1
    }

    It 'takes any text as an id with Uuid5, as Python names it' {
        # uuid.uuid5(uuid.NAMESPACE_OID, 'doc-1')
        (Send-One ([pscustomobject]@{ Id = 'doc-1'; Vector = 1, 2 }) @{ IdMapping = 'Uuid5' }).Ids | Should -Be '5494333e-b030-5791-9f09-9f7cbbbaf875'
        (Send-One ([pscustomobject]@{ Id = 'doc-1'; Vector = 1, 2 })).Problems[0].FullyQualifiedErrorId | Should -BeLike 'UnreadableObject,*'
        $number, $text = (Send-One @(@{ Id = 17; Vector = 1, 2 }, @{ Id = '017'; Vector = 1, 2 }) @{ IdMapping = 'Uuid5' }).Ids
        $text | Should -Not -Be $number
    }

    It 'does not write over a faiss_id of the payload' {
        $object = @{ Id = 1; Vector = 1, 2; Payload = @{ faiss_id = 'mine' } }
        (Send-One $object @{ IdMapping = 'Uuid5' }).Problems[0].FullyQualifiedErrorId | Should -BeLike 'PayloadFieldTaken,*'
        (Send-One $object @{ IdMapping = 'Uuid5'; IdField = 'own' }).Sent | Should -Be 1
    }
}
