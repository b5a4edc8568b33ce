BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'README.md' {
    It 'tells PowerShell commands that run as written and do what they say' {
        $text = Get-Content -LiteralPath (Join-Path $root 'README.md') -Raw
        $code = [regex]::Match($text, '(?s)```powershell\n(.*?)\n```').Groups[1].Value.Replace('./VectorMigration.psd1', $manifest)
        # The commands run where a reader runs them; a journal left there by another test run belongs to a server that is gone.
        Remove-Item -LiteralPath (Join-Path $root 'logs/words.words.journal') -ErrorAction Ignore
        Push-Location $root
        try {
            $output = @(& ([scriptblock]::Create($code)))
        }
        finally {
            Pop-Location
        }

        ($output | Where-Object { $_ -is [VectorMigration.Vectors.IndexDescription] }).Scan.Count | Should -Be 10000
        ($output | Where-Object { $_ -is [VectorMigration.Engine.MigrationPerf] }).Vectors | Should -Be 1000
        ($output | Where-Object { $_ -is [VectorMigration.Runs.MigrationResult] }).Status | Should -Be Completed
        $output | Where-Object { $_ -is [bool] } | Should -BeTrue
        (Get-QdrantCollection).Name | Should -Contain words
        (Get-QdrantCollection).Name | Should -Not -Contain rehearsal
    }
}
