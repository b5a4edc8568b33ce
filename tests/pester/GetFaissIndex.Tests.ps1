BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'Get-FaissIndex' {
    It 'describes an index' {
        $index = Get-FaissIndex ./words.faiss
        $index.Kind | Should -Be 'IDMap(Flat)'
        $index.Count | Should -Be 10000
        $index.Dimension | Should -Be 100
        $index.Distance | Should -Be Euclid
        $index.Path | Should -Be (Join-Path $TestDrive 'words.faiss')
    }

    It 'takes wildcards, files of Get-ChildItem, and names with brackets' {
        Copy-Item ./words.faiss './odd[1].faiss'
        (Get-FaissIndex ./wor*.faiss).Count | Should -Be 10000
        Get-ChildItem -LiteralPath './odd[1].faiss' | Get-FaissIndex | Should -Not -BeNullOrEmpty
        Get-FaissIndex -LiteralPath './odd[1].faiss' | Should -Not -BeNullOrEmpty
        './words.faiss', './words.faiss' | Get-FaissIndex | Should -HaveCount 2
    }

    It 'describes kinds that cannot be read, saying so' {
        $index = Get-FaissIndex (Join-Path $fixtures 'ivf_spectralhash/index.faiss')
        $index.IsSupported | Should -BeFalse
        $index.UnsupportedReason | Should -Not -BeNullOrEmpty
    }

    It 'tells codec, bits and error of codes' {
        $index = Get-FaissIndex (Join-Path $fixtures 'sq_8bit/index.faiss')
        $index.IsSupported, $index.Fidelity, $index.Codec, $index.BitsPerVector | Should -Be $true, 'Approximate', 'SQ8', 192
        $index.ExpectedError | Should -BeGreaterThan 0.02
        $index.ExpectedError | Should -BeLessThan 0.03
        $index | Format-List | Out-String | Should -BeLike '*SQ8, 192 bits per vector, error of a component at most 0.02*'
    }

    It 'proposes a quantization and Cosine, and says so in its view' {
        $coded = Get-FaissIndex (Join-Path $fixtures 'refine_pq_flat/index.faiss')
        $coded.ProposedQuantization, $coded.Codec, "$($coded.SearchCodes)" | Should -Be 'Product X32', $null, 'PQ6x5, 32 bits per vector'
        $coded | Format-List | Out-String -Width 300 | Should -BeLike '*nearest in Qdrant: Product X32; Invoke-VectorMigration -MatchQuantization creates it*'
        $unit = Get-FaissIndex (Join-Path $fixtures 'flat_ip_normalized/index.faiss')
        $unit.Distance, $unit.ProposedDistance, $unit.SampledNorms | Should -Be Dot, Cosine, 256
        $unit | Format-List | Out-String -Width 300 | Should -BeLike '*Cosine, because all 256 sampled vectors have length 1*'
        (Get-FaissIndex (Join-Path $fixtures 'flat_ip/index.faiss')).ProposedDistance | Should -BeNullOrEmpty
        $plain = Get-FaissIndex (Join-Path $fixtures 'flat_l2/index.faiss')
        $plain.ProposedQuantization, $plain.ProposedDistance, $plain.SampledNorms, $plain.SearchCodes | Should -Be $null, $null, $null, $null
    }

    It 'emits bits as bytes on request' {
        $bits = Join-Path $fixtures 'bin_flat/index.faiss'
        (Get-FaissVector $bits -First 1 -BinaryAs Uint8).Vector | Sort-Object -Unique | Should -Be 0, 255
        { Get-FaissVector ./words.faiss -BinaryAs Uint8 -ErrorAction Stop } | Should -Throw -ErrorId 'NotABinaryIndex,*'
    }

    It 'emits decoded vectors with consent only' {
        $path = Join-Path $fixtures 'ivfpq6x8/index.faiss'
        { Get-FaissVector $path -ErrorAction Stop } | Should -Throw -ErrorId 'VectorsNotExact,*'
        Get-FaissVector $path -AllowDecoded -First 3 | Should -HaveCount 3
        (Get-FaissVector (Join-Path $fixtures 'bin_flat/index.faiss') -First 1).Vector | Sort-Object -Unique | Should -Be -1, 1
    }

    It 'goes on after a file that is none' {
        Set-Content ./text.faiss 'this is no index at all, only a little text'
        $output = Get-FaissIndex ./text.faiss, ./missing.faiss, ./words.faiss -ErrorAction SilentlyContinue -ErrorVariable problems
        $output | Should -HaveCount 1
        $problems | Should -HaveCount 2
        foreach ($problem in $problems) {
            $problem.CategoryInfo.Category | Should -Not -Be NotSpecified
            $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            $problem.TargetObject | Should -Not -BeNullOrEmpty
        }

        $problems[1].FullyQualifiedErrorId | Should -BeLike 'IndexNotFound,*'
    }

    It 'refuses what is not in the file system' {
        (Get-Failure { Get-FaissIndex Env:PATH }).FullyQualifiedErrorId | Should -BeLike 'NotAFile,*'
        foreach ($missing in { Get-FaissIndex 'missing:/words.faiss' }, { Get-FaissIndex -LiteralPath 'missing:/words.faiss' },
            { Invoke-VectorMigration ./words.faiss missing -LogDirectory 'missing:/logs' -WhatIf },
            { Invoke-VectorMigration ./words.faiss missing -JournalPath 'missing:/words.journal' -WhatIf },
            { Start-QdrantLocal -StoragePath 'missing:/storage' }) {
            $failure = Get-Failure $missing
            $failure.FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*' -Because "$missing"
            "$failure" | Should -BeLike '*missing*'
            $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
    }
}
