# Vectors and results as objects: asked, changed, put into files and jobs, and taken from tables.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $rest = $env:VECTORMIGRATION_TEST_REST

    function Read-Payload([string] $Collection, [ulong] $Id) {
        ((Invoke-WebRequest "$rest/collections/$Collection/points/$Id").Content | ConvertFrom-Json -AsHashtable).result.payload
    }

    # Payloads that no reading and writing again would leave as they are.
    $odd = '{"b":1.0,"a":1.10,"lang":"de","Lang":"DE","x":1,"x":2,"tags":["p","q"],"deep":{"n":1e2}}'
    $null = New-Item -ItemType Directory ./odd
    Copy-Item ./words.faiss ./odd/w.faiss
    Set-Content ./odd/odd.jsonl (@($odd) * 10000)
}

Describe 'The payload of a vector' {
    BeforeEach { $vector = Get-FaissVector ./odd/w.faiss -First 1 -PayloadPath ./odd/odd.jsonl }

    It 'is asked by its names, in any case, and is the JSON as a string' {
        $vector.Payload.lang | Should -Be 'de'
        $vector.Payload.Lang | Should -BeExactly 'DE'
        $vector.Payload.TAGS[-1] | Should -Be 'q'
        $vector.Payload.deep.n | Should -Be 100
        "$($vector.Payload)" | Should -BeExactly $odd
        [string] $vector.Payload | Should -BeExactly $odd
        $vector | Where-Object { $_.Payload.lang -eq 'de' } | Should -Not -BeNullOrEmpty
        ($vector | Format-Table | Out-String) | Should -BeLike '*{"b":1*'
        ($vector | Format-List | Out-String) | Should -BeLike '*{"b":1.0*'
    }

    It 'is written anew where it was changed: doubles stay doubles, keys that differ in case stay' {
        $vector.Payload.deep.added = [pscustomobject]@{ when = 1; list = @([pscustomobject]@{ c = 2.0 }) }
        $null = $vector.Payload.tags.Add('r')
        $vector.Payload.big = 9007199254740993
        "$($vector.Payload)" | Should -BeExactly ('{"b":1.0,"a":1.1,"lang":"de","Lang":"DE","x":2,"tags":["p","q","r"],"deep":{"n":100.0,' +
            '"added":{"when":1,"list":[{"c":2.0}]}},"big":9007199254740993}')
        $vector | Send-QdrantBatch object-touched -Verify
        (Read-Payload object-touched 1000).big | Should -Be 9007199254740993
    }

    It 'has fields twice as the file has them, is sent so, and that is told' {
        $payload = '{"b":1.0,"x":1,"x":2}'
        Copy-Item ./words.faiss ./odd/t.faiss
        Set-Content ./odd/twice.jsonl (@($payload) * 10000)
        foreach ($change in { $_ }, { $_.Payload.own = 1; $_ }) {
            $results = Get-FaissVector ./odd/t.faiss -First 3 -PayloadPath ./odd/twice.jsonl | ForEach-Object $change |
                Send-QdrantBatch "object-twice-$([guid]::NewGuid().ToString('N'))" -IdMapping Uuid5 -WarningVariable told -WarningAction SilentlyContinue
            ($results | Measure-Object Count -Sum).Sum | Should -Be 3
            $told | Should -HaveCount 2
            "$($told[0])" | Should -BeLike "The payload of input object 1 (*'x' twice*"
            "$($told[1])" | Should -BeLike '3 payloads have a field twice*'
        }
        { Invoke-VectorMigration ./odd/t.faiss object-twice-file -PayloadPath ./odd/twice.jsonl -ErrorAction Stop } |
            Should -Throw -ErrorId 'PayloadFieldCollision,*'
        Get-QdrantCollection object-twice-file -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'is refused as JSON with a field twice, with its number, and the next goes on' {
        $results = @{ Id = 1; Vector = 1, 2; Payload = '{"a":1,"m":{"b":1,"b":2}}' }, @{ Id = 2; Vector = 1, 2; Payload = '{"a":1}' } |
            Send-QdrantBatch object-twice-json -Distance Dot -ErrorAction SilentlyContinue -ErrorVariable problems
        ($results | Measure-Object Count -Sum).Sum | Should -Be 1
        $problems | Should -HaveCount 1
        "$($problems[0])" | Should -BeLike "Input object 1 *'m.b' twice*"
    }

    It 'is sent as it was where it was only asked' {
        $null = Get-FaissVector ./odd/w.faiss -First 5 -PayloadPath ./odd/odd.jsonl | Where-Object { $_.Payload.deep.n } | Send-QdrantBatch object-asked
        Test-VectorMigration ./odd/w.faiss object-asked -First 5 -PayloadPath ./odd/odd.jsonl | Should -BeTrue
    }

    It 'is what a script sets, as the id is: by <How>' -ForEach @(
        @{ How = 'assignment'; Set = { $_.Payload = @{ own = 'a' }; $_.Id = 7 } }
        @{ How = 'assignment of JSON'; Set = { $_.Payload = '{"own":"a"}'; $_.Id = '7' } }
        @{ How = 'Add-Member'; Set = { $_ | Add-Member -Force Payload ([pscustomobject]@{ own = 'a' }); $_ | Add-Member -Force Id 7 } }
    ) {
        $collection = "object-set-$($How.Replace(' ', '-').ToLowerInvariant())"
        $null = $vector | ForEach-Object { . $Set; $_ } | Send-QdrantBatch $collection -JournalPath "./$collection.journal"
        (Read-Payload $collection 7).own | Should -Be 'a'
        (Get-QdrantCollection $collection).Distance | Should -Be Euclid
        (Get-FaissVector ./odd/w.faiss -First 2 -PayloadPath ./odd/odd.jsonl | ForEach-Object { if ($_.Ordinal -eq 0) { . $Set }; $_ } |
            Send-QdrantBatch $collection -JournalPath "./$collection.journal" | Measure-Object Count -Sum).Sum | Should -Be 1
        { Get-FaissVector ./odd/w.faiss -First 2 -PayloadPath ./odd/odd.jsonl | Send-QdrantBatch $collection -JournalPath "./$collection.journal" } |
            Should -Throw -ErrorId 'JournalDiffers,*' -Because 'the first vector was sent under another id'
    }

    It 'is refused with its number where it is a file, and the next goes on' {
        $results = Get-FaissVector ./words.faiss -First 2 | ForEach-Object { if ($_.Ordinal -eq 0) { $_.Payload = Get-Item ./words.faiss }; $_ } |
            Send-QdrantBatch object-file -ErrorAction SilentlyContinue -ErrorVariable problems
        $results.Count | Should -Be 1
        $problems | Should -HaveCount 1
        "$($problems[0])" | Should -BeLike 'Input object 1 *FileInfo*'
    }
}

Describe 'A collection that a pipeline filled with what a script made' {
    It 'is told as not verifiable from the file, and never repaired from it' {
        $null = Get-FaissVector ./words.faiss -First 20 -PayloadPath ./words.jsonl | ForEach-Object { $_.Payload.rank = 0; $_ } | Send-QdrantBatch object-made
        Test-VectorMigration ./words.faiss object-made -First 20 -PayloadPath ./words.jsonl -ErrorAction SilentlyContinue -ErrorVariable problems |
            Should -BeFalse
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotVerifiable,*'
        { Test-VectorMigration ./words.faiss object-made -First 20 -PayloadPath ./words.jsonl -Repair } | Should -Throw -ErrorId 'NotVerifiable,*'
        $result = Test-VectorMigration ./words.faiss object-made -First 20 -PayloadPath ./words.jsonl -Detailed -ErrorAction SilentlyContinue
        $result.NotVerifiable.Message | Should -BeLike '*cannot be verified from the index file*'
        $shown = & $commandLine verify ./words.faiss --collection object-made --url $url --limit 20 --payload ./words.jsonl 2>&1 | Out-String
        $shown -replace '\s+', ' ' | Should -BeLike '*next: Run the same pipeline again with Send-QdrantBatch -Verify, which*'
    }

    It 'is told so where vectors were left out, and not where all came' {
        $null = Get-FaissVector ./words.faiss -First 20 | Where-Object { $_.Ordinal % 2 } | Send-QdrantBatch object-thin
        $null = Test-VectorMigration ./words.faiss object-thin -First 20 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotVerifiable,*'
        $null = Get-FaissVector ./words.faiss -First 20 | Send-QdrantBatch object-whole
        $null = Test-VectorMigration ./words.faiss object-whole -First 30 -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems | Should -BeNullOrEmpty
    }

    It 'refuses -Verify where a later vector may replace an earlier one, or where fields of others stay' {
        { Get-FaissVector ./words.faiss -First 2 | Send-QdrantBatch object-twice -Verify -AllowDuplicateId } | Should -Throw -ErrorId 'VerifyWithDuplicates,*'
        { Get-FaissVector ./words.faiss -First 2 | Send-QdrantBatch object-twice -Verify -OnExisting Merge -MergePayload -VectorName v } |
            Should -Throw -ErrorId 'VerifyWithMergePayload,*'
    }
}

Describe 'Rows of a table as jobs' {
    It 'takes every column, empty cells as not given, a bad row as one error' {
        Copy-Item ./words.faiss './w[1].faiss'
        Set-Content ./rows.csv @'
Path,LiteralPath,Collection,PayloadPath,VectorName,IdOffset,Distance
./words.faiss,,row-a,./words.jsonl,,,
,./w[1].faiss,row-a,,,100000,
./gone.faiss,,row-a,,,300000,
./w[1].faiss,,row-b,,text,5,Euclid
./words.faiss,,row-c,,,abc,
./words.faiss,,row-c,,,,Nearest
./words.faiss,,,,,,
./words.faiss,,row-d,,,,
'@
        $all = Import-Csv ./rows.csv | Invoke-VectorMigration -First 50 -ErrorAction SilentlyContinue -ErrorVariable problems
        $results = $all | Where-Object Status -NE Refused
        $results.Status | Should -Be Completed, Completed, Completed, Completed
        $results.Collection | Should -Be row-a, row-a, row-b, row-d
        $results.IdOffset | Should -Be 0, 100000, 5, 0
        $results.VectorName | Should -Be $null, $null, text, $null
        @($problems | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) | Should -HaveCount 4
        (Get-QdrantCollection row-a).PointsCount | Should -Be 100
        (Read-Payload row-a 1000).word | Should -Be the
        $results | Test-VectorMigration -First 50 | Should -Be $true, $true, $true, $true
    }

    It 'names the row, its index and its collection in the error, and has a result and a line in the log for it' {
        $null = New-QdrantCollection row-other 5 Dot
        Set-Content ./faults.csv @'
Path,Collection,PayloadPath,BatchSize,BatchDelay,Distance
./words.faiss,fault-a,,,,
./gone.faiss,fault-b,,,,
./words.faiss,fault-c,,-4,,
./words.faiss,fault-d,,abc,,
./words.faiss,fault-e,,,never,
./words.faiss,fault-f,,,,Nearest
./words.faiss,,,,,
,fault-g,,,,
./words.jsonl,fault-h,,,,
./words.faiss,fault-i,./gone.jsonl,,,
./words.faiss,fault/j,,,,
./words.faiss,row-other,,,,
./words.faiss,fault-k,,,,
'@
        $results = Import-Csv ./faults.csv | Invoke-VectorMigration -First 5 -LogDirectory ./faults -ErrorAction SilentlyContinue -ErrorVariable problems
        $problems = @($problems | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
        $expected = @(
            @(2, 'index ./gone.faiss', "collection 'fault-b'", 'IndexNotFound'), @(3, 'index ./words.faiss', "collection 'fault-c'", 'UnreadableObject')
            @(4, 'index ./words.faiss', "collection 'fault-d'", 'UnreadableObject'), @(5, 'index ./words.faiss', "collection 'fault-e'", 'UnreadableObject')
            @(6, 'index ./words.faiss', "collection 'fault-f'", 'UnreadableObject'), @(7, 'index ./words.faiss', 'no collection', 'UnreadableObject')
            @(8, 'no index', "collection 'fault-g'", 'UnreadableObject'), @(9, 'index ./words.jsonl', "collection 'fault-h'", 'NotAnIndex')
            , @(10, 'index ./words.faiss', "collection 'fault-i'", 'PayloadFileMissing')
            , @(11, 'index ./words.faiss', "collection 'fault/j'", 'InvalidCollectionName')
            , @(12, 'index ./words.faiss', "collection 'row-other'", 'CollectionDiffers')
        )
        $problems | Should -HaveCount $expected.Count -Because ($problems | Out-String)
        foreach ($i in 0..($expected.Count - 1)) {
            $row, $index, $collection, $id = $expected[$i]
            "$($problems[$i])" | Should -BeLike "Input row $row ($index, $collection): *"
            $problems[$i].FullyQualifiedErrorId | Should -BeLike "$id,*"
            $problems[$i].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $results[$row - 1].Status, $results[$row - 1].ExitCode | Should -Be Refused, 2
            $results[$row - 1].Error.ErrorId | Should -Be $id
        }

        $results | Should -HaveCount 13
        $results[1] | Format-List | Out-String | Should -Not -BeLike '*0 of 0 sent*'
        $results[1] | Format-Table | Out-String | Should -Not -BeLike '*0 of 0 sent*'
        "$($results[1].Counts)" | Should -Be 'nothing sent'
        $results[0] | Format-Table | Out-String -Width 400 | Should -BeLike '*5 of 5 sent*'
        $results[0, 12].Status | Should -Be Completed, Completed
        $ended = Get-Content ./faults/migration.log | ConvertFrom-Json | Where-Object event -EQ run-ended
        $ended.status | Should -Be $results.Status
        $ended.collection | Should -Be $results.Collection
        Measure-MigrationPerf -Path ./faults | Should -Not -BeNullOrEmpty
    }

    It 'is told when there is none: <_>' -ForEach 'Invoke-VectorMigration', 'Test-VectorMigration', 'Optimize-VectorMigration' {
        $null = @() | & $_ -Collection row-none -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -Be '0 indexes were received through the pipeline. Nothing was done, and the server was not contacted.'
        './words.faiss' | & $_ -Collection row-none -WarningVariable warnings -WarningAction SilentlyContinue -ErrorAction SilentlyContinue *> $null
        "$warnings" | Should -Not -BeLike '*0 indexes*'
    }

    It 'says that several indexes come through the pipeline: <Script>' -ForEach @(
        @{ Script = { Optimize-VectorMigration ./words.faiss, ./words.faiss row-several } }
        @{ Script = { Optimize-VectorMigration -LiteralPath ./words.faiss, ./words.faiss -Collection row-several } }
    ) {
        $failure = Get-Failure $Script
        $failure.FullyQualifiedErrorId | Should -BeLike 'SeveralFiles,*'
        "$failure" | Should -BeLike '-*Path takes one index, and 2 were given.'
        $failure.ErrorDetails.RecommendedAction | Should -BeLike 'Pipe the paths*'
        Get-QdrantCollection row-several* | Should -BeNullOrEmpty
    }

    It 'plans every row with -WhatIf and leaves neither result nor log' {
        $results = Import-Csv ./faults.csv | Invoke-VectorMigration -First 5 -LogDirectory ./unfaulted -WhatIf -ErrorAction SilentlyContinue 6>$null
        $results | Should -BeNullOrEmpty
        './unfaulted' | Should -Not -Exist
    }

    It 'takes $null as not given' {
        (Invoke-VectorMigration ./words.faiss row-null -First 5 -PayloadPath $null -VectorName $null -IdOffset $null -Distance $null -LogDirectory '').Status |
            Should -Be Completed
    }
}

Describe 'A result' {
    BeforeAll {
        $result = Invoke-VectorMigration ./words.faiss result-a -First 10
        $batch = Get-FaissVector ./words.faiss -First 3 | Send-QdrantBatch result-b -IdOffset 5
    }

    It 'has words as words, and equals Failed only where it is' {
        $result.Status | Should -BeOfType [string]
        $result.Status -eq 'Failed' | Should -BeFalse
        $result.Status -eq 'Completed' | Should -BeTrue
        $batch.Status -eq 'Completed' | Should -BeTrue
    }

    It 'is understood after <Way>' -ForEach @(
        @{ Way = 'Export-Csv'; Through = { $_ | Export-Csv ./way.csv; Import-Csv ./way.csv } }
        @{ Way = 'ConvertTo-Json'; Through = { $_ | ConvertTo-Json -Depth 9 | ConvertFrom-Json } }
        @{ Way = 'a job'; Through = { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_)) } }
    ) {
        $other = $result | ForEach-Object $Through
        $other.Status | Should -Be Completed
        $other.Status -eq 'Failed' | Should -BeFalse
        $other | Test-VectorMigration -First 10 | Should -BeTrue
    }

    It 'has ids as ranges and no records in the cells of a table' {
        (Get-FaissVector ./words.faiss -First 3).Count | Should -Be 3
        $batch.Ids | Should -Be '1005', '1026', '1033'
        ($batch | ConvertTo-Json -WarningAction Stop | ConvertFrom-Json).Ids | Should -Be '1005', '1026', '1033'
        $objects = $result, $batch, (Get-FaissIndex ./words.faiss), (Test-VectorMigration ./words.faiss result-a -First 12 -Detailed),
            (Get-FaissVector ./words.faiss -First 1 -PayloadPath ./words.jsonl | Select-Object Id, Payload)
        foreach ($item in $objects) {
            $item | ConvertTo-Csv | Should -Not -Match ' \{ |System\.|\[\]|VectorMigration\.'
        }
    }

    It 'has the JSON of the command line: the same names and kinds of values, for <Command>' -ForEach @(
        @{ Command = 'migrate'; Field = ''; Ours = { $result }
            Theirs = { migrate ./words.faiss --collection result-d --url $url --limit 10 --log-dir ./json-logs } }
        @{ Command = 'verify'; Field = 'verification'; Ours = { Test-VectorMigration ./words.faiss result-a -First 10 -Detailed }
            Theirs = { verify ./words.faiss --collection result-a --url $url --limit 10 } }
        @{ Command = 'inspect'; Field = ''; Ours = { Get-FaissIndex ./words.faiss -Scan }; Theirs = { inspect ./words.faiss --scan } }
        @{ Command = 'compare'; Field = 'comparison'; Ours = { Measure-MigrationPerf -Path ./logs -Baseline ./json-logs }
            Theirs = { compare ./logs ./json-logs } }
        @{ Command = 'tune'; Field = 'tuning'
            Ours = { Optimize-VectorMigration ./words.faiss result-t -BatchSize 100, 400 -ThrottleLimit 2 -TimeBudgetSec 8 -WarningAction SilentlyContinue }
            Theirs = { tune ./words.faiss --collection result-t --url $url --batch-size 100,400 --parallel 2 --budget 8 } }
    ) {
        $tool = $commandLine
        if (-not (Test-Path $tool)) { Set-ItResult -Skipped -Because 'artifacts/cli is not there: ./build.sh build'; return }
        # Two runs differ in values and in what is null, never in the names or in the kind of a value.
        function Get-Shape([System.Text.Json.JsonElement] $Element, [string] $At = '') {
            switch ("$($Element.ValueKind)") {
                Object { foreach ($member in $Element.EnumerateObject()) { Get-Shape $member.Value "$At.$($member.Name)" } }
                Array {
                    "$At Array"
                    $first = $Element.EnumerateArray() | Select-Object -First 1
                    if ($first -and "$($first.ValueKind)" -eq 'Object') { Get-Shape $first "$At[]" }
                }
                { $_ -in 'True', 'False' } { "$At Boolean" }
                default { "$At $_" }
            }
        }

        $words = (-split "$Theirs").ForEach({ $ExecutionContext.InvokeCommand.ExpandString($_) })
        $theirJson = [System.Text.Json.JsonDocument]::Parse((& $tool @words --json 2>$null | Select-Object -Last 1)).RootElement
        if ($Field) { $theirJson = $theirJson.GetProperty($Field) }
        $text = (. $Ours).ToJson()
        $shape = Get-Shape ([System.Text.Json.JsonDocument]::Parse($text).RootElement)
        $shape.Count | Should -BeGreaterThan 5
        $theirShape = @(Get-Shape $theirJson)
        $shape.Count | Should -Be $theirShape.Count
        for ($i = 0; $i -lt $shape.Count; $i++) {
            # What is null in one run may be a value in the other: then the names alone are compared.
            $mine, $other = $shape[$i], $theirShape[$i]
            if ("$mine $other" -match ' Null') { $mine, $other = ($mine -replace ' .*'), ($other -replace ' .*') }
            $mine | Should -Be $other
        }

        $text | Should -Not -Match 'VectorMigration\.|"ticks"|System\.'
    }

    It 'has durations as seconds and enumerations as words in its JSON' {
        $json = $result.ToJson() | ConvertFrom-Json
        $json.status | Should -BeExactly Completed
        $json.duration | Should -Be $result.Duration.TotalSeconds
        $json.plan.settings.distance | Should -BeExactly Euclid
        $one = $batch.ToJson() | ConvertFrom-Json
        $one.ids | Should -Be '1005', '1026', '1033'
        ($batch | Measure-MigrationPerf).ToJson() | Should -BeLike '{"*'
        $json | Test-VectorMigration -First 10 | Should -BeTrue
    }

    It 'has headers that are properties: <_>' -ForEach @(
        'FaissVector', 'IndexDescription', 'IndexDescriptionScanned', 'QdrantBatchResult', 'QdrantCollectionInfo'
    ) {
        $wanted = $_
        $view = ([xml] (Get-Content (Join-Path $moduleRoot 'module/VectorMigration.Format.ps1xml') -Raw)).Configuration.ViewDefinitions.View |
            Where-Object Name -EQ $wanted
        $object = switch ($wanted) {
            FaissVector { Get-FaissVector ./words.faiss -First 1 }
            IndexDescription { Get-FaissIndex ./words.faiss }
            IndexDescriptionScanned { Get-FaissIndex ./words.faiss -Scan }
            QdrantBatchResult { $batch }
            QdrantCollectionInfo { Get-QdrantCollection result-a }
        }
        foreach ($label in $view.TableControl.TableHeaders.TableColumnHeader.Label) {
            $object.psobject.Properties[$label] | Should -Not -BeNullOrEmpty -Because $label
        }
    }
}

Describe 'Inverted lists that lie elsewhere' {
    It 'are read where they are named, through the links of a hub cache and after a move' {
        $null = New-Item -ItemType Directory ./hub/blobs, ./hub/snapshots/rev
        $source = Join-Path $fixtures 'ivfflat_ondisk'
        $lists = Get-ChildItem $source -Filter '*.ivfdata' | Select-Object -First 1
        Copy-Item (Join-Path $source 'index.faiss') ./hub/blobs/aaa
        Copy-Item $lists ./hub/blobs/bbb
        $null = New-Item -ItemType SymbolicLink ./hub/snapshots/rev/populated.index -Target ../../blobs/aaa
        $null = New-Item -ItemType SymbolicLink "./hub/snapshots/rev/$($lists.Name)" -Target ../../blobs/bbb
        $index = './hub/snapshots/rev/populated.index'
        $failure = { Get-FaissIndex $index } | Should -Throw -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*with -ListPath*'
        (Get-FaissIndex $index -ListPath "./hub/snapshots/rev/$($lists.Name)" -Scan).Scan.Count | Should -BeGreaterThan 0
        (Invoke-VectorMigration $index hub-lists -ListPath ./hub/blobs/bbb).Status | Should -Be Completed
        Test-VectorMigration $index hub-lists -ListPath ./hub/blobs/bbb | Should -BeTrue
        { Get-FaissIndex $index -ListPath ./hub/blobs/gone } | Should -Throw -ErrorId 'ListFileMissing,*'
        $tool = $commandLine
        if (-not (Test-Path $tool)) { Set-ItResult -Skipped -Because 'artifacts/cli is not there: ./build.sh build'; return }
        & $tool inspect $index 2>&1 | Out-String | Should -BeLike '*--list-path*'
        $LASTEXITCODE | Should -Be 2
        $null = & $tool migrate $index --collection hub-lists-cli --url $url --list-path ./hub/blobs/bbb --log-dir ./hub-logs 2>&1
        $LASTEXITCODE | Should -Be 0
        $null = & $tool verify $index --collection hub-lists-cli --url $url --list-path ./hub/blobs/bbb 2>&1
        $LASTEXITCODE | Should -Be 0
        & $tool inspect $index --list-path ./hub/blobs/gone 2>&1 | Out-String | Should -BeLike '*hub/blobs/gone*'
        $LASTEXITCODE | Should -Be 2
    }
}

Describe 'An import that cannot be' {
    It 'is one clear sentence where the session is constrained' {
        Set-Content ./constrained.ps1 @"
`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'
try { Import-Module '$(Join-Path $moduleRoot 'VectorMigration.psd1')'; 'imported' } catch { "said: `$_" }
"loaded: `$(@(Get-Module VectorMigration).Count)"
"@
        # Everything that the process writes: one sentence, and no error of any line beside it.
        $said = (Invoke-PowerShell -NoProfile -NonInteractive -File ./constrained.ps1 2>&1 | Out-String) -replace '\s+', ' '
        $said | Should -BeLike 'said: VectorMigration cannot be loaded in ConstrainedLanguage mode*sign the module*import it again. loaded: 0*'
        ($said -split 'cannot be loaded').Count | Should -Be 2
    }

    It 'is one clear sentence where another copy of the module is loaded' {
        $other = Join-Path $PWD 'other-copy'
        $null = New-Item -ItemType Directory $other
        Copy-Item (Join-Path $moduleRoot 'VectorMigration.psd1') $other
        Copy-Item (Join-Path $moduleRoot 'module') $other -Recurse
        Copy-Item (Join-Path $moduleRoot 'en-US') $other -Recurse
        Set-Content ./twice.ps1 @"
Import-Module '$(Join-Path $moduleRoot 'VectorMigration.psd1')'
try { Import-Module '$other/VectorMigration.psd1' -Force -ErrorAction Stop; 'imported' } catch { "said: `$_" }
"@
        $said = (Invoke-PowerShell -NoProfile -NonInteractive -File ./twice.ps1 2>&1 | Out-String) -replace '\s+', ' '
        $said | Should -BeLike 'said: VectorMigration * cannot be loaded, because this process has loaded*start a new PowerShell session*'
        $said | Should -Not -BeLike '*imported*'
    }
}
