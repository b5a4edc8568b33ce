# The block for PowerShell of docs/slices-engines.md as it stands.
BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Import-Module (Join-Path $PSScriptRoot 'IndexFiles.psm1')
    $page = Get-Content -LiteralPath (Join-Path $root 'docs/slices-engines.md') -Raw
    $block = [regex]::Match($page, '(?s)```powershell\n(.*?)\n```').Groups[1].Value
}

Describe 'docs/slices-engines.md' {
    BeforeAll {
        $collection = "engines$(New-Guid)"
        $place = New-Item -ItemType Directory (Join-Path $TestDrive (New-Guid))
        foreach ($n in 1..3) { New-IndexOfIds "$place/part-$n.faiss" (0..19).ForEach({ $_ * 10 + $n }) }
        Push-Location $place
    }

    AfterAll {
        Pop-Location
        Remove-QdrantCollection $collection -Uri $url -Confirm:$false -ErrorAction Ignore
    }

    It 'moves all slices in parallel and joins them, and sends nothing when it is repeated' {
        $code = $block.Replace('http://127.0.0.1:6334', $url).Replace('part-*.faiss docs', "part-*.faiss $collection")
        $code | Should -BeLike "*$collection*$url*"
        $total = . ([scriptblock]::Create($code))
        $total.Status | Should -Be Completed
        $total.Verification.Compared | Should -Be 60
        ($results.Counts.Sent | Measure-Object -Sum).Sum | Should -Be 60
        (Get-QdrantCollection $collection -Uri $url).PointsCount | Should -Be 60
        # Without its first line.
        $total = . ([scriptblock]::Create($code -replace '(?m)^\$plan = .*\n'))
        $total.Status | Should -Be Completed
        ($results.Counts.Sent | Measure-Object -Sum).Sum | Should -Be 0
    }
}
