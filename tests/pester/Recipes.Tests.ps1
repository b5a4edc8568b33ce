# The blocks of docs/recipes.md as they stand, one after the other.
BeforeDiscovery {
    $page = Get-Content -LiteralPath (Join-Path $PSScriptRoot '../../docs/recipes.md') -Raw
    $recipes = foreach ($match in [regex]::Matches($page, '(?s)## ([^\n]+)\n(?:(?!\n## ).)*?```powershell\n(.*?)\n```')) {
        @{ Title = $match.Groups[1].Value; Code = $match.Groups[2].Value }
    }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    Set-Content ./languages.csv 'word,lang', 'the,x-the'
    $expected = @{
        'Filter by payload'          = { (Get-QdrantCollection frequent).PointsCount |
                Should -Be @(Get-Content ./words.jsonl | ConvertFrom-Json | Where-Object rank -LE 1000).Count }
        'Enrich from a CSV file'     = { (Get-QdrantCollection enriched).PointsCount | Should -Be 500; (Read-Payload enriched 1000).lang | Should -Be x-the }
        'Split by a field'           = { (Get-QdrantCollection initial-a).PointsCount | Should -BeGreaterThan 1 }
        'Send one vector in ten'     = { (Get-QdrantCollection sample).PointsCount | Should -Be 1000 }
        'Shift ids'                  = { (Get-QdrantCollection shifted).PointsCount | Should -Be 1000
            Test-VectorMigration ./words.faiss shifted -First 500 -IdOffset 2000000 | Should -BeTrue }
        'Migrate many files'         = { $output.Status | Should -Be Completed, Completed, Completed
            (Get-QdrantCollection library).PointsCount | Should -Be 2000
            (Get-QdrantCollection titles).VectorName | Should -Be title }
        'Fill several collections'   = { $output | Should -Be $true, $true }
        'Run jobs in parallel'       = { $output | Should -Be $true; (Get-QdrantCollection parallel).PointsCount | Should -Be 1000 }
    }

    function Read-Payload([string] $Collection, [ulong] $Id) {
        (Invoke-RestMethod "$env:VECTORMIGRATION_TEST_REST/collections/$Collection/points/$Id").result.payload
    }
}

Describe 'docs/recipes.md' {
    It 'has a recipe that runs as it stands: <Title>' -ForEach $recipes {
        $output = @(& ([scriptblock]::Create($Code)))
        $expected.Keys | Should -Contain $Title
        & $expected[$Title]
    }
}
