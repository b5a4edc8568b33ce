BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Two names of one server stand for two nodes.
    $port = ([uri] $env:QDRANT_URL).Port
    $several = "127.0.0.1:$port", "localhost:$port"
    $both = "http://127.0.0.1:$port,http://localhost:$port"
}

Describe 'Several endpoints' {
    It 'is an array, a text with commas, or QDRANT_URL' {
        [string] (Connect-Qdrant $several) | Should -Be $both
        [string] (Connect-Qdrant -Uri ($several -join ',')) | Should -Be $both
        $before = $env:QDRANT_URL
        try {
            $env:QDRANT_URL = $both
            (Connect-Qdrant).Uris | Should -HaveCount 2
        }
        finally {
            $env:QDRANT_URL = $before
            Disconnect-Qdrant
        }
    }

    It 'is every address of a name' {
        (Connect-Qdrant -Uri "dns:///localhost:$port").Uris | Should -Contain ([uri] "http://127.0.0.1:$port")
        Disconnect-Qdrant
        { Connect-Qdrant -Uri 'dns:///nobody.invalid:6334' -ErrorAction Stop } | Should -Throw -ErrorId 'NoServer*'
        Disconnect-Qdrant
    }

    It 'takes a migration, which the journal continues with one of them' {
        $run = @{ Path = './words.faiss'; Collection = 'several-endpoints'; JournalPath = (Join-Path $TestDrive 'several.journal'); WriteOrdering = 'Medium' }
        $first = Invoke-VectorMigration @run -Uri $several -First 20
        $first.Status, $first.Endpoint, $first.Counts.Sent | Should -Be Completed, $both, 20
        $rest = Invoke-VectorMigration @run -Uri $several[1]
        $rest.Status, $rest.Counts.Skipped | Should -Be Completed, 20
    }

    It 'is refused with TLS for some of them' {
        { Connect-Qdrant -Uri 'https://127.0.0.1:1', 'http://127.0.0.1:2' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidEndpoint*'
        Disconnect-Qdrant
    }

    It 'is refused where one is none' {
        { Connect-Qdrant -Uri '127.0.0.1:1', 'http://u:p@host' -ErrorAction Stop } | Should -Throw -ErrorId 'InvalidEndpoint*'
        Disconnect-Qdrant
    }
}

Describe 'Shard keys' {
    It 'are refused by a server without cluster mode, and both options together by the plan' {
        $both = Invoke-VectorMigration ./words.faiss two-keys -ShardKey a -ShardKeyField b -WhatIf -ErrorVariable refused -ErrorAction SilentlyContinue
        $refused.FullyQualifiedErrorId | Should -BeLike 'CustomSharding*'
        "$refused" | Should -BeLike '*-ShardKey and -ShardKeyField exclude each other*'
        Get-QdrantCollection two-keys* | Should -BeNullOrEmpty
    }
}
