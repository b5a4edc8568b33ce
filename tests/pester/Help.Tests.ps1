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

Describe 'The address of the help' {
    It 'is the ProjectUri of the manifest for each cmdlet, absolute, or missing for all' {
        $address = "$((Import-PowerShellDataFile $manifest).PrivateData.PSData['ProjectUri'])"
        if ($address) { ([uri] $address).Scheme | Should -BeIn 'http', 'https' }
        $commands = @(Get-Command -Module VectorMigration*, dynamic_code_module_VectorMigration.Commands* -CommandType Cmdlet | Sort-Object Name -Unique)
        $commands.Name | Should -Be (Import-PowerShellDataFile $manifest).CmdletsToExport
        foreach ($command in $commands) { $command.HelpUri | Should -BeExactly $address -Because $command.Name }
    }

    It 'is a local page meanwhile, which each help names' {
        foreach ($name in (Import-PowerShellDataFile $manifest).CmdletsToExport) {
            $told = @((Get-Help $name).relatedLinks.navigationLink.linkText | Where-Object { $_ -like '*Invoke-Item*' })
            $told.Count | Should -Be 1 -Because $name
            $path = & ([scriptblock]::Create($told[0].Substring($told[0].IndexOf('(Join-Path'))))
            $path | Should -Exist
        }
    }

    It 'is a page with every cmdlet, its parameters and its examples, with links that lead somewhere, and nothing from elsewhere' {
        $text = Get-Content -Raw (Join-Path $moduleRoot module/bin/help.html)
        $page = [xml] $text.Substring($text.IndexOf('<html'))
        $text | Should -BeLike '<!DOCTYPE html*'
        $page.SelectNodes('//script|//img|//link|//iframe|//@src').Count | Should -Be 0
        $page.SelectSingleNode("//meta[@http-equiv='Content-Security-Policy']/@content").Value | Should -Be "default-src 'none'; style-src 'unsafe-inline'"
        $anchors = $page.SelectNodes('//@id').Value
        $anchors | Should -Be (Import-PowerShellDataFile $manifest).CmdletsToExport
        foreach ($link in $page.SelectNodes('//a/@href').Value) { $link.TrimStart('#') | Should -BeIn $anchors }
        foreach ($name in $anchors) {
            $shown = $page.SelectSingleNode("//article[@id='$name']")
            $help = Get-Help $name -Full
            $standard = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
            foreach ($parameter in (Get-Command $name).Parameters.Keys | Where-Object { $_ -notin $standard }) {
                $shown.SelectNodes('.//dt').InnerText | Should -Contain "-$parameter" -Because $name
            }

            $shown.SelectNodes('.//pre').InnerText | Should -Be @($help.examples.example.code) -Because $name
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

Describe 'The topics' {
    It '<Topic> is found and speaks of <Word>' -ForEach @(
        @{ Topic = 'about_VectorMigration'; Word = 'Invoke-VectorMigration' }
        @{ Topic = 'about_VectorMigration_Tuning'; Word = 'ThrottleLimit' }
        @{ Topic = 'about_VectorMigration_Operations'; Word = 'cut-over' }
    ) {
        Get-Help $Topic | Out-String | Should -BeLike "*$Word*"
    }

    It '<_> tells commands that run as written, one after the other' -ForEach 'about_VectorMigration', 'about_VectorMigration_Tuning',
        'about_VectorMigration_Operations' {
        # A topic's collections are its own: what others have left there would be points of others.
        Get-QdrantCollection words, trial* -ErrorAction Ignore | Remove-QdrantCollection -Confirm:$false
        $place = New-Item -ItemType Directory (Join-Path $TestDrive $_)
        Copy-Item ./words.faiss, ./words.jsonl -Destination $place
        $commands = [System.Collections.Generic.List[string]]::new()
        foreach ($line in Get-Content (Join-Path $root "en-US/$_.help.txt")) {
            if ($line -match '^ {8}(\$\w+ = )?(Get|Set|New|Send|Invoke|Measure|Wait|Optimize)-\w+ [./$\w-]' -or $line -match '^ {8}\$change\.WayBack$') {
                $commands.Add($line.Trim()) }
            elseif ($line -match '^ {12}(Send|Measure)-' -and $commands.Count) { $commands[-1] += ' ' + $line.Trim() }
        }

        $commands.Count | Should -BeGreaterOrEqual 2
        Push-Location $place
        try {
            foreach ($command in $commands | Where-Object { $_ -notlike '*qdrant.example*' }) {
                $Error.Clear()
                $output = . ([scriptblock]::Create($command)) 6>$null
                $Error | Should -BeNullOrEmpty -Because $command
            }
        }
        finally {
            Pop-Location
            Get-QdrantCollection words, trial* -ErrorAction Ignore | Remove-QdrantCollection -Confirm:$false
        }
    }
}
