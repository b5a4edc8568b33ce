# A plan tells every reason for which the run would be refused. Made from the list of error ids: each has a case here, which is played through -WhatIf and
# through --dry-run, or says why no plan can know it. An id with neither fails.
BeforeDiscovery {
    # Each case: a name and what makes it. $t is a folder of its own, $c the name of a collection that is not there.
    $cases = [ordered]@{
        IndexNotFound = { @{ Path = "$t/none.faiss" } }
        IndexIsDirectory = { @{ Path = (New-Item -ItemType Directory "$t/folder").FullName } }
        IndexEmpty = { Write-Bytes "$t/a.faiss" @(); @{ Path = "$t/a.faiss" } }
        IndexTooShort = { Write-Bytes "$t/a.faiss" @(0x49, 0x78); @{ Path = "$t/a.faiss" } }
        IndexTruncated = { Write-Bytes "$t/a.faiss" (Read-Bytes ./words.faiss)[0..9999]; @{ Path = "$t/a.faiss" } }
        IndexInvalid = { $b = Read-Bytes ./words.faiss; $b[8] = 0xFF; $b[7] = 0xFF; Write-Bytes "$t/a.faiss" $b; @{ Path = "$t/a.faiss" } }
        NotAnIndex = { Set-Content "$t/a.faiss" '{"vectors":[]}'; @{ Path = "$t/a.faiss" } }
        BigEndianIndex = { $b = New-Flat 4 2; [array]::Reverse($b, 0, 4); Write-Bytes "$t/a.faiss" $b; @{ Path = "$t/a.faiss" } }
        UnknownIndexKind = { $b = New-Flat 4 2; $b[2] = 0x7A; $b[3] = 0x7A; Write-Bytes "$t/a.faiss" $b; @{ Path = "$t/a.faiss" } }
        UnsupportedIndexKind = { @{ Path = "$fixtures/ivf_spectralhash/index.faiss" } }
        VectorsNotExact = { @{ Path = "$fixtures/ivfpq6x8/index.faiss" } }
        ListFileMissing = { Copy-Item "$fixtures/ivfflat_ondisk/index.faiss" "$t/a.faiss"; @{ Path = "$t/a.faiss" } }
        ListFileInvalid = { Copy-Item "$fixtures/ivfflat_ondisk/*" $t; Get-ChildItem $t -Exclude index.faiss, *.npy, *.json | ForEach-Object {
                Write-Bytes $_.FullName @(1, 2, 3) }; @{ Path = "$t/index.faiss" } }
        PayloadFileMissing = { @{ PayloadPath = "$t/none.jsonl" } }
        PayloadIsDirectory = { @{ PayloadPath = (New-Item -ItemType Directory "$t/folder").FullName } }
        PayloadNotUtf8 = { Write-Bytes "$t/p.jsonl" @(0xFF, 0xFE, 0x7B, 0x00); @{ PayloadPath = "$t/p.jsonl" } }
        PayloadNotJsonLines = { Set-Content "$t/p.jsonl" 'words'; @{ PayloadPath = "$t/p.jsonl" } }
        PayloadNotRegularFile = { mkfifo "$t/p.jsonl"; @{ PayloadPath = "$t/p.jsonl" } }
        PathIsAddress = { @{ PayloadPath = 's3://bucket/p.jsonl' } }
        PayloadRowInvalid = { Set-Content "$t/p.jsonl" '{}', '{"a":NaN}', '{}'; @{ Path = (New-FlatFile "$t/a.faiss" 4 3); PayloadPath = "$t/p.jsonl" } }
        PayloadRowBlank = { Set-Content "$t/p.jsonl" '{}', '', '{}'; @{ Path = (New-FlatFile "$t/a.faiss" 4 3); PayloadPath = "$t/p.jsonl" } }
        PayloadLineTooLong = { [System.IO.File]::WriteAllText("$t/p.jsonl", '{"a":"' + [string]::new([char] 'x', 65MB) + '"}')
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl" } }
        PayloadTooShort = { Set-Content "$t/p.jsonl" '{}', '{}'; @{ Path = (New-FlatFile "$t/a.faiss" 4 3); PayloadPath = "$t/p.jsonl" } }
        OriginalVectorsDiffer = { @{ Path = (New-FlatFile "$t/a.faiss" 4 1); OriginalVectors = (New-FlatFile "$t/b.faiss" 8 1) } }
        NotABinaryIndex = { @{ Path = (New-FlatFile "$t/a.faiss" 4 1); BinaryAs = 'Uint8' } }
        PayloadTooLong = { Set-Content "$t/p.jsonl" '{}', '{}'; @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl" } }
        PayloadOrderUnknown = { Set-Content "$t/p.jsonl" (, '{}' * 500); @{ Path = "$fixtures/ivfflat_ids/index.faiss"; PayloadPath = "$t/p.jsonl" } }
        PayloadVectorsDiffer = { Set-Content "$t/p.jsonl" '{"embedding":[1,2.5,3,4]}', '{"embedding":[0.5,0.5,0.5,0.5]}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 2); PayloadPath = "$t/p.jsonl" } }
        PayloadFieldTaken = { Set-Content "$t/p.jsonl" '{"faiss_id":"mine"}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl"; IdMapping = 'Uuid5' } }
        PayloadIntegerTooLarge = { Set-Content "$t/p.jsonl" '{"n":18446744073709551615}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl" } }
        PayloadKeyInvalid = { Set-Content "$t/p.jsonl" '{"id":1.5}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl"; PayloadKey = 'id' } }
        PayloadKeyNotApplicable = { @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadKey = 'id' } }
        PayloadKeyRepeated = { Set-Content "$t/p.jsonl" '{"id":0}', '{"id":0}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl"; PayloadKey = 'id' } }
        PayloadKeysMissing = { Set-Content "$t/p.jsonl" '{"id":0}'; @{ Path = (New-FlatFile "$t/a.faiss" 4 2); PayloadPath = "$t/p.jsonl"; PayloadKey = 'id' } }
        PayloadKeysSurplus = { Set-Content "$t/p.jsonl" '{"id":0}', '{"id":7}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl"; PayloadKey = 'id' } }
        PayloadMappingInvalid = { @{ Path = (New-FlatFile "$t/a.faiss" 4 1); FlattenPayload = $true } }
        PayloadFieldCollision = { Set-Content "$t/p.jsonl" '{"a":1,"m":{"a":2}}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl"; FlattenPayload = $true } }
        PayloadTypeMismatch = { Set-Content "$t/p.jsonl" '{"m":{"year":"last"}}'
            @{ Path = (New-FlatFile "$t/a.faiss" 4 1); PayloadPath = "$t/p.jsonl"; PayloadType = @{ 'm.year' = 'integer' } } }
        StoreIdsMissing = { @{ Path = (New-FlatFile "$t/a.faiss" 4 1); IdFrom = 'StoreId' } }
        StoreIdsInvalid = { New-Store $t; @{ Path = $t; IdFrom = 'StoreId' } }
        StoreIdsRepeated = { Copy-Item (Join-Path $root 'tests/fixtures/stores/json/langchain_js/*') $t
            Edit-Bytes "$t/docstore.json" '"1":"node-1"' '"1":"node-0"'; @{ Path = $t; IdFrom = 'StoreId'; IdMapping = 'Uuid5' } }
        StoreAmbiguous = { New-Store $t; Move-Item "$t/index.pkl" "$t/one.pkl"; Copy-Item "$t/one.pkl" "$t/two.pkl"; @{ Path = $t } }
        StorePathNotApplicable = { New-Store $t; @{ Path = "$t/index.faiss"; StorePath = $t; NoStore = $true } }
        StoreInvalid = { New-Store $t; Edit-Bytes "$t/index.pkl" '_dict' '_dixt'; @{ Path = $t } }
        StoreValueRefused = { New-Store $t; Edit-Bytes "$t/index.pkl" "`u{8c}`u{0b}/data/0.txt" "C`u{0b}/data/0.txt"; @{ Path = $t } }
        PickleTruncated = { New-Store $t; Write-Bytes "$t/index.pkl" (Read-Bytes "$t/index.pkl")[0..900]; @{ Path = $t } }
        PickleInvalid = { New-Store $t; $b = Read-Bytes "$t/index.pkl"; $b[$b.Length - 1] = 0xFF; Write-Bytes "$t/index.pkl" $b; @{ Path = $t } }
        PickleRefused = { New-Store $t; Edit-Bytes "$t/index.pkl" 'langchain_core.documents' 'langchain_evil.documents'; @{ Path = $t } }
        CustomSharding = {
            $body = '{"vectors":{"size":100,"distance":"Euclid"},"sharding_method":"custom"}'
            $null = Invoke-RestMethod "$rest/collections/$c" -Method Put -Body $body -ContentType 'application/json'
            @{} }
        DimensionTooLarge = { @{ Path = (New-FlatFile "$t/a.faiss" 65537 1) } }
        MetricNotSupported = { @{ Path = "$fixtures/flat_linf/index.faiss" } }
        NormsNotUnit = { @{ Path = "$fixtures/flat_ip/index.faiss"; Distance = 'Cosine' } }
        NormNotNormalizable = {
            $b = New-Flat 4 1; [System.BitConverter]::GetBytes([float] 1e20).CopyTo($b, $b.Length - 4); Write-Bytes "$t/a.faiss" $b
            @{ Path = "$t/a.faiss"; Distance = 'Cosine' } }
        NegativeIds = { @{ Path = (New-MapFile "$t/a.faiss" 4 @(-1, 2)) } }
        QuantizationMissing = { @{ Quantile = 0.9 } }
        InvalidCollectionSettings = { @{ Quantization = 'Binary'; Quantile = 0.9 } }
        PayloadIndexInvalid = { @{ PayloadIndex = 'year:number' } }
        DuplicateIds = { @{ Path = (New-MapFile "$t/a.faiss" 4 @(2, 2)) } }
        OffsetBeyondEnd = { @{ Path = (New-FlatFile "$t/a.faiss" 4 1); Skip = 2 } }
        InvalidCollectionName = { @{ Collection = '.' } }
        CollectionDiffers = { $null = New-QdrantCollection $c -Dimension 5 -Distance Euclid; @{} }
        PointsExist = { Send-Others $c; @{} }
        ConcurrentRun = {
            $null = New-QdrantCollection $c -Dimension 100 -Distance Euclid
            $now = [DateTimeOffset]::UtcNow.ToString('o')
            $mark = @{ run = [guid]::NewGuid(); source = 'other.faiss'; space = 'number'; first = 0; last = 99999999; started = $now; seen = $now } |
                ConvertTo-Json
            $body = @{ metadata = @{ vector_migration_live_other = $mark } } | ConvertTo-Json
            $null = Invoke-RestMethod "$rest/collections/$c" -Method Patch -Body $body -ContentType 'application/json'
            @{} }
        SyncUnsupported = { @{ OnChanged = 'Sync'; Restart = $true } }
        PruneNeedsSync = { @{ Prune = $true } }
        PruneNeedsRecord = { $j = Start-Journal "$t/j.journal" $c; Remove-Item "$j.ids"; @{ JournalPath = $j; OnChanged = 'Sync'; Prune = $true } }
        PruneSourceTooSmall = { $null = Invoke-VectorMigration ./words.faiss $c -First 20 -JournalPath "$t/j.journal" -LogDirectory "$t/j.logs"
            @{ Path = (New-FlatFile "$t/a.faiss" 100 9); JournalPath = "$t/j.journal"; OnChanged = 'Sync'; Prune = $true } }
        MergeNeedsVectorName = { @{ OnExisting = 'Merge' } }
        MergeTakesNoPayload = { @{ OnExisting = 'Merge'; VectorName = 'v'; PayloadPath = './words.jsonl' } }
        AddAbsentNeedsMerge = { @{ AddAbsent = $true } }
        MergePayloadNeedsMerge = { @{ MergePayload = $true } }
        IdNamespaceNeedsUuid5 = { @{ IdNamespace = 'part' } }
        IdOffsetOutOfRange = { @{ IdOffset = [long]::MaxValue } }
        AliasGiven = { $null = New-QdrantCollection "$c-behind" -Dimension 100 -Distance Euclid; $null = Set-QdrantAlias $c "$c-behind"; @{ Recreate = $true } }
        JournalForeign = { Set-Content "$t/j.journal" 'no journal'; @{ JournalPath = "$t/j.journal" } }
        JournalIsDirectory = { @{ JournalPath = (New-Item -ItemType Directory "$t/folder").FullName } }
        JournalUnwritable = { Set-Content "$t/file" ''; @{ JournalPath = "$t/file/j.journal" } }
        JournalInUse = { $script:held = [System.IO.File]::Open("$t/j.journal.lock", 'OpenOrCreate', 'ReadWrite', 'None'); @{ JournalPath = "$t/j.journal" } }
        JournalCorrupt = { $j = Start-Journal "$t/j.journal" $c; $b = Read-Bytes $j; $b[$b.Length - 3] = 0x7A; Write-Bytes $j $b; @{ JournalPath = $j } }
        JournalVersion = { $j = Start-Journal "$t/j.journal" $c; Write-OtherVersion $j; @{ JournalPath = $j } }
        JournalDiffers = { @{ JournalPath = (Start-Journal "$t/j.journal" $c); IdOffset = 7 } }
        JournalCollectionMissing = { $j = Start-Journal "$t/j.journal" $c; Remove-QdrantCollection $c -Confirm:$false; @{ JournalPath = $j } }
        JournalCollectionReplaced = { $j = Start-Journal "$t/j.journal" $c; Remove-QdrantCollection $c -Confirm:$false
            $null = New-QdrantCollection $c -Dimension 100 -Distance Euclid; @{ JournalPath = $j } }
        JournalPointsMissing = { $j = Start-Journal "$t/j.journal" $c
            $null = Invoke-RestMethod "$rest/collections/$c/points/delete?wait=true" -Method Post -Body '{"filter":{}}' -ContentType 'application/json'
            @{ JournalPath = $j } }
        LogUnwritable = { Set-Content "$t/file" ''; @{ LogDirectory = "$t/file/logs" } }
        MetricsAddressInvalid = { @{ MetricsListen = 'metrics.example:9464' } }
        MetricsAddressUnavailable = { @{ MetricsListen = ([uri] $url).Authority } }
        EventLogUnavailable = { @{ EventLog = $true } }
        NoServer = { @{ Uri = 'http://127.0.0.1:1' } }
        InvalidEndpoint = { @{ Uri = 'ftp://127.0.0.1:6334' } }
        PlaintextKeyRefused = { @{ Uri = 'http://qdrant.example:6334'; Key = 'never-sent' } }
        MissingApiKey = { @{ Uri = $locked.Uri } }
        WrongApiKey = { @{ Uri = $locked.Uri; Key = 'wrong' } }
        TlsFailed = { @{ Uri = $url.Replace('http:', 'https:') } }
    }

    if ($IsWindows) { $cases.Remove('EventLogUnavailable') }

    # Why no plan tells these.
    $others = @{
        'is of systems without the event log of Windows' = @(if ($IsWindows) { 'EventLogUnavailable' })
        'arises while vectors are read or sent, or while a result is proved' = 'IndexUnreadable', 'IndexChanged', 'IdOutOfRange', 'PayloadFileChanged',
        'PayloadTooFewRows', 'InvalidPayload', 'NonFiniteComponent', 'ConnectionLost', 'ConnectionClosed', 'ServerUnavailable', 'Timeout',
        'MalformedAnswer', 'AnswerTooLarge', 'RequestTooLarge', 'RequestRefused', 'BatchOverLimit', 'BatchOverRateLimit', 'RateLimited',
        'DiskFull', 'OutOfMemory',
        'InsufficientStorage', 'StorageLocked', 'UpdateNotApplied', 'UpdateRejected', 'ServerError', 'ServerAborted', 'ServerCancelled', 'ServerDataLoss',
        'NotSupportedByServer', 'ExactSearchDisabled', 'NotFound', 'CollectionMissing', 'CollectionExists', 'CollectionReplaced', 'CollectionLimitReached',
        'VectorNameMissing', 'DimensionMismatch', 'IndexingFailed', 'IndexingUnfinished', 'Interrupted', 'UploadEnded', 'BatchFailed', 'MigrationIncomplete',
        'UnexpectedFailure', 'ReadOnlyKey', 'EveryBatchRefused', 'UpdatesPending', 'ReadOverRateLimit'
        'is of a file, a table or a right that this user always has, and has a unit test' = 'IndexAccessDenied', 'PayloadFileUnreadable', 'JournalUnreadable',
        'PayloadTableFailed', 'TooManyDuplicateIds', 'PickleTooLarge'
        'is of servers from 1.17 on, and has a test against a stub' = , 'ProofNeedsVisiblePoints'
        'is of the endpoint, and has a test against a stub' = 'RestPortGiven', 'NotGrpc', 'NotRest', 'ProxyFailed', 'ProxyNeedsTls', 'CaFileUnusable',
        'InvalidApiKey', 'InvalidApiKeyFile', 'ApiKeyFileMissing', 'ApiKeyFileUnreadable', 'ApiKeyInvalid'
        'is of several servers, and has a test in ClusterTests' = , 'NotOneCluster'
        'is of a secret of a vault, and has a test in Secrets.Tests.ps1' = , 'SecretUnavailable'
        'is of several indexes, and has a test in Parts.Tests.ps1 or in PartsTests' = 'ManifestInvalid', 'PartRepeated', 'PartsDiffer', 'PartIdsOverlap',
        'PartPayloadsDiffer',
        'PartOffsetUnknown', 'PartsChanged', 'PartSkipped', 'NotForSeveralParts'
        'is of slices, and has a test in Slices.Tests.ps1 or in SlicesTests' = 'PlanInvalid', 'PlanExists', 'PlanOutdated', 'SliceUnknown', 'SlicesUnfinished',
        'NotForSlices'
        'is of objects that come through a pipeline' = 'NegativeId', 'DuplicateId', 'UnreadableObject', 'MistypedColumn', 'DistanceMissing',
        'JournalNeedsIndex', 'JournalOtherIndex'
        'is of another command, or of arguments that are bound before there is a plan' = 'IdNotFound', 'Usage', 'KeyAsArgument', 'ValueOutOfRange',
        'PathNotFound',
        'NotAFile', 'SeveralFiles', 'InvalidBaseline', 'WaitMissing', 'RestartWithoutJournal', 'RepairNeedsAll', 'RepairUnrelated', 'NotVerifiable',
        'VerifyWithDuplicates',
        'VerifyWithMergePayload', 'NothingToAsk',
        'NothingToTune', 'TuningNoAnswer', 'ServerTooOld', 'AliasMissing', 'NameIsCollection', 'BigEndianMachine', 'DamagedLog',
        'NotARun', 'ReportUnwritable', 'SupportPackageUnwritable', 'RunNotFound', 'RunUnreadable', 'NothingSent', 'QdrantBinaryMissing', 'QdrantBinaryUnusable',
        'StorageFolderUnusable', 'PortInUse',
        'RunNotUnderWay', 'SeveralRunsUnderWay', 'RunNotSteerable', 'SteeringRefused', 'EndProgramUnusable',
        'LocalServerFailed', 'LocalServerNotReady', 'LocalServerMissing', 'LocalServerStillRuns'
        'is of a session whose Connect-Qdrant failed, and has a test in Migration.Tests.ps1' = , 'NotConnected'
        'is the question that only a run asks' = 'RecreateNotAgreed', 'PruneNotAgreed'
    }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Import-Module (Join-Path $PSScriptRoot 'IndexFiles.psm1')
    $rest = $env:VECTORMIGRATION_TEST_REST
    $tool = $commandLine
    $locked = Start-TestServer -ApiKey 'refusals-k3y'

    function Read-Bytes([string] $Path) { , [System.IO.File]::ReadAllBytes((Convert-Path $Path)) }

    function Write-Bytes([string] $Path, [byte[]] $Bytes) { [System.IO.File]::WriteAllBytes($Path, $Bytes ?? [byte[]]::new(0)) }

    # The bytes of an IndexFlatL2 of zeros.
    function New-Flat([int] $Dimension, [int] $Count) {
        $stream = [System.IO.MemoryStream]::new()
        $writer = [System.IO.BinaryWriter]::new($stream)
        $writer.Write([System.Text.Encoding]::ASCII.GetBytes('IxF2'))
        Write-Head $writer $Dimension $Count
        $writer.Write([long] ($Dimension * $Count))
        $writer.Write([byte[]]::new(4 * $Dimension * $Count))
        , $stream.ToArray()
    }

    function New-FlatFile([string] $Path, [int] $Dimension, [int] $Count) { Write-Bytes $Path (New-Flat $Dimension $Count); $Path }

    function New-MapFile([string] $Path, [int] $Dimension, [long[]] $Ids) {
        $stream = [System.IO.MemoryStream]::new()
        $writer = [System.IO.BinaryWriter]::new($stream)
        $writer.Write([System.Text.Encoding]::ASCII.GetBytes('IxMp'))
        Write-Head $writer $Dimension $Ids.Count
        $writer.Write((New-Flat $Dimension $Ids.Count))
        $writer.Write([long] $Ids.Count)
        $Ids.ForEach({ $writer.Write([long] $_) })
        Write-Bytes $Path $stream.ToArray()
        $Path
    }

    # The folder that LangChain's save_local leaves: an index, and its documents.
    function New-Store([string] $Folder) {
        Copy-Item (Join-Path $root 'tests/fixtures/stores/langchain/core_pydantic2.pkl') "$Folder/index.pkl"
        $null = New-FlatFile "$Folder/index.faiss" 4 7
    }

    function Edit-Bytes([string] $Path, [string] $Old, [string] $New) {
        $text = [System.Text.Encoding]::Latin1.GetString((Read-Bytes $Path))
        $text.Contains($Old) | Should -BeTrue
        Write-Bytes $Path ([System.Text.Encoding]::Latin1.GetBytes($text.Replace($Old, $New)))
    }

    function Send-Others([string] $Collection) {
        $vector = [float[]]::new(100)
        $vector[0] = 1
        $null = [pscustomobject]@{ Id = 1000; Vector = $vector } | Send-QdrantBatch -Collection $Collection -Distance Euclid
    }

    function Start-Journal([string] $Path, [string] $Collection) {
        $null = Invoke-VectorMigration ./words.faiss $Collection -First 20 -JournalPath $Path -LogDirectory "$Path.logs"
        $Path
    }

    # The header of a later version, with a checksum that fits: the C# of the journal writes it.
    function Write-OtherVersion([string] $Path) {
        $text = [System.IO.File]::ReadAllText($Path)
        $later = ($text -split "`n")[0] -replace '^VectorMigration-journal \d+ ', 'VectorMigration-journal 99 ' -replace ' [0-9a-f]{8}$', ''
        $type = [VectorMigration.Journal.JournalPaths].Assembly.GetType('VectorMigration.Journal.JournalLine')
        $arguments = [object[]]@($later, [uint] 0)
        [System.IO.File]::WriteAllBytes($Path, $type.GetMethod('Encode').Invoke($null, $arguments))
    }

    $names = @{ PayloadPath = '--payload'; JournalPath = '--journal'; LogDirectory = '--log-dir'; Skip = '--offset'; Uri = '--url' }

    function ConvertTo-Argument([hashtable] $Parameters) {
        foreach ($name in $Parameters.Keys.Where({ $_ -notin 'Path', 'Key' })) {
            $names[$name] ?? ('--' + ($name -creplace '(?<=[a-z0-9])([A-Z])', '-$1').ToLowerInvariant())
            if ($Parameters[$name] -isnot [bool]) {
                $value = $Parameters[$name] -is [hashtable] ? ($Parameters[$name].GetEnumerator().ForEach({ "$($_.Key)=$($_.Value)" }) -join '') :
                    "$($Parameters[$name])" -replace '^StoreId$', 'store'
                $name -in 'IdMapping', 'OnExisting', 'OnChanged', 'Distance' ? $value.ToLowerInvariant() : $value
            }
        }
    }
}

AfterAll { Stop-TestServer $locked }

Describe 'Every reason for a refusal' {
    BeforeEach {
        $t = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid().ToString('N')))).FullName
        $c = "refusal-$([guid]::NewGuid().ToString('N').Substring(0, 8))"
        $held = $null
    }

    AfterEach {
        if ($held) { $held.Dispose() }
        $env:QDRANT_API_KEY = $null
    }

    It '<Id> is told by -WhatIf and by --dry-run' -ForEach $cases.Keys.ForEach({ @{ Id = $_; Make = $cases[$_] } }) {
        $parameters = @{ Path = './words.faiss'; Collection = $c; Uri = $url; LogDirectory = "$t/logs" }
        $made = . ([scriptblock]::Create("$Make"))
        foreach ($name in $made.Keys) { $parameters[$name] = $made[$name] }
        $env:QDRANT_API_KEY = $parameters['Key']
        $parameters.Remove('Key')
        $planned = & {
            try {
                Invoke-VectorMigration @parameters -WhatIf -ErrorAction SilentlyContinue -ErrorVariable told 6>$null
                $told
            }
            catch {
                $_
            }
        } | ForEach-Object { ($_.FullyQualifiedErrorId -split ',')[0] }
        $planned | Should -Contain $Id -Because '-WhatIf tells it'

        $arguments = @(ConvertTo-Argument $parameters)
        $output = & $tool migrate $parameters.Path @arguments --dry-run --json 2>$null
        $LASTEXITCODE | Should -Be 2 -Because "$output"
        $result = $output | ConvertFrom-Json -AsHashtable
        $refusals = $result['plan'] ? $result['plan']['refusals'] : @()
        @($result['error']['errorId']) + @($refusals.ForEach({ $_['errorId'] })) | Should -Contain $Id -Because '--dry-run tells it'
        Test-Path "$t/logs" | Should -BeFalse
    }

    It 'has a case for each error id, or says why there can be none' -ForEach @{ Known = @($cases.Keys) + @($others.Values.ForEach({ $_ })) } {
        $ids = [VectorMigration.Errors.ErrorIds].GetFields().ForEach({ $_.Name })
        $ids.Where({ $_ -notin $Known }) | Should -BeNullOrEmpty
        $Known.Where({ $_ -notin $ids }) | Should -BeNullOrEmpty
        $Known | Group-Object | Where-Object Count -GT 1 | ForEach-Object Name | Should -BeNullOrEmpty
    }
}
