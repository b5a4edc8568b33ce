BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')

    # What a tab offers at the end of a line.
    function Get-Offer([string] $Line) {
        (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText
    }
}

Describe 'Completion of what a file or a log folder holds' {
    It 'offers the fields of the payload file on the line, and no files' {
        '{"id":1,"metadata":{"source":"a"},"text":"b"}' | Set-Content ./operator.jsonl
        Get-Offer 'Invoke-VectorMigration words.faiss c -PayloadPath operator.jsonl -PayloadKey ' |
            Should -Be id, metadata, metadata.source, text
        Get-Offer 'Invoke-VectorMigration words.faiss c -PayloadPath operator.jsonl -PayloadField meta' | Should -Be metadata, metadata.source
        'key,the text' | Set-Content ./operator.csv
        Get-Offer 'Invoke-VectorMigration words.faiss c -PayloadPath operator.csv -PayloadKey ' | Should -Be key, "'the text'"
        "$(Get-Offer 'Invoke-VectorMigration words.faiss c -PayloadKey wo')" | Should -Be wo
    }

    It 'offers the runs of the log folder on the line, the last one first' {
        $first, $last = foreach ($count in 10, 20) {
            (Invoke-VectorMigration ./words.faiss -Collection operator-runs -First $count -LogDirectory ./operator-logs).RunId
            Start-Sleep -Seconds 1
        }
        Get-Offer 'Measure-MigrationPerf -Path ./operator-logs -RunId ' | Should -Be "$last", "$first"
    }
}

Describe 'Advice that can be followed' {
    It 'compares the runs that the message names' {
        foreach ($count in 10, 20) {
            $null = Invoke-VectorMigration ./words.faiss -Collection operator-compared -First $count -LogDirectory ./operator-compared
            Start-Sleep -Seconds 1
        }
        $said = Get-Failure { Measure-MigrationPerf -Path ./operator-compared -Baseline ./operator-compared }
        $command = $said.ErrorDetails.RecommendedAction -replace '^.*: (?=Measure-)'
        $command | Should -BeLike 'Measure-MigrationPerf -Path *-Baseline *'
        (& ([scriptblock]::Create($command))).Current.Vectors | Should -BeGreaterThan 0
    }

    It 'warns that a verification without some vectors is not complete' {
        # Vector 10 of the index begins with NaN: after the headers of the id map and of the index in it, at 400 bytes a vector.
        $bytes = [System.IO.File]::ReadAllBytes((Resolve-Path ./words.faiss))
        [System.BitConverter]::GetBytes([float]::NaN).CopyTo($bytes, 82 + 10 * 400)
        [System.IO.File]::WriteAllBytes((Join-Path $PWD 'operator-poison.faiss'), $bytes)
        $null = Invoke-VectorMigration ./operator-poison.faiss operator-poison -First 40 -SkipInvalid -NoStore -ErrorAction SilentlyContinue
        $proof = Test-VectorMigration ./operator-poison.faiss operator-poison -First 40 -SkipInvalid -NoStore -Detailed `
            -WarningVariable warned -WarningAction Ignore
        $proof.Passed, $proof.Invalid | Should -Be $true, 1
        "$warned" | Should -BeLike '*1 vector of the index was not compared: NaN or infinite components.*'
    }
}
