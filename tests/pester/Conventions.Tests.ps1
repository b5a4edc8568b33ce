# What PowerShell users expect of a well-kept module; docs/conventions.md names the test of every row.
BeforeDiscovery {
    $conventions = Get-Content (Join-Path $PSScriptRoot '../../docs/conventions.md') | Where-Object { $_ -match '^\| (?!convention|-)' } | ForEach-Object {
        $cells = $_.Trim('|', ' ') -split ' \| '
        foreach ($reference in [regex]::Matches($cells[1], '`([\w./]+\.Tests\.ps1)`: "([^"]+)"')) {
            @{ Row = $cells[0]; File = $reference.Groups[1].Value; Test = $reference.Groups[2].Value }
        }
    }
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Common.ps1')
    # Without texts beside the index there is nothing to warn of.
    Remove-Item ./words.jsonl
    $commands = Get-Command -Module VectorMigration
    $sources = Get-ChildItem (Join-Path $root 'src/VectorMigration.Commands') -Recurse -Filter *.cs | Where-Object FullName -NotMatch '[\\/](obj|bin)[\\/]'

    # All streams of a script in a runspace of its own.
    function Get-Stream([string] $Script) {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$manifest'; Set-Location '$TestDrive'").Invoke()
        $shell.Commands.Clear()
        $null = $shell.AddScript($Script).Invoke()
        $shell.Streams
    }
}

Describe 'docs/conventions.md' {
    It '<Row>: names a test that is there: <Test>' -ForEach $conventions {
        Get-Content (Join-Path $PSScriptRoot $File) -Raw | Should -Match ([regex]::Escape("It '$Test"))
    }

    It 'has a test for every row' {
        $rows = @(Get-Content (Join-Path $root 'docs/conventions.md') | Where-Object { $_ -match '^\| (?!convention|-)' })
        $rows.Count | Should -BeGreaterOrEqual 20
        $rows | Where-Object { $_ -notmatch '\.Tests\.ps1`: "|`tools/' } | Should -BeNullOrEmpty
    }
}

Describe 'Names' {
    It 'are approved verbs and singular nouns' {
        $commands.Verb | Where-Object { $_ -notin (Get-Verb).Verb } | Should -BeNullOrEmpty
        $commands.Noun | Where-Object { $_ -match 's$' -and $_ -notmatch 'Alias$' } | Should -BeNullOrEmpty
    }

    It 'of parameters and their types are those of other modules' {
        $expected = @{
            Uri = [uri[]]; ThrottleLimit = [int]; TimeoutSec = [int]; First = [long]; Skip = [long]; ApiKey = [securestring]; Force = [switch];
                PassThru = [switch]; Proxy = [uri]
            SkipCertificateCheck = [switch]; Collection = [string]; Distance = [VectorMigration.Vectors.Distance];
                Connection = [VectorMigration.Store.QdrantConnection]
        }
        # Get-FaissVector has its -First and -Skip from SupportsPaging; Optimize-VectorMigration takes several values of each to try.
        foreach ($command in $commands | Where-Object Name -NotIn Get-FaissVector, Optimize-VectorMigration) {
            foreach ($name in $expected.Keys | Where-Object { $command.Parameters.ContainsKey($_) }) {
                $type = $command.Parameters[$name].ParameterType
                # What may be left out without a default is null then.
                ([nullable]::GetUnderlyingType($type) ?? $type) | Should -Be $expected[$name] -Because "$command -$name"
            }
        }

        $commands | ForEach-Object { $_.Parameters.Keys } | Where-Object { $_ -cnotmatch '^[A-Z]\w*$' } | Should -BeNullOrEmpty
    }

    It 'of cmdlets that read an index are Path with wildcards and LiteralPath with PSPath' {
        foreach ($name in 'Get-FaissIndex', 'Get-FaissVector', 'Invoke-VectorMigration', 'Optimize-VectorMigration', 'Test-VectorMigration') {
            $parameters = (Get-Command $name).Parameters
            $parameters['Path'].Attributes.TypeId.Name | Should -Contain SupportsWildcardsAttribute -Because $name
            $parameters['LiteralPath'].Aliases | Should -Contain PSPath -Because $name
        }
    }
}

Describe 'Parameters' {
    It 'that cmdlets share are declared once, in groups' {
        $types = (Get-Command Get-FaissIndex).ImplementingType.Assembly.GetTypes()
        $flags = [System.Reflection.BindingFlags] 'Instance, Public, DeclaredOnly'
        $declared = foreach ($type in $types) {
            foreach ($property in $type.GetProperties($flags).Where({ $_.IsDefined([System.Management.Automation.ParameterAttribute], $true) })) {
                # What differs in anything that PowerShell binds or checks by is another parameter.
                $facts = $property.CustomAttributes.Where({ $_.AttributeType.Name -notlike 'Nullable*' }).ForEach({ "$_" }) | Sort-Object
                [pscustomobject]@{ Type = $type; Name = $property.Name; Facts = "$($property.Name) $($property.PropertyType) $facts" }
            }
        }

        $declared.Count | Should -BeGreaterThan 60
        @($declared | Group-Object Facts | Where-Object Count -GT 1 | ForEach-Object { "$($_.Group[0].Name) in $($_.Group.Type -join ', ')" }) |
            Should -BeNullOrEmpty
        $declared.Type | Where-Object IsAbstract | Should -BeNullOrEmpty
        $dynamic = [System.Management.Automation.IDynamicParameters]
        $types.Where({ $dynamic.IsAssignableFrom($_) -and -not $dynamic.IsAssignableFrom($_.BaseType) }).Name | Should -Be MigrationCommand
    }

    It 'that may be left out are null then, and take no 0 or greatest number for it' {
        foreach ($command in $commands) {
            $cmdlet = $command.ImplementingType::new()
            $cmdlet.GetDynamicParameters().Values | Where-Object { $_.ParameterType.IsValueType -and $null -ne $_.Value } | ForEach-Object {
                # What is not null from the start is a real default: a switch that is off, the first of the choices.
                $_.ParameterType.IsEnum -or $_.ParameterType -eq [switch] | Should -BeTrue -Because "$command -$($_.Name)"
            }

            $own = $command.ImplementingType.GetProperties([System.Reflection.BindingFlags] 'Instance, Public, DeclaredOnly').Where({
                $_.IsDefined([System.Management.Automation.ParameterAttribute], $true) })
            $own.Where({ $_.PropertyType.IsValueType -and -not [nullable]::GetUnderlyingType($_.PropertyType) -and -not $_.PropertyType.IsEnum -and
                $_.PropertyType -ne [switch] }).ForEach({
                    $_.GetCustomAttributes([System.Management.Automation.ParameterAttribute], $true).Mandatory |
                        Should -Not -Contain $false -Because "$command -$($_.Name)"
                })
        }
    }
}

Describe 'Paths' {
    It 'go through the provider: wildcards, brackets, drives, and other providers refused' {
        Copy-Item ./words.faiss './words[1].faiss'
        (Get-FaissIndex ./word*.faiss).Count | Should -Be 2
        @(Get-FaissIndex -LiteralPath './words[1].faiss').Count | Should -Be 1
        @(Get-ChildItem -LiteralPath './words[1].faiss' | Get-FaissIndex).Count | Should -Be 1
        @(Get-Item -LiteralPath './words[1].faiss' | Select-Object PSPath | Get-FaissIndex).Count | Should -Be 1
        $null = New-PSDrive -Name Indexes -PSProvider FileSystem -Root $TestDrive
        @(Get-FaissIndex Indexes:/words.faiss).Count | Should -Be 1
        Remove-PSDrive Indexes
        Get-FaissIndex Env:/PATH -ErrorAction SilentlyContinue -ErrorVariable problems | Should -BeNullOrEmpty
        $problems[0].FullyQualifiedErrorId | Should -BeLike 'NotAFile,*'
        Remove-Item -LiteralPath './words[1].faiss'
    }
}

Describe 'Streaming' {
    It 'emits while the input still comes' {
        $script:passed = 0
        $null = Get-FaissVector ./words.faiss | ForEach-Object { $script:passed++; $_ } | Send-QdrantBatch streamed -BatchSize 10 | Select-Object -First 1
        $script:passed | Should -BeLessThan 10000
    }
}

Describe 'Questions' {
    It 'are asked by everything that writes, and of high impact only where something is deleted' {
        $silent = 'Get-*', 'Test-*', 'Measure-*', 'Connect-*', 'Disconnect-*', 'Watch-*'
        foreach ($command in $commands) {
            $reads = @($silent | Where-Object { $command.Name -like $_ }).Count -gt 0
            $asks = $command.Parameters.ContainsKey('WhatIf')
            if (-not $reads) { $asks | Should -BeTrue -Because $command.Name }
            $attribute = $command.ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $true)[0]
            if ($attribute.ConfirmImpact -eq 'High') { $command.Name | Should -Be Remove-QdrantCollection }
        }
    }

    It 'tell the plan' {
        # What -WhatIf says goes to the host; only a child can be read.
        $said = Invoke-PowerShell -NoProfile -NonInteractive `
            -Command "Import-Module '$manifest'; Invoke-VectorMigration '$TestDrive/words.faiss' asked -Uri $url -WhatIf" | Out-String -Width 4096
        $said | Should -Match '(?s)collection +created: .*10,000 vectors \(4\.1 MB\).*pace +adaptive'
    }
}

Describe 'Progress' {
    It 'has percent and the time left, seldom, and is completed: <_>' `
        -ForEach 'Invoke-VectorMigration ./words.faiss progressed -BatchSize 20 -LogDirectory ./p', 'Test-VectorMigration ./words.faiss progressed' {
        $records = (Get-Stream "$_ -Uri $url").Progress
        $records.Count | Should -BeGreaterThan 1
        $records[-1].RecordType | Should -Be Completed
        $shown = @($records | Where-Object RecordType -EQ Processing)
        $shown.PercentComplete | ForEach-Object { $_ | Should -BeIn (-1..100) }
        $shown.StatusDescription | ForEach-Object { $_ | Should -Match '[\d,]+ of [\d,]+ .*\d/s' }
        # Hundreds of batches, a few records.
        $records.Count | Should -BeLessThan 250
    }

    It 'obeys -ProgressAction' {
        (Get-Stream "Invoke-VectorMigration ./words.faiss unprogressed -Uri $url -LogDirectory ./p -ProgressAction Ignore").Progress.Where({
            $_.ActivityId -eq 6334 }).Count | Should -Be 0
    }
}

Describe 'Streams' {
    It 'say what in verbose, why in debug, and nothing in the information stream' {
        $streams = Get-Stream "Invoke-VectorMigration ./words.faiss streams -First 10 -Uri $url -LogDirectory ./s -Verbose -Debug"
        $streams.Verbose.Message -join "`n" | Should -BeLike '*from -Uri*'
        $streams.Debug.Message -join "`n" | Should -BeLike '*Phase*'
        $streams.Information.Count | Should -Be 0
        $streams.Error.Count | Should -Be 0
    }

    It 'never pass the console' {
        $sources | Select-String -Pattern '(?<!\w)Console\s*\.' | Should -BeNullOrEmpty
    }

    It 'hold no secret' {
        Set-Content ./secret-file 'a-secret-key'
        $streams = Get-Stream (@(
            "Connect-Qdrant $url -ApiKeyPath ./secret-file -Verbose -Debug"
            'Get-QdrantCollection -Verbose -Debug'
            'Invoke-VectorMigration ./words.faiss secrets -First 5 -LogDirectory ./secret-logs -Verbose -Debug'
            'Get-QdrantConnection | Format-List * | Out-String | Write-Verbose -Verbose'
            'Disconnect-Qdrant') -join '; ')
        $said = @($streams.Verbose; $streams.Debug; $streams.Warning; $streams.Error; $streams.Progress) | Out-String
        $said | Should -Not -BeLike '*a-secret-key*'
        Get-ChildItem ./secret-logs -Recurse -File | Select-String 'a-secret-key' -SimpleMatch | Should -BeNullOrEmpty
    }
}

Describe 'Errors' {
    It 'are made in one place, with an id in PascalCase' {
        $sources | Select-String -Pattern 'new ErrorRecord|new\(error, error\.ErrorId' | ForEach-Object Filename | Sort-Object -Unique |
            Should -Be CommandErrors.cs
        $sources | Select-String -Pattern 'ThrowTerminatingError' | ForEach-Object Filename | Sort-Object -Unique | Should -Be MigrationCommand.cs
        $ids = [VectorMigration.Errors.ErrorIds].GetFields().ForEach({ $_.GetRawConstantValue() })
        $ids.Count | Should -BeGreaterThan 40
        $ids | Where-Object { $_ -cnotmatch '^[A-Z][A-Za-z0-9]+$' } | Should -BeNullOrEmpty
    }

    It 'cannot be made without a recommended action' {
        foreach ($constructor in [VectorMigration.Errors.MigrationException].GetConstructors()) {
            $action = $constructor.GetParameters() | Where-Object Name -EQ recommendedAction
            $action | Should -Not -BeNullOrEmpty
            $action.IsOptional | Should -BeFalse
        }
    }

    It 'obey -ErrorAction and -ErrorVariable, once each' {
        Set-Content ./none.faiss 'no index'
        $Error.Clear()
        $found = Get-FaissIndex ./none.faiss, ./words.faiss -ErrorVariable problems -ErrorAction SilentlyContinue
        $found.Count | Should -Be 10000
        $problems.Count | Should -Be 1
        $Error.Count | Should -Be 1
        $Error.Clear()
        $null = Get-FaissIndex ./none.faiss -ErrorAction Ignore
        $Error.Count | Should -Be 0
        { Get-FaissIndex ./none.faiss, ./words.faiss -ErrorAction Stop } | Should -Throw
        # A wrong file ends what can do nothing else.
        { Get-FaissVector ./none.faiss } | Should -Throw
    }
}

Describe 'Outputs' {
    It 'are named by every cmdlet, and Test gives a Boolean' {
        $commands | Where-Object { -not $_.OutputType } | Should -BeNullOrEmpty
        (Get-Command Test-VectorMigration).OutputType.Type | Should -Contain ([bool])
        $null = Get-FaissVector ./words.faiss -First 5 | Send-QdrantBatch boolean
        Test-VectorMigration ./words.faiss boolean -First 5 | Should -BeOfType bool
    }

    It 'are no types of our dependencies' {
        $types = @($commands.OutputType.Type) + @($commands | ForEach-Object { $_.Parameters.Values.ParameterType })
        $types | Where-Object { $_ -and $_.Assembly.GetName().Name -match 'Protobuf|Polly|Grpc|VectorMigration\.(Qdrant|SideFiles)' } | Should -BeNullOrEmpty
    }
}

Describe 'State' {
    It 'is in no static field that can be set' {
        foreach ($assembly in (Get-Command Get-FaissIndex).ImplementingType.Assembly, [VectorMigration.Vectors.FaissVector].Assembly) {
            $assembly.GetTypes().Where({ $_.Namespace -like 'VectorMigration*' -and $_.FullName -notmatch '[<>]' }).ForEach({
                    $_.GetFields([System.Reflection.BindingFlags] 'Static, Public, NonPublic, DeclaredOnly').Where({ -not $_.IsInitOnly -and
                        -not $_.IsLiteral -and $_.Name -notmatch '^<' }).ForEach({ "$($_.DeclaringType).$($_.Name)" })
                }) | Should -BeNullOrEmpty
        }
    }
}
