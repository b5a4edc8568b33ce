BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Send-Object($Objects, [hashtable] $With = @{}) {
        $collection = "objects-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
        $results = $Objects | Send-QdrantBatch -Collection $collection -Distance Dot @With -ErrorAction SilentlyContinue -ErrorVariable problems
        [pscustomobject]@{ Collection = $collection; Sent = ($results |
            Measure-Object Count -Sum).Sum; Ids = @($results.Ids.ForEach({ "$_" })); Problems = $problems }
    }
}

Describe 'Send-QdrantBatch' {
    It 'does what the README shows' {
        $perf = Get-FaissVector ./words.faiss -First 1000 | Send-QdrantBatch -Collection sent-words -BatchSize 100 -BatchDelay 0.05 | Measure-MigrationPerf
        $perf.Vectors | Should -Be 1000
        $perf.Batches | Should -Be 10
        $perf.SuccessRate | Should -Be 100
        Test-VectorMigration ./words.faiss sent-words -First 1000 | Should -BeTrue
    }

    It 'sends the same from arrays of -ReadCount, with payloads' {
        (Get-FaissVector ./words.faiss -First 250 -ReadCount 64 -PayloadPath ./words.jsonl | Send-QdrantBatch arrays | Measure-Object Count -Sum).Sum |
            Should -Be 250
        Test-VectorMigration ./words.faiss arrays -First 250 -PayloadPath ./words.jsonl | Should -BeTrue
    }

    It 'reads Id as <Name>' -ForEach @(
        @{ Name = 'a number'; Id = 7; Expected = '7' }
        @{ Name = 'the largest number'; Id = [ulong]::MaxValue; Expected = '18446744073709551615' }
        @{ Name = 'text'; Id = ' 8 '; Expected = '8' }
        @{ Name = 'a whole double'; Id = 9.0; Expected = '9' }
        @{ Name = 'a Guid'; Id = [guid]'6ba7b812-9dad-11d1-80b4-00c04fd430c8'; Expected = '6ba7b812-9dad-11d1-80b4-00c04fd430c8' }
        @{ Name = 'a Guid as text'; Id = '6BA7B812-9DAD-11D1-80B4-00C04FD430C8'; Expected = '6ba7b812-9dad-11d1-80b4-00c04fd430c8' }
    ) {
        (Send-Object @{ Id = $Id; Vector = 1, 2 }).Ids | Should -Be $Expected
    }

    It 'reads Vector as <Name>' -ForEach @(
        @{ Name = 'float array'; Vector = [float[]](1, 2.5, -3) }
        @{ Name = 'double array'; Vector = [double[]](1, 2.5, -3) }
        @{ Name = 'mixed array'; Vector = @(1, 2.5, '-3') }
        @{ Name = 'list'; Vector = [System.Collections.Generic.List[decimal]]@(1, 2.5, -3) }
        @{ Name = 'JSON'; Vector = '[1, 2.5, -3]' }
        @{ Name = 'text with spaces'; Vector = '1 2.5 -3' }
        @{ Name = 'text with semicolons'; Vector = '1;2.5;-3e0' }
        @{ Name = 'text with commas'; Vector = '1,2.5,-3' }
    ) {
        $sent = Send-Object ([pscustomobject]@{ Id = 1; Vector = $Vector })
        $sent.Problems | Should -BeNullOrEmpty
        $sent.Sent | Should -Be 1
    }

    It 'refuses <Name>, naming the position, and goes on' -ForEach @(
        @{ Name = 'null'; Bad = $null; Id = 'UnreadableObject' }
        @{ Name = 'no Id'; Bad = @{ Vector = 1, 2 }; Id = 'UnreadableObject' }
        @{ Name = 'no Vector'; Bad = @{ Id = 2 }; Id = 'UnreadableObject' }
        @{ Name = 'a word as Id'; Bad = @{ Id = 'x'; Vector = 1, 2 }; Id = 'UnreadableObject' }
        @{ Name = 'half an Id'; Bad = @{ Id = 2.5; Vector = 1, 2 }; Id = 'UnreadableObject' }
        @{ Name = 'a word in Vector'; Bad = @{ Id = 2; Vector = 1, 'x' }; Id = 'UnreadableObject' }
        @{ Name = 'an empty Vector'; Bad = @{ Id = 2; Vector = '' }; Id = 'UnreadableObject' }
        @{ Name = 'an array as Payload'; Bad = @{ Id = 2; Vector = 1, 2; Payload = '[1]' }; Id = 'UnreadableObject' }
        @{ Name = 'a negative Id'; Bad = @{ Id = -2; Vector = 1, 2 }; Id = 'NegativeId' }
        @{ Name = 'an Id that was there'; Bad = @{ Id = 1; Vector = 1, 2 }; Id = 'DuplicateId' }
        @{ Name = 'another dimension'; Bad = @{ Id = 2; Vector = 1, 2, 3 }; Id = 'DimensionMismatch' }
        @{ Name = 'NaN'; Bad = @{ Id = 2; Vector = 1, [float]::NaN }; Id = 'NonFiniteComponent' }
        @{ Name = 'infinity'; Bad = @{ Id = 2; Vector = 1, 1e60 }; Id = 'NonFiniteComponent' }
    ) {
        $sent = Send-Object (@{ Id = 1; Vector = 1, 2 }, $Bad, @{ Id = 3; Vector = 1, 2 })
        $sent.Ids | Should -Be '1', '3'
        $sent.Problems | Should -HaveCount 1
        $sent.Problems[0].FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $sent.Problems[0].Exception.Message | Should -BeLike 'Input object 2 *'
        $sent.Problems[0].CategoryInfo.Category | Should -Not -Be NotSpecified
    }

    It 'refuses a vector of an index that a script has made shorter: object <Bad>, and goes on' -ForEach @(@{ Bad = 1 }, @{ Bad = 3 }) {
        $at = 0
        $results = Get-FaissVector ./words.faiss -First 3 | ForEach-Object { if (++$at -eq $Bad) { $_.Vector = 1, 2, 3 }; $_ } |
            Send-QdrantBatch -Collection "shortened-$Bad" -ErrorVariable problems -ErrorAction SilentlyContinue
        ($results | Measure-Object Count -Sum).Sum | Should -Be 2
        $problems | Should -HaveCount 1
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'DimensionMismatch,*'
        $problems[0].Exception.Message | Should -BeLike "Input object $Bad (counted from 1, id *) has 3 components; expected 100, as in *"
    }

    It 'refuses a norm that Cosine cannot use, in the first object and in later ones, and goes on' {
        $objects = @{ Id = 1; Vector = 1e20, 0 }, @{ Id = 2; Vector = 1, 2 }, @{ Id = 3; Vector = 1e-10, 0 }, @{ Id = 4; Vector = 0, 0 }
        $null = $objects | Send-QdrantBatch -Collection cosine-norms -Distance Cosine -ErrorVariable problems -ErrorAction SilentlyContinue
        (Get-QdrantCollection cosine-norms).PointsCount | Should -Be 2
        $problems | Should -HaveCount 2
        $problems.FullyQualifiedErrorId | Should -BeLike 'NormNotNormalizable,*'
        $problems.Exception.Message | Should -BeLike 'Input object ? (counted from 1, id ?): its vector has norm *'
    }

    It 'gives a thousand errors with their positions and nine thousand points for a CSV with a thousand malformed rows in ten thousand' {
        $rows = foreach ($id in 1..10000) { $id % 10 -eq 0 ? "$id,1;x;3" : "$id,$id;0.5;-1e-3" }
        # In a folder of its own: beside the index a table of as many rows would be taken for its texts.
        $null = New-Item -ItemType Directory ./csv
        Set-Content -LiteralPath ./csv/rows.csv -Value (@('Id,Vector') + $rows)
        $results = Import-Csv ./csv/rows.csv | Send-QdrantBatch -Collection csv-rows -Distance Dot -ErrorVariable problems -ErrorAction SilentlyContinue
        ($results | Measure-MigrationPerf).Vectors | Should -Be 9000
        (Get-QdrantCollection csv-rows).PointsCount | Should -Be 9000
        $problems | Should -HaveCount 1000
        $positions = $problems | ForEach-Object { [int] [regex]::Match($_.Exception.Message, '^Input object (\d+) ').Groups[1].Value }
        $positions | Should -Be (1..1000 | ForEach-Object { $_ * 10 })
    }

    It 'warns where nothing was received, or nothing of it could be sent' {
        Get-FaissVector ./words.faiss -First 5 | Where-Object { $false } |
            Send-QdrantBatch -Collection nothing -WarningVariable warnings -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        $warnings | Should -Be "0 vectors were received. Nothing was sent to 'nothing', and the server was not contacted."
        @{ Id = 1 }, @{ Id = 2 } | Send-QdrantBatch -Collection nothing -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction SilentlyContinue
        $warnings | Should -Be "0 vectors could be sent, 2 objects were refused. Nothing was sent to 'nothing', and the server was not contacted."
        Get-QdrantCollection | Where-Object Name -EQ nothing | Should -BeNullOrEmpty
        $null = Get-FaissVector ./words.faiss -First 5 | Send-QdrantBatch -Collection something -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
    }

    It 'maps negative ids and keeps them in the payload' {
        $sent = Send-Object @{ Id = -5; Vector = 1, 2; Payload = @{ a = 1 } } @{ IdMapping = 'Uuid5' }
        $sent.Problems | Should -BeNullOrEmpty
        [guid]::TryParse($sent.Ids[0], [ref] [guid]::Empty) | Should -BeTrue
    }

    It 'lets a later vector win with -AllowDuplicateId' {
        (Send-Object (@{ Id = 1; Vector = 1, 2 }, @{ Id = 1; Vector = 3, 4 }) @{ AllowDuplicateId = $true }).Sent | Should -Be 2
    }

    It 'wants a distance for objects that come from no index' {
        (Get-Failure { @{ Id = 1; Vector = 1, 2 } | Send-QdrantBatch no-distance }).FullyQualifiedErrorId | Should -BeLike 'DistanceMissing,*'
    }

    It 'refuses a collection that does not fit, before the first vector' {
        $collection = (Send-Object @{ Id = 1; Vector = 1, 2 }).Collection
        $failure = Get-Failure { Get-FaissVector ./words.faiss -First 10 | Send-QdrantBatch $collection }
        $failure.FullyQualifiedErrorId | Should -BeLike 'CollectionDiffers,*'
    }

    It 'takes the delay as <Value>' -ForEach @(
        @{ Value = 0.01 }, @{ Value = '0.01' }, @{ Value = '0:0:0.01' }, @{ Value = [timespan]::FromMilliseconds(10) }
    ) {
        (Get-FaissVector ./words.faiss -First 20 | Send-QdrantBatch delayed -BatchSize 10 -BatchDelay $Value).Count | Should -Be 2
    }

    It 'reads a bare 3 as seconds, and refuses <_> as a delay' -ForEach '-1', 'soon', '99999999', ([double]::NaN) {
        $transform = (Get-Command Send-QdrantBatch).Parameters['BatchDelay'].Attributes |
            Where-Object { $_ -is [System.Management.Automation.ArgumentTransformationAttribute] }
        $transform.Transform($null, 3) | Should -Be ([timespan]::FromSeconds(3))
        $transform.Transform($null, '3') | Should -Be ([timespan]::FromSeconds(3))
        { $transform.Transform($null, $_) } | Should -Throw
        { Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch delayed -BatchDelay $_ } | Should -Throw
    }

    It 'accounts for every vector in its log when asked' {
        $null = Get-FaissVector ./words.faiss -First 50 | Send-QdrantBatch logged -BatchSize 20 -LogDirectory ./send-logs
        $lines = Get-RunLog ./send-logs
        @($lines | Where-Object event -EQ batch) | Should -HaveCount 3
        Get-ChildItem ./send-logs/runs/*/perf_slow.log | Should -HaveCount 1
    }

    It 'says in the verbose stream which server it uses' {
        $said = Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch verbose-said -Uri $url -Verbose 4>&1 | Out-String
        $said | Should -BeLike '*from -Uri*'
    }
}

Describe 'A pipeline that writes into the components of a vector' {
    It 'is told as not verifiable from the file, and not replaced by the one command' {
        $null = Get-FaissVector ./words.faiss -First 20 | ForEach-Object { if ($_.Ordinal -eq 7) { $_.Vector[0] = 9 }; $_ } |
            Send-QdrantBatch object-inplace -JournalPath ./object-inplace.journal -Verify
        $null = Test-VectorMigration ./words.faiss object-inplace -First 20 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotVerifiable,*'
        { Test-VectorMigration ./words.faiss object-inplace -First 20 -Repair } | Should -Throw -ErrorId 'NotVerifiable,*'
        { Invoke-VectorMigration ./words.faiss object-inplace -First 20 -JournalPath ./object-inplace.journal -OnChanged Sync } |
            Should -Throw -ErrorId 'JournalDiffers,*'
        $null = Get-FaissVector ./words.faiss -First 20 | Where-Object { $_.Vector[0] -lt 100 } | Send-QdrantBatch object-looked
        $null = Test-VectorMigration ./words.faiss object-looked -First 30 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | Should -BeNullOrEmpty
    }
}
