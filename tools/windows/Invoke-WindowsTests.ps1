# One Pester file in PowerShell for Windows on Wine. Called by tools/windows/run.sh, which has started the server and says by VECTORMIGRATION_TEST_URL and
# VECTORMIGRATION_TEST_REST where it is. A program on Wine has no useful stdout there, so everything goes to a file; its last line is
# "N passed, N failed, N skipped". What List names is not run.
param([string] $Log, [string] $List, [string] $Name)

Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path

# The tests that the list leaves out, as the places that Pester knows them by, and the lines that say so.
function Get-LeftOut($Configuration) {
    $rules = @(Get-Content $List | Where-Object { $_ -like "$Name | *" } | ForEach-Object {
            $fields = $_ -split ' \| '
            [pscustomobject]@{ Part = $fields[1]; Reason = $fields[2]; Tests = 0; Lines = @() }
        })
    if ($rules.Count -eq 0) { return }
    $Configuration.Run.SkipRun = $true
    $found = Invoke-Pester -Configuration $Configuration
    $Configuration.Run.SkipRun = $false
    foreach ($test in $found.Tests) {
        $rule = $rules | Where-Object { $_.Part -eq '*' -or ($test.Path -join ' ').Contains($_.Part) } | Select-Object -First 1
        if ($rule) {
            $rule.Tests++
            $rule.Lines += "$($test.ScriptBlock.File):$($test.StartLine)"
        }
    }

    $rules
}

try {
    $PSStyle.OutputRendering = 'PlainText'
    $env:PSModulePath = (Join-Path $root 'artifacts/windows/modules') + [System.IO.Path]::PathSeparator + $env:PSModulePath
    Import-Module (Get-ChildItem (Join-Path $root 'artifacts/modules/Pester/*/Pester.psd1')).FullName
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = Join-Path $root "tests/pester/$Name.Tests.ps1"
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'None'
    $leftOut = @(Get-LeftOut $configuration)
    $lines = @($leftOut | ForEach-Object {
            if ($_.Tests) { "!!! NOT RUN: on Wine: $Name`: $($_.Part) ($($_.Tests)): $($_.Reason)" }
            else { "FAILED: no test of $Name is named $($_.Part), which the list leaves out" }
        })
    $failed = @($leftOut | Where-Object Tests -EQ 0).Count
    $skipped = 0
    $leftOut | ForEach-Object { $skipped += $_.Tests }
    $passed = 0
    if (@($leftOut | Where-Object Part -EQ '*').Count -eq 0) {
        $configuration.Filter.ExcludeLine = @($leftOut | ForEach-Object Lines | Select-Object -Unique)
        $result = Invoke-Pester -Configuration $configuration
        $lines += @($result.Tests | Where-Object Result -EQ 'Failed' | ForEach-Object { "FAILED $($_.ExpandedPath): $($_.ErrorRecord)" })
        $lines += @($result.FailedBlocks | ForEach-Object { "FAILED $($_.ExpandedPath): $($_.ErrorRecord)" })
        $lines += @($result.Containers | Where-Object ErrorRecord | ForEach-Object { "FAILED $Name`: $($_.ErrorRecord)" })
        $lines += @($result.Tests | Sort-Object Duration -Descending | Select-Object -First 5 | ForEach-Object { "$($_.Duration): $($_.ExpandedPath)" })
        $failed += $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
        $skipped += @($result.Tests | Where-Object Result -EQ 'Skipped').Count
        $passed = $result.PassedCount
    }

    $lines += "$passed passed, $failed failed, $skipped skipped"
}
catch {
    $lines = @("FAILED: $_", $_.ScriptStackTrace, '0 passed, 1 failed, 0 skipped')
    $failed = 1
}

[System.IO.File]::WriteAllLines($Log, [string[]] $lines)
exit [int]($failed -gt 0)
