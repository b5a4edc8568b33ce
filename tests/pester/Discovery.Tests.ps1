# What the prompt offers, and what it takes for an endpoint.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    function Get-Completion([string] $Line) { (TabExpansion2 $Line).CompletionMatches | ForEach-Object CompletionText }
}

Describe 'Completion of collections' {
    BeforeAll {
        $null = Connect-Qdrant $url
        'tab-one', 'tab-two', "tab it's" | ForEach-Object { $null = New-QdrantCollection $_ 4 Dot }
    }

    AfterAll { Disconnect-Qdrant }

    It 'offers aliases, and no files, to Set-QdrantAlias -Name' {
        $null = Set-QdrantAlias tab-live tab-one
        $null = Set-QdrantAlias tab-next tab-two
        Get-Completion 'Set-QdrantAlias tab-' | Should -Be tab-live, tab-next
        Get-Completion 'Set-QdrantAlias -Remove -Name tab-l' | Should -Be tab-live
        Get-Completion 'Set-QdrantAlias words' | Should -Be words
    }

    It 'offers the named vectors of the collection on the line' {
        $null = New-QdrantCollection has-named 4 Dot -VectorName text
        Get-Completion 'Invoke-VectorMigration x has-named -VectorName ' | Should -Be text
        Get-Completion 'Invoke-VectorMigration x tab-one -VectorName te' | Should -Be te
        Get-Completion 'Invoke-VectorMigration x -VectorName te' | Should -Be te
    }

    It 'offers what was met on the server in use to <_>' -ForEach 'Send-QdrantBatch -Collection', 'Invoke-VectorMigration x',
        'Test-VectorMigration x -Collection', 'Get-QdrantCollection', 'Remove-QdrantCollection', 'Set-QdrantAlias live' {
        Get-Completion "$_ tab-" | Should -Be tab-one, tab-two
    }

    It 'needs no more than QDRANT_URL in a session that has met no server' {
        $shell = [powershell]::Create()
        $before = $env:QDRANT_URL
        try {
            $env:QDRANT_URL = $url
            $null = $shell.AddScript({ param($Module) Import-Module $Module; (TabExpansion2 'Get-QdrantCollection tab-').CompletionMatches.CompletionText }).
                AddArgument((Join-Path $moduleRoot 'VectorMigration.psd1'))
            $shell.Invoke() | Should -Be tab-one, tab-two
        }
        finally {
            $env:QDRANT_URL = $before
            $shell.Dispose()
        }
    }

    It 'quotes names that need it, and completes inside quotes' {
        Get-Completion 'Get-QdrantCollection tab' | Should -Contain "'tab it''s'"
        Get-Completion "Get-QdrantCollection 'tab-o" | Should -Be tab-one
    }

    It 'follows -Uri and -Connection to another server, without asking it' {
        Get-Completion 'Get-QdrantCollection -Uri http://192.0.2.1:6334 -Name tab-' | Should -Not -Contain tab-one
        Get-Completion "Get-QdrantCollection -Uri $url -Name tab-" | Should -Contain tab-one
        $connection = Get-QdrantConnection
        Get-Completion 'Get-QdrantCollection -Connection $connection -Name tab-' | Should -Contain tab-one
        Get-Completion 'Get-QdrantCollection -Uri http://user@ -Name tab-' | Should -Not -Contain tab-one
        $connection | Should -Not -BeNullOrEmpty
    }

    It 'forgets what was removed, here or elsewhere' {
        'tab-gone', 'tab-lost' | ForEach-Object { $null = New-QdrantCollection $_ 4 Dot }
        Get-Completion 'Get-QdrantCollection tab-' | Should -Contain tab-gone
        Remove-QdrantCollection tab-gone -Confirm:$false
        Get-Completion 'Get-QdrantCollection tab-' | Should -Not -Contain tab-gone
        $null = Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/tab-lost" -Method Delete
        Get-Completion 'Get-QdrantCollection tab-' | Should -Contain tab-lost
        $null = Get-QdrantCollection
        Get-Completion 'Get-QdrantCollection tab-' | Should -Not -Contain tab-lost
    }

    It 'learns what Send-QdrantBatch and Invoke-VectorMigration have created' {
        $null = Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch tab-sent
        $null = Invoke-VectorMigration ./words.faiss tab-invoked -First 1 -LogDirectory ./tab-logs
        Get-Completion 'Get-QdrantCollection tab-' | Should -Contain tab-sent
        Get-Completion 'Get-QdrantCollection tab-' | Should -Contain tab-invoked
    }

    It 'answers at once and silently while the server does not answer' {
        $own = Start-TestServer
        try {
            $null = Connect-Qdrant $own.Uri
            $null = New-QdrantCollection stalled 4 Dot
            Suspend-TestServer $own
            $Error.Clear()
            $watch = [System.Diagnostics.Stopwatch]::StartNew()
            Get-Completion 'Get-QdrantCollection stal' | Should -Be stalled
            # A call would have waited for its deadline, which is a minute.
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 10
            $Error | Should -BeNullOrEmpty
        }
        finally {
            Resume-TestServer $own
            $null = Connect-Qdrant $url
            Stop-TestServer $own
        }
    }
}

Describe 'Completion of every parameter' {
    It 'is there where a name of something that exists is asked for' {
        # A text that nothing can offer, a secret, since asking for names could open a locked vault, one of a
        # fixed set of words, or a file of any kind: PowerShell completes the last two itself.
        $free = 'IdNamespace', 'MetricsListen', 'ListPath', 'OriginalVectors', 'HeartbeatPath', 'MetricsPath', 'OutputPath', 'ApiKeyPath', 'CaCertificatePath',
            'LiteralPath', 'Proxy', 'Uri', 'ProgressAction', 'SecretName', 'ShardKey', 'ShardKeyField'
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $asked = foreach ($command in Get-Command -Module VectorMigration) {
            foreach ($parameter in $command.Parameters.Values | Where-Object { $_.Name -notin $common }) {
                if ($parameter.ParameterType -in [string], [string[]], [System.Collections.IDictionary], [guid], [nullable[guid]]) {
                    [pscustomobject]@{
                        Name = $parameter.Name; Of = $command.Name
                        Completes = @($parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.ArgumentCompleterAttribute] }).Count
                    }
                }
            }
        }

        $asked.Name | Should -Contain Collection
        $asked.Name | Should -Contain RunId
        $asked.Count | Should -BeGreaterThan 60
        # Start-QdrantLocal -Path is any program.
        @($asked | Where-Object { $_.Completes -eq 0 -and $_.Name -notin $free } | ForEach-Object { "$($_.Of) -$($_.Name)" }) |
            Where-Object { $_ -ne 'Start-QdrantLocal -Path' } | Should -BeNullOrEmpty
    }
}

Describe 'Completion of choices and files' {
    BeforeAll {
        $null = New-Item -ItemType Directory ./tabs/folder
        'a.faiss', 'a.index', 'a.txt', 'a.journal', 'a.jsonl', 'migration.log', 'a.json' | ForEach-Object { Set-Content "./tabs/$_" x }
        function Get-Offer([type] $Completer, [string] $Word) {
            [Activator]::CreateInstance($Completer).CompleteArgument('', '', $Word, $null, @{}) | ForEach-Object ListItemText
        }

        $assembly = (Get-Command Get-FaissIndex).ImplementingType.Assembly
    }

    It 'offers distances to <_>' -ForEach 'Send-QdrantBatch', 'Invoke-VectorMigration x c', 'New-QdrantCollection c 4', 'Test-VectorMigration x c' {
        Get-Completion "$_ -Distance " | Should -Be Cosine, Dot, Euclid, Manhattan
    }

    It 'offers the choices of <_>' -ForEach 'IdMapping', 'Verify' {
        Get-Completion "Invoke-VectorMigration x c -$_ " | Should -Not -BeNullOrEmpty
    }

    It 'offers index files and folders to <_>' -ForEach 'Get-FaissIndex', 'Get-FaissVector -Path', 'Invoke-VectorMigration', 'Test-VectorMigration' {
        (TabExpansion2 "$_ ./tabs/").CompletionMatches.ListItemText | Sort-Object | Should -Be a.faiss, a.index, folder
    }

    It 'offers side files to -PayloadPath, and logs and summaries to Measure-MigrationPerf' {
        (TabExpansion2 'Invoke-VectorMigration x c -PayloadPath ./tabs/').CompletionMatches.ListItemText | Sort-Object | Should -Be a.jsonl, folder
        (TabExpansion2 'Measure-MigrationPerf -Path ./tabs/').CompletionMatches.ListItemText | Sort-Object | Should -Be a.json, folder, migration.log
    }

    It 'offers fields of the side file on the line, and no files' {
        Set-Content ./tabs/fields.jsonl '{"lang":"de","metadata":{"year":1}}'
        $line = 'Invoke-VectorMigration x c -PayloadPath ./tabs/fields.jsonl'
        Get-Completion "$line -PayloadIndex me" | Should -Be metadata:, metadata.year:
        Get-Completion "$line -PayloadIndex metadata.year:in" | Should -Contain metadata.year:integer
        Get-Completion "$line -RenamePayload " | Should -Contain "@{ 'metadata.year' = '' }"
        Get-Completion "$line -IdField f" | Should -Be faiss_id
        Get-Completion 'Invoke-VectorMigration x c -PayloadIndex wo' | Should -Be wo
    }

    It 'offers folders alone to parameters that take one' {
        (TabExpansion2 'Start-QdrantLocal -SnapshotPath ./tabs/').CompletionMatches.ListItemText | Should -Be folder
        (TabExpansion2 'Get-VectorMigration -LogDirectory ./tabs/').CompletionMatches.ListItemText | Should -Be folder
    }

    It 'offers journals' {
        Get-Offer $assembly.GetType('VectorMigration.Commands.JournalCompleter') './tabs/' | Sort-Object | Should -Be a.journal, folder
    }

    It 'is silent where there is nothing' {
        $Error.Clear()
        Get-Offer $assembly.GetType('VectorMigration.Commands.IndexFileCompleter') './nowhere/at-all' | Should -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
    }
}

Describe 'An endpoint' {
    It 'is a URI for every cmdlet that takes one' {
        $takers = Get-Command -Module VectorMigration | Where-Object { $_.Parameters.ContainsKey('Uri') }
        $takers.Count | Should -BeGreaterOrEqual 8
        $takers.ForEach({ $_.Parameters['Uri'].ParameterType }) | Sort-Object -Unique | Should -Be ([uri[]]) -Because 'a cluster has several'
    }

    It 'may be written as <_>' -ForEach '127.0.0.1:PORT', 'localhost:PORT', 'http://127.0.0.1:PORT', 'http://127.0.0.1:PORT/', ' 127.0.0.1:PORT ' {
        $written = $_.Replace('PORT', $grpcPort)
        (Connect-Qdrant $written).Uri.Port | Should -Be $grpcPort
        Disconnect-Qdrant
        Get-QdrantCollection none* -Uri $written -ErrorVariable problems | Should -BeNullOrEmpty
        $problems | Should -BeNullOrEmpty
    }

    It 'may be a URI, a connection or a local server' {
        $transform = (Get-Command Get-QdrantCollection).Parameters['Uri'].Attributes |
            Where-Object { $_ -is [System.Management.Automation.ArgumentTransformationAttribute] }
        $connection = Connect-Qdrant ([uri] $url)
        $transform.Transform($null, $connection) | Should -Be ([uri] $url)
        $transform.Transform($null, [uri] 'https://cluster.example') | Should -Be ([uri] 'https://cluster.example:6334')
        $transform.Transform($null, [uri] 'https://cluster.example:443') | Should -Be ([uri] 'https://cluster.example:443')
        $transform.Transform($null, 'host') | Should -Be ([uri] 'http://host:6334')
        $transform.Transform($null, 'https://host:6333') | Should -Be ([uri] 'https://host:6334')
        $transform.Transform($null, 'http://host:80').Port | Should -Be 80
        $transform.Transform($null, $transform.Transform($null, 'http://host:80')).Port | Should -Be 80
        Disconnect-Qdrant
    }

    It 'is refused by the cmdlet itself: <Text>' -ForEach @(
        @{ Text = 'http://host:99999'; Id = 'InvalidEndpoint' }
        @{ Text = 'http://'; Id = 'InvalidEndpoint' }
        @{ Text = '  '; Id = 'InvalidEndpoint' }
        @{ Text = 'ftp://host'; Id = 'InvalidEndpoint' }
        @{ Text = 'http://host/collections'; Id = 'InvalidEndpoint' }
        @{ Text = 'http://name:secret@host'; Id = 'InvalidEndpoint' }
    ) {
        foreach ($script in { Connect-Qdrant $Text }, { Get-QdrantCollection -Uri $Text }, { Get-FaissVector ./words.faiss -First 1 |
            Send-QdrantBatch x -Uri $Text }) {
            $failure = Get-Failure $script
            $failure.FullyQualifiedErrorId | Should -BeLike "$Id,*"
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $failure | Out-String | Should -Not -BeLike '*name:secret*'
        }
    }

    It 'says what answers when it is not gRPC, which was asked for' {
        $failure = Get-Failure { Connect-Qdrant $env:VECTORMIGRATION_TEST_REST -Protocol Grpc -TimeoutSec 5 }
        "$failure" + $failure.ErrorDetails.RecommendedAction | Should -BeLike '*REST*'
    }
}
