BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'Get-FaissVector' {
    It 'streams all vectors with their true ids' {
        $vectors = Get-FaissVector ./words.faiss
        $vectors.Count | Should -Be 10000
        $vectors[0].Id | Should -Be 1000
        $vectors[9999].Ordinal | Should -Be 9999
        $vectors[0].Vector.Count | Should -Be 100
    }

    It 'pages: -First, -Skip, -IncludeTotalCount' {
        (Get-FaissVector ./words.faiss -Skip 3 -First 2).Ordinal | Should -Be 3, 4
        Get-FaissVector ./words.faiss -Skip 20000 | Should -BeNullOrEmpty
        $page = Get-FaissVector ./words.faiss -First 1 -IncludeTotalCount
        $page[0] | Should -Be 10000
    }

    It 'finds ids, and says which are not there' {
        $found = Get-FaissVector ./words.faiss -Id 1035, 1000, 5 -ErrorAction SilentlyContinue -ErrorVariable problems
        $found.Id | Should -Be 1000, 1035
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'IdNotFound,*'
    }

    It 'emits arrays with -ReadCount' {
        $arrays = Get-FaissVector ./words.faiss -First 10 -ReadCount 4 | ForEach-Object { , $_ }
        $arrays.ForEach({ $_.Count }) | Should -Be 4, 4, 2
    }

    It 'joins payloads by row' {
        (Get-FaissVector ./words.faiss -Skip 1 -First 1 -PayloadPath ./words.jsonl).Payload | ConvertFrom-Json | ForEach-Object word |
            Should -Be (Get-Content ./words.jsonl -TotalCount 2 | Select-Object -Last 1 | ConvertFrom-Json).word
    }

    It 'takes descriptions of Get-FaissIndex' {
        (Get-FaissIndex ./words.faiss | Get-FaissVector -First 2).Count | Should -Be 2
    }

    It 'stops reading when the pipeline has enough' {
        (Get-FaissVector ./words.faiss | Select-Object -First 3).Ordinal | Should -Be 0, 1, 2
        Remove-Item ./words.faiss
        Copy-Item (Join-Path $root 'samples/words.faiss') .
    }

    It 'ends the pipeline for a file that is none' {
        Set-Content ./text.faiss 'this is no index at all, only a little text'
        $failure = Get-Failure { Get-FaissVector ./text.faiss }
        $failure.CategoryInfo.Category | Should -Not -Be NotSpecified
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'maps ids with -IdMapping Uuid5, as Python does' {
        (Get-FaissVector ./words.faiss -First 1 -IdMapping Uuid5).Id | Should -BeOfType guid
    }
}
