# What the operator sees of each output, and what of it binds to the next cmdlet.
BeforeDiscovery {
    Import-Module ($env:VECTORMIGRATION_TEST_MANIFEST ? $env:VECTORMIGRATION_TEST_MANIFEST : (Join-Path $PSScriptRoot '../../VectorMigration.psd1'))
    $outputs = (Get-Command -Module VectorMigration).OutputType.Type |
        Where-Object { $_ -and $_.Namespace -like 'VectorMigration.*' } |
        ForEach-Object { $_.IsArray ? $_.GetElementType() : $_ } | Sort-Object FullName -Unique
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    $escape = [string] [char] 27

    function Get-Shown($Objects, [int] $Width = 120) { $Objects | Out-String -Width $Width }
}

Describe 'The output type <_>' -ForEach $outputs.FullName {
    It 'has a view of its own and a default display set' {
        Get-FormatData $_ | Should -Not -BeNullOrEmpty
        $set = (Get-TypeData $_).DefaultDisplayPropertySet.ReferencedProperties
        $set | Should -Not -BeNullOrEmpty
        $there = ([type] $_).GetProperties().Name + @((Get-TypeData $_).Members.Keys)
        $set | Where-Object { $_ -notin $there } | Should -BeNullOrEmpty
    }
}

# After a table of another type PowerShell shows a result by its default display set, not by its list.
Describe 'Results among other output' {
    BeforeAll {
        $first = Invoke-VectorMigration ./words.faiss mixed -First 20 -LogDirectory ./mixed-logs
        $second = Invoke-VectorMigration ./words.faiss mixed -First 20 -LogDirectory ./mixed-logs -Recreate -Force
        $others = (Get-QdrantCollection mixed), $second, $second.Perf, (Measure-MigrationPerf -Path ./mixed-logs -Baseline $first.Perf)
        $shown = $others | Out-String -Width 100
    }

    It 'say what was verified, how fast, and where the logs are' {
        $shown | Should -Match '(?m)^Status +: Completed\r?$'
        $shown | Should -Match '(?m)^Counts +: 20 of 20 sent\r?$'
        $shown | Should -Match '(?m)^Verification +: passed: 20 of 20 compared, 0 missing, 0 different\r?$'
        $shown | Should -Match '(?m)^LogDirectory +: \S+[\\/]mixed-logs\r?$'
    }

    It 'show figures rounded, with their units, and a comparison as such' {
        $shown | Should -Match '(?m)^Speed +: [\d,]+ vectors/s, [\d.]+ MB/s, [\d.]+ s per vector\r?$'
        $shown | Should -Match '(?m)^Baseline +: 20 vectors in [\d.]+ s, [\d,]+ vectors/s\r?$'
        $shown | Should -Match '(?m)^Change +: .*(faster|slower|the same)\r?$'
        # The name of the test's folder may hold what looks like a number.
        $shown.Replace("$TestDrive", '') | Should -Not -Match '\d[Ee]-\d|\d\.\d{7}\d'
    }

    It 'stay objects: a table of chosen columns, and files with the columns of the result' {
        ($second | Format-Table Status, Collection | Out-String) | Should -Match '(?m)^Completed +mixed *\r?$'
        ($second | Format-Table | Out-String -Width 200) | Should -Match '(?m)^Completed +0 \S+ mixed +20 of 20 sent +00:00:\d\d\.\d *\r?$'
        ($second.Perf | ConvertTo-Csv)[0] | Should -Not -BeLike '*"Speed"*'
    }
}

Describe 'A vector' {
    It 'shows id, ordinal, dimension, norm and its first four components, never all' {
        $vector = Get-FaissVector ./words.faiss -First 1
        $line = (Get-Shown $vector 200).Trim().Split("`n")[-1].Trim()
        $line | Should -Match '^1000 +0 +100 +[\d.]+ +-?\d\.\d{4}( -?\d\.\d{4}){3} …$'
        (Get-Shown ($vector | Format-List)).Length | Should -BeLessThan 1000
    }
}

Describe 'Units' {
    BeforeAll {
        function New-Batch([long] $Bytes, [timespan] $Duration, [string] $Status = 'Completed') {
            $batch = [VectorMigration.Engine.QdrantBatchResult]::new()
            $values = @{ RunId = [guid]::Empty; Number = 1; Collection = 'c'; FirstOrdinal = 0; LastOrdinal = 9;
                Count = 10; Bytes = $Bytes; Duration = $Duration; Status = $Status; Attempts = 1 }
            $values.Keys.ForEach({ [VectorMigration.Engine.QdrantBatchResult].GetProperty($_).SetValue($batch,
                ($values[$_] -as [VectorMigration.Engine.QdrantBatchResult].GetProperty($_).PropertyType)) })
            $batch
        }
    }

    It 'are for people: <Bytes> bytes are <Size>, <Duration> is <Time>' -ForEach @(
        @{ Bytes = 12; Size = '12 B'; Duration = '0:0:0.0005'; Time = '0.5 ms' }
        @{ Bytes = 1234; Size = '1.2 kB'; Duration = '0:0:0.25'; Time = '250 ms' }
        @{ Bytes = 12345678; Size = '12.3 MB'; Duration = '0:0:3.21'; Time = '3.21 s' }
        @{ Bytes = 2000000000; Size = '2 GB'; Duration = '2:03:04.5'; Time = '02:03:04' }
    ) {
        $shown = Get-Shown (New-Batch $Bytes $Duration)
        $shown | Should -Match " $([regex]::Escape($Size)) "
        $shown | Should -Match " $([regex]::Escape($Time))"
    }

    It 'tell the days of a run that takes some' {
        Get-Shown (New-Batch 1 '1.02:03:04.5' | Measure-MigrationPerf) | Should -Match 'Duration +: 1\.02:03:04'
    }

    It 'are the same under a culture with other separators' {
        $before = [cultureinfo]::CurrentCulture
        try {
            $plain = Get-Shown (New-Batch 1234567 '0:0:3.21')
            [cultureinfo]::CurrentCulture = [cultureinfo]::new('de-DE')
            Get-Shown (New-Batch 1234567 '0:0:3.21') | Should -Be $plain
        }
        finally {
            [cultureinfo]::CurrentCulture = $before
        }
    }

    It 'are coloured where $PSStyle allows it only' {
        $batch = New-Batch 1 '0:0:1' Failed
        $before = $PSStyle.OutputRendering
        try {
            $PSStyle.OutputRendering = 'Ansi'
            Get-Shown $batch | Should -BeLike "*$escape*Failed*$escape*"
            $PSStyle.OutputRendering = 'PlainText'
            Get-Shown $batch | Should -Not -BeLike "*$escape*"
        }
        finally {
            $PSStyle.OutputRendering = $before
        }
    }
}

Describe 'A batch of which something was not sent' {
    BeforeAll {
        function New-Guarded([int] $LeftThere, [int] $AlreadyThere) {
            $batch = [VectorMigration.Engine.QdrantBatchResult]::new()
            $values = @{ RunId = [guid]::Empty; Number = 1; Collection = 'a-long-collection'; FirstOrdinal = 0; LastOrdinal = 1023; Count = 1024;
                Bytes = 999900; Duration = '02:03:04'; Status = 'Completed'; Attempts = 1; LeftThere = $LeftThere; AlreadyThere = $AlreadyThere }
            $values.Keys.ForEach({ [VectorMigration.Engine.QdrantBatchResult].GetProperty($_).SetValue($batch,
                ($values[$_] -as [VectorMigration.Engine.QdrantBatchResult].GetProperty($_).PropertyType)) })
            $batch
        }
    }

    It 'says how many were skipped and how many were present, within 80 columns' {
        $shown = Get-Shown (New-Guarded 1000 24) 80
        $shown | Should -Match '(?m)Completed'
        $shown | Should -Match '(?m)1000 skipped'
        $shown | Should -Match '(?m)24 present'
        $shown | Should -Match '(?m)02:03:04 +1 *\r?$'
        $shown.Split("`n").TrimEnd().Where({ $_.Length -gt 80 }) | Should -BeNullOrEmpty
    }

    It 'says nothing of what there is none of' {
        Get-Shown (New-Guarded 0 0) 80 | Should -Not -Match 'skipped|present'
        Get-Shown (New-Guarded 7 0) 80 | Should -Not -Match 'present'
    }
}

Describe 'A result of a run that was refused' {
    It 'shows no place and no vectors where there are none' {
        $result = [VectorMigration.Runs.MigrationResult]::new()
        $values = @{ Status = [VectorMigration.Runs.MigrationStatus]::Refused; Path = '/data/a.faiss'; Collection = 'library'; Endpoint = '' }
        foreach ($name in $values.Keys) { [VectorMigration.Runs.MigrationResult].GetProperty($name).SetValue($result, $values[$name]) }
        $shown = $result | Format-List | Out-String -Width 120
        $shown | Should -Match '(?m)^Collection *: library *\r?$'
        $shown | Should -Not -Match '(?m)^Vectors'
    }
}

Describe 'A list on a console without a language' {
    It 'is broken at words' -Skip:(-not (Get-Command script -ErrorAction SilentlyContinue) -or $IsWindows -or $IsMacOS) {
        $manifest = $env:VECTORMIGRATION_TEST_MANIFEST ? $env:VECTORMIGRATION_TEST_MANIFEST : (Join-Path $PSScriptRoot '../../VectorMigration.psd1')
        Set-Content ./list.ps1 @"
Import-Module '$manifest'
`$result = [VectorMigration.Verification.VerificationResult]::new()
[VectorMigration.Verification.VerificationResult].GetProperty('PayloadPath').SetValue(`$result, '/data/payloads.jsonl')
[VectorMigration.Verification.VerificationResult].GetProperty('PayloadInDoubt').SetValue(`$result, `$true)
`$result | Format-List
"@
        $powershell = $env:PWSH_BIN ? $env:PWSH_BIN : (Join-Path $root 'artifacts/powershell/pwsh')
        $command = "stty cols 80 rows 50; LC_ALL=C '$powershell' -NoProfile -File ./list.ps1"
        $shown = (script -qec $command /dev/null | Out-String) -replace "$escape\[[0-9;?]*[A-Za-z]" -replace "$escape[=>]"
        $shown | Should -Match 'Payloads +: compared with'
        $lines = $shown.Split("`n").TrimEnd()
        $lines.Where({ $_.Length -gt 80 }) | Should -BeNullOrEmpty
        ($shown -replace '\s+', ' ') | Should -BeLike '*If the migration sent other payloads, name them with -PayloadPath; if it sent none, use -NoStore.*'
    }
}

Describe 'A message' {
    BeforeAll {
        # Vector 1000 of the index begins with NaN: after the headers of the id map and of the index in it, at 400 bytes a vector.
        $bytes = [System.IO.File]::ReadAllBytes((Resolve-Path ./words.faiss))
        [System.BitConverter]::GetBytes([float]::NaN).CopyTo($bytes, 82 + 1000 * 400)
        [System.IO.File]::WriteAllBytes((Join-Path $PWD 'poison.faiss'), $bytes)
    }

    It 'of a run that fails is shown once: the result names its id' {
        $shown = Invoke-VectorMigration ./poison.faiss views-poison -First 2000 -LogDirectory ./views-poison -ErrorAction Continue `
            -ErrorVariable problems -WarningVariable warned 2>&1 | Out-String -Width 1000
        @($problems).Count | Should -Be 1
        @($warned).Count | Should -Be 0
        [regex]::Matches($shown, 'Component 0 of vector 1000').Count | Should -Be 1
        [regex]::Matches($shown, 'or skip such vectors with').Count | Should -BeLessOrEqual 1
        $shown | Should -Match 'Error +: NonFinite'
    }

    It 'of a run that skips names what there is, and no zeros' {
        $result = Invoke-VectorMigration ./poison.faiss views-skipping -First 2000 -SkipInvalid -LogDirectory ./views-poison `
            -ErrorAction SilentlyContinue -ErrorVariable problems
        "$problems" | Should -BeLike '*does not contain everything from *poison.faiss. 1 vector was skipped because of NaN or infinite components.'
        Get-Shown $result | Should -BeLike '*1,999 of 2,000 sent (the index has 10,000)*'
    }

    It 'of a scan is shown once, and its norms are in words' {
        $shown = Get-FaissIndex ./poison.faiss -Scan 3>&1 | Format-List | Out-String -Width 1000
        [regex]::Matches($shown, 'NaN or infinite components').Count | Should -Be 1
        $shown | Should -Match 'Norms +: .*; no vector has length 1'
        $shown | Should -Match 'Not finite +: 1: NaN at position 1000'
    }
}

Describe 'An output binds to the next cmdlet' {
    It '<From> → <To> by <Property>' -ForEach @(
        @{ From = 'IndexDescription'; To = 'Get-FaissVector'; Property = 'PSPath'; Parameter = 'LiteralPath' }
        @{ From = 'IndexDescription'; To = 'Invoke-VectorMigration'; Property = 'PSPath'; Parameter = 'LiteralPath' }
        @{ From = 'IndexDescription'; To = 'Test-VectorMigration'; Property = 'PSPath'; Parameter = 'LiteralPath' }
        @{ From = 'MigrationResult'; To = 'Test-VectorMigration'; Property = 'PSPath'; Parameter = 'LiteralPath' }
        @{ From = 'MigrationResult'; To = 'Test-VectorMigration'; Property = 'Collection'; Parameter = 'Collection' }
        @{ From = 'MigrationResult'; To = 'Set-QdrantAlias'; Property = 'Collection'; Parameter = 'Collection' }
        @{ From = 'MigrationTuning'; To = 'Invoke-VectorMigration'; Property = 'PSPath'; Parameter = 'LiteralPath' }
        @{ From = 'MigrationTuning'; To = 'Invoke-VectorMigration'; Property = 'Collection'; Parameter = 'Collection' }
        @{ From = 'MigrationTuning'; To = 'Invoke-VectorMigration'; Property = 'BatchSize'; Parameter = 'BatchSize' }
        @{ From = 'MigrationTuning'; To = 'Invoke-VectorMigration'; Property = 'ThrottleLimit'; Parameter = 'ThrottleLimit' }
        @{ From = 'MigrationTuning'; To = 'Invoke-VectorMigration'; Property = 'BatchDelay'; Parameter = 'BatchDelay' }
        @{ From = 'QdrantCollectionInfo'; To = 'Remove-QdrantCollection'; Property = 'Name'; Parameter = 'Name' }
        @{ From = 'QdrantCollectionInfo'; To = 'Set-QdrantAlias'; Property = 'Collection'; Parameter = 'Collection' }
        @{ From = 'QdrantCollectionInfo'; To = 'Get-QdrantCollection'; Property = 'Connection'; Parameter = 'Connection' }
        @{ From = 'QdrantLocalServer'; To = 'Get-QdrantCollection'; Property = 'Connection'; Parameter = 'Connection' }
    ) {
        $type = [VectorMigration.Vectors.FaissVector].Assembly.GetExportedTypes().Where({ $_.Name -eq $From })[0]
        $type.GetProperties().Name + @((Get-TypeData $type.FullName).Members.Keys) | Should -Contain $Property
        $bound = (Get-Command $To).Parameters[$Parameter]
        $bound.Attributes.Where({ $_ -is [Parameter] }).ValueFromPipelineByPropertyName | Should -Contain $true
        @($bound.Name) + $bound.Aliases | Should -Contain $Property
    }

    It 'does the whole chain: describe, migrate, cut over' {
        $live = Get-FaissIndex ./words.faiss | Invoke-VectorMigration -Collection chained -First 50 -LogDirectory ./chain | Set-QdrantAlias chained-live
        $live.Collection | Should -Be chained
    }

    It 'looks the same when it comes back from a job' {
        $there = Get-FaissIndex ./words.faiss
        $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($there))
        Get-Shown $back | Should -Be (Get-Shown $there)
    }
}
