BeforeDiscovery {
    $cmdlets = (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../VectorMigration.psd1')).CmdletsToExport
    $examples = foreach ($page in Get-ChildItem (Join-Path $PSScriptRoot '../../docs/en-US') -Filter '*-*.md') {
        $text = Get-Content -LiteralPath $page -Raw
        foreach ($found in [regex]::Matches($text, '(?s)### (Example \d+: [^\n]+)\n```powershell\n(.*?)\n```')) {
            @{ Cmdlet = $page.BaseName; Title = $found.Groups[1].Value; Code = $found.Groups[2].Value }
        }
    }
}

BeforeAll { . (Join-Path $PSScriptRoot 'Common.ps1') }

Describe 'The help of <_>' -ForEach $cmdlets {
    BeforeAll { $help = Get-Help $_ -Full }

    It 'has a synopsis, a description, notes, links and two examples' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -BeLike "*$_ *``[*"
        $help.Description | Should -Not -BeNullOrEmpty
        $help.alertSet | Should -Not -BeNullOrEmpty
        $help.relatedLinks | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
    }

    It 'describes every parameter as it is' {
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        foreach ($parameter in (Get-Command $_).Parameters.Values | Where-Object Name -NotIn $common) {
            $told = @($help.parameters.parameter | Where-Object name -EQ $parameter.Name)
            $told.Count | Should -Be 1 -Because $parameter.Name
            ($told.description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because $parameter.Name
            $type = [nullable]::GetUnderlyingType($parameter.ParameterType) ?? $parameter.ParameterType
            $told.type.name | Should -Be $type.Name -Because $parameter.Name
        }
    }
}

Describe 'Examples' {
    It '<Cmdlet>, <Title>, runs as written' -ForEach $examples {
        $Error.Clear()
        $here = $Code.Replace('127.0.0.1:6334', "127.0.0.1:$grpcPort").Replace('Import-Module VectorMigration', "Import-Module '$manifest'")
        $output = & ([scriptblock]::Create($here)) 6>$null
        $Error | Should -BeNullOrEmpty
        if ($Code -notlike '*-WhatIf*') {
            $output | Should -Not -BeNullOrEmpty
        }
    }
}

Describe 'about_VectorMigration' {
    It 'is found' {
        Get-Help about_VectorMigration | Out-String | Should -BeLike '*Invoke-VectorMigration*'
    }
}
