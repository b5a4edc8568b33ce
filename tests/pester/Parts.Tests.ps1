# Several index files as one job.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Import-Module (Join-Path $PSScriptRoot 'IndexFiles.psm1')
    $null = Connect-Qdrant $url
}

AfterAll { Disconnect-Qdrant }

Describe 'Invoke-VectorMigration with several parts' {
    BeforeEach {
        $t = (New-Item -ItemType Directory (Join-Path $TestDrive (New-Guid))).FullName
        $c = "parts$(New-Guid)"
        foreach ($n in 1..10) { New-IndexOfIds "$t/part-$n.faiss" (0..9).ForEach({ $_ * 10 + $n }) }
        $logs = @{ LogDirectory = "$t/logs" }
    }

    AfterEach { Remove-QdrantCollection $c -Confirm:$false -ErrorAction Ignore }

    It 'moves files that a wildcard matches in natural order as one job' {
        $result = Invoke-VectorMigration -Path "$t/part-*.faiss" -Collection $c @logs
        @($result) | Should -HaveCount 1
        $result.Status | Should -Be 'Completed'
        $result.ExitCode | Should -Be 0
        $result.Counts.Sent | Should -Be 100
        $result.Verification.Compared | Should -Be 100
        $result.Verification.Extra | Should -Be 0
        $result.Parts.Number | Should -Be (1..10)
        $result.Parts.ForEach({ Split-Path -Leaf $_.Path }) | Should -Be (1..10).ForEach({ "part-$_.faiss" })
        $result.Parts.Verified | Should -Not -Contain $false
        $result.ReportPath | Should -Exist
        (Get-QdrantCollection $c).PointsCount | Should -Be 100
    }

    It 'takes a list of paths, a folder and a manifest, and resumes' {
        $null = Invoke-VectorMigration -Path "$t/part-2.faiss", "$t/part-1.faiss" -Collection $c @logs
        (Invoke-VectorMigration -LiteralPath $t -Collection $c @logs).Counts.Sent | Should -Be 80
        (1..10).ForEach({ [pscustomobject] @{ path = "part-$_.faiss" } }) | Export-Csv "$t/parts.csv"
        $again = Invoke-VectorMigration -ManifestPath "$t/parts.csv" -Collection $c @logs
        $again.Counts.Sent | Should -Be 0
        $again.Counts.Skipped | Should -Be 100
        (1..9).ForEach({ [pscustomobject] @{ path = "part-$_.faiss" } }) | Export-Csv "$t/fewer.csv"
        (Get-Failure { Invoke-VectorMigration -ManifestPath "$t/fewer.csv" -Collection $c @logs }).FullyQualifiedErrorId | Should -BeLike 'PartsChanged,*'
    }

    It 'refuses ids of two parts before the first vector' {
        New-IndexOfIds "$t/part-11.faiss" 11, 999
        $failure = Get-Failure { Invoke-VectorMigration -Path "$t/part-*.faiss" -Collection $c @logs }
        $failure.FullyQualifiedErrorId | Should -BeLike 'PartIdsOverlap,*'
        "$failure" | Should -BeLike '*11 (parts 1 and 11)*'
        Get-QdrantCollection $c* | Should -BeNullOrEmpty
    }

    It 'skips a part that cannot be read where that is asked for' {
        [System.IO.File]::WriteAllBytes("$t/part-3.faiss", [System.IO.File]::ReadAllBytes("$t/part-3.faiss")[0..99])
        (Get-Failure { Invoke-VectorMigration -Path "$t/part-*.faiss" -Collection $c @logs }).FullyQualifiedErrorId | Should -BeLike 'Index*'
        Get-QdrantCollection $c* | Should -BeNullOrEmpty
        $result = Invoke-VectorMigration -Path "$t/part-*.faiss" -Collection $c -OnBadPart Skip @logs -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.ExitCode | Should -Be 4
        $result.Parts[2].Skipped | Should -BeTrue
        $failed[-1].FullyQualifiedErrorId | Should -BeLike 'PartSkipped,*'
        $result.Counts.Sent | Should -Be 90
    }

    It 'plans all parts with -WhatIf and leaves nothing' {
        Invoke-VectorMigration -Path "$t/part-*.faiss" -Collection $c @logs -WhatIf 6>$null | Should -BeNullOrEmpty
        "$t/logs" | Should -Not -Exist
        Get-QdrantCollection $c* | Should -BeNullOrEmpty
    }

    It 'keeps each object of a pipeline a run of its own' {
        $results = Get-ChildItem "$t/part-[12].faiss" | Invoke-VectorMigration -Collection $c @logs
        $results | Should -HaveCount 2
        $results.Parts | Where-Object { $_ } | Should -BeNullOrEmpty
    }

    It 'refuses what is about one file' {
        $failure = Get-Failure { Invoke-VectorMigration -Path "$t/part-*.faiss" -Collection $c -JournalPath "$t/j" @logs }
        $failure.FullyQualifiedErrorId | Should -BeLike 'NotForSeveralParts,*'
        "$failure" | Should -BeLike '-JournalPath does not apply to several index files.'
    }
}
