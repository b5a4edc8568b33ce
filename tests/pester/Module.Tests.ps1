BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'The manifest' {
    BeforeAll { $data = Import-PowerShellDataFile $manifest }

    It 'refuses Windows PowerShell and versions before 7.6' {
        $data.CompatiblePSEditions | Should -Be 'Core'
        $data.PowerShellVersion | Should -Be '7.6'
    }

    It 'exports its cmdlets by name and nothing else' {
        $data.CmdletsToExport | Should -Not -Contain '*'
        @($data.FunctionsToExport + $data.AliasesToExport + $data.VariablesToExport) | Should -BeNullOrEmpty
        (Get-Command -Module VectorMigration).Name | Sort-Object | Should -Be ($data.CmdletsToExport | Sort-Object)
    }

    It 'names tags, licence and release notes, and files that are there' {
        $data.PrivateData.PSData.Tags | Should -Contain 'PSEdition_Core'
        $data.PrivateData.PSData.ReleaseNotes | Should -Not -BeNullOrEmpty
        $data.FileList | ForEach-Object { Join-Path $moduleRoot $_ | Should -Exist }
    }
}

Describe 'Loading' {
    It 'keeps the core in the default context and the rest in a private one' {
        $null = Connect-Qdrant $url
        $names = @{}
        foreach ($context in [System.Runtime.Loader.AssemblyLoadContext]::All) {
            foreach ($assembly in $context.Assemblies) { $names[$assembly.GetName().Name] = $context.Name }
        }

        $names['VectorMigration'] | Should -Be 'Default'
        'VectorMigration.Commands', 'VectorMigration.Qdrant' | ForEach-Object { $names[$_] | Should -BeLike 'VectorMigration:*' }
    }

    It 'ships no assembly of PowerShell' {
        Get-ChildItem (Join-Path $moduleRoot 'module/bin') -Recurse -Filter 'System.Management.Automation*' | Should -BeNullOrEmpty
    }

    It 'can be imported again, with -Force and after removal' {
        $script = {
            param($manifest)
            Import-Module $manifest
            Import-Module $manifest -Force
            (Get-Command -Module VectorMigration).Count
            Remove-Module VectorMigration
            @(Get-Module VectorMigration).Count
            Import-Module $manifest
            Import-Module $manifest -Force
            Import-Module $manifest -Force
            (Get-Command -Module VectorMigration).Count
            (Get-FaissIndex ./words.faiss).Count
        }
        $all = (Import-PowerShellDataFile $manifest).CmdletsToExport.Count
        Invoke-PowerShell -NoProfile -NonInteractive -Command $script -args $manifest | Should -Be $all, 0, $all, 10000
    }

    It 'works in parallel runspaces' {
        1..3 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            (Get-FaissVector ./words.faiss -First 100).Count
        } | Should -Be 100, 100, 100
    }

    It 'works in a job, whose vectors can be sent afterwards' {
        $vectors = Start-Job { Import-Module $using:manifest; Get-FaissVector ./words.faiss -First 5 } -WorkingDirectory $TestDrive |
            Receive-Job -Wait -AutoRemoveJob
        ($vectors | Send-QdrantBatch -Collection from-job -Distance Euclid).Count | Should -Be 5
        Test-VectorMigration ./words.faiss -Collection from-job -First 5 | Should -BeTrue
    }
}

Describe 'Conventions' {
    BeforeDiscovery {
        $names = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../VectorMigration.psd1')).CmdletsToExport
    }

    It '<_> has an approved verb and says what it emits' -ForEach $names {
        $command = Get-Command $_
        (Get-Verb).Verb | Should -Contain $command.Verb
        $command.OutputType | Should -Not -BeNullOrEmpty
    }

    It '<_> can be asked what it would do' -ForEach 'Send-QdrantBatch', 'Invoke-VectorMigration', 'New-QdrantCollection', 'Remove-QdrantCollection',
        'Set-QdrantAlias', 'Start-QdrantLocal', 'Stop-QdrantLocal' {
        (Get-Command $_).Parameters.Keys | Should -Contain 'WhatIf'
        (Get-Command $_).Parameters.Keys | Should -Contain 'Confirm'
    }

    It 'completes distances and index files, and collections that were met' {
        $null = Get-FaissVector ./words.faiss -First 1 | Send-QdrantBatch -Collection completed-name
        (TabExpansion2 'Send-QdrantBatch -Distance ').CompletionMatches.CompletionText | Should -Be Cosine, Dot, Euclid, Manhattan
        (TabExpansion2 'Get-FaissIndex ./wor').CompletionMatches.ListItemText | Should -Be words.faiss
        (TabExpansion2 'Send-QdrantBatch -Collection compl').CompletionMatches.CompletionText | Should -Contain completed-name
    }

    It 'has a view for every output' {
        $typeNames = 'FaissVector', 'IndexDescription', 'QdrantBatchResult', 'MigrationPerf', 'MigrationResult', 'VerificationResult', 'QdrantConnection',
            'QdrantCollectionInfo', 'QdrantAliasChange', 'QdrantLocalServer', 'MigrationPerfComparison'
        $typeNames | ForEach-Object { Get-FormatData "VectorMigration.*.$_" | Should -Not -BeNullOrEmpty -Because $_ }
    }

    It 'shows <Name> in 80 columns without an error' -ForEach @(
        @{ Name = 'vectors'; Script = { Get-FaissVector ./words.faiss -First 2 -PayloadPath ./words.jsonl }; Expected = 'Ordinal +Dim +Norm.*Vector' }
        @{ Name = 'an index'; Script = { Get-FaissIndex ./words.faiss }; Expected = 'words\.faiss IDMap\(Flat\) +100 +10,000 L2 +Euclid +Exact +4\.1 MB' }
        @{ Name = 'batches'; Script = { Get-FaissVector ./words.faiss -First 200 |
            Send-QdrantBatch viewed -BatchSize 100 }; Expected = '1 viewed +Completed +100 0\.\.99 +4\d\.?\d* kB' }
        @{ Name = 'figures'; Script = { Get-FaissVector ./words.faiss -First 200 | Send-QdrantBatch viewed-figures |
            Measure-MigrationPerf }; Expected = 'Success rate +: 100 %' }
        @{ Name = 'a result'; Script = { Invoke-VectorMigration ./words.faiss viewed -First 200 -LogDirectory ./l };
            Expected = 'Verification +: passed: 200 points compared \(bits\), count 200' }
        @{ Name = 'a proof'; Script = { Test-VectorMigration ./words.faiss viewed -First 200 -Detailed }; Expected = 'Compared +: 200' }
        @{ Name = 'a connection'; Script = { Connect-Qdrant $url };
            Expected = 'http://127\.0\.0\.1:\d+ +1\.\d+\.\d+ +no +1 min|http://127\.0\.0\.1:\d+ +1\.\d+\.\d+ +no' }
    ) {
        $Error.Clear()
        (& $Script | Out-String -Width 80) -replace "`n", ' ' | Should -Match $Expected
        $Error | Should -BeNullOrEmpty
    }
}

Describe 'The package' {
    BeforeAll { $data = Import-PowerShellDataFile $manifest }

    It 'has the version of the manifest, and so have the assemblies' {
        foreach ($name in 'module/bin/VectorMigration.dll', 'module/bin/private/VectorMigration.Commands.dll') {
            [System.Reflection.AssemblyName]::GetAssemblyName((Join-Path $moduleRoot $name)).Version.ToString(3) | Should -Be $data.ModuleVersion
        }
    }

    It 'has a manifest that PowerShell finds whole' {
        $tested = Test-ModuleManifest $manifest
        $tested.Version.ToString() | Should -Be $data.ModuleVersion
        $tested.LicenseUri | Should -Not -BeNullOrEmpty
        $tested.Guid | Should -Not -Be ([guid]::Empty)
    }

    It 'is found by its name where it lies in a module path' {
        if ($env:VECTORMIGRATION_TEST_MANIFEST) {
            $said = Invoke-PowerShell -NoProfile -NonInteractive `
                -Command ('Import-Module VectorMigration; (Get-Module VectorMigration).ModuleBase; ' +
                    '(Get-Help about_VectorMigration_Operations).Length; (Get-Help Send-QdrantBatch).Synopsis')
            $said[0] | Should -Be $moduleRoot
            [int] $said[1] | Should -BeGreaterThan 1000
            $said[2] | Should -BeLike 'Sends vectors*'
        }
        else {
            # In the repository it is imported by its path; the whole suite runs from a package with Invoke-Tests.ps1 -Package.
            (Get-Module VectorMigration).ModuleBase | Should -Be $moduleRoot
        }
    }
}
